//! `./x bench supervise`: how soon a killed service's successor says its first word, and how fast what a service says is
//! taken, next to a bare fork, exec and read of a pipe, to supervisord and to pm2. Arguments: the JSON to write, the
//! number of rounds, and the programs `sayer`, `las-keeper`, `las`, `supervisord` and `pm2`.
//!
//! Everybody supervises the same program in the same rounds, on the same processor. A word counts as said when it can be
//! read in the log file of the service, for the bare ones when it is read from the pipe. Ours starts again without the
//! pause that the product makes, as do the peers. Ours puts each program into its sandbox, as the product does; who is
//! “confined” supervises it in the same namespaces, by the same words of `bwrap`, and without the rest of the sandbox.

mod bare;
mod kept;
mod log;
mod memory;
mod peers;
#[path = "../../../../tests/bench/table.rs"]
#[allow(dead_code, reason = "five are measured in one round here")]
mod table;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use table::{Goal, Row, report};

type Failed = Box<dyn std::error::Error>;
type Result<T> = std::result::Result<T, Failed>;

/// From a kill until lines are said: longer than the slowest supervisor needs to start again, which looks once a second.
const REST: Duration = Duration::from_millis(1200);
/// Services that are supervised at once; one of them is killed.
const SERVICES: [usize; 3] = [1, 10, 100];
/// Lines of 200 bytes. All of them are within what ours writes down of a flood.
const LINES: [u32; 3] = [300, 3_000, 30_000];
/// Of these ours reads all and writes down about one in eight, as a budget wants; the others write all.
const FLOOD: u32 = 300_000;
/// Kills a round: one takes a millisecond, so that few show the machine's mood.
const KILLS: usize = 3;
/// Tries a round of so many lines that there is a goal for them: one takes some milliseconds.
const TRIES: usize = 3;

/// Who supervises some services, of which the first is measured.
trait Supervisor {
    /// Kills the service; how long it takes until its successor's first word is there, in milliseconds.
    fn kill(&mut self) -> Result<f64>;
    /// Has the service say so many lines; how long it takes until the last of them is there, in milliseconds.
    fn take(&mut self, lines: u32) -> Result<f64>;
    /// The same until the service got rid of them all, whatever becomes of them.
    fn flood(&mut self, lines: u32) -> Result<f64>;
    /// The processes that supervise.
    fn processes(&self) -> Result<Vec<u32>>;
}

/// The programs that are needed.
struct Programs {
    sayer: PathBuf,
    keeper: PathBuf,
    las: PathBuf,
    supervisord: PathBuf,
    pm2: PathBuf,
}

/// In the order of the rows. Ours comes first.
const WITH: [&str; PEERS] = [
    "bare, confined",
    "bare fork, exec, pipe",
    "bare, into a file",
    "supervisord",
    "pm2",
    CONFINED[0],
    CONFINED[1],
];
/// Those that supervise the same in the namespaces that ours has.
const CONFINED: [&str; 2] = ["supervisord, confined", "pm2, confined"];
const PEERS: usize = 7;

fn all(programs: &Programs, folder: &Path, services: usize) -> Result<[Box<dyn Supervisor>; 1 + PEERS]> {
    let at = |name: &str| {
        let folder = folder.join(name);
        std::fs::create_dir(&folder).map(|()| folder)
    };
    let kept = kept::Kept::start(programs, &at("kept")?, services)?;
    let namespaces = kept.namespaces()?;
    let held = Some(namespaces.as_slice());
    Ok([
        Box::new(kept),
        Box::new(bare::Bare::start(programs, &at("held")?, None, Some(namespaces.clone()))?),
        Box::new(bare::Bare::start(programs, &at("bare")?, None, None)?),
        Box::new(bare::Bare::start(programs, &at("filed")?, Some("out.log"), None)?),
        Box::new(peers::Supervisord::start(programs, &at("supervisord")?, services, None)?),
        Box::new(peers::Pm2::start(programs, &at("pm2")?, services, None)?),
        Box::new(peers::Supervisord::start(programs, &at("supervisord-held")?, services, held)?),
        Box::new(peers::Pm2::start(programs, &at("pm2-held")?, services, held)?),
    ])
}

/// Rows of ours, each next to another one of the rest.
struct Rows(Vec<Row>);

impl Rows {
    fn new(name: &str, unit: &'static str, goals: [Goal; PEERS]) -> Self {
        let row = |(peer, goal): (&&str, Goal)| Row::new(name, unit, goal, peer);
        Self(WITH.iter().zip(goals).map(row).collect())
    }

