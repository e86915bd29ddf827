# Words of the domain: tiers, reasons, parts, steps, states. Shared by window, command line and API.

## Tiers and policy reasons

tier = Tier { $tier }
tier-1 = Entry level
tier-2 = Mid-range
tier-3 = Multi-GPU and large models

# Args: have, bound, rule, file, line.
reason-gpu_vram-at_least = GPU memory { $have }, at least { $bound } ({ $file }:{ $line })
reason-gpu_vram-below = GPU memory { $have }, below { $bound } ({ $file }:{ $line })
reason-gpu_vram-is = GPU memory { $have }, as the rule says ({ $file }:{ $line })
reason-gpu_count-at_least = GPUs: { $have }, at least { $bound } ({ $file }:{ $line })
reason-gpu_count-below = GPUs: { $have }, fewer than { $bound } ({ $file }:{ $line })
reason-gpu_count-is = GPUs: { $have }, as the rule says ({ $file }:{ $line })
reason-ram-at_least = main memory { $have }, at least { $bound } ({ $file }:{ $line })
reason-ram-below = main memory { $have }, below { $bound } ({ $file }:{ $line })
reason-ram-is = main memory { $have }, as the rule says ({ $file }:{ $line })
reason-nvlink-at_least = NVLink between GPUs: { $have }, the rule asks { $bound } ({ $file }:{ $line })
reason-nvlink-below = NVLink between GPUs: { $have }, the rule asks { $bound } ({ $file }:{ $line })
reason-nvlink-is = GPUs { $have ->
        [true] joined by NVLink
       *[other] not joined by NVLink
    }, as the rule says ({ $file }:{ $line })
reason-always = the rule “{ $rule }” holds for every machine ({ $file }:{ $line })

# Args: id, reason, value, before (“none” for no limit).
reason-override = { $value ->
        [allow] allowed
        [deny] forbidden
       *[other] { $value }
    } by the override { $id }: “{ $reason }” (the policies say: { $before ->
        [none] no limit
        [allow] allowed
        [deny] not allowed
       *[other] { $before }
    })

# What would lift a refusal, or what the next tier asks. Same args.
lift-gpu_vram-at_least = a GPU with at least { $bound } of memory (now { $have })
lift-gpu_vram-below = GPUs with less than { $bound } of memory (now { $have })
lift-gpu_vram-is = GPU memory of { $bound } (now { $have })
lift-gpu_count-at_least = GPUs: at least { $bound } (now { $have })
lift-gpu_count-below = GPUs: fewer than { $bound } (now { $have })
lift-gpu_count-is = GPUs: { $bound } (now { $have })
lift-ram-at_least = at least { $bound } of main memory (now { $have })
lift-ram-below = less than { $bound } of main memory (now { $have })
lift-ram-is = { $bound } of main memory (now { $have })
lift-nvlink-at_least = NVLink between GPUs: { $bound } (now { $have })
lift-nvlink-below = NVLink between GPUs: { $bound } (now { $have })
lift-nvlink-is = GPUs { $bound ->
        [true] joined by NVLink
       *[other] not joined by NVLink
    }
lift-always = another rule than “{ $rule }” ({ $file }:{ $line })

# What a rule can bound, by its name in a policy. Arg: field.
field-name = { $field ->
        [gpu_vram] memory of the largest GPU
        [gpu_count] number of GPUs
        [ram] main memory
        [nvlink] NVLink between GPUs
        [unified_memory] main memory that a GPU works in
        [bandwidth] measured rate of reading main memory
        [gpu_vram_total] memory of all GPUs
        [gpu_vendor] makers of the GPUs
        [gpu_model] models of the GPUs
        [gpu_target] targets of the GPUs
        [compute_capability] CUDA compute capability
        [driver] version of the GPU driver
        [cuda] version of CUDA that the driver serves
        [pcie_generation] PCIe generation of a GPU
        [pcie_width] PCIe lanes of a GPU
        [xgmi] xGMI between GPUs
        [npu] drivers of NPUs
        [npu_count] number of NPUs
        [cpu_cores] processor cores
        [cpu_threads] hardware threads
        [cpu_sockets] sockets
        [numa_nodes] NUMA nodes
        [cpu_cache] third-level cache
        [cpu_features] instructions of the processor
        [cpu_vendor] maker of the processor
        [cpu_model] model of the processor
        [arch] architecture
        [virtual_machine] virtual machine
        [ram_available] available main memory
        [swap] swap
        [memory_limited] limit on main memory
        [disk_size] size of the largest volume
        [disk_free] free space of a volume
        [disk_rate] measured rate of reading a volume
        [disk_kind] kinds of volumes
        [filesystem] file systems
        [os] system
        [os_version] version of the system
        [kernel] version of the kernel
        [landlock] Landlock ABI
        [user_namespaces] user namespaces
        [seccomp] filters for system calls
        [cgroup] control groups
        [battery] battery
        [on_battery] running from the battery
        [battery_percent] charge of the battery in percent
        [network] network
        [container_engine] container engines
        [absent] parts that are missing or unusable
       *[other] { $field }
    }

