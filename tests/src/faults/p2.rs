//! P2: services that start processes or take memory without end.

use super::services::{Services, program, script};
use super::{Report, Run};
use crate::until;
use serde_json::Value;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What each may have.
const LIMITS: &str = "limits: { memory: 64MB, processes: 64, cpu_percent: 50, at_least: group }";
/// As many of its processes as may be there.
const MOST: usize = 64;
/// How long each goes on, and how often the core is asked meanwhile.
const LASTS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(20));
const ASKED: usize = 50;
/// How long a tree may take to be gone.
const GONE_WITHIN: Duration = Duration::from_secs(2);

const WAYS: [(&str, &str); 4] = [
    // Each starts two more; the limit is what ends it.
    ("fork-bomb", "bomb() { bomb | bomb & }; while :; do bomb 2>/dev/null; sleep 0.1; done"),
    ("sessions", "while :; do setsid sh -c 'sleep 600 & sleep 600' 2>/dev/null & sleep 0.005; done"),
    // The memory of the shell's own variable doubles.
    ("memory-hog", "x=0123456789abcdef; while :; do x=\"$x$x\"; done"),
    ("busy", "while :; do :; done"),
];

fn processes_below(word: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let has = |entry: &std::fs::DirEntry| {
        let variables = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        variables.split(|byte| *byte == 0).any(|one| one == word.as_bytes())
    };
    entries.filter(has).count()
}

/// The slowest of some answers of the core but the slowest of a hundred.
fn slowest(client: &crate::Client) -> Duration {
    let mut took: Vec<Duration> = (0..ASKED)
        .map(|_| {
            let begun = Instant::now();
            client.get("/v1/services");
            begun.elapsed()
        })
        .collect();
    took.sort();
    took[took.len() * 99 / 100]
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    program("setsid")?;
    let bench = Services::new();
    let mut cases = Vec::new();
    for (name, text) in WAYS {
        let mark = format!("P2_{}", name.replace('-', "_").to_uppercase());
        let text = format!("echo ready; sleep 0.3; {text}");
        let source = bench.archive(name, &[("run", script(&text))]);
        let service = format!(
            "{{ environment: {{ {mark}: 'yes' }}, ready: {{ kind: log, line: ready }}, {LIMITS}, \
             stop: {{ signal: term, grace_seconds: 1 }} }}"
        );
        bench.offer(name, "run", &service, &source);
        cases.push((name.to_owned(), (name, format!("{mark}=yes"))));
    }
    let core = bench.machine.serve();
    for (name, _) in WAYS {
        bench.las(&["module", "install", name, "--yes"]);
    }
    let client = core.client();
    let idle = slowest(&client);
    let (worst, most, gone) = (Mutex::new(Duration::ZERO), Mutex::new(0), Mutex::new(Duration::ZERO));
    let alone = Mutex::new(());
    let lacking = Mutex::new(None);
    let lasts = run.choose(LASTS.0, LASTS.1);
    let report = run.each(cases, |(name, word)| {
        // One after another: how quickly the core answers is that of one machine with one such service.
        let _alone = alone.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let started = bench.machine.json(&["service", "start", name]);
        if started.code().as_deref() == Some("limits-unavailable") {
            *lacking.lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
                Some("no control groups can be made");
            return Ok(());
        }
        let level: Value = bench.service(name)["limits"].clone();
        if started.status != Some(0) || level != "group" {
            return Err(format!("not held: {level} {started}"));
        }
        let begun = Instant::now();
        let mut seen = 0;
        while begun.elapsed() < lasts {
            seen = seen.max(processes_below(word));
            let now = slowest(&client);
            let mut worst = worst.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            *worst = now.max(*worst);
        }
        let mut most = most.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *most = seen.max(*most);
        bench.las(&["service", "stop", name]);
        let stopped = Instant::now();
        until("the end of all", || (processes_below(word) == 0).then_some(()));
        let mut gone = gone.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *gone = stopped.elapsed().max(*gone);
        if seen > MOST { Err(format!("too many: {seen} processes")) } else { Ok(()) }
    });
    core.stop();
    if let Some(lacking) = lacking.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        return Err(lacking.to_owned());
    }
    let [worst, gone] =
        [worst, gone].map(|one| one.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner));
    let mut report = report;
    // Only of use where little else runs.
    if run.choose(false, true) && gone > GONE_WITHIN {
        report.failures.push(format!("all: late: gone after {gone:?}"));
    }
    let figure = format!(
        "{} of 64 processes at most, 0 survivors; the core's p99 {:.1} ms, idle {:.1} ms; gone {:.1} s after the stop",
        most.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner),
        worst.as_secs_f64() * 1e3,
        idle.as_secs_f64() * 1e3,
        gone.as_secs_f64(),
    );
    Ok(report.with_figure(figure))
}
