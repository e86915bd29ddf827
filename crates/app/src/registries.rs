//! Loading the registries, and keeping what was read.

use crate::Options;
use las_registry::{Artefacts, Registry, Sources};
use las_runtime::Home;
use las_types::Clock;

/// The manifests of every registry of this machine and user.
pub(crate) fn load(options: &Options, home: &Home, artefacts: &Artefacts, clock: &dyn Clock) -> Registry {
    let cache = home.registry_cache();
    let root = options.resources.join("registry");
    let sources = Sources { cache: Some(&cache), now: clock.now(), ..Sources::builtin(&root, artefacts) };
    let (registry, bytes) = Registry::gather(&sources);
    // Without it the next start only takes longer.
    if let Some(bytes) = bytes
        && let Err(failure) = home.keep_registry_cache(&bytes)
    {
        tracing::warn!(%failure, "what was read of the registries could not be kept");
    }
    registry
}
