//! One request to one engine, and its answer as it comes.

use crate::error::{Refusal, openai_error};
use crate::media;
use crate::{Engine, Engines};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, StatusCode, header};
use las_api::ErrorBody;
use las_types::{Code, Failure};
use serde_json::Value;

fn stopped(engine: &Engine) -> Failure {
    Failure::new(Code::EngineStopped).with("name", &engine.name)
}

/// Sends a request to an engine's socket. Dropping the answer closes the connection, which the engine
/// takes as a cancellation.
async fn send(engine: &Engine, path: &str, body: &Value) -> Result<hyper::Response<Incoming>, Failure> {
    let bytes = serde_json::to_vec(body).map_err(Failure::internal)?;
    let socket = engine.reach.connect().await.map_err(|error| stopped(engine).because(error))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(socket))
            .await
            .map_err(|error| stopped(engine).because(error))?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "the connection to an engine ended");
        }
    });
    let request = Request::post(path)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {}", engine.key))
        .body(Full::new(Bytes::from(bytes)))
        .map_err(Failure::internal)?;
    sender.send_request(request).await.map_err(|error| stopped(engine).because(error))
}

/// Forwards a request and passes the answer on: whole, or event by event as it comes. An engine that has ended a moment ago,
/// which nobody knew yet, has said nothing: the one that is started after it is asked.
pub(crate) async fn forward(
    engines: &dyn Engines,
    mut engine: Engine,
    path: &str,
    body: &Value,
) -> Result<Response, Refusal> {
    let answer = match send(&engine, path, body).await {
        Err(failure) if failure.code == Code::EngineStopped => {
            tracing::info!(engine = %engine.name, %failure, "an engine was gone before it said anything");
            engine = engines.successor(&engine).await?;
            send(&engine, path, body).await?
        }
        sent => sent?,
    };
    let status = answer.status();
    if !status.is_success() {
        let asked = body.get("messages").and_then(Value::as_array);
        let seeing = asked.is_some_and(|messages| media::is_any(messages));
        return Err(refused(&engine, status, answer.into_body(), seeing).await.into());
    }
    let streams = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if streams {
        return response("text/event-stream", Body::from_stream(events(engine, answer.into_body())));
    }
    let whole = answer.into_body().collect().await.map_err(|error| stopped(&engine).because(error))?;
    response("application/json", Body::from(whole.to_bytes()))
}

fn response(kind: &'static str, body: Body) -> Result<Response, Refusal> {
    let built = Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "no-store")
        .body(body);
    Ok(built.map_err(Failure::internal)?)
}

/// The engine's events; one that tells of the failure if the engine ends before it was done.
fn events(
    engine: Engine,
    body: Incoming,
) -> impl stream::Stream<Item = Result<Bytes, std::convert::Infallible>> {
    stream::unfold(Some((engine, body)), |state| async {
        let (engine, mut body) = state?;
        loop {
            match body.frame().await {
                None => return None,
                Some(Ok(frame)) => {
                    // Trailers carry nothing here.
                    if let Ok(data) = frame.into_data() {
                        return Some((Ok(data), Some((engine, body))));
                    }
                }
                Some(Err(error)) => {
                    tracing::warn!(engine = %engine.name, %error, "the engine ended in the middle of an answer");
                    let told = openai_error(&ErrorBody::from(stopped(&engine)));
                    return Some((Ok(Bytes::from(format!("data: {told}\n\n"))), None));
                }
            }
        }
    })
}

/// What the engine said against a request. A file's path in it stays here. A picture that it can't read it calls an error of its
/// own.
async fn refused(engine: &Engine, status: StatusCode, body: Incoming, seeing: bool) -> Failure {
    let text = match body.collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(error) => return stopped(engine).because(error),
    };
    let parsed: Value = serde_json::from_slice(&text).unwrap_or_default();
    let detail =
        parsed.pointer("/error/message").and_then(Value::as_str).unwrap_or(status.as_str()).to_owned();
    let unread = seeing && status == StatusCode::INTERNAL_SERVER_ERROR;
    let code = if status.is_client_error() || unread { Code::EngineRefused } else { Code::EngineStopped };
    Failure::new(code).with("name", &engine.name).with("detail", detail)
}
