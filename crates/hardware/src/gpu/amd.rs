//! AMD's GPUs, by what the `amdgpu` and `amdkfd` drivers show in `/sys`.

use super::card::{self, Card};
use super::names;
use crate::Roots;
use las_types::{ByteSize, Gpu, GpuVendor};

pub(super) fn gpu(roots: &Roots, card: &Card, index: u32) -> Gpu {
    let bytes = |file: &str| roots.number(format!("{}/{file}", card.folder)).map(ByteSize::new);
    let vram = bytes("mem_info_vram_total").unwrap_or_default();
    let used = bytes("mem_info_vram_used").unwrap_or_default();
    let own_name = roots.text(format!("{}/product_name", card.folder)).filter(|name| !name.is_empty());
    let about = card.pci_address.as_deref().and_then(|address| node(roots, address)).map(|(_, text)| text);
    // A node with both kinds of core is a processor with a GPU inside.
    let is_processor = about.as_deref().and_then(|text| property(text, "cpu_cores_count")) > Some(0);
    Gpu {
        index,
        vendor: GpuVendor::Amd,
        model: own_name.or_else(|| names::name(roots, card)).unwrap_or_else(|| card.id()),
        vram,
        vram_free: vram.saturating_sub(used),
        pci_address: card.pci_address.clone(),
        driver: card::driver(roots, card),
        target: about.and_then(|text| property(&text, "gfx_target_version")).map(gfx_name),
        nvlink_peers: Vec::new(),
        xgmi_peers: Vec::new(),
        runtime: roots.text("/opt/rocm/.info/version").map(|version| format!("ROCm {version}")),
        pcie: card::pcie(roots, card),
        unified_memory: vram == ByteSize::default() || is_processor,
    }
}

/// What the kernel tells of the compute nodes: one for each GPU, others for processors.
const NODES: &str = "/sys/class/kfd/kfd/topology/nodes";

/// The kernel's number for a link over xGMI (CRAT_IOLINK_TYPE_XGMI of its kfd_crat.h).
const XGMI: u32 = 11;

/// A number of a node's or link's properties.
fn property(text: &str, name: &str) -> Option<u32> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
}

/// The compute node at a PCI address: its name, and its properties.
fn node(roots: &Roots, address: &str) -> Option<(String, String)> {
    let (domain, location) = location(address)?;
    roots.names(NODES).into_iter().find_map(|node| {
        let text = roots.text(format!("{NODES}/{node}/properties"))?;
        let here = property(&text, "location_id")? == location
            && property(&text, "domain").unwrap_or(0) == domain
            // Processors are nodes too, with target 0.
            && property(&text, "gfx_target_version")? > 0;
        here.then_some((node, text))
    })
}

/// Enters into each GPU which others it reaches over xGMI.
pub(super) fn join_peers(roots: &Roots, gpus: &mut [Gpu]) {
    let numbered = |gpu: &Gpu| match (gpu.vendor, gpu.pci_address.as_deref()) {
        (GpuVendor::Amd, Some(address)) => Some((node(roots, address)?.0, gpu.index)),
        _ => None,
    };
    let nodes: Vec<Option<(String, u32)>> = gpus.iter().map(numbered).collect();
    for (gpu, own) in gpus.iter_mut().zip(&nodes) {
        let Some((own, _)) = own else { continue };
        let links = format!("{NODES}/{own}/io_links");
        for link in roots.names(&links) {
            let text = roots.text(format!("{links}/{link}/properties")).unwrap_or_default();
            let end = property(&text, "node_to").filter(|_| property(&text, "type") == Some(XGMI));
            let end = end.map(|number| number.to_string());
            let other = nodes.iter().flatten().find(|(name, _)| Some(name) == end.as_ref());
            gpu.xgmi_peers.extend(other.map(|(_, index)| *index));
        }
        gpu.xgmi_peers.sort_unstable();
    }
}

/// `0000:03:00.0` as the driver numbers it: domain, then bus, device and function in 16 bits.
fn location(address: &str) -> Option<(u32, u32)> {
    let (rest, function) = address.rsplit_once('.')?;
    let mut parts = rest.split(':').map(|part| u32::from_str_radix(part, 16).ok());
    let (domain, bus, device) = (parts.next()??, parts.next()??, parts.next()??);
    Some((domain, bus << 8 | device << 3 | u32::from_str_radix(function, 16).ok()?))
}

/// 110000 is gfx1100, 90010 is gfx90a: major in decimal, minor and stepping in hexadecimal.
fn gfx_name(version: u32) -> String {
    format!("gfx{}{:x}{:x}", version / 10_000, version / 100 % 100, version % 100)
}

#[cfg(test)]
mod tests {
    use super::{gfx_name, location};

    #[test]
    fn the_drivers_numbers_are_written_as_people_know_them() {
        for (version, name) in
            [(110_000, "gfx1100"), (90_010, "gfx90a"), (100_306, "gfx1036"), (120_001, "gfx1201")]
        {
            assert_eq!(gfx_name(version), name);
        }
        assert_eq!(location("0000:03:00.0"), Some((0, 768)));
        assert_eq!(location("0001:c1:1f.7"), Some((1, 0xc1ff)));
        assert_eq!(location("nonsense"), None);
    }
}
