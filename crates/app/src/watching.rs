//! The core as supervisors and collectors see it.

use crate::metrics::Scene;
use crate::{App, handlers, logging};
use las_api::{PartReadiness, ReadinessPart, ReadinessView};
use las_types::{Event, Executor as _, Failure, Operation};
use std::sync::Arc;
use std::time::Duration;

impl App {
    /// Whether the core can do its work, and which part can't.
    pub async fn readiness(&self) -> ReadinessView {
        let database = self.control.current().await.is_ok();
        let left = self.control.left_unfinished().await;
        let parts = [
            (ReadinessPart::Database, database && left.is_ok()),
            // Nothing is answered before it was done: see `App::open`.
            (ReadinessPart::Recovery, true),
            (ReadinessPart::Operations, left.is_ok_and(|left| left.is_empty())),
        ];
        let parts: Vec<_> = parts.into_iter().map(|(part, ready)| PartReadiness { part, ready }).collect();
        ReadinessView { ready: parts.iter().all(|part| part.ready), parts }
    }

    /// Counts a request that was answered; `route` is one of the table's, or says that none matched.
    pub fn observe_request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        self.metrics.request(method, route, status, took);
    }

    /// Figures in Prometheus' text form.
    pub async fn metrics(&self) -> Result<String, Failure> {
        let control = &self.control;
        let scene = Scene {
            figures: control.state().figures().await?,
            readiness: self.readiness().await,
            services: handlers::service_views(self),
            profile: control.current_profile(),
            disk_free: self.executor.free_space().await?,
            running: control.running().len(),
            generation: control.current().await?.number.0,
            subscribers: control.bus().subscribers(),
            started: u64::try_from(self.started.as_second()).unwrap_or(0),
            memory: las_hardware::process_memory(std::process::id()),
            lost_log_lines: logging::lost_lines(),
            config_problems: self.configuration.view().problems.len(),
        };
        Ok(scene.render() + &self.metrics.render())
    }
}

fn took(operation: &Operation) -> Option<Duration> {
    let ended = operation.ended_at.filter(|_| operation.state.is_final())?;
    Duration::try_from(ended.duration_since(operation.started_at)).ok()
}

/// Counts how long operations take, for as long as the core runs.
pub(crate) async fn count_operations(app: Arc<crate::metrics::Metrics>, mut events: crate::EventReceiver) {
    while let Ok(event) = events.next().await {
        if let Event::OperationProgressed { operation } = event
            && let Some(took) = took(&operation)
        {
            let outcome = serde_json::to_value(operation.state).unwrap_or_default();
            app.operation(operation.intent.command(), outcome.as_str().unwrap_or_default(), took);
        }
    }
}
