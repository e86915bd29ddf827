//! A disk in a file, whose power can be cut.

use crate::Ran;
use crate::until;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An ext4 file system on a loop device, mounted; gone when dropped.
pub struct LoopDisk {
    folder: tempfile::TempDir,
    image: PathBuf,
}

fn tool(program: &str, arguments: &[&str]) -> Result<(), String> {
    told(program, arguments).map(|_| ())
}

/// What a tool prints.
fn told(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}

/// In memory: what the file system has handed to its device is in the image at once, and nothing else is.
fn scratch() -> Result<tempfile::TempDir, String> {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("las-loop-").tempdir_in(parent).map_err(|error| error.to_string())
}

impl LoopDisk {
    /// A new one; the error says why this machine doesn't let us.
    pub fn new(bytes: u64) -> Result<Self, String> {
        let folder = scratch()?;
        let image = folder.path().join("image");
        let file = std::fs::File::create(&image).map_err(|error| error.to_string())?;
        file.set_len(bytes).map_err(|error| error.to_string())?;
        let path = image.to_str().ok_or("a path that is not text")?;
        tool("mkfs.ext4", &["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", path])?;
        Self { folder, image }.mounted()
    }

    /// A new one of another file system, that shares blocks between files.
    pub fn with_reflinks(bytes: u64) -> Result<Self, String> {
        let folder = scratch()?;
        let image = folder.path().join("image");
        let file = std::fs::File::create(&image).map_err(|error| error.to_string())?;
        file.set_len(bytes).map_err(|error| error.to_string())?;
        tool("mkfs.xfs", &["-q", "-m", "reflink=1", image.to_str().ok_or("a path that is not text")?])?;
        Self { folder, image }.mounted_with("loop")
    }

    /// Mounts it where it belongs. Written back only when asked for, so that what was not synced is lost.
    fn mounted(self) -> Result<Self, String> {
        self.mounted_with("loop,data=ordered,commit=300")
    }

    fn mounted_with(self, options: &str) -> Result<Self, String> {
        std::fs::create_dir_all(self.path()).map_err(|error| error.to_string())?;
        let (image, path) = (self.image.display().to_string(), self.path().display().to_string());
        tool("mount", &["-o", options, &image, &path])?;
        Ok(self)
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }

    /// What would be left if the power went now: the image as the device has it. Whoever writes must stand still, or
    /// the copy would be of no one moment; two copies that are the same prove it.
    pub fn image(&self) -> Cut {
        let folder = scratch().unwrap();
        let copy = |name: &str| {
            let target = folder.path().join(name);
            let mut command = Command::new("cp");
            command.arg("--sparse=always").arg(&self.image).arg(&target);
            Ran::run(command).ok();
            target
        };
        let image = copy("image");
        until("a device that stands still", || {
            let next = copy("next");
            let mut compare = Command::new("cmp");
            compare.arg("-s").arg(&image).arg(&next);
            let same = Ran::run(compare).status == Some(0);
            std::fs::rename(&next, &image).unwrap();
            same.then_some(())
        });
        Cut { folder }
    }

    /// Hands everything to the device.
    pub fn sync(&self) -> Result<(), String> {
        tool("sync", &["-f", &self.path().display().to_string()])
    }

    /// Whether every block of a file is another file's, too. Asked of the file's own extents: what is free on the disk
    /// also changes with what the file system sets aside.
    pub fn shares_blocks(file: &Path) -> bool {
        let extents = told("filefrag", &["-s", "-v", &file.display().to_string()]).unwrap();
        // One line for each, as `0: 0.. 255: 96.. 351: 256: last,shared,eof`.
        let mut extents = extents
            .lines()
            .filter(|line| {
                line.trim_start().split(':').next().is_some_and(|number| number.parse::<u32>().is_ok())
            })
            .peekable();
        extents.peek().is_some()
            && extents.all(|line| line.rsplit([':', ',', ' ']).any(|flag| flag == "shared"))
    }

    /// Makes the file system give up, as it does when its device fails: from now on it is read-only.
    pub fn abort(&self) -> Result<(), String> {
        tool("mount", &["-o", "remount,abort", &self.path().display().to_string()])
    }
}

/// What a power cut left.
pub struct Cut {
    folder: tempfile::TempDir,
}

impl Cut {
    /// Mounts it, as the next start would.
    pub fn mount(self) -> Result<LoopDisk, String> {
        let image = self.folder.path().join("image");
        LoopDisk { folder: self.folder, image }.mounted()
    }

    /// A copy of it as it is now.
    pub fn keep(&self) -> Kept {
        let folder = scratch().unwrap();
        let mut command = Command::new("cp");
        command.arg("--sparse=always").arg(self.folder.path().join("image")).arg(folder.path());
        Ran::run(command).ok();
        Kept { folder }
    }
}

/// A copy of what a power cut left; gone when dropped.
pub struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    /// Leaves it there for whoever looks into a case that failed; tells where.
    pub fn persist(self) -> String {
        self.folder.keep().join("image").display().to_string()
    }
}

impl Drop for LoopDisk {
    fn drop(&mut self) {
        // Lazily: a process that is just ending may still have a file open there.
        let _ = tool("umount", &["-l", &self.path().display().to_string()]);
    }
}
