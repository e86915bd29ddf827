//! The list of well-known models that comes with the application: it answers without a network.

use crate::{HuggingFace, matching};
use async_trait::async_trait;
use las_types::{
    ByteSize, Code, CuratedModel, Failure, FileLocation, FoundModel, FoundPage, Gate, ModelQuery,
    ModelRepository, ModelSource, RepositoryFile, RepositoryId, RepositoryPath, Revision, SourceKind,
    SourceName,
};

/// The branch that its entries speak of.
const BRANCH: &str = "main";

/// The list.
pub struct Catalogue {
    name: SourceName,
    models: Vec<CuratedModel>,
}

impl Catalogue {
    /// Of these entries, in the order in which they are shown.
    pub fn new(name: SourceName, models: Vec<CuratedModel>) -> Self {
        Self { name, models }
    }

    fn found(&self, model: &CuratedModel) -> FoundModel {
        let sizes: Option<Vec<ByteSize>> = model.files.iter().map(|file| file.size).collect();
        FoundModel {
            source: self.name.clone(),
            id: model.id.clone(),
            task: Some(model.task.clone()),
            licence: Some(model.license.to_lowercase()),
            tags: vec![model.title.clone(), model.maker.clone()],
            formats: vec![model.format],
            parameters: Some(model.parameters),
            size: sizes.map(|sizes| sizes.into_iter().sum()),
            downloads: None,
            changed: None,
            gate: if model.gated { Gate::Agreement } else { Gate::Open },
        }
    }

    fn entry(&self, id: &RepositoryId) -> Result<&CuratedModel, Failure> {
        let missing =
            || Failure::new(Code::ModelRepositoryNotFound).with("source", &self.name).with("id", id);
        self.models.iter().find(|model| model.id == *id).ok_or_else(missing)
    }

    /// The revision that is meant; the list knows of no other than the branch's.
    fn revision(&self, id: &RepositoryId, asked: Option<&Revision>) -> Result<Revision, Failure> {
        let unknown = |revision: &Revision| {
            let failure = Failure::new(Code::ModelRevisionNotFound).with("source", &self.name);
            failure.with("id", id).with("revision", revision)
        };
        match asked {
            None => BRANCH.parse().map_err(Failure::internal),
            Some(revision) if revision.as_str() == BRANCH => Ok(revision.clone()),
            Some(revision) => Err(unknown(revision)),
        }
    }
}

#[async_trait]
impl ModelSource for Catalogue {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn kind(&self) -> SourceKind {
        SourceKind::Catalogue
    }

    fn host(&self) -> Option<String> {
        None
    }

    async fn search(&self, query: &ModelQuery) -> Result<FoundPage, Failure> {
        let named = |model: &&CuratedModel| {
            let texts = [model.id.as_str(), &model.title, &model.maker, &model.task];
            matching::holds(&query.words, &texts)
        };
        let found = self.models.iter().filter(named).map(|model| self.found(model));
        Ok(matching::page(found.filter(|model| matching::fits(model, query)).collect(), query))
    }

    async fn show(&self, id: &RepositoryId, revision: Option<&Revision>) -> Result<ModelRepository, Failure> {
        let model = self.entry(id)?;
        let files = model.files.iter().map(|file| RepositoryFile {
            path: file.path.clone(),
            size: file.size,
            sha256: file.sha256,
        });
        Ok(ModelRepository {
            model: self.found(model),
            revision: self.revision(id, revision)?,
            commit: None,
            context: Some(model.context),
            files: files.collect(),
        })
    }

    async fn locate(
        &self,
        id: &RepositoryId,
        revision: &Revision,
        path: &RepositoryPath,
    ) -> Result<FileLocation, Failure> {
        let model = self.entry(id)?;
        let revision = self.revision(id, Some(revision))?;
        let missing = || {
            let failure = Failure::new(Code::ModelFileNotFound).with("source", &self.name).with("id", id);
            failure.with("revision", &revision).with("path", path)
        };
        let file = model.files.iter().find(|file| file.path == *path).ok_or_else(missing)?;
        let mut url: url::Url = HuggingFace::ENDPOINT.parse().map_err(Failure::internal)?;
        url.path_segments_mut()
            .map_err(|()| Failure::internal("an endpoint without a path"))?
            .extend(id.as_str().split('/'))
            .extend(["resolve", BRANCH])
            .extend(path.as_str().split('/'));
        Ok(FileLocation {
            url: url.as_str().parse().map_err(Failure::internal)?,
            mirrors: Vec::new(),
            redirects: Vec::new(),
            size: file.size,
            sha256: file.sha256,
            tag: None,
            commit: None,
            headers: Vec::new(),
        })
    }
}
