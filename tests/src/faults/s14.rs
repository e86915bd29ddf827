//! S14: a folder that a program writes into turns into a link while the core works in it.

use super::services::{Services, script};
use super::{Report, Run};
use las_runtime::Beneath;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::fs::{CWD, RenameFlags};
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Changes of files, and starts of services, in all.
const CHANGES: (usize, usize) = (4_000, 100_000);
const STARTS: (usize, usize) = (4, 60);
/// Changes of one case.
const ROUND: usize = 500;
const CANARY: &str = "kept";

/// Names that lead elsewhere somewhere, or look as if they did.
const NAMES: &[&str] = &[
    "..",
    "../outer",
    "a/../../outer",
    "./a",
    "a/",
    "a//b",
    "/etc",
    "a\\..\\..\\outer",
    "a\0b",
    "a\nb",
    "",
    ".",
    "...",
    "....",
    "a.",
    "a. ",
    "LINK",
    "Link",
    "lin\u{212a}",
    "\u{ff0e}\u{ff0e}/outer",
    "\u{2024}\u{2024}/outer",
    "..\u{200b}/outer",
    "..\u{2215}outer",
    "cafe\u{301}",
    "caf\u{e9}",
    "%2e%2e/outer",
    "~",
    "$HOME",
    "CON",
    "nul.txt",
];

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A folder that nothing is to touch, and who says that something did.
struct Outer {
    path: PathBuf,
    watch: rustix::fd::OwnedFd,
}

impl Outer {
    /// With a folder of each name in it.
    fn new(path: &Path, names: &[&str]) -> Result<Self, String> {
        std::fs::create_dir_all(path).map_err(told)?;
        std::fs::write(path.join(CANARY), CANARY).map_err(told)?;
        let watch = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).map_err(told)?;
        for name in names {
            std::fs::create_dir_all(path.join(name)).map_err(told)?;
            std::fs::write(path.join(name).join(CANARY), CANARY).map_err(told)?;
        }
        for folder in std::iter::once(path.to_owned()).chain(names.iter().map(|name| path.join(name))) {
            inotify::add_watch(&watch, &folder, WatchFlags::ALL_EVENTS).map_err(told)?;
        }
        Ok(Self { path: path.to_owned(), watch })
    }

    /// What was done in it since the last question.
    fn touched(&self) -> Vec<String> {
        let mut space = [MaybeUninit::uninit(); 4096];
        let mut events = inotify::Reader::new(&self.watch, &mut space);
        let mut all = Vec::new();
        while let Ok(event) = events.next() {
            if !event.events().contains(ReadFlags::IGNORED) {
                all.push(format!("{:?} {:?}", event.events(), event.file_name()));
            }
        }
        all
    }

    fn untouched(&self) -> Result<(), String> {
        match self.touched().as_slice() {
            [] => Ok(()),
            [first, ..] => Err(format!("outside: {first}")),
        }
    }
}

/// Swaps a folder with a link to elsewhere for as long as it lives.
struct Swapping<'a> {
    end: &'a AtomicBool,
}

impl Drop for Swapping<'_> {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
    }
}

/// Does something while the two names are swapped again and again. Tells how often they were.
fn while_swapped<R>(one: &Path, other: &Path, work: impl FnOnce() -> R) -> (R, usize) {
    let (end, swaps) = (AtomicBool::new(false), AtomicUsize::new(0));
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !end.load(Ordering::Relaxed) {
                if rustix::fs::renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok() {
                    swaps.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let _swapping = Swapping { end: &end };
        work()
    });
    (result, swaps.into_inner())
}

/// A folder with another in it that is to be swapped with a link to one outside.
struct Bench {
    _scratch: tempfile::TempDir,
    inner: PathBuf,
    outer: Outer,
}

impl Bench {
    fn new() -> Result<Self, String> {
        let scratch = tempfile::tempdir().map_err(told)?;
        let (inner, outer) = (scratch.path().join("inner"), scratch.path().join("outer"));
        std::fs::create_dir_all(inner.join("swapped/deep")).map_err(told)?;
        let outer = Outer::new(&outer, &["deep"])?;
        std::os::unix::fs::symlink(&outer.path, inner.join("link")).map_err(told)?;
        Ok(Self { _scratch: scratch, inner, outer })
    }

    fn while_swapped<R>(&self, work: impl FnOnce() -> R) -> (R, usize) {
        while_swapped(&self.inner.join("swapped"), &self.inner.join("link"), work)
    }
}

/// What the core does in somebody else's folder, by number; an error is an answer.
fn change(beneath: &Beneath, number: usize) -> bool {
    let at = |text: &'static str| Path::new(text);
    match number % 6 {
        0 => beneath.make_above(at("swapped/deep/new/er")).is_ok(),
        1 => beneath.rename(at("swapped/deep/new"), at("swapped/deep/old")).is_ok(),
        2 => beneath.remove(at("swapped/deep/old")).is_ok(),
        3 => beneath.has(at("swapped/deep/kept")).is_ok(),
        4 => beneath.read(at("swapped/kept")).is_ok(),
        _ => beneath.size().is_ok(),
    }
}

