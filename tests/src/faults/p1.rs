//! P1: services that end again and again.

use super::services::{Services, script};
use super::{Report, Run};
use las_types::{ServiceMoment, ServiceState, ServiceStatus};
use std::time::{Duration, Instant};

/// How long each is ready before it ends.
const WAYS: [(&str, &str); 4] =
    [("at-once", "0"), ("after-10-ms", "0.01"), ("after-1-s", "1"), ("after-9-s", "9")];
/// Ends until it is given up, and the pauses before, in seconds.
const CURVE: [i64; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/// How much later than its pause a start may be ready, on a machine with little else to do.
const LATE: i64 = 1000;
/// How long the curve is followed in a sample: to its third end.
const SAMPLE: usize = 2;
/// Of one core, in hundredths.
const MOST_OF_A_CORE: f64 = 1.0;

fn status(bench: &Services, name: &str) -> Result<ServiceStatus, String> {
    serde_json::from_value(bench.service(name)).map_err(|error| error.to_string())
}

/// Clock ticks of processors that a process has taken: fields 14 and 15.
fn ticks(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

/// The times between an end and what came next, in milliseconds: it was ready, or had ended once more before it was.
fn pauses(moments: &[ServiceMoment]) -> Vec<i64> {
    let pair = |pair: &[ServiceMoment]| {
        let [end, next] = pair else { return None };
        let paused = end.state == ServiceState::Restarting;
        paused.then(|| next.at.as_millisecond() - end.at.as_millisecond())
    };
    moments.windows(2).filter_map(pair).collect()
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let bench = Services::new();
    let wanted = run.choose(SAMPLE, CURVE.len());
    let mut cases = Vec::new();
    for (name, seconds) in WAYS {
        // In a sample one that stays for nine seconds is not worth waiting for.
        if run.choose(seconds == "9", false) {
            continue;
        }
        let lines = "i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo line $i; done";
        // The first time it stays, so that it is started at all.
        let text = format!(
            "echo ready; {lines}; [ -e \"$1/ran\" ] || {{ : > \"$1/ran\"; sleep 1; }}; sleep {seconds}; exit 3"
        );
        let source = bench.archive(name, &[("run", script(&text))]);
        bench.offer(name, "run", "{ arguments: ['${data}'], ready: { kind: log, line: ready } }", &source);
        cases.push((name.to_owned(), name));
    }
    let core = bench.machine.serve();
    for (_, name) in &cases {
        bench.las(&["module", "install", name, "--yes"]);
        bench.las(&["service", "start", name]);
    }
    let pid = core.pid();
    let (begun, before) = (Instant::now(), ticks(pid).ok_or("no core")?);
    // All of them go on at the same time.
    let report = run.each(cases, |name| {
        let limit = Duration::from_secs(if wanted == CURVE.len() { 900 } else { 60 });
        let found = loop {
            let found = status(&bench, name)?;
            if found.state == ServiceState::Failed
                || pauses(&found.moments).len() >= wanted && wanted < CURVE.len()
            {
                break found;
            }
            if begun.elapsed() > limit {
                return Err(format!("silent: {found:?}"));
            }
            std::thread::sleep(run.choose(Duration::from_millis(200), Duration::from_secs(5)));
        };
        let pauses = pauses(&found.moments);
        for (pause, expected) in pauses.iter().zip(CURVE) {
            let late = run.choose(false, *pause > expected * 1000 + LATE);
            if *pause < expected * 1000 || late {
                return Err(format!("curve: {pauses:?} ms"));
            }
        }
        let named = found.moments.iter().any(|moment| moment.code == Some(las_types::Code::ServiceEnded));
        let last = found.last_lines.last().map(String::as_str);
        let told = wanted < CURVE.len()
            || (found.last_lines.len() == 50 && last == Some("line 60") && pauses.len() == CURVE.len());
        if named && told { Ok(()) } else { Err(format!("silent: {found:?}")) }
    });
    let took = ticks(pid).ok_or("the core has ended")? - before;
    let share = f64::from(u32::try_from(took).unwrap_or(u32::MAX)) / begun.elapsed().as_secs_f64();
    core.stop();
    let mut report = report;
    // A tick is a hundredth of a second. Only of use where it goes on for long.
    if run.choose(false, share > MOST_OF_A_CORE) {
        report.failures.push(format!("all: busy: the core took {share:.2} % of a core"));
    }
    let figure = format!(
        "{} off the curve, {} silent; the core took {share:.2} % of a core",
        report.count("curve"),
        report.count("silent"),
    );
    Ok(report.with_figure(figure))
}
