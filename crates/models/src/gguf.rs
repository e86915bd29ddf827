//! The GGUF header: metadata and the list of tensors.
//!
//! Layout after the format's own description: mark `GGUF`, version, number of tensors, number of
//! metadata pairs, the pairs, the tensors' descriptions, padding, the tensors' bytes. Version 1
//! counts with 32 bits, later ones with 64.

mod source;
#[cfg(test)]
mod tests;
mod value;

use crate::sniff::{appended, sniff};
use crate::{FileKind, ModelError, Tensor, TensorType, tensor};
use las_types::Digest;
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

/// SHA-256 of values, by key.
type Digests = BTreeMap<String, [u8; 32]>;

/// What decides into which tokens a text is cut.
const TOKENIZER: [&str; 6] = [
    "tokenizer.ggml.merges",
    "tokenizer.ggml.model",
    "tokenizer.ggml.pre",
    "tokenizer.ggml.scores",
    "tokenizer.ggml.token_type",
    "tokenizer.ggml.tokens",
];

/// Templates beside the main one have a name after a dot: `tokenizer.chat_template.tool_use`.
fn is_template(key: &str) -> bool {
    template_name(key).is_some()
}

pub(crate) fn template_name(key: &str) -> Option<&str> {
    match key.strip_prefix("tokenizer.chat_template")? {
        "" => Some("default"),
        rest => rest.strip_prefix('.'),
    }
}

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
    /// SHA-256 of the values that make the tokenizer, by key: see [`GgufHeader::tokenizer_digest`].
    pub(crate) tokenizer: Digests,
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

    /// SHA-256 over what decides into which tokens a text is cut; none without a list of tokens.
    ///
    /// Of each key of `merges`, `model`, `pre`, `scores`, `token_type` and `tokens` (below `tokenizer.ggml.`) that is
    /// there, in this order: the key, a zero byte, and the SHA-256 of its value as version 2 of the format and later
    /// write it. So it is the same in every version of the format, and says nothing of special tokens and templates.
    pub fn tokenizer_digest(&self) -> Option<Digest> {
        self.tokenizer.get("tokenizer.ggml.tokens")?;
        let mut bytes = Vec::new();
        for (key, value) in &self.tokenizer {
            bytes.extend(key.as_bytes());
            bytes.push(0);
            bytes.extend(value);
        }
        Some(Digest::of(&bytes))
    }
}

