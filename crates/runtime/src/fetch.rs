//! Fetching: from files of this machine or over HTTP, from the first address that has it, over as many stops as there are.
//!
//! What arrives is hashed while it is written. Every segment is synced and then said in a list beside the file
//! (`journal`); a later run reads again what the list speaks of and goes on behind it (`kept`). Where a digest
//! judges the whole, its parts may come from any of its addresses; otherwise only one origin's tag binds them. An address that has
//! something else, gives no end, is too slow or sends on to where it may not, is given up for the next (`web`, `reach`).
//!
//! What was fetched lies in `partial/` until whoever wanted it has it, under a name by what it must be.

mod beginning;
mod journal;
mod kept;
mod pace;
mod pipe;
mod proof;
mod reach;
mod run;
mod secret;
mod segmented;
mod web;

#[cfg(test)]
mod tests;

pub use beginning::Beginning;
pub use pace::Pace;
pub use secret::Authorization;

pub(crate) use kept::{fetched, forget, held, tidy};
pub(crate) use proof::{Lists, first_damaged, keep, take_back};
pub(crate) use segmented::Segmented;

use crate::home::Home;
use kept::Place;
use las_types::{ByteSize, Code, Digest, Failure, OriginFile, Reporter, SourceUrl, StepContext};
use run::Run;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What says that bytes belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The SHA-256 of the whole, published by whoever made the file.
    Digest(Digest),
    /// Nobody published one: the size, and the tag of the origin that they come from. The file is named by this address.
    Tag(SourceUrl),
}

impl Binding {
    /// Of a file of a repository.
    pub(crate) fn of(file: &OriginFile) -> Self {
        file.checksum.map_or_else(|| Self::Tag(file.url.clone()), Self::Digest)
    }

    /// What a file is called while it is fetched: by its digest, or by that of its address.
    pub(crate) fn key(&self) -> Digest {
        match self {
            Self::Digest(digest) => *digest,
            Self::Tag(first) => Digest::of(first.as_str().as_bytes()),
        }
    }
}

/// What is fetched.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Where it lies, and where else.
    pub urls: &'a [SourceUrl],
    /// Other hosts that these may send on to.
    pub redirects: &'a [String],
    /// How much it is.
    pub size: ByteSize,
    /// What it must be.
    pub binding: Binding,
    /// What it begins as.
    pub begins: Beginning,
    /// What origins must be told to let us in.
    pub authorization: Option<Authorization<'a>>,
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where it lies, on the disk, until it is moved or dropped.
    pub path: PathBuf,
    /// What it is.
    pub digest: Digest,
}

/// What a server may take, and which addresses are the internet's.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// How long until there is a connection.
    connected: Duration,
    /// How long nothing may arrive.
    silent: Duration,
    /// How often in a row a connection may break that brought little.
    tries: u32,
    /// The first pause before it is tried again; each further one is twice as long.
    pause: Duration,
    /// In so long a time of waiting for it…
    slow_after: Duration,
    /// …it must bring so many bytes.
    slow: u64,
    /// How much is written before it is synced and said: what a kill costs at most, next to what is on its way.
    segment: u64,
    public: fn(IpAddr) -> bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connected: Duration::from_secs(15),
            silent: Duration::from_secs(30),
            tries: 4,
            pause: Duration::from_millis(250),
            slow_after: Duration::from_mins(1),
            slow: 60 << 10,
            segment: 16 << 20,
            public: reach::is_public,
        }
    }
}

/// Fetches a file into the data directory, or goes on with it. On a failure what is on the disk stays for the next
/// run, unless it is worth nothing or takes the space that is missing.
///
/// # Errors
/// Codes: of the last address that was asked `fetch-failed`, `fetch-refused`, `fetch-sent-on`, `fetch-private`, `fetch-size`,
/// `fetch-range`, `fetch-changed`, `fetch-slow`, and those of revealing a secret; `checksum-mismatch`, `operation-cancelled`, and what writing may fail with.
pub async fn fetch(
    home: &Home,
    wanted: &Wanted<'_>,
    rate: &Pace,
    context: StepContext,
    reporter: &dyn Reporter,
) -> Result<Fetched, Failure> {
    fetch_within(home, wanted, rate, Limits::default(), context, reporter).await
}

async fn fetch_within(
    home: &Home,
    wanted: &Wanted<'_>,
    rate: &Pace,
    limits: Limits,
    context: StepContext,
    reporter: &dyn Reporter,
) -> Result<Fetched, Failure> {
    let place = Place::of(home, &wanted.binding);
    let run = Run::new(&place, wanted, rate, &limits, context, reporter);
    let result = run.all().await;
    if let Err(failure) = &result
        && (matches!(failure.code, Code::ChecksumMismatch | Code::FetchChanged | Code::DiskFull)
            || !place.holds_something())
    {
        // What failed is told, not that its remains could not be dropped: the next start does that.
        if let Err(failure) = place.forget() {
            tracing::warn!(%failure, "what was fetched in part was left");
        }
    }
    result
}
