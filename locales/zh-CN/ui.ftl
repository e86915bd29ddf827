# 窗口与页面的用语：导航、标题、按钮。托盘用语在最后。

## 通用

product = LocalAIStack
skip-to-content = 跳到正文
navigation = 页面
close = 关闭
cancel = 取消
copy = 复制
copied = 已复制
loading = 正在加载……
working = 正在处理……
try-again = 重试
none = 无
license = 许可证
memory = 内存
memory-short = 内存
demonstration = 演示
# 参数：part、whole。
of = { $part } / { $whole }
tokens = { $count } 个词元
failure-copy = 复制详情
# 参数：code。
failure-without-text = 出现了本页没有说明文字的错误：{ $code }
page-unauthorized = 请使用“las serve”输出的地址打开本页：该地址包含令牌。
roll-back = 回退

nav-home = 首页
nav-chat = 对话
nav-models = 模型
nav-modules = 模块
nav-services = 服务
nav-history = 历史
nav-machine = 本机
nav-settings = 设置

vram-of = 显存 { $size } GB
operations-running = { $count } 项操作正在进行
switch-language = 切换语言
switch-theme = 切换主题
language-en = English
language-zh-CN = 简体中文
theme-system = 跟随系统
theme-light = 浅色
theme-dark = 深色

## 首次运行

first-title = 这是您的机器
first-lead = LocalAIStack 在本地完成检测，未联系任何其他方。目前尚未做任何更改。
first-because = 依据：
first-models-up-to = 最大约 { $size } 参数的模型
first-next-tier = 更高一级的要求
first-question = 先让它做什么？
# 参数：model。
first-with-model = 使用模型 { $model }
first-done = 已就绪
first-demonstration = LocalAIStack 自带的是一个很小的演示模型，用来走完从启动到回答的全程。实际使用时，请随后导入任意 GGUF 模型。
first-see-plan = 查看计划
first-skip = 跳过

## 本机

machine-cores = { $cores } 个核心，{ $threads } 个线程
machine-memory = { $size } 内存
machine-memory-free = 当前可用 { $size }
machine-vram = { $size } 显存
machine-vram-shared = 与内存共用
machine-no-gpu = 未使用 GPU
machine-disk-free = 磁盘可用 { $size }
machine-disk-where = 模型与模块的存放位置
machine-lead = 检测到的硬件、由此得出的等级，以及起决定作用的每条规则。
machine-rules = 规则集“{ $set }”（{ $origin }）
machine-profile = 完整硬件信息
machine-measure = 测量速度
machine-measured-hint = 内存与磁盘的读取速率只测量一次并保存。
machine-ask = 这台机器可以做什么？
machine-ask-example = model-size:30B
machine-ask-run = 查询
machine-overrides = 例外

override-lead = 仅在本机作出与策略不同的决定。模型所需的内存仍会照常检查。
override-empty = 一切由策略决定。
# 参数：actor、at。
override-set-by = 经由 { $actor } 批准，{ $at }。
override-reverted = 已于 { $at } 撤销。
override-revert = 撤销
override-capability = 项目
override-capability-example = model-size
override-value = 改为
override-value-example = 14B
override-reason = 理由
override-plan = 查看将改变什么

verdict-fits = 允许
verdict-limits = 允许，上限 { $limit }
verdict-unsupported = 不支持
verdict-lifted-by = 满足以下条件即可解除

policy-rule = 规则
policy-when = 适用条件
policy-then = 结果
condition-vram-min = 显存不少于 { $size }
condition-vram-max = 显存少于 { $size }
condition-gpus-min = { $count } 个或更多 GPU
condition-gpus-max = 少于 { $count } 个 GPU
condition-ram-min = 内存不少于 { $size }
condition-ram-max = 内存少于 { $size }
condition-nvlink = GPU 以 NVLink 互连
condition-no-nvlink = GPU 不以 NVLink 互连
# 参数：field（策略中的名称）、bound。
condition-min = { field-name }不少于 { $bound }
condition-max = { field-name }少于 { $bound }
condition-names = { field-name }：{ $bound }
condition-yes = { field-name }
condition-no = 不是：{ field-name }
condition-none = 始终适用
allow-model-size = 模型最大 { $size }
allow-loaded = 同时加载 { $count } 个模型
allow-runtimes = 运行时：{ $list }
allow-parallel = 每个模型最多 { $count } 个并行对话
allow-memory = 已加载模型可用 { $size } 内存
allow-vram = 已加载模型可用 { $size } 显存
allow-features = 功能：{ $list }
deny-features = 不含：{ $list }

