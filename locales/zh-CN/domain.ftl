# 领域用语：等级、依据、部件、步骤、状态。窗口、命令行与接口共用。

## 等级与策略依据

tier = { $tier } 级
tier-1 = 入门级
tier-2 = 中端
tier-3 = 多 GPU 与大模型

# 参数：have、bound、rule、file、line。
reason-gpu_vram-at_least = 显存 { $have }，不少于 { $bound }（{ $file }:{ $line }）
reason-gpu_vram-below = 显存 { $have }，少于 { $bound }（{ $file }:{ $line }）
reason-gpu_vram-is = 显存 { $have }，符合规则（{ $file }:{ $line }）
reason-gpu_count-at_least = GPU 数量 { $have }，不少于 { $bound }（{ $file }:{ $line }）
reason-gpu_count-below = GPU 数量 { $have }，少于 { $bound }（{ $file }:{ $line }）
reason-gpu_count-is = GPU 数量 { $have }，符合规则（{ $file }:{ $line }）
reason-ram-at_least = 内存 { $have }，不少于 { $bound }（{ $file }:{ $line }）
reason-ram-below = 内存 { $have }，少于 { $bound }（{ $file }:{ $line }）
reason-ram-is = 内存 { $have }，符合规则（{ $file }:{ $line }）
reason-nvlink-at_least = GPU 之间的 NVLink：{ $have }，规则要求 { $bound }（{ $file }:{ $line }）
reason-nvlink-below = GPU 之间的 NVLink：{ $have }，规则要求 { $bound }（{ $file }:{ $line }）
reason-nvlink-is = GPU { $have ->
        [true] 已用 NVLink 互连
       *[other] 未用 NVLink 互连
    }，符合规则（{ $file }:{ $line }）
reason-always = 规则“{ $rule }”适用于所有机器（{ $file }:{ $line }）

# 参数：id、reason、value、before（“none”表示不限）。
reason-override = 由例外 { $id } { $value ->
        [allow] 允许
        [deny] 禁止
       *[other] 定为 { $value }
    }：“{ $reason }”（按策略为：{ $before ->
        [none] 不限
        [allow] 允许
        [deny] 不允许
       *[other] { $before }
    }）

# 如何解除限制，或下一等级的要求。参数相同。
lift-gpu_vram-at_least = 显存不少于 { $bound } 的 GPU（现为 { $have }）
lift-gpu_vram-below = 显存少于 { $bound } 的 GPU（现为 { $have }）
lift-gpu_vram-is = 显存为 { $bound }（现为 { $have }）
lift-gpu_count-at_least = GPU 数量不少于 { $bound }（现为 { $have }）
lift-gpu_count-below = GPU 数量少于 { $bound }（现为 { $have }）
lift-gpu_count-is = GPU 数量为 { $bound }（现为 { $have }）
lift-ram-at_least = 至少 { $bound } 内存（现为 { $have }）
lift-ram-below = 少于 { $bound } 内存（现为 { $have }）
lift-ram-is = { $bound } 内存（现为 { $have }）
lift-nvlink-at_least = GPU 之间的 NVLink：{ $bound }（现为 { $have }）
lift-nvlink-below = GPU 之间的 NVLink：{ $bound }（现为 { $have }）
lift-nvlink-is = GPU { $bound ->
        [true] 以 NVLink 互连
       *[other] 不以 NVLink 互连
    }
lift-always = 改用“{ $rule }”以外的规则（{ $file }:{ $line }）

# 规则可以约束的内容，按策略中的名称。参数：field。
field-name = { $field ->
        [gpu_vram] 最大 GPU 的显存
        [gpu_count] GPU 数量
        [ram] 内存
        [nvlink] GPU 之间的 NVLink
        [unified_memory] GPU 共用的内存
        [bandwidth] 实测内存读取速率
        [gpu_vram_total] 全部 GPU 的显存
        [gpu_vendor] GPU 厂商
        [gpu_model] GPU 型号
        [gpu_target] GPU 目标架构
        [compute_capability] CUDA 计算能力
        [driver] GPU 驱动版本
        [cuda] 驱动支持的 CUDA 版本
        [pcie_generation] GPU 的 PCIe 代次
        [pcie_width] GPU 的 PCIe 通道数
        [xgmi] GPU 之间的 xGMI
        [npu] NPU 驱动
        [npu_count] NPU 数量
        [cpu_cores] 处理器核心数
        [cpu_threads] 硬件线程数
        [cpu_sockets] 插槽数
        [numa_nodes] NUMA 节点数
        [cpu_cache] 三级缓存
        [cpu_features] 处理器指令
        [cpu_vendor] 处理器厂商
        [cpu_model] 处理器型号
        [arch] 架构
        [virtual_machine] 虚拟机
        [ram_available] 可用内存
        [swap] 交换空间
        [memory_limited] 内存限制
        [disk_size] 最大卷的容量
        [disk_free] 卷的可用空间
        [disk_rate] 实测卷读取速率
        [disk_kind] 卷的类型
        [filesystem] 文件系统
        [os] 系统
        [os_version] 系统版本
        [kernel] 内核版本
        [landlock] Landlock ABI
        [user_namespaces] 用户命名空间
        [seccomp] 系统调用过滤
        [cgroup] 控制组
        [battery] 电池
        [on_battery] 使用电池供电
        [battery_percent] 电池电量百分比
        [network] 网络
        [container_engine] 容器引擎
        [absent] 缺失或无法使用的部件
       *[other] { $field }
    }

