//! What a core that lives on does by itself: once an hour the database is checked as a whole and copied, and
//! the modules' states follow what the services do.

use crate::lifecycle::Occasion;
use crate::{ControlPlane, Discovery};
use las_types::{Event, Timestamp};
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The tasks of a core that lives on, and how they are told that it ends.
#[derive(Debug)]
pub(crate) struct Watching {
    over: watch::Sender<()>,
    tasks: [JoinHandle<()>; 2],
}

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_mins(1);
/// Between two checks.
const EVERY_SECONDS: i64 = 3600;

/// Whether the next check is due. A clock that was set back makes it due as well: better once too often.
fn is_due(last: Timestamp, now: Timestamp) -> bool {
    !(0..EVERY_SECONDS).contains(&(now.as_second() - last.as_second()))
}

impl ControlPlane {
    /// Begins to watch, for as long as the plane lives. Opening the database has just checked it.
    pub fn keep_watch(self: &Arc<Self>) {
        let (hourly, services) = (Arc::downgrade(self), Arc::downgrade(self));
        let opened = self.clock.now();
        let events = self.bus.subscribe();
        let (over, ends) = watch::channel(());
        let tasks = [
            tokio::spawn(check_hourly(hourly, opened, ends.clone())),
            tokio::spawn(follow_services(services, events, ends)),
        ];
        *self.watching.lock().unwrap_or_else(PoisonError::into_inner) = Some(Watching { over, tasks });
    }

    /// Ends the watch: waits for what it has begun, then takes down where the services' end has left the modules.
    /// Call it after the services were stopped and before the database is closed.
    pub async fn end_watch(&self) {
        let watching = self.watching.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Watching { over, tasks }) = watching else { return };
        drop(over);
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task of the core ended before the core");
            }
        }
        self.follow_modules(Occasion::Service).await;
    }

    /// Checks the whole database and copies it. What is wrong becomes a finding of the doctor.
    async fn check_and_copy(&self) {
        let done = async {
            self.state.check().await?;
            self.state.save_snapshot().await
        };
        match done.await {
            Ok(()) => tracing::debug!("the database was checked and copied"),
            Err(error @ (las_state::Error::Corrupt { .. } | las_state::Error::Anchor { .. })) => {
                tracing::error!(%error, "the hourly check of the database failed");
                self.discovered(Discovery::StateDamaged { detail: error.to_string() });
            }
            Err(error) => tracing::warn!(%error, "the database could not be checked and copied this time"),
        }
    }
}

async fn check_hourly(plane: Weak<ControlPlane>, mut last: Timestamp, mut ends: watch::Receiver<()>) {
    loop {
        // Only waiting is cut short: a copy that was begun is finished.
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = ends.changed() => return,
        }
        let Some(plane) = plane.upgrade() else { return };
        let now = plane.clock.now();
        if is_due(last, now) {
            last = now;
            plane.check_and_copy().await;
        }
    }
}

async fn follow_services(
    plane: Weak<ControlPlane>,
    mut events: tokio::sync::broadcast::Receiver<Event>,
    mut ends: watch::Receiver<()>,
) {
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            _ = ends.changed() => return,
        };
        let changed = match event {
            Ok(event) => matches!(event, Event::ServiceStateChanged { .. }),
            // It may have been among those.
            Err(RecvError::Lagged(_)) => true,
            Err(RecvError::Closed) => return,
        };
        let Some(plane) = plane.upgrade() else { return };
        if changed {
            plane.follow_modules(Occasion::Service).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_due;

    #[test]
    fn the_check_is_due_after_an_hour_and_after_the_clock_was_set_back() {
        let at = |text: &str| text.parse().unwrap();
        let last = at("2026-11-21T08:00:00Z");
        assert!(!is_due(last, at("2026-11-21T08:59:59Z")));
        assert!(is_due(last, at("2026-11-21T09:00:00Z")));
        assert!(is_due(last, at("2026-11-21T07:59:59Z")));
    }
}
