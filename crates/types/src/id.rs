//! Identifiers: each has its own type, so that none can stand in for another.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// An id that sorts by time: a version 7 UUID of the given moment and ten random bytes.
            pub fn new(now: crate::Timestamp, random: [u8; 10]) -> Self {
                let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    };
}

uuid_id!(
    /// Names one plan.
    PlanId
);
uuid_id!(
    /// Names one operation.
    OperationId
);
uuid_id!(
    /// Names one override of a policy.
    OverrideId
);
uuid_id!(
    /// Names one API token (never its value).
    TokenId
);

/// Why a text is not a name.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not a name: 1 to 64 of a-z, 0-9, '.', '-', '_', beginning with a letter or digit")]
pub struct NameError(String);

pub(crate) fn check_name(text: &str) -> Result<(), NameError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let first = text.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if first && text.len() <= 64 && text.chars().all(allowed) && !text.contains("..") {
        Ok(())
    } else {
        Err(NameError(text.to_owned()))
    }
}

macro_rules! text_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ts_rs::TS, schemars::JsonSchema)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(String);

        impl $name {
            /// The name as text; safe as one path component.
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
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                check_name(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_name;

text_name!(
    /// The name of a module, a model package included: one safe path component.
    ModuleName
);
text_name!(
    /// The name of a running service: its module, or the model it serves.
    ServiceName
);
text_name!(
    /// The name of a port of a service, in its manifest.
    PortName
);

#[cfg(test)]
mod tests {
    use super::ModuleName;

    #[test]
    fn names_stay_inside_their_folder() {
        for good in ["llama.cpp", "las-tiny-chat", "qwen3-8b_q4", "7zip"] {
            assert!(good.parse::<ModuleName>().is_ok(), "{good}");
        }
        for bad in ["", "..", "a/b", "A", "a..b", ".hidden", "-x", "a b", "ü", &"x".repeat(65)] {
            assert!(bad.parse::<ModuleName>().is_err(), "{bad}");
        }
    }
}
