//! What is known of a file that was fetched, piece by piece, for as long as it is here: where it is damaged can be told, and only
//! that is fetched again.
//!
//! The list of its segments stays when the file is where it belongs. A damaged file that is only ours goes back to its place
//! among what is being fetched: there it is read segment by segment, as after a stop, and what isn't right is a hole.

use super::Binding;
use super::journal::{self, Head, Journal, Segment};
use super::kept::Place;
use crate::blobs::children;
use crate::blocking::Meter;
use crate::durable;
use crate::home::Home;
use crate::tree;
use las_types::{Digest, Failure, Installed, Placement};
use sha2::{Digest as _, Sha256};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// How much is read at once.
const CHUNK: usize = 1 << 20;

/// What stands between a model's name and its version in the name of a folder of lists: no name has it.
const BEHIND: char = '@';

/// Where the lists of files lie: of blobs beside each other, of a model of several files in a folder of their own.
#[derive(Clone, Debug)]
pub(crate) struct Lists(PathBuf);

impl Lists {
    /// Of an installed model.
    pub(crate) fn of(home: &Home, item: &Installed) -> Self {
        let name = match &item.placement {
            Placement::Store { path } => path.replacen('/', "@", 1),
            Placement::Reference { .. } => format!("{}{BEHIND}{}", item.name, item.version),
            Placement::Blob => return Self::of_blobs(home),
        };
        Self(home.segments().join(name))
    }

    /// Of files that are a model each.
    pub(crate) fn of_blobs(home: &Home) -> Self {
        Self(home.segments())
    }

    /// Where that of a file lies, to be written.
    pub(super) fn of_file(&self, digest: Digest) -> Result<PathBuf, Failure> {
        durable::make_dir(&self.0)?;
        Ok(self.list(digest))
    }

    fn list(&self, digest: Digest) -> PathBuf {
        self.0.join(digest.hex())
    }

    /// Drops what is known of a file that is here no more.
    pub(crate) fn drop_one(&self, digest: Digest) -> Result<(), Failure> {
        durable::remove(&self.list(digest))
    }

    /// Drops what is known of models of several files that are here no more.
    pub(crate) fn tidy(home: &Home) -> Result<(), Failure> {
        for folder in children(&home.segments())? {
            let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some((name, version)) = name.split_once(BEHIND) else { continue };
            let places = [home.store(), home.models().join("local")];
            let stays = |place: &PathBuf| place.join(name).join(version).symlink_metadata().is_ok();
            if !places.iter().any(stays) {
                durable::remove(&folder)?;
            }
        }
        Ok(())
    }
}

/// Keeps the list of a file that was fetched as `key` and is `digest`.
pub(crate) fn keep(
    home: &Home,
    lists: &Lists,
    key: Digest,
    digest: Digest,
    size: u64,
) -> Result<(), Failure> {
    let Some(said) = journal::read(&Place::of(home, &Binding::Digest(key)).list)? else { return Ok(()) };
    let mut segments = said.segments;
    // Of all of it is known what it is, whether its end was said or not.
    segments.retain(|segment| segment.to < size);
    segments.push(Segment { to: size, sha256: digest });
    let head = Head { size, digest: Some(digest), origin: None, tag: None };
    Journal::begin(&lists.of_file(digest)?, &head, &segments).map(drop)
}

/// Where the first segment of a file begins and ends that is not what was fetched, in bytes; none if nothing is known of it.
pub(crate) fn first_damaged(lists: &Lists, digest: Digest, path: &Path) -> Option<(u64, u64)> {
    let said = journal::read(&lists.list(digest)).ok().flatten()?;
    let mut file = tree::open_file(path).ok()?;
    let (mut hasher, mut at, mut buffer) = (Sha256::new(), 0, vec![0; CHUNK]);
    for segment in said.segments {
        let from = at;
        while at < segment.to {
            let most = usize::try_from(segment.to - at).unwrap_or(CHUNK).min(CHUNK);
            // What can't be read is damaged like what is not there.
            let count = file.read(&mut buffer[..most]).unwrap_or(0);
            if count == 0 {
                return Some((from, segment.to));
            }
            hasher.update(&buffer[..count]);
            at += count as u64;
        }
        if Digest::from_bytes(hasher.clone().finalize().into()) != segment.sha256 {
            return Some((from, segment.to));
        }
    }
    None
}

