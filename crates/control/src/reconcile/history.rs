//! What is done about a drift, by the policy and by what was done before. Repairs that nobody asked for are
//! operations like any other, so their history is that of the operations: no second record of it exists.

use super::{ACTOR, Mend};
use crate::ControlPlane;
use las_types::{Drift, DriftOutcome, Failure, Intent, Operation, Repair, Response, Timestamp};

/// More operations than a window holds.
const RECENT: u32 = 500;

impl ControlPlane {
    /// Says of each drift what is to be done about it: nothing was done yet.
    pub(super) async fn judge_drifts(&self, drifts: &mut [Drift], mend: Mend) -> Result<(), Failure> {
        if drifts.iter().all(|drift| drift.repair.is_none()) {
            return Ok(());
        }
        self.drop_impossible(drifts).await?;
        let policy = &self.reconciliation;
        let since = self.clock.now().checked_sub(policy.window).unwrap_or(Timestamp::MIN);
        let repairs = recent_repairs(&self.state.operations(RECENT).await?, since);
        // One repair may be for several drifts; it is made only if the policy wants it for all of them.
        let unwanted: Vec<Repair> = drifts
            .iter()
            .filter(|drift| policy.response(drift.kind.class()) == Response::Name)
            .filter_map(|drift| drift.repair.clone())
            .collect();
        for drift in drifts {
            let Some(repair) = &drift.repair else { continue };
            drift.repairs = repairs.iter().filter(|(_, made)| made == repair).map(|(at, _)| *at).collect();
            let often = u32::try_from(drift.repairs.len()).unwrap_or(u32::MAX) >= policy.repairs;
            drift.outcome = match mend {
                Mend::Everything => DriftOutcome::Pending,
                _ if unwanted.contains(repair) => DriftOutcome::Named,
                _ if often => DriftOutcome::Left,
                _ => DriftOutcome::Pending,
            };
            if drift.outcome == DriftOutcome::Left {
                let first = drift.repairs.first().copied();
                drift.again_at = first.and_then(|first| first.checked_add(policy.window).ok());
            }
        }
        Ok(())
    }

    /// What can't be put back from anything is only named.
    async fn drop_impossible(&self, drifts: &mut [Drift]) -> Result<(), Failure> {
        let installed = self.installed().await?;
        for drift in drifts {
            let Some(Repair::Item { name }) = &drift.repair else { continue };
            let possible = match installed.iter().find(|item| item.name == *name) {
                Some(item) => self.executor.can_restore(item).await,
                None => false,
            };
            if !possible {
                drift.repair = None;
            }
        }
        Ok(())
    }
}

/// Repairs that nobody asked for, oldest first. One that failed counts too: it would fail again.
fn recent_repairs(operations: &[Operation], since: Timestamp) -> Vec<(Timestamp, Repair)> {
    let ours = operations.iter().rev().filter(|one| one.actor == ACTOR && one.started_at >= since);
    ours.flat_map(|one| repairs_of(&one.intent).into_iter().map(|repair| (one.started_at, repair))).collect()
}

/// What an intent repairs.
pub(crate) fn repairs_of(intent: &Intent) -> Vec<Repair> {
    match intent {
        Intent::DoctorRepair { modules, others } => {
            let items = modules.iter().map(|name| Repair::Item { name: name.clone() });
            items.chain(others.iter().cloned()).collect()
        }
        _ => Vec::new(),
    }
}
