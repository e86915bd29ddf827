//! P6: numbers of processes that become other processes' at once.

use super::services::{Services, script};
use super::{Report, Run};
use crate::{Core, until};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

const STRANGERS: &str = include_str!("p6/strangers.py");
const CASES: (usize, usize) = (8, 200);
/// So many numbers there are: the kernel allows no fewer than 301.
const NUMBERS: u32 = 400;
const NAME: &str = "reused";
/// The first kernel whose namespaces have a number of numbers of their own; before it that is the whole machine's.
const KERNEL: (u32, u32) = (6, 14);

const WAYS: [&str; 4] = ["restart", "program", "keeper", "core-and-keeper"];

/// A namespace with few numbers, in which strangers come and go.
struct World {
    /// Its first process, seen from here.
    first: Child,
    told: PathBuf,
    ended: PathBuf,
    numbers: Mutex<BTreeSet<u64>>,
}

impl World {
    fn begin(folder: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let (program, told, ended) =
            (folder.join("strangers.py"), folder.join("told.json"), folder.join("ended"));
        std::fs::write(&program, STRANGERS).map_err(|error| error.to_string())?;
        let text = format!("echo {NUMBERS} > /proc/sys/kernel/pid_max && exec python3 \"$@\"");
        // It ends with the one that is waited for here.
        let first = Command::new("unshare")
            .args(["--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", &text, "sh"])
            .args([&program, &told, &ended])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("no unshare: {error}"))?;
        let mut world = Self { first, told, ended, numbers: Mutex::default() };
        until("strangers", || {
            (world.told.exists() || world.first.try_wait().is_ok_and(|ended| ended.is_some())).then_some(())
        });
        if world.told.exists() {
            return Ok(world);
        }
        let mut said = String::new();
        if let Some(mut errors) = world.first.stderr.take() {
            std::io::Read::read_to_string(&mut errors, &mut said).map_err(|error| error.to_string())?;
        }
        Err(format!("no namespace with few numbers: {}", said.trim()))
    }

    /// The first process in it: the child of the one that made it.
    fn inside(&self) -> Result<String, String> {
        let path = format!("/proc/{0}/task/{0}/children", self.first.id());
        let children = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        children.split_whitespace().next().map(str::to_owned).ok_or_else(|| "no world".to_owned())
    }

    fn count(&self, what: &str) -> u64 {
        let text = std::fs::read(&self.told).unwrap_or_default();
        serde_json::from_slice::<Value>(&text).ok().and_then(|told| told[what].as_u64()).unwrap_or_default()
    }

    /// A service's process had this number, in there.
    fn had(&self, pid: u64) {
        let mut numbers = self.numbers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        numbers.insert(pid);
        let text: Vec<String> = numbers.iter().map(u64::to_string).collect();
        let new = self.ended.with_extension("new");
        let written = std::fs::write(&new, text.join(" ")).and_then(|()| std::fs::rename(&new, &self.ended));
        written.unwrap();
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.first.kill();
        let _ = self.first.wait();
    }
}

/// A core in there.
fn core(bench: &Services, world: &World) -> Result<Core, String> {
    let own = bench.machine.las_command(&["serve", "--addr", "127.0.0.1:0", "--json"]);
    let mut command = Command::new("nsenter");
    command.args(["--pid", "--mount", "--target", &world.inside()?, "--"]);
    command.arg(own.get_program()).args(own.get_args()).env_clear();
    command.envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = own.get_current_dir() {
        command.current_dir(folder);
    }
    Ok(Core::run(&bench.machine, command))
}

/// Ends the processes whose words and variables hold all of these, as seen from here.
fn kill(words: &[&str]) {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    for pid in pids {
        let read = |name: &str| std::fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let given = [read("cmdline"), read("environ")].concat();
        let line = String::from_utf8_lossy(&given);
        if words.iter().all(|word| line.contains(word)) {
            let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, Signal::KILL));
        }
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    for needed in ["unshare", "nsenter", "python3"] {
        super::services::program(needed)?;
    }
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").map_err(|error| error.to_string())?;
    let mut parts = release.split(|sign: char| !sign.is_ascii_digit()).map_while(|part| part.parse().ok());
    if parts.next().zip(parts.next()).is_none_or(|found| found < KERNEL) {
        return Err(format!("kernel {}: its namespaces have no numbers of their own", release.trim()));
    }
    // Without namespaces of their own, services' numbers are this world's, too.
    let bench = Services::without_namespaces();
    let world = World::begin(&bench.machine.outside("world"))?;
    let mark = run.random().u32(1_000_000..9_000_000).to_string();
    let source = bench.archive(NAME, &[("run", script(&format!("echo ready; sleep {mark} & sleep {mark}")))]);
    let service = "{ ready: { kind: log, line: ready }, stop: { signal: term, grace_seconds: 2 } }";
    bench.offer(NAME, "run", service, &source);
    let own = Mutex::new(Some(core(&bench, &world)?));
    bench.las(&["module", "install", NAME, "--yes"]);
    let turn = Mutex::new(());
    let cases = WAYS.iter().cycle().enumerate().take(run.choose(CASES.0, CASES.1));
    let cases: Vec<_> = cases.map(|(number, way)| (format!("{way}/{number}"), *way)).collect();
    let sockets = bench.machine.home().join("services").join(NAME).join("keeper.sock");
    let socket = sockets.to_string_lossy().into_owned();
    let home = format!("LAS_HOME={}", bench.machine.home().display());
    let report = run.each(cases, |way| {
        // They change the same service.
        let _turn = turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        bench.las(&["service", "start", NAME]);
        let pid = bench.service(NAME)["pid"].as_u64().ok_or("no process: it is not ready")?;
        world.had(pid);
        match *way {
            "restart" => bench.las(&["service", "restart", NAME]),
            "program" => kill(&[&mark]),
            "keeper" => kill(&["las-keeper", &socket]),
            _ => {
                if let Some(core) = own.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take() {
                    core.kill();
                }
                kill(&["serve", "--addr", &home]);
                kill(&["las-keeper", &socket]);
            }
        }
        // Until its number is somebody else's, as that of one that has ended in the meantime may be.
        let (before, wraps) = (world.count("reused"), world.count("wraps"));
        until("another with its number", || {
            (world.count("reused") > before || world.count("wraps") > wraps + 2).then_some(())
        });
        if *way == "core-and-keeper" {
            let next = core(&bench, &world)?;
            *own.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(next);
        } else {
            let back = || {
                let service = bench.service(NAME);
                (service["state"] == "ready").then(|| service["pid"].as_u64()).flatten()
            };
            world.had(until("ready again", back));
            bench.las(&["service", "stop", NAME]);
        }
        match world.count("signalled") {
            0 => Ok(()),
            many => Err(format!("foreign: {many} strangers were signalled")),
        }
    });
    if let Some(core) = own.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        core.stop();
    }
    let figure = format!(
        "{} strangers, whose numbers began anew {} times; {} had the number of a service's process: {} signalled",
        world.count("strangers"),
        world.count("wraps"),
        world.count("reused"),
        world.count("signalled"),
    );
    Ok(report.with_figure(figure))
}