profile-system = 系统
profile-kernel = 内核
profile-cpu = 处理器
profile-architecture = 架构
profile-topology = 拓扑
profile-topology-value = { $sockets } 个插槽，{ $cores } 个核心，{ $threads } 个线程，{ $nodes } 个 NUMA 节点
profile-features = 指令集
profile-limit = 内存限制
profile-swap = 交换空间
profile-gpu = GPU { $index }
profile-caches = 缓存
profile-sandbox = 沙箱
profile-battery = 电池
profile-network = 网络
profile-volume = 卷 { $mount }
profile-volume-value = { $kind }，{ $filesystem }，可用 { $free }，共 { $size }
profile-absent = 未找到
profile-taken = 检测时间

## 计划

plan-steps = 步骤
plan-records-only = 不会安装或启动任何内容：仅记录允许的内容。
plan-nothing = 无需任何操作：已经是您想要的状态。
plan-what-it-takes = 所需资源
plan-download = 下载
plan-no-download = 无
plan-disk = 磁盘
plan-disk-free = 可用 { $size }
plan-freed = 释放
plan-memory = 运行时内存
plan-hosts = 联系的主机
plan-no-hosts = 无；不需要网络
plan-ports = 端口
plan-no-ports = 不开放任何端口
plan-administrator = 管理员权限
plan-administrator-needed = 需要
plan-administrator-not-needed = 不需要
plan-stops = 期间停止
plan-licenses = 许可证
plan-undo = 撤销方式
plan-run = 执行此计划
plan-stop = 停止并撤销
plan-waits = 操作 { $id } 正在运行，此更改正在等待。
plan-hide = 隐藏
plan-again = 重新制定计划
plan-done = 完成
plan-progress = 进度
# 参数：step、steps。
plan-step-of = 第 { $step } 步，共 { $steps } 步
plan-step-running = 进行中
plan-step-done = 完成
operation-cancel = 取消
operation-pause = 暂停
operation-continue = 继续
operation-resume = 重新进行
operation-resumes = 重新进行操作 { $id }。
operation-journal = 详情
operation-by = 经由 { $actor } 批准，{ $at }
journal-step = 步骤
journal-what = 情况
journal-when = 时间

## 首页

home-running = 一切运行正常。
home-idle = 已就绪。提问时会自动加载模型。
home-nothing = 尚未安装任何内容。
home-failing = { $count } 项服务出错，需要您处理。
home-working = { $count } 项操作正在进行。
home-services = 正在运行
home-none-running = 没有运行中的服务。
home-no-services = 没有加载模型。在对话中提出第一个问题时会自动加载。
home-open-chat = 打开对话
home-empty = 设定第一个目标：执行之前，您会看到完整的计划。
home-set-up = 设置本机
home-operations = 操作
home-endpoint = 供工具使用的接口
home-endpoint-open = 使用 OpenAI 协议，仅限本机。工具需要在设置中创建的令牌。
home-endpoint-closed = 未开放。使用以下命令为您的工具开放：
home-endpoint-command = las serve
home-machine = 本机
home-last-change = 最近一次更改
home-see-history = 查看历史
generation = 第 { $number } 代

## 对话

