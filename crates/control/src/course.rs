//! The order that the steps of a plan are executed in: each as soon as those that it waits for are done.

use crate::{ControlPlane, unhealthy};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use las_types::{
    Code, ExecutionPlan, Failure, JournalPhase, Operation, OperationId, PlanStep, Reporter as _, StepContext,
};
use std::collections::BTreeSet;

/// How many steps are in work at the same time, at most: reading, hashing and writing at once keep a disk and
/// two cores busy, and more would only share them.
const AT_ONCE: usize = 4;

/// Which steps were begun and which are done.
#[derive(Debug, Default)]
struct Course {
    begun: BTreeSet<u32>,
    done: BTreeSet<u32>,
}

impl Course {
    /// The next step that can begin, by its place: it waits for nothing any more, and there is room for it.
    fn next<'a>(&self, plan: &'a ExecutionPlan) -> Option<&'a PlanStep> {
        if self.begun.len() - self.done.len() >= AT_ONCE {
            return None;
        }
        let open = |other: &&PlanStep| !self.done.contains(&other.index);
        let waits = |step: &PlanStep| plan.steps.iter().filter(open).any(|other| step.waits_for(other.index));
        plan.steps.iter().find(|step| !self.begun.contains(&step.index) && !waits(step))
    }
}

impl ControlPlane {
    /// Executes every step. With the first that fails, or a cancellation, no other begins; those in work are
    /// asked to stop and waited for. The failure is that of the first.
    pub(crate) async fn execute(
        &self,
        operation: &mut Operation,
        plan: &ExecutionPlan,
    ) -> Result<(), Failure> {
        let id = operation.id;
        let (mut course, mut working) = (Course::default(), FuturesUnordered::new());
        let mut outcome = Ok(());
        loop {
            if outcome.is_ok() && self.bus.is_cancelled(id) {
                outcome = Err(Failure::new(Code::OperationCancelled));
            }
            while outcome.is_ok()
                && let Some(step) = course.next(plan)
            {
                course.begun.insert(step.index);
                working.push(self.carry_out(id, plan, step));
            }
            let Some((step, result)) = working.next().await else { break };
            match result {
                Ok(()) => {
                    course.done.insert(step);
                }
                Err(failure) if outcome.is_ok() => {
                    outcome = Err(failure);
                    self.bus.stop(id);
                }
                Err(failure) => tracing::debug!(operation = %id, step, %failure, "stopped with another step"),
            }
        }
        drop(working);
        if let Some(live) = self.bus.live(id) {
            operation.progress = live.progress;
        }
        outcome
    }

    /// One step, between its journal lines.
    async fn carry_out(
        &self,
        id: OperationId,
        plan: &ExecutionPlan,
        step: &PlanStep,
    ) -> (u32, Result<(), Failure>) {
        let executed = async {
            self.record(id, step.index, JournalPhase::Started, None).await?;
            self.bus.step_began(id, step);
            let context = StepContext { operation: id, step: step.index };
            let executed = self.executor.execute(context, &step.action, &*self.bus).await;
            let looked_at = match executed {
                Ok(()) => self.examined(&step.action).await,
                failed => failed,
            };
            if let Err(failure) = looked_at {
                let failure = unhealthy::judged(plan, &step.action, failure);
                self.record(id, step.index, JournalPhase::Failed, Some(failure.code)).await?;
                return Err(failure);
            }
            self.record(id, step.index, JournalPhase::Done, None).await?;
            self.bus.step_ended(id, step);
            Ok(())
        };
        (step.index, executed.await)
    }
}
