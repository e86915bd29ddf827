//! Looks whether the data directory is where it was, can be written, and has space left.

use crate::home::Home;
use las_types::{ByteSize, Drift, DriftKind, Failure};
use rustix::fs::{Access, StatVfsMountFlags};
use std::os::unix::fs::MetadataExt as _;

/// Where the directory lay when the core opened it: device and inode.
pub(crate) type Place = (u64, u64);

/// Where the directory lies now.
pub(crate) fn place(home: &Home) -> Option<Place> {
    home.root().metadata().ok().map(|found| (found.dev(), found.ino()))
}

/// What is wrong with the place of the data.
pub(crate) fn look(home: &Home, opened: Option<Place>, least_free: ByteSize) -> Result<Vec<Drift>, Failure> {
    let root = home.root();
    let named = |kind| Drift::new(kind).with("path", root.display());
    if place(home).is_none() || place(home) != opened {
        return Ok(vec![named(DriftKind::DiskGone)]);
    }
    let found = rustix::fs::statvfs(root).map_err(|error| Failure::io(root, error.into()))?;
    let mut drifts = Vec::new();
    if found.f_flag.contains(StatVfsMountFlags::RDONLY) || rustix::fs::access(root, Access::WRITE_OK).is_err()
    {
        drifts.push(named(DriftKind::DiskReadOnly));
    }
    let bytes = |blocks: u64| ByteSize::new(blocks.saturating_mul(found.f_frsize));
    // A twentieth of a small disk is as much as can be asked of it.
    let least = least_free.min(ByteSize::new(bytes(found.f_blocks).bytes() / 20));
    let free = bytes(found.f_bavail);
    if free < least {
        drifts.push(named(DriftKind::DiskNearlyFull).with("free", free).with("least", least));
    }
    Ok(drifts)
}
