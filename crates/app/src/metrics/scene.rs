//! Everything that is asked at a collection.

use super::Metrics;
use las_api::ReadinessView;
use las_state::Figures;
use las_types::{ByteSize, HardwareProfile, ServiceState, ServiceStatus};

/// The core at one moment.
pub(crate) struct Scene {
    pub(crate) figures: Figures,
    pub(crate) readiness: ReadinessView,
    pub(crate) services: Vec<ServiceStatus>,
    pub(crate) profile: HardwareProfile,
    pub(crate) disk_free: ByteSize,
    pub(crate) running: usize,
    pub(crate) generation: u64,
    pub(crate) subscribers: usize,
    pub(crate) started: u64,
    pub(crate) memory: Option<ByteSize>,
    pub(crate) lost_log_lines: u64,
    pub(crate) config_problems: usize,
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn state_name(state: ServiceState) -> String {
    serde_json::to_value(state).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl Scene {
    pub(crate) fn render(&self) -> String {
        let metrics = Metrics::new();
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        metrics.gauge("las_build_info", "Always 1; the version is the label's.", &version, 1);
        metrics.gauge(
            "las_ready",
            "Whether every part of the core is ready.",
            &[],
            u64::from(self.readiness.ready),
        );
        for part in &self.readiness.parts {
            let name = serde_json::to_value(part.part).unwrap_or_default();
            let labels = [("part", name.as_str().unwrap_or_default())];
            metrics.gauge(
                "las_part_ready",
                "Whether a part of the core is ready.",
                &labels,
                u64::from(part.ready),
            );
        }
        self.process(&metrics);
        self.state(&metrics);
        self.machine(&metrics);
        for service in &self.services {
            Self::service(&metrics, service);
        }
        metrics.render()
    }

    fn process(&self, metrics: &Metrics) {
        let text = "Start of the core, in seconds since 1970.";
        metrics.gauge("process_start_time_seconds", text, &[], self.started);
        if let Some(memory) = self.memory {
            metrics.gauge("process_resident_memory_bytes", "Memory of the core itself.", &[], memory.bytes());
        }
        let text = "Readers of the event stream, those of the core itself included.";
        metrics.gauge("las_event_subscribers", text, &[], count(self.subscribers));
        let text = "Lines that could not be written to the core's log.";
        metrics.total("las_log_lines_lost_total", text, &[], self.lost_log_lines);
        let text = "What is wrong with the configuration file as it is now.";
        metrics.gauge("las_config_problems", text, &[], count(self.config_problems));
    }

    fn state(&self, metrics: &Metrics) {
        let figures = &self.figures;
        for (command, outcome, number) in &figures.ended {
            let labels = [("command", &**command), ("outcome", &**outcome)];
            metrics.total(
                "las_operations_total",
                "Operations that ended, as the ledger has them.",
                &labels,
                *number,
            );
        }
        metrics.gauge("las_operations_running", "Operations that run.", &[], count(self.running));
        metrics.gauge("las_journal_entries", "Lines of the journal.", &[], figures.journal_entries);
        metrics.gauge("las_ledger_lines", "Lines of the ledger.", &[], figures.ledger_lines);
        metrics.gauge("las_database_bytes", "Size of the database.", &[], figures.database_bytes);
        metrics.gauge("las_tokens", "Tokens of programs.", &[], figures.tokens);
        metrics.gauge("las_generation", "Number of the current generation.", &[], self.generation);
    }

    fn machine(&self, metrics: &Metrics) {
        let memory = &self.profile.memory;
        metrics.gauge("las_memory_total_bytes", "Main memory.", &[], memory.total.bytes());
        metrics.gauge("las_memory_available_bytes", "Free main memory.", &[], memory.available.bytes());
        metrics.gauge("las_disk_free_bytes", "Free space where the data lies.", &[], self.disk_free.bytes());
    }

    fn service(metrics: &Metrics, service: &ServiceStatus) {
        let own = [("service", service.name.as_str())];
        let state = state_name(service.state);
        let labels = [("service", service.name.as_str()), ("state", &*state)];
        metrics.gauge("las_service_state", "Always 1; the state is the label's.", &labels, 1);
        let text = "Whether a service that is ready has less than its plan gave it.";
        metrics.gauge("las_service_degraded", text, &own, u64::from(service.is_degraded()));
        let text = "Starts after an end that nobody asked for.";
        metrics.total("las_service_restarts_total", text, &own, u64::from(service.restarts));
        if let Some(memory) = service.memory {
            metrics.gauge(
                "las_service_memory_bytes",
                "Memory of a service's processes.",
                &own,
                memory.bytes(),
            );
        }
    }
}
