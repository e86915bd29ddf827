//! Files of this machine that become models.

use crate::pull::no_engine;
use crate::reading::read_files;
use crate::sets::{FileSet, set_at};
use crate::{ControlPlane, Sight, bases};
use las_models::{GgufHeader, Sniffed};
use las_resolver::Draft;
use las_types::{
    ArtefactFile, Category, Code, DesiredModel, DesiredState, Digest, Failure, ImportMode, Installed,
    ModelFacts, ModuleName, Note, Placement, Source, Version, WeightsFormat,
};
use std::path::{Path, PathBuf};

/// Reads a GGUF file's header, after a look at whether the file is anything else, whatever it is called.
pub(crate) fn read_header(path: &Path) -> Result<ModelFacts, Failure> {
    Ok(las_models::facts(&header(path)?))
}

pub(crate) fn header(path: &Path) -> Result<GgufHeader, Failure> {
    let shown = path.display().to_string();
    let mut file = opened(path)?;
    let length = file.metadata().map_err(|error| Failure::io(path, error))?.len();
    las_models::read_model(&mut std::io::BufReader::new(&mut file), length)
        .map_err(|error| error.failure(&shown))
}

/// What a file is by its content.
pub(crate) fn sniffed(path: &Path) -> Result<Sniffed, Failure> {
    let mut file = opened(path)?;
    let length = file.metadata().map_err(|error| Failure::io(path, error))?.len();
    las_models::sniff(&mut file, length).map_err(|error| error.failure(&path.display().to_string()))
}

/// Opens a file. What is none, a pipe for one, would be waited for without end.
pub(crate) fn opened(path: &Path) -> Result<std::fs::File, Failure> {
    let found = path.metadata().map_err(|error| missing_or_io(path, error))?;
    // A folder is refused by what reads it.
    if !found.is_file() && !found.is_dir() {
        return Err(Failure::io(path, std::io::ErrorKind::InvalidInput.into()));
    }
    std::fs::File::open(path).map_err(|error| missing_or_io(path, error))
}

pub(crate) fn missing_or_io(path: &Path, error: std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::NotFound {
        Failure::new(Code::FileNotFound).with("path", path.display()).because(error)
    } else {
        Failure::io(path, error)
    }
}

/// A file, or files that are one model, as they are found: all of them are read.
struct Examined {
    facts: ModelFacts,
    digest: Digest,
    length: u64,
    /// What its name is made from.
    called: PathBuf,
    /// None of one file alone.
    set: Option<(FileSet, Vec<ArtefactFile>)>,
    /// What was named, or the one file that this meant.
    path: PathBuf,
}

/// How a file is read that is GGUF by its content.
const AS_GGUF: &str = "model.gguf";

fn examine(path: &Path) -> Result<Examined, Failure> {
    let set = set_at(path)?;
    let (path, name, set) = match set {
        // A folder of one file is that file.
        Some(set) => match set.names.as_slice() {
            [only] => (set.folder.join(only), only.clone(), None),
            _ => (path.to_owned(), String::new(), Some(set)),
        },
        None => (path.to_owned(), AS_GGUF.to_owned(), None),
    };
    let Some(set) = set else {
        let facts = read_files(&[(name, path.clone())])?;
        let (digest, length) = hashed(&path)?;
        return Ok(Examined { facts, digest, length, called: path.clone(), set: None, path });
    };
    let facts = read_files(&set.paths())?;
    let files = set.hashed()?;
    let length = files.iter().map(|file| file.size.bytes()).sum();
    let (digest, called) = (las_types::tree_digest(&files), PathBuf::from(&set.called));
    Ok(Examined { facts, digest, length, called, set: Some((set, files)), path })
}

pub(crate) fn hashed(path: &Path) -> Result<(Digest, u64), Failure> {
    let mut file = opened(path)?;
    Digest::of_reader(&mut file).map_err(|error| Failure::io(path, error))
}

/// The digest of a file; reads all of it.
pub(crate) fn digest_of(path: &Path) -> Result<Digest, Failure> {
    hashed(path).map(|(digest, _)| digest)
}

/// A name made from a file's name: lower case, everything else that a name can't hold as `-`.
pub(crate) fn name_from(path: &Path) -> Result<ModuleName, Failure> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let text: String = stem.chars().map(|c| if allowed(c) { c } else { '-' }).take(64).collect();
    let text = text.replace("..", ".");
    let trimmed = text.trim_start_matches(['-', '.', '_']);
    trimmed.parse().map_err(|error| Failure::new(Code::RequestInvalid).with("detail", error))
}

impl ControlPlane {
    /// What importing a file means: reads it whole, for its header and digest.
    pub(crate) async fn draft_import(
        &self,
        sight: &Sight<'_>,
        wanted: &DesiredModel,
    ) -> Result<Draft, Failure> {
        let item = item(sight.installed, wanted).await?;
        let (source, notes) = (item.source.clone(), notes(&item));
        let mut draft = las_resolver::import(&sight.world(), item, source)?;
        if !draft.steps.is_empty() {
            draft.notes.extend(notes);
        }
        Ok(draft)
    }