chat-model = 模型
chat-new = 新对话
chat-no-model = 对话需要模型，目前尚未安装。
chat-demonstration = 这是演示模型：它证明一切可以运行，请勿依赖其回答。
chat-import = 导入真正的模型
chat-hello = 您输入的一切都留在本机。
chat-you = 您：
chat-thinking = 正在思考……
chat-empty-answer = 模型的回答为空。
# 参数：model。
chat-loading = 正在加载 { $model }……
chat-rate = { $rate } 词元/秒
chat-first-token = 首个词元用时 { $seconds } 秒
chat-tokens = { $count } 个词元
chat-placeholder = 输入消息
chat-send = 发送
chat-stopped = 已由您停止。
chat-stop = 停止

## 模型

models-lead = 本机上用于回答的模型文件。可以添加任意 GGUF 模型。
models-import = 导入模型
models-empty = 已安装或导入的模型会列在这里。
hub-title = 可获取的模型
hub-words = 名称中的词
hub-search = 在来源中搜索
hub-offline = 没有网络来源应答。以下是无需网络即可得知的内容。
hub-none = 没有符合这些词的模型。
hub-get = 获取
hub-get-one = 获取 { $id }
hub-address-title = 从网址获取
hub-address-lead = 互联网上的单个 GGUF 文件。会先向其主机询问大小；获取之前您会看到计划。
hub-address-url = 文件的网址
hub-address-example = https://host/model.gguf
hub-address-digest = 所有者公布的 SHA-256
hub-address-plan = 制定获取计划
scan-title = 本机其他工具的模型
scan-lead = Hugging Face 缓存、Ollama、LM Studio、Jan 和 ComfyUI 保存的模型可以在此使用，无需复制。它们的文件保持不变。
scan-look = 查找
scan-again = 重新查找
scan-none = 没有找到任何模型。
scan-adopt = 收用
scan-adopt-one = 收用 { $id }
scan-here = 已登记为 { $name }
scan-from = 收用自
views-title = 为其他工具布置的模型
views-lead = 在自己的文件夹中查找模型的工具可以在那里找到它们。不复制任何内容，也不替换那里已有的内容。
views-none = 没有为其他工具布置的模型。
views-model = 模型
views-tool = 用于
views-folder = 文件夹
views-folder-usual = 该工具通常查找之处
views-add = 布置
views-remove = 撤去
views-remove-one = 从 { $folder } 撤去 { $name }
hub-fits = 仅显示能容下的
hub-task = 用途
hub-any = 不限
hub-task-text-generation = 文本
hub-task-image-text-to-text = 文本和图片
hub-task-feature-extraction = 嵌入向量
hub-format = 格式
# 参数：size。
hub-size-up-to = 不超过 { $size }
hub-view = 显示方式
hub-view-list = 列表
hub-view-cards = 卡片
hub-no-license = 未注明许可证
hub-count = { $count } 个模型
hub-downloads = { $count } 次下载
hub-more = 显示更多
# 参数：id。
hub-files-of = { $id } 的文件
fit-details = 是否适合本机
fit-speed-unknown = 速度未知：尚未测量本机读取内存的速度。机器页面上的“测量”会进行测量。
# 参数：parameters、quantisation、size。
model-line = { $parameters } 参数，{ $quantisation }，{ $size }
model-name = 文件内名称
model-architecture = 架构
model-parameters = 参数量
model-quantisation = 量化
model-context = 上下文
model-layers = 层数
model-size = 大小
model-abilities = 能力
model-base = 所属模型
model-base-absent = { $base }（不在本机）
model-projector = 图片投影器
model-files = 文件
model-source = 来源
model-tokenizer = 分词器
# 参数：kind、count。
model-tokenizer-line = { $kind }，{ $count } 个词元
model-template = 对话模板
model-template-show = 对话模板内容
model-template-pinned = 随模型固定
model-obligations = 许可证要求
model-placement = 存放方式
model-digest = 摘要
model-verified = 文件完整。
model-read = 文件已于 { $at } 校验，完整无损。
model-read-damaged = 文件已损坏：于 { $at } 发现。
model-unread = 尚未在此页重新读取文件。“{ model-verify }”会读取每个字节。
model-load = 加载模型
model-unload = 卸载模型
model-verify = 校验文件
model-remove = 移除模型
import-title = 导入模型
import-lead = 选择本机上已有的 GGUF 文件、分片模型的任意一个分片，或存放 safetensors 权重的文件夹。会先读取其内容；复制之前您会看到计划。
import-path = 文件或文件夹的路径
import-path-example = /home/me/models/model.gguf
import-mode = 存放方式
import-copy = 复制
import-reference = 保留在原处
import-name = 在此处的名称
import-name-example = 由文件名生成
import-base = 适配器所属的模型
import-no-base = 不是适配器
import-plan = 制定导入计划

