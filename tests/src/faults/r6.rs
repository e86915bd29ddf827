//! R6: the disk is full, fails, or turns read-only, at every size and at every call that writes.

use super::changes::{Condition, Ready, Stage};
use super::inject::{self, Harm, Point};
use super::judge::{acknowledged, judge};
use super::{Report, Run};
use crate::{Ran, Tmpfs, Workstation};
use std::path::Path;

/// MiB.
const SIZES: [u64; 7] = [1, 2, 4, 8, 16, 32, 64];
const PAGE: u64 = 4096;
/// A change here takes fewer pages of its disk.
const PAGES: u64 = 160;
const BIG: u64 = 64 << 20;
const ERRORS: [&str; 4] = ["ENOSPC", "EDQUOT", "EIO", "EROFS"];
/// Of disks, and of injected errors, in a sample.
const SAMPLE: (usize, usize) = (30, 40);
/// The same for a release; another seed has others. Every size in MiB comes besides.
const RELEASE: (usize, usize) = (2000, 2000);

enum Trouble {
    /// A disk of so many MiB.
    Size(u64),
    /// A disk with so many pages free when the plan is carried out.
    Pages(u64),
    /// A call that fails.
    Call(Point, Harm),
}

struct Case {
    change: usize,
    trouble: Trouble,
}

/// What a harmed run may say: that it was done, or a code of its own; never a panic, a signal or a defect of ours.
fn typed(ran: &Ran) -> Result<Option<String>, String> {
    let panicked = ran.stderr.contains("panicked at") || ran.status.is_none_or(|status| status == 101);
    if panicked {
        return Err(format!("panicked: {ran}"));
    }
    if ran.status == Some(0) {
        return Ok(None);
    }
    if ran.stderr.contains("error while loading shared libraries") {
        return Ok(Some("not loaded".to_owned()));
    }
    match ran.code().as_deref() {
        None | Some("internal") => Err(format!("untyped: {ran}")),
        Some(code) => Ok(Some(code.to_owned())),
    }
}

/// A machine whose data lie on a disk of its own.
fn on_disk(stage: &Stage, ready: &Ready, disk: &Tmpfs) -> Option<Workstation> {
    let machine = stage.machine().at(&disk.path().join("home"));
    ready.fits(&machine).then_some(machine)
}

/// Reads are answered, whatever else is not.
fn answers(machine: &Workstation, ready: &Ready) -> Result<(), String> {
    for words in [&["generation", "list"][..], &["module", "list"], &["status"]] {
        let ran = machine.json(words);
        if ran.status != Some(0) {
            return Err(format!("unanswered: {ran}"));
        }
    }
    let (number, _) = machine.current();
    let known = [&ready.old, &ready.new].iter().any(|condition| condition.said["number"] == number);
    if known { Ok(()) } else { Err(format!("unreported: generation {number}")) }
}

fn small_disk(stage: &Stage, ready: &Ready, mib: u64) -> Result<(), String> {
    let disk = Tmpfs::mount(mib << 20)?;
    // What was there before does not fit: there is no such machine.
    let Some(machine) = on_disk(stage, ready, &disk) else { return Ok(()) };
    let ran = machine.las(&ready.words());
    if let Some(code) = typed(&ran)? {
        if !["disk-space-short", "disk-full"].contains(&code.as_str()) {
            return Err(format!("untyped: {ran}"));
        }
        let args = &ran.json()["args"];
        if code == "disk-space-short" && (args["needed"].is_null() || args["free"].is_null()) {
            return Err(format!("untyped: how much is needed is not said: {ran}"));
        }
        let found = Condition::of(&machine);
        if let Some(difference) = ready.old.differs(&found) {
            return Err(format!("unreported: changed all the same: {difference}"));
        }
        return answers(&machine, ready);
    }
    judge(&machine, ready, true)
}

