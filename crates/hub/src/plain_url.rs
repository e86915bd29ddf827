//! One file behind an address that a person gave, with the digest that it must have.

use crate::web::{BEARER, Subject, Web};
use crate::{matching, no_secrets};
use async_trait::async_trait;
use las_types::{
    ByteSize, Code, Digest, Failure, FileLocation, FoundModel, FoundPage, Gate, ModelQuery, ModelRepository,
    ModelSource, RepositoryFile, RepositoryId, RepositoryPath, Revision, Secrets, SourceKind, SourceName,
    SourceUrl, WeightsFormat,
};
use std::sync::Arc;
use url::Url;

/// How often it may send on to another origin.
const HOPS: usize = 5;

/// A source with one repository, which holds one file.
pub struct PlainUrl {
    web: Web,
    url: SourceUrl,
    digest: Digest,
    /// Hosts of this network that may be asked.
    hosts: Vec<String>,
    id: RepositoryId,
    path: RepositoryPath,
}

impl PlainUrl {
    /// By address and digest. Of the hosts within this network only those named besides may be asked. Code:
    /// `model-id-invalid` if it is no address in a network, or its last part no name of a file.
    pub fn new(
        name: SourceName,
        url: SourceUrl,
        digest: Digest,
        hosts: impl IntoIterator<Item = String>,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, Failure> {
        let invalid = || Failure::new(Code::ModelIdInvalid).with("given", &url);
        let host = url.host().ok_or_else(invalid)?;
        let before = url.as_str().split(['?', '#']).next().unwrap_or_default();
        let last = before.rsplit('/').next().unwrap_or_default();
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
        let id =
            format!("{host}/{last}").chars().map(|c| if c == '/' { c } else { plain(c) }).collect::<String>();
        let (id, path) = (id.parse().map_err(|_| invalid())?, last.parse().map_err(|_| invalid())?);
        let hosts: Vec<String> = hosts.into_iter().collect();
        let web = Web::for_files(name, &url, hosts.clone(), secrets, &[BEARER])?;
        Ok(Self { web, url, digest, hosts, id, path })
    }

    fn found(&self, size: Option<ByteSize>) -> FoundModel {
        FoundModel {
            source: self.web.source.clone(),
            id: self.id.clone(),
            task: None,
            licence: None,
            tags: Vec::new(),
            formats: WeightsFormat::of_path(self.path.as_str()).into_iter().collect(),
            parameters: None,
            size,
            downloads: None,
            changed: None,
            gate: Gate::Open,
        }
    }

    /// Its digest is its only revision.
    fn revision(&self) -> Result<Revision, Failure> {
        self.digest.hex().parse().map_err(Failure::internal)
    }

    fn known(&self, subject: Subject<'_>) -> Result<(), Failure> {
        if subject.id.is_some_and(|id| *id != self.id) {
            return Err(self.web.about(Code::ModelRepositoryNotFound, subject));
        }
        if subject.revision.is_some_and(|revision| revision.as_str() != self.digest.hex()) {
            return Err(self.web.about(Code::ModelRevisionNotFound, subject));
        }
        if subject.path.is_some_and(|path| *path != self.path) {
            return Err(self.web.about(Code::ModelFileNotFound, subject));
        }
        Ok(())
    }

    /// How much it is, what its origin calls it, and which other hosts it sends on to. Whoever gave an address means what it
    /// leads to, so these are asked as well, without a token.
    async fn ask(&self) -> Result<(Option<ByteSize>, Option<String>, Vec<String>), Failure> {
        let subject = Subject { id: Some(&self.id), revision: None, path: Some(&self.path) };
        let mut url: Url = self.url.as_str().parse().map_err(Failure::internal)?;
        let (mut hosts, mut beyond) = (Vec::new(), None);
        for _ in 0..=HOPS {
            let web = beyond.as_ref().unwrap_or(&self.web);
            let told = web.length(&url, subject).await?;
            let Some(next) = told.onward else { return Ok((told.size, told.tag, hosts)) };
            hosts.extend(next.host_str().map(str::to_owned));
            let place = next.as_str().parse().map_err(|_| web.sent_on(&url, &next))?;
            let source = self.web.source.clone();
            beyond = Some(Web::for_files(source, &place, self.hosts.clone(), no_secrets(), &[])?);
            url = next;
        }
        Err(self.web.invalid(&url, "it sends on again and again"))
    }
}

#[async_trait]
impl ModelSource for PlainUrl {
    fn name(&self) -> &SourceName {
        &self.web.source
    }

    fn kind(&self) -> SourceKind {
        SourceKind::Url
    }

    fn host(&self) -> Option<String> {
        self.url.host().map(str::to_owned)
    }

    async fn search(&self, query: &ModelQuery) -> Result<FoundPage, Failure> {
        let found = self.found(None);
        let fits = matching::holds(&query.words, &[self.id.as_str()]) && matching::fits(&found, query);
        Ok(matching::page(Some(found).filter(|_| fits).into_iter().collect(), query))
    }

    async fn show(&self, id: &RepositoryId, revision: Option<&Revision>) -> Result<ModelRepository, Failure> {
        self.known(Subject { id: Some(id), revision, path: None })?;
        let (size, _, _) = self.ask().await?;
        let files = vec![RepositoryFile { path: self.path.clone(), size, sha256: Some(self.digest) }];
        Ok(ModelRepository {
            model: self.found(size),
            revision: self.revision()?,
            commit: None,
            context: None,
            files,
        })
    }

    async fn locate(
        &self,
        id: &RepositoryId,
        revision: &Revision,
        path: &RepositoryPath,
    ) -> Result<FileLocation, Failure> {
        self.known(Subject { id: Some(id), revision: Some(revision), path: Some(path) })?;
        let (size, tag, redirects) = self.ask().await?;
        Ok(FileLocation {
            url: self.url.clone(),
            mirrors: Vec::new(),
            redirects,
            size,
            sha256: Some(self.digest),
            tag,
            commit: None,
            headers: self.web.secret_headers().await?,
        })
    }
}
