//! What a file is by its content, whatever it is called.
//!
//! A name decides nothing: who unpickles a file that is called `model.gguf` runs what is in it. So a file is looked at from
//! its beginning, from its end (where an archive says what it holds) and where formats allow something in front of them;
//! one that is two things at once is named as that.

mod known;
mod pickle;
#[cfg(test)]
mod tests;
mod zip;

use crate::ModelError;
use pickle::Scanned;
use std::io::{Read, Seek, SeekFrom};

/// What a file is by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    /// No bytes.
    Empty,
    /// A GGUF model or adapter.
    Gguf,
    /// Tensors in the safetensors format.
    Safetensors,
    /// An ONNX model.
    Onnx,
    /// JSON.
    Json,
    /// Text.
    Text,
    /// A Python pickle: reading it runs what it says.
    Pickle,
    /// An archive of PyTorch: a zip with a pickle in it.
    TorchArchive,
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// HDF5, as Keras writes it.
    Hdf5,
    /// Compressed, or an archive of another kind.
    Compressed,
    /// A NumPy array, which may hold pickles.
    Numpy,
    /// A program or library.
    Program,
    /// Nothing of these.
    Unknown,
}

impl FileKind {
    /// Its word for texts and programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Gguf => "gguf",
            Self::Safetensors => "safetensors",
            Self::Onnx => "onnx",
            Self::Json => "json",
            Self::Text => "text",
            Self::Pickle => "pickle",
            Self::TorchArchive => "torch",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Hdf5 => "hdf5",
            Self::Compressed => "compressed",
            Self::Numpy => "numpy",
            Self::Program => "program",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sniffed {
    /// What it begins as.
    pub kind: FileKind,
    /// What else it is, where it is two things at once.
    pub also: Option<FileKind>,
    /// The first that a pickle in it calls, `module.name`.
    pub calls: Option<String>,
}

impl Sniffed {
    /// Refuses what is not exactly of that kind.
    ///
    /// Errors: `Empty`, `TwoFormats`, `RunsCode` for pickles and archives with them, else `NotModel`.
    pub fn expect(&self, kind: FileKind) -> Result<(), ModelError> {
        if let Some(second) = self.also {
            return Err(ModelError::TwoFormats { first: self.kind, second });
        }
        match self.kind {
            found if found == kind => Ok(()),
            FileKind::Empty => Err(ModelError::Empty),
            FileKind::Pickle | FileKind::TorchArchive => {
                Err(ModelError::RunsCode { found: self.calls.clone().unwrap_or_else(|| "none".to_owned()) })
            }
            found => Err(ModelError::NotModel { found }),
        }
    }
}

/// Bytes from the beginning that are looked at as a whole.
const HEAD: u64 = 64 << 10;

/// Up to that many bytes from a place.
pub(crate) fn read_at<R: Read + Seek>(reader: &mut R, place: u64, most: u64) -> Result<Vec<u8>, ModelError> {
    reader.seek(SeekFrom::Start(place)).map_err(ModelError::Io)?;
    let mut bytes = Vec::new();
    reader.take(most).read_to_end(&mut bytes).map_err(ModelError::Io)?;
    Ok(bytes)
}

/// Looks at a file of `length` bytes. Reads its beginning and its end, some hundred KiB, and goes over a pickle's words as
/// far as there are any; holds at most 1 MiB.
///
/// Errors: `Io`.
pub fn sniff<R: Read + Seek>(reader: &mut R, length: u64) -> Result<Sniffed, ModelError> {
    let head = read_at(reader, 0, HEAD)?;
    if head.is_empty() {
        return Ok(Sniffed { kind: FileKind::Empty, also: None, calls: None });
    }
    let scanned = pickle::scan(reader, length)?;
    let calls = scanned.as_ref().and_then(|scanned| scanned.calls.clone());
    let marked = known::by_mark(&head, length);
    let kind = match marked {
        Some(FileKind::Zip) => zip::kind(reader, length)?,
        Some(kind) => kind,
        None if scanned.is_some() => FileKind::Pickle,
        None if known::is_onnx(reader, length)? => FileKind::Onnx,
        None => known::by_text(&head),
    };
    let also = also(reader, length, &head, kind, scanned.as_ref())?;
    Ok(Sniffed { kind, also, calls })
}

/// What else a file is.
fn also<R: Read + Seek>(
    reader: &mut R,
    length: u64,
    head: &[u8],
    kind: FileKind,
    scanned: Option<&Scanned>,
) -> Result<Option<FileKind>, ModelError> {
    // An archive holds files, which may be anything.
    if matches!(kind, FileKind::Zip | FileKind::TorchArchive | FileKind::Tar | FileKind::Compressed) {
        return Ok(None);
    }
    if kind != FileKind::Pickle && scanned.is_some() {
        return Ok(Some(FileKind::Pickle));
    }
    if known::is_tar(head) {
        return Ok(Some(FileKind::Tar));
    }
    if kind != FileKind::Hdf5 && known::has_hdf5(reader, length)? {
        return Ok(Some(FileKind::Hdf5));
    }
    if zip::has_end(reader, length)? {
        return zip::kind(reader, length).map(Some);
    }
    Ok(None)
}

/// What bytes after the end of a format are, if that is anything.
pub(crate) fn appended<R: Read + Seek>(
    reader: &mut R,
    end: u64,
    length: u64,
) -> Result<Option<FileKind>, ModelError> {
    // Padding in front is common.
    let tail = read_at(reader, end, HEAD)?;
    let Some(begin) = tail.iter().position(|byte| *byte != 0) else { return Ok(None) };
    let begin = end + begin as u64;
    let mut rest = Window { reader, begin };
    let found = sniff(&mut rest, length.saturating_sub(begin))?;
    Ok(Some(found.kind))
}

/// A file from a place on.
struct Window<'a, R: Read + Seek> {
    reader: &'a mut R,
    begin: u64,
}

impl<R: Read + Seek> Read for Window<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl<R: Read + Seek> Seek for Window<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let to = match to {
            SeekFrom::Start(place) => SeekFrom::Start(place.saturating_add(self.begin)),
            other => other,
        };
        Ok(self.reader.seek(to)?.saturating_sub(self.begin))
    }
}
