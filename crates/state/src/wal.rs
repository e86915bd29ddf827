//! The write-ahead log, looked at before SQLite reads it.
//!
//! SQLite reads a log up to the first frame whose checksum doesn't fit and takes the rest for a write that a
//! stop cut off. A changed bit in the middle therefore takes back what was committed, and nothing says so.
//! But a commit is on disk before the next one begins: where frames of the same log follow behind a commit, and reading
//! stops before that commit, something was changed; unless a write failed meanwhile, since SQLite then goes on
//! over the frames that it took back, and may leave the last of them. A last commit alone may be one that the power was
//! cut in: its blocks come to the disk in any order. That it had come there whole, SQLite's index beside the log says.
//! Formats: <https://sqlite.org/fileformat2.html#walformat>, <https://sqlite.org/walformat.html#walidxfmt>.

use std::path::{Path, PathBuf};

const HEADER: usize = 32;
const FRAME: usize = 24;
/// Two salts as different as this in bits are not those of two logs, but one salt with a changed bit or two.
const NEAR: u32 = 8;

fn four(bytes: &[u8], at: usize) -> [u8; 4] {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default()
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(four(bytes, at))
}

/// The log's checksum over further bytes, from where it was.
fn checksum(bytes: &[u8], big: bool, (mut first, mut second): (u32, u32)) -> (u32, u32) {
    let read = |bytes| if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    for eight in bytes.chunks_exact(8) {
        first = first.wrapping_add(read(four(eight, 0))).wrapping_add(second);
        second = second.wrapping_add(read(four(eight, 4))).wrapping_add(first);
    }
    (first, second)
}

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Where the log lies.
pub(crate) fn path(database: &Path) -> PathBuf {
    beside(database, "-wal")
}

/// The last frame of this log that SQLite knew to be on disk, by its index; 0 where that is not whole or of another log.
/// It is written after the log was synced, and is not synced itself: it may be older than the log, and never newer.
fn synced(index: &[u8], log: &[u8]) -> u32 {
    let copies = index.get(..48).zip(index.get(48..96));
    let Some((header, _)) = copies.filter(|(one, other)| one == other) else { return 0 };
    let native = |at| u32::from_ne_bytes(four(header, at));
    let big = cfg!(target_endian = "big");
    let sum = checksum(header.get(..40).unwrap_or_default(), big, (0, 0));
    let whole = sum == (native(40), native(44)) && header.get(32..40) == log.get(16..24);
    if whole { native(16) } else { 0 }
}

/// What a commit means that stands behind the place where reading stops.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behind {
    /// Something before it was changed.
    IsDamage,
    /// A write failed while this log was written: it may be of what was taken back then.
    MayBeTakenBack,
}

/// What is wrong with the log of a database that was not closed in order; nothing if it is whole or merely
/// unfinished.
pub(crate) fn damage(database: &Path, behind: Behind) -> std::io::Result<Option<String>> {
    let read = |path: PathBuf| match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    };
    let Some(log) = read(path(database))? else { return Ok(None) };
    let index = read(beside(database, "-shm"))?.unwrap_or_default();
    Ok(damage_of(&log, &index, behind))
}

pub(crate) fn damage_of(log: &[u8], index: &[u8], behind: Behind) -> Option<String> {
    let (header, frames) = log.split_at_checked(HEADER)?;
    if frames.len() < FRAME {
        return None;
    }
    let big = word(header, 0) & 1 == 1;
    let mut sum = checksum(header.get(..24)?, big, (0, 0));
    if (word(header, 0) & !1) != 0x377f_0682 || sum != (word(header, 24), word(header, 28)) {
        return Some("the header of its write-ahead log".to_owned());
    }
    let page = match word(header, 8) {
        1 => 65_536,
        size => usize::try_from(size).ok()?,
    };
    let salt = (word(header, 16), word(header, 20));
    let synced = if behind == Behind::IsDamage { synced(index, log) } else { 0 };
    let (mut whole, mut good, mut commit) = (true, 0, None);
    for (number, frame) in (1_u32..).zip(frames.chunks_exact(FRAME + page)) {
        let (head, content) = frame.split_at_checked(FRAME)?;
        let difference = (word(head, 8) ^ salt.0).count_ones() + (word(head, 12) ^ salt.1).count_ones();
        if whole {
            sum = checksum(content, big, checksum(head.get(..8)?, big, sum));
            whole = difference == 0 && sum == (word(head, 16), word(head, 20));
            // A stop cuts off the last write; its frame is short, or still that of a log before.
            if !whole && difference > 0 && difference <= NEAR {
                return Some(format!("frame {number} of its write-ahead log"));
            }
            good += u32::from(whole);
        }
        if !whole && difference == 0 && behind == Behind::IsDamage {
            // The commit was on disk before this frame was written.
            if let Some(commit) = commit {
                return Some(format!("its write-ahead log before the commit in frame {commit}"));
            }
            commit = (word(head, 4) != 0).then_some(number);
        }
    }
    (good < synced).then(|| format!("its write-ahead log before the commit in frame {synced}"))
}

#[cfg(test)]
mod tests {
    use super::{Behind, damage_of};

    #[test]
    fn what_is_no_log_is_no_damage() {
        assert_eq!(damage_of(&[], &[], Behind::IsDamage), None);
        assert_eq!(damage_of(&[7; 40], &[], Behind::IsDamage), None);
        assert!(damage_of(&[7; 4000], &[], Behind::MayBeTakenBack).is_some());
    }
}
