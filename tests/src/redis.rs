//! Redis as a module: a service to be installed, started and asked.

use crate::{Catalogue, Core, Part, Workstation, tar_gz};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};

/// As its manifest says that it serves; `PORT` is the port that it wants.
pub const REDIS: &str = "{ arguments: ['--port', '${port.main}', '--bind', '127.0.0.1', '--dir', '${data}', \
    '--appendonly', 'yes', '--save', '', '--protected-mode', 'yes'], ports: { main: PORT }, \
    ready: { kind: exec, program: bin/redis-cli, arguments: ['-e', '-p', '${port.main}', 'ping'] }, \
    watch: { every_seconds: 1, limit_seconds: 2, misses: 2 }, stop: { signal: term, grace_seconds: 20 }, memory: 64MB }";

/// A machine on which a module `redis` can be had.
pub struct Redis {
    /// The machine.
    pub machine: Workstation,
    /// The modules there are.
    pub catalogue: Catalogue,
    /// The port that it wants.
    pub port: u16,
}

impl Default for Redis {
    fn default() -> Self {
        Self::new()
    }
}

impl Redis {
    /// Version 1.0.0 of a module `redis` that nobody installed yet.
    #[track_caller]
    pub fn new() -> Self {
        let machine = Workstation::new();
        let catalogue = Catalogue::new(&machine.outside("resources"));
        // The page is the same.
        std::os::unix::fs::symlink(machine.resources().join("ui"), catalogue.root().join("ui")).unwrap();
        let machine = machine.with_resources(catalogue.root());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let redis = Self { machine, catalogue, port };
        redis.offer("1.0.0", REDIS);
        redis
    }

    /// Offers a version of it: the same programs, another note beside them.
    #[track_caller]
    pub fn offer(&self, version: &str, service: &str) {
        self.offer_as("redis", version, service);
    }

    /// The same under another name.
    #[track_caller]
    pub fn offer_as(&self, name: &str, version: &str, service: &str) {
        let program = |name: &str| std::fs::read(format!("/usr/bin/{name}")).unwrap();
        let bytes = tar_gz(&[
            Part::Program("bin/redis-server", &program("redis-server")),
            Part::Program("bin/redis-cli", &program("redis-cli")),
            Part::File("VERSION", version.as_bytes()),
        ]);
        let path = self.machine.file(&format!("{name}-{version}.tar.gz"), bytes);
        let source = self.machine.json(&["module", "source", &path]).ok().json();
        let service = service.replace("PORT", &self.port.to_string());
        let sections = format!(
            "runtime: {{ modes: [native], program: bin/redis-server, service: {service} }}\n{}",
            Catalogue::lines(&source)
        );
        self.catalogue.describe_files(name, version, &sections);
    }

    /// As `las service list` has it.
    #[track_caller]
    pub fn service(&self) -> Value {
        let services = self.machine.json(&["service", "list"]).ok().json();
        services.as_array().unwrap().iter().find(|service| service["name"] == "redis").unwrap().clone()
    }

    /// What Redis answers to a line.
    pub fn ask(&self, line: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.write_all(format!("{line}\r\n").as_bytes()).ok()?;
        let mut answers = BufReader::new(stream).lines();
        let first = answers.next()?.ok()?;
        if first.starts_with('$') { answers.next()?.ok() } else { Some(first) }
    }

    /// Becomes the core of the machine.
    #[track_caller]
    pub fn serve(&self) -> Core {
        self.machine.serve()
    }
}