# 上文没有专门文字的约束。参数：field、have、bound、rule、file、line。
reason-at_least = { field-name } { $have }，不少于 { $bound }（{ $file }:{ $line }）
reason-below = { field-name } { $have }，少于 { $bound }（{ $file }:{ $line }）
reason-is = { field-name }：{ $have ->
        [true] 是
       *[other] 否
    }，符合规则（{ $file }:{ $line }）
reason-one_of = { field-name }：{ $have }，属于 { $bound }（{ $file }:{ $line }）
reason-all_of = { field-name }：{ $have }，包含 { $bound }（{ $file }:{ $line }）
reason-none_of = { field-name }：{ $have }，不是 { $bound }（{ $file }:{ $line }）
lift-at_least = { field-name }不少于 { $bound }（现为 { $have }）
lift-below = { field-name }少于 { $bound }（现为 { $have }）
lift-is = { field-name }：{ $bound ->
        [true] 是
       *[other] 否
    }
lift-one_of = { field-name }为 { $bound } 之一（现为 { $have }）
lift-all_of = { field-name }包含 { $bound }（现为 { $have }）
lift-none_of = { field-name }不是 { $bound }（现为 { $have }）

## 机器的部件

part-gpu-nvidia = NVIDIA GPU
part-gpu-amd = AMD GPU
part-gpu-intel = Intel GPU
part-npu = NPU
part-docker = Docker
part-podman = Podman

# 未找到某部件的原因。参数：part。
absent-no-device = { $part }：本机没有
absent-no-driver = { $part }：可能存在，但未安装驱动程序
absent-no-library = { $part }：内核驱动已加载，但缺少驱动的管理库（libnvidia-ml）；请安装与驱动同版本的管理库
absent-driver-mismatch = { $part }：驱动与库的版本不一致（常见于更新之后）；请重启本机
absent-no-node = { $part }：存在，但此处缺少其设备文件；请将其传入容器，或加载驱动
absent-no-device-permission = { $part }：存在，但当前用户无权打开其设备文件；请将用户加入 render 和 video 组，然后重新登录
absent-driver-error = { $part }：驱动程序返回错误
absent-no-socket = { $part }：未安装或未运行
absent-no-permission = { $part }：存在，但当前用户无权使用
absent-no-answer = { $part }：存在，但没有响应

# 除常见数字以外，本机还具备什么。
hardware-caches = L1d { $l1d } KiB，L2 { $l2 } KiB，L3 { $l3 } KiB
hardware-pcie = PCIe { $generation } ×{ $width }
hardware-nvlink = NVLink 连接 { $peers }
hardware-xgmi = xGMI 连接 { $peers }
hardware-percent = { $percent } %
# 参数：rate（大小）、day。
hardware-rate = 读取速率 { $rate }/s（测于 { $day }）
hardware-virtual = 虚拟机
network-online = 有通往外部的路由
network-local = 没有通往外部的路由
network-offline = 没有启用的网络接口
network-unknown = 未知
hardware-sandbox = Landlock：{ $landlock }；用户命名空间：{ $namespaces }；cgroup：{ $cgroup }；seccomp：{ $seccomp }
hardware-landlock-abi = ABI { $abi } 或更新
support-yes = 支持
support-no = 不支持
support-unknown = 未知
cgroup-v1 = 版本 1
cgroup-hybrid = 版本 1 和 2
cgroup-v2 = 版本 2
cgroup-unknown = 未知
battery-discharging = 正在供电
battery-charging = 正在充电
battery-idle = 已接通电源
battery-unknown = 未知

volume-nvme = NVMe
volume-ssd = 固态硬盘
volume-hdd = 机械硬盘
volume-network = 网络
volume-memory = 内存盘
volume-unknown = 未知类型

## 计划

# 参数：name、version、size。
step-store_add = 安装 { $name } { $version }（{ $size }）
step-store_remove = 移除 { $name } { $version }（{ $size }）
step-blob_add = 添加模型 { $name }（{ $size }）
step-blob_remove = 移除模型 { $name }（{ $size }）
# 参数：name、tool、folder、by。
step-view_add = 在 { $folder } 中为{ $tool ->
        [hugging-face] Hugging Face 缓存
        [ollama] Ollama
        [lm-studio] LM Studio
        [jan] Jan
        [comfyui] ComfyUI
       *[folder] 任何读取文件的工具
    }布置 { $name }（{ $by ->
        [reflink] reflink
        [hard-link] 硬链接
       *[symlink] 符号链接
    }）：复制 0 字节
step-view_remove = 从 { $folder } 中撤去为{ $tool ->
        [hugging-face] Hugging Face 缓存
        [ollama] Ollama
        [lm-studio] LM Studio
        [jan] Jan
        [comfyui] ComfyUI
       *[folder] 任何读取文件的工具
    }布置的 { $name }
