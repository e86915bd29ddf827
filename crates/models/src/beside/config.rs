//! `config.json` of a model, and `adapter_config.json` of an adapter as PEFT writes it.

use super::{object, text};
use crate::ModelError;
use las_types::{AdapterFacts, Digest, ModelCode};
use serde_json::Value;
use std::collections::BTreeMap;

/// Longer names of classes are no names.
const CLASS_BYTES_MAX: usize = 1_024;

/// What `config.json` says. What it leaves out is none or zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelConfig {
    /// The classes of the library that make the model.
    pub architectures: Vec<String>,
    /// Its kind: `llama`, `qwen3` …
    pub model_type: String,
    /// Width of the hidden state.
    pub hidden_size: u32,
    /// Layers.
    pub layers: u32,
    /// Attention heads.
    pub heads: u32,
    /// Heads that keep keys and values: as many as there are, where it does not say.
    pub kv_heads: u32,
    /// Width of a head, where it says one.
    pub head_width: Option<u32>,
    /// Longest context, in tokens.
    pub context: u32,
    /// How far the windowed layers look back.
    pub sliding_window: Option<u32>,
    /// How many of the layers look back only so far, where it lists the layers' kinds.
    pub windowed_layers: u32,
    /// Layers without attention, where it lists the layers' kinds.
    pub stateful_layers: u32,
    /// Type of the weights: `bfloat16` …
    pub dtype: Option<String>,
    /// The method that quantised it: `gptq`, `awq` …
    pub quantisation: Option<String>,
    /// Code of its own that it names.
    pub code: Option<ModelCode>,
}

impl ModelConfig {
    /// Reads a `config.json` of up to 2 MiB.
    ///
    /// A model of several parts (text and pictures) has the numbers of its text part.
    ///
    /// Errors: `Malformed`.
    pub fn parse(bytes: &[u8]) -> Result<Self, ModelError> {
        let value = object("config.json", bytes)?;
        let part = ["text_config", "llm_config", "language_config"].into_iter().map(|key| &value[key]);
        let part = part.into_iter().find(|part| part.is_object()).unwrap_or(&Value::Null);
        let number = |keys: &[&str]| {
            let all = keys.iter().flat_map(|key| [&value[*key], &part[*key]]);
            all.filter_map(Value::as_u64).map(|number| u32::try_from(number).unwrap_or(u32::MAX)).next()
        };
        let heads = number(&["num_attention_heads", "n_head"]).unwrap_or(0);
        let kinds = [&value["layer_types"], &part["layer_types"]];
        let kinds: Vec<&str> =
            kinds.into_iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str).collect();
        let count = |words: &[&str]| {
            let has = |kind: &&&str| words.iter().any(|word| kind.contains(word));
            u32::try_from(kinds.iter().filter(has).count()).unwrap_or(u32::MAX)
        };
        let said = |key: &str| text(&value[key]).or_else(|| text(&part[key]));
        Ok(Self {
            architectures: value["architectures"].as_array().into_iter().flatten().filter_map(text).collect(),
            model_type: text(&value["model_type"]).unwrap_or_default(),
            hidden_size: number(&["hidden_size", "n_embd", "d_model"]).unwrap_or(0),
            layers: number(&["num_hidden_layers", "n_layer", "num_layers"]).unwrap_or(0),
            heads,
            kv_heads: number(&["num_key_value_heads"]).unwrap_or(heads),
            head_width: number(&["head_dim"]),
            context: number(&["max_position_embeddings", "n_positions", "n_ctx"]).unwrap_or(0),
            sliding_window: number(&["sliding_window"]).filter(|tokens| *tokens > 0),
            windowed_layers: count(&["sliding"]),
            stateful_layers: count(&["linear", "mamba", "recurrent", "conv"]),
            dtype: said("torch_dtype").or_else(|| said("dtype")),
            quantisation: text(&value["quantization_config"]["quant_method"]),
            code: code(&value)?,
        })
    }
}

/// The classes that `auto_map` names, and their digest; none without any. A value may be a list, of which some are null.
///
/// The digest is SHA-256 over each pair, in the order of the keys, as `key`, a zero byte, `class`, a zero byte.
pub(super) fn code(value: &Value) -> Result<Option<ModelCode>, ModelError> {
    let Some(map) = value["auto_map"].as_object() else { return Ok(None) };
    let mut classes = BTreeMap::new();
    for (key, class) in map {
        let all: Vec<&str> = match class {
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
            other => other.as_str().into_iter().collect(),
        };
        let class = all.join(", ");
        if class.is_empty() || class.len() > CLASS_BYTES_MAX || key.len() > CLASS_BYTES_MAX {
            return Err(ModelError::malformed("auto_map names what is no class"));
        }
        classes.insert(key.clone(), class);
    }
    let mut bytes = Vec::new();
    for (key, class) in &classes {
        for part in [key, class] {
            bytes.extend(part.as_bytes());
            bytes.push(0);
        }
    }
    Ok((!classes.is_empty()).then(|| ModelCode { classes, digest: Digest::of(&bytes) }))
}

/// What `adapter_config.json` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterConfig {
    /// What it says as an adapter.
    pub facts: AdapterFacts,
    /// The tensors of its base that it changes.
    pub targets: Vec<String>,
}

impl AdapterConfig {
    /// Reads an `adapter_config.json` of up to 2 MiB.
    ///
    /// Errors: `Malformed`, also without a kind.
    pub fn parse(bytes: &[u8]) -> Result<Self, ModelError> {
        let value = object("adapter_config.json", bytes)?;
        let kind = text(&value["peft_type"])
            .ok_or_else(|| ModelError::malformed("adapter_config.json does not say what kind it is"))?;
        let alpha = &value["lora_alpha"];
        Ok(Self {
            facts: AdapterFacts {
                kind: kind.to_lowercase(),
                alpha: alpha.is_number().then(|| alpha.to_string()),
                rank: value["r"].as_u64().map(|rank| u32::try_from(rank).unwrap_or(u32::MAX)),
                // A name without an owner may be a folder of whoever made it.
                base_repository: text(&value["base_model_name_or_path"])
                    .filter(|name| name.contains('/'))
                    .and_then(|name| name.parse().ok()),
                base_name: text(&value["base_model_name_or_path"]),
            },
            targets: match &value["target_modules"] {
                Value::String(one) => vec![one.clone()],
                other => other.as_array().into_iter().flatten().filter_map(text).collect(),
            },
        })
    }
}
