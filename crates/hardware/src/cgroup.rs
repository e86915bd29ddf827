//! The limits that a container or service sets around this process, by cgroup version 1 or 2.

use crate::Roots;
use crate::mount::Mount;
use las_types::ByteSize;
use std::path::{Component, Path, PathBuf};

/// The folders of one controller that bound this process: its own group and all above it.
#[derive(Debug)]
pub(crate) struct Groups {
    folders: Vec<PathBuf>,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// The groups of a controller (`memory`, `cpu`), in the version that has it.
pub(crate) fn groups(roots: &Roots, mounts: &[Mount], controller: &str) -> Option<Groups> {
    let own = roots.text("/proc/self/cgroup")?;
    let path_of = |wanted: &dyn Fn(&str) -> bool| {
        own.lines().find_map(|line| {
            let mut parts = line.splitn(3, ':').skip(1);
            let controllers = parts.next()?;
            parts.next().filter(|_| wanted(controllers)).map(str::to_owned)
        })
    };
    let first = mounts.iter().find(|mount| {
        mount.filesystem == "cgroup" && mount.super_options.split(',').any(|option| option == controller)
    });
    if let Some(mount) = first
        && let Some(path) = path_of(&|list| list.split(',').any(|name| name == controller))
    {
        return Some(Groups { folders: chain(mount, &path), version: Version::One });
    }
    let mount = mounts.iter().find(|mount| mount.filesystem == "cgroup2")?;
    let path = path_of(&str::is_empty)?;
    Some(Groups { folders: chain(mount, &path), version: Version::Two })
}

/// From the mount point down to the group. In a container the path is often that of the host,
/// beginning with what is mounted; then only the rest is visible here.
fn chain(mount: &Mount, path: &str) -> Vec<PathBuf> {
    let inside = Path::new(path).strip_prefix(&mount.root).unwrap_or(Path::new(""));
    let mut folders = vec![mount.point.clone()];
    for part in inside.components() {
        // A group outside our namespace shows as `..`; nothing above the mount can be read.
        if let Component::Normal(name) = part {
            let next = folders.last().map(|folder| folder.join(name));
            folders.extend(next);
        }
    }
    folders
}

impl Groups {
    /// The lowest memory limit.
    pub(crate) fn memory_limit(&self, roots: &Roots) -> Option<ByteSize> {
        let file = if self.version == Version::One { "memory.limit_in_bytes" } else { "memory.max" };
        self.folders.iter().filter_map(|folder| roots.number(folder.join(file))).min().map(ByteSize::new)
    }

    /// What is free below the tightest limit: the file cache that can be dropped counts as free.
    pub(crate) fn memory_free(&self, roots: &Roots) -> Option<ByteSize> {
        let (limit, used, cache) = match self.version {
            Version::One => ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
            Version::Two => ("memory.max", "memory.current", "inactive_file"),
        };
        let free = |folder: &PathBuf| {
            let limit = roots.number(folder.join(limit))?;
            let used = roots.number(folder.join(used))?;
            let statistics = roots.text(folder.join("memory.stat")).unwrap_or_default();
            let cached =
                statistics.lines().find_map(|line| line.strip_prefix(cache)?.trim().parse::<u64>().ok());
            Some(limit.saturating_sub(used.saturating_sub(cached.unwrap_or(0))))
        };
        self.folders.iter().filter_map(free).min().map(ByteSize::new)
    }

    /// The tightest processor quota in whole threads, rounded up: with 1.5 threads' worth of time,
    /// two threads can be kept busy.
    pub(crate) fn threads(&self, roots: &Roots) -> Option<u32> {
        let quota = |folder: &PathBuf| {
            let (quota, period) = match self.version {
                // Without a quota this is -1, which is not a number here.
                Version::One => (
                    roots.number(folder.join("cpu.cfs_quota_us"))?,
                    roots.number(folder.join("cpu.cfs_period_us"))?,
                ),
                Version::Two => {
                    let text = roots.text(folder.join("cpu.max"))?;
                    let (quota, period) = text.split_once(' ')?;
                    (quota.parse().ok()?, period.parse().ok()?)
                }
            };
            (period > 0).then(|| quota.div_ceil(period).max(1))
        };
        self.folders.iter().filter_map(quota).min().map(|threads| u32::try_from(threads).unwrap_or(u32::MAX))
    }
}
