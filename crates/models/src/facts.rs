//! From a header to what is known of a model.

use crate::{GgufHeader, Value};
use las_types::{Ability, ByteSize, ModelFacts, ParameterCount};
use std::collections::BTreeMap;

const TEMPLATE: &str = "tokenizer.chat_template";
/// Bytes of one number in the cache of keys and values: 16-bit floats, the engine's default.
const CACHE_NUMBER_BYTES: u64 = 2;

/// What a header says of its model.
///
/// Numbers come from the tensors where they can be counted (parameters, bytes, quantisation) and
/// from the metadata of the architecture elsewhere; what a header leaves out is zero. `base` and
/// `demonstration` are no facts of a header and are left for the caller.
pub fn facts(header: &GgufHeader) -> ModelFacts {
    let architecture = header.text("general.architecture").unwrap_or_default().to_owned();
    let of = |key: &str| header.number(&format!("{architecture}.{key}"));
    let small = |key: &str| of(key).map_or(0, |number| u32::try_from(number).unwrap_or(u32::MAX));
    let adapter = header.text("general.type") == Some("adapter");
    let has_chat_template = header.metadata.keys().any(|key| is_template(key));
    ModelFacts {
        format: "gguf".to_owned(),
        name: header.text("general.name").map(str::to_owned),
        parameters: header.tensors.iter().map(|tensor| ParameterCount::new(tensor.elements)).sum(),
        quantisation: quantisation(header),
        context: small("context_length"),
        layers: small("block_count"),
        embedding_length: small("embedding_length"),
        kv_bytes_per_token: ByteSize::new(cache_per_token(header, &architecture)),
        tensor_bytes: header.tensors.iter().map(|tensor| ByteSize::new(tensor.bytes)).sum(),
        has_chat_template,
        license: header.text("general.license").map(str::to_owned),
        abilities: abilities(header, adapter, has_chat_template),
        base: None,
        demonstration: false,
        architecture,
    }
}

/// Templates beside the main one have a name after a dot: `tokenizer.chat_template.tool_use`.
fn is_template(key: &str) -> bool {
    key.strip_prefix(TEMPLATE).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn abilities(header: &GgufHeader, adapter: bool, has_chat_template: bool) -> Vec<Ability> {
    if adapter {
        return vec![Ability::Adapter];
    }
    let mut abilities = Vec::new();
    if has_chat_template {
        abilities.push(Ability::Chat);
        // A template that lays tools out names the variable that holds them.
        let tools = header.metadata.iter().any(|(key, value)| match value {
            Value::Text(text) => is_template(key) && text.contains("tools"),
            _ => false,
        });
        if tools {
            abilities.push(Ability::Tools);
        }
        // The engine holds any model to a grammar made from the schema.
        abilities.push(Ability::Json);
    }
    abilities.push(Ability::Embeddings);
    abilities
}

/// The type that most bytes have; of two with as many, the one with the lower number.
fn quantisation(header: &GgufHeader) -> String {
    let mut bytes: BTreeMap<u32, (u64, &'static str)> = BTreeMap::new();
    for tensor in &header.tensors {
        let entry = bytes.entry(tensor.kind.number()).or_insert((0, tensor.kind.name()));
        entry.0 = entry.0.saturating_add(tensor.bytes);
    }
    let most = bytes.into_values().rev().max_by_key(|(bytes, _)| *bytes);
    most.map(|(_, name)| name.to_owned()).unwrap_or_default()
}

/// Bytes of keys and values for one token over all layers: for each layer its key-value heads,
/// times the width of a key and of a value, in 16-bit floats. With equal widths that is
/// layers × 2 × heads × width × 2 bytes.
///
/// Heads may differ by layer (a list). A header without heads counts as full attention, the most
/// that its width allows, so that an estimate errs to the safe side.
fn cache_per_token(header: &GgufHeader, architecture: &str) -> u64 {
    let key = |name: &str| format!("{architecture}.{name}");
    let number = |name: &str| header.number(&key(name));
    let layers = number("block_count").unwrap_or(0);
    let embedding = number("embedding_length").unwrap_or(0);
    let heads = match header.metadata.get(&key("attention.head_count")) {
        Some(Value::Unsigned(heads)) => *heads,
        Some(Value::List { numbers: Some(list), .. }) => list.iter().copied().max().unwrap_or(0),
        _ => 0,
    };
    let default_width = embedding.checked_div(heads).unwrap_or(embedding);
    let key_width = number("attention.key_length").unwrap_or(default_width);
    let value_width = number("attention.value_length").unwrap_or(default_width);
    let cached_heads = match header.metadata.get(&key("attention.head_count_kv")) {
        Some(Value::Unsigned(each)) => layers.saturating_mul(*each),
        Some(Value::List { numbers: Some(list), .. }) => {
            list.iter().fold(0, |sum, each| u64::saturating_add(sum, *each))
        }
        _ => layers.saturating_mul(heads.max(1)),
    };
    cached_heads.saturating_mul(key_width.saturating_add(value_width)).saturating_mul(CACHE_NUMBER_BYTES)
}
