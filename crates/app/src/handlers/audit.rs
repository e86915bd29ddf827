//! The ledger, as people read and check it.

use crate::App;
use las_api::{AuditLine, AuditVerification, BySequence, ErrorBody, NoArguments};
use las_state::LedgerLine;
use las_types::{Code, Failure, GenerationNumber};
use std::sync::Arc;

fn view(line: LedgerLine) -> AuditLine {
    AuditLine {
        sequence: u64::try_from(line.sequence).unwrap_or(0),
        at: line.at,
        operation: line.operation,
        actor: line.actor,
        command: line.command,
        failure: failure(&line.outcome),
        outcome: line.outcome,
        plan_digest: line.plan_digest,
        generation: line.generation.and_then(|number| u64::try_from(number).ok()).map(GenerationNumber),
        previous: line.previous,
        hash: line.hash,
    }
}

/// The reason in an outcome; none where it has none, as in lines of earlier versions.
fn failure(outcome: &str) -> Option<ErrorBody> {
    serde_json::from_str(outcome.split_once(' ')?.1).ok()
}

pub(super) async fn list(app: &Arc<App>, _: NoArguments) -> Result<Vec<AuditLine>, Failure> {
    Ok(app.control.state().ledger().await?.into_iter().map(view).collect())
}

pub(super) async fn show(app: &Arc<App>, request: BySequence) -> Result<AuditLine, Failure> {
    let missing = || Failure::new(Code::AuditLineNotFound).with("sequence", request.sequence);
    app.control.state().ledger_line(request.sequence).await?.map(view).ok_or_else(missing)
}

pub(super) async fn verify(app: &Arc<App>, _: NoArguments) -> Result<AuditVerification, Failure> {
    let state = app.control.state();
    let (lines, failure) = match state.verify_ledger().await {
        Ok(lines) => (lines, None),
        Err(error) => (state.ledger().await?, Some(ErrorBody::from(Failure::from(error)))),
    };
    Ok(AuditVerification {
        count: lines.len() as u64,
        head: lines.last().map(|line| line.hash.clone()),
        ok: failure.is_none(),
        failure,
    })
}
