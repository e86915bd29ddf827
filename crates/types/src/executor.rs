//! What the control layer needs from below, as traits: execution, time, randomness.

use crate::{
    ByteSize, Event, Failure, Generation, Installed, JournalPhase, OperationId, ServiceName, ServiceSpec,
    ServiceStatus, StepAction, Timestamp,
};
use async_trait::async_trait;

/// Which step of which operation is executed.
#[derive(Clone, Copy, Debug)]
pub struct StepContext {
    /// The operation.
    pub operation: OperationId,
    /// The step, from 0.
    pub step: u32,
}

/// Carries progress and events upward.
pub trait Reporter: Send + Sync {
    /// Bytes done of the current step.
    fn progressed(&self, context: StepContext, done: ByteSize);
    /// Something changed outside any step, such as a service that ended.
    fn happened(&self, event: Event);
    /// Whether the operation was cancelled; long steps ask between chunks.
    fn is_cancelled(&self, operation: OperationId) -> bool;
}

/// Executes steps. It decides nothing: all it needs is in the action.
#[async_trait]
pub trait Executor: Send + Sync {
    /// Executes a step. Doing it again after a stop at any point ends in the same place.
    async fn execute(
        &self,
        context: StepContext,
        action: &StepAction,
        reporter: &dyn Reporter,
    ) -> Result<(), Failure>;

    /// Undoes a step that was begun, whether or not it was finished.
    async fn undo(&self, context: StepContext, action: &StepAction) -> Result<(), Failure>;

    /// Makes the operation's removals final and drops its staging; called after the commit, and safe
    /// to call again.
    async fn finish(&self, operation: OperationId) -> Result<(), Failure>;

    /// Writes the generation's lock file.
    async fn write_generation(&self, generation: &Generation) -> Result<(), Failure>;

    /// Checks that an installed thing has the bytes it should; a `Failure` says what is wrong.
    async fn verify(&self, item: &Installed) -> Result<(), Failure>;

    /// Names what lies in the store, among the blobs and in staging that none of these items accounts
    /// for, relative to the data directory; with `remove` it is removed.
    async fn stray(&self, items: &[Installed], remove: Stray) -> Result<Vec<String>, Failure>;

    /// How much data of its own a service keeps; none if there is nothing.
    async fn data_of(&self, service: &ServiceName) -> Result<Option<ByteSize>, Failure>;

    /// Absolute path of an installed thing: of a model's file, or of a file within a module.
    fn path_of(&self, item: &Installed, file: Option<&str>) -> String;

    /// Whether a service of that name runs with exactly these settings.
    fn runs(&self, spec: &ServiceSpec) -> bool;

    /// Free space where the data lies.
    async fn free_space(&self) -> Result<ByteSize, Failure>;

    /// The services as they are now.
    fn services(&self) -> Vec<ServiceStatus>;

    /// With which settings those run that run, by name.
    fn running(&self) -> Vec<ServiceSpec>;

    /// Stops every service; the core ends.
    async fn shut_down(&self);
}

/// What to do with what nothing accounts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stray {
    /// Name it.
    Name,
    /// Name and remove it.
    Remove,
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Is told at each point where a stop must lose nothing; tests end the process there.
pub trait Checkpoint: Send + Sync {
    /// The journal line was written durably.
    fn journalled(&self, step: u32, phase: JournalPhase);
    /// A named point outside the journal was passed: `committed`, `generation-written`, `finished`.
    fn passed(&self, point: &'static str);
}

/// The product's own checkpoint: nothing happens.
#[derive(Debug)]
pub struct NoCheckpoint;

impl Checkpoint for NoCheckpoint {
    fn journalled(&self, _step: u32, _phase: JournalPhase) {}
    fn passed(&self, _point: &'static str) {}
}