## 模块

module-provides = 提供 { $names }
module-successor = 请改用 { $next }。
registries-title = 模块来源
registry-manifests = { $count } 份清单
modules-lead = 可以安装在本机上的部件，以及部分部件不能安装的原因。
modules-empty = 注册表中没有模块。
modules-search = 按名称、所提供的名称、类别或说明查找
modules-none-found = 没有模块同时包含这些词。
module-install = 安装
module-remove = 移除
modules-upgrade-all = 全部升级
module-upgrade = 升级
# 参数：version。
module-mode = 运行方式
module-pin = 固定在 { $version }
module-unpin = 解除固定
module-pinned = 固定在 { $version }
module-roll-back = 回到 { $version }
module-purge = 连同数据移除
module-more = 更多

## 服务

services-lead = 正在本机上为您运行、或可以运行的服务。
services-empty = 没有运行中的服务，也没有安装可作为服务的模块。加载模型会启动相应服务。
services-open-models = 打开模型页
service-name = 名称
service-actions = 操作
# 参数：name。
service-open = 打开 { $name }
service-all = 所有服务
# 参数：module。
service-by = 由 { $module } 提供
# 参数：size。
service-memory = 内存 { $size }
service-start = 启动
service-stop = 停止
# 参数：ports。
service-ports = 端口 { $ports }
service-ports-later = 运行后可在以下地址访问：
service-ports-none = 它没有端口。
service-ports-unknown = 端口在启动时选定。
service-ports-model = 它在本地端点以其模型的名称应答。
service-tab-overview = 概览
service-tab-log = 日志
service-tab-health = 健康状况
service-tab-history = 历史
# 参数：time、since。
service-for = 已持续 { $time }，自 { $since }
# 参数：count。
service-restarted = 已重新启动 { $count } 次
# 参数：cause。
service-given-up = 它{ $cause }，不再自动启动。
service-given-up-unknown = 它不再自动启动。
service-last-lines = 最后的输出
service-last-lines-none = 日志中没有此前的行。
service-open-log = 打开日志
service-cpu-now = 处理器
# 参数：percent，以一个处理器计。
service-percent = { $percent }%
# 参数：what、since、least、most。
service-chart = { $what }，从{ $since }至今：在 { $least } 与 { $most } 之间
# 参数：most。
service-most = 最多 { $most }
# 参数：most、limit。
service-most-of = 最多 { $most }；上限 { $limit }
service-measuring = 几秒后显示首批数值。
service-takes-nothing = 它未在运行，不占用资源。
service-strip-day = 最近 24 小时
# 参数：at、state。
service-strip-part = 自 { $at }：{ $state }
# 参数：at。
service-strip-known = 自 { $at } 起有记录
service-cpu-seconds = { $seconds } 秒
service-limits-none = 其模块未设限制。
service-probe-none = 尚未检查。
service-probe-model = 不检查引擎的应答；只监视其进程。
service-gpu-memory = 显存
service-module = 模块
service-model = 模型
service-pid = 进程
service-engine = 引擎
service-variant = CPU 变体
service-gpu-layers = GPU 上的层数
service-parallel = 并行对话数
# 参数：device、purpose。
service-buffer = 内存，{ $device } { $purpose }
service-history-empty = 尚未发生任何事情。
# 参数：cause。
service-because = 原因：{ $cause }
# 参数：actor。
service-asked-by = 由{ $actor ->
        [cli] 命令行
        [window] 窗口
        [idle] 模型空闲时限
        [api] API
       *[other] { $actor }
    }请求
