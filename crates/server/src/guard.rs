//! What every request over TCP must show before anything else looks at it.

use crate::probes::Stranger;
use crate::routes::{INTERFACE_HEADER, Refusal};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use las_api::types::Code;
use las_api::{ErrorBody, PROBES};
use las_app::App;
use std::net::SocketAddr;
use std::sync::Arc;

/// What the guard compares with.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) app: Arc<App>,
    /// The address that is listened on.
    pub(crate) address: SocketAddr,
    /// Whether the address may be reached from other machines, under names that we can't know.
    pub(crate) exposed: bool,
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl Guard {
    /// A page of a foreign site that made a name point here sends that name as host (DNS rebinding).
    fn host_is_ours(&self, host: &str) -> bool {
        let port = self.address.port();
        self.exposed
            || [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")]
                .iter()
                .any(|ours| ours == host)
    }

    /// A page of a foreign site sends its own origin.
    fn origin_is_ours(host: &str, headers: &HeaderMap) -> bool {
        text(headers, &header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"))
    }

    /// The token that has to be checked yet; none for the page's own files, which are public: what they can
    /// do needs the token. Supervisors ask whether the core lives and is ready without one, and are told no more.
    fn token(&self, path: &str, headers: &HeaderMap) -> Result<Option<String>, ErrorBody> {
        let refused = || ErrorBody::new(Code::Unauthorized);
        let host = text(headers, &header::HOST).ok_or_else(refused)?;
        if !self.host_is_ours(host) || !Self::origin_is_ours(host, headers) {
            return Err(refused());
        }
        let token = text(headers, &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let probe = PROBES.iter().find(|probe| probe.path == path);
        let public = probe.map_or(!path.starts_with("/v1/"), |probe| probe.open);
        match token {
            // The page's own files are never refused for a token that is none any more: they show it.
            Some(token) if probe.is_some() || !public => Ok(Some(token.to_owned())),
            _ if public => Ok(None),
            _ => Err(refused()),
        }
    }

    async fn permits(&self, token: Option<String>) -> Result<(), ErrorBody> {
        match token {
            Some(token) if !self.app.authorises(&token).await? => Err(ErrorBody::new(Code::Unauthorized)),
            _ => Ok(()),
        }
    }
}

pub(crate) async fn check(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let token = match guard.token(request.uri().path(), request.headers()) {
        Ok(token) => token,
        Err(error) => return Refusal(error).into_response(),
    };
    if token.is_none() {
        request.extensions_mut().insert(Stranger);
    }
    if let Err(error) = guard.permits(token).await {
        return Refusal(error).into_response();
    }
    request.headers_mut().insert(INTERFACE_HEADER, HeaderValue::from_static("api"));
    next.run(request).await
}
