# Everything the command line prints, besides errors and words of the domain.

cli-error-label = Error:
cli-remedy-line = → { $remedy }
cli-none = none
cli-nothing-to-do = Nothing to do: everything is as asked.

## Counts

cli-count-cores = { $count ->
        [one] { $count } core
       *[other] { $count } cores
    }
cli-count-threads = { $count ->
        [one] { $count } thread
       *[other] { $count } threads
    }

## Columns

cli-column-abilities = Can
cli-column-formats = Formats
cli-column-downloads = Fetched
cli-column-access = Access
cli-column-fit = Here
cli-column-at = At
cli-column-because = Because
cli-column-begun = Begun
cli-column-by = By
cli-column-by-command = Made by
cli-column-capability = Capability
cli-column-category = Category
cli-column-code = Error
cli-column-change = Change
cli-column-before = Before
cli-column-after = After
cli-column-digest-before = Digest before
cli-column-digest-after = Digest after
cli-column-command = Command
cli-column-context = Context
cli-column-description = Description
cli-column-digest = Digest
cli-column-program = Program
cli-column-ports = Ports
cli-column-generation = Generation
cli-column-hash = Hash
cli-column-id = Id
cli-column-items = Installed
cli-column-label = For
cli-column-license = Licence
cli-column-loaded = Loaded
cli-column-for-origin = For
cli-column-made = Made
cli-column-memory = Memory
cli-column-meaning = What it is for
cli-column-name = Name
cli-column-needs = Takes
cli-column-manifests = Manifests
cli-column-operation = Operation
cli-column-origin = From
cli-column-outcome = Outcome
cli-column-parameters = Parameters
cli-column-reason = Reason
cli-column-path = Where
cli-column-phase = Phase
cli-column-placement = Kept
cli-column-plan = Plan
cli-column-previous = Before it
cli-column-quantisation = Type
cli-column-registry = Registry
cli-column-restarts = Restarts
cli-column-sequence = Line
cli-column-setting = Setting
cli-column-since = Since
cli-column-size = Size
cli-column-speed = Tokens/s
cli-column-standing = Signature
cli-column-state = State
cli-column-tool = Tool
cli-column-step = Step
cli-column-takes-effect = Changes
cli-column-value = Value
cli-column-verdict = Verdict
cli-column-verified = Verified
cli-column-version = Version
cli-column-what = What

## Status

cli-status-version = Version
cli-status-machine = Machine
cli-status-tier = Tier
cli-status-readiness = Core
cli-status-home = Data
cli-status-generation = Generation
cli-status-endpoint = Endpoint
cli-status-endpoint-closed = closed; “las serve” opens one for other programs
cli-status-services = Services
cli-status-models = Models
cli-status-operations = Running operations
cli-status-last-operation = Last operation
cli-status-warnings = Warnings
cli-status-drift = Needs you

cli-machine-memory = { $total } ({ $free } free)
cli-machine-no-gpu = no GPU
cli-machine-disk = { $free } free on disk
cli-machine-recorded = recorded in { $path }, not detected

## Doctor

cli-doctor-open = ✗
cli-doctor-kept = · kept:
cli-doctor-repaired = ✓ repaired:
cli-doctor-left = Put right before ({ $times }) and back again: something else changes it. It is left until { $again }.
cli-doctor-healthy = { $count ->
        [one] { $count } thing looked at; everything is in order.
       *[other] { $count } things looked at; everything is in order.
    }
cli-doctor-unhealthy = { $count ->
        [one] { $count } thing looked at; not in order: { $open }.
       *[other] { $count } things looked at; not in order: { $open }.
    }
cli-doctor-went-back = The database went back from schema { $was } to { $schema }. Use it with the older version now; this one would take it forward again.

## Hardware

cli-hardware-cpu = Processor
cli-hardware-features = Instructions
cli-hardware-memory = Memory
cli-hardware-memory-limit = limited to { $size }
cli-hardware-swap = { $size } of swap
cli-hardware-gpu = GPU
cli-hardware-shared-memory = shares main memory
cli-hardware-caches = Caches
cli-hardware-npu = NPU
cli-hardware-sandbox = Sandbox
cli-hardware-battery = Battery
cli-hardware-identity = Identity
cli-hardware-disk = Disk
cli-hardware-volume = { $size }, { $free } free
cli-hardware-os = System
cli-hardware-network = Network
cli-hardware-containers = Containers
cli-hardware-absent = Not found
cli-hardware-source = Source
cli-hardware-recorded = The hardware profile was written to { $path }. LAS_PROFILE={ $path } uses it in place of detection.

