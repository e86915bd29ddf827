//! Devices: GPUs, neural processors, the battery.

use crate::ByteSize;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who made a GPU.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
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
    /// Peers joined by xGMI (AMD's Infinity Fabric), as indices.
    #[serde(default)]
    pub xgmi_peers: Vec<u32>,
    /// The newest runtime that the driver serves: `CUDA 12.8`.
    #[serde(default)]
    pub runtime: Option<String>,
    /// The best PCIe link it can have; an idle one is often slower.
    #[serde(default)]
    pub pcie: Option<PcieLink>,
    /// It works in main memory: an integrated GPU, a Jetson, a GB10.
    #[serde(default)]
    pub unified_memory: bool,
}

/// A PCIe link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PcieLink {
    /// Generation: 4 for 16 GT/s per lane.
    pub generation: u32,
    /// Lanes.
    pub width: u32,
}

/// One neural processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Npu {
    /// Its device file: `/dev/accel/accel0`.
    pub device: String,
    /// Its driver: `intel_vpu`, `amdxdna`.
    pub driver: Option<String>,
    /// Vendor and device as on the bus: `8086:7d1d`.
    pub id: Option<String>,
}

/// What a battery does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum BatteryState {
    /// The machine runs from it.
    Discharging,
    /// It is being charged.
    Charging,
    /// On the mains, and neither charged nor drawn from.
    Idle,
    /// The kernel doesn't say.
    Unknown,
}

/// The machine's battery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Battery {
    /// What it does.
    pub state: BatteryState,
    /// How full it is, 0 to 100.
    pub percent: Option<u8>,
}