# Bounds on what has no text of its own above. Args: field, have, bound, rule, file, line.
reason-at_least = { field-name }: { $have }, at least { $bound } ({ $file }:{ $line })
reason-below = { field-name }: { $have }, below { $bound } ({ $file }:{ $line })
reason-is = { field-name }: { $have ->
        [true] yes
       *[other] no
    }, as the rule says ({ $file }:{ $line })
reason-one_of = { field-name }: { $have }, one of { $bound } ({ $file }:{ $line })
reason-all_of = { field-name }: { $have }, among them all of { $bound } ({ $file }:{ $line })
reason-none_of = { field-name }: { $have }, not { $bound } ({ $file }:{ $line })
lift-at_least = { field-name }: at least { $bound } (now { $have })
lift-below = { field-name }: below { $bound } (now { $have })
lift-is = { field-name }: { $bound ->
        [true] yes
       *[other] no
    }
lift-one_of = { field-name }: one of { $bound } (now { $have })
lift-all_of = { field-name }: all of { $bound } (now { $have })
lift-none_of = { field-name }: not { $bound } (now { $have })

## Parts of the machine

part-gpu-nvidia = NVIDIA GPU
part-gpu-amd = AMD GPU
part-gpu-intel = Intel GPU
part-npu = NPU
part-docker = Docker
part-podman = Podman

# Why a part was not found. Args: part.
absent-no-device = { $part }: there is none in this machine
absent-no-driver = { $part }: there may be one, but its driver is not installed
absent-no-library = { $part }: its driver is loaded, but the driver's management library (libnvidia-ml) is missing; install it in the driver's version
absent-driver-mismatch = { $part }: driver and library have different versions, as after an update; restart the machine
absent-no-node = { $part }: there, but its device file is missing here; hand it into the container, or load the driver
absent-no-device-permission = { $part }: there, but your user may not open its device file; add your user to the groups render and video and log in again
absent-driver-error = { $part }: its driver answers with an error
absent-no-socket = { $part }: not installed, or not running
absent-no-permission = { $part }: there, but your user may not use it
absent-no-answer = { $part }: there, but it does not answer

# What the machine has beside the numbers everyone knows.
hardware-caches = L1d { $l1d } KiB, L2 { $l2 } KiB, L3 { $l3 } KiB
hardware-pcie = PCIe { $generation } ×{ $width }
hardware-nvlink = NVLink to { $peers }
hardware-xgmi = xGMI to { $peers }
hardware-percent = { $percent } %
# Args: rate (a size), day.
hardware-rate = read at { $rate }/s (measured { $day })
hardware-virtual = virtual machine
network-online = a route leads beyond this network
network-local = no route leads beyond this network
network-offline = no interface is up
network-unknown = not known
hardware-sandbox = Landlock: { $landlock }; user namespaces: { $namespaces }; cgroups: { $cgroup }; seccomp: { $seccomp }
hardware-landlock-abi = ABI { $abi } or newer
support-yes = yes
support-no = no
support-unknown = not known
cgroup-v1 = version 1
cgroup-hybrid = versions 1 and 2
cgroup-v2 = version 2
cgroup-unknown = not known
battery-discharging = in use
battery-charging = charging
battery-idle = on the mains
battery-unknown = not known

volume-nvme = NVMe
volume-ssd = SSD
volume-hdd = hard disk
volume-network = network
volume-memory = in memory
volume-unknown = unknown kind

## Plans

# Args: name, version, size.
step-store_add = Install { $name } { $version } ({ $size })
step-store_remove = Remove { $name } { $version } ({ $size })
step-blob_add = Add the model { $name } ({ $size })
step-blob_remove = Remove the model { $name } ({ $size })
# Args: name, tool, folder, by.
step-view_add = Lay out { $name } for { $tool ->
        [hugging-face] Hugging Face's cache
        [ollama] Ollama
        [lm-studio] LM Studio
        [jan] Jan
        [comfyui] ComfyUI
       *[folder] any tool that reads files
    } in { $folder }, { $by ->
        [reflink] by reflink
        [hard-link] by hard link
       *[symlink] by symbolic link
    }: 0 bytes are copied
step-view_remove = Take { $name } away from { $folder }, where it is laid out for { $tool ->
        [hugging-face] Hugging Face's cache
        [ollama] Ollama
        [lm-studio] LM Studio
        [jan] Jan
        [comfyui] ComfyUI
       *[folder] any tool that reads files
    }
