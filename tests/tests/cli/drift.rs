//! Drift made by hand, of each kind: found by a core that lives long, and put right or named.

mod elsewhere;
mod services;

use las_tests::{CHAT_MODEL, Core, ENGINE, Workstation, until};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A machine with the engine and the model, and a core that looks every second.
pub(super) fn watched(policy: &str) -> (Workstation, Core) {
    let machine = Workstation::new().reconciling(policy);
    machine.install();
    let core = machine.serve();
    until("the first pass that reads", || core.reconciled()["checked"].as_u64().filter(|count| *count > 3));
    assert_eq!(core.open_drift(), [""; 0]);
    (machine, core)
}

fn below(folder: &Path, name: &str) -> Option<PathBuf> {
    std::fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() { below(&path, name) } else { (entry.file_name() == name).then_some(path) }
    })
}

/// The engine's program in the store.
pub(super) fn program(machine: &Workstation) -> PathBuf {
    below(&machine.home().join("store"), "llama-server").expect("the engine's program")
}

/// The bytes of the chat model.
fn blob(machine: &Workstation) -> PathBuf {
    let mut blobs = std::fs::read_dir(machine.home().join("models/blobs/sha256")).unwrap();
    blobs.next().unwrap().unwrap().path()
}

fn flip(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

/// Repaired by a plan like every change: an operation of the reconciler, with its line in the ledger.
fn was_repaired_by_an_operation(machine: &Workstation, what: &str) {
    let operations = machine.json(&["operation", "list"]).ok().json();
    let repair = operations.as_array().unwrap().iter().find(|one| one["actor"] == "reconciler").cloned();
    let repair = repair.unwrap_or_else(|| panic!("no repair: {operations:#}"));
    assert_eq!((&repair["state"], &repair["intent"]["kind"]), (&json!("succeeded"), &json!("doctor_repair")));
    assert!(repair["intent"].to_string().contains(what), "{repair:#}");
    let lines = machine.json(&["audit", "list"]).ok().json();
    assert!(lines.as_array().unwrap().iter().any(|line| line["actor"] == "reconciler"), "{lines:#}");
}

#[test]
fn files_of_a_module_that_are_missing_changed_or_have_other_rights_are_put_back() {
    let (machine, core) = watched("");
    let program = program(&machine);
    let before = std::fs::read(&program).unwrap();
    std::fs::remove_file(&program).unwrap();
    let found = core.puts_right("item-missing", 1);
    assert_eq!(found["finding"]["args"]["name"], ENGINE, "{found:#}");
    was_repaired_by_an_operation(&machine, ENGINE);
    assert_eq!(std::fs::read(&program).unwrap(), before);
    // Another content of the same length, which only reading shows.
    flip(&program);
    core.puts_right("item-damaged", 1);
    assert_eq!(std::fs::read(&program).unwrap(), before);
    core.calms_down();
    machine.is_healthy();
    assert_eq!(machine.current().0, 1, "what is installed is the same");
}

#[test]
fn other_rights_are_given_back() {
    let (machine, core) = watched("");
    let program = program(&machine);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o644)).unwrap();
    core.puts_right("item-mode", 1);
    assert_eq!(program.metadata().unwrap().permissions().mode() & 0o777, 0o755);
    // Rights that are no part of the digest count too.
    let blob = blob(&machine);
    std::fs::set_permissions(&blob, std::fs::Permissions::from_mode(0o666)).unwrap();
    core.puts_right("item-mode", 2);
    assert_eq!(blob.metadata().unwrap().permissions().mode() & 0o777, 0o644);
    core.calms_down();
    machine.is_healthy();
}

#[test]
fn bytes_and_names_of_a_model_are_put_back() {
    let (machine, core) = watched("");
    let (blob, name) = (blob(&machine), machine.home().join("models/builtin").join(CHAT_MODEL).join("1.0.0"));
    let before = std::fs::read(&blob).unwrap();
    flip(&blob);
    core.puts_right("item-damaged", 1);
    assert_eq!(std::fs::read(&blob).unwrap(), before);
    std::fs::remove_file(&blob).unwrap();
    core.puts_right("item-missing", 1);
    assert_eq!(std::fs::read(&blob).unwrap(), before);
    was_repaired_by_an_operation(&machine, CHAT_MODEL);
    core.calms_down();
    drop(core);
    // A name that leads elsewhere: twice repaired within the hour is enough, so a person says so.
    let target = std::fs::read_link(&name).unwrap();
    std::fs::remove_file(&name).unwrap();
    std::os::unix::fs::symlink("/nowhere", &name).unwrap();
    machine.json(&["doctor", "--repair"]).ok();
    assert_eq!(std::fs::read_link(&name).unwrap(), target);
    machine.is_healthy();
}

