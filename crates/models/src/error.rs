//! Why a file is not a usable model.

use crate::FileKind;
use las_types::{Code, Failure};
use std::path::Path;

/// Why a model's file can't be read, or must not be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The file is something else than what is read.
    #[error("the file is {} and not what is read", found.as_str())]
    NotModel {
        /// What it is by its content.
        found: FileKind,
    },
    /// Reading the file in the usual way runs code that it brings.
    #[error("the file is a pickle, which runs code when it is read: {found}")]
    RunsCode {
        /// The first that it calls, `module.name`, or `none` where that can't be told.
        found: String,
    },
    /// The file is two things at once: what one program takes for weights is something else for another.
    #[error("the file is {} and {} at once", first.as_str(), second.as_str())]
    TwoFormats {
        /// What it begins as.
        first: FileKind,
        /// What else it is.
        second: FileKind,
    },
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

impl ModelError {
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::Malformed { detail: detail.into() }
    }

    /// The failure that people see; `path` is the file as they know it.
    pub fn failure(self, path: &str) -> Failure {
        let with = |code| Failure::new(code).with("path", path);
        match self {
            Self::Empty => with(Code::ModelEmpty),
            Self::NotModel { found } => with(Code::ModelNotGguf).with("found", found.as_str()),
            Self::RunsCode { found } => with(Code::ModelRunsCode).with("found", found),
            Self::TwoFormats { first, second } => {
                with(Code::ModelTwoFormats).with("first", first.as_str()).with("second", second.as_str())
            }
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
    use super::ModelError;
    use crate::FileKind;
    use las_types::Code;

    #[test]
    fn every_error_has_its_code_and_its_arguments() {
        let two = ModelError::TwoFormats { first: FileKind::Gguf, second: FileKind::Zip };
        let cases = [
            (ModelError::Empty, Code::ModelEmpty, vec!["path"]),
            (ModelError::NotModel { found: FileKind::Tar }, Code::ModelNotGguf, vec!["found", "path"]),
            (ModelError::RunsCode { found: "os.system".into() }, Code::ModelRunsCode, vec!["found", "path"]),
            (two, Code::ModelTwoFormats, vec!["first", "path", "second"]),
            (
                ModelError::Truncated { expected: 2, actual: 1 },
                Code::ModelTruncated,
                vec!["actual", "expected", "path"],
            ),
            (ModelError::malformed("x"), Code::ModelMalformed, vec!["detail", "path"]),
        ];
        for (error, code, args) in cases {
            let failure = error.failure("m.gguf");
            assert_eq!(failure.code, code);
            assert_eq!(failure.args.keys().map(String::as_str).collect::<Vec<_>>(), args);
        }
    }
}
