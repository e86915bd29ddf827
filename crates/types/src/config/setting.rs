//! One value in force, and where it came from.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// When a change of a key takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// As soon as the file has it.
    AtOnce,
    /// When the core starts the next time.
    AtNextStart,
}

/// What said a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConfigOrigin {
    /// Nobody: it is what holds otherwise.
    Default,
    /// The file.
    File {
        /// Which.
        path: String,
        /// Its line, from 1.
        line: u32,
    },
    /// An environment variable.
    Environment {
        /// Which.
        name: String,
    },
    /// A flag of the command that became the core.
    Flag {
        /// Which.
        name: String,
    },
}

impl ConfigOrigin {
    /// The one of these that is said instead of the file, by name.
    pub fn beats_file(&self) -> Option<&str> {
        match self {
            Self::Default | Self::File { .. } => None,
            Self::Environment { name } | Self::Flag { name } => Some(name),
        }
    }
}

/// One key with the value in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Setting {
    /// The key; its description is `config-<key>` in `locales/`, with `-` for `.` and `_`.
    pub key: String,
    /// The value in force.
    pub value: String,
    /// Where it came from.
    pub origin: ConfigOrigin,
    /// The value that holds from the next start on, if it is another.
    pub next: Option<String>,
    /// What holds when nobody says otherwise.
    pub default: String,
    /// What a value looks like, in symbols.
    pub form: String,
    /// The environment variable that sets it.
    pub environment: String,
    /// The flag that sets it for one command.
    pub flag: Option<String>,
    /// When a change takes effect.
    pub effect: Effect,
}
