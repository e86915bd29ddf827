//! From an empty machine to an answer, and back.

use las_tests::{CHAT_MODEL, ENGINE, Ran, Workstation, skip};
use std::path::Path;

const QUESTION: &str = "What is VRAM?";

#[test]
fn an_empty_machine_answers_from_a_local_model() {
    let machine = Workstation::new();
    let hardware = machine.json(&["hardware"]).ok().json();
    assert!(hardware["cpu"]["cores"].as_u64().unwrap() >= 1, "{hardware:#}");
    assert!(hardware["memory"]["total"].as_u64().unwrap() > 100_000_000, "{hardware:#}");
    for part in ["cpu", "memory"] {
        assert!(!hardware[part].is_null(), "{part}");
    }

    let policy = machine.json(&["policy", "show"]).ok().json();
    let capabilities = &policy["capabilities"];
    assert!((1..=3).contains(&capabilities["tier"].as_u64().unwrap()), "{capabilities:#}");
    assert!(!capabilities["reasons"].as_array().unwrap().is_empty(), "a tier says why: {capabilities:#}");

    let plan = machine.json(&["module", "plan", ENGINE, CHAT_MODEL]).ok().json();
    assert!(plan["totals"]["disk"].as_u64().unwrap() > 1_000_000, "{plan:#}");
    let steps = plan["steps"].as_array().unwrap();
    assert!(
        steps.len() >= 3 && steps.iter().all(|step| !step["undo"].as_str().unwrap().is_empty()),
        "{plan:#}"
    );
    assert_eq!(machine.contents(), [""; 0], "a plan changes nothing");

    let installed = machine.las(&["module", "install", ENGINE, CHAT_MODEL, "--yes"]).ok();
    for step in ["[1/", "[2/", "[3/"] {
        assert!(installed.stderr.contains(step), "progress of each step: {installed}");
    }
    let answered = machine.las(&["run", CHAT_MODEL, QUESTION, "--temperature", "0", "--seed", "1"]).ok();
    assert!(answered.stdout.contains("memory"), "{answered}");
    assert!(answered.stderr.contains("a second"), "tokens per second: {answered}");
    machine.is_healthy();
}

/// The arguments of `unshare` for a network of its own, in which there is not even a loopback.
fn isolated<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["--map-root-user", "--net"], arguments].concat()
}

#[test]
fn the_main_job_needs_no_network() {
    let machine = Workstation::new();
    let unshare = Path::new("/usr/bin/unshare");
    let possible =
        unshare.exists() && Ran::run(machine.command(unshare, &isolated(&["true"]))).status == Some(0);
    if !possible {
        return skip("cli::main_job::the_main_job_needs_no_network", "no network namespace can be made here");
    }
    let program = std::env::var("LAS_BIN").unwrap();
    let las = |arguments: &[&str]| {
        let all = [&[program.as_str()], arguments].concat();
        Ran::run(machine.command(unshare, &isolated(&all))).ok()
    };
    las(&["hardware"]);
    las(&["module", "install", ENGINE, CHAT_MODEL, "--yes"]);
    let answered = las(&["run", CHAT_MODEL, QUESTION, "--temperature", "0"]);
    assert!(answered.stdout.contains("memory"), "{answered}");
    machine.is_healthy();
}

#[test]
fn a_second_install_changes_nothing() {
    let machine = Workstation::installed();
    let (generations, contents) = (machine.generations(), machine.contents());
    let again = machine.json(&["module", "install", ENGINE, CHAT_MODEL, "--yes"]).ok().json();
    assert_eq!(again["steps"], serde_json::json!([]), "{again:#}");
    machine.las(&["run", CHAT_MODEL, QUESTION]).ok();
    assert_eq!(machine.generations(), generations);
    assert_eq!(machine.contents(), contents);
}

#[test]
fn a_rollback_returns_to_the_set_before() {
    let machine = Workstation::new();
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    let before = machine.contents();
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    assert_eq!(machine.current(), (2, vec![CHAT_MODEL.to_owned(), ENGINE.to_owned()]));

    machine.las(&["generation", "rollback", "--yes"]).ok();
    assert_eq!(machine.current(), (3, vec![CHAT_MODEL.to_owned()]));
    let of_store = |contents: Vec<String>| {
        contents.into_iter().filter(|path| !path.starts_with("generations/")).collect::<Vec<_>>()
    };
    assert_eq!(of_store(machine.contents()), of_store(before), "what was installed is gone");
    machine.is_healthy();

    machine.las(&["generation", "rollback", "0", "--yes"]).ok();
    assert_eq!(machine.current(), (4, vec![]));
    assert_eq!(of_store(machine.contents()), [""; 0], "nothing is left");
    machine.is_healthy();

    // Forward again, by number: the engine's bytes come from the application once more.
    machine.las(&["generation", "rollback", "2", "--yes"]).ok();
    assert_eq!(machine.current().1, [CHAT_MODEL, ENGINE]);
    machine.las(&["run", CHAT_MODEL, QUESTION]).ok();
}

#[test]
fn a_removed_module_is_gone() {
    let machine = Workstation::installed();
    machine.las(&["module", "remove", ENGINE, CHAT_MODEL, "--yes"]).ok();
    assert_eq!(machine.current(), (2, vec![]));
    assert!(
        machine.contents().iter().all(|path| path.starts_with("generations/")),
        "{:?}",
        machine.contents()
    );
    machine.json(&["run", CHAT_MODEL, QUESTION]).fails("model-not-found", 5);
}

#[test]
fn another_command_finds_the_core_that_runs() {
    let machine = Workstation::installed();
    let core = machine.serve();
    machine.las(&["run", CHAT_MODEL, QUESTION]).ok();
    // The engine lives on in the core, and every interface sees it.
    let status = machine.json(&["status"]).ok().json();
    assert_eq!(status["services"][0]["state"], "ready", "{status:#}");
    assert!(status["services"][0]["memory"].as_u64() > Some(8 << 20), "at least the model: {status:#}");
    assert_eq!(status["endpoint"], core.base_url());
    machine.las(&["service", "stop", CHAT_MODEL]).ok();
    let services = core.client().get("/v1/services").ok();
    assert_eq!(services[0]["state"], "stopped");
    assert!(services[0]["memory"].is_null(), "{services:#}");
    core.stop();
    assert!(!machine.home().join("core.sock").exists(), "the socket goes with its core");
}

#[test]
fn a_recorded_profile_is_said_in_what_used_it() {
    let machine = Workstation::new().with_profile("tiny-2gb");
    for arguments in [&["hardware"][..], &["status"]] {
        let text = machine.las(arguments).ok();
        assert!(text.stdout.contains("tiny-2gb.json"), "{text}");
    }
    let record = machine.outside("own.json");
    machine.las(&["hardware", "--record", record.to_str().unwrap()]).ok();
    let recorded: serde_json::Value = serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
    assert_eq!(recorded["memory"]["total"], 1_992_294_400_u64);
}
