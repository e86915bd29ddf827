//! From an approved plan to the new state, or back to the old one.

use crate::lifecycle::Occasion;
use crate::turn::Turn;
use crate::undo::Stopped;
use crate::{ControlPlane, keys, pins};
use las_state::Ending;
use las_types::{
    Code, Event, ExecutionPlan, Failure, Generation, GenerationNumber, Installed, JournalPhase, Operation,
    OperationId, OperationState, PlanId, Progress, StepAction,
};
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;
use tracing::Instrument as _;

impl ControlPlane {
    /// Approves a plan and begins its operation, which goes on by itself; [`Self::wait`] for its end.
    ///
    /// With a key, the operation that was begun with it is the answer, whether by this core or an earlier
    /// one. Code: `idempotency-key-used` where that was for another plan.
    pub async fn approve(
        self: &Arc<Self>,
        id: PlanId,
        actor: &str,
        key: Option<&str>,
    ) -> Result<Operation, Failure> {
        let Some(key) = key else { return self.begin(id, actor, None).await };
        let key = keys::checked(key)?;
        let alone = self.keyed.lock(key).await;
        match self.begun_with(key, id).await? {
            Some(operation) => Ok(operation),
            None => self.begin(id, actor, Some((key.to_owned(), alone))).await,
        }
    }

    async fn begin(
        self: &Arc<Self>,
        id: PlanId,
        actor: &str,
        key: Option<(String, OwnedMutexGuard<()>)>,
    ) -> Result<Operation, Failure> {
        let stored =
            self.state.plan(id).await?.ok_or_else(|| Failure::new(Code::PlanNotFound).with("id", id))?;
        if stored.spent {
            return Err(Failure::new(Code::PlanSpent).with("id", id));
        }
        let turn = self.turn_for(&stored.plan).await?;
        let (control, actor) = (Arc::clone(self), actor.to_owned());
        // Whoever asked may go away while he waits, but not while it begins: nobody would carry it out.
        let begun = async move {
            let key = key.as_ref().map(|(key, _alone)| key.as_str());
            control.begin_in_turn(turn, stored.plan, actor, key).await
        };
        tokio::spawn(begun.in_current_span()).await.map_err(Failure::internal)?
    }

    async fn begin_in_turn(
        self: &Arc<Self>,
        turn: Turn,
        asked: ExecutionPlan,
        actor: String,
        key: Option<&str>,
    ) -> Result<Operation, Failure> {
        let id = asked.id;
        let plan = self.as_it_is_now(asked, &turn).await?;
        if plan.intent.needs_approval()
            && (self.overrides_changed_since(&plan).await? || self.pins_changed_since(&plan).await?)
        {
            return Err(Failure::new(Code::PlanOutruled).with("id", id));
        }
        let now = self.clock.now();
        let mut operation = Operation {
            id: OperationId::new(now, self.random()),
            plan: plan.id,
            intent: plan.intent.clone(),
            state: OperationState::Running,
            progress: Progress::of(count(&plan)),
            started_at: now,
            ended_at: None,
            failure: None,
            generation: None,
            actor,
            resumes: plan.resumes,
        };
        if let Err(error) = self.state.begin_operation_asked(&operation, id, key).await {
            let failure = Failure::from(error).with("id", id);
            let stale = failure.code == Code::PlanStale;
            // On a failing disk it may be left as a stop leaves it; in this process nothing more happens to it.
            if !stale && self.state.operation(operation.id).await.is_ok_and(|left| left.is_some()) {
                operation.state = OperationState::Failed;
                operation.failure = Some((failure.code, failure.args.clone()));
                operation.ended_at = Some(now);
                self.bus.show_unrecorded(&operation);
            }
            return Err(if stale { failure.detailed(self.since(plan.base).await?) } else { failure });
        }
        self.set_off(&operation, plan, turn).await;
        Ok(operation)
    }

    /// Lets an operation that was recorded as running go on by itself.
    pub(crate) async fn set_off(self: &Arc<Self>, operation: &Operation, plan: ExecutionPlan, turn: Turn) {
        self.resolve_modules(&plan).await;
        self.bus.show(operation);
        let control = Arc::clone(self);
        let begun = operation.clone();
        let span = tracing::info_span!("operation", operation = %begun.id, plan = %plan.id, command = begun.intent.command());
        let driven = async move {
            control.drive(begun, &plan).await;
            drop(turn);
        };
        tokio::spawn(driven.instrument(span));
    }

    /// Waits until an operation has ended or is paused.
    pub async fn wait(&self, id: OperationId) -> Result<Operation, Failure> {
        let mut events = self.bus.subscribe();
        loop {
            let operation = self
                .operation(id)
                .await?
                .ok_or_else(|| Failure::new(Code::OperationNotFound).with("id", id))?;
            if operation.state.is_at_rest() {
                return Ok(operation);
            }
            // Any event, a missed one included, is a reason to look again.
            if let Err(tokio::sync::broadcast::error::RecvError::Closed) = events.recv().await {
                return Ok(operation);
            }
        }
    }

    /// Asks an operation to stop and be undone; one that is paused ends at once.
    pub async fn cancel(&self, id: OperationId) -> Result<Operation, Failure> {
        if !self.bus.cancel(id) {
            self.cancel_paused(id).await?;
        }
        self.operation(id).await?.ok_or_else(|| Failure::new(Code::OperationNotFound).with("id", id))
    }

