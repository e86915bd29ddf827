//! Another tool's files as models of ours: which name, which bytes, how they are taken.

use crate::import::{digest_of, name_from};
use crate::scan::{Found, described};
use crate::sets::FileSet;
use crate::{ControlPlane, Sight, bases, import};
use las_resolver::Draft;
use las_types::{
    Adoption, AdoptionMethod, ArtefactFile, ByteSize, Category, Code, Digest, Failure, ImportMode, Installed,
    ModelFacts, ModelTool, ModuleName, Note, Placement, ScannedModel, Source, Version,
};
use std::path::{Path, PathBuf};

impl ControlPlane {
    /// What adopting files means. Where their tool says their digest, only their headers are read here: the step reads the
    /// rest, once. Otherwise they are read whole.
    ///
    /// Codes: those of reading a model; `file-not-found`, `model-not-adoptable`, and those of an import.
    pub(crate) async fn draft_adopt(
        &self,
        sight: &Sight<'_>,
        paths: &[String],
        name: Option<&ModuleName>,
        mode: Option<ImportMode>,
    ) -> Result<Draft, Failure> {
        let invalid = |detail: String| Failure::new(Code::RequestInvalid).with("detail", detail);
        if name.is_some() && paths.len() != 1 {
            return Err(invalid("name: only with one path".to_owned()));
        }
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        if let Some(path) = paths.iter().find(|path| !path.is_absolute()) {
            return Err(invalid(format!("{} is not an absolute path", path.display())));
        }
        let (places, installed) = (self.sources.places(), sight.installed.to_vec());
        let found = tokio::task::spawn_blocking(move || Self::found_at(&places, &paths, &installed));
        let mut models: Vec<(Installed, Source)> = Vec::new();
        let mut notes = Vec::new();
        for Found { scanned, set, facts } in found.await.map_err(Failure::internal)?? {
            let mut facts = facts?;
            if bases::is_adapter(&facts) {
                facts.base = bases::base_of(&facts, sight.installed);
            }
            let (digest, files) = identity(&scanned, set.clone()).await?;
            let others = || sight.installed.iter().chain(models.iter().map(|(item, _)| item));
            let here = others().find(|item| item.digest == digest).map(|item| item.name.clone());
            let taken = |name: &ModuleName| others().any(|item| item.name == *name && item.digest != digest);
            let name = match (name, here) {
                (Some(name), _) => name.clone(),
                // A model that is here already needs no second name; it may be kept otherwise.
                (None, Some(here)) if mode.is_none() => {
                    notes.push(Note::new("model-here").with("name", here).with("path", &scanned.path));
                    continue;
                }
                (None, Some(here)) => here,
                (None, None) => free_name(&scanned, set.as_ref(), digest, taken)?,
            };
            let is_here = others().any(|item| item.placement == Placement::Blob && item.digest == digest);
            let by = match mode {
                Some(ImportMode::Reference) => AdoptionMethod::Reference,
                Some(ImportMode::Copy) | None if is_here => AdoptionMethod::Present,
                Some(ImportMode::Copy) => AdoptionMethod::Copy,
                // Several stay where they are: a model lies in one folder, and theirs is it.
                None if set.is_some() => AdoptionMethod::Reference,
                None => self.executor.adoption_of(Path::new(&scanned.path)).await?,
            };
            notes.push(told(&name, &scanned, by));
            if by == AdoptionMethod::HardLink {
                notes.push(Note::new("model-shared").with("name", &name));
            }
            let item = item(name, digest, scanned, set.zip(files), by, facts)?;
            notes.extend(import::notes(&item));
            let source = item.source.clone();
            models.push((item, source));
        }
        let mut draft = las_resolver::adopt(&sight.world(), models)?;
        draft.notes.extend(notes);
        Ok(draft)
    }
}

/// What a model is by its bytes; of several files, each with its own digest.
async fn identity(
    scanned: &ScannedModel,
    set: Option<FileSet>,
) -> Result<(Digest, Option<Vec<ArtefactFile>>), Failure> {
    let (said, path) = (scanned.digest, PathBuf::from(&scanned.path));
    let read = tokio::task::spawn_blocking(move || match (set, said) {
        (Some(set), _) => {
            let files = described(&set)?;
            Ok((las_types::tree_digest(&files), Some(files)))
        }
        (None, Some(digest)) => Ok((digest, None)),
        (None, None) => Ok((digest_of(&path)?, None)),
    });
    read.await.map_err(Failure::internal)?
}

fn told(name: &ModuleName, scanned: &ScannedModel, by: AdoptionMethod) -> Note {
    Note::new("model-adopted")
        .with("name", name)
        .with("tool", scanned.tool.as_str())
        .with("path", &scanned.shown)
        .with("by", by.as_str())
}

/// A name from what its tool calls it: Ollama names models, the others files. One that is taken gets the digest behind it.
fn free_name(
    scanned: &ScannedModel,
    set: Option<&FileSet>,
    digest: Digest,
    taken: impl Fn(&ModuleName) -> bool,
) -> Result<ModuleName, Failure> {
    let stem_of = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let stem = match (&scanned.id, scanned.tool) {
        (Some(id), ModelTool::Ollama) => {
            let last = id.rsplit('/').next().unwrap_or(id);
            last.strip_suffix(":latest").unwrap_or(last).replace(':', "-")
        }
        // There, every file is called the same.
        (Some(id), ModelTool::Jan) => id.rsplit('/').next().unwrap_or(id).to_owned(),
        // Called like everybody's files: then like its repository, whose folder is named by a commit.
        (Some(id), _) if set.is_some_and(FileSet::is_called_like_folder) => {
            id.rsplit('/').next().unwrap_or(id).to_owned()
        }
        _ => stem_of(Path::new(set.map_or(scanned.shown.as_str(), |set| &set.called))).unwrap_or_default(),
    };
    // A point in it is not where an ending begins.
    let name = name_from(Path::new(&format!("{stem}.gguf")))?;
    if taken(&name) { name_from(Path::new(&format!("{stem:.40}-{}.gguf", digest.short()))) } else { Ok(name) }
}

fn item(
    name: ModuleName,
    digest: Digest,
    scanned: ScannedModel,
    several: Option<(FileSet, Vec<ArtefactFile>)>,
    by: AdoptionMethod,
    facts: ModelFacts,
) -> Result<Installed, Failure> {
    let version: Version = format!("0.0.0+{}", digest.short()).parse().map_err(Failure::internal)?;
    let ScannedModel { tool, path, shown, id, revision, size, .. } = scanned;
    let adopted = Some(Box::new(Adoption { tool, by, id, revision }));
    let (placement, source) = match several {
        None => {
            let placement = if by == AdoptionMethod::Reference {
                Placement::Reference { path: path.clone() }
            } else {
                Placement::Blob
            };
            (placement, Source::LocalFile { path, adopted })
        }
        Some((set, files)) => {
            let placement = if by == AdoptionMethod::Reference {
                Placement::Reference { path: shown.clone() }
            } else {
                Placement::Store { path: format!("{name}/{version}-{}", digest.short()) }
            };
            let folder = set.folder.display().to_string();
            (placement, Source::LocalFiles { path: shown, folder, files, adopted })
        }
    };
    Ok(Installed {
        name,
        category: Category::Model,
        version,
        digest,
        size: ByteSize::new(size.bytes()),
        placement,
        source,
        license: facts.license.clone(),
        program: None,
        model: Some(facts),
        views: Vec::new(),
    })
}
