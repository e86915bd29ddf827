//! Restoring a damaged database: it is put aside and kept, and the newest whole state takes its place.
//!
//! What is tried, in this order: the database without the damaged end of its write-ahead log, the last
//! snapshot, the one before. None of them is taken unless every check passes; if none does, nothing changes.
//! A ledger that is merely not the one its anchor stands for is no damage but a deed: it is never restored by
//! itself, only when a person asks for the repair.

use crate::store::{open_mark, replace_synced};
use crate::{Error, Incident, Reanchored, State, wal};
use las_types::Timestamp;
use std::path::{Path, PathBuf};

/// What a restoration may do where no copy is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emptiness {
    /// Leave everything as it is, and say so.
    Refuse,
    /// Begin with an empty state: a person asked for it.
    Accept,
}

impl State {
    /// Opens the database; one that is damaged is restored, which is an incident, a line of the ledger, and
    /// never silent.
    pub async fn open_or_restore(path: &Path, now: Timestamp) -> Result<Self, Error> {
        match Self::open(path).await {
            Err(Error::Corrupt { detail, .. }) => Self::restore(path, now, &detail, Emptiness::Refuse).await,
            other => other,
        }
    }

    /// Opens the database after doing what a person must ask for: a ledger that its anchor doesn't stand for
    /// is anchored as it is, and where nothing is whole the state begins empty.
    pub async fn open_repaired(path: &Path, now: Timestamp) -> Result<Self, Error> {
        match Self::open(path).await {
            Err(Error::Corrupt { detail, .. }) => Self::restore(path, now, &detail, Emptiness::Accept).await,
            Err(Error::Anchor { .. }) => {
                let (state, found) = Self::open_anew(path).await?;
                match found {
                    Reanchored::Unknown => state.record(now, Incident::anchor_restored()).await?,
                    Reanchored::Lost(count) => state.record(now, Incident::lines_lost(count)).await?,
                }
                state.anchor_ledger().await?;
                Ok(state)
            }
            other => other,
        }
    }

    async fn restore(path: &Path, now: Timestamp, cause: &str, empty: Emptiness) -> Result<Self, Error> {
        let failed = |source| Error::File { path: path.to_owned(), source };
        let corrupt = || Error::Corrupt { path: path.to_owned(), detail: cause.to_owned() };
        let stamp = now.as_millisecond();
        let aside = path.with_file_name(format!("state.db.damaged-{stamp}"));
        put_aside(path, &aside).map_err(failed)?;
        let mut sources = vec![("log", aside.clone())];
        sources.extend(Self::snapshots(path).into_iter().map(|copy| ("snapshot", copy)));
        for (source, copy) in sources.into_iter().filter(|(_, copy)| copy.exists()) {
            match Self::restored_from(path, &copy).await {
                Ok((state, found)) => {
                    let shown = aside.display().to_string();
                    state.record(now, Incident::restored(&shown, cause, source)).await?;
                    state.record_loss(now, found).await?;
                    state.anchor_ledger().await?;
                    return Ok(state);
                }
                // Not whole either: the next one. What was tried of it is cleared away there.
                Err(Error::Corrupt { .. } | Error::Anchor { .. } | Error::Database { .. }) => {}
                Err(other) => {
                    bring_back(path, &aside).map_err(failed)?;
                    return Err(other);
                }
            }
        }
        if empty == Emptiness::Refuse {
            bring_back(path, &aside).map_err(failed)?;
            return Err(corrupt());
        }
        clear(path).map_err(failed)?;
        let (state, found) = Self::open_anew(path).await?;
        state.record(now, Incident::restored(&aside.display().to_string(), cause, "nothing")).await?;
        state.record_loss(now, found).await?;
        state.anchor_ledger().await?;
        Ok(state)
    }

    async fn record_loss(&self, now: Timestamp, found: Reanchored) -> Result<(), Error> {
        match found {
            Reanchored::Lost(0) => Ok(()),
            Reanchored::Lost(count) => self.record(now, Incident::lines_lost(count)).await,
            Reanchored::Unknown => self.record(now, Incident::anchor_restored()).await,
        }
    }

    /// A copy of that file in the database's place, if it is whole. With the damaged database itself goes its
    /// log, of which SQLite takes what is whole.
    async fn restored_from(path: &Path, copy: &Path) -> Result<(Self, Reanchored), Error> {
        let failed = |source| Error::File { path: path.to_owned(), source };
        clear(path).map_err(failed)?;
        let staged = path.with_extension("db.restoring");
        std::fs::copy(copy, &staged).map_err(failed)?;
        if wal::path(copy).exists() {
            std::fs::copy(wal::path(copy), wal::path(path)).map_err(failed)?;
        }
        replace_synced(&staged, path).map_err(failed)?;
        // An empty file is a new database to SQLite, and none to us.
        if std::fs::metadata(path).map_err(failed)?.len() == 0 {
            return Err(Error::Corrupt { path: path.to_owned(), detail: "it is empty".to_owned() });
        }
        Self::open_anew(path).await
    }
}

fn beside(path: &Path) -> [PathBuf; 2] {
    let mut index = path.as_os_str().to_owned();
    index.push("-shm");
    [wal::path(path), index.into()]
}

/// SQLite itself removes a log when the last connection ends, which may be just now.
fn unless_gone(done: std::io::Result<()>) -> std::io::Result<()> {
    match done {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn move_all(from: &Path, to: &Path) -> std::io::Result<()> {
    for (from, to) in
        std::iter::once((from.to_owned(), to.to_owned())).chain(beside(from).into_iter().zip(beside(to)))
    {
        unless_gone(replace_synced(&from, &to))?;
    }
    Ok(())
}

fn put_aside(path: &Path, aside: &Path) -> std::io::Result<()> {
    move_all(path, aside)?;
    unless_gone(std::fs::remove_file(open_mark(path)))
}

fn bring_back(path: &Path, aside: &Path) -> std::io::Result<()> {
    clear(path)?;
    move_all(aside, path)
}

/// Removes what was tried.
fn clear(path: &Path) -> std::io::Result<()> {
    for file in std::iter::once(path.to_owned()).chain(beside(path)).chain([open_mark(path)]) {
        unless_gone(std::fs::remove_file(file))?;
    }
    Ok(())
}
