//! What may be left after harm: the old state or the new one, the new one if it was acknowledged, and a change that
//! can be made again to its end.

use super::changes::{Condition, Ready};
use crate::{Ran, Workstation};
use serde_json::Value;

/// Whether a run said that its change was made.
pub(super) fn acknowledged(ran: &Ran) -> bool {
    acknowledged_in(&ran.stdout)
}

/// The same of what it said so far.
pub(super) fn acknowledged_in(said: &str) -> bool {
    said.lines().any(|line| {
        // A line that was cut off says nothing.
        serde_json::from_str::<Value>(line).is_ok_and(|said| {
            let operation = said.get("operation").unwrap_or(&said);
            operation["state"] == "succeeded"
        })
    })
}

/// Restarts, and compares with what may be; then makes the change again, to its end.
pub(super) fn judge(machine: &Workstation, ready: &Ready, acknowledged: bool) -> Result<(), String> {
    let report = machine.json(&["doctor"]);
    let findings = findings(&report)?;
    if let Some(open) = findings.iter().find(|one| one["repaired"] != true) {
        return Err(format!("by hand: {open}"));
    }
    // Nothing was damaged, so nothing is to be restored.
    if let Some(alarm) = findings.iter().find(|one| one["key"] == "state-restored") {
        return Err(format!("unreported: a false alarm: {alarm}"));
    }
    if report.status != Some(0) {
        return Err(format!("unreported: the doctor ended with {report}"));
    }
    let found = Condition::of(machine);
    let new = match (ready.old.differs(&found), ready.new.differs(&found)) {
        (_, None) => true,
        (None, Some(_)) if acknowledged => return Err("lost: it said that it was done".to_owned()),
        (None, Some(_)) => false,
        (Some(old), Some(new)) => {
            return Err(format!("unreported: not the old state: {old}; not the new: {new}"));
        }
    };
    if !new {
        let again = machine.las(&ready.words());
        if again.status != Some(0) {
            return Err(format!("not completed: {again}"));
        }
        if let Some(difference) = ready.new.differs(&Condition::of(machine)) {
            return Err(format!("not completed: {difference}"));
        }
    }
    let report = machine.json(&["doctor"]);
    match self::findings(&report)?.as_slice() {
        [] if report.status == Some(0) => Ok(()),
        _ => Err(format!("unreported: found later: {report}")),
    }
}

/// What the doctor found; an error if it could not even look.
pub(super) fn findings(report: &Ran) -> Result<Vec<Value>, String> {
    // Nothing readable: the product did not even start.
    let document = report.stdout.lines().next().is_some().then(|| report.json());
    document
        .and_then(|document| document["findings"].as_array().cloned())
        .ok_or_else(|| format!("by hand: the doctor does not start: {report}"))
}
