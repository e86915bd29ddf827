//! Which versions: the newest that all requirements allow.

use crate::World;
use crate::admit::admit;
use crate::candidates::Package;
use crate::explain::{self, Wish};
use crate::known::{Choice, Floor, Known, Question, Regard};
use crate::order::{Needs, dependencies_first};
use crate::relate::Seen;
use las_types::{Code, Detail, Failure, Installed, Manifest, ModuleName, ModuleRequest, Version};
use pubgrub::{PubGrubError, SelectedDependencies, resolve};
use std::collections::{BTreeMap, BTreeSet};

/// A version that a wish needs.
#[derive(Clone, Debug)]
pub(crate) struct Chosen<'a> {
    pub(crate) name: &'a ModuleName,
    pub(crate) version: &'a Version,
    /// None of one that is installed and that the registry has dropped.
    pub(crate) manifest: Option<&'a Manifest>,
    /// What it was chosen for under another name than its own.
    pub(crate) provides: Vec<ModuleRequest>,
}

impl Chosen<'_> {
    fn seen(&self) -> Seen<'_> {
        Seen { name: self.name, version: self.version, manifest: self.manifest }
    }
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
    // An upgrade asks for no version: what should not be chosen any more is not chosen for it.
    let by_name = if floor == Floor::Installed { &[] } else { requests };
    let known = Known::new(world, by_name, Regard::Preferred);
    let mut wish: Vec<ModuleRequest> = requests.to_vec();
    loop {
        let chosen = choose(&known, Wish { all: &wish, asked: requests.len() }, floor)?;
        let harmed = harmed(world, &chosen);
        if harmed.is_empty() {
            return ordered(requests, &chosen);
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
    let known = Known::new(world, requests, Regard::Ignored);
    ordered(requests, &choose(&known, Wish { all: requests, asked: requests.len() }, Floor::None)?)
}

/// Names what is missing more plainly than a derivation.
fn are_there(world: &World<'_>, requests: &[ModuleRequest]) -> Result<(), Failure> {
    let is_there = |request: &ModuleRequest| match world.registry.find(request) {
        // What no module is called may be what modules provide.
        Err(failure) if failure.code == Code::ModuleNotFound => {
            world.registry.provided(&request.name).map(|_| ()).ok_or(failure)
        }
        found => found.map(|_| ()),
    };
    requests.iter().try_for_each(is_there)
}

type Choices<'a> = BTreeMap<&'a ModuleName, Chosen<'a>>;

fn choose<'a>(known: &Known<'a>, wish: Wish<'_>, floor: Floor) -> Result<Choices<'a>, Failure> {
    let question = |choice| Question { known, wish: wish.all, choice, floor };
    match resolve(&question(Choice::Admitted), Package::Wish, 0_u32) {
        Ok(chosen) => Ok(choices(known, chosen)),
        Err(PubGrubError::NoSolution(derivation)) => {
            let facts = explain::facts(known, wish, &derivation);
            let pins = explain::pins(&facts);
            if !pins.is_empty() && resolve(&question(Choice::Unpinned), Package::Wish, 0_u32).is_ok() {
                return Err(Failure::new(Code::ModulePinned)
                    .with("name", pins)
                    .detailed(explain::details(&facts)));
            }
            // Would there be one on a larger machine? Then the machine is the reason.
            if let Ok(chosen) = resolve(&question(Choice::Any), Package::Wish, 0_u32) {
                for manifest in choices(known, chosen).values().filter_map(|chosen| chosen.manifest) {
                    let way = || explain::way_to(&facts, manifest.name.as_str());
                    admit(known.world, manifest).map_err(|failure| failure.detailed(way()))?;
                }
            }
            Err(refused(Code::ModuleConflict, wish.all).detailed(explain::details(&facts)))
        }
        Err(error) => Err(Failure::internal(error.to_string())), // our provider doesn't fail
    }
}

fn choices<'a>(known: &Known<'a>, chosen: SelectedDependencies<Package<'_>, u32>) -> Choices<'a> {
    let mut choices = Choices::new();
    let mut met = Vec::new();
    for (package, place) in chosen {
        if let Some(module) = known.module(package)
            && let Some(version) = module.version(place)
        {
            let manifest = module.manifest(place);
            choices
                .insert(module.name, Chosen { name: module.name, version, manifest, provides: Vec::new() });
        } else if let Some(need) = known.need(package)
            && let Some(way) = usize::try_from(place).ok().and_then(|place| need.ways.get(place))
            && let Some(seen) = known.seen(way.module, way.place).filter(|seen| seen.name != need.name)
        {
            met.push((seen.name, ModuleRequest { name: need.name.clone(), requirement: need.requirement }));
        }
    }
    // The solver gives its choices in no order that means anything.
    met.sort_by_key(|(name, request)| ((*name).clone(), request.to_string()));
    for (name, request) in met {
        if let Some(chosen) = choices.get_mut(name) {
            chosen.provides.push(request);
        }
    }
    choices
}

/// Which module was chosen to meet which need, of those that another one meets than that of the name. The number of
/// modules chosen must not count for each of their needs.
struct Meeting<'c>(BTreeMap<&'c ModuleName, Vec<(&'c ModuleRequest, &'c ModuleName)>>);

