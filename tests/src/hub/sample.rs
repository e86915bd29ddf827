//! Repositories to begin with.

use crate::models;
use las_models::TensorType;
use serde_json::{Value, json};
use std::path::Path;

/// Who gets in where a sample is gated or private.
pub const LET_IN: &str = "hf_LasLetIn0123456789";

/// Writes repositories of every kind: an open one with GGUF and a small file, one of safetensors with a folder, a gated
/// one, a private one, and seven that differ in nothing but their name.
pub fn sample(folder: &Path) {
    let words = b"{\"architectures\": [\"LlamaForCausalLM\"]}";
    let gguf = models::small(7);
    let open = json!({
        "task": "text-generation", "license": "apache-2.0", "downloads": 500, "context": 256, "versions": ["v1"], "tags": ["llama"],
    });
    repository(folder, "tiny-org/Tiny-GGUF", &open, &[("tiny.gguf", &gguf), ("config.json", words)]);
    let split = json!({ "task": "text-generation", "license": "mit", "downloads": 400 });
    let weights: Vec<u8> = (0..=255).cycle().take(4096).collect();
    let files: &[(&str, &[u8])] = &[
        ("model.safetensors", &weights),
        ("onnx/inner/model.onnx", &weights[..100]),
        ("README.md", b"# Tiny"),
    ];
    repository(folder, "tiny-org/Tiny-Safetensors", &split, files);
    let gated = json!({ "gated": true, "license": "mit", "tokens": [LET_IN], "downloads": 300 });
    repository(folder, "gated-org/Gated-GGUF", &gated, &[("gated.gguf", &models::small(8))]);
    let private = json!({ "private": true, "license": "mit", "tokens": [LET_IN] });
    repository(folder, "private-org/Private-GGUF", &private, &[("private.gguf", &models::small(9))]);
    for number in 1..=7 {
        let about = json!({ "license": "apache-2.0", "task": "feature-extraction", "downloads": number });
        repository(folder, &format!("many-org/Many-{number}"), &about, &[("a.gguf", &models::small(number))]);
    }
}

/// The repository of a model that takes a while to come.
pub const BIG: &str = "tiny-org/Tiny-Chat-GGUF";

/// Writes it: one model of 40 MiB.
pub fn big(folder: &Path) {
    let weights = vec![7; 40 << 20];
    let bytes = models::header().tensor("token_embd.weight", &[10 << 20], TensorType::F32, &weights).finish();
    let about = json!({ "task": "text-generation", "license": "apache-2.0", "context": 256 });
    repository(folder, BIG, &about, &[("big-Q8_0.gguf", &bytes)]);
}

/// Writes one repository.
pub fn repository(folder: &Path, id: &str, about: &Value, files: &[(&str, &[u8])]) {
    let place = folder.join(id);
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join(".hub.json"), about.to_string()).unwrap();
    for (path, bytes) in files {
        let path = place.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
