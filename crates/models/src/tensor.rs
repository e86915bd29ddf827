//! Tensors as a header lists them, and the storage types of ggml.

/// How the numbers of a tensor are stored: in blocks of so many elements and so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TensorType {
    number: u32,
    name: &'static str,
    block_elements: u32,
    block_bytes: u32,
}

const fn kind(number: u32, name: &'static str, block_elements: u32, block_bytes: u32) -> TensorType {
    TensorType { number, name, block_elements, block_bytes }
}

/// Every type that the engine of this release knows, by number. Sizes are those of the block
/// structures in ggml 0.25 (`ggml-common.h`): scales first, then the packed quanta. Numbers that
/// are missing belong to types that ggml has withdrawn from files.
const TYPES: &[TensorType] = &[
    kind(0, "F32", 1, 4),
    kind(1, "F16", 1, 2),
    kind(2, "Q4_0", 32, 18),
    kind(3, "Q4_1", 32, 20),
    kind(6, "Q5_0", 32, 22),
    kind(7, "Q5_1", 32, 24),
    kind(8, "Q8_0", 32, 34),
    kind(9, "Q8_1", 32, 36),
    kind(10, "Q2_K", 256, 84),
    kind(11, "Q3_K", 256, 110),
    kind(12, "Q4_K", 256, 144),
    kind(13, "Q5_K", 256, 176),
    kind(14, "Q6_K", 256, 210),
    kind(15, "Q8_K", 256, 292),
    kind(16, "IQ2_XXS", 256, 66),
    kind(17, "IQ2_XS", 256, 74),
    kind(18, "IQ3_XXS", 256, 98),
    kind(19, "IQ1_S", 256, 50),
    kind(20, "IQ4_NL", 32, 18),
    kind(21, "IQ3_S", 256, 110),
    kind(22, "IQ2_S", 256, 82),
    kind(23, "IQ4_XS", 256, 136),
    kind(24, "I8", 1, 1),
    kind(25, "I16", 1, 2),
    kind(26, "I32", 1, 4),
    kind(27, "I64", 1, 8),
    kind(28, "F64", 1, 8),
    kind(29, "IQ1_M", 256, 56),
    kind(30, "BF16", 1, 2),
    kind(34, "TQ1_0", 256, 54),
    kind(35, "TQ2_0", 256, 66),
    kind(39, "MXFP4", 32, 17),
    kind(40, "NVFP4", 64, 36),
    kind(41, "Q1_0", 128, 18),
    kind(42, "Q2_0", 64, 18),
];

impl TensorType {
    /// 32-bit floats.
    pub const F32: Self = TYPES[0];
    /// 16-bit floats.
    pub const F16: Self = TYPES[1];
    /// 4-bit quanta in blocks of 32.
    pub const Q4_0: Self = TYPES[2];
    /// 8-bit quanta in blocks of 32.
    pub const Q8_0: Self = TYPES[6];

    /// Every known type, by number.
    pub fn all() -> &'static [Self] {
        TYPES
    }

    /// The type of that number in files, if it is known.
    pub fn from_number(number: u32) -> Option<Self> {
        TYPES.iter().find(|kind| kind.number == number).copied()
    }

    /// Its number in files.
    pub fn number(self) -> u32 {
        self.number
    }

    /// Its name: `F32`, `Q4_K` …
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Bytes of a tensor of that shape: none if the first dimension is not whole blocks, or too large to count.
    pub fn bytes(self, dimensions: &[u64]) -> Option<u64> {
        let row = dimensions.first().copied().unwrap_or(1);
        let block = u64::from(self.block_elements);
        if !row.is_multiple_of(block) {
            return None;
        }
        (elements(dimensions)? / block).checked_mul(u64::from(self.block_bytes))
    }
}

/// The number of elements; none if it is too large to count.
pub(crate) fn elements(dimensions: &[u64]) -> Option<u64> {
    dimensions.iter().try_fold(1_u64, |product, dimension| product.checked_mul(*dimension))
}

/// One tensor of a header, checked against the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its shape, fastest dimension first; at most four.
    pub dimensions: Vec<u64>,
    /// How it is stored.
    pub kind: TensorType,
    /// Where it begins, in bytes from [`crate::GgufHeader::data_offset`].
    pub offset: u64,
    /// Its elements.
    pub elements: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::TensorType;

    #[test]
    fn sizes_are_whole_blocks_or_nothing() {
        assert_eq!(TensorType::F32.bytes(&[3, 5]), Some(60));
        assert_eq!(TensorType::Q4_0.bytes(&[64, 2]), Some(72));
        assert_eq!(TensorType::Q4_0.bytes(&[33]), None);
        assert_eq!(TensorType::F32.bytes(&[u64::MAX, 2]), None);
        assert_eq!(TensorType::F32.bytes(&[u64::MAX]), None);
    }

    #[test]
    fn numbers_and_names_are_unique_and_withdrawn_types_unknown() {
        for (index, kind) in TensorType::all().iter().enumerate() {
            assert_eq!(TensorType::from_number(kind.number()), Some(*kind));
            assert!(TensorType::all()[..index].iter().all(|other| other.name() != kind.name()));
        }
        for number in [4, 5, 31, 36, 43, u32::MAX] {
            assert_eq!(TensorType::from_number(number), None, "{number}");
        }
    }
}
