//! The one module that creates, moves and removes files: synced, so that a power cut leaves the
//! old or the new, and never under a final name half of either. What need not outlive the boot is in `passing`.

pub(crate) mod beneath;
pub(crate) mod outside;
pub(crate) mod part;
pub(crate) mod passing;

use crate::blocking::Meter;
use las_types::{Code, Digest, Failure};
use rustix::fs::{Mode, OFlags};
use sha2::Digest as _;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// How a file may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// 0644: data of an artefact.
    Data,
    /// 0444: data that another tool has a name of, too.
    ReadOnly,
    /// 0755: a program.
    Program,
    /// 0600: for this user only.
    Private,
}

impl Access {
    pub(crate) const fn mode(self) -> u32 {
        match self {
            Self::Data => 0o644,
            Self::ReadOnly => 0o444,
            Self::Program => 0o755,
            Self::Private => 0o600,
        }
    }
}

/// What bytes have to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
}

const CHUNK: usize = 256 << 10;

/// Reads to the end, hashing; `each` gets every chunk.
pub(crate) fn read_hashed(
    reader: &mut dyn Read,
    path: &Path,
    meter: &mut Meter,
    each: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(Digest, u64), Failure> {
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut size = 0;
    loop {
        let count = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::io(path, error)),
        };
        hasher.update(&buffer[..count]);
        each(&buffer[..count])?;
        size += count as u64;
        meter.add(count as u64)?;
    }
    Ok((Digest::from_bytes(hasher.finalize().into()), size))
}

/// Writes a new file in staging, hashing while writing, and syncs it: at most one byte more than `most`, so that too
/// long a source shows. Returns digest and size of what was written. On any failure the file stays for whoever clears the
/// staging; it is under no final name. `origin` names the source in the failure.
pub(crate) fn write_hashed(
    reader: &mut dyn Read,
    origin: &Path,
    destination: &Path,
    access: Access,
    most: u64,
    meter: &mut Meter,
) -> Result<(Digest, u64), Failure> {
    let failed = |error| Failure::io(destination, error);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(access.mode())
        .open(destination)
        .map_err(failed)?;
    let mut bounded = reader.take(most.saturating_add(1));
    let written =
        read_hashed(&mut bounded, origin, meter, &mut |chunk| file.write_all(chunk).map_err(failed))?;
    // The mode given at creation went through the umask.
    file.set_permissions(Permissions::from_mode(access.mode())).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    Ok(written)
}

/// Copies into a new file in staging as [`write_hashed`] does, and compares it with what is expected.
pub(crate) fn copy_hashed(
    mut reader: impl Read,
    origin: &Path,
    destination: &Path,
    access: Access,
    expected: Expected,
    meter: &mut Meter,
) -> Result<(), Failure> {
    let (actual, size) = write_hashed(&mut reader, origin, destination, access, expected.size, meter)?;
    if actual == expected.digest && size == expected.size {
        Ok(())
    } else {
        Err(mismatch(origin, expected.digest, actual))
    }
}

/// Bytes that are not what they should be.
pub(crate) fn mismatch(path: &Path, expected: Digest, actual: Digest) -> Failure {
    Failure::new(Code::ChecksumMismatch)
        .with("path", path.display())
        .with("expected", expected)
        .with("actual", actual)
}

/// Writes a whole file: beside its place, synced, renamed, directory synced.
pub(crate) fn write_file(path: &Path, bytes: &[u8], access: Access) -> Result<(), Failure> {
    let beside = beside(path)?;
    remove(&beside)?;
    let file = write_beside(&beside, path, bytes, access)?;
    file.sync_all().map_err(|error| Failure::io(path, error))?;
    rename(&beside, path)
}

/// Writes the new file beside a place.
fn write_beside(beside: &Path, path: &Path, bytes: &[u8], access: Access) -> Result<File, Failure> {
    let failed = |error| Failure::io(path, error);
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(access.mode()).open(beside).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.set_permissions(Permissions::from_mode(access.mode())).map_err(failed)?;
    Ok(file)
}

/// Gives a file of ours back the rights that it was made with; it has them already, most often.
pub(crate) fn set_access(path: &Path, access: Access) -> Result<(), Failure> {
    let failed = |error| Failure::io(path, error);
    let found = std::fs::symlink_metadata(path).map_err(failed)?;
    if !found.is_file() || found.permissions().mode() & 0o7777 == access.mode() {
        return Ok(());
    }
    std::fs::set_permissions(path, Permissions::from_mode(access.mode())).map_err(failed)?;
    File::open(path).and_then(|file| file.sync_all()).map_err(failed)
}

/// Makes a symbolic link, in one step in place of what has the name.
pub(crate) fn link(target: &Path, path: &Path) -> Result<(), Failure> {
    let beside = beside(path)?;
    remove(&beside)?;
    std::os::unix::fs::symlink(target, &beside).map_err(|error| Failure::io(path, error))?;
    rename(&beside, path)
}

/// Removes what a stop left beside a name before it got its place; nothing there is fine.
pub(crate) fn remove_unfinished(path: &Path) -> Result<(), Failure> {
    remove(&beside(path)?)
}

