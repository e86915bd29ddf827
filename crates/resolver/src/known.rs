//! Everything that can be chosen, asked only for what the solver looks at.

use crate::World;
use crate::admit::admit;
use crate::candidates::{Candidates, Package, Places};
use crate::desire::undesired;
use las_types::{Failure, Installed, Manifest, ModuleName, ModuleRequest, Version};
use pubgrub::{Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics, Ranges};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

mod between;

pub(crate) use between::{Conflict, Need};

use between::Between;

/// What being installed means for a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Regard {
    /// What is installed is preferred to what would have to come.
    Preferred,
    /// Nothing: two machines with the same wish come to hold the same.
    Ignored,
}

/// The registry's modules and the installed ones.
pub(crate) struct Known<'a> {
    pub(crate) world: &'a World<'a>,
    /// By name.
    modules: Vec<Candidates<'a>>,
    places: HashMap<&'a ModuleName, u32>,
    between: Between<'a>,
    /// Whether what is installed counts when something is chosen.
    regard: Regard,
    /// What somebody asks for by its own name.
    asked: BTreeSet<ModuleName>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(world: &'a World<'a>, requests: &[ModuleRequest], regard: Regard) -> Self {
        let mut modules: BTreeMap<&ModuleName, Candidates<'a>> = world
            .registry
            .names()
            .map(|(name, module)| (name, Candidates::new(name, Some(module))))
            .collect();
        for item in world.installed {
            modules.entry(&item.name).or_insert_with(|| Candidates::new(&item.name, None)).keep(item);
        }
        let modules: Vec<_> = modules.into_values().collect();
        let places = modules.iter().zip(0..).map(|(module, place)| (module.name, place)).collect();
        let asked = requests.iter().map(|request| request.name.clone()).collect();
        Self { world, modules, places, between: Between::default(), regard, asked }
    }

    pub(crate) fn module(&self, package: Package<'_>) -> Option<&Candidates<'a>> {
        match package {
            Package::Module(place) => self.modules.get(between::at(place)?),
            Package::Wish | Package::Absent(_) | Package::Need(_) | Package::Conflict(_) => None,
        }
    }

    pub(crate) fn name<'b>(&self, package: Package<'b>) -> Option<&'b ModuleName>
    where
        'a: 'b,
    {
        match package {
            Package::Absent(name) => Some(name),
            Package::Need(_) => self.need(package).map(|need| need.name),
            _ => self.module(package).map(|module| module.name),
        }
    }

    pub(crate) fn manifest(&self, package: Package<'_>, place: u32) -> Option<&'a Manifest> {
        self.module(package)?.manifest(place)
    }

    /// What a version needs. Of one that only its installation knows, nothing is known.
    pub(crate) fn needs(
        &self,
        package: Package<'_>,
        place: u32,
    ) -> impl Iterator<Item = &'a ModuleRequest> + use<'a> {
        self.manifest(package, place).into_iter().flat_map(Manifest::needs)
    }

    /// How many versions, or ways, a range leaves.
    fn left(&self, package: Package<'_>, range: &Places) -> u32 {
        match package {
            Package::Wish => 1,
            Package::Conflict(_) => [0, 1].iter().map(|side| u32::from(range.contains(side))).sum(),
            Package::Need(_) => self
                .ways_left(package, range)
                .map_or(0, |ways| u32::try_from(ways.count()).unwrap_or(u32::MAX)),
            _ => self
                .module(package)
                .map_or(0, |module| module.spans(range).map(|span| span.end - span.start).sum()),
        }
    }

    /// The numbers of the ways that a range leaves, the preferred first.
    fn ways_left(&self, package: Package<'_>, range: &Places) -> Option<impl Iterator<Item = u32>> {
        let ways = u32::try_from(self.need(package)?.ways.len()).ok()?;
        Some((0..ways).filter(move |way| range.contains(way)))
    }

    /// What is taken of what a range leaves: the newest version, before it one that is desired.
    fn preferred(&self, package: Package<'_>, range: &Places) -> Option<u32> {
        match package {
            Package::Wish => Some(0),
            Package::Conflict(_) => [0, 1].into_iter().find(|side| range.contains(side)),
            Package::Need(_) => self.ways_left(package, range)?.next(),
            Package::Module(number) => {
                let module = self.module(package)?;
                let mut places = module.spans(range).flatten();
                let desired = places.find(|place| self.undesired(number, *place).is_none());
                desired.or_else(|| module.spans(range).flatten().next())
            }
            Package::Absent(_) => None,
        }
    }

    /// What is installed of a module, if that counts.
    fn installed(&self, name: &ModuleName) -> Option<&'a Installed> {
        self.world.installed.iter().find(|item| self.regard == Regard::Preferred && item.name == *name)
    }

    /// Why a version should not be chosen unless somebody asks for it by name; not so if it is installed.
    fn undesired(&self, module: u32, place: u32) -> Option<Failure> {
        let module = self.modules.get(between::at(module)?)?;
        let manifest = module.manifest(place)?;
        let failure = undesired(manifest, module.least_useful())?;
        let stays = self.installed(module.name).is_some_and(|item| item.version == manifest.version);
        (!stays).then_some(failure)
    }

    /// Why this machine can't have a version, or nobody should want it.
    fn refusal(&self, package: Package<'_>, place: u32) -> Option<Failure> {
        let Package::Module(number) = package else { return None };
        let manifest = self.manifest(package, place)?;
        if let Err(refusal) = admit(self.world, manifest) {
            return Some(refusal);
        }
        self.undesired(number, place).filter(|_| !self.asked.contains(&manifest.name))
    }

    /// Requests as the solver takes them; several for one module must hold all together.
    fn constraints<'b>(
        &self,
        user: Package<'_>,
        requests: impl IntoIterator<Item = &'b ModuleRequest>,
    ) -> Vec<(Package<'b>, Places)>
    where
        'a: 'b,
    {
        let mut constraints: Vec<(Package<'b>, Places)> = Vec::new();
        for request in requests {
            let own = self.places.get(&request.name).map(|place| Package::Module(*place));
            let own = own.and_then(|package| Some((package, self.module(package)?)));
            // Who asks for a name that a module has means that module.
            let provided = match own {
                Some(_) if user == Package::Wish => None,
                _ => self.provided(request),
            };
            let (package, places) = match (own, provided) {
                (_, Some(need)) => (need, Places::full()),
                (Some((package, module)), None) => (package, module.satisfying(&request.requirement)),
                (None, None) => (Package::Absent(&request.name), Places::full()),
            };
            match constraints.iter_mut().find(|(other, _)| *other == package) {
                Some((_, all)) => *all = all.intersection(&places),
                None => constraints.push((package, places)),
            }
        }
        // Their order must not depend on the order in which a manifest lists them.
        constraints.sort_by_key(|(package, _)| *package);
        constraints
    }
}

/// Why a version can't be chosen: the machine refuses it as the failure that asking for it alone would be, the
/// module is held at another, or what is installed is newer and this is an upgrade.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Refusal {
    /// The failure's code, [`PINNED`] or [`OLDER`].
    pub(crate) reason: &'static str,
    pub(crate) args: BTreeMap<String, String>,
}