fn few_pages(stage: &Stage, ready: &Ready, pages: u64) -> Result<(), String> {
    let disk = Tmpfs::mount(BIG)?;
    let machine = on_disk(stage, ready, &disk).ok_or("a disk too small for what was before")?;
    // Planned while there is space: a plan that does not fit is refused before it begins.
    let mut words = ready.words();
    words.retain(|word| *word != "--yes");
    let planned = machine.las(&words);
    let plan = planned.json()["id"].as_str().ok_or_else(|| format!("no plan: {planned}"))?.to_owned();
    let filler = disk.fill(pages * PAGE);
    let ran = machine.las(&["apply", "--plan", &plan, "--yes", "--json"]);
    let code = typed(&ran)?;
    if code.as_deref().is_some_and(|code| code != "disk-full") {
        return Err(format!("untyped: {ran}"));
    }
    answers(&machine, ready)?;
    std::fs::remove_file(filler).unwrap();
    judge(&machine, ready, acknowledged(&ran))
}

/// Tells whether the call was made, and so failed.
fn failing_call(
    stage: &Stage,
    ready: &Ready,
    strace: &Path,
    point: &Point,
    harm: Harm,
) -> Result<bool, String> {
    let machine = ready.machine(stage);
    let record = machine.outside("trace");
    let ran = inject::begin_harmed(&machine, strace, point, harm, &ready.words(), Some(&record)).wait();
    let code = typed(&ran)?;
    // SQLite tells a write that finds no space from one that fails, and nothing else.
    let tells = ["write", "pwrite64", "mkdir", "symlink", "rename"].contains(&point.call);
    let full = tells && matches!(harm, Harm::FromThenOn("ENOSPC"));
    if full && code.as_deref().is_some_and(|code| !["disk-full", "not loaded"].contains(&code)) {
        return Err(format!("untyped: a full disk is told as {ran}"));
    }
    let record = String::from_utf8_lossy(&std::fs::read(&record).unwrap()).into_owned();
    if matches!(harm, Harm::Once(_)) {
        inject::not_synced_again(&record)?;
    }
    judge(&machine, ready, acknowledged(&ran)).map(|()| record.contains("(INJECTED)"))
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let strace = inject::strace()?;
    drop(Tmpfs::mount(1 << 20).map_err(|lacking| format!("no small disk can be mounted: {lacking}"))?);
    let stage = Stage::new();
    let wanted = stage.changes().into_iter().filter(|change| run.wants(change.name));
    let ready: Vec<Ready> = wanted.map(|change| stage.ready(change)).collect();
    let (mut sizes, mut disks, mut calls) = (Vec::new(), Vec::new(), Vec::new());
    for (change, one) in ready.iter().enumerate() {
        let name = one.change.name;
        sizes.extend(
            SIZES.map(|mib| (format!("{name}/size/{mib}"), Case { change, trouble: Trouble::Size(mib) })),
        );
        disks.extend(
            (0..PAGES).map(|n| (format!("{name}/pages/{n}"), Case { change, trouble: Trouble::Pages(n) })),
        );
        for point in inject::points_of(run, &one.machine(&stage), &strace, &one.words())
            .into_iter()
            .filter(Point::may_fail)
        {
            for error in ERRORS {
                let trouble = Trouble::Call(point.clone(), Harm::FromThenOn(error));
                calls.push((format!("{name}/{error}/{point}"), Case { change, trouble }));
            }
            if ["fsync", "fdatasync"].contains(&point.call) {
                let name = format!("{name}/EIO-once/{point}");
                calls.push((name, Case { change, trouble: Trouble::Call(point, Harm::Once("EIO")) }));
            }
        }
    }
    let mut cases = run.sample(sizes, run.choose(SAMPLE.0 / 2, usize::MAX));
    cases.extend(run.sample(disks, run.choose(SAMPLE.0 / 2, RELEASE.0)));
    cases.extend(run.sample(calls, run.choose(SAMPLE.1, RELEASE.1)));
    let report = run.each(cases, |case| {
        let ready = &ready[case.change];
        match &case.trouble {
            Trouble::Size(mib) => small_disk(&stage, ready, *mib),
            Trouble::Pages(pages) => few_pages(&stage, ready, *pages),
            Trouble::Call(point, harm) => {
                inject::struck(run, || failing_call(&stage, ready, &strace, point, *harm))
            }
        }
    });
    let figure = format!(
        "{} lost, {} unreported, {} by hand, {} not completed, {} untyped, {} panics, {} reads unanswered, {} synced again",
        report.count("lost"),
        report.count("unreported"),
        report.count("by hand"),
        report.count("not completed"),
        report.count("untyped"),
        report.count("panicked"),
        report.count("unanswered"),
        report.count("synced again"),
    );
    Ok(report.with_figure(figure))
}
