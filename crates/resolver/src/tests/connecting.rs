//! Services that connect to ports of others.

use super::fixture::{Fixture, Module, render};
use crate::{peer_ports, rollback, serving};
use las_types::{
    Code, Generation, Installed, PeerPorts, PortName, ServiceSpec, ServiceState, ServiceStatus, StepAction,
    Timestamp,
};
use std::collections::BTreeMap;

const STORE: &str = "category: service\nruntime: { modes: [native], program: run, \
    service: { ports: { main: 6000, admin: 6001 }, ready: { kind: tcp, port: main } } }\n";
const MOVED: &str = "category: service\nruntime: { modes: [native], program: run, \
    service: { ports: { other: 6000 }, ready: { kind: tcp, port: other } } }\n";
const IDLE: &str = "category: tool\n";
const PROVIDES: &str = "category: service\ninterfaces: { provides: [kept] }\nruntime: { modes: [native], program: run, \
    service: { ports: { main: 7000 }, ready: { kind: tcp, port: main } } }\n";
const APP: &str = "category: service\nruntime: { modes: [native], program: run, service: { \
    arguments: ['${service.store.port.main}'], connects: { store: [main] }, ready: { kind: log, line: up } } }\n";
const USES: &str = "category: service\ninterfaces: { consumes: [kept] }\nruntime: { modes: [native], program: run, service: { \
    connects: { kept: [main] }, ready: { kind: log, line: up } } }\n";

const MODULES: &[Module<'_>] = &[
    ("store 1.0.0", &[], STORE),
    ("store 2.0.0", &[], STORE),
    ("store 3.0.0", &[], MOVED),
    ("store 4.0.0", &[], IDLE),
    ("app 1.0.0", &["store"], APP),
    ("app 2.0.0", &["store"], APP),
    ("first 1.0.0", &[], PROVIDES),
    ("second 1.0.0", &[], PROVIDES),
    ("user 1.0.0", &[], USES),
];

fn item<'a>(fixture: &'a Fixture, name: &str) -> &'a Installed {
    fixture.installed.iter().find(|item| item.name.as_str() == name).unwrap()
}

fn ports(list: &[(&str, u16)]) -> BTreeMap<PortName, u16> {
    list.iter().map(|(name, port)| (name.parse().unwrap(), *port)).collect()
}

fn peers(name: &str, list: &[(&str, u16)]) -> PeerPorts {
    PeerPorts::from([(name.parse().unwrap(), ports(list))])
}

/// Runs it with these numbers.
fn runs(fixture: &mut Fixture, name: &str, own: &[(&str, u16)], connects: PeerPorts) -> ServiceSpec {
    let spec = serving(&fixture.world(), item(fixture, name), ports(own), connects).unwrap();
    fixture.services.push(ServiceStatus::of(&spec, ServiceState::Ready, Timestamp::UNIX_EPOCH));
    fixture.specs.push(spec.clone());
    spec
}

fn services(steps: &[String]) -> Vec<&str> {
    let of_services = |step: &&String| step.starts_with("stop ") || step.starts_with("start ");
    steps.iter().filter(of_services).map(String::as_str).collect()
}

#[test]
fn a_service_gets_the_numbers_of_the_ports_that_it_names_and_its_plan_says_to_what_it_connects() {
    let fixture = Fixture::new(MODULES).installed(&["store@1.0.0", "app@1.0.0"]);
    let number = |_: &Installed, port: &PortName| Some(if port.as_str() == "main" { 6005 } else { 6006 });
    let world = fixture.world();
    let found = peer_ports(&world, &fixture.installed, item(&fixture, "app"), number).unwrap();
    assert_eq!(found, peers("store", &[("main", 6005)]), "and no other port of it");
    assert!(peer_ports(&world, &fixture.installed, item(&fixture, "store"), number).unwrap().is_empty());
    let draft = Fixture::new(MODULES).install(&["store@1.0.0", "app@1.0.0"]).unwrap();
    let note = draft.notes.iter().find(|note| note.key == "privilege").unwrap();
    let args = ["name", "privilege", "to"].map(|key| note.args[key].as_str());
    assert_eq!(args, ["app", "connects", "store (main)"]);
}

