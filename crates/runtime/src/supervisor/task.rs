//! One task a service: starts it, watches it, starts it again when it ends by itself, gives up when
//! that does not help. A first start that fails is told at once and not repeated: the step that
//! asked for it has to fail.

use super::backoff::{Backoff, Next};
use super::found::{self, Running, Was};
use super::history::{self, Writing};
use super::{Asked, Snapshot, Surroundings};
use crate::containers::Contained;
use crate::durable::passing;
use crate::keeper::{Keeping, Kept, Watcher};
use crate::process::{Family, Launch, NotStarted, Record, Waiting};
use crate::service::{self, Prepared};
use crate::supervised::Supervised;
use crate::{blocking, socket};
use las_types::{
    Code, Event, Exit, Failure, ProbeMiss, ProbeOutcome, ServiceMoment, ServiceSpec, ServiceState,
};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How one run of the process ended.
pub(super) enum Ending {
    /// As it was asked to, or nobody supervises it here any more.
    Asked,
    Crashed {
        ready_for: Option<Duration>,
        failure: Failure,
        /// How its program ended by itself.
        exit: Option<Exit>,
        lines: Vec<String>,
    },
}

/// How a program ended, as it is told.
pub(super) fn exit(status: Option<ExitStatus>) -> Option<Exit> {
    let status = status?;
    let by_itself = status.code().map(|number| Exit::Status { number });
    by_itself.or(status.signal().map(|number| Exit::Signal { number }))
}

pub(super) struct Task {
    pub(super) spec: ServiceSpec,
    pub(super) surroundings: Surroundings,
    pub(super) state: watch::Sender<Snapshot>,
    pub(super) asked: watch::Receiver<Asked>,
    /// How often it ended without having been healthy for long, for a core that comes after this one.
    pub(super) ends: u32,
    /// What is written down of it from an end by itself until it serves again.
    pub(super) waits: Option<Waiting>,
    /// Whose keeper waits to start it again, after it has ended by itself.
    pub(super) idle: Option<Kept>,
    /// Writes its moments down, as long as it lives.
    pub(super) history: Option<Writing>,
}

impl Task {
    pub(super) async fn run(mut self, was: Option<Was>) {
        let mut backoff = Backoff::after(self.surroundings.restarts, self.ends);
        let mut was_ready = was.is_some();
        self.recall().await;
        self.tell(|_| {});
        let (mut running, mut pause) = match was {
            Some(Was::Running(running)) => (Some(*running), None),
            Some(Was::Waiting(waiting)) => (None, Some(self.rest_of(&waiting))),
            None => (None, None),
        };
        loop {
            if let Some(pause) = pause.take() {
                if !self.pause(pause).await {
                    break;
                }
                self.change(ServiceState::Starting, |_| {});
            }
            let ending = match running.take() {
                Some(running) => self.go_on(running).await,
                None => self.run_once().await,
            };
            match ending {
                Ending::Asked => break,
                Ending::Crashed { ready_for, failure, exit, lines } => {
                    was_ready |= ready_for.is_some();
                    tracing::warn!(service = %self.spec.name, %failure, "a service ended by itself");
                    let next =
                        if was_ready { backoff.ended(ready_for.unwrap_or_default()) } else { Next::GiveUp };
                    self.ends = backoff.ends();
                    match next {
                        Next::After(next) => {
                            self.remember(ServiceState::Restarting, Some(failure.code), exit);
                            self.write_waiting(next).await;
                            self.change(ServiceState::Restarting, |snapshot| snapshot.status.restarts += 1);
                            pause = Some(next);
                        }
                        Next::GiveUp => {
                            self.let_go().await;
                            self.remember(ServiceState::Failed, Some(failure.code), exit);
                            self.change(ServiceState::Failed, |snapshot| {
                                snapshot.status.last_lines = lines;
                                snapshot.failure = Some((failure.code, failure.args.clone()));
                            });
                            asked_to_end(&mut self.asked).await;
                            break;
                        }
                    }
                }
            }
        }
        self.let_go().await;
        let stopped = *self.asked.borrow() != Asked::Leave;
        if stopped {
            self.remember(ServiceState::Stopped, None, None);
        }
        if let Some(history) = self.history.take() {
            history.end().await;
        }
        if stopped {
            self.change(ServiceState::Stopped, |snapshot| snapshot.connection = None);
        }
    }

    /// Shows what happened to it before this start, too.
    async fn recall(&self) {
        let (home, name) = (Arc::clone(&self.surroundings.home), self.spec.name.clone());
        let earlier = blocking::run_unwatched(move || Ok(history::read(&home, &name))).await;
        self.state.send_modify(|snapshot| {
            let later = std::mem::take(&mut snapshot.status.moments);
            snapshot.status.moments = history::joined(earlier.unwrap_or_default(), later);
        });
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.surroundings.home.service(&self.spec.name)
    }

    pub(super) async fn run_once(&mut self) -> Ending {
        let crashed = |failure| Ending::Crashed { ready_for: None, failure, exit: None, lines: Vec::new() };
        let (home, helpers) = (Arc::clone(&self.surroundings.home), Arc::clone(&self.surroundings.helpers));
        let spec = Arc::new(self.spec.clone());
        let given = Arc::clone(&spec);
        let prepared = match blocking::run_unwatched(move || service::prepare(&home, &helpers, &given)).await
        {
            Ok(prepared) => prepared,
            Err(failure) => return crashed(failure),
        };
        let ending = match self.make(&prepared).await {
            Some(ending) => ending,
            None => match self.launch(&prepared.launch(&spec), prepared.watcher()).await {
                Ok(process) => self.watch(process, &prepared).await,
                Err(failure) => crashed(failure),
            },
        };
        self.clear(prepared).await;
        ending
    }

