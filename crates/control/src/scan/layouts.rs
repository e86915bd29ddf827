//! How each tool lays out its models. Names only: no weights are read here.

use super::walk::{Seen, Walk};
use las_models::{digest_of_blob, ollama_name, ollama_weights, repository_of_folder};
use las_types::{ByteSize, Code, Digest, Failure, ModelPlace, ModelTool, WeightsFormat};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The most bytes of a manifest or of a reference that are read.
const TEXT_MAX: u64 = 1 << 20;

/// A file of weights, as its tool's layout tells of it.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    pub(super) tool: ModelTool,
    pub(super) real: PathBuf,
    pub(super) shown: PathBuf,
    /// The folder that its tool's names don't lead out of; none for a file that somebody named.
    pub(super) root: Option<PathBuf>,
    pub(super) id: Option<String>,
    pub(super) revision: Option<String>,
    pub(super) digest: Option<Digest>,
    /// Its size as its tool says.
    pub(super) size: Option<ByteSize>,
}

/// What lies in a place, each file once, and what could not be looked at.
pub(super) fn look(place: &ModelPlace) -> (Vec<Weights>, Vec<Failure>) {
    let mut walk = match Walk::open(&place.path) {
        Ok(walk) => walk,
        // Most tools are not there.
        Err(_)
            if !place.named
                && std::fs::symlink_metadata(&place.path)
                    .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) =>
        {
            return (Vec::new(), Vec::new());
        }
        Err(failure) => return (Vec::new(), vec![failure]),
    };
    let (tool, root) = recognised(place.tool, walk.root().to_owned());
    let mut found = match tool {
        ModelTool::HuggingFace => hugging_face(&mut walk, &root),
        ModelTool::Ollama => ollama(&mut walk, &root),
        _ => files(&mut walk, &root, tool),
    };
    let mut known = BTreeSet::new();
    found.retain(|one| known.insert(one.real.clone()));
    (found, walk.failures)
}

/// Whose a folder is, seen from what lies in it, and where its models begin.
fn recognised(tool: ModelTool, root: PathBuf) -> (ModelTool, PathBuf) {
    if tool != ModelTool::Folder {
        return (tool, root);
    }
    let has = |folder: &Path, names: &[&str]| names.iter().all(|name| folder.join(name).is_dir());
    let is_cache = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.take(1000).any(|entry| entry.file_name().to_string_lossy().starts_with("models--"))
    };
    let models = root.join("models");
    if has(&root, &["manifests", "blobs"]) {
        (ModelTool::Ollama, root)
    } else if has(&models, &["manifests", "blobs"]) {
        (ModelTool::Ollama, models)
    } else if is_cache(&root) {
        (ModelTool::HuggingFace, root)
    } else if is_cache(&root.join("hub")) {
        (ModelTool::HuggingFace, root.join("hub"))
    } else if has(&root, &["checkpoints", "loras"]) {
        (ModelTool::ComfyUi, root)
    } else if has(&models, &["checkpoints", "loras"]) {
        (ModelTool::ComfyUi, models)
    } else {
        (ModelTool::Folder, root)
    }
}

fn is_weights(name: &str) -> bool {
    WeightsFormat::of_path(name).is_some()
}

/// `models--OWNER--NAME/{refs/NAME, snapshots/COMMIT/FILE -> blobs/DIGEST}`.
fn hugging_face(walk: &mut Walk, root: &Path) -> Vec<Weights> {
    let mut found = Vec::new();
    for (name, folder, kind) in walk.entries(root) {
        let Some(id) = repository_of_folder(&name) else { continue };
        if !kind.is_dir() {
            if kind.is_symlink() {
                walk.within(&folder);
            }
            continue;
        }
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for reference in walk.files(&folder.join("refs"), &|_| true) {
            if let Some(text) = text(walk, &reference.real) {
                let commit = String::from_utf8_lossy(&text).trim().to_owned();
                names.entry(commit).or_insert_with(|| reference.steps.join("/"));
            }
        }
        let mut snapshots = walk.files(&folder.join("snapshots"), &is_weights);
        // The states that still have a name come first: a file of several is told as of one of those.
        snapshots.sort_by_key(|seen| !seen.steps.first().is_some_and(|commit| names.contains_key(commit)));
        for Seen { steps, shown, real } in snapshots {
            let blob = real.strip_prefix(folder.join("blobs")).ok().and_then(Path::to_str);
            let digest = blob.and_then(digest_of_blob);
            let (id, revision) = (Some(id.to_string()), steps.into_iter().next());
            found.push(Weights {
                tool: ModelTool::HuggingFace,
                real,
                shown,
                root: Some(walk.root().to_owned()),
                id,
                revision,
                digest,
                size: None,
            });
        }
    }
    found
}

