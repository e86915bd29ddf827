//! What supervisors and collectors ask. They know these paths by convention, so they lie beside the table of commands;
//! `status_show` has the same readiness.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One fixed path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Where.
    pub path: &'static str,
    /// Whether it is answered over TCP without a token, and then without any detail.
    pub open: bool,
}

/// Every one of them.
pub const PROBES: &[Probe] = &[
    Probe { path: "/health", open: true },
    Probe { path: "/ready", open: true },
    Probe { path: "/metrics", open: false },
];

/// The process lives and answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HealthView {
    /// Always true: a process that does not live does not answer.
    pub alive: bool,
}

/// A part that has to be ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReadinessPart {
    /// The database answers.
    Database,
    /// What the last core left was looked at.
    Recovery,
    /// No operation was left in the middle.
    Operations,
}

/// Whether one part is ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PartReadiness {
    /// Which.
    pub part: ReadinessPart,
    /// Whether it is.
    pub ready: bool,
}

/// Whether the core can do its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReadinessView {
    /// Whether every part is ready.
    pub ready: bool,
    /// The parts; none for somebody who showed no token.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartReadiness>,
}
