//! What stands between modules for the solver: needs that several can meet, and pairs that can't be together.
//!
//! The solver knows only "this version needs those versions of that". A need that several modules
//! can meet becomes a package whose versions are the ways to meet it, each needing one version of
//! one module. A conflict becomes a package with two versions: who declares it needs the one, whom
//! it means the other, and both at once there can't be.

use super::Known;
use crate::candidates::{Package, Places};
use crate::relate::Seen;
use las_types::{ModuleName, ModuleRequest, Requirement};
use pubgrub::Ranges;
use std::cell::RefCell;
use std::rc::Rc;

/// One way to meet a need: a version of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) module: u32,
    pub(crate) place: u32,
}

/// A need that several modules can meet.
#[derive(Clone, Debug)]
pub(crate) struct Need<'a> {
    pub(crate) name: &'a ModuleName,
    pub(crate) requirement: Requirement,
    /// What is preferred first.
    pub(crate) ways: Rc<[Way]>,
}

/// A conflict that a module declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Conflict<'a> {
    pub(crate) by: &'a ModuleName,
    pub(crate) with: &'a ModuleRequest,
}

/// Those that the solver came across, numbered in that order.
#[derive(Default)]
pub(super) struct Between<'a> {
    needs: RefCell<Vec<Need<'a>>>,
    conflicts: RefCell<Vec<Conflict<'a>>>,
}

const DECLARES: u32 = 0;
const IS_MEANT: u32 = 1;

/// A number as a place in a list.
pub(crate) fn at(number: u32) -> Option<usize> {
    usize::try_from(number).ok()
}

impl<'a> Known<'a> {
    pub(crate) fn need(&self, package: Package<'_>) -> Option<Need<'a>> {
        match package {
            Package::Need(number) => self.between.needs.borrow().get(at(number)?).cloned(),
            _ => None,
        }
    }

    pub(crate) fn conflict(&self, package: Package<'_>) -> Option<Conflict<'a>> {
        match package {
            Package::Conflict(number) => self.between.conflicts.borrow().get(at(number)?).copied(),
            _ => None,
        }
    }

    /// The package of a need that other modules than that of the name can meet; none without such.
    pub(super) fn provided(&self, request: &ModuleRequest) -> Option<Package<'static>> {
        let (name, _) = self.world.registry.provided(&request.name)?;
        let mut needs = self.between.needs.borrow_mut();
        let known =
            needs.iter().position(|need| need.name == name && need.requirement == request.requirement);
        let number = known.unwrap_or_else(|| {
            let ways = self.ways(request).into();
            needs.push(Need { name, requirement: request.requirement.clone(), ways });
            needs.len() - 1
        });
        u32::try_from(number).ok().map(Package::Need)
    }

    /// Every way to meet a need: modules that are installed first, then those that are asked for,
    /// then the one of that name, then by name; of each the newest version first, and last of all
    /// those that should not be chosen any more.
    fn ways(&self, request: &ModuleRequest) -> Vec<Way> {
        let providers = self.world.registry.provided(&request.name).map(|(_, providers)| providers);
        let mut names: Vec<&ModuleName> = providers.into_iter().flatten().chain([&request.name]).collect();
        names.sort_by_key(|name| {
            let installed = self.installed(name).is_some();
            (!installed, !self.asked.contains(*name), **name != request.name, *name)
        });
        names.dedup();
        let mut ways = Vec::new();
        for name in names {
            let Some(&module) = self.places.get(name) else { continue };
            let Some(candidates) = at(module).and_then(|module| self.modules.get(module)) else {
                continue;
            };
            let own = candidates.satisfying(&request.requirement);
            for place in candidates.spans(&Places::full()).flatten() {
                let seen = self.seen(module, place);
                let meets = (*name == request.name && own.contains(&place))
                    || seen.is_some_and(|seen| seen.provides(request));
                if meets {
                    ways.push(Way { module, place });
                }
            }
        }
        ways.sort_by_key(|way| self.undesired(way.module, way.place).is_some());
        ways
    }

    pub(crate) fn seen(&self, module: u32, place: u32) -> Option<Seen<'a>> {
        let module = self.modules.get(at(module)?)?;
        Some(Seen { name: module.name, version: module.version(place)?, manifest: module.manifest(place) })
    }

    /// What a version of a module needs of the conflicts that it declares or is meant by.
    pub(super) fn sides(&self, module: u32, place: u32, needs: &mut Vec<(Package<'_>, Places)>) {
        let Some(seen) = self.seen(module, place) else { return };
        let Some(manifest) = seen.manifest else { return };
        let mut side = |conflict: Conflict<'a>, side: u32| {
            let package = self.package_of(conflict);
            let places = Ranges::singleton(side);
            if !needs.iter().any(|(other, _)| *other == package) {
                needs.push((package, places));
            }
        };
        for with in &manifest.conflicts {
            side(Conflict { by: seen.name, with }, DECLARES);
        }
        let registry = self.world.registry;
        let provided = manifest.interfaces.provides.iter().map(|provided| &provided.name);
        for name in provided.chain([seen.name]) {
            for by in registry.opponents(name).filter(|by| *by != seen.name) {
                let all = registry.versions(by).iter().flat_map(|other| &other.conflicts);
                for with in all.filter(|with| with.name == *name && seen.is_meant(with)) {
                    side(Conflict { by, with }, IS_MEANT);
                }
            }
        }
    }

    fn package_of(&self, conflict: Conflict<'a>) -> Package<'static> {
        let mut conflicts = self.between.conflicts.borrow_mut();
        let known = conflicts.iter().position(|other| *other == conflict);
        let number = known.unwrap_or_else(|| {
            conflicts.push(conflict);
            conflicts.len() - 1
        });
        Package::Conflict(u32::try_from(number).unwrap_or(u32::MAX)) // far fewer manifests exist
    }
}
