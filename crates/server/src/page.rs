//! The web page: the same build that the window shows.

use crate::routes;
use axum::Router;
use axum::handler::HandlerWithoutStateExt;
use axum::http::{HeaderName, HeaderValue, header};
use las_app::App;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Only our own files, nothing inline that runs, no frames; models' answers can't load anything.
const CONTENT_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

/// Adds the page to a router, under every path that no command has.
pub(crate) fn with_page(router: Router, app: &App) -> Router {
    let files = ServeDir::new(app.page_directory()).not_found_service(routes::unknown.into_service());
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    router
        .fallback_service(files)
        .layer(set(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
}
