//! Hugging Face, and whoever speaks the same.

use crate::web::{BEARER, Subject, Web};
use async_trait::async_trait;
use las_types::{
    ByteSize, Commit, Digest, Failure, FileLocation, FoundModel, FoundPage, Gate, ModelQuery,
    ModelRepository, ModelSource, RepositoryFile, RepositoryId, RepositoryPath, Revision, Secrets,
    SourceKind, SourceName, SourceUrl, WeightsFormat,
};
use reqwest::header::{CONTENT_LENGTH, ETAG, HeaderMap, LINK};
use serde::Deserialize;
use std::sync::Arc;
use url::Url;

/// Hugging Face, or a mirror of it.
pub struct HuggingFace {
    web: Web,
}

impl HuggingFace {
    /// Where the original is.
    pub const ENDPOINT: &str = "https://huggingface.co";

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
        Ok(Self { web: Web::new(name, endpoint, hosts, secrets, &[BEARER])? })
    }

    /// The address of a repository's description or files, each part of its name a step.
    fn steps<'a>(before: &[&'a str], id: &'a RepositoryId, after: &[&'a str]) -> Vec<&'a str> {
        before.iter().copied().chain(id.as_str().split('/')).chain(after.iter().copied()).collect()
    }

    fn found(&self, info: &Info) -> Option<FoundModel> {
        let label =
            |before: &str| info.tags.iter().find_map(|tag| tag.strip_prefix(before)).map(str::to_owned);
        let formats = [WeightsFormat::Gguf, WeightsFormat::Safetensors];
        Some(FoundModel {
            source: self.web.source.clone(),
            id: info.id.parse().ok()?,
            task: info.pipeline_tag.clone(),
            licence: info
                .card_data
                .as_ref()
                .and_then(|card| card.license.clone())
                .or_else(|| label("license:")),
            tags: info.tags.clone(),
            formats: formats
                .into_iter()
                .filter(|format| info.tags.iter().any(|tag| tag == format.as_str()))
                .collect(),
            parameters: None,
            size: None,
            downloads: info.downloads,
            changed: info.last_modified.as_ref().and_then(|text| text.parse().ok()),
            gate: match &info.gated {
                _ if info.private => Gate::Private,
                serde_json::Value::Null | serde_json::Value::Bool(false) => Gate::Open,
                kind if kind == "auto" => Gate::Agreement,
                _ => Gate::Request,
            },
        })
    }

    /// The cursor of the next page, if that is where this one was.
    fn next(&self, url: &Url, headers: &HeaderMap) -> Result<Option<String>, Failure> {
        let Some(link) = headers.get(LINK).and_then(|link| link.to_str().ok()) else { return Ok(None) };
        let part = link.split(',').find(|part| part.contains("rel=\"next\""));
        let address =
            part.and_then(|part| part.split_once('<')?.1.split_once('>')).map(|(address, _)| address);
        let Some(next) = address.and_then(|address| url.join(address).ok()) else { return Ok(None) };
        if !self.web.of_origin(&next) {
            return Err(self.web.sent_on(url, &next));
        }
        let cursor = next.query_pairs().find(|(name, _)| name == "cursor");
        Ok(cursor.map(|(_, cursor)| cursor.into_owned()))
    }
}

/// What it says of a repository; everything but the name may be absent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    id: String,
    sha: Option<String>,
    #[serde(default)]
    private: bool,
    /// `false`, `"auto"` or `"manual"`.
    #[serde(default)]
    gated: serde_json::Value,
    downloads: Option<u64>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(rename = "pipeline_tag")]
    pipeline_tag: Option<String>,
    last_modified: Option<String>,
    card_data: Option<Card>,
    gguf: Option<Gguf>,
    #[serde(default)]
    siblings: Vec<Sibling>,
}

#[derive(Deserialize)]
struct Card {
    // A list with some models.
    #[serde(default, deserialize_with = "text")]
    license: Option<String>,
}

fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let first = value.as_array().and_then(|all| all.first()).unwrap_or(&value);
    Ok(first.as_str().map(str::to_owned))
}

#[derive(Deserialize)]
struct Gguf {
    context_length: Option<u32>,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
    size: Option<ByteSize>,
    lfs: Option<Lfs>,
}

#[derive(Deserialize)]
struct Lfs {
    sha256: Option<String>,
    size: Option<ByteSize>,
}

#[async_trait]
impl ModelSource for HuggingFace {
    fn name(&self) -> &SourceName {
        &self.web.source
    }