# 参数：name、version、size。
step-program_verify = 确认 { $name } { $version } 可以运行
step-service_start = 启动服务 { $name }
step-service_stop = 停止服务 { $name }
step-generation_write = 重新写入第 { $number } 代的记录
step-stray_remove = 移除 { $path }
step-machine_record = 记住机器现状
step-data_remove = 移除 { $name } 的数据（{ $size }）
step-config_write = 写入 { $path }

undo-remove-added = 移除已添加的内容
undo-restore-removed = 放回已移除的内容
undo-nothing = 无需撤销
undo-stop-service = 停止该服务
undo-start-service = 重新启动该服务
undo-revert-override = 撤销该例外
undo-set-override = 重新设置该例外
undo-unpin = 解除固定
undo-pin = 重新固定
undo-restore-config = 把文件恢复原样

note-makes-room = 将先卸载另一个模型，为此模型腾出空间。
note-provides = 选择 { $name } { $version }，因为它提供 { $request }。
note-deprecated = { $name } { $version } 自 { $since } 起已弃用：{ $reason }
note-superseded = { $name } { $version } 自 { $since } 起已弃用：{ $reason } 请改用 { $next }。
note-outdated = { $name } { $version } 早于其作者认为可用的最旧版本 { $least }。
note-from-registry = { $name } { $version } 来自{ $origin ->
        [user] 您自己的注册表
       *[organisation] 您所在组织的注册表
    }（{ $path }）{ $hides ->
        [none] 。
       *[other] ，并遮盖其他注册表中的同一版本。
    }
registry-origin-user = 您的
registry-origin-organisation = 组织
registry-origin-builtin = 应用程序
registry-standing-shipped = 随应用程序提供
registry-standing-absent = 不存在
registry-standing-unsigned = 未签名
registry-standing-signed = 已签名
registry-standing-refused = 已拒绝
registry-signed-by = 由 { $key } 签名（{ $index }）
registry-unsigned = 注册表 { $path }（{ $origin }）没有签名：任何能写入该处的人都能决定其模块的内容。
registry-refused = 不提供注册表 { $path }（{ $origin }）中的任何内容：
module-from = { $version } 来自 { $path }（{ $origin }）
module-from-hiding = { $version } 来自 { $path }（{ $origin }），遮盖以下注册表中的同一版本：{ $hidden }
module-deprecated-since = 自 { $since } 起：{ $reason }
note-override-set = 例外仅对本机有效并优先于策略，后果由您承担。模型所需的内存仍会照常检查。此操作不会安装或启动任何内容。“las override list”可查看，“las override revert 编号”可撤销。
note-override-sets = 在本机上以例外优先于策略：{ $capability } → { $value }（{ $reason }）。
note-override-takes-back = 撤销例外 { $capability } → { $value }；重新由策略决定。
note-override-revert = 重新由策略决定。期间安装的内容保持不变。
note-runs-in-container = { $name } 在由镜像 { $image } 创建的容器中运行
note-privilege = { $name } 请求一项其他模块没有的权限（{ $privilege }）：{ $privilege ->
        [network] 可连接任意主机。
        [connects] 可连接 { $to }。
        [gpu] 可使用本机的 GPU。
        [writable-root] 可在其容器内任意位置写入。
        [user] 在其容器内以清单指定的用户身份运行。
        [chown] 可在其容器内将文件转给其他用户。
        [dac-override] 可在其容器内不受文件权限限制地读写文件。
        [fowner] 可在其容器内更改他人文件的权限。
        [kill] 可在其容器内向其他用户的进程发送信号。
        [setgid] 可在其容器内切换为其他用户组。
       *[setuid] 可在其容器内切换为其他用户。
    }禁止“privilege:{ $privilege }”的策略会拒绝它。
note-mode = { $name } { $mode ->
        [container] 在容器中运行
       *[native] 作为本机进程运行
    }：{ $by ->
        [asked] 这是您的要求。
        [before] 之前即如此运行。
        [installed] 当前即如此安装；“las module install { $name } --mode 方式”可更改。
        [configured] 配置优先采用此方式（runtime.prefer）。
        [policy] 策略不允许另一种方式。
        [machine] 本机没有容器引擎。
        [manifest] 其作者推荐此方式。
       *[default] 没有理由采用另一种方式。
    }
note-restarts-services = 有服务正在使用被替换的版本。该服务会先停止，再由新版本启动，直到能够应答；若不能，则重新启动原来的版本。此后才移除旧版本。
note-pinned-stay = 已固定版本的模块保持不变；“las module unpin 名称”可解除固定。
note-module-pin = 该模块保持在此版本：升级不会改动它，需要其其他版本的内容也不会安装。“las module unpin 名称”可解除固定。
note-module-unpin = 该模块不再固定，下次升级可能会改动它。现在不会安装或移除任何内容。
note-data-stays = 服务的数据保留在原处。“las module remove 名称 --purge”会一并移除。
note-data-lost = 完成后服务的数据将丢失。
note-bytes-shared = { $name } 的内容（{ $size }）会保留，不会因此释放空间：{ $others } 也在使用它。
note-bytes-held = { $name } 的内容（{ $size }）仍留在磁盘上，不会因此释放空间：{ $path ->
        [none] 磁盘上还有另一个文件是它的第二个名称。
       *[other] 其他工具的文件 { $path } 也拥有这些内容。
    }
