//! Limits of the policies, where models are loaded; and what is measured of a machine.

use las_tests::{CHAT_MODEL, Core, Workstation};
use serde_json::{Value, json};
use std::os::unix::fs::symlink;
use std::path::Path;

/// The policies of such a machine: one rule.
fn write_rule(root: &Path, rest: &str) {
    let rule = format!("policies:\n  - {{ name: all, description: x, tier: 1, {rest} }}\n");
    std::fs::write(root.join("policies/default/all.yaml"), rule).unwrap();
}

/// A machine with the engine and the chat model, whose policies are one rule that allows this.
fn allowing(allow: &str) -> Workstation {
    let machine = Workstation::new();
    let root = machine.outside("resources");
    std::fs::create_dir_all(root.join("policies/default")).unwrap();
    for folder in ["builtin", "registry"] {
        symlink(machine.resources().join(folder), root.join(folder)).unwrap();
    }
    write_rule(&root, &format!("allow: {{ {allow} }}"));
    let machine = machine.with_resources(&root);
    machine.install();
    machine
}

fn load(machine: &Workstation) -> Value {
    let core = machine.serve();
    let body = json!({ "intent": { "kind": "model_load", "model": CHAT_MODEL } });
    core.client().request("POST", "/v1/plans", Some(&body)).json()
}

#[test]
fn a_model_above_the_ceiling_of_memory_is_refused_by_its_rule() {
    let refused = load(&allowing("max_memory: 1MB"));
    let args = &refused["args"];
    assert_eq!(
        (refused["code"].as_str(), args["capability"].as_str()),
        (Some("policy-denied"), Some("memory"))
    );
    assert_eq!((args["file"].as_str(), args["rule"].as_str()), (Some("default/all.yaml"), Some("all")));
    let machine = allowing("max_memory: 1MB");
    machine.las(&["override", "set", "memory", "8GB", "--reason", "it was tried", "--yes"]).ok();
    let plan = load(&machine);
    assert!(plan["steps"][0]["action"].to_string().contains(CHAT_MODEL), "{plan:#}");
}

fn chat(core: &Core, more: &[(&str, Value)]) -> Value {
    let mut body =
        json!({ "model": CHAT_MODEL, "max_tokens": 4, "messages": [{ "role": "user", "content": "Hello" }] });
    for (name, value) in more {
        body[*name] = value.clone();
    }
    core.client().post("/v1/chat/completions", &body).json()
}

#[test]
fn what_is_denied_after_it_was_installed_is_no_longer_loaded() {
    let machine = allowing("max_loaded_models: 2");
    let run = || machine.json(&["run", CHAT_MODEL, "Hello"]);
    run().ok();
    for (capability, value) in [("runtime:llama.cpp", "deny"), ("model-size", "1M")] {
        machine.las(&["override", "set", capability, value, "--reason", "it was seen to fail", "--yes"]).ok();
        let refused = run().fails("override-denies", 3);
        assert!(refused.json()["args"]["capability"].as_str().unwrap().starts_with(capability), "{refused}");
        assert_eq!(load(&machine)["code"], "override-denies");
        let id = machine.json(&["override", "list"]).ok().json();
        let id = id.as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
        machine.las(&["override", "revert", &id, "--yes"]).ok();
        run().ok();
    }
    // Policies that were changed say so by their rule.
    for (rest, capability) in [
        ("deny: ['runtime:llama.cpp']", "runtime:llama.cpp"),
        ("allow: { runtimes: [vllm] }", "runtime:llama.cpp"),
        ("allow: { max_model_size: 1M }", "model-size"),
    ] {
        write_rule(machine.resources(), rest);
        let refused = run().fails("policy-denied", 3).json();
        assert!(refused["args"]["capability"].as_str().unwrap().starts_with(capability), "{refused:#}");
        assert_eq!(refused["args"]["rule"], "all", "{refused:#}");
    }
}

