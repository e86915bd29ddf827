//! The machine's state in SQLite: plans, operations and their journal, generations, overrides of policies, pins,
//! the ledger, tokens, what was measured of models that were loaded.
//!
//! Invariants: a journal line is on disk before the call that writes it returns; an operation ends in
//! one transaction together with its ledger line and its generation or its change of the overrides or pins, if it
//! made one; so does a change of who may come in; the ledger
//! is append-only and each line's hash covers the one before; its length and last hash
//! stand, signed, in a second file too; every row that decides anything is sealed; a database that is damaged is
//! never read as if it were not, and one that is gone is never begun anew in silence.
//!
//! What this crate does not do: it starts nothing and decides nothing; it does not know what a step means.
//!
//! ```no_run
//! # async fn example() -> Result<(), las_state::Error> {
//! let state = las_state::State::open(std::path::Path::new("state.db")).await?;
//! let current = state.current_generation().await?;
//! # Ok(()) }
//! ```
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::indexing_slicing, clippy::string_slice))]

mod anchor;
mod changes;
mod checkpoints;
mod connection;
mod dump;
mod ending;
mod error;
mod export;
mod figures;
mod generations;
mod incidents;
mod inspect;
mod key;
mod keys;
mod ledger;
mod loads;
mod modules;
mod operations;
mod overrides;
mod pausing;
mod pins;
mod plans;
mod restore;
mod schema;
mod seal;
mod snapshot;
mod store;
mod structure;
mod tokens;
mod verify;
mod wal;

pub use anchor::Reanchored;
pub use checkpoints::Checkpoint;
pub use ending::Ending;
pub use error::{Error, Refused};
pub use export::verify_export;
pub use figures::Figures;
pub use incidents::Incident;
pub use inspect::FileMarks;
pub use ledger::LedgerLine;
pub use modules::ModuleRecord;
pub use overrides::OverrideChange;
pub use pins::PinChange;
pub use plans::StoredPlan;
pub use tokens::Token;
pub use verify::Verified;

/// The database of one data directory.
#[derive(Debug)]
pub struct State {
    pub(crate) pool: sqlx::SqlitePool,
    pub(crate) path: std::path::PathBuf,
    /// Signs the ledger; none where nobody made one.
    pub(crate) key: Option<key::LedgerKey>,
    /// The operation that was begun last, as the anchor names it.
    pub(crate) begun: std::sync::Mutex<Option<String>>,
    /// The ledger's end. Held by whoever writes a line or the anchor, so that the anchor is never more than one line
    /// behind.
    pub(crate) end: tokio::sync::Mutex<anchor::End>,
    /// The place of the next journal line.
    pub(crate) next_journal: std::sync::atomic::AtomicI64,
    /// Whether this has left its mark beside the database and not closed it yet.
    pub(crate) marked: std::sync::atomic::AtomicBool,
}

#[cfg(test)]
mod tests;
