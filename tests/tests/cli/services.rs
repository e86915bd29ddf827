//! Redis, from a manifest: installed, started, asked, killed, upgraded, removed and brought back with its data.

use las_tests::{Catalogue, Part, REDIS as SERVICE, Redis as Bench, Workstation, tar_gz, until};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;

#[test]
fn a_service_is_started_asked_stopped_and_its_data_stays_until_it_is_purged() {
    let bench = Bench::new();
    let machine = &bench.machine;
    let core = bench.serve();
    machine.las(&["module", "install", "redis", "--yes"]).ok();
    // There before it was ever started, like any other.
    let idle = bench.service();
    assert_eq!(
        (&idle["state"], &idle["model"], &idle["pid"]),
        (&json!("stopped"), &Value::Null, &Value::Null)
    );
    machine.las(&["service", "start", "redis"]).ok();
    let service = bench.service();
    assert_eq!((&service["state"], &service["ports"]), (&json!("ready"), &json!({ "main": bench.port })));
    assert!(service["memory"].as_u64().unwrap() > 0);
    assert!(machine.las(&["service", "list"]).ok().stdout.contains(&bench.port.to_string()));
    assert_eq!(bench.ask("SET kept yes").as_deref(), Some("+OK"));
    // Once more changes nothing.
    machine.las(&["service", "start", "redis"]).ok();
    assert_eq!(bench.service()["pid"], service["pid"]);
    machine.is_healthy();
    machine.las(&["service", "restart", "redis"]).ok();
    let again = bench.service();
    assert_ne!(again["pid"], service["pid"]);
    assert_eq!(bench.ask("GET kept").as_deref(), Some("yes"));
    machine.las(&["service", "stop", "redis"]).ok();
    assert_eq!((bench.service()["state"].clone(), bench.ask("PING")), (json!("stopped"), None));
    machine.las(&["module", "remove", "redis", "--yes"]).ok();
    assert!(machine.home().join("services/redis/data").is_dir());
    machine.las(&["module", "install", "redis", "--yes"]).ok();
    machine.las(&["service", "start", "redis"]).ok();
    assert_eq!(bench.ask("GET kept").as_deref(), Some("yes"));
    // What runs is stopped before it goes.
    machine.las(&["module", "remove", "redis", "--purge", "--yes"]).ok();
    assert_eq!(bench.ask("PING"), None);
    assert!(!machine.home().join("services/redis").exists());
    machine.is_healthy();
    drop(core);
}

