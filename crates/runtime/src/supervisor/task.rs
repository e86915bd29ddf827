//! One task a service: starts it, watches it, starts it again when it ends by itself, gives up when
//! that does not help. A first start that fails is told at once and not repeated: the step that
//! asked for it has to fail.

use super::backoff::{Backoff, Next};
use super::found::{self, Running};
use super::{Asked, Snapshot, Surroundings};
use crate::containers::Contained;
use crate::keeper::{Keeping, Kept, Watcher};
use crate::process::{Family, Launch, NotStarted, Record};
use crate::service::{self, Prepared};
use crate::supervised::Supervised;
use crate::{blocking, socket};
use las_types::{Code, Event, Failure, ProbeMiss, ProbeOutcome, ServiceMoment, ServiceSpec, ServiceState};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Moments of a service's history.
const MOMENTS: usize = 20;

/// How one run of the process ended.
pub(super) enum Ending {
    /// As it was asked to, or nobody supervises it here any more.
    Asked,
    Crashed {
        ready_for: Option<Duration>,
        failure: Failure,
        lines: Vec<String>,
    },
}

pub(super) struct Task {
    pub(super) spec: ServiceSpec,
    pub(super) surroundings: Surroundings,
    pub(super) state: watch::Sender<Snapshot>,
    pub(super) asked: watch::Receiver<Asked>,
    /// How often it ended without having been healthy for long, for a core that comes after this one.
    pub(super) ends: u32,
}

impl Task {
    pub(super) async fn run(mut self, mut running: Option<Running>) {
        let mut backoff = Backoff::after(running.as_ref().map_or(0, |running| running.ready.ends));
        let mut was_ready = running.is_some();
        self.tell(|_| {});
        loop {
            let ending = match running.take() {
                Some(running) => self.go_on(running).await,
                None => self.run_once().await,
            };
            match ending {
                Ending::Asked => break,
                Ending::Crashed { ready_for, failure, lines } => {
                    was_ready |= ready_for.is_some();
                    tracing::warn!(service = %self.spec.name, %failure, "a service ended by itself");
                    let next =
                        if was_ready { backoff.ended(ready_for.unwrap_or_default()) } else { Next::GiveUp };
                    self.ends = backoff.ends();
                    match next {
                        Next::After(pause) => {
                            self.remember(ServiceState::Restarting, Some(failure.code));
                            self.change(ServiceState::Restarting, |snapshot| snapshot.status.restarts += 1);
                            let mut asked = self.asked.clone();
                            tokio::select! {
                                () = tokio::time::sleep(pause) => {}
                                _ = asked_to_end(&mut asked) => break,
                            }
                        }
                        Next::GiveUp => {
                            self.remember(ServiceState::Failed, Some(failure.code));
                            self.change(ServiceState::Failed, |snapshot| {
                                snapshot.status.last_lines = lines;
                                snapshot.failure = Some((failure.code, failure.args.clone()));
                            });
                            asked_to_end(&mut self.asked).await;
                            break;
                        }
                    }
                    self.change(ServiceState::Starting, |_| {});
                }
            }
        }
        if *self.asked.borrow() != Asked::Leave {
            self.change(ServiceState::Stopped, |snapshot| snapshot.connection = None);
        }
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.surroundings.home.service(&self.spec.name)
    }

    pub(super) async fn run_once(&mut self) -> Ending {
        let crashed = |failure| Ending::Crashed { ready_for: None, failure, lines: Vec::new() };
        let (home, spec) = (Arc::clone(&self.surroundings.home), self.spec.clone());
        let prepared = match blocking::run_unwatched(move || service::prepare(&home, &spec)).await {
            Ok(prepared) => prepared,
            Err(failure) => return crashed(failure),
        };
        let ending = match self.make(&prepared).await {
            Some(ending) => ending,
            None => match self.launch(&prepared.launch(&self.spec), prepared.watcher()).await {
                Ok(process) => self.watch(process, &prepared).await,
                Err(failure) => crashed(failure),
            },
        };
        self.clear(prepared).await;
        ending
    }

    /// Drops what a run left; what can't be dropped is by the next start. One that is left to another core keeps it.
    pub(super) async fn clear(&self, prepared: Prepared) {
        if *self.asked.borrow() == Asked::Leave {
            return;
        }
        let folder = self.folder();
        let cleared = blocking::run_unwatched(move || {
            prepared.clear()?;
            socket::remove(&found::keeper_socket(&folder)?, &folder)?;
            Record::remove(&folder)
        });
        if let Err(failure) = cleared.await {
            tracing::warn!(service = %self.spec.name, %failure, "a service's files were left");
        }
    }

