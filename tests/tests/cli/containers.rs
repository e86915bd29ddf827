//! Modules that run in containers, on a real engine with a registry of its own.

mod companion;

use las_tests::{
    Catalogue, ContainerEngine, Core, EngineKind, Part, Pushed, Workstation, skip, tar_gz, until,
};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;

/// Says what it may and what it has, writes that it was there, and serves its version.
const PROGRAM: &str = "#!/bin/sh
echo begun VERSION; echo aside >&2
echo files $(ulimit -n) rights $(grep CapEff /proc/self/status) $(grep NoNewPrivs /proc/self/status) user $(id -u)
echo memory $(cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null) \
    processes $(cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null) \
    time $(cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null)
touch /beside 2>/dev/null && echo wrote beside
touch /scratch/there && echo wrote scratch
echo VERSION >> $2/versions
echo $GREETING > /scratch/greeting
exec httpd -f -p $1 -h /www
";

const SERVICE: &str = "{ arguments: ['${port.main}', '${data}'], environment: { GREETING: 'from ${run}' }, \
    ports: { main: PORT }, files: { 'note': 'on ${port.main}' }, ready: { kind: http, port: main, path: /version }, \
    alive: { kind: exec, program: /bin/grep, arguments: ['-q', 'on PORT', '${run}/note'] }, \
    watch: { every_seconds: 1, limit_seconds: 20, misses: 3 }, \
    limits: { memory: 48MiB, cpu_percent: 50, processes: 40, files: 300, at_least: group }, \
    stop: { signal: term, grace_seconds: 1 }, memory: 8MB }";

const CONTAINER: &str = "{ data: /srv/data, run: /srv/run, tmpfs: { /scratch: 1MiB }, network: published }";

struct Bench {
    machine: Workstation,
    catalogue: Catalogue,
    engine: ContainerEngine,
    port: u16,
}

impl Bench {
    /// None where no engine runs: the test that asked is named as skipped.
    fn new(kind: EngineKind, test: &str) -> Option<Self> {
        let engine = match ContainerEngine::start(kind) {
            Ok(engine) => engine,
            Err(lacking) => {
                skip(&format!("cli::containers::{test}"), &lacking);
                return None;
            }
        };
        let machine = Workstation::new();
        let catalogue = Catalogue::new(&machine.outside("resources"));
        let machine = machine.with_resources(catalogue.root());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let socket = engine.socket().display().to_string();
        machine.las(&["config", "set", "containers.socket", &socket, "--yes"]).ok();
        Some(Self { machine, catalogue, engine, port })
    }

    fn push(&self, version: &str) -> Pushed {
        let program = PROGRAM.replace("VERSION", version);
        let files = [("bin/serve", program.as_str()), ("www/version", version)];
        self.engine.push("web", &files, &["ENTRYPOINT [\"/bin/serve\"]", "LABEL evil=yes"])
    }

    fn describe(&self, version: &str, image: &Pushed, service: &str, container: &str) {
        let service = service.replace("PORT", &self.port.to_string());
        let Pushed { name, digest } = image;
        let sections = format!(
            "runtime: {{ modes: [container], service: {service}, container: {container} }}\n\
             source: {{ kind: oci, image: '{name}', size: 1MB }}\nintegrity: {{ checksum: '{digest}' }}\n"
        );
        self.catalogue.describe_files("web", version, &sections);
    }

    /// Offers a version of it, and its image.
    fn offer(&self, version: &str) -> Pushed {
        let image = self.push(version);
        self.describe(version, &image, SERVICE, CONTAINER);
        image
    }

    fn service(&self) -> Value {
        let services = self.machine.json(&["service", "list"]).ok().json();
        services.as_array().unwrap().iter().find(|service| service["name"] == "web").unwrap().clone()
    }

    fn until_ready(&self, restarts: u64) -> Value {
        until("ready", || {
            let service = self.service();
            (service["state"] == "ready" && service["restarts"] == restarts).then_some(service)
        })
    }

    /// What it serves.
    fn served(&self) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.write_all(b"GET /version HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.rsplit_once("\r\n\r\n").map(|(_, body)| body.trim().to_owned())
    }

    fn logs(&self) -> String {
        self.machine.las(&["service", "logs", "web", "--lines", "500"]).ok().stdout
    }

    /// Its one container.
    fn container(&self) -> String {
        let all = self.engine.containers();
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].clone()
    }

    fn serve(&self) -> Core {
        self.machine.serve()
    }
}

#[test]
fn a_module_runs_in_a_container_is_watched_upgraded_and_leaves_nothing() {
    let name = "a_module_runs_in_a_container_is_watched_upgraded_and_leaves_nothing";
    if let Some(bench) = Bench::new(EngineKind::Podman, name) {
        lives_and_leaves_nothing(&bench);
    }
}

