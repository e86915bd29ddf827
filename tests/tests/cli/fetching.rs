//! Fetching through the front door: cut off, gone on with, cancelled, and held to a rate.

use las_tests::{Catalogue, FileServer, Part, Workstation, tar_gz, until};
use serde_json::json;

/// A machine on which this module is on offer, from these addresses.
fn machine(bytes: &[u8], urls: &[&str]) -> Workstation {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root());
    let path = machine.file("made.tar.gz", bytes);
    let mut words = vec!["module", "source", &path];
    for url in urls {
        words.extend(["--url", url]);
    }
    let sections = machine.json(&words).ok().json();
    catalogue.describe("made", "1.0.0", "bin/made", &Catalogue::lines(&sections));
    machine
}

/// An archive of about a hundred kilobytes.
fn archive() -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    let noise: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(100_000).collect();
    tar_gz(&[Part::Program("bin/made", b"#!/bin/sh\necho made 1.0.0\n"), Part::File("noise", &noise)])
}

/// What lies there of files that are fetched.
fn parts(machine: &Workstation) -> usize {
    std::fs::read_dir(machine.home().join("partial")).map_or(0, Iterator::count)
}

#[test]
fn what_was_fetched_before_the_network_went_is_named_and_gone_on_with() {
    let (server, bytes) = (FileServer::start(), archive());
    let url = server.cut("made.tar.gz", &bytes, 60_000);
    let machine = machine(&bytes, &[&url]);
    machine.json(&["module", "install", "made", "--yes"]).fails("fetch-failed", 7);
    let report = machine.json(&["doctor"]).ok().json();
    let [finding] = &report["findings"].as_array().unwrap()[..] else { panic!("{report:#}") };
    assert_eq!((&finding["key"], &finding["outcome"]), (&json!("partly-fetched"), &json!("named")));
    assert!(machine.home().join(finding["args"]["path"].as_str().unwrap()).is_file(), "{finding}");
    let shown = machine.las(&["doctor"]).ok().stdout;
    assert!(shown.contains("kept:") && !shown.contains("repaired"), "{shown}");
    assert!(
        machine.contents().iter().all(|path| path.starts_with("generations/")),
        "{:?}",
        machine.contents()
    );
    let plan = machine.json(&["module", "plan", "made"]).ok().json();
    assert_eq!(plan["totals"]["download"], json!(bytes.len() - 60_000));
    // In another core, behind the last byte.
    let before = server.asked().len();
    server.file("made.tar.gz", &bytes);
    machine.las(&["module", "install", "made", "--yes"]).ok();
    assert_eq!(server.asked()[before..], ["/made.tar.gz 60000"]);
    assert_eq!(parts(&machine), 0);
    machine.is_healthy();
}

#[test]
fn a_fetch_is_held_to_the_rate_that_is_configured_and_cancelled_leaves_nothing() {
    let (server, bytes) = (FileServer::start(), archive());
    let url = server.file("made.tar.gz", &bytes);
    let machine = machine(&bytes, &[&url]);
    machine.las(&["config", "set", "fetch.bandwidth", "1KiB", "--yes"]).ok();
    let core = machine.serve();
    let client = core.client();
    let begin = || {
        let intent = json!({ "kind": "module_install", "modules": ["made"] });
        let plan = client.post("/v1/plans", &json!({ "intent": intent })).ok();
        let path = format!("/v1/plans/{}/approve", plan["id"].as_str().unwrap());
        client.post(&path, &json!({})).ok()["id"].as_str().unwrap().to_owned()
    };
    let state = |id: &str| {
        let shown = client.get(&format!("/v1/operations/{id}")).ok();
        shown["operation"]["state"].as_str().unwrap().to_owned()
    };
    let ended = |id: &str| {
        until("the end of the operation", || {
            Some(state(id)).filter(|state| !["running", "undoing"].contains(&state.as_str()))
        })
    };
    // A hundred seconds are not waited for.
    let id = begin();
    until("a part", || (parts(&machine) > 0).then_some(()));
    client.post(&format!("/v1/operations/{id}/cancel"), &json!({})).ok();
    assert_eq!(ended(&id), "cancelled");
    assert_eq!(parts(&machine), 0);
    let id = begin();
    until("a part", || (parts(&machine) > 0).then_some(()));
    assert_eq!(state(&id), "running");
    // Whoever holds it up lets it go by writing the file: no operation is needed for that.
    std::fs::write(machine.home().join("config.toml"), "").unwrap();
    assert_eq!(ended(&id), "succeeded");
    assert_eq!(parts(&machine), 0);
}