    /// Drops what a run left; what can't be dropped is by the next start. One that is left to another core keeps it.
    pub(super) async fn clear(&mut self, prepared: Prepared) {
        if *self.asked.borrow() == Asked::Leave {
            return;
        }
        if let Err(failure) = blocking::run_unwatched(move || prepared.clear()).await {
            tracing::warn!(service = %self.spec.name, %failure, "a service's files were left");
        }
        if self.idle.is_none() {
            self.let_go().await;
        }
    }

    /// Needs no keeper any more, and no record of one: nothing of it runs. Of one that is left to another core both stay.
    async fn let_go(&mut self) {
        // It ends when nobody is connected to it.
        self.idle = None;
        if *self.asked.borrow() == Asked::Leave {
            return;
        }
        let folder = self.folder();
        let cleared = blocking::run_unwatched(move || {
            socket::remove(&found::keeper_socket(&folder)?, &folder)?;
            Record::remove(&folder)
        });
        if let Err(failure) = cleared.await {
            tracing::warn!(service = %self.spec.name, %failure, "a service's files were left");
        }
    }

    /// Starts its program: in a container, by the keeper that it had, or by a new one.
    pub(super) async fn launch(
        &mut self,
        launch: &Launch<'_>,
        watcher: Watcher,
    ) -> Result<Supervised, Failure> {
        if let Some(container) = self.spec.container() {
            return self.launch_contained(container, launch, watcher).await;
        }
        let log = self.surroundings.home.logs().join(self.spec.name.as_str());
        let kept = match self.idle.take() {
            Some(idle) => {
                self.knows(idle.family());
                // What is written down of it stays true: its family is the same, and its first process is another one than
                // that which was ready.
                idle.again(&log, launch, Arc::clone(&watcher)).await
            }
            None => Ok(None),
        };
        let kept = match kept {
            Ok(Some(kept)) => Ok(kept),
            Ok(None) => self.launch_anew(&log, launch, watcher).await,
            Err(failure) => Err(failure),
        };
        let kept = kept.map_err(|failure| match failure.code {
            Code::LimitsUnavailable | Code::SandboxUnavailable => failure.with("name", &self.spec.name),
            _ => failure,
        })?;
        Ok(Supervised::Kept(Box::new(kept)))
    }

    /// What is started is written down before, so that nobody who is killed in between leaves what nobody knows of.
    async fn launch_anew(&self, log: &Path, launch: &Launch<'_>, watcher: Watcher) -> Result<Kept, Failure> {
        let family = Family::new();
        let spec = Some(Box::new(self.spec.clone()));
        let waits = self.waits.clone();
        let record = Record { family: Some(family.clone()), spec, waits, ..Record::default() };
        let folder = self.folder();
        let at = folder.clone();
        let socket = blocking::run_unwatched(move || {
            record.write(&at)?;
            let socket = found::keeper_socket(&at)?;
            passing::remove(&socket)?;
            Ok(socket)
        });
        let socket = socket.await?;
        self.knows(family.clone());
        let keeping = Keeping { keeper: &self.surroundings.helpers.keeper, socket: &socket, log, family };
        Kept::start(keeping, launch, watcher).await
    }

    /// Shows whose processes are its own, from before there are any.
    fn knows(&self, family: Family) {
        self.tell(|snapshot| snapshot.family = Some(family));
    }

    pub(super) async fn watch(&mut self, process: Supervised, prepared: &Prepared) -> Ending {
        let pid = process.pid();
        self.change(ServiceState::Starting, |snapshot| {
            snapshot.status.pid = pid;
            snapshot.status.limits = process.limits();
            snapshot.status.sandbox = process.sandbox();
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
                Ok(Ok(loaded)) => self.write_ready(&process, loaded).await.map_err(Ok),
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
                return self.watch_ready(running.process, prepared, running.ready.since).await;
            }
            Err(failure) => failure,
        };
        // Its last lines come with its end.
        let by_itself = matches!(failure, Err(None));
        let ended = if by_itself { process.reaped().await } else { process.stop(grace).await };
        self.idle = if by_itself && ended.status.is_some() { process.into_kept() } else { None };
        let failure = failure.unwrap_or_else(|reason| {
            let how = || ended.status.map_or(NotStarted::Other, NotStarted::Ended);
            let (code, name) = (service::not_started(&self.spec), &self.spec.name);
            let failure = reason.unwrap_or_else(how).failure(code, name, &ended.last_lines);
            crate::engine::explained(&self.spec, failure, &ended.last_lines)
        });
        let exit = exit(ended.status.filter(|_| by_itself));
        Ending::Crashed { ready_for: None, failure, exit, lines: ended.last_lines }
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
                snapshot.status.degraded = Vec::new();
            }
            if !matches!(state, ServiceState::Starting | ServiceState::Ready) {
                snapshot.status.pid = None;
                snapshot.status.limits = None;
                snapshot.status.sandbox = None;
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
    pub(super) fn remember(&self, state: ServiceState, code: Option<Code>, exit: Option<Exit>) {
        let at = self.surroundings.clock.now();
        self.state.send_modify(|snapshot| {
            history::push(&mut snapshot.status.moments, ServiceMoment { at, state, code, exit });
        });
        if let Some(history) = &self.history {
            history.keep(self.state.borrow().status.moments.clone());
        }
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
