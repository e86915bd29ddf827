//! A file that is being fetched, as it lies in the data directory: its bytes and the list of what of them is on the disk.
//!
//! What the list says is believed only after it was read again. A segment that is not what the list says is a hole: it
//! alone is fetched again. Bytes that the list does not speak of are dropped.

use super::Binding;
use super::journal::{self, Head, Journal, Segment};
use crate::blobs::children;
use crate::blocking::Meter;
use crate::durable;
use crate::durable::part::Part;
use crate::home::Home;
use las_types::{ByteSize, Digest, Failure, Partial, Timestamp};
use sha2::{Digest as _, Sha256};
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::path::PathBuf;

/// How much is read at once.
const CHUNK: usize = 1 << 20;
/// How long what was fetched waits for somebody to go on with it.
const KEPT_DAYS: i64 = 7;
/// How the list of a file is named.
const LIST: &str = "list";

/// Where a file lies while it is fetched.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) part: PathBuf,
    pub(super) list: PathBuf,
}

impl Place {
    /// By what the file must be: so whoever wants the same bytes goes on with them, wherever they come from.
    pub(super) fn of(home: &Home, binding: &Binding) -> Self {
        let part = home.partial().join(binding.key().hex());
        Self { list: part.with_extension(LIST), part }
    }

    /// Whether there is anything that the next run could go on with.
    pub(super) fn holds_something(&self) -> bool {
        journal::read(&self.list).ok().flatten().is_some_and(|said| !said.segments.is_empty())
    }

    /// Drops it. The list goes first: bytes without one are nobody's.
    pub(super) fn forget(&self) -> Result<(), Failure> {
        durable::remove_unfinished(&self.list)?;
        durable::remove(&self.list)?;
        durable::remove(&self.part)
    }
}

/// The bytes and the list, to be written.
pub(super) struct Disk {
    pub(super) part: Part,
    pub(super) journal: Journal,
}

/// How far a file is.
pub(super) struct Kept {
    disk: Disk,
    /// Of the bytes before `at`.
    hasher: Sha256,
    pub(super) at: u64,
    rest: Rest,
}

/// What is known of a file beside its bytes.
pub(super) struct Rest {
    place: Place,
    head: Head,
    /// Segments before where it is.
    done: Vec<Segment>,
    /// Segments behind it that the list speaks of, and that are to be looked at.
    ahead: VecDeque<Segment>,
}

impl Rest {
    /// As one again, after more was written.
    pub(super) fn with(mut self, disk: Disk, hasher: Sha256, at: u64, done: Vec<Segment>) -> Kept {
        self.done.extend(done);
        Kept { disk, hasher, at, rest: self }
    }
}

impl Kept {
    /// What is there of a file, not looked at yet; a new one where that was another or can't be read.
    pub(super) fn open(place: &Place, wanted: &Head) -> Result<Self, Failure> {
        let same = |head: &Head| {
            // Where a digest judges the whole, it makes no difference where its parts came from.
            head.size == wanted.size && head.digest == wanted.digest
        };
        let said = journal::read(&place.list).unwrap_or_default().filter(|said| same(&said.head));
        let (head, journal, ahead) = if let Some(said) = said {
            (said.head.clone(), Journal::go_on(&place.list, &said)?, said.segments.into())
        } else {
            place.forget()?;
            (wanted.clone(), Journal::begin(&place.list, wanted, &[])?, VecDeque::new())
        };
        let part = Part::open(&place.part)?;
        let disk = Disk { part, journal };
        let rest = Rest { place: place.clone(), head, done: Vec::new(), ahead };
        Ok(Self { disk, hasher: Sha256::new(), at: 0, rest })
    }

    /// Which file it is.
    pub(super) fn head(&self) -> &Head {
        &self.rest.head
    }

    /// For those who hash and write.
    pub(super) fn split(self) -> (Disk, Sha256, Rest) {
        (self.disk, self.hasher, self.rest)
    }

    /// How far the next bytes go: to the end of a hole, or of the file.
    pub(super) fn goal(&self) -> u64 {
        self.rest.ahead.front().map_or(self.rest.head.size, |segment| segment.to)
    }

    /// Whether the next bytes close a hole.
    pub(super) fn has_hole(&self) -> bool {
        !self.rest.ahead.is_empty()
    }

    /// Whether anything is there, or is said to be.
    pub(super) fn is_begun(&self) -> bool {
        self.at > 0 || self.has_hole()
    }