# Args: name, version, size.
step-program_verify = Check that { $name } { $version } runs
step-service_start = Start the service { $name }
step-service_stop = Stop the service { $name }
step-generation_write = Write the record of generation { $number } again
step-stray_remove = Remove { $path }
step-machine_record = Remember the machine as it is now
step-data_remove = Remove the data of { $name } ({ $size })
step-config_write = Write { $path }

undo-remove-added = remove what was added
undo-restore-removed = put back what was removed
undo-nothing = nothing to undo
undo-stop-service = stop the service
undo-start-service = start the service again
undo-revert-override = take the override back
undo-set-override = set the override again
undo-unpin = hold it no longer
undo-pin = hold it again
undo-restore-config = put the file back as it was

note-makes-room = Another model is unloaded first, so that this one has room.
note-provides = { $name } { $version } was chosen because it provides { $request }.
note-deprecated = { $name } { $version } is deprecated since { $since }: { $reason }
note-superseded = { $name } { $version } is deprecated since { $since }: { $reason } Use { $next } instead.
note-outdated = { $name } { $version } is older than { $least }, the oldest version that its makers call useful.
note-from-registry = { $name } { $version } comes from { $origin ->
        [user] your own registry
       *[organisation] your organisation's registry
    } ({ $path }){ $hides ->
        [none] .
       *[other] {" "}and hides the same version of another registry.
    }
registry-origin-user = yours
registry-origin-organisation = organisation
registry-origin-builtin = application
registry-standing-shipped = part of the application
registry-standing-absent = none there
registry-standing-unsigned = not signed
registry-standing-signed = signed
registry-standing-refused = refused
registry-signed-by = signed by { $key } ({ $index })
registry-unsigned = Nobody signed the registry { $path } ({ $origin }): whoever can write there decides what its modules are.
registry-refused = Nothing of the registry { $path } ({ $origin }) is offered:
module-from = { $version } from { $path } ({ $origin })
module-from-hiding = { $version } from { $path } ({ $origin }), hiding the same version of: { $hidden }
module-deprecated-since = since { $since }: { $reason }
note-override-set = An override holds on this machine only and beats the policies; you answer for it. What a model needs in memory is checked all the same. Nothing is installed or started. “las override list” shows it, “las override revert ID” takes it back.
note-override-sets = Overrides the policies on this machine: { $capability } → { $value } ({ $reason }).
note-override-takes-back = Takes back the override { $capability } → { $value }; the policies decide again.
note-override-revert = The policies decide again. What was installed meanwhile stays.
note-runs-in-container = { $name } runs in a container made from the image { $image }
note-privilege = { $name } asks for a privilege beside what every module has ({ $privilege }): { $privilege ->
        [network] it may connect to any host.
        [connects] it connects to { $to }.
        [gpu] it may use the GPUs of this machine.
        [writable-root] it may write everywhere in its container.
        [user] it runs in its container as a user that its manifest names.
        [chown] in its container it may give files to another user.
        [dac-override] in its container it may read and write files whatever their rights are.
        [fowner] in its container it may change the rights of files that are another's.
        [kill] in its container it may send signals to another user's processes.
        [setgid] in its container it may become another group.
       *[setuid] in its container it may become another user.
    } A policy that denies “privilege:{ $privilege }” refuses it.
note-mode = { $name } runs { $mode ->
        [container] in a container
       *[native] as a process of this machine
    }: { $by ->
        [asked] you asked for it.
        [before] it ran so before.
        [installed] it is installed so; “las module install { $name } --mode MODE” changes that.
        [configured] the configuration prefers that (runtime.prefer).
        [policy] a policy denies the other way.
        [machine] there is no container engine here.
        [manifest] its makers prefer that.
       *[default] nothing speaks for the other way.
    }
note-restarts-services = A service runs from what is replaced. It is stopped, started from the new version and watched until it answers; if it does not, the version from before is started again. Only then does the old version go.
note-pinned-stay = What is held at a version stays as it is; “las module unpin NAME” lets it go.
note-module-pin = The module stays at this version: upgrades leave it alone, and nothing that needs another version of it is installed. “las module unpin NAME” lets it go.
note-module-unpin = The module is held no longer; the next upgrade may change it. Nothing is installed or removed now.
note-data-stays = The data of the service stays where it is. “las module remove NAME --purge” removes it as well.
note-data-lost = The data of the service is lost when this is done.
note-bytes-shared = The bytes of { $name } ({ $size }) stay, and nothing is freed for it: { $others } has them as well.
note-bytes-held = The bytes of { $name } ({ $size }) stay on the disk, and nothing is freed for it: { $path ->
        [none] another file there is a second name of them.
       *[other] { $path }, which is another tool's, has them as well.
    }
