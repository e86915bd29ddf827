//! What can be chosen, in the form the solver calculates with.

use las_registry::{Module, Release};
use las_types::{Installed, Manifest, ModuleName, Requirement, Version};
use pubgrub::Ranges;
use semver::{Comparator, Op};
use std::cell::OnceCell;
use std::fmt;
use std::ops::{Bound, Range};

/// What the solver chooses versions of. A module is its place among all names, which is also their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Package<'a> {
    /// The wish itself; its dependencies are what is asked for.
    Wish,
    Module(u32),
    /// Asked for, and nowhere to be had.
    Absent(&'a ModuleName),
    /// A need that several modules can meet.
    Need(u32),
    /// Two sides that can't be together.
    Conflict(u32),
}

impl fmt::Display for Package<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Versions by their place, the newest at 0. Places are dense, so a range says exactly which
/// versions satisfy a requirement, semver's rules for pre-releases and builds included.
pub(crate) type Places = Ranges<u32>;

/// Every version of one module: the registry's, and the installed one if the registry has dropped it.
pub(crate) struct Candidates<'a> {
    pub(crate) name: &'a ModuleName,
    /// None of one that only its installation knows.
    module: Option<&'a Module>,
    /// Where the dropped version stands among the others.
    dropped: Option<(usize, &'a Version)>,
    /// The versions as plain numbers, if that is all they are: manifests are far apart in memory.
    numbers: OnceCell<Option<Vec<Numbers>>>,
}

impl<'a> Candidates<'a> {
    /// Of what the registry has.
    pub(crate) fn new(name: &'a ModuleName, module: Option<&'a Module>) -> Self {
        Self { name, module, dropped: None, numbers: OnceCell::new() }
    }

    fn releases(&self) -> &'a [Release] {
        self.module.map_or(&[], Module::releases)
    }

    /// What is installed can stay, whether or not the registry still has it.
    pub(crate) fn keep(&mut self, item: &'a Installed) {
        let releases = self.releases();
        if !releases.iter().any(|release| release.version == item.version) {
            let place = releases.partition_point(|release| release.version > item.version);
            self.dropped = Some((place, &item.version));
        }
    }

    fn len(&self) -> usize {
        self.releases().len() + usize::from(self.dropped.is_some())
    }

    /// The oldest version that is of use, if a manifest says which.
    pub(crate) fn least_useful(&self) -> Option<&'a Version> {
        self.module?.least_useful()
    }

    /// A place among the registry's versions; none for the one that it has dropped.
    fn registered(&self, place: u32) -> Option<usize> {
        let place = usize::try_from(place).ok()?;
        match self.dropped {
            Some((dropped, _)) if place == dropped => None,
            Some((dropped, _)) if place > dropped => Some(place - 1),
            _ => Some(place),
        }
    }

    /// Of a version that only its installation knows there is no manifest.
    pub(crate) fn manifest(&self, place: u32) -> Option<&'a Manifest> {
        self.module?.manifests().get(self.registered(place)?)
    }

    pub(crate) fn version(&self, place: u32) -> Option<&'a Version> {
        match self.registered(place) {
            None => self.dropped.map(|(_, version)| version),
            Some(place) => self.releases().get(place).map(|release| &release.version),
        }
    }

    /// The places that exist within a range, newest first, as spans.
    pub(crate) fn spans(&self, range: &Places) -> impl Iterator<Item = Range<u32>> {
        let all = u32::try_from(self.len()).unwrap_or(u32::MAX);
        range.iter().filter_map(move |(begin, end)| {
            let begin = match begin {
                Bound::Included(place) => *place,
                Bound::Excluded(place) => place.saturating_add(1),
                Bound::Unbounded => 0,
            };
            let end = match end {
                Bound::Included(place) => place.saturating_add(1),
                Bound::Excluded(place) => *place,
                Bound::Unbounded => all,
            };
            let end = end.min(all);
            (begin < end).then_some(begin..end)
        })
    }

    /// The places of the versions that satisfy a requirement, as semver has it.
    pub(crate) fn satisfying(&self, requirement: &Requirement) -> Places {
        self.within_bounds(requirement).unwrap_or_else(|| self.each_satisfying(requirement))
    }

    /// Of plain versions a comparator takes a span; none if this can't be said so simply.
    fn within_bounds(&self, requirement: &Requirement) -> Option<Places> {
        let all = 0..u32::try_from(self.len()).ok()?;
        let numbers = self.numbers.get_or_init(|| all.map(|place| plain(self.version(place)?)).collect());
        let numbers = numbers.as_ref()?;
        let (mut begin, mut end) = (0, numbers.len());
        for comparator in &requirement.semver().comparators {
            let (lowest, after) = bounds(comparator)?;
            // Newest first: what is too new comes before, what is too old after.
            let too_new = |version: &Numbers| after.is_some_and(|after| *version >= after);
            begin = begin.max(numbers.partition_point(too_new));
            end = end.min(numbers.partition_point(|version| *version >= lowest));
        }
        let place = |place: usize| u32::try_from(place).ok();
        Some(if begin < end { Ranges::between(place(begin)?, place(end)?) } else { Places::empty() })
    }

    fn each_satisfying(&self, requirement: &Requirement) -> Places {
        let mut places = Places::empty();
        let mut begin = None;
        for place in 0..=u32::try_from(self.len()).unwrap_or(u32::MAX) {
            let fits = self.version(place).is_some_and(|version| requirement.matches(version));
            match begin {
                None if fits => begin = Some(place),
                Some(first) if !fits => {
                    places = places.union(&Ranges::between(first, place));
                    begin = None;
                }
                _ => {}
            }
        }
        places
    }
}

/// Major, minor, patch.
type Numbers = (u64, u64, u64);

/// A version's numbers, if it is nothing else: pre-releases and builds have rules of their own.
fn plain(version: &Version) -> Option<Numbers> {
    let version = version.semver();
    let nothing_else = version.pre.is_empty() && version.build.is_empty();
    nothing_else.then_some((version.major, version.minor, version.patch))
}

/// The first plain version that satisfies a comparator, and the first after those that do.
fn bounds(comparator: &Comparator) -> Option<(Numbers, Option<Numbers>)> {
    let Comparator { op, major, minor, patch, ref pre } = *comparator;
    if !pre.is_empty() {
        return None;
    }
    let lowest = (major, minor.unwrap_or(0), patch.unwrap_or(0));
    let after_major = (major.checked_add(1)?, 0, 0);
    let after_minor = minor.map_or(Some(after_major), |minor| Some((major, minor.checked_add(1)?, 0)))?;
    let after_written = match (minor, patch) {
        (Some(minor), Some(patch)) => (major, minor, patch.checked_add(1)?),
        _ => after_minor,
    };
    Some(match op {
        Op::Exact | Op::Wildcard => (lowest, Some(after_written)),
        Op::Greater => (after_written, None),
        Op::GreaterEq => (lowest, None),
        Op::Less => ((0, 0, 0), Some(lowest)),
        Op::LessEq => ((0, 0, 0), Some(after_written)),
        Op::Tilde => (lowest, Some(after_minor)),
        // The leftmost number that isn't zero stays; of zeros, what is written stays.
        Op::Caret => match (major, minor, patch) {
            (0, Some(0), Some(_)) => (lowest, Some(after_written)),
            (0, Some(_), _) => (lowest, Some(after_minor)),
            _ => (lowest, Some(after_major)),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
