//! From whoever reads to the disk, in two steps: one thread hashes, another writes and syncs. While a segment is synced, the next
//! one goes on arriving and being hashed, as far as the queues reach.

use super::journal::Segment;
use super::kept::{Disk, Kept, Rest};
use bytes::Bytes;
use las_types::{Digest, Failure};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Pieces on their way to the one who hashes, and from there to the one who writes. A piece is as much as was read at
/// once, half a megabyte at most.
const TO_HASH: usize = 8;
const TO_WRITE: usize = 24;

enum Piece {
    Bytes(Bytes),
    /// What was sent so far is a segment.
    Segment(Segment),
}

/// What comes out at the end: what was hashed, and what is on the disk.
type Ends = (JoinHandle<Hashed>, JoinHandle<(Disk, Vec<Segment>, Result<(), Failure>)>);

struct Hashed {
    hasher: Sha256,
    at: u64,
}

/// The way of one connection after the other into a file.
pub(super) struct Pipe {
    to_hash: mpsc::Sender<Bytes>,
    ends: Ends,
    rest: Rest,
    /// Up to here bytes were taken.
    pub(super) at: u64,
    /// And no further than here.
    pub(super) goal: u64,
    /// Up to here they are written.
    pub(super) written: Arc<AtomicU64>,
}

impl Pipe {
    /// To go on where the file is.
    pub(super) fn open(kept: Kept, segment: u64) -> Self {
        let (goal, at) = (kept.goal(), kept.at);
        // In a hole the segment is said already, and is compared when it is closed.
        let segment = if kept.has_hole() { u64::MAX } else { segment };
        let (disk, hasher, rest) = kept.split();
        let (to_hash, for_hash) = mpsc::channel(TO_HASH);
        let (to_write, for_write) = mpsc::channel(TO_WRITE);
        let written = Arc::new(AtomicU64::new(at));
        let writing = Writing { disk, at, written: Arc::clone(&written), done: Vec::new() };
        let ends = (
            tokio::task::spawn_blocking(move || hash(Hashed { hasher, at }, segment, for_hash, &to_write)),
            tokio::task::spawn_blocking(move || writing.all(for_write)),
        );
        Self { to_hash, ends, rest, at, goal, written }
    }

    /// Takes what arrived, of it no more than is wanted. False if nobody writes any more: [`Self::close`] says why.
    pub(super) async fn take(&mut self, mut bytes: Bytes) -> bool {
        bytes.truncate(usize::try_from(self.goal - self.at).unwrap_or(usize::MAX));
        let length = bytes.len() as u64;
        let taken = length == 0 || self.to_hash.send(bytes).await.is_ok();
        self.at += if taken { length } else { 0 };
        taken
    }

    /// Whether everything that was wanted was taken.
    pub(super) fn is_full(&self) -> bool {
        self.at == self.goal
    }

    /// Waits until what was taken is on the disk, and said.
    pub(super) async fn close(self) -> Result<Kept, Failure> {
        drop(self.to_hash);
        let (hashing, writing) = self.ends;
        let hashed = hashing.await.map_err(Failure::internal)?;
        let (disk, done, result) = writing.await.map_err(Failure::internal)?;
        result?;
        Ok(self.rest.with(disk, hashed.hasher, hashed.at, done))
    }
}

fn hash(
    mut so_far: Hashed,
    segment: u64,
    mut from: mpsc::Receiver<Bytes>,
    to: &mpsc::Sender<Piece>,
) -> Hashed {
    let mut end = so_far.at.saturating_add(segment);
    let said = |so_far: &Hashed| {
        let sha256 = Digest::from_bytes(so_far.hasher.clone().finalize().into());
        to.blocking_send(Piece::Segment(Segment { to: so_far.at, sha256 })).is_ok()
    };
    let mut open = false;
    while let Some(mut bytes) = from.blocking_recv() {
        while !bytes.is_empty() {
            let left = usize::try_from(end - so_far.at).unwrap_or(usize::MAX);
            let part = bytes.split_to(left.min(bytes.len()));
            so_far.hasher.update(&part);
            so_far.at += part.len() as u64;
            open = so_far.at < end;
            let mut goes_on = to.blocking_send(Piece::Bytes(part)).is_ok();
            if goes_on && !open {
                end = so_far.at.saturating_add(segment);
                goes_on = said(&so_far);
            }
            if !goes_on {
                return so_far;
            }
        }
    }
    // What is there when a connection is given up, or at the end, is a segment, too.
    if open && segment < u64::MAX {
        said(&so_far);
    }
    so_far
}

struct Writing {
    disk: Disk,
    at: u64,
    written: Arc<AtomicU64>,
    done: Vec<Segment>,
}

impl Writing {
    fn all(mut self, mut from: mpsc::Receiver<Piece>) -> (Disk, Vec<Segment>, Result<(), Failure>) {
        while let Some(piece) = from.blocking_recv() {
            let result = match piece {
                Piece::Bytes(bytes) => self.bytes(&bytes),
                Piece::Segment(segment) => self.segment(segment),
            };
            if result.is_err() {
                return (self.disk, self.done, result);
            }
        }
        (self.disk, self.done, Ok(()))
    }

    fn bytes(&mut self, bytes: &Bytes) -> Result<(), Failure> {
        self.disk.part.write(bytes, self.at)?;
        self.at += bytes.len() as u64;
        self.written.store(self.at, Ordering::Relaxed);
        Ok(())
    }

    /// The bytes first: what the list says is on the disk.
    fn segment(&mut self, segment: Segment) -> Result<(), Failure> {
        self.disk.part.sync()?;
        self.disk.journal.add(&segment)?;
        self.done.push(segment);
        Ok(())
    }
}
