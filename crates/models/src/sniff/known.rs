//! Formats by their marks.

use super::{FileKind, read_at};
use crate::ModelError;
use crate::safetensors::HEADER_BYTES_MAX;
use std::io::{Read, Seek};

const HDF5: &[u8; 8] = b"\x89HDF\r\n\x1a\n";

const MARKS: &[(&[u8], FileKind)] = &[
    (b"GGUF", FileKind::Gguf),
    (b"PK\x03\x04", FileKind::Zip),
    (b"PK\x05\x06", FileKind::Zip),
    (b"PK\x07\x08", FileKind::Zip),
    (HDF5, FileKind::Hdf5),
    (b"\x93NUMPY", FileKind::Numpy),
    (b"\x1f\x8b", FileKind::Compressed),
    (b"BZh", FileKind::Compressed),
    (b"\xfd7zXZ\0", FileKind::Compressed),
    (b"\x28\xb5\x2f\xfd", FileKind::Compressed),
    (b"\x04\x22\x4d\x18", FileKind::Compressed),
    (b"7z\xbc\xaf\x27\x1c", FileKind::Compressed),
    (b"Rar!\x1a\x07", FileKind::Compressed),
    (b"\x7fELF", FileKind::Program),
    (b"MZ", FileKind::Program),
    (b"\xcf\xfa\xed\xfe", FileKind::Program),
    (b"\xca\xfe\xba\xbe", FileKind::Program),
    (b"#!", FileKind::Program),
];

/// The kind of a file that has a mark, or a beginning that nothing else has.
pub(super) fn by_mark(head: &[u8], length: u64) -> Option<FileKind> {
    // Cut in the middle of its mark.
    if head.len() < 4 && b"GGUF".starts_with(head) {
        return Some(FileKind::Gguf);
    }
    if let Some((_, kind)) = MARKS.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Some(*kind);
    }
    if is_tar(head) {
        return Some(FileKind::Tar);
    }
    // The length of the header, and the header's first brace.
    let (size, rest) = head.split_first_chunk::<8>()?;
    let size = u64::from_le_bytes(*size);
    let fits = size <= HEADER_BYTES_MAX && size.saturating_add(8) <= length;
    (fits && rest.first() == Some(&b'{')).then_some(FileKind::Safetensors)
}

/// JSON, other text, or nothing that is known.
pub(super) fn by_text(head: &[u8]) -> FileKind {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // Cut in the middle of a letter.
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return FileKind::Unknown,
    };
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\x0c');
    if text.is_empty() || !text.chars().all(plain) {
        return FileKind::Unknown;
    }
    match text.trim_start_matches('\u{feff}').trim_start().chars().next() {
        Some('{' | '[') => FileKind::Json,
        _ => FileKind::Text,
    }
}

/// The first block of a tar archive is right by its own sum, old forms too.
pub(super) fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.get(..512) else { return false };
    let said = block[148..156].iter().map(|byte| char::from(*byte)).collect::<String>();
    let Ok(said) = u32::from_str_radix(said.trim_matches([' ', '\0']), 8) else { return false };
    // The field of the sum itself counts as spaces.
    let sum = |range: &[u8]| range.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    said > 8 * 32 && said == sum(&block[..148]) + 8 * 32 + sum(&block[156..])
}

/// HDF5 may begin at 0, 512 and each double of that: what is in front is the user's own.
pub(super) fn has_hdf5<R: Read + Seek>(reader: &mut R, length: u64) -> Result<bool, ModelError> {
    let mut place = 0_u64;
    while place.saturating_add(8) <= length {
        if read_at(reader, place, 8)? == HDF5 {
            return Ok(true);
        }
        place = if place == 0 { 512 } else { place.saturating_mul(2) };
    }
    Ok(false)
}

/// Fields of ONNX's `ModelProto` by number, and whether a number (0) or bytes (2) follow.
const FIELDS: &[(u64, u64)] =
    &[(1, 0), (2, 2), (3, 2), (4, 2), (5, 0), (6, 2), (7, 2), (8, 2), (14, 2), (20, 2), (25, 2), (26, 2)];
/// A model has some dozens of fields, or some more functions.
const FIELDS_MAX: usize = 10_000;

/// Whether the file is fields of ONNX's `ModelProto` from its first byte to its last, with a version and a graph. The
/// format has no mark.
pub(super) fn is_onnx<R: Read + Seek>(reader: &mut R, length: u64) -> Result<bool, ModelError> {
    let (mut place, mut version, mut graph) = (0_u64, false, false);
    for _ in 0..FIELDS_MAX {
        if place == length {
            return Ok(version && graph);
        }
        let bytes = read_at(reader, place, 20)?;
        let Some((tag, first)) = varint(&bytes) else { return Ok(false) };
        if !FIELDS.contains(&(tag / 8, tag % 8)) {
            return Ok(false);
        }
        let Some((number, second)) = varint(&bytes[first..]) else { return Ok(false) };
        let whole = (first + second) as u64;
        let size = if tag % 8 == 0 { whole } else { whole.saturating_add(number) };
        place = place.saturating_add(size);
        if place > length {
            return Ok(false);
        }
        version |= tag / 8 == 1 && (1..=1000).contains(&number);
        graph |= tag / 8 == 7;
    }
    Ok(false)
}

/// A number of protobuf and how many bytes it took.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        let shift = u32::try_from(7 * index).ok()?;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some((number, index + 1));
        }
    }
    None
}
