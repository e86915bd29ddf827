//! Figures for collectors, in Prometheus' text form.
//!
//! What the state, the services and the machine are is asked at each collection, so that nothing that is gone goes on
//! being shown; only what passes (requests, how long operations took) is counted as it passes. No label holds what a
//! person typed: routes are those of the table.

mod scene;

use metrics::{Key, KeyName, Label, Level, Metadata, Recorder, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use std::time::Duration;

pub(crate) use scene::Scene;

const REQUESTS: &str = "las_http_requests_total";
const REQUEST_SECONDS: &str = "las_http_request_duration_seconds";
const OPERATION_SECONDS: &str = "las_operation_duration_seconds";
/// From a read of the state to a model that has to be loaded first.
const BUCKETS: &[f64] = &[0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0, 300.0, 1800.0];

static METADATA: Metadata<'static> = Metadata::new("las", Level::INFO, None);

/// One collection of metrics.
pub(crate) struct Metrics(PrometheusRecorder);

fn key(name: &'static str, labels: &[(&'static str, &str)]) -> Key {
    let labels: Vec<_> = labels.iter().map(|(name, value)| Label::new(*name, (*value).to_owned())).collect();
    Key::from_parts(name, labels)
}

impl Metrics {
    /// Nothing was counted yet.
    pub(crate) fn new() -> Self {
        let builder = PrometheusBuilder::new();
        // Fails on an empty list only, which this is not; without buckets it would count all the same.
        let recorder = match builder.set_buckets(BUCKETS) {
            Ok(builder) => builder.build_recorder(),
            Err(_) => PrometheusBuilder::new().build_recorder(),
        };
        Self(recorder)
    }

    /// With what is counted as it passes.
    pub(crate) fn passing() -> Self {
        let own = Self::new();
        own.describe_counter(REQUESTS, "Requests answered, by method, route and status.");
        own.describe_histogram(
            REQUEST_SECONDS,
            "Seconds until a request was answered; for a stream, until it began.",
        );
        own.describe_histogram(
            OPERATION_SECONDS,
            "Seconds that operations took which ended in this process.",
        );
        own
    }

    fn describe_counter(&self, name: &'static str, text: &'static str) {
        self.0.describe_counter(KeyName::from_const_str(name), None, text.into());
    }

    fn describe_histogram(&self, name: &'static str, text: &'static str) {
        self.0.describe_histogram(KeyName::from_const_str(name), Some(Unit::Seconds), text.into());
    }

    /// A request was answered.
    pub(crate) fn request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let status = status.to_string();
        let labels = [("method", method), ("route", route), ("status", &*status)];
        self.0.register_counter(&key(REQUESTS, &labels), &METADATA).increment(1);
        let labels = [("method", method), ("route", route)];
        self.0.register_histogram(&key(REQUEST_SECONDS, &labels), &METADATA).record(took.as_secs_f64());
    }

    /// An operation ended.
    pub(crate) fn operation(&self, command: &str, outcome: &str, took: Duration) {
        let labels = [("command", command), ("outcome", outcome)];
        self.0.register_histogram(&key(OPERATION_SECONDS, &labels), &METADATA).record(took.as_secs_f64());
    }

    fn total(&self, name: &'static str, text: &'static str, labels: &[(&'static str, &str)], count: u64) {
        self.describe_counter(name, text);
        self.0.register_counter(&key(name, labels), &METADATA).absolute(count);
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; counts and bytes stay exact up to 2^53"
    )]
    fn gauge(&self, name: &'static str, text: &'static str, labels: &[(&'static str, &str)], value: u64) {
        self.0.describe_gauge(KeyName::from_const_str(name), None, text.into());
        self.0.register_gauge(&key(name, labels), &METADATA).set(value as f64);
    }

    /// As a collector reads it.
    pub(crate) fn render(&self) -> String {
        self.0.handle().render()
    }
}

#[cfg(test)]
mod tests {
    use super::Metrics;
    use std::time::Duration;

    #[test]
    fn what_passes_is_counted_by_route_and_status() {
        let metrics = Metrics::passing();
        for status in [200, 200, 503] {
            metrics.request("GET", "/v1/plans/{id}", status, Duration::from_millis(3));
        }
        metrics.operation("module_install", "succeeded", Duration::from_secs(2));
        let text = metrics.render();
        assert!(
            text.contains(r#"las_http_requests_total{method="GET",route="/v1/plans/{id}",status="200"} 2"#),
            "{text}"
        );
        assert!(text.contains(r#"route="/v1/plans/{id}",le="0.005"} 3"#), "{text}");
        assert!(text.contains("las_operation_duration_seconds_count"), "{text}");
        assert!(text.contains("# TYPE las_http_request_duration_seconds histogram"), "{text}");
    }
}
