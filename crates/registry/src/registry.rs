//! The manifests: loaded, checked, looked up by name and version.

mod cache;
mod check;
mod connecting;
mod contained;
mod discover;
mod load;
mod module;
mod serving;
mod source;
#[cfg(test)]
mod tests;

pub use module::{Module, Release};
pub use source::{Loaded, Root, Sources, Standing, Unsigned};

use crate::Artefacts;
use las_types::{Category, Code, Detail, Failure, Manifest, ModuleName, ModuleRequest, Origin, Version};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A manifest that was set aside.
#[derive(Debug)]
pub struct Rejected {
    /// Whose registry it stands in.
    pub origin: Origin,
    /// Its file, relative to the registry's root if that is the application's.
    pub path: String,
    /// The module that it would have described, as far as its text or its folder says.
    pub name: Option<ModuleName>,
    /// Why.
    pub failure: Failure,
}

/// Every usable manifest, and those that were set aside.
#[derive(Debug, Default)]
pub struct Registry {
    modules: BTreeMap<ModuleName, Module>,
    providers: Related,
    opponents: Related,
    rejected: Vec<Rejected>,
    roots: Vec<Loaded>,
}

/// For a name, the modules of which some version says something about it.
type Related = BTreeMap<ModuleName, BTreeSet<ModuleName>>;

impl Registry {
    /// Loads the application's own registry: every `*.yaml` below the root, `schema/` and `models/` excepted,
    /// checked against the shipped artefacts. What can't be used goes to [`Registry::rejected`].
    pub fn load(root: &Path, artefacts: &Artefacts) -> Self {
        Self::gather(&Sources::builtin(root, artefacts)).0
    }

    /// Manifests that were set aside, each with its reason, by registry and path.
    pub fn rejected(&self) -> &[Rejected] {
        &self.rejected
    }

    /// Every version of a module, newest first.
    pub fn versions(&self, name: &ModuleName) -> &[Manifest] {
        self.modules.get(name).map_or(&[], Module::manifests)
    }

    /// Where every version of a module comes from, in the order of [`Registry::versions`].
    pub fn releases(&self, name: &ModuleName) -> &[Release] {
        self.modules.get(name).map_or(&[], Module::releases)
    }

    /// The oldest version of a module that is of use, by any of its manifests.
    pub fn least_useful(&self, name: &ModuleName) -> Option<&Version> {
        self.modules.get(name)?.least_useful()
    }

    /// The directories that it was loaded from, in the order in which they count.
    pub fn roots(&self) -> &[Loaded] {
        &self.roots
    }

    /// A name that modules provide beside their own, and which do in some version, sorted; none if
    /// no module does.
    pub fn provided(&self, name: &ModuleName) -> Option<(&ModuleName, &BTreeSet<ModuleName>)> {
        self.providers.get_key_value(name)
    }

    /// Modules of which some version conflicts with a name, sorted.
    pub fn opponents(&self, name: &ModuleName) -> impl Iterator<Item = &ModuleName> {
        self.opponents.get(name).into_iter().flatten()
    }

    /// Every module, by name.
    pub fn names(&self) -> impl Iterator<Item = (&ModuleName, &Module)> {
        self.modules.iter()
    }

    /// Every manifest: modules by name, the versions of each newest first. Reads all that were not
    /// asked for yet.
    pub fn modules(&self) -> impl Iterator<Item = &Manifest> {
        self.modules.values().flat_map(Module::manifests)
    }

    /// Every model's manifest, in the same order. Only those are read.
    pub fn models(&self) -> impl Iterator<Item = &Manifest> {
        let holds = |module: &&Module| module.releases().iter().any(|one| one.category == Category::Model);
        let models = self.modules.values().filter(holds).flat_map(Module::manifests);
        models.filter(|manifest| manifest.category == Category::Model)
    }

    /// The newest version that satisfies a request.
    ///
    /// Codes: `module-not-found`; `module-conflict` if no version satisfies it; the reason of the
    /// rejection for a module all of whose manifests were set aside.
    pub fn find(&self, request: &ModuleRequest) -> Result<&Manifest, Failure> {
        let module = self.modules.get(&request.name).ok_or_else(|| self.absent(&request.name))?;
        let releases = module.releases();
        let place = releases.iter().position(|release| request.requirement.matches(&release.version));
        place.and_then(|place| module.manifests().get(place)).ok_or_else(|| {
            let there: Vec<String> = releases.iter().map(|release| release.version.to_string()).collect();
            Failure::new(Code::ModuleConflict).with("name", &request.name).detailed([
                Detail::new("asked").with("request", request),
                Detail::new("offered").with("name", &request.name).with("versions", there.join(", ")),
            ])
        })
    }

    /// Why a module without any usable manifest is not there.
    fn absent(&self, name: &ModuleName) -> Failure {
        match self.rejected.iter().rev().find(|rejected| rejected.name.as_ref() == Some(name)) {
            // The cause stays with the rejection; code and arguments are what people see.
            Some(rejected) => {
                let mut failure = Failure::new(rejected.failure.code);
                failure.args.clone_from(&rejected.failure.args);
                failure
            }
            None => Failure::new(Code::ModuleNotFound).with("name", name),
        }
    }
}
