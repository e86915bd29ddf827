//! The safetensors header: a length, a JSON object of tensors, then their bytes without a gap.
//!
//! Layout after the format's own description (`safetensors` 0.8, its README and `validate`): 8 bytes of length, little
//! endian; a JSON object that begins with `{` and may end in spaces; for each tensor a type, a shape and where its bytes
//! begin and end; `__metadata__` with texts. No key twice, no overlap, no hole, nothing after the last byte.

mod dtype;
mod index;
mod json;
#[cfg(test)]
mod tests;

use crate::sniff::{appended, read_at};
use crate::{FileKind, ModelError};
use json::Header;
use std::collections::BTreeMap;
use std::io::{Read, Seek};

pub use dtype::SafetensorsType;
pub use index::{ShardIndex, join_shards};

/// The format allows 100 MB; the header of the largest models has some.
pub(crate) const HEADER_BYTES_MAX: u64 = 64 << 20;

/// One tensor of a header, checked against the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeTensor {
    /// Its name.
    pub name: String,
    /// How it is stored.
    pub kind: SafetensorsType,
    /// Its shape, slowest dimension first.
    pub shape: Vec<u64>,
    /// Where it begins, in bytes from [`SafetensorsHeader::data_offset`].
    pub offset: u64,
    /// Its elements.
    pub elements: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A safetensors header that was read whole and checked against its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafetensorsHeader {
    /// Texts that its maker put there.
    pub metadata: BTreeMap<String, String>,
    /// Every tensor, in the order of their bytes.
    pub tensors: Vec<SafeTensor>,
    /// Where the tensors' bytes begin, in bytes from the file's beginning.
    pub data_offset: u64,
}

/// Reads the header of a file of `length` bytes, from its beginning.
///
/// Reads no tensor data. Takes less than 200 MiB of memory whatever the file says: the header's text of up to 64 MiB, at
/// most 200,000 tensors of up to 16 dimensions, and texts that are no longer than the header.
///
/// Errors: `Empty`, `NotModel` without the form of a header, `Truncated`, `Malformed`, `TwoFormats` where another format
/// follows the last tensor, `Io`.
pub fn read_safetensors<R: Read + Seek>(
    reader: &mut R,
    length: u64,
) -> Result<SafetensorsHeader, ModelError> {
    let begin = read_at(reader, 0, 9)?;
    if begin.is_empty() {
        return Err(ModelError::Empty);
    }
    let Some((size, rest)) = begin.split_first_chunk::<8>() else {
        return Err(ModelError::Truncated { expected: 9, actual: length });
    };
    let size = u64::from_le_bytes(*size);
    if rest.first().is_some_and(|byte| *byte != b'{') {
        return Err(ModelError::NotModel { found: FileKind::Unknown });
    }
    if size > HEADER_BYTES_MAX {
        return Err(ModelError::malformed(format!("the header has {size} bytes; at most 64 MiB are read")));
    }
    let data_offset = size + 8;
    if data_offset > length {
        return Err(ModelError::Truncated { expected: data_offset, actual: length });
    }
    let text = read_at(reader, 8, size)?;
    if text.len() as u64 != size {
        return Err(ModelError::Truncated { expected: data_offset, actual: text.len() as u64 + 8 });
    }
    let Header { metadata, mut tensors } =
        serde_json::from_slice(&text).map_err(|error| ModelError::malformed(error.to_string()))?;
    drop(text);
    tensors.sort_by_key(|tensor| (tensor.offset, tensor.bytes));
    let mut end = 0_u64;
    let mut elements = 0_u64;
    for tensor in &tensors {
        let about = |what: &str| ModelError::malformed(format!("tensor '{}' {what}", tensor.name));
        if tensor.offset != end {
            return Err(about(if tensor.offset < end {
                "overlaps another"
            } else {
                "leaves a hole before it"
            }));
        }
        end = end.checked_add(tensor.bytes).ok_or_else(|| about("ends beyond what can be counted"))?;
        elements = elements
            .checked_add(tensor.elements)
            .ok_or_else(|| about("makes the model uncountably large"))?;
    }
    let needed =
        end.checked_add(data_offset).ok_or_else(|| ModelError::malformed("it is too long to be counted"))?;
    if needed > length {
        return Err(ModelError::Truncated { expected: needed, actual: length });
    }
    if needed < length {
        return Err(match appended(reader, needed, length)? {
            Some(second) if second != FileKind::Unknown && second != FileKind::Text => {
                ModelError::TwoFormats { first: FileKind::Safetensors, second }
            }
            _ => ModelError::malformed(format!(
                "{} bytes after the last tensor belong to nothing",
                length - needed
            )),
        });
    }
    Ok(SafetensorsHeader { metadata, tensors, data_offset })
}
