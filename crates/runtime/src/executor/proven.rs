//! Which blobs were read and found right, as long as their files stay as they were.

use crate::blocking::Meter;
use crate::home::Home;
use crate::{durable, tree};
use las_types::{Digest, Failure};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Device, inode, size, and the moment of the last change of content or inode.
type Identity = (u64, u64, u64, i64, i64);

#[derive(Debug, Default)]
pub(super) struct Proven {
    files: Mutex<BTreeMap<Digest, Identity>>,
}

impl Proven {
    /// Reads a blob unless it was read before and its file has not changed since. A file that is not
    /// among our blobs is not ours to judge.
    pub(super) fn prove(&self, home: &Home, path: &Path, meter: &mut Meter) -> Result<(), Failure> {
        let Ok(hex) = path.strip_prefix(home.blobs()) else { return Ok(()) };
        let digest: Digest = format!("sha256:{}", hex.display()).parse().map_err(Failure::internal)?;
        let found = path.metadata().map_err(|error| Failure::io(path, error))?;
        let identity = (found.dev(), found.ino(), found.len(), found.ctime(), found.ctime_nsec());
        let known = self.files.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).copied();
        if known == Some(identity) {
            return Ok(());
        }
        let (actual, _) = tree::hash_file(path, meter)?;
        if actual != digest {
            return Err(durable::mismatch(path, digest, actual));
        }
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, identity);
        Ok(())
    }
}