note-bytes-outside = { $name } ({ $size }) is only forgotten, and nothing is freed for it: it stays where it is, at { $path }.
note-config-at-once = The change takes effect at once.
note-config-at-next-start = The change takes effect when the core starts the next time.
note-config-outranked = The file is changed, but this core does not follow it here: an environment variable or a flag says the value in force. “las config show” names it.
note-demonstration-model = This is a demonstration model with 2 million parameters: it lets you try the way from start to answer; do not rely on what it says. For real work import a GGUF model with “las model import FILE”.
note-model-origin = From “{ $id }” on { $source }, at { $commit }.
note-model-address = From an address that you gave, “{ $id }”. Its SHA-256 must be { $digest }, or nothing is installed.
note-model-secret = The secret “{ $name }” is sent to { $origin } for it, and to no other address.
note-model-mirrors = The same bytes are asked for at { $hosts } where the first address fails; what is here already is not fetched again.
note-model-chosen = { $why ->
        [named] You named “{ $file }”; loaded, it takes about { $needed }.
        [usual] “{ $file }” has the name that models have there; loaded, it takes about { $needed }.
        [only] “{ $file }” is the only model there; loaded, it takes about { $needed }.
        [best] “{ $file }” is the best quantisation there that this machine has room for: about { $needed } of { $room }.
       *[smaller] No quantisation from Q4_K_M on fits into { $room } of memory; “{ $file }” is the best of the others, with about { $needed }.
    }
note-model-projector = With it comes “{ $file }” ({ $size }), which turns pictures into what the model reads.
note-model-no-engine = It is in { $format }, which the engine here does not load. What loads it: { $engines }.
note-model-code = “{ $id }” names code of its own ({ $found }). It is not fetched, and nothing here runs it: some programs can't use the model without it.
note-adapter-base-absent = The model that { $name } was made for is not here: { $base }
note-model-may-not-fit = Loaded, this takes about { $needed }, and this machine has { $room } for models: it may not be possible to load it.
note-model-adopted = { $name } is taken from { $tool ->
        [hugging-face] Hugging Face's cache
        [ollama] Ollama
        [lm-studio] LM Studio
        [jan] Jan
        [comfyui] ComfyUI
       *[folder] a folder
    } { $by ->
        [reflink] by reflink: both files share their blocks, and neither can change the other
        [hard-link] by hard link: it is a second name of the same file
        [present] without reading it again: its bytes are here already
        [copy] by copying it
       *[reference] by reference: it stays where it is, and is lost here when it is removed there
    }. { $path } stays as it is, also when the model is removed here.
note-model-shared = If its tool changes that file in place, { $name } changes with it; the doctor finds that, and can't undo it.
note-model-here = { $path } is here already as { $name }.
note-view-laid-out = In { $folder } this is made, { $by ->
        [reflink] by reflink
        [hard-link] by hard link
       *[symlink] by symbolic link
    }: { $files }. What lies there stays as it is.
note-view-shared = { $by ->
        [hard-link] A tool that changes such a file in place changes { $name } here, too: as long as it is laid out, the file can't be written. The doctor finds what was changed all the same.
        [open] A tool that changes such a file in place changes { $name } here, too; the doctor finds that.
       *[symlink] A tool that changes such a file in place changes { $name } here, too, and the links lead nowhere when the data directory moves. The doctor finds both.
    }
note-view-ollama = Ollama is given the weights and a short configuration, and no template: it goes by what the file itself says of a conversation.
note-view-taken-away = From { $folder } this goes, as far as it is what was made: { $files }
note-view-file-stays = { $path } is not what was made there, or was changed since: it stays.
note-model-limited = It fits with limits: { $context } tokens of context for each conversation, keys and values as { $cache }.
note-obligation-unknown-license = The source names no licence for “{ $id }”: ask its owner before you use it for more than a try.
note-obligation-keep-notices = The licence of “{ $id }” asks whoever passes it on to keep its notices.
note-obligation-no-commercial-use = The licence of “{ $id }” forbids commercial use.
note-obligation-same-license = The licence of “{ $id }” asks whoever passes it on to do so under the same licence.
note-obligation-own-terms = “{ $id }” has a licence of its own: read what it allows.
note-obligation-agreed-terms = The owner of “{ $id }” gives it only to people who have agreed to his terms; they hold for you.

## Warnings and findings

