//! The machine's state in SQLite: plans, operations and their journal, generations, overrides of policies, pins,
//! the ledger, tokens.
//!
//! Invariants: a journal line is on disk before the call that writes it returns; an operation ends in
//! one transaction together with its ledger line and its generation or its change of overrides or pins, if it
//! made one; the ledger is append-only and each line's hash covers the one before; its length and last hash stand in a
//! second file too.
//!
//! What this crate does not do: it starts nothing and decides nothing; it does not know what a step means.
//!
//! ```no_run
//! # async fn example() -> Result<(), las_state::Error> {
//! let state = las_state::State::open(std::path::Path::new("state.db")).await?;
//! let current = state.current_generation().await?;
//! # Ok(()) }
//! ```

mod anchor;
mod dump;
mod error;
mod figures;
mod generations;
mod keys;
mod ledger;
mod operations;
mod overrides;
mod pins;
mod plans;
mod schema;
mod store;
mod tokens;

pub use anchor::Reanchored;
pub use error::{Error, Refused};
pub use figures::Figures;
pub use ledger::LedgerLine;
pub use operations::Ending;
pub use overrides::OverrideChange;
pub use pins::PinChange;
pub use plans::StoredPlan;
pub use store::State;
pub use tokens::Token;

#[cfg(test)]
mod tests;
