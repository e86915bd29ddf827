//! Everything that can be chosen, asked only for what the solver looks at.

use crate::World;
use crate::admit::admit;
use crate::candidates::{Candidates, Package, Places};
use las_types::{Failure, Manifest, ModuleName, ModuleRequest, Version};
use pubgrub::{Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

/// The registry's modules and the installed ones.
pub(crate) struct Known<'a> {
    pub(crate) world: &'a World<'a>,
    /// By name.
    modules: Vec<Candidates<'a>>,
    places: HashMap<&'a ModuleName, u32>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(world: &'a World<'a>) -> Self {
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
        Self { world, modules, places }
    }

    pub(crate) fn module(&self, package: Package<'_>) -> Option<&Candidates<'a>> {
        match package {
            Package::Module(place) => self.modules.get(place as usize),
            Package::Wish | Package::Absent(_) => None,
        }
    }

    pub(crate) fn name<'b>(&self, package: Package<'b>) -> Option<&'b ModuleName>
    where
        'a: 'b,
    {
        match package {
            Package::Absent(name) => Some(name),
            _ => self.module(package).map(|module| module.name),
        }
    }

    pub(crate) fn manifest(&self, package: Package<'_>, place: u32) -> Option<&'a Manifest> {
        self.module(package)?.manifest(place)
    }

    /// What a version needs. Of one that only its installation knows, nothing is known.
    pub(crate) fn needs(&self, package: Package<'_>, place: u32) -> &'a [ModuleRequest] {
        self.manifest(package, place).map_or(&[], |manifest| &manifest.dependencies.modules)
    }

    /// Requests as the solver takes them; several for one module must hold all together.
    fn constraints<'b>(&self, requests: &'b [ModuleRequest]) -> Vec<(Package<'b>, Places)>
    where
        'a: 'b,
    {
        let mut constraints: Vec<(Package<'b>, Places)> = Vec::with_capacity(requests.len());
        for request in requests {
            let (package, places) = match self.places.get(&request.name) {
                Some(&place) => {
                    let places = self.modules[place as usize].satisfying(&request.requirement);
                    (Package::Module(place), places)
                }
                None => (Package::Absent(&request.name), Places::full()),
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
        let manifest = module.manifest(place).filter(|_| self.choice != Choice::Any)?;
        admit(world, manifest).err().map(Refusal::from)
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
        let left = match package {
            Package::Wish => 1,
            _ => self
                .known
                .module(*package)
                .map_or(0, |module| module.spans(range).map(|span| span.end - span.start).sum()),
        };
        let conflicts = if left == 0 { u32::MAX } else { statistics.conflict_count() };
        (conflicts, Reverse(left), Reverse(*package))
    }

    fn choose_version(&self, package: &Package<'q>, range: &Places) -> Result<Option<u32>, Infallible> {
        Ok(match package {
            Package::Wish => Some(0),
            _ => self
                .known
                .module(*package)
                .and_then(|module| module.spans(range).next())
                .map(|span| span.start),
        })
    }

    fn get_dependencies(
        &self,
        package: &Package<'q>,
        place: &u32,
    ) -> Result<Dependencies<Package<'q>, Places, Arc<Refusal>>, Infallible> {
        let requests = match package {
            Package::Wish => self.wish,
            _ => self.known.needs(*package, *place),
        };
        if let Some(refusal) = self.refusal(*package, *place) {
            return Ok(Dependencies::Unavailable(Arc::new(refusal)));
        }
        let constraints: DependencyConstraints<_, _> = self.known.constraints(requests).into_iter().collect();
        Ok(Dependencies::Available(constraints))
    }
}
