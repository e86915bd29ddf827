//! How safetensors stores numbers.

/// A type of numbers in safetensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafetensorsType {
    name: &'static str,
    bits: u64,
}

const fn kind(name: &'static str, bits: u64) -> SafetensorsType {
    SafetensorsType { name, bits }
}

/// Every type of `safetensors` 0.8.
const TYPES: &[SafetensorsType] = &[
    kind("BOOL", 8),
    kind("F4", 4),
    kind("F6_E2M3", 6),
    kind("F6_E3M2", 6),
    kind("U8", 8),
    kind("I8", 8),
    kind("F8_E5M2", 8),
    kind("F8_E4M3", 8),
    kind("F8_E8M0", 8),
    kind("F8_E4M3FNUZ", 8),
    kind("F8_E5M2FNUZ", 8),
    kind("I16", 16),
    kind("U16", 16),
    kind("F16", 16),
    kind("BF16", 16),
    kind("I32", 32),
    kind("U32", 32),
    kind("F32", 32),
    kind("C64", 64),
    kind("F64", 64),
    kind("I64", 64),
    kind("U64", 64),
];

impl SafetensorsType {
    /// Every known type.
    pub fn all() -> &'static [Self] {
        TYPES
    }

    /// The type of that name, if it is known.
    pub fn from_name(name: &str) -> Option<Self> {
        TYPES.iter().find(|kind| kind.name == name).copied()
    }

    /// Its name: `F32`, `BF16` …
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Bytes of so many elements; none if that is no whole number, or too large to count.
    pub fn bytes(self, elements: u64) -> Option<u64> {
        let bits = elements.checked_mul(self.bits)?;
        bits.is_multiple_of(8).then_some(bits / 8)
    }
}
