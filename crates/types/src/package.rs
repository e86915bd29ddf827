//! Packages of the operating system.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The name of a package as the operating system has it; safe in a command line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ts_rs::TS)]
#[ts(type = "string")]
pub struct PackageName(String);

/// Why a text is not the name of a package.
#[derive(Debug, thiserror::Error)]
#[error(
    "'{0}' is not the name of a package: letters, digits, '+', '.', '_', '-', beginning with a letter or digit"
)]
pub struct PackageNameError(String);

impl PackageName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PackageName {
    type Err = PackageNameError;
    fn from_str(text: &str) -> Result<Self, PackageNameError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '_' | '-');
        let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if begins && text.len() <= 128 && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PackageNameError(text.to_owned()))
        }
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for PackageName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PackageName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for PackageName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PackageName".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9+._-]{0,127}$" })
    }
}

/// What installs packages here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageSystem {
    /// Debian's and its descendants'.
    Dpkg,
    /// Arch's.
    Pacman,
    /// Alpine's.
    Apk,
}

impl PackageSystem {
    /// The command by which a person installs packages.
    pub fn install_command(self, packages: &[&PackageName]) -> String {
        let verb = match self {
            Self::Dpkg => "apt-get install",
            Self::Pacman => "pacman -S",
            Self::Apk => "apk add",
        };
        let names: Vec<&str> = packages.iter().map(|name| name.as_str()).collect();
        format!("sudo {verb} {}", names.join(" "))
    }
}

/// What the operating system has installed.
pub trait SystemPackages: Sync {
    /// Whose database was read; none if there is none that can be.
    fn system(&self) -> Option<PackageSystem>;
    /// Whether a package is installed, or another one that provides it.
    fn has(&self, name: &PackageName) -> bool;
}

#[cfg(test)]
mod tests {
    use super::{PackageName, PackageSystem};

    #[test]
    fn a_name_can_not_be_more_than_a_word_of_a_command() {
        for good in ["cmake", "libstdc++6", "python3.11-venv", "ca-certificates", "SDL2_image"] {
            assert!(good.parse::<PackageName>().is_ok(), "{good}");
        }
        for bad in ["", "-y", "a b", "a;rm", "$(x)", "a/b", "ü", "a\n"] {
            assert!(bad.parse::<PackageName>().is_err(), "{bad}");
        }
        let names: Vec<PackageName> = ["cmake", "g++"].map(|name| name.parse().unwrap()).to_vec();
        let command = PackageSystem::Dpkg.install_command(&names.iter().collect::<Vec<_>>());
        assert_eq!(command, "sudo apt-get install cmake g++");
    }
}
