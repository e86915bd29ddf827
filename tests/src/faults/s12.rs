//! S12: a program that tries to get at what is not its own.

use super::services::{Services, free_port, keeper, program};
use super::{Report, Run};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const ESCAPES: &str = include_str!("s12/escapes.py");
/// A service that takes connections, for one that may connect to it.
const PEER: &str = "#!/usr/bin/python3\nimport socket, sys\nif sys.argv[1] == '--version': sys.exit(0)\n\
    door = socket.create_server(('127.0.0.1', int(sys.argv[1])))\nwhile True: door.accept()[0].close()\n";
/// The try that comes to something where it is granted.
const GRANTED: &str = "granted";
/// So many of the tries have to come to something where nothing holds them: otherwise they show nothing.
const SHOWN: usize = 25;

/// What is tried to be got at. It lasts as long as this.
struct Bait {
    targets: Value,
    victim: Child,
    _listening: (UnixListener, rustix::fd::OwnedFd, TcpListener),
}

impl Drop for Bait {
    fn drop(&mut self) {
        let _ = self.victim.kill();
        let _ = self.victim.wait();
    }
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

impl Bait {
    /// For the service of a name.
    fn of(bench: &Services, name: &str, port: u16, granted: u16, canary: &str) -> Result<Self, String> {
        let home = bench.machine.home();
        let (secret, other) = (home.join("secret"), home.join("services/other/data/secret"));
        for path in [&secret, &other] {
            std::fs::create_dir_all(path.parent().unwrap_or(home)).map_err(told)?;
            std::fs::write(path, canary).map_err(told)?;
        }
        let socket = bench.machine.outside(&format!("{name}.sock"));
        let listener = UnixListener::bind(&socket).map_err(told)?;
        let hidden = format!("las-{canary}-{name}");
        let abstract_one =
            rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None).map_err(told)?;
        let address = SocketAddrUnix::new_abstract_name(hidden.as_bytes()).map_err(told)?;
        rustix::net::bind(&abstract_one, &address).map_err(told)?;
        rustix::net::listen(&abstract_one, 8).map_err(told)?;
        let tcp = TcpListener::bind("127.0.0.1:0").map_err(told)?;
        let udp = UdpSocket::bind("127.0.0.1:0").map_err(told)?;
        let tcp_port = tcp.local_addr().map_err(told)?.port();
        let udp_port = udp.local_addr().map_err(told)?.port();
        std::thread::spawn(move || {
            let mut buffer = [0; 256];
            while let Ok((length, from)) = udp.recv_from(&mut buffer) {
                if length == 0 {
                    break;
                }
                let _ = udp.send_to(b"heard", from);
            }
        });
        let victim = Command::new("/bin/sleep").arg("86400").env("SECRET", canary).spawn().map_err(told)?;
        let service = home.join("services").join(name);
        let store = std::fs::read_dir(home.join("store").join(name)).map_err(told)?;
        let module = store.flatten().next().map_or_else(PathBuf::new, |entry| entry.path());
        let targets = json!({
            "canary": canary,
            "home": home,
            "secret": secret,
            "other": other,
            "program": module.join("bin/run"),
            "record": service.join("process.json"),
            "keeper": service.join("keeper.sock"),
            "core": home.join("core.sock"),
            "socket": socket,
            "abstract": hidden,
            "tcp": tcp_port,
            "udp": udp_port,
            "victim": victim.id(),
            "disk": disk(),
            "port": port,
            "granted": granted,
        });
        Ok(Self { targets, victim, _listening: (listener, abstract_one, tcp) })
    }
}

/// A disk of this machine.
fn disk() -> PathBuf {
    let disks = std::fs::read_dir("/sys/block").into_iter().flatten().flatten();
    let nodes = disks.map(|entry| Path::new("/dev").join(entry.file_name()));
    nodes.into_iter().find(|path| path.exists()).unwrap_or_else(|| "/dev/vda".into())
}

/// What came of each try, by the lines that say so.
fn outcomes(lines: &str) -> BTreeMap<String, bool> {
    let read = |line: &str| {
        let mut words = line.split_whitespace().skip_while(|word| *word != "try").skip(1);
        Some((words.next()?.to_owned(), words.next()? == "1"))
    };
    lines.lines().filter_map(read).collect()
}

