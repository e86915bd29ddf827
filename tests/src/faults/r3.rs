//! R3: the power goes at a random moment. What was not synced is lost; what was acknowledged must be there.

use super::changes::{Condition, Stage};
use super::judge::acknowledged_in;
use super::{Report, Run};
use crate::{Cut, LoopDisk, Running, Workstation};
use rustix::process::{Signal, kill_process};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const SAMPLE: usize = 16;
const RELEASE: usize = 1000;
const DISK: u64 = 48 << 20;
/// A run takes about half a second; later cuts find it done, which holds as well.
const LATEST: u64 = 600;

/// What is done one after the other, and the condition after each.
struct Course {
    commands: Vec<Vec<String>>,
    /// One more than commands: the first is before any.
    conditions: Vec<Condition>,
}

fn course(stage: &Stage) -> Course {
    let commands: Vec<Vec<String>> = stage.course();
    let machine = stage.machine();
    let mut conditions = vec![Condition::of(&machine)];
    for command in &commands {
        machine.las(&super::changes::plain(command)).ok();
        conditions.push(Condition::of(&machine));
    }
    Course { commands, conditions }
}

/// Runs the course on a disk until the moment has come; gives the number of commands that were acknowledged.
fn until_the_cut(course: &Course, machine: &Workstation, moment: Duration) -> (usize, Option<Running>) {
    let begun = std::time::Instant::now();
    for (done, command) in course.commands.iter().enumerate() {
        let mut words = super::changes::plain(command);
        words.push("--json");
        let mut running = Running::start(machine.las_command(&words));
        loop {
            let ended = running.ended();
            if begun.elapsed() >= moment {
                if !ended {
                    kill_process(running.process(), Signal::STOP).unwrap();
                }
                return (done, Some(running));
            }
            if ended {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }
    (course.commands.len(), None)
}

fn cut(course: &Course, stage: &Stage, seed: u64, zero: &AtomicUsize) -> Result<(), String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let disk = LoopDisk::new(DISK)?;
    let machine = stage.machine().at(&disk.path().join("home"));
    // Each run is slower or faster than another; the moment is drawn anew for each case all the same.
    let moment = Duration::from_micros(random.u64(..LATEST * 1000));
    let (mut done, running) = until_the_cut(course, &machine, moment);
    let image = disk.image();
    if let Some(running) = running {
        // Whatever it said before it was stopped has been read by now, or is about to be.
        std::thread::sleep(Duration::from_millis(5));
        if acknowledged_in(&running.said()) {
            done += 1;
        }
        let _ = kill_process(running.process(), Signal::KILL);
        drop(running);
    }
    let kept = image.keep();
    go_on(course, stage, image, done, zero).map_err(|what| format!("{what} (the disk: {})", kept.persist()))
}

/// Starts on what the cut left, compares, and completes the course.
fn go_on(course: &Course, stage: &Stage, image: Cut, done: usize, zero: &AtomicUsize) -> Result<(), String> {
    let after = image.mount()?;
    let machine = stage.machine().at(&after.path().join("home"));
    let report = machine.json(&["doctor"]);
    let findings = super::judge::findings(&report)?;
    if let Some(open) = findings.iter().find(|one| one["repaired"] != true) {
        return Err(format!("by hand: {open}"));
    }
    // Nothing was damaged, so nothing is to be restored.
    if let Some(alarm) = findings.iter().find(|one| one["key"] == "state-restored") {
        return Err(format!("false alarm: {alarm}"));
    }
    let found = Condition::of(&machine);
    let empty = found.found.iter().filter(|(_, (_, bytes))| bytes.is_empty()).count();
    zero.fetch_add(empty, Ordering::Relaxed);
    let possible = [Some(done), Some(done + 1).filter(|next| *next < course.conditions.len())];
    let is = possible.into_iter().flatten().find(|at| course.conditions[*at].differs(&found).is_none());
    let Some(is) = is else {
        let earlier = course.conditions[..done].iter().any(|one| one.differs(&found).is_none());
        let word = if earlier { "lost" } else { "unreported" };
        let difference = course.conditions[done].differs(&found).unwrap_or_default();
        return Err(format!("{word}: after {done} commands: {difference}"));
    };
    for command in &course.commands[is..] {
        let ran = machine.las(&super::changes::plain(command));
        if ran.status != Some(0) {
            return Err(format!("not completed: {ran}"));
        }
    }
    match course.conditions[course.commands.len()].differs(&Condition::of(&machine)) {
        Some(difference) => Err(format!("not completed: {difference}")),
        None => healthy(&machine),
    }
}

/// The next doctor finds nothing.
fn healthy(machine: &Workstation) -> Result<(), String> {
    let report = machine.json(&["doctor"]);
    match super::judge::findings(&report)?.as_slice() {
        [] => Ok(()),
        found => Err(format!("unreported: found later: {found:?}")),
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    LoopDisk::new(DISK).map_err(|lacking| format!("no disk can be made in a file: {lacking}"))?;
    let stage = Stage::new();
    let course = course(&stage);
    let zero = AtomicUsize::new(0);
    let report = run.each(run.seeds(run.choose(SAMPLE, RELEASE)), |seed| cut(&course, &stage, *seed, &zero));
    let figure = format!(
        "{} lost, {} unreported, {} false alarms, {} by hand, {} not completed, {} empty files under final names",
        report.count("lost"),
        report.count("unreported"),
        report.count("false alarm"),
        report.count("by hand"),
        report.count("not completed"),
        zero.into_inner()
    );
    Ok(report.with_figure(figure))
}
