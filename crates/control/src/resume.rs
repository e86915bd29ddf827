//! Taking up again what was undone.

use crate::ControlPlane;
use las_types::{Code, Failure, Intent, OperationId, OperationState};

impl ControlPlane {
    /// What is really to be planned, and the operation that it takes up, if that is what is asked.
    ///
    /// Codes: `operation-not-found`; `operation-not-resumable` for one that runs, is being undone, or
    /// succeeded.
    pub(crate) async fn taken_up(&self, intent: Intent) -> Result<(Intent, Option<OperationId>), Failure> {
        let Intent::OperationResume { id } = intent else { return Ok((intent, None)) };
        let operation =
            self.operation(id).await?.ok_or_else(|| Failure::new(Code::OperationNotFound).with("id", id))?;
        if matches!(operation.state, OperationState::Failed | OperationState::Cancelled) {
            return Ok((operation.intent, Some(id)));
        }
        let state = match operation.state {
            OperationState::Succeeded => "succeeded",
            OperationState::Undoing => "undoing",
            OperationState::Paused => "paused",
            _ => "running",
        };
        Err(Failure::new(Code::OperationNotResumable).with("id", id).with("state", state))
    }
}
