//! Models that are fetched from a source.

use crate::load::limited;
use crate::reading::read_files;
use crate::{ControlPlane, Sight, bases};
use las_models::{Candidate, Why};
use las_resolver::Draft;
use las_types::{
    ByteSize, Code, Failure, FileRole, Installed, ModelFit, ModelOrigin, ModelRepository, ModelSource,
    ModuleName, Note, OriginFile, Placement, RepositoryFile, RepositoryPath, Revision, Source, SourceKind,
    StepAction, WeightsFormat,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

mod asked;
mod item;

pub(crate) use asked::Pull;

/// Which engines load weights in safetensors.
pub(crate) const ENGINES_OF_SAFETENSORS: &str = "vLLM, SGLang, Transformers";

impl ControlPlane {
    /// What fetching from a repository means that its source has told of.
    async fn drafted(
        &self,
        sight: &Sight<'_>,
        source: &dyn ModelSource,
        repository: &ModelRepository,
        file: Option<&RepositoryPath>,
        name: Option<&ModuleName>,
    ) -> Result<Draft, Failure> {
        let all = las_models::candidates(&repository.files);
        let (chosen, why) = self.chosen(repository, &all, file)?;
        // The state that was shown is the one that is fetched, whatever the branch does meanwhile.
        let pinned = repository.commit.as_ref().and_then(|commit| commit.as_str().parse().ok());
        let revision: Revision = pinned.unwrap_or_else(|| repository.revision.clone());
        let mut files = Vec::new();
        let mut commit = repository.commit.clone();
        for file in chosen.all() {
            let location = source.locate(&repository.model.id, &revision, &file.path).await?;
            commit = commit.or_else(|| location.commit.clone());
            files.push(item::origin_file(repository, file, location)?);
        }
        let origin = ModelOrigin {
            source: repository.model.source.clone(),
            kind: source.kind(),
            id: repository.model.id.clone(),
            revision: repository.revision.clone(),
            commit,
            licence: repository.model.licence.clone(),
            gate: repository.model.gate,
        };
        let mut notes = self.pull_notes(&origin, repository, chosen, why);
        notes.extend(beside_notes(repository, chosen));
        notes.extend(secret_notes(&files));
        notes.extend(mirror_note(&files));
        let item = item::planned(sight.installed, name, chosen, files, origin)?;
        let from = item.source.clone();
        let mut draft = las_resolver::import(&sight.world(), item, from)?;
        if !draft.steps.is_empty() {
            draft.notes.extend(notes);
        }
        Ok(draft)
    }

    fn pull_notes(
        &self,
        origin: &ModelOrigin,
        repository: &ModelRepository,
        chosen: &Candidate,
        why: Why,
    ) -> Vec<Note> {
        let file = chosen.files.first().map_or("", |file| file.path.as_str());
        let commit = origin.commit.as_ref().map_or_else(|| origin.revision.to_string(), ToString::to_string);
        let (placed, room) = (self.fit_of(repository, chosen), self.room());
        let needed = placed.as_ref().map_or_else(ByteSize::default, |placed| placed.memory.total);
        let from = match origin.kind {
            // Its revision is its digest.
            SourceKind::Url => Note::new("model-address").with("digest", &origin.revision),
            _ => Note::new("model-origin").with("source", &origin.source).with("commit", commit),
        };
        let mut notes = vec![
            from.with("id", &origin.id),
            Note::new("model-chosen")
                .with("file", file)
                .with("why", why.as_str())
                .with("needed", needed)
                .with("room", room),
        ];
        match placed.as_ref().map(|placed| (placed, placed.verdict.fit)) {
            Some((_, ModelFit::TooLarge)) => {
                notes.push(Note::new("model-may-not-fit").with("needed", needed).with("room", room));
            }
            Some((placed, ModelFit::Limits)) => notes.push(limited(placed)),
            _ => {}
        }
        let asked = las_types::obligations(origin.licence.as_deref(), origin.gate).into_iter();
        notes.extend(asked.map(|key| Note::new(format!("obligation-{key}")).with("id", &origin.id)));
        notes
    }

    /// The model of a repository that is meant by a file, or suits this machine best.
    pub(crate) fn chosen<'a>(
        &self,
        repository: &ModelRepository,
        all: &'a [Candidate],
        named: Option<&RepositoryPath>,
    ) -> Result<(&'a Candidate, Why), Failure> {
        let paths = |those: &dyn Fn(&RepositoryFile) -> bool| {
            let paths = repository.files.iter().filter(|file| those(file)).map(|file| file.path.as_str());
            paths.collect::<Vec<_>>().join(", ")
        };
        let none = |reason: &str, found: String| {
            let model = &repository.model;
            Failure::new(Code::ModelNoneSuitable)
                .with("source", &model.source)
                .with("id", &model.id)
                .with("reason", reason)
                .with("found", found)
        };
        if let Some(path) = named {
            let file = repository.files.iter().find(|file| file.path == *path).ok_or_else(|| {
                Failure::new(Code::ModelFileNotFound)
                    .with("source", &repository.model.source)
                    .with("id", &repository.model.id)
                    .with("revision", &repository.revision)
                    .with("path", path)
            })?;
            let found = all.iter().find(|one| one.files.iter().any(|part| part.path == file.path));
            return match found {
                Some(found) if found.lacks_parts => Err(none("parts", path.to_string())),
                Some(found) => Ok((found, Why::Named)),
                None if las_models::is_pickle(path.as_str()) => Err(none("pickle", path.to_string())),
                None if path.as_str().ends_with(".safetensors") => Err(none("config", path.to_string())),
                None => Err(none("format", path.to_string())),
            };
        }
        let pickles = paths(&|file| las_models::is_pickle(file.path.as_str()));
        let others = paths(&|file| file.path.as_str().ends_with(".safetensors"));
        let gguf = all.iter().any(|one| one.format == WeightsFormat::Gguf);
        let fit = |one: &Candidate| {
            self.fit_of(repository, one).map_or(ModelFit::Fits, |placed| placed.verdict.fit)
        };
        match las_models::choose(all, fit) {
            Some(chosen) => Ok(chosen),
            None if !all.is_empty() => {
                let whole = all.iter().any(|one| !one.lacks_parts);
                let reason = match (whole, gguf) {
                    (true, true) => "too-large",
                    (true, false) => "several",
                    (false, _) => "parts",
                };
                Err(none(reason, told(all)))
            }
            None if !others.is_empty() => Err(none("config", others)),
            None if !pickles.is_empty() => Err(none("pickle", pickles)),
            None => Err(none("none", paths(&|_| true))),
        }
    }

    /// A model as it is once its bytes are here: looked at, its header read, and its digests where they were learned. What did not
    /// come from a repository is what it was.
    ///
    /// Codes: those of reading a model; `policy-denied` for one larger than the machine may run.
    pub(crate) async fn learned(&self, item: &Installed) -> Result<Installed, Failure> {
        let license = match &item.source {
            Source::Repository { origin, .. } => origin.licence.clone(),
            // Its header was read where another tool keeps it, before its bytes were.
            Source::LocalFile { adopted: Some(_), .. } => None,
            _ => return Ok(item.clone()),
        };
        let mut item = item.clone();
        let stored = matches!(item.placement, Placement::Store { .. });
        if !stored {
            item.digest = self.executor.digest_of(&item);
        }
        let names: Vec<String> = match &item.source {
            Source::Repository { files, .. } => files.iter().map(|file| file.name().to_owned()).collect(),
            _ => vec![String::new()],
        };
        let place = |name: String| {
            let path = self.executor.path_of(&item, Some(name.as_str()).filter(|_| stored));
            (name, PathBuf::from(path))
        };
        let files: Vec<(String, PathBuf)> = names.into_iter().map(place).collect();
        let looked = item.clone();
        let read = tokio::task::spawn_blocking(move || {
            let facts = read_files(&files)?;
            let item = if stored { item::with_digests(looked, &files)? } else { looked };
            Ok::<_, Failure>((facts, item))
        });
        let read = read.await.map_err(Failure::internal)?;
        let (mut facts, mut item) = read.map_err(|failure| failure.with("name", &item.name))?;
        if bases::is_adapter(&facts) {
            facts.base = bases::base_of(&facts, &self.installed().await?);
        } else {
            las_resolver::admit_model(&self.capabilities(), facts.parameters)?;
        }
        item.license = license.or_else(|| facts.license.clone());
        item.model = Some(facts);
        Ok(item)
    }

    /// Looks at what a step brought, before anything uses it.
    pub(crate) async fn examined(&self, action: &StepAction) -> Result<(), Failure> {
        match action {
            StepAction::BlobAdd { item, .. } | StepAction::StoreAdd { item, .. } => {
                self.learned(item).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    /// The files that an engine is given to load a model, in order.
    pub(crate) fn model_files(&self, item: &Installed) -> Vec<String> {
        match self.files_with(item, FileRole::Weights) {
            Some(files) => files,
            None => vec![self.executor.path_of(item, None)],
        }
    }

    /// The file that turns pictures into what a model reads, if it has one.
    pub(crate) fn projector_of(&self, item: &Installed) -> Option<String> {
        self.files_with(item, FileRole::Projector)?.into_iter().next()
    }

    /// Where the files of a model of several lie that have this role; none for a model that is one file.
    fn files_with(&self, item: &Installed, role: FileRole) -> Option<Vec<String>> {
        let with = |name: &&str| FileRole::of(name) == Some(role);
        match &item.source {
            Source::LocalFiles { folder, files, .. } => {
                let names = files.iter().map(|file| file.path.as_str()).filter(with);
                let stored = matches!(item.placement, Placement::Store { .. });
                let path = |name: &str| {
                    if stored {
                        self.executor.path_of(item, Some(name))
                    } else {
                        Path::new(folder).join(name).display().to_string()
                    }
                };
                Some(names.map(path).collect())
            }
            Source::Repository { files, .. } if matches!(item.placement, Placement::Store { .. }) => {
                let names = files.iter().map(OriginFile::name).filter(with);
                Some(names.map(|name| self.executor.path_of(item, Some(name))).collect())
            }
            _ => None,
        }
    }
}

/// What there is, with sizes.
fn told(all: &[Candidate]) -> String {
    let one = |one: &Candidate| {
        let path = one.files.first().map_or("", |file| file.path.as_str());
        one.size.map_or_else(|| path.to_owned(), |size| format!("{path} ({size})"))
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Which secrets are sent for it, by their handles, each to its own origin.
fn secret_notes(files: &[OriginFile]) -> BTreeSet<Note> {
    let headers = files.iter().flat_map(|file| &file.headers);
    headers
        .map(|header| Note::new("model-secret").with("name", &header.secret).with("origin", &header.origin))
        .collect()
}

/// Which other hosts are asked where the first fails.
fn mirror_note(files: &[OriginFile]) -> Option<Note> {
    let hosts: BTreeSet<&str> =
        files.iter().flat_map(|file| &file.mirrors).filter_map(las_types::SourceUrl::host).collect();
    let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
    (!hosts.is_empty()).then(|| Note::new("model-mirrors").with("hosts", hosts))
}

/// What a person should know of what comes with weights, and of what doesn't.
fn beside_notes(repository: &ModelRepository, chosen: &Candidate) -> Vec<Note> {
    let id = &repository.model.id;
    let mut notes = Vec::new();
    for file in &chosen.beside {
        if FileRole::of(file.path.as_str().rsplit('/').next().unwrap_or_default())
            == Some(FileRole::Projector)
        {
            let size = file.size.unwrap_or_default();
            notes.push(Note::new("model-projector").with("file", &file.path).with("size", size));
        }
    }
    if chosen.format == WeightsFormat::Safetensors {
        notes.push(no_engine(chosen.format.as_str()));
        let paths = repository.files.iter().map(|file| file.path.as_str());
        let is_code = |path: &&str| Path::new(path).extension().is_some_and(|ending| ending == "py");
        let code: Vec<&str> = paths.filter(is_code).collect();
        // Hubs file what names code of its own (auto_map) under this word.
        if !code.is_empty() || repository.model.tags.iter().any(|tag| tag == "custom_code") {
            notes.push(Note::new("model-code").with("id", id).with("found", code.join(", ")));
        }
    }
    notes
}

/// That no engine here loads a format.
pub(crate) fn no_engine(format: &str) -> Note {
    Note::new("model-no-engine").with("format", format).with("engines", ENGINES_OF_SAFETENSORS)
}
