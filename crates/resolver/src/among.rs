//! What comes together and needs each other.

use crate::World;
use las_types::{Digest, Installed, ModuleName, Source};
use std::collections::{BTreeMap, BTreeSet};

/// For each of the items its places among them of what has to be there before it: what its manifest needs, an
/// adapter's base, and what has the same bytes, so that they are written once. Each is earlier than the item
/// itself, since items are given with what they need first.
pub(crate) fn needs(world: &World<'_>, items: &[(Installed, Source)]) -> Vec<BTreeSet<usize>> {
    let mut by_name: BTreeMap<&ModuleName, Vec<usize>> = BTreeMap::new();
    let mut by_bytes: BTreeMap<Digest, usize> = BTreeMap::new();
    let mut all = Vec::with_capacity(items.len());
    for (place, (item, _)) in items.iter().enumerate() {
        let mut own = BTreeSet::new();
        for request in world.dependencies(item) {
            let there = by_name.get(&request.name).into_iter().flatten().copied();
            let meets =
                |other: &usize| items.get(*other).is_some_and(|(other, _)| world.seen(other).meets(request));
            own.extend(there.filter(meets));
        }
        let base = item.model.as_ref().and_then(|model| model.base);
        own.extend(
            [base, Some(item.digest)].into_iter().flatten().filter_map(|bytes| by_bytes.get(&bytes).copied()),
        );
        all.push(own);
        by_bytes.insert(item.digest, place);
        let provided = world.seen(item).manifest.map_or(&[][..], |manifest| &manifest.interfaces.provides);
        for name in provided.iter().map(|one| &one.name).chain([&item.name]) {
            by_name.entry(name).or_default().push(place);
        }
    }
    all
}
