//! From what goes and what comes to ordered steps and their sums.

use crate::order::{Needs, dependencies_first};
use crate::{Draft, World, among, notes, restarts, views};
use las_types::{
    ByteSize, Digest, Installed, ModuleName, ModuleRequest, Note, Placement, PlanStep, PlanTotals,
    ServiceName, ServiceSpec, Source, StepAction,
};
use std::collections::{BTreeMap, BTreeSet};

/// The draft of a change. What comes is put beside what is there, what needs nothing of each other at the same
/// time, and proves itself before anything is stopped; then services stop, what goes goes (users before what they use), and
/// services start again from what replaced their program. What was replaced goes last, when the services
/// are healthy without it.
pub(crate) fn draft(world: &World<'_>, gone: &[Installed], added: Vec<(Installed, Source)>) -> Draft {
    let outcome = outcome(world, gone, &added);
    draft_to(world, gone, added, outcome)
}

/// The same for what is to be recorded afterwards, where that is known. Views that are not recorded any more go first, while the
/// bytes are here that undoing needs; those that are new come last.
pub(crate) fn draft_to(
    world: &World<'_>,
    gone: &[Installed],
    added: Vec<(Installed, Source)>,
    outcome: Vec<Installed>,
) -> Draft {
    let mut totals = totals(world, gone, &added, &outcome);
    let mut licenses: Vec<String> = added.iter().filter_map(|(item, _)| license(item)).collect();
    licenses.sort();
    let is_fetched = |(item, _): &&(Installed, Source)| !is_here(world, item);
    let hosts: BTreeSet<String> =
        added.iter().filter(is_fetched).flat_map(|(_, source)| source.hosts()).collect();
    let demonstration =
        |(item, _): &(Installed, Source)| item.model.as_ref().is_some_and(|model| model.demonstration);
    let mut notes = Vec::new();
    if added.iter().any(demonstration) {
        notes.push(Note::new("demonstration-model"));
    }
    for (item, source) in &added {
        if let Source::Oci { image, .. } = source {
            notes.push(Note::new("runs-in-container").with("name", &item.name).with("image", image));
        }
        notes.extend(notes::privileges(world, item));
    }
    let (stops, starts) = restarts::of(world, gone, &added, &outcome);
    if !starts.is_empty() {
        notes.push(Note::new("restarts-services"));
    }
    totals.memory = starts.iter().map(|spec| spec.memory).sum();
    // Two versions of a module have folders of their own; a model's name can point at one thing only.
    let is_stored = |item: &Installed| matches!(item.placement, Placement::Store { .. });
    let replaces = |item: &Installed| gone.iter().any(|other| other.name == item.name);
    let (beside, in_place): (Vec<_>, Vec<_>) =
        added.into_iter().partition(|(item, _)| is_stored(item) || !replaces(item));
    let stays_until_replaced =
        |item: &Installed| is_stored(item) && beside.iter().any(|(other, _)| other.name == item.name);
    let (last, first): (Vec<_>, Vec<_>) =
        users_first(world, gone).into_iter().partition(stays_until_replaced);
    let needs = among::needs(world, &beside);
    let mut all = Steps::default();
    for (item, view) in views::lacking(world.installed, &outcome) {
        all.push(StepAction::ViewRemove { item, view }, "restore-removed");
    }
    let mut proven: Vec<u32> = Vec::with_capacity(beside.len());
    for ((item, source), needs) in beside.into_iter().zip(needs) {
        let after = needs.iter().filter_map(|place| proven.get(*place).copied()).collect();
        let proof = proof(world, &item);
        proven.push(all.add(item, source, proof, Some(after)));
    }
    for (service, spec) in stops {
        all.stop(service, spec);
    }
    for item in first {
        all.remove(item);
    }
    for (item, source) in in_place {
        let proof = proof(world, &item);
        all.add(item, source, proof, None);
    }
    for spec in starts {
        all.start(spec);
    }
    for item in last {
        all.remove(item);
    }
    for (item, view) in views::lacking(&outcome, world.installed) {
        all.push(StepAction::ViewAdd { item, view }, "remove-added");
    }
    Draft { steps: all.0, totals, hosts: hosts.into_iter().collect(), licenses, outcome, notes }
}

fn license(item: &Installed) -> Option<String> {
    item.license.as_ref().map(|license| format!("{}: {license}", item.name))
}

