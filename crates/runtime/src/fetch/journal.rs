//! What of a file that is being fetched is on the disk: a list beside it that only grows.
//!
//! A line is a checksum and JSON. The first says which file it is; each further one is written when a segment is on the
//! disk, and holds the SHA-256 of all bytes up to its end. That digest falls off while the whole is hashed anyway, and proves more
//! than one of the segment alone: that everything before it is the same, too. What a stop tore off at the end counts as not written.

use crate::durable::{self, Access};
use las_types::{Digest, Failure};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// A list is never longer: a file of ten terabytes has no more segments.
const MOST: u64 = 128 << 20;
/// Digits of a line's checksum.
const CHECK: usize = 16;

/// Which file it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    /// Of the whole, in bytes.
    pub(super) size: u64,
    /// What it must be; none where nobody published that.
    pub(super) digest: Option<Digest>,
    /// Where it comes from, if only that and its tag say which bytes belong together.
    pub(super) origin: Option<String>,
    pub(super) tag: Option<String>,
}

/// A segment that is on the disk: from the end of the one before to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Segment {
    pub(super) to: u64,
    /// Of all bytes before `to`.
    pub(super) sha256: Digest,
}

/// What a list says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) head: Head,
    pub(super) segments: Vec<Segment>,
    /// How many bytes of the list that is.
    length: u64,
}

/// The list, to be gone on with.
pub(super) struct Journal {
    file: File,
    path: PathBuf,
}

fn check(text: &[u8]) -> String {
    Digest::of(text).hex()[..CHECK].to_owned()
}

fn line(what: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let text = serde_json::to_vec(what).map_err(Failure::internal)?;
    Ok([check(&text).as_bytes(), b" ", &text, b"\n"].concat())
}

/// The JSON of a line that is whole.
fn whole(line: &[u8]) -> Option<&[u8]> {
    let (sum, text) = line.strip_suffix(b"\n")?.split_at_checked(CHECK)?;
    let text = text.strip_prefix(b" ")?;
    (check(text).as_bytes() == sum).then_some(text)
}

fn understood(bytes: &[u8]) -> Option<Said> {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let first = lines.next()?;
    let head: Head = serde_json::from_slice(whole(first)?).ok()?;
    let mut said = Said { head, segments: Vec::new(), length: first.len() as u64 };
    for line in lines {
        let Some(segment) = whole(line).and_then(|text| serde_json::from_slice::<Segment>(text).ok()) else {
            break;
        };
        let before = said.segments.last().map_or(0, |segment| segment.to);
        if segment.to <= before || segment.to > said.head.size {
            break;
        }
        said.segments.push(segment);
        said.length += line.len() as u64;
    }
    Some(said)
}

/// What the list at this path says; none if there is none that can be read.
pub(super) fn read(path: &Path) -> Result<Option<Said>, Failure> {
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    let file = crate::tree::open_file(path)?;
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes).map_err(|error| Failure::io(path, error))?;
    Ok(understood(&bytes))
}

impl Journal {
    /// A new list in place of whatever has the name, with these segments.
    pub(super) fn begin(path: &Path, head: &Head, segments: &[Segment]) -> Result<Self, Failure> {
        let mut text = line(head)?;
        for segment in segments {
            text.extend(line(segment)?);
        }
        durable::write_file(path, &text, Access::Private)?;
        Self::open(path)
    }

    /// The list that was read, without what was torn off at its end.
    pub(super) fn go_on(path: &Path, said: &Said) -> Result<Self, Failure> {
        durable::part::Part::open(path)?.cut(said.length)?;
        Self::open(path)
    }

    fn open(path: &Path) -> Result<Self, Failure> {
        Ok(Self { file: durable::open_append(path)?, path: path.to_owned() })
    }

    /// Says that a segment is on the disk, which it is; this is, too, when it returns.
    pub(super) fn add(&mut self, segment: &Segment) -> Result<(), Failure> {
        let text = line(segment)?;
        let written = self.file.write_all(&text).and_then(|()| self.file.sync_data());
        written.map_err(|error| Failure::io(&self.path, error))
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, Journal, Segment, read, understood};
    use las_types::Digest;

    fn head() -> Head {
        Head { size: 100, digest: Some(Digest::of(b"all")), origin: None, tag: None }
    }

    fn segment(to: u64) -> Segment {
        Segment { to, sha256: Digest::of(&to.to_be_bytes()) }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "cuts a file of the test's own")]
    fn a_list_that_is_cut_or_changed_anywhere_says_what_comes_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        let mut journal = Journal::begin(&path, &head(), &[segment(10)]).unwrap();
        journal.add(&segment(20)).unwrap();
        journal.add(&segment(100)).unwrap();
        drop(journal);
        let all = std::fs::read(&path).unwrap();
        let ends: Vec<usize> =
            all.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at + 1).collect();
        let whole = [segment(10), segment(20), segment(100)];
        for length in 0..=all.len() {
            let lines = ends.iter().filter(|end| **end <= length).count();
            let said = understood(&all[..length]);
            assert_eq!(said.is_some(), lines > 0, "{length}");
            if let Some(said) = said {
                assert_eq!(said.segments, whole[..lines - 1], "{length}");
            }
        }
        for at in 0..all.len() {
            let mut other = all.clone();
            other[at] ^= 4;
            let line = ends.iter().filter(|end| **end <= at).count();
            assert_eq!(understood(&other).map_or(0, |said| said.segments.len() + 1), line, "{at}");
        }
        // It is gone on with where it was torn.
        std::fs::write(&path, &all[..ends[1] + 7]).unwrap();
        let said = read(&path).unwrap().unwrap();
        Journal::go_on(&path, &said).unwrap().add(&segment(30)).unwrap();
        assert_eq!(read(&path).unwrap().unwrap().segments, [segment(10), segment(30)]);
    }

    #[test]
    fn segments_that_go_back_or_beyond_the_end_are_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        for wrong in [10, 9, 101] {
            Journal::begin(&path, &head(), &[segment(10), segment(wrong), segment(50)]).unwrap();
            assert_eq!(read(&path).unwrap().unwrap().segments, [segment(10)], "{wrong}");
        }
    }
}
