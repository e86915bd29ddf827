//! Where other tools of this machine keep models: by their own variables, their own settings and their usual folders.

use las_types::{Config, ModelPlace, ModelTool};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The most bytes of another tool's settings that are read.
const SETTINGS_MAX: u64 = 1 << 20;

/// The folders, tool by tool. One that nobody named need not be there.
pub(crate) fn places(config: &Config) -> Vec<ModelPlace> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    places_of(config, &variable)
}

fn places_of(config: &Config, variable: &dyn Fn(&str) -> Option<PathBuf>) -> Vec<ModelPlace> {
    let home = variable("HOME");
    let usual = |tool: ModelTool, below: &[&str]| {
        let place = move |path| ModelPlace { tool, path, named: false };
        let all = home.iter().flat_map(move |home| below.iter().map(move |below| place(home.join(below))));
        all.collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    // As its own client reads them, the more exact one first.
    let cache = variable("HF_HUB_CACHE")
        .or_else(|| variable("HUGGINGFACE_HUB_CACHE"))
        .or_else(|| variable("HF_HOME").map(|home| home.join("hub")))
        .or_else(|| Some(variable("XDG_CACHE_HOME")?.join("huggingface/hub")))
        .map(|path| ModelPlace { tool: ModelTool::HuggingFace, path, named: false });
    all.extend(
        cache.map_or_else(|| usual(ModelTool::HuggingFace, &[".cache/huggingface/hub"]), |one| vec![one]),
    );
    match variable("OLLAMA_MODELS") {
        Some(path) => all.push(ModelPlace { tool: ModelTool::Ollama, path, named: false }),
        None => all.extend(usual(ModelTool::Ollama, &[".ollama/models"])),
    }
    // Where its service keeps them, which has a user of its own.
    let path = PathBuf::from("/usr/share/ollama/.ollama/models");
    all.push(ModelPlace { tool: ModelTool::Ollama, path, named: false });
    all.extend(lm_studio(home.as_deref()));
    all.extend(usual(ModelTool::LmStudio, &[".cache/lm-studio/models"]));
    all.extend(usual(
        ModelTool::Jan,
        &[
            ".local/share/Jan/data/llamacpp/models",
            ".local/share/Jan/data/models",
            ".config/Jan/data/llamacpp/models",
            ".config/Jan/data/models",
            "jan/llamacpp/models",
            "jan/models",
        ],
    ));
    all.extend(usual(ModelTool::ComfyUi, &["ComfyUI/models", "Documents/ComfyUI/models"]));
    let folders = config.models_scan.paths().iter();
    let named = |path| ModelPlace { tool: ModelTool::Folder, path: PathBuf::from(path), named: true };
    all.extend(folders.map(named));
    all
}

/// Its home is where its pointer says; in its settings stands where else it puts models.
fn lm_studio(home: Option<&Path>) -> Vec<ModelPlace> {
    let Some(home) = home else { return Vec::new() };
    let pointer = small(&home.join(".lmstudio-home-pointer"));
    let own = pointer.and_then(|text| text.lines().next().map(|line| PathBuf::from(line.trim())));
    let own = own.filter(|path| path.is_absolute()).unwrap_or_else(|| home.join(".lmstudio"));
    let settings = small(&own.join("settings.json"));
    let settings = settings.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let elsewhere = settings.and_then(|settings| settings["downloadsFolder"].as_str().map(PathBuf::from));
    let folders = [Some(own.join("models")), elsewhere.filter(|path| path.is_absolute())];
    let place = |path| ModelPlace { tool: ModelTool::LmStudio, path, named: false };
    folders.into_iter().flatten().map(place).collect()
}

fn small(path: &Path) -> Option<String> {
    let found = path.metadata().ok()?;
    if found.is_file() && found.len() <= SETTINGS_MAX { std::fs::read_to_string(path).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::places_of;
    use las_types::{Config, ModelPlace, ModelTool};
    use std::path::{Path, PathBuf};

    fn config(scan: &str) -> Config {
        let default = |name| las_types::config_key(name).unwrap().default.to_owned();
        Config::read(|name| if name == "models.scan" { scan.to_owned() } else { default(name) }).unwrap()
    }

    fn of(tool: ModelTool, scan: &str, variables: &[(&str, &str)]) -> Vec<ModelPlace> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| PathBuf::from(value))
        };
        let mut all = places_of(&config(scan), &variable);
        all.retain(|place| place.tool == tool);
        all
    }

    fn paths(places: &[ModelPlace]) -> Vec<&Path> {
        places.iter().map(|place| &*place.path).collect()
    }

    #[test]
    fn a_tool_is_looked_for_where_its_own_variables_say() {
        let cache = |variables: &[(&str, &str)]| {
            let [place] = &of(ModelTool::HuggingFace, "none", variables)[..] else { panic!("one") };
            place.path.display().to_string()
        };
        let mut variables = vec![("HOME", "/h")];
        assert_eq!(cache(&variables), "/h/.cache/huggingface/hub");
        for (name, value, path) in [
            ("XDG_CACHE_HOME", "/x", "/x/huggingface/hub"),
            ("HF_HOME", "/hf", "/hf/hub"),
            ("HF_HUB_CACHE", "/c", "/c"),
        ] {
            variables.push((name, value));
            assert_eq!(cache(&variables), path);
        }
        let ollama = of(ModelTool::Ollama, "none", &[("HOME", "/h"), ("OLLAMA_MODELS", "/o")]);
        assert_eq!(paths(&ollama), [Path::new("/o"), Path::new("/usr/share/ollama/.ollama/models")]);
        let own = of(ModelTool::Folder, "/a, /b", &[]);
        assert_eq!(paths(&own), [Path::new("/a"), Path::new("/b")]);
        assert!(own.iter().all(|place| place.named));
    }

    #[test]
    fn lm_studio_says_itself_where_it_is() {
        let home = tempfile::tempdir().unwrap();
        let path = |below: &str| home.path().join(below);
        let variables = [("HOME", home.path().to_str().unwrap())];
        let found = || of(ModelTool::LmStudio, "none", &variables);
        assert_eq!(paths(&found()), [path(".lmstudio/models"), path(".cache/lm-studio/models")]);
        let studio = path("elsewhere");
        std::fs::create_dir(&studio).unwrap();
        write(&path(".lmstudio-home-pointer"), studio.to_str().unwrap());
        write(&studio.join("settings.json"), r#"{"downloadsFolder":"/big/models"}"#);
        let expected = [studio.join("models"), "/big/models".into(), path(".cache/lm-studio/models")];
        assert_eq!(paths(&found()), expected);
    }

    fn write(path: &Path, text: &str) {
        use std::io::Write as _;
        std::fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
    }
}