service-log = 日志
service-log-search = 在日志中搜索
service-log-stream = 输出流
service-log-all = 两个输出流
service-log-wrap = 自动换行
service-log-pause = 暂停
# 参数：count。
service-log-go-on = { $count ->
        [0] 继续
       *[other] 继续（{ $count } 行新输出）
    }
service-log-copy = 复制
service-log-end = 到末尾
service-log-empty = 尚无输出。
service-log-none = 没有符合的行。
log-stream-out = out
log-stream-err = err

## 历史

history-lead = 每一次更改，以及如何回退。
history-operations = 操作
history-generations = 代
history-audit = 审计
history-empty = 从第一次更改起，都会列在这里。
generation-current = 当前
generation-roll-back = 回到第 { $number } 代
generation-diff-from = 从代
generation-diff-to = 到代
generation-diff-compare = 显示差别
generation-diff-same = 两代内容相同。
generation-export = 显示为 las.lock
desired-title = 应用 las.yaml 或 las.lock
desired-lead = las.yaml 说明应安装哪些内容（取合适的最新版本）；las.lock 精确规定版本与摘要。两者都会移除未列出的内容；执行前会先显示计划。
desired-file = 文件
desired-text = 或其文本
desired-plan = 查看会改变什么
audit-earlier = 显示更早的行
audit-verify = 核对账本
audit-whole = 共 { $count } 行，完整无缺
audit-line = 第 { $sequence } 行
generation-items = { $count ->
        [0] 未安装任何内容
       *[other] 已安装 { $count } 项
    }

## 设置

settings-appearance = 外观
settings-language = 语言
settings-theme = 主题
settings-tokens = 令牌
settings-tokens-lead = 使用接口的工具需要出示令牌。请为每个工具单独创建，以便随时收回。
settings-secrets = 机密
settings-secrets-lead = 本机向他方（例如模型站点）出示的令牌。每个令牌都保存在密钥环中，只发送到它自己的地址；其值从不显示。
settings-doctor = 健康检查
settings-doctor-lead = 将已安装的内容与应有状态进行比较。
settings-configuration = 配置
settings-configuration-lead = 每个设置项的值及其来源。更改会写入配置文件。
config-change = 更改
config-change-one = 更改 { $key }
config-plan = 查看更改
config-back = 恢复为 { $value }
config-leave = 不更改
config-form = 可取：{ $form }
config-then = 下次启动后为 { $next }
config-file = 配置文件：{ $path }
config-no-file = 还没有 { $path }；第一次更改会创建它。
settings-about = 关于
settings-version = 版本
settings-core = 核心
settings-home = 数据目录
token-label = 用途是什么？
token-create = 创建令牌
token-once = 请立即复制：仅显示这一次。
token-made = 创建于 { $at }
token-revoke = 吊销
token-empty = 尚未创建令牌。
secret-name = 名称
secret-origin = 所用于的地址
secret-value = 值
secret-set = 保存
secret-remove = 移除
# 参数：name。
secret-remove-one = 移除 { $name }
secret-empty = 没有保存机密。
doctor-check = 检查本次安装
doctor-repair = 修复
home-needs-you = 需要您处理
home-see-drift = 查看机器
machine-drift = 与记录的比较
drift-looked = 已检查 { $count } 项，{ $ago }
drift-none = 一切保持原样。
drift-repaired-lately = 最近修复了 { $count } 项
drift-left = 曾修复（{ $times }）但再次出现：有其他程序在更改它。在 { $again } 之前不再处理。
doctor-healthy = 已检查 { $count } 项，均符合预期。
doctor-secrets = 机密：{ $store }，{ $standing }

## 托盘

tray-open = 打开 LocalAIStack
# 参数：name。
tray-start = { $name ->
    [none] 启动模型
   *[other] 启动 { $name }
}
# 参数：name。
tray-stop = { $name ->
    [none] 停止模型
   *[other] 停止 { $name }
}
# 参数：name、state：与命令行一致。
tray-service = { $name }：{ $state }
# 参数：what、state，与命令行一致。
tray-operation = { $what }：{ $state }
tray-quit = 退出
