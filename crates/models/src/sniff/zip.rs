//! Zip archives by their end, as those who read them find them: whatever is in front.

use super::{FileKind, read_at};
use crate::ModelError;
use std::io::{Read, Seek};

/// The record at the end, with the longest comment after it.
const TAIL: u64 = 22 + 65_535;
/// Of the list of files no more than this is looked at.
const LIST_MAX: u64 = 256 << 10;
const END: &[u8; 4] = b"PK\x05\x06";
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";
/// An end record of an archive too large for the plain one says so with this.
const ELSEWHERE: u64 = 0xffff_ffff;

/// Whether the end of the file is that of an archive.
pub(super) fn has_end<R: Read + Seek>(reader: &mut R, length: u64) -> Result<bool, ModelError> {
    Ok(list(reader, length)?.is_some())
}

/// A zip archive, or one of PyTorch: some file in it is `data.pkl`, or ends like a pickle.
pub(super) fn kind<R: Read + Seek>(reader: &mut R, length: u64) -> Result<FileKind, ModelError> {
    let mut names = read_at(reader, 0, 64 << 10)?;
    if let Some(place) = list(reader, length)? {
        names.extend(read_at(reader, place, LIST_MAX)?);
    }
    let has = |name: &[u8]| names.windows(name.len()).any(|found| found == name);
    let torch = [b"data.pkl".as_slice(), b"constants.pkl", b".pkl", b".pickle"].into_iter().any(has);
    Ok(if torch { FileKind::TorchArchive } else { FileKind::Zip })
}

fn number(bytes: &[u8], place: usize, width: usize) -> u64 {
    let field = bytes.get(place..place + width).unwrap_or_default();
    field.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Where the list of files of an archive begins, if the file ends with one.
///
/// The four bytes of the mark alone come about in weights by chance; so the list must be where the record says, counted
/// from the file's beginning or back from the record, as lenient readers do.
fn list<R: Read + Seek>(reader: &mut R, length: u64) -> Result<Option<u64>, ModelError> {
    let begin = length.saturating_sub(TAIL);
    let tail = read_at(reader, begin, TAIL)?;
    for at in (0..tail.len().saturating_sub(21)).rev().filter(|at| tail[*at..].starts_with(END)) {
        let record = begin + at as u64;
        let (entries, size) = (number(&tail, at + 10, 2), number(&tail, at + 12, 4));
        let offset = number(&tail, at + 16, 4);
        if entries == 0 && size == 0 && number(&tail, at + 20, 2) == length - record - 22 {
            return Ok(Some(record));
        }
        if size == ELSEWHERE || offset == ELSEWHERE {
            let locator = read_at(reader, record.saturating_sub(20), 4)?;
            if locator == b"PK\x06\x07" {
                return Ok(Some(record.saturating_sub(LIST_MAX)));
            }
        }
        for place in [record.checked_sub(size), Some(offset)].into_iter().flatten() {
            if place < record && read_at(reader, place, 4)? == ENTRY {
                return Ok(Some(place));
            }
        }
    }
    // Cut archives have no end; some readers go by the files themselves. In front of everything that is a mark of its own.
    let last = read_at(reader, 0, 4)?;
    Ok((last == LOCAL).then_some(0))
}
