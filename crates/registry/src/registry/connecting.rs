//! Checks what a manifest says of ports of other services.

use super::check::Shown;
use las_types::{Failure, Manifest, ServiceSection};

/// A service connects only to what its module needs, so that it is there, and started before it.
pub(super) fn check(
    manifest: &Manifest,
    service: &ServiceSection,
    contained: bool,
    shown: &Shown<'_>,
) -> Result<(), Failure> {
    let own = manifest.runtime.container.as_ref().and_then(|section| section.image.as_ref());
    if contained && !service.connects.is_empty() {
        return Err(in_container(shown));
    }
    // Without a `service` of its own the image serves as the module does natively.
    if let Some(image) = own
        && !image.service.as_ref().unwrap_or(service).connects.is_empty()
    {
        return Err(in_container(shown));
    }
    for (name, ports) in &service.connects {
        if !manifest.needs().any(|request| request.name == *name) {
            return Err(shown.invalid(
                "connects",
                format!("'{name}' must be among 'dependencies', 'companions' or 'consumes', too"),
            ));
        }
        if *name == manifest.name {
            return Err(shown.invalid("connects", "its own ports are open to a service anyway"));
        }
        if ports.is_empty() {
            return Err(shown.invalid("connects", format!("no port of '{name}' is named")));
        }
    }
    Ok(())
}

fn in_container(shown: &Shown<'_>) -> Failure {
    shown.invalid(
        "connects",
        "'connects' is not offered in containers: let the module run natively, or give its 'image' a 'service' without it",
    )
}
