//! Pins: modules that stay at one version until somebody says otherwise.

use crate::{ModuleName, RequestError, Timestamp, Version};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// One module held at one version. It is never deleted: lifted, it keeps the moment of that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Pin {
    /// The module.
    pub module: ModuleName,
    /// The only version that is chosen.
    pub version: Version,
    /// When it was set.
    pub pinned_at: Timestamp,
    /// Who approved it: `cli`, `window`, `api`.
    pub actor: String,
    /// When it was lifted or replaced; none while it holds.
    pub unpinned_at: Option<Timestamp>,
}

/// A module at exactly one version, as a person writes it: `llama.cpp@0.5.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleVersion {
    /// The module.
    pub name: ModuleName,
    /// The version.
    pub version: Version,
}

impl FromStr for ModuleVersion {
    type Err = RequestError;
    fn from_str(text: &str) -> Result<Self, RequestError> {
        let wrong = || RequestError::new(text);
        let (name, version) = text.split_once('@').ok_or_else(wrong)?;
        Ok(Self { name: name.parse().map_err(|_| wrong())?, version: version.parse().map_err(|_| wrong())? })
    }
}

impl fmt::Display for ModuleVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::ModuleVersion;

    #[test]
    fn a_pin_names_one_version() {
        for (text, shown) in
            [("a@1.2.3", Some("a@1.2.3")), ("a@1.2", Some("a@1.2")), ("a@0.1.0-rc.1", Some("a@0.1.0-rc.1"))]
        {
            assert_eq!(text.parse::<ModuleVersion>().ok().map(|one| one.to_string()).as_deref(), shown);
        }
        for text in ["a", "a@", "a@>=1", "a@*", "@1.0.0", "a@1.0.0@2"] {
            assert!(text.parse::<ModuleVersion>().is_err(), "{text}");
        }
    }
}
