//! Capability policies as data.

use crate::{ByteSize, ParameterCount, Tier};
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

/// Bounds on a profile. A `max` is exclusive, so that two rules can meet without overlap or gap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// Largest GPU has at least this memory.
    pub gpu_vram_min: Option<ByteSize>,
    /// Largest GPU has less than this memory; a machine without GPU has zero.
    pub gpu_vram_max: Option<ByteSize>,
    /// At least so many GPUs with memory of their own, each with `gpu_vram_min` where that is stated.
    pub gpu_count_min: Option<u32>,
    /// Fewer than so many GPUs, counted like `gpu_count_min`.
    pub gpu_count_max: Option<u32>,
    /// At least this much main memory.
    pub ram_min: Option<ByteSize>,
    /// Less than this much main memory.
    pub ram_max: Option<ByteSize>,
    /// GPUs are joined by NVLink, or are not.
    pub nvlink: Option<bool>,
}

/// What a rule allows at most; absent means that the rule sets no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
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
}
