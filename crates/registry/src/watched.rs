//! Whether files that were read are still as they were.

use crate::files::{entries, relative};
use las_types::Failure;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Deeper than any registry groups its manifests.
const DEPTH_MAX: usize = 8;

/// Inode, size, and the moment of the last change of content.
type Identity = (u64, u64, i64, i64);

/// What every file below a folder looked like at one moment. No file is opened: a registry may hold thousands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    root: PathBuf,
    files: BTreeMap<String, Identity>,
}

impl Watched {
    /// Looks at every file below the folder; a folder that isn't there has none. Links to folders are not followed.
    pub fn of(root: &Path) -> Result<Self, Failure> {
        let mut watched = Self { root: root.to_owned(), files: BTreeMap::new() };
        watched.add(root, 0)?;
        Ok(watched)
    }

    fn add(&mut self, folder: &Path, depth: usize) -> Result<(), Failure> {
        for path in entries(folder)? {
            let found = match path.metadata() {
                Ok(found) => found,
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
                let identity = (found.ino(), found.size(), found.mtime(), found.mtime_nsec());
                self.files.insert(relative(&self.root, &path), identity);
            }
        }
        Ok(())
    }

    /// The first file, by path, that was added, changed or removed since; none if all are as they were.
    pub fn changed(&self) -> Result<Option<String>, Failure> {
        let now = Self::of(&self.root)?;
        let differs = |path: &&String| self.files.get(*path) != now.files.get(*path);
        Ok(self.files.keys().chain(now.files.keys()).filter(differs).min().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::Watched;

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
}
