# 对应 crates/types/src/failure.rs 中的每个错误码：出了什么问题，以及 .remedy 该怎么办。

error-internal = LocalAIStack 内部出现了不应发生的问题。
    .remedy = 请重试。如果再次出现，请设置 LAS_LOG=debug 后重复操作，并反馈日志内容。
error-request-invalid = 无法识别该请求：{ $detail }
    .remedy = 请对照命令帮助或接口说明修改后重新发送。
error-command-unknown = 没有名为“{ $what }”的命令或接口。
    .remedy = 运行“las --help”查看全部命令；服务端在 /v1 下列出全部接口。
error-unauthorized = 请求没有携带有效的令牌，或来自不被允许的网页。
    .remedy = 用“las token create 标签”创建令牌，并以“Authorization: Bearer …”的形式发送。
error-permission-denied = 操作系统拒绝访问 { $path }。
    .remedy = 请为当前用户授予读写权限，或用 LAS_HOME 指定其他数据目录。
error-home-linked = { $path } 是符号链接，不会通过它写入任何内容。
    .remedy = 将 LAS_HOME 设为它所指向的文件夹，或用真实的文件夹替换它。
error-home-foreign = { $path } 属于另一个用户（编号 { $owner }）。
    .remedy = 以该用户身份运行 LocalAIStack，用“chown -R”把文件夹交给自己的用户，或用 LAS_HOME 另选一个数据目录。
error-io-failed = 无法读取或写入 { $path }：{ $detail }
    .remedy = 请检查路径及其所在文件夹，并确认磁盘已挂载，然后重试。
error-disk-full = 写入 { $path } 时磁盘已满。
    .remedy = 请腾出一些空间（例如用“las module remove 名称”移除一个模型）后重试。已写入的内容已被撤回。
error-disk-space-short = 此操作在数据目录中需要 { $needed }，但那里只剩 { $free }。
    .remedy = 请腾出空间、改用引用方式而非复制方式导入模型，或用 LAS_HOME 更换数据目录。
error-core-busy = 另一个 LocalAIStack 正占用 { $path }，但没有响应。
    .remedy = 请关闭使用该数据目录的其他窗口或“las”命令。如果没有，请等待几秒后重试。
error-core-unreachable = LocalAIStack 在处理请求时退出了（套接字 { $socket }）。
    .remedy = 请重新运行命令；“las doctor”会说明是否有未完成的内容。
error-state-corrupt = 数据库 { $path } 已损坏：{ $detail }
    .remedy = 请运行“las doctor --repair”。它会保留损坏的文件，并恢复最近一次完整的状态。
error-state-too-new = 数据库 { $path } 由更新版本的 LocalAIStack 写入：其结构版本为 { $found }，本版本只认识 { $known }。
    .remedy = 请升级 LocalAIStack；或先用较新的版本运行“las doctor --schema { $known }”退回，再使用本版本。数据未被改动。
error-schema-unknown = 数据库没有结构版本 { $asked }；最新的是 { $newest }。
    .remedy = 请填写旧版本拒绝该数据库时给出的数字。
error-resource-missing = 应用缺少一个组成部分：{ $part }，应位于 { $path }。
    .remedy = 请重新安装 LocalAIStack，或用“./x run”完整构建。
error-manifest-invalid = 清单 { $path } 第 { $line } 行无法接受：{ $detail }
    .remedy = 请修正该行或删除该文件；其他模块不受影响。
error-desired-state-invalid = 期望状态 { $path } 第 { $line } 行无法接受：{ $detail }
    .remedy = 请修正该行。没有做任何更改。
error-policy-invalid = 策略 { $path } 第 { $line } 行无法接受：{ $detail }
    .remedy = 请修正该行。在此之前，由该策略决定的内容一律不予允许。
error-profile-invalid = 无法读取硬件档案 { $path }：{ $detail }
    .remedy = 请用“las hardware --record 文件”重新记录，或取消设置 LAS_PROFILE 以使用本机的实际硬件。
error-checksum-mismatch = { $path } 的内容与预期不符：应为 { $expected }，实为 { $actual }。
    .remedy = 请从原来源重新获取该文件：内容不符的文件不会被安装。已在此处的模型可用“las model repair”修复，其他内容可用“las doctor --repair”修复。
error-module-not-found = 没有名为“{ $name }”的模块。
    .remedy = 用“las module list”查看可用的模块。
error-module-not-offered = { $name } { $version } 的清单没有给出安装来源。
    .remedy = 用“las module show { $name }”选择其他版本，或在清单中添加来源。
error-runtime-mode-unsupported = { $name } { $version } 的清单没有可用的运行方式：其允许的方式与它的来源不符。
    .remedy = 请选择其他版本或其他模块；“las module show { $name }”会列出各版本。要在容器中运行的模块必须指明其镜像。
error-runtime-mode-not-offered = { $name } { $version } 不能以“{ $mode }”方式运行。
    .remedy = 请不要指定方式，或选择其他版本；“las module show { $name }”列出可用的方式。
