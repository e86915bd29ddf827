//! Opening, checking and closing the database.

use crate::{Error, Reanchored, State, wal};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

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
        // What the mark of before stands for has been looked at. Where opening comes to nothing, the connection that
        // was there already merges the log when it ends, and a log that was merged is not missing.
        if !has_failed(path) {
            remove_mark(path).map_err(|source| Error::File { path: open_mark(path), source })?;
        }
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
                if state.close().await { Err(error) } else { Err(state.stuck()) }
            }
        }
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
        self.next_journal.store(last + 1, Ordering::Relaxed);
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
            let path = open_mark(&self.path);
            // The mark of before stays until something is in the log again: a log that was just merged is empty.
            if has_failed(&self.path) && !self.merge_log().await {
                return Ok(());
            }
            self.count_opening().await?;
            let failed = |source| Error::File { path: path.clone(), source };
            self.marked.store(true, Ordering::Relaxed);
            std::fs::File::create(&path).and_then(|file| file.sync_all()).map_err(failed)?;
            sync_directory(&path).map_err(failed)
        };
        match written.await {
            Err(Error::DiskFull { .. } | Error::Disk { .. } | Error::File { .. }) => Ok(()),
            other => other,
        }
    }

    /// Closes every connection, so that the log is merged into the file; false if one of them never came back, which
    /// is logged: then the log stays, and the next opening merges it.
    pub async fn close(&self) -> bool {
        // First: from here on a log that is gone has been merged. Where the disk failed it may stay unmerged, with
        // what was taken back in it.
        let failed = has_failed(&self.path);
        if !failed {
            self.unmark();
        }
        let closed = self.close_connections().await;
        if closed && failed && std::fs::metadata(wal::path(&self.path)).map_or(true, |log| log.len() == 0) {
            self.unmark();
        }
        self.marked.store(false, Ordering::Relaxed);
        closed
    }

    /// Takes the mark away. One that stays says that the disk failed, so that the next opening looks closer.
    fn unmark(&self) {
        if remove_mark(&self.path).is_err() {
            self.mark_failed();
        }
    }

    /// Merges the log into the file and empties it; false if that can't be done now.
    pub(crate) async fn merge_log(&self) -> bool {
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

/// Dropped without being closed, as where a core can't be begun after all: its connections end all the same, and the
/// last one merges the log.
impl Drop for State {
    fn drop(&mut self) {
        if *self.marked.get_mut() && !has_failed(&self.path) {
            self.unmark();
        }
    }
}

/// In the mark of a database whose disk failed while it was open.
const FAILED: &[u8] = b"failed\n";

pub(crate) fn open_mark(path: &Path) -> PathBuf {
    path.with_extension("db.open")
}

fn remove_mark(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(open_mark(path)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
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
    // Where the disk failed, the log was merged before the mark went; what is missing then shows in the ledger.
    let is_open = behind == wal::Behind::IsDamage && open_mark(path).exists();
    if is_open && length(&wal::path(path)).map_err(failed)? == 0 {
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
