//! Versions and version requirements.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A semantic version; `1.2` is read as `1.2.0` and shown as it was written.
#[derive(Clone, Debug, ts_rs::TS)]
#[ts(type = "string")]
pub struct Version {
    text: String,
    parsed: semver::Version,
}

impl Version {
    /// The version as semver compares it.
    pub fn semver(&self) -> &semver::Version {
        &self.parsed
    }
}

impl FromStr for Version {
    type Err = semver::Error;
    fn from_str(text: &str) -> Result<Self, semver::Error> {
        let parsed = semver::Version::parse(text).or_else(|error| {
            // Upstreams often leave the last numbers out; only plain numbers are completed.
            let numeric = !text.is_empty()
                && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
            match (numeric, text.split('.').count()) {
                (true, 1) => semver::Version::parse(&format!("{text}.0.0")),
                (true, 2) => semver::Version::parse(&format!("{text}.0")),
                _ => Err(error),
            }
        })?;
        Ok(Self { text: text.to_owned(), parsed })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.parsed == other.parsed
    }
}
impl Eq for Version {}
impl std::hash::Hash for Version {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.parsed.hash(state);
    }
}
impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parsed.cmp(&other.parsed)
    }
}

/// A version constraint such as `>=1.2.3`, or `*` for any.
#[derive(Clone, Debug, PartialEq, Eq, ts_rs::TS)]
#[ts(type = "string")]
pub struct Requirement(semver::VersionReq);

impl Requirement {
    /// Any version.
    pub fn any() -> Self {
        Self(semver::VersionReq::STAR)
    }

    /// Exactly that version, whichever build.
    pub fn exactly(version: &Version) -> Self {
        Self::of(semver::Op::Exact, version)
    }

    /// That version or a newer one; a pre-release only where it is one itself.
    pub fn at_least(version: &Version) -> Self {
        Self::of(semver::Op::GreaterEq, version)
    }

    fn of(op: semver::Op, version: &Version) -> Self {
        let semver::Version { major, minor, patch, pre, .. } = version.parsed.clone();
        let comparator = semver::Comparator { op, major, minor: Some(minor), patch: Some(patch), pre };
        Self(semver::VersionReq { comparators: vec![comparator] })
    }

    /// The requirement as semver evaluates it.
    pub fn semver(&self) -> &semver::VersionReq {
        &self.0
    }

    /// Whether a version satisfies it.
    pub fn matches(&self, version: &Version) -> bool {
        self.0.matches(&version.parsed)
    }
}

impl FromStr for Requirement {
    type Err = semver::Error;
    fn from_str(text: &str) -> Result<Self, semver::Error> {
        // A bare version means exactly that one: `llama.cpp@0.2.15`.
        match text.parse::<Version>() {
            Ok(version) if text.split('.').count() == 3 => {
                semver::VersionReq::parse(&format!("={}", version.parsed)).map(Self)
            }
            _ => semver::VersionReq::parse(text).map(Self),
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                String::json_schema(generator)
            }
        }
    };
}
as_text!(Version);
as_text!(Requirement);

#[cfg(test)]
mod tests {
    use super::{Requirement, Version};

    #[test]
    fn short_versions_are_completed_and_ordered() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert_eq!(version("1.2"), version("1.2.0"));
        assert_eq!(version("1.10").to_string(), "1.10");
        assert!(version("1.10") > version("1.9.9"));
        assert!("1.x".parse::<Version>().is_err());
        assert!("".parse::<Version>().is_err());
    }

    #[test]
    fn a_bare_version_means_exactly_that_one() {
        let requirement: Requirement = "1.2.3".parse().unwrap();
        assert!(requirement.matches(&"1.2.3".parse().unwrap()));
        assert!(!requirement.matches(&"1.2.4".parse().unwrap()));
        let at_least: Requirement = ">=1.2.3".parse().unwrap();
        assert!(at_least.matches(&"2.0.0".parse().unwrap()));
    }
}
