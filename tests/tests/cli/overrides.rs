//! Deciding otherwise than the policies: with a reason, to be seen everywhere, and to be taken back.

use las_tests::{CHAT_MODEL, ENGINE, Ran, Workstation, models, shipped_chat_model};
use serde_json::{Value, json};
use std::os::unix::fs::symlink;
use std::path::Path;

/// Allows models of a million parameters; the shipped one has two.
const POLICIES: &str = "
policies:
  - name: narrow
    description: Every machine.
    tier: 1
    allow:
      max_model_size: 1M
      max_loaded_models: 2
      runtimes: [llama.cpp]
      features: [chat]
";

const REASON: &str = "measured on this machine";

/// A machine on which the policies allow less than the shipped model.
fn narrow() -> Workstation {
    let machine = Workstation::new();
    let root = machine.outside("resources");
    std::fs::create_dir_all(root.join("policies/default")).unwrap();
    for part in ["builtin", "registry"] {
        symlink(machine.resources().join(part), root.join(part)).unwrap();
    }
    std::fs::write(root.join("policies/default/narrow.yaml"), POLICIES).unwrap();
    machine.with_resources(&root)
}

fn import(machine: &Workstation) -> Ran {
    let file = shipped_chat_model();
    machine.json(&["model", "import", file.to_str().unwrap(), "--name", "mine", "--reference", "--yes"])
}

#[track_caller]
fn set(machine: &Workstation, capability: &str, value: &str) -> Ran {
    machine.json(&["override", "set", capability, value, "--reason", REASON, "--yes"])
}

#[track_caller]
fn overrides(machine: &Workstation) -> Vec<Value> {
    machine.json(&["override", "list"]).ok().json().as_array().unwrap().clone()
}

#[track_caller]
fn revert(machine: &Workstation, id: &Value) {
    machine.las(&["override", "revert", id.as_str().unwrap(), "--yes"]).ok();
}

#[track_caller]
fn explain(machine: &Workstation, capability: &str) -> Value {
    machine.json(&["policy", "explain", capability]).ok().json()
}

fn warned(machine: &Workstation) -> Option<Value> {
    let status = machine.json(&["status"]).ok().json();
    let mut warnings = status["warnings"].as_array().unwrap().iter();
    warnings.find(|one| one["key"] == "override-active").map(|one| one["args"]["count"].clone())
}

#[test]
fn what_was_refused_passes_until_the_override_is_taken_back() {
    let machine = narrow();
    import(&machine).fails("policy-denied", 3);
    assert_eq!(warned(&machine), None);

    // Each of these commands is a core of its own: what is set survives its end.
    let done = set(&machine, "model-size", "14B").ok().json();
    assert_eq!((&done["state"], &done["generation"]), (&json!("succeeded"), &Value::Null), "{done:#}");
    let one = overrides(&machine).remove(0);
    assert_eq!(
        (&one["capability"], &one["value"], &one["reason"], &one["actor"], &one["reverted_at"]),
        (&json!("model-size"), &json!("14B"), &json!(REASON), &json!("cli"), &Value::Null),
        "{one:#}"
    );
    for capability in ["model-size", "model-size:8B"] {
        let verdict = explain(&machine, capability);
        let by = &verdict["reasons"][0]["overridden_by"];
        assert_eq!((&verdict["allowed"], &verdict["limit"]), (&json!(true), &json!("14B")), "{verdict:#}");
        assert_eq!(
            *by,
            json!({ "id": one["id"], "reason": REASON, "value": "14B", "before": "1M" }),
            "{verdict:#}"
        );
        assert_eq!(verdict["reasons"][1]["rule"], "narrow", "what it beats is still said: {verdict:#}");
    }
    assert_eq!(explain(&machine, "model-size:20B")["allowed"], false);
    for arguments in [&["policy", "explain", "model-size"][..], &["policy", "show"]] {
        let said = machine.las(arguments).ok();
        assert!(said.stdout.contains(REASON) && said.stdout.contains("14B"), "{said}");
    }
    let untouched = explain(&machine, "runtime:llama.cpp");
    assert_eq!(untouched["reasons"][0].get("overridden_by"), None, "{untouched:#}");
    assert_eq!(warned(&machine), Some(json!("1")));
    import(&machine).ok();
    machine.las(&["model", "remove", "mine", "--yes"]).ok();

    revert(&machine, &one["id"]);
    import(&machine).fails("policy-denied", 3);
    assert_eq!(warned(&machine), None);
    assert_eq!(explain(&machine, "model-size")["limit"], "1M");
    let history = overrides(&machine);
    assert!(history.len() == 1 && history[0]["reverted_at"].is_string(), "{history:#?}");
    machine
        .json(&["override", "revert", one["id"].as_str().unwrap(), "--yes"])
        .fails("override-not-found", 5);
    machine.is_healthy();
}

#[test]
fn a_core_that_goes_on_follows_at_once_and_a_new_one_replaces_the_old() {
    let machine = narrow();
    let core = machine.serve();
    set(&machine, "model-size", "3M").ok();
    set(&machine, "model-size", "1.5M").ok();
    let all = overrides(&machine);
    assert_eq!(all.iter().map(|one| &one["value"]).collect::<Vec<_>>(), ["3M", "1.5M"]);
    assert!(all[0]["reverted_at"].is_string() && all[1]["reverted_at"].is_null(), "{all:#?}");
    assert_eq!(explain(&machine, "model-size")["limit"], "1.5M");
    // The override refuses now, and is named for it.
    let refused = import(&machine).fails("override-denies", 3);
    assert_eq!(refused.json()["args"]["id"], all[1]["id"], "{refused}");
    revert(&machine, &all[1]["id"]);
    assert_eq!(explain(&machine, "model-size")["limit"], "1M", "the policies decide, not the one before");
    assert_eq!(core.client().get("/v1/overrides").ok(), json!(overrides(&machine)));
    core.stop();
    assert_eq!(overrides(&machine).len(), 2);
    machine.is_healthy();
}

