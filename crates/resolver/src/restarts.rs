//! Which services a change stops, and which it starts again.

use crate::{World, serving};
use las_types::{
    Digest, Installed, ModuleName, PortName, START_LIMIT_SECONDS, Serves, ServiceName, ServiceSpec,
    ServiceState, ServiceStatus, Source,
};
use std::collections::{BTreeMap, BTreeSet};

/// Services to stop, with the settings that undoing starts them with.
type Stops = BTreeMap<ServiceName, Option<ServiceSpec>>;

/// Running services that use something that goes (their program, their model, or the model under an
/// adapter), and the settings of those that start again: the same, from the version that replaced
/// their program.
pub(crate) fn of(
    world: &World<'_>,
    gone: &[Installed],
    added: &[(Installed, Source)],
) -> (Stops, Vec<ServiceSpec>) {
    let bases: BTreeSet<Digest> =
        gone.iter().filter_map(|item| item.model.as_ref()).filter_map(|model| model.base).collect();
    let goes = |name: &ModuleName| gone.iter().any(|item| item.name == *name);
    let is_base = |name: &ModuleName| world.installed(name).is_some_and(|item| bases.contains(&item.digest));
    let goes_or_is_base = |model: &ModuleName| goes(model) || is_base(model);
    let stays_loaded = |service: &ServiceStatus| !service.model.as_ref().is_some_and(goes_or_is_base);
    let (mut stops, mut starts) = (Stops::new(), Vec::new());
    for service in world.services {
        let runs = !matches!(service.state, ServiceState::Stopped | ServiceState::Failed);
        if !runs || (!goes(&service.module) && stays_loaded(service)) {
            continue;
        }
        let spec = world.running.specs.iter().find(|spec| spec.name == service.name);
        if stays_loaded(service)
            && let Some(spec) = spec
            && let Some((replacement, _)) = added.iter().find(|(item, _)| item.name == service.module)
        {
            starts.extend(from(world, spec, replacement));
        }
        stops.insert(service.name.clone(), spec.cloned());
    }
    starts.sort_by(|a, b| a.name.cmp(&b.name));
    (stops, starts)
}

/// The same service from another version of its module; none if that serves nothing.
fn from(world: &World<'_>, spec: &ServiceSpec, replacement: &Installed) -> Option<ServiceSpec> {
    if let Serves::Program { runs } = &spec.serves {
        // The ports stay; one that only the new version has gets the number that it wants.
        let wanted = world.service(replacement)?.ports.iter();
        let port = |name: &PortName, wanted: u16| runs.ports.get(name).copied().unwrap_or(wanted);
        let ports = wanted.map(|(name, wanted)| (name.clone(), port(name, *wanted))).collect();
        return serving(world, replacement, ports);
    }
    let program = (world.running.path_of)(replacement, replacement.program.as_ref()?);
    let manifest = world.manifest(&replacement.name, &replacement.version);
    let limit = manifest.and_then(|manifest| manifest.runtime.start_limit_seconds);
    Some(ServiceSpec { program, start_limit_seconds: limit.unwrap_or(START_LIMIT_SECONDS), ..spec.clone() })
}