note-bytes-outside = { $name }（{ $size }）只是不再登记，不会因此释放空间：文件仍在原处 { $path }。
note-config-at-once = 更改立即生效。
note-config-at-next-start = 更改在核心下次启动时生效。
note-config-outranked = 文件会更改，但本核心在这一项上不以它为准：生效的值来自环境变量或命令行参数。“las config show”会指出来源。
note-demonstration-model = 这是一个仅有 200 万参数的演示模型，用来体验从安装到回答的全过程，请勿依赖其回答。实际工作请用“las model import 文件”导入 GGUF 模型。
note-model-origin = 来自 { $source } 上的“{ $id }”，提交 { $commit }。
note-model-address = 来自您给出的网址“{ $id }”。其 SHA-256 必须是 { $digest }，否则不会安装任何内容。
note-model-secret = 为此向 { $origin } 发送机密“{ $name }”，不发送到任何其他地址。
note-model-mirrors = 第一个地址失败时，向 { $hosts } 获取相同的内容；已在此处的部分不会重新获取。
note-model-chosen = { $why ->
        [named] 您指定了“{ $file }”；加载后约占用 { $needed }。
        [usual] “{ $file }”使用了模型通常的名称；加载后约占用 { $needed }。
        [only] “{ $file }”是其中唯一的模型；加载后约占用 { $needed }。
        [best] “{ $file }”是本机容得下的最佳量化：约 { $needed }，可用 { $room }。
       *[smaller] { $room } 内存容不下 Q4_K_M 及以上的量化；“{ $file }”是其余中最好的，约 { $needed }。
    }
note-model-projector = 同时获取“{ $file }”（{ $size }），它把图片转换成模型可读的内容。
note-model-no-engine = 格式为 { $format }，此处的引擎不能加载。可加载它的引擎：{ $engines }。
note-model-code = “{ $id }”指定了自带的代码（{ $found }）。不会获取这些代码，也不会运行：有些程序没有它就无法使用该模型。
note-adapter-base-absent = { $name } 所适用的模型不在本机：{ $base }
note-model-may-not-fit = 加载后约占用 { $needed }，而本机可供模型使用的内存为 { $room }：可能无法加载。
note-model-adopted = { $name } 取自 { $tool ->
        [hugging-face] Hugging Face 缓存
        [ollama] Ollama
        [lm-studio] LM Studio
        [jan] Jan
        [comfyui] ComfyUI
       *[folder] 文件夹
    }，{ $by ->
        [reflink] 使用 reflink：两个文件共享数据块，互不影响
        [hard-link] 使用硬链接：它是同一文件的另一个名称
        [present] 无需再次读取：其内容已在此处
        [copy] 通过复制
       *[reference] 通过引用：文件保留在原处，原处移除后此处也将失去它
    }。{ $path } 保持不变，即使在此处移除该模型。
note-model-shared = 如果其工具就地更改该文件，{ $name } 也会随之改变；诊断会发现这一点，但无法撤销。
note-model-here = { $path } 已登记为 { $name }。
note-view-laid-out = 将在 { $folder } 中建立（{ $by ->
        [reflink] reflink
        [hard-link] 硬链接
       *[symlink] 符号链接
    }）：{ $files }。那里已有的内容保持不变。
note-view-shared = { $by ->
        [hard-link] 就地更改此类文件的工具也会更改这里的 { $name }：只要视图存在，该文件就不可写入。即便如此，诊断仍会发现被更改的内容。
        [open] 就地更改此类文件的工具也会更改这里的 { $name }；诊断会发现这一点。
       *[symlink] 就地更改此类文件的工具也会更改这里的 { $name }；数据目录移动后，链接将失效。诊断会发现这两种情况。
    }
note-view-ollama = Ollama 得到权重和一份简短的配置，没有模板：它依据文件自身对对话格式的说明。
note-view-taken-away = 将从 { $folder } 中撤去（仅限仍为当初所建的内容）：{ $files }
note-view-file-stays = { $path } 不是当初所建的文件，或此后被更改：它将保留。
note-model-limited = 有限制地容下：每个对话 { $context } 词元的上下文，键和值的类型为 { $cache }。
note-obligation-unknown-license = 来源没有说明“{ $id }”的许可证：除试用外，使用前请询问其所有者。
note-obligation-keep-notices = “{ $id }”的许可证要求转发者保留其声明。
note-obligation-no-commercial-use = “{ $id }”的许可证禁止商业使用。
note-obligation-same-license = “{ $id }”的许可证要求转发者使用相同的许可证。
note-obligation-own-terms = “{ $id }”有自己的许可证：请阅读其允许的内容。
note-obligation-agreed-terms = “{ $id }”的所有者只向同意其条款的人提供它；这些条款对您有效。

## 提醒与检查结果

