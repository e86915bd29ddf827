//! Mounted volumes that can hold data.

use crate::Roots;
use crate::mount::Mount;
use las_types::{ByteSize, Volume, VolumeKind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// How long a file system behind a network may take to tell its size.
const PATIENCE: Duration = Duration::from_millis(300);

/// File systems on disks.
const LOCAL: &[&str] = &[
    "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "jfs", "reiserfs", "nilfs2", "vfat",
    "exfat", "ntfs", "ntfs3", "fuseblk", "hfsplus", "apfs", "overlay",
];
/// File systems that ask another machine, or another process.
const NETWORK: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "ceph",
    "glusterfs",
    "lustre",
    "afs",
    "9p",
    "beegfs",
    "fuse.sshfs",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.mergerfs",
    "virtiofs",
];
/// Where memory is mounted for the system's own use.
const SYSTEM: &[&str] = &["/dev", "/run", "/sys", "/proc", "/var/run", "/boot", "/efi"];

/// Each volume once, by the shortest mount point of its device.
pub(crate) fn volumes(roots: &Roots, mounts: &[Mount]) -> Vec<Volume> {
    let mut kept: Vec<&Mount> = Vec::new();
    for mount in mounts.iter().filter(|mount| holds_data(mount)) {
        // What is mounted later at the same place hides what was there.
        kept.retain(|other| other.point != mount.point);
        match kept.iter_mut().find(|other| device(other) == device(mount)) {
            Some(other) if preference(mount) < preference(other) => *other = mount,
            Some(_) => {}
            None => kept.push(mount),
        }
    }
    kept.sort_by(|a, b| a.point.cmp(&b.point));
    kept.into_iter().filter_map(|mount| volume(roots, mount)).collect()
}

fn holds_data(mount: &Mount) -> bool {
    let name = mount.filesystem.as_str();
    let for_system = SYSTEM.iter().any(|folder| mount.point.starts_with(folder));
    !mount.is_read_only()
        && !for_system
        && (LOCAL.contains(&name) || NETWORK.contains(&name) || name == "tmpfs")
}

/// Bind mounts and subvolumes share it. Btrfs gives each subvolume a number of its own, so the
/// block device goes before it.
fn device(mount: &Mount) -> &str {
    if mount.source.starts_with("/dev/") { &mount.source } else { &mount.device }
}

/// A whole file system before a part of one, a short path before a long one.
fn preference(mount: &Mount) -> (bool, usize) {
    (mount.root != "/", mount.point.as_os_str().len())
}

fn volume(roots: &Roots, mount: &Mount) -> Option<Volume> {
    let path = roots.path(&mount.point);
    let remote = NETWORK.contains(&mount.filesystem.as_str()) || mount.filesystem.starts_with("fuse");
    let (size, free) = if remote { patient_space(path) } else { space(&path) }?;
    // A mount of no size is the kernel's own business.
    (size > ByteSize::default()).then(|| Volume {
        mount: mount.point.display().to_string(),
        kind: kind(roots, mount),
        filesystem: mount.filesystem.clone(),
        size,
        free,
        read_rate: None,
    })
}

/// Size, and what is free for this user.
fn space(path: &Path) -> Option<(ByteSize, ByteSize)> {
    let found = rustix::fs::statvfs(path).ok()?;
    let block = if found.f_frsize == 0 { found.f_bsize } else { found.f_frsize };
    Some((
        ByteSize::new(found.f_blocks.saturating_mul(block)),
        ByteSize::new(found.f_bavail.saturating_mul(block)),
    ))
}

/// A server that is gone blocks whoever asks, for ever; the thread that asked is left behind.
fn patient_space(path: PathBuf) -> Option<(ByteSize, ByteSize)> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(space(&path)));
    receiver.recv_timeout(PATIENCE).ok().flatten()
}

fn kind(roots: &Roots, mount: &Mount) -> VolumeKind {
    match mount.filesystem.as_str() {
        "tmpfs" => return VolumeKind::Memory,
        // A folder of the host: no disk of ours, but no network either.
        "virtiofs" | "9p" | "overlay" => return VolumeKind::Unknown,
        name if NETWORK.contains(&name) => return VolumeKind::Network,
        _ => {}
    }
    let by_number = roots.path(format!("/sys/dev/block/{}", mount.device));
    let by_name = || {
        let device = std::fs::canonicalize(roots.path(&mount.source)).ok();
        let name =
            device.as_deref().and_then(Path::file_name).or_else(|| Path::new(&mount.source).file_name())?;
        Some(roots.path("/sys/class/block").join(name))
    };
    let folder = std::fs::canonicalize(by_number).ok();
    let folder = folder.or_else(|| std::fs::canonicalize(by_name()?).ok());
    folder.map_or(VolumeKind::Unknown, |folder| disk_kind(&folder))
}

/// The kind of the disk below a block device: a partition's parent, a mapping's first part.
fn disk_kind(folder: &Path) -> VolumeKind {
    let mut folder = folder.to_owned();
    // Mappings can be stacked (encryption on volumes on RAID), never this deep.
    for _ in 0..8 {
        if folder.join("partition").exists() {
            folder.pop();
        }
        let below = std::fs::read_dir(folder.join("slaves")).ok().and_then(|mut parts| parts.next()?.ok());
        match below.and_then(|part| std::fs::canonicalize(part.path()).ok()) {
            Some(next) => folder = next,
            None => break,
        }
    }
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let rotates = std::fs::read_to_string(folder.join("queue/rotational")).ok();
    match rotates.as_deref().map(str::trim) {
        _ if name.starts_with("nvme") => VolumeKind::Nvme,
        Some("0") => VolumeKind::Ssd,
        // A virtual disk says that it rotates unless its host says otherwise: it isn't known.
        Some("1") if !name.starts_with("vd") && !name.starts_with("xvd") => VolumeKind::Hdd,
        _ => VolumeKind::Unknown,
    }
}
