//! A directory of this machine: each folder below it that holds weights is a repository.

use crate::matching;
use async_trait::async_trait;
use las_types::{
    ByteSize, Code, Failure, FileLocation, FoundModel, FoundPage, Gate, ModelQuery, ModelRepository,
    ModelSource, RepositoryFile, RepositoryId, RepositoryPath, Revision, SourceKind, SourceName, SourceUrl,
    Timestamp, WeightsFormat,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The most files that one repository may have.
const FILES_MAX: usize = 10_000;
/// How deep the files of a repository may lie.
const DEPTH_MAX: usize = 8;
/// It has no revisions; this is how its present state is called.
const NOW: &str = "main";

/// A directory, `<name>/…` or `<owner>/<name>/…` below it. A link that leads out of it is not followed.
pub struct Directory {
    name: SourceName,
    root: PathBuf,
}

impl Directory {
    /// By its path.
    pub fn new(name: SourceName, root: PathBuf) -> Self {
        Self { name, root }
    }

    /// Runs what reads the disk where it holds up nobody.
    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Place) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (name, root) = (self.name.clone(), self.root.clone());
        let looked = tokio::task::spawn_blocking(move || look(&Place::open(name, &root)?));
        looked.await.map_err(Failure::internal)?
    }
}

/// The directory with all links resolved.
struct Place {
    name: SourceName,
    root: PathBuf,
}

impl Place {
    fn open(name: SourceName, root: &Path) -> Result<Self, Failure> {
        let real = std::fs::canonicalize(root).map_err(|error| Failure::io(root, error))?;
        Ok(Self { name, root: real })
    }

    /// Every folder with weights in it, sorted.
    fn repositories(&self) -> Result<Vec<ModelRepository>, Failure> {
        let mut found = Vec::new();
        for (owner, folder) in self.folders(&self.root)? {
            let own = owner.parse().ok().map(|id| self.read(id, &folder)).transpose()?.flatten();
            if let Some(own) = own {
                found.push(own);
                continue;
            }
            for (name, folder) in self.folders(&folder)? {
                let Ok(id) = format!("{owner}/{name}").parse() else { continue };
                found.extend(self.read(id, &folder)?.filter(|one| !one.model.formats.is_empty()));
            }
        }
        Ok(found)
    }

    fn folders(&self, folder: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
        let mut folders = Vec::new();
        for (name, path) in entries(folder)? {
            if let Some(real) = self.within(&path).filter(|real| real.is_dir()) {
                folders.push((name, real));
            }
        }
        Ok(folders)
    }

    /// Where a path really leads, if that is within.
    fn within(&self, path: &Path) -> Option<PathBuf> {
        std::fs::canonicalize(path).ok().filter(|real| real.starts_with(&self.root))
    }

    /// A folder as a repository; none if no weights lie directly in it.
    fn read(&self, id: RepositoryId, folder: &Path) -> Result<Option<ModelRepository>, Failure> {
        let direct = entries(folder)?;
        if !direct.iter().any(|(name, path)| WeightsFormat::of_path(name).is_some() && path.is_file()) {
            return Ok(None);
        }
        let mut files = Vec::new();
        self.gather(folder, "", 0, &mut files)?;
        files.sort_by(|one: &RepositoryFile, other| one.path.cmp(&other.path));
        let held =
            files.iter().filter_map(|file| Some((WeightsFormat::of_path(file.path.as_str())?, file.size)));
        let formats: BTreeSet<_> = held.clone().map(|(format, _)| format).collect();
        let modified = std::fs::metadata(folder).and_then(|metadata| metadata.modified());
        let model = FoundModel {
            source: self.name.clone(),
            id,
            task: None,
            licence: None,
            tags: Vec::new(),
            formats: formats.iter().copied().collect(),
            parameters: None,
            // Of GGUF each file is a form of its own (or a part of one); of safetensors all files are one.
            size: if formats.contains(&WeightsFormat::Gguf) {
                held.filter(|(format, _)| *format == WeightsFormat::Gguf).filter_map(|(_, size)| size).min()
            } else {
                Some(held.filter_map(|(_, size)| size).sum())
            },
            downloads: None,
            changed: modified.ok().and_then(|moment| Timestamp::try_from(moment).ok()),
            gate: Gate::Open,
        };
        let revision = NOW.parse().map_err(Failure::internal)?;
        Ok(Some(ModelRepository { model, revision, commit: None, context: None, files }))
    }

