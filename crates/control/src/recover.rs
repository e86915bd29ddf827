//! What a new core does first: finish what the last one left.

use crate::lifecycle::Occasion;
use crate::undo::Stopped;
use crate::{ControlPlane, Discovery};
use las_types::{Code, Failure, OperationId};
use std::collections::BTreeMap;
use std::sync::PoisonError;

impl ControlPlane {
    /// Leads back to a whole state after a stop at any point. Interrupted operations are undone;
    /// committed ones are tidied up. Call once, before anything else.
    pub async fn recover(&self) -> Result<(), Failure> {
        self.look().await?;
        self.undo_unfinished(Stopped::StaysSo).await?;
        self.tidy_last().await?;
        self.follow_modules(Occasion::Settled).await;
        Ok(())
    }

    /// What a core that changes nothing does instead.
    pub async fn look(&self) -> Result<(), Failure> {
        self.load_overrides().await?;
        self.bus.found_paused(self.state.paused_operations().await?);
        Ok(())
    }

    /// Undoes what was begun and neither committed nor undone. What can't be undone now stays unfinished,
    /// with all that undoing it needs; the doctor names it.
    pub(crate) async fn undo_unfinished(&self, stopped: Stopped) -> Result<(), Failure> {
        for mut operation in self.state.unfinished_operations().await? {
            let stored = self.state.plan(operation.plan).await?;
            let plan =
                stored.ok_or_else(|| Failure::new(Code::PlanNotFound).with("id", operation.plan))?.plan;
            tracing::warn!(operation = %operation.id, "interrupted by a stop; it is undone");
            let cause = (Code::OperationInterrupted, BTreeMap::new());
            if self.undo(&mut operation, &plan, cause, stopped).await {
                self.discovered(Discovery::Interrupted {
                    operation: operation.id,
                    intent: operation.intent.command(),
                });
            }
        }
        Ok(())
    }

    /// The last operation may have been committed and cut off before it was tidied up. One that could not
    /// be undone is left alone: its staging holds what it put aside.
    async fn tidy_last(&self) -> Result<(), Failure> {
        let last = self.state.operations(1).await?.into_iter().next();
        if let Some(last) = last.filter(|last| last.state.is_final()) {
            let generation = match last.generation {
                Some(number) => self.state.generation(number).await?,
                None => None,
            };
            // Repeating it is cheap; a snapshot is only written with a generation.
            let fresh = generation.filter(|_| !last.intent.only_runs());
            if let Some(generation) = &fresh {
                self.executor.write_generation(generation).await?;
            }
            self.executor.finish(last.id).await?;
            // Behind, it is named by the log; nobody waits to be told of this operation.
            let _ = self.anchor_ledger(last.id).await;
        }
        Ok(())
    }

    /// Operations that neither run nor ended: a stop or a failing disk left them in the middle.
    pub async fn left_unfinished(&self) -> Result<Vec<OperationId>, Failure> {
        // Looked at before and after: one that begins or ends meanwhile was not left.
        let before = self.bus.all_live();
        let open = self.state.unfinished_operations().await?;
        let live = [before, self.bus.all_live()].concat();
        let left = open.into_iter().filter(|operation| live.iter().all(|other| other.id != operation.id));
        Ok(left.map(|operation| operation.id).collect())
    }

    pub(crate) fn discovered(&self, discovery: Discovery) {
        let mut recovered = self.recovered.lock().unwrap_or_else(PoisonError::into_inner);
        if !recovered.contains(&discovery) {
            recovered.push(discovery);
        }
    }
}
