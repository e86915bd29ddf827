//! One address in a network: asked for the bytes from a place on, and held to what it answers.

use super::pipe::Pipe;
use super::reach::{self, Reach};
use super::{Limits, Pace, Wanted, secret};
use las_types::{ByteSize, Code, Failure, SourceUrl};
use reqwest::header::{CONTENT_RANGE, ETAG, IF_RANGE, LOCATION, RANGE};
use reqwest::{Client, Response, StatusCode, Url};
use std::time::Duration;
use tokio::time::Instant;

/// How often an address may send on.
const HOPS: usize = 5;

/// Why an address gives no more for now.
#[derive(Debug)]
pub(super) enum Stop {
    /// It may at another time.
    Broken(Failure),
    /// It will not.
    Refused(Failure),
}

/// An answer that fits.
pub(super) struct Answer {
    response: Response,
    /// Bytes of it that come before the place that was asked for.
    skip: u64,
    /// Which version of the file it is, where the server says so in a way that can be relied on.
    pub(super) tag: Option<String>,
    from: u64,
}

impl Answer {
    /// Takes all of it, if it begins with the file's first byte.
    pub(super) fn take_all(&mut self) -> bool {
        self.skip = 0;
        self.from == 0
    }
}

/// What is asked of an address.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    /// Bytes before this are there.
    pub(super) at: u64,
    /// And only those before this are wanted.
    pub(super) goal: u64,
    /// Which version those before are of, where nothing else says that they belong together.
    pub(super) tag: Option<&'a str>,
}

pub(super) struct Web<'a> {
    client: Client,
    reach: Reach,
    url: &'a SourceUrl,
    wanted: &'a Wanted<'a>,
    limits: &'a Limits,
    /// It does not give parts, or refuses to be asked for them.
    no_parts: bool,
}

impl<'a> Web<'a> {
    pub(super) fn new(
        url: &'a SourceUrl,
        wanted: &'a Wanted<'a>,
        limits: &'a Limits,
    ) -> Result<Self, Failure> {
        let reach = Reach::new(limits.public);
        // Sent on by hand: to the hosts of the plan alone. Every connection is looked up, and so judged, anew.
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(reach.clone())
            .pool_max_idle_per_host(0)
            .connect_timeout(limits.connected)
            .read_timeout(limits.silent)
            .user_agent(concat!("localaistack/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Failure::internal)?;
        Ok(Self { client, reach, url, wanted, limits, no_parts: false })
    }

    /// Asks, follows where it is sent on, and compares the answer with what was asked.
    pub(super) async fn ask(&mut self, ask: Ask<'_>) -> Result<Answer, Stop> {
        let response = self.send(ask).await?;
        let status = response.status();
        // Some refuse the question for a part only.
        let maybe_parts = matches!(status.as_u16(), 400 | 416 | 501)
            && !self.no_parts
            && (ask.at > 0 || ask.goal < self.size());
        let response = if maybe_parts {
            self.no_parts = true;
            self.send(ask).await?
        } else {
            response
        };
        let tag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok());
        let tag = tag.filter(|tag| !tag.starts_with("W/")).map(str::to_owned);
        let from = match response.status() {
            StatusCode::OK => self.whole(&response).map_err(Stop::Refused)?,
            StatusCode::PARTIAL_CONTENT => self.part(ask, &response).map_err(Stop::Refused)?,
            status => {
                let refused =
                    Failure::new(Code::FetchRefused).with("url", self.url).with("status", status.as_u16());
                let may_come = matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504);
                return Err(if may_come { Stop::Broken(refused) } else { Stop::Refused(refused) });
            }
        };
        Ok(Answer { skip: ask.at.saturating_sub(from), response, tag, from })
    }

    fn size(&self) -> u64 {
        self.wanted.size.bytes()
    }

    /// The whole file: as long as it should be, as far as that is said.
    fn whole(&self, response: &Response) -> Result<u64, Failure> {
        match response.content_length() {
            Some(length) if length != self.size() => Err(self.other_size(length)),
            _ => Ok(0),
        }
    }