    fn gather(
        &self,
        folder: &Path,
        before: &str,
        depth: usize,
        files: &mut Vec<RepositoryFile>,
    ) -> Result<(), Failure> {
        for (name, path) in entries(folder)? {
            let Some(real) = self.within(&path) else {
                tracing::warn!(path = %path.display(), "a link that leads out of a directory of models is not followed");
                continue;
            };
            let metadata = std::fs::metadata(&real).map_err(|error| Failure::io(&real, error))?;
            let inner = format!("{before}{name}");
            if metadata.is_dir() && depth < DEPTH_MAX {
                self.gather(&path, &format!("{inner}/"), depth + 1, files)?;
            } else if metadata.is_file()
                && files.len() < FILES_MAX
                && let Ok(path) = inner.parse()
            {
                files.push(RepositoryFile { path, size: Some(ByteSize::new(metadata.len())), sha256: None });
            }
        }
        Ok(())
    }

    fn show(&self, id: &RepositoryId, revision: Option<&Revision>) -> Result<ModelRepository, Failure> {
        let failure = |code| Failure::new(code).with("source", &self.name).with("id", id);
        let missing = || failure(Code::ModelRepositoryNotFound);
        let folder =
            self.within(&self.root.join(id.as_str())).filter(|folder| folder.is_dir()).ok_or_else(missing)?;
        if let Some(revision) = revision.filter(|revision| revision.as_str() != NOW) {
            return Err(failure(Code::ModelRevisionNotFound).with("revision", revision));
        }
        self.read(id.clone(), &folder)?.ok_or_else(missing)
    }
}

/// Names and paths in a folder, sorted. What has no name in Unicode can't be named by anybody here.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
    let failed = |error| Failure::io(folder, error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if let Ok(name) = entry.file_name().into_string() {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

#[async_trait]
impl ModelSource for Directory {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn kind(&self) -> SourceKind {
        SourceKind::Directory
    }

    fn host(&self) -> Option<String> {
        None
    }

    async fn search(&self, query: &ModelQuery) -> Result<FoundPage, Failure> {
        let all = self.look(Place::repositories).await?;
        let fits = |model: &FoundModel| {
            matching::holds(&query.words, &[model.id.as_str()]) && matching::fits(model, query)
        };
        let found = all.into_iter().map(|repository| repository.model).filter(fits).collect();
        Ok(matching::page(found, query))
    }

    async fn show(&self, id: &RepositoryId, revision: Option<&Revision>) -> Result<ModelRepository, Failure> {
        let (id, revision) = (id.clone(), revision.cloned());
        self.look(move |place| place.show(&id, revision.as_ref())).await
    }

    async fn locate(
        &self,
        id: &RepositoryId,
        revision: &Revision,
        path: &RepositoryPath,
    ) -> Result<FileLocation, Failure> {
        let (id, revision, path) = (id.clone(), revision.clone(), path.clone());
        self.look(move |place| {
            let repository = place.show(&id, Some(&revision))?;
            let missing = || {
                Failure::new(Code::ModelFileNotFound)
                    .with("source", &place.name)
                    .with("id", &id)
                    .with("revision", &revision)
                    .with("path", &path)
            };
            let file = repository.files.iter().find(|file| file.path == path).ok_or_else(missing)?;
            let real = place.within(&place.root.join(id.as_str()).join(path.as_str())).ok_or_else(missing)?;
            let url = SourceUrl::of_file(&real).ok_or_else(missing)?;
            let (redirects, headers) = (Vec::new(), Vec::new());
            Ok(FileLocation {
                url,
                mirrors: Vec::new(),
                redirects,
                size: file.size,
                sha256: None,
                tag: None,
                commit: None,
                headers,
            })
        })
        .await
    }
}
