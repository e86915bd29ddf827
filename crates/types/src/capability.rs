//! What a machine may reliably do, and why.

use crate::{ByteSize, OverrideNote, ParameterCount};
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// A class of machines, as a set of policies names them from 1 upward. The default set has 1 entry-level, 2 mid-range,
/// 3 multi-GPU and large models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct Tier(pub u8);

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which side of a bound a number was on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The machine has at least what the rule asks.
    AtLeast,
    /// The machine has less than the bound.
    Below,
    /// The machine is as the rule says.
    Is,
    /// The machine has one of the names.
    OneOf,
    /// The machine has all of the names.
    AllOf,
    /// The machine has none of the names, or not all where all are asked for.
    NoneOf,
    /// Nothing in the rule bounds it: it holds for every machine.
    Always,
}

/// One number of the machine against one number of one rule, or an override that beats the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Reason {
    /// The rule's name.
    pub rule: String,
    /// The rule's file, relative to the policies' root.
    pub file: String,
    /// The rule's line.
    pub line: u32,
    /// What was compared: `gpu_vram`, `ram`, `nvlink` …, named as in [`crate::Conditions`] without `_min` and
    /// `_max`; empty with [`Comparison::Always`].
    pub field: String,
    /// How it came out.
    pub comparison: Comparison,
    /// The machine's value, with unit.
    pub have: String,
    /// The rule's value, with unit.
    pub bound: String,
    /// The override that decided instead of any rule; everything else is then empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub overridden_by: Option<OverrideNote>,
}

/// Yes or no to one capability, with the reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Verdict {
    /// What was asked: `runtime:llama.cpp`, `feature:chat`, `privilege:gpu`, `mode:container`, `model-size`.
    pub capability: String,
    /// Whether it is allowed.
    pub allowed: bool,
    /// The limit, for capabilities that have one.
    pub limit: Option<String>,
    /// The rule that decided, number by number; where an override changed the verdict it comes first,
    /// and what the policies alone would have gone by after it.
    pub reasons: Vec<Reason>,
    /// What the machine would need for it to be allowed; empty if it is.
    pub lifted_by: Vec<Reason>,
}

/// What a machine may do: the outcome of all policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CapabilitySet {
    /// The policy set that was evaluated.
    pub set: String,
    /// The one tier of this machine.
    pub tier: Tier,
    /// Why that tier.
    pub reasons: Vec<Reason>,
    /// What the next higher tier would ask; empty in the highest.
    pub next_tier: Vec<Reason>,
    /// No rule gave a tier, so the safest was taken.
    pub in_a_hole: bool,
    /// Largest model by parameters, if limited.
    pub max_model_size: Option<ParameterCount>,
    /// Models loaded at once, if limited.
    pub max_loaded_models: Option<u32>,
    /// Conversations at once with one model, if limited.
    pub max_parallel: Option<u32>,
    /// Main memory that loaded models take together, if limited.
    pub max_memory: Option<ByteSize>,
    /// GPU memory that loaded models take together, if limited.
    pub max_vram: Option<ByteSize>,
    /// Each runtime and feature that a rule names, with its verdict.
    pub verdicts: Vec<Verdict>,
}
