//! A folder that somebody else writes into, too: a service's data, an engine's run folder.
//!
//! What lies there was left by a program that may mean harm, and may be changed by it at any moment. So nothing here
//! goes by a whole path: each part of a name is opened by itself and no link is followed, so that whatever is put under
//! a name in the meantime, nothing outside of the folder is looked at, made, moved or removed.

use crate::tree;
use las_types::Failure;
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// The folder, held open.
pub struct Beneath {
    path: PathBuf,
    root: OwnedFd,
}

/// A name in a folder that is held open.
struct Place {
    folder: OwnedFd,
    name: OsString,
    whole: PathBuf,
}

impl Place {
    fn failed(&self, error: Errno) -> Failure {
        Failure::io(&self.whole, error.into())
    }

    /// What has the name; none if nothing has.
    fn found(&self) -> Result<Option<FileType>, Failure> {
        match rustix::fs::statat(&self.folder, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(Some(FileType::from_raw_mode(found.st_mode))),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn sync(&self) -> Result<(), Failure> {
        rustix::fs::fsync(&self.folder).map_err(|error| self.failed(error))
    }

    /// The same folder by way of its descriptor, and so whatever has its name now.
    fn path(&self) -> PathBuf {
        Path::new("/proc/self/fd").join(self.folder.as_raw_fd().to_string()).join(&self.name)
    }
}

impl Beneath {
    /// Opens it. The folder itself is named by us.
    ///
    /// # Errors
    /// If it is none, or can't be opened.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let root = rustix::fs::openat(CWD, path, FOLDER, Mode::empty());
        let root = root.map_err(|error| Failure::io(path, error.into()))?;
        Ok(Self { path: path.to_owned(), root })
    }

    /// The folder that a relative path lies in, and its name there; with the folders above made where they are missing.
    fn place(&self, relative: &Path, make: bool) -> Result<Option<Place>, Failure> {
        let text =
            relative.to_str().ok_or_else(|| Failure::io(relative, ErrorKind::InvalidFilename.into()))?;
        let mut whole = self.path.clone();
        let failed = |whole: &Path, error: Errno| Failure::io(whole, error.into());
        let mut at = self.root.try_clone().map_err(|error| Failure::io(&whole, error))?;
        let mut parts = tree::inside(text)?.iter().peekable();
        while let Some(part) = parts.next() {
            whole.push(part);
            if parts.peek().is_none() {
                return Ok(Some(Place { folder: at, name: part.to_owned(), whole }));
            }
            if make {
                match rustix::fs::mkdirat(&at, part, Mode::RWXU) {
                    Ok(()) => rustix::fs::fsync(&at).map_err(|error| failed(&whole, error))?,
                    Err(Errno::EXIST) => {}
                    Err(error) => return Err(failed(&whole, error)),
                }
            }
            at = match rustix::fs::openat(&at, part, FOLDER | OFlags::NOFOLLOW, Mode::empty()) {
                Ok(next) => next,
                Err(Errno::NOENT) => return Ok(None),
                Err(error) => return Err(failed(&whole, error)),
            };
        }
        Ok(None)
    }

    /// Whether something has that name; a link has, wherever it leads.
    ///
    /// # Errors
    /// If a part of the way is a link or no folder, or can't be read.
    pub fn has(&self, relative: &Path) -> Result<bool, Failure> {
        self.place(relative, false)?.map_or(Ok(false), |place| place.found().map(|found| found.is_some()))
    }

    /// Makes the folders above a name, mode 0700, each synced.
    ///
    /// # Errors
    /// If one of them is a link or no folder, or can't be made.
    pub fn make_above(&self, relative: &Path) -> Result<(), Failure> {
        self.place(relative, true).map(|_| ())
    }

    /// Gives what has one name another, in one step, and syncs both folders.
    ///
    /// # Errors
    /// If a part of either way is a link or missing, or the other name can't be given.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        let missing = |path: &Path| Failure::io(&self.path.join(path), ErrorKind::NotFound.into());
        let old = self.place(from, false)?.ok_or_else(|| missing(from))?;
        let new = self.place(to, false)?.ok_or_else(|| missing(to))?;
        rustix::fs::renameat(&old.folder, &old.name, &new.folder, &new.name)
            .map_err(|error| new.failed(error))?;
        new.sync()?;
        if from.parent() == to.parent() { Ok(()) } else { old.sync() }
    }

