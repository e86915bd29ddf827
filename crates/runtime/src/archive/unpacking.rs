//! The folder that an archive is unpacked into, and what was put there so far.

use super::{Bounds, place, refused};
use crate::blocking::Meter;
use crate::durable::{self, Access};
use crate::tree;
use las_types::{ArtefactFile, ByteSize, Digest, Failure};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What lies at a path.
enum Part {
    Folder,
    File(ArtefactFile),
    /// Made last: while files are written there is no link that could be followed.
    Link(String),
}

pub(super) struct Unpacking<'a> {
    pub(super) archive: &'a Path,
    into: &'a Path,
    within: Option<&'a str>,
    bounds: Bounds,
    parts: BTreeMap<String, Part>,
    files: u64,
    bytes: u64,
    meter: &'a mut Meter,
}

impl<'a> Unpacking<'a> {
    pub(super) fn new(
        archive: &'a Path,
        into: &'a Path,
        within: Option<&'a str>,
        bounds: Bounds,
        meter: &'a mut Meter,
    ) -> Result<Self, Failure> {
        if let Some(within) = within {
            tree::inside(within)?;
        }
        Ok(Self { archive, into, within, bounds, parts: BTreeMap::new(), files: 0, bytes: 0, meter })
    }

    pub(super) fn refuse(&self, name: &[u8], why: &'static str) -> Failure {
        refused(self.archive, &String::from_utf8_lossy(name), why)
    }

    /// The path of a part below the folder that is unpacked; none for that folder itself and for what lies beside it.
    fn path(&self, name: &[u8]) -> Result<Option<String>, Failure> {
        let path = place::plain(name).map_err(|why| self.refuse(name, why))?;
        let below = |path: &str| match self.within {
            None => Some(path.to_owned()),
            Some(within) => path.strip_prefix(within)?.strip_prefix('/').map(str::to_owned),
        };
        Ok(path.and_then(below))
    }

    /// Makes the folders above a path, and sees that nothing lies at the path itself.
    fn make_way(&mut self, path: &str) -> Result<PathBuf, Failure> {
        if self.parts.contains_key(path) {
            return Err(self.refuse(path.as_bytes(), "archive-twice"));
        }
        for (at, _) in path.match_indices('/') {
            self.make_folder(&path[..at])?;
        }
        Ok(self.into.join(path))
    }

    fn make_folder(&mut self, path: &str) -> Result<(), Failure> {
        match self.parts.get(path) {
            Some(Part::Folder) => Ok(()),
            Some(_) => Err(self.refuse(path.as_bytes(), "archive-twice")),
            None => {
                durable::make_dir(&self.into.join(path))?;
                self.parts.insert(path.to_owned(), Part::Folder);
                // Folders cost space and time as well.
                if self.parts.len() as u64 > self.bounds.files.saturating_mul(2).saturating_add(1024) {
                    return Err(self.refuse(path.as_bytes(), "archive-many"));
                }
                Ok(())
            }
        }
    }

    fn count(&mut self, name: &str, bytes: u64) -> Result<(), Failure> {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.files > self.bounds.files {
            return Err(self.refuse(name.as_bytes(), "archive-many"));
        }
        if self.bytes > self.bounds.bytes {
            return Err(self.refuse(name.as_bytes(), "archive-large"));
        }
        Ok(())
    }

    pub(super) fn folder(&mut self, name: &[u8]) -> Result<(), Failure> {
        let Some(path) = self.path(name)? else { return Ok(()) };
        for (at, _) in path.match_indices('/') {
            self.make_folder(&path[..at])?;
        }
        self.make_folder(&path)
    }

    /// A file of that size; an archive that has less ends too early, and one that has more lies.
    pub(super) fn file(
        &mut self,
        name: &[u8],
        executable: bool,
        size: u64,
        content: &mut dyn Read,
    ) -> Result<(), Failure> {
        let Some(path) = self.path(name)? else { return Ok(()) };
        self.count(&path, size)?;
        let destination = self.make_way(&path)?;
        let access = if executable { Access::Program } else { Access::Data };
        let mut content = Noted { inner: content, failed: None };
        let written =
            durable::write_hashed(&mut content, self.archive, &destination, access, size, self.meter);
        if let Some(error) = content.failed {
            return Err(super::unreadable(self.archive, error));
        }
        let (digest, found) = written?;
        match found.cmp(&size) {
            Ordering::Less => {
                return Err(super::unreadable(self.archive, std::io::ErrorKind::UnexpectedEof.into()));
            }
            Ordering::Greater => return Err(self.refuse(name, "archive-size")),
            Ordering::Equal => {}
        }
        self.keep(path, digest, size, executable);
        Ok(())
    }

    fn keep(&mut self, path: String, digest: Digest, size: u64, executable: bool) {
        let (size, sha256) = (ByteSize::new(size), digest.hex());
        let file = ArtefactFile { path: path.clone(), size, sha256, executable, link: None };
        self.parts.insert(path, Part::File(file));
    }

    /// A second name for a file that came before: a copy, so that no two names share what is written.
    pub(super) fn copy(&mut self, name: &[u8], of: &[u8]) -> Result<(), Failure> {
        let Some(path) = self.path(name)? else { return Ok(()) };
        let origin = self.path(of)?;
        let Some(Part::File(file)) = origin.as_ref().and_then(|origin| self.parts.get(origin)) else {
            return Err(self.refuse(name, "archive-link"));
        };
        let (origin, size, executable) = (file.path.clone(), file.size.bytes(), file.executable);
        self.count(&path, size)?;
        let destination = self.make_way(&path)?;
        let mut content = tree::open_inside(self.into, &origin)?;
        let access = if executable { Access::Program } else { Access::Data };
        let whole = self.into.join(&origin);
        let (digest, _) =
            durable::write_hashed(&mut content, &whole, &destination, access, size, self.meter)?;
        self.keep(path, digest, size, executable);
        Ok(())
    }

    pub(super) fn link(&mut self, name: &[u8], target: &[u8]) -> Result<(), Failure> {
        let Some(path) = self.path(name)? else { return Ok(()) };
        let target = std::str::from_utf8(target).map_err(|_| self.refuse(name, "archive-link"))?;
        if !place::stays(&path, target) {
            return Err(self.refuse(name, "archive-link"));
        }
        self.count(&path, 0)?;
        self.make_way(&path)?;
        self.parts.insert(path, Part::Link(target.to_owned()));
        Ok(())
    }

    /// Makes the links, syncs every folder, and says what is there now.
    pub(super) fn finish(self) -> Result<Vec<ArtefactFile>, Failure> {
        let mut files = Vec::new();
        let mut folders = Vec::new();
        for (path, part) in self.parts {
            match part {
                Part::Folder => folders.push(self.into.join(path)),
                Part::File(file) => files.push(file),
                Part::Link(target) => {
                    durable::link(Path::new(&target), &self.into.join(&path))?;
                    files.push(ArtefactFile::link(path, target));
                }
            }
        }
        // The names in each folder, the deepest first; the top's own name goes with the rename.
        folders.iter().rev().try_for_each(|folder| durable::sync_dir(folder))?;
        durable::sync_dir(self.into)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }
}

/// Tells a failure of reading the archive from one of writing the file.
struct Noted<'a> {
    inner: &'a mut dyn Read,
    failed: Option<std::io::Error>,
}

impl Read for Noted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.inner.read(buffer) {
            Err(error) if error.kind() != std::io::ErrorKind::Interrupted => {
                let kind = error.kind();
                self.failed = Some(error);
                Err(kind.into())
            }
            other => other,
        }
    }
}
