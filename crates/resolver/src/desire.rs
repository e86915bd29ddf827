//! Versions that should not be chosen unless somebody asks for them by name.

use las_types::{Code, Failure, Manifest, Version};

/// Why a version should not be chosen: it is deprecated, or too old to be of use. `least` is the
/// oldest useful one by any of the module's manifests.
///
/// Codes: `module-deprecated`, `module-outdated`.
pub(crate) fn undesired(manifest: &Manifest, least: Option<&Version>) -> Option<Failure> {
    let failure = |code| Failure::new(code).with("name", &manifest.name).with("version", &manifest.version);
    if let Some(deprecation) = &manifest.deprecation {
        return Some(failure(Code::ModuleDeprecated).with("reason", &deprecation.reason));
    }
    let least = least.filter(|least| manifest.version < **least)?;
    Some(failure(Code::ModuleOutdated).with("least", least))
}
