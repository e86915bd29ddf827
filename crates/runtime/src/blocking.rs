//! File work on its own thread, with progress and cancellation carried to the asynchronous side.

use las_types::{ByteSize, Code, Failure, Patience, Reporter, StepContext};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

const EVERY_BYTES: u64 = 1 << 20;
const EVERY: Duration = Duration::from_millis(50);
/// The weakest claim to the processor that a thread can have.
const LEAST_URGENT: i32 = 19;

/// Counts bytes; asks between chunks whether to go on.
pub(crate) struct Meter {
    upward: Option<mpsc::Sender<Tick>>,
    done: u64,
    told: u64,
    told_at: Instant,
}

/// Progress on its way up, and the way back for the answer.
struct Tick {
    done: u64,
    cancelled: oneshot::Sender<bool>,
}

impl Meter {
    fn new(upward: Option<mpsc::Sender<Tick>>, done: u64) -> Self {
        Self { upward, done, told: done, told_at: Instant::now() }
    }

    /// Tells no one and is never cancelled.
    pub(crate) fn silent() -> Self {
        Self::new(None, 0)
    }

    /// Counts bytes; fails with [`Code::OperationCancelled`] when the operation was cancelled.
    pub(crate) fn add(&mut self, bytes: u64) -> Result<(), Failure> {
        self.done += bytes;
        let Some(upward) = &self.upward else { return Ok(()) };
        if self.done - self.told < EVERY_BYTES && self.told_at.elapsed() < EVERY {
            return Ok(());
        }
        (self.told, self.told_at) = (self.done, Instant::now());
        let (cancelled, answer) = oneshot::channel();
        // No one listens any more: the step was dropped, which is a cancellation too.
        let listening = upward.blocking_send(Tick { done: self.done, cancelled }).is_ok();
        if !listening || answer.blocking_recv().unwrap_or(true) {
            return Err(Failure::new(Code::OperationCancelled));
        }
        Ok(())
    }
}

/// Runs file work of a step; its progress goes to the reporter.
pub(crate) async fn run<T: Send + 'static>(
    context: StepContext,
    reporter: &dyn Reporter,
    work: impl FnOnce(&mut Meter) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    run_on(context, reporter, 0, work).await
}

/// Runs further file work of a step, of which so many bytes are done.
pub(crate) async fn run_on<T: Send + 'static>(
    context: StepContext,
    reporter: &dyn Reporter,
    done: u64,
    work: impl FnOnce(&mut Meter) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    if reporter.is_cancelled(context.operation) {
        return Err(Failure::new(Code::OperationCancelled));
    }
    let (upward, mut ticks) = mpsc::channel(1);
    let task = tokio::task::spawn_blocking(move || {
        let mut meter = Meter::new(Some(upward), done);
        let result = work(&mut meter);
        (result, meter.done)
    });
    while let Some(tick) = ticks.recv().await {
        reporter.progressed(context, ByteSize::new(tick.done));
        // A worker that has gone does not need the answer.
        let _ = tick.cancelled.send(reporter.is_cancelled(context.operation));
    }
    let (result, done) = task.await.map_err(Failure::internal)?;
    reporter.progressed(context, ByteSize::new(done));
    result
}

/// Runs file work that nobody waits for, on a thread of its own that gives way to all others. After each piece `patience`
/// says when it goes on; when this is dropped it stops.
pub(crate) async fn run_patiently<T: Send + 'static>(
    patience: &dyn Patience,
    work: impl FnOnce(Meter) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let (upward, mut ticks) = mpsc::channel(1);
    let (end, ended) = oneshot::channel();
    let patient = move || {
        // Of one thread, as Linux has it; reading from a disk gives way with it.
        if let Err(error) = rustix::process::setpriority_process(None, LEAST_URGENT) {
            tracing::debug!(%error, "file work that can wait is as urgent as any");
        }
        // Nobody may be there any more to hear of it.
        let _ = end.send(work(Meter::new(Some(upward), 0)));
    };
    std::thread::Builder::new().name("patient".to_owned()).spawn(patient).map_err(Failure::internal)?;
    let mut before = 0;
    while let Some(tick) = ticks.recv().await {
        patience.read(ByteSize::new(tick.done.saturating_sub(before))).await;
        before = tick.done;
        let _ = tick.cancelled.send(false);
    }
    ended.await.map_err(Failure::internal)?
}

/// Runs file work that no one watches.
pub(crate) async fn run_unwatched<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(Failure::internal)?
}
