//! A core in a process of its own.

use crate::process::wait;
use crate::{Client, Workstation, until};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

const READY: Duration = Duration::from_mins(1);
const END: Duration = Duration::from_secs(30);

/// A headless core; ended in order when dropped.
pub struct Core {
    child: Child,
    address: String,
    page: String,
    token: String,
    stderr: Arc<Mutex<String>>,
}

impl Core {
    #[track_caller]
    pub(crate) fn start(machine: &Workstation) -> Self {
        Self::start_at(machine, "127.0.0.1:0")
    }

    #[track_caller]
    pub(crate) fn start_at(machine: &Workstation, address: &str) -> Self {
        Self::run(machine, machine.las_command(&["serve", "--addr", address, "--json"]))
    }

    /// The core that this command becomes: `las serve … --json`, in surroundings of its own.
    #[track_caller]
    pub(crate) fn run(machine: &Workstation, mut command: std::process::Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stderr = Arc::new(Mutex::new(String::new()));
        let mut errors = child.stderr.take().unwrap();
        let collected = Arc::clone(&stderr);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = errors.read(&mut buffer) {
                collected.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        });
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let mut core =
            Self { child, address: String::new(), page: String::new(), token: String::new(), stderr };
        let Ok(line) = lines.recv_timeout(READY) else {
            panic!("the core did not come up: {}", core.stderr.lock().unwrap());
        };
        let told: Value = serde_json::from_str(&line).unwrap();
        let base = told["base_url"].as_str().unwrap();
        base.strip_prefix("http://")
            .and_then(|rest| rest.strip_suffix("/v1"))
            .unwrap()
            .clone_into(&mut core.address);
        told["page"].as_str().unwrap().clone_into(&mut core.page);
        machine.las(&["token", "create", "tests", "--quiet"]).ok().stdout.trim().clone_into(&mut core.token);
        core
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `http://…/v1`, as an OpenAI client wants it.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The link to the page, with its token.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// A token for programs.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A client with the token.
    pub fn client(&self) -> Client {
        Client::new(&self.address).token(&self.token)
    }

    /// What it said on standard error so far.
    pub fn said(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// The process of a service's engine, once the service is ready.
    pub fn engine_process(&self, service: &str) -> Pid {
        until(&format!("the engine of {service}"), || {
            let services = self.client().get("/v1/services").json();
            let ready =
                services.as_array()?.iter().find(|one| one["name"] == service && one["state"] == "ready")?;
            let pid = Pid::from_raw(i32::try_from(ready["pid"].as_i64()?).ok()?)?;
            // One that was ended a moment ago may not be known as that yet.
            rustix::process::test_kill_process(pid).is_ok().then_some(pid)
        })
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it in order.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        // Whoever looks for the cause has nothing else: the data directory goes with the test.
        if std::thread::panicking() {
            eprintln!("the core said:\n{}", self.said());
        }
        if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            let _ = kill_process(pid, Signal::TERM);
        }
        wait(&mut self.child, END);
    }
}
