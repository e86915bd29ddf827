//! Programs of modules as services: what they are given, how it is known that they serve, and how they end.

use crate::bench::{Bench, put, start, step};
use las_types::{
    ByteSize, Code, Depth, DriftKind, Executor, Installed, LimitLevel, LimitsSection, LogLine, PortName,
    Probe, ProgramSettings, SandboxSection, Serves, ServiceSection, ServiceSpec, ServiceState, StepAction,
    StopSection, StopSignal, WatchSection,
};
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::PathBuf;

const SHELL: &str = "/bin/sh";

/// Answers as long as there is no file `deaf` in its data; then it takes connections and says nothing.
const SERVER: &str = r#"
import os, socketserver, sys, time
data, port = sys.argv[1], int(sys.argv[2])
class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(4096)
        while os.path.exists(data + "/deaf"):
            time.sleep(0.05)
        body = open(data + "/answer").read() if os.path.exists(data + "/answer") else "200 OK"
        self.request.sendall(("HTTP/1.1 " + body + "\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").encode())
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
Server(("127.0.0.1", port), Handler).serve_forever()
"#;

pub(crate) fn section(ready: Probe) -> ServiceSection {
    ServiceSection {
        arguments: Vec::new(),
        environment: BTreeMap::new(),
        ports: BTreeMap::new(),
        connects: BTreeMap::new(),
        files: BTreeMap::new(),
        prepare: Vec::new(),
        ready,
        alive: None,
        watch: WatchSection { every_seconds: 1, limit_seconds: 1, misses: 2 },
        limits: LimitsSection::default(),
        sandbox: SandboxSection::default(),
        stop: StopSection { signal: StopSignal::Term, grace_seconds: 5 },
        memory: ByteSize::default(),
    }
}

pub(crate) fn spec(bench: &Bench, program: &str, arguments: &[&str], section: ServiceSection) -> ServiceSpec {
    let service = ServiceSection {
        arguments: arguments.iter().map(|argument| argument.parse().unwrap()).collect(),
        ..section
    };
    let folder = bench.folder.path().join("module");
    std::fs::create_dir_all(&folder).unwrap();
    let runs = ProgramSettings {
        folder: folder.display().to_string(),
        ports: service.ports.clone(),
        connects: BTreeMap::new(),
        service,
        container: None,
    };
    ServiceSpec {
        name: "notes".parse().unwrap(),
        module: "notes".parse().unwrap(),
        program: program.to_owned(),
        serves: Serves::Program { runs: Box::new(runs) },
        memory: ByteSize::default(),
        start_limit_seconds: 20,
    }
}

pub(crate) fn script(bench: &Bench, text: &str, ready: Probe) -> ServiceSpec {
    spec(bench, SHELL, &["-c", text], section(ready))
}

/// The same, held so.
pub(crate) fn script_with(bench: &Bench, text: &str, ready: Probe, sandbox: SandboxSection) -> ServiceSpec {
    spec(bench, SHELL, &["-c", text], ServiceSection { sandbox, ..section(ready) })
}

pub(crate) fn line(text: &str) -> Probe {
    Probe::Log { line: text.to_owned() }
}

/// A free port, and a server on it that is asked over HTTP.
pub(crate) fn server(bench: &Bench) -> (ServiceSpec, u16) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let main: PortName = "main".parse().unwrap();
    let ready = Probe::Http { port: main.clone(), path: "/health".to_owned() };
    let section = ServiceSection { ports: BTreeMap::from([(main, port)]), ..section(ready) };
    (spec(bench, "/usr/bin/python3", &["-c", SERVER, "${data}", "${port.main}"], section), port)
}

fn data(bench: &Bench) -> PathBuf {
    bench.home.service(&"notes".parse().unwrap()).join("data")
}

/// What the service said.
pub(crate) fn log(bench: &Bench) -> String {
    let text = std::fs::read_to_string(bench.home.logs().join("notes/current.log")).unwrap();
    text.lines().map(|line| LogLine::read(line).unwrap().text + "\n").collect()
}

pub(crate) fn stop() -> StepAction {
    StepAction::ServiceStop { service: "notes".parse().unwrap(), spec: None }
}

