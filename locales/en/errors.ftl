# One text for every code of crates/types/src/failure.rs: what failed, and as .remedy what to do.

error-internal = Something went wrong inside LocalAIStack that should not have.
    .remedy = Try it again. If it happens again, set LAS_LOG=debug, repeat it and report what the log says.
error-request-invalid = The request can't be read: { $detail }
    .remedy = Compare it with the help of the command, or with the description of the route, and send it again.
error-command-unknown = There is no command or route “{ $what }”.
    .remedy = Run “las --help” to see the commands; the routes are listed by the server under /v1.
error-unauthorized = The request carries no valid token, or comes from a page that may not ask.
    .remedy = Make a token with “las token create LABEL” and send it as “Authorization: Bearer …”.
error-permission-denied = The operating system refused access to { $path }.
    .remedy = Give your user the right to read and write it, or choose another data directory with LAS_HOME.
error-home-linked = { $path } is a symbolic link, and nothing is written through one.
    .remedy = Set LAS_HOME to the folder that it leads to, or put a real folder in its place.
error-home-foreign = { $path } belongs to another user (number { $owner }).
    .remedy = Run LocalAIStack as that user, give the folder to yours with “chown -R”, or choose another data directory with LAS_HOME.
error-io-failed = { $path } could not be read or written: { $detail }
    .remedy = Check the path, its folder and that the disk is mounted; then try again.
error-disk-full = The disk filled up while writing { $path }.
    .remedy = Free some space, for example by removing a model with “las module remove NAME”, then try again. What was written so far has been taken back.
error-disk-space-short = This needs { $needed } in the data directory, and only { $free } is free there.
    .remedy = Free some space, import models by reference instead of by copy, or move the data directory with LAS_HOME.
error-core-busy = Another LocalAIStack holds { $path } and does not answer.
    .remedy = Close the other window or “las” command that uses this data directory. If none runs, wait a few seconds and try again.
error-core-unreachable = LocalAIStack ended while it was asked (socket { $socket }).
    .remedy = Run the command again; “las doctor” says whether anything was left unfinished.
error-state-corrupt = The database { $path } is damaged: { $detail }
    .remedy = Run “las doctor --repair”. It keeps the damaged file and restores the last state that is whole.
error-state-too-new = The database { $path } was written by a newer version of LocalAIStack: it has schema { $found }, this version knows { $known }.
    .remedy = Update LocalAIStack; or go back with the newer version: “las doctor --schema { $known }”, then use this one. The data was not touched.
error-schema-unknown = There is no schema { $asked } of the database; the newest is { $newest }.
    .remedy = Give the number that the older version named when it refused the database.
error-resource-missing = A part of the application is missing: { $part }, expected at { $path }.
    .remedy = Install LocalAIStack again, or build it completely with “./x run”.
error-manifest-invalid = The manifest { $path } can't be accepted, line { $line }: { $detail }
    .remedy = Correct that line, or remove the file; the other modules are not affected.
error-desired-state-invalid = The desired state { $path } can't be accepted, line { $line }: { $detail }
    .remedy = Correct that line. Nothing was changed.
error-policy-invalid = The policy { $path } can't be accepted, line { $line }: { $detail }
    .remedy = Correct that line. Until then nothing is allowed that this policy would have decided.
error-profile-invalid = The recorded hardware profile { $path } can't be read: { $detail }
    .remedy = Record it again with “las hardware --record FILE”, or unset LAS_PROFILE to use this machine's own hardware.
error-checksum-mismatch = The content of { $path } is not what it should be: expected { $expected }, found { $actual }.
    .remedy = Get the file again from where it came: other content is not installed. A model that is here is put right with “las model repair”, everything else with “las doctor --repair”.
error-module-not-found = There is no module named “{ $name }”.
    .remedy = See what there is with “las module list”.
error-module-not-offered = The manifest of { $name } { $version } names no source to install it from.
    .remedy = Choose another version with “las module show { $name }”, or add a source to the manifest.
error-runtime-mode-unsupported = The manifest of { $name } { $version } leaves no mode to run in: those that it allows don't fit what it comes as.
    .remedy = Choose another version or another module; “las module show { $name }” lists the versions. A module that is to run in a container has to name its image.
error-runtime-mode-not-offered = { $name } { $version } can't run in the mode “{ $mode }”.
    .remedy = Leave the mode out, or choose another version; “las module show { $name }” names the modes that it offers.
error-module-conflict = What was asked for can't all hold together: { $name }.
    .remedy = Ask for another version, or remove or update the module whose need is in the way; “las module show NAME” lists the versions there are.