    /// Executes every step and commits; whatever fails is undone.
    async fn drive(&self, mut operation: Operation, plan: &ExecutionPlan) {
        tracing::info!(actor = %operation.actor, steps = plan.steps.len(), "the operation began");
        if plan.steps.iter().any(|step| matches!(step.action, StepAction::ServiceStop { .. })) {
            self.keep_loads().await;
        }
        let outcome = match self.execute(&mut operation, plan).await {
            Ok(()) => self.commit(&mut operation, plan).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = outcome {
            if failure.code == Code::OperationCancelled && self.bus.is_pausing(operation.id) {
                self.set_aside(&mut operation, plan).await;
                return;
            }
            if failure.code == Code::OperationCancelled {
                tracing::info!(operation = %operation.id, "the operation was cancelled and is undone");
            } else {
                tracing::warn!(operation = %operation.id, %failure, cause = ?failure.cause, "the operation failed and is undone");
            }
            self.undo(&mut operation, plan, (failure.code, failure.args), Stopped::StartsAgain).await;
        }
        if plan.intent.changes_configuration() {
            self.config.follow();
        }
        tracing::info!(state = ?operation.state, "the operation ended");
    }

    pub(crate) async fn record(
        &self,
        id: OperationId,
        step: u32,
        phase: JournalPhase,
        code: Option<Code>,
    ) -> Result<(), Failure> {
        self.state.journal(id, step, phase, self.clock.now(), code).await?;
        self.checkpoint.journalled(step, phase);
        Ok(())
    }

    /// What is installed afterwards. What a plan can't know of a model before its bytes are here, its header says.
    async fn outcome(&self, plan: &ExecutionPlan) -> Result<Vec<Installed>, Failure> {
        let mut outcome = plan.outcome.clone();
        for item in &mut outcome {
            let added = plan.steps.iter().any(|step| match &step.action {
                StepAction::BlobAdd { item: added, .. } | StepAction::StoreAdd { item: added, .. } => {
                    added == item
                }
                _ => false,
            });
            if added {
                *item = self.learned(item).await?;
            }
        }
        Ok(outcome)
    }

    async fn commit(&self, operation: &mut Operation, plan: &ExecutionPlan) -> Result<(), Failure> {
        let before = self.current().await?;
        let outcome = self.outcome(plan).await?;
        let changed = plan.intent.changes_installation() && outcome != before.items;
        let generation = changed.then(|| Generation {
            schema: 1,
            number: GenerationNumber(before.number.0 + 1),
            operation: Some(operation.id),
            made_at: self.clock.now(),
            command: plan.intent.command().to_owned(),
            items: outcome,
        });
        let at = self.clock.now();
        let ruled = self.override_changes(operation, plan, at)?;
        let held = pins::change(operation, at);
        let ending = Ending {
            state: OperationState::Succeeded,
            failure: None,
            generation: generation.as_ref(),
            overrides: &ruled,
            pins: held.as_ref(),
            at,
        };
        self.state.end_operation(operation, plan, &ending).await?;
        self.checkpoint.passed("committed");
        operation.ended_at = Some(at);
        // While a file system gives up, Linux answers some syncs with success and drops their data, but makes no new file
        // (docs/decisions/0013). So this comes first, and without it the end is not told as it was written.
        if let Err(failure) = self.anchor_ledger(operation.id).await {
            self.follow_overrides(ruled);
            operation.state = OperationState::Failed;
            operation.failure = Some((failure.code, failure.args));
            self.bus.show_unrecorded(operation);
            return Ok(());
        }
        // From here on the new state holds: what follows is repeated by recovery if it is cut off.
        operation.state = OperationState::Succeeded;
        operation.generation = generation.as_ref().map(|generation| generation.number);
        operation.progress = Progress::all(count(plan));
        self.follow_overrides(ruled);
        if let Err(failure) = self.settle(operation, plan, generation.as_ref()).await {
            tracing::warn!(operation = %operation.id, %failure, "committed, but not tidied up; done again at the next start");
        }
        self.follow_modules(Occasion::Settled).await;
        if let Some(generation) = &generation {
            self.bus.send(Event::GenerationMade { number: generation.number });
        }
        self.bus.show(operation);
        Ok(())
    }

    /// What follows a commit; every part may be done again.
    async fn settle(
        &self,
        operation: &Operation,
        plan: &ExecutionPlan,
        generation: Option<&Generation>,
    ) -> Result<(), Failure> {
        if let Some(generation) = generation {
            self.executor.write_generation(generation).await?;
            self.checkpoint.passed("generation-written");
        }
        self.executor.finish(operation.id).await?;
        self.checkpoint.passed("finished");
        if generation.is_some() || operation.intent.only_records() || !plan.overrides.is_empty() {
            self.state.save_snapshot().await?;
        }
        Ok(())
    }

    /// Brings the ledger's anchor up to the line of this operation. Behind (a full disk), it still stands
    /// for every line before. An error only of a disk that gave up.
    pub(crate) async fn anchor_ledger(&self, id: OperationId) -> Result<(), Failure> {
        let Err(error) = self.state.anchor_ledger().await else { return Ok(()) };
        tracing::warn!(operation = %id, %error, "the ledger's anchor is behind; the next line brings it up");
        if error.gave_up() { Err(error.into()) } else { Ok(()) }
    }
}

pub(crate) fn count(plan: &ExecutionPlan) -> u32 {
    u32::try_from(plan.steps.len()).unwrap_or(u32::MAX)
}
