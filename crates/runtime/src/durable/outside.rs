//! Folders of another tool, named by absolute paths that have no links on the way. Each part is opened by itself and no link
//! is followed, so that nothing is written where the path did not say. What is made gets its name in one step, is synced, and
//! replaces nothing.

use super::Access;
use las_types::{Code, Failure};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RenameFlags, Stat};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Permissions};
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A folder on the way need only be passed, not read.
const ON_THE_WAY: OFlags =
    OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A name in a folder that is held open.
pub(crate) struct Outside {
    folder: OwnedFd,
    name: OsString,
    whole: PathBuf,
}

/// What a new file gets.
pub(crate) enum Content<'a> {
    /// These bytes.
    Text(&'a [u8]),
    /// Those of another file, whose blocks it shares.
    Blocks(&'a File),
}

fn failed(whole: &Path, error: Errno) -> Failure {
    match error {
        Errno::LOOP | Errno::NOTDIR => {
            Failure::new(Code::ViewFolderUnfit).with("path", whole.display()).with("reason", "link")
        }
        Errno::EXIST => Failure::new(Code::ViewInTheWay).with("path", whole.display()),
        other => Failure::io(whole, other.into()),
    }
}

fn open_folder(path: &Path) -> Result<Option<OwnedFd>, Failure> {
    let mut at =
        rustix::fs::openat(CWD, "/", ON_THE_WAY, Mode::empty()).map_err(|error| failed(path, error))?;
    for part in path.strip_prefix("/").map_err(|_| failed(path, Errno::INVAL))? {
        at = match rustix::fs::openat(&at, part, ON_THE_WAY, Mode::empty()) {
            Ok(next) => next,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(failed(path, error)),
        };
    }
    Ok(Some(at))
}

fn split(path: &Path) -> Result<(&Path, &OsStr), Failure> {
    path.parent().zip(path.file_name()).ok_or_else(|| failed(path, Errno::INVAL))
}

fn sync(folder: &OwnedFd, whole: &Path) -> Result<(), Failure> {
    // One that is only passed can't be synced.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let synced = rustix::fs::openat(folder, ".", flags, Mode::empty()).and_then(rustix::fs::fsync);
    synced.map_err(|error| failed(whole, error))
}

/// The folders that a path lacks, outermost first.
pub(crate) fn missing_folders(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut missing = Vec::new();
    for folder in path.ancestors().skip(1) {
        if open_folder(folder)?.is_some() {
            break;
        }
        missing.push(folder.to_owned());
    }
    missing.reverse();
    Ok(missing)
}

/// Makes a folder, as whoever runs this usually makes them; one that is there is fine.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    let Some(place) = Outside::open(path)? else { return Err(failed(path, Errno::NOENT)) };
    match rustix::fs::mkdirat(&place.folder, &place.name, Mode::from_raw_mode(0o755)) {
        Ok(()) => place.sync(),
        Err(Errno::EXIST) => Ok(()),
        Err(error) => Err(failed(path, error)),
    }
}

/// Removes a folder if nothing is in it.
pub(crate) fn remove_folder_if_empty(path: &Path) -> Result<(), Failure> {
    let Some(place) = Outside::reach(path)? else { return Ok(()) };
    match rustix::fs::unlinkat(&place.folder, &place.name, AtFlags::REMOVEDIR) {
        Ok(()) => place.sync(),
        Err(Errno::NOENT | Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR) => Ok(()),
        Err(error) => Err(failed(path, error)),
    }
}

