//! The core ends, as by a power cut, at each point of an operation in turn.

use las_tests::{CHAT_MODEL, ENGINE, Ran, Workstation, until};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Stdio;

/// More than any operation here has.
const POINTS: u64 = 60;

/// Runs the intent; tells whether the core was ended at the point, or the operation ended before it.
fn ended_at(machine: &Workstation, point: u64, intent: &Value) -> bool {
    ended_after(machine, point, &[&intent.to_string()])
}

/// Like [`ended_at`], with what `las-crash` takes after the point.
pub(super) fn ended_after(machine: &Workstation, point: u64, rest: &[&str]) -> bool {
    let program = Path::new(env!("CARGO_BIN_EXE_las-crash"));
    let point = point.to_string();
    let ran = Ran::run(machine.command(program, &[&[&*point], rest].concat()));
    // A signal leaves no status.
    assert!(ran.status.is_none_or(|status| status == 0), "{ran}");
    ran.status.is_none()
}

/// After a stop: the doctor is clean or names what it repaired, and the state is the old one or the new one.
fn recovered(machine: &Workstation, old: &[&str], new: &[&str], what: &str) {
    let report = machine.json(&["doctor"]);
    assert_eq!(report.status, Some(0), "{what}: {report}");
    for finding in report.json()["findings"].as_array().unwrap() {
        assert_eq!(finding["repaired"], true, "{what}: {finding:#}");
    }
    let (_, names) = machine.current();
    assert!(names == old || names == new, "{what}: {names:?}");
    assert!(
        machine.contents().iter().all(|path| !path.starts_with("staging/")),
        "{what}: {:?}",
        machine.contents()
    );
    // The doctor of the next command finds nothing at all.
    machine.is_healthy();
}

/// One machine a point, until an operation gets through.
fn at_every_point(intent: &Value, prepare: fn() -> Workstation, check: fn(&Workstation, &str)) {
    for point in 0..POINTS {
        let machine = prepare();
        let stopped = ended_at(&machine, point, intent);
        check(&machine, &format!("point {point}"));
        if !stopped {
            // Two lines a step, and three points after the commit.
            assert!(point >= 7, "only {point} points: the test stops nothing");
            return;
        }
    }
    panic!("more than {POINTS} points");
}

fn install() -> Value {
    json!({ "kind": "module_install", "modules": [ENGINE, CHAT_MODEL] })
}

fn the_second_try_completes(machine: &Workstation, what: &str) {
    recovered(machine, &[], &[CHAT_MODEL, ENGINE], what);
    machine.install();
    assert_eq!(machine.current().1, [CHAT_MODEL, ENGINE], "{what}");
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
}

pub(super) fn of_an_install() {
    at_every_point(&install(), Workstation::new, the_second_try_completes);
}

/// A sync that was answered with success was believed, though the next thing that was written failed.
#[test]
fn what_is_committed_while_the_disk_gives_up_is_not_told_as_done() {
    let machine = Workstation::new();
    let intent = json!({ "kind": "module_install", "modules": [CHAT_MODEL] }).to_string();
    let program = Path::new(env!("CARGO_BIN_EXE_las-crash"));
    Ran::run(machine.command(program, &["gives-up", &intent, "null", "failed"])).status_is(0);
    let mark = machine.home().join("ledger.head.new");
    assert!(mark.is_symlink());
    std::fs::remove_file(mark).unwrap();
    // Here it had been written after all, which the next core finds.
    recovered(&machine, &[], &[CHAT_MODEL], "after it gave up");
    assert_eq!(machine.current().1, [CHAT_MODEL]);
}

#[test]
fn a_kill_at_every_point_of_undoing_a_killed_install_loses_nothing() {
    // Stopped in its last step, so that the next core has everything to undo, and is stopped there as well.
    let stopped = || {
        let machine = Workstation::new();
        assert!(ended_at(&machine, 4, &install()));
        machine
    };
    at_every_point(&install(), stopped, the_second_try_completes);
}

