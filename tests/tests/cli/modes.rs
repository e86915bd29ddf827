//! A module that comes natively and as an image: in which mode it is installed, by whose word, and how that changes.

use las_tests::{Catalogue, Part, Workstation, tar_gz};
use serde_json::Value;

const PROGRAM: &[u8] = b"#!/bin/sh\n[ \"$1\" = --version ] && exit 0\necho up\nexec sleep 600\n";

fn runtime(modes: &str, container: &str) -> String {
    format!(
        "runtime: {{ modes: [{modes}], program: bin/both, service: {{ ready: {{ kind: log, line: up }} }}{container} }}\n"
    )
}

/// A machine without a container engine that can install `both`, which offers both modes, and `plain`, which doesn't.
fn machine() -> (Workstation, Catalogue) {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root());
    let path = machine.file("both.tar.gz", tar_gz(&[Part::Program("bin/both", PROGRAM)]));
    let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
    let image = format!(
        ", container: {{ image: {{ name: 'localhost/both', digest: 'sha256:{}', size: 1MB }} }}",
        "0".repeat(64)
    );
    let both = runtime("native, container", &image);
    catalogue.describe_files("both", "1.0.0", &(both.clone() + &source));
    catalogue.describe_files("both", "2.0.0", &(both + &source));
    catalogue.describe_files("plain", "1.0.0", &(runtime("native", "") + &source));
    (machine, catalogue)
}

/// Where a plan takes the module from, and what it says decided that.
fn planned(machine: &Workstation, words: &[&str]) -> (String, String) {
    let plan = machine.json(&[&["module", "plan"], words].concat()).ok().json();
    let note = |note: &&Value| note["key"] == "mode";
    let by = plan["notes"].as_array().unwrap().iter().find(note).map(|note| note["args"]["by"].clone());
    let source = plan["steps"][0]["action"]["source"]["kind"].as_str().unwrap().to_owned();
    (source, by.unwrap_or_default().as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_mode_is_chosen_by_whoever_says_most_and_stays_until_somebody_asks() {
    let (machine, catalogue) = machine();
    let is = |source: &str, by: &str| (source.to_owned(), by.to_owned());
    // A file that is no socket stands for an engine that somebody named: a plan does not ask it.
    machine.las(&["config", "set", "containers.socket", "/nowhere/engine.sock", "--yes"]).ok();
    assert_eq!(planned(&machine, &["both"]), is("archive", "default"));
    machine.las(&["config", "set", "runtime.prefer", "container", "--yes"]).ok();
    assert_eq!(planned(&machine, &["both"]), is("oci", "configured"));
    assert_eq!(planned(&machine, &["both", "--mode", "native"]), is("archive", "asked"));
    let rule = "policies:\n  - { name: alone, description: x, deny: ['mode:container'] }\n";
    let path = catalogue.root().join("policies/default/alone.yaml");
    std::fs::write(&path, rule).unwrap();
    assert_eq!(planned(&machine, &["both"]), is("archive", "policy"));
    let refused =
        machine.json(&["module", "plan", "both", "--mode", "container"]).fails("policy-denied", 3).json();
    assert_eq!(refused["args"]["capability"], "mode:container", "{refused:#}");
    std::fs::remove_file(path).unwrap();
    let install = ["module", "install", "plain", "--mode", "container", "--yes"];
    machine.json(&install).fails("runtime-mode-not-offered", 3);
    assert!(machine.las(&install).stderr.contains("las module show plain"));
    // Installed natively it is upgraded so, whatever is preferred.
    machine.las(&["module", "install", "both@=1.0.0", "--mode", "native", "--yes"]).ok();
    let shown = machine.json(&["module", "show", "both"]).ok().json();
    assert_eq!((shown["mode"].as_str(), shown["modes"].as_array().unwrap().len()), (Some("native"), 2));
    machine.las(&["module", "upgrade", "--yes"]).ok();
    let shown = machine.json(&["module", "show", "both"]).ok().json();
    assert_eq!((shown["mode"].as_str(), shown["installed"].as_str()), (Some("native"), Some("2.0.0")));
    assert_eq!(planned(&machine, &["both", "--mode", "container"]), is("oci", "asked"));
    // Where there is no engine, what was asked for fails with its reason, and what was there stays.
    let install = ["module", "install", "both", "--mode", "container", "--yes"];
    machine.json(&install).fails("container-engine-missing", 5);
    assert_eq!(machine.json(&["module", "show", "both"]).ok().json()["mode"], "native");
    machine.is_healthy();
}
