//! How much memory a model takes.

use las_types::{Ability, ByteSize, CacheType, MemoryEstimate, ModelFacts};

/// What the engine's process takes besides all below: its program and libraries (15 MiB of resident memory) and its own
/// heap. Measured: `docs/bench/estimate.md`.
const ENGINE_BYTES: u64 = 22 << 20;
/// For each token that it knows: its text in two maps, and the numbers that a choice among them needs. Measured likewise.
const TOKEN_BYTES: u64 = 170;
/// Tokens that the engine works on at once (its default for `--ubatch-size`).
const BATCH_TOKENS: u64 = 512;
/// Rows of the hidden state's width, and of the feed-forward width, that live at once for each token of a batch. Measured
/// likewise: what it reserves is more, and is not all touched.
const HIDDEN_ROWS: u64 = 5;
const FEED_FORWARD_ROWS: u64 = 2;
/// A model that does not say how wide its feed-forward rows are has them about so many times as wide as the hidden state.
const FEED_FORWARD_TIMES: u64 = 4;
const FLOAT_BYTES: u64 = 4;
/// Bytes of one entry of the mask, which says who sees whom: a batch by the context.
const MASK_BYTES: u64 = 2;
/// The engine rounds each conversation's context up to this.
const CONTEXT_STEP: u64 = 256;

/// The memory that a model takes when loaded for `parallel` conversations of `context` tokens each, with keys and values in
/// 16-bit floats: [`estimate_with`].
pub fn estimate(facts: &ModelFacts, context: u32, parallel: u32) -> MemoryEstimate {
    estimate_with(facts, context, parallel, CacheType::F16)
}

/// The memory that a model takes when loaded for `parallel` conversations of `context` tokens each.
///
/// - weights: the bytes of all tensors, as the engine maps them, and those that it packs again for the processor
///   ([`ModelFacts::packed_bytes`]); with them what a projector takes ([`ModelFacts::projector_bytes`]).
/// - cache: for each conversation, [`ModelFacts::kv_bytes_per_token`] × context (rounded up to 256, as the engine does), in
///   blocks of the type of `cache`. Layers with a window keep no more than the window and one batch of 512, rounded up to
///   256. Layers without attention keep [`ModelFacts::state_bytes`], in 32-bit floats whatever the type.
/// - overhead: 22 MiB for the engine's process and 170 bytes for each token that it knows, plus the working rows of one batch
///   of 512 tokens (5 of the hidden state's width and 2 of the feed-forward width, in 32-bit floats), plus the mask of a batch
///   by one conversation's context (16-bit floats), plus a fiftieth of weights and cache for what allocators round up.
///
/// Measured next to the peak of the engine's process: `docs/bench/estimate.md`. The shape of the formula follows the buffers that llama.cpp reports when it loads a model
/// (`model`, `kv`, `compute`) and how it makes them (`llama-kv-cache.cpp`, `llama-kv-cache-iswa.cpp`,
/// `llama-memory-recurrent.cpp`). It is meant to be on the high side rather than below. The buffers that a running
/// engine reports replace it. An adapter has weights only: its base pays for the rest.
pub fn estimate_with(facts: &ModelFacts, context: u32, parallel: u32, cache: CacheType) -> MemoryEstimate {
    let weights = facts.tensor_bytes.saturating_add(facts.packed_bytes).saturating_add(facts.projector_bytes);
    if facts.abilities.contains(&Ability::Adapter) {
        return MemoryEstimate {
            weights,
            cache: ByteSize::new(0),
            overhead: ByteSize::new(0),
            total: weights,
        };
    }
    let cache = ByteSize::new(conversation(facts, context, cache).saturating_mul(u64::from(parallel.max(1))));
    let hidden = u64::from(facts.embedding_length);
    let feed_forward = match u64::from(facts.feed_forward_length) {
        0 => FEED_FORWARD_TIMES * hidden,
        said => said,
    };
    // Of 32 bits each: none of these can overflow.
    let rows = (HIDDEN_ROWS * hidden + FEED_FORWARD_ROWS * feed_forward) * BATCH_TOKENS * FLOAT_BYTES;
    let tokens = facts.tokenizer.as_ref().map_or(0, |tokenizer| u64::from(tokenizer.tokens)) * TOKEN_BYTES;
    let mask = u64::from(context).next_multiple_of(CONTEXT_STEP) * BATCH_TOKENS * MASK_BYTES;
    let rounding = weights.saturating_add(cache).bytes() / 50;
    let overhead = ByteSize::new((ENGINE_BYTES + rows + tokens + mask).saturating_add(rounding));
    MemoryEstimate { weights, cache, overhead, total: weights.saturating_add(cache).saturating_add(overhead) }
}

