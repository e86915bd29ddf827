//! What is known of a model.

use crate::{ByteSize, Digest, ParameterCount};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
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

/// What a model's own header says, read without loading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelFacts {
    /// Container format: `gguf`.
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
