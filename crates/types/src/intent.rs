//! What somebody wants.

use crate::{
    DesiredState, Digest, GenerationNumber, Lock, ModelTool, ModuleName, OperationId, OverrideId, Repair,
    RepositoryId, RepositoryPath, Requirement, Revision, ServiceName, SourceName, SourceUrl, Version,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// A module and the versions that will do: `llama.cpp`, `llama.cpp@>=0.2`.
#[derive(Clone, Debug, PartialEq, Eq, TS)]
#[ts(type = "string")]
pub struct ModuleRequest {
    /// The module.
    pub name: ModuleName,
    /// Which versions.
    pub requirement: Requirement,
}

/// Why a text is not a request for a module.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not a module request: expected NAME or NAME@CONSTRAINT")]
pub struct RequestError(String);

impl RequestError {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for ModuleRequest {
    type Err = RequestError;
    fn from_str(text: &str) -> Result<Self, RequestError> {
        let wrong = || RequestError(text.to_owned());
        let (name, requirement) = match text.split_once('@') {
            Some((name, requirement)) => (name, requirement.parse().map_err(|_| wrong())?),
            None => (text, Requirement::any()),
        };
        Ok(Self { name: name.parse().map_err(|_| wrong())?, requirement })
    }
}

impl fmt::Display for ModuleRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.requirement == Requirement::any() {
            self.name.fmt(f)
        } else {
            write!(f, "{}@{}", self.name, self.requirement)
        }
    }
}

impl Serialize for ModuleRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ModuleRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for ModuleRequest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ModuleRequest".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

/// How an imported file is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportMode {
    /// Copied into the data directory.
    Copy,
    /// Left where it is; its digest is recorded.
    Reference,
}

/// What somebody wants done; the control layer turns it into a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Intent {
    /// Install modules, model packages included, with what they depend on.
    ModuleInstall {
        /// Which.
        modules: Vec<ModuleRequest>,
        /// How these are to run; chosen where nobody says it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        mode: Option<crate::RuntimeMode>,
    },
    /// Bring installed modules to the newest versions that are compatible.
    ModuleUpgrade {
        /// Which; every installed one if none is named.
        modules: Vec<ModuleName>,
    },
    /// Hold a module at one version.
    ModulePin {
        /// Which.
        module: ModuleName,
        /// The version.
        version: Version,
    },
    /// Hold a module no longer.
    ModuleUnpin {
        /// Which.
        module: ModuleName,
    },
    /// Bring a module back to the version that it had before.
    ModuleRollback {
        /// Which.
        module: ModuleName,
    },
    /// Remove modules or models.
    ModuleRemove {
        /// Which.
        modules: Vec<ModuleName>,
        /// Whether the data of their services goes as well; otherwise it stays.
        #[serde(default)]
        purge: bool,
    },
    /// Take up again what was cut off, cancelled or failed, and was undone. Its plan is one for what that
    /// was for, made for the machine as it is now.
    OperationResume {
        /// Which operation.
        id: OperationId,
    },
    /// Make a GGUF file of this machine known as a model.
    ModelImport {
        /// The file, absolute.
        path: String,
        /// How it is kept.
        mode: ImportMode,
        /// Its name here; made from the file's name if absent.
        name: Option<ModuleName>,
        /// For an adapter: the model that it belongs to.
        base: Option<ModuleName>,
    },
    /// Make files of other tools known as models, without copying them.
    ModelAdopt {
        /// The files, absolute, as a scan names them.
        paths: Vec<String>,
        /// The name here, for one file; made from what its tool calls it if absent.
        #[serde(default)]
        name: Option<ModuleName>,
        /// How they are kept; if absent by reflink, else by hard link where that is safe, else by reference.
        #[serde(default)]
        mode: Option<ImportMode>,
    },
    /// Fetch a model from a source.
    ModelPull {
        /// Its repository.
        id: RepositoryId,
        /// Which file of it; chosen for this machine if absent.
        #[serde(default)]
        file: Option<RepositoryPath>,
        /// The source to ask; the first that has it if absent.
        #[serde(default)]
        source: Option<SourceName>,
        /// A branch, a tag or a commit; what its owner shows if absent.
        #[serde(default)]
        revision: Option<Revision>,
        /// Its name here; made from the file's name if absent.
        #[serde(default)]
        name: Option<ModuleName>,
    },
    /// Fetch one file from an address of the network as a model.
    ModelPullAddress {
        /// Where it lies.
        url: SourceUrl,
        /// What it must be; refused if absent.
        #[serde(default)]
        digest: Option<Digest>,
        /// Its name here; made from the file's name if absent.
        #[serde(default)]
        name: Option<ModuleName>,
    },
    /// Lay an installed model out as another tool expects it, without copying it.
    ModelViewAdd {
        /// Which.
        model: ModuleName,
        /// For which tool.
        tool: ModelTool,
        /// The folder in which that tool keeps models, absolute; its usual one if absent.
        #[serde(default)]
        folder: Option<String>,
    },
    /// Take views of an installed model away.
    ModelViewRemove {
        /// Which model.
        model: ModuleName,
        /// For which tool; for every one if absent.
        #[serde(default)]
        tool: Option<ModelTool>,
        /// In which folder, absolute; in every one if absent.
        #[serde(default)]
        folder: Option<String>,
    },
    /// Load a model behind the local endpoint.
    ModelLoad {
        /// Which.
        model: ModuleName,
    },
    /// Start a service: a module that serves, or a model, behind the local endpoint.
    ServiceStart {
        /// Which.
        service: ServiceName,
    },
    /// Stop a service that runs and start it again as it ran.
    ServiceRestart {
        /// Which.
        service: ServiceName,
    },
    /// Stop a service: for an engine, unload its model.
    ServiceStop {
        /// Which.
        service: ServiceName,
    },
    /// Put what has drifted back as it was recorded.
    DoctorRepair {
        /// Modules and models whose files are put back.
        #[serde(default)]
        modules: Vec<ModuleName>,
        /// What else is put right.
        #[serde(default)]
        others: Vec<Repair>,
    },
    /// Go back to an earlier generation.
    GenerationRollback {
        /// Which; the one before the current if absent.
        to: Option<GenerationNumber>,
    },
    /// Bring the machine to what is desired: install what is missing, remove what isn't wanted.
    StateApply {
        /// Everything that should be installed.
        desired: DesiredState,
    },
    /// Bring the machine to exactly the content of a lock: these versions, these digests, nothing else.
    LockApply {
        /// What should be installed.
        lock: Lock,
    },
    /// Decide otherwise than the policies, on this machine only.
    OverrideSet {
        /// What about, see [`crate::Override::capability`].
        capability: String,
        /// What holds instead.
        value: String,
        /// Why.
        reason: String,
    },
    /// Take an override back.
    OverrideRevert {
        /// Which.
        id: OverrideId,
    },
    /// Set a key of the configuration file.
    ConfigSet {
        /// Which.
        key: String,
        /// To what.
        value: String,
    },
    /// Take a key out of the configuration file.
    ConfigUnset {
        /// Which.
        key: String,
    },
}