error-module-cycle = “{ $name }” can't be installed, because modules need each other in a circle: { $path }.
    .remedy = One of these needs has to be taken out of its manifest, or a version without it asked for. Tell the makers of these modules.
# Fields: cores, ram, gpu_vram, gpu_count.
error-hardware-insufficient = { $field ->
        [ram] { $name } { $version } needs { $need } of main memory; this machine has { $have }.
        [cores] { $name } { $version } needs { $need } processor cores; this machine has { $have }.
        [gpu_vram] { $name } { $version } needs a GPU with { $need } of its own memory; the largest here has { $have }.
        [gpu_count] { $name } { $version } needs { $need } GPUs; this machine has { $have }.
       *[other] { $name } { $version } needs { $need }; this machine has { $have }.
    }
    .remedy = Choose a smaller alternative or another version, or use a machine that has this much. “las hardware” shows what was found here.
error-runtime-unmet = { $name } { $version } needs { $need }, and here { $have ->
        [none] is nothing of the kind.
       *[other] is { $have }.
    }
    .remedy = Update what is too old, then try again; or choose an older version with “las module show { $name }”. “las hardware” shows what was found here.
error-system-packages-missing = { $name } { $version } needs packages of the operating system that are not installed: { $packages }
    .remedy = Install them, then try again: { $command }
error-system-packages-unknown = { $name } { $version } needs packages of the operating system ({ $packages }), and which are installed can't be read here.
    .remedy = Only the package databases of dpkg, pacman and apk can be read. Use such a system, or another version of the module.
error-module-deprecated = { $name } { $version } is deprecated: { $reason }
    .remedy = Ask for it by its name and version if you want it all the same; “las module show { $name }” names its successor.
error-module-outdated = { $name } { $version } is too old to be of use; the oldest useful version is { $least }.
    .remedy = Ask for a newer version; or for this one by its name and version if you want it all the same.
error-manifest-signature-unverifiable = The manifest { $path } has a signature of its own (line { $line }), and there is no way to verify one.
    .remedy = Remove the field “signature”; sign the whole registry instead: its index vouches for each of its manifests.
error-registry-index-invalid = The registry's index { $path } can't be accepted, line { $line }: { $detail }
    .remedy = Get the registry again from where it came. Until then none of its modules is offered.
error-registry-signature-invalid = The signature { $path } is missing, damaged or not that of the index beside it.
    .remedy = Get index and signature again from where they came. Until then none of the registry's modules is offered.
error-registry-untrusted = No trusted key made the signature { $path }.
    .remedy = If you trust who signed it, put their public key into the folder “trusted-keys”. Until then none of the registry's modules is offered.
error-registry-key-invalid = The file { $path } among the trusted keys is no public key of minisign.
    .remedy = Remove the file, or put the key in its place.
error-registry-expired = The registry's index { $path } is past its time: it was to be believed until { $expired }.
    .remedy = Get the current one from where it came, and check this machine's clock.
error-registry-rolled-back = The registry { $path } is not what came after what was there before: then { $seen }, now { $found ->
        [none] no index.
       *[other] { $found }.
    }
    .remedy = Get the current index from where it came. If the change is meant, remove the registry's line from “registries.json” in the data directory.
error-registry-unsigned = Nobody signed the registry { $path }, and the policies want every registry signed.
    .remedy = Sign its index, or change the policy that denies “unsigned-registry”.
error-registry-record-damaged = The record of the registries' versions { $path } can't be read: { $detail }
    .remedy = Correct the file. If you remove it, an older index of a registry is no longer noticed.
error-manifest-unlisted = The index of its registry does not list the manifest { $path }.
    .remedy = Remove the file, or get a registry whose index lists it. The other modules are not affected.
error-policy-denied = “{ $capability }” is not allowed on this machine by the rule “{ $rule }” ({ $file }, line { $line }).
    .remedy = “las policy explain { $capability }” shows the numbers behind it and what would lift it.
error-module-in-use = “{ $name }” is in use by “{ $user }”.
    .remedy = Stop or remove “{ $user }” first.
error-model-not-found = There is no model named “{ $name }”.
    .remedy = See the models with “las model list”, or add one with “las model import FILE”.
error-file-not-found = There is no file at { $path }.
    .remedy = Check the path; it may lie on a volume that is not mounted.
