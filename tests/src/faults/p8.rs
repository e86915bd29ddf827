//! P8: services that live and do not serve.

use super::services::{Services, program};
use super::{Report, Run};
use crate::until;
use rustix::process::{Pid, Signal, kill_process};
use std::net::TcpListener;

/// Answers that did not come in a row until it is started again.
const MISSES: u32 = 3;
const CASES: (usize, usize) = (5, 100);

/// Answers well, until a file says otherwise: then it counts who asks and takes the words of the file for its way.
const SERVER: &str = r#"#!/usr/bin/python3
import os, socketserver, sys, time
if sys.argv[1] == "--version":
    sys.exit(0)
data, port = sys.argv[1], int(sys.argv[2])
class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(4096)
        path = data + "/way"
        answer, end = "200 OK", "\r\n\r\n"
        if os.path.exists(path):
            way = open(path).read()
            with open(data + "/asked", "a") as asked:
                asked.write("x")
            if way == "silent":
                time.sleep(600)
            if way == "slow":
                time.sleep(5)
            if way == "wrong":
                answer = "503 Service Unavailable"
            if way == "half":
                self.request.sendall(b"HTTP/1.1 200 OK\r\n")
                time.sleep(600)
        self.request.sendall(("HTTP/1.1 " + answer + "\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").encode())
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
for stale in ("/way", "/asked"):
    if os.path.exists(data + stale):
        os.replace(data + stale, data + stale + ".before")
Server(("127.0.0.1", port), Handler).serve_forever()
"#;

const WAYS: [&str; 5] = ["silent", "slow", "wrong", "half", "halted"];

pub(super) fn run(run: &Run) -> Result<Report, String> {
    program("python3")?;
    let bench = Services::new();
    let source = bench.archive("server", &[("run", SERVER.as_bytes().to_vec())]);
    // Two cases go on at a time, each with a service of its own.
    let names = ["one", "two"];
    for name in names {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        let service = format!(
            "{{ arguments: ['${{data}}', '${{port.main}}'], ports: {{ main: {port} }}, \
             ready: {{ kind: http, port: main, path: /health }}, \
             watch: {{ every_seconds: 1, limit_seconds: 1, misses: {MISSES} }}, stop: {{ signal: term, grace_seconds: 1 }} }}"
        );
        bench.offer(name, "run", &service, &source);
    }
    let core = bench.machine.serve();
    for name in names {
        bench.las(&["module", "install", name, "--yes"]);
    }
    let free = std::sync::Mutex::new(names.to_vec());
    let count = run.choose(CASES.0, CASES.1);
    let cases = WAYS.iter().cycle().enumerate().take(count);
    let cases = cases.map(|(number, way)| (format!("{way}/{number}"), *way)).collect();
    let most = std::sync::atomic::AtomicU32::new(0);
    let report = run.each(cases, |way| {
        let taken = free.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let name = taken.ok_or("more cases at a time than services")?;
        let judged = one(&bench, name, way);
        free.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(name);
        judged.map(|asked| {
            most.fetch_max(asked, std::sync::atomic::Ordering::Relaxed);
        })
    });
    core.stop();
    let figure = format!(
        "{} unnoticed, {} counted as ready; asked {} times at most until it was started again",
        report.count("unnoticed"),
        report.count("ready"),
        most.into_inner()
    );
    Ok(report.with_figure(figure))
}

/// How often it was asked before it was started again.
fn one(bench: &Services, name: &str, way: &str) -> Result<u32, String> {
    bench.las(&["service", "start", name]);
    let before = bench.service(name);
    let pid = before["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok()).ok_or("no process")?;
    let data = bench.machine.home().join("services").join(name).join("data");
    let _ = std::fs::remove_file(data.join("asked.before"));
    if way == "halted" {
        let pid = Pid::from_raw(pid).ok_or("no process")?;
        kill_process(pid, Signal::STOP).map_err(|error| error.to_string())?;
    } else {
        std::fs::write(data.join("way.new"), way).map_err(|error| error.to_string())?;
        std::fs::rename(data.join("way.new"), data.join("way")).map_err(|error| error.to_string())?;
    }
    let again = until("another process", || {
        let now = bench.service(name);
        (now["pid"] != before["pid"] && now["state"] == "ready").then_some(now)
    });
    let asked = std::fs::read(data.join("asked.before")).map_or(0, |asked| asked.len());
    bench.las(&["service", "stop", name]);
    if again["restarts"].as_u64() <= before["restarts"].as_u64() {
        return Err(format!("ready: it was never said to start again: {again}"));
    }
    let asked = u32::try_from(asked).unwrap_or(u32::MAX);
    if asked > MISSES { Err(format!("unnoticed: asked {asked} times")) } else { Ok(asked) }
}
