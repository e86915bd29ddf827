//! Overrides of policies: what a change of them means, and what holds with them.

use crate::ControlPlane;
use las_resolver::Draft;
use las_state::OverrideChange;
use las_types::{
    CapabilitySet, Code, ExecutionPlan, Failure, Installed, Intent, Note, Operation, Override, OverrideId,
    Ruling, Timestamp, override_reason,
};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The overrides in force, and what the machine may do with them.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) overrides: Vec<Override>,
    pub(crate) capabilities: Arc<CapabilitySet>,
    /// Models that may answer by these verdicts, so that not every request asks again.
    pub(crate) answering: Mutex<BTreeSet<String>>,
}

/// What a change of the overrides comes to: nothing is installed, removed or started.
fn draft(installed: &[Installed], note: &str) -> Draft {
    Draft { outcome: installed.to_vec(), notes: vec![Note::new(note)], ..Draft::default() }
}

/// What setting an override means. Code: `override-invalid`.
pub(crate) fn draft_set(
    installed: &[Installed],
    capability: &str,
    value: &str,
    reason: &str,
) -> Result<Draft, Failure> {
    let checked = Ruling::read(capability, value).and_then(|_| override_reason(reason));
    checked.map_err(|part| {
        let given = match part {
            las_types::OverridePart::Capability => capability,
            las_types::OverridePart::Value => value,
            // What can't be shown is not repeated.
            las_types::OverridePart::Reason => "",
        };
        Failure::new(Code::OverrideInvalid)
            .with("part", part.as_str())
            .with("capability", capability)
            .with("given", given)
    })?;
    Ok(draft(installed, "override-set"))
}

impl ControlPlane {
    pub(crate) fn judged(&self) -> Arc<Judged> {
        Arc::clone(&self.judged.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The overrides in force, oldest first.
    pub fn overrides_in_force(&self) -> Vec<Override> {
        self.judged().overrides.clone()
    }

    /// Every override there ever was, oldest first.
    pub async fn overrides(&self) -> Result<Vec<Override>, Failure> {
        Ok(self.state.overrides().await?)
    }

    /// Whether a plan made then may rest on an override that is gone, or break one that is new.
    pub(crate) async fn overrides_changed_since(&self, plan: &ExecutionPlan) -> Result<bool, Failure> {
        let later = |at: Timestamp| at > plan.made_at;
        let all = self.state.overrides().await?;
        let by_time = all.iter().any(|one| later(one.set_at) || one.reverted_at.is_some_and(later));
        // A clock that was set back says nothing; what was planned later still comes later.
        Ok(by_time || self.state.overrides_changed_after(plan.id).await?)
    }

    /// Judges the machine anew with the overrides of the database.
    pub(crate) async fn load_overrides(&self) -> Result<(), Failure> {
        let all = self.state.overrides().await?;
        self.judge(|overrides| {
            *overrides = all.into_iter().filter(|one| one.reverted_at.is_none()).collect();
        });
        Ok(())
    }

    /// What taking an override back means. Code: `override-not-found`.
    pub(crate) fn draft_revert(&self, installed: &[Installed], id: OverrideId) -> Result<Draft, Failure> {
        if self.judged().overrides.iter().any(|one| one.id == id) {
            Ok(draft(installed, "override-revert"))
        } else {
            Err(Failure::new(Code::OverrideNotFound).with("id", id))
        }
    }

    /// What an operation does to the overrides; none if it is for something else.
    pub(crate) fn override_change(
        &self,
        operation: &Operation,
        at: Timestamp,
    ) -> Result<Option<OverrideChange>, Failure> {
        match &operation.intent {
            Intent::OverrideSet { capability, value, reason } => {
                // Read once before, when the plan was made: it can't fail here.
                let unread = |part: las_types::OverridePart| Failure::internal(part.as_str());
                let ruling = Ruling::read(capability, value).map_err(unread)?;
                Ok(Some(OverrideChange::Set(Override {
                    id: OverrideId::new(at, self.random()),
                    capability: ruling.capability(),
                    value: value.trim().to_owned(),
                    reason: override_reason(reason).map_err(unread)?,
                    set_at: at,
                    actor: operation.actor.clone(),
                    reverted_at: None,
                })))
            }
            Intent::OverrideRevert { id } => Ok(Some(OverrideChange::Revert(*id))),
            _ => Ok(None),
        }
    }

    /// Judges the machine anew after a change that is recorded.
    pub(crate) fn follow_override(&self, change: OverrideChange) {
        self.judge(|overrides| match change {
            OverrideChange::Set(one) => {
                overrides.retain(|other| other.capability != one.capability);
                overrides.push(one);
            }
            OverrideChange::Revert(id) => overrides.retain(|other| other.id != id),
        });
    }

    /// Judges the machine as it is known now, with the overrides as this changes them. One judges at a time, so that
    /// none goes by overrides that another has changed.
    pub(crate) fn judge(&self, change: impl FnOnce(&mut Vec<Override>)) {
        let mut known = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        let mut overrides = known.overrides.clone();
        change(&mut overrides);
        *known = Arc::new(judged(&self.machine(), &self.policy_set, &self.policies, overrides));
    }
}

/// What a machine may do by its policies and these overrides.
pub(crate) fn judged(
    profile: &las_types::HardwareProfile,
    set: &str,
    policies: &[las_types::Policy],
    overrides: Vec<Override>,
) -> Judged {
    let capabilities = Arc::new(las_policy::evaluate(profile, set, policies, &overrides));
    Judged { overrides, capabilities, answering: Mutex::default() }
}
