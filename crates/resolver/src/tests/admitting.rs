//! What this machine may have, and what a refusal tells of it.

use super::fixture::{self, Fixture, MODEL, Module, RUNTIME};
use crate::{admit_load, denied, permitted};
use las_types::{
    Absence, Allowance, CapabilitySet, Code, Conditions, Detail, Failure, Gpu, GpuVendor, Override,
    OverrideId, Policy, Timestamp,
};

fn gpu(index: u32, model: &str, vram: &str) -> Gpu {
    fixture::gpu(GpuVendor::Amd, index, model, vram)
}

fn absent(part: &str, reason: &str) -> Absence {
    Absence { part: part.to_owned(), reason: reason.to_owned(), detail: None }
}

/// The refusal of a module that needs this much of a GPU, on a machine with these.
fn refusal(need: &str, gpus: Vec<Gpu>, absent: Vec<Absence>) -> Failure {
    let more = format!("hardware: {{ gpu: {need} }}\n");
    let mut fixture = Fixture::new(&[("a 1.0.0", &[], more.as_str())]);
    fixture.profile.gpus = gpus;
    fixture.profile.absent = absent;
    fixture.install(&["a"]).unwrap_err()
}

#[test]
fn a_refusal_for_want_of_a_gpu_tells_which_were_found_and_which_can_not_be_used() {
    let found = |key: &str, index: u32, model: &str, vram: &str| {
        Detail::new(key).with("index", index).with("model", model).with("vram", vram)
    };
    let shared = Gpu { unified_memory: true, ..gpu(1, "780M", "0B") };
    // A part of main memory that is set aside is memory that it has.
    let set_aside = Gpu { unified_memory: true, ..gpu(2, "890M", "1GB") };
    let parts =
        vec![absent("gpu-nvidia", "no-driver"), absent("gpu-intel", "no-device"), absent("npu", "no-driver")];
    let failure =
        refusal("{ vram_min: 64GB }", vec![gpu(0, "XTX", "24GB"), shared, set_aside], parts.clone());
    assert_eq!((failure.code, failure.args["have"].as_str()), (Code::HardwareInsufficient, "24 GB"));
    let unusable = Detail::new("gpu-unusable").with("part", "gpu-nvidia").with("reason", "no-driver");
    assert_eq!(
        failure.details,
        [
            found("gpu-found", 0, "XTX", "24 GB"),
            found("gpu-shared", 1, "780M", "0 B"),
            found("gpu-found", 2, "890M", "1 GB"),
            unusable.clone(),
        ]
    );
    assert_eq!(refusal("{ vram_min: 1GB }", Vec::new(), parts).details, [unusable]);
    let none = refusal("{ vram_min: 1GB }", Vec::new(), vec![absent("gpu-intel", "no-device")]);
    assert_eq!(none.details, [Detail::new("gpu-none")]);
    // A card of which no memory is known is not taken for one that shares.
    let odd = refusal("{ vram_min: 1GB }", vec![gpu(0, "old", "0B")], Vec::new());
    assert_eq!(odd.details, [found("gpu-found", 0, "old", "0 B")]);
}

#[test]
fn only_a_card_with_memory_of_its_own_is_a_second_card() {
    let have = |second: Gpu| {
        let more = "hardware: { gpu: { multi_gpu: true } }\n";
        let mut fixture = Fixture::new(&[("a 1.0.0", &[], more)]);
        fixture.profile.gpus = vec![gpu(0, "XTX", "24GB"), second];
        fixture.install(&["a"]).err().map(|failure| failure.args["have"].clone())
    };
    assert_eq!(have(gpu(1, "XTX", "24GB")), None);
    assert_eq!(have(gpu(1, "old", "0B")).as_deref(), Some("1"));
    assert_eq!(have(Gpu { unified_memory: true, ..gpu(1, "890M", "1GB") }).as_deref(), Some("1"));
}

