//! The conditions of a rule, as bounds.

use super::{Bound, Wanted};
use crate::field::Field;
use las_types::{ByteSize, Comparison, Names, Policy, Release};

/// The bounds of a rule; empty for one that holds for every machine.
pub(crate) fn bounds(rule: &Policy) -> Vec<Bound<'_>> {
    use Field::{
        Absent, Arch, Bandwidth, Battery, BatteryPercent, Cgroup, ComputeCapability, ContainerEngine,
        CpuCache, CpuCores, CpuFeatures, CpuModel, CpuSockets, CpuThreads, CpuVendor, Cuda, DiskFree,
        DiskKind, DiskRate, DiskSize, Driver, Filesystem, GpuCount, GpuModel, GpuTarget, GpuVendor, GpuVram,
        GpuVramTotal, Kernel, Landlock, MemoryLimited, Network, Npu, NpuCount, NumaNodes, NvLink, OnBattery,
        Os, OsVersion, PcieGeneration, PcieWidth, Ram, RamAvailable, Seccomp, Swap, UnifiedMemory,
        UserNamespaces, VirtualMachine, Xgmi,
    };
    let c = &rule.conditions;
    let mut all = Bounds { rule, found: Vec::new() };
    all.bytes(GpuVram, c.gpu_vram_min, c.gpu_vram_max);
    all.counts(GpuCount, c.gpu_count_min, c.gpu_count_max);
    all.bytes(Ram, c.ram_min, c.ram_max);
    all.flag(NvLink, c.nvlink);
    all.bytes(UnifiedMemory, c.unified_memory_min, c.unified_memory_max);
    all.bytes(Bandwidth, c.bandwidth_min, c.bandwidth_max);
    all.bytes(GpuVramTotal, c.gpu_vram_total_min, c.gpu_vram_total_max);
    all.names(GpuVendor, c.gpu_vendor.as_ref());
    all.names(GpuModel, c.gpu_model.as_ref());
    all.names(GpuTarget, c.gpu_target.as_ref());
    all.releases(ComputeCapability, c.compute_capability_min, c.compute_capability_max);
    all.releases(Driver, c.driver_min, c.driver_max);
    all.releases(Cuda, c.cuda_min, c.cuda_max);
    all.counts(PcieGeneration, c.pcie_generation_min, c.pcie_generation_max);
    all.counts(PcieWidth, c.pcie_width_min, c.pcie_width_max);
    all.flag(Xgmi, c.xgmi);
    all.names(Npu, c.npu.as_ref());
    all.counts(NpuCount, c.npu_count_min, c.npu_count_max);
    all.counts(CpuCores, c.cpu_cores_min, c.cpu_cores_max);
    all.counts(CpuThreads, c.cpu_threads_min, c.cpu_threads_max);
    all.counts(CpuSockets, c.cpu_sockets_min, c.cpu_sockets_max);
    all.counts(NumaNodes, c.numa_nodes_min, c.numa_nodes_max);
    all.bytes(CpuCache, c.cpu_cache_min, c.cpu_cache_max);
    all.names(CpuFeatures, c.cpu_features.as_ref());
    all.names(CpuVendor, c.cpu_vendor.as_ref());
    all.names(CpuModel, c.cpu_model.as_ref());
    all.names(Arch, c.arch.as_ref());
    all.flag(VirtualMachine, c.virtual_machine);
    all.bytes(RamAvailable, c.ram_available_min, c.ram_available_max);
    all.bytes(Swap, c.swap_min, c.swap_max);
    all.flag(MemoryLimited, c.memory_limited);
    all.bytes(DiskSize, c.disk_size_min, c.disk_size_max);
    all.bytes(DiskFree, c.disk_free_min, c.disk_free_max);
    all.bytes(DiskRate, c.disk_rate_min, c.disk_rate_max);
    all.names(DiskKind, c.disk_kind.as_ref());
    all.names(Filesystem, c.filesystem.as_ref());
    all.names(Os, c.os.as_ref());
    all.releases(OsVersion, c.os_version_min, c.os_version_max);
    all.releases(Kernel, c.kernel_min, c.kernel_max);
    all.counts(Landlock, c.landlock_min, c.landlock_max);
    all.flag(UserNamespaces, c.user_namespaces);
    all.flag(Seccomp, c.seccomp);
    all.names(Cgroup, c.cgroup.as_ref());
    all.flag(Battery, c.battery);
    all.flag(OnBattery, c.on_battery);
    all.counts(BatteryPercent, c.battery_percent_min, c.battery_percent_max);
    all.names(Network, c.network.as_ref());
    all.names(ContainerEngine, c.container_engine.as_ref());
    all.names(Absent, c.absent.as_ref());
    all.found
}

/// Bounds while they are gathered.
struct Bounds<'a> {
    rule: &'a Policy,
    found: Vec<Bound<'a>>,
}

impl<'a> Bounds<'a> {
    fn add(&mut self, field: Field, side: Comparison, value: Option<Wanted<'a>>) {
        self.found.extend(value.map(|value| Bound { rule: self.rule, field, side, value }));
    }

    fn numbers(&mut self, field: Field, min: Option<u64>, max: Option<u64>) {
        self.add(field, Comparison::AtLeast, min.map(Wanted::Number));
        self.add(field, Comparison::Below, max.map(Wanted::Number));
    }

    fn bytes(&mut self, field: Field, min: Option<ByteSize>, max: Option<ByteSize>) {
        self.numbers(field, min.map(ByteSize::bytes), max.map(ByteSize::bytes));
    }

    fn counts(&mut self, field: Field, min: Option<u32>, max: Option<u32>) {
        self.numbers(field, min.map(u64::from), max.map(u64::from));
    }

    fn releases(&mut self, field: Field, min: Option<Release>, max: Option<Release>) {
        self.numbers(field, min.map(Release::number), max.map(Release::number));
    }

    fn flag(&mut self, field: Field, wanted: Option<bool>) {
        self.add(field, Comparison::Is, wanted.map(|wanted| Wanted::Number(wanted.into())));
    }

    fn names(&mut self, field: Field, wanted: Option<&'a Names>) {
        let side = if field.needs_all() { Comparison::AllOf } else { Comparison::OneOf };
        self.add(field, side, wanted.map(|wanted| Wanted::Names(wanted.as_slice())));
    }
}

impl Field {
    /// Whether a bound on this asks for all its names: an engine needs every instruction that it was
    /// built for; of everything else one fits.
    pub(crate) fn needs_all(self) -> bool {
        self == Self::CpuFeatures
    }
}
