//! What was made for a view: which file, which link, and the folders around them. Kept beside the models, and written before
//! anything gets its name.

use crate::durable::outside::{self, Outside};
use crate::durable::{self, Access};
use crate::home::Home;
use las_types::{Digest, Failure, Installed, LaidOut};
use rustix::fs::Stat;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// By what something that was made is known again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Mark {
    /// A name of that file.
    Name {
        /// Its inode.
        inode: u64,
    },
    /// A file of its own, unchanged since.
    File {
        /// Inode, size and the moment of its last change.
        identity: String,
    },
    /// A symbolic link.
    Link {
        /// Where it leads.
        to: String,
    },
}

impl Mark {
    pub(super) fn of_file(found: &Stat) -> Self {
        Self::File { identity: identity(found) }
    }
}

fn identity(found: &Stat) -> String {
    format!("{} {} {}.{:09}", found.st_ino, found.st_size, found.st_mtime, found.st_mtime_nsec)
}

/// All that was made for one view.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Made {
    files: BTreeMap<String, Mark>,
    folders: Vec<PathBuf>,
    #[serde(skip)]
    path: PathBuf,
}

impl Made {
    /// What was made for that view; nothing yet, most often.
    pub(super) fn of(home: &Home, item: &Installed, view: &LaidOut) -> Self {
        let key = Digest::of(format!("{}\n{}\n{}", item.name, view.tool.as_str(), view.folder).as_bytes());
        let path = home.models().join("views").join(format!("{}.json", key.hex()));
        match Self::read(&path) {
            Ok(made) => Self { path, ..made },
            Err(_) if path.symlink_metadata().is_err() => Self { path, ..Self::default() },
            Err(failure) => {
                // Then nothing is known to be ours, and nothing is taken away.
                tracing::warn!(%failure, cause = ?failure.cause, "what was made for a view can't be read");
                Self { path, ..Self::default() }
            }
        }
    }

    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = std::fs::read(path).map_err(|error| Failure::io(path, error))?;
        serde_json::from_slice(&bytes).map_err(|error| Failure::io(path, error.into()))
    }

    pub(super) fn bytes(&self) -> Result<Vec<u8>, Failure> {
        serde_json::to_vec(self).map_err(Failure::internal)
    }

    fn save(&self) -> Result<(), Failure> {
        if let Some(folder) = self.path.parent() {
            durable::make_dir(folder)?;
        }
        durable::write_file(&self.path, &self.bytes()?, Access::Private)
    }

    /// Writes down what is about to be made.
    pub(super) fn add(&mut self, path: &str, mark: Mark) -> Result<(), Failure> {
        self.files.insert(path.to_owned(), mark);
        self.save()
    }

    pub(super) fn add_folder(&mut self, path: &Path) -> Result<(), Failure> {
        if self.folders.iter().any(|known| known == path) {
            return Ok(());
        }
        self.folders.push(path.to_owned());
        self.save()
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    pub(super) fn drop(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// The folders that were made, outermost first.
    pub(super) fn folders(&self) -> impl DoubleEndedIterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }

    /// For a second name of a file: whose.
    pub(super) fn inode(&self, path: &str) -> Option<u64> {
        match self.files.get(path) {
            Some(Mark::Name { inode }) => Some(*inode),
            _ => None,
        }
    }

    /// Whether what lies there is what was made.
    pub(super) fn is_ours(&self, path: &str, place: &Outside) -> Result<bool, Failure> {
        let (Some(mark), Some(found)) = (self.files.get(path), place.found()?) else { return Ok(false) };
        Ok(match mark {
            Mark::Name { inode } => outside::is_file(&found) && found.st_ino == *inode,
            Mark::File { identity: known } => outside::is_file(&found) && identity(&found) == *known,
            Mark::Link { to } => place.target().is_some_and(|target| target == Path::new(to)),
        })
    }

    /// Forgets all of it: nothing of it is there any more.
    pub(super) fn forget(&self) -> Result<(), Failure> {
        durable::remove(&self.path)
    }
}
