//! Checks how a manifest says that its module serves.

use super::check::Shown;
use las_types::{
    ByteSize, Failure, Hole, LimitsSection, Manifest, Probe, RuntimeMode, ServiceSection, SourceSection,
    Template,
};
use std::collections::BTreeSet;
use std::path::{Component, Path};

/// Ports below are the system's, and only its administrator may listen on them.
const LEAST_PORT: u16 = 1024;
/// The longest of every time that a manifest may name, in seconds.
const LONGEST: u32 = 3600;

/// What is said of a service must make sense, and name only what there is.
pub(super) fn check(manifest: &Manifest, shown: &Shown<'_>) -> Result<(), Failure> {
    let Some(service) = &manifest.runtime.service else { return Ok(()) };
    if manifest.model.is_some() {
        return Err(shown.invalid("service", "a model is served by an engine, not by itself"));
    }
    let contained = matches!(manifest.source, Some(SourceSection::Oci { .. }));
    if !contained && manifest.runtime.program.is_none() {
        return Err(shown.invalid("service", "a service needs a 'program' that is kept running"));
    }
    if !contained && !manifest.runtime.modes.contains(&RuntimeMode::Native) {
        return Err(shown.invalid("service", "a service of this kind needs the mode 'native'"));
    }
    super::connecting::check(manifest, service, contained, shown)?;
    check_one(service, contained, shown)
}

/// One way of serving, natively or in a container.
pub(super) fn check_one(service: &ServiceSection, contained: bool, shown: &Shown<'_>) -> Result<(), Failure> {
    check_ports(service, shown)?;
    check_templates(service, shown)?;
    check_preparations(service, shown)?;
    check_limits(service, shown)?;
    for (key, probe) in
        std::iter::once(("ready", &service.ready)).chain(service.alive.iter().map(|probe| ("alive", probe)))
    {
        check_probe(service, key, probe, contained, shown)?;
    }
    if matches!(service.alive, Some(Probe::Log { .. })) {
        return Err(shown.invalid("alive", "a line of the log says nothing of now"));
    }
    if let Some(path) = service.files.keys().find(|path| !is_inside(path)) {
        return Err(shown.invalid("files", format!("'{path}' is no path within a folder")));
    }
    let watch = &service.watch;
    let times = [
        ("grace_seconds", service.stop.grace_seconds),
        ("every_seconds", watch.every_seconds),
        ("limit_seconds", watch.limit_seconds),
        ("misses", watch.misses),
    ];
    match times.into_iter().find(|(_, number)| !(1..=LONGEST).contains(number)) {
        Some((key, _)) => Err(shown.invalid(key, format!("a number from 1 to {LONGEST} is needed"))),
        None => Ok(()),
    }
}

/// A program that may have nothing does not start.
fn check_limits(service: &ServiceSection, shown: &Shown<'_>) -> Result<(), Failure> {
    const LEAST_MEMORY: ByteSize = ByteSize::new(1 << 20);
    let LimitsSection { memory, cpu_percent, processes, files, at_least: _ } = service.limits;
    if memory.is_some_and(|memory| memory < LEAST_MEMORY) {
        return Err(shown.invalid("memory", "at least 1 MiB is needed"));
    }
    let least = [("cpu_percent", cpu_percent, 1), ("processes", processes, 1), ("files", files, 8)];
    match least.into_iter().find(|(_, number, least)| number.is_some_and(|number| number < *least)) {
        Some((key, _, least)) => Err(shown.invalid(key, format!("at least {least} is needed"))),
        None => Ok(()),
    }
}

/// How the runtime names a folder until it is whole; what has such a name is removed before the next try.
const BEGUN: &str = ".new-";

