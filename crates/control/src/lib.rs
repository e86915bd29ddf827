//! The control plane: an intent becomes a plan, an approved plan an operation, and an operation either
//! the new state or, undone, the old one.
//!
//! Invariants: a plan is stored before anybody can approve it and never changes; every step is journalled
//! before and after; one operation changes the machine at a time; after a stop at any point,
//! [`ControlPlane::recover`] leads back to the state before the interrupted operation or, if it had been
//! committed, to the state after it.
//!
//! What this crate does not do: it executes nothing (it holds a `dyn Executor`), reads no clock and no
//! random numbers of its own, and knows no interface.
//!
//! ```no_run
//! # async fn example(control: std::sync::Arc<las_control::ControlPlane>) -> Result<(), las_types::Failure> {
//! let intent = las_types::Intent::ModuleInstall { modules: vec!["llama.cpp".parse().unwrap()], mode: None };
//! let plan = control.propose(intent).await?;
//! let operation = control.approve(plan.id, "cli", None).await?;
//! let ended = control.wait(operation.id).await?;
//! # Ok(()) }
//! ```
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::indexing_slicing, clippy::string_slice))]

mod adopt;
mod bases;
mod before;
mod bus;
mod ceiling;
mod configure;
mod course;
mod doctor;
mod end;
mod fit;
mod import;
mod keys;
mod lifecycle;
mod load;
mod locked;
mod measured;
mod operate;
mod overrides;
mod pause;
mod pins;
mod plane;
mod propose;
mod pull;
mod reading;
mod reconcile;
mod recover;
mod removal;
mod resume;
mod scan;
mod serve;
mod sets;
mod sight;
mod speed;
mod stale;
mod template;
mod turn;
mod undo;
mod unhealthy;
mod verifying;
mod viewing;
mod watch;

pub use bases::base_of;
pub use before::version_before;
pub use bus::Bus;
pub use doctor::{Diagnosis, Discovery};
pub use fit::{FitAsked, RepositoryFit};
pub use las_policy::Coverage;
pub use plane::{ControlPlane, Parts};
pub use reconcile::{Mend, Reconciled};
pub use scan::Scan;
pub(crate) use sight::Sight;
