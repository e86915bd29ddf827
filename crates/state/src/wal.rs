//! The write-ahead log, looked at before SQLite reads it.
//!
//! SQLite reads a log up to the first frame whose checksum doesn't fit and takes the rest for a write that a
//! stop cut off. A changed bit in the middle therefore takes back what was committed, and nothing says so.
//! But a commit is on disk before the next one begins: where whole frames of the same log follow behind the
//! place where reading stops, something was changed. Format: <https://sqlite.org/fileformat2.html#walformat>.

use std::path::{Path, PathBuf};

const HEADER: usize = 32;
const FRAME: usize = 24;
/// Two salts as different as this in bits are not those of two logs, but one salt with a changed bit or two.
const NEAR: u32 = 8;

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
}

/// The log's checksum over further bytes, from where it was.
fn checksum(bytes: &[u8], big: bool, (mut first, mut second): (u32, u32)) -> (u32, u32) {
    let read = |four: &[u8]| {
        let four = [four[0], four[1], four[2], four[3]];
        if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    };
    for eight in bytes.chunks_exact(8) {
        first = first.wrapping_add(read(&eight[..4])).wrapping_add(second);
        second = second.wrapping_add(read(&eight[4..])).wrapping_add(first);
    }
    (first, second)
}

/// Where the log lies.
pub(crate) fn path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// What is wrong with the log of a database that was not closed in order; nothing if it is whole or merely
/// unfinished.
pub(crate) fn damage(database: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read(path(database)) {
        Ok(log) => Ok(damage_of(&log)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn damage_of(log: &[u8]) -> Option<String> {
    if log.len() < HEADER + FRAME {
        return None;
    }
    let big = word(log, 0) & 1 == 1;
    let mut sum = checksum(&log[..24], big, (0, 0));
    if (word(log, 0) & !1) != 0x377f_0682 || sum != (word(log, 24), word(log, 28)) {
        return Some("the header of its write-ahead log".to_owned());
    }
    let page = match word(log, 8) {
        1 => 65_536,
        size => usize::try_from(size).unwrap_or(0),
    };
    let salt = log[16..24].to_vec();
    let mut whole = true;
    for (number, frame) in (1_u32..).zip(log[HEADER..].chunks_exact(FRAME + page)) {
        let difference: u32 = frame[8..16].iter().zip(&salt).map(|(a, b)| (a ^ b).count_ones()).sum();
        if whole {
            sum = checksum(&frame[FRAME..], big, checksum(&frame[..8], big, sum));
            whole = difference == 0 && sum == (word(frame, 16), word(frame, 20));
            // A stop cuts off the last write; its frame is short, or still that of a log before.
            if !whole && difference > 0 && difference <= NEAR {
                return Some(format!("frame {number} of its write-ahead log"));
            }
        }
        let commits = word(frame, 4) != 0;
        if !whole && difference == 0 && commits {
            return Some(format!("its write-ahead log before the commit in frame {number}"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::damage_of;

    #[test]
    fn what_is_no_log_is_no_damage() {
        assert_eq!(damage_of(&[]), None);
        assert_eq!(damage_of(&[7; 40]), None);
        assert!(damage_of(&[7; 4000]).is_some());
    }
}