#[test]
fn a_service_that_is_killed_or_hangs_comes_back_with_what_it_acknowledged() {
    let bench = Bench::new();
    let core = bench.serve();
    bench.machine.las(&["module", "install", "redis", "--yes"]).ok();
    bench.machine.las(&["service", "start", "redis"]).ok();
    assert_eq!(bench.ask("SET kept yes").as_deref(), Some("+OK"));
    for (number, signal) in [(1, rustix::process::Signal::KILL), (2, rustix::process::Signal::STOP)] {
        let pid = i32::try_from(bench.service()["pid"].as_u64().unwrap()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
        until("started again", || {
            let service = bench.service();
            (service["restarts"] == number && service["state"] == "ready").then_some(())
        });
        assert_eq!(bench.ask("GET kept").as_deref(), Some("yes"));
    }
    // What happened to it is told, and how it is now; what it takes is looked at now and then.
    let service = until("what it takes", || {
        let service = bench.service();
        (service["taken"]["memory"].as_u64() > Some(1 << 20)).then_some(service)
    });
    let moments: Vec<_> =
        service["moments"].as_array().unwrap().iter().map(|one| (&one["state"], &one["code"])).collect();
    assert_eq!(service["moments"][1]["exit"], json!({ "kind": "signal", "number": 9 }), "{service:#}");
    let (ready, restarting) = (json!("ready"), json!("restarting"));
    let (ended, hung, nothing) = (json!("service-ended"), json!("service-hung"), Value::Null);
    let expected = [
        (&ready, &nothing),
        (&restarting, &ended),
        (&ready, &nothing),
        (&restarting, &hung),
        (&ready, &nothing),
    ];
    assert_eq!(moments, expected);
    assert_eq!(service["probe"]["miss"], Value::Null, "{service:#}");
    assert!(service["taken"]["processes"].as_u64() >= Some(1), "{service:#}");
    let health = bench.machine.las(&["service", "health", "redis"]).ok().stdout;
    for said in ["ended by itself (signal 9)", "did not answer any more", "answered", "Processes"] {
        assert!(health.contains(said), "{said}: {health}");
    }
    bench.machine.json(&["service", "health", "nothing"]).fails("service-not-found", 5);
    drop(core);
}

#[test]
fn an_upgrade_goes_on_with_the_data_and_one_that_gets_never_healthy_is_undone() {
    let bench = Bench::new();
    let machine = &bench.machine;
    bench.offer("1.1.0", SERVICE);
    // It ends at once: there is no such option.
    bench.offer("2.0.0", &SERVICE.replace("'--appendonly'", "'--no-such-option', 'x', '--appendonly'"));
    let core = bench.serve();
    machine.las(&["module", "install", "redis@1.0.0", "--yes"]).ok();
    machine.las(&["service", "start", "redis"]).ok();
    assert_eq!(bench.ask("SET kept yes").as_deref(), Some("+OK"));
    machine.las(&["module", "install", "redis@1.1.0", "--yes"]).ok();
    let service = bench.service();
    assert_eq!((&service["state"], bench.ask("GET kept").as_deref()), (&json!("ready"), Some("yes")));
    let failed = machine.json(&["module", "upgrade", "redis", "--yes"]);
    assert_eq!(failed.status, Some(1));
    assert!(
        failed.stdout.contains("module-unhealthy") || failed.stderr.contains("module-unhealthy"),
        "{failed}"
    );
    assert_eq!(bench.service()["state"], "ready");
    assert_eq!(bench.ask("GET kept").as_deref(), Some("yes"));
    let versions: Vec<_> = std::fs::read_dir(machine.home().join("store/redis")).unwrap().collect();
    assert_eq!(versions.len(), 1, "{versions:?}");
    drop(core);
}

/// Listens on every port that it is told.
const LISTENS: &[u8] = b"#!/usr/bin/python3
import socket, sys, time
if sys.argv[1:] == ['--version']: sys.exit(0)
held = [socket.create_server(('127.0.0.1', int(port))) for port in sys.argv[1:]]
time.sleep(600)
";

#[test]
fn an_upgrade_keeps_the_ports_that_a_service_has_and_finds_a_free_one_for_a_new_one() {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root());
    let path = machine.file("hear.tar.gz", tar_gz(&[Part::Program("bin/hear", LISTENS)]));
    let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
    let (busy, own) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let (wanted, main) = (busy.local_addr().unwrap().port(), own.local_addr().unwrap().port());
    drop(own);
    let offer = |version: &str, arguments: &str, ports: &str| {
        let service = format!(
            "{{ arguments: [{arguments}], ports: {{ {ports} }}, ready: {{ kind: tcp, port: main }}, \
             stop: {{ grace_seconds: 1 }} }}"
        );
        let runtime = format!("runtime: {{ modes: [native], program: bin/hear, service: {service} }}\n");
        catalogue.describe_files("hear", version, &(runtime + &source));
    };
    offer("1.0.0", "'${port.main}'", &format!("main: {main}"));
    offer("1.1.0", "'${port.main}', '${port.admin}'", &format!("main: {main}, admin: {wanted}"));
    let core = machine.serve();
    let ports = || {
        let services = machine.json(&["service", "list"]).ok().json();
        let service = services.as_array().unwrap().iter().find(|one| one["name"] == "hear").unwrap();
        assert_eq!(service["state"], "ready", "{service:#}");
        service["ports"].clone()
    };
    machine.las(&["module", "install", "hear@1.0.0", "--yes"]).ok();
    machine.las(&["service", "start", "hear"]).ok();
    assert_eq!(ports(), json!({ "main": main }));
    machine.las(&["module", "install", "hear@1.1.0", "--yes"]).ok();
    let (now, new) = (ports(), ports()["admin"].as_u64().unwrap());
    assert_eq!(now["main"], main);
    assert!(new > u64::from(wanted), "{new} {wanted}");
    drop(core);
    machine.is_healthy();
}