error-module-conflict = 所要求的内容无法同时满足：{ $name }。
    .remedy = 请要求其他版本，或移除、更新其依赖造成妨碍的模块；“las module show 名称”列出现有版本。
error-module-cycle = 无法安装“{ $name }”：模块之间循环依赖：{ $path }。
    .remedy = 需要从其中一份清单里去掉这项依赖，或要求不含该依赖的版本。请告知这些模块的作者。
# 字段：cores、ram、gpu_vram、gpu_count。
error-hardware-insufficient = { $field ->
        [ram] { $name } { $version } 需要 { $need } 内存，本机有 { $have }。
        [cores] { $name } { $version } 需要 { $need } 个处理器核心，本机有 { $have } 个。
        [gpu_vram] { $name } { $version } 需要一块自带 { $need } 显存的 GPU，本机最大的为 { $have }。
        [gpu_count] { $name } { $version } 需要 { $need } 块 GPU，本机有 { $have } 块。
       *[other] { $name } { $version } 需要 { $need }，本机为 { $have }。
    }
    .remedy = 请选择要求更低的替代品或其他版本，或换用满足要求的机器。“las hardware”显示本机的检测结果。
error-runtime-unmet = { $name } { $version } 需要 { $need }，{ $have ->
        [none] 而此处没有此类组件。
       *[other] 而此处为 { $have }。
    }
    .remedy = 请更新过旧的部分后重试；或用“las module show { $name }”选择较旧的版本。“las hardware”显示本机的检测结果。
error-system-packages-missing = { $name } { $version } 需要尚未安装的系统软件包：{ $packages }
    .remedy = 请安装后重试：{ $command }
error-system-packages-unknown = { $name } { $version } 需要系统软件包（{ $packages }），但此处无法读取已安装的软件包。
    .remedy = 只能读取 dpkg、pacman 和 apk 的软件包数据库。请使用这类系统，或选择该模块的其他版本。
error-module-deprecated = { $name } { $version } 已弃用：{ $reason }
    .remedy = 如仍需要，请按名称和版本明确要求；“las module show { $name }”会给出替代者。
error-module-outdated = { $name } { $version } 过旧，已无实用价值；最旧的可用版本为 { $least }。
    .remedy = 请要求较新的版本；如仍需要此版本，请按名称和版本明确要求。
error-manifest-signature-unverifiable = 清单 { $path } 第 { $line } 行带有自身的签名，而这种签名无法验证。
    .remedy = 请删除“signature”字段；改为对整个注册表签名：其索引为每个清单作保。
error-registry-index-invalid = 注册表索引 { $path } 第 { $line } 行无法接受：{ $detail }
    .remedy = 请从原来源重新获取该注册表。在此之前不提供其中的任何模块。
error-registry-signature-invalid = 签名 { $path } 缺失、损坏，或不属于旁边的索引。
    .remedy = 请从原来源重新获取索引和签名。在此之前不提供该注册表中的任何模块。
error-registry-untrusted = 签名 { $path } 并非由受信任的密钥生成。
    .remedy = 如果您信任签名者，请将其公钥放入“trusted-keys”文件夹。在此之前不提供该注册表中的任何模块。
error-registry-key-invalid = 受信任密钥中的文件 { $path } 不是 minisign 公钥。
    .remedy = 请删除该文件，或换成正确的密钥。
error-registry-expired = 注册表索引 { $path } 已过期：有效期至 { $expired }。
    .remedy = 请从原来源获取当前索引，并检查本机时钟。
error-registry-rolled-back = 注册表 { $path } 不是此前内容的后续：此前为 { $seen }，现在{ $found ->
        [none] 没有索引。
       *[other] 为 { $found }。
    }
    .remedy = 请从原来源获取当前索引。如果确属有意更换，请从数据目录的“registries.json”中删除该注册表的一行。
error-registry-unsigned = 注册表 { $path } 没有签名，而策略要求所有注册表均须签名。
    .remedy = 请为其索引签名，或修改禁止“unsigned-registry”的策略。
error-registry-record-damaged = 无法读取注册表版本记录 { $path }：{ $detail }
    .remedy = 请修正该文件。若将其删除，将无法再察觉注册表索引的回退。
error-manifest-unlisted = 所属注册表的索引没有列出清单 { $path }。
    .remedy = 请删除该文件，或获取索引中列有它的注册表。其他模块不受影响。
error-policy-denied = 规则“{ $rule }”（{ $file } 第 { $line } 行）不允许在本机使用“{ $capability }”。
    .remedy = 运行“las policy explain { $capability }”查看依据的数值以及如何解除限制。
error-module-in-use = “{ $name }”正被“{ $user }”使用。
    .remedy = 请先停止或移除“{ $user }”。
error-model-not-found = 没有名为“{ $name }”的模型。
    .remedy = 用“las model list”查看模型，或用“las model import 文件”添加模型。
error-file-not-found = { $path } 处没有文件。
    .remedy = 请检查路径；文件可能在尚未挂载的卷上。
