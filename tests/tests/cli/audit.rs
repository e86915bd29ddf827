//! The ledger: read, checked, and what happens when somebody changes it.

use las_tests::{CHAT_MODEL, Workstation};
use serde_json::{Value, json};

/// A machine with three operations in its ledger, and one of its state when it had one.
fn machine() -> (Workstation, Vec<u8>) {
    let machine = Workstation::new();
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    let early = std::fs::read(machine.home().join("state.db")).unwrap();
    machine.las(&["module", "remove", CHAT_MODEL, "--yes"]).ok();
    machine.las(&["generation", "rollback", "--yes"]).ok();
    (machine, early)
}

fn change(machine: &Workstation, from: &[u8], to: &[u8]) {
    let path = machine.home().join("state.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let places: Vec<usize> = bytes
        .windows(from.len())
        .enumerate()
        .filter(|(_, window)| *window == from)
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    std::fs::write(&path, bytes).unwrap();
}

#[test]
fn every_operation_has_its_line() {
    let (machine, _) = machine();
    let lines = machine.json(&["audit", "list"]).ok().json();
    let commands: Vec<_> = lines.as_array().unwrap().iter().map(|line| line["command"].clone()).collect();
    assert_eq!(commands, ["module_install", "module_remove", "generation_rollback"]);
    for pair in lines.as_array().unwrap().windows(2) {
        assert_eq!(pair[0]["hash"], pair[1]["previous"]);
    }
    assert_eq!(machine.json(&["audit", "show", "2"]).ok().json(), lines[1]);
    machine.json(&["audit", "show", "4"]).fails("audit-line-not-found", 5);
    let verified = machine.json(&["audit", "verify"]).ok().json();
    assert_eq!((&verified["count"], &verified["head"]), (&json!(3), &lines[2]["hash"]));
    assert_eq!((&verified["anchored"], &verified["anchor_signed"]), (&json!(3), &json!(true)));
    assert_eq!((&verified["ok"], &verified["failure"]), (&json!(true), &Value::Null));
    let exported = machine.las(&["audit", "export"]).ok().stdout;
    let mut exported: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // The last says where the export ends.
    assert_eq!(exported.pop().unwrap(), verified["checkpoints"][0]);
    assert_eq!(Value::from(exported), lines);
    // The anchor stands for the last of them.
    let anchor: Value =
        serde_json::from_slice(&std::fs::read(machine.home().join("ledger.head")).unwrap()).unwrap();
    assert_eq!((&anchor["count"], &anchor["head"]), (&json!(3), &lines[2]["hash"]));
    assert_eq!(anchor["begun"], lines[2]["operation"]);
}

#[test]
fn the_ledger_is_read_page_by_page() {
    let (machine, _) = machine();
    let core = machine.serve();
    let lines = machine.json(&["audit", "list"]).ok().json();
    let all = lines.as_array().unwrap();
    for (limit, before, expected) in [
        ("2", "", &all[all.len() - 2..]),
        ("2", "3", &all[..2]),
        ("1", "2", &all[..1]),
        ("0", "", &all[..0]),
        ("5", "1", &all[..0]),
        ("", "3", &all[..2]),
        ("99", "", &all[..]),
    ] {
        let (mut arguments, mut query) = (vec!["audit", "list"], Vec::new());
        for (name, value) in [("limit", limit), ("before", before)] {
            if !value.is_empty() {
                arguments.extend([if name == "limit" { "--limit" } else { "--before" }, value]);
                query.push(format!("{name}={value}"));
            }
        }
        assert_eq!(machine.json(&arguments).ok().json(), json!(expected), "{arguments:?}");
        assert_eq!(core.client().get(&format!("/v1/audit?{}", query.join("&"))).json(), json!(expected));
    }
    assert_eq!(core.client().get("/v1/audit?limit=few").status, 400);
}

#[test]
fn a_tampered_row_is_put_right_and_told() {
    let (machine, _) = machine();
    let lines = machine.json(&["audit", "list"]).ok().json();
    // In the ledger and in the plans; SQLite notices neither.
    change(&machine, b"module_remove", b"module_remote");
    machine.las(&["audit", "verify"]).ok();
    let report = machine.json(&["doctor"]).ok().json();
    assert_eq!(report["findings"][0]["key"], "state-restored", "{report:#}");
    // Every line is there again, and one more that says so.
    let mut after = machine.json(&["audit", "list"]).ok().json();
    let last = after.as_array_mut().unwrap().pop().unwrap();
    assert_eq!((&last["command"], &after), (&json!("state-restored"), &lines), "nothing lost");
    machine.las(&["doctor", "--repair"]).ok();
    machine.is_healthy();
}

#[test]
fn a_tampered_row_without_a_whole_copy_fails_the_check() {
    let (machine, _) = machine();
    change(&machine, b"module_remove", b"module_remote");
    for copy in ["state.snapshot.db", "state.snapshot.previous.db"] {
        std::fs::write(machine.home().join(copy), b"no copy").unwrap();
    }
    machine.json(&["audit", "verify"]).fails("state-corrupt", 9);
    machine.json(&["audit", "export"]).fails("state-corrupt", 9);
}

#[test]
fn an_export_is_checked_without_the_machine() {
    let (machine, _) = machine();
    let export = machine.las(&["audit", "export"]).ok().stdout;
    let elsewhere = Workstation::new();
    let file = elsewhere.home().with_extension("jsonl");
    let path = file.to_str().unwrap();
    std::fs::write(&file, &export).unwrap();
    let verified = elsewhere.json(&["audit", "verify", "--file", path]).ok().json();
    assert_eq!((&verified["count"], &verified["ok"]), (&json!(3), &json!(true)));
    std::fs::write(&file, export.replace("module_remove", "module_remote")).unwrap();
    let refused = elsewhere.json(&["audit", "verify", "--file", path]);
    assert_eq!(refused.status, Some(9), "{refused}");
    std::fs::write(&file, export.replace("sha256", "sha257")).unwrap();
    assert_eq!(elsewhere.las(&["audit", "verify", "--file", path]).status, Some(9));
    elsewhere.json(&["audit", "verify", "--file", "/nowhere.jsonl"]).fails("file-not-found", 5);
}

#[test]
fn a_ledger_short_of_its_anchor_fails_the_check_under_a_running_core() {
    let (machine, _) = machine();
    let core = machine.serve();
    machine.las(&["audit", "verify"]).ok();
    std::fs::write(machine.home().join("ledger.head"), json!({ "count": 4, "head": "x" }).to_string())
        .unwrap();
    let refused = machine.json(&["audit", "verify"]);
    assert_eq!(refused.status, Some(9), "{refused}");
    let verified = refused.json();
    assert_eq!((&verified["ok"], &verified["failure"]["code"]), (&json!(false), &json!("state-corrupt")));
    assert_eq!(machine.las(&["audit", "export"]).status, Some(9));
    drop(core);
}

#[test]
fn a_ledger_that_was_rolled_back_is_named_and_the_repair_says_what_is_lost() {
    let (machine, early) = machine();
    // An older copy of everything in the database is sound in itself.
    for name in ["state.db", "state.snapshot.db"] {
        std::fs::write(machine.home().join(name), &early).unwrap();
    }
    let refused = machine.json(&["status"]).fails("state-corrupt", 9);
    assert!(refused.json()["args"]["detail"].as_str().unwrap().contains("lacks 2 of the 3"), "{refused}");
    let report = machine.json(&["doctor", "--repair"]).ok().json();
    let lost = report["findings"].as_array().unwrap().iter().find(|one| one["key"] == "ledger-lines-lost");
    assert_eq!(lost.expect("named")["args"]["count"], "2", "{report:#}");
    let verified = machine.json(&["audit", "verify"]).ok().json();
    // The one that was there, and two that say which lines and which generations were lost.
    assert_eq!(verified["count"], 3);
    machine.is_healthy();
}

#[test]
fn an_anchor_that_is_missing_is_named_and_made_again_without_a_loss() {
    let (machine, _) = machine();
    let (generations, lines) = (machine.generations(), machine.json(&["audit", "list"]).ok().json());
    std::fs::remove_file(machine.home().join("ledger.head")).unwrap();
    machine.json(&["audit", "verify"]).fails("state-corrupt", 9);
    let report = machine.json(&["doctor", "--repair"]).ok().json();
    assert_eq!(report["findings"][0]["key"], "ledger-anchor-restored", "{report:#}");
    assert_eq!(machine.generations(), generations);
    let mut after = machine.json(&["audit", "list"]).ok().json();
    let last = after.as_array_mut().unwrap().pop().unwrap();
    assert_eq!((&last["command"], &after), (&json!("ledger-anchor-restored"), &lines), "nothing lost");
    machine.is_healthy();
}
