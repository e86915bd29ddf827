//! Looking at the database as it lies on disk, while a core uses it.

use crate::{Error, State};
use las_types::OperationId;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::Duration;

/// What the database's files looked like: inode, size, and the moment of the last change, each. While they stay the
/// same there is nothing new to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMarks([Option<(u64, u64, i64, i64)>; 3]);

impl State {
    /// What the database, its log and the ledger's anchor look like now.
    pub fn marks(&self) -> FileMarks {
        let log = PathBuf::from(format!("{}-wal", self.path.display()));
        FileMarks([self.path.clone(), log, Self::anchor_path(&self.path)].map(|path| {
            let found = path.metadata().ok()?;
            Some((found.ino(), found.size(), found.ctime(), found.ctime_nsec()))
        }))
    }

    /// Checks the structure, every row's digest and the ledger on a connection of its own: what this core's
    /// connections keep in memory hides what is on disk. Returns how many lines the ledger has.
    pub async fn inspect(&self) -> Result<usize, Error> {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .read_only(true)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .map_err(|error| Error::database(&self.path, error))?;
        let apart = Self::over(pool, &self.path)?;
        let looked = async {
            apart.check().await?;
            Ok(apart.ledger().await?.len())
        };
        let lines = looked.await;
        apart.pool.close().await;
        lines
    }

    /// The last operation that said what the whole machine should hold, and its command: a desired state or a lock
    /// that was applied, or the way back to a generation.
    pub async fn last_wish(&self) -> Result<Option<(String, OperationId)>, Error> {
        // A line is a JSON list of lists in which the outcome follows the command; see `LedgerLine`.
        let sequence: Option<i64> = sqlx::query_scalar(
            "SELECT MAX(sequence) FROM ledger WHERE instr(line, '\"state_apply\"],[\"succeeded\"') \
             OR instr(line, '\"lock_apply\"],[\"succeeded\"') \
             OR instr(line, '\"generation_rollback\"],[\"succeeded\"')",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        let Some(sequence) = sequence else { return Ok(None) };
        let Some(line) = self.ledger_line(sequence.unsigned_abs()).await? else { return Ok(None) };
        let operation = serde_json::from_value(serde_json::Value::String(line.operation))?;
        Ok(Some((line.command, operation)))
    }
}
