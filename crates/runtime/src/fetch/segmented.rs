//! What is read of a file, segment by segment, while somebody else reads it: so what was copied can be judged piece by piece as what
//! was fetched is.

use super::journal::{Head, Journal, Segment};
use super::proof::Lists;
use las_types::{Digest, Failure};
use sha2::{Digest as _, Sha256};
use std::io::Read;

/// As long as those of what is fetched.
const SEGMENT: u64 = 16 << 20;

/// Reads on from another, and keeps what each segment is.
pub(crate) struct Segmented<R> {
    inner: R,
    hasher: Sha256,
    at: u64,
    done: Vec<Segment>,
}

impl<R: Read> Segmented<R> {
    /// From its beginning.
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, hasher: Sha256::new(), at: 0, done: Vec::new() }
    }

    /// Keeps the list of a file that was read whole and is `digest`.
    pub(crate) fn keep(mut self, lists: &Lists, digest: Digest) -> Result<(), Failure> {
        if self.done.last().is_none_or(|last| last.to < self.at) && self.at > 0 {
            self.done.push(Segment { to: self.at, sha256: digest });
        }
        let head = Head { size: self.at, digest: Some(digest), origin: None, tag: None };
        Journal::begin(&lists.of_file(digest)?, &head, &self.done).map(drop)
    }
}

impl<R: Read> Read for Segmented<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = SEGMENT - self.at % SEGMENT;
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = self.inner.read(&mut buffer[..most])?;
        self.hasher.update(&buffer[..count]);
        self.at += count as u64;
        if count > 0 && self.at.is_multiple_of(SEGMENT) {
            let sha256 = Digest::from_bytes(self.hasher.clone().finalize().into());
            self.done.push(Segment { to: self.at, sha256 });
        }
        Ok(count)
    }
}
