//! How much memory a model takes.

use las_types::{Ability, ByteSize, MemoryEstimate, ModelFacts};

/// What the engine's process takes besides weights, cache and working rows. Measured: 21 MB of
/// engine 0.5.0's resident memory with las-tiny-chat and no request; requests add to it.
const ENGINE_BYTES: u64 = 64 << 20;
/// Tokens that the engine works on at once (its default for `--ubatch-size`).
const BATCH_TOKENS: u64 = 512;
/// Rows of the hidden state's width that live at once for each token of a batch: the residual,
/// the normalised state, queries, keys, values and the feed-forward rows, which are about four
/// times as wide.
const ROWS_PER_TOKEN: u64 = 12;
const FLOAT_BYTES: u64 = 4;
/// The engine rounds each conversation's context up to this.
const CONTEXT_STEP: u64 = 256;

/// The memory that a model takes when loaded for `parallel` conversations of `context` tokens each.
///
/// - weights: the bytes of all tensors, as the engine maps them.
/// - cache: [`ModelFacts::kv_bytes_per_token`] × context (rounded up to 256, as the engine does) ×
///   conversations.
/// - overhead: 64 MiB for the engine's process, plus the working rows of one batch of 512 tokens
///   (12 rows of the hidden state's width in 32-bit floats), plus a fiftieth of weights and cache
///   for what allocators round up.
///
/// The shape of the formula follows the buffers that llama.cpp reports when it loads a model
/// (`model`, `kv`, `compute`). It is meant to be on the high side. The buffers that a running
/// engine reports replace it. An adapter has weights only: its base pays for the rest.
pub fn estimate(facts: &ModelFacts, context: u32, parallel: u32) -> MemoryEstimate {
    let weights = facts.tensor_bytes;
    if facts.abilities.contains(&Ability::Adapter) {
        return MemoryEstimate {
            weights,
            cache: ByteSize::new(0),
            overhead: ByteSize::new(0),
            total: weights,
        };
    }
    let tokens = u64::from(context)
        .next_multiple_of(CONTEXT_STEP) // of 32 bits: can't overflow
        .saturating_mul(u64::from(parallel.max(1)));
    let cache = ByteSize::new(facts.kv_bytes_per_token.bytes().saturating_mul(tokens));
    let rows = u64::from(facts.embedding_length) * BATCH_TOKENS * ROWS_PER_TOKEN * FLOAT_BYTES;
    let rounding = weights.saturating_add(cache).bytes() / 50;
    let overhead = ByteSize::new(ENGINE_BYTES.saturating_add(rows).saturating_add(rounding));
    MemoryEstimate { weights, cache, overhead, total: weights.saturating_add(cache).saturating_add(overhead) }
}

#[cfg(test)]
mod tests {
    use super::estimate;
    use las_types::{Ability, ByteSize, ModelFacts, ParameterCount};

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
            demonstration: false,
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
