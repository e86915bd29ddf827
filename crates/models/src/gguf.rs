//! The GGUF header: metadata and the list of tensors.
//!
//! Layout after the format's own description: mark `GGUF`, version, number of tensors, number of
//! metadata pairs, the pairs, the tensors' descriptions, padding, the tensors' bytes. Version 1
//! counts with 32 bits, later ones with 64.

mod source;
#[cfg(test)]
mod tests;
mod value;

use crate::{GgufError, Tensor, TensorType, tensor};
use source::Source;
use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Seek};
use value::read_value;

pub use value::Value;

const MARK: [u8; 4] = *b"GGUF";
/// A real header has some dozens of pairs and at most some thousands of tensors.
const PAIRS_MAX: u64 = 100_000;
const TENSORS_MAX: u64 = 200_000;
/// The format's own limit.
const KEY_BYTES_MAX: u64 = 65_535;
/// The engine's own limit (`GGML_MAX_NAME`, its final zero included).
const TENSOR_NAME_BYTES_MAX: u64 = 63;
const DIMENSIONS_MAX: u32 = 4;
/// All kept metadata together.
const KEPT_BYTES_MAX: u64 = 64 << 20;
const ALIGNMENT_DEFAULT: u64 = 32;
const ALIGNMENT_MAX: u64 = 1 << 20;

/// A GGUF header that was read whole and checked against its file.
#[derive(Clone, Debug, PartialEq)]
pub struct GgufHeader {
    /// Version of the format: 1, 2 or 3.
    pub version: u32,
    /// Metadata by key.
    pub metadata: BTreeMap<String, Value>,
    /// Every tensor, in the file's order.
    pub tensors: Vec<Tensor>,
    /// Where the tensors' bytes begin, in bytes from the file's beginning.
    pub data_offset: u64,
}

impl GgufHeader {
    /// A text by key.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.metadata.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A whole, non-negative number by key.
    pub fn number(&self, key: &str) -> Option<u64> {
        match self.metadata.get(key) {
            Some(Value::Unsigned(number)) => Some(*number),
            _ => None,
        }
    }
}

/// Reads the header of a file of `file_length` bytes, from its beginning.
///
/// Reads no tensor data. Memory is bounded by the header's true size in the file, at most some
/// 64 MiB of metadata besides the list of tensors.
pub fn read_gguf<R: Read + Seek>(reader: &mut R, file_length: u64) -> Result<GgufHeader, GgufError> {
    if file_length == 0 {
        return Err(GgufError::Empty);
    }
    let mut source = Source::new(reader, file_length)?;
    let version = read_version(&mut source, file_length)?;
    source.wide(version >= 2);
    let tensor_count = source.count()?;
    let pair_count = source.count()?;
    limit("tensors", tensor_count, TENSORS_MAX)?;
    limit("metadata pairs", pair_count, PAIRS_MAX)?;
    // The least that one can take: a pair its key's length, a type and one byte of value; a tensor its
    // name's length, the number of dimensions, a type and an offset.
    source.must_hold(pair_count, source.width() + 5)?;
    source.must_hold(tensor_count, source.width() + 16)?;
    let metadata = read_metadata(&mut source, pair_count)?;
    let alignment = alignment(&metadata)?;
    match metadata.get("general.architecture") {
        Some(Value::Text(name)) if is_plain_name(name) => {}
        _ => return Err(GgufError::malformed("general.architecture is missing or not a plain name")),
    }
    let mut tensors = Vec::new(); // grows with what is read, not with what is declared
    for _ in 0..tensor_count {
        tensors.push(read_tensor(&mut source)?);
    }
    let data_offset = source
        .position()
        .checked_next_multiple_of(alignment)
        .ok_or_else(|| GgufError::malformed("the header is too long"))?;
    check_tensors(&tensors, data_offset, alignment, file_length)?;
    Ok(GgufHeader { version, metadata, tensors, data_offset })
}

fn read_version<R: Read + Seek>(source: &mut Source<'_, R>, file_length: u64) -> Result<u32, GgufError> {
    let mut mark = [0; 4];
    let present = usize::try_from(file_length.min(4)).unwrap_or(4);
    source.fill(&mut mark[..present])?;
    if mark[..present] != MARK[..present] {
        return Err(GgufError::NotGguf);
    }
    if present < 4 {
        return Err(GgufError::Truncated { expected: 24, actual: file_length });
    }
    let version = source.u32()?;
    if (1..=3).contains(&version) {
        Ok(version)
    } else if (1..=3).contains(&version.swap_bytes()) {
        Err(GgufError::malformed("the file is big-endian; only little-endian files are read"))
    } else {
        Err(GgufError::malformed(format!("version {version} of the format is not known")))
    }
}