#[derive(Default)]
struct Steps(Vec<PlanStep>);

impl Steps {
    fn push(&mut self, action: StepAction, undo: &str) {
        self.push_after(action, ByteSize::default(), undo, None);
    }

    /// Returns the step's place.
    fn push_after(
        &mut self,
        action: StepAction,
        bytes: ByteSize,
        undo: &str,
        after: Option<Vec<u32>>,
    ) -> u32 {
        let step = PlanStep { after, ..PlanStep::next(self.0.len(), action, bytes, undo) };
        let index = step.index;
        self.0.push(step);
        index
    }

    fn stop(&mut self, service: ServiceName, spec: Option<ServiceSpec>) {
        let action = StepAction::ServiceStop { service, spec: spec.map(Box::new) };
        self.push(action, "start-service");
    }

    fn start(&mut self, spec: ServiceSpec) {
        let action = StepAction::ServiceStart { spec: Box::new(spec) };
        self.push(action, "stop-service");
    }

    fn remove(&mut self, item: Installed) {
        let action = match item.placement {
            Placement::Store { .. } => StepAction::StoreRemove { item },
            Placement::Blob | Placement::Reference { .. } => StepAction::BlobRemove { item },
        };
        self.push(action, "restore-removed");
    }

    /// Returns the place of the last step that brings it: there and, if it is a program, proven.
    fn add(&mut self, item: Installed, source: Source, proof: Vec<String>, after: Option<Vec<u32>>) -> u32 {
        // Fetched, and then written a second time.
        let size = item.size.saturating_add(source.beside());
        if !matches!(item.placement, Placement::Store { .. }) {
            return self.push_after(StepAction::BlobAdd { item, source }, size, "remove-added", after);
        }
        let verify = item.program.clone().map(|program| StepAction::ProgramVerify {
            item: item.clone(),
            program,
            proof,
        });
        let added = self.push_after(StepAction::StoreAdd { item, source }, size, "remove-added", after);
        verify.map_or(added, |action| {
            self.push_after(action, ByteSize::default(), "nothing", Some(vec![added]))
        })
    }
}

/// What a program is started with to prove that it runs.
fn proof(world: &World<'_>, item: &Installed) -> Vec<String> {
    world.manifest(&item.name, &item.version).map_or_else(Vec::new, |manifest| manifest.runtime.proof.clone())
}

/// What an item needs among others: by manifest, and an adapter its base.
pub(crate) fn needs_of<'a>(
    world: &'a World<'_>,
    item: &'a Installed,
    others: &'a [Installed],
) -> BTreeSet<&'a ModuleName> {
    let requests: Vec<&ModuleRequest> = world.dependencies(item).collect();
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
        let kept = |item: &&Installed| !matches!(item.placement, Placement::Reference { .. });
        items.iter().filter(kept).map(|item| item.digest).collect()
    };
    let (before, after) = (taken(world.installed), taken(outcome));
    let mut counted = BTreeSet::new();
    let mut sum = |items: &mut dyn Iterator<Item = &Installed>, other: &BTreeSet<Digest>| -> ByteSize {
        let counts = |item: &&Installed| {
            takes_space(item) && !other.contains(&item.digest) && counted.insert(item.digest)
        };
        items.filter(counts).map(|item| item.size).sum()
    };
    let disk = sum(&mut added.iter().map(|(item, _)| item), &before);
    let freed = sum(&mut gone.iter(), &after);
    let fetched = added.iter().filter(|(item, _)| !is_here(world, item));
    let download = fetched.map(|(_, source)| source.download()).sum();
    PlanTotals { download, disk, freed, memory: ByteSize::default() }
}

/// Whether the bytes of a model are here already, under whatever name: then nothing is fetched.
fn is_here(world: &World<'_>, item: &Installed) -> bool {
    let same = |other: &Installed| other.placement == Placement::Blob && other.digest == item.digest;
    item.placement == Placement::Blob && world.installed.iter().any(same)
}

/// What another tool has too, under another name of the file or in shared blocks, takes nothing and frees nothing.
fn takes_space(item: &Installed) -> bool {
    let adopted = item.source.adoption();
    !matches!(item.placement, Placement::Reference { .. })
        && adopted.is_none_or(|adopted| adopted.by.takes_space())
}