#[test]
fn what_belongs_to_nothing_is_named_and_goes_when_a_person_says_so() {
    let (machine, core) = watched("");
    let extra = program(&machine).with_file_name("extra");
    std::fs::write(&extra, "mine").unwrap();
    let stray = machine.home().join("store/nobody/1.0.0");
    std::fs::create_dir_all(&stray).unwrap();
    for (kind, path) in [("item-extra", &extra), ("stray-file", &stray)] {
        let found = core.names(kind);
        assert_eq!(found["outcome"], "named", "{found:#}");
        assert!(path.to_str().unwrap().ends_with(found["args"]["path"].as_str().unwrap()), "{found:#}");
    }
    core.looks_again(2);
    assert!(extra.exists() && stray.exists(), "nobody said that it may go");
    assert_eq!(core.operations(), 1);
    let status = machine.las(&["status"]).ok().stdout;
    assert!(status.contains("store/nobody/1.0.0") && status.contains("las doctor --repair"), "{status}");
    let report = machine.json(&["doctor", "--repair"]).ok().json();
    assert!(report["findings"].as_array().unwrap().iter().all(|one| one["repaired"] == true), "{report:#}");
    assert!(!extra.exists() && !stray.exists());
    machine.is_healthy();
}

#[test]
fn records_of_generations_are_written_again() {
    let (machine, core) = watched("");
    let lock = machine.home().join("generations/1.lock");
    let before = std::fs::read(&lock).unwrap();
    std::fs::remove_file(&lock).unwrap();
    core.puts_right("generation-lock-missing", 1);
    assert_eq!(std::fs::read(&lock).unwrap(), before);
    let text = String::from_utf8(before.clone()).unwrap();
    std::fs::write(&lock, text.replacen("llama", "lemma", 1)).unwrap();
    core.puts_right("generation-lock-edited", 1);
    assert_eq!(std::fs::read(&lock).unwrap(), before);
    core.calms_down();
    machine.is_healthy();
}

#[test]
fn what_comes_back_after_two_repairs_is_left_and_named_with_its_history() {
    let (machine, core) = watched("");
    let lock = machine.home().join("generations/1.lock");
    for times in 1..=2 {
        std::fs::remove_file(&lock).unwrap();
        core.puts_right("generation-lock-missing", times);
    }
    std::fs::remove_file(&lock).unwrap();
    let found = core.names("generation-lock-missing");
    assert_eq!(found["outcome"], "left", "{found:#}");
    assert_eq!(found["repairs"].as_array().unwrap().len(), 2, "{found:#}");
    let moment = |value: &Value| value.as_str().unwrap().parse::<las_types::Timestamp>().unwrap();
    let waits = moment(&found["again_at"]).duration_since(moment(&found["repairs"][0]));
    assert_eq!(waits.as_secs(), 3600, "{found:#}");
    let operations = core.operations();
    core.looks_again(3);
    assert_eq!(core.operations(), operations, "nothing more is tried");
    assert!(!lock.exists());
    // It is on record: the next core leaves it too, and a person may still say so.
    drop(core);
    let core = machine.serve();
    assert_eq!(core.names("generation-lock-missing")["outcome"], "left");
    machine.json(&["doctor", "--repair"]).ok();
    assert!(lock.exists());
    core.calms_down();
}

#[test]
fn a_policy_that_only_names_repairs_nothing() {
    let (machine, core) = watched("  repair: { files: name, records: name }\n");
    std::fs::remove_file(program(&machine)).unwrap();
    std::fs::remove_file(machine.home().join("generations/1.lock")).unwrap();
    for kind in ["item-missing", "generation-lock-missing"] {
        assert_eq!(core.names(kind)["outcome"], "named");
    }
    core.looks_again(2);
    assert_eq!(core.operations(), 1);
    let report = machine.json(&["doctor"]);
    assert_eq!(report.status, Some(9), "{report}");
}

#[test]
fn a_command_that_is_the_core_itself_says_at_once_what_is_missing() {
    let machine = Workstation::installed();
    std::fs::remove_file(program(&machine)).unwrap();
    let status = machine.json(&["status"]).ok().json();
    let found = &status["reconciled"]["findings"][0];
    assert_eq!((&found["key"], &found["outcome"]), (&json!("item-missing"), &json!("pending")), "{found:#}");
    assert!(!machine.home().join("proven.json").exists(), "a glance reads nothing");
    assert_eq!(machine.json(&["operation", "list"]).ok().json().as_array().unwrap().len(), 1, "nor repairs");
    machine.json(&["doctor", "--repair"]).ok();
    machine.is_healthy();
}
