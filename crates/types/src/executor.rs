//! What the control layer needs from below, as traits: execution, time, randomness.

use crate::{
    AdoptionMethod, ByteSize, Digest, Drift, Event, Failure, Generation, HardwareProfile, Installed,
    JournalPhase, LaidOut, LaidState, LastRead, OperationId, Partial, PortName, ServiceMoment, ServiceName,
    ServiceSpec, ServiceStatus, StepAction, Timestamp, ViewLink,
};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};

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
    /// So many bytes of the current step were there already: what follows is measured from here.
    fn goes_on_from(&self, context: StepContext, done: ByteSize) {
        self.progressed(context, done);
    }
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

    /// Drops what was fetched for a step, whole or in part: nobody is to go on with it.
    async fn drop_fetched(&self, action: &StepAction) -> Result<(), Failure>;

    /// Files of which a part was fetched, and that wait to be gone on with.
    async fn partials(&self) -> Result<Vec<Partial>, Failure>;

    /// Writes the generation's lock file.
    async fn write_generation(&self, generation: &Generation) -> Result<(), Failure>;

    /// Looks whether an installed thing is as it was left.
    async fn inspect(&self, item: &Installed, depth: Depth) -> Result<Vec<Drift>, Failure>;

    /// Reads every byte of an installed thing; a `Failure` says what is wrong first.
    async fn verify(&self, item: &Installed) -> Result<(), Failure> {
        match self.inspect(item, Depth::Full).await?.into_iter().find_map(|drift| drift.failure()) {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    /// The same look as [`Self::inspect`] for what nobody waits for: on a thread that gives way to others, and piece by
    /// piece as `patience` lets it. Dropped, it reads no further.
    async fn inspect_patiently(
        &self,
        item: &Installed,
        depth: Depth,
        patience: &dyn Patience,
    ) -> Result<Vec<Drift>, Failure>;

    /// When all bytes of an installed thing were last read, as far as its files are still those that were; none where one of
    /// them was never read or is another one by now. Nothing is read for it.
    async fn last_read(&self, item: &Installed) -> Option<LastRead>;

    /// Names what lies in the store, among the blobs and in staging that none of these items accounts
    /// for, relative to the data directory.
    async fn stray(&self, items: &[Installed]) -> Result<Vec<String>, Failure>;

    /// Looks whether the generation's lock file is as it was written.
    async fn inspect_generation(&self, generation: &Generation) -> Result<Option<Drift>, Failure>;

    /// Looks whether each service's process is ours and answers, and for programs of ours that nobody started here.
    async fn inspect_services(&self) -> Result<Vec<Drift>, Failure>;

    /// Looks whether the data directory is where it was, can be written, and has this much space left.
    async fn inspect_disk(&self, least_free: ByteSize) -> Result<Vec<Drift>, Failure>;

    /// The machine as it was remembered last; none if it never was, or can't be read any more.
    async fn remembered_machine(&self) -> Result<Option<HardwareProfile>, Failure>;

    /// Remembers the machine as it is.
    async fn remember_machine(&self, profile: &HardwareProfile) -> Result<(), Failure>;

    /// Whether what an item is made from is still to be had.
    async fn can_restore(&self, item: &Installed) -> bool;

    /// With which settings a known service runs.
    fn spec_of(&self, service: &ServiceName) -> Option<ServiceSpec>;

    /// What happened to a service, as it is written down: its last moments, oldest first.
    async fn history_of(&self, service: &ServiceName) -> Result<Vec<ServiceMoment>, Failure>;

    /// How much data of its own a service keeps; none if there is nothing.
    async fn data_of(&self, service: &ServiceName) -> Result<Option<ByteSize>, Failure>;

    /// The numbers of a service's ports: those that it had before, or else the wanted ones or the next above that are free
    /// and not among those that the same plan gives to others.
    ///
    /// Code: `port-taken` if none is.
    async fn ports_for(
        &self,
        service: &ServiceName,
        wanted: &BTreeMap<PortName, u16>,
        given: &BTreeSet<u16>,
    ) -> Result<BTreeMap<PortName, u16>, Failure>;

    /// The digest of a model's bytes as they are named here: for one whose digest was learned when it was fetched.
    fn digest_of(&self, item: &Installed) -> Digest;

    /// Whether the bytes of a model stay on the disk when their last name here goes: another file is the same, or shares its
    /// blocks.
    async fn is_shared_outside(&self, item: &Installed) -> Result<bool, Failure>;

    /// How another tool's file can be adopted without copying it: tried on the file systems as they are; nothing is changed.
    async fn adoption_of(&self, path: &std::path::Path) -> Result<AdoptionMethod, Failure>;

    /// The folder of a view of a model as it really is, without links on the way, and how files in it can share the model's
    /// bytes: tried on the file systems as they are; nothing is changed.
    ///
    /// Code: `view-folder-unfit`.
    async fn view_place(
        &self,
        item: &Installed,
        folder: &std::path::Path,
    ) -> Result<(String, ViewLink), Failure>;

    /// What lies where each file of a view should, in their order.
    async fn view_states(&self, item: &Installed, view: &LaidOut) -> Result<Vec<LaidState>, Failure>;

    /// Absolute path of an installed thing: of a model's file, or of a file within a module.
    fn path_of(&self, item: &Installed, file: Option<&str>) -> String;

    /// How fast the engine of a service has written since it was started, in thousandths of a token a second; none of one
    /// that has written too little to say, does not answer, or is no engine.
    async fn speed_of(&self, service: &ServiceName) -> Option<u64>;

    /// Whether a service of that name runs with exactly these settings.
    fn runs(&self, spec: &ServiceSpec) -> bool;

    /// Free space where the data lies.
    async fn free_space(&self) -> Result<ByteSize, Failure>;

    /// The services as they are now.
    fn services(&self) -> Vec<ServiceStatus>;

    /// With which settings those run that run, by name.
    fn running(&self) -> Vec<ServiceSpec>;

    /// Stops every service; the core ends. With what each needs, directly or not, those first that others need: a service
    /// is stopped when those that need it have ended, and those without a bond at the same time.
    async fn shut_down(&self, needs: &[(ServiceName, BTreeSet<ServiceName>)]);
}

/// How closely installed things are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Names, sizes and rights only: nothing is read.
    Glance,
    /// What changed since it was last read is read again, and what was last read before that moment.
    Changed {
        /// Proofs older than this don't count.
        proven_since: Timestamp,
    },
    /// Every byte is read.
    Full,
}

/// Lets something be read piece by piece.
#[async_trait]
pub trait Patience: Send + Sync {
    /// So many bytes were read; it goes on when this comes back.
    async fn read(&self, bytes: ByteSize);
}

/// Where programs and shells come in: the core's own socket, and its address on loopback.
#[async_trait]
pub trait Doors: Send + Sync {
    /// Looks whether they are open where they should be; opens again what was closed from outside.
    async fn inspect(&self) -> Vec<Drift>;
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