error-model-not-gguf = { $path } is not a model of the kind that it should be. By its content it is { $found ->
        [safetensors] a safetensors file
        [onnx] an ONNX model
        [json] JSON
        [text] text
        [zip] a zip archive
        [tar] a tar archive
        [hdf5] an HDF5 file
        [compressed] a compressed file
        [numpy] a NumPy array
        [program] a program
       *[other] nothing that is known
    }.
    .remedy = Choose a file in the GGUF format, or weights in safetensors with their “config.json” beside them. Other formats have to be converted first.
error-model-runs-code = { $path } is a Python pickle: whoever reads it runs code that it brings{ $found ->
        [none] {""}
       *[other] { " " }(it calls { $found })
    }.
    .remedy = Do not open it. Get the model as GGUF, or as safetensors from its maker; the file was not read any further.
error-model-two-formats = { $path } is two things at once: for some programs { $first }, for others { $second }.
    .remedy = Do not use it: what a program sees in it depends on the program. Get the file again from its maker.
error-model-empty = { $path } is empty.
    .remedy = Get the file again; the download or the copy has probably failed.
error-model-truncated = { $path } ends too early: it announces { $expected } and has { $actual }.
    .remedy = Get the file again; the download or the copy was probably interrupted.
error-model-malformed = The header of { $path } contradicts itself or the file: { $detail }
    .remedy = Get the file again from its maker. A file like this is never loaded.
error-model-part-missing = Part { $number } of { $of } is missing: { $path }
    .remedy = Put all parts of the model into one folder, under the names that they came with.
error-model-parts-differ = { $path } does not go with the files beside it: { $detail }
    .remedy = Get all files of the model again from one place. Files that don't belong together are never loaded.
# Reasons: none, several, parts, config, pickle.
error-model-folder-unsuitable = { $reason ->
        [several] There are several models in { $path }: { $found }
        [parts] A part or the index of a split model is missing in { $path }. Of it there is: { $found }
        [config] There are weights in { $path } and no “config.json” or “adapter_config.json” that says what they are: { $found }
        [pickle] { $path } holds weights only as pickles, which run code when they are read: { $found }
       *[none] There are no model files in { $path }. It has: { $found }
    }
    .remedy = { $reason ->
        [several] Name the file of the one that you mean.
        [pickle] Get the model as GGUF or safetensors from its maker. Nothing was read any further.
       *[other] Get all files of the model, and put them into one folder.
    }
error-model-engine-missing = “{ $name }” is a model in { $format }, and the engine here loads GGUF. What loads it: { $engines }.
    .remedy = Get the same model as GGUF: “las model search NAME --format gguf”. This one is kept for engines that load it.
error-model-too-large = “{ $name }” needs { $needed } of memory, and { $available } is available.
    .remedy = Stop another model with “las service stop NAME”, close other programs, or choose a smaller model or a stronger quantisation.
error-model-name-taken = There is already a model named “{ $name }” with other content.
    .remedy = Choose another name with “--name”, or remove the other model first.
error-adapter-base-missing = “{ $name }” is an adapter, and the model it belongs to is not named or not installed.
    .remedy = Name the installed base model with “--base MODEL”.
error-model-damaged = The file of “{ $name }” is not where it was, or it changed: { $path }
    .remedy = Put the original file back, or remove the model and import it again.
error-plan-not-found = There is no plan { $id }.
    .remedy = Make the plan again; it is shown with its id.
error-plan-stale = The plan { $id } was made for generation { $made }; the current one is { $current }.
    .remedy = Repeat the command that made it: the new plan starts from what is installed now. Nothing was changed by the old one.
error-plan-spent = The plan { $id } was run already.
    .remedy = Make the plan again if it shall be run once more.
error-approval-needed = This changes the machine and needs your approval (plan { $id }).
    .remedy = Run “las apply --plan { $id } --yes” to carry out exactly this plan, or repeat the command with “--yes”.
error-operation-not-found = There is no operation { $id }.
    .remedy = See the operations with “las operation list”.
error-operation-running = Another operation is running ({ $id }).
    .remedy = Wait for it with “las operation follow { $id }”, or cancel it with “las operation cancel { $id }”.
error-operation-cancelled = The operation was cancelled. What it had done was undone.
    .remedy = Nothing needs to be done. Start it again if you want it after all.
error-operation-paused = The operation { $id } is paused. What it fetched is kept, and everything else is as before.
    .remedy = Go on with “las operation resume { $id }”, or end it with “las operation cancel { $id }”.
error-operation-not-pausable = The operation { $id } can't be paused: { $reason ->
        [ended] it has ended or is being undone
       *[fetches-nothing] it fetches nothing over a network
    }.
    .remedy = “las operation show { $id }” shows where it is. One that runs can be cancelled.
