//! What is known of a model for an estimate: its header, or what was published of it, with how far that may be off.

use crate::bits::{file_bytes, is_packed, weights};
use las_types::{ByteSize, Digest, FitBasis, ModelFacts, ModelShape, ParameterCount, TokenizerFacts};

/// An estimate from a header is within this part of the measured peak (`docs/bench/estimate.md`).
const HEADER_OFF: u64 = 10;
/// Parameters of a dense model with so many layers, divided by their cube: twelve times the square of the width for each
/// layer, and a width of 128 for each layer, as the Llama family has it.
const CUBE: u64 = 12 * 128 * 128;
const WIDTH: u64 = 128;
/// Keys and values of such a model with all heads, over those that it keeps: at least, probably, at most. Most models since 2024
/// share each head among four to eight; those with all heads are the upper end.
const SHARED: [u64; 3] = [16, 4, 1];
/// Quarters of a packed file that are packed: at least, probably, at most. Not packed are the table of tokens and what a mixture
/// keeps in better types.
const PACKED_QUARTERS: [u64; 3] = [2, 3, 4];
/// Tokens that a model knows which does not say so.
const TOKENS: u32 = 128_000;
/// What a projector takes beside its file for one picture, in quarters of the file: at least, probably, at most.
const PICTURE_QUARTERS: [u64; 3] = [0, 1, 4];
/// A file's size follows from its parameters up to this part.
const SIZE_OFF: u64 = 10;

/// What was published of a model that isn't here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told<'a> {
    /// Bytes of its files.
    pub size: Option<ByteSize>,
    /// Its quantisation.
    pub quantisation: Option<&'a str>,
    /// Its parameters.
    pub parameters: Option<ParameterCount>,
    /// For a mixture of experts: parameters that one token uses.
    pub active: Option<ParameterCount>,
    /// How it is made.
    pub shape: Option<ModelShape>,
    /// Its longest context, in tokens.
    pub context: Option<u32>,
    /// Bytes of the file that turns pictures into what it reads; 0 without one.
    pub projector: ByteSize,
}

/// What is known of a model, as facts: probably so, and at the two ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub(crate) basis: FitBasis,
    pub(crate) likely: ModelFacts,
    pub(crate) least: ModelFacts,
    pub(crate) most: ModelFacts,
    /// Parameters that one token uses, where these are not all.
    pub(crate) active: Option<ParameterCount>,
}

impl Known {
    /// Of a model whose header was read.
    pub fn of_header(facts: &ModelFacts) -> Self {
        let scaled = |numerator: u64| {
            let of = |size: ByteSize| portion(size, numerator, HEADER_OFF);
            ModelFacts {
                tensor_bytes: of(facts.tensor_bytes),
                packed_bytes: of(facts.packed_bytes),
                projector_bytes: of(facts.projector_bytes),
                kv_bytes_per_token: of(facts.kv_bytes_per_token),
                state_bytes: of(facts.state_bytes),
                ..facts.clone()
            }
        };
        Self {
            basis: FitBasis::Header,
            likely: facts.clone(),
            least: scaled(HEADER_OFF - 1),
            most: scaled(HEADER_OFF + 1),
            active: None,
        }
    }

    /// Of a model of which so much was published; none where that is neither a size nor parameters.
    pub fn of(told: Told<'_>) -> Option<Self> {
        let name = told.quantisation;
        let said = told.parameters.map(ParameterCount::parameters);
        let size = match (told.size, said) {
            (Some(size), _) => size.bytes(),
            (None, Some(parameters)) => file_bytes(parameters, name),
            (None, None) => return None,
        };
        let parameters = said.unwrap_or_else(|| weights(size, name));
        let basis = match (told.shape, told.size) {
            (Some(_), _) => FitBasis::Shape,
            (None, Some(_)) => FitBasis::Size,
            (None, None) => FitBasis::Parameters,
        };
        // Attention is as wide as in a dense model of the parameters that work.
        let working = told.active.map_or(parameters, ParameterCount::parameters);
        let sizes = match told.size {
            Some(_) => [size; 3],
            None => [size - size / SIZE_OFF, size, size.saturating_add(size / SIZE_OFF)],
        };
        let at = |end: usize| facts(told, parameters, sizes[end], end, working);
        Some(Self { basis, likely: at(1), least: at(0), most: at(2), active: told.active })
    }

    /// The same model in another quantisation, as far as its parameters say; none where they are not known.
    pub(crate) fn in_quantisation(&self, name: &str) -> Option<Self> {
        let parameters = self.likely.parameters.parameters();
        if parameters == 0 {
            return None;
        }
        let size = file_bytes(parameters, Some(name));
        let with = |facts: &ModelFacts, end: usize| ModelFacts {
            tensor_bytes: ByteSize::new(size),
            packed_bytes: packed(size, Some(name), end),
            quantisation: name.to_owned(),
            ..facts.clone()
        };
        Some(Self {
            basis: self.basis,
            likely: with(&self.likely, 1),
            least: with(&self.least, 0),
            most: with(&self.most, 2),
            active: self.active,
        })
    }

    /// Its facts, as they probably are.
    pub fn likely(&self) -> &ModelFacts {
        &self.likely
    }
}

/// So many parts of so many.
fn portion(size: ByteSize, numerator: u64, denominator: u64) -> ByteSize {
    let portion = u128::from(size.bytes()) * u128::from(numerator) / u128::from(denominator);
    ByteSize::new(u64::try_from(portion).unwrap_or(u64::MAX))
}

