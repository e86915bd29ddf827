//! Server-sent events as a client reads them.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use las_api::ErrorBody;
use las_api::types::{Code, Event};
use serde_json::Value;

/// The `data:` payloads of one answer. Dropping it closes the connection, which cancels the answer.
pub struct DataStream {
    body: Incoming,
    buffer: BytesMut,
}

impl DataStream {
    pub(crate) fn new(body: Incoming) -> Self {
        Self { body, buffer: BytesMut::new() }
    }

    /// The next payload; none when the answer is complete (`[DONE]` is not given).
    pub async fn next(&mut self) -> Option<Result<String, ErrorBody>> {
        loop {
            if let Some(line) = self.line() {
                let Some(data) = line.strip_prefix(b"data:") else { continue };
                let text = String::from_utf8_lossy(data).trim().to_owned();
                if text == "[DONE]" {
                    return None;
                }
                return Some(failure_in(&text).map_or(Ok(text), Err));
            }
            match self.body.frame().await {
                None => return None,
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.buffer.extend_from_slice(&data);
                    }
                }
                Some(Err(error)) => {
                    tracing::debug!(%error, "a stream of the core broke off");
                    return Some(Err(ErrorBody::new(Code::CoreUnreachable)));
                }
            }
        }
    }

    fn line(&mut self) -> Option<Bytes> {
        let end = self.buffer.iter().position(|byte| *byte == b'\n')?;
        let line = self.buffer.split_to(end + 1).freeze();
        Some(line.slice(..end))
    }
}

/// An error in the middle of an answer is an event like any other: `{"error":{…,"las":{code,args}}}`.
fn failure_in(text: &str) -> Option<ErrorBody> {
    let value: Value = serde_json::from_str(text).ok()?;
    serde_json::from_value(value.pointer("/error/las")?.clone()).ok()
}

/// The core's events.
pub struct EventStream(pub(crate) DataStream);

impl EventStream {
    /// The next event; none when the core has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            let text = self.0.next().await?.ok()?;
            match serde_json::from_str(&text) {
                Ok(event) => return Some(event),
                // A newer core may send events that this client doesn't know.
                Err(error) => tracing::debug!(%error, "an unknown event was left out"),
            }
        }
    }
}
