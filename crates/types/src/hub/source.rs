//! The trait that all sources stand behind.

use crate::{
    Digest, Failure, FileLocation, FoundPage, ModelQuery, ModelRepository, RepositoryId, RepositoryPath,
    Revision, SourceName, SourceUrl,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// What a source speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Hugging Face, or a mirror that speaks the same.
    HuggingFace,
    /// ModelScope, or a mirror that speaks the same.
    ModelScope,
    /// One file behind an address, with its digest.
    Url,
    /// A directory of this machine.
    Directory,
    /// The list that comes with the application.
    Catalogue,
}

impl SourceKind {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HuggingFace => "hugging-face",
            Self::ModelScope => "model-scope",
            Self::Url => "url",
            Self::Directory => "directory",
            Self::Catalogue => "catalogue",
        }
    }

    /// Whether it answers only with a network.
    pub const fn needs_network(self) -> bool {
        matches!(self, Self::HuggingFace | Self::ModelScope | Self::Url)
    }
}

/// A source of models. Codes of all three: `hub-unreachable`, `hub-limited`, `hub-refused`, `hub-answer-invalid`,
/// `hub-sent-on`, `address-inner`, `model-repository-not-found`, `model-gated`, `hub-token-refused`.
#[async_trait]
pub trait ModelSource: Send + Sync {
    /// Its name.
    fn name(&self) -> &SourceName;

    /// What it speaks.
    fn kind(&self) -> SourceKind;

    /// The host that is asked; none if it needs no network.
    fn host(&self) -> Option<String>;

    /// Models that fit a query, page by page.
    async fn search(&self, query: &ModelQuery) -> Result<FoundPage, Failure>;

    /// A repository at a revision; at the one that its owner shows if none is named. Codes besides:
    /// `model-revision-not-found`.
    async fn show(&self, id: &RepositoryId, revision: Option<&Revision>) -> Result<ModelRepository, Failure>;

    /// Where a file of it is to be had. Codes besides: `model-revision-not-found`, `model-file-not-found`.
    async fn locate(
        &self,
        id: &RepositoryId,
        revision: &Revision,
        path: &RepositoryPath,
    ) -> Result<FileLocation, Failure>;
}

/// The sources that are switched on, and where other tools keep models.
pub trait ModelSources: Send + Sync {
    /// Them, in the order in which they are asked, as the configuration is now.
    fn enabled(&self) -> Result<Vec<Arc<dyn ModelSource>>, Failure>;

    /// One file behind an address that a person gave, with the digest that it must have. Code: `model-id-invalid` if that is
    /// no address of a file in a network.
    fn address(&self, url: &SourceUrl, digest: Digest) -> Result<Arc<dyn ModelSource>, Failure>;

    /// Folders in which other tools of this machine keep models, as environment and configuration are now.
    fn places(&self) -> Vec<crate::ModelPlace>;
}
