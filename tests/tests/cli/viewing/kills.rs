//! The core ends at each point of a change of a view in turn.

use super::{below, blob, machine, no_view};
use crate::cli::adopting::text;
use crate::cli::crashes::ended_after;
use las_tests::{CHAT_MODEL, Workstation};
use serde_json::{Value, json};
use std::os::unix::fs::MetadataExt as _;

/// More than a change of a view has.
const POINTS: u64 = 30;

/// At each point the view is there whole or not at all, and the next command goes on as if nothing had been.
fn at_every_point(prepare: fn() -> Workstation, intent: &Value, least: u64) {
    for point in 0..POINTS {
        let machine = prepare();
        let folder = machine.outside("jan");
        let mut intent = intent.clone();
        if intent["kind"] == "model_view_add" {
            intent["folder"] = json!(folder);
        }
        let stopped = ended_after(&machine, point, &[&intent.to_string()]);
        let report = machine.json(&["doctor"]).ok().json();
        for finding in report["findings"].as_array().unwrap() {
            assert_eq!(finding["repaired"], true, "point {point}: {finding:#}");
        }
        machine.is_healthy();
        let views = machine.json(&["model", "view", "list"]).ok().json();
        let (names, files) = match views.as_array().unwrap().len() {
            0 => {
                no_view(&machine);
                (1, 0)
            }
            _ => (2, 2),
        };
        assert_eq!(below(&folder).len(), files, "point {point}: {:?}", below(&folder));
        if machine.current().1 == [CHAT_MODEL] {
            assert_eq!(blob(&machine).metadata().unwrap().nlink(), names, "point {point}");
        }
        machine.install();
        let add = ["model", "view", "add", CHAT_MODEL, "--for", "jan", "--at", text(&folder), "--yes"];
        machine.las(&add).ok();
        assert_eq!(below(&folder).len(), 2);
        machine.las(&["model", "view", "remove", CHAT_MODEL, "--yes"]).ok();
        assert!(!folder.exists(), "point {point}: {:?}", below(&folder));
        machine.is_healthy();
        if !stopped {
            assert!(point >= least, "only {point} points: the test stops nothing");
            return;
        }
    }
    panic!("more than {POINTS} points");
}

fn with_view() -> Workstation {
    let machine = machine();
    let folder = machine.outside("jan");
    machine.las(&["model", "view", "add", CHAT_MODEL, "--for", "jan", "--at", text(&folder), "--yes"]).ok();
    machine
}

#[test]
fn a_kill_at_every_point_of_laying_a_model_out_leaves_the_whole_view_or_nothing() {
    at_every_point(machine, &json!({ "kind": "model_view_add", "model": CHAT_MODEL, "tool": "jan" }), 4);
}

#[test]
fn a_kill_at_every_point_of_removing_a_model_with_its_view_loses_nothing() {
    at_every_point(with_view, &json!({ "kind": "module_remove", "modules": [CHAT_MODEL] }), 6);
}