/// Reads the header of a file of `file_length` bytes, from its beginning.
///
/// Reads no tensor data. Memory is bounded by the header's true size in the file, at most some
/// 64 MiB of metadata besides the list of tensors.
pub fn read_gguf<R: Read + Seek>(reader: &mut R, file_length: u64) -> Result<GgufHeader, ModelError> {
    if file_length == 0 {
        return Err(ModelError::Empty);
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
    let (metadata, tokenizer) = read_metadata(&mut source, pair_count)?;
    let alignment = alignment(&metadata)?;
    match metadata.get("general.architecture") {
        Some(Value::Text(name)) if is_plain_name(name) => {}
        // Of a model that was split, only the first part says it.
        None if matches!(metadata.get("split.no"), Some(Value::Unsigned(1..))) => {}
        _ => return Err(ModelError::malformed("general.architecture is missing or not a plain name")),
    }
    let mut tensors = Vec::new(); // grows with what is read, not with what is declared
    for _ in 0..tensor_count {
        tensors.push(read_tensor(&mut source)?);
    }
    let data_offset = source
        .position()
        .checked_next_multiple_of(alignment)
        .ok_or_else(|| ModelError::malformed("the header is too long"))?;
    let end = check_tensors(&tensors, data_offset, alignment, file_length)?;
    check_rest(reader, end, alignment, file_length)?;
    let header = GgufHeader { version, metadata, tensors, data_offset, tokenizer };
    header.part()?;
    Ok(header)
}

/// Reads the header of a model's file as [`read_gguf`] does, after a look at whether the file is anything else.
///
/// Errors: those of [`read_gguf`], and `RunsCode`, `TwoFormats`, `NotModel` with what the file is.
pub fn read_model<R: Read + Seek>(reader: &mut R, file_length: u64) -> Result<GgufHeader, ModelError> {
    sniff(reader, file_length)?.expect(FileKind::Gguf)?;
    read_gguf(reader, file_length)
}

fn read_version<R: Read + Seek>(source: &mut Source<'_, R>, file_length: u64) -> Result<u32, ModelError> {
    let mut mark = [0; 4];
    let present = usize::try_from(file_length.min(4)).unwrap_or(4);
    source.fill(&mut mark[..present])?;
    if mark[..present] != MARK[..present] {
        return Err(ModelError::NotModel { found: FileKind::Unknown });
    }
    if present < 4 {
        return Err(ModelError::Truncated { expected: 24, actual: file_length });
    }
    let version = source.u32()?;
    if (1..=3).contains(&version) {
        Ok(version)
    } else if (1..=3).contains(&version.swap_bytes()) {
        Err(ModelError::malformed("the file is big-endian; only little-endian files are read"))
    } else {
        Err(ModelError::malformed(format!("version {version} of the format is not known")))
    }
}

fn limit(what: &str, declared: u64, most: u64) -> Result<(), ModelError> {
    if declared > most {
        return Err(ModelError::malformed(format!(
            "{declared} {what} are declared; at most {most} are read"
        )));
    }
    Ok(())
}

fn is_plain_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn read_metadata<R: Read + Seek>(
    source: &mut Source<'_, R>,
    count: u64,
) -> Result<(BTreeMap<String, Value>, Digests), ModelError> {
    let (mut metadata, mut tokenizer) = (BTreeMap::new(), BTreeMap::new());
    let mut kept = 0_u64;
    for _ in 0..count {
        let key_length = source.count()?;
        limit("bytes of a key", key_length, KEY_BYTES_MAX)?;
        let key = String::from_utf8(source.bytes(key_length)?)
            .map_err(|_| ModelError::malformed("a key is not UTF-8"))?;
        let kind = source.u32()?;
        let value = if TOKENIZER.contains(&key.as_str()) {
            source.begin_digest();
            let value = read_value(source, kind, &key)?;
            tokenizer.insert(key.clone(), source.end_digest());
            value
        } else {
            read_value(source, kind, &key)?
        };
        if is_template(&key) && !matches!(value, Value::Text(_)) {
            return Err(ModelError::malformed(format!("'{key}' is no text of up to 1 MiB")));
        }
        kept = kept.saturating_add(key_length).saturating_add(match &value {
            Value::Text(text) => text.len() as u64,
            Value::List { numbers: Some(numbers), .. } => 8 * numbers.len() as u64,
            _ => 8,
        });
        limit("bytes of metadata", kept, KEPT_BYTES_MAX)?;
        if metadata.insert(key.clone(), value).is_some() {
            return Err(ModelError::malformed(format!("the key '{key}' is there twice")));
        }
    }
    Ok((metadata, tokenizer))
}

fn alignment(metadata: &BTreeMap<String, Value>) -> Result<u64, ModelError> {
    match metadata.get("general.alignment") {
        None => Ok(ALIGNMENT_DEFAULT),
        Some(Value::Unsigned(number)) if number.is_power_of_two() && *number <= ALIGNMENT_MAX => Ok(*number),
        Some(_) => Err(ModelError::malformed("general.alignment is not a power of two up to 1 MiB")),
    }
}

fn read_tensor<R: Read + Seek>(source: &mut Source<'_, R>) -> Result<Tensor, ModelError> {
    let name_length = source.count()?;
    limit("bytes of a tensor's name", name_length, TENSOR_NAME_BYTES_MAX)?;
    let name = String::from_utf8(source.bytes(name_length)?)
        .map_err(|_| ModelError::malformed("a tensor's name is not UTF-8"))?;
    let dimension_count = source.u32()?;
    limit("dimensions of a tensor", u64::from(dimension_count), u64::from(DIMENSIONS_MAX))?;
    let mut dimensions = Vec::new();
    for _ in 0..dimension_count {
        dimensions.push(source.count()?);
    }
    let number = source.u32()?;
    let offset = source.u64()?;
    let kind = TensorType::from_number(number)
        .ok_or_else(|| ModelError::malformed(format!("tensor '{name}' has the unknown type {number}")))?;
    let wrong = || {
        ModelError::malformed(format!(
            "tensor '{name}' has a shape that {} can't hold: {dimensions:?}",
            kind.name()
        ))
    };
    let elements = tensor::elements(&dimensions).ok_or_else(wrong)?;
    let bytes = kind.bytes(&dimensions).ok_or_else(wrong)?;
    Ok(Tensor { name, dimensions, kind, offset, elements, bytes })
}

/// After the last tensor there may be padding and nothing else.
fn check_rest<R: Read + Seek>(
    reader: &mut R,
    end: u64,
    alignment: u64,
    file_length: u64,
) -> Result<(), ModelError> {
    let rest = file_length.saturating_sub(end);
    if rest == 0 {
        return Ok(());
    }
    match appended(reader, end, file_length)? {
        None if rest < alignment => Ok(()),
        Some(second) if !matches!(second, FileKind::Unknown | FileKind::Text) => {
            Err(ModelError::TwoFormats { first: FileKind::Gguf, second })
        }
        _ => Err(ModelError::malformed(format!("{rest} bytes after the last tensor belong to nothing"))),
    }
}

/// Tensors must be named once each, aligned, inside the file, neither over each other nor apart by more than padding; their
/// sums can be counted. Gives where the last one ends, from the file's beginning.
fn check_tensors(tensors: &[Tensor], data: u64, alignment: u64, file_length: u64) -> Result<u64, ModelError> {
    let mut names = HashSet::new();
    let mut needed = 0;
    let mut total = 0_u64;
    for tensor in tensors {
        let about = |what: &str| ModelError::malformed(format!("tensor '{}' {what}", tensor.name));
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
        return Err(ModelError::Truncated { expected: needed, actual: file_length });
    }
    let mut by_offset: Vec<&Tensor> = tensors.iter().filter(|tensor| tensor.bytes > 0).collect();
    by_offset.sort_by_key(|tensor| tensor.offset);
    for pair in by_offset.windows(2) {
        // No overflow: the check above has seen each end.
        if pair[0].offset + pair[0].bytes > pair[1].offset {
            let (first, second) = (&pair[0].name, &pair[1].name);
            return Err(ModelError::malformed(format!("tensors '{first}' and '{second}' overlap")));
        }
        if pair[1].offset - (pair[0].offset + pair[0].bytes) >= alignment {
            let second = &pair[1].name;
            return Err(ModelError::malformed(format!("there is a hole before tensor '{second}'")));
        }
    }
    if by_offset.first().is_some_and(|first| first.offset > 0) {
        return Err(ModelError::malformed("there is a hole before the first tensor"));
    }
    // Without tensors the file may end with the header, unpadded.
    Ok(needed.max(data.min(file_length)))
}
