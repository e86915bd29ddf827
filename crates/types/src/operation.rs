//! Operations: plans that were approved, and their journal.

use crate::{Code, GenerationNumber, Intent, OperationId, PlanId, Progress, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Where an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// Its steps are executed.
    Running,
    /// A step failed or it was cancelled: its steps are undone.
    Undoing,
    /// Its steps are undone and what it fetched is kept: it goes on when somebody asks, and holds nothing until then.
    Paused,
    /// All steps done and recorded.
    Succeeded,
    /// Undone; the state before it holds.
    Failed,
    /// Cancelled and undone; the state before it holds.
    Cancelled,
}

impl OperationState {
    /// Whether nothing more happens.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// Whether nothing more happens by itself.
    pub fn is_at_rest(self) -> bool {
        self == Self::Paused || self.is_final()
    }
}

/// One run of one plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// The plan that it runs.
    pub plan: PlanId,
    /// What it is for.
    pub intent: Intent,
    /// Where it is.
    pub state: OperationState,
    /// How far it is.
    pub progress: Progress,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What failed, and the arguments of its text.
    pub failure: Option<(Code, BTreeMap<String, String>)>,
    /// The generation that it made.
    pub generation: Option<GenerationNumber>,
    /// Who approved it: `cli`, `window`, `tray`, `api`.
    pub actor: String,
    /// The operation that it takes up again.
    #[serde(default)]
    pub resumes: Option<OperationId>,
}

/// What a journal entry records about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JournalPhase {
    /// About to be executed.
    Started,
    /// Executed.
    Done,
    /// Its execution failed.
    Failed,
    /// About to be undone.
    Undoing,
    /// Undone.
    Undone,
    /// The operation was paused before this step: what was begun before is undone.
    Paused,
}

/// One line of an operation's journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JournalEntry {
    /// Its place in the journal.
    pub sequence: i64,
    /// The step.
    pub step: u32,
    /// What happened to it.
    pub phase: JournalPhase,
    /// When.
    pub at: Timestamp,
    /// The failure's code, for a failed step.
    pub code: Option<Code>,
}
