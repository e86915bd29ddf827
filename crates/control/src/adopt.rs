//! Another tool's files as models of ours: which name, which bytes, how they are taken.

use crate::import::{digest_of, name_from};
use crate::scan::Found;
use crate::{ControlPlane, Sight};
use las_resolver::Draft;
use las_types::{
    Adoption, AdoptionMethod, ByteSize, Category, Code, Digest, Failure, ImportMode, Installed, ModelFacts,
    ModelTool, ModuleName, Note, Placement, ScannedModel, Source, Version,
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
        for Found { scanned, facts } in found.await.map_err(Failure::internal)?? {
            let facts = facts?;
            let path = PathBuf::from(&scanned.path);
            let digest = match scanned.digest {
                Some(digest) => digest,
                None => tokio::task::spawn_blocking(move || digest_of(&path))
                    .await
                    .map_err(Failure::internal)??,
            };
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
                (None, None) => free_name(&scanned, digest, taken)?,
            };
            let is_here = others().any(|item| item.placement == Placement::Blob && item.digest == digest);
            let by = match mode {
                Some(ImportMode::Reference) => AdoptionMethod::Reference,
                Some(ImportMode::Copy) | None if is_here => AdoptionMethod::Present,
                Some(ImportMode::Copy) => AdoptionMethod::Copy,
                None => self.executor.adoption_of(Path::new(&scanned.path)).await?,
            };
            notes.push(told(&name, &scanned, by));
            if by == AdoptionMethod::HardLink {
                notes.push(Note::new("model-shared").with("name", &name));
            }
            let item = item(name, digest, scanned, by, facts)?;
            let source = item.source.clone();
            models.push((item, source));
        }
        let mut draft = las_resolver::adopt(&sight.world(), models)?;
        draft.notes.extend(notes);
        Ok(draft)
    }
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
    digest: Digest,
    taken: impl Fn(&ModuleName) -> bool,
) -> Result<ModuleName, Failure> {
    let stem = match (&scanned.id, scanned.tool) {
        (Some(id), ModelTool::Ollama) => {
            let last = id.rsplit('/').next().unwrap_or(id);
            last.strip_suffix(":latest").unwrap_or(last).replace(':', "-")
        }
        // There, every file is called the same.
        (Some(id), ModelTool::Jan) => id.rsplit('/').next().unwrap_or(id).to_owned(),
        _ => Path::new(&scanned.shown)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default(),
    };
    // A point in it is not where an ending begins.
    let name = name_from(Path::new(&format!("{stem}.gguf")))?;
    if taken(&name) { name_from(Path::new(&format!("{stem:.40}-{}.gguf", digest.short()))) } else { Ok(name) }
}

fn item(
    name: ModuleName,
    digest: Digest,
    scanned: ScannedModel,
    by: AdoptionMethod,
    facts: ModelFacts,
) -> Result<Installed, Failure> {
    let version: Version = format!("0.0.0+{}", digest.short()).parse().map_err(Failure::internal)?;
    let ScannedModel { tool, path, id, revision, size, .. } = scanned;
    Ok(Installed {
        name,
        category: Category::Model,
        version,
        digest,
        size: ByteSize::new(size.bytes()),
        placement: if by == AdoptionMethod::Reference {
            Placement::Reference { path: path.clone() }
        } else {
            Placement::Blob
        },
        source: Source::LocalFile { path, adopted: Some(Box::new(Adoption { tool, by, id, revision })) },
        license: facts.license.clone(),
        program: None,
        model: Some(facts),
        views: Vec::new(),
    })
}
