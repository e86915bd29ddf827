//! Pausing: an operation is undone but for what it fetched, holds nothing, and goes on by the same plan when somebody asks
//! (docs/decisions/0026).

use crate::ControlPlane;
use crate::lifecycle::Occasion;
use crate::operate::count;
use crate::turn::Turn;
use crate::undo::Stopped;
use las_state::Ending;
use las_types::{
    ByteSize, Code, ExecutionPlan, Failure, JournalPhase, Operation, OperationId, OperationState, Progress,
    Source, StepAction,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use tracing::Instrument as _;

impl ControlPlane {
    /// Pauses an operation that fetches something, and waits until it is. Where it ended first, that is the answer.
    ///
    /// Codes: `operation-not-found`; `operation-not-pausable` for one that fetches nothing, has ended or is being undone.
    pub async fn pause(&self, id: OperationId) -> Result<Operation, Failure> {
        let missing = || Failure::new(Code::OperationNotFound).with("id", id);
        let operation = self.operation(id).await?.ok_or_else(missing)?;
        let refused = |reason| Failure::new(Code::OperationNotPausable).with("id", id).with("reason", reason);
        match operation.state {
            OperationState::Paused => return Ok(operation),
            OperationState::Running => {}
            _ => return Err(refused("ended")),
        }
        if !self.plan(operation.plan).await?.steps.iter().any(|step| fetches(&step.action)) {
            return Err(refused("fetches-nothing"));
        }
        self.bus.pause(id);
        self.wait(id).await
    }

    /// Lets a paused operation go on, by its plan: it was approved. Where others were first, a new one has to come to the same
    /// steps.
    ///
    /// Codes: `operation-not-found`; `operation-not-resumable` for one that isn't paused; `plan-stale` where its steps would be
    /// others now; `operation-running`; what planning refuses. It stays paused then.
    pub async fn go_on(self: &Arc<Self>, id: OperationId) -> Result<Operation, Failure> {
        let operation = self.paused_one(id).await?;
        let plan = self.plan(operation.plan).await?;
        let turn = self.turn_for(&plan).await?;
        let control = Arc::clone(self);
        // Whoever asked may go away, but not while it begins: nobody would carry it out.
        let begun = async move { control.go_on_in_turn(id, plan, turn).await };
        tokio::spawn(begun.in_current_span()).await.map_err(Failure::internal)?
    }

    async fn go_on_in_turn(
        self: &Arc<Self>,
        id: OperationId,
        plan: ExecutionPlan,
        turn: Turn,
    ) -> Result<Operation, Failure> {
        let plan = self.as_it_was_approved(plan).await?;
        // From here on nobody else has it; who comes later finds it running.
        let Some(mut paused) = self.bus.wake(id) else { return Err(self.not_resumable(id).await) };
        if let Err(error) = self.state.go_on_operation(id, plan.id).await {
            self.lay_down(&mut paused).await;
            return Err(Failure::from(error).with("id", plan.id));
        }
        let operation = Operation {
            plan: plan.id,
            state: OperationState::Running,
            progress: Progress::of(count(&plan)),
            ..paused
        };
        tracing::info!(operation = %id, "the operation goes on");
        self.set_off(&operation, plan, turn).await;
        Ok(operation)
    }

    async fn paused_one(&self, id: OperationId) -> Result<Operation, Failure> {
        let operation = self.operation(id).await?;
        match operation {
            Some(operation) if operation.state == OperationState::Paused => Ok(operation),
            _ => Err(self.not_resumable(id).await),
        }
    }

    async fn not_resumable(&self, id: OperationId) -> Failure {
        let state = match self.operation(id).await {
            Ok(Some(operation)) => operation.state,
            Ok(None) => return Failure::new(Code::OperationNotFound).with("id", id),
            Err(failure) => return failure,
        };
        let state = match state {
            OperationState::Succeeded => "succeeded",
            OperationState::Undoing => "undoing",
            OperationState::Failed | OperationState::Cancelled => "undone",
            OperationState::Running | OperationState::Paused => "running",
        };
        Failure::new(Code::OperationNotResumable).with("id", id).with("state", state)
    }

    /// The plan as it was approved, or one made anew that does the same.
    async fn as_it_was_approved(&self, plan: ExecutionPlan) -> Result<ExecutionPlan, Failure> {
        let same_ground = self.current().await?.number == plan.base
            && !self.overrides_changed_since(&plan).await?
            && !self.pins_changed_since(&plan).await?;
        if same_ground {
            return Ok(plan);
        }
        let anew = ExecutionPlan { resumes: plan.resumes, ..self.planned(plan.intent.clone()).await? };
        let actions =
            |plan: &ExecutionPlan| plan.steps.iter().map(|step| step.action.clone()).collect::<Vec<_>>();
        if actions(&anew) != actions(&plan) || anew.hosts != plan.hosts || anew.licenses != plan.licenses {
            let stale = Failure::new(Code::PlanStale).with("id", plan.id);
            return Err(stale.detailed(self.since(plan.base).await?));
        }
        self.state.add_plan(&anew).await?;
        Ok(anew)
    }

    /// Undoes what was begun, keeps what was fetched, and leaves the operation paused. Where that can't be recorded, or it
    /// was cancelled meanwhile, it ends as any other does.
    pub(crate) async fn set_aside(&self, operation: &mut Operation, plan: &ExecutionPlan) {
        let id = operation.id;
        operation.state = OperationState::Undoing;
        operation.progress.moves(None);
        self.bus.show(operation);
        operation.failure = Some((Code::OperationPaused, BTreeMap::new()));
        let undone = async {
            self.undo_steps(operation, plan, Stopped::StartsAgain).await?;
            if !self.bus.is_pausing(id) {
                return Err(Failure::new(Code::OperationCancelled));
            }
            self.record(id, operation.progress.step, JournalPhase::Paused, None).await?;
            Ok(self.state.pause_operation(id).await?)
        };
        if let Err(failure) = undone.await {
            tracing::warn!(operation = %id, %failure, "the operation could not be paused and is undone");
            self.undo(operation, plan, (failure.code, failure.args), Stopped::StartsAgain).await;
            return;
        }
        operation.state = OperationState::Paused;
        operation.failure = None;
        self.follow_modules(Occasion::Cancelled).await;
        self.lay_down(operation).await;
    }

    /// Lets an operation rest that is recorded as paused. One that was cancelled in the last moment ends, as whoever
    /// cancelled it was told.
    async fn lay_down(&self, paused: &mut Operation) {
        let (id, done) = (paused.id, paused.progress.done.bytes());
        if self.bus.rest(paused) {
            tracing::info!(operation = %id, done, "the operation is paused");
            return;
        }
        match self.end_paused(paused).await {
            Ok(ended) => *paused = ended,
            // It stays what the database says, and can be cancelled again.
            Err(failure) => {
                tracing::warn!(operation = %id, %failure, "the operation was cancelled and stays paused");
            }
        }
        self.bus.show(paused);
    }

    /// Ends an operation that is paused as cancelled; of any other nothing changes.
    pub(crate) async fn cancel_paused(&self, id: OperationId) -> Result<(), Failure> {
        let Some(paused) = self.bus.take_paused(id) else { return Ok(()) };
        let ended = self.end_paused(&paused).await;
        match &ended {
            Ok(operation) => self.bus.show(operation),
            Err(_) => self.bus.show(&paused),
        }
        ended.map(|_| ())
    }

    async fn end_paused(&self, paused: &Operation) -> Result<Operation, Failure> {
        let plan = self.plan(paused.plan).await?;
        let mut others = Vec::new();
        let all = self.bus.all_live().into_iter().chain(self.bus.all_paused());
        for other in all.filter(|other| other.id != paused.id) {
            others.extend(self.plan(other.plan).await?.steps);
        }
        let wanted = |action: &StepAction| others.iter().any(|step| source(&step.action) == source(action));
        for step in plan.steps.iter().filter(|step| fetches(&step.action) && !wanted(&step.action)) {
            self.executor.drop_fetched(&step.action).await?;
        }
        let at = self.clock.now();
        let cause = Some((Code::OperationCancelled, BTreeMap::new()));
        let ending = Ending {
            state: OperationState::Cancelled,
            failure: cause.clone(),
            generation: None,
            overrides: &[],
            pins: None,
            at,
        };
        self.state.end_operation(paused, &plan, &ending).await?;
        self.anchor_ledger(paused.id).await?;
        let state = OperationState::Cancelled;
        Ok(Operation { state, failure: cause, ended_at: Some(at), ..paused.clone() })
    }
}

/// Where a step's bytes come from.
fn source(action: &StepAction) -> Option<&Source> {
    match action {
        StepAction::StoreAdd { source, .. } | StepAction::BlobAdd { source, .. } => Some(source),
        _ => None,
    }
}

/// Whether something comes over a network for it.
fn fetches(action: &StepAction) -> bool {
    source(action).is_some_and(|source| source.download() > ByteSize::default())
}
