//! Services that make one unit: the companion of a service starts before it and stops after it.

use las_tests::{Catalogue, Part, Workstation, tar_gz};

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
