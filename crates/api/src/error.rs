//! The body of an error, the same from every interface.

use las_types::{Code, Detail, ExitStatus, Failure, Operation, OperationId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use ts_rs::TS;

/// What failed. The text is `error-<code>` in `locales/`, filled with `args`; the remedy its `.remedy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErrorBody {
    /// What failed.
    pub code: Code,
    /// What the text needs, by name.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
    /// What it rests on, each a sentence (`detail-<key>`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Detail>>", optional)]
    pub details: Vec<Detail>,
    /// The operation that it happened in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub operation: Option<OperationId>,
}

impl ErrorBody {
    /// An error of that code without arguments.
    pub fn new(code: Code) -> Self {
        Self { code, args: BTreeMap::new(), details: Vec::new(), operation: None }
    }

    /// What failed in an operation, if anything did.
    pub fn of(operation: &Operation) -> Option<Self> {
        let (code, args) = operation.failure.clone()?;
        Some(Self { args, operation: Some(operation.id), ..Self::new(code) })
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<Failure> for ErrorBody {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code, args: failure.args, details: failure.details, operation: None }
    }
}

impl From<&Failure> for ErrorBody {
    fn from(failure: &Failure) -> Self {
        Self {
            code: failure.code,
            args: failure.args.clone(),
            details: failure.details.clone(),
            operation: None,
        }
    }
}

impl fmt::Display for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.code, self.args)
    }
}

impl std::error::Error for ErrorBody {}

/// The HTTP status that carries an error.
pub fn http_status(code: Code) -> u16 {
    match (code, code.exit_status()) {
        (Code::Unauthorized, _) => 401,
        (Code::CommandUnknown, _) => 404,
        (Code::IdempotencyKeyUsed | Code::OperationNotResumable | Code::PinElsewhere, _) => 409,
        (Code::EngineStopped, _) => 502,
        (_, ExitStatus::Usage) => 400,
        (_, ExitStatus::NotPermitted | ExitStatus::Refused) => 403,
        (_, ExitStatus::NotFound) => 404,
        (_, ExitStatus::NoSolution | ExitStatus::NeedsApproval) => 409,
        (_, ExitStatus::Integrity) => 422,
        (_, ExitStatus::NeedsNetwork) => 503,
        (_, ExitStatus::Failed) => 500,
    }
}