    /// Measures all, each time another one first, and now in one direction, now in the other: no one always comes after the
    /// same.
    fn round(
        &mut self,
        round: usize,
        all: &mut [Box<dyn Supervisor>; 1 + PEERS],
        mut measure: impl FnMut(&mut dyn Supervisor) -> Result<f64>,
    ) -> Result<()> {
        let mut found = [0.0; 1 + PEERS];
        for turn in 0..all.len() {
            let turn = if round.is_multiple_of(2) { turn } else { all.len() - 1 - turn };
            let one = (round + turn) % all.len();
            settle();
            found[one] = measure(all[one].as_mut())?;
        }
        for (row, peer) in self.0.iter_mut().zip(&found[1..]) {
            row.ours.push(found[0]);
            row.peer.push(*peer);
        }
        Ok(())
    }
}

/// Lets everybody come to rest: ours asks whether a service serves every 50 ms until it does.
fn settle() {
    std::thread::sleep(Duration::from_millis(60));
}

fn restarts(programs: &Programs, folder: &Path, services: usize, rounds: usize) -> Result<Vec<Row>> {
    let mut all = all(programs, folder, services)?;
    let goals = match services {
        1 => {
            let ahead = Goal::TimesAtMost(1.0);
            let shown = Goal::Growth;
            [Goal::TimesAtMost(2.0), shown, shown, ahead, shown, ahead, ahead]
        }
        _ => [Goal::Growth; PEERS],
    };
    let mut rows = Rows::new(&format!("restart, 1 of {services}"), "ms", goals);
    for round in 0..rounds * KILLS {
        rows.round(round, &mut all, |one| one.kill())?;
    }
    // What is written into a file is the same here.
    rows.0.remove(2);
    rows.0.extend(memory::rows(programs, folder, services, &all)?);
    Ok(rows.0)
}

fn intake(programs: &Programs, folder: &Path, rounds: usize) -> Result<Vec<Row>> {
    let mut all = all(programs, folder, 1)?;
    let mut rows = Vec::new();
    let sizes = LINES.map(|lines| (lines, false)).into_iter().chain([(FLOOD, true)]);
    for (lines, flood) in sizes {
        let goals = match lines {
            30_000.. => {
                let ahead = Goal::TimesAtLeast(1.0);
                let shown = Goal::Growth;
                [shown, Goal::TimesAtLeast(0.5), shown, ahead, ahead, shown, shown]
            }
            _ => [Goal::Growth; PEERS],
        };
        let name = if flood { format!("flood of {lines} lines") } else { format!("{lines} lines") };
        let mut these = Rows::new(&name, "1/s", goals);
        let tries = if lines >= 30_000 && !flood { TRIES } else { 1 };
        for round in 0..rounds * tries {
            these.round(round, &mut all, |one| {
                // A fresh process with a fresh budget.
                let begun = Instant::now();
                one.kill()?;
                settle();
                // Whoever starts slowly has rested longer, and so has the machine's disk: now all have.
                std::thread::sleep(REST.saturating_sub(begun.elapsed()));
                let took = if flood { one.flood(lines)? } else { one.take(lines)? };
                Ok(f64::from(lines) * 1e3 / took)
            })?;
        }
        // A pipe is the same in namespaces.
        these.0.remove(0);
        these.0.truncate(PEERS - 1 - CONFINED.len());
        rows.append(&mut these.0);
    }
    rows.extend(memory::after_a_flood(&all)?);
    Ok(rows)
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("the JSON to write")?;
    let rounds: usize = arguments.next().ok_or("the number of rounds")?.parse()?;
    let mut program = |name: &str| arguments.next().map(PathBuf::from).ok_or(format!("the program {name}"));
    let programs = Programs {
        sayer: program("sayer")?,
        keeper: program("las-keeper")?,
        las: program("las")?,
        supervisord: program("supervisord")?,
        pm2: program("pm2")?,
    };
    // Beside the results: a folder of the system for passing files may be in memory.
    let beside = Path::new(&out).parent().ok_or("a folder to write in")?;
    let mut rows = Vec::new();
    for services in SERVICES {
        let folder = tempfile::tempdir_in(beside)?;
        rows.extend(restarts(&programs, folder.path(), services, rounds)?);
    }
    let folder = tempfile::tempdir_in(beside)?;
    rows.extend(intake(&programs, folder.path(), rounds)?);
    Ok(report("supervise", &out, &rows)?)
}
