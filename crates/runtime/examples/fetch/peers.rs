//! Those who fetch, each as a process that is watched from outside.

use super::Result;
use super::server::Server;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What one fetch took.
pub(crate) struct Took {
    pub(crate) seconds: f64,
    /// The most memory it had, in MiB.
    pub(crate) memory: f64,
}

enum Kind {
    Ours,
    Curl,
    Aria2c,
    Hub,
}

/// One of them.
pub(crate) struct Peer {
    kind: Kind,
    program: PathBuf,
}

/// How often memory is looked at; the kernel keeps the most itself.
const LOOK: Duration = Duration::from_millis(5);
/// Downloads one file and says how long that took.
const HUB: &str = "
import sys, time
from huggingface_hub import hf_hub_download
begun = time.monotonic()
hf_hub_download('ada/large', 'large.bin')
print(time.monotonic() - begun)
";

impl Peer {
    pub(crate) fn ours(program: &Path) -> Self {
        Self { kind: Kind::Ours, program: program.to_owned() }
    }
    pub(crate) fn curl(program: &Path) -> Self {
        Self { kind: Kind::Curl, program: program.to_owned() }
    }
    pub(crate) fn aria2c(program: &Path) -> Self {
        Self { kind: Kind::Aria2c, program: program.to_owned() }
    }
    pub(crate) fn hub(python: &Path) -> Self {
        Self { kind: Kind::Hub, program: python.to_owned() }
    }

    #[expect(clippy::disallowed_methods, reason = "what the runtime is measured by")]
    fn command(&self, server: &Server, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).current_dir(folder);
        match self.kind {
            Kind::Ours => {
                let (size, digest) = (server.size().to_string(), server.digest().to_string());
                command.arg("one").arg(folder.join("home")).args([&server.url(), &size, &digest])
            }
            Kind::Curl => command.args(["-sS", "--fail", "-o", "large.bin", &server.url()]),
            // One connection, as everybody else.
            Kind::Aria2c => {
                command.args(["-q", "--file-allocation=none", "-x1", "-s1", "-o", "large.bin", &server.url()])
            }
            Kind::Hub => command
                .args(["-c", HUB])
                .env("HF_ENDPOINT", server.endpoint())
                .env("HF_HOME", folder)
                .env("HF_HUB_DISABLE_PROGRESS_BARS", "1")
                .env("HF_HUB_DISABLE_TELEMETRY", "1")
                .env("HF_HUB_DISABLE_UPDATE_CHECK", "1"),
        };
        command
    }

    /// Fetches into an empty folder; with `synced`, until everything is on the disk.
    pub(crate) fn fetch(&self, server: &Server, folder: &Path, synced: bool) -> Result<Took> {
        let begun = Instant::now();
        let mut child = self.command(server, folder).spawn()?;
        let memory = watched(&mut child)?;
        let mut seconds = begun.elapsed().as_secs_f64();
        if let Kind::Hub = self.kind {
            let mut said = String::new();
            child.stdout.take().ok_or("a pipe")?.read_to_string(&mut said)?;
            seconds = said.trim().parse()?;
        }
        let file = largest(folder)?;
        if synced && !matches!(self.kind, Kind::Ours) {
            let begun = Instant::now();
            std::fs::File::open(&file)?.sync_all()?;
            seconds += begun.elapsed().as_secs_f64();
        }
        if super::digest(&file)? != server.digest() {
            return Err(format!("{} fetched something else", self.program.display()).into());
        }
        Ok(Took { seconds, memory })
    }
}

/// Waits for its end; the most memory that it was seen to have had.
fn watched(child: &mut Child) -> Result<f64> {
    let (path, mut most) = (format!("/proc/{}/status", child.id()), 0.0);
    loop {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        if let Some(kib) = line.and_then(|kib| kib.trim().parse::<f64>().ok()) {
            most = f64::max(most, kib / 1024.0);
        }
        if let Some(status) = child.try_wait()? {
            return if status.success() { Ok(most) } else { Err(format!("it ended with {status}").into()) };
        }
        std::thread::sleep(LOOK);
    }
}

/// What was fetched, wherever it was put.
fn largest(folder: &Path) -> Result<PathBuf> {
    let (mut folders, mut found) = (vec![folder.to_owned()], None);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.metadata()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if found.as_ref().is_none_or(|(length, _)| kind.len() > *length) {
                found = Some((kind.len(), entry.path()));
            }
        }
    }
    found.map(|(_, path)| path).ok_or_else(|| "nothing was fetched".into())
}
