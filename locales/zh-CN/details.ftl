# 错误、警告或检查结果的依据：每条一句，显示在其下方。窗口、命令行与接口共用。

## 为何没有合适的版本组合

detail-archive-empty = 从“{ $part }”中得不到任何文件。
detail-archive-format = “{ $part }”的扩展名不是 .tar、.tar.gz、.tgz、.tar.xz、.tar.zst 或 .zip。
detail-archive-header = “{ $part }”：文件头中的说明自相矛盾或过长。
detail-archive-kind = “{ $part }”既不是文件，也不是文件夹或链接。
detail-archive-large = “{ $part }”会使字节数超过模块声明的数量。
detail-archive-link = “{ $part }”是一个指向模块之外或不存在之处的链接。
detail-archive-many = “{ $part }”会使文件数超过模块声明的数量。
detail-archive-name = “{ $part }”不是所有系统都支持的名称。
detail-archive-outside = “{ $part }”会位于模块之外。
detail-archive-size = “{ $part }”的长度与归档中的说明不符。
detail-archive-twice = “{ $part }”出现了两次，或既是文件又是文件夹。
detail-asked = 您要求 { $request }。
detail-damaged-block = 其中第一处损坏：第 { $from } 至 { $to } 字节。
detail-kept = { $item } 已安装，其依赖必须保留。
# 参数：name、versions、count（版本数量）、request。
detail-needs = { $name } { $versions } 需要 { $request }。
detail-offered = { $name } 只有 { $versions }。
detail-not-offered = 没有 { $name }。
detail-provides = { $name } { $versions } 提供 { $what }。
detail-opposes = { $name } { $versions } 不能与 { $request } 并存。
detail-more = ……另有 { $count } 条。

# 本机为何拒绝某些版本；其余参数与同名错误相同。
detail-refused-hardware-insufficient = 本机拒绝 { $name } { $versions }：{ $field ->
        [ram] 需要 { $need } 内存，本机有 { $have }。
        [cores] 需要 { $need } 个处理器核心，本机有 { $have } 个。
        [gpu_vram] 需要一块自带 { $need } 显存的 GPU，本机最大的为 { $have }。
        [gpu_count] 需要 { $need } 块 GPU，本机有 { $have } 块。
       *[other] 需要 { $need }，本机为 { $have }。
    }
detail-refused-policy-denied = 本机拒绝 { $name } { $versions }：规则“{ $rule }”（{ $file } 第 { $line } 行）不允许“{ $capability }”。
detail-refused-override-denies = 本机拒绝 { $name } { $versions }：例外 { $id } 不允许“{ $capability }”（“{ $reason }”）。
detail-refused-module-conflict = 本机拒绝 { $name } { $versions }：其所需的内容在此无法确认。
detail-refused-pinned = { $name } 固定在 { $pinned }，因此不能选择 { $versions }。
detail-refused-older = 已安装 { $name } { $installed }，升级不会回到更旧的版本（{ $versions }）。
detail-refused-runtime-unmet = 本机拒绝 { $name } { $versions }：需要 { $need }，{ $have ->
        [none] 而此处没有此类组件。
       *[other] 而此处为 { $have }。
    }
detail-refused-runtime-mode-unsupported = { $name } { $versions } 不能运行：清单允许的方式与它的来源不符。
detail-refused-runtime-mode-not-offered = { $name } { $versions } 不能以“{ $mode }”方式运行。
detail-refused-system-packages-missing = 本机拒绝 { $name } { $versions }：缺少所需的系统软件包（{ $packages }）。安装命令：{ $command }
detail-refused-system-packages-unknown = 本机拒绝 { $name } { $versions }：需要系统软件包 { $packages }，但此处无法读取已安装的软件包。
detail-refused-module-deprecated = { $name } { $versions } 已弃用（{ $reason }），仅在按名称要求时才会选用。
detail-refused-module-outdated = { $name } { $versions } 早于可用的 { $least }，仅在按名称要求时才会选用。

## 机器上有什么

detail-gpu-found = GPU { $index } 为 { $model }，自带 { $vram } 显存。
detail-gpu-shared = GPU { $index } 为 { $model }；它没有自己的显存，使用主内存。
detail-gpu-none = 未找到 GPU。
# 部件与原因同“las hardware”。
detail-gpu-unusable = 可能有 { $part ->
        [gpu-nvidia] NVIDIA GPU
        [gpu-amd] AMD GPU
       *[gpu-intel] Intel GPU
    }，但无法使用：{ $reason ->
        [no-driver] 未安装驱动。
        [no-library] 缺少驱动的管理库；请安装与驱动同版本的库。
        [driver-mismatch] 驱动与库的版本不同；请重启机器。
        [no-node] 此处缺少其设备文件；请将其传入容器，或加载驱动。
        [no-device-permission] 当前用户无权打开其设备文件；请将用户加入 render 与 video 组。
       *[driver-error] 驱动返回错误。
    }

## 计划制定之后发生了什么

# 参数：number、what（命令名）、operation。
detail-generation-made = 第 { $number } 代来自{ $what ->
        [module_install] 安装
        [module_remove] 移除
        [model_import] 导入模型
        [model_pull] 获取模型
        [model_adopt] 收用模型
        [model_view_add] 为其他工具布置模型
        [model_view_remove] 撤去此类布置
        [doctor_repair] 修复
        [state_apply] 目标状态
        [generation_rollback] 回退
       *[other] { $what }
    }（操作 { $operation }）。
detail-since-added = 此后新增了 { $name } { $version }。
detail-since-removed = 此后移除了 { $name } { $version }。

## 策略集中没有任何规则涉及的机器

detail-machine-gpus = GPU：{ $count } 块，每块有 { $vram } 显存
detail-machine-no-gpu = 没有自带显存的 GPU
detail-machine-ram = 内存：{ $size }
detail-machine-nvlink = GPU 以 NVLink 互连
detail-machine-unified = 有一块使用主内存的 GPU
detail-machine-has = { field-name }：{ $value }