fn packed(size: u64, quantisation: Option<&str>, end: usize) -> ByteSize {
    match quantisation {
        Some(name) if is_packed(name) => portion(ByteSize::new(size), PACKED_QUARTERS[end], 4),
        // One that says nothing may be packed.
        None if end == 2 => ByteSize::new(size),
        _ => ByteSize::default(),
    }
}

fn facts(told: Told<'_>, parameters: u64, size: u64, end: usize, working: u64) -> ModelFacts {
    let layers = layers(working);
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    // Two of 16 bits for each layer and each of its width.
    let full = layers.saturating_mul(layers).saturating_mul(4 * WIDTH);
    let drawn = ModelFacts {
        parameters: ParameterCount::new(parameters),
        quantisation: told.quantisation.unwrap_or_default().to_owned(),
        context: told.context.unwrap_or(0),
        layers: small(layers),
        embedding_length: small(layers.saturating_mul(WIDTH)),
        kv_bytes_per_token: ByteSize::new(full / SHARED[end]),
        tensor_bytes: ByteSize::new(size),
        packed_bytes: packed(size, told.quantisation, end),
        projector_bytes: portion(told.projector, 4 + PICTURE_QUARTERS[end], 4),
        tokenizer: Some(tokenizer(TOKENS)),
        ..ModelFacts::default()
    };
    let Some(shape) = told.shape else { return drawn };
    let kept =
        u64::from(shape.layers) * u64::from(shape.kv_heads).saturating_mul(u64::from(shape.head_size) * 4);
    ModelFacts {
        layers: shape.layers,
        kv_heads: shape.kv_heads,
        embedding_length: shape.embedding_length,
        feed_forward_length: shape.feed_forward_length,
        kv_bytes_per_token: ByteSize::new(kept),
        tokenizer: Some(tokenizer(shape.tokens)),
        ..drawn
    }
}

/// Nothing is known of it but how much it knows.
fn tokenizer(tokens: u32) -> TokenizerFacts {
    TokenizerFacts { kind: String::new(), tokens, digest: Digest::of(&[]) }
}

/// The layers of a dense model with so many parameters, in the proportions of the Llama family.
fn layers(parameters: u64) -> u64 {
    let has = |layers: u64| CUBE.saturating_mul(layers.saturating_mul(layers).saturating_mul(layers));
    (1..100_000).find(|layers| has(*layers) >= parameters).unwrap_or(100_000)
}

#[cfg(test)]
mod tests {
    use super::{Known, Told};
    use las_types::{ByteSize, FitBasis, ModelShape};

    /// Bytes of keys and values for a token, at the two ends, of so many parameters.
    fn ends(parameters: &str, active: Option<&str>) -> (u64, u64) {
        let number = |text: &str| text.parse().unwrap();
        let told = Told {
            parameters: Some(number(parameters)),
            active: active.map(number),
            quantisation: Some("Q4_K_M"),
            ..Told::default()
        };
        let known = Known::of(told).unwrap();
        (known.least.kv_bytes_per_token.bytes(), known.most.kv_bytes_per_token.bytes())
    }

    #[test]
    fn what_well_known_models_keep_lies_between_the_ends() {
        // Layers × key-value heads × width of a head × 4 bytes.
        for (parameters, active, kept) in [
            ("0.6B", None, 28 * 8 * 128 * 4),
            ("8B", None, 32 * 8 * 128 * 4),
            ("7B", None, 32 * 32 * 128 * 4),
            ("14.8B", None, 40 * 8 * 128 * 4),
            ("70B", None, 80 * 8 * 128 * 4),
            ("30.5B", Some("3.3B"), 48 * 4 * 128 * 4),
            ("21B", Some("3.6B"), 24 * 8 * 64 * 4),
        ] {
            let (least, most) = ends(parameters, active);
            assert!((least..=most).contains(&kept), "{parameters}: {least} {kept} {most}");
        }
    }

    #[test]
    fn the_more_is_published_the_narrower_it_is() {
        let shape = ModelShape {
            layers: 32,
            kv_heads: 8,
            head_size: 128,
            embedding_length: 4096,
            feed_forward_length: 14_336,
            tokens: 128_256,
        };
        let parameters = Some("8B".parse().unwrap());
        let size = Some(ByteSize::new(4_700_000_000));
        let known = |size, shape| Known::of(Told { size, parameters, shape, ..Told::default() }).unwrap();
        assert_eq!(known(None, None).basis, FitBasis::Parameters);
        assert_eq!(known(size, None).basis, FitBasis::Size);
        let whole = known(size, Some(shape));
        assert_eq!(whole.basis, FitBasis::Shape);
        assert_eq!(whole.least.kv_bytes_per_token, whole.most.kv_bytes_per_token);
        assert_eq!(Known::of(Told::default()), None);
    }

    #[test]
    fn another_quantisation_is_the_same_model_with_other_weights() {
        let told = Told { parameters: Some("8B".parse().unwrap()), ..Told::default() };
        let known = Known::of(told).unwrap();
        let small = known.in_quantisation("Q2_K").unwrap();
        assert!(small.likely.tensor_bytes < known.likely.tensor_bytes);
        assert_eq!(small.likely.kv_bytes_per_token, known.likely.kv_bytes_per_token);
    }
}
