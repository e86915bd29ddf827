//! The application: everything wired together.

use crate::engines::EnginePool;
use crate::{Options, handlers, registries, state, tokens::Tokens};
use las_api::ErrorBody;
use las_control::{Bus, ControlPlane, Parts};
use las_registry::Artefacts;
use las_runtime::{Home, HomeLock, NativeExecutor, SystemClock, SystemEntropy};
use las_types::{Clock, Code, Event, Executor, Failure, HardwareProfile, Reporter};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// The application of one data directory.
pub struct App {
    pub(crate) control: Arc<ControlPlane>,
    pub(crate) executor: Arc<NativeExecutor>,
    pub(crate) tokens: Tokens,
    pub(crate) home: PathBuf,
    pub(crate) resources: PathBuf,
    pub(crate) base_url: Mutex<Option<String>>,
    /// Held for as long as this is the core of the directory.
    _lock: HomeLock,
}

/// Receives events.
pub struct EventReceiver(broadcast::Receiver<Event>);

/// Why there is no next event.
#[derive(Debug, PartialEq, Eq)]
pub enum Missed {
    /// The application ended.
    Ended,
}

impl EventReceiver {
    /// The next event; one that says how many were missed if this reader was too slow.
    pub async fn next(&mut self) -> Result<Event, Missed> {
        match self.0.recv().await {
            Ok(event) => Ok(event),
            Err(broadcast::error::RecvError::Lagged(count)) => Ok(Event::EventsMissed { count }),
            Err(broadcast::error::RecvError::Closed) => Err(Missed::Ended),
        }
    }
}

impl App {
    /// Becomes the core of a data directory: takes its lock, opens its state, finishes what the last core
    /// left, and is ready. Fails with `core-busy` if another core holds it.
    pub async fn open(options: Options) -> Result<Arc<Self>, ErrorBody> {
        Self::assemble(options).await.map_err(|failure| {
            tracing::debug!(%failure, cause = ?failure.cause, "the application could not be opened");
            failure.into()
        })
    }

    async fn assemble(options: Options) -> Result<Arc<Self>, Failure> {
        let home = Arc::new(Home::open(options.home.clone())?);
        let lock = home.lock()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let artefacts = Artefacts::load(&options.resources.join("builtin"))?;
        let registry = registries::load(&options, &home, &artefacts, &*clock);
        let policies = las_registry::load_policies(&options.resources.join("policies"), &options.policy_set)?;
        let (state, repairs) = state::open(&home, &*clock, options.repair_state).await?;
        let bus: Arc<Bus> = Arc::default();
        let reporter: Arc<dyn Reporter> = Arc::clone(&bus) as Arc<dyn Reporter>;
        let executor = NativeExecutor::new(
            Arc::clone(&home),
            options.resources.join("builtin"),
            Arc::clone(&clock),
            reporter,
        );
        let ended = executor.reap_orphans().await?;
        let control = Arc::new(ControlPlane::new(Parts {
            state,
            executor: Arc::clone(&executor) as Arc<dyn Executor>,
            bus,
            profile: profile(options.profile.as_deref(), &*clock)?,
            clock,
            entropy: Arc::new(SystemEntropy),
            checkpoint: options.checkpoint,
            registry,
            artefacts,
            policy_set: options.policy_set,
            policies,
        }));
        control.report_repairs(repairs);
        control.report_ended_services(&ended);
        control.recover().await?;
        Ok(Arc::new(Self {
            control,
            executor,
            tokens: Tokens::default(),
            home: options.home,
            resources: options.resources,
            base_url: Mutex::default(),
            _lock: lock,
        }))
    }

    /// Answers one command of the table; `interface` is who asks (`cli`, `window`, `api`).
    pub async fn dispatch(
        self: &Arc<Self>,
        command: &str,
        arguments: serde_json::Value,
        interface: &str,
    ) -> Result<serde_json::Value, ErrorBody> {
        handlers::dispatch(self, command, arguments, interface).await.map_err(|failure| {
            if failure.code == Code::Internal {
                tracing::error!(command, cause = ?failure.cause, "a command failed by a defect of ours");
            }
            failure.into()
        })
    }

    /// Every event from now on.
    pub fn events(&self) -> EventReceiver {
        EventReceiver(self.control.bus().subscribe())
    }

    /// The OpenAI routes.
    pub fn gateway(self: &Arc<Self>) -> axum::Router {
        las_gateway::router(Arc::new(EnginePool::new(Arc::clone(self))))
    }

    /// Whether a token's value is one of ours.
    pub async fn authorises(&self, value: &str) -> Result<bool, ErrorBody> {
        Ok(self.tokens.authorises(self.control.state(), value).await?)
    }

    /// A token that is valid until this process ends: for the page that this process shows.
    pub fn page_token(&self) -> String {
        self.tokens.page_token()
    }

    /// Says where programs reach the endpoint, once it is open.
    pub fn set_base_url(&self, url: String) {
        *self.base_url.lock().unwrap_or_else(PoisonError::into_inner) = Some(url);
    }

    /// Where this core listens.
    pub fn socket(&self) -> Result<PathBuf, ErrorBody> {
        Ok(Options::socket(&self.home)?)
    }

    /// The web page's files.
    pub fn page_directory(&self) -> PathBuf {
        self.resources.join("ui")
    }

    /// Stops every service and closes the state.
    pub async fn shut_down(&self) {
        self.executor.shut_down().await;
        self.control.state().close().await;
    }
}

fn profile(recorded: Option<&std::path::Path>, clock: &dyn Clock) -> Result<HardwareProfile, Failure> {
    match recorded {
        Some(path) => las_hardware::load_recorded(path),
        None => Ok(las_hardware::probe(clock.now())),
    }
}