error-model-not-gguf = { $path } 不是应有类型的模型。按内容看，它是{ $found ->
        [safetensors] { " " }safetensors 文件
        [onnx] { " " }ONNX 模型
        [json] { " " }JSON
        [text] 文本
        [zip] { " " }zip 压缩包
        [tar] { " " }tar 归档
        [hdf5] { " " }HDF5 文件
        [compressed] 压缩文件
        [numpy] { " " }NumPy 数组
        [program] 程序
       *[other] 未知内容
    }。
    .remedy = 请选择 GGUF 格式的文件，或旁边有“config.json”的 safetensors 权重。其他格式的模型需要先转换。
error-model-runs-code = { $path } 是 Python pickle：读取它就会运行其中携带的代码{ $found ->
        [none] {""}
       *[other] （会调用 { $found }）
    }。
    .remedy = 不要打开它。请向其制作者获取 GGUF 或 safetensors 格式的模型；本程序没有继续读取该文件。
error-model-two-formats = { $path } 同时是两种东西：对某些程序是 { $first }，对另一些程序是 { $second }。
    .remedy = 不要使用它：程序不同，看到的内容也不同。请向其制作者重新获取该文件。
error-model-empty = { $path } 是空文件。
    .remedy = 请重新获取该文件，下载或复制很可能失败了。
error-model-truncated = { $path } 不完整：文件头声明 { $expected }，实际只有 { $actual }。
    .remedy = 请重新获取该文件，下载或复制很可能中断了。
error-model-malformed = { $path } 的文件头自相矛盾或与文件不符：{ $detail }
    .remedy = 请从模型的发布者处重新获取该文件。这样的文件不会被加载。
error-model-part-missing = 缺少第 { $number } 部分（共 { $of } 部分）：{ $path }
    .remedy = 请把模型的所有部分以原来的名称放在同一文件夹中。
error-model-parts-differ = { $path } 与旁边的文件不属于同一模型：{ $detail }
    .remedy = 请从同一处重新获取该模型的所有文件。不属于一起的文件不会被加载。
error-model-folder-unsuitable = { $reason ->
        [several] { $path } 中有多个模型：{ $found }
        [parts] { $path } 中缺少拆分模型的某一部分或其索引。现有：{ $found }
        [config] { $path } 中有权重，但没有说明其内容的“config.json”或“adapter_config.json”：{ $found }
        [pickle] { $path } 只以 pickle 形式提供权重，读取时会运行代码：{ $found }
       *[none] { $path } 中没有模型文件。其中有：{ $found }
    }
    .remedy = { $reason ->
        [several] 请指定所需模型的文件。
        [pickle] 请向其制作者获取 GGUF 或 safetensors 格式的模型。没有继续读取。
       *[other] 请获取模型的所有文件，并放在同一文件夹中。
    }
error-model-engine-missing = “{ $name }”是 { $format } 格式的模型，而此处的引擎加载 GGUF。可加载它的引擎：{ $engines }。
    .remedy = 请获取同一模型的 GGUF：“las model search 名称 --format gguf”。该模型会保留，供能加载它的引擎使用。
error-model-too-large = “{ $name }”需要 { $needed } 内存，可用 { $available }。
    .remedy = 请用“las service stop 名称”停止其他模型、关闭其他程序，或选择更小或量化程度更高的模型。
error-model-name-taken = 已有名为“{ $name }”但内容不同的模型。
    .remedy = 请用“--name”另取名称，或先移除原有模型。
error-adapter-base-missing = “{ $name }”是适配器，但没有指定其所属的模型，或该模型未安装。
    .remedy = 请用“--base 模型”指定已安装的基础模型。
error-model-damaged = “{ $name }”的文件已不在原处，或已被更改：{ $path }
    .remedy = 请放回原来的文件，或移除该模型后重新导入。
error-plan-not-found = 没有编号为 { $id } 的计划。
    .remedy = 请重新生成计划，生成时会显示其编号。
error-plan-stale = 计划 { $id } 是针对第 { $made } 代制定的，而当前是第 { $current } 代。
    .remedy = 请重新执行当初的命令：新计划以现在已安装的内容为起点。旧计划没有更改任何内容。
error-plan-spent = 计划 { $id } 已经执行过。
    .remedy = 如需再次执行，请重新生成计划。
error-approval-needed = 此操作会更改本机，需要您的批准（计划 { $id }）。
    .remedy = 运行“las apply --plan { $id } --yes”执行该计划，或在原命令后加上“--yes”。
error-operation-not-found = 没有编号为 { $id } 的操作。
    .remedy = 用“las operation list”查看操作。
error-operation-running = 另一个操作正在进行（{ $id }）。
    .remedy = 用“las operation follow { $id }”等待其完成，或用“las operation cancel { $id }”取消它。
error-operation-cancelled = 操作已取消，已完成的部分已撤销。
    .remedy = 无需处理。如仍需要，请重新开始。
error-operation-paused = 操作 { $id } 已暂停。已下载的部分会保留，其余一切如前。
    .remedy = 用“las operation resume { $id }”继续，或用“las operation cancel { $id }”结束。
