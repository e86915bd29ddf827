//! P5: the core is killed again and again while services run and are used.

use super::services::{Services, program};
use super::{Report, Run};
use crate::{Core, running_from};
use rustix::process::Pid;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Services at once.
const SERVICES: usize = 10;
/// Between two requests of a client.
const PACE: Duration = Duration::from_millis(2);

const SERVICE: &str = "{ arguments: ['--port', '${port.main}', '--bind', '127.0.0.1', '--dir', '${data}', \
    '--appendonly', 'no', '--save', '', '--protected-mode', 'yes'], ports: { main: PORT }, \
    ready: { kind: exec, program: bin/redis-cli, arguments: ['-e', '-p', '${port.main}', 'ping'] }, \
    watch: { every_seconds: 1, limit_seconds: 20, misses: 3 }, stop: { signal: term, grace_seconds: 20 } }";

/// Asks a service to count, one request after another over one connection, and counts itself.
struct Client {
    thread: JoinHandle<Result<(), String>>,
}

impl Client {
    fn start(port: u16, end: Arc<AtomicBool>, answered: Arc<AtomicU64>) -> Self {
        let thread = std::thread::spawn(move || {
            let told = |error: std::io::Error| format!("port {port}: {error}");
            let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(told)?;
            stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(told)?;
            let mut answers = BufReader::new(stream.try_clone().map_err(told)?);
            for expected in 1.. {
                if end.load(Ordering::Relaxed) {
                    break;
                }
                stream.write_all(b"INCR requests\r\n").map_err(told)?;
                let mut answer = String::new();
                answers.read_line(&mut answer).map_err(told)?;
                if answer.trim_end() != format!(":{expected}") {
                    return Err(format!("port {port}: request {expected} was answered with '{answer}'"));
                }
                answered.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(PACE);
            }
            Ok(())
        });
        Self { thread }
    }
}

/// What has to stay as it is: each service's name and process.
fn running(core: &Core) -> Result<BTreeSet<(String, u64)>, String> {
    let services: Value = core.client().get("/v1/services").json();
    let list = services.as_array().ok_or_else(|| format!("no list: {services}"))?;
    let one = |service: &Value| {
        let whole = service["state"] == "ready" && service["restarts"] == 0;
        let pair = service["name"].as_str().zip(service["pid"].as_u64()).filter(|_| whole);
        pair.map(|(name, pid)| (name.to_owned(), pid)).ok_or_else(|| format!("not adopted: {service}"))
    };
    list.iter().map(one).collect()
}

/// How many of the services' own programs run; what asks whether they are well comes and goes.
fn servers(home: &Path) -> usize {
    let is_one = |pid: &Pid| {
        let program = std::fs::read_link(format!("/proc/{}/exe", pid.as_raw_nonzero()));
        program.is_ok_and(|program| program.ends_with("bin/redis-server"))
    };
    running_from(home).iter().filter(|pid| is_one(pid)).count()
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let source = [("redis-server", program("redis-server")?), ("redis-cli", program("redis-cli")?)];
    let bench = Services::new();
    let source = bench.archive("redis", &source);
    let mut ports = Vec::new();
    for number in 0..SERVICES {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        drop(listener);
        let name = format!("redis-{number}");
        bench.offer(&name, "redis-server", &SERVICE.replace("PORT", &port.to_string()), &source);
        ports.push((name, port));
    }
    let core = bench.machine.serve();
    for (name, _) in &ports {
        bench.machine.las(&["module", "install", name, "--yes"]).ok();
        bench.machine.las(&["service", "start", name]).ok();
    }
    let (end, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let client = |(_, port): &(String, u16)| Client::start(*port, Arc::clone(&end), Arc::clone(&answered));
    let clients: Vec<Client> = ports.iter().map(client).collect();
    let before = running(&core)?;
    let core = Mutex::new(Some(core));
    // One after another: there is one core.
    let mut report = run.each(run.seeds(run.choose(5, 100)), |seed| {
        let mut core = core.lock().unwrap_or_else(PoisonError::into_inner);
        let mut random = fastrand::Rng::with_seed(*seed);
        std::thread::sleep(Duration::from_millis(random.u64(0..50)));
        if let Some(core) = core.take() {
            core.kill();
        }
        // Now and then a single command is the next core for a moment, and leaves all as it is.
        if random.u8(0..4) == 0 {
            let listed = bench.machine.json(&["service", "list"]).ok().json();
            let pids: BTreeSet<u64> =
                listed.as_array().into_iter().flatten().filter_map(|one| one["pid"].as_u64()).collect();
            if pids != before.iter().map(|(_, pid)| *pid).collect() {
                return Err(format!("not adopted: by a single command: {listed}"));
            }
        }
        let next = bench.machine.serve();
        let found = running(&next);
        *core = Some(next);
        let found = found?;
        if found != before {
            return Err(format!("not adopted: {found:?} instead of {before:?}"));
        }
        match servers(bench.machine.home()) {
            SERVICES => Ok(()),
            more @ SERVICES.. => Err(format!("duplicate: {more} programs run")),
            fewer => Err(format!("not adopted: {fewer} programs run")),
        }
    });
    end.store(true, Ordering::Relaxed);
    for client in clients {
        let ended = client.thread.join().unwrap_or_else(|_| Err("a client panicked".to_owned()));
        report.failures.extend(ended.err().map(|lost| format!("clients: request: {lost}")));
    }
    core.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().for_each(Core::stop);
    let left = running_from(bench.machine.home());
    if !left.is_empty() {
        report.failures.push(format!("end: orphan: {left:?}"));
    }
    let figure = format!(
        "{} services, {} kills: {} not adopted, {} duplicates, {} orphans, {} requests lost of {}",
        ports.len(),
        report.cases,
        report.count("not adopted"),
        report.count("duplicate"),
        report.count("orphan"),
        report.count("request"),
        answered.load(Ordering::Relaxed),
    );
    Ok(report.with_figure(figure))
}