fn rule(name: &str, allow: Allowance, deny: &[&str]) -> Policy {
    Policy {
        name: name.into(),
        description: String::new(),
        tier: None,
        conditions: Conditions::default(),
        allow,
        deny: deny.iter().map(|text| (*text).to_owned()).collect(),
        file: "test/limits.yaml".into(),
        line: 7,
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn judged(policies: &[Policy]) -> CapabilitySet {
    Fixture::new(&[]).policies(policies).capabilities
}

#[test]
fn loading_is_refused_for_the_engine_or_for_the_size_of_the_model() {
    let size = Allowance { max_model_size: Some("4B".parse().unwrap()), ..Allowance::default() };
    let capabilities =
        judged(&[rule("size", size, &[]), rule("engines", Allowance::default(), &["runtime:old"])]);
    let load = |engine: &str, size: &str| {
        let outcome = admit_load(&capabilities, &engine.parse().unwrap(), size.parse().unwrap());
        outcome.err().map(|failure| (failure.args["capability"].clone(), failure.args["rule"].clone()))
    };
    assert_eq!(load("new", "4B"), None);
    assert_eq!(load("old", "4B"), Some(("runtime:old".into(), "engines".into())));
    assert_eq!(load("new", "5B"), Some(("model-size:5B".into(), "size".into())));
    // Without any limit every size may be loaded.
    assert!(admit_load(&judged(&[]), &"new".parse().unwrap(), "700B".parse().unwrap()).is_ok());
}

#[test]
fn what_a_list_of_its_kind_does_not_name_is_not_permitted() {
    let lists =
        Allowance { runtimes: Some(names(&["a"])), features: Some(names(&["x"])), ..Allowance::default() };
    let capabilities = judged(&[rule("lists", lists, &["y"])]);
    let code = |capability: &str| permitted(&capabilities, capability).err().map(|failure| failure.code);
    for (capability, expected) in [
        ("runtime:a", None),
        ("runtime:b", Some(Code::PolicyDenied)),
        ("feature:x", None),
        ("feature:y", Some(Code::PolicyDenied)),
        ("feature:z", Some(Code::PolicyDenied)),
        ("voice:z", None),
    ] {
        assert_eq!(code(capability), expected, "{capability}");
    }
    // A list of one kind says nothing of another, and a denial alone is no list.
    let features = Allowance { features: Some(names(&["x"])), ..Allowance::default() };
    assert!(permitted(&judged(&[rule("features", features, &[])]), "runtime:b").is_ok());
    assert!(permitted(&judged(&[rule("denial", Allowance::default(), &["runtime:a"])]), "runtime:b").is_ok());
}

fn overridden(policies: &[Policy], capability: &str, value: &str) -> CapabilitySet {
    Fixture::new(&[]).overridden(policies, capability, value).capabilities
}

#[test]
fn an_override_of_one_engine_says_nothing_of_one_that_no_rule_names() {
    let list = Allowance { runtimes: Some(names(&["a"])), ..Allowance::default() };
    let listed = [rule("list", list, &[])];
    let code =
        |capabilities: &CapabilitySet| permitted(capabilities, "runtime:b").err().map(|failure| failure.code);
    // By the rule alone another is allowed by name, whatever a person made of it since.
    assert_eq!(code(&overridden(&listed, "runtime:a", "deny")), Some(Code::PolicyDenied));
    assert_eq!(code(&overridden(&listed, "runtime:c", "allow")), Some(Code::PolicyDenied));
    // Where no rule names any, an override opens or closes only its own.
    assert_eq!(code(&overridden(&[], "runtime:a", "deny")), None);
    assert_eq!(code(&overridden(&[], "runtime:a", "allow")), None);
    let denial = [rule("denial", Allowance::default(), &["runtime:a"])];
    assert_eq!(code(&overridden(&denial, "runtime:a", "allow")), None);
}

#[test]
fn a_denial_names_the_override_or_the_first_rule_or_nobody() {
    let one = Override {
        id: OverrideId::new(Timestamp::UNIX_EPOCH, [7; 10]),
        capability: "runtime:a".into(),
        value: "deny".into(),
        reason: "crashes".into(),
        set_at: Timestamp::UNIX_EPOCH,
        actor: "test".into(),
        reverted_at: None,
    };
    let capabilities =
        las_policy::evaluate(&super::fixture::profile(), "test", &[], std::slice::from_ref(&one));
    let failure = permitted(&capabilities, "runtime:a").unwrap_err();
    let args = ["capability", "id", "reason"].map(|key| failure.args[key].clone());
    assert_eq!(
        (failure.code, args),
        (Code::OverrideDenies, ["runtime:a".into(), one.id.to_string(), "crashes".into()])
    );
    let nobody = denied("feature:x", &[]);
    let args = ["capability", "rule", "file", "line"].map(|key| nobody.args[key].as_str());
    assert_eq!((nobody.code, args), (Code::PolicyDenied, ["feature:x", "", "", "0"]));
}

#[test]
fn only_engines_are_asked_of_the_rules_on_engines_and_only_models_of_the_size() {
    let modules: &[Module<'_>] =
        &[("engine 1.0.0", &[], RUNTIME), ("model 1.0.0", &[], MODEL), ("tool 1.0.0", &[], "")];
    let strict = Allowance {
        runtimes: Some(names(&[])),
        max_model_size: Some("1M".parse().unwrap()),
        ..Allowance::default()
    };
    let fixture =
        Fixture::new(modules).policies(&[rule("strict", strict, &["runtime:tool", "runtime:engine"])]);
    let refused =
        |name: &str| fixture.install(&[name]).err().map(|failure| failure.args["capability"].clone());
    assert_eq!(refused("engine").as_deref(), Some("runtime:engine"));
    assert_eq!(refused("model").as_deref(), Some("model-size:2M"));
    assert_eq!(refused("tool"), None);
}
