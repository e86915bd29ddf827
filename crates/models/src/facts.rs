//! From a header to what is known of a model.

use crate::gguf::template_name;
use crate::{GgufHeader, Value, attention, layout};
use las_types::{
    Ability, AdapterFacts, ByteSize, Digest, ModelFacts, ParameterCount, RepositoryId, TokenizerFacts,
};
use std::collections::BTreeMap;

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
    let chat_templates = templates(header);
    let has_chat_template = !chat_templates.is_empty();
    let kept = attention::kept(header, &architecture);
    ModelFacts {
        format: "gguf".to_owned(),
        name: header.text("general.name").map(str::to_owned),
        parameters: header.tensors.iter().map(|tensor| ParameterCount::new(tensor.elements)).sum(),
        quantisation: quantisation(header),
        context: small("context_length"),
        layers: small("block_count"),
        embedding_length: small("embedding_length"),
        kv_bytes_per_token: ByteSize::new(kept.per_token),
        tensor_bytes: header.tensors.iter().map(|tensor| ByteSize::new(tensor.bytes)).sum(),
        has_chat_template,
        license: header.text("general.license").map(str::to_owned),
        abilities: abilities(header, adapter, has_chat_template),
        base: None,
        demonstration: false,
        heads: kept.heads,
        kv_heads: kept.kv_heads,
        feed_forward_length: feed_forward(&of),
        packed_bytes: ByteSize::new(packed(header)),
        window: kept.window,
        state_bytes: ByteSize::new(kept.state),
        tokenizer: tokenizer(header),
        chat_templates,
        layout: Some(layout_of(header)),
        adapter: adapter.then(|| adapter_facts(header)),
        code: None,
        projector: None,
        projector_bytes: ByteSize::default(),
        part: header.part().ok().flatten(),
        architecture,
    }
}

fn layout_of(header: &GgufHeader) -> Digest {
    layout::digest(header.tensors.iter().map(|one| (one.name.as_str(), one.kind.name(), &one.dimensions[..])))
}

/// What the engine packs again for the processor's vector units: matrices of these types, unless they are only looked up in.
/// Source: `ggml-cpu/repack.cpp` of ggml 0.25, with AVX2 or AVX-512; processors that pack less take less.
const PACKED: [&str; 5] = ["IQ4_NL", "MXFP4", "Q2_K", "Q4_0", "Q4_K"];

fn packed(header: &GgufHeader) -> u64 {
    let packed = header.tensors.iter().filter(|tensor| {
        let matrix = tensor.dimensions.get(1).is_some_and(|rows| *rows > 1 && rows.is_multiple_of(8));
        matrix && PACKED.contains(&tensor.kind.name()) && !tensor.name.starts_with("token_embd")
    });
    packed.fold(0, |sum, tensor| sum.saturating_add(tensor.bytes))
}

fn feed_forward(of: &impl Fn(&str) -> Option<u64>) -> u32 {
    let experts = of("expert_feed_forward_length").zip(of("expert_used_count"));
    let working = experts.map_or(0, |(width, used)| width.saturating_mul(used));
    u32::try_from(of("feed_forward_length").unwrap_or(0).max(working)).unwrap_or(u32::MAX)
}

/// Each chat template by its name; `default` is the main one.
pub fn chat_templates(header: &GgufHeader) -> BTreeMap<String, &str> {
    let mut found = BTreeMap::new();
    for (key, value) in &header.metadata {
        if let (Some(name), Value::Text(text)) = (template_name(key), value) {
            found.insert(name.to_owned(), text.as_str());
        }
    }
    found
}

/// The digest of each template's bytes, by its name.
fn templates(header: &GgufHeader) -> BTreeMap<String, Digest> {
    let all = chat_templates(header).into_iter();
    all.map(|(name, text)| (name, Digest::of(text.as_bytes()))).collect()
}

fn tokenizer(header: &GgufHeader) -> Option<TokenizerFacts> {
    let digest = header.tokenizer_digest()?;
    let Some(Value::List { length, .. }) = header.metadata.get("tokenizer.ggml.tokens") else { return None };
    Some(TokenizerFacts {
        kind: header.text("tokenizer.ggml.model").unwrap_or_default().to_owned(),
        tokens: u32::try_from(*length).unwrap_or(u32::MAX),
        digest,
    })
}

fn adapter_facts(header: &GgufHeader) -> AdapterFacts {
    let alpha = match header.metadata.get("adapter.lora.alpha") {
        Some(Value::Float(alpha)) => Some(alpha.to_string()),
        Some(Value::Unsigned(alpha)) => Some(alpha.to_string()),
        _ => None,
    };
    // The first factor is as wide as the base and as high as the rank.
    let ranks = header.tensors.iter().filter(|tensor| tensor.name.ends_with(".lora_a"));
    let rank = ranks.filter_map(|tensor| tensor.dimensions.get(1)).max();
    AdapterFacts {
        kind: header.text("adapter.type").unwrap_or_default().to_owned(),
        alpha,
        rank: rank.map(|rank| u32::try_from(*rank).unwrap_or(u32::MAX)),
        base_name: header.text("general.base_model.0.name").map(str::to_owned),
        base_repository: header.text("general.base_model.0.repo_url").and_then(repository_of_address),
    }
}

/// The repository that an address names with its last two steps, as hubs have it.
fn repository_of_address(address: &str) -> Option<RepositoryId> {
    let path = address.strip_prefix("https://")?.split_once('/')?.1.trim_end_matches('/');
    let path = path.strip_prefix("models/").unwrap_or(path);
    path.split_once('/').and_then(|_| path.parse().ok())
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
            Value::Text(text) => template_name(key).is_some() && text.contains("tools"),
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