// A temporary name in the same folder: a rename is atomic only within one file system. One core
// at a time writes here, so a fixed suffix can't collide, and a leftover is found again.
fn beside(path: &Path) -> Result<std::path::PathBuf, Failure> {
    let name = path.file_name().ok_or_else(|| Failure::io(path, ErrorKind::InvalidInput.into()))?;
    let mut hidden = std::ffi::OsString::from(".new-");
    hidden.push(name);
    Ok(path.with_file_name(hidden))
}

/// Renames, then syncs both directories.
#[expect(clippy::disallowed_methods, reason = "this is the one module that moves files into place")]
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::rename(from, to).map_err(|error| Failure::io(to, error))?;
    sync_parent(to)?;
    if from.parent() == to.parent() { Ok(()) } else { sync_parent(from) }
}

/// Gives a file a second name, as data. Where the file system knows no second names, it is moved.
pub(crate) fn share(from: &Path, to: &Path) -> Result<(), Failure> {
    set_access(from, Access::Data)?;
    match std::fs::hard_link(from, to) {
        Ok(()) => sync_parent(to),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Failure::io(from, error)),
        Err(_) => rename(from, to),
    }
}

/// Makes a new file in staging that shares its blocks with another, as data, and syncs it.
pub(crate) fn clone(from: &File, to: &Path) -> std::io::Result<()> {
    let mode = Access::Data.mode();
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(to)?;
    rustix::fs::ioctl_ficlone(&file, from)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()
}

/// Gives somebody else's file a second name in staging; its rights stay as they are. Its bytes are synced: under a name of
/// ours they have to outlast a power cut.
pub(crate) fn second_name(file: &File, from: &Path, to: &Path) -> std::io::Result<()> {
    file.sync_all()?;
    std::fs::hard_link(from, to)
}

/// Makes a folder and its missing ancestors, mode 0700, each synced into its parent.
pub(crate) fn make_dir(path: &Path) -> Result<(), Failure> {
    make_dir_with(path, sync_parent)
}

fn make_dir_with(path: &Path, sync: fn(&Path) -> Result<(), Failure>) -> Result<(), Failure> {
    // Two steps may need the same folder: who finds it there must find it synced, too.
    static MAKING: Mutex<()> = Mutex::new(());
    let _alone = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    make_dir_alone(path, sync)
}

fn make_dir_alone(path: &Path, sync: fn(&Path) -> Result<(), Failure>) -> Result<(), Failure> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        make_dir_alone(parent, sync)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => sync(path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(Failure::io(path, error)),
    }
}

/// Makes a folder that is nobody else's, and was not there before: where others may write too, what lies under the name is theirs.
pub(crate) fn make_new_dir(path: &Path) -> Result<(), Failure> {
    DirBuilder::new().mode(0o700).create(path).map_err(|error| Failure::io(path, error))
}

/// Removes a file, link or folder with all in it, and syncs its directory; nothing there is fine.
pub(crate) fn remove(path: &Path) -> Result<(), Failure> {
    remove_with(path, sync_parent)
}

fn remove_with(path: &Path, sync: fn(&Path) -> Result<(), Failure>) -> Result<(), Failure> {
    let result = match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => sync(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::io(path, error)),
    }
}

/// Removes a folder if nothing is in it.
pub(crate) fn remove_if_empty(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_dir(path) {
        Ok(()) => sync_parent(path),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => Ok(()),
        Err(error) => Err(Failure::io(path, error)),
    }
}

/// Syncs a directory, so that the names in it survive a power cut.
pub(crate) fn sync_dir(path: &Path) -> Result<(), Failure> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|error| Failure::io(path, error))
}

fn sync_parent(path: &Path) -> Result<(), Failure> {
    path.parent().map_or(Ok(()), sync_dir)
}

/// Opens a private file to append to, created if missing; never through a symbolic link.
pub(crate) fn open_append(path: &Path) -> Result<File, Failure> {
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)
        .map(File::from)
        .map_err(|error| Failure::io(path, error.into()))
}

#[cfg(test)]
mod tests {
    use super::{Access, Expected, copy_hashed, link, write_file};
    use crate::blocking::Meter;
    use las_types::{Code, Digest};
    use std::path::Path;

    #[test]
    fn a_copy_is_bounded_and_compared() {
        let folder = tempfile::tempdir().unwrap();
        let expected = Expected { digest: Digest::of(b"abc"), size: 3 };
        let copy = |name: &str, bytes: &'static [u8]| {
            copy_hashed(
                bytes,
                Path::new("origin"),
                &folder.path().join(name),
                Access::Data,
                expected,
                &mut Meter::silent(),
            )
        };
        copy("good", b"abc").unwrap();
        for (name, bytes) in
            [("other", b"abd".as_slice()), ("short", b"ab"), ("long", b"abcdefgh"), ("none", b"")]
        {
            let failure = copy(name, bytes).unwrap_err();
            assert_eq!(failure.code, Code::ChecksumMismatch, "{name}");
            assert_eq!(failure.args["expected"], expected.digest.to_string());
            assert!(folder.path().join(name).metadata().unwrap().len() <= 4, "{name}");
        }
        // A name that is taken is never written over.
        assert_eq!(copy("good", b"abc").unwrap_err().code, Code::IoFailed);
    }

    #[test]
    fn a_whole_file_replaces_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_file(&path, b"old", Access::Private).unwrap();
        // What a kill in the middle leaves.
        link(Path::new("nowhere"), &folder.path().join(".new-file")).unwrap();
        write_file(&path, b"new", Access::Private).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