error-operation-not-pausable = 操作 { $id } 无法暂停：{ $reason ->
        [ended] 它已结束或正在撤销
       *[fetches-nothing] 它不从网络下载任何内容
    }。
    .remedy = “las operation show { $id }”显示其状态。正在进行的操作可以取消。
error-operation-interrupted = LocalAIStack 在此操作进行中退出，已完成的部分已撤销。
    .remedy = 请重新开始该操作。
error-generation-not-found = 没有第 { $number } 代。
    .remedy = 用“las generation list”查看各代。
error-audit-line-not-found = 账本中没有第 { $sequence } 行。
    .remedy = 用“las audit list”查看各行。
error-service-not-found = 没有名为“{ $name }”的服务。
    .remedy = 用“las service list”查看服务。
error-engine-not-installed = 没有安装可以运行模型的引擎。
    .remedy = 用“las module install llama.cpp”安装引擎。
error-engine-start-failed = “{ $name }”的引擎没有启动{ $reason ->
        [timeout] ：{ $number } 秒内未就绪
        [exited] ：以状态 { $number } 退出
        [killed] ：被信号 { $number } 终止
       *[other] { "" }
    }。{ $detail }
    .remedy = 请用“las model verify { $name }”检查模型，用“las status”查看可用内存，然后重试。
error-engine-projector-refused = 引擎无法加载“{ $file }”，它负责把图片转换成“{ $name }”可读的内容。{ $detail }
    .remedy = 请用“las model verify { $name }”检查其文件。如果文件完好，则该投影器属于其他模型或需要更新的引擎：请从投影器与之相配的仓库获取模型。
error-engine-stopped = “{ $name }”的引擎在回答过程中退出。
    .remedy = 引擎会自动重新启动，请再问一次。如果再次退出，“las service list”会显示其最后的输出。
# 参数：name、on_gpu、of、planned、reason、detail。
error-engine-layers-short = “{ $name }”的 { $of } 层中有 { $on_gpu } 层在 GPU 上，计划为 { $planned } 层：{ $reason ->
        [no-backend] 此引擎版本不含 GPU 部件
        [not-loaded] 引擎的 GPU 部件（{ $detail }）无法加载
        [no-library] 缺少驱动库
        [no-driver] 未安装驱动
        [driver-mismatch] 驱动与库的版本不同
        [driver-old] 驱动版本低于引擎的要求
        [driver-error] 驱动返回错误（{ $detail }）
        [no-node] 此处缺少其设备文件
        [no-device-permission] 当前用户无权打开其设备文件
        [no-device] 引擎没有发现 GPU
        [no-memory] GPU 显存不足
       *[unknown] 原因不明
    }。服务仍可用，但较慢。
    .remedy = { $reason ->
        [no-backend] 请安装含有此 GPU 部件的引擎版本，或计划不使用 GPU。
        [not-loaded] 缺少该部件需要的库：请用“las hardware”查看 GPU 缺少什么，然后重新启动服务。
        [no-library] 请安装与驱动同版本的驱动库，然后重新启动服务。
        [no-driver] 请安装 GPU 驱动，然后重新启动服务。
        [driver-mismatch] 请重启机器。
        [driver-old] 请更新 GPU 驱动，然后重新启动服务。
        [driver-error] 请查看“las hardware”与驱动自身的日志，然后重新启动服务。
        [no-node] 请将设备文件传入容器，或加载驱动，然后重新启动服务。
        [no-device-permission] 请将用户加入 render 与 video 组，然后重新登录。
        [no-device] 请用“las hardware”查看 GPU 是否存在，然后重新启动服务。
        [no-memory] 请结束占用显存的其他程序，或使用更小的模型或上下文。
       *[unknown] 请用“las service logs { $name }”查看引擎的输出。
    }
error-gpu-unavailable = “{ $name }”需要在其容器中使用 GPU，但无法提供：{ $reason ->
        [engine] 容器引擎无法提供本机的 GPU
       *[none] 本机没有可用的 GPU
    }。
    .remedy = { $reason ->
        [engine] 请安装 NVIDIA 容器工具包并生成 GPU 描述（“nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml”），需要 Docker 28.2 或 Podman 5.4 及以上；AMD 或 Intel GPU 请加载驱动，使其设备文件出现在 /dev/dri。然后重新启动服务。
       *[none] 请用“las hardware”查看缺少什么，然后重新启动服务。
    }
# 参数：name、context、planned、reason。
error-engine-context-short = “{ $name }”只能记住对话的 { $context } 个词元，计划为 { $planned } 个：{ $reason ->
        [trained] 该模型训练时的上下文仅此长度
       *[unknown] 原因不明
    }。
    .remedy = { $reason ->
        [trained] 如需更长的上下文，请使用其他模型。
       *[unknown] 请用“las service logs { $name }”查看引擎的输出。
    }
error-program-start-failed = “{ $name }”未能启动{ $reason ->
        [timeout] ：{ $number } 秒内未就绪
        [exited] ：以状态 { $number } 退出
        [killed] ：被信号 { $number } 结束
       *[other] {""}
    }。{ $detail }
    .remedy = 请查看上面的最后几行；“las doctor”会检查其文件。然后重试。
