//! What a manifest has to say of an archive, found by unpacking it once as an installation will.

use super::{Bounds, refused, unpack};
use crate::blocking::Meter;
use crate::durable;
use crate::tree;
use las_types::{ArchiveFormat, ByteSize, Digest, Failure, tree_digest};
use std::path::{Path, PathBuf};

/// More than any program has; what is unpacked to be described is bounded like everything else.
const MOST: Bounds = Bounds { files: 1_000_000, bytes: 1 << 40 };

/// An archive, as a manifest describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedArchive {
    /// How it is packed, by its name.
    pub format: ArchiveFormat,
    /// Its size.
    pub size: ByteSize,
    /// Its digest.
    pub checksum: Digest,
    /// How many files and links are unpacked.
    pub files: u32,
    /// How many bytes they have together.
    pub unpacked: ByteSize,
    /// The digest of their list.
    pub contents: Digest,
}

/// Describes an archive, or one folder in it. It is unpacked into a folder of `scratch`, which is gone when this returns.
///
/// Codes: `archive-refused`, also where nothing would come out of it or its name ends with no known format;
/// `archive-unreadable`; `io-failed`.
pub fn describe(archive: &Path, folder: Option<&str>, scratch: &Path) -> Result<DescribedArchive, Failure> {
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let format = ArchiveFormat::of_name(&name).ok_or_else(|| refused(archive, &name, "archive-format"))?;
    let mut meter = Meter::silent();
    let (checksum, size) = tree::hash_file(archive, &mut meter)?;
    let work = Work::new(scratch)?;
    let unpacked = unpack(archive, format, folder, MOST, &work.0, &mut meter)?;
    if unpacked.is_empty() {
        return Err(refused(archive, folder.unwrap_or(&name), "archive-empty"));
    }
    Ok(DescribedArchive {
        format,
        size: ByteSize::new(size),
        checksum,
        files: u32::try_from(unpacked.len()).unwrap_or(u32::MAX),
        unpacked: unpacked.iter().map(|file| file.size).sum(),
        contents: tree_digest(&unpacked),
    })
}

/// Gone when dropped.
struct Work(PathBuf);

impl Work {
    /// The folder for temporary files is everybody's.
    fn new(scratch: &Path) -> Result<Self, Failure> {
        let path = scratch.join(format!("las-archive-{}", std::process::id()));
        durable::make_new_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Err(failure) = durable::remove(&self.0) {
            tracing::warn!(%failure, "what was unpacked to be described was left");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Work, describe};
    use las_types::Code;

    #[test]
    fn what_lies_under_the_name_of_the_folder_is_left_alone() {
        let scratch = tempfile::tempdir().unwrap();
        let path = Work::new(scratch.path()).unwrap().0.clone();
        assert!(!path.exists(), "gone when dropped");
        let theirs = scratch.path().join("theirs");
        std::fs::create_dir(&theirs).unwrap();
        std::os::unix::fs::symlink(&theirs, &path).unwrap();
        let archive = scratch.path().join("a.tar");
        std::fs::File::create(&archive).unwrap();
        assert_eq!(describe(&archive, None, scratch.path()).unwrap_err().code, Code::IoFailed);
        assert!(path.is_symlink() && theirs.read_dir().unwrap().next().is_none());
    }
}
