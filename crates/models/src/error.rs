//! Why a file is not a usable GGUF model.

use las_types::{Code, Failure};
use std::path::Path;

/// Why a GGUF header can't be read.
#[derive(Debug, thiserror::Error)]
pub enum GgufError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The file does not begin with GGUF's mark.
    #[error("the file is not GGUF")]
    NotGguf,
    /// The file ends before what it announces.
    #[error("the file needs at least {expected} bytes and has {actual}")]
    Truncated {
        /// Bytes that the file needs, as far as it was read.
        expected: u64,
        /// Bytes that it has.
        actual: u64,
    },
    /// The header contradicts itself, the format or the file.
    #[error("the header is malformed: {detail}")]
    Malformed {
        /// What is wrong, for a person who knows the format.
        detail: String,
    },
    /// The bytes could not be read.
    #[error("the file can't be read")]
    Io(#[source] std::io::Error),
}

impl GgufError {
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::Malformed { detail: detail.into() }
    }

    /// The failure that people see; `path` is the file as they know it.
    pub fn failure(self, path: &str) -> Failure {
        let with = |code| Failure::new(code).with("path", path);
        match self {
            Self::Empty => with(Code::ModelEmpty),
            Self::NotGguf => with(Code::ModelNotGguf),
            Self::Truncated { expected, actual } => {
                with(Code::ModelTruncated).with("expected", expected).with("actual", actual)
            }
            Self::Malformed { detail } => with(Code::ModelMalformed).with("detail", detail),
            Self::Io(error) => Failure::io(Path::new(path), error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::GgufError;
    use las_types::Code;

    #[test]
    fn every_error_has_its_code_and_its_arguments() {
        let cases = [
            (GgufError::Empty, Code::ModelEmpty, vec!["path"]),
            (GgufError::NotGguf, Code::ModelNotGguf, vec!["path"]),
            (
                GgufError::Truncated { expected: 2, actual: 1 },
                Code::ModelTruncated,
                vec!["actual", "expected", "path"],
            ),
            (GgufError::malformed("x"), Code::ModelMalformed, vec!["detail", "path"]),
        ];
        for (error, code, args) in cases {
            let failure = error.failure("m.gguf");
            assert_eq!(failure.code, code);
            assert_eq!(failure.args.keys().map(String::as_str).collect::<Vec<_>>(), args);
        }
    }
}
