//! What is asked of a source.

use crate::{ByteSize, SourceName, WeightsFormat};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The most models that one page holds.
pub const PAGE_LIMIT: u32 = 100;

/// What models are looked for. What is not said holds for every model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ModelQuery {
    /// Words that its name or description holds.
    pub words: String,
    /// What it is for, in the words of the hubs: `text-generation`, `feature-extraction` …
    pub task: Option<String>,
    /// In which format it is there.
    pub format: Option<WeightsFormat>,
    /// Its licence, as SPDX writes it in lower case: `apache-2.0`.
    pub licence: Option<String>,
    /// How many bytes its smallest form may have. A model of which the source says no size is not left out.
    pub at_most: Option<ByteSize>,
    /// How many are wanted at once, at most [`PAGE_LIMIT`]; 0 for what is usual.
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// The source that is asked; all that are enabled if none is named.
    pub source: Option<SourceName>,
}

impl ModelQuery {
    /// How many are wanted at once.
    pub fn page(&self) -> u32 {
        if self.limit == 0 { 20 } else { self.limit.min(PAGE_LIMIT) }
    }
}
