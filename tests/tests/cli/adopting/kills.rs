//! The core ends at each point of an adoption in turn.

use super::{blobs, lm_studio, text};
use crate::cli::crashes::ended_after;
use las_tests::{Untouched, Workstation};
use serde_json::json;
use std::os::unix::fs::MetadataExt as _;

/// More than an adoption has.
const POINTS: u64 = 30;

#[test]
fn a_kill_at_every_point_of_an_adoption_leaves_the_other_tools_file_whole() {
    for point in 0..POINTS {
        let machine = Workstation::new();
        let path = lm_studio(&machine, "m.gguf");
        let before = Untouched::of(&path);
        let intent = json!({ "kind": "model_adopt", "paths": [path] }).to_string();
        let stopped = ended_after(&machine, point, &[&intent]);
        let report = machine.json(&["doctor"]).ok().json();
        for finding in report["findings"].as_array().unwrap() {
            assert_eq!(finding["repaired"], true, "point {point}: {finding:#}");
        }
        machine.is_healthy();
        let here = machine.current().1.len();
        assert_eq!((blobs(&machine).len(), Untouched::of(&path)), (here, before.clone()), "point {point}");
        machine.las(&["model", "scan", "--adopt", text(&path), "--yes"]).ok();
        assert_eq!(path.metadata().unwrap().nlink(), 2, "point {point}: one name of ours, and no more");
        machine.las(&["model", "remove", "m", "--yes"]).ok();
        assert_eq!((Untouched::of(&path), path.metadata().unwrap().nlink()), (before, 1), "point {point}");
        if !stopped {
            assert!(point >= 4, "only {point} points: the test stops nothing");
            return;
        }
    }
    panic!("more than {POINTS} points");
}
