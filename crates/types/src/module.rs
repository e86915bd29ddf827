//! The life of a module.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a module is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModuleState {
    /// In the registry.
    Available,
    /// Chosen by a plan that has begun.
    Resolved,
    /// Complete in the store.
    Installed,
    /// Its service runs.
    Running,
    /// Its service is stopped.
    Stopped,
    /// A step of its life failed.
    Failed,
    /// No longer in the registry.
    Deprecated,
}

impl ModuleState {
    /// Whether the control layer may move a module from this state to that one.
    pub fn may_become(self, next: Self) -> bool {
        use ModuleState::{Available, Deprecated, Failed, Installed, Resolved, Running, Stopped};
        matches!(
            (self, next),
            (Available | Failed, Resolved)
                | (Resolved, Installed)
                | (Installed | Stopped, Running)
                | (Installed | Running, Stopped)
                | (_, Failed | Deprecated)
                // Removal: what is no longer installed is available again.
                | (Resolved | Installed | Stopped, Available)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::ModuleState::{Available, Deprecated, Failed, Installed, Resolved, Running, Stopped};

    #[test]
    fn only_the_documented_transitions_are_allowed() {
        for (from, to) in [
            (Available, Resolved),
            (Resolved, Installed),
            (Installed, Running),
            (Running, Stopped),
            (Stopped, Running),
            (Running, Failed),
            (Failed, Resolved),
            (Stopped, Deprecated),
        ] {
            assert!(from.may_become(to), "{from:?} -> {to:?}");
        }
        for (from, to) in [
            (Available, Installed),
            (Available, Running),
            (Running, Installed),
            (Failed, Running),
            (Running, Available),
        ] {
            assert!(!from.may_become(to), "{from:?} -> {to:?}");
        }
    }
}