#[test]
fn a_model_that_answers_is_silent_once_its_engine_is_denied() {
    let machine = allowing("max_loaded_models: 2");
    let core = machine.serve();
    assert!(chat(&core, &[])["choices"].is_array());
    machine.las(&["override", "set", "runtime:llama.cpp", "deny", "--reason", "a hole in it", "--yes"]).ok();
    assert_eq!(chat(&core, &[])["error"]["code"], "override-denies");
}

#[test]
fn a_request_that_uses_a_denied_feature_is_refused_by_its_rule() {
    let machine = allowing("features: [chat]");
    let core = machine.serve();
    let tool =
        json!([{ "type": "function", "function": { "name": "now", "parameters": { "type": "object" } } }]);
    let refused = chat(&core, &[("tools", tool)]);
    assert_eq!(refused["error"]["code"], "policy-denied", "{refused:#}");
    let args = &refused["error"]["las"]["args"];
    assert_eq!((args["capability"].as_str(), args["rule"].as_str()), (Some("feature:tools"), Some("all")));
    let refused = chat(&core, &[("response_format", json!({ "type": "json_object" }))]);
    assert_eq!(refused["error"]["las"]["args"]["capability"], "feature:json", "{refused:#}");
    let embeddings = json!({ "model": CHAT_MODEL, "input": "one" });
    let refused = core.client().post("/v1/embeddings", &embeddings).json();
    assert_eq!(refused["error"]["las"]["args"]["capability"], "feature:embeddings", "{refused:#}");
    assert!(chat(&core, &[])["choices"].is_array(), "what is allowed is answered");
}

#[test]
fn no_more_conversations_are_held_at_once_than_the_policies_allow() {
    let parallel = |allow: &str| {
        let plan = load(&allowing(allow));
        let found = plan["steps"][0]["action"].to_string();
        let after = found.split("\"parallel\":").nth(1).unwrap_or_else(|| panic!("{plan:#}"));
        after.chars().take_while(char::is_ascii_digit).collect::<String>()
    };
    assert_eq!((parallel("max_parallel: 1").as_str(), parallel("max_parallel: 9").as_str()), ("1", "2"));
}

#[test]
fn a_machine_is_measured_once_and_the_rates_are_kept() {
    let machine = Workstation::new();
    let profile = |arguments: &[&str]| machine.json(arguments).ok().json();
    // Looking at the machine makes nothing.
    assert!(profile(&["hardware"])["memory"]["bandwidth"].is_null());
    assert!(!machine.home().exists());
    let measured = profile(&["hardware", "--measure"])["memory"]["bandwidth"].clone();
    if measured.is_null() {
        las_tests::skip("cli::ceilings::a_machine_is_measured_once", "too little memory is free");
        return;
    }
    assert!(measured["per_second"].as_u64().unwrap() > 1_000_000, "{measured:#}");
    // Kept, with and without a core, and the same for both.
    assert_eq!(profile(&["hardware"])["memory"]["bandwidth"], measured);
    let core = machine.serve();
    assert_eq!(profile(&["hardware"])["memory"]["bandwidth"], measured);
    core.stop();
    let kept = machine.home().join("measured.json");
    let text = std::fs::read_to_string(&kept).unwrap();
    // Another machine's measurements, or a damaged file, say nothing.
    let identity: Value = serde_json::from_str(&text).unwrap();
    let other = text.replace(identity["identity"].as_str().unwrap(), &"0".repeat(64));
    for damaged in [other.as_str(), "{"] {
        std::fs::write(&kept, damaged).unwrap();
        assert!(profile(&["hardware"])["memory"]["bandwidth"].is_null(), "{damaged}");
    }
    assert!(!Path::new(&machine.home().join("staging/measure.scratch")).exists());
    machine.is_healthy();
}

#[test]
fn a_recorded_profile_is_never_measured() {
    let machine = Workstation::new().with_profile("laptop-8gb-no-gpu");
    assert!(machine.json(&["hardware", "--measure"]).ok().json()["memory"]["bandwidth"].is_null());
}
