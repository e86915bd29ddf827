//! Services, each watched by a task of its own (`task`): what is known of each, and what is asked of it.

mod backoff;
mod contained;
mod found;
pub(crate) mod history;
mod making;
mod serving;
mod task;
mod waiting;

use crate::containers::{Containers, Handle};
use crate::engine::EngineConnection;
use crate::helpers::Helpers;
use crate::home::Home;
use crate::process::Family;
pub use backoff::Restarts;
use found::Was;
pub(crate) use found::find_left;
use history::Writing;
use las_types::{Clock, Code, Failure, Reporter, ServiceSpec, ServiceState, ServiceStatus};
use std::collections::BTreeMap;
use std::sync::Arc;
use task::Task;
use tokio::sync::watch;

/// What a service needs from its surroundings.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) home: Arc<Home>,
    pub(crate) helpers: Arc<Helpers>,
    pub(crate) containers: Arc<Containers>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) reporter: Arc<dyn Reporter>,
    pub(crate) restarts: Restarts,
}

/// A service as it is now, for whoever waits on it.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) status: ServiceStatus,
    pub(crate) connection: Option<EngineConnection>,
    /// Its process and whatever that started; none while there is no process.
    pub(crate) family: Option<Family>,
    /// The container that it is; none of a process of this machine.
    pub(crate) container: Option<Handle>,
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

    fn begin(spec: ServiceSpec, surroundings: Surroundings, was: Option<Was>) -> Arc<Self> {
        let status = ServiceStatus::of(&spec, ServiceState::Starting, surroundings.clock.now());
        let state = watch::Sender::new(Snapshot {
            status,
            connection: None,
            family: None,
            container: None,
            failure: None,
        });
        let service = Arc::new(Self {
            spec: spec.clone(),
            found: was.is_some(),
            state: state.clone(),
            ask: watch::Sender::new(Asked::Supervise),
        });
        let ends = match &was {
            Some(Was::Running(running)) => running.ready.ends,
            Some(Was::Waiting(waiting)) => waiting.ends,
            None => 0,
        };
        let history = Writing::begin(Arc::clone(&surroundings.home), spec.name.clone());
        let asked = service.ask.subscribe();
        let history = Some(history);
        let mut task = Task { spec, surroundings, state, asked, ends, waits: None, idle: None, history };
        match &was {
            Some(Was::Running(running)) => task.take_over(running),
            Some(Was::Waiting(waiting)) => task.take_up(waiting),
            None => {}
        }
        tokio::spawn(task.run(was));
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

    /// Waits until an engine that has this key is no longer the one that serves.
    pub(crate) async fn replaced(&self, key: &str) {
        let serves = |snapshot: &Snapshot| {
            let same = snapshot.connection.as_ref().is_some_and(|connection| connection.key.expose() == key);
            same && snapshot.status.state == ServiceState::Ready
        };
        self.wait_for(|snapshot| !serves(snapshot)).await;
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
