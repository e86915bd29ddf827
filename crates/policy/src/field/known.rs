//! What is known of a machine, field by field.

use super::{Field, Value};
use las_types::{
    BatteryState, ByteSize, CgroupVersion, Gpu, GpuVendor, HardwareProfile, Measurement, NetworkMode,
    Release, Support, VolumeKind,
};

impl Field {
    /// What a profile says of it. Those that [`crate::Machine`] works out itself are not asked here.
    pub(crate) fn of(self, profile: &HardwareProfile) -> Value {
        let HardwareProfile { cpu, memory, gpus, npus, volumes, os, sandbox, battery, .. } = profile;
        match self {
            // Worked out from the parts, which a search for another machine changes.
            Self::GpuVram
            | Self::GpuCount
            | Self::Ram
            | Self::NvLink
            | Self::UnifiedMemory
            | Self::GpuVramTotal => Value::Number(0),
            Self::Bandwidth => rate(memory.bandwidth),
            Self::GpuVendor => names(gpus.iter().map(|gpu| vendor(gpu.vendor))),
            Self::GpuModel => names(gpus.iter().map(|gpu| &*gpu.model)),
            Self::GpuTarget => names(gpus.iter().filter_map(|gpu| gpu.target.as_deref())),
            Self::ComputeCapability => {
                let nvidia = gpus.iter().filter(|gpu| gpu.vendor == GpuVendor::Nvidia);
                best(nvidia.filter_map(|gpu| gpu.target.as_deref()))
            }
            Self::Driver => best(gpus.iter().filter_map(|gpu| gpu.driver.as_deref())),
            Self::Cuda => best(gpus.iter().filter_map(cuda)),
            Self::PcieGeneration => most(gpus.iter().filter_map(|gpu| Some(gpu.pcie?.generation.into()))),
            Self::PcieWidth => most(gpus.iter().filter_map(|gpu| Some(gpu.pcie?.width.into()))),
            Self::Xgmi => flag(gpus.iter().any(|gpu| !gpu.xgmi_peers.is_empty())),
            Self::Npu => names(npus.iter().filter_map(|npu| npu.driver.as_deref())),
            Self::NpuCount => Value::Number(u64::try_from(npus.len()).unwrap_or(u64::MAX)),
            Self::CpuCores => Value::Number(cpu.cores.into()),
            Self::CpuThreads => Value::Number(cpu.threads.into()),
            Self::CpuSockets => Value::Number(cpu.sockets.into()),
            Self::NumaNodes => Value::Number(cpu.numa_nodes.into()),
            Self::CpuCache => bytes(cpu.caches.l3),
            Self::CpuFeatures => names(cpu.features.iter().map(String::as_str)),
            Self::CpuVendor => names([&*cpu.vendor]),
            Self::CpuModel => names([cpu.model.trim()]),
            Self::Arch => names([&*cpu.architecture]),
            Self::VirtualMachine => flag(cpu.virtual_machine),
            Self::RamAvailable => bytes(memory.available),
            Self::Swap => bytes(memory.swap),
            Self::MemoryLimited => flag(memory.limit.is_some()),
            Self::DiskSize => most(volumes.iter().map(|volume| volume.size.bytes())),
            Self::DiskFree => most(volumes.iter().map(|volume| volume.free.bytes())),
            Self::DiskRate => most(volumes.iter().map(|volume| rate(volume.read_rate).number())),
            Self::DiskKind => names(volumes.iter().map(|volume| disk(volume.kind))),
            Self::Filesystem => names(volumes.iter().map(|volume| &*volume.filesystem)),
            Self::Os => names([&*os.id]),
            Self::OsVersion => best([&*os.version]),
            Self::Kernel => best([&*os.kernel]),
            Self::Landlock => Value::Number(sandbox.landlock_abi.unwrap_or(0).into()),
            Self::UserNamespaces => flag(sandbox.user_namespaces == Support::Yes),
            Self::Seccomp => flag(sandbox.seccomp == Support::Yes),
            Self::Cgroup => names([cgroup(sandbox.cgroup)]),
            Self::Battery => flag(battery.is_some()),
            Self::OnBattery => {
                flag(battery.is_some_and(|battery| battery.state == BatteryState::Discharging))
            }
            Self::BatteryPercent => {
                Value::Number(battery.and_then(|battery| battery.percent).unwrap_or(100).into())
            }
            Self::Network => names([network(profile.network)]),
            Self::ContainerEngine => names(profile.container_engines.iter().map(|engine| &*engine.name)),
            Self::Absent => names(profile.absent.iter().map(|absence| &*absence.part)),
        }
    }
}

fn names<'a>(all: impl IntoIterator<Item = &'a str>) -> Value {
    Value::Names(all.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

fn flag(holds: bool) -> Value {
    Value::Number(holds.into())
}

fn bytes(size: ByteSize) -> Value {
    Value::Number(size.bytes())
}

fn rate(measured: Option<Measurement>) -> Value {
    bytes(measured.map(|measured| measured.per_second).unwrap_or_default())
}

fn most(all: impl Iterator<Item = u64>) -> Value {
    Value::Number(all.max().unwrap_or(0))
}

fn best<'a>(all: impl IntoIterator<Item = &'a str>) -> Value {
    most(all.into_iter().filter_map(Release::within).map(Release::number))
}

fn cuda(gpu: &Gpu) -> Option<&str> {
    gpu.runtime.as_deref()?.strip_prefix("CUDA ")
}

const fn vendor(vendor: GpuVendor) -> &'static str {
    match vendor {
        GpuVendor::Nvidia => "nvidia",
        GpuVendor::Amd => "amd",
        GpuVendor::Intel => "intel",
    }
}

const fn disk(kind: VolumeKind) -> &'static str {
    match kind {
        VolumeKind::Nvme => "nvme",
        VolumeKind::Ssd => "ssd",
        VolumeKind::Hdd => "hdd",
        VolumeKind::Network => "network",
        VolumeKind::Memory => "memory",
        VolumeKind::Unknown => "unknown",
    }
}

const fn cgroup(version: CgroupVersion) -> &'static str {
    match version {
        CgroupVersion::V1 => "v1",
        CgroupVersion::Hybrid => "hybrid",
        CgroupVersion::V2 => "v2",
        CgroupVersion::Unknown => "unknown",
    }
}

const fn network(mode: NetworkMode) -> &'static str {
    match mode {
        NetworkMode::Online => "online",
        NetworkMode::Local => "local",
        NetworkMode::Offline => "offline",
        NetworkMode::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests;
