//! What can be chosen, in the form the solver calculates with.

use las_types::{Installed, Manifest, ModuleName, Requirement, Version};
use pubgrub::Ranges;
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
    manifests: &'a [Manifest],
    /// Where the dropped version stands among the others.
    dropped: Option<(usize, &'a Version)>,
}

impl<'a> Candidates<'a> {
    /// Of manifests, newest first.
    pub(crate) fn new(name: &'a ModuleName, manifests: &'a [Manifest]) -> Self {
        Self { name, manifests, dropped: None }
    }

    /// What is installed can stay, whether or not the registry still has it.
    pub(crate) fn keep(&mut self, item: &'a Installed) {
        if !self.manifests.iter().any(|manifest| manifest.version == item.version) {
            let place = self.manifests.partition_point(|manifest| manifest.version > item.version);
            self.dropped = Some((place, &item.version));
        }
    }

    fn len(&self) -> usize {
        self.manifests.len() + usize::from(self.dropped.is_some())
    }

    /// Of a version that only its installation knows there is no manifest.
    pub(crate) fn manifest(&self, place: u32) -> Option<&'a Manifest> {
        let place = place as usize;
        match self.dropped {
            Some((dropped, _)) if place == dropped => None,
            Some((dropped, _)) if place > dropped => self.manifests.get(place - 1),
            _ => self.manifests.get(place),
        }
    }

    pub(crate) fn version(&self, place: u32) -> Option<&'a Version> {
        match self.dropped {
            Some((dropped, version)) if place as usize == dropped => Some(version),
            _ => self.manifest(place).map(|manifest| &manifest.version),
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
