//! How versions relate beside by name and version: one provides what another needs, or can't be beside it.

use las_types::{Manifest, ModuleName, ModuleRequest, Requirement, Version};

/// A version of a module as others see it.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) name: &'a ModuleName,
    pub(crate) version: &'a Version,
    /// None of one that only its installation knows; then it provides nothing that is known.
    pub(crate) manifest: Option<&'a Manifest>,
}

impl Seen<'_> {
    /// Whether it meets a need, by its own name or by one that it provides.
    pub(crate) fn meets(&self, request: &ModuleRequest) -> bool {
        (*self.name == request.name && request.requirement.matches(self.version)) || self.provides(request)
    }

    /// Whether it provides what is needed under another name than its own.
    pub(crate) fn provides(&self, request: &ModuleRequest) -> bool {
        let provided = self.manifest.map_or(&[][..], |manifest| &manifest.interfaces.provides);
        provided.iter().any(|one| one.name == request.name && one.satisfies(&request.requirement))
    }

    /// A name that it provides, as it is written.
    pub(crate) fn provided_as(&self, name: &ModuleName) -> String {
        let provided = self.manifest.map_or(&[][..], |manifest| &manifest.interfaces.provides);
        provided.iter().find(|one| one.name == *name).map_or_else(|| name.to_string(), ToString::to_string)
    }

    /// Whether a conflict is one with it.
    pub(crate) fn is_meant(&self, conflict: &ModuleRequest) -> bool {
        let own = *self.name == conflict.name;
        let any = conflict.requirement == Requirement::any();
        (own && (any || conflict.requirement.matches(self.version))) || self.provides(conflict)
    }

    /// Whether it can't be beside another module.
    pub(crate) fn opposes(&self, other: &Seen<'_>) -> bool {
        let conflicts = self.manifest.map_or(&[][..], |manifest| &manifest.conflicts);
        self.name != other.name && conflicts.iter().any(|conflict| other.is_meant(conflict))
    }
}

#[cfg(test)]
mod tests;
