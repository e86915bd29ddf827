//! What a module asks for beside what every module has: told before it is approved, and refused where a rule denies it.

use las_tests::{Catalogue, Part, Workstation, tar_gz};

const OPEN: &str = "runtime: { modes: [native], program: bin/open, service: { sandbox: { network: any, gpu: true }, \
    ready: { kind: log, line: up } } }\n";
const PROGRAM: &[u8] = b"#!/bin/sh\n[ \"$1\" = --version ] && exit 0\necho up\nexec sleep 600\n";

fn machine() -> (Workstation, Catalogue) {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root());
    let path = machine.file("open.tar.gz", tar_gz(&[Part::Program("bin/open", PROGRAM)]));
    let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
    catalogue.describe_files("open", "1.0.0", &(OPEN.to_owned() + &source));
    (machine, catalogue)
}

#[test]
fn a_privilege_is_told_before_it_is_approved_and_a_rule_can_deny_it() {
    let (machine, catalogue) = machine();
    let plan = machine.json(&["module", "plan", "open"]).ok().json();
    let notes = plan["notes"].as_array().unwrap();
    let named: Vec<_> = notes
        .iter()
        .filter(|note| note["key"] == "privilege")
        .map(|note| &note["args"]["privilege"])
        .collect();
    assert_eq!(named, ["network", "gpu"]);
    let told = machine.las(&["module", "plan", "open"]).ok().stdout;
    assert!(told.contains("any host") && told.contains("privilege:gpu"), "{told}");
    machine.las(&["module", "install", "open", "--yes"]).ok();
    machine.las(&["service", "start", "open"]).ok();
    // Denied afterwards, it is started no more, nor installed anew.
    let rule = "policies:\n  - { name: alone, description: x, deny: ['privilege:network'] }\n";
    std::fs::write(catalogue.root().join("policies/default/alone.yaml"), rule).unwrap();
    let refused = machine.json(&["service", "start", "open"]).fails("policy-denied", 3).json();
    assert_eq!(
        (&refused["args"]["capability"], &refused["args"]["rule"]),
        (&"privilege:network".into(), &"alone".into())
    );
    machine.las(&["module", "remove", "open", "--yes"]).ok();
    machine.json(&["module", "install", "open", "--yes"]).fails("policy-denied", 3);
    // A person who answers for it can allow it on this machine.
    let reason = ["--reason", "it fetches lists", "--yes"];
    machine.las(&[&["override", "set", "privilege:network", "allow"], &reason[..]].concat()).ok();
    machine.las(&["module", "install", "open", "--yes"]).ok();
    // What there isn't can't be denied in vain.
    let rule = "policies:\n  - { name: alone, description: x, deny: ['privilege:everything'] }\n";
    std::fs::write(catalogue.root().join("policies/default/alone.yaml"), rule).unwrap();
    machine.json(&["module", "list"]).fails("policy-invalid", 2);
}
