//! PostgreSQL and nginx from manifests: installed, prepared, started, killed, upgraded, removed and brought back with their data.

use las_tests::{Catalogue, Part, Workstation, tar_gz, until};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const POSTGRESQL: &str = "{ prepare: [{ folder: db, program: BIN/initdb, \
    arguments: ['-D', '${new}', '-U', 'las', '-A', 'trust', '-E', 'UTF8', '--locale=C'] }], \
    arguments: ['-D', '${data}/db', '-p', '${port.main}', '-c', 'listen_addresses=127.0.0.1', \
    '-c', 'unix_socket_directories=${run}'], ports: { main: PORT }, \
    ready: { kind: exec, program: BIN/pg_isready, arguments: ['-h', '127.0.0.1', '-p', '${port.main}'] }, \
    watch: { every_seconds: 1, limit_seconds: 10, misses: 3 }, stop: { signal: int, grace_seconds: 30 } }";

const NGINX: &str = "{ arguments: ['-e', 'stderr', '-p', '${run}', '-c', '${run}/nginx.conf'], ports: { main: PORT }, \
    files: { nginx.conf: 'daemon off; pid ${run}/nginx.pid; worker_processes 1; events {} \
    http { access_log /dev/stdout; client_body_temp_path ${run}/body; proxy_temp_path ${run}/proxy; \
    fastcgi_temp_path ${run}/fastcgi; uwsgi_temp_path ${run}/uwsgi; scgi_temp_path ${run}/scgi; \
    server { listen 127.0.0.1:${port.main}; location = /health { return 200 fine; } \
    location / { root ${data}/www; } } }' }, ready: { kind: http, port: main, path: /health }, \
    watch: { every_seconds: 1, limit_seconds: 10, misses: 3 }, stop: { signal: quit, grace_seconds: 30 } }";

/// A machine with a module that is a service.
struct Bench {
    machine: Workstation,
    catalogue: Catalogue,
    name: &'static str,
    port: u16,
    files: Vec<(String, PathBuf)>,
}

impl Bench {
    fn new(name: &'static str, files: Vec<(String, PathBuf)>) -> Self {
        let machine = Workstation::new();
        let catalogue = Catalogue::new(&machine.outside("resources"));
        let machine = machine.with_resources(catalogue.root()).of_nobody();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { machine, catalogue, name, port, files }
    }

    /// Offers a version: the same programs, another note beside them.
    fn offer(&self, version: &str, runtime: &str) {
        let bytes: Vec<Vec<u8>> = self.files.iter().map(|(_, path)| std::fs::read(path).unwrap()).collect();
        let mut parts = vec![Part::File("VERSION", version.as_bytes())];
        for ((name, _), bytes) in self.files.iter().zip(&bytes) {
            let program = name.contains("bin/");
            parts.push(if program { Part::Program(name, bytes) } else { Part::File(name, bytes) });
        }
        let path = self.machine.file(&format!("{}-{version}.tar.gz", self.name), tar_gz(&parts));
        let source = self.machine.json(&["module", "source", &path]).ok().json();
        let runtime = runtime.replace("PORT", &self.port.to_string());
        let sections = format!("runtime: {{ modes: [native], {runtime} }}\n{}", Catalogue::lines(&source));
        self.catalogue.describe_files(self.name, version, &sections);
    }

    fn las(&self, words: &[&str]) {
        self.machine.las(words).ok();
    }

    fn service(&self) -> Value {
        let services = self.machine.json(&["service", "list"]).ok().json();
        services.as_array().unwrap().iter().find(|service| service["name"] == self.name).unwrap().clone()
    }

    fn kill(&self) {
        let before = self.service();
        let pid = i32::try_from(before["pid"].as_i64().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        until("started again", || {
            let now = self.service();
            (now["pid"] != before["pid"] && now["state"] == "ready").then_some(())
        });
    }

    /// The whole life of it, with something that it has to keep.
    fn lives(&self, keep: impl Fn(), kept: impl Fn() -> bool) {
        let core = self.machine.serve();
        self.las(&["module", "install", &format!("{}@1.0.0", self.name), "--yes"]);
        self.las(&["service", "start", self.name]);
        assert_eq!(self.service()["ports"], json!({ "main": self.port }));
        keep();
        assert!(kept());
        self.machine.is_healthy();
        self.kill();
        assert!(kept(), "after a kill");
        self.las(&["service", "restart", self.name]);
        assert!(kept(), "after a restart");
        self.las(&["module", "upgrade", self.name, "--yes"]);
        assert_eq!(self.service()["state"], "ready");
        assert!(kept(), "after an upgrade");
        self.las(&["module", "rollback", self.name, "--yes"]);
        assert!(kept(), "after going back");
        self.las(&["module", "remove", self.name, "--yes"]);
        assert!(TcpStream::connect(("127.0.0.1", self.port)).is_err());
        self.las(&["module", "install", self.name, "--yes"]);
        self.las(&["service", "start", self.name]);
        assert!(kept(), "after a second installation");
        self.las(&["module", "remove", self.name, "--purge", "--yes"]);
        assert!(!self.machine.home().join("services").join(self.name).exists());
        self.machine.is_healthy();
        core.stop();
    }
}

/// The files under a folder that are files, with the names that they get.
fn files(folder: &Path, name: &str, found: &mut Vec<(String, PathBuf)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let (path, name) = (entry.path(), format!("{name}/{}", entry.file_name().to_str().unwrap()));
        if path.is_dir() {
            files(&path, &name, found);
        } else if path.is_file() {
            found.push((name, path));
        }
    }
}

