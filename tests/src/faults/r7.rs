//! R7: a fetch is cut off at a random byte, by a kill or with the power, once or twice, and a mirror may be gone
//! afterwards. The next run goes on behind the last segment that is on the disk, and what is installed is right.

mod server;

use super::{Report, Run};
use crate::{Catalogue, Cut, LoopDisk, Ran, Running, Workstation, until};
use rustix::process::{Signal, kill_process};
use server::Server;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SAMPLE: usize = 10;
const RELEASE: usize = 200;
/// What is written before it is synced and said.
pub(super) const SEGMENT: u64 = 16 << 20;
/// What the queues between the connection and the file hold; before them are the buffers of two sockets.
const QUEUES: u64 = 16 << 20;
const PROFILE: &str = "box-64gb-no-gpu";

/// The module that is fetched.
struct Stage {
    _folder: tempfile::TempDir,
    /// The archive, and the one large file in it.
    archive: Arc<[u8]>,
    content: Vec<u8>,
    /// The sections of its manifest, with a word in place of its addresses.
    sections: String,
}

const ADDRESS: &str = "http://127.0.0.1:1/large.tar";

/// What was measured over all cases.
#[derive(Default)]
struct Figures {
    /// Bytes of the file that were written and fetched again, after each kill.
    again: Mutex<Vec<u64>>,
    /// Bytes that were on their way, at most.
    in_flight: AtomicU64,
    /// Cuts that came in the middle of the fetch.
    cuts: AtomicU64,
    power: AtomicU64,
}

impl Stage {
    fn new(length: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut random = fastrand::Rng::with_seed(length as u64);
        let content: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(length).collect();
        let mut tar = tar::Builder::new(Vec::new());
        for (name, mode, bytes) in
            [("run", 0o755, &b"#!/bin/sh\necho 1.0.0\n"[..]), ("weights", 0o644, &content[..])]
        {
            let mut header = tar::Header::new_gnu();
            header.set_mode(mode);
            header.set_size(bytes.len() as u64);
            header.set_mtime(0);
            tar.append_data(&mut header, name, bytes).unwrap();
        }
        let archive: Arc<[u8]> = tar.into_inner().unwrap().into();
        let path = folder.path().join("large.tar");
        std::fs::write(&path, &archive).unwrap();
        let words = ["module", "source", path.to_str().unwrap(), "--url", ADDRESS];
        let lines = Workstation::in_memory().with_profile(PROFILE).json(&words).ok().json();
        Self { sections: Catalogue::lines(&lines), _folder: folder, archive, content }
    }
}

/// One machine that fetches, and where it does from.
struct Course<'a> {
    stage: &'a Stage,
    resources: PathBuf,
    servers: [Server; 2],
    figures: &'a Figures,
}

