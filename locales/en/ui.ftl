# Words of the window and the page: navigation, headings, buttons. The tray's are at the end.

## Everywhere

product = LocalAIStack
skip-to-content = Skip to the content
navigation = Pages
close = Close
cancel = Cancel
copy = Copy
copied = Copied
loading = Loading …
working = Working …
try-again = Try again
none = none
license = Licence
memory = Memory
memory-short = RAM
demonstration = Demonstration
# Args: part, whole.
of = { $part } of { $whole }
tokens = { $count ->
        [one] { $count } token
       *[other] { $count } tokens
    }
failure-copy = Copy details
# Args: code.
failure-without-text = Something failed that this page has no words for: { $code }
page-unauthorized = Open this page with the address that “las serve” printed: it carries the token.
roll-back = Roll back

nav-home = Home
nav-chat = Chat
nav-models = Models
nav-modules = Modules
nav-services = Services
nav-history = History
nav-machine = Machine
nav-settings = Settings

vram-of = VRAM { $size } GB
operations-running = { $count ->
        [one] { $count } operation running
       *[other] { $count } operations running
    }
switch-language = Change the language
switch-theme = Change the theme
language-en = English
language-zh-CN = 简体中文
theme-system = As the system
theme-light = Light
theme-dark = Dark

## First run

first-title = This is your machine
first-lead = LocalAIStack looked at it and asked nobody else. Nothing has been changed yet.
first-because = Because:
first-models-up-to = models up to about { $size } parameters
first-next-tier = What the next tier would ask
first-question = What shall it do first?
# Args: model.
first-with-model = with the model { $model }
first-done = Set up
first-demonstration = The model that comes with LocalAIStack is a small demonstration: it shows the way from start to answer. For real work, import any GGUF model afterwards.
first-see-plan = See the plan
first-skip = Skip

## The machine

machine-cores = { $cores } cores, { $threads } threads
machine-memory = { $size } of memory
machine-memory-free = { $size } available now
machine-vram = { $size } of its own memory
machine-vram-shared = shares the main memory
machine-no-gpu = No GPU in use
machine-disk-free = { $size } free on disk
machine-disk-where = where models and modules are kept
machine-lead = What was found, which tier that makes, and every rule that decided it.
machine-rules = Rules of the set “{ $set }” ({ $origin })
machine-profile = Full profile
machine-measure = Measure its speed
machine-measured-hint = How fast main memory and the disk are read is measured once and kept.
machine-ask = What may this machine do?
machine-ask-example = model-size:30B
machine-ask-run = Ask
machine-overrides = Overrides

override-lead = Where you decide otherwise than the policies, on this machine only. What a model needs in memory is checked all the same.
override-empty = The policies decide everything.
# Args: actor, at.
override-set-by = Approved through { $actor }, { $at }.
override-reverted = Taken back { $at }.
override-revert = Take it back
override-capability = What
override-capability-example = model-size
override-value = Instead
override-value-example = 14B
override-reason = Why
override-plan = See what it changes

verdict-fits = Allowed
verdict-limits = Allowed up to { $limit }
verdict-unsupported = Not supported
verdict-lifted-by = What would lift it

policy-rule = Rule
policy-when = Holds when
policy-then = Then
condition-vram-min = GPU memory at least { $size }
condition-vram-max = GPU memory below { $size }
condition-gpus-min = { $count } or more GPUs
condition-gpus-max = fewer than { $count } GPUs
condition-ram-min = memory at least { $size }
condition-ram-max = memory below { $size }
condition-nvlink = GPUs joined by NVLink
condition-no-nvlink = GPUs not joined by NVLink
# Args: field (named as in a policy), bound.
condition-min = { field-name }: at least { $bound }
condition-max = { field-name }: below { $bound }
condition-names = { field-name }: { $bound }
condition-yes = { field-name }
condition-no = not: { field-name }
condition-none = always
allow-model-size = models up to { $size }
allow-loaded = { $count ->
        [one] { $count } model loaded at once
       *[other] { $count } models loaded at once
    }
