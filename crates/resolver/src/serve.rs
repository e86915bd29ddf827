//! A module's own service: with which settings it starts, and which others it needs or is needed by.

use crate::World;
use crate::steps::{needs_first, needs_of};
use las_types::{
    ContainerSettings, Installed, Manifest, ModuleName, PeerPorts, PortName, ProgramSettings, RuntimeMode,
    START_LIMIT_SECONDS, Serves, ServiceSection, ServiceSpec,
};
use std::collections::{BTreeMap, BTreeSet};

impl World<'_> {
    /// How an installed module serves, as its manifest says; none if it is no service.
    pub fn service(&self, item: &Installed) -> Option<&ServiceSection> {
        self.manifest(&item.name, &item.version)?.service_in(item.mode())
    }
}

/// How a module's program is started as a service, with these ports, connecting to those of others; none if it is no service.
pub fn serving(
    world: &World<'_>,
    item: &Installed,
    ports: BTreeMap<PortName, u16>,
    connects: PeerPorts,
) -> Option<ServiceSpec> {
    let manifest = world.manifest(&item.name, &item.version)?;
    let Manifest { runtime, .. } = manifest;
    let service = manifest.service_in(item.mode())?.clone();
    let container = ContainerSettings::of(manifest, &world.profile.gpus)
        .filter(|_| item.mode() == RuntimeMode::Container);
    let path = |file: &str| (world.running.path_of)(item, file);
    let program = match &container {
        // Within the image, which says it where the manifest doesn't.
        Some(_) => manifest.program_in(item.mode()).unwrap_or_default().to_owned(),
        None => path(item.program.as_ref()?),
    };
    Some(ServiceSpec {
        name: item.name.as_str().parse().ok()?,
        module: item.name.clone(),
        program,
        memory: service.memory,
        serves: Serves::Program {
            runs: Box::new(ProgramSettings { folder: path(""), ports, connects, service, container }),
        },
        start_limit_seconds: runtime.start_limit_seconds.unwrap_or(START_LIMIT_SECONDS),
    })
}

/// Installed modules that serve and that a module needs, directly or not, those first that others need.
pub fn services_below(world: &World<'_>, item: &Installed) -> Vec<Installed> {
    let mut below: BTreeSet<&ModuleName> = BTreeSet::new();
    let mut open = vec![item];
    while let Some(item) = open.pop() {
        for name in needs_of(world, item, world.installed) {
            if below.insert(name) {
                open.extend(world.installed(name));
            }
        }
    }
    ordered(world, |name| *name != item.name && below.contains(name))
}

/// Installed modules that serve and that need a module, directly or not, those first that others need.
pub fn services_above(world: &World<'_>, item: &Installed) -> Vec<Installed> {
    let needs: BTreeMap<&ModuleName, BTreeSet<&ModuleName>> =
        world.installed.iter().map(|other| (&other.name, needs_of(world, other, world.installed))).collect();
    let mut above: BTreeSet<&ModuleName> = BTreeSet::from([&item.name]);
    loop {
        let more: Vec<&ModuleName> = needs
            .iter()
            .filter(|(name, needs)| !above.contains(**name) && needs.iter().any(|need| above.contains(need)))
            .map(|(name, _)| *name)
            .collect();
        if more.is_empty() {
            break;
        }
        above.extend(more);
    }
    ordered(world, |name| *name != item.name && above.contains(name))
}

/// Everything that is installed with what it needs, directly or not, those first that others need.
pub fn needs_in_order(world: &World<'_>) -> Vec<(ModuleName, BTreeSet<ModuleName>)> {
    let mut all: BTreeMap<ModuleName, BTreeSet<ModuleName>> = BTreeMap::new();
    let ordered = needs_first(world, world.installed);
    for item in &ordered {
        let mut needs = BTreeSet::new();
        for name in needs_of(world, item, world.installed) {
            needs.extend(all.get(name).into_iter().flatten().cloned());
            needs.insert(name.clone());
        }
        all.insert(item.name.clone(), needs);
    }
    let with_needs = |item: Installed| {
        let needs = all.remove(&item.name).unwrap_or_default();
        (item.name, needs)
    };
    ordered.into_iter().map(with_needs).collect()
}

/// What stops with these services: companions of theirs that nothing else that runs uses, users first.
pub fn companions_left(
    world: &World<'_>,
    stopping: &[Installed],
    runs: impl Fn(&Installed) -> bool,
) -> Vec<Installed> {
    let mut ending: Vec<Installed> = stopping.to_vec();
    let mut left = Vec::new();
    loop {
        let ends = |item: &Installed| ending.iter().any(|other| other.name == item.name);
        let belongs = |item: &Installed| {
            let companions = ending.iter().filter_map(|one| world.manifest(&one.name, &one.version));
            let mut companions = companions.flat_map(|manifest| &manifest.runtime.companions);
            companions.any(|request| world.seen(item).meets(request))
        };
        let unused =
            |item: &Installed| services_above(world, item).iter().all(|user| ends(user) || !runs(user));
        let next =
            world.installed.iter().find(|item| !ends(item) && runs(item) && belongs(item) && unused(item));
        let Some(next) = next.cloned() else { return left };
        ending.push(next.clone());
        left.push(next);
    }
}

/// In the order of all that is installed: between two services there may be what serves nothing.
fn ordered(world: &World<'_>, is_one: impl Fn(&ModuleName) -> bool) -> Vec<Installed> {
    let all = needs_first(world, world.installed);
    all.into_iter().filter(|item| is_one(&item.name) && world.service(item).is_some()).collect()
}
