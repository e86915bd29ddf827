//! Other versions of the engine: healthy ones take over, others give way to the one from before.

use super::crashes::ended_after;
use las_tests::{CHAT_MODEL, Condition, Core, ENGINE, EngineVersions, Workstation, until};
use serde_json::{Value, json};
use std::path::Path;

/// A machine with the shipped engine and the chat model, on which these versions are offered as well.
fn machine(offered: &[(&str, Condition)]) -> Workstation {
    let sick = Path::new(env!("CARGO_BIN_EXE_las-sick-engine"));
    let (machine, versions) = EngineVersions::beside(Workstation::new(), sick);
    machine.install();
    for (version, condition) in offered {
        versions.offer(version, *condition);
    }
    machine
}

fn engine_version(machine: &Workstation) -> String {
    let module = machine.json(&["module", "show", ENGINE]).ok().json();
    module["installed"].as_str().unwrap().to_owned()
}

/// The versions of the engine in the store.
fn stored(machine: &Workstation) -> Vec<String> {
    let mut found: Vec<String> = std::fs::read_dir(machine.home().join("store").join(ENGINE))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.rsplit_once('-').unwrap().0.to_owned())
        .collect();
    found.sort();
    found
}

#[track_caller]
fn answers(core: &Core) {
    let question = json!({ "model": CHAT_MODEL, "temperature": 0, "max_tokens": 40,
        "messages": [{ "role": "user", "content": "What is the capital of Japan?" }] });
    let answer = core.client().post("/v1/chat/completions", &question);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("Tokyo"), "{}", answer.body);
}

/// The version in whose folder the program of the running engine lies.
fn running_version(core: &Core) -> String {
    let pid = core.engine_process(CHAT_MODEL).as_raw_nonzero();
    let program = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap();
    let folder = program.parent().unwrap().file_name().unwrap().to_str().unwrap();
    folder.rsplit_once('-').unwrap().0.to_owned()
}

fn serving(machine: &Workstation) -> Core {
    let core = machine.serve();
    machine.las(&["service", "start", CHAT_MODEL]).ok();
    answers(&core);
    core
}

/// Upgrades to a version that never becomes healthy; the old one answers again, and everything says why.
fn gives_way(condition: Condition, reason: &str, number: &str) {
    let machine = machine(&[("0.6.0", condition)]);
    let core = serving(&machine);
    let refused = machine.las(&["module", "upgrade", "--yes"]).status_is(1);
    let told =
        ["llama.cpp 0.6.0", CHAT_MODEL, "this engine"].iter().all(|word| refused.stderr.contains(word));
    assert!(told, "{refused}");
    // Nobody has to start it: it is there.
    answers(&core);
    assert_eq!(running_version(&core), "0.5.0");
    assert_eq!((engine_version(&machine), stored(&machine)), ("0.5.0".to_owned(), vec!["0.5.0".to_owned()]));

    let operations = core.client().get("/v1/operations").json();
    let failed = operations.as_array().unwrap().iter().find(|one| one["intent"]["kind"] == "module_upgrade");
    let failed = failed.unwrap();
    assert_eq!(failed["state"], "failed", "{failed:#}");
    let (why, args) = (&failed["failure"][0], &failed["failure"][1]);
    assert_eq!(*why, "module-unhealthy", "{failed:#}");
    let said = ["name", "version", "service", "reason", "number"].map(|key| args[key].as_str().unwrap());
    assert_eq!(said, [ENGINE, "0.6.0", CHAT_MODEL, reason, number]);
    assert!(args["detail"].as_str().unwrap().contains("this engine"), "its last lines: {args:#}");
    let shown = machine.las(&["operation", "show", failed["id"].as_str().unwrap()]).ok().stdout;
    assert!(shown.contains("llama.cpp 0.6.0") && shown.contains("this engine"), "{shown}");

    let lines = core.client().get("/v1/audit").json();
    let line = lines.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&line["command"], &line["failure"]["code"]),
        (&json!("module_upgrade"), &json!("module-unhealthy"))
    );
    assert_eq!(line["failure"]["args"]["reason"], reason, "{line:#}");
    assert!(line["outcome"].as_str().unwrap().starts_with("failed "), "{line:#}");
    let listed = machine.las(&["audit", "list"]).ok().stdout;
    assert!(listed.contains("llama.cpp 0.6.0 did not become healthy"), "{listed}");
    machine.las(&["audit", "verify"]).ok();
    machine.is_healthy();
    answers(&core);
}

