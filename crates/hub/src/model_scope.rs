//! ModelScope, and whoever speaks the same.

use crate::matching;
use crate::web::{BEARER, Subject, TokenForm, Web};
use async_trait::async_trait;
use las_types::{
    ByteSize, Code, Failure, FileLocation, FoundModel, FoundPage, Gate, ModelQuery, ModelRepository,
    ModelSource, RepositoryFile, RepositoryId, RepositoryPath, Revision, Secrets, SourceKind, SourceName,
    SourceUrl, Timestamp, WeightsFormat,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use url::Url;

/// The older of its routes take a token in a cookie.
const COOKIE: TokenForm = TokenForm { header: "cookie", before: "m_session_id=" };

/// ModelScope, or a mirror of it.
pub struct ModelScope {
    web: Web,
}

impl ModelScope {
    /// Where the original is.
    pub const ENDPOINT: &str = "https://modelscope.cn";

    /// By its endpoint. Code: `model-id-invalid` if that is no address in a network.
    pub fn new(name: SourceName, endpoint: &SourceUrl, secrets: Arc<dyn Secrets>) -> Result<Self, Failure> {
        Self::with_file_hosts(name, endpoint, [], secrets)
    }

    /// By its endpoint, and with hosts within this network to which it may send on for files.
    pub fn with_file_hosts(
        name: SourceName,
        endpoint: &SourceUrl,
        hosts: impl IntoIterator<Item = String>,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, Failure> {
        Ok(Self { web: Web::new(name, endpoint, hosts, secrets, &[BEARER, COOKIE])? })
    }

    fn url(&self, id: &RepositoryId, after: &[&str], query: &[(&str, &str)]) -> Result<Url, Failure> {
        let before = ["api", "v1", "models"].into_iter();
        let steps: Vec<&str> = before.chain(id.as_str().split('/')).chain(after.iter().copied()).collect();
        self.web.url(&steps, query)
    }

    async fn data<T: DeserializeOwned>(&self, url: Url, subject: Subject<'_>) -> Result<T, Failure> {
        let (wrapped, _) = self.web.get::<Wrapped<T>>(url.clone(), subject).await?;
        wrapped.data.ok_or_else(|| self.web.invalid(&url, "it holds no data"))
    }

    /// The files at a revision. Which of its numbers says that there is no such revision is not published, so what
    /// fails is looked up among the revisions.
    async fn files(&self, id: &RepositoryId, revision: &Revision) -> Result<Vec<File>, Failure> {
        let subject = Subject { id: Some(id), revision: Some(revision), path: None };
        let url =
            self.url(id, &["repo", "files"], &[("Revision", revision.as_str()), ("Recursive", "True")])?;
        let failed = match self.data::<Files>(url, subject).await {
            Ok(files) => return Ok(files.files),
            Err(failure) => failure,
        };
        if failed.code != Code::ModelRepositoryNotFound {
            return Err(failed);
        }
        let known = self.data::<Revisions>(self.url(id, &["revisions"], &[])?, subject).await?.revision_map;
        let there = known.branches.iter().chain(&known.tags).any(|one| one.revision == revision.as_str());
        if there { Err(failed) } else { Err(self.web.about(Code::ModelRevisionNotFound, subject)) }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wrapped<T> {
    data: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct About {
    path: String,
    name: String,
    license: Option<String>,
    revision: Option<String>,
    downloads: Option<u64>,
    last_updated_time: Option<i64>,
    visibility: Option<u32>,
    approval_mode: Option<u32>,
    tasks: Option<Vec<Task>>,
    tags: Option<Vec<serde_json::Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Task {
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Files {
    files: Vec<File>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    r#type: String,
    path: String,
    size: Option<ByteSize>,
    sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Revisions {
    revision_map: RevisionMap,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RevisionMap {
    #[serde(default)]
    branches: Vec<One>,
    #[serde(default)]
    tags: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    revision: String,
}

#[derive(Deserialize)]
struct Searched {
    data: Option<Page>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    models: Vec<Listed>,
    total_count: Option<u64>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    license: Option<String>,
    #[serde(default)]
    tasks: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    downloads: Option<u64>,
    last_modified: Option<serde_json::Value>,
    private: Option<bool>,
    gated: Option<bool>,
}

/// Seconds or milliseconds since 1970, or a text.
fn moment(value: &serde_json::Value) -> Option<Timestamp> {
    match value.as_i64() {
        Some(number) if number > 100_000_000_000 => Timestamp::from_millisecond(number).ok(),
        Some(number) => Timestamp::from_second(number).ok(),
        None => value.as_str()?.parse().ok(),
    }
}

/// Formats that words and the name speak of: it has no field for them.
fn formats(id: &str, tags: &[String]) -> Vec<WeightsFormat> {
    let said = |format: &WeightsFormat| {
        let name = format.as_str();
        id.to_lowercase().contains(name) || tags.iter().any(|tag| tag.eq_ignore_ascii_case(name))
    };
    [WeightsFormat::Gguf, WeightsFormat::Safetensors].into_iter().filter(said).collect()
}

#[async_trait]
impl ModelSource for ModelScope {
    fn name(&self) -> &SourceName {
        &self.web.source
    }

    fn kind(&self) -> SourceKind {
        SourceKind::ModelScope
    }

    fn host(&self) -> Option<String> {
        self.web.origin.as_str().parse::<Url>().ok()?.host_str().map(str::to_owned)
    }

    async fn search(&self, query: &ModelQuery) -> Result<FoundPage, Failure> {
        let number: u64 = query.cursor.as_ref().and_then(|cursor| cursor.parse().ok()).unwrap_or(1);
        let (page, size) = (number.to_string(), query.page().to_string());
        let mut asked = vec![("page_number", page.as_str()), ("page_size", size.as_str())];
        // It has no field for formats, but what it has in one is mostly called so.
        let mut words = query.words.trim().to_owned();
        if let Some(format) = query.format.filter(|format| !words.to_lowercase().contains(format.as_str())) {
            words = format!("{words} {}", format.as_str());
        }
        if !words.trim().is_empty() {
            asked.push(("search", words.trim()));
        }
        asked.extend(query.task.as_deref().map(|task| ("filter.task", task)));
        asked.extend(query.licence.as_deref().map(|licence| ("filter.license", licence)));
        let url = self.web.url(&["openapi", "v1", "models"], &asked)?;
        let (searched, _) = self.web.get::<Searched>(url.clone(), Subject::default()).await?;
        let found = searched.data.ok_or_else(|| self.web.invalid(&url, "it holds no data"))?;
        let more = found.total_count.unwrap_or(0) > number.saturating_mul(u64::from(query.page()));
        let models = found.models.iter().filter_map(|listed| {
            Some(FoundModel {
                source: self.web.source.clone(),
                id: listed.id.parse().ok()?,
                task: listed.tasks.first().cloned(),
                licence: listed.license.as_ref().map(|licence| licence.to_lowercase()),
                tags: listed.tags.clone(),
                formats: formats(&listed.id, &listed.tags),
                parameters: None,
                // What it calls a file's size is the sum of all, which no single form of a model has.
                size: None,
                downloads: listed.downloads,
                changed: listed.last_modified.as_ref().and_then(moment),
                gate: match (listed.private, listed.gated) {
                    (Some(true), _) => Gate::Private,
                    (_, Some(true)) => Gate::Request,
                    _ => Gate::Open,
                },
            })
        });
        let models = models.filter(|model| matching::fits(model, query)).collect();
        Ok(FoundPage { models, next: more.then(|| number.saturating_add(1).to_string()) })
    }

    async fn show(&self, id: &RepositoryId, revision: Option<&Revision>) -> Result<ModelRepository, Failure> {
        let subject = Subject { id: Some(id), revision, path: None };
        let url = self.url(id, &[], &[])?;
        let about: About = self.data(url.clone(), subject).await?;
        let shown = match (revision, &about.revision) {
            (Some(revision), _) => revision.clone(),
            (None, usual) => usual.as_deref().unwrap_or("master").parse().map_err(Failure::internal)?,
        };
        let wrong = |error: las_types::ModelIdError| self.web.invalid(&url, &error.to_string());
        let mut files = Vec::new();
        for file in self.files(id, &shown).await?.iter().filter(|file| file.r#type == "blob") {
            files.push(RepositoryFile {
                path: file.path.parse().map_err(wrong)?,
                size: file.size,
                sha256: file.sha256.as_ref().and_then(|sha256| format!("sha256:{sha256}").parse().ok()),
            });
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        let tags = about.tags.iter().flatten().filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
        let held = files.iter().filter_map(|file| WeightsFormat::of_path(file.path.as_str()));
        let held: std::collections::BTreeSet<_> = held.collect();
        let model = FoundModel {
            source: self.web.source.clone(),
            id: format!("{}/{}", about.path, about.name).parse().map_err(wrong)?,
            task: about.tasks.iter().flatten().find_map(|task| task.name.clone()),
            licence: about.license.map(|licence| licence.to_lowercase()),
            tags,
            formats: held.into_iter().collect(),
            parameters: None,
            size: None,
            downloads: about.downloads,
            changed: about.last_updated_time.and_then(|seconds| Timestamp::from_second(seconds).ok()),
            gate: match (about.visibility, about.approval_mode) {
                (Some(1), _) => Gate::Private,
                (_, Some(mode)) if mode > 0 => Gate::Request,
                _ => Gate::Open,
            },
        };
        Ok(ModelRepository { model, revision: shown, commit: None, context: None, files })
    }

    async fn locate(
        &self,
        id: &RepositoryId,
        revision: &Revision,
        path: &RepositoryPath,
    ) -> Result<FileLocation, Failure> {
        let subject = Subject { id: Some(id), revision: Some(revision), path: Some(path) };
        let files = self.files(id, revision).await?;
        let file = files.iter().find(|file| file.r#type == "blob" && file.path == path.as_str());
        let file = file.ok_or_else(|| self.web.about(Code::ModelFileNotFound, subject))?;
        let url = self.url(id, &["repo"], &[("Revision", revision.as_str()), ("FilePath", path.as_str())])?;
        let head = self.web.head(url.clone(), subject).await?;
        Ok(FileLocation {
            url: url.as_str().parse().map_err(Failure::internal)?,
            mirrors: Vec::new(),
            redirects: head.host.into_iter().collect(),
            size: file.size,
            sha256: file.sha256.as_ref().and_then(|sha256| format!("sha256:{sha256}").parse().ok()),
            tag: file.sha256.clone(),
            commit: None,
            headers: self.web.secret_headers().await?,
        })
    }
}
