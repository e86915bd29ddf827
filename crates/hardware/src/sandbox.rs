//! What the kernel offers to confine a process with. Nothing is tried: only its files are read.

use crate::Roots;
use crate::mount::Mount;
use las_types::{CgroupVersion, Sandbox, Support};

/// The release of the kernel that brought each Landlock ABI (its user-space documentation, "Previous
/// limitations" and the history of `LANDLOCK_ABI_VERSION`).
const LANDLOCK: &[((u32, u32), u32)] =
    &[((6, 15), 7), ((6, 12), 6), ((6, 10), 5), ((6, 7), 4), ((6, 2), 3), ((5, 19), 2), ((5, 13), 1)];

pub(crate) fn sandbox(roots: &Roots, mounts: &[Mount], kernel: &str) -> Sandbox {
    let landlock = match roots.text("/sys/kernel/security/lsm") {
        Some(modules) => support(modules.split(',').any(|name| name == "landlock")),
        None => Support::Unknown,
    };
    Sandbox {
        landlock,
        landlock_abi: if landlock == Support::Yes { landlock_abi(kernel) } else { None },
        user_namespaces: user_namespaces(roots),
        cgroup: cgroup(mounts),
        // The line is there when the kernel was built with it.
        seccomp: match roots.text("/proc/self/status") {
            Some(status) => support(status.lines().any(|line| line.starts_with("Seccomp:"))),
            None => Support::Unknown,
        },
    }
}

fn support(found: bool) -> Support {
    if found { Support::Yes } else { Support::No }
}

/// Distributions carry newer ABIs back, never older ones.
fn landlock_abi(kernel: &str) -> Option<u32> {
    let mut parts = kernel.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    let release: (u32, u32) = (parts.next()?.ok()?, parts.next()?.ok()?);
    LANDLOCK.iter().find(|(since, _)| release >= *since).map(|(_, abi)| *abi)
}

/// Each of three switches can close them: the kernel's own, Debian's, and `AppArmor`'s.
fn user_namespaces(roots: &Roots) -> Support {
    let kernel = "/proc/sys/kernel";
    let is = |file: String, value: u64| roots.number(file) == Some(value);
    match roots.number("/proc/sys/user/max_user_namespaces") {
        None => Support::Unknown,
        Some(0) => Support::No,
        Some(_) => support(
            !is(format!("{kernel}/unprivileged_userns_clone"), 0)
                && !is(format!("{kernel}/apparmor_restrict_unprivileged_userns"), 1),
        ),
    }
}

fn cgroup(mounts: &[Mount]) -> CgroupVersion {
    let has = |filesystem: &str| mounts.iter().any(|mount| mount.filesystem == filesystem);
    match (has("cgroup"), has("cgroup2")) {
        (true, true) => CgroupVersion::Hybrid,
        (true, false) => CgroupVersion::V1,
        (false, true) => CgroupVersion::V2,
        (false, false) => CgroupVersion::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::landlock_abi;

    #[test]
    fn a_kernels_release_gives_the_abi_it_has_at_least() {
        let cases = [
            ("5.12.9", None),
            ("5.13.0-1", Some(1)),
            ("6.1.0-40-amd64", Some(2)),
            ("6.8.0-85-generic", Some(4)),
            ("6.16.8-200.fc42.x86_64", Some(7)),
            ("7.0", Some(7)),
            ("nonsense", None),
        ];
        for (kernel, abi) in cases {
            assert_eq!(landlock_abi(kernel), abi, "{kernel}");
        }
    }
}