/// Bytes that one conversation of so many tokens keeps.
fn conversation(facts: &ModelFacts, context: u32, cache: CacheType) -> u64 {
    let tokens = u64::from(context).next_multiple_of(CONTEXT_STEP); // of 32 bits: can't overflow
    let all = facts.kv_bytes_per_token.bytes();
    let window = facts.window.unwrap_or_default();
    let windowed = window.kv_bytes_per_token.bytes().min(all);
    let seen = (u64::from(window.tokens) + BATCH_TOKENS).next_multiple_of(CONTEXT_STEP).min(tokens);
    let kept = (all - windowed).saturating_mul(tokens).saturating_add(windowed.saturating_mul(seen));
    let stored =
        u128::from(kept) * u128::from(cache.block_bytes()) / u128::from(CacheType::F16.block_bytes());
    u64::try_from(stored).unwrap_or(u64::MAX).saturating_add(facts.state_bytes.bytes())
}

#[cfg(test)]
mod tests {
    use super::{estimate, estimate_with};
    use las_types::{Ability, ByteSize, CacheType, ModelFacts, ParameterCount, WindowFacts};

    fn facts(abilities: Vec<Ability>) -> ModelFacts {
        ModelFacts {
            format: "gguf".to_owned(),
            name: None,
            architecture: "llama".to_owned(),
            parameters: ParameterCount::new(1_000),
            quantisation: "F32".to_owned(),
            context: 4096,
            layers: 2,
            embedding_length: 64,
            kv_bytes_per_token: ByteSize::new(512),
            tensor_bytes: ByteSize::new(4_000),
            has_chat_template: true,
            license: None,
            abilities,
            base: None,
            ..ModelFacts::default()
        }
    }

    #[test]
    fn the_parts_make_the_total_and_grow_with_context_and_conversations() {
        let one = estimate(&facts(vec![Ability::Chat]), 1, 1);
        assert_eq!(one.weights.bytes(), 4_000);
        assert_eq!(one.cache.bytes(), 512 * 256);
        assert_eq!(one.total, one.weights.saturating_add(one.cache).saturating_add(one.overhead));
        assert_eq!(estimate(&facts(vec![Ability::Chat]), 257, 4).cache.bytes(), 512 * 512 * 4);
    }

    #[test]
    fn a_cache_is_smaller_in_smaller_types_in_windows_and_without_attention() {
        let plain = facts(vec![Ability::Chat]);
        let kept = |facts: &ModelFacts, context, cache| estimate_with(facts, context, 1, cache).cache.bytes();
        assert_eq!(kept(&plain, 4096, CacheType::F32), 2 * 512 * 4096);
        assert_eq!(kept(&plain, 4096, CacheType::Q8_0), 512 * 4096 * 34 / 64);
        assert_eq!(kept(&plain, 4096, CacheType::Q4_0), 512 * 4096 * 18 / 64);
        let window = WindowFacts { tokens: 1000, kv_bytes_per_token: ByteSize::new(384) };
        let windowed = ModelFacts { window: Some(window), ..plain.clone() };
        assert_eq!(kept(&windowed, 4096, CacheType::F16), 128 * 4096 + 384 * 1536);
        assert_eq!(kept(&windowed, 512, CacheType::F16), 512 * 512);
        let stateful =
            ModelFacts { kv_bytes_per_token: ByteSize::new(0), state_bytes: ByteSize::new(1_000), ..plain };
        assert_eq!(kept(&stateful, 4096, CacheType::Q4_0), 1_000);
        assert_eq!(estimate(&stateful, 1 << 20, 3).cache.bytes(), 3_000);
    }

    #[test]
    fn a_projector_is_part_of_what_is_loaded() {
        let plain = facts(vec![Ability::Chat]);
        let seeing = ModelFacts { projector_bytes: ByteSize::new(1_000_000), ..plain.clone() };
        let (plain, seeing) = (estimate(&plain, 256, 1), estimate(&seeing, 256, 1));
        assert_eq!(seeing.weights.bytes(), plain.weights.bytes() + 1_000_000);
        assert!(seeing.total.bytes() >= plain.total.bytes() + 1_000_000);
    }

    #[test]
    fn an_adapter_has_weights_only_and_nothing_overflows() {
        let adapter = estimate(&facts(vec![Ability::Adapter]), 4096, 4);
        assert_eq!(adapter.total.bytes(), 4_000);
        let mut huge = facts(vec![Ability::Chat]);
        huge.kv_bytes_per_token = ByteSize::new(u64::MAX);
        huge.tensor_bytes = ByteSize::new(u64::MAX);
        huge.embedding_length = u32::MAX;
        assert_eq!(estimate(&huge, u32::MAX, u32::MAX).total.bytes(), u64::MAX);
    }
}
