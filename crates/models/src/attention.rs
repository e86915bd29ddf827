//! What a model of some architecture keeps of a conversation: keys and values, windows, states.
//!
//! Source: how llama.cpp (the engine of this release, ggml 0.25) makes its caches: `llama-kv-cache.cpp`,
//! `llama-kv-cache-iswa.cpp`, `llama-memory-recurrent.cpp`, `llama-hparams.cpp` and `models/*.cpp`. Facts about formats and
//! architectures only; what an architecture leaves out here counts as full attention, the most that there is.

use crate::{GgufHeader, Value};
use las_types::{ByteSize, WindowFacts};

/// Bytes of one number in the cache of keys and values: 16-bit floats, the engine's default.
const CACHE_NUMBER_BYTES: u64 = 2;
/// States of layers without attention are kept in 32-bit floats.
const STATE_NUMBER_BYTES: u64 = 4;
/// A real model has some hundreds.
const LAYERS_MAX: u64 = 10_000;

/// Architectures with a window in some layers: every n-th layer has none, counted to the last of each n, or (`true`) to the
/// first. A list in the header goes before that; 0 stands for those that must have the list.
const WINDOWED: &[(&str, u64, bool)] = &[
    ("afmoe", 4, false),
    ("cohere2", 4, false),
    ("cohere2moe", 4, true),
    ("exaone-moe", 4, false),
    ("exaone4", 4, false),
    ("gemma2", 2, false),
    ("gemma3", 6, false),
    ("gemma3n", 5, false),
    ("gemma4", 0, false),
    ("gpt-oss", 2, false),
    ("granite-swa", 0, false),
    ("mellum", 4, false),
    ("mimo2", 0, false),
    ("olmo2", 4, false),
    ("plamo3", 8, false),
    ("smallthinker", 4, true),
];
/// Architectures without any attention.
const RECURRENT: &[&str] = &["arwkv7", "mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7"];
/// Architectures where each layer has both.
const BOTH: &[&str] = &["falcon-h1"];

/// What a model keeps of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Bytes of keys and values for one token, over all layers, in 16-bit floats.
    pub(crate) per_token: u64,
    /// The part of that in layers with a window.
    pub(crate) window: Option<WindowFacts>,
    /// Bytes of states of one conversation.
    pub(crate) state: u64,
    /// Most attention heads of a layer.
    pub(crate) heads: u32,
    /// Most heads of a layer that keep keys and values.
    pub(crate) kv_heads: u32,
}

struct Reader<'a> {
    header: &'a GgufHeader,
    architecture: &'a str,
}

impl Reader<'_> {
    fn value(&self, key: &str) -> Option<&Value> {
        self.header.metadata.get(&format!("{}.{key}", self.architecture))
    }

    fn number(&self, key: &str) -> Option<u64> {
        match self.value(key) {
            Some(Value::Unsigned(number)) => Some(*number),
            _ => None,
        }
    }

    /// The number of a layer: the same for all, or one each.
    fn of_layer(&self, key: &str, layer: u64) -> Option<u64> {
        match self.value(key) {
            Some(Value::Unsigned(number)) => Some(*number),
            Some(Value::Bool(yes)) => Some(u64::from(*yes)),
            Some(Value::List { numbers: Some(list), .. }) => {
                Some(usize::try_from(layer).ok().and_then(|layer| list.get(layer)).copied().unwrap_or(0))
            }
            _ => None,
        }
    }

    fn window(&self) -> Option<u32> {
        let known = WINDOWED.iter().any(|(name, ..)| *name == self.architecture);
        let tokens = self.number("attention.sliding_window").filter(|tokens| known && *tokens > 0)?;
        Some(u32::try_from(tokens).unwrap_or(u32::MAX))
    }

    fn has_window(&self, layer: u64) -> bool {
        if let Some(Value::List { .. }) = self.value("attention.sliding_window_pattern") {
            return self.of_layer("attention.sliding_window_pattern", layer).unwrap_or(0) != 0;
        }
        let known = WINDOWED.iter().find(|(name, ..)| *name == self.architecture);
        let Some((_, every, first)) = known else { return false };
        let every = self.number("attention.sliding_window_pattern").unwrap_or(*every);
        match every {
            0 => false,
            every if *first => !layer.is_multiple_of(every),
            every => layer % every < every - 1,
        }
    }

    /// Whether a layer remembers in a state, and whether it has attention.
    fn kinds(&self, layer: u64, kv_heads: u64) -> (bool, bool) {
        if RECURRENT.contains(&self.architecture) {
            return (true, false);
        }
        if BOTH.contains(&self.architecture) {
            return (true, true);
        }
        let stateful = ["ssm.inner_size", "shortconv.l_cache", "wkv.head_size"]
            .iter()
            .any(|key| self.number(key).is_some());
        if !stateful {
            return (false, true);
        }
        let recurrent = match self.of_layer("attention.recurrent_layers", layer) {
            Some(said) => said != 0,
            None => match self.number("full_attention_interval") {
                Some(every) if every > 0 => !(layer + 1).is_multiple_of(every),
                _ if self.architecture == "qwen3next" => !(layer + 1).is_multiple_of(4),
                _ => kv_heads == 0,
            },
        };
        (recurrent, !recurrent)
    }

    /// Numbers of the state that one layer keeps of one conversation.
    fn state(&self, embedding: u64) -> u64 {
        let of = |key: &str| self.number(key).unwrap_or(0);
        if let Some(head) = self.number("wkv.head_size") {
            return embedding
                .saturating_mul(self.number("token_shift_count").unwrap_or(2).saturating_add(head));
        }
        if let Some(cache) = self.number("shortconv.l_cache") {
            return embedding.saturating_mul(cache.saturating_sub(1));
        }
        let (inner, size) = (of("ssm.inner_size"), of("ssm.state_size"));
        let width = inner.saturating_add(of("ssm.group_count").saturating_mul(size).saturating_mul(2));
        let rows = of("ssm.conv_kernel").saturating_sub(1);
        rows.saturating_mul(width).saturating_add(inner.saturating_mul(size))
    }
}

