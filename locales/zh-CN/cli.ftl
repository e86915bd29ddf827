# 命令行打印的全部文字，错误与领域用语除外。

cli-error-label = 错误：
cli-remedy-line = → { $remedy }
cli-none = 无
cli-nothing-to-do = 无需操作：一切已符合要求。

## 计数

cli-count-cores = { $count } 核
cli-count-threads = { $count } 线程

## 列名

cli-column-abilities = 能力
cli-column-formats = 格式
cli-column-downloads = 下载次数
cli-column-access = 访问
cli-column-fit = 本机
cli-column-at = 时间
cli-column-because = 依据
cli-column-begun = 开始
cli-column-by = 来自
cli-column-by-command = 来源
cli-column-capability = 能力项
cli-column-category = 类别
cli-column-code = 错误
cli-column-change = 变化
cli-column-before = 之前
cli-column-after = 之后
cli-column-digest-before = 之前的摘要
cli-column-digest-after = 之后的摘要
cli-column-command = 命令
cli-column-context = 上下文
cli-column-description = 说明
cli-column-digest = 摘要
cli-column-program = 程序
cli-column-ports = 端口
cli-column-generation = 代
cli-column-hash = 哈希
cli-column-id = 编号
cli-column-items = 已安装
cli-column-label = 用途
cli-column-license = 许可证
cli-column-loaded = 加载
cli-column-for-origin = 用于
cli-column-made = 创建
cli-column-memory = 内存
cli-column-meaning = 用途
cli-column-name = 名称
cli-column-needs = 占用
cli-column-manifests = 清单
cli-column-operation = 操作
cli-column-origin = 来源
cli-column-outcome = 结果
cli-column-parameters = 参数量
cli-column-reason = 理由
cli-column-path = 位置
cli-column-phase = 阶段
cli-column-placement = 存放
cli-column-plan = 计划
cli-column-previous = 前一行
cli-column-quantisation = 类型
cli-column-registry = 注册表
cli-column-restarts = 重启次数
cli-column-sequence = 行
cli-column-setting = 设置项
cli-column-since = 自
cli-column-size = 大小
cli-column-speed = 词元/秒
cli-column-standing = 签名
cli-column-state = 状态
cli-column-tool = 工具
cli-column-step = 步骤
cli-column-takes-effect = 更改
cli-column-value = 取值
cli-column-verdict = 结论
cli-column-verified = 校验于
cli-column-version = 版本
cli-column-what = 内容

## 状态

cli-status-version = 版本
cli-status-machine = 机器
cli-status-tier = 等级
cli-status-readiness = 核心
cli-status-home = 数据
cli-status-generation = 代
cli-status-endpoint = 端点
cli-status-endpoint-closed = 未开放；“las serve”可为其他程序开放
cli-status-services = 服务
cli-status-models = 模型
cli-status-operations = 进行中的操作
cli-status-last-operation = 最近的操作
cli-status-warnings = 提醒
cli-status-drift = 需要您处理

cli-machine-memory = { $total }（可用 { $free }）
cli-machine-no-gpu = 无 GPU
cli-machine-disk = 磁盘可用 { $free }
cli-machine-recorded = 读取自 { $path }，并非检测所得

## 检查

cli-doctor-open = ✗
cli-doctor-kept = · 已保留：
cli-doctor-repaired = ✓ 已修复：
cli-doctor-left = 曾修复（{ $times }）但再次出现：有其他程序在更改它。在 { $again } 之前不再处理。
cli-doctor-healthy = 检查了 { $count } 项，一切正常。
cli-doctor-unhealthy = 检查了 { $count } 项，异常 { $open } 项。
cli-doctor-went-back = 数据库已从结构版本 { $was } 退回到 { $schema }。现在请用较旧的版本打开；本版本会再次将其升级。

## 硬件

