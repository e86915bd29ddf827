# What an error, a warning or a finding rests on: one sentence each, shown beneath it. Shared by window, command line and API.

## Why no choice of versions fits

detail-archive-empty = Nothing would come out of “{ $part }”.
detail-archive-format = “{ $part }” ends with none of .tar, .tar.gz, .tgz, .tar.xz, .tar.zst and .zip.
detail-archive-header = “{ $part }”: what its headers say of it contradicts itself, or is too long.
detail-archive-kind = “{ $part }” is neither a file, nor a folder, nor a link.
detail-archive-large = “{ $part }” would make more bytes than the module says.
detail-archive-link = “{ $part }” is a link that leads out of the module, or to nothing.
detail-archive-many = “{ $part }” would make more files than the module says.
detail-archive-name = “{ $part }” is no name that every system has.
detail-archive-outside = “{ $part }” would lie outside of the module.
detail-archive-size = “{ $part }” is not as long as the archive says.
detail-archive-twice = “{ $part }” is there twice, or as a file and as a folder.
detail-asked = You asked for { $request }.
detail-damaged-block = The first damaged part of it: bytes { $from } to { $to }.
detail-kept = { $item } is installed, and what it needs must stay.
# Args: name, versions, count (how many versions), request.
detail-needs = { $name } { $versions } { $count ->
        [one] needs
       *[other] need
    } { $request }.
detail-offered = There is only { $name } { $versions }.
detail-not-offered = There is no { $name }.
detail-provides = { $name } { $versions } { $count ->
        [one] provides
       *[other] provide
    } { $what }.
detail-opposes = { $name } { $versions } can't be beside { $request }.
detail-more = … and { $count } more.

# Why this machine refuses versions; the rest of the args are those of the error of that name.
detail-refused-hardware-insufficient = This machine refuses { $name } { $versions }: { $field ->
        [ram] it needs { $need } of main memory, and here is { $have }.
        [cores] it needs { $need } processor cores, and here are { $have }.
        [gpu_vram] it needs a GPU with { $need } of its own memory, and the largest here has { $have }.
        [gpu_count] it needs { $need } GPUs, and here are { $have }.
       *[other] it needs { $need }, and here is { $have }.
    }
detail-refused-policy-denied = This machine refuses { $name } { $versions }: the rule “{ $rule }” ({ $file }, line { $line }) does not allow “{ $capability }”.
detail-refused-override-denies = This machine refuses { $name } { $versions }: the override { $id } does not allow “{ $capability }” (“{ $reason }”).
detail-refused-module-conflict = This machine refuses { $name } { $versions }: something that it needs can't be verified here.
detail-refused-pinned = { $name } is held at { $pinned }, so { $versions } can't be chosen.
detail-refused-older = { $name } { $installed } is installed, and an upgrade goes back to no older version ({ $versions }).
detail-refused-runtime-unmet = This machine refuses { $name } { $versions }: it needs { $need }, and here { $have ->
        [none] is nothing of the kind.
       *[other] is { $have }.
    }
detail-refused-runtime-mode-unsupported = { $name } { $versions } can't run: the modes that the manifest allows don't fit what it comes as.
detail-refused-runtime-mode-not-offered = { $name } { $versions } can't run in the mode “{ $mode }”.
detail-refused-system-packages-missing = This machine refuses { $name } { $versions }: it needs packages that are not installed ({ $packages }). To install them: { $command }
detail-refused-system-packages-unknown = This machine refuses { $name } { $versions }: it needs the packages { $packages }, and which are installed can't be read here.
detail-refused-module-deprecated = { $name } { $versions } is deprecated ({ $reason }) and comes only if you ask for it by name.
detail-refused-module-outdated = { $name } { $versions } is older than the useful { $least } and comes only if you ask for it by name.

## What the machine has

detail-gpu-found = GPU { $index } is { $model } with { $vram } of its own memory.
detail-gpu-shared = GPU { $index } is { $model }; it has no memory of its own and works in main memory.
detail-gpu-none = No GPU was found.
# Parts and reasons as in “las hardware”.
detail-gpu-unusable = { $part ->
        [gpu-nvidia] An NVIDIA GPU
        [gpu-amd] An AMD GPU
       *[gpu-intel] An Intel GPU
    } may be there and can't be used: { $reason ->
        [no-driver] its driver is not installed.
        [no-library] the driver's management library is missing; install it in the driver's version.
        [driver-mismatch] driver and library have different versions; restart the machine.
        [no-node] its device file is missing here; hand it into the container, or load the driver.
        [no-device-permission] your user may not open its device file; add your user to the groups render and video.
       *[driver-error] its driver answers with an error.
    }

## What happened since a plan was made

# Args: number, what (the command's name), operation.
detail-generation-made = Generation { $number } is the work of { $what ->
        [module_install] an installation
        [module_remove] a removal
        [model_import] the import of a model
        [model_pull] the fetching of a model
        [model_adopt] the adoption of a model
        [model_view_add] a view of a model for another tool
        [model_view_remove] the removal of such a view
        [doctor_repair] a repair
        [state_apply] a desired state
        [generation_rollback] a rollback
       *[other] { $what }
    } (operation { $operation }).
detail-since-added = Since then { $name } { $version } was added.
detail-since-removed = Since then { $name } { $version } was removed.

## A machine that no rule of a policy set speaks of

detail-machine-gpus = GPUs: { $count } with { $vram } of memory { $count ->
        [one] of its own
       *[other] each
    }
detail-machine-no-gpu = no GPU with memory of its own
detail-machine-ram = main memory: { $size }
detail-machine-nvlink = GPUs joined by NVLink
detail-machine-unified = a GPU that works in main memory
detail-machine-has = { field-name }: { $value }
