//! Everything that can be chosen, asked only for what the solver looks at.

use crate::World;
use crate::admit::admit;
use crate::candidates::{Candidates, Package, Places};
use las_types::{Code, Failure, Manifest, ModuleName, ModuleRequest};
use pubgrub::{Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics};
use std::cmp::Reverse;
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
            Package::Module(place) => self.modules.get(usize::try_from(place).ok()?),
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
            let known = self.places.get(&request.name).map(|place| Package::Module(*place));
            let (package, places) = match known.and_then(|package| Some((package, self.module(package)?))) {
                Some((package, module)) => (package, module.satisfying(&request.requirement)),
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

/// Why the machine refuses a version: the failure that asking for it alone would be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) args: BTreeMap<String, String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.fmt(f)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let Failure { code, mut args, .. } = failure;
        // Versions with the same reason are told of together.
        args.remove("version");
        Self { code, args }
    }
}

/// Which versions may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Those that this machine may have.
    Admitted,
    /// All there are: what a larger machine could have.
    Any,
}

/// One question to the solver.
pub(crate) struct Question<'q, 'a> {
    pub(crate) known: &'q Known<'a>,
    pub(crate) wish: &'q [ModuleRequest],
    pub(crate) choice: Choice,
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
        if self.choice == Choice::Admitted
            && let Some(manifest) = self.known.manifest(*package, *place)
            && let Err(refusal) = admit(self.known.world, manifest)
        {
            return Ok(Dependencies::Unavailable(Arc::new(refusal.into())));
        }
        let constraints: DependencyConstraints<_, _> = self.known.constraints(requests).into_iter().collect();
        Ok(Dependencies::Available(constraints))
    }
}
