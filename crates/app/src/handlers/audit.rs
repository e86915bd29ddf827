//! The ledger, as people read and check it.

use crate::App;
use las_api::{
    AuditCheckpoint, AuditLine, AuditListRequest, AuditVerification, BySequence, ErrorBody, NoArguments,
};
use las_state::{Checkpoint, LedgerLine, Verified};
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

pub(super) async fn list(app: &Arc<App>, request: AuditListRequest) -> Result<Vec<AuditLine>, Failure> {
    let lines = app.control.state().ledger_before(request.before, request.limit).await?;
    Ok(lines.into_iter().map(view).collect())
}

pub(super) async fn show(app: &Arc<App>, request: BySequence) -> Result<AuditLine, Failure> {
    let missing = || Failure::new(Code::AuditLineNotFound).with("sequence", request.sequence);
    app.control.state().ledger_line(request.sequence).await?.map(view).ok_or_else(missing)
}

pub(super) async fn verify(app: &Arc<App>, _: NoArguments) -> Result<AuditVerification, Failure> {
    let state = app.control.state();
    let mut all = state.checkpoints().await?;
    // The last one stands for the ledger as it is, so that an export says where it ends.
    all.extend(state.checkpoint_now().await?);
    all.dedup_by_key(|one| one.count);
    let signed = all.into_iter().map(|one| AuditCheckpoint {
        count: one.count,
        head: one.head,
        key: one.key,
        signature: one.signature,
    });
    let signed = signed.collect();
    Ok(match state.verify_ledger().await {
        Ok(verified) => outcome(verified, signed),
        Err(error) => {
            let (count, head) = state.ledger_size().await?;
            let failure = Some(ErrorBody::from(Failure::from(error)));
            AuditVerification { failure, ok: false, count, head, ..outcome(Verified::default(), signed) }
        }
    })
}

fn outcome(verified: Verified, checkpoints: Vec<AuditCheckpoint>) -> AuditVerification {
    AuditVerification {
        count: verified.lines,
        head: verified.head,
        anchored: verified.anchored,
        anchor_signed: verified.anchor_signed,
        checkpoints,
        keys: verified.keys.into_iter().collect(),
        ok: true,
        failure: None,
    }
}

/// One line of an exported ledger: a line, or one of the checkpoints that follow them.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Exported {
    Line(Box<AuditLine>),
    Checkpoint(AuditCheckpoint),
}

/// Checks a ledger that was exported, as JSON lines: without the machine that it comes from. Code:
/// `state-corrupt`.
pub fn verify_export(name: &str, text: &str) -> AuditVerification {
    let (mut lines, mut signed) = (Vec::new(), Vec::new());
    let broken = |place: u64| {
        let detail = format!("line {place} of the export does not fit");
        let failure = Failure::new(Code::StateCorrupt).with("path", name).with("detail", detail);
        AuditVerification {
            ok: false,
            failure: Some(failure.into()),
            ..outcome(Verified { lines: place.saturating_sub(1), ..Verified::default() }, Vec::new())
        }
    };
    for (place, line) in (1_u64..).zip(text.lines()) {
        match serde_json::from_str(line) {
            Ok(Exported::Line(line)) if signed.is_empty() => lines.push(*line),
            Ok(Exported::Checkpoint(checkpoint)) => signed.push(checkpoint),
            _ => return broken(place),
        }
    }
    let own: Vec<LedgerLine> = lines.into_iter().map(ledger_line).collect();
    let checkpoints: Vec<Checkpoint> = signed
        .iter()
        .map(|one| Checkpoint {
            count: one.count,
            head: one.head.clone(),
            key: one.key.clone(),
            signature: one.signature.clone(),
        })
        .collect();
    match las_state::verify_export(&own, &checkpoints) {
        Ok(verified) => outcome(verified, signed),
        Err(place) => broken(place),
    }
}

fn ledger_line(line: AuditLine) -> LedgerLine {
    LedgerLine {
        sequence: i64::try_from(line.sequence).unwrap_or(i64::MAX),
        at: line.at,
        operation: line.operation,
        actor: line.actor,
        command: line.command,
        outcome: line.outcome,
        plan_digest: line.plan_digest,
        generation: line.generation.and_then(|number| i64::try_from(number.0).ok()),
        previous: line.previous,
        hash: line.hash,
    }
}
