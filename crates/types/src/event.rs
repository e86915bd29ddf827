//! Events: hints that something changed. A client reads the state itself afterwards.

use crate::{GenerationNumber, ModuleName, ModuleState, Operation, OperationId, PlanId, ServiceStatus};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "event")]
pub enum Event {
    /// An operation moved: state or progress.
    #[serde(rename = "operation:progressed")]
    OperationProgressed {
        /// As it is now.
        operation: Operation,
    },
    /// A change waits for its turn: another operation runs.
    #[serde(rename = "change:waiting")]
    ChangeWaiting {
        /// The plan that was approved.
        plan: PlanId,
        /// What it waits for.
        behind: OperationId,
    },
    /// A module's state changed.
    #[serde(rename = "module:state-changed")]
    ModuleStateChanged {
        /// Which.
        module: ModuleName,
        /// To what.
        state: ModuleState,
    },
    /// A service's state changed.
    #[serde(rename = "service:state-changed")]
    ServiceStateChanged {
        /// As it is now.
        service: ServiceStatus,
    },
    /// A generation was made.
    #[serde(rename = "generation:made")]
    GenerationMade {
        /// Which.
        number: GenerationNumber,
    },
    /// What has drifted is not what it was when somebody looked last.
    #[serde(rename = "drift:found")]
    DriftFound {
        /// How many things somebody still has to do something about.
        open: u32,
        /// How many were put right.
        repaired: u32,
    },
    /// The configuration in force changed, or its file can't be accepted any more.
    #[serde(rename = "config:changed")]
    ConfigChanged {},
    /// The reader was too slow and missed events: read everything again.
    #[serde(rename = "events:missed")]
    EventsMissed {
        /// How many.
        count: u64,
    },
}
