//! One task a service: starts it, watches it, starts it again when it ends by itself, gives up when
//! that does not help. A first start that fails is told at once and not repeated: the step that
//! asked for it has to fail.

mod backoff;
mod found;
mod making;

use crate::engine::EngineConnection;
use crate::home::Home;
use crate::keeper::{Keeping, Kept, Watcher};
use crate::process::{Family, Identity, Launch, NotStarted, ReadySince, Record};
use crate::service::{self, Prepared};
use crate::{blocking, socket};
use backoff::{Backoff, Next};
use found::Running;
pub(crate) use found::find_left;
use las_types::{
    Clock, Code, EngineReport, Event, Failure, Reporter, ServiceSpec, ServiceState, ServiceStatus, Timestamp,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What a service needs from its surroundings.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) home: Arc<Home>,
    /// The program of keepers.
    pub(crate) keeper: Arc<Path>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) reporter: Arc<dyn Reporter>,
}

/// A service as it is now, for whoever waits on it.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) status: ServiceStatus,
    pub(crate) connection: Option<EngineConnection>,
    /// Its process and whatever that started; none while there is no process.
    pub(crate) family: Option<Family>,
    failure: Option<(Code, BTreeMap<String, String>)>,
}

impl Snapshot {
    /// Why it failed.
    pub(crate) fn failure(&self) -> Failure {
        match &self.failure {
            Some((code, args)) => Failure::recorded(*code, args.clone()),
            None => Failure::new(Code::ServiceEnded).with("name", &self.status.name),
        }
    }
}

/// A supervised service.
pub(crate) struct Service {
    pub(crate) spec: ServiceSpec,
    /// Another core started it.
    pub(crate) found: bool,
    state: watch::Sender<Snapshot>,
    ask: watch::Sender<Asked>,
}

/// What is asked of the task of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Supervise,
    Stop,
    /// To let it be, as it is, for another core.
    Leave,
}

impl Service {
    /// Starts to supervise; the process starts on the task.
    pub(crate) fn start(spec: ServiceSpec, surroundings: Surroundings) -> Arc<Self> {
        Self::begin(spec, surroundings, None)
    }

    fn begin(spec: ServiceSpec, surroundings: Surroundings, running: Option<Running>) -> Arc<Self> {
        let status = ServiceStatus {
            name: spec.name.clone(),
            module: spec.module.clone(),
            model: spec.model().cloned(),
            ports: spec.ports(),
            state: ServiceState::Starting,
            since: surroundings.clock.now(),
            pid: None,
            memory: None,
            limits: None,
            restarts: 0,
            report: None,
            last_lines: Vec::new(),
        };
        let state = watch::Sender::new(Snapshot { status, connection: None, family: None, failure: None });
        let service = Arc::new(Self {
            spec: spec.clone(),
            found: running.is_some(),
            state: state.clone(),
            ask: watch::Sender::new(Asked::Supervise),
        });
        let ends = running.as_ref().map_or(0, |running| running.ready.ends);
        let mut task = Task { spec, surroundings, state, asked: service.ask.subscribe(), ends };
        if let Some(running) = &running {
            task.take_over(running);
        }
        tokio::spawn(task.run(running));
        service
    }

    pub(crate) fn now(&self) -> Snapshot {
        self.state.borrow().clone()
    }

    /// Waits until it is ready, failed or stopped.
    pub(crate) async fn settled(&self) -> Snapshot {
        let settled = |snapshot: &Snapshot| {
            matches!(
                snapshot.status.state,
                ServiceState::Ready | ServiceState::Failed | ServiceState::Stopped
            )
        };
        self.wait_for(settled).await
    }

    /// Stops it and waits until its process is gone; one that failed counts as stopped from now on.
    pub(crate) async fn stop(&self) {
        self.ask.send_replace(Asked::Stop);
        self.wait_for(|snapshot| snapshot.status.state == ServiceState::Stopped).await;
    }

    /// Lets it be, as it is, for another core.
    pub(crate) fn leave(&self) {
        self.ask.send_replace(Asked::Leave);
    }

    async fn wait_for(&self, reached: impl FnMut(&Snapshot) -> bool) -> Snapshot {
        let mut changes = self.state.subscribe();
        match changes.wait_for(reached).await {
            Ok(snapshot) => snapshot.clone(),
            Err(_) => self.now(),
        }
    }
}

/// How one run of the process ended.
enum Ending {
    /// As it was asked to, or nobody supervises it here any more.
    Asked,
    Crashed {
        ready_for: Option<Duration>,
        failure: Failure,
        lines: Vec<String>,
    },
}

struct Task {
    spec: ServiceSpec,
    surroundings: Surroundings,
    state: watch::Sender<Snapshot>,
    asked: watch::Receiver<Asked>,
    /// How often it ended without having been healthy for long, for a core that comes after this one.
    ends: u32,
}