## Policy

cli-policy-because = Because:
cli-policy-set = Policies: { $set } ({ $origin })
cli-policy-next-tier = The next tier asks:
cli-policy-would-lift = What would lift it:
cli-policy-lifted-by = needs { $list }
cli-policy-model-size = Largest model: { $limit }
cli-policy-loaded-models = Models loaded at once: { $limit }
cli-policy-parallel = Conversations at once with one model: { $limit }
cli-policy-memory = Main memory for loaded models: { $limit }
cli-policy-vram = GPU memory for loaded models: { $limit }
cli-policy-unlimited = no limit
cli-policy-allowed = allowed
cli-policy-allowed-limit = allowed up to { $limit }
cli-policy-denied = not allowed

cli-override-in-force = in force
cli-override-reverted = taken back { $at }
cli-config-file = Configuration file: { $path }
cli-config-no-file = There is no { $path }; “las config set” makes it.
cli-config-valid = { $path } can be accepted.
cli-config-next = { $value }, at the next start { $next }

## Modules and models

cli-module-refused = not for this machine
cli-module-refusal = Refused
cli-module-remedy = What to do
cli-module-provides = Provides
cli-module-conflicts = Conflicts with
cli-module-least = Useful from
cli-module-from = Comes from
cli-module-deprecated = Deprecated
cli-module-successor = Successor
cli-module-installed = Installed
cli-module-modes = Can run
cli-module-mode = Runs
cli-module-versions = Versions
cli-module-pinned = Held at
cli-module-previous = Before it
cli-module-held = { $version } ⚑
cli-model-demonstration = (demonstration)
cli-model-base-absent = { $base } (not here)
cli-model-code = (names code of its own; it is not here)
cli-model-verified = whole
cli-model-never-read = never
cli-model-damaged = damaged
cli-model-last-read = Verified: { $when }
cli-model-offline = No source in a network answered. This is what is known without one.
cli-model-next = There are more: --cursor { $next }
cli-model-here = here as { $name }
cli-model-not-adoptable = can't be adopted
cli-model-installed = Installed here as { $name } { $version }; “las model list --json” shows what is kept of it.
cli-model-context = context { $tokens } tokens
cli-fit-none-chosen = A pull would choose none of these: all are too large for this machine.
cli-fit-speed-not-measured = How fast it may be is unknown: nobody measured at which rate this machine reads its memory. “--measure” does so.

## Plans and operations

cli-plan-undo = undo: { $undo }
cli-plan-download = { $size } to download
cli-plan-no-download = nothing to download
cli-plan-disk = { $size } more on disk
cli-plan-freed = { $size } freed on disk
cli-plan-memory = { $size } of memory
cli-plan-administrator = needs administrator rights
cli-plan-no-administrator = no administrator rights
cli-plan-hosts = Contacts: { $list }
cli-plan-ports = Opens ports: { $list }
cli-plan-licenses = Licences: { $list }
cli-plan-id = Run exactly this plan with: las apply --plan { $id }
cli-plan-question = Carry out this plan? [y/N]
# Answers that mean yes, separated by spaces.
cli-plan-question-yes = y yes
cli-plan-declined = Nothing was changed.

cli-change-waits = Operation { $id } is running; this change waits for its turn. Ctrl-C gives it up.
cli-operation-cancelling = Cancelling; what was done is being undone.
cli-operation-is-paused = Paused. “las operation resume { $id }” goes on with what was fetched.
cli-operation-done = Done: { $what }
cli-operation-done-generation = Done: { $what } (generation { $number })
cli-operation-left = The state before it holds. “las operation show { $id }” has every step.
cli-operation-resumes = Takes up the operation { $id } again.
cli-audit-verified = { $count ->
        [one] { $count } line, whole. Head: { $head }
       *[other] { $count } lines, whole. Head: { $head }
    }
cli-audit-anchor-none = No anchor beside the ledger was checked: what is missing at its end would not show.
cli-audit-anchor-signed = Its anchor stands for { $count } lines and is signed with this machine's key.
cli-audit-anchor-plain = Its anchor stands for { $count } lines; it is not signed.
cli-audit-checkpoints = Signed checkpoints that hold: { $count }; keys: { $keys }
cli-generation-current = current
cli-generation-same = Both hold the same.

## Services

