//! A machine whose modules are services made to order.

use crate::{Begun, Catalogue, Part, Workstation, tar_gz};
use serde_json::Value;
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A machine, and what it can install.
pub(super) struct Services {
    pub(super) machine: Workstation,
    catalogue: Catalogue,
    /// One change at a time, as one person would.
    turn: Mutex<()>,
}

impl Services {
    pub(super) fn new() -> Self {
        let machine = Workstation::new();
        let catalogue = Catalogue::new(&machine.outside("resources"));
        let machine = machine.with_resources(catalogue.root());
        Self { machine, catalogue, turn: Mutex::default() }
    }

    /// One whose programs have a variable of their environment more.
    pub(super) fn with_variable(name: &'static str, value: &str) -> Self {
        let bench = Self::new();
        Self { machine: bench.machine.with_variable(name, value), ..bench }
    }

    /// One that can't give its services namespaces of their own.
    pub(super) fn without_namespaces() -> Self {
        let bench = Self::new();
        Self { machine: bench.machine.without_namespaces(), ..bench }
    }

    /// Packs programs (name in `bin/`, bytes) into an archive, and tells how a manifest names it.
    pub(super) fn archive(&self, name: &str, programs: &[(&str, Vec<u8>)]) -> String {
        let paths: Vec<String> = programs.iter().map(|(name, _)| format!("bin/{name}")).collect();
        let parts: Vec<Part<'_>> =
            paths.iter().zip(programs).map(|(path, (_, bytes))| Part::Program(path, bytes)).collect();
        let path = self.machine.file(&format!("{name}.tar.gz"), tar_gz(&parts));
        Catalogue::lines(&self.machine.json(&["module", "source", &path]).ok().json())
    }

    /// Offers a module that is a service: its program of `bin/`, the section, and where it comes from.
    pub(super) fn offer(&self, name: &str, program: &str, service: &str, source: &str) {
        let runtime = format!("runtime: {{ modes: [native], program: bin/{program}, service: {service} }}\n");
        self.catalogue.describe_files(name, "1.0.0", &(runtime + source));
    }

    /// Makes a change.
    pub(super) fn las(&self, words: &[&str]) {
        self.timed(words);
    }

    /// The same, and how long it took.
    pub(super) fn timed(&self, words: &[&str]) -> Duration {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = Instant::now();
        self.machine.las(words).ok();
        begun.elapsed()
    }

    /// Begins a change that is waited for elsewhere.
    pub(super) fn begin(&self, words: &[&str]) -> Begun {
        Begun::start(self.machine.las_command(words))
    }

    /// A service as it is now.
    pub(super) fn service(&self, name: &str) -> Value {
        let services = self.machine.json(&["service", "list"]).ok().json();
        let found = services.as_array().and_then(|all| all.iter().find(|one| one["name"] == name));
        found.cloned().unwrap_or_default()
    }
}

/// The processes above a service's, the keeper last; none if it has ended.
pub(super) fn above(pid: &str) -> Option<Vec<String>> {
    let parent = |pid: &String| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1).map(str::to_owned)
    };
    let keeps = |pid: &String| {
        std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "las-keeper")
    };
    let mut all = Vec::new();
    for pid in std::iter::successors(parent(&pid.to_owned()), parent) {
        let last = keeps(&pid);
        all.push(pid);
        if last {
            return Some(all);
        }
    }
    None
}

/// The keeper of a service's process; none if it has ended.
pub(super) fn keeper(pid: &str) -> Option<String> {
    above(pid)?.pop()
}

/// A number of a port that is free, and below those that the system gives to whoever asks for any: nobody has it by chance
/// between this and when it is used. Those behind it are left to services that find it taken and choose the next.
pub(super) fn free_port() -> Result<u16, String> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 20_000;
    // Without a divisor in common with their count, so that all of them come.
    const APART: u32 = 37;
    let number = |nth: u32| u16::try_from(FIRST + (std::process::id() + nth * APART) % COUNT).ok();
    let numbers = (0..COUNT).filter_map(|_| number(NEXT.fetch_add(1, Ordering::Relaxed).into()));
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    numbers.into_iter().find(free).ok_or_else(|| "no port is free".to_owned())
}

/// A script as a program that can also say its version.
pub(super) fn script(text: &str) -> Vec<u8> {
    format!("#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n{text}\n").into_bytes()
}

/// The bytes of one of the system's programs, or what lacks.
pub(super) fn program(name: &str) -> Result<Vec<u8>, String> {
    let path = crate::running::program_named(&[name]).ok_or_else(|| format!("no {name}"))?;
    std::fs::read(&path).map_err(|error| format!("{}: {error}", Path::new(&path).display()))
}
