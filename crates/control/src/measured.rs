//! What loaded models really take, and how fast they write: looked at while they run, kept when they stop and with each pass.

use crate::ControlPlane;
use crate::load::ENGINE;
use las_types::{Failure, Installed, MeasuredLoad, ServiceState, ServiceStatus};
use std::time::Duration;

/// An engine that answers its counters later than this does not say how fast it is.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);
/// A speed is kept anew when it differs by more than this part.
const SPEED_STEP: u64 = 8;

impl ControlPlane {
    /// Keeps what is known of the models that run. It is an improvement of estimates: where it can't be kept nothing else fails.
    pub(crate) async fn keep_loads(&self) {
        if let Err(failure) = self.try_keep_loads().await {
            tracing::warn!(%failure, "what loaded models take could not be kept");
        }
    }

    async fn try_keep_loads(&self) -> Result<(), Failure> {
        let services = self.services();
        if !services.iter().any(|service| service.model.is_some()) {
            return Ok(());
        }
        let installed = self.installed().await?;
        for service in &services {
            let Some(load) = self.live_load(service, &installed).await else { continue };
            let kept = self.state.loads(load.model, load.engine, load.machine).await?;
            let kept = kept.iter().find(|kept| is_same(kept, &load));
            let load = match kept {
                Some(kept) => {
                    MeasuredLoad { peak: load.peak.max(kept.peak), speed: load.speed.or(kept.speed), ..load }
                }
                None => load,
            };
            if kept.is_none_or(|kept| says_more(&load, kept)) {
                self.state.keep_load(&load).await?;
            }
        }
        Ok(())
    }

    /// What was measured of a model with the engine that is installed, on this machine; of one that runs, up to now.
    ///
    /// Codes: those of the database.
    pub(crate) async fn loads_of(
        &self,
        item: &Installed,
        installed: &[Installed],
    ) -> Result<Vec<MeasuredLoad>, Failure> {
        let Some(engine) = installed.iter().find(|item| item.name.as_str() == ENGINE) else {
            return Ok(Vec::new());
        };
        let machine = self.machine().identity();
        Ok(self.state.loads(item.digest, engine.digest, machine).await?)
    }

    /// The same, with what runs as it is now.
    ///
    /// Codes: those of the database.
    pub(crate) async fn loads_now(
        &self,
        item: &Installed,
        installed: &[Installed],
    ) -> Result<Vec<MeasuredLoad>, Failure> {
        let mut loads = self.loads_of(item, installed).await?;
        for service in self.services().iter().filter(|service| service.model.as_ref() == Some(&item.name)) {
            let Some(mut live) = self.live_load(service, installed).await else { continue };
            if let Some(place) = loads.iter().position(|kept| is_same(kept, &live)) {
                let kept = loads.swap_remove(place);
                live.peak = live.peak.max(kept.peak);
                live.speed = live.speed.or(kept.speed);
            }
            loads.push(live);
        }
        Ok(loads)
    }

    /// What a model takes that runs as it was meant to; none of one that runs otherwise, with adapters, or by an engine that is
    /// not the one installed.
    async fn live_load(&self, service: &ServiceStatus, installed: &[Installed]) -> Option<MeasuredLoad> {
        if service.state != ServiceState::Ready || !service.degraded.is_empty() {
            return None;
        }
        let spec = self.executor.spec_of(&service.name)?;
        let (model, settings) = spec.engine()?;
        let engine = installed.iter().find(|item| item.name == spec.module)?;
        let program = self.executor.path_of(engine, Some(engine.program.as_ref()?));
        if program != spec.program || !settings.adapters.is_empty() {
            return None;
        }
        let item = installed.iter().find(|item| item.name == *model)?;
        let peak = las_hardware::process_peak(service.pid?)?;
        let speed = tokio::time::timeout(ANSWER_LIMIT, self.executor.speed_of(&service.name)).await;
        Some(MeasuredLoad {
            model: item.digest,
            engine: engine.digest,
            machine: self.machine().identity(),
            gpu_layers: settings.gpu_layers,
            context: settings.context,
            parallel: settings.parallel,
            cache: settings.cache,
            peak,
            speed: speed.ok().flatten(),
            measured_at: self.clock.now(),
        })
    }
}

/// Whether two are of the same way of loading the same.
fn is_same(one: &MeasuredLoad, other: &MeasuredLoad) -> bool {
    let key = |load: &MeasuredLoad| {
        let file = (load.model, load.engine, load.machine);
        (file, load.gpu_layers, load.context, load.parallel, load.cache)
    };
    key(one) == key(other)
}

/// Whether a measurement says more than what is kept: a higher peak, or clearly another speed.
fn says_more(load: &MeasuredLoad, kept: &MeasuredLoad) -> bool {
    let differs = |speed: u64, kept: u64| speed.abs_diff(kept) > kept / SPEED_STEP;
    load.peak > kept.peak
        || load.speed.is_some_and(|speed| kept.speed.is_none_or(|kept| differs(speed, kept)))
}
