//! How other tools name what they keep: pure text in, names out.

use las_types::{ByteSize, Digest, RepositoryId};
use serde::Deserialize;

/// The media type of the layer that is a model's weights.
const OLLAMA_MODEL: &str = "application/vnd.ollama.image.model";

/// The repository of a folder of Hugging Face's cache: `models--owner--name`.
pub fn repository_of_folder(folder: &str) -> Option<RepositoryId> {
    folder.strip_prefix("models--")?.replace("--", "/").parse().ok()
}

/// The digest that a blob of Hugging Face's cache is named by: only of large files; the others are named otherwise.
pub fn digest_of_blob(name: &str) -> Option<Digest> {
    format!("sha256:{name}").parse().ok()
}

/// How Ollama calls what lies at `host/namespace/model/tag`: without what it takes for granted.
pub fn ollama_name(host: &str, namespace: &str, model: &str, tag: &str) -> String {
    match (host, namespace) {
        ("registry.ollama.ai", "library") => format!("{model}:{tag}"),
        ("registry.ollama.ai", _) => format!("{namespace}/{model}:{tag}"),
        _ => format!("{host}/{namespace}/{model}:{tag}"),
    }
}

/// One layer of weights that a manifest of Ollama names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OllamaWeights {
    /// Its SHA-256, by which its file is named.
    pub digest: Digest,
    /// Its size.
    pub size: ByteSize,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    #[serde(default)]
    media_type: String,
    #[serde(default)]
    digest: String,
    #[serde(default)]
    size: u64,
}

/// The weights that a manifest of Ollama names. A digest is the digits of one: it can't lead anywhere.
///
/// # Errors
/// In the words of whoever reads JSON, or the text that should be a digest.
pub fn ollama_weights(manifest: &[u8]) -> Result<Vec<OllamaWeights>, String> {
    let manifest: Manifest = serde_json::from_slice(manifest).map_err(|error| error.to_string())?;
    let weights = manifest.layers.into_iter().filter(|layer| layer.media_type == OLLAMA_MODEL);
    weights
        .map(|layer| {
            let digest = layer.digest.parse().map_err(|_| layer.digest.clone())?;
            Ok(OllamaWeights { digest, size: ByteSize::new(layer.size) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{digest_of_blob, ollama_name, ollama_weights, repository_of_folder};

    #[test]
    fn folders_and_blobs_of_a_cache_are_named_as_its_maker_does() {
        for (folder, id) in [("models--o--m.x-GGUF", Some("o/m.x-GGUF")), ("models--gpt2", Some("gpt2"))] {
            assert_eq!(repository_of_folder(folder).map(|id| id.to_string()).as_deref(), id);
        }
        for folder in ["datasets--o--d", "models--", "models--..--x", "models--a--b--c", "models--a b--c"] {
            assert_eq!(repository_of_folder(folder), None, "{folder}");
        }
        assert!(digest_of_blob(&"a0".repeat(32)).is_some());
        assert!(digest_of_blob(&"a0".repeat(20)).is_none(), "a file that is not large has another name");
    }

    #[test]
    fn a_model_is_called_as_its_tool_calls_it() {
        assert_eq!(ollama_name("registry.ollama.ai", "library", "qwen3", "8b"), "qwen3:8b");
        assert_eq!(ollama_name("registry.ollama.ai", "ada", "mine", "latest"), "ada/mine:latest");
        assert_eq!(ollama_name("hf.co", "o", "m-GGUF", "Q4_K_M"), "hf.co/o/m-GGUF:Q4_K_M");
    }

    #[test]
    fn a_manifest_names_weights_by_digests_and_nothing_else() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        let manifest = |digest: &str| {
            format!(
                r#"{{"schemaVersion":2,"config":{{"digest":"sha256:0"}},"layers":[
                {{"mediaType":"application/vnd.ollama.image.template","digest":"x","size":1}},
                {{"mediaType":"application/vnd.ollama.image.model","digest":"{digest}","size":7}}]}}"#
            )
        };
        let weights = ollama_weights(manifest(&digest).as_bytes()).unwrap();
        assert_eq!((weights.len(), weights[0].digest.to_string(), weights[0].size.bytes()), (1, digest, 7));
        for bad in ["../../etc/passwd", "sha256:../../x", "sha256-abc", ""] {
            assert_eq!(ollama_weights(manifest(bad).as_bytes()), Err(bad.to_owned()));
        }
        assert!(ollama_weights(b"{").is_err());
        assert_eq!(ollama_weights(b"{}").unwrap(), []);
    }
}
