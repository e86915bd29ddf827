//! Capability policies as data.

mod conditions;

pub use conditions::{Conditions, Names};

use crate::{ByteSize, ParameterCount, Tier};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One rule: for machines that meet the conditions, this is allowed and that denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Policy {
    /// Its name within the set.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// The tier that a matching machine belongs to, if the rule is about tiers.
    pub tier: Option<Tier>,
    /// All must hold.
    pub conditions: Conditions,
    /// What a matching machine may do at most.
    pub allow: Allowance,
    /// Features that a matching machine may not use; beats any allow.
    pub deny: Vec<String>,
    /// The file, relative to the policies' root.
    pub file: String,
    /// The line at which the rule begins.
    pub line: u32,
}

/// What a rule allows at most; absent means that the rule sets no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct Allowance {
    /// Largest model.
    pub max_model_size: Option<ParameterCount>,
    /// Engines that may run.
    pub runtimes: Option<Vec<String>>,
    /// Features that may be used.
    pub features: Option<Vec<String>>,
    /// Models loaded at once.
    pub max_loaded_models: Option<u32>,
    /// Conversations at once with one model.
    pub max_parallel: Option<u32>,
    /// Main memory that loaded models take together.
    pub max_memory: Option<ByteSize>,
    /// GPU memory that loaded models take together.
    pub max_vram: Option<ByteSize>,
}
