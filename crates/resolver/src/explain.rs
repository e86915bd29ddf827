//! Why there is no solution: what each manifest on the way to the contradiction says.

use crate::candidates::{Package, Places};
use crate::known::{Conflict, Known, Need, PINNED, Refusal};
use crate::relate::Seen;
use las_types::{Detail, ModuleName, ModuleRequest, Requirement, Version};
use pubgrub::{DerivationTree, External};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

/// More than a person reads.
const FACTS_MAX: usize = 24;
const VERSIONS_MAX: usize = 4;

/// What somebody wants, and what must stay as it is meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish<'w> {
    /// All of it, as the solver sees it: first what is asked for, then exactly what must stay.
    pub(crate) all: &'w [ModuleRequest],
    /// How many of these were asked for.
    pub(crate) asked: usize,
}

/// One thing that a derivation rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact<'a> {
    /// Asked for.
    Asked(String),
    /// Installed; what it needs must stay.
    Kept(String),
    /// These versions need that.
    Needs(&'a ModuleName, Versions<'a>, String),
    /// The machine refuses these versions.
    Refused(&'a ModuleName, Arc<Refusal>, Versions<'a>),
    /// What there is of a module that others disagree about.
    Offered(&'a ModuleName, Versions<'a>),
    /// These versions can be what is needed by that name.
    Provides(&'a ModuleName, Versions<'a>, String),
    /// These versions can't be beside that.
    Opposes(&'a ModuleName, Versions<'a>, String),
}

/// Versions, newest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Versions<'a>(Vec<&'a Version>);

impl fmt::Display for Versions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = match self.0.as_slice() {
            all if all.len() <= VERSIONS_MAX => (all, None),
            [first @ .., last] => (first.get(..VERSIONS_MAX - 1).unwrap_or(first), Some(last)),
            [] => return Ok(()),
        };
        let shown: Vec<String> = first.iter().map(ToString::to_string).collect();
        f.write_str(&shown.join(", "))?;
        last.map_or(Ok(()), |last| write!(f, " … {last}"))
    }
}

impl Fact<'_> {
    /// As a sentence of its own.
    fn detail(&self) -> Detail {
        let of = |key: &str, name: &ModuleName, versions: &Versions<'_>| {
            Detail::new(key).with("name", name).with("versions", versions).with("count", versions.0.len())
        };
        match self {
            Self::Asked(request) => Detail::new("asked").with("request", request),
            Self::Kept(item) => Detail::new("kept").with("item", item),
            Self::Needs(name, versions, request) => of("needs", name, versions).with("request", request),
            Self::Refused(name, refusal, versions) => {
                let mut detail = of(&format!("refused-{}", refusal.reason), name, versions);
                for (arg, value) in &refusal.args {
                    detail.args.entry(arg.clone()).or_insert_with(|| value.clone());
                }
                detail
            }
            Self::Offered(name, versions) if versions.0.is_empty() => {
                Detail::new("not-offered").with("name", name)
            }
            Self::Offered(name, versions) => of("offered", name, versions),
            Self::Provides(name, versions, what) => of("provides", name, versions).with("what", what),
            Self::Opposes(name, versions, request) => of("opposes", name, versions).with("request", request),
        }
    }
}

/// Facts as sentences; what is left out is counted.
pub(crate) fn details(facts: &BTreeSet<Fact<'_>>) -> Vec<Detail> {
    let mut shown: Vec<Detail> = facts.iter().take(FACTS_MAX).map(Fact::detail).collect();
    if facts.len() > FACTS_MAX {
        shown.push(Detail::new("more").with("count", facts.len() - FACTS_MAX));
    }
    shown
}

/// How a module that the machine refuses came to be needed; nothing if it was asked for itself.
pub(crate) fn way_to(facts: &BTreeSet<Fact<'_>>, refused: &str) -> Vec<Detail> {
    let way: BTreeSet<Fact<'_>> = facts
        .iter()
        .filter(|fact| matches!(fact, Fact::Asked(_) | Fact::Kept(_) | Fact::Needs(..)))
        .cloned()
        .collect();
    let needed = |fact: &Fact<'_>| matches!(fact, Fact::Needs(_, _, request) if name_of(request) == refused);
    if way.iter().any(needed) { details(&way) } else { Vec::new() }
}

/// The pins that a derivation rests on, each as `name version`; empty if there are none.
pub(crate) fn pins(facts: &BTreeSet<Fact<'_>>) -> String {
    let pinned = |fact: &Fact<'_>| match fact {
        Fact::Refused(name, refusal, _) if refusal.reason == PINNED => {
            Some(format!("{name} {}", refusal.args.get("pinned")?))
        }
        _ => None,
    };
    facts.iter().filter_map(pinned).collect::<Vec<_>>().join(", ")
}

fn name_of(request: &str) -> &str {
    request.split('@').next().unwrap_or(request)
}

type Tree<'a> = DerivationTree<Package<'a>, Places, Arc<Refusal>>;

/// What a derivation rests on, each fact once.
pub(crate) fn facts<'a>(known: &'a Known<'_>, wish: Wish<'_>, tree: &Tree<'a>) -> BTreeSet<Fact<'a>> {
    let mut found = Found { known, wish, facts: BTreeSet::new(), refused: BTreeMap::new() };
    // A derivation shares its parts: as a tree it may be endlessly larger than what it says.
    let mut seen: HashSet<*const Tree<'a>> = HashSet::new();
    let mut open = vec![tree];
    while let Some(tree) = open.pop() {
        match tree {
            DerivationTree::Derived(derived) => {
                for cause in [&derived.cause1, &derived.cause2] {
                    if seen.insert(Arc::as_ptr(cause)) {
                        open.push(cause);
                    }
                }
            }
            DerivationTree::External(external) => found.explain(external),
        }
    }
    found.all()
}

