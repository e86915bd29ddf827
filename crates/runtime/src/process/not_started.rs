//! Why a program did not do what it was started for.

use las_types::{Code, Failure};
use std::fmt::Display;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a start came to nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NotStarted {
    /// It was given that long.
    TimedOut(Duration),
    /// It ended by itself.
    Ended(ExitStatus),
    /// It ran and answered otherwise than it should, or nobody knows.
    Other,
}

impl NotStarted {
    /// The failure with the last lines of whoever `name` is. Args: `reason` and the `number` that belongs
    /// to it: seconds of a timeout, status of an exit, number of a signal.
    pub(crate) fn failure(self, code: Code, name: impl Display, lines: &[String]) -> Failure {
        self.with_detail(code, name, lines.join("\n"))
    }

    /// The failure with something else to say than lines.
    pub(crate) fn with_detail(self, code: Code, name: impl Display, detail: impl Display) -> Failure {
        let (reason, number) = match self {
            Self::TimedOut(limit) => ("timeout", limit.as_secs().to_string()),
            Self::Ended(status) => match (status.code(), status.signal()) {
                (Some(code), _) => ("exited", code.to_string()),
                (None, Some(signal)) => ("killed", signal.to_string()),
                (None, None) => ("other", String::new()),
            },
            Self::Other => ("other", String::new()),
        };
        Failure::new(code)
            .with("name", name)
            .with("reason", reason)
            .with("number", number)
            .with("detail", detail)
    }
}

#[cfg(test)]
mod tests {
    use super::NotStarted;
    use las_types::Code;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;
    use std::time::Duration;

    #[test]
    fn each_reason_has_its_number() {
        let cases = [
            (NotStarted::TimedOut(Duration::from_secs(5)), "timeout", "5"),
            (NotStarted::Ended(ExitStatus::from_raw(3 << 8)), "exited", "3"),
            (NotStarted::Ended(ExitStatus::from_raw(11)), "killed", "11"),
            (NotStarted::Other, "other", ""),
        ];
        for (reason, word, number) in cases {
            let failure = reason.failure(Code::EngineStartFailed, "m", &["one".to_owned(), "two".to_owned()]);
            let args = ["name", "reason", "number", "detail"].map(|key| failure.args[key].clone());
            assert_eq!(args, ["m", word, number, "one\ntwo"]);
        }
    }
}