cli-service-last-lines = Last lines of { $name }:
cli-core-in-use = Another command uses the core that this one runs; this one ends after it. Ctrl-C ends both now.
cli-service-until-interrupted = The service runs here until Ctrl-C. “las serve” or the window keep services running.
cli-service-ends-with-command = No core was running, so the service ended with this command. Start “las serve” or the window first to keep it.

## Run and chat

cli-run-rate = { $count ->
        [one] { $count } token, { $rate } a second
       *[other] { $count } tokens, { $rate } a second
    }
cli-run-cut = The answer was cut off: it reached the largest number of tokens or the end of the context.
cli-run-prompt-empty = the prompt is empty
cli-chat-opening = One line is one question. Ctrl-C stops an answer; Ctrl-D ends the chat.
cli-chat-stopped = The answer was stopped.

## Serve and tokens

cli-serve-endpoint = Endpoint  { $value }
cli-serve-page = Page      { $value }
cli-serve-socket = Socket    { $value }
cli-serve-until-interrupted = Running until Ctrl-C.
cli-serve-stopped = Stopped; every service was ended.
cli-token-created = This is the only time the value is shown (token { $id }).
cli-token-revoked = The token { $id } is no longer valid.
cli-secret-type = Type or paste the value; it is not shown:
cli-secret-set = “{ $name }” is kept for { $origin }, and is sent nowhere else.
cli-secret-removed = “{ $name }” is kept no longer.
cli-secret-store = Secrets: { $store }, { $standing }

## Help

cli-help-heading-usage = Usage:
cli-help-heading-commands = Commands
cli-help-heading-arguments = Arguments
cli-help-heading-options = Options
cli-help-footer =
    Exit status: 0 done, 1 failed, 2 wrong use, 3 refused by policy or hardware,
    4 no solution, 5 not found, 6 needs approval or the plan is stale,
    7 needs a network, 8 not permitted, 9 integrity check failed.
    Environment: LAS_HOME (data directory), NO_COLOR; LAS_LANG, LAS_LOG, LAS_PROFILE and
    a variable for every other setting: see “las config show --json”.

