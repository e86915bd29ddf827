//! The operating system.

use crate::Roots;
use las_types::OperatingSystem;

pub(crate) fn operating_system(roots: &Roots) -> OperatingSystem {
    let text =
        roots.text("/etc/os-release").or_else(|| roots.text("/usr/lib/os-release")).unwrap_or_default();
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.trim().trim_matches(['"', '\'']).to_owned())
    };
    // The kernel's own file comes first: it is below the root, uname is not.
    let kernel = roots
        .text("/proc/sys/kernel/osrelease")
        .unwrap_or_else(|| rustix::system::uname().release().to_string_lossy().into_owned());
    OperatingSystem {
        name: field("PRETTY_NAME").or_else(|| field("NAME")).unwrap_or_else(|| "Linux".to_owned()),
        // The default that os-release(5) gives.
        id: field("ID").unwrap_or_else(|| "linux".to_owned()),
        version: field("VERSION_ID").unwrap_or_default(),
        kernel,
    }
}
