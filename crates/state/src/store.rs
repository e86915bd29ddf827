//! Opening, checking and closing the database.

use crate::key::LedgerKey;
use crate::{Error, Reanchored, State, wal};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::time::Duration;

/// Whether the ledger is held to its anchor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    Yes,
    No,
}

impl State {
    /// Opens the database, making it if there is none and never was; migrates it, and checks all of it.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        preflight(path)?;
        Self::opened(path, Held::Yes).await
    }

    /// Opens the database after a repair: like [`State::open`], but the ledger is anchored as it is now
    /// instead of being held to its anchor.
    pub async fn open_anew(path: &Path) -> Result<(Self, Reanchored), Error> {
        let state = Self::opened(path, Held::No).await?;
        match state.anchor_anew().await {
            Ok(found) => Ok((state, found)),
            Err(error) => {
                state.close().await;
                Err(error)
            }
        }
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

    async fn opened(path: &Path, held: Held) -> Result<Self, Error> {
        let state = Self::connect(path).await?;
        let ready = async {
            state.check_structure().await?;
            state.migrate().await?;
            state.check_rows(held).await?;
            state.count_journal().await?;
            // From its birth on: a database that is gone or empty is then known to be missed.
            if held == Held::Yes {
                match state.anchor().await? {
                    Some(anchor) if state.is_signed_if_it_can_be(&anchor) => {
                        state.end.lock().await.anchored = anchor.count;
                    }
                    _ => state.anchor_ledger().await?,
                }
            }
            state.mark_open().await
        };
        match ready.await {
            Ok(()) => Ok(state),
            Err(error) => {
                // Whoever puts the file aside must not find it open; and a log that closing merges is not missed.
                state.close().await;
                Err(error)
            }
        }
    }

    async fn connect(path: &Path) -> Result<Self, Error> {
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
            // A file has no line that could have gone dead meanwhile.
            .test_before_acquire(false)
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
        })
    }

    /// SQLite's own check: the file's structure, and that each index names the rows of its table.
    pub(crate) async fn check_structure(&self) -> Result<(), Error> {
        let answer: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
            .fetch_one(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        if answer == "ok" { Ok(()) } else { Err(self.damaged(answer)) }
    }

    /// What SQLite does not notice: a changed bit in a row, a line that is missing.
    async fn check_rows(&self, held: Held) -> Result<(), Error> {
        self.check_seals().await?;
        self.check_generations().await?;
        self.check_overrides().await?;
        self.check_pins().await?;
        match held {
            Held::Yes => self.verify_ledger().await.map(|_| ()),
            Held::No => self.check_chain().await,
        }
    }

    /// Where the journal goes on; only when opening, before anything is written.
    async fn count_journal(&self) -> Result<(), Error> {
        let last: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(sequence), 0) FROM journal")
            .fetch_one(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        self.next_journal.store(last + 1, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    /// Everything that opening checks, of a database that is open already.
    pub async fn check(&self) -> Result<(), Error> {
        self.check_structure().await?;
        self.check_rows(Held::Yes).await
    }

    /// Leaves a mark beside the database until it is closed, and something in the log: a log that is gone
    /// or empty after a stop then shows. Without space for that the database can still be read.
    async fn mark_open(&self) -> Result<(), Error> {
        let written = async {
            self.count_opening().await?;
            let path = open_mark(&self.path);
            if has_failed(&self.path) && !self.merge_log().await {
                return Ok(());
            }
            let failed = |source| Error::File { path: path.clone(), source };
            std::fs::File::create(&path).and_then(|file| file.sync_all()).map_err(failed)?;
            sync_directory(&path).map_err(failed)
        };
        match written.await {
            Err(Error::DiskFull { .. } | Error::Disk { .. } | Error::File { .. }) => Ok(()),
            other => other,
        }
    }

    /// Closes every connection, so that the log is merged into the file.
    pub async fn close(&self) {
        // First: from here on a log that is gone has been merged. A mark that can't be removed only makes
        // the next opening look closer. Where the disk failed it may stay unmerged, with what was taken back in it.
        let unmark = || std::fs::remove_file(open_mark(&self.path));
        let failed = has_failed(&self.path);
        if !failed {
            let _ = unmark();
        }
        self.pool.close().await;
        if failed && std::fs::metadata(wal::path(&self.path)).map_or(true, |log| log.len() == 0) {
            let _ = unmark();
        }
    }

    /// Merges the log into the file and empties it; false if that can't be done now.
    async fn merge_log(&self) -> bool {
        let merged =
            sqlx::query_scalar::<_, i64>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.pool).await;
        merged.is_ok_and(|busy| busy == 0)
    }

    pub(crate) fn failed(&self, error: sqlx::Error) -> Error {
        let error = Error::database(&self.path, error);
        if matches!(error, Error::DiskFull { .. } | Error::Disk { .. }) {
            self.mark_failed();
        }
        error
    }

    /// Says in the mark that a write failed: SQLite takes the transaction back, but its commit may stand in the
    /// log, behind what is written next. Where the disk refuses this, too, the next opening looks closer.
    pub(crate) fn mark_failed(&self) {
        let mark = std::fs::OpenOptions::new().append(true).open(open_mark(&self.path));
        let _ = mark.and_then(|mut mark| mark.write_all(FAILED).and_then(|()| mark.sync_all()));
    }
}

/// In the mark of a database whose disk failed while it was open.
const FAILED: &[u8] = b"failed\n";

pub(crate) fn open_mark(path: &Path) -> PathBuf {
    path.with_extension("db.open")
}

/// Whether the disk failed while the database was open, and its log was not merged since.
fn has_failed(path: &Path) -> bool {
    std::fs::read(open_mark(path)).is_ok_and(|mark| mark.starts_with(FAILED))
}

/// What can be seen before SQLite touches anything: a database that is gone or empty though there was one,
/// and a log that is gone or damaged.
fn preflight(path: &Path) -> Result<(), Error> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    let length = |path: &Path| match std::fs::metadata(path) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    };
    let corrupt = |detail: &str| Err(Error::Corrupt { path: path.to_owned(), detail: detail.to_owned() });
    let was = State::anchor_path(path).exists() || State::snapshots(path).iter().any(|copy| copy.exists());
    if was && length(path).map_err(failed)? == 0 {
        return corrupt("it is missing or empty, and it was not before");
    }
    let behind = if has_failed(path) { wal::Behind::MayBeTakenBack } else { wal::Behind::IsDamage };
    if let Some(detail) = wal::damage(path, behind).map_err(failed)? {
        return corrupt(&detail);
    }
    if open_mark(path).exists() && length(&wal::path(path)).map_err(failed)? == 0 {
        return corrupt("its write-ahead log is missing after a stop");
    }
    Ok(())
}

/// Renames a file over another and makes both name and bytes durable.
#[expect(
    clippy::disallowed_methods,
    reason = "the database's own files; the durable-write module is the runtime's, which control can't see"
)]
pub(crate) fn replace_synced(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::File::open(from)?.sync_all()?;
    std::fs::rename(from, to)?;
    sync_directory(to)
}

fn sync_directory(of: &Path) -> std::io::Result<()> {
    match of.parent() {
        Some(directory) => std::fs::File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}
