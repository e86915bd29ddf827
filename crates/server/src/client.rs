//! The client of a core's unix socket.

use crate::routes::{INTERFACE_HEADER, encoded};
use crate::stream::{DataStream, EventStream};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response, header};
use las_api::types::Code;
use las_api::{ErrorBody, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Talks to one core.
#[derive(Clone, Debug)]
pub struct Client {
    socket: PathBuf,
    interface: &'static str,
}

fn path_of(template: &str, arguments: &mut Map<String, Value>) -> String {
    let fill = |segment: &str| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        None => segment.to_owned(),
        Some(name) => match arguments.remove(name) {
            Some(Value::String(text)) => encoded(&text),
            Some(other) => encoded(&other.to_string()),
            None => String::new(),
        },
    };
    template.split('/').map(fill).collect::<Vec<_>>().join("/")
}

fn query_of(arguments: Map<String, Value>) -> String {
    let pairs: Vec<_> = arguments
        .into_iter()
        .filter_map(|(name, value)| match value {
            Value::Null => None,
            Value::String(text) => Some(format!("{name}={}", encoded(&text))),
            other => Some(format!("{name}={}", encoded(&other.to_string()))),
        })
        .collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

impl Client {
    pub(crate) fn new(socket: PathBuf, interface: &'static str) -> Self {
        Self { socket, interface }
    }

    /// The core's socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Whether a core answers there.
    pub(crate) async fn answers(&self) -> bool {
        self.call_value("endpoint_show", Value::Object(Map::new())).await.is_ok()
    }

    /// Calls a command of the table and reads its view.
    pub async fn call<T: DeserializeOwned>(
        &self,
        command: &str,
        arguments: impl Serialize,
    ) -> Result<T, ErrorBody> {
        let arguments = serde_json::to_value(arguments).map_err(unreadable)?;
        serde_json::from_value(self.call_value(command, arguments).await?).map_err(unreadable)
    }

    /// Calls a command of the table; arguments and view as they are on the wire.
    pub async fn call_value(&self, command: &str, arguments: Value) -> Result<Value, ErrorBody> {
        let row = las_api::command(command)
            .ok_or_else(|| ErrorBody::new(Code::CommandUnknown).with("what", command))?;
        let mut arguments = match arguments {
            Value::Object(map) => map,
            Value::Null => Map::new(),
            other => return Err(ErrorBody::new(Code::RequestInvalid).with("detail", other)),
        };
        let path = path_of(row.path, &mut arguments);
        let answer = match row.method {
            Method::Get => self.send("GET", &format!("{path}{}", query_of(arguments)), None).await?,
            Method::Delete => self.send("DELETE", &path, None).await?,
            Method::Post => self.send("POST", &path, Some(&Value::Object(arguments))).await?,
        };
        whole(answer).await
    }

    /// Posts to one of the endpoint's routes and reads the whole answer.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, ErrorBody> {
        whole(self.send("POST", path, Some(body)).await?).await
    }

    /// Posts to one of the endpoint's routes and reads the answer event by event.
    pub async fn post_stream(&self, path: &str, body: &Value) -> Result<DataStream, ErrorBody> {
        Ok(DataStream::new(accepted(self.send("POST", path, Some(body)).await?).await?.into_body()))
    }

    /// The core's events from now on.
    pub async fn events(&self) -> Result<EventStream, ErrorBody> {
        let answer = accepted(self.send("GET", "/v1/events", None).await?).await?;
        Ok(EventStream(DataStream::new(answer.into_body())))
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response<Incoming>, ErrorBody> {
        let unreachable = || ErrorBody::new(Code::CoreUnreachable).with("socket", self.socket.display());
        let stream = tokio::net::UnixStream::connect(&self.socket).await.map_err(|_| unreachable())?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream))
                .await
                .map_err(|_| unreachable())?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the connection to the core ended");
            }
        });
        let bytes = match body {
            Some(value) => Bytes::from(serde_json::to_vec(value).map_err(unreadable)?),
            None => Bytes::new(),
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(INTERFACE_HEADER, self.interface)
            .body(Full::new(bytes))
            .map_err(|error| ErrorBody::new(Code::RequestInvalid).with("detail", error))?;
        sender.send_request(request).await.map_err(|_| unreachable())
    }
}

fn unreadable(error: serde_json::Error) -> ErrorBody {
    ErrorBody::new(Code::RequestInvalid).with("detail", error)
}

/// The answer, or the error that it carries: a command's own body, or an OpenAI one with ours inside.
async fn accepted(answer: Response<Incoming>) -> Result<Response<Incoming>, ErrorBody> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    let status = answer.status();
    let bytes =
        answer.into_body().collect().await.map_err(|_| ErrorBody::new(Code::CoreUnreachable))?.to_bytes();
    let value: Value = serde_json::from_slice(&bytes)
        .map_err(|_| ErrorBody::new(Code::RequestInvalid).with("detail", status))?;
    let body = value.pointer("/error/las").cloned().unwrap_or(value);
    Err(serde_json::from_value(body).unwrap_or_else(unreadable))
}

async fn whole(answer: Response<Incoming>) -> Result<Value, ErrorBody> {
    let answer = accepted(answer).await?;
    let bytes =
        answer.into_body().collect().await.map_err(|_| ErrorBody::new(Code::CoreUnreachable))?.to_bytes();
    serde_json::from_slice(&bytes).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::{path_of, query_of};
    use serde_json::{Map, Value, json};

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn arguments_go_into_the_path_first() {
        let mut arguments = map(&json!({ "capability": "runtime:llama.cpp", "other": 3 }));
        assert_eq!(path_of("/v1/policy/{capability}", &mut arguments), "/v1/policy/runtime%3Allama.cpp");
        assert_eq!(query_of(arguments), "?other=3");
        assert_eq!(query_of(map(&json!({ "category": null }))), "");
    }
}