#[test]
fn dockers_engine_runs_a_module_in_the_same_way() {
    if let Some(bench) = Bench::new(EngineKind::Docker, "dockers_engine_runs_a_module_in_the_same_way") {
        lives_and_leaves_nothing(&bench);
    }
}

fn lives_and_leaves_nothing(bench: &Bench) {
    let machine = &bench.machine;
    let first = bench.offer("1.0.0");
    let core = bench.serve();
    let plan = machine.json(&["module", "plan", "web"]).ok().json();
    assert_eq!((&plan["hosts"], &plan["totals"]["download"]), (&json!(["127.0.0.1"]), &json!(1_000_000)));
    assert!(bench.engine.images(&first.name).is_empty(), "to plan asks nobody");
    machine.las(&["module", "install", "web", "--yes"]).ok();
    assert_eq!(bench.engine.images(&first.name), std::slice::from_ref(&first.digest));
    machine.is_healthy();
    machine.las(&["service", "start", "web"]).ok();
    let service = bench.service();
    assert_eq!((&service["state"], &service["limits"]), (&json!("ready"), &json!("group")), "{service:#}");
    assert_eq!(service["ports"], json!({ "main": bench.port }));
    assert_eq!(bench.served().as_deref(), Some("1.0.0"));
    // What it may, as it sees it itself. Its engine passes on what it says in its own time: the last of it is awaited.
    let said = until("what it said", || Some(bench.logs()).filter(|said| said.contains("wrote scratch")));
    for expected in [
        " out begun 1.0.0",
        " err aside",
        "files 300 rights CapEff: 0000000000000000 NoNewPrivs: 1",
        "memory 50331648",
        "processes 40",
        "time 50000",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(!said.contains("wrote beside"), "{said}");
    // What it takes.
    let taken = bench.service()["taken"].clone();
    assert!(taken["processes"].as_u64() >= Some(1) && taken["memory"].as_u64() > Some(1 << 10), "{taken}");
    let health = machine.las(&["service", "health", "web"]).ok().stdout;
    assert!(health.contains("answered") && health.contains("Processes"), "{health}");
    machine.is_healthy();
    // Killed, and there again, as another container.
    let before = bench.container();
    bench.engine.run(&["kill", "--signal", "KILL", &before]).ok();
    bench.until_ready(1);
    assert_ne!(bench.container(), before);
    assert_eq!(bench.served().as_deref(), Some("1.0.0"));
    // Another version, and back.
    let second = bench.offer("2.0.0");
    core.stop();
    assert_eq!(bench.engine.containers(), Vec::<String>::new(), "a core that ends in order ends it");
    let core = bench.serve();
    machine.las(&["service", "start", "web"]).ok();
    machine.las(&["module", "upgrade", "web", "--yes"]).ok();
    assert_eq!(bench.served().as_deref(), Some("2.0.0"));
    assert_eq!(bench.engine.images(&first.name), std::slice::from_ref(&second.digest));
    machine.las(&["module", "rollback", "web", "--yes"]).ok();
    assert_eq!(bench.served().as_deref(), Some("1.0.0"));
    assert_eq!(bench.engine.images(&first.name), std::slice::from_ref(&first.digest));
    machine.las(&["service", "stop", "web"]).ok();
    assert_eq!((bench.service()["state"].clone(), bench.served()), (json!("stopped"), None));
    assert_eq!(bench.engine.containers(), Vec::<String>::new());
    // Its data stays, what it had for a run does not.
    let versions = std::fs::read_to_string(machine.home().join("services/web/data/versions")).unwrap();
    assert_eq!(versions.lines().collect::<Vec<_>>(), ["1.0.0", "1.0.0", "1.0.0", "2.0.0", "1.0.0"]);
    assert!(!machine.home().join("services/web/run").exists());
    machine.las(&["module", "remove", "web", "--yes"]).ok();
    assert!(bench.engine.images(&first.name).is_empty());
    machine.is_healthy();
    drop(core);
}

#[test]
fn a_container_outlives_a_core_that_was_killed_and_is_gone_on_with() {
    let Some(mut bench) =
        Bench::new(EngineKind::Podman, "a_container_outlives_a_core_that_was_killed_and_is_gone_on_with")
    else {
        return;
    };
    bench.offer("1.0.0");
    let core = bench.serve();
    bench.machine.las(&["module", "install", "web", "--yes"]).ok();
    bench.machine.las(&["service", "start", "web"]).ok();
    let (container, pid) = (bench.container(), bench.service()["pid"].clone());
    core.kill();
    assert_eq!(bench.served().as_deref(), Some("1.0.0"));
    let say = "echo meanwhile > /proc/1/fd/1";
    bench.engine.run(&["exec", &container, "/bin/sh", "-c", say]).ok();
    let core = bench.serve();
    let service = bench.service();
    assert_eq!(
        (&service["state"], &service["pid"], &service["restarts"]),
        (&json!("ready"), &pid, &json!(0))
    );
    assert_eq!(bench.container(), container);
    // What it said without a core is there, and nothing twice.
    let said =
        until("what was said meanwhile", || Some(bench.logs()).filter(|said| said.contains("meanwhile")));
    assert_eq!((said.matches("begun").count(), said.matches("meanwhile").count()), (1, 1), "{said}");
    // It goes on without its engine's own process, too.
    bench.engine.end_service();
    assert_eq!(bench.served().as_deref(), Some("1.0.0"));
    bench.engine.serve();
    assert_eq!(bench.until_ready(0)["pid"], pid);
    // Killed once more, and its container gone meanwhile: it is not there twice, and not taken for another.
    core.kill();
    bench.engine.run(&["kill", "--signal", "KILL", &container]).ok();
    bench.engine.run(&["rm", "--force", &container]).ok();
    let core = bench.serve();
    assert_eq!(bench.service()["state"], "stopped");
    bench.machine.las(&["service", "start", "web"]).ok();
    assert_ne!(bench.container(), container);
    drop(core);
}

#[test]
fn what_is_not_what_was_said_or_can_not_be_had_installs_nothing() {
    let Some(bench) =
        Bench::new(EngineKind::Podman, "what_is_not_what_was_said_or_can_not_be_had_installs_nothing")
    else {
        return;
    };
    let machine = &bench.machine;
    let image = bench.offer("1.0.0");
    let wrong = Pushed { digest: format!("sha256:{}", "1".repeat(64)), ..image.clone() };
    bench.describe("1.0.0", &wrong, SERVICE, CONTAINER);
    let before = machine.contents();
    machine.json(&["module", "install", "web", "--yes"]).fails("fetch-failed", 7);
    assert_eq!((machine.contents(), bench.engine.images(&image.name)), (before.clone(), vec![]));
    // A registry that gives something else by that digest.
    let other = bench.push("2.0.0");
    let from = bench.engine.stored_manifest(&image.digest);
    let to = bench.engine.stored_manifest(&other.digest);
    std::fs::copy(to, from).unwrap();
    bench.describe("1.0.0", &image, SERVICE, CONTAINER);
    machine.json(&["module", "install", "web", "--yes"]).fails("checksum-mismatch", 9);
    assert_eq!((machine.contents(), bench.engine.images(&image.name)), (before, vec![]));
    machine.is_healthy();
    // One whose program isn't there does not start, and leaves no container.
    bench.describe("2.0.0", &other, SERVICE, CONTAINER);
    let manifest = bench.catalogue.manifest("web", "2.0.0");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(
        &manifest,
        text.replace("modes: [container],", "modes: [container], program: /bin/nothing,"),
    )
    .unwrap();
    machine.las(&["module", "install", "web", "--yes"]).ok();
    let refused = machine.json(&["service", "start", "web"]);
    assert_eq!(refused.status, Some(1), "{refused}");
    assert!(format!("{refused}").contains("container-engine-refused"), "{refused}");
    assert_eq!(bench.engine.containers(), Vec::<String>::new());
    // An image that somebody removed is named and comes back.
    bench.engine.run(&["rmi", &format!("{}@{}", other.name, other.digest)]).ok();
    let report = machine.json(&["doctor"]).status_is(9).json();
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{report:#}");
    machine.las(&["doctor", "--repair"]).ok();
    assert_eq!(bench.engine.images(&other.name), std::slice::from_ref(&other.digest));
    machine.is_healthy();
}

#[test]
fn without_an_engine_that_is_said_and_nothing_is_installed() {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root());
    let socket = machine.outside("none.sock").display().to_string();
    machine.las(&["config", "set", "containers.socket", &socket, "--yes"]).ok();
    let digest = format!("sha256:{}", "1".repeat(64));
    let sections = format!(
        "runtime: {{ modes: [container] }}\nsource: {{ kind: oci, image: 'localhost/web', size: 1MB }}\n\
         integrity: {{ checksum: '{digest}' }}\n"
    );
    catalogue.describe_files("web", "1.0.0", &sections);
    let before = machine.contents();
    machine.json(&["module", "install", "web", "--yes"]).fails("container-engine-missing", 5);
    let said = machine.las(&["module", "install", "web", "--yes"]);
    assert!(format!("{said}").contains(&socket), "{said}");
    assert_eq!(machine.contents(), before);
    machine.is_healthy();
}

#[test]
fn a_container_without_a_network_runs_as_another_user_and_is_started_again_when_it_hangs() {
    let name = "a_container_without_a_network_runs_as_another_user_and_is_started_again_when_it_hangs";
    let Some(bench) = Bench::new(EngineKind::Podman, name) else { return };
    let machine = &bench.machine;
    let image = bench.push("1.0.0");
    let service = SERVICE
        .replace("ports: { main: PORT }, ", "")
        .replace("${port.main}", "8080")
        .replace("{ kind: http, port: main, path: /version }", "{ kind: log, line: 'begun 1.0.0' }")
        .replace("'on PORT'", "'on 8080'");
    let container = "{ data: /srv/data, run: /srv/run, tmpfs: { /scratch: 1MiB }, user: '999:998' }";
    bench.describe("1.0.0", &image, &service, container);
    let core = bench.serve();
    machine.las(&["module", "install", "web", "--yes"]).ok();
    machine.las(&["service", "start", "web"]).ok();
    let said = until("what it said", || Some(bench.logs()).filter(|said| said.contains("wrote scratch")));
    assert!(said.contains("NoNewPrivs: 1 user 999"), "{said}");
    let data = machine.home().join("services/web/data");
    let owner = |path: &std::path::Path| path.metadata().map(|found| (found.uid(), found.gid())).unwrap();
    until("its data", || data.join("versions").exists().then_some(()));
    assert_eq!((owner(&data), owner(&data.join("versions"))), ((999, 998), (999, 998)));
    let interfaces = ["exec", &bench.container(), "/bin/cat", "/proc/net/dev"];
    let interfaces = bench.engine.run(&interfaces).ok().stdout;
    assert!(interfaces.contains("lo:") && !interfaces.contains("eth0"), "{interfaces}");
    // It goes on, and its own test says no.
    std::fs::remove_file(machine.home().join("services/web/run/note")).unwrap();
    let service = bench.until_ready(1);
    let codes: Vec<_> = service["moments"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, [&Value::Null, &json!("service-hung"), &Value::Null]);
    bench.container();
    // What it has counts as data like any other's.
    machine.las(&["module", "remove", "web", "--purge", "--yes"]).ok();
    assert!(!machine.home().join("services/web").exists());
    assert_eq!(bench.engine.containers(), Vec::<String>::new());
    machine.is_healthy();
    drop(core);
}

#[test]
fn a_module_that_also_comes_natively_goes_from_one_mode_to_the_other_and_back() {
    let name = "a_module_that_also_comes_natively_goes_from_one_mode_to_the_other_and_back";
    let Some(bench) = Bench::new(EngineKind::Podman, name) else { return };
    let (machine, Pushed { name, digest }) = (&bench.machine, bench.push("inner"));
    let serve = b"#!/bin/sh\n[ \"$1\" = --version ] && exit 0\nexec busybox httpd -f -p 127.0.0.1:$1 -h $2\n";
    let parts = [Part::Program("bin/serve", serve), Part::File("www/version", b"native")];
    let path = machine.file("web.tar.gz", tar_gz(&parts));
    let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
    let own = SERVICE.replace("PORT", &bench.port.to_string());
    let ready = "ready: { kind: http, port: main, path: /version }";
    let native = format!(
        "{{ arguments: ['${{port.main}}', '${{module}}/www'], ports: {{ main: {} }}, {ready} }}",
        bench.port
    );
    let image = format!("image: {{ name: '{name}', digest: '{digest}', size: 1MB, service: {own} }}");
    let container = CONTAINER.replace(" }, network", &format!(" }}, {image}, network"));
    let runtime = format!(
        "runtime: {{ modes: [native, container], preferred: container, program: bin/serve, service: {native}, \
         container: {container} }}\n"
    );
    bench.catalogue.describe_files("web", "1.0.0", &(runtime + &source));
    let core = bench.serve();
    machine.las(&["module", "install", "web", "--yes"]).ok();
    machine.las(&["service", "start", "web"]).ok();
    assert_eq!(bench.served().as_deref(), Some("inner"), "as its makers prefer");
    // Asked for, it goes on natively on the port that it had; its container and its image are gone.
    machine.las(&["module", "install", "web", "--mode", "native", "--yes"]).ok();
    bench.until_ready(0);
    assert_eq!((bench.served().as_deref(), bench.engine.containers()), (Some("native"), Vec::new()));
    machine.las(&["module", "rollback", "web", "--yes"]).ok();
    bench.until_ready(0);
    assert_eq!(bench.served().as_deref(), Some("inner"), "as it was before");
    machine.is_healthy();
    drop(core);
}
