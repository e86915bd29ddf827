//! Fetching over HTTP.

use super::Wanted;
use crate::blocking;
use crate::durable::{self, Access};
use bytes::Bytes;
use las_types::{Code, Failure, Reporter, SourceUrl, StepContext};
use reqwest::header::{CONTENT_RANGE, ETAG, HeaderValue, IF_RANGE, LOCATION, RANGE};
use reqwest::{Client, Response, StatusCode, Url};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;

/// How long until there is a connection.
const CONNECTED: Duration = Duration::from_secs(15);
/// How long nothing may arrive.
const SILENT: Duration = Duration::from_secs(30);
/// How often in a row a connection may break without anything having arrived.
const TRIES: u32 = 4;
/// The first pause before it is tried again; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);
/// How often an address may send on.
const HOPS: usize = 5;

pub(super) async fn fetch(
    url: &SourceUrl,
    wanted: Wanted<'_>,
    to: PathBuf,
    context: StepContext,
    reporter: &dyn Reporter,
) -> Result<(), Failure> {
    let (sender, receiver) = mpsc::channel(8);
    let (expected, origin) = (wanted.expected, PathBuf::from(url.as_str()));
    let written = blocking::run(context, reporter, move |meter| {
        let mut arriving = Arriving { receiver, chunk: Bytes::new() };
        durable::copy_hashed(&mut arriving, &origin, &to, Access::Private, expected, meter)
    });
    let (arrived, written) = tokio::join!(Web::new(url, wanted)?.send(sender), written);
    // Whoever writes ends early when it has enough, is cancelled or has no space; otherwise what did not arrive is the
    // reason.
    match (arrived, written) {
        (_, Ok(())) => Ok(()),
        (Err(failure), Err(late)) if is_read(&late, url) => Err(failure),
        (_, Err(failure)) => Err(failure),
    }
}

/// Whether writing failed because nothing more could be read.
fn is_read(failure: &Failure, url: &SourceUrl) -> bool {
    failure.code == Code::IoFailed
        && failure.args.get("path").is_some_and(|path| Path::new(path) == Path::new(url.as_str()))
}

/// What arrives, for a thread that reads.
struct Arriving {
    receiver: mpsc::Receiver<Result<Bytes, ()>>,
    chunk: Bytes,
}

impl std::io::Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.chunk.is_empty() {
            match self.receiver.blocking_recv() {
                Some(Ok(chunk)) => self.chunk = chunk,
                Some(Err(())) => return Err(std::io::ErrorKind::ConnectionAborted.into()),
                None => return Ok(0),
            }
        }
        let part = self.chunk.split_to(buffer.len().min(self.chunk.len()));
        buffer[..part.len()].copy_from_slice(&part);
        Ok(part.len())
    }
}

/// One address, and how far it was read.
struct Web<'a> {
    client: Client,
    url: &'a SourceUrl,
    wanted: Wanted<'a>,
    /// Bytes that have arrived.
    at: u64,
    /// Which version of the file that was.
    tag: Option<HeaderValue>,
}

/// Why a try ended.
enum Broken {
    /// Whoever writes has gone.
    Unwanted,
    /// It may go on at another time.
    Connection(reqwest::Error),
    /// It will not.
    Refused(Failure),
}

