//! Why a command ends early, and with which status.

use las_api::ErrorBody;
use las_api::types::{Code, ExitStatus};

/// The end of a command before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It failed; to be shown.
    Failure(Box<ErrorBody>),
    /// All has been said already; only the status is left.
    Status(ExitStatus),
    /// Interrupted by the person.
    Interrupted,
    /// Standard output could not be written.
    Output(std::io::Error),
}

impl Stop {
    /// A failure of that code.
    pub(crate) fn code(code: Code) -> Self {
        ErrorBody::new(code).into()
    }

    /// Something that can't be happened; the cause goes to the log.
    pub(crate) fn defect(cause: impl std::error::Error) -> Self {
        tracing::error!(%cause, "defect");
        Self::code(Code::Internal)
    }

    /// The process's exit status.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Failure(error) => error.code.exit_status() as u8,
            Self::Status(status) => *status as u8,
            // As shells say it: 128 and the number of SIGINT.
            Self::Interrupted => 130,
            // Who reads no more has what they wanted.
            Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
            Self::Output(_) => ExitStatus::Failed as u8,
        }
    }
}

impl From<ErrorBody> for Stop {
    fn from(error: ErrorBody) -> Self {
        Self::Failure(Box::new(error))
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

#[cfg(test)]
mod tests {
    use super::Stop;
    use las_api::types::{Code, ExitStatus};
    use std::io::ErrorKind;

    #[test]
    fn the_status_is_the_one_of_the_contract() {
        let cases = [
            (Stop::code(Code::Internal), 1),
            (Stop::code(Code::RequestInvalid), 2),
            (Stop::code(Code::PolicyDenied), 3),
            (Stop::code(Code::ModuleConflict), 4),
            (Stop::code(Code::ModelNotFound), 5),
            (Stop::code(Code::ApprovalNeeded), 6),
            (Stop::code(Code::PlanStale), 6),
            (Stop::code(Code::Unauthorized), 8),
            (Stop::code(Code::ModelTruncated), 9),
            (Stop::Status(ExitStatus::Integrity), 9),
            (Stop::Interrupted, 130),
            (Stop::Output(ErrorKind::BrokenPipe.into()), 0),
            (Stop::Output(ErrorKind::StorageFull.into()), 1),
        ];
        for (stop, status) in cases {
            assert_eq!(stop.status(), status, "{stop:?}");
        }
    }
}
