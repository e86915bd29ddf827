//! Overrides of policies: what a change of them means, and what holds with them.

use crate::ControlPlane;
use las_resolver::Draft;
use las_state::OverrideChange;
use las_types::{
    CapabilitySet, Code, DesiredOverride, DesiredState, ExecutionPlan, Failure, Installed, Intent, Note,
    Operation, Override, OverrideId, OverridePart, PlannedOverride, Timestamp,
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
    checked(&wish(capability, value, reason))?;
    Ok(draft(installed, "override-set"))
}

fn wish(capability: &str, value: &str, reason: &str) -> DesiredOverride {
    let [capability, value, reason] = [capability, value, reason].map(str::to_owned);
    DesiredOverride { capability, value, reason }
}

/// An override as it is recorded. Code: `override-invalid`.
fn checked(wish: &DesiredOverride) -> Result<DesiredOverride, Failure> {
    wish.checked().map_err(|part| unfit(wish, part))
}

fn unfit(wish: &DesiredOverride, part: OverridePart) -> Failure {
    let given = match part {
        OverridePart::Capability => &*wish.capability,
        OverridePart::Value => &*wish.value,
        // What can't be shown is not repeated.
        OverridePart::Reason => "",
    };
    Failure::new(Code::OverrideInvalid)
        .with("part", part.as_str())
        .with("capability", &wish.capability)
        .with("given", given)
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

    /// What a desired state does to the overrides: those that it names hold afterwards, and no others. Nothing where it
    /// does not speak of them. Code: `override-invalid`.
    pub(crate) fn planned_overrides(&self, intent: &Intent) -> Result<Vec<PlannedOverride>, Failure> {
        let Intent::StateApply { desired: DesiredState { overrides: Some(wanted), .. } } = intent else {
            return Ok(Vec::new());
        };
        let wanted = wanted.iter().map(checked).collect::<Result<Vec<_>, _>>()?;
        let mut named = BTreeSet::new();
        if let Some(twice) = wanted.iter().find(|one| !named.insert(&one.capability)) {
            return Err(unfit(twice, OverridePart::Capability));
        }
        let in_force = self.overrides_in_force();
        let gone = in_force
            .iter()
            .filter(|one| !named.contains(&one.capability))
            .map(|one| PlannedOverride::Revert { id: one.id });
        let holds = |one: &DesiredOverride| in_force.iter().any(|other| is_same(other, one));
        let new = wanted.iter().filter(|one| !holds(one)).cloned().map(|one| PlannedOverride::Set { one });
        Ok(gone.chain(new).collect())
    }

    /// What the machine may do once these are recorded.
    pub(crate) fn capabilities_after(&self, planned: &[PlannedOverride]) -> Arc<CapabilitySet> {
        let at = self.clock.now();
        let mut overrides = self.overrides_in_force();
        for change in planned.iter().map(|planned| self.made(planned, "plan", at)) {
            change_list(&mut overrides, change);
        }
        judged(&self.machine(), &self.policy_set, &self.policies, overrides).capabilities
    }

    /// What a person should know of it before it is approved.
    pub(crate) fn note_of(&self, planned: &PlannedOverride) -> Note {
        match planned {
            PlannedOverride::Set { one } => Note::new("override-sets")
                .with("capability", &one.capability)
                .with("value", &one.value)
                .with("reason", &one.reason),
            PlannedOverride::Revert { id } => {
                let known = self.overrides_in_force().into_iter().find(|one| one.id == *id);
                let (capability, value) = known.map(|one| (one.capability, one.value)).unwrap_or_default();
                Note::new("override-takes-back").with("capability", capability).with("value", value)
            }
        }
    }

    fn made(&self, planned: &PlannedOverride, actor: &str, at: Timestamp) -> OverrideChange {
        match planned {
            PlannedOverride::Set { one } => OverrideChange::Set(Override {
                id: OverrideId::new(at, self.random()),
                capability: one.capability.clone(),
                value: one.value.clone(),
                reason: one.reason.clone(),
                set_at: at,
                actor: actor.to_owned(),
                reverted_at: None,
            }),
            PlannedOverride::Revert { id } => OverrideChange::Revert(*id),
        }
    }

    /// What an operation does to the overrides.
    pub(crate) fn override_changes(
        &self,
        operation: &Operation,
        plan: &ExecutionPlan,
        at: Timestamp,
    ) -> Result<Vec<OverrideChange>, Failure> {
        let own = match &operation.intent {
            Intent::OverrideSet { capability, value, reason } => {
                Some(PlannedOverride::Set { one: checked(&wish(capability, value, reason))? })
            }
            Intent::OverrideRevert { id } => Some(PlannedOverride::Revert { id: *id }),
            _ => None,
        };
        let planned = own.iter().chain(&plan.overrides);
        Ok(planned.map(|planned| self.made(planned, &operation.actor, at)).collect())
    }

    /// Judges the machine anew after changes that are recorded.
    pub(crate) fn follow_overrides(&self, changes: Vec<OverrideChange>) {
        if !changes.is_empty() {
            self.judge(|overrides| changes.into_iter().for_each(|change| change_list(overrides, change)));
        }
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

/// Whether an override in force says what is wished.
pub(crate) fn is_same(one: &Override, wish: &DesiredOverride) -> bool {
    (&one.capability, &one.value, &one.reason) == (&wish.capability, &wish.value, &wish.reason)
}

/// The overrides in force, after a change.
fn change_list(overrides: &mut Vec<Override>, change: OverrideChange) {
    match change {
        OverrideChange::Set(one) => {
            overrides.retain(|other| other.capability != one.capability);
            overrides.push(one);
        }
        OverrideChange::Revert(id) => overrides.retain(|other| other.id != id),
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
