//! AMD's GPUs, by what the `amdgpu` and `amdkfd` drivers show in `/sys`.

use super::card::Card;
use super::names;
use crate::Roots;
use las_types::{ByteSize, Gpu, GpuVendor};

pub(super) fn gpu(roots: &Roots, card: &Card, index: u32) -> Gpu {
    let bytes = |file: &str| roots.number(format!("{}/{file}", card.folder)).map(ByteSize::new);
    let vram = bytes("mem_info_vram_total").unwrap_or_default();
    let used = bytes("mem_info_vram_used").unwrap_or_default();
    let own_name = roots.text(format!("{}/product_name", card.folder)).filter(|name| !name.is_empty());
    let version =
        card.driver.as_deref().and_then(|driver| roots.text(format!("/sys/module/{driver}/version")));
    Gpu {
        index,
        vendor: GpuVendor::Amd,
        model: own_name.or_else(|| names::name(roots, card)).unwrap_or_else(|| card.id()),
        vram,
        vram_free: vram.saturating_sub(used),
        pci_address: card.pci_address.clone(),
        driver: card.driver.as_ref().map(|driver| match version {
            Some(version) => format!("{driver} {version}"),
            None => driver.clone(),
        }),
        target: card.pci_address.as_deref().and_then(|address| gfx_target(roots, address)),
        nvlink_peers: Vec::new(),
    }
}

/// The gfx target of the compute node at a PCI address.
fn gfx_target(roots: &Roots, address: &str) -> Option<String> {
    let (domain, location) = location(address)?;
    let nodes = "/sys/class/kfd/kfd/topology/nodes";
    roots.names(nodes).iter().find_map(|node| {
        let text = roots.text(format!("{nodes}/{node}/properties"))?;
        let number = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse::<u32>().ok())
        };
        let here = number("location_id")? == location && number("domain").unwrap_or(0) == domain;
        // Processors are nodes too, with target 0.
        here.then(|| number("gfx_target_version")).flatten().filter(|version| *version > 0).map(gfx_name)
    })
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