error-service-ended = 服务“{ $name }”自行结束了。
    .remedy = 它会自动重新启动。若再次结束，“las service list”会显示其最后几行。
error-service-hung = 服务“{ $name }”仍在运行，但连续 { $misses } 次没有应答。
    .remedy = 它会自动重新启动。若再次发生，“las service list”会显示其最后几行。
error-port-taken = 服务“{ $name }”的端口 { $port } 已被{ $holder ->
        [known] 程序“{ $program }”
       *[other] 另一个程序
    }占用。
    .remedy = 请停止该程序，然后再次启动服务。
error-service-port-missing = 服务“{ $name }”要连接“{ $peer }”，{ $reason ->
        [no-service] 但该名称下的模块不提供服务（端口 { $port }）
       *[no-port] 但后者没有端口“{ $port }”
    }。
    .remedy = 请选用带有该端口的“{ $peer }”版本，例如“las module install { $peer }@VERSION”，或选用“{ $name }”的其他版本；“las module pin { $peer }”可保留现有版本。
error-limits-unavailable = 服务“{ $name }”的资源限制无法按其清单的要求执行：要求{ $wanted ->
        [group] 对其所有进程合并限制
       *[other] 对每个进程分别限制
    }，此处只能{ $level ->
        [process] 对每个进程分别限制
       *[other] 部分限制
    }。
    .remedy = 请在可以创建控制组的环境中运行 LocalAIStack（以 root 身份或在专属控制组中），或选择要求较低的版本。
error-sandbox-unavailable = 服务“{ $name }”无法按其清单的要求与本机其余部分隔离：要求{ $wanted ->
        [whole] 完全隔离
       *[other] 至少部分隔离
    }，此处{ $level ->
        [partly] 只能部分隔离
       *[other] 无法隔离
    }。
    .remedy = 请安装“bubblewrap”，并在本机允许用户命名空间；“las hardware”显示内核所提供的能力。
error-module-no-service = “{ $name }”不是可以启动的服务。
    .remedy = 用“las service list”查看服务。
error-model-without-projector = “{ $name }”只能读取文字：没有随附能把图片或声音转换成其可读内容的文件。
    .remedy = 请不带图片提问，或获取随附投影器（文件“mmproj-….gguf”）的模型。
error-media-by-address = 图片必须包含在请求之中；这里只给出了地址，而本机不会去访问它：{ $url }
    .remedy = 请直接发送图片本身，形如“data:image/png;base64,…”。
error-engine-refused = 引擎拒绝了请求：{ $detail }
    .remedy = 请修改请求：缩短对话、更换选项，或选择具备所需能力的模型。
error-token-not-found = 没有编号为 { $id } 的令牌。
    .remedy = 用“las token list”查看令牌。
error-override-invalid = { $part ->
        [capability] “{ $given }”不是可以设置例外的项目。
        [value] “{ $given }”不是“{ $capability }”的有效取值。
       *[reason] 例外需要理由：一行文字，最多 300 个字符。
    }
    .remedy = 例如“las override set model-size 14B --reason 理由”。可设置例外的项目：model-size（大小，例如 14B）、loaded-models 和 parallel（不小于 1 的数字）、memory 和 vram（大小，例如 16GB）、runtime:名称、feature:名称、privilege:名称 和 mode:名称（allow 或 deny）。
error-override-not-found = 没有生效中的例外 { $id }。
    .remedy = 用“las override list”查看例外。
error-override-denies = 例外 { $id } 不允许在本机使用“{ $capability }”：“{ $reason }”。
    .remedy = “las override revert { $id }”可撤销该例外；“las policy explain { $capability }”显示策略的结论。
error-plan-outruled = 计划 { $id } 生成之后，有例外或固定版本被设置或撤销。
    .remedy = 请重新生成计划并查看：允许的内容可能已经改变。
error-module-unhealthy = { $name } { $version } 作为“{ $service }”的程序未能正常工作{ $reason ->
        [timeout] ：{ $number } 秒内未就绪
        [exited] ：以状态 { $number } 退出
        [killed] ：被信号 { $number } 终止
       *[other] { "" }
    }。已恢复原来的版本。{ $detail }
    .remedy = 请继续使用可用的版本：“las module pin { $name }@版本”可将其固定。详情见该服务的日志；有更新的版本时再试。
error-module-pinned = 固定的版本造成冲突：{ $name }。
    .remedy = “las module unpin 名称”可解除固定；“las module list”列出已固定的模块。也可以改用与固定版本相容的版本。
error-pin-elsewhere = “{ $name }”不能固定在 { $version }：已安装的是 { $installed }。
    .remedy = 用“las module pin { $name }@{ $installed }”固定已安装的版本，或先用“las module install { $name }@{ $version }”安装另一版本。
error-pin-not-found = “{ $name }”没有固定在任何版本。
    .remedy = 用“las module list”查看已固定的模块。