fn check_preparations(service: &ServiceSection, shown: &Shown<'_>) -> Result<(), Failure> {
    let mut folders = BTreeSet::new();
    for one in &service.prepare {
        if !is_inside(&one.folder) || !is_inside(&one.program) {
            let paths = format!("'{}' and '{}' must be paths within a folder", one.folder, one.program);
            return Err(shown.invalid("prepare", paths));
        }
        // A disk may take two names for one that differ in their case only.
        if !folders.insert(one.folder.to_lowercase()) {
            return Err(shown.invalid("prepare", format!("'{}' is made twice", one.folder)));
        }
        if one.folder.split('/').any(|part| part.to_lowercase().starts_with(BEGUN)) {
            return Err(
                shown.invalid("prepare", format!("'{BEGUN}' begins the name of what is not whole yet"))
            );
        }
        let holes = || one.arguments.iter().flat_map(Template::holes);
        if !holes().any(|hole| *hole == Hole::New) {
            return Err(
                shown.invalid("prepare", "nothing says where '${new}' goes, the folder that is to be made")
            );
        }
        if let Some(detail) = holes().find_map(|hole| unknown(service, hole)) {
            return Err(shown.invalid("prepare", detail));
        }
        if !(1..=LONGEST).contains(&one.limit_seconds) {
            return Err(shown.invalid("limit_seconds", format!("a number from 1 to {LONGEST} is needed")));
        }
    }
    let others = service.arguments.iter().chain(service.environment.values()).chain(service.files.values());
    let probes = std::iter::once(&service.ready).chain(&service.alive);
    let probes = probes.flat_map(|probe| match probe {
        Probe::Exec { arguments, .. } => arguments.as_slice(),
        _ => &[],
    });
    if others.chain(probes).flat_map(Template::holes).any(|hole| *hole == Hole::New) {
        return Err(shown.invalid("service", "there is a '${new}' only where something is prepared"));
    }
    Ok(())
}

fn check_ports(service: &ServiceSection, shown: &Shown<'_>) -> Result<(), Failure> {
    let mut numbers = BTreeSet::new();
    for (name, number) in &service.ports {
        if *number < LEAST_PORT {
            return Err(shown.invalid("ports", format!("'{name}' must be {LEAST_PORT} or more")));
        }
        if !numbers.insert(number) {
            return Err(shown.invalid("ports", format!("'{name}' has the number of another port")));
        }
    }
    Ok(())
}

fn check_templates(service: &ServiceSection, shown: &Shown<'_>) -> Result<(), Failure> {
    let words = |key: &'static str, words: &mut dyn Iterator<Item = &Template>| {
        words
            .flat_map(Template::holes)
            .find_map(|hole| unknown(service, hole))
            .map_or(Ok(()), |detail| Err(shown.invalid(key, detail)))
    };
    words("arguments", &mut service.arguments.iter())?;
    words("environment", &mut service.environment.values())?;
    words("files", &mut service.files.values())
}

/// What is said of a hole that names a port which there is not.
fn unknown(service: &ServiceSection, hole: &Hole) -> Option<String> {
    match hole {
        Hole::Port(name) if !service.ports.contains_key(name) => Some(format!("there is no port '{name}'")),
        Hole::Peer(peer, port) if !service.connects.get(peer).is_some_and(|ports| ports.contains(port)) => {
            Some(format!("'connects' names no port '{port}' of '{peer}'"))
        }
        _ => None,
    }
}

fn check_probe(
    service: &ServiceSection,
    key: &str,
    probe: &Probe,
    contained: bool,
    shown: &Shown<'_>,
) -> Result<(), Failure> {
    if let Some(port) = probe.port().filter(|port| !service.ports.contains_key(*port)) {
        return Err(shown.invalid(key, format!("there is no port '{port}'")));
    }
    match probe {
        Probe::Http { path, .. }
            if !(path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic())) =>
        {
            Err(shown.invalid(key, format!("'{path}' is no path: it begins with '/' and holds no blank")))
        }
        // In a container it lies where the image has it, which is looked at there.
        Probe::Exec { program, .. } if !contained && !is_inside(program) => {
            Err(shown.invalid(key, format!("'{program}' is no path within the module")))
        }
        Probe::Exec { arguments, .. } => {
            match arguments.iter().flat_map(Template::holes).find_map(|hole| unknown(service, hole)) {
                Some(detail) => Err(shown.invalid(key, detail)),
                None => Ok(()),
            }
        }
        Probe::Log { line } if line.trim().is_empty() => {
            Err(shown.invalid(key, "every line holds an empty text"))
        }
        _ => Ok(()),
    }
}

fn is_inside(path: &str) -> bool {
    let parts = Path::new(path).components();
    !path.is_empty() && !path.contains('\\') && parts.clone().all(|part| matches!(part, Component::Normal(_)))
}
