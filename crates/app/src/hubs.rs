//! The sources of models that the configuration names.

use crate::App;
use crate::config::Configuration;
use crate::places::places;
use las_hub::{Catalogue, Directory, HuggingFace, Mirrored, ModelScope, PlainUrl};
use las_secrets::SecretStores;
use las_types::{
    Config, CuratedModel, Digest, Failure, ListedSource, ModelPlace, ModelSource, ModelSources, Secrets,
    SourceKind, SourceName, SourcePlaces, SourceUrl, UsualSource,
};
use std::path::Path;
use std::sync::Arc;

/// A source that can be asked at the same time as others.
pub(crate) type Source = Arc<dyn ModelSource>;

/// The sources that are switched on, in the order in which they are asked; the list that comes along is not among them.
pub(crate) fn enabled(config: &Config, secrets: &Arc<dyn Secrets>) -> Result<Vec<Source>, Failure> {
    let listed = config.models_sources.all().iter();
    listed.filter_map(|listed| source(config, listed, secrets).transpose()).collect()
}

/// A source of the list; none where its own key has it switched off.
fn source(
    config: &Config,
    listed: &ListedSource,
    secrets: &Arc<dyn Secrets>,
) -> Result<Option<Source>, Failure> {
    let (name, places) = match listed {
        ListedSource::Added { name, places } => (name.clone(), places.clone()),
        ListedSource::Usual(usual) => match usual_places(config, *usual) {
            Some(places) => (named(usual.as_str())?, places),
            None => return Ok(None),
        },
    };
    let hosts = || config.models_file_hosts.hosts().to_vec();
    let mut all: Vec<Source> = Vec::new();
    let kind = match places {
        SourcePlaces::HuggingFace(urls) => {
            for url in &urls {
                let hub = HuggingFace::with_file_hosts(name.clone(), url, hosts(), Arc::clone(secrets))?;
                all.push(Arc::new(hub));
            }
            SourceKind::HuggingFace
        }
        SourcePlaces::ModelScope(urls) => {
            for url in &urls {
                let hub = ModelScope::with_file_hosts(name.clone(), url, hosts(), Arc::clone(secrets))?;
                all.push(Arc::new(hub));
            }
            SourceKind::ModelScope
        }
        SourcePlaces::Directories(paths) => {
            for path in paths {
                all.push(Arc::new(Directory::new(name.clone(), path.into())));
            }
            SourceKind::Directory
        }
    };
    Ok(match all.as_slice() {
        [only] => Some(Arc::clone(only)),
        _ => Some(Arc::new(Mirrored::new(name, kind, all))),
    })
}

/// Where a source lies that has a key of its own; none where that switches it off.
fn usual_places(config: &Config, usual: UsualSource) -> Option<SourcePlaces> {
    let of = |url: &SourceUrl| vec![url.clone()];
    match usual {
        UsualSource::HuggingFace => config.models_hugging_face.url().map(of).map(SourcePlaces::HuggingFace),
        UsualSource::ModelScope => config.models_model_scope.url().map(of).map(SourcePlaces::ModelScope),
        UsualSource::Directory => {
            let path = config.models_directory.path()?;
            Some(SourcePlaces::Directories(vec![path.to_owned()]))
        }
    }
}

fn named(text: &str) -> Result<SourceName, Failure> {
    text.parse().map_err(|_| Failure::internal("a name that is none"))
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

    fn address(&self, url: &SourceUrl, digest: Digest) -> Result<Source, Failure> {
        let hosts = self.configuration.follow_changes().borrow().models_file_hosts.hosts().to_vec();
        let name = named(SourceKind::Url.as_str())?;
        Ok(Arc::new(PlainUrl::new(name, url.clone(), digest, hosts, Arc::clone(&self.secrets))?))
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
    Ok(Arc::new(Catalogue::new(named(SourceKind::Catalogue.as_str())?, curated(&app.resources))))
}
