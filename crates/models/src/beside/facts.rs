//! From weights in safetensors and what lies beside them to what is known of a model.

use super::{AdapterConfig, ModelConfig, Templates};
use crate::{SafetensorsHeader, layout};
use las_types::{Ability, ByteSize, ModelFacts, ParameterCount, TokenizerFacts, WindowFacts};
use std::collections::BTreeMap;

/// 16-bit floats.
const CACHE_NUMBER_BYTES: u64 = 2;

/// What was found beside the weights.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Of `config.json`.
    pub config: Option<ModelConfig>,
    /// Of `tokenizer.json`.
    pub tokenizer: Option<TokenizerFacts>,
    /// Of `tokenizer_config.json`.
    pub templates: Option<Templates>,
    /// Of `adapter_config.json`.
    pub adapter: Option<AdapterConfig>,
}

/// What weights in safetensors, with what lies beside them, say of their model. What they leave out is zero or none.
///
/// Parameters are counted from the tensors: of one that was quantised (`gptq`, `awq`) these are the packed numbers. States
/// of layers without attention are not counted: `config.json` names them by too many names.
pub fn safetensors_facts(header: &SafetensorsHeader, beside: &Beside) -> ModelFacts {
    let nothing = ModelConfig::default();
    let config = beside.config.as_ref().unwrap_or(&nothing);
    let templates = beside.templates.clone().unwrap_or_default();
    let metadata = |key: &str| header.metadata.get(key).cloned();
    let (per_token, window) = cache(config);
    ModelFacts {
        format: "safetensors".to_owned(),
        name: metadata("modelspec.title").or_else(|| metadata("name")),
        architecture: config.model_type.clone(),
        parameters: header.tensors.iter().map(|tensor| ParameterCount::new(tensor.elements)).sum(),
        quantisation: quantisation(header, config),
        context: config.context,
        layers: config.layers,
        embedding_length: config.hidden_size,
        kv_bytes_per_token: ByteSize::new(per_token),
        tensor_bytes: header.tensors.iter().map(|tensor| ByteSize::new(tensor.bytes)).sum(),
        has_chat_template: !templates.texts.is_empty(),
        license: metadata("license").or_else(|| metadata("modelspec.license")),
        abilities: abilities(beside, &templates),
        heads: config.heads,
        kv_heads: config.kv_heads,
        window,
        tokenizer: beside.tokenizer.clone(),
        layout: Some(layout::digest(
            header.tensors.iter().map(|one| (one.name.as_str(), one.kind.name(), &one.shape[..])),
        )),
        adapter: beside.adapter.as_ref().map(|adapter| adapter.facts.clone()),
        chat_templates: templates.digests(),
        code: config.code.clone().or(templates.code),
        ..ModelFacts::default()
    }
}

fn abilities(beside: &Beside, templates: &Templates) -> Vec<Ability> {
    if beside.adapter.is_some() {
        return vec![Ability::Adapter];
    }
    let mut abilities = Vec::new();
    if !templates.texts.is_empty() {
        abilities.push(Ability::Chat);
        if templates.tools {
            abilities.push(Ability::Tools);
        }
        abilities.push(Ability::Json);
    }
    abilities.push(Ability::Embeddings);
    abilities
}

/// The method that quantised it, or the type that most bytes have.
fn quantisation(header: &SafetensorsHeader, config: &ModelConfig) -> String {
    if let Some(method) = &config.quantisation {
        return method.clone();
    }
    let mut bytes: BTreeMap<&str, u64> = BTreeMap::new();
    for tensor in &header.tensors {
        let sum = bytes.entry(tensor.kind.name()).or_default();
        *sum = sum.saturating_add(tensor.bytes);
    }
    bytes.into_iter().max_by_key(|(_, bytes)| *bytes).map(|(name, _)| name.to_owned()).unwrap_or_default()
}

/// Bytes of keys and values for one token over all layers with attention, and the part of it in windowed layers: layers ×
/// 2 × heads × width × 2 bytes.
fn cache(config: &ModelConfig) -> (u64, Option<WindowFacts>) {
    let width = config.head_width.or_else(|| config.hidden_size.checked_div(config.heads)).unwrap_or(0);
    let layer =
        u64::from(config.kv_heads).saturating_mul(u64::from(width)).saturating_mul(2 * CACHE_NUMBER_BYTES);
    let attending = config.layers.saturating_sub(config.stateful_layers);
    let windowed = layer.saturating_mul(u64::from(config.windowed_layers.min(attending)));
    let window = config.sliding_window.filter(|_| windowed > 0);
    let window = window.map(|tokens| WindowFacts { tokens, kv_bytes_per_token: ByteSize::new(windowed) });
    (layer.saturating_mul(u64::from(attending)), window)
}
