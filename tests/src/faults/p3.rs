//! P3: services that say far too much, or what no terminal should be shown.

use super::services::{Services, keeper, program, script};
use super::{Report, Run};
use las_types::ByteSize;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The most that a service's log may take on the disk: two files of 4 MiB.
const QUOTA: u64 = 8 << 20;
/// The most that the keeper's memory may grow.
const GROWTH: u64 = 16 << 20;
/// How long each flood lasts.
const LASTS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(1));

/// Ways to say too much; each says `ready` first and `words` in between.
const FLOODS: [(&str, &str); 6] = [
    ("yes", "exec yes"),
    ("both-streams", "yes >&2 & exec yes words"),
    ("long-lines", "while :; do head -c 10000000 /dev/zero | tr '\\0' x; echo; done"),
    ("no-lines", "exec cat /dev/zero"),
    ("no-text", "exec cat /dev/urandom"),
    ("escapes", "while :; do printf '\\033]0;title\\007\\033[2J\\033[31mred\\000\\r\\377words\\n'; done"),
];

/// Bytes of a line of `/proc/<pid>/status`.
fn memory(pid: &str, key: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    for needed in ["yes", "head", "tr", "cat"] {
        program(needed)?;
    }
    let bench = Services::new();
    let mut cases = Vec::new();
    for (name, flood) in FLOODS {
        // It waits for its file before it begins, so that its keeper is looked at before.
        let text = format!("echo ready; while [ ! -e \"$1/begin\" ]; do sleep 0.05; done; {flood}");
        let source = bench.archive(name, &[("run", script(&text))]);
        let service = "{ arguments: ['${data}'], ready: { kind: log, line: ready }, \
                       stop: { signal: term, grace_seconds: 2 } }";
        bench.offer(name, "run", service, &source);
        cases.push((name.to_owned(), name));
    }
    let core = bench.machine.serve();
    for (name, _) in FLOODS {
        bench.las(&["module", "install", name, "--yes"]);
    }
    let (grown, largest) = (AtomicU64::new(0), AtomicU64::new(0));
    let lasts = run.choose(LASTS.0, LASTS.1);
    let report = run.each(cases, |name| {
        bench.las(&["service", "start", name]);
        let pid = bench.service(name)["pid"].to_string();
        let keeper = keeper(&pid).ok_or("no keeper: the service has ended")?;
        let before = memory(&keeper, "VmRSS").ok_or("no keeper: it has ended")?;
        let mark = bench.machine.home().join("services").join(name).join("data/begin");
        std::fs::write(mark, "").map_err(|error| error.to_string())?;
        let begun = Instant::now();
        let folder = bench.machine.home().join("logs").join(name);
        while begun.elapsed() < lasts {
            let size: u64 = std::fs::read_dir(&folder)
                .map_err(|error| error.to_string())?
                .filter_map(|entry| entry.ok()?.metadata().ok())
                .map(|file| file.len())
                .sum();
            largest.fetch_max(size, Ordering::Relaxed);
            if size > QUOTA {
                return Err(format!("disk: {size} bytes of log"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let peak = memory(&keeper, "VmHWM").ok_or("ended: the keeper")?;
        grown.fetch_max(peak.saturating_sub(before), Ordering::Relaxed);
        if peak.saturating_sub(before) > GROWTH {
            return Err(format!("memory: the keeper grew by {} bytes", peak - before));
        }
        let shown = bench.machine.las(&["service", "logs", name, "--lines", "5000"]).ok().stdout;
        if let Some(sign) = shown.chars().find(|sign| sign.is_control() && *sign != '\n' && *sign != '\t') {
            return Err(format!("escape: {sign:?} is shown"));
        }
        if bench.service(name)["state"] != "ready" {
            return Err(format!("ended: {}", bench.service(name)));
        }
        bench.las(&["service", "stop", name]);
        let page: Value = bench.machine.json(&["service", "logs", name, "--lines", "1"]).ok().json();
        let last = &page["lines"][0];
        // What came too fast is told with its number, at the end at the latest.
        let told = last["stream"] == "note" || !["yes", "both-streams", "no-text"].contains(name);
        if told { Ok(()) } else { Err(format!("untold: {page}")) }
    });
    core.stop();
    let figure = format!(
        "{} floods of {} s: memory grew by {} at most, {} of log at most, {} escapes, {} untold",
        report.cases,
        lasts.as_secs(),
        ByteSize::new(grown.into_inner()),
        ByteSize::new(largest.into_inner()),
        report.count("escape"),
        report.count("untold"),
    );
    Ok(report.with_figure(figure))
}
