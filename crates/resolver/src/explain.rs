//! Why there is no solution: what each manifest on the way to the contradiction says.

use crate::candidates::{Package, Places};
use crate::known::{Known, Refusal};
use las_types::{ModuleName, ModuleRequest, Version};
use pubgrub::{DerivationTree, External};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

/// More than a person reads.
const FACTS_MAX: usize = 24;
const VERSIONS_MAX: usize = 4;

/// One thing that a derivation rests on. Shown in signs and names, so that no language is needed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact<'a> {
    /// `? a@<2`: asked for.
    Asked(String),
    /// `a 1.0.0, 1.1.0 → c@<2`: these versions need that.
    Needs(&'a ModuleName, Versions<'a>, String),
    /// `c 2.0.0 ✗ hardware-insufficient`: the machine refuses these versions.
    Refused(&'a ModuleName, Versions<'a>, &'static str),
    /// `c: 2.0.0, 1.0.0`: what there is of a module that others disagree about; `c: –` if nothing.
    Offered(&'a ModuleName, Versions<'a>),
    /// `⚑ c@1.0.0`: held at that version.
    Pinned(&'a ModuleName, &'a Version),
    /// `c ≥ 2.0.0`: that version is installed, and nothing gets older.
    Installed(&'a ModuleName, &'a Version),
}

/// Versions, newest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Versions<'a>(Vec<&'a Version>);

impl fmt::Display for Versions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = match self.0.as_slice() {
            [] => return f.write_str("–"),
            all if all.len() <= VERSIONS_MAX => (all, None),
            [first @ .., last] => (&first[..VERSIONS_MAX - 1], Some(last)),
        };
        let shown: Vec<String> = first.iter().map(ToString::to_string).collect();
        f.write_str(&shown.join(", "))?;
        last.map_or(Ok(()), |last| write!(f, " … {last}"))
    }
}

impl fmt::Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked(request) => write!(f, "? {request}"),
            Self::Needs(name, versions, request) => write!(f, "{name} {versions} → {request}"),
            Self::Refused(name, versions, code) => write!(f, "{name} {versions} ✗ {code}"),
            Self::Offered(name, versions) => write!(f, "{name}: {versions}"),
            Self::Pinned(name, version) => write!(f, "⚑ {name}@{version}"),
            Self::Installed(name, version) => write!(f, "{name} ≥ {version}"),
        }
    }
}

/// Facts as one line; what is left out is counted.
pub(crate) fn line(facts: &BTreeSet<Fact<'_>>) -> String {
    let mut shown: Vec<String> = facts.iter().take(FACTS_MAX).map(ToString::to_string).collect();
    if facts.len() > FACTS_MAX {
        shown.push(format!("… +{}", facts.len() - FACTS_MAX));
    }
    shown.join("; ")
}

/// The pins among facts, each as `name version`; empty if it doesn't rest on any.
pub(crate) fn pins(facts: &BTreeSet<Fact<'_>>) -> String {
    let pinned = |fact: &Fact<'_>| match fact {
        Fact::Pinned(name, version) => Some(format!("{name} {version}")),
        _ => None,
    };
    facts.iter().filter_map(pinned).collect::<Vec<_>>().join(", ")
}

type Tree<'a> = DerivationTree<Package<'a>, Places, Refusal>;

/// What a derivation rests on, each fact once.
pub(crate) fn facts<'a>(known: &'a Known<'_>, wish: &[ModuleRequest], tree: &Tree<'a>) -> BTreeSet<Fact<'a>> {
    let mut facts = BTreeSet::new();
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
            DerivationTree::External(external) => explain(known, wish, external, &mut facts),
        }
    }
    facts
}

fn explain<'a>(
    known: &'a Known<'_>,
    wish: &[ModuleRequest],
    external: &External<Package<'a>, Places, Refusal>,
    facts: &mut BTreeSet<Fact<'a>>,
) {
    match external {
        // That the wish is the wish, and that what it needs isn't there: the needs say both.
        External::NotRoot(..) | External::NoVersions(..) => {}
        External::FromDependencyOf(user, range, needed, _) => {
            let Some(name) = known.name(*needed) else { return };
            if *user == Package::Wish {
                let asked = wish.iter().filter(|request| request.name == *name);
                facts.extend(asked.map(|request| Fact::Asked(request.to_string())));
            } else {
                needs(known, (*user, range), name, facts);
            }
            facts.insert(Fact::Offered(name, versions(known, *needed, &Places::full())));
        }
        External::Custom(package, range, refusal) => {
            let Some(name) = known.name(*package) else { return };
            facts.extend(match refusal {
                Refusal::Machine(code) => {
                    Some(Fact::Refused(name, versions(known, *package, range), code.as_str()))
                }
                Refusal::Pinned => known.world.pinned(name).map(|version| Fact::Pinned(name, version)),
                Refusal::Older => {
                    known.world.installed(name).map(|item| Fact::Installed(name, &item.version))
                }
            });
        }
    }
}

/// Which versions of a module need which of another, in the words of their manifests.
fn needs<'a>(
    known: &'a Known<'_>,
    (user, range): (Package<'a>, &Places),
    needed: &ModuleName,
    facts: &mut BTreeSet<Fact<'a>>,
) {
    let Some(module) = known.module(user) else { return };
    let mut by_request: BTreeMap<String, Vec<&Version>> = BTreeMap::new();
    for place in module.spans(range).flatten() {
        for request in known.needs(user, place).iter().filter(|request| request.name == *needed) {
            by_request.entry(request.to_string()).or_default().extend(module.version(place));
        }
    }
    let fact = |(request, versions)| Fact::Needs(module.name, Versions(versions), request);
    facts.extend(by_request.into_iter().map(fact));
}

fn versions<'a>(known: &'a Known<'_>, package: Package<'a>, range: &Places) -> Versions<'a> {
    let module = known.module(package);
    let there = module
        .into_iter()
        .flat_map(|module| module.spans(range).flatten().filter_map(|place| module.version(place)));
    Versions(there.collect())
}