/// What a header says is kept of a conversation.
///
/// For each layer with attention its key-value heads, times the width of a key and of a value. Heads may differ by layer (a
/// list). A header without heads counts as full attention, the most that its width allows, so that an estimate errs to
/// the safe side. Where the engine keeps a compressed key alone (`key_length_mla`), values take nothing.
pub(crate) fn kept(header: &GgufHeader, architecture: &str) -> Kept {
    let of = Reader { header, architecture };
    let embedding = of.number("embedding_length").unwrap_or(0);
    let layers = of.number("block_count").unwrap_or(0);
    // The last layers may share what the ones before keep.
    let keeping = layers.saturating_sub(of.number("attention.shared_kv_layers").unwrap_or(0));
    let (window, compressed) = (of.window(), of.number("attention.key_length_mla").is_some());
    let mut kept = Kept::default();
    let (mut windowed, state) = (0_u64, of.state(embedding));
    for layer in 0..layers.min(LAYERS_MAX) {
        let heads = of.of_layer("attention.head_count", layer).unwrap_or(0);
        let kv_heads = of.of_layer("attention.head_count_kv", layer).unwrap_or(heads.max(1));
        kept.heads = kept.heads.max(u32::try_from(heads).unwrap_or(u32::MAX));
        let (remembers, attends) = of.kinds(layer, kv_heads);
        if remembers {
            kept.state = kept.state.saturating_add(state.saturating_mul(STATE_NUMBER_BYTES));
        }
        if !attends || layer >= keeping {
            continue;
        }
        kept.kv_heads = kept.kv_heads.max(u32::try_from(kv_heads).unwrap_or(u32::MAX));
        let has_window = window.is_some() && of.has_window(layer);
        let default_width = embedding.checked_div(heads).unwrap_or(embedding);
        let width = |name: &str| {
            let own = of.number(&format!("attention.{name}_length_swa")).filter(|_| has_window);
            own.or(of.number(&format!("attention.{name}_length"))).unwrap_or(default_width)
        };
        let width = width("key").saturating_add(if compressed { 0 } else { width("value") });
        let bytes = kv_heads.saturating_mul(width).saturating_mul(CACHE_NUMBER_BYTES);
        kept.per_token = kept.per_token.saturating_add(bytes);
        windowed = windowed.saturating_add(if has_window { bytes } else { 0 });
    }
    if layers > LAYERS_MAX {
        // Nothing has so many; whatever it says, it fits nowhere.
        kept.per_token = u64::MAX;
    }
    kept.window = window
        .filter(|_| windowed > 0)
        .map(|tokens| WindowFacts { tokens, kv_bytes_per_token: ByteSize::new(windowed) });
    kept
}

#[cfg(test)]
mod tests;
