//! R9: the clock is wrong, jumps, stands before the epoch's second day or at the end of a leap second.

use super::changes::{Condition, Stage, plain};
use super::inject::{crashed, library};
use super::{Report, Run};
use crate::{Ran, Workstation};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const SAMPLE: usize = 16;
const RELEASE: usize = 1000;
/// Under a running core: longer than this, and it waits for a clock that never comes.
const WATCHDOG: Duration = Duration::from_secs(30);

/// As libfaketime reads them.
const CLOCKS: [&str; 14] = [
    "+0",
    "+10y",
    "-10y",
    "+1h",
    "-1h",
    "-1s",
    "+0.5s",
    "@1970-01-01 00:00:01",
    "@1999-12-31 23:59:59",
    "@2016-12-31 23:59:59",
    "@2028-02-29 23:59:59",
    "@2038-01-19 03:14:07",
    "@2100-03-01 00:00:00",
    "@2262-04-11 23:47:16",
];

/// A command whose clock is wrong; its timers are those of the machine.
fn at(mut command: Command, faketime: &Path, clock: &str) -> Command {
    command.env("LD_PRELOAD", faketime).env("FAKETIME", clock).env("TZ", "UTC");
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
    command
}

/// Removes what libfaketime keeps of processes that were killed: another one that gets the number of one of them would
/// begin with its clock, and might wait for its lock.
fn tidy() {
    for entry in std::fs::read_dir("/dev/shm").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix("faketime_shm_").or_else(|| name.strip_prefix("sem.faketime_sem_"));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            // Another lane may have been quicker.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// One wrong clock after another.
struct Clocks<'a> {
    faketime: &'a Path,
    random: fastrand::Rng,
}

impl Clocks<'_> {
    fn next(&mut self) -> &'static str {
        CLOCKS[self.random.usize(..CLOCKS.len())]
    }

    fn las(&mut self, machine: &Workstation, words: &[&str]) -> Ran {
        let clock = self.next();
        Ran::run(at(machine.las_command(words), self.faketime, clock))
    }
}

/// Every change of the course, each by another clock, some of them cut off first.
fn course(stage: &Stage, end: &Condition, faketime: &Path, seed: u64) -> Result<(), String> {
    let machine = stage.machine();
    let mut clocks = Clocks { faketime, random: fastrand::Rng::with_seed(seed) };
    let mut done = Vec::new();
    for words in stage.course() {
        if words[..2] == ["module", "install"] && clocks.random.bool() {
            let modules: Vec<&str> = plain(&words)[2..words.len() - 1].to_vec();
            let intent = serde_json::json!({ "kind": "module_install", "modules": modules });
            let clock = clocks.next();
            let point = clocks.random.u64(..24);
            let ran = Ran::run(at(crashed(&machine, point, &intent), faketime, clock));
            tidy();
            if ran.status == Some(0) {
                done.push("module_install".to_owned());
                continue;
            }
            if ran.status.is_some() {
                return Err(format!("crashed: {ran}"));
            }
            let report = clocks.las(&machine, &["doctor", "--json"]);
            if let Some(open) = super::judge::findings(&report)?.iter().find(|one| one["repaired"] != true) {
                return Err(format!("by hand: {open}"));
            }
            // It was committed before it was cut off.
            if ledger(&clocks.las(&machine, &["audit", "list", "--json"]))?.len() > done.len() {
                done.push("module_install".to_owned());
                continue;
            }
        }
        let ran = clocks.las(&machine, &plain(&words));
        if ran.status != Some(0) {
            return Err(format!("crashed: {ran}"));
        }
        done.push(format!("{}_{}", words[0], words[1]));
    }
    let lines = clocks.las(&machine, &["audit", "list", "--json"]);
    if ledger(&lines)? != done {
        return Err(format!("disorder: {done:?} were done in this order: {lines}"));
    }
    let verified = clocks.las(&machine, &["audit", "verify", "--json"]);
    if verified.status != Some(0) {
        return Err(format!("disorder: {verified}"));
    }
    match end.differs(&Condition::of(&machine)) {
        Some(difference) => Err(format!("disorder: {difference}")),
        None => Ok(()),
    }
}