allow-runtimes = runtimes: { $list }
allow-parallel = { $count ->
        [one] { $count } conversation at once with a model
       *[other] { $count } conversations at once with a model
    }
allow-memory = { $size } of main memory for loaded models
allow-vram = { $size } of GPU memory for loaded models
allow-features = features: { $list }
deny-features = not: { $list }

profile-system = System
profile-kernel = Kernel
profile-cpu = Processor
profile-architecture = Architecture
profile-topology = Topology
profile-topology-value = { $sockets } sockets, { $cores } cores, { $threads } threads, { $nodes } NUMA nodes
profile-features = Instructions
profile-limit = Memory limit
profile-swap = Swap
profile-gpu = GPU { $index }
profile-caches = Caches
profile-sandbox = Sandbox
profile-battery = Battery
profile-network = Network
profile-volume = Volume { $mount }
profile-volume-value = { $kind }, { $filesystem }, { $free } free of { $size }
profile-absent = Not there
profile-taken = Looked at

## The plan

plan-steps = Steps
plan-records-only = Nothing is installed or started: what is allowed is recorded.
plan-nothing = Nothing has to be done: it is as you want it.
plan-what-it-takes = What it takes
plan-download = Download
plan-no-download = nothing
plan-disk = Disk
plan-disk-free = { $size } are free
plan-freed = Freed
plan-memory = Memory while it runs
plan-hosts = Contacts
plan-no-hosts = no host; it works without a network
plan-ports = Ports
plan-no-ports = opens none
plan-administrator = Administrator rights
plan-administrator-needed = needed
plan-administrator-not-needed = not needed
plan-stops = Stops meanwhile
plan-licenses = Licences
plan-undo = How it is undone
plan-run = Run this plan
plan-stop = Stop and undo
plan-waits = Operation { $id } is running. This change waits for its turn.
plan-hide = Hide
plan-again = Make a new plan
plan-done = Done
plan-progress = Progress
# Args: step, steps.
plan-step-of = step { $step } of { $steps }
plan-step-running = running
plan-step-done = done
operation-cancel = Cancel
operation-pause = Pause
operation-continue = Go on
operation-resume = Take up again
operation-resumes = Takes up the operation { $id } again.
operation-journal = Details
operation-by = Approved through { $actor }, { $at }
journal-step = Step
journal-what = What happened
journal-when = When

## Home

home-running = Everything is running.
home-idle = Ready. The model is loaded when you ask it something.
home-nothing = Nothing is installed yet.
home-failing = { $count ->
        [one] { $count } service has failed and needs you.
       *[other] { $count } services have failed and need you.
    }
home-working = { $count ->
        [one] { $count } operation is running.
       *[other] { $count } operations are running.
    }
home-services = Running
home-none-running = No service runs.
home-no-services = No model is loaded. The first question in the chat loads it.
home-open-chat = Open the chat
home-empty = Set up a first goal: you see the whole plan before anything happens.
home-set-up = Set up this machine
home-operations = Operations
home-endpoint = Endpoint for your tools
home-endpoint-open = Speaks the OpenAI protocol, on this machine only. A tool needs a token from the settings.
home-endpoint-closed = Closed. This command opens it for your tools:
home-endpoint-command = las serve
home-machine = This machine
home-last-change = Last change
home-see-history = See the history
generation = Generation { $number }

## Chat

chat-model = Model
chat-new = New conversation
chat-no-model = A conversation needs a model, and none is installed yet.
chat-demonstration = This is a demonstration model: it shows that everything works; do not rely on what it says.
chat-import = Import a real one
chat-hello = Everything you write stays on this machine.
chat-you = You:
chat-thinking = Thinking …
chat-empty-answer = The model answered with nothing.
# Args: model.
chat-loading = Loading { $model } …
chat-rate = { $rate } tokens/s
chat-first-token = first token after { $seconds } s
chat-tokens = { $count ->
        [one] { $count } token
       *[other] { $count } tokens
    }
