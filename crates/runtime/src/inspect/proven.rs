//! What was found in files that were read, right or wrong, as long as they stay as they were. Kept in `proven.json`, so that a core
//! that has just started need not read gigabytes again; lost or damaged, it costs only that reading.

use super::content::Content;
use crate::blocking::Meter;
use crate::durable::{self, Access};
use crate::home::Home;
use crate::tree;
use las_types::{ArtefactFile, ByteSize, Digest, Failure, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Device, inode, size, and the moment of the last change of content or inode: no program can set that one.
type Identity = (u64, u64, u64, i64, i64);

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Proof {
    identity: Identity,
    /// What was found.
    sha256: String,
    /// When.
    at: Timestamp,
    /// Between which bytes it begins to be something else than it should be, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    damaged: Option<(u64, u64)>,
}

impl Proof {
    /// What it says of a file that should have this digest, and when that was seen; nothing if what was found can't be read.
    pub(super) fn against(&self, expected: Digest) -> Option<(Content, Timestamp)> {
        let actual: Digest = format!("sha256:{}", self.sha256).parse().ok()?;
        let content = if actual == expected { Content::Right } else { Content::Other(actual, self.damaged) };
        Some((content, self.at))
    }
}

#[derive(Debug, Default)]
struct Known {
    files: BTreeMap<PathBuf, Proof>,
    /// Not written since the last change.
    changed: bool,
}

#[derive(Debug)]
pub(crate) struct Proven {
    path: PathBuf,
    known: Mutex<Known>,
}

fn identity(found: &Metadata) -> Identity {
    (found.dev(), found.ino(), found.len(), found.ctime(), found.ctime_nsec())
}

impl Proven {
    /// What an earlier core proved.
    pub(crate) fn open(home: &Home) -> Self {
        let path = home.root().join("proven.json");
        let files = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let known = Known { files: files.unwrap_or_default(), changed: false };
        Self { path, known: Mutex::new(known) }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was found in a file, if it is still the one that was read, not before that moment.
    pub(super) fn of(&self, path: &Path, found: &Metadata, since: Timestamp) -> Option<Proof> {
        let known = self.known();
        let proof = known.files.get(path)?;
        (proof.identity == identity(found) && proof.at >= since).then(|| proof.clone())
    }

    /// The digest of a folder's files, if each of them is still the one that was read, not before that moment.
    pub(crate) fn tree(
        &self,
        folder: &Path,
        there: &BTreeMap<String, Metadata>,
        since: Timestamp,
    ) -> Option<Digest> {
        let known = self.known();
        let file = |(path, found): (&String, &Metadata)| {
            if found.is_symlink() {
                let target = crate::tree::link_target(&folder.join(path)).ok()?;
                return Some(ArtefactFile::link(path.clone(), target));
            }
            let proof = known.files.get(&folder.join(path))?;
            let holds = proof.identity == identity(found) && proof.at >= since;
            holds.then(|| ArtefactFile {
                path: path.clone(),
                size: ByteSize::new(found.len()),
                sha256: proof.sha256.clone(),
                executable: found.permissions().mode() & 0o111 != 0,
                link: None,
            })
        };
        let files: Option<Vec<ArtefactFile>> = there.iter().map(file).collect();
        Some(las_types::tree_digest(&files?))
    }

    /// Keeps what was read in a file. `found` is what it was before: one that was changed meanwhile is not the one that was
    /// read, and is read again.
    pub(crate) fn add(
        &self,
        path: &Path,
        found: &Metadata,
        actual: Digest,
        damaged: Option<(u64, u64)>,
        at: Timestamp,
    ) {
        let proof = Proof { identity: identity(found), sha256: actual.hex(), at, damaged };
        let mut known = self.known();
        known.files.insert(path.to_owned(), proof);
        known.changed = true;
    }

    /// Keeps nothing of a file any more.
    pub(super) fn forget(&self, path: &Path) {
        let mut known = self.known();
        known.changed |= known.files.remove(path).is_some();
    }

    /// Writes what is new, without files that are gone.
    pub(crate) fn save(&self) -> Result<(), Failure> {
        let text = {
            let mut known = self.known();
            if !known.changed {
                return Ok(());
            }
            known.changed = false;
            known.files.retain(|path, _| path.symlink_metadata().is_ok());
            serde_json::to_vec(&known.files).map_err(Failure::internal)?
        };
        durable::write_file(&self.path, &text, Access::Private)
    }

    /// Reads a blob unless it was read before and its file has not changed since. A file that is not
    /// among our blobs is not ours to judge.
    pub(crate) fn prove(
        &self,
        home: &Home,
        path: &Path,
        now: Timestamp,
        meter: &mut Meter,
    ) -> Result<(), Failure> {
        let Ok(hex) = path.strip_prefix(home.blobs()) else { return Ok(()) };
        let digest: Digest = format!("sha256:{}", hex.display()).parse().map_err(Failure::internal)?;
        let found = path.metadata().map_err(|error| Failure::io(path, error))?;
        let known = self.of(path, &found, Timestamp::MIN).and_then(|proof| proof.against(digest));
        if let Some((Content::Right, _)) = known {
            return Ok(());
        }
        let (actual, _) = tree::hash_file(path, meter)?;
        if actual != digest {
            return Err(durable::mismatch(path, digest, actual));
        }
        self.add(path, &found, digest, None, now);
        Ok(())
    }
}
