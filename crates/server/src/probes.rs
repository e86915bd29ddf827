//! `/health`, `/ready` and `/metrics`: for supervisors and collectors.

use crate::routes::Refusal;
use axum::Router;
use axum::extract::{Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use las_api::{ErrorBody, HealthView, ReadinessView};
use las_app::App;
use std::sync::Arc;

/// Marks a request that showed no token where one is only needed for detail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stranger;

/// The type that Prometheus' text form is sent as.
const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Adds them to the routes of the table.
pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::clone(app))
}

async fn health() -> axum::Json<HealthView> {
    axum::Json(HealthView { alive: true })
}

async fn ready(State(app): State<Arc<App>>, stranger: Option<Extension<Stranger>>) -> Response {
    let mut view = app.readiness().await;
    if stranger.is_some() {
        view = ReadinessView { ready: view.ready, parts: Vec::new() };
    }
    let status = if view.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(view)).into_response()
}

async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    let text = app.metrics().await.map_err(ErrorBody::from)?;
    Ok(([(header::CONTENT_TYPE, EXPOSITION)], text).into_response())
}