#[tokio::test]
async fn a_service_gets_its_words_its_files_its_variables_and_its_folders_and_nothing_else() {
    let bench = Bench::new();
    let text = "echo one >> $0/kept; echo words=$1; cat conf/main.conf; env; pwd; echo ready; exec sleep 600";
    let mut section = section(line("ready"));
    section.files.insert("conf/main.conf".to_owned(), "data=${data} host=$host\n".parse().unwrap());
    section.environment.insert("NOTES_HOME".parse().unwrap(), "${module}".parse().unwrap());
    let spec = spec(&bench, SHELL, &["-c", text, "${data}", "a b;c $(id)"], section);
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let said = log(&bench);
    let (folder, run) = (data(&bench), bench.home.service(&spec.name).join("run"));
    let module = bench.folder.path().join("module");
    for expected in [
        "words=a b;c $(id)".to_owned(),
        format!("data={} host=$host", folder.display()),
        format!("NOTES_HOME={}", module.display()),
        format!("HOME={}", run.display()),
        run.display().to_string(),
    ] {
        assert!(said.lines().any(|line| line == expected), "{expected}\n{said}");
    }
    let variables = said.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name);
    let known =
        ["words", "data", "NOTES_HOME", "HOME", "PATH", "LANG", "PWD", "LAS_FAMILY", "OLDPWD", "_", "SHLVL"];
    let no_gpu = |name: &str| name.ends_with("_VISIBLE_DEVICES");
    let other: Vec<_> = variables.filter(|name| !known.contains(name) && !no_gpu(name)).collect();
    assert_eq!(other, [""; 0]);
    let status = bench.executor.services().pop().unwrap();
    assert_eq!((status.state, status.model, status.report), (ServiceState::Ready, None, None));
    bench.execute(step(2, 0), &stop()).await.unwrap();
    // Its data stays, what was for the run alone does not.
    let left: Vec<_> = std::fs::read_dir(bench.home.service(&spec.name))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["data"]);
    bench.execute(step(3, 0), &start(&spec)).await.unwrap();
    assert_eq!(std::fs::read_to_string(folder.join("kept")).unwrap(), "one\none\n");
    bench.executor.shut_down(&[]).await;
}

#[tokio::test]
async fn a_service_is_ready_when_it_answers_well_and_not_before() {
    let mut bench = Bench::new();
    let (spec, port) = server(&bench);
    put(&data(&bench).join("answer"), b"503 Not Yet");
    let limited = ServiceSpec { start_limit_seconds: 2, ..spec.clone() };
    let failure = bench.execute(step(1, 0), &start(&limited)).await.unwrap_err();
    let args = ["name", "reason", "number"].map(|key| failure.args[key].as_str());
    assert_eq!((failure.code, args), (Code::ProgramStartFailed, ["notes", "timeout", "2"]));
    put(&data(&bench).join("answer"), b"204 No Content");
    bench.execute(step(2, 0), &start(&spec)).await.unwrap();
    let ready = bench.until(ServiceState::Ready).await;
    assert_eq!(ready.ports.values().copied().collect::<Vec<_>>(), [port]);
    assert_eq!(bench.executor.inspect_services().await.unwrap(), []);
    bench.executor.shut_down(&[]).await;
    assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
}

#[tokio::test]
async fn a_service_that_runs_and_answers_no_more_is_started_again() {
    let mut bench = Bench::new();
    let (spec, _) = server(&bench);
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let before = bench.until(ServiceState::Ready).await;
    put(&data(&bench).join("deaf"), b"");
    let restarting = bench.until_restarting().await;
    assert_eq!((restarting.restarts, restarting.pid), (1, None));
    std::fs::remove_file(data(&bench).join("deaf")).unwrap();
    let again = bench.until(ServiceState::Ready).await;
    assert!(again.pid.is_some() && again.pid != before.pid);
    bench.executor.shut_down(&[]).await;
}

