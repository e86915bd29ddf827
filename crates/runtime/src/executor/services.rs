//! The services of an executor: started, reached, started again, stopped.

use super::NativeExecutor;
use crate::blocking::{self, Meter};
use crate::engine::EngineConnection;
use crate::service;
use crate::supervisor::{Service, history};
use las_types::{
    Code, Failure, Installed, LogPage, Reporter, ServiceMoment, ServiceName, ServiceSpec, ServiceState,
    StepContext,
};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

impl NativeExecutor {
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

    /// Waits until an engine that has this key is no longer the one that serves.
    ///
    /// Codes: `service-not-found`; `engine-stopped` if it still is when the limit is over.
    pub async fn wait_replaced(&self, name: &ServiceName, key: &str, limit: Duration) -> Result<(), Failure> {
        let service =
            self.service(name).ok_or_else(|| Failure::new(Code::ServiceNotFound).with("name", name))?;
        let replaced = tokio::time::timeout(limit, service.replaced(key)).await;
        replaced.map_err(|_| Failure::new(Code::EngineStopped).with("name", name))
    }

    /// The last lines of a service that contain a text, at most so many; with a place that an earlier answer named, only
    /// those after it.
    ///
    /// Code: `io-failed` if its log can't be read.
    pub async fn service_log(
        &self,
        name: &ServiceName,
        after: Option<String>,
        contains: String,
        most: usize,
    ) -> Result<LogPage, Failure> {
        let (home, name) = (Arc::clone(self.home()), name.clone());
        blocking::run_unwatched(move || service::read_log(&home, &name, after.as_deref(), &contains, most))
            .await
    }

    /// Adds to the history of those that a killed core left and that are ended that they are.
    pub(super) async fn remember_ends(&self, names: &[String]) -> Result<(), Failure> {
        let (home, at) = (Arc::clone(self.home()), self.surroundings.clock.now());
        let names: Vec<ServiceName> = names.iter().filter_map(|name| name.parse().ok()).collect();
        blocking::run_unwatched(move || {
            let moment = ServiceMoment { at, state: ServiceState::Stopped, code: None, exit: None };
            names.iter().try_for_each(|name| history::add(&home, name, moment.clone()))
        })
        .await
    }

    pub(super) fn known(&self) -> MutexGuard<'_, BTreeMap<ServiceName, Arc<Service>>> {
        self.services.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn service(&self, name: &ServiceName) -> Option<Arc<Service>> {
        self.known().get(name).cloned()
    }

    pub(super) async fn start_service(
        &self,
        context: StepContext,
        spec: &ServiceSpec,
        reporter: &dyn Reporter,
    ) -> Result<(), Failure> {
        self.make_way(spec).await;
        blocking::run(context, reporter, self.proof(spec)).await?;
        let (home, name, ports) = (Arc::clone(self.home()), spec.name.clone(), spec.ports());
        blocking::run_unwatched(move || service::keep(&home, &name, &ports)).await?;
        let service = self.launched(spec);
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

    /// Starts again what a step stopped, and waits until it is ready; nothing cancels this.
    pub(super) async fn start_again(&self, spec: &ServiceSpec) -> Result<(), Failure> {
        self.make_way(spec).await;
        let proof = self.proof(spec);
        blocking::run_unwatched(move || proof(&mut Meter::silent())).await?;
        let snapshot = self.launched(spec).settled().await;
        if snapshot.status.state == ServiceState::Ready { Ok(()) } else { Err(snapshot.failure()) }
    }

    /// Stops what has the name and isn't the same.
    async fn make_way(&self, spec: &ServiceSpec) {
        if let Some(known) = self.service(&spec.name)
            && !(is_up(&known) && known.spec == *spec)
        {
            known.stop().await;
        }
    }

    /// The service with these settings: the one that is up, or a new one.
    fn launched(&self, spec: &ServiceSpec) -> Arc<Service> {
        let mut services = self.known();
        let up = services.get(&spec.name).filter(|known| is_up(known)).cloned();
        up.unwrap_or_else(|| {
            let service = Service::start(spec.clone(), self.surroundings.clone());
            services.insert(spec.name.clone(), Arc::clone(&service));
            service
        })
    }

    // Bytes of ours are read and compared before an engine gets them, once as long as the file
    // stays as it is: a damaged model is named, not loaded.
    fn proof(&self, spec: &ServiceSpec) -> impl FnOnce(&mut Meter) -> Result<(), Failure> + Send + 'static {
        let (home, proven) = (Arc::clone(self.home()), Arc::clone(&self.proven));
        let settings = spec.engine().map(|(_, settings)| settings.clone());
        let now = self.surroundings.clock.now();
        move |meter| {
            let Some(settings) = settings else { return Ok(()) };
            let paths = std::iter::once(&settings.model_path)
                .chain(&settings.more_parts)
                .chain(&settings.projector)
                .chain(settings.adapters.iter().map(|(_, path)| path));
            paths.map(PathBuf::from).try_for_each(|path| proven.prove(&home, &path, now, meter))
        }
    }

    pub(super) async fn undo_start(&self, spec: &ServiceSpec) {
        // One that failed keeps its last lines on show; its process is gone already. Undone once more,
        // the name may be that of the service from before.
        if let Some(service) = self.service(&spec.name)
            && service.spec == *spec
            && service.now().status.state != ServiceState::Failed
        {
            service.stop().await;
        }
    }

    // A service that is stopped for good is not shown any longer.
    pub(super) fn forget(&self, item: &Installed) {
        let is_of = |spec: &ServiceSpec| *spec.model().unwrap_or(&spec.module) == item.name;
        self.known().retain(|_, service| !is_of(&service.spec) || is_up(service));
    }
}

/// Whether it runs, or is about to.
pub(super) fn is_up(service: &Service) -> bool {
    !matches!(service.now().status.state, ServiceState::Failed | ServiceState::Stopped)
}
