//! A service that runs natively beside its companion in a container.

use super::Bench;
use las_tests::{Catalogue, EngineKind, Part, tar_gz};
use serde_json::json;

#[test]
fn a_native_service_has_a_companion_in_a_container_that_is_replaced_under_it_and_goes_with_it() {
    let name = "companion::a_native_service_has_a_companion_in_a_container_that_is_replaced_under_it_and_goes_with_it";
    let Some(bench) = Bench::new(EngineKind::Podman, name) else { return };
    let machine = &bench.machine;
    bench.offer("1.0.0");
    bench.offer("1.1.0");
    let program = b"#!/bin/sh\n[ \"$1\" = --version ] && exit 0\necho up\nexec sleep 600\n";
    let path = machine.file("front.tar.gz", tar_gz(&[Part::Program("bin/front", program)]));
    let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
    let service = "service: { ready: { kind: log, line: up }, stop: { grace_seconds: 1 } }";
    let runtime =
        format!("runtime: {{ modes: [native], program: bin/front, {service}, companions: [web] }}\n");
    bench.catalogue.describe_files("front", "1.0.0", &(runtime + &source));
    let core = bench.serve();
    machine.las(&["module", "install", "web@1.0.0", "front", "--yes"]).ok();
    machine.las(&["service", "start", "front"]).ok();
    assert_eq!(bench.served().as_deref(), Some("1.0.0"), "it came first");
    let first = bench.container();
    machine.las(&["module", "install", "web@1.1.0", "--yes"]).ok();
    assert_eq!(bench.served().as_deref(), Some("1.1.0"));
    assert_ne!(bench.container(), first);
    let services = machine.json(&["service", "list"]).ok().json();
    let front = services.as_array().unwrap().iter().find(|service| service["name"] == "front").unwrap();
    let states: Vec<_> = front["moments"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["ready", "stopped", "ready"], "it does not run without its companion");
    machine.las(&["module", "remove", "front", "--yes"]).ok();
    assert_eq!((bench.service()["state"].clone(), bench.engine.containers()), (json!("stopped"), Vec::new()));
    drop(core);
    machine.is_healthy();
}