chat-placeholder = Write a message
chat-send = Send
chat-stopped = Stopped by you.
chat-stop = Stop

## Models

models-lead = Files on this machine that answer. Any GGUF model can be added.
models-import = Import a model
models-empty = Models that are installed or imported are listed here.
hub-title = Models that can be had
hub-words = Words of its name
hub-search = Search the sources
hub-offline = No source in a network answered. This is what is known without one.
hub-none = Nothing fits these words.
hub-get = Get
hub-get-one = Get { $id }
hub-address-title = From an address
hub-address-lead = One GGUF file of the internet. Its host is asked how large it is; you see the plan before anything is fetched.
hub-address-url = Address of the file
hub-address-example = https://host/model.gguf
hub-address-digest = SHA-256, as its owner publishes it
hub-address-plan = Plan the fetch
scan-title = Models of other tools on this machine
scan-lead = What Hugging Face's cache, Ollama, LM Studio, Jan and ComfyUI keep can be used here without copying it. Their files stay as they are.
scan-look = Look for them
scan-again = Look again
scan-none = Nothing was found.
scan-adopt = Adopt
scan-adopt-one = Adopt { $id }
scan-here = here as { $name }
scan-from = Adopted from
views-title = Where models are laid out for other tools
views-lead = A tool that looks for models in a folder of its own finds them there. Nothing is copied, and nothing that lies there is replaced.
views-none = No model is laid out for another tool.
views-model = Model
views-tool = For
views-folder = Folder
views-folder-usual = where that tool usually looks
views-add = Lay it out
views-remove = Take it away
views-remove-one = Take { $name } away from { $folder }
hub-fits = Only what fits
hub-task = For
hub-any = any
hub-task-text-generation = Text
hub-task-image-text-to-text = Text and pictures
hub-task-feature-extraction = Embeddings
hub-format = Format
# Args: size.
hub-size-up-to = up to { $size }
hub-view = How they are shown
hub-view-list = List
hub-view-cards = Cards
hub-no-license = no licence named
hub-count = { $count ->
        [one] one model
       *[other] { $count } models
    }
hub-downloads = { $count ->
        [one] one download
       *[other] { $count } downloads
    }
hub-more = Show more
# Args: id.
hub-files-of = Files of { $id }
fit-details = How it fits this machine
fit-speed-unknown = How fast it may be is unknown: nobody measured at which rate this machine reads its memory. “Measure” on the page of the machine does so.
# Args: parameters, quantisation, size.
model-line = { $parameters } parameters, { $quantisation }, { $size }
model-name = Name in the file
model-architecture = Architecture
model-parameters = Parameters
model-quantisation = Quantisation
model-context = Context
model-layers = Layers
model-size = Size
model-abilities = Abilities
model-base = Belongs to
model-base-absent = { $base }, which is not here
model-projector = Projector for pictures
model-files = Files
model-source = From
model-tokenizer = Tokenizer
# Args: kind, count.
model-tokenizer-line = { $kind }, { $count ->
        [one] one token
       *[other] { $count } tokens
    }
model-template = Chat template
model-template-show = Its chat templates
model-template-pinned = pinned with the model
model-obligations = What its licence asks
model-placement = Kept
model-digest = Digest
model-verified = The file is whole.
model-read = The file was verified on { $at } and is whole.
model-read-damaged = The file is damaged: that was found on { $at }.
model-unread = The file was not read again on this page. “{ model-verify }” reads every byte.
model-load = Load the model
model-unload = Unload the model
model-verify = Verify the file
model-remove = Remove the model
import-title = Import a model
import-lead = A GGUF file, any part of a split one, or a folder with weights in safetensors, already on this machine. It is read first; you see the plan before anything is copied.
import-path = Path of the file or folder
import-path-example = /home/me/models/model.gguf
import-mode = How it is kept
import-copy = Copy it
import-reference = Leave it where it is
import-name = Name here
import-name-example = made from the file’s name
import-base = Base, for an adapter
import-no-base = not an adapter
import-plan = Plan the import

