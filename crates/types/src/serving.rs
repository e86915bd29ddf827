//! How a module serves, as its manifest says: a program, kept running. Nothing here is ever given to a shell.

use crate::Template;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// How the program of a module is kept running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ServiceSection {
    /// What its program is started with, word by word.
    #[serde(default)]
    pub arguments: Vec<Template>,
    /// Variables of its environment beside `PATH`, `HOME` and `LANG`.
    #[serde(default)]
    pub environment: BTreeMap<VariableName, Template>,
    /// The ports that it listens on, on this machine only, each with the number that it has if that is free.
    #[serde(default)]
    pub ports: BTreeMap<crate::PortName, u16>,
    /// Services that it connects to, each by the name that the module needs it by, and which of their ports: it reaches
    /// these beside its own, over TCP, and `${service.NAME.port.PORT}` is the number of one. None in a container.
    #[serde(default)]
    pub connects: BTreeMap<crate::ModuleName, BTreeSet<crate::PortName>>,
    /// Files that are written anew into `${run}` before each start, with what is in them.
    #[serde(default)]
    pub files: BTreeMap<String, Template>,
    /// Folders of its data that are made before the first start.
    #[serde(default)]
    pub prepare: Vec<PrepareSection>,
    /// How it is known that it serves.
    pub ready: Probe,
    /// How it is known that it still does; what `ready` says if absent, but for a line of its log, which is there once.
    #[serde(default)]
    pub alive: Option<Probe>,
    /// How often that is asked.
    #[serde(default)]
    pub watch: WatchSection,
    /// How much of the machine it and all that it starts may take.
    #[serde(default)]
    pub limits: LimitsSection,
    /// What it may see and do.
    #[serde(default)]
    pub sandbox: crate::SandboxSection,
    /// How it is asked to end.
    #[serde(default)]
    pub stop: StopSection,
    /// Memory that it is expected to take.
    #[serde(default)]
    pub memory: crate::ByteSize,
}

/// A folder of a service's data that a program of its module makes, whole or not at all, if it is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PrepareSection {
    /// Its path within the data.
    pub folder: String,
    /// The program within the module's files.
    pub program: String,
    /// What it is started with; `${new}` is the folder that it has to make, which gets its name when the program has ended
    /// with status 0.
    #[serde(default)]
    pub arguments: Vec<Template>,
    /// How long it may take, in seconds.
    #[serde(default = "PrepareSection::limit")]
    pub limit_seconds: u32,
}

impl PrepareSection {
    fn limit() -> u32 {
        300
    }
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Probe {
    /// A port that takes connections.
    Tcp {
        /// Which.
        port: crate::PortName,
    },
    /// A path that answers with a status from 200 to 299.
    Http {
        /// On which port.
        port: crate::PortName,
        /// The path, `/` first.
        path: String,
    },
    /// A program of the module that ends with status 0.
    Exec {
        /// The program within the module's files.
        program: String,
        /// What it is started with.
        #[serde(default)]
        arguments: Vec<Template>,
    },
    /// A line of its log that holds this text.
    Log {
        /// The text.
        line: String,
    },
}

impl Probe {
    /// The port that is asked.
    pub fn port(&self) -> Option<&crate::PortName> {
        match self {
            Self::Tcp { port } | Self::Http { port, .. } => Some(port),
            Self::Exec { .. } | Self::Log { .. } => None,
        }
    }
}

/// How often a service is asked whether it still serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct WatchSection {
    /// Seconds from one question to the next.
    pub every_seconds: u32,
    /// How long an answer may take, in seconds.
    pub limit_seconds: u32,
    /// After so many questions in a row without a good answer it is started again.
    pub misses: u32,
}

impl Default for WatchSection {
    /// As Kubernetes has it (`periodSeconds`, `failureThreshold`), but for its limit of one second, which a machine under
    /// load does not keep.
    fn default() -> Self {
        Self { every_seconds: 10, limit_seconds: 5, misses: 3 }
    }
}

/// How much of the machine a service and all that it starts may take; what is not named is not limited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSection {
    /// Main memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory: Option<crate::ByteSize>,
    /// Time of processors, in hundredths of one: 250 is two and a half.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu_percent: Option<u32>,
    /// Processes and threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub processes: Option<u32>,
    /// Files that one process has open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub files: Option<u32>,
    /// It is not to be started where they are not held as well as this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub at_least: Option<LimitLevel>,
}

impl LimitsSection {
    /// Whether nothing is limited.
    pub fn is_empty(&self) -> bool {
        let Self { memory, cpu_percent, processes, files, at_least: _ } = self;
        memory.is_none() && cpu_percent.is_none() && processes.is_none() && files.is_none()
    }
}

/// How well limits are held, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum LimitLevel {
    /// Some are not held at all.
    Partly,
    /// Each process is held to them by itself, all of them together are not.
    Process,
    /// All that belongs to the service is held to them together, by a control group.
    Group,
}

/// How a program is asked to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct StopSection {
    /// By which signal.
    pub signal: StopSignal,
    /// How long it may take, in seconds, before it and all that it started are ended.
    pub grace_seconds: u32,
}

/// What every program is given that says nothing else, in seconds.
const GRACE_SECONDS: u32 = 10;

impl Default for StopSection {
    fn default() -> Self {
        Self { signal: StopSignal::default(), grace_seconds: GRACE_SECONDS }
    }
}

/// A signal that asks a program to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum StopSignal {
    /// `SIGTERM`.
    #[default]
    Term,
    /// `SIGINT`.
    Int,
    /// `SIGQUIT`.
    Quit,
    /// `SIGHUP`.
    Hup,
}

/// The name of a variable of a service's environment: not one that says what else is loaded into a program, nor one of ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct VariableName(String);

/// Why a text is no name of a variable.
#[derive(Debug, thiserror::Error)]
#[error(
    "'{0}' can't be a variable here: A-Z, 0-9 and '_', a letter first, and neither LD_…, LAS_…, PATH nor HOME"
)]
pub struct VariableError(String);

impl VariableName {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for VariableName {
    type Err = VariableError;

    fn from_str(text: &str) -> Result<Self, VariableError> {
        let allowed = |sign: char| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == '_';
        let formed = text.starts_with(|first: char| first.is_ascii_uppercase()) && text.chars().all(allowed);
        let ours = text.starts_with("LD_") || text.starts_with("LAS_") || matches!(text, "PATH" | "HOME");
        if formed && !ours { Ok(Self(text.to_owned())) } else { Err(VariableError(text.to_owned())) }
    }
}

impl<'de> Deserialize<'de> for VariableName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::VariableName;

    #[test]
    fn a_variable_can_not_change_what_a_program_loads_or_finds() {
        for good in ["TZ", "PGDATA", "OMP_NUM_THREADS", "A1"] {
            assert_eq!(good.parse::<VariableName>().unwrap().as_str(), good);
        }
        for bad in
            ["", "LD_PRELOAD", "LD_LIBRARY_PATH", "LAS_FAMILY", "PATH", "HOME", "tz", "1A", "A=B", "A B", "_"]
        {
            assert!(bad.parse::<VariableName>().is_err(), "{bad}");
        }
    }
}
