//! The hardware profile: what a machine is and has, normalised.

use crate::{ByteSize, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything that policies, plans and people need to know of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HardwareProfile {
    /// Version of this form; 1.
    pub schema: u32,
    /// Where it comes from.
    pub source: ProfileSource,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// The processor.
    pub cpu: Cpu,
    /// Main memory.
    pub memory: Memory,
    /// Every GPU found, in the driver's order.
    pub gpus: Vec<Gpu>,
    /// Every mounted volume that can hold data.
    pub volumes: Vec<Volume>,
    /// The operating system.
    pub os: OperatingSystem,
    /// Container engines that answer.
    pub container_engines: Vec<ContainerEngine>,
    /// What was looked for and not found, each with the reason.
    pub absent: Vec<Absence>,
}

impl HardwareProfile {
    /// The memory of the largest GPU; zero without one.
    pub fn largest_vram(&self) -> ByteSize {
        self.gpus.iter().map(|gpu| gpu.vram).max().unwrap_or_default()
    }
}

/// Where a profile comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProfileSource {
    /// Probed on this machine.
    Detected,
    /// Read from a file that replaces detection (`LAS_PROFILE`).
    Recorded {
        /// The file.
        path: String,
    },
}

/// The processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Cpu {
    /// Model name, as the processor gives it.
    pub model: String,
    /// Vendor, as the processor gives it.
    pub vendor: String,
    /// Architecture: `x86_64`, `aarch64`.
    pub architecture: String,
    /// Sockets.
    pub sockets: u32,
    /// Physical cores.
    pub cores: u32,
    /// Hardware threads that this process may use.
    pub threads: u32,
    /// NUMA nodes.
    pub numa_nodes: u32,
    /// Instruction features that engines choose by (`avx2`, `avx512f`, `amx_int8`, `neon` …), sorted.
    pub features: Vec<String>,
}

/// Main memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Memory {
    /// All that this process may use: the machine's, or its container's limit if that is lower.
    pub total: ByteSize,
    /// Available now without swapping.
    pub available: ByteSize,
    /// Swap.
    pub swap: ByteSize,
    /// The container's or service's limit, if there is one.
    pub limit: Option<ByteSize>,
}

/// Who made a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GpuVendor {
    /// NVIDIA.
    Nvidia,
    /// AMD.
    Amd,
    /// Intel.
    Intel,
}

/// One GPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Gpu {
    /// Its place in the driver's list.
    pub index: u32,
    /// Who made it.
    pub vendor: GpuVendor,
    /// Model name, or the PCI id where no name is known.
    pub model: String,
    /// Its own memory; zero for one that shares main memory.
    pub vram: ByteSize,
    /// Free of it now.
    pub vram_free: ByteSize,
    /// PCI address.
    pub pci_address: Option<String>,
    /// Driver and its version.
    pub driver: Option<String>,
    /// CUDA compute capability (`9.0`) or gfx target (`gfx1100`).
    pub target: Option<String>,
    /// Peers joined by NVLink, as indices.
    pub nvlink_peers: Vec<u32>,
}

/// How a volume stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VolumeKind {
    /// NVMe.
    Nvme,
    /// Solid state.
    Ssd,
    /// Rotating.
    Hdd,
    /// Over a network.
    Network,
    /// In memory.
    Memory,
    /// The kernel doesn't say.
    Unknown,
}

/// One mounted volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Volume {
    /// Where it is mounted.
    pub mount: String,
    /// How it stores.
    pub kind: VolumeKind,
    /// File system.
    pub filesystem: String,
    /// Size.
    pub size: ByteSize,
    /// Free for this user.
    pub free: ByteSize,
}

/// The operating system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperatingSystem {
    /// Its name and version, as it names itself.
    pub name: String,
    /// Identifier of the distribution (`debian`, `ubuntu`).
    pub id: String,
    /// Version (`12`, `24.04`).
    pub version: String,
    /// Kernel release.
    pub kernel: String,
}

/// One container engine that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContainerEngine {
    /// `docker` or `podman`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its socket.
    pub socket: String,
}

/// A part that was looked for and not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Absence {
    /// Which: `gpu-nvidia`, `gpu-amd`, `gpu-intel`, `npu`, `docker`, `podman`.
    pub part: String,
    /// Why, as a key of `locales/`: `absent-<reason>`: `no-device`, `no-driver`, `driver-error`, `no-socket`,
    /// `no-permission`, `no-answer`.
    pub reason: String,
    /// What the system said, if anything.
    pub detail: Option<String>,
}