impl Outside {
    /// Opens the folder of a path; none if that is not there.
    ///
    /// Code: `view-folder-unfit` if a part of the way is a link or no folder.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, Failure> {
        let (folder, name) = split(path)?;
        let place = |folder| Self { folder, name: name.to_owned(), whole: path.to_owned() };
        Ok(open_folder(folder)?.map(place))
    }

    /// The same for what is to be looked at or taken away: where a link or a file lies on the way, nothing of ours does.
    pub(crate) fn reach(path: &Path) -> Result<Option<Self>, Failure> {
        match Self::open(path) {
            Err(failure) if failure.code == Code::ViewFolderUnfit => Ok(None),
            opened => opened,
        }
    }

    /// What has the name; none if nothing has.
    pub(crate) fn found(&self) -> Result<Option<Stat>, Failure> {
        match rustix::fs::statat(&self.folder, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(Some(found)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(failed(&self.whole, error)),
        }
    }

    /// Where the link of that name leads; none if it is none.
    pub(crate) fn target(&self) -> Option<PathBuf> {
        let target = rustix::fs::readlinkat(&self.folder, &self.name, Vec::new()).ok()?;
        Some(OsString::from_vec(target.into_bytes()).into())
    }

    fn sync(&self) -> Result<(), Failure> {
        sync(&self.folder, &self.whole)
    }

    /// Gives a file this name as well. Code: `view-in-the-way` if something has it.
    pub(crate) fn link(&self, from: &Path) -> Result<(), Failure> {
        let linked = rustix::fs::linkat(CWD, from, &self.folder, &self.name, AtFlags::empty());
        linked.map_err(|error| failed(&self.whole, error))?;
        self.sync()
    }

    /// Makes a symbolic link. Code: `view-in-the-way` if something has the name.
    pub(crate) fn symlink(&self, to: &Path) -> Result<(), Failure> {
        let made = rustix::fs::symlinkat(to, &self.folder, &self.name);
        made.map_err(|error| failed(&self.whole, error))?;
        self.sync()
    }

    /// Writes a new file beside, under a name of its own, and says what it is.
    pub(crate) fn write_beside(&self, beside: &str, content: &Content<'_>) -> Result<Stat, Failure> {
        self.remove_beside(beside)?;
        let io = |error: std::io::Error| Failure::io(&self.whole, error);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(Access::Data.mode());
        let file = rustix::fs::openat(&self.folder, beside, flags, mode);
        let mut file = File::from(file.map_err(|error| failed(&self.whole, error))?);
        match content {
            Content::Text(bytes) => file.write_all(bytes).map_err(io)?,
            Content::Blocks(from) => {
                rustix::fs::ioctl_ficlone(&file, from).map_err(|error| failed(&self.whole, error))?;
            }
        }
        file.set_permissions(Permissions::from_mode(Access::Data.mode())).map_err(io)?;
        file.sync_all().map_err(io)?;
        rustix::fs::fstat(&file).map_err(|error| failed(&self.whole, error))
    }

    /// Gives what was written beside the name. Code: `view-in-the-way` if something has it.
    pub(crate) fn take_beside(&self, beside: &str) -> Result<(), Failure> {
        let (folder, name) = (&self.folder, &self.name);
        let renamed = rustix::fs::renameat_with(folder, beside, folder, name, RenameFlags::NOREPLACE);
        renamed.map_err(|error| failed(&self.whole, error))?;
        self.sync()
    }

    /// Removes what a stop left beside; nothing there is fine.
    pub(crate) fn remove_beside(&self, beside: &str) -> Result<(), Failure> {
        match rustix::fs::unlinkat(&self.folder, beside, AtFlags::empty()) {
            Ok(()) => self.sync(),
            Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(failed(&self.whole, error)),
        }
    }

    /// Removes the file or link of that name; nothing there is fine.
    pub(crate) fn remove(&self) -> Result<(), Failure> {
        match rustix::fs::unlinkat(&self.folder, &self.name, AtFlags::empty()) {
            Ok(()) => self.sync(),
            Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(failed(&self.whole, error)),
        }
    }
}

/// Whether what was found is a file.
pub(crate) fn is_file(found: &Stat) -> bool {
    FileType::from_raw_mode(found.st_mode).is_file()
}

#[cfg(test)]
mod tests {
    use super::{Content, Outside, make_folder, missing_folders, remove_folder_if_empty};
    use las_types::Code;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_is_made_through_a_link_and_nothing_is_replaced() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("elsewhere")).unwrap();
        symlink(root.join("elsewhere"), root.join("link")).unwrap();
        let code = |path: &str| Outside::open(&root.join(path)).map(|_| ()).unwrap_err().code;
        assert_eq!(code("link/file"), Code::ViewFolderUnfit);
        assert_eq!(make_folder(&root.join("link/new")).unwrap_err().code, Code::ViewFolderUnfit);
        assert!(
            Outside::reach(&root.join("link/file")).unwrap().is_none(),
            "and nothing is taken away there"
        );
        remove_folder_if_empty(&root.join("link")).unwrap();
        assert!(root.join("link").is_symlink());
        std::fs::File::create(root.join("taken")).unwrap();
        assert_eq!(code("taken/file"), Code::ViewFolderUnfit);
        let taken = Outside::open(&root.join("taken")).unwrap().unwrap();
        assert_eq!(taken.symlink("x".as_ref()).unwrap_err().code, Code::ViewInTheWay);
        assert_eq!(taken.link(&root.join("taken")).unwrap_err().code, Code::ViewInTheWay);
        taken.write_beside(".new", &Content::Text(b"text")).unwrap();
        assert_eq!(taken.take_beside(".new").unwrap_err().code, Code::ViewInTheWay);
        taken.remove_beside(".new").unwrap();
        assert_eq!(std::fs::read(root.join("taken")).unwrap(), b"");
        assert_eq!(std::fs::read_dir(root.join("elsewhere")).unwrap().count(), 0);
    }

    #[test]
    fn folders_are_made_from_the_outermost_and_go_only_when_they_are_empty() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        let path = root.join("a/b/file");
        let missing = missing_folders(&path).unwrap();
        assert_eq!(missing, [root.join("a"), root.join("a/b")]);
        assert!(Outside::open(&path).unwrap().is_none());
        for folder in &missing {
            make_folder(folder).unwrap();
        }
        assert_eq!(missing_folders(&path).unwrap(), [""; 0].map(std::path::PathBuf::from));
        std::fs::File::create(&path).unwrap();
        remove_folder_if_empty(&root.join("a/b")).unwrap();
        assert!(path.exists());
        Outside::open(&path).unwrap().unwrap().remove().unwrap();
        for folder in missing.iter().rev() {
            remove_folder_if_empty(folder).unwrap();
        }
        assert_eq!(std::fs::read_dir(root).unwrap().count(), 0);
    }
}
