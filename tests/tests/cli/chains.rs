//! Services that need each other: started with ports of their own, ended in their order.

use las_tests::{Catalogue, Core, Part, Workstation, tar_gz, until};
use serde_json::Value;
use std::net::TcpListener;
use std::path::PathBuf;

/// Notes when it is asked to end and when it has; where there is a file `hangs` in its data, it does not end.
const NOTES: &str = "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n\
    trap 'echo asked >> \"$1/notes\"; date +%s%N > \"$1/asked\"; while [ -e \"$1/hangs\" ]; do sleep 0.05; done; \
    date +%s%N > \"$1/ended\"; exit 0' TERM\n\
    echo ready\nwhile :; do sleep 0.05; done\n";
/// Listens where it is told to.
const LISTENS: &str = "#!/usr/bin/python3\nimport socket, sys\nif sys.argv[1] == '--version': sys.exit(0)\n\
    door = socket.create_server(('127.0.0.1', int(sys.argv[1])))\nwhile True: door.accept()[0].close()\n";

struct Bench {
    machine: Workstation,
    catalogue: Catalogue,
}

impl Bench {
    fn new() -> Self {
        let machine = Workstation::new();
        let catalogue = Catalogue::new(&machine.outside("resources"));
        let machine = machine.with_resources(catalogue.root());
        Self { machine, catalogue }
    }

    /// Offers a service with this program and section, which needs others.
    fn offer(&self, name: &str, program: &str, service: &str, needs: &[&str]) {
        let bytes = tar_gz(&[Part::Program("bin/run", program.as_bytes())]);
        let path = self.machine.file(&format!("{name}.tar.gz"), bytes);
        let source = Catalogue::lines(&self.machine.json(&["module", "source", &path]).ok().json());
        let needs = needs.join(", ");
        let sections = format!(
            "runtime: {{ modes: [native], program: bin/run, service: {service} }}\n\
             dependencies: {{ modules: [{needs}] }}\n{source}"
        );
        self.catalogue.describe_files(name, "1.0.0", &sections);
    }

    fn notes(&self, name: &str, needs: &[&str]) {
        let service = "{ arguments: ['${data}'], ready: { kind: log, line: ready }, \
            stop: { signal: term, grace_seconds: 600 } }";
        self.offer(name, NOTES, service, needs);
    }

    fn install_and_start(&self, names: &[&str]) -> Core {
        let core = self.machine.serve();
        for name in names {
            self.machine.las(&["module", "install", name, "--yes"]).ok();
            self.machine.las(&["service", "start", name]).ok();
        }
        core
    }

    fn service(&self, name: &str) -> Value {
        let services = self.machine.json(&["service", "list"]).ok().json();
        services.as_array().unwrap().iter().find(|service| service["name"] == name).unwrap().clone()
    }

    fn data(&self, name: &str, file: &str) -> PathBuf {
        self.machine.home().join("services").join(name).join("data").join(file)
    }

    /// When something was noted, in nanoseconds.
    fn when(&self, name: &str, file: &str) -> u64 {
        let text = std::fs::read_to_string(self.data(name, file)).unwrap();
        text.trim().parse().unwrap()
    }
}

fn signal(pid: u64, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

#[test]
fn two_services_that_want_the_same_port_are_started_by_one_plan_on_two() {
    let bench = Bench::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let service = format!(
        "{{ arguments: ['${{port.main}}'], ports: {{ main: {port} }}, ready: {{ kind: tcp, port: main }} }}"
    );
    bench.offer("below", LISTENS, &service, &[]);
    bench.offer("above", LISTENS, &service, &["below"]);
    let core = bench.install_and_start(&["above"]);
    let port_of = |name: &str| bench.service(name)["ports"]["main"].as_u64().unwrap();
    assert_eq!(port_of("below"), u64::from(port));
    assert!(port_of("above") > u64::from(port));
    assert_eq!(
        (bench.service("below")["state"].clone(), bench.service("above")["state"].clone()),
        ("ready".into(), "ready".into())
    );
    drop(core);
}

#[test]
fn a_core_that_ends_stops_first_what_needs_others() {
    let bench = Bench::new();
    bench.notes("store", &[]);
    bench.notes("middle", &["store"]);
    bench.notes("front", &["middle"]);
    bench.install_and_start(&["front"]).stop();
    for (above, below) in [("front", "middle"), ("middle", "store")] {
        let (ended, asked) = (bench.when(above, "ended"), bench.when(below, "asked"));
        assert!(ended <= asked, "{above} ended at {ended}, {below} was asked at {asked}");
    }
}

#[test]
fn a_service_that_does_not_end_holds_up_only_what_it_needs() {
    let bench = Bench::new();
    bench.notes("store", &[]);
    bench.notes("front", &["store"]);
    bench.notes("beside", &[]);
    let core = bench.install_and_start(&["front", "beside"]);
    std::fs::File::create(bench.data("front", "hangs")).unwrap();
    let front = bench.service("front")["pid"].as_u64().unwrap();
    signal(core.pid().into(), rustix::process::Signal::TERM);
    until("the end of what has no bond with it", || bench.data("beside", "ended").exists().then_some(()));
    until("front is asked", || bench.data("front", "asked").exists().then_some(()));
    assert!(!bench.data("store", "asked").exists(), "it is needed still");
    signal(front, rustix::process::Signal::KILL);
    core.stop();
    assert!(bench.data("store", "ended").exists() && !bench.data("front", "ended").exists());
    assert_eq!(las_tests::running_from(bench.machine.home()), [] as [rustix::process::Pid; 0]);
}
