//! What those who supervise take of the memory.

use super::table::{Goal, Row};
use super::{Programs, Result, Supervisor, WITH};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The parent of a process: field 4 of `/proc/<pid>/stat`.
fn parent(pid: u32) -> Result<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no fields")?;
    Ok(fields.split_whitespace().nth(1).ok_or("no parent")?.parse()?)
}

/// The processes above one, up to the first of a name, which is the last of them.
pub(crate) fn above(pid: u32, name: &str) -> Result<Vec<u32>> {
    let mut all = vec![parent(pid)?];
    loop {
        let last = *all.last().ok_or("no parent")?;
        if std::fs::read_to_string(format!("/proc/{last}/comm"))?.trim() == name {
            return Ok(all);
        }
        all.push(parent(last)?);
    }
}

/// A line of what the kernel says of a process's memory, in KiB.
fn kib(pid: u32, file: &str, name: &str) -> Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/{file}"))?;
    let line = text.lines().find(|line| line.starts_with(name)).ok_or(format!("no {name} of {pid}"))?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}

/// Memory of all of them, in KiB: what is in it, or their shares of it, of which what several have in common is one part.
fn taken(pids: &[u32], name: &str) -> Result<f64> {
    pids.iter().map(|pid| kib(*pid, "smaps_rollup", name)).sum()
}

/// A whole core of an empty data directory, which is the supervisor of every keeper.
struct Core(Child);

impl Core {
    #[expect(clippy::disallowed_methods, reason = "a core of the product")]
    fn start(las: &Path, folder: &Path) -> Result<Self> {
        let mut command = Command::new(las);
        command.args(["serve", "--addr", "127.0.0.1:0", "--json"]).env("LAS_HOME", folder.join("core"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut core = Self(command.spawn()?);
        // What it says is its being ready.
        let output = core.0.stdout.take().ok_or("no pipe")?;
        BufReader::new(output).read_line(&mut String::new())?;
        Ok(core)
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.0.wait();
    }
}

/// What each service takes beside its own memory.
pub(crate) fn rows(
    programs: &Programs,
    folder: &Path,
    services: usize,
    all: &[Box<dyn Supervisor>; 1 + super::PEERS],
) -> Result<Vec<Row>> {
    let core = Core::start(&programs.las, folder)?;
    let count = f64::from(u32::try_from(services)?);
    let keepers = all[0].processes()?;
    let all_of_ours = [keepers.as_slice(), &[core.0.id()]].concat();
    let kinds = [
        ("core, keepers: PSS", "Pss:", &all_of_ours),
        ("core, keepers: RSS", "Rss:", &all_of_ours),
        ("keepers: PSS", "Pss:", &keepers),
    ];
    let mut rows = Vec::new();
    for (name, line, ours) in kinds {
        for (peer, one) in WITH.iter().zip(&all[1..]).skip(3).take(2) {
            let mut row = Row::new(&format!("{name} / {services}"), "KiB", Goal::Growth, peer);
            row.ours.push(taken(ours, line)? / count);
            row.peer.push(taken(&one.processes()?, line)? / count);
            rows.push(row);
        }
    }
    Ok(rows)
}

/// The most that each ever took.
pub(crate) fn after_a_flood(all: &[Box<dyn Supervisor>; 1 + super::PEERS]) -> Result<Vec<Row>> {
    let most = |one: &dyn Supervisor| -> Result<f64> {
        one.processes()?.iter().map(|pid| kib(*pid, "status", "VmHWM:")).sum()
    };
    let mut rows = Vec::new();
    for (peer, one) in WITH.iter().zip(&all[1..]).skip(3).take(2) {
        let mut row = Row::new("most memory in a flood", "KiB", Goal::AtMost(16.0 * 1024.0), peer);
        (row.ours, row.peer) = (vec![most(all[0].as_ref())?], vec![most(one.as_ref())?]);
        rows.push(row);
    }
    Ok(rows)
}