error-operation-interrupted = LocalAIStack ended in the middle of this operation. What it had done was undone.
    .remedy = Start the operation again.
error-generation-not-found = There is no generation { $number }.
    .remedy = See the generations with “las generation list”.
error-audit-line-not-found = The ledger has no line { $sequence }.
    .remedy = See its lines with “las audit list”.
error-service-not-found = There is no service named “{ $name }”.
    .remedy = See the services with “las service list”.
error-engine-not-installed = No engine is installed that could run a model.
    .remedy = Install one with “las module install llama.cpp”.
error-engine-start-failed = The engine for “{ $name }” did not start{ $reason ->
        [timeout] : it was not ready within { $number } seconds
        [exited] : it ended with status { $number }
        [killed] : it was ended by signal { $number }
       *[other] { "" }
    }. { $detail }
    .remedy = Check the model with “las model verify { $name }” and the free memory with “las status”, then try again.
error-engine-projector-refused = The engine can’t load “{ $file }”, which turns pictures into what “{ $name }” reads. { $detail }
    .remedy = Check its files with “las model verify { $name }”. If they are whole, the projector is made for another model or for a newer engine: pull the model from a repository whose projector fits.
error-engine-stopped = The engine of “{ $name }” ended in the middle of the answer.
    .remedy = It is started again by itself; ask once more. If it ends again, “las service list” shows its last lines.
# Args: name, on_gpu, of, planned, reason, detail.
error-engine-layers-short = “{ $name }” has { $on_gpu } of { $of } layers on the GPU, where { $planned } were planned: { $reason ->
        [no-backend] this build of the engine has no part for GPUs
        [not-loaded] the engine’s part for GPUs ({ $detail }) could not be loaded
        [no-library] the driver library is missing
        [no-driver] the driver is not installed
        [driver-mismatch] driver and library have different versions
        [driver-old] the driver is older than the engine needs
        [driver-error] the driver answers with an error ({ $detail })
        [no-node] its device file is missing here
        [no-device-permission] your user may not open its device file
        [no-device] the engine sees no GPU
        [no-memory] the GPU’s memory does not suffice
       *[unknown] the reason is unknown
    }. It serves, more slowly.
    .remedy = { $reason ->
        [no-backend] Install a build of the engine that has a part for this GPU, or plan the model without a GPU.
        [not-loaded] A library that this part needs is missing: look with “las hardware” what the GPU lacks, then start the service again.
        [no-library] Install the driver’s library in the driver’s version, then start the service again.
        [no-driver] Install the GPU’s driver, then start the service again.
        [driver-mismatch] Restart the machine.
        [driver-old] Update the GPU’s driver, then start the service again.
        [driver-error] Look with “las hardware” and in the driver’s own log, then start the service again.
        [no-node] Hand the device file into the container, or load the driver, then start the service again.
        [no-device-permission] Add your user to the groups render and video and log in again.
        [no-device] Look with “las hardware” whether the GPU is there, then start the service again.
        [no-memory] End what else uses the GPU’s memory, or use a smaller model or context.
       *[unknown] Look at what the engine said with “las service logs { $name }”.
    }
error-gpu-unavailable = “{ $name }” needs a GPU in its container, and none can be given to it: { $reason ->
        [engine] the container engine can’t hand out this machine’s GPU
       *[none] this machine has no GPU that can be used
    }.
    .remedy = { $reason ->
        [engine] Install NVIDIA’s container toolkit and let it describe the GPU (“nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml”), with Docker from 28.2 or Podman from 5.4 on; of an AMD or Intel GPU load the driver, so that its node is in /dev/dri. Then start the service again.
       *[none] Look with “las hardware” what is missing, then start the service again.
    }
# Args: name, context, planned, reason.
error-engine-context-short = “{ $name }” remembers { $context } tokens of a conversation, where { $planned } were planned: { $reason ->
        [trained] the model was trained with no more
       *[unknown] the reason is unknown
    }.
    .remedy = { $reason ->
        [trained] Use a model with a longer context if you need one.
       *[unknown] Look at what the engine said with “las service logs { $name }”.
    }
error-program-start-failed = “{ $name }” did not start{ $reason ->
        [timeout] : it was not ready within { $number } seconds
        [exited] : it ended with status { $number }
        [killed] : it was ended by signal { $number }
       *[other] {""}
    }. { $detail }
    .remedy = Read its last lines above; “las doctor” checks its files. Then try again.