/// The folder of the newest version that the system has.
fn postgresql() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").unwrap().flatten();
    let number =
        |entry: &std::fs::DirEntry| entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
    versions.max_by_key(number).unwrap().path()
}

#[test]
fn postgresql_is_prepared_once_and_keeps_what_it_acknowledged() {
    let own = postgresql();
    let version = own.file_name().unwrap().to_str().unwrap().to_owned();
    let bin = format!("lib/postgresql/{version}/bin");
    let mut all: Vec<(String, PathBuf)> = ["postgres", "initdb", "pg_isready"]
        .map(|name| (format!("{bin}/{name}"), own.join("bin").join(name)))
        .to_vec();
    for library in ["plpgsql.so", "dict_snowball.so"] {
        all.push((format!("lib/postgresql/{version}/lib/{library}"), own.join("lib").join(library)));
    }
    let share = format!("share/postgresql/{version}");
    files(&Path::new("/usr").join(&share), &share, &mut all);
    let bench = Bench::new("postgresql", all);
    let runtime = format!("program: {bin}/postgres, service: {}", POSTGRESQL.replace("BIN", &bin));
    bench.offer("1.0.0", &runtime);
    bench.offer("1.1.0", &runtime);
    let ask = |statement: &str| {
        let output = Command::new(own.join("bin/psql"))
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &bench.port.to_string(),
                "-U",
                "las",
                "-d",
                "postgres",
                "-At",
                "-c",
                statement,
            ])
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let keep = || {
        ask("CREATE TABLE kept (what text)");
        assert_eq!(ask("INSERT INTO kept VALUES ('yes')"), "INSERT 0 1");
    };
    bench.lives(keep, || ask("SELECT what FROM kept") == "yes");
}

/// What could not be made is not there half, and is made with the next start.
#[test]
fn a_preparation_that_fails_leaves_nothing_and_is_repeated() {
    let program = |name: &str| (format!("bin/{name}"), PathBuf::from(format!("/bin/{name}")));
    let bench = Bench::new("made", ["sh", "mkdir", "ls", "sleep"].map(program).to_vec());
    let runtime = |arguments: &str| {
        format!(
            "program: bin/sleep, service: {{ prepare: [{{ folder: db, program: bin/mkdir, arguments: {arguments} }}], \
             arguments: ['600'], ready: {{ kind: exec, program: bin/ls, arguments: ['${{data}}/db/whole'] }} }}"
        )
    };
    // The second can't be made, after the first was.
    bench.offer("1.0.0", &runtime("['${new}', '/proc/no']"));
    bench.offer("1.1.0", &runtime("['-p', '${new}/whole']"));
    let core = bench.machine.serve();
    bench.las(&["module", "install", "made@1.0.0", "--yes"]);
    let failed = bench.machine.json(&["service", "start", "made"]);
    assert_eq!(failed.code().as_deref(), Some("program-start-failed"), "{failed}");
    assert!(failed.stdout.contains("/proc/no"), "what it said is shown: {failed}");
    let data = bench.machine.home().join("services/made/data");
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0);
    bench.las(&["module", "upgrade", "made", "--yes"]);
    bench.las(&["service", "start", "made"]);
    assert!(data.join("db/whole").is_dir());
    core.stop();
}

#[test]
fn nginx_is_proven_in_its_own_way_and_serves_what_lies_in_its_data() {
    let bench = Bench::new("nginx", vec![("bin/nginx".to_owned(), PathBuf::from("/usr/sbin/nginx"))]);
    let runtime = format!("program: bin/nginx, proof: ['-v'], service: {NGINX}");
    bench.offer("1.0.0", &runtime);
    bench.offer("1.1.0", &runtime);
    let page = bench.machine.home().join("services/nginx/data/www/page");
    let keep = || {
        std::fs::create_dir_all(page.parent().unwrap()).unwrap();
        std::fs::write(&page, "kept").unwrap();
        // Whose the machine is may take it away again.
        let owner = bench.machine.home().metadata().unwrap();
        for path in [page.parent().unwrap(), &page] {
            std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
    };
    let kept = || {
        let mut stream = TcpStream::connect(("127.0.0.1", bench.port)).unwrap();
        stream.write_all(b"GET /page HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.ends_with("kept")
    };
    bench.lives(keep, kept);
}