#[test]
fn what_can_not_be_undone_keeps_what_undoing_needs() {
    let machine = Workstation::installed();
    // Everything is moved out and nothing is committed; then something is in the way of the way back.
    assert!(ended_at(&machine, 3, &json!({ "kind": "generation_rollback", "to": 0 })));
    let place = machine.home().join("store").join(ENGINE);
    if place.exists() {
        std::fs::remove_dir(&place).unwrap();
    }
    std::fs::write(&place, "in the way").unwrap();
    for arguments in [&["doctor"][..], &["doctor", "--repair"], &["doctor"]] {
        let report = machine.json(arguments).json();
        let findings = report["findings"].as_array().unwrap();
        let unfinished = |one: &Value| one["key"] == "operation-unfinished" && one["repaired"] == false;
        assert!(findings.iter().any(unfinished), "{report:#}");
        assert!(
            machine.contents().iter().any(|path| path.starts_with("staging/")),
            "{:?}",
            machine.contents()
        );
    }
    std::fs::remove_file(&place).unwrap();
    recovered(&machine, &[CHAT_MODEL, ENGINE], &[CHAT_MODEL, ENGINE], "out of the way");
    machine.las(&["model", "verify"]).ok();
    machine.las(&["run", CHAT_MODEL, "What is VRAM?"]).ok();
}

#[test]
fn what_could_not_be_undone_is_undone_by_a_core_that_runs_once_its_disk_is_back_and_nothing_is_in_the_way() {
    let machine = Workstation::new().reconciling("");
    machine.install();
    assert!(ended_at(&machine, 3, &json!({ "kind": "generation_rollback", "to": 0 })));
    let place = |home: &Path| home.join("store").join(ENGINE);
    if place(machine.home()).exists() {
        std::fs::remove_dir(place(machine.home())).unwrap();
    }
    std::fs::write(place(machine.home()), "in the way").unwrap();
    let core = machine.serve();
    let aside = machine.outside("aside");
    std::fs::rename(machine.home(), &aside).unwrap();
    core.names("disk-gone");
    std::fs::remove_file(place(&aside)).unwrap();
    std::fs::rename(&aside, machine.home()).unwrap();
    until("what was moved away is back", || place(machine.home()).is_dir().then_some(()));
    let staged = || machine.contents().into_iter().filter(|path| path.starts_with("staging/")).count();
    until("nothing is left of it", || (staged() == 0).then_some(()));
    core.calms_down();
    drop(core);
    machine.is_healthy();
    assert_eq!(machine.current().1, [CHAT_MODEL, ENGINE]);
}

pub(super) fn of_a_rollback() {
    let intent = json!({ "kind": "generation_rollback", "to": 0 });
    at_every_point(&intent, Workstation::installed, |machine, what| {
        recovered(machine, &[CHAT_MODEL, ENGINE], &[], what);
        machine.las(&["generation", "rollback", "0", "--yes"]).ok();
        assert_eq!(machine.current().1, [""; 0], "{what}");
        let left: Vec<_> =
            machine.contents().into_iter().filter(|path| !path.starts_with("generations/")).collect();
        assert_eq!(left, [""; 0], "{what}");
        machine.is_healthy();
    });
}

fn bytes_under(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_under(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

#[test]
fn a_kill_in_the_middle_of_copying_loses_nothing() {
    for written in [1, 4_000_000, 20_000_000] {
        let machine = Workstation::new();
        let mut command = machine.las_command(&["module", "install", ENGINE, CHAT_MODEL, "--yes"]);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("bytes in staging, or the end", || {
            let enough = bytes_under(&machine.home().join("staging")) >= written;
            (enough || child.try_wait().unwrap().is_some()).then_some(())
        });
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert!(status.success() || status.signal() == Some(Signal::KILL.as_raw()), "{status}");
        recovered(&machine, &[], &[CHAT_MODEL, ENGINE], &format!("{written} bytes"));
        machine.install();
        machine.las(&["model", "verify"]).ok();
    }
}
