//! A file to measure a volume with.

use crate::durable;
use crate::home::Home;
use las_types::{Entropy, Failure};
use std::path::{Path, PathBuf};

/// Large enough that a disk reaches its rate.
const SIZE: usize = 64 << 20;
/// What repeats in it: file systems that compress would make nothing of less.
const PATTERN: usize = 1 << 20;
/// It is not written where it would make space short.
const FREE_MIN: u64 = 1 << 30;

/// A file of the volume that the data directory lies on; gone when dropped.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Writes the file, through to the disk; none where less than a gibibyte is free. It lies among the
    /// work in progress, so that one which a stop left behind is found.
    pub fn write(home: &Home, entropy: &dyn Entropy) -> Result<Option<Self>, Failure> {
        let path = home.staging().join("measure.scratch");
        let found =
            rustix::fs::statvfs(home.root()).map_err(|error| Failure::io(home.root(), error.into()))?;
        if found.f_bavail.saturating_mul(found.f_frsize) < FREE_MIN {
            return Ok(None);
        }
        let mut pattern = vec![0; PATTERN];
        entropy.fill(&mut pattern);
        let scratch = Self(path);
        durable::write_file(scratch.path(), &pattern.repeat(SIZE / PATTERN), durable::Access::Private)?;
        Ok(Some(scratch))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(failure) = durable::remove(&self.0) {
            tracing::warn!(%failure, "the file that a disk was measured with was left");
        }
    }
}
