//! Whose turn it is: one operation changes the machine at a time, and what can wait for it does.

use crate::ControlPlane;
use las_types::{Code, Event, ExecutionPlan, Failure, Intent, ServiceName, StepAction};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

/// Nobody waits longer for what runs: it may be a download of a day.
const LONGEST: Duration = Duration::from_mins(10);

/// The right to change the machine, until it is dropped.
pub(crate) struct Turn {
    _held: OwnedMutexGuard<()>,
    /// Whether others had it between the asking and now.
    waited: bool,
}

impl ControlPlane {
    /// Waits for the turn of a plan, in the order of asking; who goes away while waiting has asked for nothing.
    ///
    /// Code: `operation-running` at once where what runs would leave the plan stale, otherwise after ten minutes.
    pub(crate) async fn turn_for(&self, plan: &ExecutionPlan) -> Result<Turn, Failure> {
        if let Ok(held) = Arc::clone(&self.turn).try_lock_owned() {
            return Ok(Turn { _held: held, waited: false });
        }
        let running = self.bus.all_live();
        let touches = |intent: &Intent| {
            // A repair is for what was seen before, which whoever is first may have changed on purpose.
            matches!(plan.intent, Intent::DoctorRepair { .. }) || intent.changes_installation()
        };
        if !plan.intent.only_runs() && running.iter().any(|operation| touches(&operation.intent)) {
            return Err(self.busy());
        }
        // Without a name the last operation has ended and is only tidied up: its turn is over in a moment.
        if let Some(operation) = running.first() {
            self.bus.send(Event::ChangeWaiting { plan: plan.id, behind: operation.id });
        }
        match tokio::time::timeout(LONGEST, Arc::clone(&self.turn).lock_owned()).await {
            Ok(held) => Ok(Turn { _held: held, waited: true }),
            Err(_) => Err(self.busy()),
        }
    }

    fn busy(&self) -> Failure {
        let running =
            self.bus.all_live().first().map(|operation| operation.id.to_string()).unwrap_or_default();
        Failure::new(Code::OperationRunning).with("id", running)
    }

    /// A plan of what only runs, as it is right now that it has its turn: nobody reviewed its steps, so that it is made
    /// anew where others were first. It touches no service then that the one asked for did not.
    ///
    /// Codes: `plan-stale` where it would; what planning refuses.
    pub(crate) async fn as_it_is_now(
        &self,
        plan: ExecutionPlan,
        turn: &Turn,
    ) -> Result<ExecutionPlan, Failure> {
        let base = self.current().await?.number;
        if !plan.intent.only_runs() || (base == plan.base && !turn.waited) {
            return Ok(plan);
        }
        let anew = ExecutionPlan { resumes: plan.resumes, ..self.planned(plan.intent.clone()).await? };
        if anew.base == plan.base && anew.steps == plan.steps {
            return Ok(plan);
        }
        if !touched(&anew).is_subset(&touched(&plan)) {
            let stale = Failure::new(Code::PlanStale).with("id", plan.id);
            return Err(stale.detailed(self.since(plan.base).await?));
        }
        self.state.add_plan(&anew).await?;
        tracing::info!(plan = %anew.id, asked = %plan.id, "planned anew: others were first");
        Ok(anew)
    }
}

/// The services that a plan starts or stops, and the one that it is for.
fn touched(plan: &ExecutionPlan) -> BTreeSet<ServiceName> {
    let of = |action: &StepAction| match action {
        StepAction::ServiceStart { spec } => Some(spec.name.clone()),
        StepAction::ServiceStop { service, .. } => Some(service.clone()),
        _ => None,
    };
    let named = match &plan.intent {
        Intent::ServiceStart { service }
        | Intent::ServiceRestart { service }
        | Intent::ServiceStop { service } => Some(service.clone()),
        Intent::ModelLoad { model } => model.as_str().parse().ok(),
        _ => None,
    };
    plan.steps.iter().filter_map(|step| of(&step.action)).chain(named).collect()
}
