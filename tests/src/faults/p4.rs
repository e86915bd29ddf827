//! P4: services that start processes in every way that gets them out of sight, or will not end.

use super::services::{Services, above, script};
use super::{Report, Run};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Seconds that a service has to end by itself.
const GRACE: u64 = 2;
/// Processes that a case starts, and cases.
const EACH: (usize, usize) = (20, 100);
const CASES: (usize, usize) = (7, 50);

/// Ways, each a script: `$MARK` is a number of seconds that nothing else sleeps, `$COUNT` how many are started.
const WAYS: [(&str, &str); 7] = [
    ("children", "i=0; while [ $i -lt $COUNT ]; do i=$((i+1)); sleep $MARK & done; echo ready; wait"),
    ("sessions", "i=0; while [ $i -lt $COUNT ]; do i=$((i+1)); setsid sleep $MARK & done; echo ready; wait"),
    (
        "double-forks",
        "i=0; while [ $i -lt $COUNT ]; do i=$((i+1)); (setsid sh -c \"sleep $MARK & sleep $MARK\" & ); done; \
         echo ready; exec sleep $MARK",
    ),
    (
        "hidden",
        "i=0; while [ $i -lt $COUNT ]; do i=$((i+1)); (env -i /usr/bin/setsid /bin/sh -c \"(/bin/sleep $MARK &)\" & ); \
         done; echo ready; exec env -i /bin/sleep $MARK",
    ),
    (
        "deaf",
        "trap '' TERM HUP INT QUIT; i=0; while [ $i -lt $COUNT ]; do i=$((i+1)); sleep $MARK & done; echo ready; \
         while :; do sleep $MARK; done",
    ),
    (
        "halted",
        "i=0; all=; while [ $i -lt $COUNT ]; do i=$((i+1)); sleep $MARK & all=\"$all $!\"; done; sleep 0.5; \
         kill -STOP $all; echo ready; kill -STOP $$; wait",
    ),
    (
        "dead-parents",
        "i=0; while [ $i -lt $COUNT ]; do i=$((i+1)); (true & sleep $MARK & ); done; echo ready; exec sleep $MARK",
    ),
];

/// The processes that have this word among theirs, those that have ended and were not reaped among them.
fn with_word(word: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.parse::<u32>().is_ok());
    let has = |pid: &String| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|one| one == word.as_bytes())
    };
    pids.filter(has).collect()
}

/// Those that have ended and wait for one of these parents to say so.
fn zombies_of(parents: &[String]) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let is_one = |entry: &std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let mut fields = stat.rsplit_once(')').unwrap_or_default().1.split_whitespace();
        fields.next() == Some("Z")
            && fields.next().is_some_and(|parent| parents.iter().any(|one| one == parent))
    };
    entries.filter(is_one).count()
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    for needed in ["setsid", "env", "sleep"] {
        super::services::program(needed)?;
    }
    let (each, count) = (run.choose(EACH.0, EACH.1), run.choose(CASES.0, CASES.1));
    // With namespaces, where the kernel ends all that is in one with its first, and without.
    let benches = [Services::new(), Services::without_namespaces()];
    let mut cases = Vec::new();
    // A mark for each case, in seconds: longer than any test lasts.
    let first = run.random().u32(1_000_000..9_000_000);
    for ((number, (name, text)), mark) in WAYS.iter().cycle().enumerate().take(count).zip(first..) {
        let text = format!("MARK={mark}; COUNT={each}; {text}");
        let module = format!("way-{number}");
        // As many ways as are tried are odd, so that each is tried in either.
        let bench = &benches[number % 2];
        let source = bench.archive(&module, &[("run", script(&text))]);
        let service = format!(
            "{{ ready: {{ kind: log, line: ready }}, stop: {{ signal: term, grace_seconds: {GRACE} }} }}"
        );
        bench.offer(&module, "run", &service, &source);
        cases.push((format!("{name}/{number}"), (bench, module, mark.to_string())));
    }
    let cores = benches.each_ref().map(|bench| bench.machine.serve());
    let (started, longest) = (AtomicU64::new(0), Mutex::new(Duration::ZERO));
    let report = run.each(cases, |(bench, module, mark)| {
        bench.las(&["module", "install", module, "--yes"]);
        bench.las(&["service", "start", module]);
        let pid = bench.service(module)["pid"].to_string();
        let above = above(&pid).ok_or("no keeper: the service has ended")?;
        // One that was begun just now has its parent's words until it has become what it was begun for.
        let lives = crate::until("all its processes", || {
            let lives = with_word(mark).len();
            (lives >= each).then_some(lives)
        });
        started.fetch_add(lives as u64, Ordering::Relaxed);
        let reaped = Instant::now();
        while zombies_of(&above) > 0 {
            if reaped.elapsed() > Duration::from_secs(20) {
                return Err(format!("zombie: {} of the keeper", zombies_of(&above)));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let took = bench.timed(&["service", "stop", module]);
        let mut longest = longest.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *longest = took.max(*longest);
        match with_word(mark).as_slice() {
            [] => Ok(()),
            left => Err(format!("orphan: {left:?}")),
        }
    });
    cores.into_iter().for_each(crate::Core::stop);
    let longest = longest.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut report = report;
    // Only of use where little else runs.
    if run.choose(false, true) && longest > Duration::from_secs(GRACE + 1) {
        report.failures.push(format!("all: late: stopped after {longest:?}"));
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for word in ["orphan", "zombie", "late"] {
        kinds.insert(word, report.count(word));
    }
    let figure = format!(
        "{} processes started: {} orphans, {} zombies; stopped after {:.1} s at most (grace {GRACE} s)",
        started.into_inner(),
        kinds["orphan"],
        kinds["zombie"],
        longest.as_secs_f64(),
    );
    Ok(report.with_figure(figure))
}
