//! A service that connects to another one's port: a client of Redis, which reaches that and no other port of this machine.

use las_tests::{Catalogue, Part, REDIS, Redis, tar_gz, until};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::Value;
use std::net::TcpListener;

/// Says whether it reaches Redis, and whether a port that it has no grant for.
const CLIENT: &[u8] = b"#!/usr/bin/python3
import socket, sys, time
if sys.argv[1] == '--version': sys.exit(0)
with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as own:
    own.sendall(b'PING\\r\\n')
    print('redis on', sys.argv[1], own.recv(64).decode().strip(), flush=True)
try:
    socket.create_connection(('127.0.0.1', int(sys.argv[2]))).close()
    print('stranger reached', flush=True)
except OSError as error:
    print('stranger refused', error.errno, flush=True)
print('up', flush=True)
time.sleep(600)
";

/// A machine with Redis and its client, and a stranger's port.
struct Bench {
    redis: Redis,
    stranger: TcpListener,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { redis: Redis::new(), stranger: TcpListener::bind("127.0.0.1:0").unwrap() };
        let machine = &bench.redis.machine;
        let path = machine.file("client.tar.gz", tar_gz(&[Part::Program("bin/client", CLIENT)]));
        let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
        let stranger = bench.stranger.local_addr().unwrap().port();
        let service = format!(
            "{{ arguments: ['${{service.redis.port.main}}', '{stranger}'], connects: {{ redis: [main] }}, \
             ready: {{ kind: log, line: up }}, sandbox: {{ at_least: whole }} }}"
        );
        let sections = format!(
            "runtime: {{ modes: [native], program: bin/client, service: {service} }}\n\
             dependencies: {{ modules: [redis] }}\n{source}"
        );
        bench.redis.catalogue.describe_files("client", "1.0.0", &sections);
        bench
    }

    fn service(&self, name: &str) -> Value {
        let services = self.redis.machine.json(&["service", "list"]).ok().json();
        services.as_array().unwrap().iter().find(|service| service["name"] == name).unwrap().clone()
    }

    fn states(&self) -> [String; 2] {
        ["redis", "client"].map(|name| self.service(name)["state"].as_str().unwrap().to_owned())
    }

    /// What the client said, in all.
    fn said(&self) -> String {
        self.redis.machine.las(&["service", "logs", "client", "--lines", "100"]).ok().stdout
    }

    fn port(&self) -> u64 {
        self.service("redis")["ports"]["main"].as_u64().unwrap()
    }
}

#[test]
fn a_service_reaches_the_port_that_it_connects_to_and_no_strangers() {
    let bench = Bench::new();
    let machine = &bench.redis.machine;
    // The number that it wants is not the one that it gets.
    bench.redis.offer("1.1.0", REDIS);
    bench.redis.offer("1.2.0", &REDIS.replace("main", "other"));
    let taken = TcpListener::bind(("127.0.0.1", bench.redis.port)).unwrap();
    let told = machine.las(&["module", "plan", "redis@1.0.0", "client"]).ok().stdout;
    assert!(told.contains("connects to redis (main)") && told.contains("privilege:connects"), "{told}");
    let core = machine.serve();
    machine.las(&["module", "install", "redis@1.0.0", "client", "--yes"]).ok();
    machine.las(&["service", "start", "client"]).ok();
    assert_eq!(bench.states(), ["ready", "ready"], "it comes first");
    let port = bench.port();
    assert_ne!(port, u64::from(bench.redis.port));
    let said = bench.said();
    assert!(said.contains(&format!("redis on {port} +PONG")), "{said}");
    assert!(said.contains("stranger refused 13"), "not permitted, rather than nobody there: {said}");
    assert_eq!(bench.service("client")["sandbox"], "whole");
    drop(taken);
    // It keeps its port over a restart, and what connects to it goes on.
    let pid = bench.service("client")["pid"].clone();
    machine.las(&["service", "restart", "redis"]).ok();
    assert_eq!((bench.port(), &bench.service("client")["pid"]), (port, &pid));
    // And over an upgrade, which what needs it waits for.
    machine.las(&["module", "install", "redis@1.1.0", "--yes"]).ok();
    assert_eq!(bench.port(), port);
    assert_eq!(bench.states(), ["ready", "ready"]);
    assert_ne!(bench.service("client")["pid"], pid);
    // A version without the port is not put under it.
    let refused =
        machine.json(&["module", "install", "redis@1.2.0", "--yes"]).fails("service-port-missing", 4);
    let refused = refused.json();
    let args =
        ["name", "peer", "port", "reason"].map(|key| refused["args"][key].as_str().unwrap().to_owned());
    assert_eq!(args, ["client", "redis", "main", "no-port"]);
    machine.las(&["service", "stop", "redis"]).ok();
    assert_eq!(bench.states(), ["stopped", "stopped"], "what connects to it stops first");
    // A rule, or an override, can deny it.
    let reason = ["--reason", "no connections here", "--yes"];
    machine.las(&[&["override", "set", "privilege:connects", "deny"], &reason[..]].concat()).ok();
    machine.json(&["service", "start", "client"]).fails("override-denies", 3);
    drop(core);
}

#[test]
fn what_connects_to_a_port_that_has_become_another_is_started_again_with_it() {
    let bench = Bench::new();
    let machine = &bench.redis.machine;
    let core = machine.serve();
    machine.las(&["module", "install", "client", "--yes"]).ok();
    machine.las(&["service", "start", "client"]).ok();
    let before = bench.port();
    let redis = i32::try_from(bench.service("redis")["pid"].as_i64().unwrap()).unwrap();
    let client = bench.service("client")["pid"].clone();
    // Without a core it is gone; its port becomes another program's, and nobody remembers that it was its own.
    core.kill();
    let redis = Pid::from_raw(redis).unwrap();
    kill_process(redis, Signal::KILL).unwrap();
    until("redis is gone", || test_kill_process(redis).is_err().then_some(()));
    std::fs::remove_file(machine.home().join("ports.json")).unwrap();
    let _taken = until("its port is free", || TcpListener::bind(("127.0.0.1", bench.redis.port)).ok());
    let core = machine.serve();
    assert_eq!((&bench.service("client")["pid"], &bench.states()[1]), (&client, &"ready".to_owned()));
    machine.las(&["service", "start", "redis"]).ok();
    let after = bench.port();
    assert_ne!(after, before);
    assert_eq!(bench.states(), ["ready", "ready"]);
    assert_ne!(bench.service("client")["pid"], client);
    let said = bench.said();
    assert!(said.contains(&format!("redis on {after} +PONG")), "{said}");
    drop(core);
}
