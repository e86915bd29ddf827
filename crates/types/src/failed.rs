//! Errors as people and programs get them: a code, its arguments, a remedy by key.

use crate::{Code, Detail};
use std::collections::BTreeMap;
use std::fmt;

/// A failure with its code, the arguments of its text, and the cause for the log.
#[derive(Debug, thiserror::Error)]
#[error("{code} {args:?}")]
pub struct Failure {
    /// What failed.
    pub code: Code,
    /// What the text of the code needs, by name.
    pub args: BTreeMap<String, String>,
    /// What it rests on, where one sentence doesn't say it all.
    pub details: Vec<Detail>,
    /// What made it fail; goes to the log, not on the wire.
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failure {
    /// A failure of that code, without arguments yet.
    pub fn new(code: Code) -> Self {
        Self { code, args: BTreeMap::new(), details: Vec::new(), cause: None }
    }

    /// A failure as it was recorded: by its code and arguments.
    pub fn recorded(code: Code, args: BTreeMap<String, String>) -> Self {
        Self { args, ..Self::new(code) }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// Adds what it rests on.
    #[must_use]
    pub fn detailed(mut self, details: impl IntoIterator<Item = Detail>) -> Self {
        self.details.extend(details);
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// A defect of ours: something that can't happen did. The detail goes to the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal).because(cause)
    }

    /// What an I/O error at a path means: a full disk and a missing right have codes of their own.
    pub fn io(path: &std::path::Path, error: std::io::Error) -> Self {
        let code = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Code::PermissionDenied
            }
            _ => Code::IoFailed,
        };
        Self::new(code).with("path", path.display()).with("detail", &error).because(error)
    }
}
