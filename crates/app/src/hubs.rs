//! The sources of models that the configuration names.

use crate::App;
use crate::config::Configuration;
use crate::places::places;
use las_hub::{Catalogue, Directory, HuggingFace, ModelScope};
use las_secrets::SecretStores;
use las_types::{Config, CuratedModel, Failure, ModelPlace, ModelSource, ModelSources, Secrets};
use std::path::Path;
use std::sync::Arc;

/// A source that can be asked at the same time as others.
pub(crate) type Source = Arc<dyn ModelSource>;

/// The sources that are switched on, in the order in which they are asked; the list that comes along is not among them.
pub(crate) fn enabled(config: &Config, secrets: &Arc<dyn Secrets>) -> Result<Vec<Source>, Failure> {
    let name = |text: &str| {
        text.parse()
            .map_err(|error| Failure::internal(Box::<dyn std::error::Error + Send + Sync>::from(error)))
    };
    let hosts = || config.models_file_hosts.hosts().to_vec();
    let mut sources: Vec<Source> = Vec::new();
    if let Some(url) = config.models_hugging_face.url() {
        let hub = HuggingFace::with_file_hosts(name("hugging-face")?, url, hosts(), Arc::clone(secrets))?;
        sources.push(Arc::new(hub));
    }
    if let Some(url) = config.models_model_scope.url() {
        let hub = ModelScope::with_file_hosts(name("model-scope")?, url, hosts(), Arc::clone(secrets))?;
        sources.push(Arc::new(hub));
    }
    if let Some(path) = config.models_directory.path() {
        sources.push(Arc::new(Directory::new(name("directory")?, path.into())));
    }
    Ok(sources)
}

/// The sources as they are configured at the moment in which they are asked.
struct Configured {
    configuration: Arc<Configuration>,
    secrets: Arc<dyn Secrets>,
}

/// The sources of this configuration, with the secrets that lie there.
pub(crate) fn configured(
    configuration: &Arc<Configuration>,
    secrets: &Arc<SecretStores>,
) -> Arc<dyn ModelSources> {
    let secrets = Arc::clone(secrets) as Arc<dyn Secrets>;
    Arc::new(Configured { configuration: Arc::clone(configuration), secrets })
}

impl ModelSources for Configured {
    fn enabled(&self) -> Result<Vec<Source>, Failure> {
        enabled(&self.configuration.follow_changes().borrow(), &self.secrets)
    }

    fn places(&self) -> Vec<ModelPlace> {
        places(&self.configuration.follow_changes().borrow())
    }
}

/// The list that comes along. What of it can't be used is told in the log.
pub(crate) fn curated(resources: &Path) -> Vec<CuratedModel> {
    let (models, failed) = las_registry::curated_models(&resources.join("registry"));
    for failure in failed {
        tracing::warn!(%failure, "an entry of the list of models can't be used");
    }
    models
}

/// The same as a source.
pub(crate) fn catalogue(app: &App) -> Result<Source, Failure> {
    let name = "catalogue".parse().map_err(|_| Failure::internal("a name that is none"))?;
    Ok(Arc::new(Catalogue::new(name, curated(&app.resources))))
}
