//! A service that serves: shown, written down for a core that comes after this one, and watched until it ends.

use super::Asked;
use super::found::Running;
use super::task::{Ending, Task, asked_to_end, exit};
use crate::blocking;
use crate::containers::Contained;
use crate::engine::Loaded;
use crate::process::{Identity, ReadySince, Record};
use crate::service::{self, Prepared};
use crate::supervised::Supervised;
use las_types::{Failure, ServiceState, Timestamp};

impl Task {
    /// Writes down that it serves, for a core that comes after this one.
    pub(super) async fn write_ready(
        &mut self,
        process: &Supervised,
        loaded: Option<Loaded>,
    ) -> Result<ReadySince, Failure> {
        self.remember(ServiceState::Ready, None, None);
        let restarts = self.state.borrow().status.restarts;
        let moments = self.state.borrow().status.moments.clone();
        let (report, degraded) = loaded.map(|Loaded { report, short }| (report, short)).unzip();
        let (since, ends) = (self.surroundings.clock.now(), self.ends);
        let degraded = degraded.unwrap_or_default();
        let ready = ReadySince { since, restarts, moments, ends, report, degraded };
        let (folder, pid) = (self.folder(), process.pid());
        let (family, spec) = (process.family(), Some(Box::new(self.spec.clone())));
        let container = process.contained().map(|contained| contained.family().to_owned());
        let written = ready.clone();
        blocking::run_unwatched(move || {
            // A container is known by its labels; its process is the engine's.
            let first = pid.filter(|_| container.is_none()).map(Identity::of).transpose()?;
            let record = Record { first, family, container, spec, ready: Some(written), waits: None };
            record.write(&folder)
        })
        .await?;
        self.waits = None;
        Ok(ready)
    }

    /// Shows one that serves as it is.
    pub(super) fn take_over(&mut self, running: &Running) {
        let Running { process, prepared, ready } = running;
        let connection = prepared.as_ref().and_then(|prepared| prepared.connection().cloned());
        let ReadySince { since, restarts, report, degraded, moments, .. } = ready.clone();
        self.change(ServiceState::Ready, |snapshot| {
            snapshot.status.since = since;
            snapshot.status.restarts = restarts;
            snapshot.status.report = report;
            snapshot.status.degraded = degraded;
            if snapshot.status.moments.is_empty() {
                snapshot.status.moments = moments;
            }
            snapshot.status.pid = process.pid();
            snapshot.status.limits = process.limits();
            snapshot.status.sandbox = process.sandbox();
            snapshot.family = process.family();
            snapshot.container = process.contained().map(Contained::handle);
            if connection.is_some() {
                snapshot.connection = connection;
            }
        });
    }

    /// One that another core started.
    pub(super) async fn go_on(&mut self, running: Running) -> Ending {
        let Running { process, prepared, ready } = running;
        let Some(prepared) = prepared else { return Ending::Asked };
        let ending = self.watch_ready(process, &prepared, ready.since).await;
        self.clear(prepared).await;
        ending
    }

    pub(super) async fn watch_ready(
        &mut self,
        process: Supervised,
        prepared: &Prepared,
        since: Timestamp,
    ) -> Ending {
        let grace = prepared.launch(&self.spec).stopping.grace;
        let mut asked = self.asked.clone();
        let told = self.probed();
        let (failure, ended, waits) = tokio::select! {
            () = process.down() => {
                // Nobody is sent there any more, while what it started is ended.
                self.change(ServiceState::Restarting, |_| {});
                (service::ended(&self.spec), process.reaped().await, true)
            }
            ended = process.ended() => (service::ended(&self.spec), ended, true),
            failure = prepared.hung(&process, &told) => (failure, process.stop(grace).await, false),
            asked = asked_to_end(&mut asked) => {
                if asked == Asked::Stop {
                    process.stop(grace).await;
                }
                return Ending::Asked;
            }
        };
        // One without a status had its keeper killed, and was ended for that.
        self.idle = if waits && ended.status.is_some() { process.into_kept() } else { None };
        let ready_for = self.surroundings.clock.now().duration_since(since);
        Ending::Crashed {
            ready_for: Some(ready_for.try_into().unwrap_or_default()),
            failure,
            // One that hung was ended from here.
            exit: exit(ended.status.filter(|_| waits)),
            lines: ended.last_lines,
        }
    }
}