impl Task {
    async fn run(mut self, mut running: Option<Running>) {
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
                            self.change(ServiceState::Restarting, |snapshot| snapshot.status.restarts += 1);
                            let mut asked = self.asked.clone();
                            tokio::select! {
                                () = tokio::time::sleep(pause) => {}
                                _ = asked_to_end(&mut asked) => break,
                            }
                        }
                        Next::GiveUp => {
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

    fn folder(&self) -> PathBuf {
        self.surroundings.home.service(&self.spec.name)
    }

    async fn run_once(&mut self) -> Ending {
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
    async fn clear(&self, prepared: Prepared) {
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
    async fn launch(&self, launch: &Launch<'_>, watcher: Watcher) -> Result<Kept, Failure> {
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
        Kept::start(keeping, launch, watcher).await.map_err(|failure| match failure.code {
            Code::LimitsUnavailable => failure.with("name", &self.spec.name),
            _ => failure,
        })
    }

    async fn watch(&mut self, process: Kept, prepared: &Prepared) -> Ending {
        let pid = process.pid();
        self.change(ServiceState::Starting, |snapshot| {
            snapshot.status.pid = Some(pid);
            snapshot.status.limits = process.limits();
            snapshot.connection = prepared.connection().cloned();
            snapshot.family = Some(process.family());
        });
        let mut asked = self.asked.clone();
        let limit = Duration::from_secs(self.spec.start_limit_seconds.into());
        let grace = prepared.launch(&self.spec).stopping.grace;
        let ready = tokio::select! {
            ready = tokio::time::timeout(limit, prepared.become_ready(&self.spec, &process)) => match ready {
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
    /// Writes down that it serves, for a core that comes after this one.
    async fn write_ready(&self, process: &Kept, report: Option<EngineReport>) -> Result<ReadySince, Failure> {
        let restarts = self.state.borrow().status.restarts;
        let ready = ReadySince { since: self.surroundings.clock.now(), restarts, ends: self.ends, report };
        let (folder, pid) = (self.folder(), process.pid());
        let (family, spec) = (Some(process.family()), Some(Box::new(self.spec.clone())));
        let written = ready.clone();
        blocking::run_unwatched(move || {
            let record = Record { first: Some(Identity::of(pid)?), family, spec, ready: Some(written) };
            record.write(&folder)
        })
        .await?;
        Ok(ready)
    }

    /// Shows one that serves as it is.
    fn take_over(&mut self, running: &Running) {
        let Running { process, prepared, ready } = running;
        let connection = prepared.as_ref().and_then(|prepared| prepared.connection().cloned());
        let ReadySince { since, restarts, report, .. } = ready.clone();
        self.change(ServiceState::Ready, |snapshot| {
            snapshot.status.since = since;
            snapshot.status.restarts = restarts;
            snapshot.status.report = report;
            snapshot.status.pid = Some(process.pid());
            snapshot.status.limits = process.limits();
            snapshot.family = Some(process.family());
            if connection.is_some() {
                snapshot.connection = connection;
            }
        });
    }

    /// One that another core started.
    async fn go_on(&mut self, running: Running) -> Ending {
        let Running { process, prepared, ready } = running;
        let Some(prepared) = prepared else { return Ending::Asked };
        let ending = self.watch_ready(&process, &prepared, ready.since).await;
        self.clear(prepared).await;
        ending
    }

    async fn watch_ready(&mut self, process: &Kept, prepared: &Prepared, since: Timestamp) -> Ending {
        let grace = prepared.launch(&self.spec).stopping.grace;
        let mut asked = self.asked.clone();
        let (failure, lines) = tokio::select! {
            ended = process.ended() => (service::ended(&self.spec), ended.last_lines),
            failure = prepared.hung() => {
                let ended = process.stop(grace).await;
                (failure, ended.last_lines)
            }
            asked = asked_to_end(&mut asked) => {
                if asked == Asked::Stop {
                    process.stop(grace).await;
                }
                return Ending::Asked;
            }
        };
        let ready_for = self.surroundings.clock.now().duration_since(since);
        Ending::Crashed { ready_for: Some(ready_for.try_into().unwrap_or_default()), failure, lines }
    }

    fn change(&self, state: ServiceState, also: impl FnOnce(&mut Snapshot)) {
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
                snapshot.family = None;
            }
            also(snapshot);
        });
    }

    fn tell(&self, alter: impl FnOnce(&mut Snapshot)) {
        self.state.send_modify(alter);
        let service = self.state.borrow().status.clone();
        self.surroundings.reporter.happened(Event::ServiceStateChanged { service });
    }
}

async fn asked_to_end(asked: &mut watch::Receiver<Asked>) -> Asked {
    // An error means that no one holds the service any more, which asks for its end.
    asked.wait_for(|asked| *asked != Asked::Supervise).await.map_or(Asked::Stop, |asked| *asked)
}
