//! How a service is: what its last question gave, and when it began to serve, ended or was given up.

use crate::{ByteSize, Code, ServiceState, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a question to a service was not answered well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProbeMiss {
    /// Nothing came in time.
    Late {
        /// The time, in seconds.
        seconds: u32,
    },
    /// There was no connection, or no answer on it.
    Unreachable {
        /// As the system says it.
        detail: String,
    },
    /// It answered with another status than 200 to 299.
    Status {
        /// Which.
        status: u16,
    },
    /// Its program ended otherwise than with 0.
    Exit {
        /// As the system says it.
        detail: String,
    },
    /// The line is not there.
    NoLine,
    /// It answers, and does not have all its ports.
    NoPort,
}

/// A question to a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProbeOutcome {
    /// When it was asked.
    pub at: Timestamp,
    /// Why it was not answered well; none if it was.
    pub miss: Option<ProbeMiss>,
}

/// A moment in the life of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServiceMoment {
    /// When.
    pub at: Timestamp,
    /// What it became.
    pub state: ServiceState,
    /// Why, if it ended by itself or was given up.
    pub code: Option<Code>,
    /// How its program ended; none of one that did not, or was ended from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub exit: Option<Exit>,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Exit {
    /// By itself, with this status.
    Status {
        /// 0 if all was well.
        number: i32,
    },
    /// By a signal.
    Signal {
        /// Which.
        number: i32,
    },
}

/// What a service and all that it started take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Taken {
    /// Processes.
    pub processes: u32,
    /// Main memory that they hold, each by itself: what they share is counted with each.
    pub memory: ByteSize,
    /// Time of processors that those that live have taken, in milliseconds.
    pub cpu_ms: u64,
}
