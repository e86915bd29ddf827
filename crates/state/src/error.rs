//! What can go wrong with the state.

use las_types::{Code, Failure, ModuleName, ModuleState, OverrideId};
use std::path::PathBuf;

/// Why a disk does not do what the database asks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It may not be written.
    Writing,
    /// It fails, or the file can't be opened.
    Failing,
}

/// What can go wrong with the state.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is damaged: SQLite says so, or a row doesn't have its digest.
    #[error("the database {path} is damaged: {detail}")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was seen.
        detail: String,
    },
    /// The ledger's anchor beside the database is missing or can't be read; the database may be whole.
    #[error("the ledger's anchor {path} can't be used: {detail}")]
    Anchor {
        /// The anchor.
        path: PathBuf,
        /// What was seen.
        detail: String,
    },
    /// The file was written by a newer version.
    #[error("the database {path} has schema {found}, this version knows {known}")]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The newest schema that was applied to it and is unknown here.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// There is no such schema to go back to.
    #[error("there is no schema {asked}; the newest is {newest}")]
    NoSchema {
        /// What was asked for.
        asked: i64,
        /// The newest one.
        newest: i64,
    },
    /// The disk is full.
    #[error("no space left for the database {path}")]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// The disk fails, or refuses to be written.
    #[error("the database {path} can't be read or written: {detail}")]
    Disk {
        /// The file.
        path: PathBuf,
        /// Whether it is a matter of rights or of a file system that is read-only.
        refused: Refused,
        /// What SQLite said.
        detail: String,
    },
    /// The plan was run already, or is not known.
    #[error("the plan can't be run")]
    PlanNotRunnable,
    /// Another generation is current than the plan was made from.
    #[error("the plan was made from generation {made}, the current one is {current}")]
    PlanStale {
        /// The plan's.
        made: u64,
        /// The current one.
        current: u64,
    },
    /// The override is unknown, or was taken back.
    #[error("no override {id} is in force")]
    OverrideNotInForce {
        /// Which.
        id: OverrideId,
    },
    /// A module is not where its transition begins.
    #[error("the module {name} is not {state:?}")]
    NotThere {
        /// Which.
        name: ModuleName,
        /// Where it should have been.
        state: ModuleState,
    },
    /// The module is not pinned.
    #[error("{module} is not pinned")]
    PinNotInForce {
        /// Which.
        module: ModuleName,
    },
    /// A body that is not of its type.
    #[error("a stored document can't be read")]
    Document(#[from] serde_json::Error),
    /// Any other failure of the database.
    #[error("the database {path} failed")]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: Box<sqlx::Error>,
    },
    /// A file beside the database could not be written.
    #[error("{path} could not be written")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// EIO of Linux: the device failed.
const FAILED: i32 = 5;

impl Error {
    /// Whether the disk failed or lets nothing be written any more: then what it said of a sync just before is worth
    /// nothing. A full disk is no such disk.
    pub fn gave_up(&self) -> bool {
        match self {
            Self::Disk { .. } => true,
            Self::File { source, .. } => {
                source.kind() == std::io::ErrorKind::ReadOnlyFilesystem
                    || source.raw_os_error() == Some(FAILED)
            }
            _ => false,
        }
    }

    /// Sorts a failure of SQLite by what it means: damaged, full, refused, failing, or something else.
    pub(crate) fn database(path: &std::path::Path, source: sqlx::Error) -> Self {
        // SQLITE_PERM 3, SQLITE_READONLY 8, SQLITE_IOERR 10, SQLITE_CORRUPT 11, SQLITE_FULL 13, SQLITE_CANTOPEN 14,
        // SQLITE_NOTADB 26 (sqlite.org/rescode.html); extended codes keep the low byte.
        // SQLITE_IOERR_SHMSIZE 4874: the index of the write-ahead log could not grow, which takes only space.
        let code = source.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
        match code.map(|code| (code, code & 0xff)) {
            Some((_, 11 | 26)) => Self::Corrupt { path: path.to_owned(), detail: source.to_string() },
            Some((4874, _) | (_, 13)) => Self::DiskFull { path: path.to_owned() },
            Some((_, 3 | 8)) => {
                Self::Disk { path: path.to_owned(), refused: Refused::Writing, detail: source.to_string() }
            }
            Some((_, 10 | 14)) => {
                Self::Disk { path: path.to_owned(), refused: Refused::Failing, detail: source.to_string() }
            }
            _ => Self::Database { path: path.to_owned(), source: Box::new(source) },
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = match &error {
            Error::Corrupt { path, detail } | Error::Anchor { path, detail } => {
                Failure::new(Code::StateCorrupt).with("path", path.display()).with("detail", detail)
            }
            Error::TooNew { path, found, known } => Failure::new(Code::StateTooNew)
                .with("path", path.display())
                .with("found", found)
                .with("known", known),
            Error::NoSchema { asked, newest } => {
                Failure::new(Code::SchemaUnknown).with("asked", asked).with("newest", newest)
            }
            Error::DiskFull { path } => Failure::new(Code::DiskFull).with("path", path.display()),
            Error::Disk { path, refused, detail } => {
                let code = match refused {
                    Refused::Writing => Code::PermissionDenied,
                    Refused::Failing => Code::IoFailed,
                };
                Failure::new(code).with("path", path.display()).with("detail", detail)
            }
            Error::PlanNotRunnable => Failure::new(Code::PlanSpent),
            Error::PlanStale { made, current } => {
                Failure::new(Code::PlanStale).with("made", made).with("current", current)
            }
            Error::OverrideNotInForce { id } => Failure::new(Code::OverrideNotFound).with("id", id),
            Error::PinNotInForce { module } => Failure::new(Code::PinNotFound).with("name", module),
            Error::NotThere { .. } | Error::Document(_) | Error::Database { .. } => {
                Failure::new(Code::Internal)
            }
            Error::File { path, source } => {
                return Failure::io(path, std::io::Error::new(source.kind(), source.to_string()))
                    .because(error);
            }
        };
        failure.because(error)
    }
}