warning-policy-hole = The policies “{ $set }” leave machines without a tier; such a machine gets the safest one. An example is a machine with:
warning-policy-untold = The policies “{ $set }” bound so many things that it can't be told whether they speak of every machine. One that they don't speak of gets the safest tier.
warning-in-a-hole = No rule gives this machine a tier, so the safest one was taken. Report the hardware profile (“las hardware --record FILE”), and a rule can be added.
warning-demonstration-only = Only a demonstration model is installed; do not rely on what it says. This machine can run { $size ->
        [none] models of any size
       *[other] models up to { $size }
    }: get one as a GGUF file and add it with “las model import FILE”.
warning-override-active = { $count ->
        [one] { $count } override changes
       *[other] { $count } overrides change
    } what the policies of this machine say; “las override list” shows what and why.
warning-recorded-profile = The hardware was not detected but read from { $path }.
warning-reading-only = { $path } can't be written ({ $code }), so nothing can be changed. What you see is as it was when this began.
warning-manifest-rejected = The manifest { $path } was left out: it can't be accepted ({ $code }).

finding-operation-interrupted = The operation { $id } was interrupted. What it had done was undone.
    .remedy = Start it again if you still want it.
finding-partly-fetched = { $have } of { $size } of a download are kept in { $path }. Starting what it was for again goes on from there; after a week it is dropped.
    .remedy = Nothing has to be done.
finding-operation-unfinished = The operation { $id } was interrupted and could not be undone; what it had put aside is kept.
    .remedy = Clear away what is in its way (the log names it), then run “las doctor --repair”.
finding-policy-hole = The policies “{ $set }” leave machines without a tier. An example is a machine with:
    .remedy = Add a rule with a tier for such machines, or widen the bounds of one that is there. Until then they get the safest tier.
finding-service-ended = “{ $name }” ran when LocalAIStack was cut off. Its process is ended.
    .remedy = Start it with “las service start { $name }” if you still want it.
finding-stray-file = { $path } belongs to nothing that is installed.
    .remedy = “las doctor --repair” removes it.
finding-item-damaged = The files of “{ $name }” do not have the content they should ({ $code }).
    .remedy = “las doctor --repair” puts back what this machine still has elsewhere. If that is not possible, remove it with “las module remove { $name }” and install or import it again.
finding-item-missing = “{ $name }” is recorded as installed, but its files are missing or can't be used ({ $code }).
    .remedy = “las doctor --repair” puts back what this machine still has elsewhere. If that is not possible, remove it with “las module remove { $name }” and install or import it again.
finding-generation-lock-missing = The record of generation { $number } is missing in the folder of generations.
    .remedy = “las doctor --repair” writes it again from the database.
finding-ledger-lines-lost = The ledger is shorter by { $count } than its anchor says: that many operations are no longer in it.
    .remedy = Compare with an earlier export of “las audit export”.
finding-ledger-anchor-restored = The ledger's anchor was missing or damaged; it was made again from the ledger as it is.
    .remedy = Compare with an earlier export of “las audit export”.
finding-state-restored = The database was damaged ({ $cause }). The last whole state was put in its place, from: { $source ->
        [log] its own file, without the damaged end of its log
        [snapshot] the last copy that passed every check
       *[nothing] nothing, because no copy was whole; it began empty
    }. The damaged file is kept as { $path }.
    .remedy = “las doctor --repair” closes this finding.
finding-generations-lost = Generations that were made before the database was restored are no longer in it: { $numbers }. Their lock files are kept in the folder of generations.
    .remedy = “las apply generations/NUMBER.lock” installs what one of them held.
finding-state-damaged = The hourly check of the database failed: { $detail }
    .remedy = Stop LocalAIStack and start it again: it then puts the damaged file aside and restores the last whole state.

# What has drifted. Args: those of the kind, see DriftKind.
finding-item-mode = Files of “{ $name }” do not have the rights they were installed with ({ $path }).
    .remedy = “las doctor --repair” gives them back.
finding-item-extra = A file lies among those of “{ $name }” that is none of them: { $path }.
    .remedy = Move it away if you need it. “las doctor --repair” puts the module back as it was, without it.
finding-view-missing = A file that lays “{ $name }” out for another tool is gone: { $path }.
    .remedy = “las model view remove { $name }” forgets the view, “las model view add { $name }” makes it again.
finding-view-changed = What lays “{ $name }” out for another tool is not what was made, or has not its bytes any more: { $path }.
    .remedy = “las model view remove { $name }” takes away what is still as it was made, and leaves the rest.
finding-generation-lock-edited = The record of generation { $number } in the folder of generations was changed.
    .remedy = “las doctor --repair” writes it again from the database.
finding-service-killed = The service { $name } ended by itself and was started again.
    .remedy = If it happens again, look at its log in the folder “logs” of the data directory.
finding-service-failed = { $how ->
        [start] The service { $name } could not be started.
        [once] The service { $name } ended by itself and is not started again.
       *[often] The service { $name } ended too often and is not started again.
    }
    .remedy = Look at its last lines with “las service list --json”, then start it with “las service start { $name }”.