    /// Removes a file, link or folder with all in it; nothing there is fine.
    ///
    /// # Errors
    /// If a part of the way is a link, or something can't be removed.
    pub fn remove(&self, relative: &Path) -> Result<(), Failure> {
        let Some(place) = self.place(relative, false)? else { return Ok(()) };
        let removed = match place.found()? {
            None => return Ok(()),
            // Goes by descriptors itself, and takes a link that it meets for a file.
            Some(FileType::Directory) => std::fs::remove_dir_all(place.path()),
            Some(_) => rustix::fs::unlinkat(&place.folder, &place.name, AtFlags::empty()).map_err(Into::into),
        };
        match removed {
            Ok(()) => place.sync(),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Failure::io(&place.whole, error)),
        }
    }

    /// Reads a short text from a file that is one.
    ///
    /// # Errors
    /// If it is a link or no file, longer than 64 KiB, no text, or can't be read.
    pub fn read(&self, relative: &Path) -> Result<String, Failure> {
        const LONGEST: u64 = 64 << 10;
        let text =
            relative.to_str().ok_or_else(|| Failure::io(relative, ErrorKind::InvalidFilename.into()))?;
        let failed = |error| Failure::io(&self.path.join(relative), error);
        let mut content = String::new();
        let file = tree::open_below(&self.root, &self.path, text)?;
        file.take(LONGEST + 1).read_to_string(&mut content).map_err(failed)?;
        if content.len() as u64 > LONGEST { Err(failed(ErrorKind::FileTooLarge.into())) } else { Ok(content) }
    }

    /// Calls for everything below, each with its folder and its name there, a folder after what is in it. What is gone before
    /// it is looked at is passed over, as is a folder that is none any more.
    ///
    /// # Errors
    /// The first of `each`, or if something can't be read.
    pub(crate) fn walk(&self, each: &mut Each<'_>) -> Result<(), Failure> {
        walk(&self.root, &self.path, each)
    }

    /// Bytes of every file below; links are counted and not followed.
    ///
    /// # Errors
    /// If something can't be read.
    pub fn size(&self) -> Result<u64, Failure> {
        let mut sum: u64 = 0;
        self.walk(&mut |_, _, found| {
            let own = u64::try_from(found.st_size).unwrap_or_default();
            let is_folder = FileType::from_raw_mode(found.st_mode).is_dir();
            sum = sum.saturating_add(if is_folder { 0 } else { own });
            Ok(())
        })?;
        Ok(sum)
    }
}

/// Told of something: the folder that it is in, its name there, and what it was just now.
pub(crate) type Each<'a> = dyn FnMut(&OwnedFd, &OsStr, &rustix::fs::Stat) -> rustix::io::Result<()> + 'a;

fn walk(folder: &OwnedFd, path: &Path, each: &mut Each<'_>) -> Result<(), Failure> {
    let failed = |error: Errno| Failure::io(path, error.into());
    for entry in rustix::fs::Dir::read_from(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name == "." || name == ".." {
            continue;
        }
        let found = match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => found,
            Err(Errno::NOENT) => continue,
            Err(error) => return Err(failed(error)),
        };
        if FileType::from_raw_mode(found.st_mode).is_dir() {
            match rustix::fs::openat(folder, name, FOLDER | OFlags::NOFOLLOW, Mode::empty()) {
                Ok(below) => walk(&below, &path.join(name), each)?,
                Err(Errno::NOENT | Errno::LOOP | Errno::NOTDIR) => continue,
                Err(error) => return Err(failed(error)),
            }
        }
        match each(folder, name, &found) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(Failure::io(&path.join(name), error.into())),
        }
    }
    Ok(())
}