/// Held at another version, which is the argument `pinned`.
pub(crate) const PINNED: &str = "pinned";
/// Older than what is installed, which is the argument `installed`.
pub(crate) const OLDER: &str = "older";

impl Refusal {
    fn by(reason: &'static str, arg: &str, version: &Version) -> Self {
        Self { reason, args: BTreeMap::from([(arg.to_owned(), version.to_string())]) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let Failure { code, mut args, .. } = failure;
        // Versions with the same reason are told of together.
        args.remove("version");
        Self { reason: code.as_str(), args }
    }
}

/// Which versions may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Those that this machine may have.
    Admitted,
    /// All there are: what a larger machine could have.
    Any,
    /// Those that this machine may have, and could have without its pins.
    Unpinned,
}

/// How old a version may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Floor {
    /// As old as it likes.
    None,
    /// Nothing gets older than what is installed, and what is installed may stay whatever it is.
    Installed,
}

/// One question to the solver.
pub(crate) struct Question<'q, 'a> {
    pub(crate) known: &'q Known<'a>,
    pub(crate) wish: &'q [ModuleRequest],
    pub(crate) choice: Choice,
    pub(crate) floor: Floor,
}

impl Question<'_, '_> {
    fn refusal(&self, package: Package<'_>, place: u32) -> Option<Refusal> {
        let module = self.known.module(package)?;
        let world = self.known.world;
        let version = module.version(place)?;
        let pinned = world.pinned(module.name).filter(|pinned| *pinned != version);
        if let Some(pinned) = pinned.filter(|_| self.choice != Choice::Unpinned) {
            return Some(Refusal::by(PINNED, "pinned", pinned));
        }
        if self.floor == Floor::Installed
            && let Some(present) = world.installed(module.name)
        {
            match version.cmp(&present.version) {
                Ordering::Less => return Some(Refusal::by(OLDER, "installed", &present.version)),
                Ordering::Equal => return None,
                Ordering::Greater => {}
            }
        }
        if self.choice == Choice::Any { None } else { self.known.refusal(package, place).map(Refusal::from) }
    }
}

impl<'q, 'a: 'q> DependencyProvider for Question<'q, 'a> {
    type P = Package<'q>;
    type V = u32;
    type VS = Places;
    type M = Arc<Refusal>;
    type Err = Infallible;
    /// Without any choice left first, then what met most conflicts, then the fewest versions; at
    /// last by name, so that nothing depends on the order of discovery.
    type Priority = (u32, Reverse<u32>, Reverse<Package<'q>>);

    fn prioritize(
        &self,
        package: &Package<'q>,
        range: &Places,
        statistics: &PackageResolutionStatistics,
    ) -> Self::Priority {
        let left = self.known.left(*package, range);
        let conflicts = if left == 0 { u32::MAX } else { statistics.conflict_count() };
        (conflicts, Reverse(left), Reverse(*package))
    }

    fn choose_version(&self, package: &Package<'q>, range: &Places) -> Result<Option<u32>, Infallible> {
        Ok(self.known.preferred(*package, range))
    }

    fn get_dependencies(
        &self,
        package: &Package<'q>,
        place: &u32,
    ) -> Result<Dependencies<Package<'q>, Places, Arc<Refusal>>, Infallible> {
        if let Some(refusal) = self.refusal(*package, *place) {
            return Ok(Dependencies::Unavailable(Arc::new(refusal)));
        }
        let mut constraints = match package {
            Package::Wish => self.known.constraints(*package, self.wish),
            _ => self.known.constraints(*package, self.known.needs(*package, *place)),
        };
        if let Package::Module(module) = package {
            self.known.sides(*module, *place, &mut constraints);
        }
        if let Some(need) = self.known.need(*package)
            && let Some(way) = between::at(*place).and_then(|place| need.ways.get(place))
        {
            constraints.push((Package::Module(way.module), Ranges::singleton(way.place)));
        }
        let constraints: DependencyConstraints<_, _> = constraints.into_iter().collect();
        Ok(Dependencies::Available(constraints))
    }
}

#[cfg(test)]
mod tests;
