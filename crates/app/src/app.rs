//! The application: everything wired together.

use crate::config::Configuration;
use crate::engines::EnginePool;
use crate::hubs;
use crate::idle::{self, Uses};
use crate::metrics::Metrics;
use crate::watching::count_operations;
use crate::{Options, handlers, logging, machine, reading::Reading, registries, state, tokens::Tokens};
use las_api::ErrorBody;
use las_control::{Bus, ControlPlane, Parts};
use las_registry::{Artefacts, Watched};
use las_runtime::{EngineWish, Home, HomeLock, NativeExecutor, Pace, Restarts, SystemClock, SystemEntropy};
use las_secrets::SecretStores;
use las_state::State;
use las_types::{
    Clock, Code, Config, ConfigStore, Doors, DriftKind, Event, Executor, Failure, Origin, Reporter, Secrets,
    Timestamp,
};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::broadcast;
use tokio::task::AbortHandle;

/// The application of one data directory.
pub struct App {
    pub(crate) control: Arc<ControlPlane>,
    pub(crate) executor: Arc<NativeExecutor>,
    pub(crate) tokens: Tokens,
    /// Where secrets are kept.
    pub(crate) secrets: Arc<SecretStores>,
    pub(crate) home: PathBuf,
    pub(crate) resources: PathBuf,
    pub(crate) base_url: Mutex<Option<String>>,
    /// Why it only reads; none for a core that can change things.
    pub(crate) reading: Option<Reading>,
    pub(crate) configuration: Arc<Configuration>,
    /// Whose the set of policies is.
    pub(crate) policy_origin: Origin,
    pub(crate) uses: Arc<Uses>,
    pub(crate) metrics: Arc<Metrics>,
    /// When this core began.
    pub(crate) started: Timestamp,
    /// What goes on by itself; ended with the application.
    tasks: OnceLock<Vec<AbortHandle>>,
    /// Held for as long as this is the core of the directory.
    _lock: Option<HomeLock>,
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

/// Which container engine is used.
fn engine_wish(config: &Config) -> EngineWish {
    let socket = config.containers_socket.path().map(Into::into);
    EngineWish { engine: config.containers_engine, socket }
}

/// Where secrets are kept; the runtime asks there as well.
fn secrets(options: &Options, executor: &NativeExecutor) -> Arc<SecretStores> {
    let secrets = Arc::new(SecretStores::of_machine(options.credentials.clone()));
    executor.ask_for_secrets(Arc::clone(&secrets) as Arc<dyn Secrets>);
    secrets
}

/// Where sets of policies lie, the first that has one first.
fn policy_roots(options: &Options, home: &Home) -> [(Origin, PathBuf); 3] {
    [
        (Origin::Organisation, options.organisation.as_path()),
        (Origin::User, home.root()),
        (Origin::Builtin, options.resources.as_path()),
    ]
    .map(|(origin, root)| (origin, root.join("policies")))
}

impl App {
    /// Becomes the core of a data directory: takes its lock, opens its state, finishes what the last core
    /// left, and is ready. Fails with `core-busy` if another core holds it. Where the directory can't be
    /// written, it reads, and every change fails with the reason.
    pub async fn open(options: Options) -> Result<Arc<Self>, ErrorBody> {
        let told = |failure: Failure| {
            tracing::debug!(%failure, cause = ?failure.cause, "the application could not be opened");
            ErrorBody::from(failure)
        };
        match Self::assemble(options.clone(), None).await {
            Ok(app) => Ok(app),
            Err(failure) => match Reading::after(&failure, &options.home) {
                Some(reading) => Self::assemble(options, Some(reading)).await.map_err(|second| {
                    tracing::debug!(%second, "nor could it be read");
                    told(failure)
                }),
                None => Err(told(failure)),
            },
        }
    }

    async fn assemble(options: Options, reading: Option<Reading>) -> Result<Arc<Self>, Failure> {
        let home = Arc::new(match reading {
            None => Home::open(options.home.clone())?,
            Some(_) => Home::existing(&options.home)?,
        });
        // Who writes nothing is in nobody's way.
        let lock = reading.is_none().then(|| home.lock()).transpose()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let artefacts = Artefacts::load(&options.resources.join("builtin"))?;
        let config = options.configuration.config().clone();
        if reading.is_none() {
            logging::open_file(&home.logs().join("core"), &config)?;
        }
        let policy_set = config.policy_set.as_str().to_owned();
        let roots = policy_roots(&options, &home);
        let (policy_origin, policies_root) = las_registry::first_set(&roots, &policy_set)
            .ok_or_else(|| Failure::internal("there is a root for policies"))?;
        let policies = las_registry::load_policies(&policies_root, &policy_set)?;
        let reconciliation = las_registry::load_reconcile(&policies_root, &policy_set)?;
        let watched = watched(&options, &home, &policies_root.join(&policy_set))?;
        let profile = machine::profile(&options, &*clock)?;
        let unsigned = registries::unsigned(&profile, &policy_set, &policies);
        let registry = registries::load(&options, &home, &artefacts, &*clock, unsigned)?;
        let bus = Arc::new(Bus::new(Arc::clone(&clock)));
        let executor = NativeExecutor::new(
            Arc::clone(&home),
            options.resources.join("builtin"),
            options.helpers(),
            Arc::clone(&clock),
            Arc::clone(&bus) as Arc<dyn Reporter>,
            Restarts::default(),
            engine_wish(&config),
        );
        let secrets = secrets(&options, &executor);
        // A core that only reads ends nothing, and takes nothing over.
        let ended = if reading.is_none() { executor.take_over().await? } else { Vec::new() };
        // From here on whatever fails closes it in order.
        let state = match &reading {
            None => state::open(&home, &*clock, options.repair_state).await?,
            Some(reading) => State::open_copy(&home.state_db(), reading.folder()).await?,
        };
        let configuration =
            Configuration::new(options.sources, options.configuration, Arc::clone(&bus) as Arc<dyn Reporter>);
        let control = Arc::new(ControlPlane::new(Parts {
            state,
            executor: Arc::clone(&executor) as Arc<dyn Executor>,
            bus,
            profile,
            config: Arc::clone(&configuration) as Arc<dyn ConfigStore>,
            sources: hubs::configured(&configuration, &secrets),
            curated: hubs::curated(&options.resources),
            clock,
            entropy: Arc::new(SystemEntropy),
            checkpoint: options.checkpoint,
            registry,
            artefacts,
            policy_set,
            policies,
            reconciliation,
            watched,
        }));
        control.report_ended_services(&ended);
        let begun = if reading.is_none() { control.recover().await } else { control.look().await };
        if let Err(failure) = begun {
            // Merely dropped, its log would be merged and look like one that is missing after a stop.
            control.state().close().await;
            return Err(failure);
        }
        if reading.is_none() {
            control.keep_watch();
        }
        control.glance().await;
        let metrics = Arc::new(Metrics::passing());
        let events = EventReceiver(control.bus().subscribe());
        let app = Arc::new(Self {
            control,
            executor,
            tokens: Tokens::default(),
            secrets,
            home: options.home,
            resources: options.resources,
            base_url: Mutex::default(),
            reading,
            tasks: OnceLock::new(),
            uses: Arc::default(),
            metrics,
            started: SystemClock.now(),
            configuration,
            policy_origin,
            _lock: lock,
        });
        app.go_on(events);
        Ok(app)
    }