    fn kind(&self) -> SourceKind {
        SourceKind::HuggingFace
    }

    fn host(&self) -> Option<String> {
        self.web.origin.as_str().parse::<Url>().ok()?.host_str().map(str::to_owned)
    }

    async fn search(&self, query: &ModelQuery) -> Result<FoundPage, Failure> {
        let limit = query.page().to_string();
        let licence = query.licence.as_ref().map(|licence| format!("license:{licence}"));
        let mut asked = vec![("full", "true"), ("sort", "downloads"), ("limit", limit.as_str())];
        if !query.words.trim().is_empty() {
            asked.push(("search", query.words.trim()));
        }
        asked.extend(query.task.as_deref().map(|task| ("pipeline_tag", task)));
        asked.extend(query.format.map(|format| ("filter", format.as_str())));
        asked.extend(licence.as_deref().map(|licence| ("filter", licence)));
        asked.extend(query.cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let url = self.web.url(&["api", "models"], &asked)?;
        let (infos, headers) = self.web.get::<Vec<Info>>(url.clone(), Subject::default()).await?;
        let next = self.next(&url, &headers)?;
        Ok(FoundPage { models: infos.iter().filter_map(|info| self.found(info)).collect(), next })
    }

    async fn show(&self, id: &RepositoryId, revision: Option<&Revision>) -> Result<ModelRepository, Failure> {
        let after = revision.map(|revision| ["revision", revision.as_str()]);
        let steps = Self::steps(&["api", "models"], id, after.as_ref().map_or(&[], |after| after));
        let url = self.web.url(&steps, &[("blobs", "true")])?;
        let subject = Subject { id: Some(id), revision, path: None };
        let (info, _) = self.web.get::<Info>(url.clone(), subject).await?;
        let model = self.found(&info).ok_or_else(|| self.web.invalid(&url, "it names no repository"))?;
        let commit = info.sha.as_deref().and_then(|sha| sha.parse::<Commit>().ok());
        let mut files = Vec::new();
        for sibling in &info.siblings {
            let path = sibling.rfilename.parse::<RepositoryPath>();
            let lfs = sibling.lfs.as_ref();
            files.push(RepositoryFile {
                path: path.map_err(|error| self.web.invalid(&url, &error.to_string()))?,
                size: lfs.and_then(|lfs| lfs.size).or(sibling.size),
                sha256: lfs.and_then(|lfs| format!("sha256:{}", lfs.sha256.as_ref()?).parse().ok()),
            });
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        let shown = match revision {
            Some(revision) => revision.clone(),
            None => "main".parse().map_err(Failure::internal)?,
        };
        let context = info.gguf.and_then(|gguf| gguf.context_length);
        Ok(ModelRepository { model, revision: shown, commit, context, files })
    }

    async fn locate(
        &self,
        id: &RepositoryId,
        revision: &Revision,
        path: &RepositoryPath,
    ) -> Result<FileLocation, Failure> {
        let at = |revision: &str| {
            let after: Vec<&str> =
                ["resolve", revision].into_iter().chain(path.as_str().split('/')).collect();
            self.web.url(&Self::steps(&[], id, &after), &[])
        };
        let subject = Subject { id: Some(id), revision: Some(revision), path: Some(path) };
        let url = at(revision.as_str())?;
        let head = self.web.head(url.clone(), subject).await?;
        let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let commit = text("x-repo-commit").and_then(|commit| commit.parse::<Commit>().ok());
        let tag = text("x-linked-etag").or_else(|| text(ETAG.as_str()));
        let tag = tag.map(|tag| tag.trim_start_matches("W/").trim_matches('"').to_owned());
        // An address that sends on has a length of its own, which is not the file's.
        let length = head.host.is_none().then(|| text(CONTENT_LENGTH.as_str())).flatten();
        let size = text("x-linked-size").or(length).and_then(|size| size.parse().ok()).map(ByteSize::new);
        let pinned = at(commit.as_ref().map_or(revision.as_str(), Commit::as_str))?;
        Ok(FileLocation {
            url: pinned.as_str().parse().map_err(Failure::internal)?,
            mirrors: Vec::new(),
            redirects: head.host.into_iter().collect(),
            size,
            sha256: tag.as_ref().and_then(|tag| format!("sha256:{tag}").parse::<Digest>().ok()),
            tag,
            commit,
            headers: self.web.secret_headers().await?,
        })
    }
}
