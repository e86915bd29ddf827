//! Archives, unpacked into an empty folder of staging: nothing leaves that folder, no link is followed, and nothing
//! outgrows what was said before.
//!
//! Every name, type and size in an archive is a stranger's word. A part that is not a plain file, a folder or a link
//! that stays inside is refused with the whole archive: what would be left out silently is found to be missing later.

mod described;
mod format;
mod place;
mod tar;
mod unpacking;
mod zip;

#[cfg(test)]
mod tests;

use crate::blocking::Meter;
pub use described::{DescribedArchive, describe as describe_archive};
use las_types::{ArchiveFormat, ArtefactFile, ByteSize, Code, Detail, Failure};
pub(crate) use place::stays;
use std::path::Path;
use unpacking::Unpacking;

/// How much may come out of an archive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Files and links.
    pub(crate) files: u64,
    /// Bytes of all files.
    pub(crate) bytes: u64,
}

/// Unpacks an archive into a folder that is there and empty: all of it, or of the folder `within` it alone. Everything is
/// synced when this returns. Returns what was unpacked, sorted by path. On a failure the folder holds a part, for whoever
/// clears the staging.
pub(crate) fn unpack(
    archive: &Path,
    format: ArchiveFormat,
    within: Option<&str>,
    bounds: Bounds,
    into: &Path,
    meter: &mut Meter,
) -> Result<Vec<ArtefactFile>, Failure> {
    let file = crate::tree::open_file(archive)?;
    let mut unpacking = Unpacking::new(archive, into, within, bounds, meter)?;
    match format {
        ArchiveFormat::Zip => zip::read(file, &mut unpacking)?,
        tar => tar::read(format::decompressed(file, tar, bounds), &mut unpacking)?,
    }
    unpacking.finish()
}

/// The same for whoever only looks what would come out of an archive: at most `files` files and links of `bytes` together.
///
/// Codes: `archive-refused`; `archive-unreadable`; `io-failed`.
pub fn unpack_archive(
    archive: &Path,
    format: ArchiveFormat,
    files: u64,
    bytes: ByteSize,
    into: &Path,
) -> Result<Vec<ArtefactFile>, Failure> {
    unpack(archive, format, None, Bounds { files, bytes: bytes.bytes() }, into, &mut Meter::silent())
}

/// An archive that is refused: at which part, and why.
fn refused(archive: &Path, part: &str, why: &'static str) -> Failure {
    Failure::new(Code::ArchiveRefused)
        .with("path", archive.display())
        .with("part", part)
        .detailed([Detail::new(why).with("part", part)])
}

/// An archive that ends too early, or isn't one.
fn unreadable(archive: &Path, error: std::io::Error) -> Failure {
    // The bytes were hashed before: what is wrong with them is the archive's own.
    Failure::new(Code::ArchiveUnreadable)
        .with("path", archive.display())
        .with("detail", &error)
        .because(error)
}

/// How far a reader may go; behind that an archive that goes on is refused.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: std::io::Read> std::io::Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            return Err(std::io::Error::other(TOO_LONG));
        }
        let count = self.inner.read(&mut buffer[..most])?;
        self.left -= count as u64;
        Ok(count)
    }
}

const TOO_LONG: &str = "it holds more than was said";
