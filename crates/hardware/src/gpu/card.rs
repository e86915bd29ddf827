//! Graphics cards as the kernel lists them.

use crate::Roots;
use las_types::PcieLink;

/// One card with a driver.
#[derive(Clone, Debug)]
pub(super) struct Card {
    /// `card0`.
    pub(super) name: String,
    /// `/sys/class/drm/card0/device`.
    pub(super) folder: String,
    pub(super) vendor: u32,
    pub(super) device: u32,
    pub(super) revision: u32,
    pub(super) pci_address: Option<String>,
    pub(super) driver: Option<String>,
}

impl Card {
    /// Vendor and device, as `1002:744c`.
    pub(super) fn id(&self) -> String {
        format!("{:04x}:{:04x}", self.vendor, self.device)
    }
}

fn hexadecimal(roots: &Roots, file: &str) -> Option<u32> {
    u32::from_str_radix(roots.text(file)?.trim_start_matches("0x"), 16).ok()
}

/// Every card of `/sys/class/drm`, in the kernel's order.
pub(super) fn cards(roots: &Roots) -> Vec<Card> {
    let mut numbers: Vec<u32> = roots
        .names("/sys/class/drm")
        .iter()
        // Outputs are `card0-HDMI-A-1`, and no number.
        .filter_map(|name| name.strip_prefix("card")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers.into_iter().filter_map(|number| card(roots, number)).collect()
}

fn card(roots: &Roots, number: u32) -> Option<Card> {
    let name = format!("card{number}");
    let folder = format!("/sys/class/drm/{name}/device");
    let event = roots.text(format!("{folder}/uevent")).unwrap_or_default();
    let said = |key: &str| event.lines().find_map(|line| line.strip_prefix(key)).map(str::to_owned);
    Some(Card {
        vendor: hexadecimal(roots, &format!("{folder}/vendor"))?,
        device: hexadecimal(roots, &format!("{folder}/device")).unwrap_or_default(),
        revision: hexadecimal(roots, &format!("{folder}/revision")).unwrap_or_default(),
        pci_address: said("PCI_SLOT_NAME="),
        driver: said("DRIVER=").or_else(|| roots.link_name(format!("{folder}/driver"))),
        name,
        folder,
    })
}

/// A card's driver, with the version that it says: only one installed beside the kernel's own has one.
pub(super) fn driver(roots: &Roots, card: &Card) -> Option<String> {
    let driver = card.driver.as_ref()?;
    Some(match roots.text(format!("/sys/module/{driver}/version")) {
        Some(version) => format!("{driver} {version}"),
        None => driver.clone(),
    })
}

/// The best link that the card can have; none where it is on no such bus.
pub(super) fn pcie(roots: &Roots, card: &Card) -> Option<PcieLink> {
    let speed = roots.text(format!("{}/max_link_speed", card.folder))?;
    // "16.0 GT/s PCIe"; each generation has its own rate.
    let generation = match speed.split_whitespace().next()? {
        "2.5" => 1,
        "5.0" => 2,
        "8.0" => 3,
        "16.0" => 4,
        "32.0" => 5,
        "64.0" => 6,
        _ => return None,
    };
    let width = u32::try_from(roots.number(format!("{}/max_link_width", card.folder))?).ok()?;
    // A device inside the processor says 255 lanes or none.
    (1..=32).contains(&width).then_some(PcieLink { generation, width })
}

/// The files that a program opens to compute on a card.
pub(super) fn render_nodes(roots: &Roots, card: &Card) -> Vec<String> {
    let names = roots.names(format!("{}/drm", card.folder)).into_iter();
    names.filter(|name| name.starts_with("renderD")).map(|name| format!("/dev/dri/{name}")).collect()
}

/// PCI display devices of a vendor, as `0000:01:00.0 10de:2684`, whether they have a driver or not.
pub(super) fn display_devices(roots: &Roots, vendor: u32) -> Vec<String> {
    let folder = "/sys/bus/pci/devices";
    let addresses = roots.names(folder).into_iter();
    let found = addresses.filter_map(|address| {
        let number = |file: &str| hexadecimal(roots, &format!("{folder}/{address}/{file}"));
        // The class comes first: of all devices, few are displays (03xxxx).
        let is_display = number("class")? >> 16 == 0x03 && number("vendor")? == vendor;
        is_display
            .then(|| number("device"))
            .flatten()
            .map(|device| format!("{address} {vendor:04x}:{device:04x}"))
    });
    found.collect()
}
