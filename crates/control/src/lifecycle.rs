//! The life of the modules, as it is recorded: each comes to where it belongs by the transitions of the table.

use crate::ControlPlane;
use las_state::ModuleRecord;
use las_types::{
    Category, Event, ExecutionPlan, Failure, Installed, ModuleName, ModuleState, ServiceState, ServiceStatus,
    StepAction, Transition,
};
use std::collections::{BTreeMap, BTreeSet};

/// When the lives of the modules are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// Nothing of an operation is open: what was resolved has come to something or to nothing.
    Settled,
    /// An operation was cancelled: what it had resolved is as if it had never been.
    Cancelled,
    /// Its steps failed: so did what it had resolved.
    Failed,
    /// A service changed; an operation may be under way.
    Service,
}

impl ControlPlane {
    /// Where every module that is not merely available is in its life.
    pub async fn modules(&self) -> Result<Vec<ModuleRecord>, Failure> {
        Ok(self.state.modules().await?)
    }

    /// An operation began: what it will bring is resolved.
    pub(crate) async fn resolve_modules(&self, plan: &ExecutionPlan) {
        let _turn = self.lives.lock().await;
        let brings = |step: &las_types::PlanStep| match &step.action {
            StepAction::StoreAdd { item, .. } | StepAction::BlobAdd { item, .. } => Some(item.name.clone()),
            _ => None,
        };
        let names: BTreeSet<ModuleName> = plan.steps.iter().filter_map(brings).collect();
        let resolved = async {
            let records = by_name(self.state.modules().await?);
            let moves: Vec<_> = names
                .into_iter()
                .filter_map(|name| {
                    let state = records.get(&name).copied().unwrap_or(ModuleState::Available);
                    Some((name, state.to(ModuleState::Resolved)?))
                })
                .collect();
            self.state.move_modules(&moves, &[], self.clock.now()).await?;
            self.tell(&moves, &[]);
            Ok::<_, Failure>(())
        };
        note(resolved.await);
    }

    /// Brings every module to where it belongs now: by what is installed, what is offered and what runs.
    pub(crate) async fn follow_modules(&self, occasion: Occasion) {
        let _turn = self.lives.lock().await;
        let followed = async {
            let records = by_name(self.state.modules().await?);
            let installed = self.installed().await?;
            let services = self.services();
            let (mut moves, mut forgotten) = (Vec::new(), Vec::new());
            let names: BTreeSet<&ModuleName> =
                records.keys().chain(installed.iter().map(|item| &item.name)).collect();
            for name in names {
                let state = records.get(name).copied().unwrap_or(ModuleState::Available);
                let item = installed.iter().find(|item| item.name == *name);
                let offered = !self.registry.versions(name).is_empty();
                let goal = match item {
                    _ if state == ModuleState::Resolved && occasion == Occasion::Service => state,
                    Some(item) => goal(item, state, &services, offered),
                    None => without(state, occasion),
                };
                if let Some(way) = state.way(goal) {
                    moves.extend(way.into_iter().map(|step| (name.clone(), step)));
                } else {
                    // No way back leads to the beginning: its life ends, and another may begin.
                    forgotten.push(name.clone());
                    let anew = ModuleState::Available.way(goal).unwrap_or_default();
                    moves.extend(anew.into_iter().map(|step| (name.clone(), step)));
                }
            }
            self.state.move_modules(&moves, &forgotten, self.clock.now()).await?;
            self.tell(&moves, &forgotten);
            Ok::<_, Failure>(())
        };
        note(followed.await);
    }

    /// Only where each has come to, not the way.
    fn tell(&self, moves: &[(ModuleName, Transition)], forgotten: &[ModuleName]) {
        let mut ends: BTreeMap<&ModuleName, ModuleState> =
            forgotten.iter().map(|name| (name, ModuleState::Available)).collect();
        ends.extend(moves.iter().map(|(name, step)| (name, step.to())));
        for (module, state) in ends {
            self.bus.send(Event::ModuleStateChanged { module: module.clone(), state });
        }
    }
}

fn by_name(records: Vec<ModuleRecord>) -> BTreeMap<ModuleName, ModuleState> {
    records.into_iter().map(|record| (record.name, record.state)).collect()
}

/// Where something that is installed belongs.
fn goal(item: &Installed, state: ModuleState, services: &[ServiceStatus], offered: bool) -> ModuleState {
    let own: Vec<ServiceState> = services
        .iter()
        .filter(|service| service.module == item.name || service.model.as_ref() == Some(&item.name))
        .map(|service| service.state)
        .collect();
    if own.iter().any(|state| matches!(state, ServiceState::Ready | ServiceState::Starting)) {
        return ModuleState::Running;
    }
    if own.iter().any(|state| matches!(state, ServiceState::Failed | ServiceState::Restarting)) {
        return ModuleState::Failed;
    }
    if !own.is_empty() {
        return ModuleState::Stopped;
    }
    // An imported model was never offered.
    if !offered && item.category != Category::Model {
        return ModuleState::Deprecated;
    }
    match state {
        // Its core ended, and its service with it.
        ModuleState::Running | ModuleState::Stopped => ModuleState::Stopped,
        // What failed while it was installed is not better because nobody asks for it.
        ModuleState::Failed => ModuleState::Failed,
        _ => ModuleState::Installed,
    }
}

fn note(done: Result<(), Failure>) {
    if let Err(failure) = done {
        tracing::warn!(%failure, cause = ?failure.cause, "the modules' states are behind; the next change brings them up");
    }
}

/// Where something that is not installed belongs.
fn without(state: ModuleState, occasion: Occasion) -> ModuleState {
    match (state, occasion) {
        (ModuleState::Resolved, Occasion::Failed | Occasion::Settled) | (ModuleState::Failed, _) => {
            ModuleState::Failed
        }
        _ => ModuleState::Available,
    }
}

#[cfg(test)]
mod tests {
    use super::{Occasion, without};
    use las_types::ModuleState::{Available, Deprecated, Failed, Installed, Resolved, Running, Stopped};

    #[test]
    fn what_is_not_installed_has_failed_or_is_available() {
        for state in [Available, Installed, Running, Stopped, Deprecated] {
            for occasion in [Occasion::Settled, Occasion::Cancelled, Occasion::Failed, Occasion::Service] {
                assert_eq!(without(state, occasion), Available, "{state:?} {occasion:?}");
            }
        }
        assert_eq!(without(Resolved, Occasion::Failed), Failed);
        assert_eq!(without(Resolved, Occasion::Settled), Failed, "cut off by a stop");
        assert_eq!(without(Resolved, Occasion::Cancelled), Available);
        assert_eq!(without(Failed, Occasion::Service), Failed, "until it is tried again");
    }
}
