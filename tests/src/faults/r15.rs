//! R15: a model is pulled from a hub and cut off at a random byte, by a kill or with the power, once or twice. The next pull
//! goes on behind the last segment that is on the disk, and the model that is recorded is the one that the hub has.

use super::r7::{SEGMENT, written};
use super::{Report, Run};
use crate::{Cut, Hub, LoopDisk, Running, Workstation, hub_repository, models};
use las_models::TensorType;
use las_types::Digest;
use rustix::process::{Signal, kill_process};
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const SAMPLE: usize = 6;
const RELEASE: usize = 200;
const MODEL: &str = "tiny-org/Large-GGUF";
const PROFILE: &str = "box-64gb-no-gpu";

/// The model that is pulled.
struct Stage {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
}

impl Stage {
    fn new(rows: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut random = fastrand::Rng::with_seed(rows as u64);
        let weights: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(4 * rows).collect();
        let shape = [rows as u64];
        let bytes = models::header().tensor("token_embd.weight", &shape, TensorType::F32, &weights).finish();
        let about = json!({ "task": "text-generation", "license": "apache-2.0", "context": 256 });
        hub_repository(folder.path(), MODEL, &about, &[("large-F32.gguf", &bytes)]);
        Self { folder, bytes }
    }

    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// What was measured over all cases.
#[derive(Default)]
struct Figures {
    /// Bytes that were written and fetched again, after each cut.
    again: Mutex<Vec<u64>>,
    power: AtomicU64,
}

/// A machine that pulls, and the hub that it pulls from.
struct Ground {
    machine: Workstation,
    /// A disk whose power can be cut.
    disk: Option<LoopDisk>,
}

impl Ground {
    fn new(stage: &Stage, hub: &Hub, power: bool) -> Result<Self, String> {
        let room = 3 * stage.size() + (32 << 20);
        let ground = Self::on(power.then(|| LoopDisk::new(room)).transpose()?);
        let text = format!(
            "[models]\nhugging_face = \"{}\"\nmodel_scope = \"off\"\nfile_hosts = \"{}\"\n",
            hub.endpoint(),
            hub.store_host()
        );
        let home = ground.machine.home();
        let told = |error: std::io::Error| error.to_string();
        std::fs::create_dir_all(home).map_err(told)?;
        std::fs::write(home.join("config.toml"), text).map_err(told)?;
        // What was set up before is on the disk.
        ground.disk.as_ref().map_or(Ok(()), LoopDisk::sync)?;
        Ok(ground)
    }

    fn on(disk: Option<LoopDisk>) -> Self {
        let machine = Workstation::in_memory().with_profile(PROFILE);
        let machine = match &disk {
            Some(disk) => machine.at(&disk.path().join("home")),
            None => machine,
        };
        Self { machine, disk }
    }