fn limit(what: &str, declared: u64, most: u64) -> Result<(), GgufError> {
    if declared > most {
        return Err(GgufError::malformed(format!("{declared} {what} are declared; at most {most} are read")));
    }
    Ok(())
}

fn is_plain_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn read_metadata<R: Read + Seek>(
    source: &mut Source<'_, R>,
    count: u64,
) -> Result<BTreeMap<String, Value>, GgufError> {
    let mut metadata = BTreeMap::new();
    let mut kept = 0_u64;
    for _ in 0..count {
        let key_length = source.count()?;
        limit("bytes of a key", key_length, KEY_BYTES_MAX)?;
        let key = String::from_utf8(source.bytes(key_length)?)
            .map_err(|_| GgufError::malformed("a key is not UTF-8"))?;
        let kind = source.u32()?;
        let value = read_value(source, kind, &key)?;
        kept = kept.saturating_add(key_length).saturating_add(match &value {
            Value::Text(text) => text.len() as u64,
            Value::List { numbers: Some(numbers), .. } => 8 * numbers.len() as u64,
            _ => 8,
        });
        limit("bytes of metadata", kept, KEPT_BYTES_MAX)?;
        if metadata.insert(key.clone(), value).is_some() {
            return Err(GgufError::malformed(format!("the key '{key}' is there twice")));
        }
    }
    Ok(metadata)
}

fn alignment(metadata: &BTreeMap<String, Value>) -> Result<u64, GgufError> {
    match metadata.get("general.alignment") {
        None => Ok(ALIGNMENT_DEFAULT),
        Some(Value::Unsigned(number)) if number.is_power_of_two() && *number <= ALIGNMENT_MAX => Ok(*number),
        Some(_) => Err(GgufError::malformed("general.alignment is not a power of two up to 1 MiB")),
    }
}

fn read_tensor<R: Read + Seek>(source: &mut Source<'_, R>) -> Result<Tensor, GgufError> {
    let name_length = source.count()?;
    limit("bytes of a tensor's name", name_length, TENSOR_NAME_BYTES_MAX)?;
    let name = String::from_utf8(source.bytes(name_length)?)
        .map_err(|_| GgufError::malformed("a tensor's name is not UTF-8"))?;
    let dimension_count = source.u32()?;
    limit("dimensions of a tensor", u64::from(dimension_count), u64::from(DIMENSIONS_MAX))?;
    let mut dimensions = Vec::new();
    for _ in 0..dimension_count {
        dimensions.push(source.count()?);
    }
    let number = source.u32()?;
    let offset = source.u64()?;
    let kind = TensorType::from_number(number)
        .ok_or_else(|| GgufError::malformed(format!("tensor '{name}' has the unknown type {number}")))?;
    let wrong = || {
        GgufError::malformed(format!(
            "tensor '{name}' has a shape that {} can't hold: {dimensions:?}",
            kind.name()
        ))
    };
    let elements = tensor::elements(&dimensions).ok_or_else(wrong)?;
    let bytes = kind.bytes(&dimensions).ok_or_else(wrong)?;
    Ok(Tensor { name, dimensions, kind, offset, elements, bytes })
}

/// Tensors must be named once each, aligned, inside the file, and not over each other; their sums
/// can be counted.
fn check_tensors(tensors: &[Tensor], data: u64, alignment: u64, file_length: u64) -> Result<(), GgufError> {
    let mut names = HashSet::new();
    let mut needed = 0;
    let mut total = 0_u64;
    for tensor in tensors {
        let about = |what: &str| GgufError::malformed(format!("tensor '{}' {what}", tensor.name));
        if !names.insert(tensor.name.as_str()) {
            return Err(about("is there twice"));
        }
        if !tensor.offset.is_multiple_of(alignment) {
            return Err(about("is not aligned"));
        }
        let end = data.checked_add(tensor.offset).and_then(|begin| begin.checked_add(tensor.bytes));
        needed = end.ok_or_else(|| about("ends beyond what can be counted"))?.max(needed);
        total =
            total.checked_add(tensor.elements).ok_or_else(|| about("makes the model uncountably large"))?;
    }
    if needed > file_length {
        return Err(GgufError::Truncated { expected: needed, actual: file_length });
    }
    let mut by_offset: Vec<&Tensor> = tensors.iter().filter(|tensor| tensor.bytes > 0).collect();
    by_offset.sort_by_key(|tensor| tensor.offset);
    for pair in by_offset.windows(2) {
        // No overflow: the check above has seen each end.
        if pair[0].offset + pair[0].bytes > pair[1].offset {
            let (first, second) = (&pair[0].name, &pair[1].name);
            return Err(GgufError::malformed(format!("tensors '{first}' and '{second}' overlap")));
        }
    }
    Ok(())
}
