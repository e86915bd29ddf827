//! P2: services that start processes or take memory without end.

use super::services::{Services, program, script};
use super::{Report, Run};
use crate::until;
use serde_json::Value;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What each may have.
const LIMITS: &str = "limits: { memory: 64MB, processes: 64, cpu_percent: 50, at_least: group }";
/// As many of its processes as may be there.
const MOST: usize = 64;
/// How long each goes on while the core is asked again and again.
const LASTS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(20));
/// How many answers of a core that has only a service that rests: before each and after it.
const IDLE: (usize, usize) = (50, 1_000);
/// How often their processes are counted.
const COUNTED: Duration = Duration::from_millis(500);
/// How many times as long an answer may take meanwhile: the slowest but one of a hundred.
const SLOWER: f64 = 2.0;
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

/// A service that does nothing runs all the time: what a core with services does for each answer is no harm of the others.
const CALM: &str = "calm";

fn processes_below(word: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let has = |entry: &std::fs::DirEntry| {
        let variables = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        variables.split(|byte| *byte == 0).any(|one| one == word.as_bytes())
    };
    entries.filter(has).count()
}

/// How long the core takes to answer, once.
fn answer(client: &crate::Client) -> Duration {
    let begun = Instant::now();
    client.get("/v1/services");
    begun.elapsed()
}

/// The slowest but one of a hundred.
fn p99(mut took: Vec<Duration>) -> Duration {
    took.sort();
    took[took.len() * 99 / 100]
}

/// What was seen of all ways.
#[derive(Default)]
struct Seen {
    most: usize,
    gone: Duration,
    /// Of the way in which it is the most: the core's answers meanwhile, and at rest.
    slowest: Option<(Duration, Duration)>,
    /// Why it can't be tried here.
    lacking: Option<&'static str>,
}

impl Seen {
    fn answers(&mut self, busy: Duration, idle: Duration) {
        let ratio = |(busy, idle): (Duration, Duration)| busy.as_secs_f64() / idle.as_secs_f64();
        if self.slowest.is_none_or(|known| ratio(known) < ratio((busy, idle))) {
            self.slowest = Some((busy, idle));
        }
    }
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
    let source = bench.archive(CALM, &[("run", script("echo ready; exec sleep 3600"))]);
    let service = "{ ready: { kind: log, line: ready }, stop: { signal: term, grace_seconds: 1 } }";
    bench.offer(CALM, "run", service, &source);
    let core = bench.machine.serve();
    for name in WAYS.map(|(name, _)| name).into_iter().chain([CALM]) {
        bench.las(&["module", "install", name, "--yes"]);
    }
    bench.las(&["service", "start", CALM]);
    let client = core.client();
    let seen = Mutex::new(Seen::default());
    let lasts = run.choose(LASTS.0, LASTS.1);
    let idle = || (0..run.choose(IDLE.0, IDLE.1)).map(|_| answer(&client)).collect::<Vec<_>>();
    let mut report = run.each(cases, |(name, word)| {
        // One after another: how quickly the core answers is that of one machine with one such service.
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut at_rest = idle();
        let started = bench.machine.json(&["service", "start", name]);
        if started.code().as_deref() == Some("limits-unavailable") {
            seen.lacking = Some("no control groups can be made");
            return Ok(());
        }
        let level: Value = bench.service(name)["limits"].clone();
        if started.status != Some(0) || level != "group" {
            return Err(format!("not held: {level} {started}"));
        }
        let (begun, mut counted, mut most, mut meanwhile) = (Instant::now(), Instant::now(), 0, Vec::new());
        while begun.elapsed() < lasts {
            meanwhile.push(answer(&client));
            // To count is work too, which is none of the service's.
            if counted.elapsed() > COUNTED {
                most = most.max(processes_below(word));
                counted = Instant::now();
            }
        }
        bench.las(&["service", "stop", name]);
        let stopped = Instant::now();
        until("the end of all", || (processes_below(word) == 0).then_some(()));
        seen.gone = stopped.elapsed().max(seen.gone);
        seen.most = most.max(seen.most);
        at_rest.extend(idle());
        seen.answers(p99(meanwhile), p99(at_rest));
        if most > MOST { Err(format!("too many: {most} processes")) } else { Ok(()) }
    });
    core.stop();
    let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(lacking) = seen.lacking {
        return Err(lacking.to_owned());
    }
    let [busy, idle] =
        <[_; 2]>::from(seen.slowest.unwrap_or_default()).map(|one: Duration| one.as_secs_f64());
    // Only of use where little else runs.
    if run.choose(false, true) {
        if seen.gone > GONE_WITHIN {
            report.failures.push(format!("all: late: gone after {:?}", seen.gone));
        }
        if busy > idle * SLOWER {
            report.failures.push(format!("all: slow: an answer in {busy:.4} s, {idle:.4} s at rest"));
        }
    }
    let figure = format!(
        "{} of 64 processes at most, 0 survivors; the core's p99 {:.1} ms, {:.1} ms at rest; gone {:.1} s after the stop",
        seen.most,
        busy * 1e3,
        idle * 1e3,
        seen.gone.as_secs_f64(),
    );
    Ok(report.with_figure(figure))
}
