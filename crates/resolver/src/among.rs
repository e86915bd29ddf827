//! What comes together and needs each other.

use crate::World;
use crate::relate::Seen;
use las_types::{Digest, Installed, Manifest, ModuleName, Source};
use std::collections::{BTreeSet, HashMap};

/// For each of the items its places among them of what has to be there before it: what its manifest needs, an
/// adapter's base, and what has the same bytes, so that they are written once. Each is earlier than the item
/// itself, since items are given with what they need first.
pub(crate) fn needs(world: &World<'_>, items: &[(Installed, Source)]) -> Vec<BTreeSet<usize>> {
    let mut by_name: HashMap<&ModuleName, Vec<usize>> = HashMap::with_capacity(items.len());
    let mut by_bytes: HashMap<Digest, usize> = HashMap::with_capacity(items.len());
    let seen: Vec<Seen<'_>> = items.iter().map(|(item, _)| world.seen(item)).collect();
    let mut all = Vec::with_capacity(items.len());
    for (place, ((item, _), own_seen)) in items.iter().zip(&seen).enumerate() {
        let mut own = BTreeSet::new();
        for request in own_seen.manifest.into_iter().flat_map(Manifest::needs) {
            let there = by_name.get(&request.name).into_iter().flatten().copied();
            own.extend(there.filter(|other| seen.get(*other).is_some_and(|other| other.meets(request))));
        }
        let base = item.model.as_ref().and_then(|model| model.base);
        own.extend(
            [base, Some(item.digest)].into_iter().flatten().filter_map(|bytes| by_bytes.get(&bytes).copied()),
        );
        all.push(own);
        by_bytes.insert(item.digest, place);
        let provided = own_seen.manifest.map_or(&[][..], |manifest| &manifest.interfaces.provides);
        for name in provided.iter().map(|one| &one.name).chain([&item.name]) {
            by_name.entry(name).or_default().push(place);
        }
    }
    all
}
