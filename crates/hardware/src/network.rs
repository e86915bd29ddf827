//! How far the network reaches, by the kernel's interfaces and routes. Nobody is contacted.

use crate::Roots;
use las_types::NetworkMode;

/// A route's flag: it is usable (RTF_UP of the kernel's route.h).
const UP: u32 = 1;
/// A route's flag: what doesn't get through is refused (RTF_REJECT).
const REJECT: u32 = 0x200;

pub(crate) fn network(roots: &Roots) -> NetworkMode {
    let class = "/sys/class/net";
    let names = roots.names(class);
    if names.is_empty() {
        return NetworkMode::Unknown;
    }
    // Some links, such as tunnels, don't tell whether they are up.
    let state = |name: &String| roots.text(format!("{class}/{name}/operstate"));
    let up = |name: &&String| *name != "lo" && matches!(state(name).as_deref(), Some("up" | "unknown"));
    if !names.iter().any(|name| up(&name)) {
        return NetworkMode::Offline;
    }
    if leads_beyond(roots) { NetworkMode::Online } else { NetworkMode::Local }
}

/// Whether a default route is there, in either table of the kernel.
fn leads_beyond(roots: &Roots) -> bool {
    let usable = |flags: &str| {
        u32::from_str_radix(flags, 16).is_ok_and(|flags| flags & UP != 0 && flags & REJECT == 0)
    };
    let four = roots.text("/proc/net/route").unwrap_or_default();
    let four = four.lines().skip(1).any(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        // Interface, destination, gateway, flags, …, mask in the eighth.
        matches!(columns.as_slice(), [_, "00000000", _, flags, _, _, _, "00000000", ..] if usable(flags))
    });
    let six = roots.text("/proc/net/ipv6_route").unwrap_or_default();
    four || six.lines().any(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        // Destination and its length come first, flags and interface last.
        match columns.as_slice() {
            [destination, "00", .., flags, interface] => {
                destination.bytes().all(|byte| byte == b'0') && *interface != "lo" && usable(flags)
            }
            _ => false,
        }
    })
}
