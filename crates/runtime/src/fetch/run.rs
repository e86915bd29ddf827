//! One run: from address to address until the file is whole.

use super::journal::Head;
use super::kept::{Kept, Place};
use super::pipe::Pipe;
use super::web::{Answer, Ask, Stop, Web};
use super::{Binding, Fetched, Limits, Pace, Wanted};
use crate::{blocking, tree};
use bytes::BytesMut;
use las_types::{ByteSize, Code, Failure, Reporter, SourceUrl, StepContext};
use std::collections::BTreeSet;
use std::future::Future;
use std::io::SeekFrom;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

/// How often it is told how far it is, and asked whether to go on.
const LOOK: Duration = Duration::from_millis(50);
/// How much of a file of this machine is read at once.
const CHUNK: usize = 256 << 10;
/// How often an origin may have another file while one is fetched.
const CHANGES: u32 = 3;

/// Where bytes came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum From {
    Before,
    Address(usize),
}

pub(super) struct Run<'a> {
    place: &'a Place,
    wanted: &'a Wanted<'a>,
    rate: &'a Pace,
    limits: &'a Limits,
    context: StepContext,
    reporter: &'a dyn Reporter,
    /// Who gave parts of what is there.
    from: BTreeSet<From>,
    /// Addresses that are not asked any more.
    given_up: BTreeSet<usize>,
    /// Whether the whole has to come from one address.
    apart: bool,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        place: &'a Place,
        wanted: &'a Wanted<'a>,
        rate: &'a Pace,
        limits: &'a Limits,
        context: StepContext,
        reporter: &'a dyn Reporter,
    ) -> Self {
        let apart = matches!(wanted.binding, Binding::Tag(_));
        let (from, given_up) = (BTreeSet::new(), BTreeSet::new());
        Self { place, wanted, rate, limits, context, reporter, from, given_up, apart }
    }

    fn head(&self) -> Head {
        let digest = match self.wanted.binding {
            Binding::Digest(digest) => Some(digest),
            Binding::Tag(_) => None,
        };
        Head { size: self.wanted.size.bytes(), digest, origin: None, tag: None }
    }

    pub(super) async fn all(mut self) -> Result<Fetched, Failure> {
        let mut kept = self.begin().await?;
        loop {
            kept = self.filled(kept).await?;
            let (actual, source) = (kept.digest(), self.source());
            let expected = match self.wanted.binding {
                Binding::Digest(expected) if expected != actual => expected,
                _ => {
                    let path = kept.ended();
                    self.reporter.progressed(self.context, self.wanted.size);
                    return Ok(Fetched { path, digest: actual });
                }
            };
            let failure = crate::durable::mismatch(Path::new(source), expected, actual);
            // Whoever gave all of it is asked no more; if it is of several, each of them may have the right one.
            match self.from.iter().copied().collect::<Vec<_>>()[..] {
                [From::Address(only)] => drop(self.given_up.insert(only)),
                _ => self.apart = true,
            }
            if self.given_up.len() == self.wanted.urls.len() {
                return Err(failure);
            }
            tracing::warn!(%failure, "what was fetched is something else; it is fetched anew");
            kept = self.anew(kept, &self.head()).await?;
        }
    }

    /// An address that what is there came from, to be named.
    fn source(&self) -> &'a str {
        let address = self.from.iter().rev().find_map(|from| match from {
            From::Address(index) => self.wanted.urls.get(*index),
            From::Before => None,
        });
        address.or(self.wanted.urls.first()).map_or("", SourceUrl::as_str)
    }

    /// What is there, read again.
    async fn begin(&mut self) -> Result<Kept, Failure> {
        let (place, head) = (self.place.clone(), self.head());
        let kept = blocking::run(self.context, self.reporter, move |meter| {
            let mut kept = Kept::open(&place, &head)?;
            kept.check(meter)?;
            Ok(kept)
        });
        let kept = kept.await?;
        if kept.at > 0 {
            tracing::info!(
                at = kept.at,
                size = self.wanted.size.bytes(),
                "a part is here already; it is gone on behind it"
            );
            self.from.insert(From::Before);
        }
        // Reading what is here is no fetching: it says nothing of how fast the rest comes.
        self.reporter.goes_on_from(self.context, ByteSize::new(kept.at));
        Ok(kept)
    }

    async fn anew(&mut self, kept: Kept, head: &Head) -> Result<Kept, Failure> {
        self.from.clear();
        let head = head.clone();
        blocking::run_unwatched(move || kept.anew(&head)).await
    }

    /// Every byte, hole by hole.
    async fn filled(&mut self, mut kept: Kept) -> Result<Kept, Failure> {
        while kept.has_hole() || kept.at < self.wanted.size.bytes() {
            let hole = kept.has_hole();
            kept = self.up_to_goal(kept).await?;
            if hole {
                let at = kept.at;
                kept = blocking::run_on(self.context, self.reporter, at, move |meter| {
                    kept.close_hole(meter)?;
                    Ok(kept)
                })
                .await?;
            }
        }
        Ok(kept)
    }

    /// The addresses in the order in which they are asked: the one that a file without a digest was begun with comes first.
    fn order(&self, kept: &Kept) -> Vec<usize> {
        let own = |index: &usize| kept.head().origin.as_deref() == Some(self.wanted.urls[*index].as_str());
        let (first, others): (Vec<_>, Vec<_>) = (0..self.wanted.urls.len()).partition(own);
        first.into_iter().chain(others).filter(|index| !self.given_up.contains(index)).collect()
    }

    /// Whether what is there may be gone on with from this address.
    fn belongs(&self, kept: &Kept, index: usize) -> bool {
        match self.wanted.binding {
            _ if !self.apart => true,
            Binding::Digest(_) => self.from.iter().all(|from| *from == From::Address(index)),
            Binding::Tag(_) => kept.head().origin.as_deref() == Some(self.wanted.urls[index].as_str()),
        }
    }

    /// The next bytes that are missing, from the first address that gives them.
    async fn up_to_goal(&mut self, mut kept: Kept) -> Result<Kept, Failure> {
        let mut failed = None;
        for index in self.order(&kept) {
            if kept.is_begun() && !self.belongs(&kept, index) {
                kept = self.anew(kept, &self.head()).await?;
            }
            let url = &self.wanted.urls[index];
            let (next, stop) = match url.file() {
                Some(path) => self.file_up_to_goal(index, url, &path, kept).await?,
                None => self.web_up_to_goal(index, url, kept).await?,
            };
            kept = next;
            let Some(failure) = stop else { return Ok(kept) };
            tracing::warn!(%url, %failure, "what is fetched is not to be had here");
            if self.apart {
                self.given_up.insert(index);
            }
            failed = Some(failure);
        }
        Err(failed.unwrap_or_else(|| Failure::internal("nothing to fetch from")))
    }

    /// Goes on from an address until the goal, or until it is given up: then with the reason.
    async fn web_up_to_goal(
        &mut self,
        index: usize,
        url: &'a SourceUrl,
        mut kept: Kept,
    ) -> Result<(Kept, Option<Failure>), Failure> {
        let mut web = Web::new(url, self.wanted, self.limits)?;
        let (mut tries, mut changes) = (0, 0);
        loop {
            let (mut at, goal, tag) = (kept.at, kept.goal(), kept.head().tag.clone());
            let ask = web.ask(Ask { at, goal, tag: tag.as_deref() });
            let answer = self.watched(&AtomicU64::new(at), ask).await?;
            let stop = match answer {
                Err(stop) => stop,
                Ok(mut answer) => {
                    if matches!(self.wanted.binding, Binding::Tag(_))
                        && (!kept.is_begun() || tag.is_none() || tag != answer.tag)
                    {
                        changes += u32::from(kept.is_begun());
                        let head = Head {
                            origin: Some(url.as_str().to_owned()),
                            tag: answer.tag.clone(),
                            ..self.head()
                        };
                        kept = self.anew(kept, &head).await?;
                        at = 0;
                        if changes > CHANGES {
                            return Ok((kept, Some(Failure::new(Code::FetchChanged).with("url", url))));
                        }
                        if !answer.take_all() {
                            continue;
                        }
                    }
                    let (next, handed) = self.handed_on(&web, answer, kept).await?;
                    kept = next;
                    if kept.at > at {
                        self.from.insert(From::Address(index));
                    }
                    match handed {
                        Ok(()) => return Ok((kept, None)),
                        Err(stop) => stop,
                    }
                }
            };
            match stop {
                Stop::Refused(failure) => {
                    if failure.code == Code::FetchSize && kept.at > at {
                        // It has more than there is: what it gave is no better.
                        self.given_up.insert(index);
                        kept = self.anew(kept, &self.head()).await?;
                    }
                    return Ok((kept, Some(failure)));
                }
                Stop::Broken(failure) => {
                    let little = kept.at.saturating_sub(at) < self.limits.slow;
                    tries = if little { tries + 1 } else { 1 };
                    if tries >= self.limits.tries {
                        return Ok((kept, Some(failure)));
                    }
                    tracing::info!(%url, at = kept.at, %failure, "a connection broke; it is taken up again");
                    let pause = tokio::time::sleep(self.limits.pause * 2_u32.pow(tries - 1));
                    self.watched(&AtomicU64::new(kept.at), pause).await?;
                }
            }
        }
    }

    /// What an answer holds, on the disk.
    async fn handed_on(
        &self,
        web: &Web<'_>,
        answer: Answer,
        kept: Kept,
    ) -> Result<(Kept, Result<(), Stop>), Failure> {
        let mut pipe = Pipe::open(kept, self.limits.segment);
        let written = Arc::clone(&pipe.written);
        let handed = self.watched(&written, web.hand_on(answer, &mut pipe, self.rate)).await;
        // First what arrived is brought to the disk, whatever is said of the rest.
        let kept = pipe.close().await?;
        Ok((kept, handed?))
    }

    async fn file_up_to_goal(
        &mut self,
        index: usize,
        url: &SourceUrl,
        path: &Path,
        kept: Kept,
    ) -> Result<(Kept, Option<Failure>), Failure> {
        let (at, mut pipe) = (kept.at, Pipe::open(kept, self.limits.segment));
        let written = Arc::clone(&pipe.written);
        let read = self.watched(&written, read_file(path, &mut pipe)).await;
        let kept = pipe.close().await?;
        if kept.at > at {
            self.from.insert(From::Address(index));
        }
        let stop = match read? {
            Ok(length) if length == self.wanted.size.bytes() && kept.at == kept.goal() => None,
            Ok(length) => Some(
                Failure::new(Code::FetchSize)
                    .with("url", url)
                    .with("size", self.wanted.size)
                    .with("said", ByteSize::new(length)),
            ),
            Err(failure) => Some(failure),
        };
        Ok((kept, stop))
    }

    /// Tells how far it is while something goes on, and ends it when the operation is cancelled.
    async fn watched<T>(&self, written: &AtomicU64, work: impl Future<Output = T>) -> Result<T, Failure> {
        let mut work = std::pin::pin!(work);
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                biased;
                _ = look.tick() => {
                    if self.reporter.is_cancelled(self.context.operation) {
                        return Err(Failure::new(Code::OperationCancelled));
                    }
                    self.reporter.progressed(self.context, ByteSize::new(written.load(Ordering::Relaxed)));
                }
                done = &mut work => return Ok(done),
            }
        }
    }
}

/// Hands on a file of this machine, from where it is wanted; gives its length.
async fn read_file(path: &Path, pipe: &mut Pipe) -> Result<u64, Failure> {
    let failed = |error| Failure::io(path, error);
    let mut file = tokio::fs::File::from_std(tree::open_file(path)?);
    let length = file.metadata().await.map_err(failed)?.len();
    file.seek(SeekFrom::Start(pipe.at)).await.map_err(failed)?;
    let mut buffer = BytesMut::new();
    while !pipe.is_full() {
        buffer.reserve(CHUNK);
        if file.read_buf(&mut buffer).await.map_err(failed)? == 0 || !pipe.take(buffer.split().freeze()).await
        {
            break;
        }
    }
    Ok(length)
}
