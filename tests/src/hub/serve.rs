//! Answering: faults, the routes of both hubs, files with ranges.

use super::content::{LFS_FROM, sha256_of};
use super::{Asked, Fault, State, hugging_face, lock, model_scope};
use serde_json::Value;
use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

/// What is answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body,
}

/// Its body.
pub(super) enum Body {
    /// What describes something.
    Text(String),
    /// A file, of which a part may be asked.
    File(Arc<[u8]>),
}

impl Reply {
    pub(super) fn json(value: &Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
        Self { status: 200, headers, body: Body::Text(value.to_string()) }
    }

    pub(super) fn moved(status: u16, to: String) -> Self {
        Self { status, headers: vec![("location", to)], body: Body::Text("moved".to_owned()) }
    }

    pub(super) fn file(bytes: &Arc<[u8]>) -> Self {
        let headers = vec![("content-type", "application/octet-stream".to_owned())];
        Self { status: 200, headers, body: Body::File(Arc::clone(bytes)) }
    }

    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

pub(super) fn is_large(bytes: &[u8]) -> bool {
    bytes.len() >= LFS_FROM
}

pub(super) fn answer(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    let Some(asked) = Asked::read(&stream)? else { return Ok(()) };
    lock(&state.asked).push(asked.clone());
    let faults = lock(&state.faults).clone();
    let reply = broken(&faults).unwrap_or_else(|| {
        if stream.local_addr().is_ok_and(|address| address.ip() == state.store.ip()) {
            stored(&asked, state, &faults)
        } else if asked.path.starts_with("/api/v1/") || asked.path.starts_with("/openapi/v1/") {
            model_scope::answer(&asked, state)
        } else {
            hugging_face::answer(&asked, state)
        }
    });
    send(&mut stream, &asked, reply, state, &faults)
}

/// What is answered whatever was asked.
fn broken(faults: &[Fault]) -> Option<Reply> {
    faults.iter().find_map(|fault| match fault {
        Fault::SentOn(to) => Some(Reply::moved(302, to.clone())),
        Fault::Limited(seconds) => {
            let body = serde_json::json!({ "error": "We had to rate limit your IP." });
            Some(Reply::json(&body).status(429).header("retry-after", seconds.to_string()))
        }
        Fault::Status(status) => Some(Reply::json(&serde_json::json!({ "error": "…" })).status(*status)),
        _ => None,
    })
}

/// The second host: files by their digest. What is signed there needs no token.
fn stored(asked: &Asked, state: &State, faults: &[Fault]) -> Reply {
    let denied = || Reply::json(&serde_json::json!({ "error": "AccessDenied" })).status(403);
    if asked.method == "HEAD" && faults.contains(&Fault::HeadRefused) {
        return denied();
    }
    let digest = asked.path.rsplit('/').next().unwrap_or_default();
    match lock(&state.content).stored(digest) {
        Some(bytes) if asked.value("signature").is_some() => {
            Reply::file(&bytes).header("etag", format!("\"{digest}\""))
        }
        _ => denied(),
    }
}

/// Where the second host has a file.
pub(super) fn store_url(bytes: &[u8], state: &State) -> String {
    format!("http://{}/repos/{}?signature=s", state.store, sha256_of(bytes))
}

fn send(
    stream: &mut TcpStream,
    asked: &Asked,
    mut reply: Reply,
    state: &State,
    faults: &[Fault],
) -> std::io::Result<()> {
    let endless = b"[\"0123456789abcdef\",".repeat(4096);
    let mut announced = None;
    let bytes: Vec<u8> = match &reply.body {
        Body::Text(_) if faults.contains(&Fault::EndlessBody) => return pour(stream, &endless),
        Body::Text(text) => {
            let other = faults.iter().find_map(|fault| match fault {
                Fault::Body(text) => Some(text.clone()),
                _ => None,
            });
            other.unwrap_or_else(|| text.clone()).into_bytes()
        }
        Body::File(_) if faults.contains(&Fault::Endless) => return pour(stream, &endless),
        Body::File(bytes) => {
            let mut whole = bytes.to_vec();
            if faults.contains(&Fault::OtherContent) {
                // It begins as it should: what doesn't is given up before its digest is known.
                let half = whole.len() / 2;
                for byte in &mut whole[half..] {
                    *byte ^= 1;
                }
            }
            let ranges = !faults.contains(&Fault::NoRanges);
            if ranges {
                reply.headers.push(("accept-ranges", "bytes".to_owned()));
            }
            match asked.range().filter(|_| ranges && reply.status == 200) {
                Some((from, _)) if from >= whole.len() => {
                    reply.status = 416;
                    reply.headers.push(("content-range", format!("bytes */{}", whole.len())));
                    Vec::new()
                }
                Some((from, to)) => {
                    let to = to.map_or(whole.len(), |to| (to + 1).min(whole.len()));
                    reply.status = 206;
                    let range = format!("bytes {from}-{}/{}", to - 1, whole.len());
                    reply.headers.push(("content-range", range));
                    whole[from..to].to_vec()
                }
                None => {
                    let longer = faults.iter().find_map(|fault| match fault {
                        Fault::LongerThanSaid(bytes) => Some(*bytes),
                        _ => None,
                    });
                    announced = longer.map(|bytes| whole.len() as u64 + bytes);
                    whole
                }
            }
        }
    };
    let mut head = format!(
        "HTTP/1.1 {} -\r\ncontent-length: {}\r\nconnection: close\r\n",
        reply.status,
        announced.unwrap_or(bytes.len() as u64)
    );
    head.extend(reply.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    if asked.method == "HEAD" {
        return Ok(());
    }
    let file = matches!(reply.body, Body::File(_));
    for fault in faults.iter().filter(|_| file) {
        match fault {
            Fault::CutAt(after) => return stream.write_all(&bytes[..bytes.len().min(*after)]),
            Fault::EndsAfter(after) => {
                // Before anybody can see that it broke.
                *lock(&state.faults) = vec![Fault::Status(503)];
                return stream.write_all(&bytes[..bytes.len().min(*after)]);
            }
            Fault::Slow(count, pause) => {
                for part in bytes.chunks((*count).max(1)) {
                    stream.write_all(part)?;
                    std::thread::sleep(Duration::from_millis(*pause));
                }
                return Ok(());
            }
            _ => {}
        }
    }
    stream.write_all(&bytes)
}

/// An answer without an end; it ends when the client has enough.
fn pour(stream: &mut TcpStream, part: &[u8]) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")?;
    loop {
        stream.write_all(part)?;
    }
}
