//! How other tools expect a model to lie in their folder: pure names and texts.
//!
//! Every part of a path is made of letters, digits and `. - _ +`, and begins with no point, whatever a file was called where
//! it came from: none of them leads anywhere else.

use las_types::{
    Ability, ArtefactFile, Installed, LaidContent, LaidFile, ModelFacts, ModelTool, Source, WeightsFormat,
};

mod texts;

/// The longest part of a path that is made.
const PART_MAX: usize = 200;

/// Why a model can't be laid out for a tool; the argument `reason` of `view-not-possible`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLaidOut {
    /// The tool reads another format.
    Format,
    /// The tool knows no model of several files.
    Several,
    /// The tool knows no adapter by itself.
    Adapter,
    /// The tool names models by a repository and a commit, and this one came from none.
    Repository,
    /// Which files the model has is not known.
    Files,
}

impl NotLaidOut {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Several => "several",
            Self::Adapter => "adapter",
            Self::Repository => "repository",
            Self::Files => "files",
        }
    }
}

/// A file of the model: under which name it is laid out, and which it is.
struct Part {
    name: String,
    file: Option<String>,
    sha256: String,
}

impl Part {
    fn at(&self, folder: &str) -> LaidFile {
        self.named(format!("{folder}/{}", self.name))
    }

    fn named(&self, path: String) -> LaidFile {
        LaidFile { path, content: LaidContent::Bytes { file: self.file.clone() } }
    }
}

/// A part of a path that can't lead anywhere.
fn part(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    let mut plain: String = text.chars().map(|c| if allowed(c) { c } else { '_' }).take(PART_MAX).collect();
    if plain.is_empty() || plain.starts_with('.') {
        plain.insert(0, '_');
    }
    plain
}

/// The files of a model, by the names that they had where they came from.
fn parts(item: &Installed, facts: &ModelFacts) -> Result<Vec<Part>, NotLaidOut> {
    if let Some(files) = item.source.model_files() {
        let of = |ArtefactFile { path, sha256, .. }: ArtefactFile| Part {
            name: path.split('/').map(part).collect::<Vec<_>>().join("/"),
            file: Some(path),
            sha256,
        };
        return Ok(files.into_iter().map(of).collect());
    }
    let called = match &item.source {
        Source::LocalFile { path, .. } => path.as_str(),
        Source::Builtin { file: Some(file), .. } => file.as_str(),
        Source::Repository { files, .. } => match &files[..] {
            [file] => file.name(),
            _ => return Err(NotLaidOut::Files),
        },
        Source::Builtin { file: None, .. }
        | Source::LocalFiles { .. }
        | Source::Archive { .. }
        | Source::Oci { .. } => return Err(NotLaidOut::Files),
    };
    let called = called.rsplit('/').next().unwrap_or_default();
    // Some tools call a file by its digest.
    let name = if WeightsFormat::of_path(called).is_some() {
        part(called)
    } else {
        format!("{}.{}", part(item.name.as_str()), part(&facts.format))
    };
    Ok(vec![Part { name, file: None, sha256: item.digest.hex() }])
}

/// The repository that a model came from, and its commit where that is known.
fn repository(item: &Installed) -> Option<(String, Option<String>)> {
    if let Source::Repository { origin, .. } = &item.source {
        return Some((origin.id.to_string(), origin.commit.as_ref().map(ToString::to_string)));
    }
    let adopted = item.source.adoption()?;
    let known = matches!(adopted.tool, ModelTool::HuggingFace | ModelTool::LmStudio);
    Some((adopted.id.clone().filter(|_| known)?, adopted.revision.clone()))
}

