//! R12: eight clients change one machine at the same time; what they saw is checked against a model of the lifecycle.

mod history;

use super::changes::Stage;
use super::{Report, Run};
use crate::{Client, Core, Workstation};
use history::{Attempt, History, Wish};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::{Duration, Instant};

const SAMPLE: usize = 16;
const RELEASE: usize = 1000;
const CLIENTS: usize = 8;
/// Changes that each client tries.
const TRIES: usize = 4;
/// Longer than this is a deadlock.
const WATCHDOG: Duration = Duration::from_secs(30);

/// The modules that are fought over; the second needs the first, and has an older version.
const MODULES: [&str; 4] = ["nail", "hammer", "saw", "drawer0"];

fn wish(random: &mut fastrand::Rng) -> Wish {
    let module = MODULES[random.usize(..MODULES.len())].to_owned();
    match random.u8(..12) {
        0..=3 => Wish::Install(module),
        4 | 5 => Wish::InstallOlder,
        6 | 7 => Wish::Upgrade,
        8..=10 => Wish::Remove(module),
        _ => Wish::Rollback(random.u64(..4)),
    }
}

/// One client's changes, one after the other.
fn client(client: &Client, seed: u64, clock: Instant, attempts: &Mutex<Vec<Attempt>>) {
    let mut random = fastrand::Rng::with_seed(seed);
    for _ in 0..TRIES {
        let wish = wish(&mut random);
        let cancelled = random.u8(..5) == 0;
        let begun = clock.elapsed();
        let planned = client.post("/v1/plans", &json!({ "intent": wish.intent() }));
        let Some(plan) = planned.json()["id"].as_str().map(str::to_owned) else {
            let code = planned.json()["code"].as_str().unwrap_or("none").to_owned();
            attempts.lock().unwrap().push(Attempt::refused(wish, code));
            continue;
        };
        if planned.json()["steps"].as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        if random.bool() {
            std::thread::sleep(Duration::from_micros(random.u64(..3000)));
        }
        let approved = client.post(&format!("/v1/plans/{plan}/approve"), &json!({}));
        let attempt = match approved.json()["id"].as_str().map(str::to_owned) {
            None => {
                let code = approved.json()["code"].as_str().unwrap_or("none").to_owned();
                Attempt::refused(wish, code)
            }
            Some(operation) => {
                if cancelled {
                    client.post(&format!("/v1/operations/{operation}/cancel"), &json!({})).ok();
                }
                let states = followed(client, &operation);
                Attempt {
                    wish,
                    begun,
                    ended: clock.elapsed(),
                    operation: Some(operation),
                    states,
                    code: None,
                }
            }
        };
        attempts.lock().unwrap().push(attempt);
    }
}

/// Every state that an operation was seen in, until its last.
fn followed(client: &Client, operation: &str) -> Vec<String> {
    let mut states: Vec<String> = Vec::new();
    let mut after = 0;
    while after < 2 {
        let shown = client.get(&format!("/v1/operations/{operation}")).ok();
        let state = shown["operation"]["state"].as_str().unwrap_or_default().to_owned();
        // Once more after its end: it stays as it is.
        after += u8::from(history::is_final(&state));
        states.push(state);
        std::thread::sleep(Duration::from_millis(2));
    }
    states
}

fn together(machine: &Workstation, core: &Core, seed: u64) -> Result<History, String> {
    let clock = Instant::now();
    let attempts = std::sync::Arc::new(Mutex::new(Vec::new()));
    let mut random = fastrand::Rng::with_seed(seed);
    let (done, waiting) = mpsc::channel();
    for _ in 0..CLIENTS {
        let (http, seed) = (core.client(), random.u64(..));
        let (attempts, done) = (std::sync::Arc::clone(&attempts), done.clone());
        std::thread::spawn(move || {
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                client(&http, seed, clock, &attempts);
            }));
            let _ = done.send(ended.is_ok());
        });
    }
    for _ in 0..CLIENTS {
        let left = WATCHDOG.saturating_sub(clock.elapsed());
        match waiting.recv_timeout(left) {
            Ok(true) => {}
            Ok(false) => return Err(format!("unanswered: a client got no answer: {}", core.said())),
            Err(_) => return Err(format!("deadlock: not done after {} s", WATCHDOG.as_secs())),
        }
    }
    let listed = |path: &str| core.client().get(path).ok();
    let attempts = std::mem::take(&mut *attempts.lock().unwrap());
    let history = History {
        attempts,
        operations: list(&listed("/v1/operations")),
        generations: list(&listed("/v1/generations")),
        // The tests' own token has a line too.
        ledger: list(&machine.json(&["audit", "list"]).ok().json())
            .into_iter()
            .filter(|line| line["command"] != "token_create")
            .collect(),
    };
    Ok(history)
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Approvals with one key at the same time are one operation.
fn exactly_once(core: &Core, seed: u64) -> Result<(), String> {
    let intent = Wish::Install("chest".to_owned()).intent();
    let plan = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
    if plan["steps"].as_array().is_some_and(Vec::is_empty) {
        return Ok(());
    }
    let path = format!("/v1/plans/{}/approve", plan["id"].as_str().unwrap_or_default());
    let keyed = core.client().header("idempotency-key", &format!("key-{seed}"));
    let all: Vec<String> = std::thread::scope(|scope| {
        let ask = || keyed.post(&path, &json!({})).json()["id"].as_str().unwrap_or("none").to_owned();
        let asked: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(ask)).collect();
        asked.into_iter().map(|one| one.join().unwrap_or_default()).collect()
    });
    followed(&core.client(), &all[0]);
    if all.iter().all(|id| *id == all[0] && id != "none") {
        Ok(())
    } else {
        Err(format!("not once: one key, several answers: {all:?}"))
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let stage = Stage::new();
    let report = run.each(run.seeds(run.choose(SAMPLE, RELEASE)), |seed| {
        let machine = stage.machine();
        let core = machine.serve();
        let history = together(&machine, &core, *seed)?;
        history.check()?;
        exactly_once(&core, *seed)?;
        core.stop();
        let report = machine.json(&["doctor"]);
        match super::judge::findings(&report)?.as_slice() {
            [] => Ok(()),
            found => Err(format!("unreported: found afterwards: {found:?}")),
        }
    });
    let figure = format!(
        "{} illegal, {} deadlocks, {} unanswered, {} keys not once, {} left damage",
        report.count("illegal"),
        report.count("deadlock"),
        report.count("unanswered"),
        report.count("not once"),
        report.count("unreported")
    );
    Ok(report.with_figure(figure))
}
