//! The hardware profile: what a machine is and has, normalised.

mod admission;
mod devices;
mod identity;
mod measured;
mod sandbox;

pub use admission::Admission;
pub use devices::{Battery, BatteryState, Gpu, GpuVendor, Npu, PcieLink};
pub use measured::{Measurement, Measurements, NetworkMode};
pub use sandbox::{CgroupVersion, Sandbox, Support};

use crate::{ByteSize, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything that policies, plans and people need to know of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct HardwareProfile {
    /// Version of this form; 1.
    pub schema: u32,
    /// Where it comes from.
    pub source: ProfileSource,
    /// When it was taken.
    #[schemars(with = "String")]
    pub taken_at: Timestamp,
    /// The processor.
    pub cpu: Cpu,
    /// Main memory.
    pub memory: Memory,
    /// Every GPU found, in the driver's order.
    pub gpus: Vec<Gpu>,
    /// Every neural processor found, in the kernel's order.
    #[serde(default)]
    pub npus: Vec<Npu>,
    /// Every mounted volume that can hold data.
    pub volumes: Vec<Volume>,
    /// The operating system.
    pub os: OperatingSystem,
    /// What the kernel offers to confine a process with.
    #[serde(default)]
    pub sandbox: Sandbox,
    /// How far the network reaches, as its interfaces and routes say.
    #[serde(default)]
    pub network: NetworkMode,
    /// The battery; none in a machine that always runs from the mains.
    #[serde(default)]
    pub battery: Option<Battery>,
    /// Container engines that answer.
    pub container_engines: Vec<ContainerEngine>,
    /// What was looked for and not found, each with the reason.
    pub absent: Vec<Absence>,
}

impl HardwareProfile {
    /// The JSON schema of this form, as published in `registry/schema/hardware-profile.schema.json`.
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    /// The memory of the largest GPU; zero without one.
    pub fn largest_vram(&self) -> ByteSize {
        self.gpus.iter().map(|gpu| gpu.vram).max().unwrap_or_default()
    }
}

/// Where a profile comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
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
    /// It is a virtual machine's.
    #[serde(default)]
    pub virtual_machine: bool,
    /// Caches of its first core.
    #[serde(default)]
    pub caches: Caches,
    /// Instruction features that engines choose by (`avx2`, `avx512f`, `amx_int8`, `neon` …), sorted.
    pub features: Vec<String>,
}

/// A core's caches; zero where the kernel doesn't tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Caches {
    /// Data, first level.
    pub l1d: ByteSize,
    /// Second level.
    pub l2: ByteSize,
    /// Third level, shared by the cores of one complex.
    pub l3: ByteSize,
}

/// Main memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Memory {
    /// All that this process may use: the machine's, or its container's limit if that is lower.
    pub total: ByteSize,
    /// Available now without swapping.
    pub available: ByteSize,
    /// Swap.
    pub swap: ByteSize,
    /// The container's or service's limit, if there is one.
    pub limit: Option<ByteSize>,
    /// At which rate it is read by all cores together; none until it was measured.
    #[serde(default)]
    pub bandwidth: Option<Measurement>,
}

/// How a volume stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
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
    /// At which rate it is read in one piece; none until it was measured.
    #[serde(default)]
    pub read_rate: Option<Measurement>,
}

/// The operating system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct OperatingSystem {
    /// Its name and version, as it names itself.
    pub name: String,
    /// Identifier of the distribution (`debian`, `ubuntu`).
    pub id: String,
    /// Version (`12`, `24.04`).
    pub version: String,
    /// Kernel release.
    pub kernel: String,
    /// The C library and its version (`glibc 2.36`).
    #[serde(default)]
    pub libc: Option<String>,
}

/// One container engine that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ContainerEngine {
    /// `docker` or `podman`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its socket.
    pub socket: String,
}

/// A part that was looked for and not found, or found and not usable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Absence {
    /// Which: `gpu-nvidia`, `gpu-amd`, `gpu-intel`, `npu`, `docker`, `podman`.
    pub part: String,
    /// Why, as a key of `locales/`: `absent-<reason>`: `no-device`, `no-driver`, `no-library`,
    /// `driver-mismatch`, `driver-error`, `no-node`, `no-device-permission`, `no-socket`, `no-permission`,
    /// `no-answer`.
    pub reason: String,
    /// What the system said, if anything.
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests;
