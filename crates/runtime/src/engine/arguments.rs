//! The engine's command line: only these flags exist for us, each from a typed setting.

use super::Engine;
use las_types::{CacheType, EngineSettings};
use std::ffi::OsString;
use std::path::Path;

/// Names within the service's folder, which is the engine's working directory.
pub(super) const KEY_FILE: &str = "engine.key";
const MODEL_FILE: &str = "model.gguf";
pub(super) const PROJECTOR_FILE: &str = "projector.gguf";

/// Each file of the model, with the name that the engine knows it by: it finds the parts of a split one by their names.
pub(super) fn model_files(settings: &EngineSettings) -> Vec<(&str, String)> {
    let paths: Vec<&str> =
        [&settings.model_path].into_iter().chain(&settings.more_parts).map(String::as_str).collect();
    let of = paths.len();
    let name = |index: usize| match of {
        1 => MODEL_FILE.to_owned(),
        _ => format!("model-{:05}-of-{of:05}.gguf", index + 1),
    };
    paths.into_iter().enumerate().map(|(index, path)| (path, name(index))).collect()
}

pub(super) fn adapter_file(index: usize) -> String {
    format!("adapter-{index}.gguf")
}

pub(super) fn arguments(engine: Engine<'_>, socket: &Path) -> Vec<OsString> {
    let settings = engine.settings;
    // The engine's context is that of all conversations together, shared out evenly.
    let context = u64::from(settings.context) * u64::from(settings.parallel);
    let mut list: Vec<OsString> = vec!["--host".into(), socket.into()];
    let mut with = |flag: &str, value: String| list.extend([flag.into(), value.into()]);
    let first =
        model_files(settings).into_iter().next().map_or_else(|| MODEL_FILE.to_owned(), |(_, name)| name);
    with("--model", first);
    if settings.projector.is_some() {
        with("--mmproj", PROJECTOR_FILE.to_owned());
    }
    with("--alias", engine.model.to_string());
    with("--api-key-file", KEY_FILE.to_owned());
    with("--ctx-size", context.to_string());
    with("--parallel", settings.parallel.to_string());
    with("--threads", settings.threads.to_string());
    with("--n-gpu-layers", settings.gpu_layers.to_string());
    // Values in a smaller type need flash attention, which the engine switches on by itself where it can.
    if settings.cache != CacheType::default() {
        with("--cache-type-k", settings.cache.as_str().to_owned());
        with("--cache-type-v", settings.cache.as_str().to_owned());
    }
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
    // Where the plan puts no layer on a GPU, nothing lies there.
    if settings.projector.is_some() && settings.gpu_layers == 0 {
        list.push("--no-mmproj-offload".into());
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
            more_parts: Vec::new(),
            projector: Some("/secret/mmproj-m.gguf".into()),
            model_digest: Digest::of(b""),
            context: 4096,
            parallel: 3,
            threads: 5,
            gpu_layers: 7,
            cache: las_types::CacheType::Q8_0,
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
            "--cache-type-k q8_0 --cache-type-v q8_0",
            "--mmproj projector.gguf",
            "--lora adapter-0.gguf",
            "--alias tiny",
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
        assert!(!line.contains("--no-mmproj-offload"), "{line}");
    }
}