/// The files of a view of a model for a tool. With `beside` a folder that is not that tool's own: what makes the tool look there
/// lies in it, where there is such a thing.
///
/// # Errors
/// Why the tool could not use it.
pub fn lay_out(tool: ModelTool, item: &Installed, beside: Option<&str>) -> Result<Vec<LaidFile>, NotLaidOut> {
    let facts = item.model.as_ref().ok_or(NotLaidOut::Format)?;
    let parts = parts(item, facts)?;
    let name = part(item.name.as_str());
    let adapter = facts.abilities.contains(&Ability::Adapter);
    let engine_of_gguf = matches!(tool, ModelTool::Ollama | ModelTool::LmStudio | ModelTool::Jan);
    if engine_of_gguf && facts.format != WeightsFormat::Gguf.as_str() {
        return Err(NotLaidOut::Format);
    }
    if engine_of_gguf && adapter {
        return Err(NotLaidOut::Adapter);
    }
    match tool {
        ModelTool::Folder => Ok(parts.iter().map(|part| part.at(&name)).collect()),
        ModelTool::HuggingFace => hugging_face(item, &parts),
        ModelTool::Ollama => match &parts[..] {
            [weights] => Ok(ollama(item, facts, weights, &name)),
            _ => Err(NotLaidOut::Several),
        },
        ModelTool::LmStudio => {
            let id = repository(item).map_or_else(|| format!("localaistack/{name}"), |(id, _)| id);
            let (owner, model) = id.split_once('/').unwrap_or(("localaistack", &*id));
            let folder = format!("{}/{}", part(owner), part(model));
            Ok(parts.iter().map(|part| part.at(&folder)).collect())
        }
        ModelTool::Jan => {
            let mut files: Vec<LaidFile> = parts.iter().map(|part| part.at(&name)).collect();
            let first = files.first().map(|file| file.path.clone()).ok_or(NotLaidOut::Files)?;
            let text = texts::jan(&name, &first, item.size, beside);
            files.push(LaidFile { path: format!("{name}/model.yml"), content: LaidContent::Text { text } });
            Ok(files)
        }
        ModelTool::ComfyUi => {
            let kind = if adapter { "loras" } else { texts::comfyui_kind(&facts.architecture) };
            let mut files: Vec<LaidFile> = match &parts[..] {
                [weights] => vec![weights.at(kind)],
                // Parts of one model are told apart from those of others by their folder.
                several => several.iter().map(|part| part.at(&format!("{kind}/{name}"))).collect(),
            };
            if let Some(folder) = beside {
                let content = LaidContent::Text { text: texts::comfyui(folder, kind) };
                files.push(LaidFile { path: format!("extra_model_paths.{name}.yaml"), content });
            }
            Ok(files)
        }
    }
}

/// `models--OWNER--NAME/{blobs/DIGEST, snapshots/COMMIT/FILE -> blobs/DIGEST, refs/REVISION}`.
fn hugging_face(item: &Installed, parts: &[Part]) -> Result<Vec<LaidFile>, NotLaidOut> {
    let (id, commit) = repository(item).ok_or(NotLaidOut::Repository)?;
    let commit = commit.ok_or(NotLaidOut::Repository)?;
    // What was adopted has a revision that may be a branch: a snapshot is called by a commit.
    if commit.len() < 40 || !commit.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(NotLaidOut::Repository);
    }
    let folder = format!("models--{}", id.split('/').map(part).collect::<Vec<_>>().join("--"));
    let mut files = Vec::new();
    for one in parts {
        let path = in_repository(item, one);
        files.push(one.named(format!("{folder}/blobs/{}", one.sha256)));
        let up = "../".repeat(path.matches('/').count() + 2);
        let content = LaidContent::Link { to: format!("{up}blobs/{}", one.sha256) };
        files.push(LaidFile { path: format!("{folder}/snapshots/{commit}/{path}"), content });
    }
    let revision = match &item.source {
        Source::Repository { origin, .. } => part(origin.revision.as_str()),
        _ => "main".to_owned(),
    };
    if revision != commit {
        let content = LaidContent::Text { text: commit };
        files.push(LaidFile { path: format!("{folder}/refs/{revision}"), content });
    }
    Ok(files)
}

/// The path that a file has in its repository.
fn in_repository(item: &Installed, part_of: &Part) -> String {
    let files = match &item.source {
        Source::Repository { files, .. } => files.as_slice(),
        _ => &[],
    };
    let found = match (&part_of.file, files) {
        (None, [file]) => Some(file),
        (Some(name), files) => files.iter().find(|file| file.name() == name),
        _ => None,
    };
    found.map_or_else(
        || part_of.name.clone(),
        |file| file.path.as_str().split('/').map(part).collect::<Vec<_>>().join("/"),
    )
}

/// `manifests/registry.ollama.ai/library/NAME/latest`, which names the weights and a short configuration among the blobs.
fn ollama(item: &Installed, facts: &ModelFacts, weights: &Part, name: &str) -> Vec<LaidFile> {
    let (config, digest) = texts::ollama_config(facts, &weights.sha256);
    let manifest = texts::ollama_manifest(&config, digest, &weights.sha256, item.size);
    let text = |path, text| LaidFile { path, content: LaidContent::Text { text } };
    vec![
        weights.named(format!("blobs/sha256-{}", weights.sha256)),
        text(format!("blobs/sha256-{}", digest.hex()), config),
        text(format!("manifests/registry.ollama.ai/library/{name}/latest"), manifest),
    ]
}

#[cfg(test)]
mod tests;
