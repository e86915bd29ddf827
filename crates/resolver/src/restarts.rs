//! Which services a change stops, and which it starts again.

use crate::World;
use crate::connect::peer_ports;
use crate::serve::{companions_left, needs_in_order, services_below, serving};
use las_types::{
    Digest, Installed, ModuleName, PeerPorts, PortName, START_LIMIT_SECONDS, Serves, ServiceName,
    ServiceSpec, ServiceState, ServiceStatus, Source,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Services to stop, users first, with the settings that undoing starts them with.
type Stops = Vec<(ServiceName, Option<ServiceSpec>)>;

/// Running services that use something that goes (their program, their model, or the model under an
/// adapter), and the settings of those that start again: the same, from the version that replaced
/// their program. Those that need one which stops do so before it and start after it; so does one that
/// connects to a port whose number changes, and one that connects to a service which does not run any more is
/// stopped. Companions of what goes stop after it, unless something else that runs uses them; those that only a new version
/// has start before it.
pub(crate) fn of(
    world: &World<'_>,
    gone: &[Installed],
    added: &[(Installed, Source)],
    outcome: &[Installed],
) -> (Stops, Vec<ServiceSpec>) {
    let bases: BTreeSet<Digest> =
        gone.iter().filter_map(|item| item.model.as_ref()).filter_map(|model| model.base).collect();
    let goes = |name: &ModuleName| gone.iter().any(|item| item.name == *name);
    let is_base = |name: &ModuleName| world.installed(name).is_some_and(|item| bases.contains(&item.digest));
    let goes_or_is_base = |model: &ModuleName| goes(model) || is_base(model);
    let stays_loaded = |service: &ServiceStatus| !service.model.as_ref().is_some_and(goes_or_is_base);
    let mut all: Vec<&ServiceStatus> = world.services.iter().filter(|service| runs(service)).collect();
    if all.is_empty() {
        return (Stops::new(), Vec::new());
    }
    let after = World { installed: outcome, ..*world };
    let (needs, deep) = (needs_in_order(world).into_iter().collect::<BTreeMap<_, _>>(), depths(&after));
    all.sort_by_key(|service| (deep.get(&service.module).copied().unwrap_or_default(), &service.name));
    let (mut stops, mut starts) = (BTreeMap::new(), Vec::new());
    for service in all {
        let spec = world.running.specs.iter().find(|spec| spec.name == service.name);
        let again = if goes(&service.module) || !stays_loaded(service) {
            let replacement = added.iter().map(|(item, _)| item).find(|item| item.name == service.module);
            match (spec, replacement) {
                (Some(spec), Some(replacement)) if stays_loaded(service) => {
                    let begun = newly_needed(world, &after, replacement, &starts);
                    let first = [starts.as_slice(), begun.as_slice()].concat();
                    let again = from(&after, spec, replacement, &first);
                    // What nobody can use is not started.
                    starts.extend(begun.into_iter().filter(|_| again.is_some()));
                    again
                }
                _ => None,
            }
        } else {
            let needed = needs.get(&service.module).into_iter().flatten();
            let loses_one = needed.into_iter().any(|need| stops.keys().any(|name| is(name, need)));
            match as_it_is(&after, spec, &starts) {
                AsItIs::Same if !loses_one => continue,
                AsItIs::Same => spec.cloned(),
                AsItIs::Connected(spec) => Some(*spec),
                AsItIs::Cut => None,
            }
        };
        stops.insert(service.name.clone(), spec.cloned());
        starts.extend(again);
    }
    with_companions(world, &mut stops, &starts);
    let deep = depths(world);
    let depth = |name: &ServiceName| {
        let service = world.services.iter().find(|service| service.name == *name);
        service.and_then(|service| deep.get(&service.module)).copied().unwrap_or_default()
    };
    let mut stops: Stops = stops.into_iter().collect();
    // Those without a bond stay in the order of their names.
    stops.sort_by_key(|(name, _)| Reverse(depth(name)));
    (stops, starts)
}

/// How a service would start whose own module stays.
enum AsItIs {
    /// As before.
    Same,
    /// With other ports of those that it connects to.
    Connected(Box<ServiceSpec>),
    /// Not at all: one that it connects to does not run any more.
    Cut,
}

fn as_it_is(after: &World<'_>, spec: Option<&ServiceSpec>, starts: &[ServiceSpec]) -> AsItIs {
    let Some(spec) = spec.filter(|spec| !spec.connects().is_empty()) else { return AsItIs::Same };
    let Some(item) = after.installed(&spec.module) else { return AsItIs::Same };
    match peers(after, item, &spec.connects(), starts).map(|connects| spec.connected(connects)) {
        None => AsItIs::Cut,
        Some(None) => AsItIs::Same,
        Some(Some(spec)) => AsItIs::Connected(Box::new(spec)),
    }
}

/// How many others each module needs, directly or not: a user has more than what it uses.
fn depths(world: &World<'_>) -> BTreeMap<ModuleName, usize> {
    needs_in_order(world).into_iter().map(|(name, needs)| (name, needs.len())).collect()
}

fn runs(service: &ServiceStatus) -> bool {
    !matches!(service.state, ServiceState::Stopped | ServiceState::Failed)
}

/// Whether a service is a module's own.
fn is(service: &ServiceName, module: &ModuleName) -> bool {
    service.as_str() == module.as_str()
}

/// The service of an installed module, if it runs.
fn running<'a>(world: &World<'a>, item: &Installed) -> Option<&'a ServiceStatus> {
    world.services.iter().find(|service| is(&service.name, &item.name) && runs(service))
}