error-service-ended = The service “{ $name }” ended by itself.
    .remedy = It is started again by itself. If it ends again, “las service list” shows its last lines.
error-service-hung = The service “{ $name }” runs and did not answer { $misses } times in a row.
    .remedy = It is started again by itself. If it happens again, “las service list” shows its last lines.
error-port-taken = Port { $port } of the service “{ $name }” belongs to { $holder ->
        [known] the program “{ $program }”
       *[other] another program
    }.
    .remedy = Stop that program, then start the service again.
error-service-port-missing = The service “{ $name }” connects to “{ $peer }”, { $reason ->
        [no-service] and what there is under that name does not serve (port { $port })
       *[no-port] which has no port “{ $port }”
    }.
    .remedy = Take a version of “{ $peer }” that has it, for example with “las module install { $peer }@VERSION”, or another version of “{ $name }”; “las module pin { $peer }” keeps the version that is there.
error-limits-unavailable = The limits of the service “{ $name }” can’t be held here as its manifest demands: { $wanted ->
        [group] for all its processes together
       *[other] for each of its processes
    }. Here they are held { $level ->
        [process] for each process by itself
       *[other] only in part
    }.
    .remedy = Let LocalAIStack run where control groups can be made, as root or in a group of its own, or choose a version that demands less.
error-sandbox-unavailable = The service “{ $name }” can’t be kept away from the rest of this machine as its manifest demands: { $wanted ->
        [whole] wholly
       *[other] at least in part
    }. Here it would be { $level ->
        [partly] only in part
       *[other] not at all
    }.
    .remedy = Install “bubblewrap” and allow user namespaces on this machine; “las hardware” shows what the kernel offers.
error-module-no-service = “{ $name }” is no service that could be started.
    .remedy = See the services with “las service list”.
error-model-without-projector = “{ $name }” reads text only: nothing beside it turns pictures or sounds into what it reads.
    .remedy = Ask without them, or pull a model that comes with a projector, a file “mmproj-….gguf”.
error-media-by-address = A picture must lie within the request; this one is only an address, which nobody here follows: { $url }
    .remedy = Send the picture itself, as “data:image/png;base64,…”.
error-engine-refused = The engine refused the request: { $detail }
    .remedy = Change the request: a shorter conversation, another option, or a model that can do what is asked.
error-token-not-found = There is no token { $id }.
    .remedy = See the tokens with “las token list”.
error-override-invalid = { $part ->
        [capability] “{ $given }” is nothing that can be overridden.
        [value] “{ $given }” is no value for “{ $capability }”.
       *[reason] An override needs a reason: one line of up to 300 characters.
    }
    .remedy = Write for example “las override set model-size 14B --reason TEXT”. What can be overridden: model-size (a size such as 14B), loaded-models and parallel (a number from 1), memory and vram (a size such as 16GB), runtime:NAME, feature:NAME, privilege:NAME and mode:NAME (allow or deny).
error-override-not-found = No override { $id } is in force.
    .remedy = See the overrides with “las override list”.
error-override-denies = “{ $capability }” is not allowed here by the override { $id }: “{ $reason }”.
    .remedy = “las override revert { $id }” takes it back; “las policy explain { $capability }” shows what the policies say.
error-plan-outruled = An override or a pin was set or taken back after the plan { $id } was made.
    .remedy = Make the plan again and look at it: what is allowed may be different now.
error-module-unhealthy = { $name } { $version } did not become healthy as the program of “{ $service }”{ $reason ->
        [timeout] : it was not ready within { $number } seconds
        [exited] : it ended with status { $number }
        [killed] : it was ended by signal { $number }
       *[other] { "" }
    }. The version before it is back. { $detail }
    .remedy = Stay with the version that works: “las module pin { $name }@VERSION” keeps it. The service's log has more; try again when there is a newer version.
error-module-pinned = A pin stands in the way: { $name }.
    .remedy = “las module unpin NAME” lets the module go; “las module list” shows what is held. Or ask for versions that fit the pin.
error-pin-elsewhere = “{ $name }” can't be held at { $version }: it is installed in { $installed }.
    .remedy = Hold the one that is installed with “las module pin { $name }@{ $installed }”, or first install the other with “las module install { $name }@{ $version }”.
error-pin-not-found = “{ $name }” is not held at any version.
    .remedy = See what is held with “las module list”.
error-module-no-earlier = “{ $name }” was never installed in another version here.
    .remedy = Choose a version with “las module show { $name }” and “las module install { $name }@VERSION”.
