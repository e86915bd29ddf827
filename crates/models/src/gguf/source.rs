//! A reader that knows how much the file can still hold.

use crate::GgufError;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};

/// Little-endian numbers and bytes, bounded by the file's length.
pub(super) struct Source<'a, R: Read + Seek> {
    reader: BufReader<&'a mut R>,
    position: u64,
    length: u64,
    /// Bytes of a count: 4 in version 1, 8 since.
    width: u64,
}

impl<'a, R: Read + Seek> Source<'a, R> {
    pub(super) fn new(reader: &'a mut R, length: u64) -> Result<Self, GgufError> {
        reader.seek(SeekFrom::Start(0)).map_err(GgufError::Io)?;
        Ok(Self { reader: BufReader::with_capacity(64 << 10, reader), position: 0, length, width: 8 })
    }

    pub(super) fn wide(&mut self, wide: bool) {
        self.width = if wide { 8 } else { 4 };
    }

    pub(super) fn width(&self) -> u64 {
        self.width
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Fails unless the rest of the file could hold so many things of at least that size.
    pub(super) fn must_hold(&self, count: u64, size: u64) -> Result<(), GgufError> {
        let end = count.checked_mul(size).and_then(|bytes| self.position.checked_add(bytes));
        match end {
            Some(end) if end <= self.length => Ok(()),
            Some(end) => Err(GgufError::Truncated { expected: end, actual: self.length }),
            None => Err(GgufError::malformed(format!("{count} entries can't be in any file"))),
        }
    }

    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<(), GgufError> {
        self.must_hold(buffer.len() as u64, 1)?;
        self.reader.read_exact(buffer).map_err(|error| match error.kind() {
            // The file is shorter than it was said to be: it shrank under our hands.
            ErrorKind::UnexpectedEof => GgufError::Truncated { expected: self.length, actual: self.position },
            _ => GgufError::Io(error),
        })?;
        self.position += buffer.len() as u64;
        Ok(())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], GgufError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, GgufError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, GgufError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A count or length, in the width of the format's version.
    pub(super) fn count(&mut self) -> Result<u64, GgufError> {
        if self.width == 4 { Ok(u64::from(self.u32()?)) } else { self.u64() }
    }

    /// So many bytes; allocates only after the file was seen to be long enough.
    pub(super) fn bytes(&mut self, count: u64) -> Result<Vec<u8>, GgufError> {
        self.must_hold(count, 1)?;
        let count = usize::try_from(count)
            .map_err(|_| GgufError::malformed("a text is too long for this machine"))?;
        let mut bytes = vec![0; count];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn skip(&mut self, count: u64) -> Result<(), GgufError> {
        self.must_hold(count, 1)?;
        let distance =
            i64::try_from(count).map_err(|_| GgufError::malformed("a list is too long to skip"))?;
        self.reader.seek_relative(distance).map_err(GgufError::Io)?;
        self.position += count;
        Ok(())
    }
}