## Modules

module-provides = Provides { $names }
module-successor = Use { $next } instead.
registries-title = Where modules come from
registry-manifests = { $count ->
        [one] one manifest
       *[other] { $count } manifests
    }
modules-lead = Parts that can be installed on this machine, and why some can’t.
modules-empty = The registry has no modules.
modules-search = Find by name, what it provides, category or description
modules-none-found = No module has all of these words.
module-install = Install
module-remove = Remove
modules-upgrade-all = Upgrade everything
module-upgrade = Upgrade
# Args: version.
module-mode = How it runs
module-pin = Hold at { $version }
module-unpin = Hold no longer
module-pinned = held at { $version }
module-roll-back = Go back to { $version }
module-purge = Remove with its data
module-more = More

## Services

services-lead = What runs on this machine for you, and what could.
services-empty = Nothing runs, and no module is installed that is a service. Loading a model starts its service.
services-open-models = Open the models
service-name = Name
service-actions = What to do
# Args: name.
service-open = Open { $name }
service-all = All services
# Args: module.
service-by = by { $module }
# Args: size.
service-memory = { $size } of memory
service-start = Start
service-stop = Stop
# Args: ports.
service-ports = Port { $ports }
service-ports-later = It has these as soon as it runs:
service-ports-none = It has no port.
service-ports-unknown = Its ports are chosen when it is started.
service-ports-model = It answers at the local endpoint, under its model’s name.
service-tab-overview = Overview
service-tab-log = Log
service-tab-health = Health
service-tab-history = History
# Args: time, since.
service-for = for { $time }, since { $since }
# Args: count.
service-restarted = { $count ->
        [one] started again once
       *[other] started again { $count } times
    }
# Args: cause.
service-given-up = It { $cause }, and is not started again by itself.
service-given-up-unknown = It is not started again by itself.
service-last-lines = What it said last
service-last-lines-none = Its log has no line from before that.
service-open-log = Open the log
service-cpu-now = Processor
# Args: percent, of one processor.
service-percent = { $percent } %
# Args: what, since, least, most.
service-chart = { $what }, from { $since } until now: between { $least } and { $most }
# Args: most.
service-most = at most { $most }
# Args: most, limit.
service-most-of = at most { $most }; { $limit } allowed
service-measuring = The first values come in a few seconds.
service-takes-nothing = It does not run, and takes nothing.
service-strip-day = Last 24 hours
# Args: at, state.
service-strip-part = from { $at }: { $state }
# Args: at.
service-strip-known = Known since { $at }
service-cpu-seconds = { $seconds } s
service-limits-none = Its module sets none.
service-probe-none = Not asked yet.
service-probe-model = An engine is not asked: only whether its process runs is watched.
service-gpu-memory = GPU memory
service-module = Module
service-model = Model
service-pid = Process
service-engine = Engine
service-variant = CPU variant
service-gpu-layers = Layers on the GPU
service-parallel = Conversations at once
# Args: device, purpose.
service-buffer = Memory, { $device } { $purpose }
service-history-empty = Nothing has happened to it yet.
# Args: cause.
service-because = it { $cause }
# Args: actor.
service-asked-by = asked for by { $actor ->
        [cli] the command line
        [window] the window
        [idle] the limit on idle models
        [api] the API
       *[other] { $actor }
    }
service-log = Log
service-log-search = Search in the log
service-log-stream = Stream
service-log-all = Both streams
service-log-wrap = Wrap
service-log-pause = Pause
# Args: count.
service-log-go-on = { $count ->
        [0] Go on
       *[other] Go on ({ $count } new)
    }
