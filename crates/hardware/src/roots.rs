//! Where a machine's files begin.

use std::path::{Path, PathBuf};

/// The root of the file tree that is probed, and what is asked beside it.
#[derive(Clone, Debug)]
pub struct Roots {
    root: PathBuf,
    runtime_dir: Option<PathBuf>,
    pub(crate) nvidia: NvidiaLibrary,
}

/// Whether NVIDIA's management library may be loaded; it can't be pointed at another root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NvidiaLibrary {
    Load,
    LeaveOut,
}

impl Roots {
    /// This machine.
    pub fn system() -> Self {
        Self {
            root: PathBuf::from("/"),
            runtime_dir: std::env::var_os("XDG_RUNTIME_DIR")
                .map(PathBuf::from)
                .filter(|dir| dir.is_absolute()),
            nvidia: NvidiaLibrary::Load,
        }
    }

    /// A folder that holds `proc`, `sys`, `etc` … of another machine; its user's runtime directory
    /// is `run/user/1000`.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            runtime_dir: Some(PathBuf::from("/run/user/1000")),
            nvidia: NvidiaLibrary::LeaveOut,
        }
    }

    /// An absolute path of the machine, as it can be opened.
    pub(crate) fn path(&self, absolute: impl AsRef<Path>) -> PathBuf {
        let absolute = absolute.as_ref();
        self.root.join(absolute.strip_prefix("/").unwrap_or(absolute))
    }

    /// The user's runtime directory, as a path of the machine.
    pub(crate) fn runtime_dir(&self) -> Option<&Path> {
        self.runtime_dir.as_deref()
    }

    /// The trimmed text of a small file; none if it can't be read.
    pub(crate) fn text(&self, absolute: impl AsRef<Path>) -> Option<String> {
        let bytes = std::fs::read(self.path(absolute)).ok()?;
        Some(String::from_utf8_lossy(&bytes).trim().to_owned())
    }

    /// A file that holds one number.
    pub(crate) fn number(&self, absolute: impl AsRef<Path>) -> Option<u64> {
        self.text(absolute)?.parse().ok()
    }

    /// The names in a folder, sorted; empty if it can't be read.
    pub(crate) fn names(&self, absolute: impl AsRef<Path>) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path(absolute)) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    }

    /// The last part of what a link points at.
    pub(crate) fn link_name(&self, absolute: impl AsRef<Path>) -> Option<String> {
        let target = std::fs::read_link(self.path(absolute)).ok()?;
        Some(target.file_name()?.to_string_lossy().into_owned())
    }
}
