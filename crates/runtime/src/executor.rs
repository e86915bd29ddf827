//! The executor: each step's action to the module that does it.

mod proven;
mod settings;

use crate::blobs;
use crate::blocking;
use crate::durable::{self, Access};
use crate::engine::EngineConnection;
use crate::home::Home;
use crate::supervisor::{self, Service, Surroundings};
use crate::{process, store, stray, tree};
use async_trait::async_trait;
use las_types::{
    ByteSize, Clock, Code, Executor, Failure, Generation, Installed, OperationId, Placement, Reporter,
    ServiceName, ServiceSpec, ServiceState, ServiceStatus, StepAction, StepContext, Stray,
};
use proven::Proven;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Executes steps on this machine.
pub struct NativeExecutor {
    artefacts: PathBuf,
    surroundings: Surroundings,
    services: Mutex<BTreeMap<ServiceName, Arc<Service>>>,
    proven: Arc<Proven>,
}

impl NativeExecutor {
    /// With the folder of the shipped artefacts (`<artefact>/artefact.json`, `<artefact>/files/`), and
    /// the reporter that hears of services' changes outside any step.
    pub fn new(
        home: Arc<Home>,
        artefacts_root: PathBuf,
        clock: Arc<dyn Clock>,
        reporter: Arc<dyn Reporter>,
    ) -> Arc<Self> {
        Arc::new(Self {
            artefacts: artefacts_root,
            surroundings: Surroundings { home, clock, reporter },
            services: Mutex::default(),
            proven: Arc::default(),
        })
    }

    /// Ends the processes that a killed core left, never another's; gives the services they were of.
    /// For the start of a core that holds the lock, before its first step.
    pub async fn reap_orphans(&self) -> Result<Vec<String>, Failure> {
        supervisor::reap_orphans(self.home()).await
    }

    /// How to reach a service's engine; none unless it is known and neither failed nor stopped.
    pub fn engine(&self, name: &ServiceName) -> Option<EngineConnection> {
        let snapshot = self.service(name)?.now();
        let gone = matches!(snapshot.status.state, ServiceState::Failed | ServiceState::Stopped);
        snapshot.connection.filter(|_| !gone)
    }

    /// Waits until a service is ready. Codes: `service-not-found`; why it failed; `engine-stopped`
    /// if it was stopped or the limit is over.
    pub async fn wait_ready(&self, name: &ServiceName, limit: Duration) -> Result<EngineConnection, Failure> {
        let service =
            self.service(name).ok_or_else(|| Failure::new(Code::ServiceNotFound).with("name", name))?;
        let stopped = || Failure::new(Code::EngineStopped).with("name", name);
        let snapshot = tokio::time::timeout(limit, service.settled()).await.map_err(|_| stopped())?;
        match (snapshot.status.state, &snapshot.connection) {
            (ServiceState::Ready, Some(connection)) => Ok(connection.clone()),
            (ServiceState::Failed, _) => Err(snapshot.failure()),
            _ => Err(stopped()),
        }
    }

