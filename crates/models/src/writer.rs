//! Writes small GGUF files in memory, for tests and tools.

use crate::TensorType;
use std::ops::Range;

/// Builds a GGUF file in memory. Made for tests and for tools that need a well-formed (or, by
/// changing the bytes at [`GgufWriter::finish_with_counts`]' places, a malformed) file; it checks
/// nothing and holds everything in memory.
#[derive(Clone, Debug)]
pub struct GgufWriter {
    version: u32,
    alignment: usize,
    pairs: Vec<(String, u32, Vec<Part>)>,
    tensors: Vec<(String, Vec<u64>, TensorType, Vec<u8>)>,
}

/// Bytes that depend on the version only where they count.
#[derive(Clone, Debug)]
enum Part {
    Bytes(Vec<u8>),
    Count(u64),
}

impl Default for GgufWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl GgufWriter {
    /// An empty file of version 3.
    pub fn new() -> Self {
        Self { version: 3, alignment: 32, pairs: Vec::new(), tensors: Vec::new() }
    }

    /// Another version; 1 counts with 32 bits.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// Another alignment than 32 bytes, recorded in the metadata.
    #[must_use]
    pub fn alignment(mut self, alignment: u32) -> Self {
        self.alignment = alignment as usize;
        self.u32("general.alignment", alignment)
    }

    fn pair(mut self, key: &str, kind: u32, parts: Vec<Part>) -> Self {
        self.pairs.push((key.to_owned(), kind, parts));
        self
    }

    /// A text.
    #[must_use]
    pub fn text(self, key: &str, value: &str) -> Self {
        let parts = vec![Part::Count(value.len() as u64), Part::Bytes(value.as_bytes().to_vec())];
        self.pair(key, 8, parts)
    }

    /// A 32-bit whole number.
    #[must_use]
    pub fn u32(self, key: &str, value: u32) -> Self {
        self.pair(key, 4, vec![Part::Bytes(value.to_le_bytes().to_vec())])
    }

    /// A 32-bit fraction.
    #[must_use]
    pub fn f32(self, key: &str, value: f32) -> Self {
        self.pair(key, 6, vec![Part::Bytes(value.to_le_bytes().to_vec())])
    }

    /// A list of texts, such as a tokenizer's.
    #[must_use]
    pub fn texts(self, key: &str, values: &[&str]) -> Self {
        let mut parts = vec![Part::Bytes(8_u32.to_le_bytes().to_vec()), Part::Count(values.len() as u64)];
        for value in values {
            parts.push(Part::Count(value.len() as u64));
            parts.push(Part::Bytes(value.as_bytes().to_vec()));
        }
        self.pair(key, 9, parts)
    }

    /// A list of 32-bit whole numbers.
    #[must_use]
    pub fn numbers(self, key: &str, values: &[u32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let kind = 4_u32.to_le_bytes().to_vec();
        self.pair(key, 9, vec![Part::Bytes(kind), Part::Count(values.len() as u64), Part::Bytes(bytes)])
    }

    /// Any pair as raw bytes after its type number.
    #[must_use]
    pub fn raw(self, key: &str, kind: u32, bytes: &[u8]) -> Self {
        self.pair(key, kind, vec![Part::Bytes(bytes.to_vec())])
    }

    /// A tensor: its shape (fastest dimension first), how it is stored, and its bytes.
    #[must_use]
    pub fn tensor(mut self, name: &str, dimensions: &[u64], kind: TensorType, bytes: &[u8]) -> Self {
        self.tensors.push((name.to_owned(), dimensions.to_vec(), kind, bytes.to_vec()));
        self
    }

    /// The file's bytes. The last tensor is not padded, so that no byte of the file is idle.
    #[must_use]
    pub fn finish(&self) -> Vec<u8> {
        self.finish_with_counts().0
    }

    /// The file's bytes, and where its counts, lengths, dimensions and offsets lie.
    #[must_use]
    pub fn finish_with_counts(&self) -> (Vec<u8>, Vec<Range<usize>>) {
        let mut out = Out { bytes: b"GGUF".to_vec(), counts: Vec::new(), wide: self.version >= 2 };
        out.bytes.extend(self.version.to_le_bytes());
        out.count(self.tensors.len() as u64);
        out.count(self.pairs.len() as u64);
        for (key, kind, parts) in &self.pairs {
            out.text(key);
            out.bytes.extend(kind.to_le_bytes());
            for part in parts {
                match part {
                    Part::Bytes(bytes) => out.bytes.extend(bytes),
                    Part::Count(count) => out.count(*count),
                }
            }
        }
        let mut offset = 0_usize;
        for (name, dimensions, kind, bytes) in &self.tensors {
            out.text(name);
            let dimension_count = u32::try_from(dimensions.len()).unwrap_or(u32::MAX);
            out.field(&dimension_count.to_le_bytes());
            for dimension in dimensions {
                out.count(*dimension);
            }
            out.bytes.extend(kind.number().to_le_bytes());
            out.field(&(offset as u64).to_le_bytes());
            offset = (offset + bytes.len()).next_multiple_of(self.alignment.max(1));
        }
        for (_, _, _, bytes) in &self.tensors {
            // Before each tensor, so that the file ends with the last one's last byte.
            out.bytes.resize(out.bytes.len().next_multiple_of(self.alignment.max(1)), 0);
            out.bytes.extend(bytes);
        }
        (out.bytes, out.counts)
    }
}

struct Out {
    bytes: Vec<u8>,
    counts: Vec<Range<usize>>,
    wide: bool,
}

impl Out {
    fn field(&mut self, bytes: &[u8]) {
        self.counts.push(self.bytes.len()..self.bytes.len() + bytes.len());
        self.bytes.extend(bytes);
    }

    fn count(&mut self, count: u64) {
        if self.wide {
            self.field(&count.to_le_bytes());
        } else {
            self.field(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
        }
    }

    fn text(&mut self, text: &str) {
        self.count(text.len() as u64);
        self.bytes.extend(text.as_bytes());
    }
}
