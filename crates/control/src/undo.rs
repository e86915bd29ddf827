//! Back to the state before an operation.

use crate::lifecycle::Occasion;
use crate::{ControlPlane, Discovery};
use las_state::Ending;
use las_types::{
    Code, ExecutionPlan, Failure, JournalPhase, Operation, OperationState, StepAction, StepContext,
};
use std::collections::BTreeMap;

/// A failure as it is stored and shown.
type Cause = (Code, BTreeMap<String, String>);

/// What becomes of services that an operation stopped, when it is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// They run again as before.
    StartsAgain,
    /// Nobody asked for a core that starts services; the doctor names them.
    StaysSo,
}

impl ControlPlane {
    /// Undoes, newest first, every step that was begun, and ends the operation. If that fails too the
    /// operation stays open, and it is tried again by the reconciler, and by recovery at the next start. Returns whether it
    /// ended.
    pub(crate) async fn undo(
        &self,
        operation: &mut Operation,
        plan: &ExecutionPlan,
        cause: Cause,
        stopped: Stopped,
    ) -> bool {
        operation.state = OperationState::Undoing;
        operation.failure = Some(cause.clone());
        self.bus.show(operation);
        if let Err(failure) = self.undo_steps(operation, plan, stopped).await {
            tracing::error!(operation = %operation.id, %failure, cause = ?failure.cause, "the operation could not be undone");
        } else {
            operation.state = if cause.0 == Code::OperationCancelled {
                OperationState::Cancelled
            } else {
                OperationState::Failed
            };
        }
        let at = self.clock.now();
        let mut recorded = false;
        if operation.state.is_final() {
            let ending = Ending {
                state: operation.state,
                failure: Some(cause),
                generation: None,
                overrides: &[],
                pins: None,
                at,
            };
            match self.state.end_operation(operation, plan, &ending).await {
                Ok(()) => recorded = true,
                Err(error) => {
                    tracing::error!(operation = %operation.id, %error, "the operation's end could not be recorded");
                }
            }
        }
        // Shown as ended either way: nothing more happens to it in this process.
        operation.ended_at = Some(at);
        let cancelled = operation.state == OperationState::Cancelled;
        self.follow_modules(if cancelled { Occasion::Cancelled } else { Occasion::Failed }).await;
        if recorded && self.anchor_ledger(operation.id).await.is_ok() {
            self.bus.show(operation);
        } else {
            operation.state = OperationState::Failed;
            self.bus.show_unrecorded(operation);
        }
        recorded
    }

    /// Undoes what was begun since the last pause, and drops what was ever fetched unless it is to be gone on with.
    pub(crate) async fn undo_steps(
        &self,
        operation: &Operation,
        plan: &ExecutionPlan,
        stopped: Stopped,
    ) -> Result<(), Failure> {
        // A full disk may refuse these two lines; undoing frees the space, so it goes on without them.
        if let Err(error) = self.state.mark_undoing(operation.id).await {
            tracing::warn!(%error, "undoing could not be recorded before it began");
        }
        let journal = self.state.journal_of(operation.id).await?;
        let paused = journal.iter().rposition(|entry| entry.phase == JournalPhase::Paused);
        let started = |from: usize| -> Vec<u32> {
            let begun = journal.iter().skip(from).filter(|entry| entry.phase == JournalPhase::Started);
            begun.map(|entry| entry.step).collect()
        };
        let (ever, begun) = (started(0), started(paused.map_or(0, |place| place + 1)));
        // What was paused, or cut off by a stop or for want of a network, goes on with what it had fetched.
        let goes_on = |code: Code| {
            matches!(code, Code::OperationInterrupted | Code::OperationPaused)
                || code.as_str().starts_with("fetch-")
        };
        let drops = !operation.failure.as_ref().is_some_and(|(code, _)| goes_on(*code));
        for step in plan.steps.iter().rev().filter(|step| ever.contains(&step.index)) {
            if drops {
                self.executor.drop_fetched(&step.action).await?;
            }
            if !begun.contains(&step.index) {
                continue;
            }
            if let Err(failure) = self.record(operation.id, step.index, JournalPhase::Undoing, None).await {
                tracing::warn!(%failure, "a step is undone without its journal line");
            }
            match (&step.action, stopped) {
                (StepAction::ServiceStop { service, spec: Some(spec) }, Stopped::StaysSo) => {
                    // The stop may have come before it was stopped.
                    if !self.executor.runs(spec) {
                        self.discovered(Discovery::ServiceEnded { service: service.clone() });
                    }
                }
                (action, _) => {
                    let context = StepContext { operation: operation.id, step: step.index };
                    self.executor.undo(context, action).await?;
                }
            }
            self.record(operation.id, step.index, JournalPhase::Undone, None).await?;
        }
        self.executor.finish(operation.id).await
    }
}
