//! The one bus that progress and events travel on.

use crate::speed::Speed;
use las_types::{
    ByteSize, Clock, Event, Operation, OperationId, OperationState, PlanStep, Reporter, StepContext, Working,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;

/// How many events a slow reader may lag behind before it is told that it missed some.
const CAPACITY: usize = 1024;

/// Carries events to every interface and knows the operations that run.
pub struct Bus {
    clock: Arc<dyn Clock>,
    events: broadcast::Sender<Event>,
    live: Mutex<BTreeMap<OperationId, Live>>,
    /// Those that were paused, as far as they had come.
    paused: Mutex<BTreeMap<OperationId, Operation>>,
    /// Ended, and the end could not be written (a full disk); the next start finds them unfinished.
    unrecorded: Mutex<BTreeMap<OperationId, Operation>>,
    cancelled: Mutex<BTreeSet<OperationId>>,
    /// Of those that were asked to stop the ones that are to be paused.
    pausing: Mutex<BTreeSet<OperationId>>,
}

/// An operation that runs, and how fast it does.
struct Live {
    operation: Operation,
    speed: Speed,
}

/// A lock whose holder can't have left the data half-changed: every change is one assignment.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bus {
    /// A bus that tells the speed of operations by this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            events: broadcast::channel(CAPACITY).0,
            live: Mutex::default(),
            paused: Mutex::default(),
            unrecorded: Mutex::default(),
            cancelled: Mutex::default(),
            pausing: Mutex::default(),
        }
    }

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
        let running = held(&self.live).get(&id).map(|live| live.operation.clone());
        let paused = || held(&self.paused).get(&id).cloned();
        running.or_else(paused).or_else(|| held(&self.unrecorded).get(&id).cloned())
    }

    /// Every operation that runs.
    pub(crate) fn all_live(&self) -> Vec<Operation> {
        held(&self.live).values().map(|live| live.operation.clone()).collect()
    }

    /// Every operation that is paused.
    pub(crate) fn all_paused(&self) -> Vec<Operation> {
        held(&self.paused).values().cloned().collect()
    }

    /// What an earlier core left paused.
    pub(crate) fn found_paused(&self, operations: Vec<Operation>) {
        held(&self.paused).extend(operations.into_iter().map(|operation| (operation.id, operation)));
    }

    /// Shows an operation as it is now; one that has ended is no longer kept here.
    pub(crate) fn show(&self, operation: &Operation) {
        let id = operation.id;
        if operation.state == OperationState::Paused {
            held(&self.paused).insert(id, operation.clone());
            self.runs_no_more(id);
        } else if operation.state.is_final() {
            held(&self.unrecorded).remove(&id);
            self.runs_no_more(id);
            held(&self.paused).remove(&id);
        } else {
            let live = Live { operation: operation.clone(), speed: Speed::default() };
            held(&self.live).insert(id, live);
            held(&self.paused).remove(&id);
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
        held(&self.pausing).remove(&id);
    }

    /// A step of a running operation begins.
    pub(crate) fn step_began(&self, id: OperationId, step: &PlanStep) {
        self.change(id, |live| live.operation.progress.begin(step.index, step.bytes));
    }

    /// A step of a running operation is done.
    pub(crate) fn step_ended(&self, id: OperationId, step: &PlanStep) {
        self.change(id, |live| live.operation.progress.finish(step.index));
    }

    fn change(&self, id: OperationId, change: impl FnOnce(&mut Live)) {
        let shown = held(&self.live).get_mut(&id).map(|live| {
            change(live);
            live.operation.clone()
        });
        if let Some(operation) = shown {
            self.send(Event::OperationProgressed { operation });
        }
    }

    /// Asks an operation to stop; false if it doesn't run. What was to be paused is cancelled.
    pub(crate) fn cancel(&self, id: OperationId) -> bool {
        // Held meanwhile, so that whoever is asked still runs: see `rest`.
        let live = held(&self.live);
        let runs = live.contains_key(&id);
        if runs {
            held(&self.cancelled).insert(id);
            held(&self.pausing).remove(&id);
        }
        runs
    }

    /// Lets an operation rest that is recorded as paused: who cancels it from here on finds it at rest. False, and nothing
    /// happens, where somebody cancelled it before: who lets it rest ends it.
    pub(crate) fn rest(&self, paused: &Operation) -> bool {
        let mut live = held(&self.live);
        let is_cancelled = held(&self.cancelled).contains(&paused.id);
        if is_cancelled && !held(&self.pausing).contains(&paused.id) {
            return false;
        }
        held(&self.paused).insert(paused.id, paused.clone());
        live.remove(&paused.id);
        held(&self.cancelled).remove(&paused.id);
        held(&self.pausing).remove(&paused.id);
        drop(live);
        self.send(Event::OperationProgressed { operation: paused.clone() });
        true
    }

    /// Takes a paused operation to let it go on: from here on it runs, and can be asked to stop. Gives it as it was.
    pub(crate) fn wake(&self, id: OperationId) -> Option<Operation> {
        let mut live = held(&self.live);
        let paused = held(&self.paused).remove(&id)?;
        let operation = Operation { state: OperationState::Running, ..paused.clone() };
        live.insert(id, Live { operation, speed: Speed::default() });
        Some(paused)
    }

    /// Asks its other steps to stop after one failed or stopped; what it was asked for stays.
    pub(crate) fn stop(&self, id: OperationId) {
        held(&self.cancelled).insert(id);
    }

    /// Takes a paused operation: whoever has it ends it, or shows it again.
    pub(crate) fn take_paused(&self, id: OperationId) -> Option<Operation> {
        held(&self.paused).remove(&id)
    }

    /// Asks an operation to stop so that it can go on; one that was asked to stop already is not asked again.
    pub(crate) fn pause(&self, id: OperationId) {
        let live = held(&self.live);
        let runs = live.get(&id).is_some_and(|live| live.operation.state == OperationState::Running);
        if runs && held(&self.cancelled).insert(id) {
            held(&self.pausing).insert(id);
        }
    }

    /// Whether it was asked to stop so that it can go on.
    pub(crate) fn is_pausing(&self, id: OperationId) -> bool {
        held(&self.pausing).contains(&id)
    }
}