warning-policy-hole = 策略“{ $set }”没有为某些机器给出等级；这样的机器采用最安全的等级。例如这样一台机器：
warning-policy-untold = 策略“{ $set }”的约束过多，无法判断是否涵盖所有机器。未涵盖的机器采用最安全的等级。
warning-in-a-hole = 没有规则为本机划定等级，因此采用最保守的等级。请提供硬件档案（“las hardware --record 文件”），以便补充规则。
warning-demonstration-only = 目前只安装了演示模型，请勿依赖其回答。本机可运行{ $size ->
        [none] 任意大小
       *[other] 最大 { $size }{ " " }
    }的模型：请获取 GGUF 文件并用“las model import 文件”添加。
warning-override-active = 有 { $count } 项例外改变了本机策略的结论；“las override list”列出其内容和理由。
warning-recorded-profile = 硬件信息并非检测所得，而是读取自 { $path }。
warning-reading-only = 无法写入 { $path }（{ $code }），因此不能做任何更改。显示的是开始时的状态。
warning-manifest-rejected = 清单 { $path } 无法接受，未被采用（{ $code }）。

finding-operation-interrupted = 操作 { $id } 曾被中断，已完成的部分已撤销。
    .remedy = 如仍需要，请重新开始该操作。
finding-partly-fetched = { $path } 中保留着一个下载的 { $have }（共 { $size }）。重新开始原来的操作会从此处继续；一周后将被丢弃。
    .remedy = 无需任何操作。
finding-operation-unfinished = 操作 { $id } 曾被中断且未能撤销，它移开的内容仍保留着。
    .remedy = 清除妨碍它的内容（见日志），然后运行“las doctor --repair”。
finding-policy-hole = 策略“{ $set }”没有为某些机器给出等级。例如这样一台机器：
    .remedy = 请为这类机器添加带等级的规则，或放宽现有规则的界限。在此之前它们采用最安全的等级。
finding-service-ended = LocalAIStack 中断时“{ $name }”正在运行，其进程已结束。
    .remedy = 如仍需要，请用“las service start { $name }”启动。
finding-stray-file = { $path } 不属于任何已安装的内容。
    .remedy = 运行“las doctor --repair”可将其移除。
finding-item-damaged = “{ $name }”的文件内容与预期不符（{ $code }）。
    .remedy = “las doctor --repair”会放回本机其他位置仍保有的内容。如果无法放回，请用“las module remove { $name }”移除后重新安装或导入。
finding-item-missing = “{ $name }”记录为已安装，但其文件缺失或无法使用（{ $code }）。
    .remedy = “las doctor --repair”会放回本机其他位置仍保有的内容。如果无法放回，请用“las module remove { $name }”移除后重新安装或导入。
finding-generation-lock-missing = 各代文件夹中缺少第 { $number } 代的记录。
    .remedy = 运行“las doctor --repair”可根据数据库重新写入。
finding-ledger-lines-lost = 账本比其锚点记录的少 { $count } 行：这些操作已不在账本中。
    .remedy = 请与先前“las audit export”的导出结果比较。
finding-ledger-anchor-restored = 账本的锚点缺失或损坏，已根据现有账本重新建立。
    .remedy = 请与先前“las audit export”的导出结果比较。
finding-state-restored = 数据库已损坏（{ $cause }）。已恢复最近一次完整的状态，来源：{ $source ->
        [log] 其自身文件（不含日志中损坏的末尾）
        [snapshot] 最近一份通过全部检查的副本
       *[nothing] 无，因为没有完整的副本；从空状态开始
    }。损坏的文件保留在 { $path }。
    .remedy = “las doctor --repair”会关闭此条目。
finding-generations-lost = 数据库恢复之前产生的世代已不在其中：{ $numbers }。其锁文件保留在世代目录中。
    .remedy = “las apply generations/编号.lock”可安装其中某一世代的内容。
finding-state-damaged = 数据库每小时检查失败：{ $detail }
    .remedy = 请停止并重新启动 LocalAIStack：它会保留损坏的文件，并恢复最近一次完整的状态。

# 偏离的内容。参数见 DriftKind。
finding-item-mode = “{ $name }”的文件权限与安装时不同（{ $path }）。
    .remedy = 运行“las doctor --repair”可恢复权限。
finding-item-extra = “{ $name }”的文件中混入了不属于它的文件：{ $path }。
    .remedy = 如需保留请先移走。“las doctor --repair”会将模块恢复原状，不含该文件。
finding-view-missing = 为其他工具布置“{ $name }”的文件不见了：{ $path }。
    .remedy = “las model view remove { $name }”会忘记该视图，“las model view add { $name }”可重新建立。
finding-view-changed = 为其他工具布置“{ $name }”的文件不再是当初所建的，或不再具有其字节：{ $path }。
    .remedy = “las model view remove { $name }”会撤去仍为当初所建的内容，其余保留。
finding-generation-lock-edited = 代文件夹中第 { $number } 代的记录被更改。
    .remedy = 运行“las doctor --repair”可根据数据库重新写入。
finding-service-killed = 服务 { $name } 自行结束，已重新启动。
    .remedy = 如再次发生，请查看数据目录“logs”文件夹中的日志。
finding-service-failed = { $how ->
        [start] 服务 { $name } 未能启动。
        [once] 服务 { $name } 自行结束，不再自动启动。
       *[often] 服务 { $name } 结束次数过多，不再自动启动。
    }
    .remedy = 用“las service list --json”查看其最后输出，然后用“las service start { $name }”启动。
