//! Versions of what lies below: drivers, runtimes, kernels, compute capabilities.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// The numbers of one part; no driver or kernel counts higher.
const PART: u64 = 1_000_000;

/// Up to three numbers with points between them, as drivers and kernels count: `12.1`, `580.95.05`. Unlike
/// [`crate::Version`] it knows no pre-releases: `6.1.0-13-amd64` is 6.1.0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, TS)]
#[ts(type = "string")]
pub struct Release(u64);

/// A text that is no release.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a version such as 12.1 or 580.95.05")]
pub struct ReleaseError(String);

impl Release {
    /// From its number, for comparisons.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// As one number; the larger is the newer.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The first release within a text such as `nvidia 580.95.05`, `CUDA 12.8` or `6.1.0-13-amd64`.
    pub fn within(text: &str) -> Option<Self> {
        let begin = text.find(|c: char| c.is_ascii_digit())?;
        let rest = text.get(begin..)?;
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let parts: Vec<&str> = rest.get(..end)?.trim_end_matches('.').split('.').take(3).collect();
        parts.join(".").parse().ok()
    }
}

impl FromStr for Release {
    type Err = ReleaseError;
    fn from_str(text: &str) -> Result<Self, ReleaseError> {
        let wrong = || ReleaseError(text.to_owned());
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() > 3 {
            return Err(wrong());
        }
        let mut number = 0;
        for place in 0..3 {
            let part = parts.get(place).copied().unwrap_or("0");
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let part: u64 = if is_number { part.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
            if part >= PART {
                return Err(wrong());
            }
            number = number * PART + part;
        }
        Ok(Self(number))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = (self.0 / PART / PART, self.0 / PART % PART, self.0 % PART);
        write!(f, "{major}.{minor}")?;
        if patch > 0 { write!(f, ".{patch}") } else { Ok(()) }
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Release {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Release".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "number"], "description": "a version such as 12.1 or 580.95.05" })
    }
}

#[cfg(test)]
mod tests {
    use super::Release;

    #[test]
    fn releases_are_read_compared_and_shown() {
        let release = |text: &str| text.parse::<Release>().unwrap();
        assert!(release("12.10") > release("12.9") && release("12") == release("12.0.0"));
        assert_eq!(release("580.95.05").to_string(), "580.95.5");
        assert_eq!(release("8.9").to_string(), "8.9");
        for text in ["", "1.", "a", "1.2.3.4", "1000000", "-1"] {
            assert!(text.parse::<Release>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_release_is_found_within_what_drivers_say() {
        let cases = [
            ("nvidia 580.95.05", Some("580.95.5")),
            ("CUDA 12.8", Some("12.8")),
            ("6.1.0-13-amd64", Some("6.1")),
            ("24.04", Some("24.4")),
            ("5.15.0.1.2", Some("5.15")),
            ("amdgpu", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Release::within(text).map(|found| found.to_string()).as_deref(), expected, "{text}");
        }
    }
}