cli-hardware-cpu = 处理器
cli-hardware-features = 指令集
cli-hardware-memory = 内存
cli-hardware-memory-limit = 上限 { $size }
cli-hardware-swap = 交换空间 { $size }
cli-hardware-gpu = GPU
cli-hardware-shared-memory = 共享内存
cli-hardware-caches = 缓存
cli-hardware-npu = NPU
cli-hardware-sandbox = 沙箱
cli-hardware-battery = 电池
cli-hardware-identity = 标识
cli-hardware-disk = 磁盘
cli-hardware-volume = { $size }，可用 { $free }
cli-hardware-os = 系统
cli-hardware-network = 网络
cli-hardware-containers = 容器
cli-hardware-absent = 未找到
cli-hardware-source = 来源
cli-hardware-recorded = 硬件档案已写入 { $path }。设置 LAS_PROFILE={ $path } 可用它代替检测。

## 策略

cli-policy-because = 依据：
cli-policy-set = 策略：{ $set }（{ $origin }）
cli-policy-next-tier = 下一等级要求：
cli-policy-would-lift = 解除限制的条件：
cli-policy-lifted-by = 需要 { $list }
cli-policy-model-size = 最大模型：{ $limit }
cli-policy-loaded-models = 同时加载的模型数：{ $limit }
cli-policy-parallel = 每个模型的并行对话数：{ $limit }
cli-policy-memory = 已加载模型可用的内存：{ $limit }
cli-policy-vram = 已加载模型可用的显存：{ $limit }
cli-policy-unlimited = 不限
cli-policy-allowed = 允许
cli-policy-allowed-limit = 允许，上限 { $limit }
cli-policy-denied = 不允许

cli-override-in-force = 生效中
cli-override-reverted = 已于 { $at } 撤销
cli-config-file = 配置文件：{ $path }
cli-config-no-file = 没有 { $path }；“las config set”会创建它。
cli-config-valid = { $path } 可以接受。
cli-config-next = { $value }，下次启动后为 { $next }

## 模块与模型

cli-module-refused = 不适合本机
cli-module-refusal = 被拒绝
cli-module-remedy = 解决办法
cli-module-provides = 提供
cli-module-conflicts = 冲突
cli-module-least = 可用起始版本
cli-module-from = 来源
cli-module-deprecated = 已弃用
cli-module-successor = 替代者
cli-module-installed = 已安装
cli-module-modes = 可用方式
cli-module-mode = 运行方式
cli-module-versions = 版本
cli-module-pinned = 固定在
cli-module-previous = 此前版本
cli-module-held = { $version } ⚑
cli-model-demonstration = （演示）
cli-model-base-absent = { $base }（不在本机）
cli-model-code = （指定了自带的代码；代码不在此处）
cli-model-verified = 完好
cli-model-never-read = 从未
cli-model-damaged = 已损坏
cli-model-last-read = 校验：{ $when }
cli-model-offline = 没有网络来源应答。以下是无需网络即可得知的内容。
cli-model-next = 还有更多：--cursor { $next }
cli-model-here = 已登记为 { $name }
cli-model-not-adoptable = 不能收用
cli-model-installed = 已在本机安装为 { $name } { $version }；“las model list --json”显示其记录。
cli-model-context = 上下文 { $tokens } 个词元
cli-fit-none-chosen = 拉取时不会选择其中任何一个：对本机来说都太大。
cli-fit-speed-not-measured = 速度未知：尚未测量本机读取内存的速度。“--measure”会进行测量。

## 计划与操作

cli-plan-undo = 撤销方式：{ $undo }
cli-plan-download = 下载 { $size }
cli-plan-no-download = 无需下载
cli-plan-disk = 磁盘增加 { $size }
cli-plan-freed = 磁盘释放 { $size }
cli-plan-memory = 占用内存 { $size }
cli-plan-administrator = 需要管理员权限
cli-plan-no-administrator = 无需管理员权限
cli-plan-hosts = 联系的主机：{ $list }
cli-plan-ports = 开放的端口：{ $list }
cli-plan-licenses = 许可证：{ $list }
cli-plan-id = 执行该计划：las apply --plan { $id }
cli-plan-question = 执行此计划？[y/N]
# 表示同意的回答，以空格分隔。
cli-plan-question-yes = y yes 是 好
cli-plan-declined = 没有任何更改。

