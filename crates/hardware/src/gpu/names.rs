//! Names for devices, from the lists that distributions install.

use super::card::Card;
use crate::Roots;

/// The name of a card: AMD's own list knows each revision, the PCI list the chip.
pub(super) fn name(roots: &Roots, card: &Card) -> Option<String> {
    let of_revision = || amd_name(&roots.text("/usr/share/libdrm/amdgpu.ids")?, card.device, card.revision);
    let of_chip = || {
        let lists = ["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"];
        pci_name(&lists.iter().find_map(|list| roots.text(list))?, card.vendor, card.device)
    };
    (card.vendor == super::AMD).then(of_revision).flatten().or_else(of_chip)
}

/// Lines are `744C,  C8,  AMD Radeon RX 7900 XTX`.
fn amd_name(list: &str, device: u32, revision: u32) -> Option<String> {
    list.lines().find_map(|line| {
        let mut parts = line.splitn(3, ',').map(str::trim);
        let is =
            |text: Option<&str>, number: u32| u32::from_str_radix(text?, 16).ok().filter(|n| *n == number);
        is(parts.next(), device)?;
        is(parts.next(), revision)?;
        parts.next().map(str::to_owned)
    })
}

/// Vendors begin their line, devices follow after one tab: `1002  AMD`, `\t744c  Navi 31 […]`.
fn pci_name(list: &str, vendor: u32, device: u32) -> Option<String> {
    let vendor = format!("{vendor:04x}  ");
    let device = format!("\t{device:04x}  ");
    let mut devices = list.lines().skip_while(|line| !line.starts_with(&vendor)).skip(1);
    let name = devices
        .by_ref()
        .take_while(|line| line.starts_with(['\t', '#']))
        .find_map(|line| line.strip_prefix(&device))?;
    // The product's name stands in brackets after the chip's: "Navi 31 [Radeon RX 7900 XT/XTX]".
    let product =
        name.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or(name, |(inner, _)| inner);
    Some(product.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{amd_name, pci_name};

    #[test]
    fn names_are_found_by_vendor_device_and_revision() {
        let amd = "# list\n1.0.0\n744C,\tC8,\tAMD Radeon RX 7900 XTX\n744C,\tCC,\tAMD Radeon RX 7900 XT\n";
        assert_eq!(amd_name(amd, 0x744c, 0xcc).as_deref(), Some("AMD Radeon RX 7900 XT"));
        assert_eq!(amd_name(amd, 0x744c, 0x01), None);
        let pci = "1001  Other\n\t744c  Wrong\n1002  AMD\n\t1234  Some chip\n\t\t1002 0001  A board\n\t744c  Navi 31 [Radeon RX 7900 XT/XTX]\n8086  Intel\n\t56a0  DG2 [Arc A770]\n";
        assert_eq!(pci_name(pci, 0x1002, 0x744c).as_deref(), Some("Radeon RX 7900 XT/XTX"));
        assert_eq!(pci_name(pci, 0x1002, 0x1234).as_deref(), Some("Some chip"));
        assert_eq!(pci_name(pci, 0x1002, 0x56a0), None, "another vendor's device");
    }
}
