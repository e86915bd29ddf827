//! The engine's command line: only these flags exist for us, each from a typed setting.

use super::Engine;
use std::ffi::OsString;
use std::path::Path;

/// Names within the service's folder, which is the engine's working directory.
pub(super) const KEY_FILE: &str = "engine.key";
pub(super) const MODEL_FILE: &str = "model.gguf";

pub(super) fn adapter_file(index: usize) -> String {
    format!("adapter-{index}.gguf")
}

pub(super) fn arguments(engine: Engine<'_>, socket: &Path) -> Vec<OsString> {
    let settings = engine.settings;
    // The engine's context is that of all conversations together, shared out evenly.
    let context = u64::from(settings.context) * u64::from(settings.parallel);
    let mut list: Vec<OsString> = vec!["--host".into(), socket.into()];
    let mut with = |flag: &str, value: String| list.extend([flag.into(), value.into()]);
    with("--model", MODEL_FILE.to_owned());
    with("--alias", engine.model.to_string());
    with("--api-key-file", KEY_FILE.to_owned());
    with("--ctx-size", context.to_string());
    with("--parallel", settings.parallel.to_string());
    with("--threads", settings.threads.to_string());
    with("--n-gpu-layers", settings.gpu_layers.to_string());
    with("--pooling", "mean".to_owned());
    // Level 4 tells of buffers and layers, and nothing of what people write.
    with("--log-verbosity", "4".to_owned());
    with("--log-colors", "off".to_owned());
    // A plan names the memory: the engine neither fits settings by itself nor keeps 8 GiB of old prompts.
    with("--fit", "off".to_owned());
    with("--cache-ram", "0".to_owned());
    for index in 0..settings.adapters.len() {
        with("--lora", adapter_file(index));
    }
    for flag in
        ["--no-kv-unified", "--jinja", "--metrics", "--embeddings", "--no-ui", "--no-slots", "--offline"]
    {
        list.push(flag.into());
    }
    list
}

#[cfg(test)]
mod tests {
    use super::{Engine, arguments};
    use crate::helpers::Helpers;
    use las_types::{Digest, EngineSettings};
    use std::path::Path;

    #[test]
    fn context_is_shared_out_and_no_path_but_the_socket_shows() {
        let settings = EngineSettings {
            model_path: "/secret/m.gguf".into(),
            model_digest: Digest::of(b""),
            context: 4096,
            parallel: 3,
            threads: 5,
            gpu_layers: 7,
            adapters: vec![("a".parse().unwrap(), "/secret/a,b.gguf".into())],
        };
        let engine = Engine {
            name: &"tiny".parse().unwrap(),
            model: &"tiny".parse().unwrap(),
            settings: &settings,
            program: Path::new("/bin/engine"),
            helpers: &Helpers { keeper: "/bin/keeper".into(), bwrap: None },
        };
        let line: Vec<_> = arguments(engine, Path::new("/run/e.sock"))
            .into_iter()
            .map(|a| a.into_string().unwrap())
            .collect();
        let line = line.join(" ");
        assert!(!line.contains("secret"), "{line}");
        for part in [
            "--host /run/e.sock",
            "--ctx-size 12288",
            "--parallel 3",
            "--threads 5",
            "--n-gpu-layers 7",
            "--lora adapter-0.gguf",
            "--alias tiny",
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
    }
}
