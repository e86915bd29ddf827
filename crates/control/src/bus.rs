//! The one bus that progress and events travel on.

use las_types::{ByteSize, Event, Operation, OperationId, PlanStep, Progress, Reporter, StepContext};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;

/// How many events a slow reader may lag behind before it is told that it missed some.
const CAPACITY: usize = 1024;

/// Carries events to every interface and knows the operations that run.
#[derive(Debug)]
pub struct Bus {
    events: broadcast::Sender<Event>,
    live: Mutex<BTreeMap<OperationId, Operation>>,
    /// Ended, and the end could not be written (a full disk); the next start finds them unfinished.
    unrecorded: Mutex<BTreeMap<OperationId, Operation>>,
    cancelled: Mutex<BTreeSet<OperationId>>,
}

/// A lock whose holder can't have left the data half-changed: every change is one assignment.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            events: broadcast::channel(CAPACITY).0,
            live: Mutex::default(),
            unrecorded: Mutex::default(),
            cancelled: Mutex::default(),
        }
    }
}

impl Bus {
    /// Every event from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// How many listen now.
    pub fn subscribers(&self) -> usize {
        self.events.receiver_count()
    }

    /// Sends an event; without a reader it is lost, as events are only hints.
    pub fn send(&self, event: Event) {
        // The only error is that nobody listens.
        let _ = self.events.send(event);
    }

    /// An operation as it is now, if the database doesn't know better.
    pub(crate) fn live(&self, id: OperationId) -> Option<Operation> {
        let running = held(&self.live).get(&id).cloned();
        running.or_else(|| held(&self.unrecorded).get(&id).cloned())
    }

    /// Every operation that runs.
    pub(crate) fn all_live(&self) -> Vec<Operation> {
        held(&self.live).values().cloned().collect()
    }

    /// Shows an operation as it is now; one that has ended is no longer kept here.
    pub(crate) fn show(&self, operation: &Operation) {
        if operation.state.is_final() {
            held(&self.unrecorded).remove(&operation.id);
            self.runs_no_more(operation.id);
        } else {
            held(&self.live).insert(operation.id, operation.clone());
        }
        self.send(Event::OperationProgressed { operation: operation.clone() });
    }

    /// Shows an operation whose end could not be written.
    pub(crate) fn show_unrecorded(&self, operation: &Operation) {
        // Kept before it runs no more: who asks in between would be told by the database that it runs.
        held(&self.unrecorded).insert(operation.id, operation.clone());
        self.runs_no_more(operation.id);
        self.send(Event::OperationProgressed { operation: operation.clone() });
    }

    fn runs_no_more(&self, id: OperationId) {
        held(&self.live).remove(&id);
        held(&self.cancelled).remove(&id);
    }

    /// A step of a running operation begins.
    pub(crate) fn step_began(&self, id: OperationId, step: &PlanStep) {
        self.change(id, |progress| progress.begin(step.index, step.bytes));
    }

    /// A step of a running operation is done.
    pub(crate) fn step_ended(&self, id: OperationId, step: &PlanStep) {
        self.change(id, |progress| progress.finish(step.index));
    }

    fn change(&self, id: OperationId, change: impl FnOnce(&mut Progress)) {
        let shown = held(&self.live).get_mut(&id).map(|operation| {
            change(&mut operation.progress);
            operation.clone()
        });
        if let Some(operation) = shown {
            self.send(Event::OperationProgressed { operation });
        }
    }

    /// Asks an operation to stop; false if it doesn't run.
    pub(crate) fn cancel(&self, id: OperationId) -> bool {
        let runs = held(&self.live).contains_key(&id);
        if runs {
            held(&self.cancelled).insert(id);
        }
        runs
    }
}

impl Reporter for Bus {
    fn progressed(&self, context: StepContext, done: ByteSize) {
        self.change(context.operation, |progress| progress.advance(context.step, done));
    }

    fn happened(&self, event: Event) {
        self.send(event);
    }

    fn is_cancelled(&self, operation: OperationId) -> bool {
        held(&self.cancelled).contains(&operation)
    }
}

#[cfg(test)]
mod tests {
    use super::Bus;
    use las_types::{Intent, Operation, OperationId, OperationState, PlanId, Progress, Timestamp};
    use std::sync::atomic::{AtomicBool, Ordering};

    fn operation(state: OperationState) -> Operation {
        Operation {
            id: OperationId::new(Timestamp::UNIX_EPOCH, [1; 10]),
            plan: PlanId::new(Timestamp::UNIX_EPOCH, [2; 10]),
            intent: Intent::ModuleInstall { modules: Vec::new(), mode: None },
            state,
            progress: Progress::of(1),
            started_at: Timestamp::UNIX_EPOCH,
            ended_at: None,
            failure: None,
            generation: None,
            actor: "cli".to_owned(),
            resumes: None,
        }
    }

    /// A command read an operation as running after it had been told that it had failed, and took that for a defect.
    #[test]
    fn an_operation_whose_end_could_not_be_written_is_known_at_every_moment() {
        let bus = Bus::default();
        let (running, ended) = (operation(OperationState::Running), operation(OperationState::Failed));
        bus.show(&running);
        let done = AtomicBool::new(false);
        let unknown = std::thread::scope(|scope| {
            let asks = scope.spawn(|| {
                let mut unknown = 0;
                while !done.load(Ordering::Acquire) {
                    unknown += u32::from(bus.live(running.id).is_none());
                }
                unknown
            });
            for _ in 0..20_000 {
                bus.show_unrecorded(&ended);
                bus.show(&running);
            }
            done.store(true, Ordering::Release);
            asks.join().unwrap()
        });
        assert_eq!(unknown, 0);
    }
}