error-operation-not-resumable = The operation { $id } can't be taken up again: { $state ->
        [succeeded] it succeeded
        [undoing] it is being undone
        [undone] it was undone, and only a new plan takes it up
        [paused] it is paused and goes on by its own plan
       *[running] it is running
    }.
    .remedy = Only what failed, was cancelled or was cut off can be taken up again. “las operation show { $id }” shows where it is.
error-idempotency-key-used = The key “{ $key }” was used already, for the plan { $plan }.
    .remedy = Give every change a key of its own; repeat a key only together with the plan it was made for.
error-config-invalid = { $problem ->
        [syntax] { $where }: this is not TOML: { $detail }.
        [unknown-key] { $where }: there is no setting “{ $key }”{ $suggestion ->
            [none] .
           *[other] ; did you mean “{ $suggestion }”?
        }
        [twice] { $where }: “{ $given }” is the second of its name in { $key }; each name stands there once.
        [range] { $where }: “{ $given }” is too small or too large for { $key }; it takes { $expected }.
       *[form] { $where }: “{ $given }” is no value of { $key }; it takes { $expected }.
    }
    .remedy = { $problem ->
        [syntax] Correct the file there; “las config validate” says whether all of it is right.
        [unknown-key] Correct the name or remove the line; “las config show” lists every setting when the file can be read.
       *[form] Write for example “{ $suggestion }”; “las config validate” says whether all of it is right.
    }
error-config-key-unknown = There is no setting “{ $key }”{ $suggestion ->
        [none] .
       *[other] ; did you mean “{ $suggestion }”?
    }
    .remedy = See every setting with “las config show”.
error-fetch-failed = { $url } can't be reached: { $detail }
    .remedy = Nothing was installed. Look at the network and try again, or name a mirror in the module's manifest.
error-fetch-refused = { $url } answers with status { $status }.
    .remedy = Nothing was installed. It may have been moved: choose another version, or name a mirror, of a module in its manifest, of a source of models in “models.sources”.
error-fetch-sent-on = { $url } sends on to { $to }, which the plan doesn't name.
    .remedy = Nothing was asked there. If this is meant, its module's manifest must name that host under “redirects”.
error-fetch-private = { $url } sends on to { $to }, an address of this machine or its network.
    .remedy = Nothing was asked there. If a mirror of your own network is meant, its address must stand in the plan itself, not behind an address of the internet.
error-fetch-size = { $url } has { $said } and not { $size }.
    .remedy = Nothing was installed. The file behind the address is another one: choose another version of the module, or name a mirror in its manifest.
error-fetch-range = { $url } was asked for the bytes { $asked } and answers with “{ $answered }”.
    .remedy = What is on the disk stays. Try again later, or name another mirror in the module's manifest.
error-fetch-changed = What { $url } has changes again and again while it is fetched.
    .remedy = Nothing was installed. Try again later, or from an address that gives one version.
error-fetch-slow = { $url } gives next to nothing.
    .remedy = What is on the disk stays and is gone on with. Try again later, or name another mirror in the module's manifest.
error-archive-refused = { $path } was not unpacked: see { $part }.
    .remedy = Nothing of it was installed. Tell whoever made the archive, or choose another version.
error-archive-unreadable = { $path } can't be unpacked: { $detail }
    .remedy = It is not in the format that its module says, or was damaged when it was made. Choose another version.
error-container-engine-missing = No container engine answers. Looked for: { $tried }
    .remedy = Install and start Podman (its API socket) or Docker, or name the socket: las config set containers.socket PATH. Then try again.
error-container-engine-refused = The container engine at { $socket } refused: { $detail }
    .remedy = Where it speaks of rlimits, the engine itself runs with lower limits than this program: raise those of its service. Otherwise see its log, or choose another engine with containers.engine and containers.socket.
error-config-changed = { $path } was changed after the plan was made; nothing was written.
    .remedy = Make a new plan.
error-lock-invalid = { $path }, line { $line }: this is no lock that can be read: { $detail }
    .remedy = Export it again with “las generation export” on the machine that it comes from.
error-lock-unavailable = The lock asks for { $name } { $version } ({ $digest }), which can not be had here.
    .remedy = A file that somebody brought has to be here first: “las model import FILE”. What is shipped comes with the version of LocalAIStack that the lock was made with.
error-lock-differs = { $name } is not here what the lock asks for: { $field } should be { $wanted }, and is { $have }.
    .remedy = Use the version of LocalAIStack that the lock was made with, or make a new lock there with “las generation export”.

