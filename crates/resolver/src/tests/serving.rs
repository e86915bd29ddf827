//! Services that are modules of their own: how they start, what they need, and how an upgrade carries them on.

use super::fixture::{Fixture, render};
use crate::{companions_left, needs_in_order, services_above, services_below, serving};
use las_types::{Installed, PeerPorts, PortName, Serves, ServiceState, ServiceStatus, StepAction, Timestamp};
use std::collections::BTreeMap;

const SERVICE: &str = "category: service\nruntime: { modes: [native], program: run, start_limit_seconds: 7, \
    service: { arguments: ['${port.main}'], ports: { main: 6000 }, ready: { kind: tcp, port: main }, memory: 64MB } }\n";
const NEWER: &str = "category: service\nruntime: { modes: [native], program: run, \
    service: { ports: { main: 7000, more: 7001 }, ready: { kind: tcp, port: more } } }\n";
const PLAIN: &str = "category: tool\n";

fn fixture() -> Fixture {
    Fixture::new(&[
        ("store 1.0.0", &[], SERVICE),
        ("store 2.0.0", &[], NEWER),
        ("library 1.0.0", &["store"], PLAIN),
        ("app 1.0.0", &["library"], SERVICE),
        ("top 1.0.0", &["app", "store"], SERVICE),
        ("beside 1.0.0", &[], SERVICE),
    ])
    .installed(&["store@1.0.0", "top", "beside"])
}

fn item<'a>(fixture: &'a Fixture, name: &str) -> &'a Installed {
    fixture.installed.iter().find(|item| item.name.as_str() == name).unwrap()
}

fn names(items: &[Installed]) -> Vec<&str> {
    items.iter().map(|item| item.name.as_str()).collect()
}

fn ports(list: &[(&str, u16)]) -> BTreeMap<PortName, u16> {
    list.iter().map(|(name, port)| (name.parse().unwrap(), *port)).collect()
}

#[test]
fn what_a_service_needs_comes_first_and_what_needs_it_is_known() {
    let fixture = fixture();
    let world = fixture.world();
    let below = |name| services_below(&world, item(&fixture, name));
    let above = |name| services_above(&world, item(&fixture, name));
    // The library between them serves nothing.
    assert_eq!(names(&below("top")), ["store", "app"]);
    assert_eq!(names(&below("app")), ["store"]);
    assert_eq!(names(&above("store")), ["app", "top"]);
    let order = needs_in_order(&world);
    let of = |name: &str| order.iter().position(|(other, _)| other.as_str() == name).unwrap();
    assert!(of("store") < of("app") && of("app") < of("top"), "{order:?}");
    let needs = |name: &str| order[of(name)].1.iter().map(las_types::ModuleName::as_str).collect::<Vec<_>>();
    assert_eq!((needs("top"), needs("store")), (vec!["app", "library", "store"], Vec::new()));
    for name in ["store", "beside"] {
        assert!(below(name).is_empty());
    }
    for name in ["top", "beside"] {
        assert!(above(name).is_empty());
    }
}

#[test]
fn a_service_starts_as_its_manifest_says_on_the_ports_that_it_is_given() {
    let fixture = fixture();
    let spec = serving(&fixture.world(), item(&fixture, "store"), ports(&[("main", 6005)]), PeerPorts::new())
        .unwrap();
    assert_eq!((spec.name.as_str(), spec.program.as_str()), ("store", "/store/store/1.0.0/run"));
    assert_eq!((spec.memory.bytes(), spec.start_limit_seconds, spec.model()), (64_000_000, 7, None));
    assert_eq!(spec.ports(), ports(&[("main", 6005)]));
    assert_eq!(serving(&fixture.world(), item(&fixture, "library"), BTreeMap::new(), PeerPorts::new()), None);
}

#[test]
fn an_upgrade_starts_a_service_again_from_the_new_version_on_the_ports_that_it_had() {
    let mut fixture = fixture();
    let before =
        serving(&fixture.world(), item(&fixture, "store"), ports(&[("main", 6005)]), PeerPorts::new())
            .unwrap();
    fixture.services.push(ServiceStatus::of(&before, ServiceState::Ready, Timestamp::UNIX_EPOCH));
    fixture.specs.push(before.clone());
    let draft = fixture.install(&["store@2.0.0"]).unwrap();
    assert_eq!(
        render(&draft),
        [
            "store-add store 2.0.0",
            "verify store 2.0.0 run",
            "stop store",
            "start store",
            "store-remove store 1.0.0"
        ]
    );
    let StepAction::ServiceStop { spec: Some(stopped), .. } = &draft.steps[2].action else { panic!() };
    assert_eq!(**stopped, before, "undoing starts it as it was");
    let StepAction::ServiceStart { spec } = &draft.steps[3].action else { panic!() };
    assert_eq!(spec.program, "/store/store/2.0.0/run");
    assert_eq!(spec.ports(), ports(&[("main", 6005), ("more", 7001)]));
    let Serves::Program { runs } = &spec.serves else { panic!() };
    assert!(runs.service.arguments.is_empty(), "as the new version says");
}

#[test]
fn companions_are_needed_come_first_and_are_left_when_nothing_else_that_runs_uses_them() {
    let with = |companions: &str| {
        SERVICE.replacen("runtime: {", &format!("runtime: {{ companions: [{companions}],"), 1)
    };
    let (main, helper) = (with("helper"), with("store@>=1"));
    let fixture = Fixture::new(&[
        ("store 1.0.0", &[], SERVICE),
        ("helper 1.0.0", &[], &helper),
        ("main 1.0.0", &[], &main),
        ("other 1.0.0", &["store"], SERVICE),
    ])
    .installed(&["main", "other"]);
    assert_eq!(fixture.installed.len(), 4, "they are needed");
    let world = fixture.world();
    assert_eq!(names(&services_below(&world, item(&fixture, "main"))), ["store", "helper"]);
    let left = |stopping: &str, running: &[&str]| {
        let stopping = [item(&fixture, stopping).clone()];
        let left = companions_left(&world, &stopping, |item| running.contains(&item.name.as_str()));
        names(&left).join(" ")
    };
    assert_eq!(left("main", &["main", "helper", "store"]), "helper store", "users first");
    assert_eq!(left("main", &["main", "helper", "store", "other"]), "helper", "another uses it");
    assert_eq!(
        left("main", &["main", "store"]),
        "",
        "what does not run is not stopped, nor what is not its own"
    );
    // What it only depends on stays.
    assert_eq!(left("other", &["other", "store"]), "");
}
