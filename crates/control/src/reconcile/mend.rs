//! Putting right what has drifted: by a plan, like every change.

use super::{ACTOR, Mend};
use crate::ControlPlane;
use las_resolver::Draft;
use las_types::{
    ByteSize, Category, Code, Drift, DriftOutcome, Failure, GenerationNumber, Installed, Intent, ModuleName,
    OperationState, Placement, PlanStep, PlanTotals, Repair, ServiceName, ServiceSpec, ServiceState,
    StepAction,
};
use std::collections::BTreeSet;
use std::sync::Arc;

impl ControlPlane {
    /// Repairs what is pending, one thing at a time, so that what can't be repaired holds up nothing else.
    pub(super) async fn mend(self: &Arc<Self>, drifts: &mut [Drift], mend: Mend) {
        let actor = if mend == Mend::Everything { "doctor" } else { ACTOR };
        let pending = |drift: &&mut Drift| drift.outcome == DriftOutcome::Pending;
        let repairs: BTreeSet<Repair> =
            drifts.iter_mut().filter(pending).filter_map(|drift| drift.repair.clone()).collect();
        for repair in repairs {
            let outcome = match self.repair(&repair, actor).await {
                Ok(()) => DriftOutcome::Repaired,
                Err(failure) => {
                    tracing::warn!(%repair, %failure, cause = ?failure.cause, "a drift could not be repaired");
                    // Something else runs: it stays pending. What failed is tried again as often as the policy says.
                    if mend == Mend::Everything { DriftOutcome::Named } else { DriftOutcome::Pending }
                }
            };
            for drift in drifts.iter_mut().filter(|drift| drift.repair.as_ref() == Some(&repair)) {
                if drift.outcome == DriftOutcome::Pending {
                    drift.outcome = outcome;
                }
            }
        }
    }

    async fn repair(self: &Arc<Self>, repair: &Repair, actor: &str) -> Result<(), Failure> {
        let intent = match repair {
            Repair::Item { name } => Intent::DoctorRepair { modules: vec![name.clone()], others: Vec::new() },
            other => Intent::DoctorRepair { modules: Vec::new(), others: vec![other.clone()] },
        };
        let plan = self.propose(intent).await?;
        if plan.is_empty() {
            return Ok(());
        }
        let operation = self.approve(plan.id, actor, None).await?;
        let ended = self.wait(operation.id).await?;
        if ended.state == OperationState::Paused {
            return Err(Failure::new(Code::OperationPaused).with("id", ended.id));
        }
        match ended.failure {
            None => Ok(()),
            Some((code, args)) => Err(Failure { args, ..Failure::new(code) }),
        }
    }

    /// Puts things back as they are recorded: what is installed stays the same.
    pub(crate) async fn draft_repair(
        &self,
        installed: &[Installed],
        modules: &[ModuleName],
        others: &[Repair],
    ) -> Result<Draft, Failure> {
        let mut steps = Steps::default();
        let items: BTreeSet<&ModuleName> = modules
            .iter()
            .chain(others.iter().filter_map(|other| match other {
                Repair::Item { name } => Some(name),
                _ => None,
            }))
            .collect();
        let services = others.iter().filter_map(|other| match other {
            Repair::Service { service } => Some(service.clone()),
            _ => None,
        });
        let again = self.to_start_again(&items, services.collect())?;
        for spec in &again {
            let stop =
                StepAction::ServiceStop { service: spec.name.clone(), spec: Some(Box::new(spec.clone())) };
            steps.add(stop, "start-service");
        }
        for name in items {
            let item = installed
                .iter()
                .find(|item| item.name == *name)
                .ok_or_else(|| Failure::new(Code::ModuleNotFound).with("name", name))?
                .clone();
            let source = item.source.clone();
            // A second name of what is replaced would keep the old bytes.
            let views = self.views_of_its_files(&item).await?;
            let bare = item.bare();
            for view in views.iter().cloned() {
                steps.add(StepAction::ViewRemove { item: bare.clone(), view }, "restore-removed");
            }
            // A model of several files lies in the store, as modules do.
            if item.category == Category::Model && !matches!(item.placement, Placement::Store { .. }) {
                // Whatever lies under its name goes first: it may lead elsewhere.
                steps.add(StepAction::BlobRemove { item: item.clone() }, "restore-removed");
                steps.add(StepAction::BlobAdd { item, source }, "remove-added");
            } else {
                steps.add(StepAction::StoreAdd { item, source }, "restore-removed");
            }
            for view in views {
                steps.add(StepAction::ViewAdd { item: bare.clone(), view }, "remove-added");
            }
        }
        for other in others {
            match other {
                Repair::Record { number } => {
                    let generation = Box::new(self.recorded(*number).await?);
                    steps.add(StepAction::GenerationWrite { generation }, "nothing");
                }
                Repair::Stray { path } => {
                    // What was put back meanwhile belongs to something again.
                    if !self.executor.stray(installed).await?.contains(path) {
                        continue;
                    }
                    steps.add(StepAction::StrayRemove { path: path.clone() }, "restore-removed");
                }
                Repair::Machine => {
                    let profile = Box::new(self.probed_apart().await?);
                    steps.add(StepAction::MachineRecord { profile }, "nothing");
                }
                Repair::Item { .. } | Repair::Service { .. } => {}
            }
        }
        for spec in again {
            steps.add(StepAction::ServiceStart { spec: Box::new(spec) }, "stop-service");
        }
        // What came from a network comes from there again.
        let sources = || steps.0.iter().filter_map(|step| step.action.source());
        let hosts: BTreeSet<String> = sources().flat_map(las_types::Source::hosts).collect();
        let download = sources().map(las_types::Source::download).sum();
        Ok(Draft {
            totals: PlanTotals { download, ..PlanTotals::default() },
            hosts: hosts.into_iter().collect(),
            outcome: installed.to_vec(),
            steps: steps.0,
            ..Draft::default()
        })
    }

    async fn recorded(&self, number: GenerationNumber) -> Result<las_types::Generation, Failure> {
        let missing = || Failure::new(Code::GenerationNotFound).with("number", number);
        self.state.generation(number).await?.ok_or_else(missing)
    }

    /// Services that run with files that are put back, and those that are named. An engine goes on with the files
    /// that it opened, so it is started again with those that are right.
    fn to_start_again(
        &self,
        items: &BTreeSet<&ModuleName>,
        mut named: BTreeSet<ServiceName>,
    ) -> Result<Vec<ServiceSpec>, Failure> {
        let runs =
            |state| matches!(state, ServiceState::Ready | ServiceState::Starting | ServiceState::Restarting);
        let uses = self.services().into_iter().filter(|service| runs(service.state));
        let uses = uses.filter(|service| {
            let of = std::iter::once(&service.module).chain(&service.model);
            of.into_iter().any(|name| items.contains(name))
        });
        named.extend(uses.map(|service| service.name));
        let spec = |name: ServiceName| {
            let missing = || Failure::new(Code::ServiceNotFound).with("name", &name);
            self.executor.spec_of(&name).ok_or_else(missing)
        };
        named.into_iter().map(spec).collect()
    }
}

#[derive(Default)]
struct Steps(Vec<PlanStep>);

impl Steps {
    fn add(&mut self, action: StepAction, undo: &str) {
        let bytes = match &action {
            StepAction::StoreAdd { item, .. } | StepAction::BlobAdd { item, .. } => item.size,
            _ => ByteSize::default(),
        };
        self.0.push(PlanStep::next(self.0.len(), action, bytes, undo));
    }
}