    /// Pulls until so many bytes of the file were written; what runs then, if it has not ended.
    fn until(&self, bytes: u64) -> Option<Running> {
        let mut running = Running::start(self.machine.las_command(&["model", "pull", MODEL, "--yes"]));
        loop {
            if running.ended() {
                return None;
            }
            if written(&self.machine) >= bytes {
                return Some(running);
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Ends what runs as it stands; tells how much of the file had been written.
    fn cut(self, running: Running, figures: &Figures) -> Result<(Self, u64), String> {
        let signal = |signal| kill_process(running.process(), signal);
        let Some(disk) = &self.disk else {
            signal(Signal::KILL).map_err(|error| error.to_string())?;
            drop(running);
            let written = written(&self.machine);
            return Ok((self, written));
        };
        signal(Signal::STOP).map_err(|error| error.to_string())?;
        let (image, written): (Cut, u64) = (disk.image(), written(&self.machine));
        let _ = signal(Signal::KILL);
        drop(running);
        figures.power.fetch_add(1, Ordering::Relaxed);
        Ok((Self::on(Some(image.mount()?)), written))
    }

    /// The first start after the cut: what it names, and whether the model is there. None of it is half there.
    fn kept(&self) -> Result<bool, String> {
        let report = self.machine.json(&["doctor"]);
        let known = ["operation-interrupted", "partly-fetched"];
        let findings = super::judge::findings(&report)?;
        let other = findings
            .iter()
            .find(|one| one["repaired"] != true || !known.iter().any(|key| one["key"] == *key));
        if let Some(other) = other {
            return Err(format!("unreported: {other}"));
        }
        let installed = !self.machine.current().1.is_empty();
        let blobs = std::fs::read_dir(self.machine.home().join("models/blobs/sha256"));
        let blobs = blobs.map_or(0, Iterator::count);
        if blobs == usize::from(installed) {
            Ok(installed)
        } else {
            Err(format!("visible: {blobs} blobs, installed: {installed}"))
        }
    }

    /// Pulls to the end.
    fn completed(&self, stage: &Stage) -> Result<(), String> {
        let ran = self.machine.las(&["model", "pull", MODEL, "--yes"]);
        if ran.status != Some(0) {
            return Err(format!("not completed: {ran}"));
        }
        let digest = Digest::of(&stage.bytes);
        let recorded = self.machine.json(&["model", "list"]).ok().json()[0]["digest"].clone();
        let blob = self.machine.home().join("models/blobs/sha256").join(digest.hex());
        if recorded != digest.to_string() || std::fs::read(&blob).ok().as_deref() != Some(&stage.bytes[..]) {
            return Err(format!("wrong: {recorded}"));
        }
        let report = self.machine.json(&["doctor"]);
        match super::judge::findings(&report)?.as_slice() {
            [] => {}
            found => return Err(format!("unreported: found later: {found:?}")),
        }
        let parts = std::fs::read_dir(self.machine.home().join("partial")).map_or(0, Iterator::count);
        let left = self.machine.contents().into_iter().filter(|path| path.starts_with("staging/")).count();
        if parts + left > 0 {
            Err(format!("unreported: left behind: {parts} parts, {left} files"))
        } else {
            Ok(())
        }
    }
}

/// The places in the file that were asked from since then.
fn asked(hub: &Hub, before: usize) -> Vec<u64> {
    let all = hub.asked().split_off(before);
    let files = all.iter().filter(|asked| asked.method == "GET" && asked.host.starts_with(&hub.store_host()));
    let from = |range: &String| range.strip_prefix("bytes=")?.split('-').next()?.parse().ok();
    files.map(|asked| asked.headers.get("range").and_then(from).unwrap_or(0)).collect()
}

/// Where a pull goes on is no more than a segment behind what was written before the cut.
fn judge(stage: &Stage, figures: &Figures, written: u64, asked: &[u64]) -> Result<(), String> {
    let from = asked.first().copied().unwrap_or_else(|| stage.size());
    let again = written.saturating_sub(from);
    figures.again.lock().unwrap().push(again);
    match asked {
        [] | [_] if again <= SEGMENT => Ok(()),
        _ => Err(format!("too much: {written} written, then asked from {asked:?}")),
    }
}

/// Cuts a pull off at a random byte, once or twice, and completes it.
fn cut_off(stage: &Stage, figures: &Figures, seed: u64, power: bool) -> Result<(), String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let hub = Hub::start(stage.folder.path());
    let mut ground = Ground::new(stage, &hub, random.bool() && power)?;
    let mut pending = None;
    for _ in 0..random.usize(1..=2) {
        let before = hub.asked().len();
        let running = ground.until(random.u64(..=stage.size()));
        // It goes on first, whether it is cut off again or not; what was cut off before it asked shows nothing.
        let asked = asked(&hub, before);
        if let Some(written) = pending.take_if(|_| !asked.is_empty()) {
            judge(stage, figures, written, &asked)?;
        }
        let Some(running) = running else { break };
        let written;
        (ground, written) = ground.cut(running, figures)?;
        pending = (!ground.kept()?).then_some(written);
    }
    let before = hub.asked().len();
    ground.completed(stage)?;
    pending.map_or(Ok(()), |written| judge(stage, figures, written, &asked(&hub, before)))
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let stage = Stage::new(run.choose(9 << 20, 12 << 20));
    let power = LoopDisk::new(16 << 20);
    let figures = Figures::default();
    let seeds = run.seeds(run.choose(SAMPLE, RELEASE));
    let report = run.each(seeds, |seed| cut_off(&stage, &figures, *seed, power.is_ok()));
    let mut again = figures.again.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    again.sort_unstable();
    let mib = |bytes: Option<&u64>| bytes.copied().unwrap_or(0).div_ceil(1 << 20);
    let lacking = power.err().map_or_else(String::new, |lacking| format!("; no power cuts: {lacking}"));
    let figure = format!(
        "{} wrong, {} visible in part, {} unreported, {} not completed; {} cuts, {} of them of the power; fetched again of what \
         was written: {} MiB (median), {} MiB at most{lacking}",
        report.count("wrong"),
        report.count("visible"),
        report.count("unreported"),
        report.count("not completed"),
        again.len(),
        figures.power.into_inner(),
        mib(again.get(again.len() / 2)),
        mib(again.last()),
    );
    Ok(report.with_figure(figure))
}