#[test]
fn what_connects_to_a_port_that_there_is_not_is_neither_installed_nor_left_so_nor_brought_back() {
    for (store, port, reason) in [("store@3.0.0", "main", "no-port"), ("store@4.0.0", "main", "no-service")] {
        let refused = |failure: las_types::Failure| {
            let args = ["name", "peer", "port", "reason"].map(|key| failure.args[key].clone());
            assert_eq!(
                (failure.code, args),
                (Code::ServicePortMissing, ["app", "store", port, reason].map(Into::into))
            );
        };
        refused(Fixture::new(MODULES).install(&[store, "app"]).unwrap_err());
        let fixture = Fixture::new(MODULES).installed(&["store@2.0.0", "app"]);
        refused(fixture.install(&[store]).unwrap_err());
        let alone = Fixture::new(MODULES).installed(&[store]);
        let app = item(&fixture, "app").clone();
        let items = alone.installed.iter().cloned().chain([app]).collect();
        refused(rollback(&alone.world(), &Generation { items, ..alone.generation() }).unwrap_err());
    }
}

#[test]
fn where_a_port_is_kept_what_connects_to_it_starts_after_it_as_it_was() {
    let mut fixture = Fixture::new(MODULES).installed(&["store@1.0.0", "app"]);
    runs(&mut fixture, "store", &[("main", 6005), ("admin", 6006)], PeerPorts::new());
    runs(&mut fixture, "app", &[], peers("store", &[("main", 6005)]));
    let draft = fixture.install(&["store@2.0.0"]).unwrap();
    assert_eq!(services(&render(&draft)), ["stop app", "stop store", "start store", "start app"]);
    let mut started = draft.steps.iter().filter_map(|step| match &step.action {
        StepAction::ServiceStart { spec } => Some(spec.connects()),
        _ => None,
    });
    assert_eq!(started.next_back(), Some(peers("store", &[("main", 6005)])));
}

#[test]
fn what_is_connected_to_stops_last_and_starts_first_whatever_the_names() {
    let mut fixture = Fixture::new(MODULES).installed(&["store@1.0.0", "app@1.0.0"]);
    runs(&mut fixture, "app", &[], peers("store", &[("main", 6005)]));
    runs(&mut fixture, "store", &[("main", 6005), ("admin", 6006)], PeerPorts::new());
    let draft = fixture.install(&["store@2.0.0", "app@2.0.0"]).unwrap();
    assert_eq!(services(&render(&draft)), ["stop app", "stop store", "start store", "start app"]);
}

#[test]
fn what_connects_to_a_port_that_has_another_number_is_started_again_with_it() {
    let mut fixture = Fixture::new(MODULES).installed(&["store@1.0.0", "app"]);
    runs(&mut fixture, "store", &[("main", 6105), ("admin", 6006)], PeerPorts::new());
    runs(&mut fixture, "app", &[], peers("store", &[("main", 6005)]));
    let draft = fixture.install(&["store@2.0.0"]).unwrap();
    assert_eq!(services(&render(&draft)), ["stop app", "stop store", "start store", "start app"]);
    let mut started = draft.steps.iter().filter_map(|step| match &step.action {
        StepAction::ServiceStart { spec } => Some(spec.connects()),
        _ => None,
    });
    assert_eq!(started.next_back(), Some(peers("store", &[("main", 6105)])));
}

/// What provides the name is another module, which does not run.
#[test]
fn what_connects_to_a_service_that_goes_is_stopped() {
    let both = Fixture::new(MODULES).installed(&["first", "second", "user"]).installed;
    let only = |name: &str| both.iter().filter(|item| item.name.as_str() != name).cloned().collect();
    let mut fixture = Fixture::new(MODULES);
    fixture.installed = only("second");
    runs(&mut fixture, "first", &[("main", 7000)], PeerPorts::new());
    runs(&mut fixture, "user", &[], peers("kept", &[("main", 7000)]));
    let target = Generation { items: only("first"), ..fixture.generation() };
    let draft = rollback(&fixture.world(), &target).unwrap();
    assert_eq!(services(&render(&draft)), ["stop user", "stop first"]);
}
