//! The connections to the database.

use crate::key::LedgerKey;
use crate::{Error, State};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous, SqliteTransactionManager,
};
use sqlx::{Connection as _, Executor as _};
use sqlx_core::transaction::TransactionManager as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::time::Duration;

impl State {
    /// Connects to the database, making it if there is none.
    pub(crate) async fn connect(path: &Path) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What a connection keeps for itself needs no disk: see the end of an operation.
            .pragma("temp_store", "memory")
            // In KiB: a ledger of some years is read from memory.
            .pragma("cache_size", "-8192")
            .busy_timeout(Duration::from_secs(10));
        // One writer by design: the core holds the directory's lock. A few readers for the views.
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            // A file has no line that could have gone dead meanwhile, and no connection is too old: the last one to be
            // closed merges the log and removes it, which while the database is open is damage.
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_release(|connection, _| Box::pin(is_sound(connection)))
            .connect_with(options.clone())
            .await
            .map_err(|error| Error::database(path, error))?;
        // Only the first connection may make a database: where the data directory was taken away, a later one
        // would go on with an empty one.
        pool.set_connect_options(options.create_if_missing(false));
        Self::over(pool, path)
    }

    /// A copy that lies still: nothing is written, nothing migrated.
    pub(crate) async fn open_still(path: &Path) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_with(options)
            .await
            .map_err(|error| Error::database(path, error))?;
        Self::over(pool, path)
    }

    pub(crate) fn over(pool: SqlitePool, path: &Path) -> Result<Self, Error> {
        Ok(Self {
            pool,
            path: path.to_owned(),
            key: LedgerKey::read(path)?,
            begun: std::sync::Mutex::default(),
            end: tokio::sync::Mutex::default(),
            next_journal: AtomicI64::new(1),
            marked: AtomicBool::new(false),
        })
    }
}

/// The longest wait for connections that are still in use. Each thing that is done with one is short, and SQLite's own
/// wait for a lock ends before; only one whose thread ended with a question unanswered takes longer, for ever.
const CLOSE_LIMIT: Duration = Duration::from_secs(30);

impl State {
    /// Closes every connection; false if one of them did not come back.
    pub(crate) async fn close_connections(&self) -> bool {
        self.close_connections_within(CLOSE_LIMIT).await
    }

    pub(crate) async fn close_connections_within(&self, limit: Duration) -> bool {
        let closed = tokio::time::timeout(limit, self.pool.close()).await.is_ok();
        if !closed {
            tracing::warn!(path = %self.path.display(), "a connection to the database did not come back; what it holds stays open");
        }
        closed
    }

    /// What to say where [`State::close_connections`] could not: nobody may put the file aside now.
    pub(crate) fn stuck(&self) -> Error {
        Error::Database { path: self.path.clone(), source: Box::new(sqlx::Error::WorkerCrashed) }
    }
}

/// Whether a connection that comes back can be used again. On a full or failing disk SQLite takes a transaction back by itself; sqlx then
/// counts one that is no more, and would refuse the next one for as long as the core runs.
pub(crate) async fn is_sound(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A roll-back may still be under way.
        connection.ping().await?;
    }
    if connection.is_in_transaction() {
        // One that is there can be rolled back. If one is there after all, the connection is of no more use.
        if connection.execute("BEGIN").await.is_err() {
            return Ok(false);
        }
        SqliteTransactionManager::rollback(connection).await?;
    }
    Ok(true)
}