cli-change-waits = 操作 { $id } 正在运行，此更改正在等待。按 Ctrl-C 可放弃。
cli-operation-cancelling = 正在取消，已完成的部分正在撤销。
cli-operation-is-paused = 已暂停。用“las operation resume { $id }”从已下载处继续。
cli-operation-done = 完成：{ $what }
cli-operation-done-generation = 完成：{ $what }（第 { $number } 代）
cli-operation-left = 此前的状态保持不变。“las operation show { $id }”列出每个步骤。
cli-operation-resumes = 重新进行操作 { $id }。
cli-audit-verified = 共 { $count } 行，完整无缺。末行哈希：{ $head }
cli-audit-anchor-none = 没有核对账本旁的锚点：末尾若有缺失将无法发现。
cli-audit-anchor-signed = 锚点对应 { $count } 行，并由本机密钥签名。
cli-audit-anchor-plain = 锚点对应 { $count } 行；未签名。
cli-audit-checkpoints = 有效的签名检查点：{ $count } 个；密钥：{ $keys }
cli-generation-current = 当前
cli-generation-same = 两代内容相同。

## 服务

cli-service-last-lines = { $name } 的最后输出：
cli-core-in-use = 另一条命令正在使用本命令运行的核心；本命令将在其后结束。按 Ctrl-C 立即结束两者。
cli-service-until-interrupted = 服务在此运行，按 Ctrl-C 结束。“las serve”或窗口可使服务保持运行。
cli-service-ends-with-command = 没有正在运行的核心，因此服务随此命令结束。请先启动“las serve”或窗口以保持服务运行。

## 运行与对话

cli-run-rate = { $count } 个词元，每秒 { $rate } 个
cli-run-cut = 回答被截断：已达到最大词元数或上下文末尾。
cli-run-prompt-empty = 提示词为空
cli-chat-opening = 每行一个问题。Ctrl-C 停止回答，Ctrl-D 结束对话。
cli-chat-stopped = 已停止回答。

## 服务端与令牌

cli-serve-endpoint = 端点    { $value }
cli-serve-page = 网页    { $value }
cli-serve-socket = 套接字  { $value }
cli-serve-until-interrupted = 运行中，按 Ctrl-C 结束。
cli-serve-stopped = 已停止，所有服务均已结束。
cli-token-created = 令牌的值仅显示这一次（令牌 { $id }）。
cli-token-revoked = 令牌 { $id } 已失效。
cli-secret-type = 请输入或粘贴其值；输入不会显示：
cli-secret-set = “{ $name }”已为 { $origin } 保存，不会发送到别处。
cli-secret-removed = “{ $name }”已不再保存。
cli-secret-store = 机密：{ $store }，{ $standing }

## 帮助

cli-help-heading-usage = 用法：
cli-help-heading-commands = 命令
cli-help-heading-arguments = 参数
cli-help-heading-options = 选项
cli-help-footer =
    退出状态：0 完成，1 失败，2 用法错误，3 被策略或硬件拒绝，4 无解，5 未找到，
    6 需要批准或计划已过期，7 需要网络，8 无权限，9 完整性检查失败。
    环境变量：LAS_HOME（数据目录）、NO_COLOR；LAS_LANG、LAS_LOG、LAS_PROFILE 以及
    其余每个设置项各有一个变量：见“las config show --json”。

