//! Which versions: the newest that all requirements allow.

use crate::World;
use crate::admit::admit;
use crate::order::{Needs, dependencies_first};
use crate::range::requirement_range;
use las_types::{Code, Failure, Manifest, ModuleName, ModuleRequest};
use pubgrub::{
    DefaultStringReporter, OfflineDependencyProvider, PubGrubError, Ranges, Reporter, SelectedDependencies,
    resolve,
};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What the solver chooses versions of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Package {
    /// The wish itself; its dependencies are what is asked for.
    Wish,
    Module(ModuleName),
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wish => f.write_str("request"),
            Self::Module(name) => name.fmt(f),
        }
    }
}

type Provider = OfflineDependencyProvider<Package, Ranges<Version>>;
const WISH_VERSION: Version = Version::new(0, 0, 0);

/// The version of each module that a wish needs, and the order in which they can be installed.
#[derive(Debug)]
pub(crate) struct Solution {
    pub(crate) versions: BTreeMap<ModuleName, Version>,
    /// Dependencies first.
    pub(crate) order: Vec<ModuleName>,
}

/// Chooses versions for what is asked for, so that what is installed keeps what it depends on.
pub(crate) fn solve(world: &World<'_>, requests: &[ModuleRequest]) -> Result<Solution, Failure> {
    are_there(world, requests)?;
    let mut wish: Vec<ModuleRequest> = requests.to_vec();
    loop {
        let solution = solve_wish(world, &wish)?;
        let harmed = harmed(world, &solution);
        if harmed.is_empty() {
            return Ok(solution);
        }
        // What would be harmed must stay as it is, so it becomes part of the wish; each turn adds
        // an installed module, so there are few.
        wish.extend(harmed);
    }
}

/// Chooses versions for what is asked for as if nothing else had to stay.
pub(crate) fn choose(world: &World<'_>, requests: &[ModuleRequest]) -> Result<Solution, Failure> {
    are_there(world, requests)?;
    solve_wish(world, requests)
}

/// Names what is missing more plainly than a derivation.
fn are_there(world: &World<'_>, requests: &[ModuleRequest]) -> Result<(), Failure> {
    requests.iter().try_for_each(|request| world.registry.find(request).map(|_| ()))
}

fn solve_wish(world: &World<'_>, wish: &[ModuleRequest]) -> Result<Solution, Failure> {
    let known = Known::new(world);
    let chosen = match resolve(&known.provider(wish, true), Package::Wish, WISH_VERSION) {
        Ok(chosen) => chosen,
        Err(PubGrubError::NoSolution(mut derivation)) => {
            // Would there be one on a larger machine? Then the machine is the reason.
            if let Ok(chosen) = resolve(&known.provider(wish, false), Package::Wish, WISH_VERSION) {
                refused(&known, chosen)?;
            }
            derivation.collapse_no_versions();
            return Err(conflict(wish, DefaultStringReporter::report(&derivation)));
        }
        Err(error) => return Err(Failure::internal(error.to_string())), // an offline provider doesn't fail
    };
    let versions = modules(chosen);
    let needs: Needs = versions
        .iter()
        .map(|(name, version)| {
            let needs = known.dependencies(name, version).iter().map(|request| request.name.clone());
            (name.clone(), needs.collect())
        })
        .collect();
    let order = dependencies_first(&needs).map_err(|circle| {
        let names: Vec<&str> = circle.iter().map(ModuleName::as_str).collect();
        conflict(wish, names.join(" -> "))
    })?;
    Ok(Solution { versions, order })
}

fn modules(chosen: SelectedDependencies<Package, Version>) -> BTreeMap<ModuleName, Version> {
    let module = |(package, version)| match package {
        Package::Module(name) => Some((name, version)),
        Package::Wish => None,
    };
    chosen.into_iter().filter_map(module).collect()
}

/// The reason why the machine refuses one of the chosen versions.
fn refused(known: &Known<'_>, chosen: SelectedDependencies<Package, Version>) -> Result<(), Failure> {
    for (name, version) in modules(chosen) {
        if let Some(manifest) = known.manifest(&name, &version) {
            admit(known.world, manifest)?;
        }
    }
    Ok(())
}

fn conflict(wish: &[ModuleRequest], detail: String) -> Failure {
    let names: BTreeSet<&str> = wish.iter().map(|request| request.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    Failure::new(Code::ModuleConflict).with("name", names.join(", ")).with("detail", detail)
}

/// Installed modules that are not part of a solution and would lose what they depend on, as
/// requests for exactly what they are.
fn harmed(world: &World<'_>, solution: &Solution) -> Vec<ModuleRequest> {
    let loses = |request: &ModuleRequest| {
        solution
            .versions
            .get(&request.name)
            .is_some_and(|version| !request.requirement.semver().matches(version))
    };
    world
        .installed
        .iter()
        .filter(|item| !solution.versions.contains_key(&item.name))
        .filter(|item| world.dependencies(item).iter().any(loses))
        .filter_map(|item| format!("{}@={}", item.name, item.version.semver()).parse().ok())
        .collect()
}

/// Everything that can be chosen: the registry's versions, and installed ones that it lacks.
struct Known<'a> {
    world: &'a World<'a>,
    versions: BTreeMap<&'a ModuleName, Vec<Version>>,
}

impl<'a> Known<'a> {
    fn new(world: &'a World<'a>) -> Self {
        let mut versions: BTreeMap<&ModuleName, Vec<Version>> = BTreeMap::new();
        for manifest in world.registry.modules() {
            versions.entry(&manifest.name).or_default().push(manifest.version.semver().clone());
        }
        for item in world.installed {
            let of_name = versions.entry(&item.name).or_default();
            if !of_name.contains(item.version.semver()) {
                of_name.push(item.version.semver().clone());
            }
        }
        Self { world, versions }
    }

    fn manifest(&self, name: &ModuleName, version: &Version) -> Option<&'a Manifest> {
        self.world.registry.versions(name).iter().find(|manifest| manifest.version.semver() == version)
    }

    fn dependencies(&self, name: &ModuleName, version: &Version) -> &'a [ModuleRequest] {
        self.manifest(name, version).map_or(&[], |manifest| &manifest.dependencies.modules)
    }

    /// Requests for one module from several sides must hold all together.
    fn ranges(&self, requests: &[ModuleRequest]) -> Vec<(Package, Ranges<Version>)> {
        let mut ranges: BTreeMap<&ModuleName, Ranges<Version>> = BTreeMap::new();
        for request in requests {
            let known = self.versions.get(&request.name).map_or(&[][..], Vec::as_slice);
            let range = requirement_range(&request.requirement, known);
            let all = ranges.entry(&request.name).or_insert_with(Ranges::full);
            *all = all.intersection(&range);
        }
        ranges.into_iter().map(|(name, range)| (Package::Module(name.clone()), range)).collect()
    }

    /// With `only_admitted`, versions that the machine refuses can't be chosen.
    fn provider(&self, wish: &[ModuleRequest], only_admitted: bool) -> Provider {
        let mut provider = Provider::new();
        provider.add_dependencies(Package::Wish, WISH_VERSION, self.ranges(wish));
        for (name, versions) in &self.versions {
            for version in versions {
                let refused = |manifest| only_admitted && admit(self.world, manifest).is_err();
                if !self.manifest(name, version).is_some_and(refused) {
                    let needs = self.ranges(self.dependencies(name, version));
                    provider.add_dependencies(Package::Module((*name).clone()), version.clone(), needs);
                }
            }
        }
        provider
    }
}
