//! Which files a registry has, and what tells whether one has changed.

use las_types::Failure;
use serde::{Deserialize, Serialize};
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// `<category or vendor>/<name>/<version>.yaml` has depth 3; more grouping is allowed.
const DEPTH_MAX: usize = 8;

/// What the file system says of a file. A change of its content changes this: who can set the time
/// of modification back can't set back that of the change of the entry itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Whether the file last changed so long before a moment (in seconds) that another change since
    /// would show: within one tick of the file system's clock two changes look like one.
    pub(super) fn is_settled(&self, now: i64) -> bool {
        let latest = self.changed.0.max(self.modified.0);
        latest < now.saturating_sub(SETTLED_AFTER)
    }
}

/// In seconds; some file systems count in two of them.
const SETTLED_AFTER: i64 = 3;

/// One file.
pub(super) struct Found {
    /// Relative to the root, with `/` between its parts.
    pub(super) path: String,
    /// None if the file can't be looked at; reading it then says why.
    pub(super) stamp: Option<Stamp>,
}

/// What is below a root.
#[derive(Default)]
pub(super) struct Listing {
    /// By path.
    pub(super) files: Vec<Found>,
    /// Folders that can't be listed, and why.
    pub(super) failed: Vec<(String, Failure)>,
}

/// Every `*.yaml` below a root, `schema/` and the list of models excepted; nothing if the root isn't there.
pub(super) fn discover(root: &Path) -> Listing {
    let mut listing = Listing::default();
    // What isn't there is empty; each folder below was seen a moment ago.
    if root.exists() {
        walk(root, "", 0, &mut listing);
    }
    listing.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    listing.failed.sort_by(|a, b| a.0.cmp(&b.0));
    listing
}

fn walk(folder: &Path, below: &str, depth: usize, listing: &mut Listing) {
    let mut failed = |error| listing.failed.push((below.to_owned(), Failure::io(folder, error)));
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return failed(error),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let found = entry.and_then(|entry| entry.file_type().map(|kind| (entry, kind)));
        let (entry, kind) = match found {
            Ok(found) => found,
            Err(error) => return failed(error),
        };
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = if below.is_empty() { name.into_owned() } else { format!("{below}/{name}") };
        // Links to folders are not followed: they could lead in a circle.
        if kind.is_dir() {
            if depth < DEPTH_MAX && path != "schema" && path != crate::curated::FOLDER {
                folders.push((entry.path(), path));
            }
        } else if Path::new(&path).extension().is_some_and(|extension| extension == "yaml") {
            let metadata = if kind.is_symlink() { std::fs::metadata(entry.path()) } else { entry.metadata() };
            listing.files.push(Found { path, stamp: metadata.ok().as_ref().map(Stamp::of) });
        }
    }
    for (folder, path) in folders {
        walk(&folder, &path, depth + 1, listing);
    }
}