/// Adds companions of what stops for good that nothing else uses that runs or starts again.
fn with_companions(
    world: &World<'_>,
    stops: &mut BTreeMap<ServiceName, Option<ServiceSpec>>,
    starts: &[ServiceSpec],
) {
    let again = |item: &Installed| starts.iter().any(|spec| is(&spec.name, &item.name));
    let stopped = |item: &Installed| stops.keys().any(|name| is(name, &item.name));
    let ending: Vec<Installed> =
        world.installed.iter().filter(|item| stopped(item) && !again(item)).cloned().collect();
    let left = companions_left(world, &ending, |item| running(world, item).is_some());
    for companion in left.iter().filter(|item| !again(item)) {
        if let Some(service) = running(world, companion) {
            let spec = world.running.specs.iter().find(|spec| spec.name == service.name);
            stops.insert(service.name.clone(), spec.cloned());
        }
    }
}

/// Services that only the new version of a module needs, and that neither run nor start yet, those first that others need:
/// with the ports that they want, for whoever knows which are free.
fn newly_needed(
    world: &World<'_>,
    after: &World<'_>,
    replacement: &Installed,
    starts: &[ServiceSpec],
) -> Vec<ServiceSpec> {
    let before =
        world.installed(&replacement.name).map(|item| services_below(world, item)).unwrap_or_default();
    let mut begun: Vec<ServiceSpec> = Vec::new();
    for item in services_below(after, replacement) {
        let starting = starts.iter().chain(&begun).any(|spec| is(&spec.name, &item.name));
        if starting || running(world, &item).is_some() || before.iter().any(|other| other.name == item.name) {
            continue;
        }
        let ports = after.service(&item).map(|service| service.ports.clone()).unwrap_or_default();
        let first = [starts, begun.as_slice()].concat();
        let connects = peers(after, &item, &PeerPorts::new(), &first);
        begun.extend(connects.and_then(|connects| serving(after, &item, ports, connects)));
    }
    begun
}

/// The same service from another version of its module; none if that serves nothing, or connects to what does not run.
fn from(
    after: &World<'_>,
    spec: &ServiceSpec,
    replacement: &Installed,
    starts: &[ServiceSpec],
) -> Option<ServiceSpec> {
    if let Serves::Program { runs } = &spec.serves {
        // The ports stay; one that only the new version has gets the number that it wants, for whoever knows which are free.
        let wanted = after.service(replacement)?.ports.iter();
        let port = |name: &PortName, wanted: u16| runs.ports.get(name).copied().unwrap_or(wanted);
        let ports = wanted.map(|(name, wanted)| (name.clone(), port(name, *wanted))).collect();
        return serving(after, replacement, ports, peers(after, replacement, &spec.connects(), starts)?);
    }
    let program = (after.running.path_of)(replacement, replacement.program.as_ref()?);
    let manifest = after.manifest(&replacement.name, &replacement.version);
    let limit = manifest.and_then(|manifest| manifest.runtime.start_limit_seconds);
    Some(ServiceSpec { program, start_limit_seconds: limit.unwrap_or(START_LIMIT_SECONDS), ..spec.clone() })
}

/// The numbers of the ports that an item connects to: of those that start, of those that run, otherwise those from before.
/// None where a service that it connects to has never run beside it: it can't start before that one.
fn peers(
    after: &World<'_>,
    item: &Installed,
    known: &PeerPorts,
    starts: &[ServiceSpec],
) -> Option<PeerPorts> {
    let number = |peer: &Installed, port: &PortName| {
        let mut specs = starts.iter().chain(after.running.specs);
        let running = specs.find(|spec| spec.module == peer.name && spec.model().is_none());
        let before = || known.get(&peer.name)?.get(port).copied();
        running.map_or_else(before, |spec| spec.ports().get(port).copied())
    };
    peer_ports(after, after.installed, item, number).ok()
}