# Sources of models. Reasons of model-gated: token (none was sent), access (its holder was not let in).
error-model-source-unknown = There is no source of models named “{ $name }”.
    .remedy = The sources are named under “models” in the configuration; “las config show” lists them.
error-model-digest-missing = Nothing says what “{ $url }” must be: its SHA-256 is not given.
    .remedy = Take the SHA-256 from whoever publishes the file and give it with “--sha256 HEX”; nothing is fetched without it.
error-model-id-invalid = “{ $given }” can't name a model repository, or a revision or file of one.
    .remedy = A repository is written “owner/name”, as the page of the source shows it.
error-model-repository-not-found = { $source } has no repository “{ $id }”, or shows it only to its owner.
    .remedy = Check how it is written. If it is private, store a token of its owner with “las secret set NAME --origin ADDRESS” and try again.
error-model-revision-not-found = “{ $id }” on { $source } has no revision “{ $revision }”.
    .remedy = Leave the revision out, or choose a branch, tag or commit that the page of the model lists.
error-model-file-not-found = “{ $id }” on { $source } has no file “{ $path }” at revision “{ $revision }”.
    .remedy = See its files with “las model show { $id }”.
error-model-gated = { $reason ->
        [token] The owner of “{ $id }” on { $source } gives it only to people who signed in.
       *[other] The owner of “{ $id }” on { $source } has not let the holder of this token in.
    }
    .remedy = { $reason ->
        [token] Agree to its terms on the page of the model, store a token with “las secret set { $source } --origin { $origin }”, and try again.
       *[other] Ask for access on the page of the model, and try again when it was granted.
    }
error-hub-token-refused = { $source } does not accept the token that is stored for it.
    .remedy = Make a new token there and store it with “las secret set NAME --origin { $origin }”; “las secret list” shows the name of the old one.
error-hub-unreachable = { $source } can't be reached at { $url }: { $detail }
    .remedy = Check the network, or choose a mirror as its endpoint. What is known without a network can still be searched.
error-hub-limited = { $source } was asked too often{ $seconds ->
        [0] .
       *[other] ; it wants to be asked again in { $seconds } seconds.
    }
    .remedy = Wait and try again, or store a token with “las secret set { $source } --origin { $origin }”: who signed in may ask more often.
error-hub-refused = { $source } answers { $url } with status { $status }.
    .remedy = Try again later; if it lasts, choose a mirror as its endpoint.
error-hub-answer-invalid = What { $source } answers at { $url } can't be used: { $detail }
    .remedy = Check that the endpoint is one of this kind of source. Nothing of the answer was used.
error-hub-sent-on = { $source } sends on from { $url } to { $to }, which is not its own.
    .remedy = Nothing was asked there. If the source has moved, write its new address as its endpoint.
error-address-inner = { $url } leads to this machine or its own network ({ $host }), where no model of the internet lies.
    .remedy = Nothing was asked there. If that is where your models lie, name that address as the endpoint of a source.
# Reasons: none, pickle, format, too-large, parts, unsized, several, config.
error-model-none-suitable = { $reason ->
        [pickle] “{ $id }” on { $source } holds its weights only as pickles, which run code when they are read: { $found }
        [format] “{ $id }” on { $source } has these weights in a format that no engine here loads: { $found }
        [too-large] Nothing in “{ $id }” on { $source } fits into this machine's memory: { $found }
        [parts] Parts of a split model are missing in “{ $id }” on { $source }: { $found }
        [several] There are several models in “{ $id }” on { $source }, and none is called as the main one is: { $found }
        [config] “{ $id }” on { $source } has weights, and beside them no “config.json” that says what they are: { $found }
        [unsized] { $source } says no size or digest for { $found } of “{ $id }”, so it can't be planned.
       *[none] There are no model files in “{ $id }” on { $source }. It has: { $found }
    }
    .remedy = { $reason ->
        [pickle] Look for the same model as GGUF: “las model search NAME --format gguf”. Nothing was fetched.
        [several] Name one of these files as “{ $id }:FILE”.
        [too-large] Choose a smaller model, or name one of these files as “{ $id }:FILE” to have it all the same.
       *[other] Look for the same model as GGUF: “las model search NAME --format gguf”.
    }
error-model-entry-invalid = The model list's entry { $path } can't be accepted, line { $line }: { $detail }
    .remedy = Correct that line, or remove the file; the other entries are not affected.
error-model-scan-cut = In { $path } lies more than is looked at ({ $most } names, 12 folders deep); the rest was left out.
    .remedy = Name the folder in which the models lie: “las model scan --in FOLDER”.