#[test]
fn a_version_that_never_gets_ready_gives_way_to_the_one_before() {
    gives_way(Condition::Hangs(3), "timeout", "3");
}

#[test]
fn a_version_that_ends_at_once_gives_way_to_the_one_before() {
    gives_way(Condition::Exits, "exited", "3");
}

#[test]
fn a_healthy_version_takes_over_and_going_back_brings_the_other_one() {
    let machine = machine(&[("0.6.0", Condition::Sound)]);
    let core = serving(&machine);
    let plan = machine.json(&["module", "upgrade"]).status_is(6).json();
    let steps: Vec<_> =
        plan["steps"].as_array().unwrap().iter().map(|step| step["action"]["kind"].clone()).collect();
    assert_eq!(steps, ["store_add", "program_verify", "service_stop", "service_start", "store_remove"]);
    machine.las(&["module", "upgrade", ENGINE, "--yes"]).ok();
    answers(&core);
    assert_eq!(running_version(&core), "0.6.0");
    assert_eq!((engine_version(&machine), stored(&machine)), ("0.6.0".to_owned(), vec!["0.6.0".to_owned()]));
    // There is nothing left to do, and that is no failure.
    let nothing = machine.json(&["module", "upgrade", "--yes"]).ok().json();
    assert_eq!(nothing["steps"], json!([]), "{nothing:#}");
    machine.las(&["module", "rollback", ENGINE, "--yes"]).ok();
    answers(&core);
    assert_eq!((running_version(&core), engine_version(&machine)), ("0.5.0".to_owned(), "0.5.0".to_owned()));
    // From here the way back leads forward again.
    let module = machine.json(&["module", "show", ENGINE]).ok().json();
    assert_eq!(module["previous"], "0.6.0");
    machine.json(&["module", "rollback", CHAT_MODEL, "--yes"]).fails("module-no-earlier", 5);
    machine.json(&["module", "rollback", "nothing", "--yes"]).fails("module-not-found", 5);
    machine.is_healthy();
}

#[test]
fn a_pin_holds_until_it_is_lifted() {
    let machine = machine(&[("0.6.0", Condition::Sound)]);
    machine.json(&["module", "pin", "llama.cpp@0.6.0", "--yes"]).fails("pin-elsewhere", 2);
    machine.json(&["module", "pin", "nothing@1.0.0", "--yes"]).fails("module-not-found", 5);
    machine.json(&["module", "unpin", ENGINE, "--yes"]).fails("pin-not-found", 5);
    let early = machine.json(&["module", "upgrade"]).status_is(6).json();
    machine.las(&["module", "pin", "llama.cpp@0.5.0", "--yes"]).ok();
    // A plan from before would break it.
    machine.json(&["apply", "--plan", early["id"].as_str().unwrap(), "--yes"]).fails("plan-outruled", 6);
    assert_eq!(machine.json(&["module", "show", ENGINE]).ok().json()["pinned"], "0.5.0");
    let listed = machine.las(&["module", "list"]).ok().stdout;
    assert!(listed.contains("0.5.0 ⚑"), "{listed}");
    assert_eq!(machine.json(&["module", "upgrade", "--yes"]).ok().json()["steps"], json!([]));
    let refused =
        machine.json(&["module", "install", "llama.cpp@0.6.0", "--yes"]).fails("module-pinned", 4).json();
    assert_eq!(refused["args"]["name"], "llama.cpp 0.5.0");
    assert_eq!(machine.current().0, 1, "pins make no generation");
    machine.las(&["module", "unpin", ENGINE, "--yes"]).ok();
    machine.las(&["module", "upgrade", "--yes"]).ok();
    assert_eq!(engine_version(&machine), "0.6.0");
    // To where a pin stands in the way, neither a module nor a generation goes back.
    machine.las(&["module", "pin", "llama.cpp@0.6.0", "--yes"]).ok();
    machine.json(&["module", "rollback", ENGINE, "--yes"]).fails("module-pinned", 4);
    machine.json(&["generation", "rollback", "--yes"]).fails("module-pinned", 4);
    let commands: Vec<Value> = machine
        .json(&["audit", "list"])
        .ok()
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["command"].clone())
        .collect();
    assert_eq!(commands, ["module_install", "module_pin", "module_unpin", "module_upgrade", "module_pin"]);
    machine.is_healthy();
}

