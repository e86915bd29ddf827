//! Checks how a manifest says that its module runs in a container.

use super::check::Shown;
use las_types::{
    ByteSize, ContainerImage, ContainerNetwork, ContainerSection, Failure, Hole, InnerPath, Manifest, Probe,
    RuntimeMode, ServiceSection, SourceSection, Template,
};

/// The least and the most that one folder in memory may have.
const MEMORY: std::ops::RangeInclusive<u64> = 4096..=64 << 30;

/// A container is made from an image: the module's source, or one beside it.
pub(super) fn has_image(manifest: &Manifest, shown: &Shown<'_>) -> Result<(), Failure> {
    let Some(section) = &manifest.runtime.container else { return Ok(()) };
    match (&manifest.source, &section.image) {
        (Some(SourceSection::Oci { .. }), None) => Ok(()),
        (Some(SourceSection::Oci { .. }), Some(_)) => {
            Err(shown.invalid("image", "the image is the 'source' already"))
        }
        (Some(_), Some(image)) => beside(manifest, image, section, shown),
        (None, Some(_)) => Err(shown.invalid("image", "an image alone is a 'source' of kind 'oci'")),
        (_, None) => {
            Err(shown
                .invalid("container", "a container needs an image: a 'source' of kind 'oci', or 'image'"))
        }
    }
}

/// An image beside a native source serves the same, and both modes are named.
fn beside(
    manifest: &Manifest,
    image: &ContainerImage,
    section: &ContainerSection,
    shown: &Shown<'_>,
) -> Result<(), Failure> {
    let modes = &manifest.runtime.modes;
    if ![RuntimeMode::Native, RuntimeMode::Container].iter().all(|mode| modes.contains(mode)) {
        return Err(shown.invalid("modes", "what comes natively and as an image names both modes"));
    }
    if manifest.runtime.service.is_none() {
        return Err(shown.invalid("container", "a container is made for a 'service', which is missing"));
    }
    if let Some(service) = &image.service {
        super::serving::check_one(service, true, shown)?;
    }
    folders(section, shown)?;
    manifest.service_in(RuntimeMode::Container).map_or(Ok(()), |service| serves(service, section, shown))
}

/// An image is pinned before, and what is said of its container makes sense.
pub(super) fn check(manifest: &Manifest, shown: &Shown<'_>) -> Result<(), Failure> {
    let runtime = &manifest.runtime;
    if manifest.model.is_some() {
        return Err(shown.invalid("kind", "a model does not come as an image"));
    }
    if manifest.integrity.checksum.is_none() {
        return Err(
            shown.invalid("source", "an image needs the 'checksum' of its manifest under 'integrity'")
        );
    }
    if !runtime.modes.is_empty() && !runtime.modes.contains(&RuntimeMode::Container) {
        return Err(shown.invalid("modes", "what comes as an image runs in a container"));
    }
    if !runtime.proof.is_empty() {
        return Err(shown.invalid("proof", "nothing of an image is started to prove it"));
    }
    if let Some(program) = runtime.program.as_ref().filter(|program| !is_inner(program)) {
        return Err(shown.invalid("program", format!("'{program}' is no absolute path in an image")));
    }
    let section = runtime.container.clone().unwrap_or_default();
    folders(&section, shown)?;
    match &runtime.service {
        Some(service) => serves(service, &section, shown),
        None if runtime.container.is_some() => {
            Err(shown.invalid("container", "a container is made for a 'service', which is missing"))
        }
        None => Ok(()),
    }
}

fn is_inner(path: &str) -> bool {
    path.parse::<InnerPath>().is_ok()
}

/// No folder lies in another: which of them counts would depend on the engine.
fn folders(section: &ContainerSection, shown: &Shown<'_>) -> Result<(), Failure> {
    let all: Vec<&InnerPath> = section.data.iter().chain(&section.run).chain(section.tmpfs.keys()).collect();
    for (place, one) in all.iter().enumerate() {
        if let Some(other) = all[..place].iter().find(|other| other.overlaps(one)) {
            return Err(shown.invalid("container", format!("'{one}' and '{other}' lie in each other")));
        }
    }
    let fits = |size: &ByteSize| MEMORY.contains(&size.bytes());
    match section.tmpfs.iter().find(|(_, size)| !fits(size)) {
        Some((path, size)) => {
            Err(shown.invalid("tmpfs", format!("'{path}' can't have {size}: from 4 KiB to 64 GiB")))
        }
        None => Ok(()),
    }
}

fn serves(service: &ServiceSection, section: &ContainerSection, shown: &Shown<'_>) -> Result<(), Failure> {
    if !service.prepare.is_empty() {
        return Err(shown.invalid("prepare", "nothing is prepared in a container: its image does that"));
    }
    if section.network == ContainerNetwork::None && !service.ports.is_empty() {
        return Err(shown.invalid("ports", "a container without 'network: published' has no ports"));
    }
    if !service.files.is_empty() && section.run.is_none() {
        return Err(shown.invalid("files", "files need a 'run' folder in the container"));
    }
    let probes = std::iter::once(&service.ready).chain(&service.alive);
    let programs = probes.clone().filter_map(|probe| match probe {
        Probe::Exec { program, .. } => Some(program),
        _ => None,
    });
    if let Some(program) = programs.into_iter().find(|program| !is_inner(program)) {
        return Err(shown.invalid("program", format!("'{program}' is no absolute path in an image")));
    }
    let asked = probes.flat_map(|probe| match probe {
        Probe::Exec { arguments, .. } => arguments.as_slice(),
        _ => &[],
    });
    let texts = service.arguments.iter().chain(service.environment.values()).chain(service.files.values());
    let unfilled = |hole: &&Hole| match hole {
        Hole::Data => section.data.is_none(),
        Hole::Run => section.run.is_none(),
        Hole::Module | Hole::New => true,
        Hole::Port(_) | Hole::Peer(..) => false,
    };
    match texts.chain(asked).flat_map(Template::holes).find(unfilled) {
        Some(hole) => Err(shown.invalid("service", format!("nothing fills '${{{hole}}}' in this container"))),
        None => Ok(()),
    }
}
