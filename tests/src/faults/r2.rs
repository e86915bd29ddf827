//! R2: a change is killed, and the recovery from that is killed as well, or fails with the disk.

use super::changes::{Ready, Stage};
use super::inject::{self, Harm, Point};
use super::judge::judge;
use super::r1::{Kill, sweep};
use super::{Report, Run};
use crate::Workstation;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

const SAMPLE: usize = 30;
const RELEASE: usize = 1000;
/// Draws of a second point until one is met: a recovery may be shorter than the one that points were counted in.
const DRAWS: u32 = 6;

/// What recovers.
const RECOVERY: [&str; 2] = ["doctor", "--json"];

/// Every point of the longest recoveries: those of changes that were stopped in their last step.
fn recoveries(stage: &Stage, strace: &Path, ready: &[Ready], kills: &[(String, Kill)]) -> Vec<Point> {
    let mut points = Vec::new();
    for name in ["apply", "install-many", "remove-many"] {
        let prefix = format!("{name}/rename");
        let last = kills.iter().rfind(|(case, _)| case.starts_with(&prefix)).expect("a rename");
        let machine = ready[last.1.change].machine(stage);
        last.1.strike(stage, &machine, strace, &ready[last.1.change]);
        points.extend(inject::points(&machine, strace, &RECOVERY));
    }
    points.sort();
    points.dedup();
    points
}

/// A machine that was struck twice, and whether the change was acknowledged; none if the second point was never met.
fn twice(
    stage: &Stage,
    strace: &Path,
    ready: &Ready,
    kill: &Kill,
    points: &[Point],
    seed: u64,
) -> (Workstation, bool, bool) {
    let mut random = fastrand::Rng::with_seed(seed);
    for draw in 0.. {
        let machine = ready.machine(stage);
        let (said, _) = kill.strike(stage, &machine, strace, ready);
        let mut point = points[random.usize(..points.len())].clone();
        point.nth = (point.nth >> draw).max(1);
        // A recovery may be killed, or fail with the disk.
        let harm = match random.u8(..4) {
            0 if point.may_fail() => Harm::FromThenOn("EIO"),
            1 if point.may_fail() => Harm::FromThenOn("ENOSPC"),
            _ => Harm::Kill,
        };
        let struck = inject::harmed(&machine, strace, &point, harm, &RECOVERY).status != Some(0);
        if struck || draw == DRAWS {
            return (machine, said, struck);
        }
    }
    unreachable!("the draws end")
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let strace = inject::strace()?;
    let stage = Stage::new();
    // A case is named by its seed: it may be of any change.
    let (ready, kills) = sweep(&Run { only: None, ..run.clone() }, &stage, &strace);
    let points = recoveries(&stage, &strace, &ready, &kills);
    let met = AtomicUsize::new(0);
    let report = run.each(run.seeds(run.choose(SAMPLE, RELEASE)), |seed| {
        let mut random = fastrand::Rng::with_seed(*seed);
        let (name, kill) = &kills[random.usize(..kills.len())];
        let ready = &ready[kill.change];
        let (machine, said, struck) = twice(&stage, &strace, ready, kill, &points, random.u64(..));
        met.fetch_add(usize::from(struck), Ordering::Relaxed);
        judge(&machine, ready, said).map_err(|failure| format!("{failure} (first {name})"))
    });
    let figure = format!(
        "{} lost, {} unreported, {} by hand, {} not completed; {} struck in recovery",
        report.count("lost"),
        report.count("unreported"),
        report.count("by hand"),
        report.count("not completed"),
        met.into_inner()
    );
    Ok(report.with_figure(figure))
}
