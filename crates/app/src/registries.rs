//! Loading the registries, and keeping what was read.

use crate::Options;
use las_registry::{Artefacts, Registry, Root, Sources};
use las_runtime::Home;
use las_types::{Clock, Origin};

/// The manifests of every registry of this machine and user.
pub(crate) fn load(options: &Options, home: &Home, artefacts: &Artefacts, clock: &dyn Clock) -> Registry {
    let roots = vec![Root { origin: Origin::Builtin, path: options.resources.join("registry") }];
    let cache = home.registry_cache();
    let (registry, bytes) =
        Registry::gather(&Sources { roots, artefacts, cache: Some(&cache), now: clock.now() });
    // Without it the next start only takes longer.
    if let Some(bytes) = bytes
        && let Err(failure) = home.keep_registry_cache(&bytes)
    {
        tracing::warn!(%failure, "what was read of the registries could not be kept");
    }
    registry
}