    /// What a desired state means: the files that it names are read whole.
    pub(crate) async fn draft_apply(
        &self,
        sight: &Sight<'_>,
        desired: &DesiredState,
    ) -> Result<Draft, Failure> {
        let world = sight.world();
        // An adapter's base may be a module that comes with the same wish, or a file before it.
        let mut bases = las_resolver::apply(&world, &desired.modules, &[])?.outcome;
        let mut models = Vec::new();
        for wanted in &desired.models {
            let item = item(&bases, wanted).await?;
            bases.push(item.clone());
            let source = item.source.clone();
            models.push((item, source));
        }
        las_resolver::apply(&world, &desired.modules, &models)
    }
}

/// What a path names as the model that it would be here; an adapter finds its base among `installed`.
async fn item(installed: &[Installed], wanted: &DesiredModel) -> Result<Installed, Failure> {
    let path = PathBuf::from(&wanted.path);
    if !path.is_absolute() {
        return Err(Failure::new(Code::RequestInvalid)
            .with("detail", format!("{} is not an absolute path", path.display())));
    }
    let examined = tokio::task::spawn_blocking(move || examine(&path)).await.map_err(Failure::internal)??;
    let Examined { mut facts, digest, length, called, set, path } = examined;
    let name = wanted.name.clone().map_or_else(|| name_from(&called), Ok)?;
    if bases::is_adapter(&facts) {
        facts.base = base_named(installed, wanted, &name, &facts)?;
    }
    let version: Version = format!("0.0.0+{}", digest.short()).parse().map_err(Failure::internal)?;
    let shown = path.display().to_string();
    let placement = match (wanted.mode, &set) {
        (ImportMode::Copy, None) => Placement::Blob,
        (ImportMode::Copy, Some(_)) => {
            Placement::Store { path: format!("{name}/{version}-{}", digest.short()) }
        }
        (ImportMode::Reference, _) => Placement::Reference { path: shown.clone() },
    };
    let source = match set {
        None => Source::LocalFile { path: shown, adopted: None },
        Some((set, files)) => {
            Source::LocalFiles { path: shown, folder: set.folder.display().to_string(), files, adopted: None }
        }
    };
    Ok(Installed {
        name,
        category: Category::Model,
        version,
        digest,
        size: las_types::ByteSize::new(length),
        placement,
        source,
        license: facts.license.clone(),
        program: None,
        model: Some(facts),
        views: Vec::new(),
    })
}

/// What a person should know of what was found in a model's files.
pub(crate) fn notes(item: &Installed) -> Vec<Note> {
    let Some(facts) = &item.model else { return Vec::new() };
    let mut notes = Vec::new();
    if facts.format == WeightsFormat::Safetensors.as_str() {
        notes.push(no_engine(&facts.format));
    }
    if let Some(code) = &facts.code {
        let classes: Vec<&str> = code.classes.values().map(String::as_str).collect();
        notes.push(Note::new("model-code").with("id", &item.name).with("found", classes.join(", ")));
    }
    if let Some(said) = facts.adapter.as_ref().filter(|_| facts.base.is_none()) {
        let base = said.base_repository.as_ref().map(ToString::to_string).or_else(|| said.base_name.clone());
        notes.push(
            Note::new("adapter-base-absent").with("name", &item.name).with("base", base.unwrap_or_default()),
        );
    }
    notes
}

/// The base that is named for an adapter, else the one that it names itself; none where that is not here.
///
/// Code: `adapter-base-missing` where the one that is named is not here, and where none is named at all.
fn base_named(
    installed: &[Installed],
    wanted: &DesiredModel,
    name: &ModuleName,
    facts: &ModelFacts,
) -> Result<Option<Digest>, Failure> {
    // An adapter on another base of the same shape loads without complaint and answers gibberish.
    let missing = || Failure::new(Code::AdapterBaseMissing).with("name", name);
    match &wanted.base {
        Some(base) => {
            let found = installed.iter().find(|item| item.name == *base).ok_or_else(missing)?;
            Ok(Some(found.digest))
        }
        None if bases::names_one(facts) => Ok(bases::base_of(facts, installed)),
        None => Err(missing()),
    }
}

#[cfg(test)]
mod tests {
    use super::name_from;
    use std::path::Path;

    #[test]
    fn names_come_from_file_names() {
        let cases = [
            ("/m/Qwen3-8B Q4_K_M.gguf", "qwen3-8b-q4_k_m"),
            ("/m/..x..y.gguf", "x.y"),
            ("/m/ümlaut.gguf", "mlaut"),
        ];
        for (path, name) in cases {
            assert_eq!(name_from(Path::new(path)).unwrap().as_str(), name);
        }
        assert!(name_from(Path::new("/m/….gguf")).is_err());
    }
}
