//! Decides what a change to the machine consists of: wanted × installed × registry → steps, or the
//! reason why not.
//!
//! [`install`], [`upgrade`], [`remove`], [`import`], [`rollback`], [`apply`] and [`lock`] each look at a [`World`] and return a
//! [`Draft`]: complete, ordered steps with versions, digests, sizes and undo, and what will be
//! installed afterwards. The control layer gives it an id and a time and so makes it a plan.
//!
//! Invariants: pure (no I/O, no clock, no randomness): the same world gives the same draft. Chosen
//! is the newest version that everything allows and this machine can run. Dependencies come before
//! what needs them; cycles are refused. What is installed already is not done again: the second
//! draft of the same wish is empty. An upgrade lowers no version and touches nothing that is pinned. A
//! service whose program is replaced is started again from the new version before the old one goes. After a draft nothing installed lacks what it depends on.
//!
//! It does not read policies (it gets verdicts), check free disk space, start services or look
//! into files.
//!
//! ```
//! # fn example(world: &las_resolver::World<'_>) -> Result<(), las_types::Failure> {
//! let draft = las_resolver::install(world, &["llama.cpp@>=0.2".parse().unwrap()])?;
//! assert_eq!(draft.totals.freed.bytes(), 0);
//! # Ok(()) }
//! ```
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::indexing_slicing, clippy::string_slice))]

mod admit;
mod among;
mod apply;
mod below;
mod candidates;
mod change;
mod connect;
mod desire;
mod explain;
mod item;
mod known;
mod lock;
mod mode;
mod notes;
mod order;
mod relate;
mod restarts;
mod serve;
mod solve;
mod steps;
#[cfg(test)]
mod tests;
mod upgrade;
mod views;
mod world;

pub use admit::{admit_load, admit_model, admit_privileges, denied, permitted};
pub use apply::apply;
pub use change::{adopt, import, install, remove, rollback};
pub use connect::peer_ports;
pub use lock::lock;
pub use mode::{Decision, Modes, Wish};
pub use notes::privileges;
pub use serve::{companions_left, needs_in_order, services_above, services_below, serving};
pub use upgrade::upgrade;
pub use views::lay_out;
pub use world::{Draft, Running, World};
