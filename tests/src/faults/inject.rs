//! Harm at a chosen system call, by strace.

use super::Run;
use crate::process::Begun;
use crate::running::program_named;
use crate::{Ran, Workstation};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// System calls that change something. A read-only `openat` changes nothing; which of them creates is not told apart.
pub(super) const CHANGING: [&str; 26] = [
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "rmdir",
    "mkdir",
    "mkdirat",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "ftruncate",
    "fallocate",
    "chmod",
    "fchmod",
    "openat",
    "flock",
    "connect",
    "copy_file_range",
];
/// Files whose names are known before they are written, so that a count can be of them alone: strace counts by thread,
/// and the first thread to get there would hide the others.
pub(super) const KNOWN: [&str; 5] =
    ["state.db", "state.db-wal", "state.snapshot.db.new", "ledger.head.new", "core.lock"];

/// A moment of a run: the n-th time that a thread makes this call, on this file alone if one is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point {
    pub(super) call: &'static str,
    /// A file of the data directory.
    pub(super) file: Option<&'static str>,
    /// From 1.
    pub(super) nth: u32,
}

impl Point {
    /// The point that a case is named after, as in `apply/EIO/fdatasync@state.db-wal/3`; none for a case of another kind.
    fn of_case(name: &str) -> Option<Self> {
        let (before, nth) = name.rsplit_once('/')?;
        let (_, place) = before.rsplit_once('/')?;
        let (call, file) = place.split_once('@').map_or((place, None), |(call, file)| (call, Some(file)));
        let call = CHANGING.iter().find(|known| **known == call).copied()?;
        let file = match file {
            Some(file) => Some(KNOWN.iter().find(|known| **known == file).copied()?),
            None => None,
        };
        Some(Self { call, file, nth: nth.parse().ok()? })
    }

    /// Whether a disk can make it fail. `write` also wakes our own threads, so it counts only where the file is known; a
    /// connection is no disk.
    pub(super) fn may_fail(&self) -> bool {
        match self.call {
            "writev" | "pwritev" | "connect" | "flock" => false,
            "write" => self.file.is_some(),
            _ => true,
        }
    }
}

impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { call, file, nth } = self;
        match file {
            Some(file) => write!(f, "{call}@{file}/{nth}"),
            None => write!(f, "{call}/{nth}"),
        }
    }
}

