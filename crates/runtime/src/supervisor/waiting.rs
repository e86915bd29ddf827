//! A service that ended by itself, in the pause before it is started again: written down, so that a core which is killed in
//! it leaves to the next one what there is to start.

use super::task::{Task, asked_to_end};
use crate::blocking;
use crate::process::{Record, Waiting};
use las_types::ServiceState;
use std::time::Duration;

impl Task {
    /// Writes down that it is to be started after this pause. Without a pause there is nothing to find.
    pub(super) async fn write_waiting(&mut self, pause: Duration) {
        if pause.is_zero() {
            return;
        }
        let status = self.state.borrow().status.clone();
        let now = self.surroundings.clock.now();
        let until = now.checked_add(pause).unwrap_or(now);
        let counts = (status.restarts.saturating_add(1), self.ends);
        let (folder, spec) = (self.folder(), Some(Box::new(self.spec.clone())));
        let family = self.idle.as_ref().map(crate::keeper::Kept::family);
        let written = blocking::run_unwatched(move || {
            let waiting = Waiting::new(until, counts, status.moments)?;
            let record = Record { family, spec, waits: Some(waiting.clone()), ..Record::default() };
            record.write(&folder).map(|()| waiting)
        });
        match written.await {
            Ok(waiting) => self.waits = Some(waiting),
            // It is started again all the same, by this core.
            Err(failure) => {
                tracing::warn!(service = %self.spec.name, %failure, "that a service waits could not be written down");
            }
        }
    }

    /// What is left of the pause of one that another core left; no more than there can be, whatever became of the clock.
    pub(super) fn rest_of(&self, waiting: &Waiting) -> Duration {
        let rest = Duration::try_from(waiting.until.duration_since(self.surroundings.clock.now()));
        rest.unwrap_or_default().min(self.surroundings.restarts.longest)
    }

    /// Waits before the next start; whether there is to be one.
    pub(super) async fn pause(&self, pause: Duration) -> bool {
        let mut asked = self.asked.clone();
        tokio::select! {
            // First, so that no pause is none: a timer rounds up.
            biased;
            _ = asked_to_end(&mut asked) => false,
            () = std::future::ready(()), if pause.is_zero() => true,
            () = tokio::time::sleep(pause) => true,
        }
    }

    /// Shows one that waits as it is.
    pub(super) fn take_up(&mut self, waiting: &Waiting) {
        self.waits = Some(waiting.clone());
        self.change(ServiceState::Restarting, |snapshot| {
            snapshot.status.restarts = waiting.restarts;
            snapshot.status.moments.clone_from(&waiting.moments);
        });
    }
}
