//! Looking at the database as it lies on disk, while a core uses it.

use crate::{Error, State};
use las_types::OperationId;
use sqlx::Row;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

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
        let apart = Self::open_still(&self.path).await?;
        let looked = async {
            apart.check().await?;
            Ok(apart.ledger_head().await?.0)
        };
        let lines: Result<u64, Error> = looked.await;
        apart.close_connections().await;
        Ok(usize::try_from(lines?).unwrap_or(usize::MAX))
    }

    /// The last operation that said what the whole machine should hold, and its command: a desired state or a lock
    /// that was applied, or the way back to a generation.
    pub async fn last_wish(&self) -> Result<Option<(String, OperationId)>, Error> {
        let row = sqlx::query(
            "SELECT line ->> '$[0][4]' AS command, line ->> '$[0][2]' AS operation_id FROM ledger \
             WHERE line ->> '$[1][0]' = 'succeeded' \
             AND line ->> '$[0][4]' IN ('state_apply', 'lock_apply', 'generation_rollback') \
             ORDER BY sequence DESC LIMIT 1",
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let operation = serde_json::Value::String(row.get("operation_id"));
            Ok((row.get("command"), serde_json::from_value(operation)?))
        };
        row.as_ref().map(read).transpose()
    }
}