finding-engine-layers-short = { error-engine-layers-short }
    .remedy = { error-engine-layers-short.remedy }
finding-engine-context-short = { error-engine-context-short }
    .remedy = { error-engine-context-short.remedy }
finding-service-unreachable = 服务 { $name } 在运行，但其套接字或端口没有应答。
    .remedy = 运行“las doctor --repair”可重新启动它。
finding-service-foreign = 在服务 { $name } 的套接字或端口上应答的是进程 { $pid }，而不是该服务。
    .remedy = 请查明该进程。“las doctor --repair”会重新启动服务。
finding-process-foreign = 进程 { $pid } 正在运行本数据目录中的程序，但并非由 LocalAIStack 启动：{ $path }。
    .remedy = 如果不是您自己启动的，请结束它。
finding-endpoint-moved = 端点应在 { $wanted }，实际在 { $address }：该地址已被占用。
    .remedy = 使用“las status”显示的地址；或结束占用者后重新启动 LocalAIStack。
finding-endpoint-gone = 端点 { $address } 不再应答。
    .remedy = 请重新启动 LocalAIStack。
finding-core-socket-gone = 核心的套接字消失或被替换：{ $path }。
    .remedy = 会自动重新打开；如失败，请重新启动 LocalAIStack。
finding-state-edited = 数据库被其他程序更改：{ $detail }（{ $path }）。
    .remedy = 结束 LocalAIStack，然后运行“las doctor --repair”：它会保留损坏的文件，并恢复最近一次完整的状态。
finding-policies-edited = LocalAIStack 启动后策略文件被更改（{ $path }）；当前仍按启动时的内容判断。
    .remedy = 请重新启动 LocalAIStack，以重新读取策略。
finding-registry-edited = LocalAIStack 启动后注册表被更改（{ $path }）；当前仍按启动时的内容提供。
    .remedy = 请重新启动 LocalAIStack，以重新读取注册表。
finding-config-edited = LocalAIStack 启动后配置被更改（{ $path }）；这些设置从下次启动起生效：{ $keys }。
    .remedy = 请重新启动 LocalAIStack，或撤回更改；“las config show”会列出两个值。
finding-desired-differs = 已安装的内容与最近一次应用的不一致。{ $less ->
        [none] 没有缺少。
       *[other] 缺少或不同：{ $less }。
    } { $more ->
        [none] 没有多余。
       *[other] 多余：{ $more }。
    }
    .remedy = 请重新应用您的 las.yaml 或 las.lock；若要保持现状，请应用当前代的锁文件（“las generation export”）。
finding-gpu-gone = GPU { $gpu }（{ $memory }）不见了。{ $now ->
        [none] 现在没有 GPU。
       *[other] 现有：{ $now }。
    }
    .remedy = 请检查供电、驱动和“las hardware”。如已拆除，“las doctor --repair”会记住机器现状；然后重新启动 LocalAIStack。
finding-memory-less = 内存比以前少：现有 { $have }，原有 { $had }。
    .remedy = 如属有意，“las doctor --repair”会记住机器现状；然后重新启动 LocalAIStack。
finding-processor-changed = 处理器已更换或核心减少：现为 { $have }，原为 { $had }。
    .remedy = 如属有意，“las doctor --repair”会记住机器现状；然后重新启动 LocalAIStack。
finding-disk-gone = 数据目录 { $path } 不在原处：已被移除或替换，或其磁盘已不在。
    .remedy = 请恢复该磁盘并重新启动 LocalAIStack。在此之前不会更改任何内容。
finding-disk-read-only = 数据目录 { $path } 无法写入。
    .remedy = 请检查磁盘：系统在出错后会将其设为只读。请重新以可写方式挂载。
finding-disk-nearly-full = 数据所在磁盘仅剩 { $free }（{ $path }），少于 { $least } 即不足。
    .remedy = 用“las model remove 名称”移除不需要的模型，或在该磁盘上腾出空间。

drift-outcome-repaired = 已修复
drift-outcome-pending = 将被修复
drift-outcome-named = 需要您处理
drift-outcome-left = 暂不修复：反复出现

## 首次运行的目标

goal-chat = 与本机上的模型对话

## 状态

module-state-available = 可用
module-state-resolved = 已选定
module-state-installed = 已安装
module-state-running = 运行中
module-state-stopped = 已停止
module-state-failed = 失败
module-state-deprecated = 不再提供

