//! Asking for what is to be fetched: a repository by its name, or one file by its address.

use crate::{ControlPlane, Sight};
use las_resolver::Draft;
use las_types::{
    Code, Digest, ExitStatus, Failure, ModelQuery, ModelRepository, ModelSource, ModuleName, RepositoryId,
    RepositoryPath, Revision, SourceName, SourceUrl,
};
use std::sync::Arc;

/// What is to be fetched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pull<'a> {
    pub(crate) id: &'a RepositoryId,
    pub(crate) file: Option<&'a RepositoryPath>,
    pub(crate) source: Option<&'a SourceName>,
    pub(crate) revision: Option<&'a Revision>,
    pub(crate) name: Option<&'a ModuleName>,
}

/// Whether a failure means that there is no network, or none that leads there.
fn is_offline(failure: &Failure) -> bool {
    failure.code.exit_status() == ExitStatus::NeedsNetwork
}

impl ControlPlane {
    /// What fetching a model means: its source is asked what there is, and one of it is chosen. Nothing is fetched.
    ///
    /// Codes: those of a source; `model-source-unknown`, `model-none-suitable`, and those of an import.
    pub(crate) async fn draft_pull(&self, sight: &Sight<'_>, wanted: Pull<'_>) -> Result<Draft, Failure> {
        let (source, repository) = self.ask(wanted).await?;
        self.drafted(sight, &*source, &repository, wanted.file, wanted.name).await
    }

    /// What fetching one file means that somebody has the address and the digest of. Its host is asked how large it is, and
    /// where it sends on to. Nothing is fetched.
    ///
    /// Codes: `model-digest-missing`; those of a source, `model-none-suitable`, and those of an import.
    pub(crate) async fn draft_address(
        &self,
        sight: &Sight<'_>,
        url: &SourceUrl,
        digest: Option<Digest>,
        name: Option<&ModuleName>,
    ) -> Result<Draft, Failure> {
        // Without one nothing would say that what comes is what was meant.
        let digest = digest.ok_or_else(|| Failure::new(Code::ModelDigestMissing).with("url", url))?;
        let source = self.sources.address(url, digest)?;
        // It has one repository, with one file in it.
        let mut found = source.search(&ModelQuery::default()).await?.models;
        let id = found.pop().map(|found| found.id);
        let id = id.ok_or_else(|| Failure::internal("an address without a file"))?;
        let repository = source.show(&id, None).await?;
        let file = repository.files.first().map(|file| &file.path);
        self.drafted(sight, &*source, &repository, file, name).await
    }

    /// The first source that has the repository, and what it says of it.
    async fn ask(&self, wanted: Pull<'_>) -> Result<(Arc<dyn ModelSource>, ModelRepository), Failure> {
        let mut sources = self.sources.enabled()?;
        sources.retain(|source| wanted.source.is_none_or(|name| source.name() == name));
        let mut failed: Vec<Failure> = Vec::new();
        for source in sources {
            match source.show(wanted.id, wanted.revision).await {
                Ok(repository) => return Ok((source, repository)),
                Err(failure) => failed.push(failure),
            }
        }
        // What a source says of the repository says more than that another can't be reached.
        let said = failed.iter().position(|failure| !is_offline(failure)).unwrap_or(0);
        let unknown = || {
            let name = wanted.source.map_or("models", SourceName::as_str);
            Failure::new(Code::ModelSourceUnknown).with("name", name)
        };
        Err(if failed.is_empty() { unknown() } else { failed.swap_remove(said) })
    }
}
