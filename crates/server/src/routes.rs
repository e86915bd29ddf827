//! The routes of the command table.

use crate::{events, probes};
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use las_api::types::Code;
use las_api::{Access, COMMANDS, Command, ErrorBody, Method, http_status};
use las_app::App;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The largest body that a command takes; the gateway's own limit is for prompts.
const COMMAND_BODY: usize = 1 << 20;
/// The largest body that the endpoint takes: long prompts, with pictures in them.
const GATEWAY_BODY: usize = 32 << 20;

/// An error as a response.
pub(crate) struct Refusal(pub(crate) ErrorBody);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(http_status(self.0.code)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, axum::Json(self.0)).into_response()
    }
}

impl From<ErrorBody> for Refusal {
    fn from(body: ErrorBody) -> Self {
        Self(body)
    }
}

/// Every command, the event stream and the gateway; what lies under other paths is the caller's.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for command in COMMANDS {
        let filter = match command.method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
            Method::Delete => MethodFilter::DELETE,
        };
        let handler = move |State(app): State<Arc<App>>, path: RawPathParams, request: Request| async move {
            answer(&app, command, &path, request).await
        };
        router = router.route(command.path, on(filter, handler));
    }
    router
        .route("/v1/events", get(events::stream))
        .with_state(Arc::clone(app))
        .merge(app.gateway().layer(axum::extract::DefaultBodyLimit::max(GATEWAY_BODY)))
        .merge(probes::router(app))
}

/// Nothing lies under this path.
pub(crate) async fn unknown(request: Request) -> Refusal {
    Refusal(ErrorBody::new(Code::CommandUnknown).with("what", request.uri().path()))
}

/// Who asks: said by the client on the socket; over TCP always `api`, see `guard`.
pub(crate) const INTERFACE_HEADER: &str = "x-las-interface";

/// A client's name for one change, so that asking again changes nothing more.
const KEY_HEADER: &str = "idempotency-key";

/// Puts the key of the header among the arguments of a command that takes one. Reading needs none; a command
/// that changes something and takes none must not look as if it did.
fn take_key(
    command: &Command,
    headers: &axum::http::HeaderMap,
    arguments: &mut Map<String, Value>,
) -> Result<(), ErrorBody> {
    let invalid = |detail: String| ErrorBody::new(Code::RequestInvalid).with("detail", detail);
    let Some(key) = headers.get(KEY_HEADER) else { return Ok(()) };
    if command.name != "plan_approve" {
        let reads = command.access == Access::Read;
        return if reads { Ok(()) } else { Err(invalid(format!("{} takes no {KEY_HEADER}", command.name))) };
    }
    let key = key.to_str().map_err(|error| invalid(format!("{KEY_HEADER}: {error}")))?;
    match arguments.insert("idempotency_key".to_owned(), Value::String(key.to_owned())) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(other)) if other == key => Ok(()),
        Some(other) => Err(invalid(format!("{KEY_HEADER} is {key}, and idempotency_key {other}"))),
    }
}

async fn answer(
    app: &Arc<App>,
    command: &Command,
    path: &RawPathParams,
    request: Request,
) -> Result<axum::Json<Value>, Refusal> {
    let interface = request
        .headers()
        .get(INTERFACE_HEADER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("api")
        .to_owned();
    // A secret that stood in an address would be in the logs of whatever lies between.
    let is_secret = command.name == "secret_set";
    if command.method == Method::Post && request.uri().query().is_some() {
        return Err(if is_secret { only_in_a_body() } else { not_in_an_address() }.into());
    }
    let mut arguments = Map::new();
    if let Some(query) = request.uri().query() {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        // In a query, unlike in a path, browsers write a space as a plus.
        let plain = |value: &str| Value::String(decoded(&value.replace('+', " ")));
        arguments.extend(pairs.map(|(name, value)| (name.to_owned(), plain(value))));
    }
    let headers = request.headers().clone();
    let body = to_bytes(request.into_body(), COMMAND_BODY).await;
    let body = body.map_err(|error| ErrorBody::new(Code::RequestInvalid).with("detail", error))?;
    // What a parser says of a body holds parts of it.
    arguments.extend(fields(&body).map_err(|error| if is_secret { only_in_a_body() } else { error })?);
    take_key(command, &headers, &mut arguments)?;
    arguments.extend(path.iter().map(|(name, value)| (name.to_owned(), Value::String(value.to_owned()))));
    let view = app.dispatch(command.name, Value::Object(arguments), &interface).await?;
    Ok(axum::Json(view))
}

fn only_in_a_body() -> ErrorBody {
    let detail = "name, origin and value are texts of one JSON object, in the body alone";
    ErrorBody::new(Code::RequestInvalid).with("detail", detail)
}

/// What changes something is told in one place: a link can't carry a part of it.
fn not_in_an_address() -> ErrorBody {
    let detail = "what is posted takes its arguments from the body alone, and none from the address";
    ErrorBody::new(Code::RequestInvalid).with("detail", detail)
}

fn fields(body: &Bytes) -> Result<Map<String, Value>, ErrorBody> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(body).map_err(|error| ErrorBody::new(Code::RequestInvalid).with("detail", error))
}

/// Undoes percent-encoding; what is not valid stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = text.get(at + 1..at + 3).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (bytes[at], pair) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Percent-encodes everything but what RFC 3986 calls unreserved.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{decoded, encoded};

    #[test]
    fn percent_encoding_round_trips() {
        for text in ["runtime:llama.cpp", "a b/c?d&e=f%", "ü 中", ""] {
            assert_eq!(decoded(&encoded(text)), text);
        }
        assert_eq!(decoded("%zz%4"), "%zz%4");
    }
}
