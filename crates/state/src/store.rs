//! Opening, checking and saving a copy of the database.

use crate::{Error, Reanchored};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The database of one data directory.
#[derive(Debug)]
pub struct State {
    pub(crate) pool: SqlitePool,
    pub(crate) path: PathBuf,
}

impl State {
    /// Opens the database, making it if it doesn't exist; migrates it, and checks it.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let state = Self::open_unchecked(path).await?;
        state.check_digests().await?;
        Ok(state)
    }

    /// Opens the database after a repair: like [`State::open`], but the ledger is anchored as it is now
    /// instead of being held to its anchor.
    pub async fn open_anew(path: &Path) -> Result<(Self, Reanchored), Error> {
        let state = Self::open_unchecked(path).await?;
        let found = state.anchor_anew().await?;
        state.check_digests().await?;
        Ok((state, found))
    }

    /// Opens a copy of the database in another folder, made with its log and its ledger's anchor: for a folder that
    /// can't be written. Nobody else may write the database meanwhile.
    pub async fn open_copy(path: &Path, folder: &Path) -> Result<Self, Error> {
        let copy = path.file_name().map_or_else(|| folder.to_owned(), |name| folder.join(name));
        let log = |base: &Path| PathBuf::from(format!("{}-wal", base.display()));
        let pairs = [
            (path.to_owned(), copy.clone()),
            (log(path), log(&copy)),
            (Self::anchor_path(path), Self::anchor_path(&copy)),
        ];
        for (from, to) in pairs {
            match std::fs::copy(&from, &to) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::File { path: from, source: error });
                }
                Ok(_) | Err(_) => {}
            }
        }
        Self::open(&copy).await
    }

    async fn open_unchecked(path: &Path) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        // One writer by design: the core holds the directory's lock. A few readers for the views.
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await
            .map_err(|error| Error::database(path, error))?;
        let state = Self { pool, path: path.to_owned() };
        state.check().await?;
        state.migrate().await?;
        Ok(state)
    }

    /// SQLite's own check of the file's structure.
    async fn check(&self) -> Result<(), Error> {
        let answer: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        if answer == "ok" { Ok(()) } else { Err(Error::Corrupt { path: self.path.clone(), detail: answer }) }
    }

    /// The digests of what matters most: SQLite does not notice a changed bit in a row.
    async fn check_digests(&self) -> Result<(), Error> {
        self.check_generations().await?;
        self.check_overrides().await?;
        self.check_pins().await?;
        self.verify_ledger().await.map(|_| ())
    }

    /// Where the copy for repairs lies.
    pub fn snapshot_path(path: &Path) -> PathBuf {
        path.with_file_name("state.snapshot.db")
    }

    /// Saves a consistent copy beside the database, for `las doctor --repair`.
    pub async fn save_snapshot(&self) -> Result<(), Error> {
        let target = Self::snapshot_path(&self.path);
        let staged = target.with_extension("db.new");
        let failed = |source| Error::File { path: target.clone(), source };
        if staged.exists() {
            std::fs::remove_file(&staged).map_err(failed)?;
        }
        sqlx::query("VACUUM INTO ?")
            .bind(staged.to_string_lossy().into_owned())
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        replace_synced(&staged, &target).map_err(failed)
    }

    /// Puts a damaged database aside (it is kept) and the last copy, if there is one, in its place.
    /// Returns where the damaged file went.
    pub fn restore_snapshot(path: &Path, stamp: &str) -> Result<PathBuf, Error> {
        let failed = |source| Error::File { path: path.to_owned(), source };
        let aside = path.with_file_name(format!("state.db.damaged-{stamp}"));
        replace_synced(path, &aside).map_err(failed)?;
        for suffix in ["-wal", "-shm"] {
            let with_suffix = |base: &Path| PathBuf::from(format!("{}{suffix}", base.display()));
            if with_suffix(path).exists() {
                replace_synced(&with_suffix(path), &with_suffix(&aside)).map_err(failed)?;
            }
        }
        let snapshot = Self::snapshot_path(path);
        if snapshot.exists() {
            let staged = path.with_extension("db.restoring");
            std::fs::copy(&snapshot, &staged).map_err(failed)?;
            replace_synced(&staged, path).map_err(failed)?;
        }
        Ok(aside)
    }

    /// Closes every connection, so that the log is merged into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) fn failed(&self, error: sqlx::Error) -> Error {
        Error::database(&self.path, error)
    }
}

/// Renames a file over another and makes both name and bytes durable.
#[expect(
    clippy::disallowed_methods,
    reason = "the database's own files; the durable-write module is the runtime's, which control can't see"
)]
pub(crate) fn replace_synced(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::File::open(from)?.sync_all()?;
    std::fs::rename(from, to)?;
    match to.parent() {
        Some(directory) => std::fs::File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}
