//! On what a rule depends: bounds on a profile.

use crate::{ByteSize, Release};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One name or several, of which one must fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Names {
    /// Each of them.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

macro_rules! conditions {
    ($($(#[$doc:meta])* $name:ident: $kind:ty,)*) => {
        /// Bounds on a profile; all must hold. A `min` is inclusive and a `max` exclusive, so that two
        /// rules can meet without overlap or gap. What a machine doesn't have, or what isn't known of
        /// it, counts as zero, `false` or no name.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
        #[serde(deny_unknown_fields, default)]
        pub struct Conditions {
            $($(#[$doc])*
            #[serde(skip_serializing_if = "Option::is_none")]
            #[ts(optional)]
            pub $name: Option<$kind>,)*
        }
    };
}

conditions! {
    /// Largest GPU has at least this memory of its own.
    gpu_vram_min: ByteSize,
    /// Largest GPU has less than this memory of its own; a machine without GPU has zero.
    gpu_vram_max: ByteSize,
    /// At least so many GPUs with memory of their own, each with `gpu_vram_min` where that is stated.
    gpu_count_min: u32,
    /// Fewer than so many GPUs, counted like `gpu_count_min`.
    gpu_count_max: u32,
    /// At least this much main memory.
    ram_min: ByteSize,
    /// Less than this much main memory.
    ram_max: ByteSize,
    /// GPUs are joined by NVLink, or are not.
    nvlink: bool,
    /// A GPU shares at least this much main memory; zero where none does.
    unified_memory_min: ByteSize,
    /// GPUs share less than this much main memory.
    unified_memory_max: ByteSize,
    /// Main memory is read at this rate a second at least; zero until it was measured.
    bandwidth_min: ByteSize,
    /// Main memory is read at less than this rate a second.
    bandwidth_max: ByteSize,
    /// All GPUs together have at least this memory of their own.
    gpu_vram_total_min: ByteSize,
    /// All GPUs together have less than this memory of their own.
    gpu_vram_total_max: ByteSize,
    /// A GPU of one of these makers: `nvidia`, `amd`, `intel`.
    gpu_vendor: Names,
    /// A GPU of one of these models.
    gpu_model: Names,
    /// A GPU of one of these targets: `9.0`, `gfx1100`.
    gpu_target: Names,
    /// The best CUDA compute capability is at least this.
    compute_capability_min: Release,
    /// The best CUDA compute capability is below this.
    compute_capability_max: Release,
    /// A GPU's driver has at least this version.
    driver_min: Release,
    /// GPU drivers have versions below this.
    driver_max: Release,
    /// A driver serves at least this version of CUDA.
    cuda_min: Release,
    /// Drivers serve versions of CUDA below this.
    cuda_max: Release,
    /// A GPU's PCIe link is of this generation at least.
    pcie_generation_min: u32,
    /// GPUs' PCIe links are of a generation below this.
    pcie_generation_max: u32,
    /// A GPU's PCIe link has at least so many lanes.
    pcie_width_min: u32,
    /// GPUs' PCIe links have fewer lanes.
    pcie_width_max: u32,
    /// GPUs are joined by xGMI, or are not.
    xgmi: bool,
    /// A neural processor with one of these drivers: `intel_vpu`, `amdxdna`.
    npu: Names,
    /// At least so many neural processors.
    npu_count_min: u32,
    /// Fewer neural processors.
    npu_count_max: u32,
    /// At least so many physical cores.
    cpu_cores_min: u32,
    /// Fewer physical cores.
    cpu_cores_max: u32,
    /// At least so many hardware threads that may be used.
    cpu_threads_min: u32,
    /// Fewer hardware threads.
    cpu_threads_max: u32,
    /// At least so many sockets.
    cpu_sockets_min: u32,
    /// Fewer sockets.
    cpu_sockets_max: u32,
    /// At least so many NUMA nodes.
    numa_nodes_min: u32,
    /// Fewer NUMA nodes.
    numa_nodes_max: u32,
    /// A third-level cache of at least this size.
    cpu_cache_min: ByteSize,
    /// A smaller third-level cache.
    cpu_cache_max: ByteSize,
    /// The processor has all of these: `avx2`, `neon`.
    cpu_features: Names,
    /// The processor's maker, as it names itself.
    cpu_vendor: Names,
    /// The processor's model, as it names itself.
    cpu_model: Names,
    /// The architecture: `x86_64`, `aarch64`.
    arch: Names,
    /// The machine is a virtual one, or is not.
    virtual_machine: bool,
    /// At least this much main memory was available when the machine was looked at.
    ram_available_min: ByteSize,
    /// Less main memory was available.
    ram_available_max: ByteSize,
    /// At least this much swap.
    swap_min: ByteSize,
    /// Less swap.
    swap_max: ByteSize,
    /// A container's or service's limit bounds main memory, or none does.
    memory_limited: bool,
    /// The largest volume has at least this size.
    disk_size_min: ByteSize,
    /// The largest volume is smaller.
    disk_size_max: ByteSize,
    /// A volume had at least this much free space when the machine was looked at.
    disk_free_min: ByteSize,
    /// No volume had this much free space.
    disk_free_max: ByteSize,
    /// A volume is read at this rate a second at least; zero until one was measured.
    disk_rate_min: ByteSize,
    /// Volumes are read at less than this rate a second.
    disk_rate_max: ByteSize,
    /// A volume of one of these kinds: `nvme`, `ssd`, `hdd`, `network`, `memory`, `unknown`.
    disk_kind: Names,
    /// A volume with one of these file systems.
    filesystem: Names,
    /// The distribution's identifier: `debian`, `ubuntu`.
    os: Names,
    /// The system's version is at least this.
    os_version_min: Release,
    /// The system's version is below this.
    os_version_max: Release,
    /// The kernel is at least this.
    kernel_min: Release,
    /// The kernel is below this.
    kernel_max: Release,
    /// The Landlock ABI is at least this.
    landlock_min: u32,
    /// The Landlock ABI is below this.
    landlock_max: u32,
    /// A user without privileges may make namespaces, or it isn't known that they may.
    user_namespaces: bool,
    /// System calls can be filtered, or it isn't known that they can.
    seccomp: bool,
    /// Control groups of one of these versions: `v1`, `hybrid`, `v2`, `unknown`.
    cgroup: Names,
    /// The machine has a battery, or has none.
    battery: bool,
    /// The machine runs from its battery, or doesn't.
    on_battery: bool,
    /// The battery is at least so full, in percent; 100 without one.
    battery_percent_min: u32,
    /// The battery is less full.
    battery_percent_max: u32,
    /// The network is one of these: `online`, `local`, `offline`, `unknown`.
    network: Names,
    /// One of these container engines answers: `docker`, `podman`.
    container_engine: Names,
    /// One of these was looked for and not found, or can't be used: `gpu-nvidia`, `podman`.
    absent: Names,
}
