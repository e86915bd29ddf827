//! Whether files that were read are still as they were.

use crate::files::{entries, relative};
use las_types::Failure;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Deeper than any registry groups its manifests.
const DEPTH_MAX: usize = 8;

/// Inode, size, and the moment of the last change of content or inode: no program can set that one.
type Identity = (u64, u64, i64, i64);

/// Whose the files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// The application's: named by their place below the folder.
    Own,
    /// Somebody else's: named by their whole path, and what can't be listed is as good as not there.
    Other,
}

/// What every file below a folder looked like at one moment. No file is opened: a registry may hold thousands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    root: PathBuf,
    owner: Owner,
    files: BTreeMap<String, Identity>,
}

impl Watched {
    /// Looks at every file below the folder; a folder that isn't there has none. Links to folders are not followed.
    pub fn of(root: &Path) -> Result<Self, Failure> {
        Self::look(root, Owner::Own)
    }

    /// The same of a folder that is not the application's: files are named by their whole path, and a folder that
    /// can't be listed has none.
    pub fn of_other(root: &Path) -> Result<Self, Failure> {
        Self::look(root, Owner::Other)
    }

    fn look(root: &Path, owner: Owner) -> Result<Self, Failure> {
        let mut watched = Self { root: root.to_owned(), owner, files: BTreeMap::new() };
        watched.add(root, 0)?;
        Ok(watched)
    }

    fn add(&mut self, folder: &Path, depth: usize) -> Result<(), Failure> {
        let listed = match entries(folder) {
            Err(_) if self.owner == Owner::Other => return Ok(()),
            listed => listed?,
        };
        for path in listed {
            let found = match path.metadata() {
                Ok(found) => found,
                Err(_) if self.owner == Owner::Other => continue,
                // Gone since it was listed: as if it had never been there.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Failure::io(&path, error)),
            };
            let is_link = path.symlink_metadata().is_ok_and(|found| found.is_symlink());
            if found.is_dir() {
                if !is_link && depth < DEPTH_MAX {
                    self.add(&path, depth + 1)?;
                }
            } else {
                let identity = (found.ino(), found.size(), found.ctime(), found.ctime_nsec());
                let name = match self.owner {
                    Owner::Own => relative(&self.root, &path),
                    Owner::Other => path.display().to_string(),
                };
                self.files.insert(name, identity);
            }
        }
        Ok(())
    }

    /// The first file, by path, that was added, changed or removed since; none if all are as they were.
    pub fn changed(&self) -> Result<Option<String>, Failure> {
        let now = Self::look(&self.root, self.owner)?;
        let differs = |path: &&String| self.files.get(*path) != now.files.get(*path);
        Ok(self.files.keys().chain(now.files.keys()).filter(differs).min().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::Watched;
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]
    fn what_was_added_changed_or_removed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::create_dir(file("a")).unwrap();
        std::fs::write(file("a/one.yaml"), "1").unwrap();
        std::fs::write(file("two.yaml"), "2").unwrap();
        let before = Watched::of(folder.path()).unwrap();
        assert_eq!(before.changed().unwrap(), None);
        std::fs::write(file("two.yaml"), "333").unwrap();
        assert_eq!(before.changed().unwrap().as_deref(), Some("two.yaml"));
        std::fs::remove_file(file("a/one.yaml")).unwrap();
        assert_eq!(before.changed().unwrap().as_deref(), Some("a/one.yaml"));
        std::fs::write(file("a/new.yaml"), "1").unwrap();
        assert_eq!(before.changed().unwrap().as_deref(), Some("a/new.yaml"));
        assert_eq!(Watched::of(&file("nowhere")).unwrap().changed().unwrap(), None);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]
    fn a_file_of_the_same_size_and_the_same_time_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.yaml");
        std::fs::write(&path, "a").unwrap();
        let before = Watched::of_other(folder.path()).unwrap();
        let first = path.metadata().unwrap();
        // Until the file system's clock has moved on: within one tick two changes look like one.
        while (path.metadata().unwrap().ctime(), path.metadata().unwrap().ctime_nsec())
            == (first.ctime(), first.ctime_nsec())
        {
            let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            std::io::Write::write_all(&mut &file, b"b").unwrap();
            file.set_modified(first.modified().unwrap()).unwrap();
        }
        let now = path.metadata().unwrap();
        assert_eq!((now.len(), now.modified().unwrap()), (first.len(), first.modified().unwrap()));
        assert_eq!(before.changed().unwrap(), Some(path.display().to_string()), "with its whole path");
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]
    fn what_is_no_folder_has_no_files_if_it_is_somebody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("registry");
        std::fs::write(&path, "no folder").unwrap();
        assert!(Watched::of(&path).is_err());
        assert_eq!(Watched::of_other(&path).unwrap().changed().unwrap(), None);
    }
}
