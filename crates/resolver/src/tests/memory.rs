//! A machine whose registry is made in memory.

use crate::{Draft, World, install};
use las_registry::{Artefacts, Registry};
use las_types::{
    ArtefactIndex, CapabilitySet, Category, Dependencies, Digest, Failure, HardwareProfile,
    HardwareRequirement, Installed, Integrity, Interfaces, Manifest, ModuleRequest, Pin, RuntimeSection,
    SourceSection,
};
use std::collections::BTreeMap;

/// A machine whose registry is made in memory, for many small ones.
pub(crate) struct Memory {
    artefacts: Artefacts,
    capabilities: CapabilitySet,
    profile: HardwareProfile,
}

impl Memory {
    /// Each version has one artefact that all its modules share.
    pub(super) fn new(versions: &[&str]) -> Self {
        let index = |version: &&str| ArtefactIndex {
            name: format!("any-{version}").parse().unwrap(),
            version: version.parse().unwrap(),
            source: Digest::of(b"source"),
            digest: Digest::of(version.as_bytes()),
            files: Vec::new(),
        };
        let profile = super::fixture::profile();
        let capabilities = las_policy::evaluate(&profile, "test", &[], &[]);
        Self { artefacts: versions.iter().map(index).collect(), capabilities, profile }
    }

    pub(super) fn with_kernel(mut self, release: &str) -> Self {
        self.profile.os.kernel = release.to_owned();
        self
    }

    pub(crate) fn manifest(name: &str, version: &str, needs: impl Iterator<Item = String>) -> Manifest {
        Manifest {
            name: name.parse().unwrap(),
            category: Category::Tool,
            version: version.parse().unwrap(),
            description: String::new(),
            license: None,
            hardware: HardwareRequirement::default(),
            dependencies: Dependencies {
                modules: needs.map(|need| need.parse().unwrap()).collect(),
                ..Dependencies::default()
            },
            runtime: RuntimeSection::default(),
            interfaces: Interfaces::default(),
            conflicts: Vec::new(),
            deprecation: None,
            minimum_useful_version: None,
            source: Some(SourceSection::Builtin {
                artefact: format!("any-{}", version.replace('+', "-")).parse().unwrap(),
            }),
            integrity: Integrity::default(),
            model: None,
        }
    }

    pub(super) fn install(
        &self,
        manifests: Vec<Manifest>,
        requests: &[ModuleRequest],
    ) -> Result<Draft, Failure> {
        self.look(manifests, &[], &[], |world| install(world, requests))
    }

    /// What comes of a look at a machine with that installed and held.
    pub(super) fn look<T>(
        &self,
        manifests: Vec<Manifest>,
        installed: &[Installed],
        pins: &[Pin],
        decide: impl FnOnce(&World<'_>) -> T,
    ) -> T {
        let registry: Registry = manifests.into_iter().collect();
        decide(&World {
            registry: &registry,
            artefacts: &self.artefacts,
            installed,
            services: &[],
            running: crate::Running::NOTHING,
            capabilities: &self.capabilities,
            profile: &self.profile,
            pins,
            modes: crate::Modes::default(),
            packages: &super::fixture::Packages::default(),
            facts: &BTreeMap::new(),
        })
    }
}