cli-help = 在本机安装、运行和维护本地 AI
cli-help-status = 在一屏内显示等级、服务、模型、进行中的操作和提醒
cli-help-doctor = 查找未完成、损坏或偏离的内容及其解决办法
cli-help-hardware = 显示硬件档案
cli-help-policy = 显示本机可以做什么及其依据
cli-help-policy-show = 显示等级、限制和全部结论
cli-help-policy-explain = 显示某一结论依据的数值以及如何解除限制
cli-help-override = 查看、设置和撤销仅对本机有效的策略例外
cli-help-override-list = 列出例外及其历史
cli-help-override-set = 作出与策略不同的决定，并说明理由
cli-help-override-revert = 撤销一项例外
cli-help-module = 查看、安装、升级、固定和移除模块
cli-help-config = 查看、更改和检查配置
cli-help-config-show = 列出每个设置项的值及其来源
cli-help-config-get = 输出一个设置项的值
cli-help-config-set = 在配置文件中设置一项
cli-help-config-unset = 从配置文件中去掉一项
cli-help-config-validate = 指出配置中的所有错误；不需要核心
cli-help-module-list = 列出模块
cli-help-module-search = 按名称、所提供的名称、类别和说明查找模块
cli-help-module-show = 显示一个模块
cli-help-module-source = 输出来自归档的模块在清单中应有的来源说明
cli-help-module-plan = 显示安装将做什么，不作任何更改
cli-help-module-install = 安装模块及其依赖
cli-help-module-upgrade = 将模块升级到相容的最新版本；未指定名称时升级全部
cli-help-module-pin = 将模块固定在某一版本
cli-help-module-unpin = 解除模块的固定
cli-help-module-rollback = 使模块回到此前的版本
cli-help-module-remove = 移除模块
cli-help-registry = 查看模块的来源
cli-help-registry-list = 列出各注册表、其担保者以及被搁置的内容
cli-help-service = 查看、启动和停止服务
cli-help-service-list = 列出服务
cli-help-service-start = 启动服务，或在本地端点后加载模型
cli-help-service-restart = 停止服务并重新启动
cli-help-service-stop = 停止服务并释放内存
cli-help-service-health = 显示服务的状况：资源占用、最近一次检查和最近的重启
cli-help-service-logs = 显示服务的输出，并可持续显示
cli-help-model = 查看、导入和校验模型
cli-help-model-import = 将本机的 GGUF 文件登记为模型
cli-help-model-fit = 说明模型是否适合本机：所需内存、需要减少什么、什么能容下、可能有多快
cli-help-model-pull = 从来源获取模型：适合本机的文件，或指定的文件
cli-help-model-scan = 查找本机其他工具保存的模型，并在不复制的情况下收用
cli-help-model-list = 列出模型
cli-help-model-search = 在已启用的来源中查找可获取的模型
cli-help-model-show = 显示可获取的模型：文件、大小和摘要
cli-help-model-template = 显示本机模型的对话模板，即模型到来时固定的内容
cli-help-model-verify = 将模型的字节与其摘要比对
cli-help-model-repair = 修复损坏的模型；从来源获取的模型只重新获取损坏的部分
cli-help-model-remove = 移除模型；保留在原处的文件不会被改动
cli-help-model-view = 查看和更改模型为其他工具布置的位置，无需复制
cli-help-model-view-add = 按其他工具的要求在其文件夹中布置模型
cli-help-model-view-list = 列出模型布置的位置及其状况
cli-help-model-view-remove = 撤去模型的视图；他人放在那里的内容保留
cli-help-run = 向模型提问；不带提示词则打开对话，或从标准输入读取提示词
cli-help-plan = 显示期望状态与本机的差异；不做任何更改
cli-help-apply = 使机器达到期望状态，或执行先前显示过的计划
cli-help-operation = 查看、跟踪、暂停、取消和重新进行操作
cli-help-operation-list = 列出操作
cli-help-operation-show = 显示一个操作及其记录
cli-help-operation-follow = 跟踪一个操作直到结束
cli-help-operation-pause = 暂停正在下载的操作，已下载的部分会保留
cli-help-operation-cancel = 取消操作并撤销已完成的部分
cli-help-operation-resume = 继续已暂停的操作，或重新进行失败、已取消或被中断的操作
cli-help-generation = 查看何时安装了什么，并可回退
cli-help-generation-list = 列出各代
cli-help-generation-show = 显示某一代的内容
cli-help-generation-diff = 显示从一代到另一代新增、移除和变化的内容
cli-help-generation-export = 将一代输出为 las.lock：内容相同的机器输出完全相同
cli-help-generation-rollback = 回到较早的一代
cli-help-audit = 查看并核对操作账本
cli-help-audit-list = 列出所有行
cli-help-audit-show = 显示一行及其哈希
cli-help-audit-verify = 核对每一行是否相符、有无缺失
cli-help-audit-export = 以 JSON 逐行输出账本
cli-help-serve = 无窗口运行：REST、事件流和网页
cli-help-token = 供程序使用 REST 接口的令牌
cli-help-token-list = 列出令牌（不含其值）
cli-help-token-create = 创建令牌并显示一次其值
cli-help-token-revoke = 使令牌失效
cli-help-secret = 本机向他方出示的令牌与密钥，保存在密钥环中
cli-help-secret-list = 列出名称与来源地址，不含值
cli-help-secret-set = 为一个来源地址保存从标准输入读取或不回显输入的值
cli-help-secret-remove = 移除一个值
cli-help-completion = 打印某个 shell 的补全脚本

