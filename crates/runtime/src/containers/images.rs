//! Images: fetched by their digest, looked for, and removed when nothing names them any more.

use super::Engine;
use super::engine::is_absent;
use crate::blobs::children;
use crate::durable;
use crate::home::Home;
use bollard::query_parameters::{CreateImageOptionsBuilder, RemoveImageOptions};
use futures::StreamExt as _;
use las_types::{ByteSize, Code, Digest, Failure, ImageName, ImageRecord, Reporter, StepContext};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// How often it is asked whether a fetch was cancelled while nothing comes.
const PACE: Duration = Duration::from_millis(200);

impl Engine {
    /// Whether it has an image with this digest, by its own word.
    ///
    /// Codes: `checksum-mismatch` if what has the name is something else; what the engine may fail with.
    pub(crate) async fn has(&self, image: &ImageName, digest: Digest) -> Result<bool, Failure> {
        let pinned = image.pinned(digest);
        let found = match self.docker.inspect_image(&pinned).await {
            Ok(found) => found,
            Err(error) if is_absent(&error) => return Ok(false),
            Err(error) => return Err(self.failure(error)),
        };
        let said = found.repo_digests.unwrap_or_default();
        if said.contains(&pinned) {
            return Ok(true);
        }
        let digest_of = |text: &String| text.rsplit_once('@').and_then(|(_, digest)| digest.parse().ok());
        match said.iter().find_map(digest_of) {
            Some(actual) if actual != digest => Err(durable::mismatch(Path::new(&pinned), digest, actual)),
            // The same bytes by another name: this name is not known yet.
            _ => Ok(false),
        }
    }

    /// Fetches an image by its digest. Returns when the engine has it, by its own word.
    ///
    /// Codes: `checksum-mismatch` if it is not what it should be; `fetch-failed` if it can't be had; `operation-cancelled`.
    pub(crate) async fn pull(
        &self,
        image: &ImageName,
        digest: Digest,
        context: StepContext,
        reporter: &dyn Reporter,
    ) -> Result<(), Failure> {
        let pinned = image.pinned(digest);
        let options = CreateImageOptionsBuilder::default().from_image(&pinned).build();
        let mut news = std::pin::pin!(self.docker.create_image(Some(options), None, None));
        // Layers come at the same time, each with how far it is.
        let mut layers: BTreeMap<String, u64> = BTreeMap::new();
        loop {
            // Dropping the stream ends the fetch.
            let cancelled = || reporter.is_cancelled(context.operation);
            let one = tokio::select! {
                one = news.next() => one,
                () = tokio::time::sleep(PACE) => {
                    if cancelled() { return Err(Failure::new(Code::OperationCancelled)); }
                    continue;
                }
            };
            let Some(one) = one else { break };
            let one = one.map_err(|error| self.not_fetched(&pinned, digest, error))?;
            let done = one.progress_detail.and_then(|progress| progress.current);
            if let (Some(layer), Some(done)) = (one.id, done) {
                layers.insert(layer, done.unsigned_abs());
                reporter.progressed(context, ByteSize::new(layers.values().sum()));
            }
            if cancelled() {
                return Err(Failure::new(Code::OperationCancelled));
            }
        }
        if self.has(image, digest).await? {
            return Ok(());
        }
        let detail = "the engine does not have it";
        Err(Failure::new(Code::FetchFailed).with("url", pinned).with("detail", detail))
    }

    /// An engine that gets other bytes says so in its own words, of which the digest that it found is one.
    fn not_fetched(&self, pinned: &str, digest: Digest, error: bollard::errors::Error) -> Failure {
        let failure = self.failure(error);
        if failure.code != Code::ContainerEngineRefused {
            return failure;
        }
        let detail = failure.args.get("detail").cloned().unwrap_or_default();
        let other = detail
            .split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == ':'))
            .filter_map(|word| word.parse::<Digest>().ok())
            .find(|found| *found != digest);
        let says_so =
            ["does not match", "mismatch", "unexpected digest", "failed to verify", "Digest did not match"]
                .iter()
                .any(|words| detail.contains(words));
        match other {
            Some(actual) if says_so => durable::mismatch(Path::new(pinned), digest, actual).because(failure),
            _ if says_so => Failure::new(Code::ChecksumMismatch)
                .with("path", pinned)
                .with("expected", digest)
                .with("actual", &detail)
                .because(failure),
            _ => Failure::new(Code::FetchFailed).with("url", pinned).with("detail", &detail).because(failure),
        }
    }

    /// Removes an image, unless something of somebody else still uses it.
    pub(crate) async fn drop_image(&self, image: &ImageName, digest: Digest) -> Result<(), Failure> {
        let pinned = image.pinned(digest);
        match self.docker.remove_image(&pinned, None::<RemoveImageOptions>, None).await {
            Ok(_) => Ok(()),
            Err(error) if is_absent(&error) => Ok(()),
            Err(bollard::errors::Error::DockerResponseServerError { status_code: 409, message }) => {
                tracing::info!(image = pinned, message, "an image stays: another container is made from it");
                Ok(())
            }
            Err(error) => Err(self.failure(error)),
        }
    }
}

/// The image that a module's folder names; none of a module that does not come as one.
pub(crate) fn record_of(folder: &Path) -> Option<ImageRecord> {
    let bytes = std::fs::read(folder.join(ImageRecord::FILE)).ok()?;
    let record: ImageRecord = serde_json::from_slice(&bytes).ok()?;
    // A file of that name in an archive is none of ours: ours is the only one, word for word.
    (record.text().as_bytes() == bytes.as_slice()).then_some(record)
}

/// The images that modules of the store name, but for this folder.
pub(crate) fn records_in(home: &Home, but: Option<&Path>) -> Result<Vec<ImageRecord>, Failure> {
    let mut all = Vec::new();
    for name in children(&home.store())? {
        // What is no folder is named as stray elsewhere.
        let versions = children(&name).unwrap_or_default();
        all.extend(
            versions.iter().filter(|folder| Some(folder.as_path()) != but).filter_map(|at| record_of(at)),
        );
    }
    Ok(all)
}
