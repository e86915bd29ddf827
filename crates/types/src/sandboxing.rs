//! What a program that is kept running may see and do, and how well it is held to that.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a program may see and do beside its module, its data and what every program has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct SandboxSection {
    /// What of the network it may use.
    pub network: NetworkAccess,
    /// Whether it may use GPUs; in a container, too.
    pub gpu: bool,
    /// It is not to be started where it is not held as well as this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub at_least: Option<SandboxLevel>,
}

/// What of the network a program may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum NetworkAccess {
    /// It listens on its own ports and connects to them; one without ports has no network.
    #[default]
    Own,
    /// It connects to whatever it wants.
    Any,
}

/// How well a program is kept away from everything else, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum SandboxLevel {
    /// It is not: it can do what the user can.
    None,
    /// It can't change what is another's, but may see some of it.
    Partly,
    /// It sees nothing but what is its own: namespaces, Landlock and a filter of system calls hold it.
    Whole,
}
