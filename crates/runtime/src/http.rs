//! A tiny HTTP client, for what the runtime itself asks an engine on its socket, or a service on its port.

use crate::engine::EngineConnection;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

const LARGEST_ANSWER: usize = 4 << 20;
const LIMIT: Duration = Duration::from_secs(30);

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("no connection")]
    Connect(#[source] std::io::Error),
    #[error("no HTTP")]
    Protocol(#[from] hyper::Error),
    #[error("the request can't be written")]
    Request(#[from] hyper::http::Error),
    #[error("the answer can't be read")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("no answer in 30 s")]
    Late,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
}

/// Asks; with a body it is a POST of JSON.
pub(crate) async fn ask(
    engine: &EngineConnection,
    path: &str,
    body: Option<&serde_json::Value>,
) -> Result<Answer, HttpError> {
    tokio::time::timeout(LIMIT, exchange(engine, path, body)).await.map_err(|_| HttpError::Late)?
}

async fn exchange(
    engine: &EngineConnection,
    path: &str,
    body: Option<&serde_json::Value>,
) -> Result<Answer, HttpError> {
    let stream = engine.connect().await.map_err(HttpError::Connect)?;
    let request = hyper::Request::builder()
        .method(if body.is_some() { "POST" } else { "GET" })
        .uri(path)
        .header(HOST, "engine")
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, format!("Bearer {}", engine.key.expose()))
        .body(Full::new(body.map(|value| Bytes::from(value.to_string())).unwrap_or_default()))?;
    over(stream, request).await
}

/// Asks for a path on a port of this machine. The caller bounds the time.
pub(crate) async fn get(port: u16, path: &str) -> Result<Answer, HttpError> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.map_err(HttpError::Connect)?;
    let host = format!("localhost:{port}");
    over(stream, hyper::Request::builder().uri(path).header(HOST, host).body(Full::default())?).await
}

async fn over(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: hyper::Request<Full<Bytes>>,
) -> Result<Answer, HttpError> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let answer = async {
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let body =
            Limited::new(response.into_body(), LARGEST_ANSWER).collect().await.map_err(HttpError::Body)?;
        Ok(Answer { status, body: body.to_bytes() })
    };
    // The connection has to be driven while the answer is awaited; one answer and it is closed.
    tokio::pin!(answer, connection);
    tokio::select! {
        result = &mut answer => result,
        ended = &mut connection => {
            ended?;
            answer.await
        }
    }
}