#[test]
fn engines_are_allowed_and_forbidden() {
    let machine = narrow();
    assert_eq!(explain(&machine, "runtime:vllm")["allowed"], false);
    set(&machine, "runtime:vllm", "allow").ok();
    set(&machine, "runtime:llama.cpp", "deny").ok();
    let verdict = explain(&machine, "runtime:vllm");
    assert_eq!(
        (&verdict["allowed"], &verdict["reasons"][0]["overridden_by"]["before"]),
        (&json!(true), &json!("deny")),
        "{verdict:#}"
    );
    assert_eq!(explain(&machine, "runtime:sglang")["allowed"], false, "only what was named");
    assert_eq!(warned(&machine), Some(json!("2")));
    machine.json(&["module", "install", ENGINE, "--yes"]).fails("override-denies", 3);
    let said = machine.las(&["module", "install", ENGINE, "--yes"]);
    assert!(said.stderr.contains(REASON) && said.stderr.contains("las override revert"), "{said}");
    revert(&machine, &overrides(&machine)[1]["id"]);
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
}

#[test]
fn without_reason_sense_or_approval_nothing_is_set() {
    let machine = narrow();
    for (capability, value, reason, part) in [
        ("model-size", "14B", "", "reason"),
        ("model-size", "14B", "  ", "reason"),
        ("model-size", "14B", "two\nlines", "reason"),
        ("model-size", "huge", REASON, "value"),
        ("loaded-models", "0", REASON, "value"),
        ("runtime:vllm", "maybe", REASON, "value"),
        ("tier", "3", REASON, "capability"),
        ("memory", "0GB", REASON, "value"),
        ("disk", "64GB", REASON, "capability"),
    ] {
        let ran = machine.json(&["override", "set", capability, value, "--reason", reason, "--yes"]);
        assert_eq!(ran.json()["args"]["part"], part, "{ran}");
        ran.fails("override-invalid", 2);
    }
    let unnamed = machine.las(&["override", "set", "model-size", "14B", "--yes"]);
    assert_eq!(unnamed.status, Some(2), "{unnamed}");
    let asked = machine.las(&["override", "set", "model-size", "14B", "--reason", REASON]);
    assert_eq!(asked.status, Some(6), "{asked}");
    assert!(asked.stdout.contains("model-size → 14B"), "the plan is shown first: {asked}");
    machine.json(&["override", "revert", "nobody", "--yes"]).fails("override-not-found", 5);
    assert_eq!(overrides(&machine), [Value::Null; 0]);
    import(&machine).fails("policy-denied", 3);
}

#[test]
fn an_override_is_an_operation_with_its_plan_and_makes_no_generation() {
    let machine = narrow();
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    let generations = machine.generations();
    let asked = machine.json(&["override", "set", "loaded-models", "4", "--reason", REASON]);
    let plan = asked.json()["id"].as_str().unwrap().to_owned();
    machine.las(&["apply", "--plan", &plan]).ok();
    machine.json(&["apply", "--plan", &plan]).fails("plan-spent", 6);
    assert_eq!(explain(&machine, "loaded-models")["limit"], "4");
    let last = machine.json(&["operation", "list"]).ok().json()[0].clone();
    assert_eq!((&last["intent"]["kind"], &last["plan"]), (&json!("override_set"), &json!(plan)), "{last:#}");
    assert_eq!(machine.generations(), generations);
    // Going back to an earlier generation leaves what is allowed as it is.
    machine.las(&["generation", "rollback", "0", "--yes"]).ok();
    assert_eq!(explain(&machine, "loaded-models")["limit"], "4");
    machine.is_healthy();
}

#[test]
fn a_plan_does_not_outlive_the_override_it_rests_on() {
    let machine = narrow();
    set(&machine, "model-size", "14B").ok();
    let planned =
        machine.json(&["module", "plan", CHAT_MODEL]).ok().json()["id"].as_str().unwrap().to_owned();
    revert(&machine, &overrides(&machine)[0]["id"]);
    machine.json(&["apply", "--plan", &planned, "--yes"]).fails("plan-outruled", 6);
    assert_eq!(machine.contents(), [""; 0]);
    assert_eq!(machine.current(), (0, vec![]));
}

#[test]
fn a_power_cut_after_an_override_was_recorded_keeps_it() {
    let intent =
        json!({ "kind": "override_set", "capability": "model-size", "value": "14B", "reason": REASON });
    let program = Path::new(env!("CARGO_BIN_EXE_las-crash"));
    let ended_at = |machine: &Workstation, point: &str| {
        Ran::run(machine.command(program, &[point, &intent.to_string()])).status
    };
    for point in ["0", "1"] {
        let machine = narrow();
        assert_eq!(ended_at(&machine, point), None, "a signal leaves no status");
        assert_eq!(explain(&machine, "model-size")["limit"], "14B");
        import(&machine).ok();
        machine.is_healthy();
    }
    assert_eq!(ended_at(&narrow(), "2"), Some(0), "there is no other point");
}

#[test]
fn memory_that_is_not_there_is_not_overridden() {
    let machine = narrow().with_profile("tiny-2gb");
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    set(&machine, "model-size", "14B").ok();
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    // Weights of 1 GB, in a hole of the file, on a machine with 0.94 GB free.
    let (header, length) = models::sparse(1_000_000_000);
    let file = machine.file("large.gguf", header);
    std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(length).unwrap();
    machine.las(&["model", "import", &file, "--reference", "--yes"]).ok();
    machine.json(&["run", "large", "Hello"]).fails("model-too-large", 3);
}