/// `manifests/HOST/NAMESPACE/MODEL/TAG`, each of which names layers; `blobs/sha256-DIGEST`.
fn ollama(walk: &mut Walk, root: &Path) -> Vec<Weights> {
    let mut found = Vec::new();
    for manifest in walk.files(&root.join("manifests"), &|name| !name.starts_with('.')) {
        let [host, namespace, model, tag] = &manifest.steps[..] else { continue };
        let Some(bytes) = text(walk, &manifest.real) else { continue };
        let layers = match ollama_weights(&bytes) {
            Ok(layers) => layers,
            Err(detail) => {
                let failure = Failure::new(Code::ModelLayoutInvalid).with("path", manifest.real.display());
                walk.failures.push(failure.with("detail", detail));
                continue;
            }
        };
        for layer in layers {
            let blobs = root.join("blobs");
            let names =
                ["sha256-", "sha256:"].map(|before| blobs.join(format!("{before}{}", layer.digest.hex())));
            let [new, old] = &names;
            let shown = if old.symlink_metadata().is_ok() { old } else { new };
            let Some(real) = walk.within(shown) else { continue };
            found.push(Weights {
                tool: ModelTool::Ollama,
                real,
                shown: shown.clone(),
                root: Some(walk.root().to_owned()),
                id: Some(ollama_name(host, namespace, model, tag)),
                revision: None,
                digest: Some(layer.digest),
                size: Some(layer.size),
            });
        }
    }
    found
}

/// Files of weights wherever they lie; LM Studio's folders are named `OWNER/NAME`, Jan's like its models.
fn files(walk: &mut Walk, root: &Path, tool: ModelTool) -> Vec<Weights> {
    let id = |steps: &[String]| match (tool, steps) {
        (ModelTool::LmStudio, [owner, name, _, ..]) => Some(format!("{owner}/{name}")),
        (ModelTool::Jan, [folders @ .., _]) if !folders.is_empty() => Some(folders.join("/")),
        _ => None,
    };
    let seen = walk.files(root, &is_weights);
    seen.into_iter()
        .map(|Seen { steps, shown, real }| {
            let id = id(&steps);
            let root = Some(walk.root().to_owned());
            Weights { tool, real, shown, root, id, revision: None, digest: None, size: None }
        })
        .collect()
}

/// What a small file holds; what can't be read, or is none, is told.
fn text(walk: &mut Walk, path: &Path) -> Option<Vec<u8>> {
    let read = || {
        let found = path.metadata()?;
        if found.is_file() && found.len() <= TEXT_MAX {
            std::fs::read(path)
        } else {
            Err(std::io::ErrorKind::InvalidData.into())
        }
    };
    read().map_err(|error| walk.failures.push(Failure::io(path, error))).ok()
}

#[cfg(test)]
mod tests {
    use super::look;
    use las_types::{Code, ModelPlace, ModelTool};
    use std::path::Path;

    fn file(root: &Path, path: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(path).unwrap();
    }

    fn found(tool: ModelTool, path: &Path) -> Vec<(ModelTool, String, Option<String>)> {
        let (found, failures) = look(&ModelPlace { tool, path: path.to_owned(), named: true });
        assert!(failures.is_empty(), "{failures:?}");
        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        found.into_iter().map(|one| (one.tool, name(&one.shown), one.id)).collect()
    }

    #[test]
    fn jan_calls_a_model_like_its_folder_and_comfyui_by_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in
            ["jan/qwen3-8b/model.gguf", "jan/qwen3-8b/model.yml", "comfy/models/checkpoints/x.safetensors"]
        {
            file(root, path);
        }
        file(root, "comfy/models/loras/none.txt");
        let jan = found(ModelTool::Jan, &root.join("jan"));
        assert_eq!(jan, [(ModelTool::Jan, "model.gguf".to_owned(), Some("qwen3-8b".to_owned()))]);
        let comfy = found(ModelTool::Folder, &root.join("comfy"));
        assert_eq!(comfy, [(ModelTool::ComfyUi, "x.safetensors".to_owned(), None)]);
    }

    #[test]
    fn a_folder_is_known_by_what_lies_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        file(root, "hf/hub/models--o--n/snapshots/abc/sub/m.gguf");
        file(root, "hf/hub/models--o--n/snapshots/def/sub/m.gguf");
        file(root, "hf/hub/datasets--o--n/snapshots/abc/no.gguf");
        file(root, "plain/a/b.gguf");
        let cache = found(ModelTool::Folder, &root.join("hf"));
        assert!(cache.iter().all(|one| one.0 == ModelTool::HuggingFace && one.2.as_deref() == Some("o/n")));
        assert_eq!(cache.len(), 2);
        assert_eq!(found(ModelTool::Folder, &root.join("plain")).len(), 1);
    }

    #[test]
    fn only_what_somebody_named_has_to_be_there() {
        let missing =
            |named| look(&ModelPlace { tool: ModelTool::Jan, path: "/nowhere/at/all".into(), named }).1;
        assert!(missing(false).is_empty());
        assert_eq!(missing(true)[0].code, Code::IoFailed);
    }
}