/// Facts while they are gathered.
struct Found<'f, 'w, 'a> {
    known: &'a Known<'f>,
    wish: Wish<'w>,
    facts: BTreeSet<Fact<'a>>,
    /// Versions that are refused for the same reason are told of together.
    refused: BTreeMap<(&'a ModuleName, Arc<Refusal>), BTreeSet<&'a Version>>,
}

impl<'a> Found<'_, '_, 'a> {
    fn explain(&mut self, external: &External<Package<'a>, Places, Arc<Refusal>>) {
        match external {
            // That the wish is the wish, and that what it needs isn't there: the needs say both.
            External::NotRoot(..) | External::NoVersions(..) => {}
            External::FromDependencyOf(user, range, needed, _) => {
                if let Some(conflict) = self.known.conflict(*needed) {
                    return self.opposes((*user, range), conflict);
                }
                let Some(name) = self.known.name(*needed) else { return };
                if matches!(user, Package::Need(_)) {
                    // What can meet the need was told where the need was.
                    return;
                }
                let disputed =
                    if *user == Package::Wish { self.wished(name) } else { self.needs((*user, range), name) };
                if let Some(need) = self.known.need(*needed).filter(|need| !need.ways.is_empty()) {
                    return self.provides(&need);
                }
                let there = versions(self.known, *needed, &Places::full());
                if disputed || there.0.is_empty() {
                    self.facts.insert(Fact::Offered(name, there));
                }
            }
            External::Custom(package, range, refusal) => {
                if let Some(name) = self.known.name(*package) {
                    let refused = self.refused.entry((name, Arc::clone(refusal))).or_default();
                    refused.extend(versions(self.known, *package, range).0);
                }
            }
        }
    }

    /// Who can meet a need by a name that it provides.
    fn provides(&mut self, need: &Need<'a>) {
        let mut by_what: BTreeMap<(&'a ModuleName, String), Vec<&'a Version>> = BTreeMap::new();
        for seen in need.ways.iter().filter_map(|way| self.known.seen(way.module, way.place)) {
            by_what.entry((seen.name, seen.provided_as(need.name))).or_default().push(seen.version);
        }
        let fact = |((name, what), versions)| Fact::Provides(name, Versions(versions), what);
        self.facts.extend(by_what.into_iter().map(fact));
    }

    /// Who declares a conflict, and what one whom it means is called in it.
    fn opposes(&mut self, (user, range): (Package<'a>, &Places), conflict: Conflict<'a>) {
        let Some(module) = self.known.module(user) else { return };
        let mut told: BTreeMap<String, Vec<&'a Version>> = BTreeMap::new();
        let own = module.name == conflict.by;
        for place in module.spans(range).flatten() {
            let Some(manifest) = module.manifest(place) else { continue };
            let seen = Seen { name: module.name, version: &manifest.version, manifest: Some(manifest) };
            let text = match own {
                true if manifest.conflicts.contains(conflict.with) => conflict.with.to_string(),
                false if seen.is_meant(conflict.with) => seen.provided_as(&conflict.with.name),
                _ => continue,
            };
            told.entry(text).or_default().push(&manifest.version);
        }
        for (text, versions) in told {
            self.facts.insert(if own {
                Fact::Opposes(module.name, Versions(versions), text)
            } else if conflict.with.name == *module.name {
                Fact::Offered(module.name, Versions(versions))
            } else {
                Fact::Provides(module.name, Versions(versions), text)
            });
        }
    }

    /// What is wished of a module; whether only some of its versions will do.
    fn wished(&mut self, name: &ModuleName) -> bool {
        let mut disputed = false;
        for (place, request) in self.wish.all.iter().enumerate().filter(|(_, request)| request.name == *name)
        {
            if place < self.wish.asked {
                self.facts.insert(Fact::Asked(request.to_string()));
                disputed |= request.requirement != Requirement::any();
            } else {
                let version = request.requirement.to_string();
                self.facts.insert(Fact::Kept(format!("{name} {}", version.trim_start_matches('='))));
            }
        }
        disputed
    }

    /// Which versions of a module need which of another, in the words of their manifests; whether
    /// only some of its versions will do.
    fn needs(&mut self, (user, range): (Package<'a>, &Places), needed: &ModuleName) -> bool {
        let Some(module) = self.known.module(user) else { return false };
        let mut by_request: BTreeMap<String, Vec<&'a Version>> = BTreeMap::new();
        let mut disputed = false;
        for place in module.spans(range).flatten() {
            for request in self.known.needs(user, place).filter(|request| request.name == *needed) {
                by_request.entry(request.to_string()).or_default().extend(module.version(place));
                disputed |= request.requirement != Requirement::any();
            }
        }
        let fact = |(request, versions)| Fact::Needs(module.name, Versions(versions), request);
        self.facts.extend(by_request.into_iter().map(fact));
        disputed
    }

    fn all(mut self) -> BTreeSet<Fact<'a>> {
        for ((name, refusal), versions) in self.refused {
            let newest_first = Versions(versions.into_iter().rev().collect());
            self.facts.insert(Fact::Refused(name, refusal, newest_first));
        }
        self.facts
    }
}

fn versions<'a>(known: &'a Known<'_>, package: Package<'a>, range: &Places) -> Versions<'a> {
    let module = known.module(package);
    let there = module
        .into_iter()
        .flat_map(|module| module.spans(range).flatten().filter_map(|place| module.version(place)));
    Versions(there.collect())
}

#[cfg(test)]
mod tests;