finding-engine-layers-short = { error-engine-layers-short }
    .remedy = { error-engine-layers-short.remedy }
finding-engine-context-short = { error-engine-context-short }
    .remedy = { error-engine-context-short.remedy }
finding-service-unreachable = The service { $name } runs, but does not answer on its socket or port.
    .remedy = “las doctor --repair” starts it again.
finding-service-foreign = Not the service { $name } but the process { $pid } answers on its socket or port.
    .remedy = Find out what that process is. “las doctor --repair” starts the service again.
finding-process-foreign = The process { $pid } runs a program of this data directory, and LocalAIStack did not start it: { $path }.
    .remedy = End it if you did not start it yourself.
finding-endpoint-moved = The endpoint should be at { $wanted } and is at { $address }: something else uses that address.
    .remedy = Use the address that “las status” shows, or end what uses the other one and start LocalAIStack again.
finding-endpoint-gone = Nobody answered any more at the endpoint { $address }.
    .remedy = Start LocalAIStack again.
finding-core-socket-gone = The socket of the core was gone or replaced: { $path }.
    .remedy = It is opened again by itself. If that fails, start LocalAIStack again.
finding-state-edited = The database was changed by something else: { $detail } ({ $path }).
    .remedy = End LocalAIStack, then run “las doctor --repair”: it keeps the damaged file and restores the last state that is whole.
finding-policies-edited = The policies were changed after LocalAIStack was started ({ $path }); what they said then still holds.
    .remedy = Start LocalAIStack again, so that they are read anew.
finding-registry-edited = The registry was changed after LocalAIStack was started ({ $path }); what it said then still holds.
    .remedy = Start LocalAIStack again, so that it is read anew.
finding-config-edited = The configuration was changed after LocalAIStack was started ({ $path }); these settings hold from the next start on: { $keys }.
    .remedy = Start LocalAIStack again, or take the change back; “las config show” names both values.
finding-desired-differs = What is installed is not what was applied last. { $less ->
        [none] Nothing is missing.
       *[other] Missing or other: { $less }.
    } { $more ->
        [none] Nothing is there beside it.
       *[other] There beside it: { $more }.
    }
    .remedy = Apply your las.yaml or las.lock again; or, if it shall stay as it is, apply the lock of the current generation (“las generation export”).
finding-gpu-gone = The GPU { $gpu } ({ $memory }) is gone. { $now ->
        [none] There is none now.
       *[other] There now: { $now }.
    }
    .remedy = Look at its power, its driver and “las hardware”. If it was taken out, “las doctor --repair” remembers the machine as it is; start LocalAIStack again.
finding-memory-less = There is less main memory than there was: { $have } instead of { $had }.
    .remedy = If that is meant, “las doctor --repair” remembers the machine as it is; start LocalAIStack again.
finding-processor-changed = The processor is another one, or has fewer cores: { $have } instead of { $had }.
    .remedy = If that is meant, “las doctor --repair” remembers the machine as it is; start LocalAIStack again.
finding-disk-gone = The data directory { $path } is not where it was: it was removed or replaced, or its disk is gone.
    .remedy = Bring the disk back and start LocalAIStack again. Nothing is changed until then.
finding-disk-read-only = The data directory { $path } can not be written.
    .remedy = Look at the disk: a system makes it read-only after errors. Mount it writable again.
finding-disk-nearly-full = Only { $free } are free where the data lies ({ $path }); less than { $least } is too little.
    .remedy = Remove models that you do not need with “las model remove NAME”, or make room elsewhere on that disk.

drift-outcome-repaired = put right
drift-outcome-pending = will be put right
drift-outcome-named = needs you
drift-outcome-left = left: it comes back

## Goals of the first run

goal-chat = Chat with a model on this machine

## States

module-state-available = available
module-state-resolved = chosen
module-state-installed = installed
module-state-running = running
module-state-stopped = stopped
module-state-failed = failed
module-state-deprecated = no longer offered

limit-level-partly = held in part
limit-level-process = held for each process by itself
limit-level-group = held for all its processes together
sandbox-level-none = not held: it can do what you can
sandbox-level-partly = held in part
sandbox-level-whole = held wholly
probe-passed = answered
probe-late = no answer in { $seconds } s
probe-unreachable = no answer: { $detail }
probe-status = answered with status { $status }
probe-exit = its test ended otherwise than well: { $detail }
probe-no_line = the line that it waits for is not there
probe-no_port = answers, but does not have all its ports
# Args: number.
exit-status = status { $number }
exit-signal = signal { $number }
cause-service-ended = ended by itself
cause-engine-stopped = ended by itself
cause-service-hung = did not answer any more
cause-program-start-failed = did not start
cause-engine-start-failed = did not start
cause-engine-projector-refused = its projector could not be loaded
cause-port-taken = another program has its port
cause-limits-unavailable = its limits can’t be held here
cause-gpu-unavailable = it needs a GPU and can’t be given one
cause-sandbox-unavailable = it can’t be kept apart well enough here
cause-other = for another reason
service-state-starting = starting
service-state-ready = ready
service-state-degraded = degraded
service-state-restarting = restarting
service-state-failed = failed
service-state-stopped = stopped