error-module-no-earlier = “{ $name }”在本机上从未安装过其他版本。
    .remedy = 用“las module show { $name }”选择版本，再用“las module install { $name }@版本”安装。
error-operation-not-resumable = 操作 { $id } 无法重新进行：{ $state ->
        [succeeded] 它已成功
        [undoing] 它正在撤销
        [undone] 它已撤销，只能由新的计划重新进行
        [paused] 它已暂停，会按原计划继续
       *[running] 它正在进行
    }。
    .remedy = 只有失败、已取消或被中断的操作可以重新进行。“las operation show { $id }”显示其状态。
error-idempotency-key-used = 键“{ $key }”已用于计划 { $plan }。
    .remedy = 每次更改请使用各自的键；只有同一计划才能重复使用同一个键。
error-config-invalid = { $problem ->
        [syntax] { $where }：这不是 TOML：{ $detail }。
        [unknown-key] { $where }：没有设置项“{ $key }”{ $suggestion ->
            [none] 。
           *[other] ；您是否想写“{ $suggestion }”？
        }
        [twice] { $where }：“{ $given }”的名称在 { $key } 中已经出现过；每个名称只能出现一次。
        [range] { $where }：“{ $given }”对 { $key } 来说太小或太大；可取 { $expected }。
       *[form] { $where }：“{ $given }”不是 { $key } 的值；可取 { $expected }。
    }
    .remedy = { $problem ->
        [syntax] 请在该处改正文件；“las config validate”会说明是否全部正确。
        [unknown-key] 请改正名称或删除该行；文件可读时“las config show”列出所有设置项。
       *[form] 例如写“{ $suggestion }”；“las config validate”会说明是否全部正确。
    }
error-config-key-unknown = 没有设置项“{ $key }”{ $suggestion ->
        [none] 。
       *[other] ；您是否想写“{ $suggestion }”？
    }
    .remedy = 用“las config show”查看所有设置项。
error-fetch-failed = 无法连接 { $url }：{ $detail }
    .remedy = 没有安装任何内容。请检查网络后重试，或在模块清单中指定镜像。
error-fetch-refused = { $url } 返回状态 { $status }。
    .remedy = 没有安装任何内容。它可能已被移动：请选择其他版本，或指定镜像：模块的镜像写在其清单中，模型来源的镜像写在“models.sources”中。
error-fetch-sent-on = { $url } 转向计划中没有列出的 { $to }。
    .remedy = 没有向该处发出任何请求。如果确属需要，模块清单必须在“redirects”中列出该主机。
error-fetch-private = { $url } 转向 { $to }，这是本机或其所在网络的地址。
    .remedy = 没有向该处发出任何请求。如果确实要使用自己网络中的镜像，其地址必须直接写在计划中，而不能藏在互联网地址之后。
error-fetch-size = { $url } 的大小是 { $said }，而不是 { $size }。
    .remedy = 没有安装任何内容。该地址上的文件不是所需的文件：请选择该模块的其他版本，或在清单中指定镜像。
error-fetch-range = 向 { $url } 请求字节 { $asked }，得到的却是“{ $answered }”。
    .remedy = 已写入磁盘的部分会保留。请稍后重试，或在模块清单中指定其他镜像。
error-fetch-changed = { $url } 的内容在下载期间一再改变。
    .remedy = 没有安装任何内容。请稍后重试，或使用只提供一个版本的地址。
error-fetch-slow = { $url } 几乎不再提供数据。
    .remedy = 已写入磁盘的部分会保留并继续使用。请稍后重试，或在模块清单中指定其他镜像。
error-archive-refused = 未解压 { $path }：问题在 { $part }。
    .remedy = 没有安装其中的任何内容。请告知该归档的制作者，或选择其他版本。
error-archive-unreadable = 无法解压 { $path }：{ $detail }
    .remedy = 它不是模块声明的格式，或者制作时已损坏。请选择其他版本。
error-container-engine-missing = 没有容器引擎应答。已查找：{ $tried }
    .remedy = 请安装并启动 Podman（及其 API 套接字）或 Docker，或指定套接字：las config set containers.socket PATH，然后重试。
error-container-engine-refused = 位于 { $socket } 的容器引擎拒绝了请求：{ $detail }
    .remedy = 如果其中提到 rlimit，说明引擎自身的限制低于本程序：请提高引擎服务的限制。否则请查看引擎的日志，或用 containers.engine 和 containers.socket 选择其他引擎。
error-config-changed = { $path } 在计划制定之后被更改；没有写入任何内容。
    .remedy = 请重新制定计划。
error-lock-invalid = { $path } 第 { $line } 行：无法作为锁文件读取：{ $detail }
    .remedy = 请在来源机器上用“las generation export”重新导出。
error-lock-unavailable = 锁文件需要 { $name } { $version }（{ $digest }），但本机无法取得。
    .remedy = 自行带来的文件须先导入：“las model import 文件”。随附的内容来自生成该锁文件时所用的 LocalAIStack 版本。
