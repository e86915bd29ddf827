//! A span and a count for each request. Only what the table knows is said of it: never its query, its body, its
//! headers or a path that no route has.

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use las_app::App;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument as _;

/// What a path is called that no route has: paths of others may hold anything.
const UNMATCHED: &str = "none";

fn method_name(method: &Method) -> &'static str {
    // A method of one's own would be a text of one's own in the log and a new series for each.
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "other",
    }
}

pub(crate) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| UNMATCHED.to_owned());
    let span = tracing::info_span!("request", method, route);
    let answer = next.run(request).instrument(span.clone()).await;
    let (status, took) = (answer.status().as_u16(), begun.elapsed());
    app.observe_request(method, &route, status, took);
    let duration_ms = took.as_secs_f64() * 1000.0;
    let _entered = span.enter();
    // Reads come every few seconds from every page that is open.
    if answer.status().is_server_error() {
        tracing::warn!(status, duration_ms, "answered");
    } else if method == "GET" {
        tracing::debug!(status, duration_ms, "answered");
    } else {
        tracing::info!(status, duration_ms, "answered");
    }
    answer
}
