//! How many bits a weight takes in each quantisation, embedded tables and scales included.

/// Hundredths of a bit for each weight of a whole file, from the best quantisation on. Source: the table in the README of
/// llama.cpp's `quantize` (files of Llama 2 7B and Llama 3.1 8B); `Q4_0` to `Q5_1` from the sizes that its `--help` states for
/// Llama 3 8B. Files of other models differ by some hundredths: a table of tokens is a larger part of a small model.
const BITS: &[(&str, u64)] = &[
    ("F32", 3200),
    ("BF16", 1600),
    ("F16", 1600),
    ("FP16", 1600),
    ("Q8_0", 850),
    ("Q6_K", 656),
    ("Q5_1", 604),
    ("Q5_K_M", 570),
    ("Q5_K_S", 557),
    ("Q5_0", 557),
    ("Q4_1", 511),
    ("Q4_K_L", 500),
    ("Q4_K_M", 489),
    ("IQ4_NL", 468),
    ("Q4_K_S", 467),
    ("Q4_0", 464),
    ("MXFP4", 460),
    ("IQ4_XS", 446),
    ("Q3_K_L", 430),
    ("Q3_K_M", 400),
    ("IQ3_M", 376),
    ("IQ3_S", 366),
    ("Q3_K_S", 364),
    ("IQ3_XS", 350),
    ("IQ3_XXS", 325),
    ("Q2_K_L", 325),
    ("Q2_K", 316),
    ("Q2_K_S", 297),
    ("IQ2_M", 293),
    ("IQ2_S", 274),
    ("IQ2_XS", 259),
    ("IQ2_XXS", 238),
    ("IQ1_M", 215),
    ("IQ1_S", 200),
];
/// Where a name says no quantisation: about that of most files.
const USUAL: u64 = 500;
/// Of these most tensors are kept a second time in main memory, see [`las_types::ModelFacts::packed_bytes`].
const PACKED: [&str; 8] = ["Q4_K", "Q4_0", "IQ4_NL", "Q2_K", "MXFP4", "Q4_K_M", "Q4_K_S", "Q4_K_L"];

/// Hundredths of a bit for each weight. A header names a type of tensors (`Q4_K`), a file a mixture (`Q4_K_M`).
pub(crate) fn bits(quantisation: Option<&str>) -> u64 {
    let named = |name: &str| BITS.iter().find(|(known, _)| *known == name).map(|(_, bits)| *bits);
    quantisation.and_then(|name| named(name).or_else(|| named(&format!("{name}_M")))).unwrap_or(USUAL)
}

/// Bytes of a file with so many weights.
pub(crate) fn file_bytes(parameters: u64, quantisation: Option<&str>) -> u64 {
    let bytes = u128::from(parameters) * u128::from(bits(quantisation)) / 800;
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// Weights of a file with so many bytes.
pub(crate) fn weights(bytes: u64, quantisation: Option<&str>) -> u64 {
    let weights = u128::from(bytes) * 800 / u128::from(bits(quantisation));
    u64::try_from(weights).unwrap_or(u64::MAX)
}

/// Whether an engine packs most of it again for the processor.
pub(crate) fn is_packed(quantisation: &str) -> bool {
    PACKED.contains(&quantisation)
}

#[cfg(test)]
mod tests {
    use super::{bits, file_bytes, weights};

    #[test]
    fn published_files_have_about_the_size_that_follows_from_their_parameters() {
        // Sizes of GPT4All's list, parameters of their makers.
        for (parameters, name, published) in [
            (3_210_000_000, "Q4_0", 1_921_909_280_u64),
            (8_030_000_000, "Q4_0", 4_675_894_112),
            (7_610_000_000, "Q4_0", 4_431_390_720),
        ] {
            let said = file_bytes(parameters, Some(name));
            assert!(said.abs_diff(published) * 25 < published, "{said} {published}");
            assert!(weights(published, Some(name)).abs_diff(parameters) * 25 < parameters);
        }
        assert_eq!((bits(Some("Q4_K")), bits(None), bits(Some("X"))), (489, 500, 500));
    }
}