    /// A part that begins where it should, or a little before, and of a file as long as it should be. Tells where it begins.
    fn part(&self, ask: Ask<'_>, response: &Response) -> Result<u64, Failure> {
        let text =
            response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok()).unwrap_or_default();
        let other = || {
            Failure::new(Code::FetchRange)
                .with("url", self.url)
                .with("asked", format!("{}-{}", ask.at, ask.goal - 1))
                .with("answered", text)
        };
        let (range, total) =
            text.strip_prefix("bytes ").and_then(|text| text.split_once('/')).ok_or_else(other)?;
        let (from, last) = range.split_once('-').ok_or_else(other)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| other());
        let (from, last) = (number(from)?, number(last)?);
        if total != "*" && number(total)? != self.size() {
            return Err(self.other_size(number(total)?));
        }
        let length = last.checked_sub(from).map(|length| length + 1).ok_or_else(other)?;
        let fits = from <= ask.at && last >= ask.at && last < self.size();
        if fits && response.content_length().is_none_or(|said| said == length) {
            Ok(from)
        } else {
            Err(other())
        }
    }

    fn other_size(&self, said: u64) -> Failure {
        Failure::new(Code::FetchSize)
            .with("url", self.url)
            .with("size", ByteSize::new(self.size()))
            .with("said", ByteSize::new(said))
    }

    async fn send(&self, ask: Ask<'_>) -> Result<Response, Stop> {
        let mut url: Url =
            self.url.as_str().parse().map_err(|error| Stop::Refused(Failure::internal(error)))?;
        self.reach.begin();
        for _ in 0..=HOPS {
            let mut request = self.client.get(url.clone());
            if !self.no_parts {
                if ask.goal < self.size() {
                    request = request.header(RANGE, format!("bytes={}-{}", ask.at, ask.goal - 1));
                } else if ask.at > 0 {
                    request = request.header(RANGE, format!("bytes={}-", ask.at));
                }
                if let Some(tag) = ask.tag.filter(|_| ask.at > 0) {
                    request = request.header(IF_RANGE, tag);
                }
            }
            request = request.headers(secret::headers(self.wanted, &url).await.map_err(Stop::Refused)?);
            let response = request.send().await.map_err(|error| self.broken(error))?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            url = self.reach.next(self.url, self.wanted, &url, &response, next).map_err(Stop::Refused)?;
        }
        Err(Stop::Refused(Failure::new(Code::FetchSentOn).with("url", self.url).with("to", "…")))
    }

    fn broken(&self, error: reqwest::Error) -> Stop {
        if let Some(refusal) = reach::refusal(self.url, &error) {
            return Stop::Refused(refusal);
        }
        Stop::Broken(
            Failure::new(Code::FetchFailed)
                .with("url", self.url)
                .with("detail", innermost(&error))
                .because(error),
        )
    }

    /// Hands on what an answer holds, as far as it is wanted.
    pub(super) async fn hand_on(&self, mut answer: Answer, pipe: &mut Pipe, pace: &Pace) -> Result<(), Stop> {
        let (mut waited, mut arrived) = (Duration::ZERO, 0);
        // Without a length nothing says where the body ends but its end.
        let endless = answer.response.content_length().is_none();
        loop {
            if pipe.is_full() && !(endless && pipe.goal == self.size()) {
                return Ok(());
            }
            let begun = Instant::now();
            let chunk = answer.response.chunk().await.map_err(|error| self.broken(error))?;
            // Only what the other side is waited for counts, not the disk and not the pace.
            waited += begun.elapsed();
            let Some(mut chunk) = chunk else { break };
            let known = usize::try_from(answer.skip).unwrap_or(usize::MAX).min(chunk.len());
            answer.skip -= known as u64;
            let _ = chunk.split_to(known);
            arrived += (known + chunk.len()) as u64;
            if pipe.at == 0 {
                self.wanted.begins.check(self.url, &chunk).map_err(Stop::Refused)?;
            }
            let more = pipe.at + chunk.len() as u64;
            if pipe.goal == self.size() && more > self.size() {
                return Err(Stop::Refused(self.other_size(more)));
            }
            pace.take((known + chunk.len()) as u64).await;
            if !pipe.take(chunk).await {
                return Ok(());
            }
            if waited >= self.limits.slow_after {
                if arrived < self.limits.slow {
                    return Err(Stop::Refused(Failure::new(Code::FetchSlow).with("url", self.url)));
                }
                (waited, arrived) = (Duration::ZERO, 0);
            }
        }
        if pipe.is_full() { Ok(()) } else { Err(Stop::Broken(self.other_size(pipe.at))) }
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
