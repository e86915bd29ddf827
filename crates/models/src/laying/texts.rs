//! The short texts that tools read beside weights.

use las_types::{ByteSize, Digest, ModelFacts};
use serde_json::json;

/// The configuration that Ollama keeps of a model, and its digest. Source of its fields: `server/images.go` of Ollama.
pub(super) fn ollama_config(facts: &ModelFacts, weights: &str) -> (String, Digest) {
    let config = json!({
        "model_format": facts.format,
        "model_family": facts.architecture,
        "model_families": [facts.architecture],
        "model_type": facts.parameters.to_string(),
        "file_type": facts.quantisation,
        "architecture": "amd64",
        "os": "linux",
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{weights}")] },
    });
    let text = config.to_string();
    let digest = Digest::of(text.as_bytes());
    (text, digest)
}

/// The manifest of a model of Ollama. It has no template and no parameters: what Ollama makes of the header holds.
pub(super) fn ollama_manifest(config: &str, digest: Digest, weights: &str, size: ByteSize) -> String {
    json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "digest": digest.to_string(),
            "size": config.len(),
        },
        "layers": [{
            "mediaType": "application/vnd.ollama.image.model",
            "digest": format!("sha256:{weights}"),
            "size": size.bytes(),
        }],
    })
    .to_string()
}

/// A text in double quotes, as YAML reads it too.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// What Jan reads of a model. It takes a path for one below its own folder, in which models lie at `llamacpp/models`; elsewhere
/// the whole path stands.
pub(super) fn jan(name: &str, weights: &str, size: ByteSize, beside: Option<&str>) -> String {
    let path = match beside {
        None => format!("llamacpp/models/{weights}"),
        Some(folder) => format!("{folder}/{weights}"),
    };
    format!(
        "model_path: {}\nname: {}\nsize_bytes: {}\nembedding: false\n",
        quoted(&path),
        quoted(name),
        size.bytes()
    )
}

/// What `--extra-model-paths-config` of ComfyUI reads.
pub(super) fn comfyui(folder: &str, kind: &str) -> String {
    format!("localaistack:\n  base_path: {}\n  {kind}: {kind}/\n", quoted(folder))
}

/// Which of ComfyUI's folders a model belongs into, by its architecture: those that make pictures, those that read a picture,
/// and the rest, which it has for reading text.
pub(super) fn comfyui_kind(architecture: &str) -> &'static str {
    match architecture {
        "flux" | "sd1" | "sdxl" | "sd3" | "aura" | "ltxv" | "hyvid" | "wan" | "hidream" | "cosmos"
        | "lumina2" | "qwen_image" => "diffusion_models",
        "clip" => "clip_vision",
        _ => "text_encoders",
    }
}