/// The same without care, so that it is known that the swaps come in between.
fn careless(inner: &Path, number: usize) {
    let at = |text: &str| inner.join(text);
    let deep = at("swapped/deep");
    let aside = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_dir());
    match number % 3 {
        0 if aside(&at("swapped")) => drop(std::fs::create_dir(deep.join("new"))),
        1 if aside(&at("swapped")) => drop(std::fs::rename(deep.join("new"), deep.join("old"))),
        2 if aside(&at("swapped")) => drop(std::fs::remove_dir(deep.join("old"))),
        _ => {}
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    shown()?;
    let (made, swaps) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let rounds = run.choose(CHANGES.0, CHANGES.1) / ROUND;
    let rounds = (0..rounds).map(|number| (format!("change/{number}"), ())).collect();
    let changes = run.each(rounds, |()| {
        let bench = Bench::new()?;
        let beneath = Beneath::open(&bench.inner).map_err(told)?;
        let change = || (0..ROUND).filter(|number| change(&beneath, *number)).count();
        let (done, swapped) = bench.while_swapped(change);
        made.fetch_add(done, Ordering::Relaxed);
        swaps.fetch_add(swapped, Ordering::Relaxed);
        bench.outer.untouched()
    });
    let names = NAMES.iter().enumerate().map(|(number, name)| (format!("name/{number}"), *name)).collect();
    let names = run.each(names, |name| named(name));
    let starts = starts(run)?;
    let (tried, begun) = (changes.cases * ROUND, starts.cases);
    let report = changes.and(names).and(starts);
    let figure = format!(
        "{} accesses outside; {tried} changes, of which {} came about, {} names, {begun} starts; {} swaps in between",
        report.count("outside"),
        made.into_inner(),
        NAMES.len(),
        swaps.into_inner(),
    );
    Ok(report.with_figure(figure))
}

/// That whoever takes no care is led outside by the swaps.
fn shown() -> Result<(), String> {
    const MOST: usize = 1_000_000;
    let bench = Bench::new()?;
    let (touched, _) = bench.while_swapped(|| {
        (0..MOST).any(|number| {
            careless(&bench.inner, number);
            !bench.outer.touched().is_empty()
        })
    });
    if touched { Ok(()) } else { Err("nothing is led outside by swaps on this machine".to_owned()) }
}

/// One name in a folder that has a link to elsewhere under a name like it.
fn named(name: &str) -> Result<(), String> {
    let bench = Bench::new()?;
    let beneath = Beneath::open(&bench.inner).map_err(told)?;
    let path = Path::new(name);
    let all = [
        beneath.make_above(Path::new(&format!("{name}/more"))).is_ok(),
        beneath.has(path).is_ok(),
        beneath.rename(path, Path::new("taken")).is_ok(),
        beneath.read(path).is_ok(),
        beneath.remove(path).is_ok(),
    ];
    bench.outer.untouched()?;
    let parts: Vec<&str> = name.split('/').collect();
    let plain = !name.contains(['\\', '\0', '\n'])
        && parts.iter().all(|part| !part.is_empty() && *part != "." && *part != "..");
    // Made, found, moved away, not to be read since it is a folder, and gone.
    let expected = if plain { [true, true, true, false, true] } else { [false; 5] };
    if all == expected { Ok(()) } else { Err(format!("name: {name:?} gave {all:?}")) }
}

/// A service whose data an earlier run has made a trap of, started by the product while it snaps.
fn starts(run: &Run) -> Result<Report, String> {
    let bench = Services::new();
    let programs = [
        ("make", script("mkdir \"$1\" && echo made > \"$1/made\"")),
        ("run", script("echo up; exec sleep 600")),
    ];
    let source = bench.archive("trap", &programs);
    let names = ["one", "two"];
    for name in names {
        bench.offer(
            name,
            "run",
            "{ prepare: [{ folder: swapped/deep/db, program: bin/make, arguments: ['${new}'] }], \
             ready: { kind: log, line: up }, stop: { signal: term, grace_seconds: 1 } }",
            &source,
        );
    }
    let core = bench.machine.serve();
    for name in names {
        bench.las(&["module", "install", name, "--yes"]);
    }
    let free = std::sync::Mutex::new(names.to_vec());
    let count = run.choose(STARTS.0, STARTS.1);
    let cases = (0..count).map(|number| (format!("start/{number}"), number)).collect();
    let report = run.each(cases, |number| {
        let taken = free.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let name = taken.ok_or("more cases at a time than services")?;
        let judged = start(&bench, name, *number);
        free.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(name);
        judged
    });
    core.stop();
    Ok(report)
}

fn start(bench: &Services, name: &str, number: usize) -> Result<(), String> {
    let data = bench.machine.home().join("services").join(name).join("data");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(data.join("swapped/deep")).map_err(told)?;
    let outer = Outer::new(&bench.machine.outside(&format!("outer-{number}")), &["deep"])?;
    let link = data.join("link");
    std::os::unix::fs::symlink(&outer.path, &link).map_err(told)?;
    let start = || bench.machine.json(&["service", "start", name]);
    let swapped = data.join("swapped");
    let snaps = number.is_multiple_of(2);
    let started = if snaps {
        while_swapped(&swapped, &link, start).0
    } else {
        // Left so by whoever ran before.
        rustix::fs::renameat_with(CWD, &swapped, CWD, &link, RenameFlags::EXCHANGE).map_err(told)?;
        start()
    };
    outer.untouched()?;
    bench.machine.json(&["service", "stop", name]);
    match started.code().as_deref() {
        None if started.status == Some(0) && snaps => Ok(()),
        Some("io-failed" | "program-start-failed") => Ok(()),
        _ => Err(format!("untold: {started}")),
    }
}