limit-level-partly = 部分生效
limit-level-process = 对每个进程分别生效
limit-level-group = 对其所有进程合并生效
sandbox-level-none = 未隔离：它能做您能做的一切
sandbox-level-partly = 部分隔离
sandbox-level-whole = 完全隔离
probe-passed = 已应答
probe-late = { $seconds } 秒内没有应答
probe-unreachable = 没有应答：{ $detail }
probe-status = 应答状态为 { $status }
probe-exit = 检查程序未正常结束：{ $detail }
probe-no_line = 所等待的那一行尚未出现
probe-no_port = 有应答，但未占有其全部端口
# 参数：number。
exit-status = 状态 { $number }
exit-signal = 信号 { $number }
cause-service-ended = 自行结束
cause-engine-stopped = 自行结束
cause-service-hung = 不再应答
cause-program-start-failed = 未能启动
cause-engine-start-failed = 未能启动
cause-engine-projector-refused = 其投影器无法加载
cause-port-taken = 其端口被另一程序占用
cause-limits-unavailable = 其资源限制在此无法执行
cause-gpu-unavailable = 需要 GPU 但无法提供
cause-sandbox-unavailable = 在此无法充分隔离
cause-other = 其他原因
service-state-starting = 正在启动
service-state-ready = 就绪
service-state-degraded = 降级
service-state-restarting = 正在重启
service-state-failed = 失败
service-state-stopped = 已停止

## 服务的状况：命令行与服务页面共用

health-state = 状态
health-ports = 端口
health-memory = 内存
health-processes = 进程数
health-cpu = 处理器时间
health-limits = 资源限制
health-sandbox = 沙箱
health-probe = 最近一次检查
health-degraded = 少于计划
health-remedy = 处理方法
health-restarts = 重启次数
# 参数：size。
limit-memory = 内存 { $size }
# 参数：percent，以一个处理器计。
limit-cpu = 处理器 { $percent }%
limit-processes = { $count } 个进程和线程
limit-files = 每个进程 { $count } 个打开的文件
# 参数：count。
log-left-out = … 有 { $count } 行来得太快，未保留 …
log-missed = 此处缺少若干行：它们来得太快，或已不再保留。

operation-state-running = 进行中
operation-state-undoing = 正在撤销
operation-state-paused = 已暂停
operation-state-succeeded = 已完成
operation-state-failed = 失败并已撤销
operation-state-cancelled = 已取消并撤销
progress-bytes = { $done } / { $total }
progress-speed = { $speed }/s
progress-percent = { $percent }%
progress-left = 剩余 { $time }

journal-phase-started = 开始
journal-phase-done = 完成
journal-phase-failed = 失败
journal-phase-undoing = 正在撤销
journal-phase-paused = 已暂停
journal-phase-undone = 已撤销

## 种类

# 两代之间的差别。
difference-came = 新增
difference-went = 已移除
difference-version = 版本不同
difference-digest = 字节不同
difference-views = 视图不同

mode-native = 原生
mode-container = 容器
mode-auto = 自动选择
category-language = 语言
category-runtime = 运行时
category-framework = 框架
category-service = 服务
category-application = 应用
category-tool = 工具
category-model = 模型

ability-chat = 对话
ability-tools = 工具调用
ability-json = JSON
ability-embeddings = 向量
ability-adapter = 适配器

placement-store = 在仓库中
placement-blob = 已复制到此处
placement-reference = 保留在原处

# 参数：what（模块、模型或服务的名称；代的编号）。
intent-module_install = 安装 { $what }
intent-module_install-mode = 安装 { $what }，{ $mode ->
        [container] 在容器中
       *[native] 原生
    }运行
intent-module_remove = 移除 { $what }
intent-model_import = 导入模型 { $what }
intent-model_pull = 获取模型 { $what }
intent-model_pull_address = 从 { $what } 获取模型
intent-model_adopt = 收用 { $what }
intent-model_view_add = 布置 { $what }
intent-model_view_remove = 撤去 { $what } 的视图
intent-model_load = 加载 { $what }
intent-service_start = 启动 { $what }
intent-service_restart = 重新启动 { $what }
intent-service_stop = 停止 { $what }
intent-doctor_repair = 修复 { $what }
intent-state_apply = 使机器达到期望状态：{ $what }
intent-lock_apply = 使机器与锁文件完全一致：{ $what }
intent-generation_rollback = 回到第 { $what } 代
intent-generation_rollback-previous = 回到上一代
intent-override_set = 设置策略例外：{ $what }
intent-override_revert = 撤销例外 { $what }
intent-module_upgrade = 升级 { $what }
intent-module_upgrade-all = 升级全部已安装的内容
intent-module_pin = 固定 { $what }
intent-module_unpin = 解除固定 { $what }
intent-module_rollback = 使 { $what } 回到此前的版本
intent-module_remove-purge = 移除 { $what } 及其数据
intent-operation_resume = 重新进行操作 { $what }
intent-config_set = 设置 { $what }
intent-config_unset = 从配置文件中去掉 { $what }

# 产生某一代的命令名称。
command-module_install = 安装
command-module_remove = 移除
command-model_import = 导入模型
command-model_pull = 获取模型
command-model_adopt = 收用模型
command-model_view_add = 布置模型视图
command-model_view_remove = 撤去模型视图
command-doctor_repair = 修复
command-state_apply = 期望状态
command-lock_apply = 锁文件
command-generation_rollback = 回退
command-module_upgrade = 升级
command-module_pin = 固定
command-module_unpin = 解除固定
command-module_rollback = 模块回退
command-token_create = 新令牌
command-token_revoke = 撤销令牌
command-secret_set = 新机密
command-secret_remove = 移除机密
command-initial = 空机器