    fn home(&self) -> &Arc<Home> {
        &self.surroundings.home
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<ServiceName, Arc<Service>>> {
        self.services.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn service(&self, name: &ServiceName) -> Option<Arc<Service>> {
        self.known().get(name).cloned()
    }

    async fn start_service(
        &self,
        context: StepContext,
        spec: &ServiceSpec,
        reporter: &dyn Reporter,
    ) -> Result<(), Failure> {
        if let Some(known) = self.service(&spec.name) {
            let runs = !matches!(known.now().status.state, ServiceState::Failed | ServiceState::Stopped);
            if !(runs && known.spec == *spec) {
                known.stop().await;
            }
        }
        self.prove_bytes(context, spec, reporter).await?;
        let service = {
            let mut services = self.known();
            let up = services.get(&spec.name).filter(|known| is_up(known)).cloned();
            up.unwrap_or_else(|| {
                let service = Service::start(spec.clone(), self.surroundings.clone());
                services.insert(spec.name.clone(), Arc::clone(&service));
                service
            })
        };
        let mut ask = tokio::time::interval(Duration::from_millis(100));
        let settled = service.settled();
        tokio::pin!(settled);
        let snapshot = loop {
            tokio::select! {
                snapshot = &mut settled => break snapshot,
                _ = ask.tick() => if reporter.is_cancelled(context.operation) {
                    service.stop().await;
                    return Err(Failure::new(Code::OperationCancelled));
                }
            }
        };
        if snapshot.status.state == ServiceState::Ready { Ok(()) } else { Err(snapshot.failure()) }
    }

    // Bytes of ours are read and compared before an engine gets them, once as long as the file
    // stays as it is: a damaged model is named, not loaded.
    async fn prove_bytes(
        &self,
        context: StepContext,
        spec: &ServiceSpec,
        reporter: &dyn Reporter,
    ) -> Result<(), Failure> {
        let (home, proven, settings) =
            (Arc::clone(self.home()), Arc::clone(&self.proven), spec.settings.clone());
        blocking::run(context, reporter, move |meter| {
            let paths =
                std::iter::once(&settings.model_path).chain(settings.adapters.iter().map(|(_, path)| path));
            paths.map(PathBuf::from).try_for_each(|path| proven.prove(&home, &path, meter))
        })
        .await
    }

    async fn undo_start(&self, spec: &ServiceSpec) {
        // One that failed keeps its last lines on show; its process is gone already.
        if let Some(service) = self.service(&spec.name)
            && service.now().status.state != ServiceState::Failed
        {
            service.stop().await;
        }
    }

    // A service that is stopped for good is not shown any longer.
    fn forget(&self, model: &Installed) {
        self.known().retain(|_, service| service.spec.model != model.name || is_up(service));
    }
}

fn is_up(service: &Service) -> bool {
    !matches!(service.now().status.state, ServiceState::Failed | ServiceState::Stopped)
}

#[async_trait]
impl Executor for NativeExecutor {
    async fn execute(
        &self,
        context: StepContext,
        action: &StepAction,
        reporter: &dyn Reporter,
    ) -> Result<(), Failure> {
        let (home, artefacts) = (Arc::clone(self.home()), self.artefacts.clone());
        match action.clone() {
            StepAction::StoreAdd { item, source } => {
                blocking::run(context, reporter, move |meter| {
                    store::add(&home, &artefacts, context, &item, &source, meter)
                })
                .await
            }
            StepAction::BlobAdd { item, source } => {
                blocking::run(context, reporter, move |meter| {
                    blobs::add(&home, &artefacts, context, &item, &source, meter)
                })
                .await
            }
            StepAction::StoreRemove { item } => {
                blocking::run_unwatched(move || store::remove(&home, context, &item)).await
            }
            StepAction::BlobRemove { item } => {
                self.forget(&item);
                blocking::run_unwatched(move || blobs::remove(&home, context, &item)).await
            }
            StepAction::ProgramVerify { item, program } => {
                process::verify_program(&home, context, &item, &program).await
            }
            StepAction::ServiceStart { spec } => self.start_service(context, &spec, reporter).await,
            StepAction::ServiceStop { service } => {
                if let Some(service) = self.service(&service) {
                    service.stop().await;
                }
                Ok(())
            }
            StepAction::ConfigWrite { path, before, after } => {
                blocking::run_unwatched(move || settings::write(path.as_ref(), before.as_deref(), &after))
                    .await
            }
        }
    }

    /// A started service is stopped; one that was stopped stays so, because nothing durable says with
    /// which settings it ran: the control layer starts what should run.
    async fn undo(&self, context: StepContext, action: &StepAction) -> Result<(), Failure> {
        let home = Arc::clone(self.home());
        match action.clone() {
            StepAction::StoreAdd { item, .. } => {
                blocking::run_unwatched(move || store::undo_add(&home, context, &item)).await
            }
            StepAction::StoreRemove { item } => {
                blocking::run_unwatched(move || store::undo_remove(&home, context, &item)).await
            }
            StepAction::BlobAdd { item, .. } => {
                blocking::run_unwatched(move || blobs::undo_add(&home, context, &item)).await
            }
            StepAction::BlobRemove { item } => {
                blocking::run_unwatched(move || blobs::undo_remove(&home, context, &item)).await
            }
            StepAction::ProgramVerify { .. } => {
                blocking::run_unwatched(move || {
                    crate::staging::Staging::of(&home, context.operation).tidy(context)
                })
                .await
            }
            StepAction::ServiceStart { spec } => {
                self.undo_start(&spec).await;
                Ok(())
            }
            StepAction::ServiceStop { .. } => Ok(()),
            StepAction::ConfigWrite { path, before, after } => {
                blocking::run_unwatched(move || settings::undo(path.as_ref(), before.as_deref(), &after))
                    .await
            }
        }
    }

    async fn finish(&self, operation: OperationId) -> Result<(), Failure> {
        let home = Arc::clone(self.home());
        blocking::run_unwatched(move || stray::finish(&home, operation)).await
    }

    async fn write_generation(&self, generation: &Generation) -> Result<(), Failure> {
        let path = self.home().generations().join(format!("{}.lock", generation.number));
        let mut text = serde_json::to_vec_pretty(generation).map_err(Failure::internal)?;
        text.push(b'\n');
        blocking::run_unwatched(move || durable::write_file(&path, &text, Access::Private)).await
    }

    async fn verify(&self, item: &Installed) -> Result<(), Failure> {
        let (home, artefacts, item) = (Arc::clone(self.home()), self.artefacts.clone(), item.clone());
        blocking::run_unwatched(move || match item.placement {
            Placement::Store { .. } => store::verify(&home, &artefacts, &item),
            Placement::Blob | Placement::Reference { .. } => blobs::verify(&home, &item),
        })
        .await
    }

    async fn stray(&self, items: &[Installed], remove: Stray) -> Result<Vec<String>, Failure> {
        let (home, items) = (Arc::clone(self.home()), items.to_vec());
        blocking::run_unwatched(move || stray::find(&home, &items, remove)).await
    }

    fn path_of(&self, item: &Installed, file: Option<&str>) -> String {
        let path = match &item.placement {
            Placement::Store { path } => self.home().store().join(path),
            Placement::Blob => blobs::blob(self.home(), item.digest),
            Placement::Reference { path } => PathBuf::from(path),
        };
        // A file that would lie outside is not named: the folder can't be run in its place.
        let file = file.and_then(|file| tree::inside(file).ok());
        file.map_or_else(|| path.clone(), |file| path.join(file)).display().to_string()
    }

    fn runs(&self, spec: &ServiceSpec) -> bool {
        self.service(&spec.name).is_some_and(|service| service.spec == *spec && is_up(&service))
    }

    async fn free_space(&self) -> Result<ByteSize, Failure> {
        let root = self.home().root().to_owned();
        blocking::run_unwatched(move || {
            let found = rustix::fs::statvfs(&root).map_err(|error| Failure::io(&root, error.into()))?;
            Ok(ByteSize::new(found.f_bavail.saturating_mul(found.f_frsize)))
        })
        .await
    }

    fn services(&self) -> Vec<ServiceStatus> {
        self.known().values().map(|service| service.now().status).collect()
    }

    async fn shut_down(&self) {
        let services: Vec<_> = self.known().values().cloned().collect();
        let mut stops = tokio::task::JoinSet::new();
        for service in services {
            stops.spawn(async move { service.stop().await });
        }
        stops.join_all().await;
    }
}
