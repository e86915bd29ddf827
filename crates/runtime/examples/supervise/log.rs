//! The two ends of a supervised `sayer`: the orders that it gets, and the log file that somebody writes of it.

use super::Result;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::fs::{CWD, Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// How long anything may take, in seconds.
const LIMIT: i64 = 60;

/// A word that ends these lines and no others.
pub(crate) fn word_of(lines: u32) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("end-{lines}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The named pipes that a `sayer` gets its orders by and says by that it is done.
pub(crate) struct Orders {
    orders: PathBuf,
    done: PathBuf,
}

impl Orders {
    pub(crate) fn new(orders: &Path) -> Result<Self> {
        let done = orders.with_file_name("done");
        for path in [orders, &done] {
            rustix::fs::mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR)?;
        }
        Ok(Self { orders: orders.to_owned(), done })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.orders
    }

    /// Waits until it listens, and gives what it hears by.
    pub(crate) fn open(&self) -> Result<File> {
        Ok(File::options().write(true).open(&self.orders)?)
    }

    /// The process that gets them, by its number here: what it says itself is its number where it is.
    pub(crate) fn who_hears(&self) -> Result<Pid> {
        let words = [b"\0", self.orders.as_os_str().as_bytes(), b"\0"].concat();
        for entry in std::fs::read_dir("/proc")?.flatten() {
            let is_it = std::fs::read(entry.path().join("cmdline")).is_ok_and(|line| line.ends_with(&words));
            // What stands for it has the same words among others.
            let sayer =
                std::fs::read_to_string(entry.path().join("comm")).is_ok_and(|name| name.trim() == "sayer");
            if is_it && sayer {
                let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
                return Ok(pid.and_then(Pid::from_raw).ok_or("no number")?);
            }
        }
        Err(format!("nobody hears {}", self.orders.display()).into())
    }

    /// Waits until it is done.
    fn done(&self) -> Result<()> {
        Ok(File::open(&self.done).map(drop)?)
    }
}

/// The log file of a service.
pub(crate) struct Log {
    path: PathBuf,
    orders: Orders,
    changes: OwnedFd,
    /// What its last first word said.
    word: String,
}

impl Log {
    /// Of a service that is there or starts now. The file's folder is there.
    pub(crate) fn new(path: &Path, orders: Orders) -> Result<Self> {
        let changes = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let what = WatchFlags::MODIFY | WatchFlags::CREATE | WatchFlags::MOVED_TO;
        inotify::add_watch(&changes, path.parent().ok_or("a file in a folder")?, what)?;
        let mut log = Self { path: path.to_owned(), orders, changes, word: String::new() };
        log.first_word()?;
        Ok(log)
    }

    /// The file's last whole line; an empty one without any.
    fn last_line(&self) -> Result<String> {
        const ENOUGH: u64 = 512;
        let Ok(mut file) = File::open(&self.path) else { return Ok(String::new()) };
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(ENOUGH)))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        text.truncate(text.rfind('\n').unwrap_or_default());
        Ok(text.rsplit('\n').next().unwrap_or_default().to_owned())
    }

    /// Waits until the last line is such a one.
    fn until<T>(&self, found: impl Fn(&str) -> Option<T>) -> Result<T> {
        loop {
            let line = self.last_line()?;
            if let Some(found) = found(&line) {
                return Ok(found);
            }
            let mut asked = [PollFd::new(&self.changes, PollFlags::IN)];
            if poll(&mut asked, Some(&Timespec { tv_sec: LIMIT, tv_nsec: 0 }))? == 0 {
                return Err(format!("{}: nothing but '{line}'", self.path.display()).into());
            }
            let mut events = [0; 4096];
            while rustix::io::read(&self.changes, &mut events[..]).is_ok() {}
        }
    }

    fn first_word(&mut self) -> Result<()> {
        self.word = self.until(|line| {
            let word = line.split_once("ready ")?.1;
            (word != self.word).then(|| word.to_owned())
        })?;
        Ok(())
    }

    /// See [`super::Supervisor::kill`].
    pub(crate) fn kill(&mut self) -> Result<f64> {
        let pid = self.orders.who_hears()?;
        let begun = Instant::now();
        kill_process(pid, Signal::KILL)?;
        self.first_word()?;
        Ok(begun.elapsed().as_secs_f64() * 1e3)
    }

    /// See [`super::Supervisor::take`].
    pub(crate) fn take(&mut self, lines: u32) -> Result<f64> {
        let word = word_of(lines);
        let mut pipe = self.orders.open()?;
        let begun = Instant::now();
        writeln!(pipe, "{lines} {word}")?;
        drop(pipe);
        self.until(|line| line.ends_with(&word).then_some(()))?;
        Ok(begun.elapsed().as_secs_f64() * 1e3)
    }

    /// See [`super::Supervisor::flood`].
    pub(crate) fn flood(&mut self, lines: u32) -> Result<f64> {
        let word = word_of(lines);
        let mut pipe = self.orders.open()?;
        let begun = Instant::now();
        writeln!(pipe, "{lines} {word} {}", self.orders.done.display())?;
        drop(pipe);
        self.orders.done()?;
        Ok(begun.elapsed().as_secs_f64() * 1e3)
    }
}

/// Where somebody else's log goes, made now.
pub(crate) fn place(folder: &Path, number: usize) -> Result<(PathBuf, Orders)> {
    let folder = folder.join(format!("sayer-{number}"));
    std::fs::create_dir(&folder)?;
    let orders = Orders::new(&folder.join("orders"))?;
    let logs = folder.join("log");
    std::fs::create_dir(&logs)?;
    // There from the beginning, so that who appends finds it.
    let file = logs.join("out.log");
    rustix::fs::open(&file, OFlags::CREATE | OFlags::WRONLY, Mode::RUSR | Mode::WUSR)?;
    Ok((file, orders))
}