/// Puts a damaged file where the next fetch goes on with what of it is right. One that has other names is left alone: it would be
/// changed under them.
pub(crate) fn take_back(
    home: &Home,
    lists: &Lists,
    digest: Digest,
    damaged: &Path,
    meter: &mut Meter,
) -> Result<(), Failure> {
    let place = Place::of(home, &Binding::Digest(digest));
    let Some(said) = journal::read(&lists.list(digest)).unwrap_or_default() else { return Ok(()) };
    let only_ours = damaged.symlink_metadata().is_ok_and(|found| found.is_file() && found.nlink() == 1);
    if !only_ours || place.holds_something() {
        return Ok(());
    }
    meter.add(0)?;
    place.forget()?;
    durable::rename(damaged, &place.part)?;
    Journal::begin(&place.list, &said.head, &said.segments).map(drop)
}

#[cfg(test)]
mod tests {
    use super::{Lists, first_damaged, keep, take_back};
    use crate::blocking::Meter;
    use crate::fetch::journal::{Head, Journal, Segment};
    use crate::fetch::kept::{Kept, Place};
    use crate::fetch::{Binding, held};
    use crate::home::Home;
    use las_types::Digest;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "damages files of the test's own")]
    fn only_the_damaged_segment_of_a_file_that_is_only_ours_is_fetched_again() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().join("home")).unwrap();
        let bytes: Vec<u8> = (0..30u8).collect();
        let digest = Digest::of(&bytes);
        let segment = |to: u64| Segment { to, sha256: Digest::of(&bytes[..usize::try_from(to).unwrap()]) };
        let head = Head { size: 30, digest: Some(digest), origin: None, tag: None };
        let place = Place::of(&home, &Binding::Digest(digest));
        drop(Journal::begin(&place.list, &head, &[segment(10), segment(20)]).unwrap());
        let lists = Lists(home.segments());
        keep(&home, &lists, digest, digest, 30).unwrap();
        place.forget().unwrap();
        let blob = folder.path().join("blob");
        std::fs::write(&blob, &bytes).unwrap();
        assert_eq!(first_damaged(&lists, digest, &blob), None);
        let mut wrong = bytes.clone();
        wrong[12] ^= 1;
        std::fs::write(&blob, &wrong).unwrap();
        assert_eq!(first_damaged(&lists, digest, &blob), Some((10, 20)));
        std::fs::write(&blob, &wrong[..25]).unwrap();
        assert_eq!(first_damaged(&lists, digest, &blob), Some((10, 20)));
        std::fs::write(&blob, &bytes[..25]).unwrap();
        assert_eq!(first_damaged(&lists, digest, &blob), Some((20, 30)));
        std::fs::write(&blob, &wrong).unwrap();
        // A second name: somebody else's.
        let second = folder.path().join("second");
        std::fs::hard_link(&blob, &second).unwrap();
        take_back(&home, &lists, digest, &blob, &mut Meter::silent()).unwrap();
        assert!(blob.exists() && held(&home).unwrap().is_empty());
        std::fs::remove_file(&second).unwrap();
        take_back(&home, &lists, digest, &blob, &mut Meter::silent()).unwrap();
        assert!(!blob.exists());
        let mut kept = Kept::open(&place, &head).unwrap();
        kept.check(&mut Meter::silent()).unwrap();
        assert_eq!((kept.at, kept.goal(), kept.has_hole()), (10, 20, true));
    }
}
