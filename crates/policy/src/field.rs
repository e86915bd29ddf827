//! Everything of a machine that a rule can bound, by the name that a policy gives it.

mod known;

use las_types::{ByteSize, Release};
use std::collections::BTreeSet;

/// How a field's values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Bytes,
    /// Bytes a second.
    Rate,
    Count,
    Release,
    Flag,
    Names,
}

macro_rules! fields {
    ($($field:ident $name:literal $unit:ident,)*) => {
        /// What a bound is about. The order is that of a verdict's reasons.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Field { $($field,)* }

        impl Field {
            /// Every field, for the tests that hold texts and fields together.
            #[cfg(test)]
            pub(crate) const ALL: &[Field] = &[$(Field::$field,)*];

            /// As policies and reasons name it.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$field => $name,)* }
            }

            pub(crate) const fn unit(self) -> Unit {
                match self { $(Self::$field => Unit::$unit,)* }
            }
        }
    };
}

fields! {
    GpuVram "gpu_vram" Bytes,
    GpuCount "gpu_count" Count,
    Ram "ram" Bytes,
    NvLink "nvlink" Flag,
    UnifiedMemory "unified_memory" Bytes,
    Bandwidth "bandwidth" Rate,
    GpuVramTotal "gpu_vram_total" Bytes,
    GpuVendor "gpu_vendor" Names,
    GpuModel "gpu_model" Names,
    GpuTarget "gpu_target" Names,
    ComputeCapability "compute_capability" Release,
    Driver "driver" Release,
    Cuda "cuda" Release,
    PcieGeneration "pcie_generation" Count,
    PcieWidth "pcie_width" Count,
    Xgmi "xgmi" Flag,
    Npu "npu" Names,
    NpuCount "npu_count" Count,
    CpuCores "cpu_cores" Count,
    CpuThreads "cpu_threads" Count,
    CpuSockets "cpu_sockets" Count,
    NumaNodes "numa_nodes" Count,
    CpuCache "cpu_cache" Bytes,
    CpuFeatures "cpu_features" Names,
    CpuVendor "cpu_vendor" Names,
    CpuModel "cpu_model" Names,
    Arch "arch" Names,
    VirtualMachine "virtual_machine" Flag,
    RamAvailable "ram_available" Bytes,
    Swap "swap" Bytes,
    MemoryLimited "memory_limited" Flag,
    DiskSize "disk_size" Bytes,
    DiskFree "disk_free" Bytes,
    DiskRate "disk_rate" Rate,
    DiskKind "disk_kind" Names,
    Filesystem "filesystem" Names,
    Os "os" Names,
    OsVersion "os_version" Release,
    Kernel "kernel" Release,
    Landlock "landlock" Count,
    UserNamespaces "user_namespaces" Flag,
    Seccomp "seccomp" Flag,
    Cgroup "cgroup" Names,
    Battery "battery" Flag,
    OnBattery "on_battery" Flag,
    BatteryPercent "battery_percent" Count,
    Network "network" Names,
    ContainerEngine "container_engine" Names,
    Absent "absent" Names,
}

/// What a machine has of a field; a flag is 0 or 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Number(u64),
    Names(BTreeSet<String>),
}

impl Value {
    pub(crate) fn number(&self) -> u64 {
        match self {
            Self::Number(number) => *number,
            Self::Names(_) => 0,
        }
    }

    pub(crate) fn names(&self) -> Option<&BTreeSet<String>> {
        match self {
            Self::Names(names) => Some(names),
            Self::Number(_) => None,
        }
    }
}

impl Field {
    /// A value as people read it.
    pub(crate) fn show(self, value: &Value) -> String {
        match value {
            Value::Names(names) => names.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
            Value::Number(number) => self.show_number(*number),
        }
    }

    pub(crate) fn show_number(self, number: u64) -> String {
        match self.unit() {
            Unit::Bytes => ByteSize::new(number).to_string(),
            Unit::Rate => format!("{}/s", ByteSize::new(number)),
            Unit::Release => Release::new(number).to_string(),
            Unit::Flag => (number == 1).to_string(),
            Unit::Count | Unit::Names => number.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
