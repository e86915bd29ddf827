//! What models may take of a machine's memory.

use crate::fit::{GpuRoom, Rooms};
use las_types::{ByteSize, CapabilitySet, Gpu, GpuVendor, HardwareProfile};

/// The share of main memory that is left to everything else, as a divisor.
const LEFT_TO_OTHERS: u64 = 8;
/// The share of a GPU's memory that is left to its driver and to displays, as a divisor, and the least of it.
const LEFT_TO_DRIVER: u64 = 16;
const LEFT_TO_DRIVER_LEAST: u64 = 512 << 20;

/// Main memory that models may take together: by the policies, and beside everything else. An engine that uses no GPU has
/// nothing else.
pub fn main_room(profile: &HardwareProfile, capabilities: &CapabilitySet) -> Rooms {
    let total = profile.memory.total.bytes();
    let room = ByteSize::new(total - total / LEFT_TO_OTHERS);
    Rooms { main: capabilities.max_memory.map_or(room, |most| most.min(room)), gpus: Vec::new() }
}

/// The same with the GPUs that have memory of their own and a driver; none where there are none. Of several makers those
/// count that have the most memory together: an engine uses one runtime. A GPU that works in main memory has none beside it.
pub fn rooms_with_gpus(profile: &HardwareProfile, capabilities: &CapabilitySet) -> Option<Rooms> {
    let own = |gpu: &&Gpu| gpu.vram.bytes() > 0 && !gpu.unified_memory && gpu.driver.is_some();
    let of = |vendor: GpuVendor| -> ByteSize {
        profile.gpus.iter().filter(own).filter(|gpu| gpu.vendor == vendor).map(|gpu| gpu.vram).sum()
    };
    let vendors = [GpuVendor::Nvidia, GpuVendor::Amd, GpuVendor::Intel];
    // Of as much memory the first counts.
    let vendor = vendors.into_iter().rev().max_by_key(|vendor| of(*vendor))?;
    let mut left = capabilities.max_vram.map_or(u64::MAX, ByteSize::bytes);
    let gpus: Vec<GpuRoom> = profile
        .gpus
        .iter()
        .filter(own)
        .filter(|gpu| gpu.vendor == vendor)
        .map(|gpu| {
            let vram = gpu.vram.bytes();
            let room = vram.saturating_sub((vram / LEFT_TO_DRIVER).max(LEFT_TO_DRIVER_LEAST)).min(left);
            left -= room;
            GpuRoom { index: gpu.index, model: gpu.model.clone(), room: ByteSize::new(room) }
        })
        .collect();
    let rooms = Rooms { gpus, ..main_room(profile, capabilities) };
    (!rooms.gpus.is_empty()).then_some(rooms)
}