error-model-link-out = { $path } leads out of its folder, to { $to }, and was not followed.
    .remedy = If that is where your models lie, name that folder: “las model scan --in FOLDER”.
error-model-layout-invalid = { $path } does not name a model as its tool does: { $detail }
    .remedy = Nothing was read by it. Let the tool that wrote it fetch the model again.
# Reasons: part, clone, link, owner, changed.
error-model-not-adoptable = { $path } can't be adopted: { $reason ->
        [part] it is one part of a model that was split into several files.
        [clone] the file system does not share its blocks.
        [link] the file system gives it no second name.
        [owner] others than you may change it.
       *[changed] it was replaced meanwhile.
    }
    .remedy = { $reason ->
        [part] Put the parts together with “llama-gguf-split --merge”, or get the model with “las model pull”.
        [changed] Scan again.
       *[other] Leave it where it is: “las model scan --adopt { $path } --reference”.
    }

error-view-not-possible = “{ $name }” can't be laid out for { $tool ->
        [hugging-face] Hugging Face's cache
        [ollama] Ollama
        [lm-studio] LM Studio
        [jan] Jan
        [comfyui] ComfyUI
       *[folder] any tool that reads files
    }: { $reason ->
        [format] it reads another format.
        [several] it knows no model of several files.
        [adapter] it knows no adapter by itself.
        [repository] it names models by a repository and a commit, and this one came from none that is known.
        [files] which files the model has is not known.
       *[system] that folder is on another file system, and links out of it are not safe there: its own client deletes what they lead to.
    }
    .remedy = { $reason ->
        [repository] Get it from its repository with “las model pull”, or lay it out as plain files: “--for folder”.
        [system] Choose a folder on the file system of the data directory with “--at”.
       *[other] Lay it out as plain files: “--for folder --at FOLDER”.
    }
error-view-folder-unfit = { $path } can't be the folder of a view: { $reason ->
        [data] it is within the data directory.
        [file] a file lies there.
        [link] a link is on the way that leads elsewhere.
       *[none] it is no folder that can be named.
    }
    .remedy = Name another folder with “--at”: a whole path without “..”.
error-view-in-the-way = Something lies where a file of the view would: { $path }
    .remedy = Move it away, or name another folder with “--at”. Nothing is replaced.
error-view-not-found = “{ $name }” is not laid out so.
    .remedy = “las model view list” says what is laid out where.
# Secrets. Parts of secret-invalid: name, origin, value, plain (an origin to which it would go unencrypted).
error-secret-not-found = { $origin ->
        [none] No secret is called “{ $name }”.
       *[other] No secret “{ $name }” is kept for { $origin }.
    }
    .remedy = { $origin ->
        [none] See what is kept with “las secret list”.
       *[other] Store it with “las secret set { $name } --origin { $origin }”, or make the plan anew.
    }
error-secret-invalid = { $part ->
        [name] This can't be the name of a secret.
        [origin] This can't be the address that a secret is for.
        [plain] A secret would go to this address unencrypted.
       *[other] This can't be the value of a secret.
    }
    .remedy = { $part ->
        [name] A name is 1 to 64 of a-z, 0-9, “.”, “-” and “_”.
        [origin] An origin is “https://host” or “https://host:port”.
        [plain] Use an address with https; http is for this machine alone.
       *[other] A value is visible ASCII without spaces, at most 4096 bytes: copy it again.
    }
error-secret-origin-taken = The secret “{ $name }” is kept for { $origin } already.
    .remedy = Set it anew under that name, or remove it first with “las secret remove { $name }”.
error-secret-read-only = “{ $name }” is a credential that the service manager handed over; it can't be changed here.
    .remedy = Change it where the service manager keeps it, and start the core again.
error-secret-store-missing = There is no keyring in which a secret could be kept, and none is written elsewhere.
    .remedy = Start the keyring of your session (GNOME Keyring or KWallet, on the session's D-Bus), or hand the secret over as the systemd credential “localaistack.NAME”, whose first line is the address and whose second is the value.
error-secret-store-locked = The keyring is locked, and what it keeps can't be used.
    .remedy = Unlock the keyring, and try again. Without a desktop: gnome-keyring-daemon --unlock reads the password from standard input.
error-secret-store-failed = { $store ->
        [credentials] A credential of the service manager can't be used: { $detail }
       *[other] The keyring does not work: { $detail }
    }
    .remedy = Put right what is named, and try again; “las doctor” shows where secrets are kept.