cli-help = Install, run and look after local AI on this machine
cli-help-status = Show tier, services, models, running operations and warnings on one screen
cli-help-doctor = Find everything unfinished, damaged or drifted, with its remedy
cli-help-hardware = Show the hardware profile
cli-help-policy = Show what this machine may do, and why
cli-help-policy-show = Show tier, limits and every verdict
cli-help-policy-explain = Show the numbers behind one verdict and what would lift it
cli-help-override = See, set and take back overrides of the policies, on this machine only
cli-help-override-list = List overrides with their history
cli-help-override-set = Decide otherwise than the policies, with a reason
cli-help-override-revert = Take an override back
cli-help-module = See, install, upgrade, hold and remove modules
cli-help-config = See, change and check the configuration
cli-help-config-show = List every setting with its value and where that came from
cli-help-config-get = Print the value of a setting
cli-help-config-set = Set a setting in the configuration file
cli-help-config-unset = Take a setting out of the configuration file
cli-help-config-validate = Say everything that is wrong with the configuration; needs no core
cli-help-module-list = List modules
cli-help-module-search = Find modules by their names, what they provide, their category and description
cli-help-module-show = Show one module
cli-help-module-source = Print what the manifest of a module that comes from an archive says of it
cli-help-module-plan = Show what an installation would do; nothing is changed
cli-help-module-install = Install modules with what they depend on
cli-help-module-upgrade = Bring modules to the newest versions that fit together; all if none is named
cli-help-module-pin = Hold a module at a version
cli-help-module-unpin = Hold a module no longer
cli-help-module-rollback = Bring a module back to the version it had before
cli-help-module-remove = Remove modules
cli-help-registry = See where modules come from
cli-help-registry-list = List registries, who vouches for each, and what was set aside
cli-help-service = See, start and stop services
cli-help-service-list = List services
cli-help-service-start = Start a service, or load a model behind the local endpoint
cli-help-service-restart = Stop a service and start it again
cli-help-service-stop = Stop a service and free its memory
cli-help-service-health = Show how a service is: what it takes, its last answer and its last restarts
cli-help-service-logs = Show what a service said, and go on showing it
cli-help-model = See, import and verify models
cli-help-model-import = Make a GGUF file of this machine known as a model
cli-help-model-fit = Say how a model stands to this machine: memory, with less of what it fits, what would fit, how fast it may be
cli-help-model-pull = Get a model from a source: the file that suits this machine, or the one that is named
cli-help-model-scan = Find models that other tools of this machine keep, and adopt them without copying
cli-help-model-list = List models
cli-help-model-search = Find models that can be had, at the sources that are switched on
cli-help-model-show = Show a model that can be had: its files, sizes and digests
cli-help-model-template = Show the chat templates of a model that is here, as they were pinned when it came
cli-help-model-verify = Compare the bytes of models with their digests
cli-help-model-repair = Make damaged models whole again; of one that was fetched only what is damaged is fetched
cli-help-model-remove = Remove models; a file that was left where it was is not touched
cli-help-model-view = See and change where models are laid out for other tools, without copying them
cli-help-model-view-add = Lay a model out in the folder of another tool, as that expects it
cli-help-model-view-list = List where models are laid out, and what became of it
cli-help-model-view-remove = Take views of a model away; what others put there stays
cli-help-run = Ask a model; without a prompt open a chat, or read the prompt from standard input
cli-help-plan = Show the difference between a desired state and the machine; nothing is changed
cli-help-apply = Bring the machine to a desired state, or carry out a plan that was shown before
cli-help-operation = See, follow, pause, cancel and take up operations again
cli-help-operation-list = List operations
cli-help-operation-show = Show one operation with its journal
cli-help-operation-follow = Follow an operation to its end
cli-help-operation-pause = Pause an operation that fetches something; what it fetched is kept
cli-help-operation-cancel = Cancel an operation; what it did is undone
cli-help-operation-resume = Go on with what is paused, or take up again what failed, was cancelled or was cut off
cli-help-generation = See what was installed when, and go back
cli-help-generation-list = List generations
cli-help-generation-show = Show what one generation holds
cli-help-generation-diff = Show what came, went and changed from one generation to another
cli-help-generation-export = Print a generation as las.lock: the same for the same content on every machine
cli-help-generation-rollback = Go back to an earlier generation
cli-help-audit = Read and check the ledger of operations
cli-help-audit-list = List every line
cli-help-audit-show = Show one line with its hashes
cli-help-audit-verify = Check that every line fits and none is missing
cli-help-audit-export = Print every line as JSON, one a line
cli-help-serve = Run without a window: REST, event stream and web page
cli-help-token = Tokens for programs that use the REST interface
cli-help-token-list = List tokens, without their values
cli-help-token-create = Make a token and print its value once
cli-help-token-revoke = Make a token invalid
cli-help-secret = Tokens and keys that this machine shows to others, in the keyring
cli-help-secret-list = List names and origins, without values
cli-help-secret-set = Keep a value, read from standard input or typed unseen, for one origin
cli-help-secret-remove = Forget a value
cli-help-completion = Print the completion script for a shell