/// The commands that succeeded, in the order of the ledger, whose sequence has no gap.
fn ledger(list: &Ran) -> Result<Vec<String>, String> {
    let lines = list.json();
    let lines = lines.as_array().ok_or_else(|| format!("no ledger: {list}"))?;
    let gap = lines.iter().enumerate().find(|(index, line)| line["sequence"] != index + 1);
    if let Some((index, line)) = gap {
        return Err(format!("disorder: line {index} of the ledger is {line}"));
    }
    let succeeded = lines.iter().filter(|line| line["outcome"] == "succeeded");
    Ok(succeeded.filter_map(|line| line["command"].as_str().map(str::to_owned)).collect())
}

/// A plan that was made before an override or a pin does not outlive it, whatever the clocks say.
fn outruled(stage: &Stage, faketime: &Path, seed: u64) -> Result<(), String> {
    let machine = stage.machine();
    let mut clocks = Clocks { faketime, random: fastrand::Rng::with_seed(seed) };
    let plan = clocks.las(&machine, &["module", "plan", "saw", "--json"]).ok().json();
    let id = plan["id"].as_str().unwrap_or_default().to_owned();
    let set = ["override", "set", "model-size", "14B", "--reason", "tested", "--yes", "--quiet"];
    let pin = ["module", "pin", "nail@1.0.0", "--yes", "--quiet"];
    let held: &[&str] = if clocks.random.bool() { &set } else { &pin };
    clocks.las(&machine, held).ok();
    let ran = clocks.las(&machine, &["apply", "--plan", &id, "--yes", "--json"]);
    match ran.code().as_deref() {
        Some("plan-outruled") => Ok(()),
        _ => Err(format!("outlived: {ran}")),
    }
}

/// The clock of a running core jumps in the middle of what it does.
fn jumping(stage: &Stage, faketime: &Path, seed: u64) -> Result<(), String> {
    let machine = stage.machine();
    let mut random = fastrand::Rng::with_seed(seed);
    let file = machine.file("clock", "+0");
    let mut command = at(machine.las_command(&["serve", "--addr", "127.0.0.1:0", "--json"]), faketime, "+0");
    command.env_remove("FAKETIME").env("FAKETIME_TIMESTAMP_FILE", &file).env("FAKETIME_NO_CACHE", "1");
    let core = crate::Core::run(&machine, command);
    let begun = Instant::now();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                // In one step: a reader never finds half a line.
                let next = machine.file("clock.next", CLOCKS[random.usize(..CLOCKS.len())]);
                std::fs::rename(next, &file).unwrap();
                std::thread::sleep(Duration::from_millis(random.u64(..20)));
            }
        });
        let done = stage.course().iter().try_for_each(|words| {
            let ran = machine.las(&plain(words));
            if begun.elapsed() > WATCHDOG {
                return Err(format!("deadlock: not done after {} s", WATCHDOG.as_secs()));
            }
            if ran.status == Some(0) {
                Ok(())
            } else {
                Err(format!("crashed: {ran}\nthe core: {}", core.said()))
            }
        });
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        done
    })?;
    let lines: Value = core.client().get("/v1/audit").ok();
    let sequences: Vec<u64> =
        lines.as_array().into_iter().flatten().filter_map(|line| line["sequence"].as_u64()).collect();
    // The tests' own token has a line too.
    if sequences.len() == stage.course().len() + 1 && sequences.is_sorted() {
        Ok(())
    } else {
        Err(format!("disorder: {lines}"))
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let faketime = library("faketime/libfaketime.so.1").ok_or("no libfaketime")?;
    let stage = Stage::new();
    let machine = stage.machine();
    for words in stage.course() {
        machine.las(&plain(&words)).ok();
    }
    let end = Condition::of(&machine);
    let report = run.each(run.seeds(run.choose(SAMPLE, RELEASE)), |seed| {
        let result = match seed % 4 {
            0 => jumping(&stage, &faketime, *seed),
            1 => outruled(&stage, &faketime, *seed),
            _ => course(&stage, &end, &faketime, *seed),
        };
        tidy();
        result
    });
    let figure = format!(
        "{} crashes, {} out of order, {} plans outlived an override or a pin, {} deadlocks, {} by hand",
        report.count("crashed"),
        report.count("disorder"),
        report.count("outlived"),
        report.count("deadlock"),
        report.count("by hand")
    );
    Ok(report.with_figure(figure))
}
