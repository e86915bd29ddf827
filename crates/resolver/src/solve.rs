//! Which versions: the newest that all requirements allow.

use crate::World;
use crate::admit::admit;
use crate::candidates::Package;
use crate::explain;
use crate::known::{Choice, Floor, Known, Question};
use crate::order::{Needs, dependencies_first};
use las_types::{Code, Failure, Installed, Manifest, ModuleName, ModuleRequest, Version};
use pubgrub::{PubGrubError, SelectedDependencies, resolve};
use std::collections::{BTreeMap, BTreeSet};

/// A version that a wish needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen<'a> {
    pub(crate) name: &'a ModuleName,
    pub(crate) version: &'a Version,
    /// None of one that is installed and that the registry has dropped.
    pub(crate) manifest: Option<&'a Manifest>,
}

/// What a wish needs, dependencies first.
pub(crate) type Solution<'a> = Vec<Chosen<'a>>;

/// Chooses versions for what is asked for, so that what is installed keeps what it depends on.
pub(crate) fn solve<'a>(world: &'a World<'a>, requests: &[ModuleRequest]) -> Result<Solution<'a>, Failure> {
    are_there(world, requests)?;
    solve_above(world, requests, Floor::None)
}

/// Like [`solve`], for what is known to be there, and with a floor.
pub(crate) fn solve_above<'a>(
    world: &'a World<'a>,
    requests: &[ModuleRequest],
    floor: Floor,
) -> Result<Solution<'a>, Failure> {
    let known = Known::new(world);
    let mut wish: Vec<ModuleRequest> = requests.to_vec();
    loop {
        let chosen = choose(&known, &wish, floor)?;
        let harmed = harmed(world, &chosen);
        if harmed.is_empty() {
            return ordered(&wish, &chosen);
        }
        // What would be harmed must stay as it is, so it becomes part of the wish; each turn adds
        // an installed module, so there are few.
        wish.extend(harmed);
    }
}

/// Chooses versions for what is asked for as if nothing else had to stay.
pub(crate) fn solve_alone<'a>(
    world: &'a World<'a>,
    requests: &[ModuleRequest],
) -> Result<Solution<'a>, Failure> {
    are_there(world, requests)?;
    ordered(requests, &choose(&Known::new(world), requests, Floor::None)?)
}

/// Names what is missing more plainly than a derivation.
fn are_there(world: &World<'_>, requests: &[ModuleRequest]) -> Result<(), Failure> {
    requests.iter().try_for_each(|request| world.registry.find(request).map(|_| ()))
}

type Choices<'a> = BTreeMap<&'a ModuleName, Chosen<'a>>;

fn choose<'a>(known: &Known<'a>, wish: &[ModuleRequest], floor: Floor) -> Result<Choices<'a>, Failure> {
    let question = |choice| Question { known, wish, choice, floor };
    match resolve(&question(Choice::Admitted), Package::Wish, 0_u32) {
        Ok(chosen) => Ok(choices(known, chosen)),
        Err(PubGrubError::NoSolution(derivation)) => {
            let facts = explain::facts(known, wish, &derivation);
            let pins = explain::pins(&facts);
            if !pins.is_empty() && resolve(&question(Choice::Unpinned), Package::Wish, 0_u32).is_ok() {
                let detail = explain::line(&facts);
                return Err(Failure::new(Code::ModulePinned).with("name", pins).with("detail", detail));
            }
            // Would there be one on a larger machine? Then the machine is the reason.
            if let Ok(chosen) = resolve(&question(Choice::Any), Package::Wish, 0_u32) {
                for manifest in choices(known, chosen).values().filter_map(|chosen| chosen.manifest) {
                    admit(known.world, manifest)?;
                }
            }
            Err(conflict(wish, explain::line(&facts)))
        }
        Err(error) => Err(Failure::internal(error.to_string())), // our provider doesn't fail
    }
}

fn choices<'a>(known: &Known<'a>, chosen: SelectedDependencies<Package<'_>, u32>) -> Choices<'a> {
    let of_module = |(package, place)| {
        let module = known.module(package)?;
        Some((
            module.name,
            Chosen { name: module.name, version: module.version(place)?, manifest: module.manifest(place) },
        ))
    };
    chosen.into_iter().filter_map(of_module).collect()
}

fn ordered<'a>(wish: &[ModuleRequest], chosen: &Choices<'a>) -> Result<Solution<'a>, Failure> {
    let names = |manifest: &'a Manifest| manifest.dependencies.modules.iter().map(|request| &request.name);
    let needs: Needs<'a> = chosen
        .iter()
        .map(|(name, chosen)| (*name, chosen.manifest.into_iter().flat_map(names).collect()))
        .collect();
    let order = dependencies_first(&needs).map_err(|circle| {
        let with_version = |name: &&ModuleName| match chosen.get(*name) {
            Some(chosen) => format!("{name} {}", chosen.version),
            None => name.to_string(),
        };
        let names: Vec<String> = circle.iter().map(with_version).collect();
        conflict(wish, names.join(" → "))
    })?;
    Ok(order.iter().filter_map(|name| chosen.get(name).copied()).collect())
}

fn conflict(wish: &[ModuleRequest], detail: String) -> Failure {
    let names: BTreeSet<&str> = wish.iter().map(|request| request.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    Failure::new(Code::ModuleConflict).with("name", names.join(", ")).with("detail", detail)
}

/// Installed modules that are not part of a solution and would lose what they depend on, as
/// requests for exactly what they are.
fn harmed(world: &World<'_>, chosen: &Choices<'_>) -> Vec<ModuleRequest> {
    let loses = |request: &ModuleRequest| {
        chosen.get(&request.name).is_some_and(|chosen| !request.requirement.matches(chosen.version))
    };
    let exactly = |item: &Installed| format!("{}@={}", item.name, item.version.semver()).parse().ok();
    world
        .installed
        .iter()
        .filter(|item| !chosen.contains_key(&item.name))
        .filter(|item| world.dependencies(item).iter().any(loses))
        .filter_map(exactly)
        .collect()
}