impl<'c> Meeting<'c> {
    fn of(chosen: &'c Choices<'_>) -> Self {
        let mut providers: BTreeMap<&ModuleName, Vec<_>> = BTreeMap::new();
        for provider in chosen.values() {
            for request in &provider.provides {
                providers.entry(&request.name).or_default().push((request, provider.name));
            }
        }
        Self(providers)
    }

    /// The first by name, where several were chosen for the same.
    fn by(&self, request: &'c ModuleRequest) -> &'c ModuleName {
        let providers = self.0.get(&request.name).into_iter().flatten();
        let mut meeting = providers.filter(|(met, _)| *met == request);
        meeting.next().map_or(&request.name, |(_, provider)| *provider)
    }
}

fn ordered<'a>(wish: &[ModuleRequest], chosen: &Choices<'a>) -> Result<Solution<'a>, Failure> {
    let meeting = Meeting::of(chosen);
    let needs: Needs<'_> = chosen
        .iter()
        .map(|(name, chosen)| {
            let requests = chosen.manifest.into_iter().flat_map(Manifest::needs);
            (*name, requests.map(|request| meeting.by(request)).collect())
        })
        .collect();
    let order = dependencies_first(&needs).map_err(|circle| cycle(wish, chosen, &meeting, &circle))?;
    Ok(order.iter().filter_map(|name| chosen.get(name).cloned()).collect())
}

/// Modules that need each other: the path, and each link in the words of its manifest.
fn cycle(
    wish: &[ModuleRequest],
    chosen: &Choices<'_>,
    meeting: &Meeting<'_>,
    circle: &[&ModuleName],
) -> Failure {
    let with_version = |name: &ModuleName| match chosen.get(name) {
        Some(chosen) => format!("{name} {}", chosen.version),
        None => name.to_string(),
    };
    let path: Vec<String> = circle.iter().map(|name| with_version(name)).collect();
    let link = |pair: &[&ModuleName]| {
        let [from, to] = pair else { return None };
        let user = chosen.get(*from)?;
        let request = user.manifest?.needs().find(|request| meeting.by(request) == *to)?;
        let detail = Detail::new("needs").with("name", user.name).with("versions", user.version);
        Some(detail.with("count", 1).with("request", request))
    };
    refused(Code::ModuleCycle, wish)
        .with("path", path.join(" → "))
        .detailed(circle.windows(2).filter_map(link))
}

/// A failure of all that is wished together.
fn refused(code: Code, wish: &[ModuleRequest]) -> Failure {
    let names: BTreeSet<&str> = wish.iter().map(|request| request.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    Failure::new(code).with("name", names.join(", "))
}

/// Installed modules that are not part of a solution and would lose what they depend on, or can't
/// be beside what is, as requests for exactly what they are.
fn harmed(world: &World<'_>, chosen: &Choices<'_>) -> Vec<ModuleRequest> {
    let stays = |item: &&Installed| !chosen.contains_key(&item.name);
    let is_met = |request: &ModuleRequest| {
        chosen.values().any(|chosen| chosen.seen().meets(request))
            || world.installed.iter().filter(stays).any(|item| world.seen(item).meets(request))
    };
    let was_met = |request: &ModuleRequest| {
        chosen.contains_key(&request.name)
            || world.installed.iter().any(|item| world.seen(item).meets(request))
    };
    let harm = |item: &&Installed| {
        let seen = world.seen(item);
        world.dependencies(item).any(|request| !is_met(request) && was_met(request))
            || chosen.values().any(|new| new.seen().opposes(&seen) || seen.opposes(&new.seen()))
    };
    let exactly = |item: &Installed| format!("{}@={}", item.name, item.version.semver()).parse().ok();
    world.installed.iter().filter(stays).filter(harm).filter_map(exactly).collect()
}