impl Reporter for Bus {
    fn progressed(&self, context: StepContext, done: ByteSize) {
        let now = self.clock.now();
        self.change(context.operation, |live| {
            let progress = &mut live.operation.progress;
            let known = |working: &&Working| working.step == context.step;
            let before = progress.working.iter().find(known).map_or(done, |working| working.done);
            progress.advance(context.step, done);
            progress.moves(live.speed.moved(done.bytes().saturating_sub(before.bytes()), now));
        });
    }

    fn goes_on_from(&self, context: StepContext, done: ByteSize) {
        self.change(context.operation, |live| {
            live.speed.begin_anew();
            live.operation.progress.advance(context.step, done);
            live.operation.progress.moves(None);
        });
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
    use las_types::{
        ByteSize, Clock, Intent, Operation, OperationId, OperationState, PlanId, Progress, Reporter as _,
        StepContext, Timestamp,
    };
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

    /// A clock that stands still until it is set.
    #[derive(Default)]
    struct Still(AtomicI64);

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
        }
    }

    #[test]
    fn an_operation_says_how_fast_it_moves_and_what_is_left() {
        let clock = Arc::new(Still::default());
        let bus = Bus::new(Arc::<Still>::clone(&clock));
        let mut running = operation(OperationState::Running);
        running.progress.begin(0, ByteSize::new(10_000));
        bus.show(&running);
        let context = StepContext { operation: running.id, step: 0 };
        let at = |second, done| {
            clock.0.store(second, Ordering::Relaxed);
            bus.progressed(context, ByteSize::new(done));
            let progress = bus.live(running.id).unwrap().progress;
            (progress.speed.map(ByteSize::bytes), progress.left)
        };
        assert_eq!(at(0, 0), (None, None));
        assert_eq!(at(1, 1_000), (Some(1_000), Some(9)));
        assert_eq!(at(2, 3_000), (Some(1_500), Some(5)));
        bus.goes_on_from(context, ByteSize::new(5_000));
        assert_eq!(at(3, 5_000), (None, None), "what was here already did not come now");
        assert_eq!(at(4, 5_500), (Some(500), Some(9)));
    }

    #[test]
    fn what_is_to_be_paused_is_cancelled_by_whoever_cancels_it() {
        let bus = Bus::new(Arc::new(Still::default()));
        let running = operation(OperationState::Running);
        bus.pause(running.id);
        assert!(!bus.is_cancelled(running.id), "it does not run");
        bus.show(&running);
        bus.pause(running.id);
        assert!(bus.is_cancelled(running.id) && bus.is_pausing(running.id));
        bus.cancel(running.id);
        bus.pause(running.id);
        assert!(bus.is_cancelled(running.id) && !bus.is_pausing(running.id));
    }

    /// It was answered as accepted, and the operation was paused all the same.
    #[test]
    fn what_is_cancelled_in_the_last_moment_of_a_pause_does_not_rest() {
        let bus = Bus::new(Arc::new(Still::default()));
        let (running, paused) = (operation(OperationState::Running), operation(OperationState::Paused));
        let id = running.id;
        bus.show(&running);
        bus.pause(id);
        // Its steps have stopped, and it is recorded as paused: nobody looks at what it is asked any more.
        assert!(bus.is_pausing(id));
        assert!(bus.cancel(id), "it still runs for whoever asks");
        assert!(!bus.rest(&paused) && bus.all_paused().is_empty());
        bus.show(&operation(OperationState::Cancelled));
        bus.show(&running);
        bus.pause(id);
        assert!(bus.rest(&paused));
        assert!(!bus.cancel(id), "it is found among those that are paused");
        assert_eq!(bus.take_paused(id), Some(paused));
    }

    #[test]
    fn what_is_cancelled_while_it_begins_to_go_on_does_not_rest_again() {
        let bus = Bus::new(Arc::new(Still::default()));
        let paused = operation(OperationState::Paused);
        let id = paused.id;
        bus.show(&paused);
        assert_eq!(bus.wake(id), Some(paused.clone()));
        assert_eq!(bus.wake(id), None, "it runs");
        assert!(bus.rest(&paused), "what could not go on is paused as before");
        bus.wake(id);
        assert!(bus.cancel(id));
        assert!(!bus.rest(&paused));
        bus.show(&operation(OperationState::Running));
        assert!(bus.is_cancelled(id), "whoever carries it out is told");
    }

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
        let bus = Bus::new(Arc::new(Still::default()));
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
