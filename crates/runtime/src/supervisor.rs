//! One task a service: starts it, watches it, starts it again when it ends by itself, gives up when
//! that does not help. A first start that fails is told at once and not repeated: the step that
//! asked for it has to fail.

mod backoff;

use crate::engine::EngineConnection;
use crate::home::Home;
use crate::process::{Family, LARGEST_FILE, LineLog, LogFile, NativeProcess, NotStarted, Record};
use crate::service::{self, Prepared};
use crate::{blocking, durable};
use backoff::{Backoff, Next};
use las_types::{
    Clock, Code, EngineReport, Event, Failure, Reporter, ServiceSpec, ServiceState, ServiceStatus,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// What a service needs from its surroundings.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) home: Arc<Home>,
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
    state: watch::Sender<Snapshot>,
    stop: watch::Sender<bool>,
}

impl Service {
    /// Starts to supervise; the process starts on the task.
    pub(crate) fn start(spec: ServiceSpec, surroundings: Surroundings) -> Arc<Self> {
        let status = ServiceStatus {
            name: spec.name.clone(),
            module: spec.module.clone(),
            model: spec.model().cloned(),
            ports: spec.ports(),
            state: ServiceState::Starting,
            since: surroundings.clock.now(),
            pid: None,
            memory: None,
            restarts: 0,
            report: None,
            last_lines: Vec::new(),
        };
        let state = watch::Sender::new(Snapshot { status, connection: None, family: None, failure: None });
        let service =
            Arc::new(Self { spec: spec.clone(), state: state.clone(), stop: watch::Sender::new(false) });
        let task = Task { spec, surroundings, state, stop: service.stop.subscribe() };
        tokio::spawn(task.run());
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
        self.stop.send_replace(true);
        self.wait_for(|snapshot| snapshot.status.state == ServiceState::Stopped).await;
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
    Stopped,
    Crashed { ready_for: Option<Duration>, failure: Failure, lines: Vec<String> },
}

struct Task {
    spec: ServiceSpec,
    surroundings: Surroundings,
    state: watch::Sender<Snapshot>,
    stop: watch::Receiver<bool>,
}

impl Task {
    async fn run(mut self) {
        let mut backoff = Backoff::default();
        let mut was_ready = false;
        self.tell(|_| {});
        loop {
            match self.run_once().await {
                Ending::Stopped => break,
                Ending::Crashed { ready_for, failure, lines } => {
                    was_ready |= ready_for.is_some();
                    tracing::warn!(service = %self.spec.name, %failure, "a service ended by itself");
                    let next =
                        if was_ready { backoff.crashed(ready_for.unwrap_or_default()) } else { Next::GiveUp };
                    match next {
                        Next::After(pause) => {
                            self.change(ServiceState::Restarting, |snapshot| snapshot.status.restarts += 1);
                            let mut stop = self.stop.clone();
                            tokio::select! {
                                () = tokio::time::sleep(pause) => {}
                                () = asked_to_stop(&mut stop) => break,
                            }
                        }
                        Next::GiveUp => {
                            self.change(ServiceState::Failed, |snapshot| {
                                snapshot.status.last_lines = lines;
                                snapshot.failure = Some((failure.code, failure.args.clone()));
                            });
                            asked_to_stop(&mut self.stop).await;
                            break;
                        }
                    }
                    self.change(ServiceState::Starting, |_| {});
                }
            }
        }
        self.change(ServiceState::Stopped, |snapshot| snapshot.connection = None);
    }

    async fn run_once(&mut self) -> Ending {
        let crashed = |failure| Ending::Crashed { ready_for: None, failure, lines: Vec::new() };
        let (home, spec) = (Arc::clone(&self.surroundings.home), self.spec.clone());
        let prepared = match blocking::run_unwatched(move || service::prepare(&home, &spec)).await {
            Ok(prepared) => prepared,
            Err(failure) => return crashed(failure),
        };
        let ending = match self.launch(&prepared) {
            Ok(process) => self.watch(process, &prepared).await,
            Err(failure) => crashed(failure),
        };
        // What can't be cleared is cleared by the next start.
        let folder = self.surroundings.home.service(&self.spec.name);
        let cleared = blocking::run_unwatched(move || {
            prepared.clear()?;
            Record::remove(&folder)
        });
        let cleared = cleared.await;
        if let Err(failure) = cleared {
            tracing::warn!(service = %self.spec.name, %failure, "a service's files were left");
        }
        ending
    }

