//! What the kernel offers to confine a process with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whether something can be used by this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// It can.
    Yes,
    /// It can't.
    No,
    /// The kernel doesn't say.
    #[default]
    Unknown,
}

/// Which control groups are mounted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum CgroupVersion {
    /// Version 1 only.
    V1,
    /// Both; the controllers are in version 1.
    Hybrid,
    /// Version 2 only.
    V2,
    /// None that is mounted here.
    #[default]
    Unknown,
}

/// What the kernel offers to confine a process with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Sandbox {
    /// Landlock: a process gives up rights to files.
    pub landlock: Support,
    /// The Landlock ABI that this kernel has at least, by its release; none without Landlock.
    pub landlock_abi: Option<u32>,
    /// Namespaces for a user without privileges.
    pub user_namespaces: Support,
    /// Control groups.
    pub cgroup: CgroupVersion,
    /// Filters for system calls.
    pub seccomp: Support,
}