## How a service is: on the command line and on its page

health-state = State
health-ports = Ports
health-memory = Memory
health-processes = Processes
health-cpu = Processor time
health-limits = Limits
health-sandbox = Sandbox
health-probe = Last question
health-degraded = Less than planned
health-remedy = What to do
health-restarts = Restarts
# Args: size.
limit-memory = { $size } of memory
# Args: percent, of one processor.
limit-cpu = { $percent } % of a processor
limit-processes = { $count ->
        [one] { $count } process or thread
       *[other] { $count } processes and threads
    }
limit-files = { $count ->
        [one] { $count } open file in each process
       *[other] { $count } open files in each process
    }
# Args: count.
log-left-out = … { $count } lines came too fast to be kept …
log-missed = Lines are missing here: they came faster than they could be shown, or are no longer kept.

operation-state-running = running
operation-state-undoing = being undone
operation-state-paused = paused
operation-state-succeeded = done
operation-state-failed = failed and undone
operation-state-cancelled = cancelled and undone
progress-bytes = { $done } of { $total }
progress-speed = { $speed }/s
progress-percent = { $percent } %
progress-left = { $time } left

journal-phase-started = started
journal-phase-done = done
journal-phase-failed = failed
journal-phase-undoing = being undone
journal-phase-paused = paused
journal-phase-undone = undone

## Kinds

# What differs between two generations.
difference-came = new
difference-went = removed
difference-version = another version
difference-digest = other bytes
difference-views = laid out otherwise

mode-native = natively
mode-container = in a container
mode-auto = as chosen here
category-language = Language
category-runtime = Runtime
category-framework = Framework
category-service = Service
category-application = Application
category-tool = Tool
category-model = Model

ability-chat = chat
ability-tools = tools
ability-json = JSON
ability-embeddings = embeddings
ability-adapter = adapter

placement-store = in the store
placement-blob = copied here
placement-reference = where it was

# Args: what (names of modules, model, service; number of the generation).
intent-module_install = Install { $what }
intent-module_install-mode = Install { $what }, to run { $mode ->
        [container] in a container
       *[native] natively
    }
intent-module_remove = Remove { $what }
intent-model_import = Import the model { $what }
intent-model_pull = Get the model { $what }
intent-model_pull_address = Get a model from { $what }
intent-model_adopt = Adopt { $what }
intent-model_view_add = Lay out { $what }
intent-model_view_remove = Take views of { $what } away
intent-model_load = Load { $what }
intent-service_start = Start { $what }
intent-service_restart = Restart { $what }
intent-service_stop = Stop { $what }
intent-doctor_repair = Repair { $what }
intent-state_apply = Bring the machine to the desired state: { $what }
intent-lock_apply = Bring the machine to exactly what a lock holds: { $what }
intent-generation_rollback = Go back to generation { $what }
intent-generation_rollback-previous = Go back to the previous generation
intent-override_set = Override the policies: { $what }
intent-override_revert = Take back the override { $what }
intent-module_upgrade = Upgrade { $what }
intent-module_upgrade-all = Upgrade everything that is installed
intent-module_pin = Hold { $what }
intent-module_unpin = Hold { $what } no longer
intent-module_rollback = Bring { $what } back to the version it had before
intent-module_remove-purge = Remove { $what } with its data
intent-operation_resume = Take up the operation { $what } again
intent-config_set = Set { $what }
intent-config_unset = Take { $what } out of the configuration file

# What made a generation; the name of its command.
command-module_install = installation
command-module_remove = removal
command-model_import = import of a model
command-model_pull = fetching of a model
command-model_adopt = adoption of a model
command-model_view_add = view of a model
command-model_view_remove = removal of a view
command-doctor_repair = repair
command-state_apply = desired state
command-lock_apply = lock
command-generation_rollback = going back
command-module_upgrade = upgrade
command-module_pin = pin
command-module_unpin = end of a pin
command-module_rollback = going back with a module
command-token_create = new token
command-token_revoke = end of a token
command-secret_set = new secret
command-secret_remove = end of a secret
command-initial = empty machine