    fn launch(&self, prepared: &Prepared) -> Result<NativeProcess, Failure> {
        let file = LogFile::open(&self.surroundings.home.logs().join(self.spec.name.as_str()), LARGEST_FILE)?;
        let lines = Arc::new(LineLog::new(file, prepared.watcher()));
        NativeProcess::start(&prepared.launch(&self.spec), lines)
    }

    async fn watch(&mut self, process: NativeProcess, prepared: &Prepared) -> Ending {
        let (pid, lines) = (process.pid(), Arc::clone(&process.log));
        let service = self.surroundings.home.service(&self.spec.name);
        let recorded = Record::of(pid).and_then(|record| record.with(process.family()).write(&service));
        if let Err(failure) = recorded {
            let _ = process.stop().await;
            return Ending::Crashed { ready_for: None, failure, lines: lines.last_lines() };
        }
        self.change(ServiceState::Starting, |snapshot| {
            snapshot.status.pid = Some(pid);
            snapshot.connection = prepared.connection().cloned();
            snapshot.family = Some(process.family());
        });
        let mut stop = self.stop.clone();
        let limit = Duration::from_secs(self.spec.start_limit_seconds.into());
        let ready = tokio::select! {
            ready = tokio::time::timeout(limit, prepared.become_ready(&self.spec, &process)) => Some(ready),
            () = process.ended() => None,
            () = asked_to_stop(&mut stop) => {
                let _ = process.stop().await;
                return Ending::Stopped;
            }
        };
        let failure = match ready {
            Some(Ok(Ok(report))) => return self.watch_ready(process, prepared, report).await,
            Some(Ok(Err(failure))) => Ok(failure),
            Some(Err(_)) => Err(Some(NotStarted::TimedOut(limit))),
            None => Err(None),
        };
        // Its last lines come with the end of its pipes, so they are read after it was reaped.
        let status = process.stop().await;
        let lines = lines.last_lines();
        let failure = failure.unwrap_or_else(|reason| {
            let ended = || status.map_or(NotStarted::Other, NotStarted::Ended);
            reason.unwrap_or_else(ended).failure(service::not_started(&self.spec), &self.spec.name, &lines)
        });
        Ending::Crashed { ready_for: None, failure, lines }
    }

    async fn watch_ready(
        &mut self,
        process: NativeProcess,
        prepared: &Prepared,
        report: Option<EngineReport>,
    ) -> Ending {
        self.change(ServiceState::Ready, |snapshot| snapshot.status.report = report);
        let since = Instant::now();
        let lines = Arc::clone(&process.log);
        let mut stop = self.stop.clone();
        let hung = tokio::select! {
            () = process.ended() => None,
            failure = prepared.hung() => Some(failure),
            () = asked_to_stop(&mut stop) => {
                let _ = process.stop().await;
                return Ending::Stopped;
            }
        };
        let ready_for = Some(since.elapsed());
        let ended = if hung.is_some() { process.stop().await } else { process.reap().await };
        if let Err(failure) = ended {
            tracing::warn!(service = %self.spec.name, %failure, "a service's process was not reaped");
        }
        let failure = hung.unwrap_or_else(|| service::ended(&self.spec));
        Ending::Crashed { ready_for, failure, lines: lines.last_lines() }
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

async fn asked_to_stop(stop: &mut watch::Receiver<bool>) {
    // An error means that no one holds the service any more, which asks the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Removes what services of a killed core left behind; see [`crate::process::reap_orphan`].
pub(crate) async fn reap_orphans(home: &Home) -> Result<Vec<String>, Failure> {
    let mut ended = Vec::new();
    for service in crate::blobs::children(&home.services())? {
        if crate::process::reap_orphan(home, &service).await? {
            ended.extend(service.file_name().and_then(|name| name.to_str()).map(str::to_owned));
        }
        // The key of an engine that is gone opens nothing; it need not lie there either.
        durable::remove(&service.join("engine.key"))?;
    }
    Ok(ended)
}