cli-help-arg-json = 在标准输出给出一个 JSON 文档；耗时操作每行给出一个 JSON 事件
cli-help-arg-quiet = 只输出数据和错误
cli-help-arg-lang = 文字的语言，例如 en 或 zh-CN
cli-help-arg-help = 显示此帮助
cli-help-arg-version = 显示版本
cli-help-arg-repair = 修复可无损修复的内容
cli-help-arg-schema = 将数据库退回到此结构版本，供较旧版本的 LocalAIStack 使用；期间不能有核心在运行
cli-help-arg-exported = 改为检查此导出文件；不需要原机器，也不需要核心
cli-help-arg-record = 将档案写入新文件，用于 LAS_PROFILE 或反馈问题
cli-help-arg-measure = 重新测量内存与磁盘的读取速率；需要几秒钟
cli-help-arg-capability = tier、model-size、runtime:名称、feature:名称、privilege:名称 或 mode:名称
cli-help-arg-overridden = model-size、loaded-models、parallel、memory、vram、runtime:名称、feature:名称、privilege:名称 或 mode:名称
cli-help-arg-value = 大小（例如 14B）、数字，或 allow、deny
cli-help-arg-key = 设置项，例如 log.level；见“las config show”
cli-help-arg-setting = 它的值
cli-help-arg-reason = 理由；会显示在受其影响的每个结论旁
cli-help-arg-installed = 只列出已安装的
cli-help-arg-available = 只列出未安装的
cli-help-arg-category = 只列出此类别：language、runtime、framework、service、application、tool 或 model
cli-help-arg-name = 名称
cli-help-arg-names = 名称（可多个）
cli-help-arg-run-mode = 运行方式：native 或 container；不指定则自动选择
cli-help-arg-modules = 名称，可带版本：llama.cpp、llama.cpp@>=0.2
cli-help-arg-upgraded = 名称；未指定时为全部已安装的内容
cli-help-arg-pinned = 模块及版本，例如 llama.cpp@0.5.0
cli-help-arg-follow = 持续显示新的输出，直到按下 Ctrl-C
cli-help-arg-log-lines = 最多显示这么多行（取最后的）；不指定时为 200
cli-help-arg-contains = 只显示包含此文字的行
cli-help-arg-purge = 同时移除其服务的数据
cli-help-arg-yes = 不询问，直接执行计划
cli-help-arg-path = GGUF 文件
cli-help-arg-copy = 将文件复制到数据目录
cli-help-arg-reference = 将文件保留在原处（默认）
cli-help-arg-new-name = 在此处的名称；否则取自文件名
cli-help-arg-scan-folder = 只在此文件夹中查找，无论它属于哪个工具
cli-help-arg-view-tool = hugging-face、ollama、lm-studio、jan、comfyui，或 folder（普通文件）
cli-help-arg-view-folder = 该工具保存模型的文件夹；不指定时为其常用文件夹
cli-help-arg-adopt = 将这些文件登记为模型；它们仍属于原工具，绝不被更改
cli-help-arg-adopt-all = 收用找到的、可以收用且尚未登记的全部模型
cli-help-arg-adopt-copy = 改为复制到数据目录
cli-help-arg-adopt-reference = 保留在原处，只记住路径；否则使用 reflink，或在安全时使用硬链接
cli-help-arg-base = 对于适配器：其所属的已安装模型
cli-help-arg-model = 模型
cli-help-arg-model-words = 名称中包含的词
cli-help-arg-model-source = hugging-face、model-scope、directory、catalogue，或“models.sources”中的名称；未指定时询问全部已启用的来源
cli-help-arg-task = 用途，例如 text-generation
cli-help-arg-format = gguf 或 safetensors
cli-help-arg-licence = 许可证，例如 apache-2.0
cli-help-arg-at-most = 最小形式允许的大小；未标明大小的不会被排除
cli-help-arg-fits = 只列出能容下的（含需要限制的）；既没有大小也没有参数量的会被排除
cli-help-arg-fitting = 已安装的模型、知名模型（如 qwen3-8b），或仓库及其中的文件
cli-help-arg-fit-context = 单个对话的上下文长度（词元数）；不指定时为加载时的默认值
cli-help-arg-kv = 键和值的类型：f16（默认）、q8_0、q4_0 …
cli-help-arg-fit-measure = 先测量本机读取内存的速度；需要一两秒
cli-help-arg-found-limit = 每个来源最多这么多；未指定时为 20
cli-help-arg-cursor = 上一页结束的位置
cli-help-arg-repository = 在来源中的名称，例如 Qwen/Qwen3-8B-GGUF
cli-help-arg-pulled = 它在来源处的名称；若不要适合本机的文件，则加上文件名：Qwen/Qwen3-8B-GGUF:Qwen3-8B-Q8_0.gguf；或单个文件的网址，并给出 --sha256
cli-help-arg-sha256 = 用于网址：文件所有者公布的 SHA-256，64 位十六进制数字
cli-help-arg-revision = 分支、标签或提交
cli-help-arg-prompt = 要问的内容
cli-help-arg-tools = JSON 文件，列出模型可调用的工具（OpenAI 格式）
cli-help-arg-json-schema = JSON 文件，内含回答必须遵循的模式
cli-help-arg-system = 对话开始前告知模型的内容
cli-help-arg-seed = 使回答可重复的数字
cli-help-arg-temperature = 回答的自由度：0 表示总取最可能的词元
cli-help-arg-max-tokens = 回答的最大词元数
cli-help-arg-archive = 归档文件：.tar、.tar.gz、.tar.xz、.tar.zst 或 .zip
cli-help-arg-folder = 归档中作为模块的文件夹；不指定时为全部内容
cli-help-arg-urls = 获取它的地址，其后为镜像
cli-help-arg-file = 期望状态文件；不指定时为当前文件夹中的 las.yaml
cli-help-arg-limit = 最多显示这么多行（最近的）
cli-help-arg-earlier-than = 只显示此行之前的行
cli-help-arg-sequence = 行号
cli-help-arg-plan = 计划的编号
cli-help-arg-idempotency-key = 自定的键：无论重复多少次，同一个键只开始一个操作
cli-help-arg-id = 编号
cli-help-arg-words = 要查找的词；每个词都必须出现
cli-help-arg-before = 之前一代的编号
cli-help-arg-after = 之后一代的编号
cli-help-arg-number = 代的编号
cli-help-arg-addr = 监听的地址和端口
cli-help-arg-expose = 允许其他机器可访问的地址；此时每个请求都需要令牌
cli-help-arg-label = 令牌的用途
cli-help-arg-secret = 保存该值所用的名称
cli-help-arg-bound-to = 唯一会收到它的地址：协议、主机与端口
cli-help-arg-shell = shell
