//! Main memory, and the part of it that this process may use.

use crate::mount::Mount;
use crate::{Roots, cgroup};
use las_types::{ByteSize, Memory};

pub(crate) fn memory(roots: &Roots, mounts: &[Mount]) -> Memory {
    let table = roots.text("/proc/meminfo").unwrap_or_default();
    let row = |name: &str| {
        let value = table.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        // "kB" here means KiB.
        let kibibytes: u64 = value.trim().trim_end_matches("kB").trim_end().parse().ok()?;
        Some(ByteSize::new(kibibytes.saturating_mul(1024)))
    };
    let machine = row("MemTotal").unwrap_or_default();
    // Kernels before 3.14 don't tell what is available.
    let available = row("MemAvailable").or_else(|| row("MemFree")).unwrap_or_default();
    let groups = cgroup::groups(roots, mounts, "memory");
    // A limit above what there is (version 1 writes "none" as nearly 2^63) limits nothing.
    let limit =
        groups.as_ref().and_then(|groups| groups.memory_limit(roots)).filter(|limit| *limit < machine);
    let below = groups.filter(|_| limit.is_some()).and_then(|groups| groups.memory_free(roots));
    Memory {
        total: limit.unwrap_or(machine),
        available: below.map_or(available, |free| free.min(available)),
        swap: row("SwapTotal").unwrap_or_default(),
        limit,
        bandwidth: None,
    }
}