#[tokio::test]
async fn one_that_is_killed_comes_back_on_its_ports_and_with_its_data() {
    let mut bench = Bench::new();
    let (spec, port) = server(&bench);
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let first = bench.until(ServiceState::Ready).await;
    let pid = rustix::process::Pid::from_raw(i32::try_from(first.pid.unwrap()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    bench.until_restarting().await;
    let again = bench.until(ServiceState::Ready).await;
    assert_eq!((again.ports.values().copied().collect::<Vec<_>>(), again.restarts), (vec![port], 1));
    bench.executor.shut_down(&[]).await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_who_has_it_and_the_next_free_one_is_chosen() {
    let bench = Bench::new();
    let (spec, port) = server(&bench);
    let busy = TcpListener::bind(("0.0.0.0", port)).unwrap();
    let failure = bench.execute(step(1, 0), &start(&spec)).await.unwrap_err();
    assert_eq!((failure.code, failure.args["port"].as_str()), (Code::PortTaken, &*port.to_string()));
    assert!(!failure.args["program"].is_empty(), "{failure}");
    let other = "others".parse().unwrap();
    let (wanted, none) = (spec.ports(), BTreeSet::new());
    let chosen = bench.executor.ports_for(&other, &wanted, &none).await.unwrap();
    assert!(chosen.values().all(|chosen| *chosen > port), "{chosen:?}");
    drop(busy);
    // That of the service itself is remembered, whoever had it meanwhile; no other service gets it.
    assert_eq!(bench.executor.ports_for(&spec.name, &wanted, &none).await.unwrap(), wanted);
    assert_ne!(bench.executor.ports_for(&other, &wanted, &none).await.unwrap(), wanted);
    bench.execute(step(2, 0), &start(&spec)).await.unwrap();
    bench.executor.shut_down(&[]).await;
}

#[tokio::test]
async fn a_port_that_another_program_answers_on_does_not_make_a_service_ready() {
    let bench = Bench::new();
    let (mut spec, port) = server(&bench);
    // Its own program never listens: another one does, a moment later.
    let Serves::Program { runs } = &mut spec.serves else { panic!() };
    runs.service.ready = Probe::Tcp { port: "main".parse().unwrap() };
    runs.service.arguments =
        ["-c", "import time\ntime.sleep(600)"].map(|word| word.parse().unwrap()).to_vec();
    let taken = tokio::task::spawn_blocking(move || {
        std::thread::sleep(std::time::Duration::from_millis(500));
        TcpListener::bind(("127.0.0.1", port)).unwrap()
    });
    let failure = bench.execute(step(1, 0), &start(&spec)).await.unwrap_err();
    assert_eq!((failure.code, failure.args["port"].as_str()), (Code::PortTaken, &*port.to_string()));
    drop(taken.await.unwrap());
}

#[tokio::test]
async fn a_program_of_the_module_can_say_whether_it_serves() {
    let bench = Bench::new();
    let probe = bench.folder.path().join("module/bin/probe");
    put(&probe, b"#!/bin/sh\ntest -e \"$1/up\"\n");
    std::fs::set_permissions(&probe, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let ready = Probe::Exec { program: "bin/probe".to_owned(), arguments: vec!["${data}".parse().unwrap()] };
    let spec =
        spec(&bench, SHELL, &["-c", "sleep 0.3; touch $0/up; exec sleep 600", "${data}"], section(ready));
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    assert!(data(&bench).join("up").exists());
    bench.executor.shut_down(&[]).await;
}

#[tokio::test]
async fn a_program_is_asked_to_end_as_its_manifest_says_and_made_to_when_it_will_not() {
    let bench = Bench::new();
    let text = "trap 'echo asked; exit 0' INT; trap '' TERM; echo ready; while :; do sleep 0.05; done";
    let mut spec = script(&bench, text, line("ready"));
    let Serves::Program { runs } = &mut spec.serves else { panic!() };
    runs.service.stop = StopSection { signal: StopSignal::Int, grace_seconds: 5 };
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    bench.execute(step(2, 0), &stop()).await.unwrap();
    assert!(log(&bench).ends_with("asked\n"), "{}", log(&bench));
    let Serves::Program { runs } = &mut spec.serves else { panic!() };
    runs.service.stop = StopSection { signal: StopSignal::Term, grace_seconds: 1 };
    bench.execute(step(3, 0), &start(&spec)).await.unwrap();
    let pid = bench.executor.services()[0].pid.unwrap();
    bench.execute(step(4, 0), &stop()).await.unwrap();
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
}

#[tokio::test]
async fn a_program_that_ends_at_once_or_is_none_fails_with_what_it_said() {
    let bench = Bench::new();
    let spec = script(&bench, "echo no such thing >&2; exit 3", line("ready"));
    let failure = bench.execute(step(1, 0), &start(&spec)).await.unwrap_err();
    let args = ["reason", "number", "detail"].map(|key| failure.args[key].as_str());
    assert_eq!((failure.code, args), (Code::ProgramStartFailed, ["exited", "3", "no such thing"]));
    let status = bench.executor.services().pop().unwrap();
    assert_eq!((status.state, status.last_lines), (ServiceState::Failed, vec!["no such thing".to_owned()]));
    let none = bench.folder.path().join("none");
    put(&none, b"no program");
    for (program, code) in
        [(none.display().to_string(), Code::PermissionDenied), ("/none".to_owned(), Code::IoFailed)]
    {
        let spec = self::spec(&bench, &program, &[], section(line("ready")));
        assert_eq!(bench.execute(step(2, 0), &start(&spec)).await.unwrap_err().code, code, "{program}");
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a program that nobody here started")]
async fn what_a_service_started_is_no_stranger() {
    let bench = Bench::new();
    let item: Installed =
        crate::bench::module(&bench.folder.path().join("artefacts/demo"), las_types::Category::Tool);
    let added = StepAction::StoreAdd { source: item.source.clone(), item: item.clone() };
    bench.execute(step(1, 0), &added).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    // A program of the store that starts another one of it, in a session of its own.
    let sleep = PathBuf::from(bench.executor.path_of(&item, Some("bin/run"))).with_file_name("sleep");
    std::fs::copy("/bin/sleep", &sleep).unwrap();
    let text = format!("(setsid {} 600 &); echo ready; exec {} 600", sleep.display(), sleep.display());
    let mut spec = script(&bench, &text, line("ready"));
    let Serves::Program { runs } = &mut spec.serves else { unreachable!() };
    runs.folder = sleep.parent().unwrap().display().to_string();
    bench.execute(step(2, 0), &start(&spec)).await.unwrap();
    assert_eq!(bench.executor.inspect_services().await.unwrap(), []);
    bench.executor.shut_down(&[]).await;
    // Started by nobody here, it is one.
    let mut stranger = std::process::Command::new("/bin/sh")
        .args(["-c", &format!("{} 600 & echo $!; wait", sleep.display())])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let found = loop {
        let drifts = bench.executor.inspect_services().await.unwrap();
        if let Some(drift) = drifts.into_iter().next() {
            break drift;
        }
    };
    assert_eq!(found.kind, DriftKind::ProcessForeign);
    let pid: i32 = found.args["pid"].parse().unwrap();
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    stranger.wait().unwrap();
    let depth = Depth::Glance;
    assert!(
        !bench.executor.inspect(&item, depth).await.unwrap().is_empty(),
        "the file that the test put there"
    );
}

/// Limits that are held together hold for whatever it starts, and nothing of them is left afterwards.
#[tokio::test]
async fn a_service_gets_no_more_than_its_limits_and_says_how_they_are_held() {
    let bench = Bench::new();
    let text = "ulimit -n; n=0; while [ $n -lt 60 ]; do n=$((n+1)); (setsid sleep 600 2>/dev/null &) 2>/dev/null; done; \
                echo ready; exec sleep 600";
    let limits = LimitsSection { processes: Some(16), files: Some(99), ..LimitsSection::default() };
    let section = ServiceSection { limits, ..section(line("ready")) };
    let limited = spec(&bench, SHELL, &["-c", text], section.clone());
    bench.execute(step(1, 0), &start(&limited)).await.unwrap();
    let status = bench.executor.services().pop().unwrap();
    assert!(log(&bench).starts_with("99\n"), "{}", log(&bench));
    let group = std::fs::read_to_string(format!("/proc/{}/cgroup", status.pid.unwrap())).unwrap();
    match status.limits.unwrap() {
        LimitLevel::Group => assert!(group.contains("/localaistack-"), "{group}"),
        LimitLevel::Process | LimitLevel::Partly => assert!(!group.contains("/localaistack-"), "{group}"),
    }
    bench.executor.shut_down(&[]).await;
    // What is demanded and can't be held is refused, with what there is instead.
    if status.limits != Some(LimitLevel::Group) {
        let limits = LimitsSection { at_least: Some(LimitLevel::Group), ..section.limits.clone() };
        let demanding = spec(&bench, SHELL, &["-c", text], ServiceSection { limits, ..section });
        let failure = bench.execute(step(2, 0), &start(&demanding)).await.unwrap_err();
        let args = ["name", "wanted"].map(|key| failure.args[key].as_str());
        assert_eq!((failure.code, args), (Code::LimitsUnavailable, ["notes", "group"]));
    }
    assert_eq!(bench.executor.inspect_services().await.unwrap(), []);
}
