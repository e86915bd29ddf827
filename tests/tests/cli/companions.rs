//! Services that make one unit: the companion of a service starts before it and stops after it.

use las_tests::{Catalogue, Part, Workstation, tar_gz};
use serde_json::Value;

const PROGRAM: &[u8] = b"#!/bin/sh\n[ \"$1\" = --version ] && exit 0\necho up\nexec sleep 600\n";

fn state(machine: &Workstation, name: &str) -> String {
    let services = machine.json(&["service", "list"]).ok().json();
    let found = services.as_array().unwrap().iter().find(|one| one["name"] == name);
    found.map(|one| one["state"].clone()).unwrap_or_default().as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_companion_comes_with_its_service_starts_before_it_and_stops_after_it() {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root());
    let path = machine.file("one.tar.gz", tar_gz(&[Part::Program("bin/one", PROGRAM)]));
    let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
    let offer = |name: &str, more: &str| {
        let service = "service: { ready: { kind: log, line: up }, stop: { grace_seconds: 1 } }";
        let runtime = format!("runtime: {{ modes: [native], program: bin/one, {service}{more} }}\n");
        catalogue.describe_files(name, "1.0.0", &(runtime + &source));
    };
    offer("cache", "");
    offer("engine", ", companions: [cache]");
    offer("second", ", companions: [cache]");
    let core = machine.serve();
    machine.las(&["module", "install", "engine", "second", "--yes"]).ok();
    let states = || ["cache", "engine", "second"].map(|name| state(&machine, name));
    machine.las(&["service", "start", "engine"]).ok();
    assert_eq!(states(), ["ready", "ready", "stopped"]);
    machine.las(&["service", "start", "second"]).ok();
    machine.las(&["service", "stop", "engine"]).ok();
    assert_eq!(states(), ["ready", "stopped", "ready"], "another uses it");
    machine.las(&["service", "stop", "second"]).ok();
    assert_eq!(states(), ["stopped", "stopped", "stopped"]);
    // What needs it holds it here, as it does a dependency.
    machine.json(&["module", "remove", "cache", "--yes"]).fails("module-in-use", 1);

    drop(core);
}

/// What a plan stops and starts, in its order.
fn touched(plan: &Value) -> Vec<String> {
    let steps = plan["steps"].as_array().unwrap_or_else(|| panic!("{plan:#}")).iter();
    let named = |step: &Value| {
        let action = &step["action"];
        match action["kind"].as_str()? {
            "service_stop" => Some(format!("stop {}", action["service"].as_str()?)),
            "service_start" => Some(format!("start {}", action["spec"]["name"].as_str()?)),
            _ => None,
        }
    };
    steps.filter_map(named).collect()
}

#[test]
fn whoever_has_a_companion_stops_before_it_is_replaced_and_the_companion_ends_with_the_last_that_has_it() {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root());
    let path = machine.file("one.tar.gz", tar_gz(&[Part::Program("bin/one", PROGRAM)]));
    let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
    let offer = |name: &str, version: &str, more: &str| {
        let service = "service: { ready: { kind: log, line: up }, stop: { grace_seconds: 1 } }";
        let runtime = format!("runtime: {{ modes: [native], program: bin/one, {service}{more} }}\n");
        catalogue.describe_files(name, version, &(runtime + &source));
    };
    for version in ["1.0.0", "1.1.0"] {
        offer("cache", version, "");
        offer("engine", version, ", companions: [cache]");
        offer("second", version, ", companions: [cache]");
    }
    let core = machine.serve();
    machine.las(&["module", "install", "cache@1.0.0", "engine@1.0.0", "second@1.0.0", "--yes"]).ok();
    let states = || ["cache", "engine", "second"].map(|name| state(&machine, name));
    machine.las(&["service", "start", "engine"]).ok();
    // Of the companion: who has it and runs stops before it, and starts after it.
    let wanted = ["stop engine", "stop cache", "start cache", "start engine"];
    assert_eq!(touched(&machine.json(&["module", "plan", "cache@1.1.0"]).ok().json()), wanted);
    machine.las(&["module", "install", "cache@1.1.0", "--yes"]).ok();
    assert_eq!(states(), ["ready", "ready", "stopped"]);
    // Of who has it: the companion goes on.
    machine.las(&["service", "start", "second"]).ok();
    machine.las(&["module", "install", "engine@1.1.0", "--yes"]).ok();
    assert_eq!(states(), ["ready", "ready", "ready"]);
    // Removed, it leaves its companion to the other one; the last one takes it along.
    machine.las(&["module", "remove", "engine", "--yes"]).ok();
    assert_eq!([state(&machine, "cache"), state(&machine, "second")], ["ready", "ready"]);
    machine.las(&["module", "remove", "second", "--yes"]).ok();
    assert_eq!(state(&machine, "cache"), "stopped");
    drop(core);
}

/// It was installed and not started, so that the new version ran without it.
#[test]
fn a_companion_that_only_a_new_version_has_starts_before_it() {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root());
    let path = machine.file("one.tar.gz", tar_gz(&[Part::Program("bin/one", PROGRAM)]));
    let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
    let offer = |name: &str, version: &str, more: &str| {
        let service = "service: { ready: { kind: log, line: up }, stop: { grace_seconds: 1 } }";
        let runtime = format!("runtime: {{ modes: [native], program: bin/one, {service}{more} }}\n");
        catalogue.describe_files(name, version, &(runtime + &source));
    };
    offer("cache", "1.0.0", "");
    offer("engine", "1.0.0", "");
    offer("engine", "1.1.0", ", companions: [cache]");
    let core = machine.serve();
    machine.las(&["module", "install", "engine@1.0.0", "--yes"]).ok();
    machine.las(&["service", "start", "engine"]).ok();
    let wanted = ["stop engine", "start cache", "start engine"];
    assert_eq!(touched(&machine.json(&["module", "plan", "engine@1.1.0"]).ok().json()), wanted);
    machine.las(&["module", "install", "engine@1.1.0", "--yes"]).ok();
    assert_eq!(["cache", "engine"].map(|name| state(&machine, name)), ["ready", "ready"]);
    machine.las(&["generation", "rollback", "--yes"]).ok();
    assert_eq!(["cache", "engine"].map(|name| state(&machine, name)), ["", "ready"]);
    drop(core);
}