impl Course<'_> {
    fn machine(&self) -> Workstation {
        Workstation::in_memory().with_resources(&self.resources).with_profile(PROFILE)
    }

    fn sent(&self) -> u64 {
        self.servers.iter().map(Server::sent).sum()
    }

    fn asked(&self) -> Vec<u64> {
        self.servers.iter().flat_map(Server::take_asked).collect()
    }

    /// Installs until so many bytes have been sent; what runs then, if it has not ended.
    fn until(&self, machine: &Workstation, bytes: u64) -> Option<Running> {
        let (before, mut running) =
            (self.sent(), Running::start(machine.las_command(&["module", "install", "large", "--yes"])));
        loop {
            if running.ended() {
                return None;
            }
            if self.sent() - before >= bytes {
                return Some(running);
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// How much was sent, once what the system took for a connection that broke is counted.
    fn standing_still(&self) -> u64 {
        let mut sent = self.sent();
        until("a server that stands still", || {
            std::thread::sleep(Duration::from_millis(2));
            let now = self.sent();
            (std::mem::replace(&mut sent, now) == now).then_some(now)
        })
    }

    /// Goes on to the end, which asks only for what is not there.
    fn completed(&self, machine: &Workstation) -> Result<(), String> {
        let ran = machine.las(&["module", "install", "large", "--yes"]);
        if ran.status != Some(0) {
            return Err(format!("not completed: {ran}"));
        }
        let store = machine.home().join("store/large");
        let version = std::fs::read_dir(store).map_err(|error| error.to_string())?.next();
        let folder = version.ok_or("wrong: nothing in the store")?.map_err(|error| error.to_string())?.path();
        if std::fs::read(folder.join("weights")).ok().as_deref() != Some(&self.stage.content[..]) {
            return Err("wrong: other bytes".to_owned());
        }
        let report: Ran = machine.json(&["doctor"]);
        match super::judge::findings(&report)?.as_slice() {
            [] => {}
            found => return Err(format!("unreported: found later: {found:?}")),
        }
        let left: Vec<String> =
            machine.contents().into_iter().filter(|path| path.starts_with("staging/")).collect();
        let parts = std::fs::read_dir(machine.home().join("partial")).map_or(0, Iterator::count);
        if parts > 0 || !left.is_empty() {
            return Err(format!("unreported: left behind: {parts} parts, {left:?}"));
        }
        Ok(())
    }

    /// Where the next run asks from is no more than a segment behind what was written.
    fn judge(&self, (written, sent): (u64, u64), asked: &[u64]) -> Result<(), String> {
        self.figures.cuts.fetch_add(1, Ordering::Relaxed);
        let size = self.stage.archive.len() as u64;
        let from = asked.first().copied().unwrap_or(size);
        let (again, in_flight) = (written.saturating_sub(from), sent.saturating_sub(written));
        self.figures.again.lock().unwrap().push(again);
        self.figures.in_flight.fetch_max(in_flight, Ordering::Relaxed);
        if again > SEGMENT || in_flight > QUEUES + sockets() {
            return Err(format!(
                "too much: {again} bytes again and {in_flight} on their way; {written} written of {sent}, gone on from {from}"
            ));
        }
        if asked.len() > 2 {
            return Err(format!("too much: asked from {asked:?}"));
        }
        Ok(())
    }
}

/// The first start after the cut: what it names, what it keeps, and whether the module is there.
fn kept(machine: &Workstation) -> Result<bool, String> {
    let report = machine.json(&["doctor"]);
    let findings = super::judge::findings(&report)?;
    let known = ["operation-interrupted", "partly-fetched"];
    if let Some(other) =
        findings.iter().find(|one| one["repaired"] != true || !known.iter().any(|key| one["key"] == *key))
    {
        return Err(format!("unreported: {other}"));
    }
    let installed = machine.current().1.iter().any(|name| name == "large");
    if machine.home().join("store/large").exists() != installed {
        return Err("visible: a part has the final name".to_owned());
    }
    let named = findings.iter().filter(|one| one["key"] == "partly-fetched").count();
    // A part and its list.
    let held = std::fs::read_dir(machine.home().join("partial")).map_err(|error| error.to_string())?.count();
    if held == 2 * named { Ok(installed) } else { Err(format!("unreported: {named} named, {held} files")) }
}

/// What the system lets two sockets hold at most.
fn sockets() -> u64 {
    let most = |name: &str| {
        let text = std::fs::read_to_string(format!("/proc/sys/net/ipv4/{name}")).unwrap_or_default();
        text.split_whitespace().last().and_then(|bytes| bytes.parse().ok()).unwrap_or(0)
    };
    let (read, written): (u64, u64) = (most("tcp_rmem"), most("tcp_wmem"));
    read + written
}

/// How many bytes were written of the file that is being fetched, whatever its list says.
pub(super) fn written(machine: &Workstation) -> u64 {
    let Ok(entries) = std::fs::read_dir(machine.home().join("partial")) else { return 0 };
    let parts = entries.flatten().filter(|entry| entry.path().extension().is_none());
    parts.filter_map(|entry| entry.metadata().ok()).map(|found| found.len()).sum()
}

/// Where the data of a machine lie.
struct Ground {
    machine: Workstation,
    /// A disk whose power can be cut.
    disk: Option<LoopDisk>,
}

impl Ground {
    fn new(course: &Course<'_>, power: bool) -> Result<Self, String> {
        let room = 3 * course.stage.archive.len() as u64 + (32 << 20);
        let disk = power.then(|| LoopDisk::new(room)).transpose()?;
        Ok(Self::on(course, disk))
    }

    fn on(course: &Course<'_>, disk: Option<LoopDisk>) -> Self {
        let machine = course.machine();
        let machine = match &disk {
            Some(disk) => machine.at(&disk.path().join("home")),
            None => machine,
        };
        Self { machine, disk }
    }

    /// Ends what runs as it stands; tells how much of the file had been written.
    fn cut(self, course: &Course<'_>, running: Running) -> Result<(Self, u64), String> {
        let Some(disk) = &self.disk else {
            kill_process(running.process(), Signal::KILL).map_err(|error| error.to_string())?;
            drop(running);
            let written = written(&self.machine);
            return Ok((self, written));
        };
        kill_process(running.process(), Signal::STOP).map_err(|error| error.to_string())?;
        let (image, written): (Cut, u64) = (disk.image(), written(&self.machine));
        let _ = kill_process(running.process(), Signal::KILL);
        drop(running);
        course.figures.power.fetch_add(1, Ordering::Relaxed);
        Ok((Self::on(course, Some(image.mount()?)), written))
    }
}

/// Cuts a fetch off at a random byte, once or twice, and completes it.
fn cut_off(stage: &Stage, figures: &Figures, seed: u64, power: bool) -> Result<(), String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let servers = [Server::start(&stage.archive), Server::start(&stage.archive)];
    let catalogue = Catalogue::new(folder.path());
    let addresses =
        servers.iter().map(|server| format!("\"{}\"", server.url())).collect::<Vec<_>>().join(",");
    catalogue.describe(
        "large",
        "1.0.0",
        "run",
        &stage.sections.replace(&format!("\"{ADDRESS}\""), &addresses),
    );
    let course = Course { stage, resources: folder.path().to_owned(), servers, figures };
    let mut ground = Ground::new(&course, random.bool() && power)?;
    let mut pending = None;
    for _ in 0..random.usize(1..=2) {
        let before = course.sent();
        let Some(running) = course.until(&ground.machine, random.u64(..=stage.archive.len() as u64)) else {
            break;
        };
        let written;
        (ground, written) = ground.cut(&course, running)?;
        let (sent, asked) = (course.standing_still() - before, course.asked());
        if let Some(last) = pending.take() {
            course.judge(last, &asked)?;
        }
        if random.bool() {
            course.servers[0].go();
        }
        // What was committed before the cut is whole, and nothing of it is asked for again.
        let installed = kept(&ground.machine)?;
        pending = (!installed).then(|| (written, asked.first().map_or(written, |from| from + sent)));
    }
    course.completed(&ground.machine)?;
    pending.map_or(Ok(()), |last| course.judge(last, &course.asked()))
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let stage = Stage::new(run.choose(40 << 20, 96 << 20));
    let power = LoopDisk::new(16 << 20);
    let figures = Figures::default();
    let report = run
        .each(run.seeds(run.choose(SAMPLE, RELEASE)), |seed| cut_off(&stage, &figures, *seed, power.is_ok()));
    let mut again = figures.again.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    again.sort_unstable();
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    let lacking = power.err().map_or_else(String::new, |lacking| format!("; no power cuts: {lacking}"));
    let figure = format!(
        "{} wrong, {} visible in part, {} unreported, {} not completed; {} cuts, {} of them of the power; fetched again of what \
         was written: {} MiB (median), {} MiB at most; on its way: {} MiB at most{lacking}",
        report.count("wrong"),
        report.count("visible"),
        report.count("unreported"),
        report.count("not completed"),
        figures.cuts.into_inner(),
        figures.power.into_inner(),
        mib(again.get(again.len() / 2).copied().unwrap_or(0)),
        mib(again.last().copied().unwrap_or(0)),
        mib(figures.in_flight.into_inner()),
    );
    Ok(report.with_figure(figure))
}
