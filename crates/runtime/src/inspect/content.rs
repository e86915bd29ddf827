//! What is in a file against what should be there: as it was read before, while nothing about the file has changed, or read
//! now.

use super::{Look, expected};
use crate::fetch::{self, Lists};
use crate::{blobs, store, tree};
use las_types::{
    ArtefactFile, Code, Depth, Digest, Failure, Installed, LastRead, Placement, Source, Timestamp,
};
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// What was found in a file.
pub(super) enum Content {
    /// What should be there.
    Right,
    /// Something else, and between which bytes it begins, where the digests of its segments are known.
    Other(Digest, Option<(u64, u64)>),
}

impl Look<'_> {
    /// What is in a file; nothing where it is not read and nothing is known. One that was found damaged is not read again
    /// either while it stays as it is.
    pub(super) fn content(
        &self,
        path: &Path,
        found: &Metadata,
        expected: Digest,
        lists: &Lists,
    ) -> Result<Option<Content>, Failure> {
        let known = match self.depth {
            Depth::Glance => return Ok(None),
            Depth::Full => None,
            Depth::Changed { proven_since } => self.proven.of(path, found, proven_since),
        };
        if let Some((content, _)) = known.and_then(|proof| proof.against(expected)) {
            return Ok(Some(content));
        }
        let read = tree::hash_file(path, &mut self.meter.borrow_mut());
        let actual = match read {
            Ok((actual, _)) => actual,
            Err(failure) => {
                // What can't be read any more is not known to be right.
                if failure.code != Code::OperationCancelled {
                    self.proven.forget(path);
                }
                return Err(failure);
            }
        };
        let damaged = if actual == expected { None } else { fetch::first_damaged(lists, expected, path) };
        self.proven.add(path, found, actual, damaged, self.now);
        Ok(Some(if actual == expected { Content::Right } else { Content::Other(actual, damaged) }))
    }
}

/// When the bytes of an item were last read; none where one of its files never was, or is another one by now.
pub(crate) fn last_read(look: &Look<'_>, item: &Installed) -> Option<LastRead> {
    let mut last: Option<LastRead> = None;
    for (path, expected) in files(look, item)? {
        let found = path.metadata().ok()?;
        let (content, at) = look.proven.of(&path, &found, Timestamp::MIN)?.against(expected)?;
        let whole = matches!(content, Content::Right);
        last = Some(last.map_or(LastRead { at, whole }, |last| LastRead {
            at: last.at.min(at),
            whole: last.whole && whole,
        }));
    }
    last
}

/// The files of an item that have bytes, each with its digest; none where they are not listed any more.
fn files(look: &Look<'_>, item: &Installed) -> Option<Vec<(PathBuf, Digest)>> {
    let below = |folder: &Path, files: &[ArtefactFile]| {
        let files = files.iter().filter(|file| file.link.is_none());
        files.map(|file| Some((folder.join(&file.path), file.digest()?))).collect()
    };
    match (&item.placement, &item.source) {
        (Placement::Store { .. }, _) => below(&store::folder(look.home, item).ok()?, &expected(look, item)?),
        (_, Source::LocalFiles { folder, files, .. }) => below(Path::new(folder), files),
        _ => Some(vec![(blobs::bytes_of(look.home, item).ok()?, item.digest)]),
    }
}
