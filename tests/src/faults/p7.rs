//! P7: somebody else has a service's port, or takes it at the worst moment.

use super::services::{Services, free_port, program};
use super::{Report, Run};
use crate::Begun;
use rustix::net::{AddressFamily, SocketType, bind, listen, socket, sockopt};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const CASES: (usize, usize) = (14, 98);

/// A server that waits before it takes its port as long as a file is there, and shares the port if it is told to.
const SERVER: &str = r#"#!/usr/bin/python3
import os, socket, sys, time
if sys.argv[1] == "--version":
    sys.exit(0)
data, port, shares = sys.argv[1], int(sys.argv[2]), sys.argv[3]
open(data + "/begun", "w").close()
while os.path.exists(data + "/wait"):
    time.sleep(0.01)
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if shares == "yes":
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
server.bind(("127.0.0.1", port))
server.listen(64)
while True:
    client, _ = server.accept()
    client.recv(4096)
    client.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    client.close()
"#;

/// When the other one takes the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// Before the service was ever planned.
    Before,
    /// After it had it once.
    Between,
    /// Between the look and the program's own call.
    Race,
    /// The same, and both share it.
    SharedRace,
    /// While it serves, and both share it.
    Hijack,
}

const ADDRESSES: [(&str, IpAddr); 4] = [
    ("v4", IpAddr::V4(Ipv4Addr::LOCALHOST)),
    ("any-v4", IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
    ("v6", IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ("any-v6", IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
];

struct Case {
    module: String,
    port: u16,
    moment: Moment,
    address: IpAddr,
}

/// A socket that listens and lets others do so beside it.
fn sharing(port: u16) -> Result<OwnedFd, String> {
    let told = |error: rustix::io::Errno| error.to_string();
    let taken = socket(AddressFamily::INET, SocketType::STREAM, None).map_err(told)?;
    sockopt::set_socket_reuseport(&taken, true).map_err(told)?;
    bind(&taken, &SocketAddr::from((Ipv4Addr::LOCALHOST, port))).map_err(told)?;
    listen(&taken, 16).map_err(told)?;
    Ok(taken)
}

fn cases(count: usize) -> Vec<(String, Moment, IpAddr)> {
    let mut all = Vec::new();
    for moment in [Moment::Before, Moment::Between, Moment::Race] {
        all.extend(ADDRESSES.map(|(name, address)| (format!("{moment:?}/{name}"), moment, address)));
    }
    for moment in [Moment::SharedRace, Moment::Hijack] {
        all.push((format!("{moment:?}/v4"), moment, ADDRESSES[0].1));
    }
    let cycle = all.iter().cycle().enumerate().take(count);
    cycle.map(|(number, (name, moment, address))| (format!("{name}/{number}"), *moment, *address)).collect()
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    program("python3")?;
    if TcpListener::bind("[::1]:0").is_err() {
        return Err("no network of version 6".to_owned());
    }
    let bench = Services::new();
    let source = bench.archive("server", &[("run", SERVER.as_bytes().to_vec())]);
    let mut named = Vec::new();
    for (number, (name, moment, address)) in cases(run.choose(CASES.0, CASES.1)).into_iter().enumerate() {
        let (module, port) = (format!("server-{number}"), free_port()?);
        let shares = if matches!(moment, Moment::SharedRace | Moment::Hijack) { "yes" } else { "no" };
        let service = format!(
            "{{ arguments: ['${{data}}', '${{port.main}}', '{shares}'], ports: {{ main: {port} }}, \
             ready: {{ kind: http, port: main, path: / }}, stop: {{ signal: term, grace_seconds: 2 }} }}"
        );
        bench.offer(&module, "run", &service, &source);
        named.push((name, Case { module, port, moment, address }));
    }
    let core = bench.machine.serve();
    // One after another: a start that waits is a change under way.
    let turn = Mutex::new(());
    let report = run.each(named, |case| {
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        one(&bench, case)
    });
    core.stop();
    let figure = format!(
        "{} wrong peers, {} untyped, {} not started although there was room",
        report.count("wrong peer"),
        report.count("untyped"),
        report.count("not started")
    );
    Ok(report.with_figure(figure))
}

fn one(bench: &Services, case: &Case) -> Result<(), String> {
    let Case { module, port, moment, address } = case;
    let data = bench.machine.home().join("services").join(module).join("data");
    let take = || TcpListener::bind((*address, *port)).map_err(|error| format!("the harness: {error}"));
    bench.las(&["module", "install", module, "--yes"]);
    match moment {
        Moment::Before => {
            let other = take()?;
            bench.las(&["service", "start", module]);
            let found = bench.service(module)["ports"]["main"].as_u64();
            drop(other);
            if found == Some(u64::from(*port)) {
                Err("wrong peer: it was ready on another's port".to_owned())
            } else {
                Ok(())
            }
        }
        Moment::Between => {
            bench.las(&["service", "start", module]);
            bench.las(&["service", "stop", module]);
            let other = take()?;
            refused(bench, module, &["port-taken"])?;
            drop(other);
            bench.las(&["service", "start", module]);
            serves(bench, module, *port)
        }
        Moment::Race | Moment::SharedRace => {
            std::fs::create_dir_all(&data).map_err(|error| error.to_string())?;
            std::fs::write(data.join("wait"), "").map_err(|error| error.to_string())?;
            let starting = bench.begin(&["service", "start", module, "--json"]);
            wait_for(&data.join("begun"))?;
            let other: Box<dyn std::any::Any> =
                if *moment == Moment::Race { Box::new(take()?) } else { Box::new(sharing(*port)?) };
            std::fs::remove_file(data.join("wait")).map_err(|error| error.to_string())?;
            typed(starting, &["port-taken", "program-start-failed"], address)?;
            drop(other);
            bench.las(&["service", "start", module]);
            serves(bench, module, *port)
        }
        Moment::Hijack => {
            bench.las(&["service", "start", module]);
            let other = sharing(*port)?;
            let report = bench.machine.json(&["doctor"]).json();
            let findings = report["findings"].as_array().cloned().unwrap_or_default();
            drop(other);
            let named =
                findings.iter().any(|one| one["key"] == "service-foreign" && one["args"]["name"] == *module);
            if named { Ok(()) } else { Err(format!("wrong peer: not named: {report}")) }
        }
    }
}

/// An address of version 6 does not hinder one of version 4 from listening, but may have been seen in time.
fn typed(starting: Begun, codes: &[&str], address: &IpAddr) -> Result<(), String> {
    let ran = starting.wait();
    match ran.code() {
        Some(code) if codes.contains(&code.as_str()) => Ok(()),
        None if ran.status == Some(0) && address.is_ipv6() => Ok(()),
        None if ran.status == Some(0) => Err(format!("wrong peer: it was said to be ready: {ran}")),
        _ => Err(format!("untyped: {ran}")),
    }
}

fn refused(bench: &Services, module: &str, codes: &[&str]) -> Result<(), String> {
    typed(bench.begin(&["service", "start", module, "--json"]), codes, &ADDRESSES[0].1)
}

fn serves(bench: &Services, module: &str, port: u16) -> Result<(), String> {
    let service = bench.service(module);
    let there = service["state"] == "ready" && service["ports"]["main"] == port;
    if there && TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
        bench.las(&["service", "stop", module]);
        return Ok(());
    }
    Err(format!("not started: {service}"))
}

fn wait_for(path: &std::path::Path) -> Result<(), String> {
    let begun = Instant::now();
    while !path.exists() {
        if begun.elapsed() > Duration::from_mins(1) {
            return Err(format!("not started: no {}", path.display()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