#[test]
fn a_service_whose_port_is_taken_gets_the_next_and_keeps_it() {
    let bench = Bench::new();
    let machine = &bench.machine;
    let busy = TcpListener::bind(("127.0.0.1", bench.port)).unwrap();
    let core = bench.serve();
    machine.las(&["module", "install", "redis", "--yes"]).ok();
    machine.las(&["service", "start", "redis"]).ok();
    let other = bench.service()["ports"]["main"].as_u64().unwrap();
    assert!(other > u64::from(bench.port));
    machine.las(&["service", "stop", "redis"]).ok();
    // Whoever knows it knows it there.
    drop(busy);
    machine.las(&["service", "start", "redis"]).ok();
    assert_eq!(bench.service()["ports"]["main"], other);
    machine.las(&["service", "stop", "redis"]).ok();
    let _busy = TcpListener::bind(("127.0.0.1", u16::try_from(other).unwrap())).unwrap();
    let refused = machine.json(&["service", "start", "redis"]);
    assert_eq!(refused.status, Some(1));
    assert!(format!("{refused}").contains("port-taken"), "{refused}");
    drop(core);
}

#[test]
fn what_is_no_service_can_not_be_started() {
    let bench = Bench::new();
    bench.catalogue.add("made", "1.0.0", &[], &[("run", b"#!/bin/sh\necho made\n")]);
    bench.machine.las(&["module", "install", "made", "--yes"]).ok();
    for (name, code) in [("made", "module-no-service"), ("redis", "service-not-found")] {
        let refused = bench.machine.json(&["service", "start", name]);
        assert!(refused.status != Some(0) && format!("{refused}").contains(code), "{refused}");
    }
}

#[test]
fn what_a_service_says_is_shown_searched_and_followed() {
    let bench = Bench::new();
    let machine = &bench.machine;
    let core = bench.serve();
    machine.las(&["module", "install", "redis", "--yes"]).ok();
    machine.json(&["service", "logs", "nothing"]).fails("service-not-found", 5);
    // Nothing was said yet.
    assert_eq!(machine.las(&["service", "logs", "redis"]).ok().stdout, "");
    machine.las(&["service", "start", "redis"]).ok();
    let said = machine.las(&["service", "logs", "redis"]).ok().stdout;
    let ready = said.lines().find(|line| line.contains("Ready to accept connections")).unwrap();
    assert_eq!((&ready[10..11], &ready[23..29]), ("T", "Z out "), "{ready}");
    let page = machine
        .json(&["service", "logs", "redis", "--contains", "Ready to accept", "--lines", "5"])
        .ok()
        .json();
    assert_eq!((page["lines"].as_array().unwrap().len(), &page["missed"]), (1, &json!(false)), "{page:#}");
    let path = format!("/v1/services/redis/logs?after={}&lines=10", page["next"].as_str().unwrap());
    assert_eq!(core.client().get(&path).json()["lines"], json!([]));
    // Who follows is told what comes, and the same over the API, which waits for it.
    let mut following = machine.las_command(&["service", "logs", "redis", "--follow", "--lines", "1"]);
    let mut following = following.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut followed = BufReader::new(following.stdout.take().unwrap()).lines();
    let waiting = format!("{path}&wait=30&contains=bye");
    let client = core.client();
    let waited = std::thread::spawn(move || client.get(&waiting).json());
    machine.las(&["service", "stop", "redis"]).ok();
    let lines = waited.join().unwrap()["lines"].clone();
    assert_eq!(lines[0]["stream"], "out", "{lines:#}");
    assert!(followed.any(|line| line.unwrap().contains("bye bye")));
    // It goes on until the core ends.
    core.stop();
    assert!(!following.wait().unwrap().success());
}