    /// Starts its program. What is started is written down before, so that nobody who is killed in between leaves what
    /// nobody knows of.
    pub(super) async fn launch(&self, launch: &Launch<'_>, watcher: Watcher) -> Result<Supervised, Failure> {
        if let Some(container) = self.spec.container() {
            return self.launch_contained(container, launch, watcher).await;
        }
        let family = Family::new();
        let spec = Some(Box::new(self.spec.clone()));
        let record = Record { family: Some(family.clone()), spec, ..Record::default() };
        let folder = self.folder();
        let at = folder.clone();
        let socket = blocking::run_unwatched(move || {
            record.write(&at)?;
            let socket = found::keeper_socket(&at)?;
            crate::durable::remove(&socket)?;
            Ok(socket)
        });
        let socket = socket.await?;
        self.tell(|snapshot| snapshot.family = Some(family.clone()));
        let log = self.surroundings.home.logs().join(self.spec.name.as_str());
        let keeping = Keeping { keeper: &self.surroundings.keeper, socket: &socket, log: &log, family };
        let kept = Kept::start(keeping, launch, watcher).await.map_err(|failure| match failure.code {
            Code::LimitsUnavailable => failure.with("name", &self.spec.name),
            _ => failure,
        })?;
        Ok(Supervised::Kept(Box::new(kept)))
    }

    pub(super) async fn watch(&mut self, process: Supervised, prepared: &Prepared) -> Ending {
        let pid = process.pid();
        self.change(ServiceState::Starting, |snapshot| {
            snapshot.status.pid = pid;
            snapshot.status.limits = process.limits();
            snapshot.connection = prepared.connection().cloned();
            snapshot.family = process.family();
            snapshot.container = process.contained().map(Contained::handle);
        });
        let mut asked = self.asked.clone();
        let told = self.probed();
        let limit = Duration::from_secs(self.spec.start_limit_seconds.into());
        let grace = prepared.launch(&self.spec).stopping.grace;
        let ready = tokio::select! {
            ready = tokio::time::timeout(limit, prepared.become_ready(&self.spec, &process, &told)) => match ready {
                Ok(Ok(report)) => self.write_ready(&process, report).await.map_err(Ok),
                Ok(Err(failure)) => Err(Ok(failure)),
                Err(_) => Err(Err(Some(NotStarted::TimedOut(limit)))),
            },
            _ = process.ended() => Err(Err(None)),
            // What is not ready is of no use to another core.
            _ = asked_to_end(&mut asked) => {
                process.stop(grace).await;
                return Ending::Asked;
            }
        };
        let failure = match ready {
            Ok(ready) => {
                process.quiet().await;
                let running = Running { process, prepared: None, ready };
                self.take_over(&running);
                return self.watch_ready(&running.process, prepared, running.ready.since).await;
            }
            Err(failure) => failure,
        };
        // Its last lines come with its end.
        let ended = process.stop(grace).await;
        let failure = failure.unwrap_or_else(|reason| {
            let how = || ended.status.map_or(NotStarted::Other, NotStarted::Ended);
            let (code, name) = (service::not_started(&self.spec), &self.spec.name);
            reason.unwrap_or_else(how).failure(code, name, &ended.last_lines)
        });
        Ending::Crashed { ready_for: None, failure, lines: ended.last_lines }
    }
    pub(super) fn change(&self, state: ServiceState, also: impl FnOnce(&mut Snapshot)) {
        let now = self.surroundings.clock.now();
        self.tell(|snapshot| {
            if snapshot.status.state != state {
                snapshot.status.state = state;
                snapshot.status.since = now;
            }
            if state != ServiceState::Ready {
                snapshot.status.report = None;
            }
            if !matches!(state, ServiceState::Starting | ServiceState::Ready) {
                snapshot.status.pid = None;
                snapshot.status.limits = None;
                snapshot.status.probe = None;
                snapshot.family = None;
                snapshot.container = None;
            }
            also(snapshot);
        });
    }

    /// Shows what each question to it gave; it is no event.
    pub(super) fn probed(&self) -> impl Fn(Option<ProbeMiss>) + Send + Sync + use<> {
        let (state, clock) = (self.state.clone(), Arc::clone(&self.surroundings.clock));
        move |miss| {
            let at = clock.now();
            state.send_modify(|snapshot| snapshot.status.probe = Some(ProbeOutcome { at, miss }));
        }
    }

    /// Adds a moment to its history.
    pub(super) fn remember(&self, state: ServiceState, code: Option<Code>) {
        let at = self.surroundings.clock.now();
        self.state.send_modify(|snapshot| {
            let moments = &mut snapshot.status.moments;
            let left_out = (moments.len() + 1).saturating_sub(MOMENTS);
            moments.drain(..left_out);
            moments.push(ServiceMoment { at, state, code });
        });
    }

    pub(super) fn tell(&self, alter: impl FnOnce(&mut Snapshot)) {
        self.state.send_modify(alter);
        let service = self.state.borrow().status.clone();
        self.surroundings.reporter.happened(Event::ServiceStateChanged { service });
    }
}

pub(super) async fn asked_to_end(asked: &mut watch::Receiver<Asked>) -> Asked {
    // An error means that no one holds the service any more, which asks for its end.
    asked.wait_for(|asked| *asked != Asked::Supervise).await.map_or(Asked::Stop, |asked| *asked)
}
