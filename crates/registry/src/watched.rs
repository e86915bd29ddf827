//! Whether files that were read are still as they were.

use crate::files::{entries, relative};
use las_types::{Digest, Failure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Deeper than any registry groups its manifests.
const DEPTH_MAX: usize = 8;
/// Larger than any file that is read here.
const BYTES_MAX: u64 = 16 << 20;

/// The digest of every file below a folder, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    root: PathBuf,
    files: BTreeMap<String, Digest>,
}

impl Watched {
    /// Reads every file below the folder; a folder that isn't there has none. Links to folders are not followed.
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
            } else if found.is_file() && found.len() <= BYTES_MAX {
                let mut file = std::fs::File::open(&path).map_err(|error| Failure::io(&path, error))?;
                let (digest, _) = Digest::of_reader(&mut file).map_err(|error| Failure::io(&path, error))?;
                self.files.insert(relative(&self.root, &path), digest);
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
        std::fs::write(file("two.yaml"), "3").unwrap();
        assert_eq!(before.changed().unwrap().as_deref(), Some("two.yaml"));
        std::fs::remove_file(file("a/one.yaml")).unwrap();
        assert_eq!(before.changed().unwrap().as_deref(), Some("a/one.yaml"));
        std::fs::write(file("a/new.yaml"), "1").unwrap();
        assert_eq!(before.changed().unwrap().as_deref(), Some("a/new.yaml"));
        assert_eq!(Watched::of(&file("nowhere")).unwrap().changed().unwrap(), None);
    }
}
