//! A small disk.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system in memory of a given size; gone when dropped.
pub struct Tmpfs {
    folder: tempfile::TempDir,
}

fn tool(program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

impl Tmpfs {
    /// Mounts one; the error says why this machine doesn't let us.
    pub fn mount(bytes: u64) -> Result<Self, String> {
        let folder =
            tempfile::Builder::new().prefix("las-disk-").tempdir().map_err(|error| error.to_string())?;
        let path = folder.path().to_str().ok_or("a path that is not text")?;
        tool("mount", &["-t", "tmpfs", "-o", &format!("size={bytes},mode=0700"), "tmpfs", path])?;
        Ok(Self { folder })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Changes how it is mounted: `ro`, `rw`.
    pub fn remount(&self, option: &str) -> Result<(), String> {
        let path = self.path().to_str().ok_or("a path that is not text")?;
        tool("mount", &["-o", &format!("remount,{option}"), path])
    }

    /// Uses up space until only about this many bytes are free; gives the file to remove again.
    pub fn fill(&self, leaving: u64) -> PathBuf {
        let stat = rustix::fs::statvfs(self.path()).unwrap();
        let free = stat.f_bavail * stat.f_frsize;
        let path = self.path().join("filler");
        let file = std::fs::File::create(&path).unwrap();
        let taken = free.checked_sub(leaving).unwrap();
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, taken).unwrap();
        path
    }
}

/// A folder that can't be written through its path, however it is held open; writable again when dropped.
pub struct ReadOnly {
    path: PathBuf,
}

impl ReadOnly {
    /// Makes it so; the error says why this machine doesn't let us.
    pub fn make(path: &Path) -> Result<Self, String> {
        let text = path.to_str().ok_or("a path that is not text")?;
        // The disk itself can't be made read-only while a core has files of it open; another mount of it can.
        tool("mount", &["--bind", text, text])?;
        let made = Self { path: path.to_owned() };
        tool("mount", &["-o", "remount,bind,ro", text])?;
        Ok(made)
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        if let Some(path) = self.path.to_str() {
            let _ = tool("umount", &["-l", path]);
        }
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        if let Some(path) = self.path().to_str() {
            // Lazily: an engine that is just ending may still have a file open there.
            let _ = tool("umount", &["-l", path]);
        }
    }
}
