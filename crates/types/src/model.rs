//! What is known of a model.

use crate::{ByteSize, Digest, ParameterCount};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Something a model can do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Answers in a conversation.
    Chat,
    /// Calls tools.
    Tools,
    /// Follows a JSON schema.
    Json,
    /// Turns text into vectors.
    Embeddings,
    /// Changes another model's answers; can't run alone.
    Adapter,
}

/// What turns text into the numbers that a model reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TokenizerFacts {
    /// How it cuts text: `gpt2`, `llama`, `BPE` … as its file names it.
    pub kind: String,
    /// How many tokens it knows.
    pub tokens: u32,
    /// SHA-256 over what it is made of; equal for equal tokenizers in files of the same format.
    pub digest: Digest,
}

/// What an adapter's header says of itself and of the model that it changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AdapterFacts {
    /// `lora` …
    pub kind: String,
    /// How strongly it changes its base, as the file writes it.
    pub alpha: Option<String>,
    /// Its rank: the width between its two factors, the most that any tensor has.
    pub rank: Option<u32>,
    /// The model that it was made for, as its maker names it. A claim, not a proof.
    pub base_name: Option<String>,
    /// The repository of that model, as its maker names it. A claim, not a proof.
    #[serde(default)]
    pub base_repository: Option<crate::RepositoryId>,
}

/// Layers that look back only so far, so that their cache stops growing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WindowFacts {
    /// How many tokens they look back.
    pub tokens: u32,
    /// Their part of [`ModelFacts::kv_bytes_per_token`].
    pub kv_bytes_per_token: ByteSize,
}

/// Code that comes beside a model and wants to be run. Nothing of ours runs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelCode {
    /// Which class of the library is replaced by which of the model's own: `AutoModel` by `modeling_x.Model`.
    pub classes: BTreeMap<String, String>,
    /// SHA-256 over these pairs.
    pub digest: Digest,
}

/// One file of a model that was split into several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelPart {
    /// Which one it is, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// Tensors of all of them together.
    pub tensors: u32,
}

/// What a model's own header says, read without loading it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelFacts {
    /// Container format: `gguf` or `safetensors`.
    pub format: String,
    /// Name in the header.
    pub name: Option<String>,
    /// Architecture: `llama`, `qwen3` …
    pub architecture: String,
    /// Parameters, counted from the tensors.
    pub parameters: ParameterCount,
    /// Most frequent tensor type by bytes: `F32`, `Q4_K` …
    pub quantisation: String,
    /// Longest context, in tokens.
    pub context: u32,
    /// Layers.
    pub layers: u32,
    /// Width of the hidden state.
    pub embedding_length: u32,
    /// Bytes of keys and values for one token of context, over all layers, in 16-bit floats.
    pub kv_bytes_per_token: ByteSize,
    /// Bytes of all tensors.
    pub tensor_bytes: ByteSize,
    /// Whether a chat template is in the header.
    pub has_chat_template: bool,
    /// Licence in the header.
    pub license: Option<String>,
    /// What it can do.
    pub abilities: Vec<Ability>,
    /// For an adapter: the digest of the base that it belongs to, once it was named.
    pub base: Option<Digest>,
    /// Made to try the way, not for work.
    #[serde(default)]
    pub demonstration: bool,
    /// Attention heads of a layer, the most that any has.
    #[serde(default)]
    pub heads: u32,
    /// Heads of a layer that keep keys and values, the most that any has.
    #[serde(default)]
    pub kv_heads: u32,
    /// Width of the feed-forward rows of a layer; of a model of experts, of those that work at once together.
    #[serde(default)]
    pub feed_forward_length: u32,
    /// Bytes of tensors that an engine keeps a second time in main memory, in an order that suits the processor.
    #[serde(default)]
    pub packed_bytes: ByteSize,
    /// Layers that look back only so far.
    #[serde(default)]
    pub window: Option<WindowFacts>,
    /// What layers without attention remember of one conversation, however long it is.
    #[serde(default)]
    pub state_bytes: ByteSize,
    /// Its tokenizer, where it is in the file or beside it.
    #[serde(default)]
    pub tokenizer: Option<TokenizerFacts>,
    /// SHA-256 of each chat template by its name; `default` is the main one.
    #[serde(default)]
    pub chat_templates: BTreeMap<String, Digest>,
    /// SHA-256 over the names, types and shapes of all tensors.
    #[serde(default)]
    pub layout: Option<Digest>,
    /// What it says as an adapter.
    #[serde(default)]
    pub adapter: Option<AdapterFacts>,
    /// Code of its own that it names (`auto_map`).
    #[serde(default)]
    pub code: Option<ModelCode>,
    /// The file beside the weights that turns pictures into what the model reads.
    #[serde(default)]
    pub projector: Option<String>,
    /// What that takes of memory when it is loaded: its tensors, and the rows that one picture needs.
    #[serde(default)]
    pub projector_bytes: ByteSize,
    /// Which part of a split model this file is.
    #[serde(default)]
    pub part: Option<ModelPart>,
}

/// How an engine stores the keys and values of the context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CacheType {
    /// 32-bit floats.
    F32,
    /// 16-bit floats: the engine's default.
    #[default]
    F16,
    /// The other 16-bit floats.
    Bf16,
    /// Blocks of 32 in 34 bytes.
    Q8_0,
    /// Blocks of 32 in 24 bytes.
    Q5_1,
    /// Blocks of 32 in 22 bytes.
    Q5_0,
    /// Blocks of 32 in 20 bytes.
    Q4_1,
    /// Blocks of 32 in 18 bytes.
    Q4_0,
    /// Blocks of 32 in 18 bytes, with other steps.
    Iq4Nl,
}

impl CacheType {
    /// Bytes of 32 numbers.
    pub const fn block_bytes(self) -> u64 {
        match self {
            Self::F32 => 128,
            Self::F16 | Self::Bf16 => 64,
            Self::Q8_0 => 34,
            Self::Q5_1 => 24,
            Self::Q5_0 => 22,
            Self::Q4_1 => 20,
            Self::Q4_0 | Self::Iq4Nl => 18,
        }
    }

    /// Its name, as the engine's command line has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Q8_0 => "q8_0",
            Self::Q5_1 => "q5_1",
            Self::Q5_0 => "q5_0",
            Self::Q4_1 => "q4_1",
            Self::Q4_0 => "q4_0",
            Self::Iq4Nl => "iq4_nl",
        }
    }
}

impl std::str::FromStr for CacheType {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let all = [
            Self::F32,
            Self::F16,
            Self::Bf16,
            Self::Q8_0,
            Self::Q5_1,
            Self::Q5_0,
            Self::Q4_1,
            Self::Q4_0,
            Self::Iq4Nl,
        ];
        all.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// What a maker publishes of how a model is made, without its header: layers that all see the whole context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelShape {
    /// Layers.
    pub layers: u32,
    /// Heads of a layer that keep keys and values.
    pub kv_heads: u32,
    /// Width of a head.
    pub head_size: u32,
    /// Width of the hidden state.
    pub embedding_length: u32,
    /// Width of the feed-forward rows of a layer; of a mixture of experts, of those that work at once together.
    pub feed_forward_length: u32,
    /// Tokens that it knows.
    pub tokens: u32,
}

/// How much memory a model needs, by part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MemoryEstimate {
    /// The weights.
    pub weights: ByteSize,
    /// Keys and values of the context.
    pub cache: ByteSize,
    /// Working buffers and the engine itself.
    pub overhead: ByteSize,
    /// All of it.
    pub total: ByteSize,
}
