//! Names: of a source, of a repository in it, of a revision and a file.

use crate::id::{NameError, check_name};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

crate::id::text_name!(
    /// The name of a source of models, as the configuration has it.
    SourceName
);

/// Why a text names no repository, revision or file of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' can't name a model repository, or a revision or file of one")]
pub struct ModelIdError(String);

/// One step of a path: nothing that leads elsewhere, ends a line, or is taken for something else in an address.
fn is_step(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.len() <= 255 && text != "." && text != ".." && text.chars().all(allowed)
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ts_rs::TS, schemars::JsonSchema)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(String);

        impl $name {
            /// As it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = ModelIdError;
            fn from_str(text: &str) -> Result<Self, ModelIdError> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err(ModelIdError(text.to_owned())) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

checked_text!(
    /// A repository of a source: `owner/name`, or `name` alone for the oldest ones.
    RepositoryId,
    |text| text.split('/').count() <= 2 && text.len() <= 200 && text.split('/').all(|step| is_step(step, is_plain))
);
checked_text!(
    /// What is asked for of a repository: a branch, a tag, or a commit.
    Revision,
    |text| {
        let steps = |step| is_step(step, |c| is_plain(c) || matches!(c, '+' | '@' | '#' | '='));
        text.len() <= 255 && text.split('/').all(steps)
    }
);
checked_text!(
    /// One state of a repository that can't change any more: the digits of a commit.
    Commit,
    |text| (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
);
checked_text!(
    /// A file's path in its repository, with `/` between its steps. It leads nowhere else.
    RepositoryPath,
    |text| text.len() <= 1024 && text.split('/').all(|step| is_step(step, |c| !c.is_control() && c != '\\'))
);

#[cfg(test)]
mod tests {
    use super::{Commit, RepositoryId, RepositoryPath, Revision};

    #[test]
    fn a_name_leads_nowhere_else() {
        for good in ["Qwen/Qwen3-0.6B-GGUF", "gpt2", "a_b/c.d-e"] {
            assert!(good.parse::<RepositoryId>().is_ok(), "{good}");
        }
        for bad in [
            "", "/", "a/", "/a", "a/b/c", "../x", "a/..", "a b/c", "a/b?x=1", "a/b#c", "a%2fb", "ü/x",
            "a\n/b", "a@b/c",
        ] {
            assert!(bad.parse::<RepositoryId>().is_err(), "{bad}");
        }
        for good in ["main", "v1.0", "refs/pr/7", "feature/x#1"] {
            assert!(good.parse::<Revision>().is_ok(), "{good}");
        }
        for bad in ["", "a//b", "../main", "a b", "main?x"] {
            assert!(bad.parse::<Revision>().is_err(), "{bad}");
        }
        for good in ["model.gguf", "onnx/model q4.onnx", "模型.gguf"] {
            assert!(good.parse::<RepositoryPath>().is_ok(), "{good}");
        }
        for bad in ["", "/etc/passwd", "a/../../b", "a\\b", "a\0b", "a//b", "./a"] {
            assert!(bad.parse::<RepositoryPath>().is_err(), "{bad}");
        }
        assert!("0123456789abcdef0123456789abcdef01234567".parse::<Commit>().is_ok());
        assert!("main".parse::<Commit>().is_err());
    }
}