error-lock-differs = 本机的 { $name } 与锁文件不符：{ $field } 应为 { $wanted }，实际为 { $have }。
    .remedy = 请使用生成该锁文件的 LocalAIStack 版本，或在那里用“las generation export”重新生成。

# 模型来源。model-gated 的原因：token（没有发送令牌）、access（持有者未被允许）。
error-model-source-unknown = 没有名为“{ $name }”的模型来源。
    .remedy = 来源在配置的“models”下命名；用“las config show”查看。
error-model-digest-missing = 没有给出 SHA-256，无法判断“{ $url }”的内容是否正确。
    .remedy = 请从文件的发布者处取得 SHA-256，用“--sha256 十六进制”给出；没有它就不会获取任何内容。
error-model-id-invalid = “{ $given }”不能作为模型仓库、其版本或其文件的名称。
    .remedy = 仓库写作“所有者/名称”，与来源网页上显示的一致。
error-model-repository-not-found = { $source } 上没有仓库“{ $id }”，或者它只对所有者可见。
    .remedy = 请检查写法。如果它是私有的，请用“las secret set 名称 --origin 地址”保存其所有者的令牌后重试。
error-model-revision-not-found = { $source } 上的“{ $id }”没有版本“{ $revision }”。
    .remedy = 请省略版本，或选择模型网页上列出的分支、标签或提交。
error-model-file-not-found = { $source } 上的“{ $id }”在版本“{ $revision }”中没有文件“{ $path }”。
    .remedy = 用“las model show { $id }”查看它的文件。
error-model-gated = { $reason ->
        [token] { $source } 上“{ $id }”的所有者只向已登录的人提供它。
       *[other] { $source } 上“{ $id }”的所有者尚未允许此令牌的持有者访问。
    }
    .remedy = { $reason ->
        [token] 请在模型网页上同意其条款，用“las secret set { $source } --origin { $origin }”保存令牌后重试。
       *[other] 请在模型网页上申请访问，获准后重试。
    }
error-hub-token-refused = { $source } 不接受为其保存的令牌。
    .remedy = 请在那里创建新令牌，并用“las secret set 名称 --origin { $origin }”保存；“las secret list”显示旧令牌的名称。
error-hub-unreachable = 无法通过 { $url } 连接 { $source }：{ $detail }
    .remedy = 请检查网络，或将其端点设为镜像。无需网络即可得知的内容仍可搜索。
error-hub-limited = 对 { $source } 的请求过于频繁{ $seconds ->
        [0] 。
       *[other] ；请在 { $seconds } 秒后再试。
    }
    .remedy = 请稍后重试，或用“las secret set { $source } --origin { $origin }”保存令牌：已登录者可以更频繁地请求。
error-hub-refused = { $source } 对 { $url } 返回状态 { $status }。
    .remedy = 请稍后重试；如果持续如此，请将其端点设为镜像。
error-hub-answer-invalid = { $source } 在 { $url } 的应答无法使用：{ $detail }
    .remedy = 请检查端点是否属于这类来源。应答的内容没有被使用。
error-hub-sent-on = { $source } 从 { $url } 转向 { $to }，而那里不属于它。
    .remedy = 没有向该处发出任何请求。如果来源已搬迁，请将新地址设为其端点。
error-address-inner = { $url } 指向本机或其所在网络（{ $host }），互联网上的模型不会在那里。
    .remedy = 没有向该处发出任何请求。如果您的模型确实在那里，请将该地址设为某个来源的端点。
# 原因：none、pickle、format、too-large、parts、unsized。
error-model-none-suitable = { $reason ->
        [pickle] { $source } 上的“{ $id }”只以 pickle 形式提供权重，读取时会运行代码：{ $found }
        [format] { $source } 上的“{ $id }”的权重格式无法被此处的引擎加载：{ $found }
        [too-large] { $source } 上的“{ $id }”中没有本机内存容得下的文件：{ $found }
        [parts] { $source } 上的“{ $id }”缺少拆分模型的部分：{ $found }
        [several] { $source } 上的“{ $id }”中有多个模型，且没有以主模型命名的：{ $found }
        [config] { $source } 上的“{ $id }”有权重，但旁边没有说明其内容的“config.json”：{ $found }
        [unsized] { $source } 没有说明“{ $id }”中 { $found } 的大小或摘要，因此无法制定计划。
       *[none] { $source } 上的“{ $id }”中没有模型文件。其中有：{ $found }
    }
    .remedy = { $reason ->
        [pickle] 请查找同一模型的 GGUF：“las model search 名称 --format gguf”。没有获取任何内容。
        [several] 请以“{ $id }:文件”指定其中之一。
        [too-large] 请选择更小的模型，或以“{ $id }:文件”指定其中之一。
       *[other] 请查找同一模型的 GGUF：“las model search 名称 --format gguf”。
    }
error-model-entry-invalid = 模型列表的条目 { $path } 第 { $line } 行无法接受：{ $detail }
    .remedy = 请改正该行或移除该文件；其他条目不受影响。
