//! Intel's GPUs, by what the `i915` and `xe` drivers show in `/sys`.

use super::card::{self, Card};
use super::names;
use crate::Roots;
use las_types::{ByteSize, Gpu, GpuVendor};

pub(super) fn gpu(roots: &Roots, card: &Card, index: u32) -> Gpu {
    let read = |file: String| roots.number(file).map(ByteSize::new);
    let class = format!("/sys/class/drm/{}", card.name);
    // Only some versions of the drivers tell. The size of the PCI window is no substitute: without
    // resizable BAR it is 256 MiB, whatever the card has. Unknown counts as none, the safe side.
    let vram = read(format!("{class}/lmem_total_bytes"))
        .or_else(|| read(format!("{}/tile0/physical_vram_size_bytes", card.folder)))
        .unwrap_or_default();
    let free = read(format!("{class}/lmem_avail_bytes")).unwrap_or(vram);
    Gpu {
        index,
        vendor: GpuVendor::Intel,
        model: names::name(roots, card).unwrap_or_else(|| card.id()),
        vram,
        vram_free: free.min(vram),
        pci_address: card.pci_address.clone(),
        driver: card::driver(roots, card),
        target: None,
        nvlink_peers: Vec::new(),
        xgmi_peers: Vec::new(),
        runtime: None,
        pcie: card::pcie(roots, card),
        // An integrated one has this address on every processor of Intel's that has one.
        unified_memory: card.pci_address.as_deref() == Some("0000:00:02.0"),
    }
}
