//! The battery, as the kernel's `power_supply` class shows it.

use crate::Roots;
use las_types::{Battery, BatteryState};

/// The first battery of the machine itself.
pub(crate) fn battery(roots: &Roots) -> Option<Battery> {
    let class = "/sys/class/power_supply";
    roots.names(class).iter().find_map(|name| {
        let text = |file: &str| roots.text(format!("{class}/{name}/{file}"));
        // Mice and headsets have batteries too; the kernel marks them as a device's.
        let own = text("type")? == "Battery" && text("scope").is_none_or(|scope| scope != "Device");
        own.then(|| Battery {
            state: match text("status").as_deref() {
                Some("Discharging") => BatteryState::Discharging,
                Some("Charging") => BatteryState::Charging,
                Some("Full" | "Not charging") => BatteryState::Idle,
                _ => BatteryState::Unknown,
            },
            percent: text("capacity").and_then(|text| text.parse().ok()).map(|percent: u8| percent.min(100)),
        })
    })
}
