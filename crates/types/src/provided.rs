//! What a module offers to others by another name than its own.

use crate::{ModuleName, Requirement, Version};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// A name that a module can be needed by, `openai-compatible-api` or `mysql-protocol@8.0`.
#[derive(Clone, Debug, PartialEq, Eq, TS)]
#[ts(type = "string")]
pub struct Provided {
    /// The name.
    pub name: ModuleName,
    /// Which version of it; without one it meets only needs that don't ask for any.
    pub version: Option<Version>,
}

impl Provided {
    /// Whether it meets a requirement.
    pub fn satisfies(&self, requirement: &Requirement) -> bool {
        *requirement == Requirement::any()
            || self.version.as_ref().is_some_and(|version| requirement.matches(version))
    }
}

/// Why a text is not something that can be provided.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' can't be provided: expected NAME or NAME@VERSION")]
pub struct ProvidedError(String);

impl FromStr for Provided {
    type Err = ProvidedError;
    fn from_str(text: &str) -> Result<Self, ProvidedError> {
        let wrong = || ProvidedError(text.to_owned());
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version.parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        Ok(Self { name: name.parse().map_err(|_| wrong())?, version })
    }
}

impl fmt::Display for Provided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)?;
        self.version.as_ref().map_or(Ok(()), |version| write!(f, "@{version}"))
    }
}

impl Serialize for Provided {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Provided {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Provided {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Provided".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

/// That a module, or one version of it, should not be chosen any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct Deprecation {
    /// Since which day.
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub since: jiff::civil::Date,
    /// Why, in a sentence.
    pub reason: String,
    /// What to use instead.
    #[serde(default)]
    pub superseded_by: Option<crate::ModuleRequest>,
}

#[cfg(test)]
mod tests {
    use super::Provided;

    #[test]
    fn a_name_without_a_version_meets_only_needs_without_one() {
        let meets = |provided: &str, requirement: &str| {
            provided.parse::<Provided>().unwrap().satisfies(&requirement.parse().unwrap())
        };
        assert!(meets("mysql-protocol", "*"));
        assert!(!meets("mysql-protocol", ">=8"));
        assert!(meets("mysql-protocol@8.0", ">=8"));
        assert!(meets("mysql-protocol@8.1.0-rc.1", "*"));
        assert!(!meets("mysql-protocol@5.7", ">=8"));
        assert!("mysql-protocol@new".parse::<Provided>().is_err());
    }
}