    /// The digest of everything before `at`.
    pub(super) fn digest(&self) -> Digest {
        Digest::from_bytes(self.hasher.clone().finalize().into())
    }

    /// Reads what the list speaks of, up to the first hole; without one, what lies behind is dropped.
    pub(super) fn check(&mut self, meter: &mut Meter) -> Result<(), Failure> {
        let mut buffer = vec![0; CHUNK];
        while let Some(segment) = self.rest.ahead.front().copied() {
            let before = (self.hasher.clone(), self.at);
            while self.at < segment.to {
                let most = usize::try_from(segment.to - self.at).unwrap_or(CHUNK).min(CHUNK);
                // What can't be read is a hole like what is not there: written again, it may be readable.
                let count = self.disk.part.read(&mut buffer[..most], self.at).unwrap_or(0);
                if count == 0 {
                    break;
                }
                self.hasher.update(&buffer[..count]);
                self.at += count as u64;
                meter.add(count as u64)?;
            }
            if self.at < segment.to || self.digest() != segment.sha256 {
                tracing::warn!(path = %self.rest.place.part.display(), from = before.1, to = segment.to, "a segment is not what was written; it is fetched again");
                (self.hasher, self.at) = before;
                return Ok(());
            }
            self.rest.done.push(segment);
            self.rest.ahead.pop_front();
        }
        self.disk.part.cut(self.at)
    }

    /// After a hole was filled: where it now is what the list says, what follows is looked at; otherwise that is of another
    /// file, and dropped.
    pub(super) fn close_hole(&mut self, meter: &mut Meter) -> Result<(), Failure> {
        let Some(segment) = self.rest.ahead.pop_front() else { return Ok(()) };
        self.disk.part.sync()?;
        self.rest.done.push(Segment { to: self.at, sha256: self.digest() });
        if self.digest() != segment.sha256 {
            self.rest.ahead.clear();
            self.disk.journal = Journal::begin(&self.rest.place.list, &self.rest.head, &self.rest.done)?;
        }
        self.check(meter)
    }

    /// From nothing again, as another head says.
    pub(super) fn anew(self, head: &Head) -> Result<Self, Failure> {
        let place = self.rest.place.clone();
        drop(self);
        place.forget()?;
        Self::open(&place, head)
    }

    /// Everything is there and was compared: the bytes stay until whoever wanted them has them.
    pub(super) fn ended(self) -> PathBuf {
        self.rest.place.part
    }
}

/// Drops what nobody can go on with, and what nobody went on with for a week. For the start of a core.
pub(crate) fn tidy(home: &Home, now: Timestamp) -> Result<(), Failure> {
    for path in children(&home.partial())? {
        let list = path.with_extension(LIST);
        let waits = path.extension().is_none_or(|extension| extension == LIST) && {
            let said = journal::read(&list).unwrap_or_default();
            let touched = list.metadata().ok().and_then(|found| found.modified().ok());
            let touched = touched.and_then(|touched| Timestamp::try_from(touched).ok());
            let late = touched.is_none_or(|touched| now.duration_since(touched).as_hours() >= 24 * KEPT_DAYS);
            let both = list.with_extension("").is_file();
            both && !late && said.is_some_and(|said| !said.segments.is_empty())
        };
        if !waits {
            tracing::info!(path = %path.display(), "what was fetched in part is dropped");
            durable::remove(&path)?;
        }
    }
    Ok(())
}

/// What waits to be gone on with.
pub(crate) fn held(home: &Home) -> Result<Vec<Partial>, Failure> {
    let lists = children(&home.partial())?;
    let lists = lists.iter().filter(|path| path.extension() == Some(OsStr::new(LIST)));
    let held = lists.filter_map(|path| {
        let said = journal::read(path).ok().flatten()?;
        let have = said.segments.last().map_or(0, |segment| segment.to);
        let relative = path.strip_prefix(home.root()).unwrap_or(path).with_extension("");
        (have > 0).then(|| Partial {
            path: relative.display().to_string(),
            have: ByteSize::new(have),
            size: ByteSize::new(said.head.size),
            digest: said.head.digest,
        })
    });
    Ok(held.collect())
}

/// Drops what was fetched of a file, or all of it.
pub(crate) fn forget(home: &Home, digest: Digest) -> Result<(), Failure> {
    Place::of(home, &Binding::Digest(digest)).forget()
}

/// Where a file with this digest lies once it is fetched.
pub(crate) fn fetched(home: &Home, digest: Digest) -> PathBuf {
    Place::of(home, &Binding::Digest(digest)).part
}
