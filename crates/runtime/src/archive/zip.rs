//! Parts of a zip archive, as its directory at the end lists them.

use super::unpacking::Unpacking;
use super::unreadable;
use las_types::Failure;
use std::fs::File;
use std::io::{BufReader, Read as _};
use zip::ZipArchive;
use zip::result::ZipError;

/// The longest target of a link.
const LONGEST: u64 = 4096;
/// The kind of a part, in the bits of its mode above the rights.
const KIND: u32 = 0o170_000;

pub(super) fn read(file: File, unpacking: &mut Unpacking<'_>) -> Result<(), Failure> {
    let archive_path = unpacking.archive;
    let broken = |error: ZipError| unreadable(archive_path, std::io::Error::other(error));
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    for place in 0..archive.len() {
        let mut entry = match archive.by_index(place) {
            Ok(entry) => entry,
            // Encrypted, or compressed in a way that nobody uses for programs.
            Err(ZipError::UnsupportedArchive(what)) => {
                return Err(unpacking.refuse(what.as_bytes(), "archive-kind"));
            }
            Err(error) => return Err(broken(error)),
        };
        let name = entry.name_raw().to_vec();
        let (mode, size) = (entry.unix_mode().unwrap_or(0), entry.size());
        match mode & KIND {
            0o120_000 => {
                let mut target = Vec::new();
                (&mut entry)
                    .take(LONGEST + 1)
                    .read_to_end(&mut target)
                    .map_err(|error| unreadable(archive_path, error))?;
                unpacking.link(&name, &target)?;
            }
            0o040_000 => unpacking.folder(&name)?,
            0 | 0o100_000 if name.ends_with(b"/") => unpacking.folder(&name)?,
            0 | 0o100_000 => unpacking.file(&name, mode & 0o111 != 0, size, &mut entry)?,
            _ => return Err(unpacking.refuse(&name, "archive-kind")),
        }
    }
    Ok(())
}
