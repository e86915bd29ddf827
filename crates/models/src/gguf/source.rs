//! A reader that knows how much the file can still hold.

use crate::ModelError;
use sha2::{Digest as _, Sha256};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};

/// Little-endian numbers and bytes, bounded by the file's length.
pub(super) struct Source<'a, R: Read + Seek> {
    reader: BufReader<&'a mut R>,
    position: u64,
    length: u64,
    /// Bytes of a count: 4 in version 1, 8 since.
    width: u64,
    /// Takes in what is read, while something wants its digest.
    hasher: Option<Sha256>,
}

impl<'a, R: Read + Seek> Source<'a, R> {
    pub(super) fn new(reader: &'a mut R, length: u64) -> Result<Self, ModelError> {
        reader.seek(SeekFrom::Start(0)).map_err(ModelError::Io)?;
        Ok(Self {
            reader: BufReader::with_capacity(64 << 10, reader),
            position: 0,
            length,
            width: 8,
            hasher: None,
        })
    }

    pub(super) fn wide(&mut self, wide: bool) {
        self.width = if wide { 8 } else { 4 };
    }

    pub(super) fn width(&self) -> u64 {
        self.width
    }

    /// From now on what is read goes into a digest too; counts in 64 bits, whatever the version.
    pub(super) fn begin_digest(&mut self) {
        self.hasher = Some(Sha256::new());
    }

    /// The digest of what was read since it began.
    pub(super) fn end_digest(&mut self) -> [u8; 32] {
        self.hasher.take().unwrap_or_default().finalize().into()
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Fails unless the rest of the file could hold so many things of at least that size.
    pub(super) fn must_hold(&self, count: u64, size: u64) -> Result<(), ModelError> {
        let end = count.checked_mul(size).and_then(|bytes| self.position.checked_add(bytes));
        match end {
            Some(end) if end <= self.length => Ok(()),
            Some(end) => Err(ModelError::Truncated { expected: end, actual: self.length }),
            None => Err(ModelError::malformed(format!("{count} entries can't be in any file"))),
        }
    }

    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<(), ModelError> {
        self.take(buffer)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&*buffer);
        }
        Ok(())
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<(), ModelError> {
        self.must_hold(buffer.len() as u64, 1)?;
        self.reader.read_exact(buffer).map_err(|error| match error.kind() {
            // The file is shorter than it was said to be: it shrank under our hands.
            ErrorKind::UnexpectedEof => {
                ModelError::Truncated { expected: self.length, actual: self.position }
            }
            _ => ModelError::Io(error),
        })?;
        self.position += buffer.len() as u64;
        Ok(())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ModelError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, ModelError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A count or length, in the width of the format's version.
    pub(super) fn count(&mut self) -> Result<u64, ModelError> {
        let count = if self.width == 4 {
            let mut bytes = [0; 4];
            self.take(&mut bytes)?;
            u64::from(u32::from_le_bytes(bytes))
        } else {
            let mut bytes = [0; 8];
            self.take(&mut bytes)?;
            u64::from_le_bytes(bytes)
        };
        if let Some(hasher) = &mut self.hasher {
            hasher.update(count.to_le_bytes());
        }
        Ok(count)
    }

    /// So many bytes; allocates only after the file was seen to be long enough.
    pub(super) fn bytes(&mut self, count: u64) -> Result<Vec<u8>, ModelError> {
        self.must_hold(count, 1)?;
        let count = usize::try_from(count)
            .map_err(|_| ModelError::malformed("a text is too long for this machine"))?;
        let mut bytes = vec![0; count];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn skip(&mut self, count: u64) -> Result<(), ModelError> {
        self.must_hold(count, 1)?;
        if self.hasher.is_some() {
            return self.digest(count);
        }
        let distance =
            i64::try_from(count).map_err(|_| ModelError::malformed("a list is too long to skip"))?;
        self.reader.seek_relative(distance).map_err(ModelError::Io)?;
        self.position += count;
        Ok(())
    }

    /// Goes over so many bytes, which go into the digest.
    fn digest(&mut self, count: u64) -> Result<(), ModelError> {
        let mut left = count;
        while left > 0 {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(ModelError::Io(error)),
            };
            let taken = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if taken == 0 {
                return Err(ModelError::Truncated { expected: self.length, actual: self.position });
            }
            if let Some(hasher) = &mut self.hasher {
                hasher.update(&buffer[..taken]);
            }
            self.reader.consume(taken);
            self.position += taken as u64;
            left -= taken as u64;
        }
        Ok(())
    }
}
