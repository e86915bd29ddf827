//! What an archive is compressed with.

use super::{Bounded, Bounds};
use las_types::ArchiveFormat;
use std::fs::File;
use std::io::{BufReader, Read};

/// The largest memory for taking one apart: what `xz -9` needs (64 MiB) and what `zstd --long` may ask for unasked (2^27).
const MEMORY: u32 = 128 << 20;

/// The bytes inside. No more come out than the parts, their headers and some padding can have: a small file that grows
/// without end is stopped there.
pub(super) fn decompressed(file: File, format: ArchiveFormat, bounds: Bounds) -> Box<dyn Read> {
    let file = BufReader::with_capacity(256 << 10, file);
    let inner: Box<dyn Read> = match format {
        ArchiveFormat::TarGz => Box::new(flate2::read::MultiGzDecoder::new(file)),
        ArchiveFormat::TarXz => Box::new(lzma_rust2::XzReader::new_mem_limit(file, true, MEMORY >> 10)),
        ArchiveFormat::TarZst => match zstd(file) {
            Ok(reader) => reader,
            // Told by the first read, where every other reader tells it.
            Err(error) => Box::new(Failing(Some(error))),
        },
        ArchiveFormat::Tar | ArchiveFormat::Zip => Box::new(file),
    };
    // A part has a header, often two more for its name and its times, each with a body of a few blocks, and is padded
    // to a block; a folder has no bytes and is not counted as a file.
    let headers = bounds.files.saturating_add(1024).saturating_mul(16 * 512);
    Box::new(Bounded { inner, left: bounds.bytes.saturating_add(headers).saturating_add(1 << 20) })
}

fn zstd(file: BufReader<File>) -> std::io::Result<Box<dyn Read>> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(file)?;
    decoder.window_log_max(MEMORY.ilog2())?;
    Ok(Box::new(decoder))
}

/// A reader that could not be made.
struct Failing(Option<std::io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(self.0.take().unwrap_or_else(|| std::io::ErrorKind::InvalidData.into()))
    }
}