/// After a stop in the middle of an upgrade with a running service.
fn recovered(machine: &Workstation, what: &str) {
    let report = machine.json(&["doctor"]).ok().json();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().all(|one| one["repaired"] == true), "{what}: {report:#}");
    let named = |one: &Value| one["key"] == "service-ended" && one["args"]["name"] == CHAT_MODEL;
    // Either it goes on, or it is named: it can't be both.
    let services = machine.json(&["service", "list"]).ok().json();
    let goes_on = services.as_array().unwrap().iter().any(|one| one["state"] == "ready");
    assert_ne!(findings.iter().any(named), goes_on, "{what}: {report:#} {services:#}");
    let version = engine_version(machine);
    assert_eq!(stored(machine), [version], "{what}");
    assert!(
        machine.contents().iter().all(|path| !path.starts_with("staging/")),
        "{what}: {:?}",
        machine.contents()
    );
    machine.is_healthy();
    machine.las(&["run", CHAT_MODEL, "What is VRAM?"]).ok();
}

/// One machine a point, until the operation gets through.
fn at_every_point(condition: Condition, ends: &str) {
    let start = json!({ "kind": "model_load", "model": CHAT_MODEL }).to_string();
    let upgrade = json!({ "kind": "module_upgrade", "modules": [] }).to_string();
    for point in 0..60 {
        let machine = machine(&[("0.6.0", condition)]);
        if !ended_after(&machine, point, &[&upgrade, &start, ends]) {
            assert!(point >= 13, "only {point} points: the test stops nothing");
            return;
        }
        recovered(&machine, &format!("point {point}"));
    }
    panic!("the operation has no end");
}

#[test]
fn a_kill_at_every_point_of_an_upgrade_with_a_running_service_leaves_old_or_new() {
    at_every_point(Condition::Sound, "succeeded");
}

#[test]
fn a_kill_at_every_point_of_an_upgrade_that_gives_way_leaves_the_old() {
    at_every_point(Condition::Exits, "failed");
}

#[test]
fn the_data_of_a_service_stays_until_it_is_purged() {
    let machine = machine(&[]);
    let data = machine.home().join("services").join(CHAT_MODEL).join("data");
    let fill = || {
        std::fs::create_dir_all(data.join("deep")).unwrap();
        std::fs::write(data.join("deep/notes"), vec![7; 1234]).unwrap();
    };
    fill();
    let plan = machine.json(&["module", "remove", CHAT_MODEL]).status_is(6).json();
    assert_eq!(plan["notes"], json!([{ "key": "data-stays", "args": {} }]), "{plan:#}");
    machine.las(&["module", "remove", CHAT_MODEL, "--yes"]).ok();
    assert!(data.join("deep/notes").exists());
    machine.is_healthy();
    // What was left can be purged later, and what is nowhere is named.
    let plan = machine.json(&["module", "remove", CHAT_MODEL, "--purge"]).status_is(6).json();
    assert_eq!(
        (&plan["notes"], &plan["totals"]["freed"]),
        (&json!([{ "key": "data-lost", "args": {} }]), &json!(1234)),
        "{plan:#}"
    );
    assert_eq!(plan["steps"][0]["action"], json!({ "kind": "data_remove", "service": CHAT_MODEL }));
    machine.las(&["module", "remove", CHAT_MODEL, "--purge", "--yes"]).ok();
    assert!(!data.exists());
    machine.json(&["module", "remove", CHAT_MODEL, "--purge", "--yes"]).fails("module-not-found", 5);
    // Cut off in the middle, it comes back.
    machine.install();
    fill();
    let purge = json!({ "kind": "module_remove", "modules": [CHAT_MODEL], "purge": true }).to_string();
    assert!(ended_after(&machine, 3, &[&purge]));
    machine.json(&["doctor"]).ok();
    assert_eq!(std::fs::read(data.join("deep/notes")).unwrap(), vec![7; 1234]);
    machine.las(&["model", "verify"]).ok();
    machine.las(&["module", "remove", CHAT_MODEL, "--purge", "--yes"]).ok();
    assert!(!data.exists());
    until("nothing in staging", || {
        machine.contents().iter().all(|path| !path.starts_with("staging/")).then_some(())
    });
    machine.is_healthy();
}
