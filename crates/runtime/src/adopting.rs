//! Files of other tools: how they can be had without copying them, and taking them. Such a file is opened, read, cloned or
//! given a second name; it is never written, moved, removed or given other rights.

use crate::blobs;
use crate::blocking::Meter;
use crate::durable::{self, Expected};
use crate::home::Home;
use crate::tree;
use las_types::{AdoptionMethod, Code, Failure, Installed, LaidOut, Placement, Source};
use rustix::fs::{AtFlags, Mode, OFlags, StatxFlags};
use std::fs::{File, Metadata};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// How a file can be adopted. A reflink is tried; a hard link is not, since it would show on the other tool's file: the
/// kernel says whether both lie in one mount, and the file whose it is.
pub(crate) fn method(home: &Home, path: &Path) -> Result<AdoptionMethod, Failure> {
    let file = tree::open_file(path)?;
    let found = file.metadata().map_err(|error| Failure::io(path, error))?;
    if can_clone_into(&home.blobs(), &file) {
        return Ok(AdoptionMethod::Reflink);
    }
    Ok(if in_one_mount(&file, &home.blobs()) && is_ours_alone(&found) {
        AdoptionMethod::HardLink
    } else {
        AdoptionMethod::Reference
    })
}

/// Whether somebody else's file has the bytes of a blob as well: under another name of it, or in the blocks that both shared
/// when it was adopted. What was cloned long ago may have been written since; then it frees more than is told.
pub(crate) fn is_shared(home: &Home, item: &Installed) -> Result<bool, Failure> {
    if item.placement != Placement::Blob {
        return Ok(false);
    }
    let blob = blobs::blob(home, item.digest);
    let found = match blob.symlink_metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Failure::io(&blob, error)),
    };
    let cloned = item.source.adoption().is_some_and(|adopted| adopted.by == AdoptionMethod::Reflink);
    let has_others = found.nlink() > 1 + names_of_views(item, &found);
    let Source::LocalFile { path, .. } = &item.source else { return Ok(has_others) };
    let there = Path::new(path).metadata().is_ok_and(|other| other.is_file() && other.len() == found.len());
    Ok(has_others || cloned && there)
}

/// How many names a blob has from views of its model: they go with it.
fn names_of_views(item: &Installed, blob: &Metadata) -> u64 {
    let is_it = |path: &String| {
        let found = Path::new(path).symlink_metadata();
        found.is_ok_and(|found| (found.dev(), found.ino()) == (blob.dev(), blob.ino()))
    };
    item.views.iter().flat_map(LaidOut::paths).filter(is_it).count() as u64
}

/// Clones into a file without a name: nothing is left of it, however this ends.
pub(crate) fn can_clone_into(folder: &Path, file: &File) -> bool {
    let flags = OFlags::RDWR | OFlags::TMPFILE | OFlags::CLOEXEC;
    let scratch = rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR);
    scratch.and_then(|scratch| rustix::fs::ioctl_ficlone(&scratch, file)).is_ok()
}

/// Whether a file and a folder lie in one mount: then the file can have a second name there.
pub(crate) fn in_one_mount(file: &File, folder: &Path) -> bool {
    let near = mount(file).zip(File::open(folder).ok().and_then(|folder| mount(&folder)));
    near.is_some_and(|(one, other)| one == other)
}

/// In which mount a file lies: a link can't lead from one to another, even of the same file system.
fn mount(file: &impl AsFd) -> Option<(u32, u32, u64)> {
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::MNT_ID;
    let found = rustix::fs::statx(file, c"", AtFlags::EMPTY_PATH, wanted).ok()?;
    (found.stx_mask & StatxFlags::MNT_ID.bits() != 0).then_some((
        found.stx_dev_major,
        found.stx_dev_minor,
        found.stx_mnt_id,
    ))
}

/// Whether nobody but this user may change a file's bytes: a second name of it is one that others could write through.
fn is_ours_alone(found: &Metadata) -> bool {
    let own = found.uid() == rustix::process::geteuid().as_raw();
    let shared = found.mode() & 0o020 != 0 && found.gid() != rustix::process::getegid().as_raw();
    own && found.mode() & 0o002 == 0 && !shared
}

/// Takes a file into staging as the plan says, and reads it there: what is looked at is what will have the name.
///
/// Codes: `model-not-adoptable` where the file system refuses, or the file isn't this user's alone any more;
/// `checksum-mismatch`.
pub(crate) fn take(
    path: &Path,
    by: AdoptionMethod,
    work: &Path,
    expected: Expected,
    meter: &mut Meter,
) -> Result<(), Failure> {
    let file = tree::open_file(path)?;
    let refused = |reason: &str| {
        Failure::new(Code::ModelNotAdoptable).with("path", path.display()).with("reason", reason)
    };
    if by == AdoptionMethod::Reflink {
        durable::clone(&file, work).map_err(|error| refused("clone").because(error))?;
    } else {
        let found = file.metadata().map_err(|error| Failure::io(path, error))?;
        if !is_ours_alone(&found) {
            return Err(refused("owner"));
        }
        durable::second_name(&file, path, work).map_err(|error| refused("link").because(error))?;
        let linked = work.symlink_metadata().map_err(|error| Failure::io(work, error))?;
        if (linked.dev(), linked.ino()) != (found.dev(), found.ino()) {
            return Err(refused("changed"));
        }
    }
    let (actual, size) = tree::hash_file(work, meter)?;
    if actual == expected.digest && size == expected.size {
        Ok(())
    } else {
        Err(durable::mismatch(path, expected.digest, actual))
    }
}

/// Whether two names are of one file.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    let identity = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
    identity(one).is_some_and(|one| identity(other) == Some(one))
}

/// Whether a file has no other name: only then are its rights ours to set.
pub(crate) fn has_one_name(found: &Metadata) -> bool {
    found.nlink() == 1
}