# 配置：每个键一条说明，值的来源，以及更改何时生效。
config-language = 命令行和托盘文字的语言
config-log-level = 标准错误上的日志记录什么
config-log-format = 日志的格式
config-log-file-level = 数据目录中核心日志记录什么
config-log-file-size = 该日志轮换的大小；保留两个文件
config-server-address = 程序和网页访问核心的地址
config-server-expose = 该地址是否可以被其他机器访问
config-engine-idle-unload = 多久没有请求后卸载模型
config-policy-set = 采用哪一套策略
config-hardware-profile = 代替检测的硬件档案
config-containers-engine = 使用的容器引擎
config-containers-socket = 容器引擎的套接字
config-fetch-bandwidth = 所有下载合计每秒最多获取多少；0 表示不限速
config-models-hugging-face = 向何处的 Hugging Face（或使用相同协议的镜像）查询模型
config-models-model-scope = 向何处的 ModelScope（或使用相同协议的镜像）查询模型
config-models-sources = 按询问顺序排列的模型来源，以“;”分隔。自定义来源写作 名称=类型:位置，其镜像以逗号分隔列在后面
config-models-directory = 本机上存放模型的目录：名称/… 或 所有者/名称/…
config-models-file-hosts = 模型来源可将文件请求转向的本网络主机
config-models-scan = 除已知工具的文件夹外，扫描时还要查找模型的文件夹
config-models-verify-every = 隔多久自动重新读取模型的字节，以发现磁盘改动的内容；off 表示从不
config-models-verify-rate = 为此每秒最多读取多少；0 表示不限速
config-runtime-prefer = 既可原生运行又可在容器中运行的模块采用的方式
config-origin-default = 默认
config-origin-file = { $path } 第 { $line } 行
config-origin-environment = 环境变量 { $name }
config-origin-flag = 参数 { $name }
config-effect-at_once = 立即生效
config-effect-at_next_start = 下次启动时生效

## Who gets a model
model-gate-open = 公开
model-gate-agreement = 同意条款后
model-gate-request = 需申请
model-gate-private = 私有
model-fit-fits = 容得下
model-fit-limits = 勉强容得下
model-fit-too_large = 过大
model-tool-hugging-face = Hugging Face 缓存
model-tool-ollama = Ollama
model-tool-lm-studio = LM Studio
model-tool-jan = Jan
model-tool-comfyui = ComfyUI
model-tool-folder = 文件夹
model-adoption-reflink = reflink
model-adoption-hard-link = 硬链接
model-adoption-reference = 引用
model-adoption-present = 内容已在此处
model-adoption-copy = 复制
model-file-count = { $count } 个文件
# 模型的视图如何共享其字节，以及其文件的状况。
view-link-reflink = reflink
view-link-hard-link = 硬链接
view-link-symlink = 符号链接
view-state-whole = 完整
view-state-missing = 缺少文件
view-state-outdated = 字节不同
view-state-other = 被他人更改
fit-basis-measured = 在本机测得。
fit-basis-header = 依据模型自身的文件头。
fit-basis-shape = 依据其大小和公布的结构。
fit-basis-size = 仅依据文件大小，因此范围较宽；获取后文件头会给出更多信息。
fit-basis-parameters = 仅依据参数量，因此范围较宽；其大小未公布。
fit-device-main = 主内存
fit-device-gpu = GPU { $index }（{ $model }）
fit-limit-gpu-layers = { $of } 层中有 { $on_gpu } 层在 GPU 上
fit-limit-context = 上下文为 { $tokens } 词元，而非 { $asked }
fit-limit-trained = 上下文为 { $tokens } 词元，而非 { $asked }：模型本身不支持更长
fit-limit-cache = 键和值的类型为 { $type }
fit-here = 使用随附的引擎，在主内存中：
fit-with-gpus = 使用能用 GPU 的引擎：
fit-needs = 共 { $total }：权重 { $weights }，键和值 { $cache }，运算 { $overhead }；{ $parallel } 个对话，每个 { $context } 词元，{ $type }
fit-part = { $device }：{ $layers } 层，{ $needs }，可用 { $room }
fit-range = 占用在 { $least } 到 { $most } 之间。
fit-unsure = 很接近：在估计的一端，答案会不同。
fit-lacks = 缺少 { $lacks } 内存。
fit-not-allowed = 策略在本机允许最多 { $most } 参数的模型。
fit-offer = 同一模型的 { $quantisation } 可以容下：约 { $needs }，{ $context } 词元。
fit-speed = 可能的输出速度为 { $range }：取决于读取内存的速度。
fit-tokens = { $least } 到 { $most } 词元/秒
fit-measured = 如此加载时测得：最多 { $peak }。
fit-measured-speed = 输出速度为 { $speed } 词元/秒。

# 核心能否工作。
ready-yes = 就绪
ready-no = 未就绪：{ $parts }
ready-part-database = 数据库没有应答
ready-part-recovery = 正在查看上一个核心留下的内容
ready-part-operations = 有操作停在中途；见“las doctor”

## 机密的保存位置

secret-store-secret-service = 密钥环（Secret Service）
secret-store-credentials = 服务管理器的凭据
secret-standing-ready = 使用中
secret-standing-locked = 已锁定
secret-standing-absent = 不存在
secret-standing-failing = 无法工作