impl Intent {
    /// The command that states it.
    pub fn command(&self) -> &'static str {
        match self {
            Self::ModuleInstall { .. } => "module_install",
            Self::ModuleUpgrade { .. } => "module_upgrade",
            Self::ModulePin { .. } => "module_pin",
            Self::ModuleUnpin { .. } => "module_unpin",
            Self::ModuleRollback { .. } => "module_rollback",
            Self::ModuleRemove { .. } => "module_remove",
            Self::OperationResume { .. } => "operation_resume",
            Self::ModelImport { .. } => "model_import",
            Self::ModelAdopt { .. } => "model_adopt",
            Self::ModelPull { .. } | Self::ModelPullAddress { .. } => "model_pull",
            Self::ModelViewAdd { .. } => "model_view_add",
            Self::ModelViewRemove { .. } => "model_view_remove",
            Self::ModelLoad { .. } => "model_load",
            Self::ServiceStart { .. } => "service_start",
            Self::ServiceRestart { .. } => "service_restart",
            Self::ServiceStop { .. } => "service_stop",
            Self::DoctorRepair { .. } => "doctor_repair",
            Self::GenerationRollback { .. } => "generation_rollback",
            Self::StateApply { .. } => "state_apply",
            Self::LockApply { .. } => "lock_apply",
            Self::OverrideSet { .. } => "override_set",
            Self::OverrideRevert { .. } => "override_revert",
            Self::ConfigSet { .. } => "config_set",
            Self::ConfigUnset { .. } => "config_unset",
        }
    }

    /// Whether it changes what is installed, and so makes a generation. Loading and stopping change
    /// only what runs, overrides and pins only what may be chosen, settings only the configuration.
    pub fn changes_installation(&self) -> bool {
        self.needs_approval() && !self.only_records() && !self.changes_configuration()
    }

    /// Whether it changes the configuration file.
    pub fn changes_configuration(&self) -> bool {
        matches!(self, Self::ConfigSet { .. } | Self::ConfigUnset { .. })
    }

    /// Whether it changes what is allowed or held. It has no steps: it is carried out where it is
    /// recorded.
    pub fn only_records(&self) -> bool {
        matches!(
            self,
            Self::OverrideSet { .. }
                | Self::OverrideRevert { .. }
                | Self::ModulePin { .. }
                | Self::ModuleUnpin { .. }
        )
    }

    /// Whether a person must approve it.
    pub fn needs_approval(&self) -> bool {
        !self.only_runs()
    }

    /// Whether it changes only what runs.
    pub fn only_runs(&self) -> bool {
        matches!(
            self,
            Self::ModelLoad { .. }
                | Self::ServiceStart { .. }
                | Self::ServiceRestart { .. }
                | Self::ServiceStop { .. }
        )
    }
}