service-log-copy = Copy
service-log-end = To the end
service-log-empty = It has said nothing yet.
service-log-none = No line is like that.
log-stream-out = out
log-stream-err = err

## History

history-lead = Every change, and the way back.
history-operations = Operations
history-generations = Generations
history-audit = Audit
history-empty = Changes are listed here, from the first one on.
generation-current = current
generation-roll-back = Go back to { $number }
generation-diff-from = From generation
generation-diff-to = To generation
generation-diff-compare = Show what differs
generation-diff-same = Both hold the same.
generation-export = Show as las.lock
desired-title = Apply a las.yaml or a las.lock
desired-lead = A las.yaml says what should be installed, in the newest versions that fit. A las.lock says exactly which versions and digests. Either way what it does not name is removed; you see the plan first.
desired-file = File
desired-text = Or its text
desired-plan = See what it changes
audit-earlier = Show earlier lines
audit-verify = Check the ledger
audit-whole = { $count ->
        [one] { $count } line, whole
       *[other] { $count } lines, whole
    }
audit-line = Line { $sequence }
generation-items = { $count ->
        [0] Nothing installed
        [one] { $count } item installed
       *[other] { $count } items installed
    }

## Settings

settings-appearance = Appearance
settings-language = Language
settings-theme = Theme
settings-tokens = Tokens
settings-tokens-lead = A tool that uses the endpoint shows a token. Give each its own, so that you can take it back.
settings-secrets = Secrets
settings-secrets-lead = Tokens that this machine shows to others, such as a hub of models. Each is kept in the keyring and sent to its own address alone; its value is never shown.
settings-doctor = Health
settings-doctor-lead = Compares what is installed with what should be.
settings-configuration = Configuration
settings-configuration-lead = Every setting with its value and where that came from. A change is written to the configuration file.
config-change = Change
config-change-one = Change { $key }
config-plan = See the change
config-back = Back to { $value }
config-leave = Leave it
config-form = It takes: { $form }
config-then = at the next start { $next }
config-file = Configuration file: { $path }
config-no-file = There is no { $path } yet; the first change makes it.
settings-about = About
settings-version = Version
settings-core = Core
settings-home = Data directory
token-label = What is it for?
token-create = Create a token
token-once = Copy it now: it is shown only this once.
token-made = made { $at }
token-revoke = Revoke
token-empty = No token has been made.
secret-name = Name
secret-origin = Address that it is for
secret-value = Value
secret-set = Keep it
secret-remove = Remove
# Args: name.
secret-remove-one = Remove { $name }
secret-empty = No secret is kept.
doctor-check = Check this installation
doctor-repair = Repair
home-needs-you = Needs you
home-see-drift = See the machine
machine-drift = Compared with what was recorded
# Args: count, ago.
drift-looked = { $count ->
        [one] { $count } thing looked at
       *[other] { $count } things looked at
    }, { $ago }
drift-none = Everything is as it was left.
# Args: count.
drift-repaired-lately = { $count ->
        [one] { $count } thing was put right lately
       *[other] { $count } things were put right lately
    }
# Args: times, again.
drift-left = Put right before ({ $times }) and back again: something else changes it. It is left until { $again }.
doctor-healthy = { $count ->
        [one] { $count } thing looked at, and it is as it should be.
       *[other] { $count } things looked at, all as they should be.
    }
doctor-secrets = Secrets: { $store }, { $standing }

## Tray

tray-open = Open LocalAIStack
# Args: name.
tray-start = { $name ->
    [none] Start a model
   *[other] Start { $name }
}
# Args: name.
tray-stop = { $name ->
    [none] Stop the model
   *[other] Stop { $name }
}
# Args: name, state: as on the command line.
tray-service = { $name }: { $state }
# Args: what, state: as on the command line.
tray-operation = { $what }: { $state }
tray-quit = Quit
