//! R1: a change is killed at every system call that changes something, and at every point of its journal.

use super::changes::{Ready, Stage};
use super::inject::{self, Harm, Point};
use super::judge::{acknowledged, judge};
use super::{Report, Run};
use crate::{Ran, Workstation};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Cases of a sample.
const SAMPLE: usize = 300;
/// Cases of a release, drawn from the whole sweep; a shorter one is repeated, since threads take turns differently each time.
const RELEASE: usize = 6_000;

/// One kill.
pub(super) struct Kill {
    /// Index of the change.
    pub(super) change: usize,
    pub(super) at: At,
}

/// Where.
pub(super) enum At {
    Call(Point),
    /// The n-th line of the journal, or named point.
    Journal(u64),
}

/// Every change, ready, and every kill of every change, by name.
pub(super) fn sweep(run: &Run, stage: &Stage, strace: &std::path::Path) -> (Vec<Ready>, Vec<(String, Kill)>) {
    let wanted = stage.changes().into_iter().filter(|change| run.wants(change.name));
    let ready: Vec<Ready> = wanted.map(|change| stage.ready(change)).collect();
    let mut kills = Vec::new();
    for (change, one) in ready.iter().enumerate() {
        let name = one.change.name;
        let machine = one.machine(stage);
        for point in inject::points_of(run, &machine, strace, &one.words()) {
            kills.push((format!("{name}/{point}"), Kill { change, at: At::Call(point) }));
        }
        if intent(stage, name).is_some() {
            let journal = (0..journal_points(stage, one))
                .map(|point| (format!("{name}/journal/{point}"), Kill { change, at: At::Journal(point) }));
            kills.extend(journal);
        }
    }
    (ready, kills)
}

/// The same change as `las-crash` takes it; none for those that it can't make.
fn intent(stage: &Stage, name: &str) -> Option<Value> {
    Some(match name {
        "first-install" | "install" => json!({ "kind": "module_install", "modules": ["hammer@<2"] }),
        "install-many-files" => json!({ "kind": "module_install", "modules": ["saw"] }),
        "install-many" => json!({ "kind": "module_install", "modules": ["chest"] }),
        "upgrade" => json!({ "kind": "module_upgrade", "modules": ["hammer"] }),
        "purge" => json!({ "kind": "module_remove", "modules": ["saw"], "purge": true }),
        "remove" => json!({ "kind": "module_remove", "modules": ["hammer"] }),
        "remove-many" => json!({ "kind": "generation_rollback", "to": 0 }),
        "rollback" => json!({ "kind": "generation_rollback", "to": null }),
        "rollback-forward" => json!({ "kind": "generation_rollback", "to": 1 }),
        "import" => json!({
            "kind": "model_import", "path": stage.file("mine.gguf"), "mode": "copy", "name": null, "base": null,
        }),
        "model-remove" => json!({ "kind": "module_remove", "modules": ["mine"] }),
        "override" => json!({
            "kind": "override_set", "capability": "model-size", "value": "14B", "reason": "tested",
        }),
        "pin" => json!({ "kind": "module_pin", "module": "hammer", "version": "1.0.0" }),
        "unpin" => json!({ "kind": "module_unpin", "module": "hammer" }),
        "module-rollback" => json!({ "kind": "module_rollback", "module": "hammer" }),
        "config" => json!({ "kind": "config_set", "key": "log.level", "value": "info" }),
        _ => return None,
    })
}

fn crashed(stage: &Stage, machine: &Workstation, point: u64, name: &str) -> Ran {
    Ran::run(inject::crashed(machine, point, &intent(stage, name).expect("a change of the journal")))
}

fn journal_points(stage: &Stage, ready: &Ready) -> u64 {
    let ran = crashed(stage, &ready.machine(stage), u64::MAX, ready.change.name).ok();
    ran.stdout.trim().parse().expect("how many points there were")
}

impl Kill {
    /// Kills; tells whether the change said before that it was made, and whether it was killed at all.
    pub(super) fn strike(
        &self,
        stage: &Stage,
        machine: &Workstation,
        strace: &std::path::Path,
        ready: &Ready,
    ) -> (bool, bool) {
        let ran = match &self.at {
            At::Call(point) => inject::harmed(machine, strace, point, Harm::Kill, &ready.words()),
            At::Journal(point) => crashed(stage, machine, *point, ready.change.name),
        };
        // A signal leaves no status.
        (acknowledged(&ran), ran.status.is_none())
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let strace = inject::strace()?;
    let stage = Stage::new();
    let (ready, kills) = sweep(run, &stage, &strace);
    let points = kills.len();
    let kills: Vec<(String, &Kill)> = kills.iter().map(|(name, kill)| (name.clone(), kill)).collect();
    let kills = match run.choose(SAMPLE, RELEASE) {
        count if count <= points || run.only.is_some() => run.sample(kills, count),
        count => kills.iter().cycle().take(count).cloned().collect(),
    };
    let killed = AtomicUsize::new(0);
    let report = run.each(kills, |kill| {
        let ready = &ready[kill.change];
        inject::struck(run, || {
            let machine = ready.machine(&stage);
            let (said, struck) = kill.strike(&stage, &machine, &strace, ready);
            killed.fetch_add(usize::from(struck), Ordering::Relaxed);
            judge(&machine, ready, said).map(|()| struck)
        })
    });
    let figure = format!(
        "{} lost, {} unreported, {} by hand, {} not completed; {} killed, {points} points of {} changes",
        report.count("lost"),
        report.count("unreported"),
        report.count("by hand"),
        report.count("not completed"),
        killed.into_inner(),
        ready.len()
    );
    Ok(report.with_figure(figure))
}
