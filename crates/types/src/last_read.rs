//! When something installed was last read whole.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// When the bytes of something installed were last read, and what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LastRead {
    /// When: of several files the moment of the one that was read longest ago.
    pub at: Timestamp,
    /// Whether they were all as they should be.
    pub whole: bool,
}