# The configuration: one text a key, where a value came from, and when a change takes effect.
config-language = Language of texts on the command line and in the tray
config-log-level = What the log on standard error says
config-log-format = How logs are written
config-log-file-level = What the core's log in the data directory says
config-log-file-size = Size at which that log is rotated; two files are kept
config-server-address = Where programs and the page reach the core
config-server-expose = Whether that may be an address that other machines reach
config-engine-idle-unload = After which time without a request a model is unloaded
config-policy-set = Which set of policies holds
config-hardware-profile = Recorded hardware profile that replaces detection
config-containers-engine = Container engine that is used
config-containers-socket = Socket of the container engine
config-fetch-bandwidth = How much is fetched a second at most, all downloads together; 0 for as fast as it goes
config-models-hugging-face = Where Hugging Face, or a mirror that speaks the same, is asked for models
config-models-model-scope = Where ModelScope, or a mirror that speaks the same, is asked for models
config-models-sources = Sources of models in the order in which they are asked, separated by “;”. One of your own is NAME=KIND:PLACE, with its mirrors after commas
config-models-directory = Directory of this machine with models: NAME/… or OWNER/NAME/…
config-models-file-hosts = Hosts of this network to which sources of models may send on for files
config-models-scan = Folders, besides those of known tools, in which a scan looks for models
config-models-verify-every = After which time a model’s bytes are read again by themselves, to find what a disk has changed; off for never
config-models-verify-rate = How much is read a second at most for that; 0 for as fast as it goes
config-runtime-prefer = How modules run that can run natively and in a container
config-origin-default = by default
config-origin-file = { $path }, line { $line }
config-origin-environment = environment variable { $name }
config-origin-flag = flag { $name }
config-effect-at_once = takes effect at once
config-effect-at_next_start = takes effect at the next start

## Who gets a model
model-gate-open = open
model-gate-agreement = after agreeing
model-gate-request = on request
model-gate-private = private
model-fit-fits = fits
model-fit-limits = fits with limits
model-fit-too_large = too large
model-tool-hugging-face = Hugging Face's cache
model-tool-ollama = Ollama
model-tool-lm-studio = LM Studio
model-tool-jan = Jan
model-tool-comfyui = ComfyUI
model-tool-folder = a folder
model-adoption-reflink = by reflink
model-adoption-hard-link = by hard link
model-adoption-reference = by reference
model-adoption-present = its bytes are here
model-adoption-copy = by copy
model-file-count = { $count } files
# How a view of a model shares its bytes, and what became of its files.
view-link-reflink = reflink
view-link-hard-link = hard link
view-link-symlink = symbolic link
view-state-whole = whole
view-state-missing = files missing
view-state-outdated = other bytes
view-state-other = changed by others
fit-basis-measured = Measured on this machine.
fit-basis-header = By the model's own header.
fit-basis-shape = By its size and its published shape.
fit-basis-size = By the size of its file alone, so within wide bounds; the header says more once it is here.
fit-basis-parameters = By its parameters alone, so within wide bounds; its size isn't published.
fit-device-main = Main memory
fit-device-gpu = GPU { $index } ({ $model })
fit-limit-gpu-layers = with { $on_gpu } of { $of } layers on GPUs
fit-limit-context = with { $tokens } tokens of context, not { $asked }
fit-limit-trained = with { $tokens } tokens of context, not { $asked }: the model knows no more
fit-limit-cache = with keys and values as { $type }
fit-here = With the engine that comes along, in main memory:
fit-with-gpus = With an engine that uses the GPUs:
fit-needs = { $total } in all: weights { $weights }, keys and values { $cache }, work { $overhead }; for { $parallel } conversations of { $context } tokens, { $type }
fit-part = { $device }: { $layers } layers, { $needs } of { $room }
fit-range = It takes between { $least } and { $most }.
fit-unsure = It is close: at one end of the estimate the answer would be another one.
fit-lacks = { $lacks } of memory are missing.
fit-not-allowed = The policies allow models of up to { $most } parameters here.
fit-offer = The same model as { $quantisation } would fit: about { $needs } with { $context } tokens.
fit-speed = It may write { $range }: as fast as memory is read.
fit-tokens = { $least } to { $most } tokens/s
fit-measured = Measured when it was loaded so: at most { $peak }.
fit-measured-speed = It wrote { $speed } tokens/s.

# Whether the core can do its work.
ready-yes = ready
ready-no = not ready: { $parts }
ready-part-database = the database does not answer
ready-part-recovery = what the last core left is being looked at
ready-part-operations = an operation was left in the middle; see “las doctor”

## Where secrets are kept

secret-store-secret-service = keyring (Secret Service)
secret-store-credentials = credentials of the service manager
secret-standing-ready = in use
secret-standing-locked = locked
secret-standing-absent = not there
secret-standing-failing = does not work
