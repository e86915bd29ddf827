//! A file that is written bit by bit, over several runs of the core: what of it holds is said by whoever keeps a list of it.

use super::sync_parent;
use las_types::Failure;
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// The file, open; private, and under no final name.
pub(crate) struct Part {
    file: File,
    path: PathBuf,
}

impl Part {
    /// Opens it, made if it is not there, its name on the disk; never through a symbolic link.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR);
        let part = Self {
            file: file.map(File::from).map_err(|error| Failure::io(path, error.into()))?,
            path: path.to_owned(),
        };
        sync_parent(path)?;
        Ok(part)
    }

    fn failed(&self, error: std::io::Error) -> Failure {
        Failure::io(&self.path, error)
    }

    /// How many bytes it has.
    pub(crate) fn length(&self) -> Result<u64, Failure> {
        Ok(self.file.metadata().map_err(|error| self.failed(error))?.len())
    }

    /// Drops what lies behind so many bytes.
    pub(crate) fn cut(&self, length: u64) -> Result<(), Failure> {
        if self.length()? <= length {
            return Ok(());
        }
        self.file.set_len(length).map_err(|error| self.failed(error))
    }

    /// Writes all of it at this place.
    pub(crate) fn write(&self, bytes: &[u8], at: u64) -> Result<(), Failure> {
        self.file.write_all_at(bytes, at).map_err(|error| self.failed(error))
    }

    /// Reads from this place; 0 at the end.
    pub(crate) fn read(&self, buffer: &mut [u8], at: u64) -> Result<usize, Failure> {
        self.file.read_at(buffer, at).map_err(|error| self.failed(error))
    }

    /// Everything written is on the disk when this returns.
    pub(crate) fn sync(&self) -> Result<(), Failure> {
        self.file.sync_data().map_err(|error| self.failed(error))
    }
}
