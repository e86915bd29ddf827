//! What a machine should hold: the person's `las.yaml`, and a generation as `las.lock`.

use crate::{
    ByteSize, Category, Digest, Generation, ImportMode, Installed, ModelFacts, ModuleName, ModuleRequest,
    OverridePart, Placement, Ruling, Source, Version, override_reason,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything that should be installed. What isn't named, and isn't needed by what is, goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DesiredState {
    /// Modules and shipped models, with the versions that will do; the newest of them is taken.
    pub modules: Vec<ModuleRequest>,
    /// Files of this machine that are models.
    #[serde(default)]
    pub models: Vec<DesiredModel>,
    /// The overrides that hold, and no others; absent, they stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub overrides: Option<Vec<DesiredOverride>>,
}

/// An override of the policies that should hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DesiredOverride {
    /// What it is about; see [`crate::Override::capability`].
    pub capability: String,
    /// What holds instead.
    pub value: String,
    /// Why.
    pub reason: String,
}

impl DesiredOverride {
    /// As it is recorded: every part in its own form. The first part that can't be accepted otherwise.
    pub fn checked(&self) -> Result<Self, OverridePart> {
        let ruling = Ruling::read(&self.capability, &self.value)?;
        let reason = override_reason(&self.reason)?;
        Ok(Self { capability: ruling.capability(), value: self.value.trim().to_owned(), reason })
    }
}

/// What a plan does to an override.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlannedOverride {
    /// It will hold; the one in force on the same capability ends with it.
    Set {
        /// Which.
        one: DesiredOverride,
    },
    /// It will be taken back.
    Revert {
        /// Which.
        id: crate::OverrideId,
    },
}

/// A file of this machine that should be known as a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DesiredModel {
    /// The model's file, the first part of a split one, or a folder of weights and what belongs to them; in `las.yaml` it may be relative to the folder of that file.
    pub path: String,
    /// How it is kept.
    pub mode: ImportMode,
    /// Its name here; made from the file's name if absent.
    #[serde(default)]
    pub name: Option<ModuleName>,
    /// For an adapter: the model that it belongs to.
    #[serde(default)]
    pub base: Option<ModuleName>,
}

/// What a generation holds, without what differs from machine to machine: no times, no ids, no paths.
/// Two machines with the same content have the same lock, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Version of this form; 1.
    pub schema: u32,
    /// What is installed, sorted by name.
    pub items: Vec<LockedItem>,
}

/// How a locked item is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// As a folder in the store.
    Store,
    /// As a blob among the models.
    Blob,
    /// Where its owner keeps it.
    Reference,
}

/// One item of a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LockedItem {
    /// Its name.
    pub name: ModuleName,
    /// Its category.
    pub category: Category,
    /// Its version.
    pub version: Version,
    /// Digest of its bytes.
    pub digest: Digest,
    /// Their number.
    pub size: ByteSize,
    /// How it is kept.
    pub kept: Kept,
    /// Where its bytes come from; none for a file that somebody brought: its digest says which.
    pub source: Option<Source>,
    /// Its licence.
    pub license: Option<String>,
    /// The program that serves and proves it.
    pub program: Option<String>,
    /// For a model: what its header says.
    pub model: Option<ModelFacts>,
}

impl From<&Generation> for Lock {
    fn from(generation: &Generation) -> Self {
        let mut items: Vec<_> = generation.items.iter().map(LockedItem::from).collect();
        items.sort_by(|a, b| a.name.cmp(&b.name));
        Self { schema: 1, items }
    }
}

impl From<&Installed> for LockedItem {
    fn from(item: &Installed) -> Self {
        Self {
            name: item.name.clone(),
            category: item.category,
            version: item.version.clone(),
            digest: item.digest,
            size: item.size,
            kept: match item.placement {
                Placement::Store { .. } => Kept::Store,
                Placement::Blob => Kept::Blob,
                Placement::Reference { .. } => Kept::Reference,
            },
            source: match &item.source {
                Source::LocalFile { .. } | Source::LocalFiles { .. } => None,
                had @ (Source::Builtin { .. }
                | Source::Archive { .. }
                | Source::Oci { .. }
                | Source::Repository { .. }) => Some(had.clone()),
            },
            license: item.license.clone(),
            program: item.program.clone(),
            model: item.model.clone(),
        }
    }
}
