//! From what goes and what comes to ordered steps and their sums.

use crate::order::{Needs, dependencies_first};
use crate::{Draft, World};
use las_types::{
    ByteSize, Digest, Installed, ModuleName, Note, Placement, PlanStep, PlanTotals, ServiceName,
    ServiceState, Source, StepAction,
};
use std::collections::{BTreeMap, BTreeSet};

/// The draft of a change: services stopped first, then what goes (users before what they use),
/// then what comes, in the order given.
pub(crate) fn draft(world: &World<'_>, gone: &[Installed], added: Vec<(Installed, Source)>) -> Draft {
    let mut steps = Steps::default();
    for service in services_of(world, gone) {
        steps.push(StepAction::ServiceStop { service }, ByteSize::default(), "start-service");
    }
    for item in users_first(world, gone) {
        let action = match item.placement {
            Placement::Store { .. } => StepAction::StoreRemove { item },
            Placement::Blob | Placement::Reference { .. } => StepAction::BlobRemove { item },
        };
        steps.push(action, ByteSize::default(), "restore-removed");
    }
    let outcome = outcome(world, gone, &added);
    let totals = totals(world, gone, &added, &outcome);
    let mut draft = Draft { totals, outcome, ..Draft::default() };
    for (item, source) in added {
        draft.licenses.extend(item.license.as_ref().map(|license| format!("{}: {license}", item.name)));
        if item.model.as_ref().is_some_and(|model| model.demonstration) {
            draft.notes.push(Note::new("demonstration-model"));
        }
        steps.add(item, source);
    }
    draft.licenses.sort();
    draft.notes.dedup();
    draft.steps = steps.0;
    draft
}

#[derive(Default)]
struct Steps(Vec<PlanStep>);

impl Steps {
    fn push(&mut self, action: StepAction, bytes: ByteSize, undo: &str) {
        let index = u32::try_from(self.0.len()).unwrap_or(u32::MAX); // far fewer modules exist
        self.0.push(PlanStep { index, action, bytes, undo: undo.to_owned() });
    }

    fn add(&mut self, item: Installed, source: Source) {
        let size = item.size;
        if !matches!(item.placement, Placement::Store { .. }) {
            self.push(StepAction::BlobAdd { item, source }, size, "remove-added");
            return;
        }
        let verify =
            item.program.clone().map(|program| StepAction::ProgramVerify { item: item.clone(), program });
        self.push(StepAction::StoreAdd { item, source }, size, "remove-added");
        if let Some(action) = verify {
            self.push(action, ByteSize::default(), "nothing");
        }
    }
}

/// Running services that use something that goes: its program, its model, or the model under an adapter.
fn services_of(world: &World<'_>, gone: &[Installed]) -> BTreeSet<ServiceName> {
    let bases: BTreeSet<Digest> =
        gone.iter().filter_map(|item| item.model.as_ref()).filter_map(|model| model.base).collect();
    let goes = |name: &ModuleName| gone.iter().any(|item| item.name == *name);
    let is_base = |name: &ModuleName| world.installed(name).is_some_and(|item| bases.contains(&item.digest));
    world
        .services
        .iter()
        .filter(|service| !matches!(service.state, ServiceState::Stopped | ServiceState::Failed))
        .filter(|service| goes(&service.module) || goes(&service.model) || is_base(&service.model))
        .map(|service| service.name.clone())
        .collect()
}

/// What an item needs among others: by manifest, and an adapter its base.
fn needs_of<'a>(
    world: &'a World<'_>,
    item: &'a Installed,
    others: &'a [Installed],
) -> BTreeSet<&'a ModuleName> {
    let requests = world.dependencies(item);
    let meets = |other: &&Installed| requests.iter().any(|request| world.seen(other).meets(request));
    let mut needs: BTreeSet<&ModuleName> = others
        .iter()
        .filter(|other| other.name != item.name)
        .filter(meets)
        .map(|other| &other.name)
        .collect();
    if let Some(base) = item.model.as_ref().and_then(|model| model.base) {
        needs.extend(others.iter().filter(|other| other.digest == base).map(|other| &other.name));
    }
    needs
}

/// Items with what they need first; by name if their needs go in a circle, which no plan makes.
pub(crate) fn needs_first(world: &World<'_>, items: &[Installed]) -> Vec<Installed> {
    let by_name: BTreeMap<&ModuleName, &Installed> = items.iter().map(|item| (&item.name, item)).collect();
    let needs: Needs<'_> = items.iter().map(|item| (&item.name, needs_of(world, item, items))).collect();
    let order = dependencies_first(&needs).unwrap_or_else(|_| needs.keys().copied().collect());
    order.into_iter().filter_map(|name| by_name.get(name)).map(|item| (*item).clone()).collect()
}

fn users_first(world: &World<'_>, items: &[Installed]) -> Vec<Installed> {
    let mut ordered = needs_first(world, items);
    ordered.reverse();
    ordered
}

fn outcome(world: &World<'_>, gone: &[Installed], added: &[(Installed, Source)]) -> Vec<Installed> {
    let leaving: BTreeSet<&ModuleName> =
        gone.iter().chain(added.iter().map(|(item, _)| item)).map(|item| &item.name).collect();
    let leaves = |item: &Installed| leaving.contains(&item.name);
    let mut outcome: Vec<Installed> = world.installed.iter().filter(|item| !leaves(item)).cloned().collect();
    outcome.extend(added.iter().map(|(item, _)| item.clone()));
    outcome.sort_by(|a, b| a.name.cmp(&b.name));
    outcome
}

fn totals(
    world: &World<'_>,
    gone: &[Installed],
    added: &[(Installed, Source)],
    outcome: &[Installed],
) -> PlanTotals {
    // A file that stays where it is takes no space of ours, and two models may be one blob.
    let taken = |items: &[Installed]| -> BTreeSet<Digest> {
        items.iter().filter(|item| is_ours(item)).map(|item| item.digest).collect()
    };
    let (before, after) = (taken(world.installed), taken(outcome));
    let mut counted = BTreeSet::new();
    let mut sum = |items: &mut dyn Iterator<Item = &Installed>, other: &BTreeSet<Digest>| -> ByteSize {
        let counts =
            |item: &&Installed| is_ours(item) && !other.contains(&item.digest) && counted.insert(item.digest);
        items.filter(counts).map(|item| item.size).sum()
    };
    let disk = sum(&mut added.iter().map(|(item, _)| item), &before);
    let freed = sum(&mut gone.iter(), &after);
    PlanTotals { download: ByteSize::default(), disk, freed, memory: ByteSize::default() }
}

fn is_ours(item: &Installed) -> bool {
    !matches!(item.placement, Placement::Reference { .. })
}
