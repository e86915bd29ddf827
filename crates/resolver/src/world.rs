//! What a decision looks at, and what it comes to.

use crate::mode::Modes;
use crate::relate::Seen;
use las_registry::{Artefacts, Registry};
use las_types::{
    CapabilitySet, HardwareProfile, Installed, Manifest, ModelFacts, ModuleName, ModuleRequest, Note, Pin,
    PlanStep, PlanTotals, ServiceSpec, ServiceStatus, SystemPackages, Version,
};
use std::collections::BTreeMap;

/// The services that run, as far as a plan has to start one again from another version.
#[derive(Clone, Copy)]
pub struct Running<'a> {
    /// With which settings.
    pub specs: &'a [ServiceSpec],
    /// Where a file of an installed thing lies, or would lie, as an absolute path.
    pub path_of: &'a (dyn Fn(&Installed, &str) -> String + Sync),
}

impl Running<'static> {
    /// Nothing runs.
    pub const NOTHING: Self = Self { specs: &[], path_of: &|_, _| String::new() };
}

/// Everything that a decision looks at.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Manifests.
    pub registry: &'a Registry,
    /// What is shipped.
    pub artefacts: &'a Artefacts,
    /// What is installed.
    pub installed: &'a [Installed],
    /// Services as they are.
    pub services: &'a [ServiceStatus],
    /// With which settings they run.
    pub running: Running<'a>,
    /// What the machine may do.
    pub capabilities: &'a CapabilitySet,
    /// The machine.
    pub profile: &'a HardwareProfile,
    /// The pins in force: facts that every choice keeps to.
    pub pins: &'a [Pin],
    /// What else a choice of modes looks at.
    pub modes: Modes<'a>,
    /// What the operating system has installed.
    pub packages: &'a dyn SystemPackages,
    /// What the headers of shipped model packages say, by name and version.
    pub facts: &'a BTreeMap<(ModuleName, Version), ModelFacts>,
}

impl World<'_> {
    pub(crate) fn installed(&self, name: &ModuleName) -> Option<&Installed> {
        self.installed.iter().find(|item| item.name == *name)
    }

    /// The version that a module is held at.
    pub(crate) fn pinned(&self, name: &ModuleName) -> Option<&Version> {
        self.pins.iter().find(|pin| pin.module == *name).map(|pin| &pin.version)
    }

    /// The manifest of exactly that version, if the registry has it.
    pub(crate) fn manifest(&self, name: &ModuleName, version: &Version) -> Option<&Manifest> {
        self.registry.versions(name).iter().find(|manifest| manifest.version == *version)
    }

    /// An installed item as others see it.
    pub(crate) fn seen<'b>(&'b self, item: &'b Installed) -> Seen<'b> {
        let manifest = self.manifest(&item.name, &item.version);
        Seen { name: &item.name, version: &item.version, manifest }
    }

    /// What an installed item depends on. Of one that the registry no longer has nothing is known.
    pub(crate) fn dependencies(&self, item: &Installed) -> impl Iterator<Item = &ModuleRequest> {
        self.manifest(&item.name, &item.version).into_iter().flat_map(Manifest::needs)
    }
}

/// What a change consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What is done, in order; empty if there is nothing to do.
    pub steps: Vec<PlanStep>,
    /// The sums.
    pub totals: PlanTotals,
    /// Hosts that may be asked for what is added.
    pub hosts: Vec<String>,
    /// Licences of what is added, `name: licence`.
    pub licenses: Vec<String>,
    /// What is installed afterwards, sorted by name.
    pub outcome: Vec<Installed>,
    /// Things a person should know.
    pub notes: Vec<Note>,
}