/// What happens there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Harm {
    /// The process is killed before the call is made.
    Kill,
    /// The call fails with this error, once.
    Once(&'static str),
    /// The call fails with this error, and so does every later one.
    FromThenOn(&'static str),
}

/// strace, or what lacks.
pub(super) fn strace() -> Result<PathBuf, String> {
    let program = program_named(&["strace"]).ok_or("no strace")?;
    let tried = std::process::Command::new(&program).args(["-qq", "-o", "/dev/null", "true"]).status();
    if tried.is_ok_and(|status| status.success()) {
        Ok(program)
    } else {
        Err("strace may trace nothing".to_owned())
    }
}

/// The program that ends itself at a point of an intent's journal; built beside this one.
pub(super) fn crashed(
    machine: &Workstation,
    point: u64,
    intent: &serde_json::Value,
) -> std::process::Command {
    let own = std::env::current_exe().unwrap();
    let program = own.ancestors().map(|folder| folder.join("las-crash")).find(|path| path.is_file());
    machine.command(&program.expect("las-crash"), &[&point.to_string(), &intent.to_string()])
}

/// A shared library of the system, wherever its architecture keeps it.
pub(super) fn library(name: &str) -> Option<PathBuf> {
    let folders = ["/usr/lib", "/usr/lib64", "/usr/local/lib"].map(PathBuf::from);
    let beside = folders.iter().flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten());
    let nested: Vec<PathBuf> = beside.map(|entry| entry.path()).collect();
    folders.into_iter().chain(nested).map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn traced(machine: &Workstation, strace: &Path, options: &[String], words: &[&str]) -> Begun {
    let las = machine.las_command(words);
    let mut command = machine.command(strace, &["-f", "-qq"]);
    command.args(options).arg(las.get_program()).args(las.get_args());
    Begun::start(command)
}

/// Runs `las` and brings harm to it.
pub(super) fn harmed(machine: &Workstation, strace: &Path, point: &Point, harm: Harm, words: &[&str]) -> Ran {
    begin_harmed(machine, strace, point, harm, words, None).wait()
}

/// Begins such a run; what it does is written into a file, if one is named.
pub(super) fn begin_harmed(
    machine: &Workstation,
    strace: &Path,
    point: &Point,
    harm: Harm,
    words: &[&str],
    record: Option<&Path>,
) -> Begun {
    let Point { call, file, nth } = point;
    let harm = match harm {
        Harm::Kill => format!("signal=KILL:when={nth}"),
        Harm::Once(error) => format!("error={error}:when={nth}"),
        Harm::FromThenOn(error) => format!("error={error}:when={nth}+"),
    };
    let recorded = if record.is_some() { ",write,pwrite64,openat" } else { "" };
    let record = record.unwrap_or(Path::new("/dev/null")).display().to_string();
    let mut options = ["-o", &record, "-y", "-e"].map(str::to_owned).to_vec();
    options.extend([format!("trace={call}{recorded}"), "-e".to_owned(), format!("inject={call}:{harm}")]);
    if let Some(file) = file {
        options.extend(["-P".to_owned(), machine.home().join(file).display().to_string()]);
    }
    traced(machine, strace, &options, words)
}

/// Runs of a single case that is asked for, before it is said to reach its point no more.
const TRIES: usize = 30;

/// Runs a case, which tells whether its harm was done. Threads take turns differently each time, so that a single case
/// that is asked for is run until it was; one of many may miss its point.
pub(super) fn struck(run: &Run, case: impl Fn() -> Result<bool, String>) -> Result<(), String> {
    if run.only.is_none() {
        return case().map(drop);
    }
    for _ in 0..TRIES {
        if case()? {
            return Ok(());
        }
    }
    Err(format!("no harm was done in {TRIES} runs: there is no such point any more"))
}

/// Every point that cases are made of: of the run without harm, or the one that a single case is named after.
pub(super) fn points_of(run: &Run, machine: &Workstation, strace: &Path, words: &[&str]) -> Vec<Point> {
    match &run.only {
        Some(case) => Point::of_case(case).into_iter().collect(),
        None => points(machine, strace, words),
    }
}

/// Every point of a run, from a run without harm.
pub(super) fn points(machine: &Workstation, strace: &Path, words: &[&str]) -> Vec<Point> {
    let record = machine.outside("trace");
    let path = record.display().to_string();
    let options = ["-o", &path, "-y", "-e", &format!("trace={}", CHANGING.join(","))].map(str::to_owned);
    traced(machine, strace, &options, words).wait().ok();
    let text = String::from_utf8_lossy(&std::fs::read(&record).unwrap()).into_owned();
    counted(&text, machine.home())
}

/// From strace's lines: for each call, and each known file, the most that one thread made.
fn counted(text: &str, home: &Path) -> Vec<Point> {
    let mut counts: BTreeMap<(&str, &str, Option<&'static str>), u32> = BTreeMap::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((name, arguments)) = rest.trim_start().split_once('(') else { continue };
        let Some(call) = CHANGING.iter().find(|call| **call == name) else { continue };
        *counts.entry((thread, call, None)).or_default() += 1;
        let touches = |file: &&&str| {
            let path = home.join(file).display().to_string();
            arguments.contains(&format!("<{path}>")) || arguments.contains(&format!("\"{path}\""))
        };
        if let Some(file) = KNOWN.iter().find(touches) {
            *counts.entry((thread, call, Some(file))).or_default() += 1;
        }
    }
    let mut most: BTreeMap<(&'static str, Option<&'static str>), u32> = BTreeMap::new();
    for ((_, call, file), count) in counts {
        let call = CHANGING.iter().find(|known| **known == call).copied().unwrap_or_default();
        let known = most.entry((call, file)).or_default();
        *known = count.max(*known);
    }
    most.into_iter()
        .flat_map(|((call, file), count)| (1..=count).map(move |nth| Point { call, file, nth }))
        .collect()
}

/// After a sync that failed nothing is known of the file's bytes: the same file synced again, with nothing written and
/// nothing opened between, would only hide that. From the record of a run whose sync failed once. The database's own
/// files are left out: SQLite takes back the transaction whose sync failed, and syncs its log again for those before.
pub(super) fn not_synced_again(record: &str) -> Result<(), String> {
    let mut lines = record.lines().skip_while(|line| !line.contains("(INJECTED)"));
    let Some(failed) = lines.next().and_then(synced) else { return Ok(()) };
    if Path::new(failed).file_name().is_some_and(|name| name.to_string_lossy().starts_with("state.")) {
        return Ok(());
    }
    let touching =
        |line: &&str| line.contains(&format!("<{failed}>")) || line.contains(&format!("\"{failed}\""));
    match lines.find(touching).and_then(synced) {
        Some(_) => Err(format!("synced again: {failed}")),
        None => Ok(()),
    }
}

/// The path of a line of `fsync` or `fdatasync`.
fn synced(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("sync(")?;
    let (_, rest) = rest.split_once('<')?;
    rest.split_once('>').map(|(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::{Point, counted, not_synced_again, struck};
    use crate::faults::{Run, Scale};
    use std::cell::Cell;
    use std::path::Path;

    #[test]
    fn a_second_sync_of_bytes_that_may_be_lost_is_noticed() {
        let failed = "7 fsync(3</h/a>) = -1 EIO (Input/output error) (INJECTED)\n";
        let after = |rest: &str| not_synced_again(&format!("7 fsync(3</h/a>) = 0\n{failed}{rest}"));
        assert!(after("").is_ok());
        assert!(after("7 fsync(4</h/b>) = 0\n").is_ok());
        assert!(after("7 write(3</h/a>, \"x\", 1) = 1\n7 fsync(3</h/a>) = 0\n").is_ok());
        assert!(after("7 openat(AT_FDCWD, \"/h/a\", O_RDONLY) = 3</h/a>\n7 fsync(3</h/a>) = 0\n").is_ok());
        assert!(after("7 fsync(4</h/b>) = 0\n7 fsync(3</h/a>) = 0\n").is_err());
        assert!(not_synced_again(&failed.repeat(2).replace("/h/a", "/h/state.db-wal")).is_ok());
        assert!(not_synced_again("7 fsync(3</h/a>) = 0\n7 fsync(3</h/a>) = 0\n").is_ok());
    }

    #[test]
    fn points_are_counted_by_thread_and_by_known_file() {
        let text = "7 write(1, \"a\", 1) = 1\n8  write(9</h/state.db-wal>, \"b\", 1) = 1\n7 write(1, \"c\", 1) = 1\n\
                    8 openat(AT_FDCWD, \"/h/state.db\", O_RDWR) = 3\n8 read(3, \"\", 1) = 0\n8 <... write resumed>) = 1\n";
        let points: Vec<String> = counted(text, Path::new("/h")).iter().map(ToString::to_string).collect();
        assert_eq!(points, ["openat/1", "openat@state.db/1", "write/1", "write/2", "write@state.db-wal/1"]);
    }

    #[test]
    fn a_case_is_named_after_its_point() {
        for name in ["apply/rename/2", "apply/EIO-once/fdatasync@state.db-wal/3"] {
            let point = Point::of_case(name).unwrap().to_string();
            assert!(name.ends_with(&format!("/{point}")), "{name}: {point}");
        }
        for name in
            ["apply/pages/48", "apply/size/4", "apply/journal/7", "apply/write@elsewhere/1", "rename/x"]
        {
            assert_eq!(Point::of_case(name), None, "{name}");
        }
    }

    #[test]
    fn a_single_case_runs_until_its_harm_was_done() {
        let mut run = Run::new(Scale::Reduced, 1);
        let runs = Cell::new(0);
        let third = || {
            runs.set(runs.get() + 1);
            Ok(runs.get() == 3)
        };
        assert!(struck(&run, third).is_ok());
        assert_eq!(runs.get(), 1);
        run.only = Some("apply/rename/2".to_owned());
        assert!(struck(&run, third).is_ok());
        assert_eq!(runs.get(), 3);
        assert!(struck(&run, || Ok(false)).unwrap_err().contains("no such point"));
        assert_eq!(struck(&run, || Err("lost".to_owned())).unwrap_err(), "lost");
    }
}