/// What the tries come to where nothing holds them, so that it is known that they are any.
fn unheld(bench: &Services, targets: &Value) -> Result<BTreeMap<String, bool>, String> {
    let folder = bench.machine.outside("unheld");
    std::fs::create_dir_all(&folder).map_err(told)?;
    // What it could change is its own here.
    let mut targets = targets.clone();
    for (name, text) in [("program", "x"), ("record", "family")] {
        std::fs::write(folder.join(name), text).map_err(told)?;
        targets[name] = json!(folder.join(name));
    }
    std::fs::write(folder.join("targets.json"), targets.to_string()).map_err(told)?;
    std::fs::write(folder.join("escapes.py"), ESCAPES).map_err(told)?;
    // Nothing is to be left of what succeeds in the system's own folders.
    let made = ["/usr/bin/env-las-escape", "/etc/cron.d/las-escape"];
    let mut child = Command::new("/usr/bin/python3")
        .args(["escapes.py", "targets.json"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(told)?;
    let mut lines = String::new();
    if let Some(output) = child.stdout.take() {
        for line in std::io::BufRead::lines(std::io::BufReader::new(output)) {
            let line = line.map_err(told)?;
            if line == "ready" {
                break;
            }
            lines += &(line + "\n");
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    for path in made {
        let _ = std::fs::remove_file(path);
    }
    let _ = std::fs::remove_dir("/sys/fs/cgroup/las-escape");
    Ok(outcomes(&lines))
}

/// What a process was given that holds this word: its environment, its words, its folder, its open files, its groups.
fn given(pid: &str, word: &str) -> Vec<String> {
    let folder = PathBuf::from(format!("/proc/{pid}"));
    let mut found = Vec::new();
    for name in ["environ", "cmdline", "cgroup"] {
        let text = std::fs::read(folder.join(name)).unwrap_or_default();
        if String::from_utf8_lossy(&text).contains(word) {
            found.push(name.to_owned());
        }
    }
    let opened =
        std::fs::read_dir(folder.join("fd")).into_iter().flatten().flatten().map(|entry| entry.path());
    for link in opened.chain([folder.join("cwd")]) {
        let target = std::fs::read_link(&link).unwrap_or_default();
        // Others, a terminal for one, would be waited on.
        let own = if target.is_file() { std::fs::read(&target).unwrap_or_default() } else { Vec::new() };
        let own = String::from_utf8_lossy(&own);
        if target.to_string_lossy().contains(word) || own.contains(word) {
            found.push(format!("{} -> {}", link.display(), target.display()));
        }
    }
    found
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    program("python3")?;
    let namespaces = Command::new("/usr/bin/bwrap")
        .args(["--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "true"])
        .status();
    if !namespaces.is_ok_and(|status| status.success()) {
        return Err("no bwrap that can make namespaces".to_owned());
    }
    let canary = format!("canary{:016x}", run.random().u64(..));
    // What the core is given is not for its services.
    let bench = Services::with_variable("HF_TOKEN", &canary);
    let files = [("run", ESCAPES.as_bytes().to_vec()), ("peer", PEER.as_bytes().to_vec())];
    let source = bench.archive("run", &files);
    let words =
        "arguments: ['${run}/targets.json'], ready: { kind: log, line: ready }, stop: { grace_seconds: 2 }";
    let (port, granted) = (free_port()?, free_port()?);
    let kinds = [
        ("cut-off", 0, String::new()),
        ("listening", port, format!("ports: {{ main: {port} }}, ")),
        ("connecting", 0, "connects: { peer: [main] }, ".to_owned()),
    ];
    let peer = format!(
        "{{ arguments: ['${{port.main}}'], ports: {{ main: {granted} }}, ready: {{ kind: tcp, port: main }} }}"
    );
    bench.offer("peer", "peer", &peer, &source);
    let needing = format!("dependencies: {{ modules: [peer] }}\n{source}");
    // The first manifest is only there to be installed: what is tried is known when the module is.
    for (name, ..) in &kinds {
        bench.offer(name, "run", &format!("{{ {words}, files: {{ targets.json: '{{}}' }} }}"), &needing);
    }
    let core = bench.machine.serve();
    let mut baits = Vec::new();
    for (name, port, _) in &kinds {
        bench.las(&["module", "install", name, "--yes"]);
        baits.push(Bait::of(&bench, name, *port, granted, &canary)?);
    }
    core.stop();
    let listening = TcpListener::bind(("127.0.0.1", granted)).map_err(told)?;
    let free = unheld(&bench, &baits[0].targets)?;
    drop(listening);
    let shown = free.values().filter(|came| **came).count();
    let administrator = rustix::process::getuid().is_root();
    let mut failures = Vec::new();
    if administrator && shown < SHOWN {
        failures
            .push(format!("all: nothing shown: {shown} tries come to something where nothing holds them"));
    }
    for ((name, _, ports), bait) in kinds.iter().zip(&baits) {
        let section = format!(
            "{{ {ports}{words}, sandbox: {{ at_least: whole }}, files: {{ targets.json: '{}' }} }}",
            bait.targets
        );
        bench.offer(name, "run", &section, &needing);
    }
    let core = bench.machine.serve();
    let cases: Vec<_> = kinds.iter().map(|(name, ..)| ((*name).to_owned(), *name)).collect();
    let report = run.each(cases, |name| {
        bench.las(&["service", "start", name]);
        let tried = outcomes(&bench.machine.las(&["service", "logs", name, "--lines", "500"]).ok().stdout);
        if tried.len() != free.len() {
            return Err(format!("untried: {} of {}", tried.len(), free.len()));
        }
        let pid = bench.service(name)["pid"].to_string();
        let kept = keeper(&pid).ok_or("no keeper: it has ended")?;
        let given = [given(&pid, &canary), given(&kept, &canary)].concat();
        bench.las(&["service", "stop", name]);
        let is_granted = |one: &str| *name == "connecting" && one == GRANTED;
        let came: Vec<_> = tried.iter().filter(|(_, came)| **came).map(|(name, _)| name.as_str()).collect();
        if *name == "connecting" && !came.contains(&GRANTED) {
            return Err("ungranted: it does not reach what it connects to".to_owned());
        }
        let escaped: Vec<_> = came.into_iter().filter(|one| !is_granted(one)).collect();
        match (escaped.as_slice(), given.as_slice()) {
            ([], []) => Ok(()),
            ([], given) => Err(format!("secret: {given:?}")),
            (escaped, _) => Err(format!("escape: {escaped:?}")),
        }
    });
    core.stop();
    let mut report = report;
    report.failures.append(&mut failures);
    let figure = format!(
        "{} tries three times, without ports, with ports and with a port of another's: {} came to something, {} of them do where nothing holds them; \
         {} secrets given",
        free.len(),
        report.count("escape"),
        shown,
        report.count("secret"),
    );
    Ok(report.with_figure(figure))
}