error-model-scan-cut = { $path } 中的内容超出了查找范围（{ $most } 个名称、12 层文件夹）；其余部分未查看。
    .remedy = 请指明模型所在的文件夹：“las model scan --in 文件夹”。
error-model-link-out = { $path } 指向其文件夹之外的 { $to }，未予跟随。
    .remedy = 如果您的模型就在那里，请指明该文件夹：“las model scan --in 文件夹”。
error-model-layout-invalid = { $path } 没有按其工具的方式指明模型：{ $detail }
    .remedy = 没有据此读取任何内容。请让写入它的工具重新获取该模型。
# 原因：part、clone、link、owner、changed。
error-model-not-adoptable = 无法收用 { $path }：{ $reason ->
        [part] 它是拆分为多个文件的模型的一部分。
        [clone] 文件系统不共享其数据块。
        [link] 文件系统无法为它提供另一个名称。
        [owner] 除您之外的人也可以更改它。
       *[changed] 它在此期间被替换。
    }
    .remedy = { $reason ->
        [part] 请用 “llama-gguf-split --merge” 合并各部分，或用 “las model pull” 获取该模型。
        [changed] 请重新扫描。
       *[other] 请将它保留在原处：“las model scan --adopt { $path } --reference”。
    }

error-view-not-possible = 无法为{ $tool ->
        [hugging-face] Hugging Face 缓存
        [ollama] Ollama
        [lm-studio] LM Studio
        [jan] Jan
        [comfyui] ComfyUI
       *[folder] 任何读取文件的工具
    }布置“{ $name }”：{ $reason ->
        [format] 它读取另一种格式。
        [several] 它不支持由多个文件组成的模型。
        [adapter] 它不支持单独的适配器。
        [repository] 它以仓库和提交命名模型，而此模型没有已知的来源仓库。
        [files] 不知道该模型有哪些文件。
       *[system] 该文件夹位于另一个文件系统，而从那里指向外部的链接并不安全：其自带的客户端会删除链接所指的文件。
    }
    .remedy = { $reason ->
        [repository] 请用“las model pull”从其仓库获取，或以普通文件布置：“--for folder”。
        [system] 请用“--at”选择与数据目录同一文件系统的文件夹。
       *[other] 请以普通文件布置：“--for folder --at 文件夹”。
    }
error-view-folder-unfit = { $path } 不能作为视图的文件夹：{ $reason ->
        [data] 它位于数据目录之内。
        [file] 那里是一个文件。
        [link] 途中有指向别处的链接。
       *[none] 它不是可以指定的文件夹。
    }
    .remedy = 请用“--at”指定另一个文件夹：不含“..”的完整路径。
error-view-in-the-way = 视图的文件所在之处已有其他内容：{ $path }
    .remedy = 请将其移走，或用“--at”指定另一个文件夹。不会替换任何内容。
error-view-not-found = “{ $name }”没有这样布置。
    .remedy = “las model view list”可查看布置的位置。
# 机密。secret-invalid 的部分：name、origin、value、plain（会以明文发送的地址）。
error-secret-not-found = { $origin ->
        [none] 没有名为“{ $name }”的机密。
       *[other] 没有为 { $origin } 保存机密“{ $name }”。
    }
    .remedy = { $origin ->
        [none] 用“las secret list”查看已保存的内容。
       *[other] 用“las secret set { $name } --origin { $origin }”保存它，或重新制定计划。
    }
error-secret-invalid = { $part ->
        [name] 这不能作为机密的名称。
        [origin] 这不能作为机密所用于的地址。
        [plain] 机密会以明文发送到此地址。
       *[other] 这不能作为机密的值。
    }
    .remedy = { $part ->
        [name] 名称由 1 至 64 个 a-z、0-9、“.”、“-”和“_”组成。
        [origin] 来源地址写作“https://主机”或“https://主机:端口”。
        [plain] 请使用 https 地址；http 仅限本机。
       *[other] 值为不含空格的可见 ASCII 字符，最多 4096 字节：请重新复制。
    }
error-secret-origin-taken = 已为 { $origin } 保存了机密“{ $name }”。
    .remedy = 请用该名称重新设置，或先用“las secret remove { $name }”移除。
error-secret-read-only = “{ $name }”是服务管理器交付的凭据，不能在此更改。
    .remedy = 请在服务管理器保存它的地方更改，然后重新启动核心。
error-secret-store-missing = 没有可保存机密的密钥环，也不会写到别处。
    .remedy = 请启动会话的密钥环（会话 D-Bus 上的 GNOME Keyring 或 KWallet），或将机密作为 systemd 凭据“localaistack.名称”交付：第一行为地址，第二行为值。
error-secret-store-locked = 密钥环已锁定，无法使用其中的内容。
    .remedy = 请解锁密钥环后重试。没有桌面时：gnome-keyring-daemon --unlock 从标准输入读取密码。
error-secret-store-failed = { $store ->
        [credentials] 服务管理器的凭据无法使用：{ $detail }
       *[other] 密钥环无法工作：{ $detail }
    }
    .remedy = 请修复所指出的问题后重试；“las doctor”显示机密的保存位置。