cli-help-arg-json = Give one JSON document on standard output; long operations give one JSON event a line
cli-help-arg-quiet = Say nothing but data and errors
cli-help-arg-lang = Language of the texts, such as en or zh-CN
cli-help-arg-help = Show this help
cli-help-arg-version = Show the version
cli-help-arg-repair = Repair what can be repaired without loss
cli-help-arg-schema = Take the database back to this schema, for an older version of LocalAIStack; no core may run
cli-help-arg-exported = Check this export instead; needs neither the machine nor a core
cli-help-arg-record = Write the profile to a new file, for LAS_PROFILE or a report
cli-help-arg-measure = Measure again how fast main memory and the disk are read; it takes a few seconds
cli-help-arg-capability = tier, model-size, runtime:NAME, feature:NAME, privilege:NAME or mode:NAME
cli-help-arg-overridden = model-size, loaded-models, parallel, memory, vram, runtime:NAME, feature:NAME, privilege:NAME or mode:NAME
cli-help-arg-value = A size such as 14B, a number, or allow or deny
cli-help-arg-key = The setting, such as log.level; see “las config show”
cli-help-arg-setting = Its value
cli-help-arg-reason = Why; it is shown beside everything that it changes
cli-help-arg-installed = Only what is installed
cli-help-arg-available = Only what is not installed
cli-help-arg-category = Only this category: language, runtime, framework, service, application, tool or model
cli-help-arg-name = Its name
cli-help-arg-names = Their names
cli-help-arg-run-mode = How they run: native or container; chosen if absent
cli-help-arg-modules = Names, each with or without a version: llama.cpp, llama.cpp@>=0.2
cli-help-arg-upgraded = Their names; everything that is installed if none is given
cli-help-arg-pinned = The module and the version, such as llama.cpp@0.5.0
cli-help-arg-follow = Go on showing what comes, until Ctrl-C
cli-help-arg-log-lines = At most so many, the last of them; 200 if none is named
cli-help-arg-contains = Only lines that contain this text
cli-help-arg-purge = Remove the data of their services as well
cli-help-arg-yes = Carry out the plan without asking
cli-help-arg-path = The GGUF file
cli-help-arg-copy = Copy the file into the data directory
cli-help-arg-reference = Leave the file where it is (this is the default)
cli-help-arg-new-name = Its name here; otherwise made from the file's name
cli-help-arg-scan-folder = Look in this folder only, whichever tool's it is
cli-help-arg-view-tool = hugging-face, ollama, lm-studio, jan, comfyui, or folder for plain files
cli-help-arg-view-folder = The folder in which that tool keeps models; its usual one if none is named
cli-help-arg-adopt = Make these files known as models; they stay their tool's and are never changed
cli-help-arg-adopt-all = Adopt everything found that can be adopted and is not here yet
cli-help-arg-adopt-copy = Copy them into the data directory instead
cli-help-arg-adopt-reference = Leave them where they are and remember the path; otherwise by reflink, or by hard link where that is safe
cli-help-arg-base = For an adapter: the installed model it belongs to
cli-help-arg-model = The model
cli-help-arg-model-words = Words that its name holds
cli-help-arg-model-source = hugging-face, model-scope, directory, catalogue or one that “models.sources” names; all that are switched on if none is named
cli-help-arg-task = What it is for, such as text-generation
cli-help-arg-format = gguf or safetensors
cli-help-arg-licence = Its licence, such as apache-2.0
cli-help-arg-at-most = Size that its smallest form may have; what says no size is not left out
cli-help-arg-fits = Only what fits, with limits or without; what says neither a size nor its parameters is left out
cli-help-arg-fitting = A model that is installed, a well-known one such as qwen3-8b, or a repository and a file of it
cli-help-arg-fit-context = Context of one conversation, in tokens; what a load gives without being asked if none is named
cli-help-arg-kv = Type of keys and values: f16 (as usual), q8_0, q4_0 …
cli-help-arg-fit-measure = Measure first at which rate this machine reads its memory; it takes a second or two
cli-help-arg-found-limit = At most so many from each source; 20 if none is named
cli-help-arg-cursor = Where the page before ended
cli-help-arg-repository = Its name at the source, such as Qwen/Qwen3-8B-GGUF
cli-help-arg-pulled = Its name at the source, and the file if not the one that suits this machine: Qwen/Qwen3-8B-GGUF:Qwen3-8B-Q8_0.gguf; or the address of one file, with --sha256
cli-help-arg-sha256 = For an address: the SHA-256 that its owner publishes of the file; 64 hexadecimal digits
cli-help-arg-revision = A branch, tag or commit
cli-help-arg-prompt = What to ask
cli-help-arg-tools = JSON file with the tools that the model may call, in OpenAI's form
cli-help-arg-json-schema = JSON file with the schema that the answer must follow
cli-help-arg-system = What the model shall be told before the conversation
cli-help-arg-seed = Number that makes the answer repeatable
cli-help-arg-temperature = How free the answer is: 0 always takes the likeliest token
cli-help-arg-max-tokens = Largest number of tokens of the answer
cli-help-arg-archive = The archive: .tar, .tar.gz, .tar.xz, .tar.zst or .zip
cli-help-arg-folder = The folder in it that is the module; all of it if none is named
cli-help-arg-urls = An address that it is fetched from; mirrors follow
cli-help-arg-file = The desired state; las.yaml in this folder if none is named
cli-help-arg-limit = At most so many, the latest of them
cli-help-arg-earlier-than = Only lines before this one
cli-help-arg-sequence = The number of the line
cli-help-arg-plan = The plan's id
cli-help-arg-idempotency-key = A key of your own: the same key begins one operation, however often this is repeated
cli-help-arg-id = Its id
cli-help-arg-words = Words to look for; each must be found
cli-help-arg-before = The number of the generation before
cli-help-arg-after = The number of the generation after
cli-help-arg-number = The generation's number
cli-help-arg-addr = Address and port to listen on
cli-help-arg-expose = Allow an address that other machines can reach; every request then needs a token
cli-help-arg-label = What the token is for
cli-help-arg-secret = The name that the value is kept under
cli-help-arg-bound-to = The only address that it is sent to: scheme, host and port
cli-help-arg-shell = The shell
