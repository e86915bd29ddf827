//! For rows about files of strangers: damaging bytes by a seed, and what reading them takes.

use super::Report;
use std::cell::Cell;
use std::io::{Cursor, Read, Seek, SeekFrom};

/// Numbers that are on an edge of something.
const EDGES: [u64; 12] =
    [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 1 << 40, 1 << 62, u64::MAX >> 1, u64::MAX];
/// Reading may go over bytes several times (a look at the beginning, one at the end), but not again and again.
const TIMES: u64 = 4;
const BESIDE: u64 = 4 << 20;
/// More memory than this is never taken.
pub(super) const MEMORY_MAX: u64 = 256 << 20;

/// Bytes with some damage: flipped, overwritten with edges, cut, doubled, put in between.
pub(super) fn damage(bytes: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.usize(1..6) {
        if bytes.is_empty() {
            break;
        }
        let place = random.usize(..bytes.len());
        match random.u8(..8) {
            0 | 1 => bytes[place] = random.u8(..),
            2 => bytes[place] ^= 1 << random.u8(..8),
            3 | 4 => {
                let width = [1, 2, 4, 8][random.usize(..4)].min(bytes.len() - place);
                let edge = EDGES[random.usize(..EDGES.len())].wrapping_add(random.u64(..3)).wrapping_sub(1);
                bytes[place..place + width].copy_from_slice(&edge.to_le_bytes()[..width]);
            }
            5 => bytes.truncate(place),
            6 => {
                let end = (place + random.usize(1..200)).min(bytes.len());
                let part = bytes[place..end].to_vec();
                let at = random.usize(..bytes.len());
                bytes.splice(at..at, part);
            }
            _ => {
                let end = (place + random.usize(1..64)).min(bytes.len());
                bytes.drain(place..end);
            }
        }
    }
    bytes
}

/// A file that counts what is read of it and how often it is asked.
pub(super) struct Watched<'a> {
    inner: Cursor<&'a [u8]>,
    read: &'a Cell<u64>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.set(self.read.get() + count as u64 + 1);
        Ok(count)
    }
}

impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.read.set(self.read.get() + 1);
        self.inner.seek(to)
    }
}

/// Reads bytes as a file; an error if more is read than a few times all of it: that is how something hangs.
pub(super) fn watched<T>(bytes: &[u8], read: impl FnOnce(&mut Watched<'_>, u64) -> T) -> Result<T, String> {
    let count = Cell::new(0);
    let result = read(&mut Watched { inner: Cursor::new(bytes), read: &count }, bytes.len() as u64);
    let most = TIMES * bytes.len() as u64 + BESIDE;
    match count.get() {
        count if count <= most => Ok(result),
        count => Err(format!("hung: {count} bytes read of {}", bytes.len())),
    }
}

/// The most memory that this process had at once since it began, or since [`forget_peak`]; none where the kernel doesn't say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// Takes what a process has now for the most that it had; none where the kernel doesn't let it, so that the most would be
/// that of another row.
pub(super) fn forget_peak() -> Option<u64> {
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    peak()
}

/// By how much the most memory is above what there was and what the cases themselves held; a failure if that is too much.
pub(super) fn grown(before: Option<u64>, held: usize, report: &mut Report) -> String {
    let (Some(before), Some(now)) = (before, peak()) else { return "memory unknown here".to_owned() };
    let grown = now.saturating_sub(before).saturating_sub(held as u64);
    if grown > MEMORY_MAX {
        report.failures.push(format!("all: memory: {} MiB more", grown >> 20));
    }
    format!("{} MiB of memory more at most", (grown >> 20) + 1)
}
