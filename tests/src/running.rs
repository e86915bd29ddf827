//! Programs that go on running beside a scenario.

use crate::process::wait;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const END: Duration = Duration::from_secs(30);
const PACE: Duration = Duration::from_millis(10);

/// A process and what it says. Dropping it asks it to end and insists after a while.
pub struct Running {
    child: Child,
    said: Arc<Mutex<String>>,
}

fn collect(mut from: impl Read + Send + 'static, into: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            into.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    });
}

impl Running {
    /// Starts it.
    #[track_caller]
    pub fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::spawned(command)
    }

    #[track_caller]
    fn spawned(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let said = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take().unwrap(), Arc::clone(&said));
        collect(child.stderr.take().unwrap(), Arc::clone(&said));
        Self { child, said }
    }

    /// Starts it, with this on its standard input and nothing after it.
    #[track_caller]
    pub fn fed(mut command: Command, input: &[u8]) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Self::spawned(command);
        let mut stdin = running.child.stdin.take().unwrap();
        stdin.write_all(input).unwrap();
        running
    }

    /// What it said so far, both streams.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Its process.
    pub fn process(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Asks what it started to end, and waits for that.
    pub fn end_children(&self) {
        let family = descendants(self.process());
        for child in children(self.process()) {
            let _ = kill_process(child, Signal::TERM);
        }
        wait_gone(&family);
    }

    /// Whether it ended.
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Its exit status, once it has ended by itself; none if a signal ended it.
    #[track_caller]
    pub fn status(mut self) -> Option<i32> {
        wait(&mut self.child, END)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        let family = descendants(self.process());
        let _ = kill_process(self.process(), Signal::TERM);
        let begun = Instant::now();
        while self.child.try_wait().is_ok_and(|ended| ended.is_none()) && begun.elapsed() < END {
            std::thread::sleep(PACE);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        wait_gone(&family);
    }
}

/// Waits until none of them runs; ends what does not end.
fn wait_gone(processes: &[Pid]) {
    let born: Vec<_> = processes.iter().map(|pid| (*pid, program(*pid))).collect();
    let alive = |(pid, was): &&(Pid, Option<PathBuf>)| was.is_some() && program(*pid) == *was;
    let begun = Instant::now();
    while born.iter().any(|one| alive(&one)) {
        if begun.elapsed() > END {
            for (pid, _) in born.iter().filter(alive) {
                let _ = kill_process(*pid, Signal::KILL);
            }
            return;
        }
        std::thread::sleep(PACE);
    }
}

/// What a process runs; none once it has ended.
fn program(pid: Pid) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{pid}/exe")).ok()
}

fn processes() -> Vec<Pid> {
    let names = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.file_name());
    names.filter_map(|name| name.to_str()?.parse().ok()).filter_map(Pid::from_raw).collect()
}

/// The process that started another one.
pub fn parent(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before may hold anything, a bracket too.
    let (_, rest) = stat.rsplit_once(')')?;
    Pid::from_raw(rest.split_whitespace().nth(1)?.parse().ok()?)
}

/// What a process started that still runs.
pub(crate) fn children(pid: Pid) -> Vec<Pid> {
    processes().into_iter().filter(|other| parent(*other) == Some(pid)).collect()
}

fn descendants(pid: Pid) -> Vec<Pid> {
    let own = children(pid);
    let further = own.iter().flat_map(|child| descendants(*child)).collect::<Vec<_>>();
    own.into_iter().chain(further).collect()
}

/// The processes whose program lies under a folder: engines, for a data directory.
pub fn running_from(folder: &Path) -> Vec<Pid> {
    processes().into_iter().filter(|pid| program(*pid).is_some_and(|path| path.starts_with(folder))).collect()
}

/// The first of these names that lies where programs lie.
pub(crate) fn program_named(names: &[&str]) -> Option<PathBuf> {
    let folders = ["/usr/local/bin", "/usr/bin", "/bin"];
    let paths = names.iter().flat_map(|name| folders.iter().map(move |folder| Path::new(folder).join(name)));
    paths.into_iter().find(|path| path.is_file())
}