impl<'a> Web<'a> {
    fn new(url: &'a SourceUrl, wanted: Wanted<'a>) -> Result<Self, Failure> {
        // Sent on by hand: to the hosts of the plan alone.
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECTED)
            .read_timeout(SILENT)
            .user_agent(concat!("localaistack/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Failure::internal)?;
        Ok(Self { client, url, wanted, at: 0, tag: None })
    }

    /// Sends what arrives; at its end the channel is closed, and where it can't go on an error comes first.
    async fn send(mut self, sender: mpsc::Sender<Result<Bytes, ()>>) -> Result<(), Failure> {
        let mut tries = 0;
        loop {
            let before = self.at;
            let broken = match self.attempt(&sender).await {
                Ok(()) | Err(Broken::Unwanted) => return Ok(()),
                Err(broken) => broken,
            };
            let failure = match broken {
                Broken::Refused(failure) => failure,
                Broken::Connection(error) => {
                    tries = if self.at > before { 1 } else { tries + 1 };
                    if tries < TRIES {
                        tracing::info!(url = %self.url, at = self.at, %error, "a connection broke; it is taken up again");
                        tokio::time::sleep(PAUSE * 2_u32.pow(tries - 1)).await;
                        continue;
                    }
                    Failure::new(Code::FetchFailed)
                        .with("url", self.url)
                        .with("detail", innermost(&error))
                        .because(error)
                }
                Broken::Unwanted => return Ok(()),
            };
            // Gone already if there is nobody to be told.
            let _ = sender.send(Err(())).await;
            return Err(failure);
        }
    }

    async fn attempt(&mut self, sender: &mpsc::Sender<Result<Bytes, ()>>) -> Result<(), Broken> {
        let mut response = self.ask().await?;
        let mut skip = self.skipped(&response).map_err(Broken::Refused)?;
        self.tag = response.headers().get(ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/")).cloned();
        while let Some(mut chunk) = response.chunk().await.map_err(Broken::Connection)? {
            let known = usize::try_from(skip).unwrap_or(usize::MAX).min(chunk.len());
            skip -= known as u64;
            let _ = chunk.split_to(known);
            if chunk.is_empty() {
                continue;
            }
            let length = chunk.len() as u64;
            sender.send(Ok(chunk)).await.map_err(|_| Broken::Unwanted)?;
            self.at += length;
        }
        Ok(())
    }

    /// How many bytes of an answer have arrived before.
    fn skipped(&self, response: &Response) -> Result<u64, Failure> {
        let refused = || {
            Failure::new(Code::FetchRefused).with("url", self.url).with("status", response.status().as_u16())
        };
        match response.status() {
            StatusCode::OK => Ok(self.at),
            StatusCode::PARTIAL_CONTENT => {
                let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
                let from = range.and_then(|range| range.strip_prefix("bytes ")?.split_once('-'));
                match from.and_then(|(from, _)| from.parse::<u64>().ok()) {
                    Some(from) if from <= self.at => Ok(self.at - from),
                    _ => Err(refused()),
                }
            }
            _ => Err(refused()),
        }
    }

    /// Asks from where it broke, and follows where it is sent on.
    async fn ask(&self) -> Result<Response, Broken> {
        let mut url: Url =
            self.url.as_str().parse().map_err(|error| Broken::Refused(Failure::internal(error)))?;
        for _ in 0..=HOPS {
            let mut request = self.client.get(url.clone());
            if self.at > 0 {
                request = request.header(RANGE, format!("bytes={}-", self.at));
                if let Some(tag) = &self.tag {
                    request = request.header(IF_RANGE, tag);
                }
            }
            let response = request.send().await.map_err(Broken::Connection)?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            url = self.allowed(&url, next).map_err(Broken::Refused)?;
        }
        Err(Broken::Refused(self.sent_on("…")))
    }

    fn sent_on(&self, to: &str) -> Failure {
        Failure::new(Code::FetchSentOn).with("url", self.url).with("to", to)
    }

    /// A host of the plan, and never from `https` to `http`.
    fn allowed(&self, from: &Url, next: Option<Url>) -> Result<Url, Failure> {
        let next = next.ok_or_else(|| self.sent_on("?"))?;
        let host = next.host_str().unwrap_or_default();
        let named = self.wanted.urls.iter().any(|url| url.host() == Some(host))
            || self.wanted.redirects.iter().any(|known| known == host);
        let plainer = from.scheme() == "https" && next.scheme() != "https";
        if named && !plainer && matches!(next.scheme(), "https" | "http") {
            Ok(next)
        } else {
            Err(self.sent_on(&format!("{}://{host}", next.scheme())))
        }
    }
}

/// What a connection failed of at last: the outer words say only that it failed.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