    /// Begins what goes on by itself.
    fn go_on(self: &Arc<Self>, events: EventReceiver) {
        let configuration = Arc::clone(&self.configuration);
        let levels = follow_log_levels(configuration.follow_changes());
        let pace = follow_pace(configuration.follow_changes(), self.executor.pace());
        self.tasks.get_or_init(|| {
            vec![
                tokio::spawn(configuration.watch()).abort_handle(),
                tokio::spawn(levels).abort_handle(),
                tokio::spawn(pace).abort_handle(),
                tokio::spawn(idle::watch(self)).abort_handle(),
                tokio::spawn(count_operations(Arc::clone(&self.metrics), events)).abort_handle(),
            ]
        });
    }

    /// Answers one command of the table; `interface` is who asks (`cli`, `window`, `api`).
    pub async fn dispatch(
        self: &Arc<Self>,
        command: &str,
        arguments: serde_json::Value,
        interface: &str,
    ) -> Result<serde_json::Value, ErrorBody> {
        if let Some(reading) = &self.reading {
            reading.check(command, &arguments)?;
        }
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

    /// Says where programs and shells come in.
    pub fn set_doors(&self, doors: Arc<dyn Doors>) {
        self.control.set_doors(doors);
    }

    /// Compares the machine with its records again and again, for as long as this is polled.
    pub async fn keep_reconciling(self: Arc<Self>) {
        // Whether the policies leave a hole is told when they are loaded; many combinations are tried, so nobody waits.
        let control = Arc::clone(&self.control);
        drop(tokio::task::spawn_blocking(move || {
            control.coverage();
        }));
        // A core that only reads has nothing to put right with.
        if self.reading.is_none() {
            let control = || Arc::clone(&self.control);
            tokio::join!(control().keep_reconciling(), control().keep_verifying());
        }
    }

    /// Where this core listens.
    pub fn socket(&self) -> Result<PathBuf, ErrorBody> {
        match &self.reading {
            Some(reading) => Ok(reading.folder().join("core.sock")),
            None => Ok(Options::socket(&self.home)?),
        }
    }

    /// The data directory.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The web page's files.
    pub fn page_directory(&self) -> PathBuf {
        self.resources.join("ui")
    }

    /// What is configured, now and from now on.
    pub fn config(&self) -> tokio::sync::watch::Receiver<Config> {
        self.configuration.follow_changes()
    }

    /// For the core of a single command: services that it found go on without it.
    pub fn leave_found_services(&self) {
        self.executor.leave_found();
    }

    /// Stops every service and closes the state.
    pub async fn shut_down(&self) {
        for task in self.tasks.get().into_iter().flatten() {
            task.abort();
        }
        self.control.stop_services().await;
        self.control.end_watch().await;
        self.control.state().close().await;
    }
}

/// What is fetched becomes slower or faster as soon as the configuration says so.
async fn follow_pace(mut config: tokio::sync::watch::Receiver<Config>, pace: Arc<Pace>) {
    loop {
        pace.set(config.borrow_and_update().fetch_bandwidth.bytes_per_second());
        if config.changed().await.is_err() {
            return;
        }
    }
}

/// The log says more or less as soon as the configuration does.
async fn follow_log_levels(mut config: tokio::sync::watch::Receiver<Config>) {
    while config.changed().await.is_ok() {
        let now = config.borrow_and_update().clone();
        logging::follow(&now);
    }
}

/// What is edited by hand while it runs, and is told of: policies and registries.
fn watched(options: &Options, home: &Home, policies: &Path) -> Result<Vec<(DriftKind, Watched)>, Failure> {
    Ok(vec![
        (DriftKind::PoliciesEdited, Watched::of(policies)?),
        (DriftKind::RegistryEdited, Watched::of(&options.resources.join("registry"))?),
        (DriftKind::RegistryEdited, Watched::of_other(&home.root().join("registry"))?),
        (DriftKind::RegistryEdited, Watched::of_other(&options.organisation.join("registry"))?),
    ])
}
