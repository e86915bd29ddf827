//! Starting a service: stopped before if it runs otherwise, its bytes proven, watched until it settled.

use super::NativeExecutor;
use crate::blocking;
use crate::supervisor::Service;
use las_types::{Code, Failure, Installed, Reporter, ServiceSpec, ServiceState, StepContext};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

impl NativeExecutor {
    pub(super) async fn start_service(
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
        let now = self.surroundings.clock.now();
        blocking::run(context, reporter, move |meter| {
            let paths =
                std::iter::once(&settings.model_path).chain(settings.adapters.iter().map(|(_, path)| path));
            paths.map(PathBuf::from).try_for_each(|path| proven.prove(&home, &path, now, meter))
        })
        .await
    }

    pub(super) async fn undo_start(&self, spec: &ServiceSpec) {
        // One that failed keeps its last lines on show; its process is gone already.
        if let Some(service) = self.service(&spec.name)
            && service.now().status.state != ServiceState::Failed
        {
            service.stop().await;
        }
    }

    // A service that is stopped for good is not shown any longer.
    pub(super) fn forget(&self, model: &Installed) {
        self.known().retain(|_, service| service.spec.model != model.name || is_up(service));
    }
}

pub(super) fn is_up(service: &Service) -> bool {
    !matches!(service.now().status.state, ServiceState::Failed | ServiceState::Stopped)
}
