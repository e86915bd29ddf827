//! Pins of modules: what a change of them means.

use crate::{ControlPlane, Sight};
use las_resolver::Draft;
use las_state::PinChange;
use las_types::{
    Code, ExecutionPlan, Failure, Intent, ModuleName, ModuleRequest, Note, Operation, Pin, Requirement,
    Timestamp, Version,
};

impl ControlPlane {
    /// Every pin there ever was, oldest first.
    pub async fn pins(&self) -> Result<Vec<Pin>, Failure> {
        Ok(self.state.pins().await?)
    }

    /// The pins in force, oldest first.
    pub async fn pins_in_force(&self) -> Result<Vec<Pin>, Failure> {
        let mut pins = self.pins().await?;
        pins.retain(|pin| pin.unpinned_at.is_none());
        Ok(pins)
    }

    /// Whether a plan made then may break a pin that is new, or rest on one that is gone.
    pub(crate) async fn pins_changed_since(&self, plan: &ExecutionPlan) -> Result<bool, Failure> {
        let later = |at: Timestamp| at > plan.made_at;
        let all = self.pins().await?;
        let by_time = all.iter().any(|pin| later(pin.pinned_at) || pin.unpinned_at.is_some_and(later));
        // As with overrides: a clock that was set back says nothing.
        Ok(by_time || self.state.pins_changed_after(plan.id).await?)
    }

    /// What holding a module at a version means. Codes: `pin-elsewhere` if another version is installed,
    /// `module-not-found` if nobody knows the module, `module-conflict` if it has no such version.
    pub(crate) fn draft_pin(
        &self,
        sight: &Sight<'_>,
        module: &ModuleName,
        version: &Version,
    ) -> Result<Draft, Failure> {
        match sight.installed.iter().find(|item| item.name == *module) {
            Some(item) if item.version == *version => {}
            // A pin keeps; it doesn't bring. What is installed stays at its pin in this way.
            Some(item) => {
                return Err(Failure::new(Code::PinElsewhere)
                    .with("name", module)
                    .with("version", version)
                    .with("installed", &item.version));
            }
            None => {
                let requirement = Requirement::exactly(version);
                self.registry.find(&ModuleRequest { name: module.clone(), requirement })?;
            }
        }
        Ok(recorded(sight, "module-pin"))
    }

    /// What holding a module no longer means. Code: `pin-not-found`.
    pub(crate) fn draft_unpin(sight: &Sight<'_>, module: &ModuleName) -> Result<Draft, Failure> {
        if sight.pins.iter().any(|pin| pin.module == *module) {
            Ok(recorded(sight, "module-unpin"))
        } else {
            Err(Failure::new(Code::PinNotFound).with("name", module))
        }
    }
}

/// Nothing is installed, removed or started.
fn recorded(sight: &Sight<'_>, note: &str) -> Draft {
    Draft { outcome: sight.installed.to_vec(), notes: vec![Note::new(note)], ..Draft::default() }
}

/// What an operation does to the pins; none if it is for something else.
pub(crate) fn change(operation: &Operation, at: Timestamp) -> Option<PinChange> {
    match &operation.intent {
        Intent::ModulePin { module, version } => Some(PinChange::Set(Pin {
            module: module.clone(),
            version: version.clone(),
            pinned_at: at,
            actor: operation.actor.clone(),
            unpinned_at: None,
        })),
        Intent::ModuleUnpin { module } => Some(PinChange::Lift(module.clone())),
        _ => None,
    }
}
