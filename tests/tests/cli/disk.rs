//! A full disk.

use las_tests::{CHAT_MODEL, ENGINE, Tmpfs, Workstation, skip};

const MB: u64 = 1_000_000;

/// A machine whose data lies on a disk of that size; none, and counted as skipped, where we may not mount one.
fn with_disk(test: &str, bytes: u64) -> Option<(Workstation, Tmpfs)> {
    match Tmpfs::mount(bytes) {
        Ok(disk) => Some((Workstation::new().at(disk.path()), disk)),
        Err(reason) => {
            skip(test, &format!("no small disk can be mounted: {reason}"));
            None
        }
    }
}

#[test]
fn a_plan_that_does_not_fit_is_refused_before_it_begins() {
    let Some((machine, _disk)) =
        with_disk("cli::disk::a_plan_that_does_not_fit_is_refused_before_it_begins", 40 * MB)
    else {
        return;
    };
    let ran = machine.json(&["module", "install", ENGINE, CHAT_MODEL, "--yes"]).fails("disk-space-short", 3);
    let args = ran.json()["args"].clone();
    assert!(!args["needed"].is_null() && !args["free"].is_null(), "{args:#}");
    assert_eq!(machine.contents(), [""; 0]);
    machine.is_healthy();
    // What fits can still be done.
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
}

#[test]
fn a_disk_that_fills_up_in_the_middle_loses_nothing() {
    let Some((machine, disk)) =
        with_disk("cli::disk::a_disk_that_fills_up_in_the_middle_loses_nothing", 120 * MB)
    else {
        return;
    };
    // Full in the second step, in the first, and before there is room for the journal.
    for leaving in [20 * MB, 4 * MB, 60_000] {
        let plan = machine.json(&["module", "plan", ENGINE, CHAT_MODEL]).ok().json();
        let filler = disk.fill(leaving);
        machine.json(&["apply", "--plan", plan["id"].as_str().unwrap(), "--yes"]).fails("disk-full", 1);
        std::fs::remove_file(filler).unwrap();
        assert_eq!(machine.contents(), [""; 0], "nothing half-made stays ({leaving})");
        let report = machine.json(&["doctor"]);
        assert_eq!(report.status, Some(0), "{leaving}: {report}");
        assert_eq!(machine.current(), (0, vec![]));
    }
    machine.install();
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
}

#[test]
fn a_full_disk_is_named_by_every_command() {
    let Some((machine, disk)) = with_disk("cli::disk::a_full_disk_is_named_by_every_command", 60 * MB) else {
        return;
    };
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    let filler = disk.fill(0);
    for arguments in [&["status"][..], &["module", "plan", ENGINE], &["model", "verify"]] {
        let ran = machine.json(arguments);
        // Looking may still work; what does not says why.
        assert!(
            ran.status == Some(0)
                || ["disk-full", "disk-space-short"].contains(&ran.code().unwrap_or_default().as_str()),
            "{ran}"
        );
    }
    std::fs::remove_file(filler).unwrap();
    machine.is_healthy();
    machine.las(&["model", "verify"]).ok();
}

#[test]
fn a_disk_that_may_not_be_written_still_answers_and_says_so() {
    // Found by R8: where nothing could be written, not even what is there was told.
    let test = "cli::disk::a_disk_that_may_not_be_written_still_answers_and_says_so";
    let Some((machine, disk)) = with_disk(test, 60 * MB) else { return };
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    let filler = disk.fill(0);
    for (state, code) in [("full", "disk-full"), ("read-only", "permission-denied")] {
        if state == "read-only" {
            disk.remount("ro").unwrap();
        }
        assert_eq!(machine.current(), (1, vec![CHAT_MODEL.to_owned()]), "{state}");
        let status = machine.json(&["status"]).ok().json();
        let warnings = status["warnings"].as_array().unwrap();
        let told = warnings.iter().find(|one| one["key"] == "reading-only").expect(state);
        assert_eq!(told["args"]["code"], code, "{told:#}");
        machine
            .json(&["module", "remove", CHAT_MODEL, "--yes"])
            .fails(code, if code == "disk-full" { 1 } else { 8 });
        machine.json(&["token", "create", "nobody"]).fails(code, if code == "disk-full" { 1 } else { 8 });
    }
    disk.remount("rw").unwrap();
    std::fs::remove_file(filler).unwrap();
    assert_eq!(machine.json(&["status"]).ok().json()["generation"], 1);
    machine.las(&["module", "remove", CHAT_MODEL, "--yes"]).ok();
    machine.is_healthy();
}
