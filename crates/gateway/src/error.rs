//! Errors in the form that OpenAI clients read, with ours inside.

use axum::Json;
use axum::response::{IntoResponse, Response};
use hyper::StatusCode;
use las_api::{ErrorBody, http_status};
use serde_json::{Value, json};

/// The body of an error for OpenAI clients: `error.message` names code and arguments; `error.las` is the
/// body that every other route gives.
pub fn openai_error(body: &ErrorBody) -> Value {
    let arguments: Vec<_> = body.args.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let message = if arguments.is_empty() {
        body.code.to_string()
    } else {
        format!("{} ({})", body.code, arguments.join(", "))
    };
    json!({ "error": { "message": message, "type": body.code.as_str(), "code": body.code.as_str(), "param": null, "las": body } })
}

/// An error as a response of the OpenAI routes.
pub(crate) struct Refusal(pub(crate) ErrorBody);

impl<E: Into<ErrorBody>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(http_status(self.0.code)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(openai_error(&self.0))).into_response()
    }
}