/// A socket below a folder of somebody else's, held open: what is connected to is what was looked at.
///
/// # Errors
/// If what has its name is none; a link to one is none.
pub(crate) fn open_socket(path: &Path) -> std::io::Result<(File, PathBuf)> {
    let (folder, name) = path.parent().zip(path.file_name()).ok_or(ErrorKind::InvalidFilename)?;
    let folder = rustix::fs::openat(CWD, folder, FOLDER, Mode::empty())?;
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let found = rustix::fs::openat(&folder, name, flags, Mode::empty())?;
    let kind = FileType::from_raw_mode(rustix::fs::fstat(&found)?.st_mode);
    if kind != FileType::Socket {
        return Err(ErrorKind::ConnectionRefused.into());
    }
    let at = Path::new("/proc/self/fd").join(found.as_raw_fd().to_string());
    Ok((File::from(found), at))
}

#[cfg(test)]
mod tests {
    use super::{Beneath, open_socket};
    use std::os::unix::fs::symlink;
    use std::path::Path;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let scratch = tempfile::tempdir().unwrap();
        let (inner, outer) = (scratch.path().join("inner"), scratch.path().join("outer"));
        std::fs::create_dir_all(inner.join("real")).unwrap();
        std::fs::create_dir_all(outer.join("kept")).unwrap();
        symlink(&outer, inner.join("link")).unwrap();
        let beneath = Beneath::open(&inner).unwrap();
        let at = |text: &'static str| Path::new(text);
        for name in ["link/kept", "link/new/deep", "../outer/kept", "/outer", "real/../../outer"] {
            beneath.has(at(name)).unwrap_err();
            beneath.make_above(&at(name).join("more")).unwrap_err();
            beneath.remove(at(name)).unwrap_err();
            beneath.rename(at("real"), at(name)).unwrap_err();
            beneath.rename(at(name), at("taken")).unwrap_err();
            beneath.read(at(name)).unwrap_err();
        }
        assert_eq!(std::fs::read_dir(&outer).unwrap().count(), 1);
        // The link itself may be named, moved and removed: it is in the folder.
        assert!(beneath.has(at("link")).unwrap());
        beneath.rename(at("link"), at("real/link")).unwrap();
        beneath.remove(at("real/link")).unwrap();
        assert!(!beneath.has(at("real/link")).unwrap() && outer.join("kept").is_dir());
    }

    #[test]
    fn folders_are_made_moved_and_removed_with_what_is_in_them() {
        let scratch = tempfile::tempdir().unwrap();
        let beneath = Beneath::open(scratch.path()).unwrap();
        let at = |text: &'static str| Path::new(text);
        assert!(!beneath.has(at("a/b/c")).unwrap());
        beneath.make_above(at("a/b/c")).unwrap();
        beneath.make_above(at("a/b/c")).unwrap();
        std::fs::create_dir(scratch.path().join("a/b/new")).unwrap();
        symlink("/", scratch.path().join("a/b/new/root")).unwrap();
        beneath.rename(at("a/b/new"), at("a/b/c")).unwrap();
        assert!(beneath.has(at("a/b/c/root")).unwrap());
        // A link's own size is that of where it points to, as a text.
        assert_eq!(beneath.size().unwrap(), 1);
        for _ in 0..2 {
            beneath.remove(at("a")).unwrap();
        }
        assert!(!beneath.has(at("a")).unwrap());
    }

    #[test]
    fn a_link_in_place_of_a_socket_or_a_key_is_not_followed() {
        let scratch = tempfile::tempdir().unwrap();
        let (real, link) = (scratch.path().join("real.sock"), scratch.path().join("engine.sock"));
        let _listener = std::os::unix::net::UnixListener::bind(&real).unwrap();
        let (held, at) = open_socket(&real).unwrap();
        std::os::unix::net::UnixStream::connect(&at).unwrap();
        drop(held);
        symlink(&real, &link).unwrap();
        open_socket(&link).unwrap_err();
        symlink("/etc/hostname", scratch.path().join("key")).unwrap();
        Beneath::open(scratch.path()).unwrap().read(Path::new("key")).unwrap_err();
    }
}
