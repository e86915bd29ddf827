//! Which versions an installation chooses, in which order, and why it refuses.

use super::fixture::{self, Fixture, MODEL, Module, RUNTIME, names, render};
use las_types::{Allowance, Code, Conditions, GpuVendor, Policy};

fn steps(modules: &[Module<'_>], requests: &[&str]) -> Vec<String> {
    render(&Fixture::new(modules).install(requests).unwrap())
}

fn refusal(modules: &[Module<'_>], requests: &[&str]) -> las_types::Failure {
    Fixture::new(modules).install(requests).expect_err("a refusal")
}

/// The details, each as its key and arguments.
fn told(failure: &las_types::Failure) -> Vec<String> {
    let line = |detail: &las_types::Detail| {
        let args: String = detail.args.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        format!("{}{args}", detail.key)
    };
    failure.details.iter().map(line).collect()
}

#[test]
fn the_newest_version_that_is_asked_for_is_chosen() {
    let modules: &[Module<'_>] =
        &[("a 1.0.0", &[], ""), ("a 1.9.0", &[], ""), ("a 1.10.0", &[], ""), ("a 2.0.0-rc.1", &[], "")];
    assert_eq!(steps(modules, &["a"]), ["store-add a 1.10.0"]);
    assert_eq!(steps(modules, &["a@<1.10"]), ["store-add a 1.9.0"]);
    assert_eq!(steps(modules, &["a@1.0.0"]), ["store-add a 1.0.0"]);
    assert_eq!(steps(modules, &["a", "a@<1.5"]), ["store-add a 1.0.0"]);
    assert_eq!(steps(modules, &["a@2.0.0-rc.1"]), ["store-add a 2.0.0-rc.1"]);
    assert_eq!(refusal(modules, &["a@>=2"]).code, Code::ModuleConflict);
    assert_eq!(refusal(modules, &["b"]).code, Code::ModuleNotFound);
    assert_eq!(steps(modules, &[]), [""; 0]);
    // What contradicts itself is told with what there is.
    let both = refusal(modules, &["a@<1.5", "a@>1.5"]);
    assert_eq!(told(&both)[..2], ["asked request=a@<1.5", "asked request=a@>1.5"]);
    assert!(told(&both)[2].starts_with("offered count=4 name=a "), "{both:?}");
}

#[test]
fn dependencies_come_first_in_versions_that_everything_allows() {
    let modules: &[Module<'_>] = &[
        ("app 1.0.0", &["lib", "base@<2"], ""),
        ("lib 1.0.0", &["base"], ""),
        ("lib 2.0.0", &["base@>=2"], ""),
        ("base 1.0.0", &[], RUNTIME),
        ("base 2.0.0", &[], RUNTIME),
    ];
    let expected =
        ["store-add base 1.0.0", "verify base 1.0.0 run", "store-add lib 1.0.0", "store-add app 1.0.0"];
    assert_eq!(steps(modules, &["app"]), expected);
    assert_eq!(
        steps(modules, &["lib"]),
        ["store-add base 2.0.0", "verify base 2.0.0 run", "store-add lib 2.0.0"]
    );
}

#[test]
fn a_conflict_is_explained_and_a_circle_shown() {
    let modules: &[Module<'_>] = &[
        ("a 1.0.0", &["c@<2"], ""),
        ("b 1.0.0", &["c@>=2"], ""),
        ("c 1.0.0", &[], ""),
        ("c 2.0.0", &[], ""),
    ];
    let failure = refusal(modules, &["a", "b"]);
    assert_eq!(failure.code, Code::ModuleConflict);
    assert_eq!(failure.args["name"], "a, b");
    assert_eq!(
        told(&failure),
        [
            "asked request=a",
            "asked request=b",
            "needs count=1 name=a request=c@<2 versions=1.0.0",
            "needs count=1 name=b request=c@>=2 versions=1.0.0",
            "offered count=2 name=c versions=2.0.0, 1.0.0",
        ]
    );
    let failure = refusal(&[("a 1.0.0", &["nowhere"], "")], &["a"]);
    assert_eq!(failure.code, Code::ModuleConflict);
    let expected = [
        "asked request=a",
        "needs count=1 name=a request=nowhere versions=1.0.0",
        "not-offered name=nowhere",
    ];
    assert_eq!(told(&failure), expected);
    let circle: &[Module<'_>] = &[("a 1.0.0", &["b"], ""), ("b 1.0.0", &["c"], ""), ("c 1.0.0", &["b"], "")];
    let failure = refusal(circle, &["a"]);
    assert_eq!(
        (failure.code, failure.args["path"].as_str()),
        (Code::ModuleCycle, "b 1.0.0 → c 1.0.0 → b 1.0.0")
    );
    let expected =
        ["needs count=1 name=b request=c versions=1.0.0", "needs count=1 name=c request=b versions=1.0.0"];
    assert_eq!(told(&failure), expected);
    assert_eq!(refusal(&[("a 1.0.0", &["a"], "")], &["a"]).args["path"], "a 1.0.0 → a 1.0.0");
}

#[test]
fn what_the_machine_refuses_is_told_with_its_reason_and_the_way_to_it() {
    let large = "hardware: { memory: { ram_min: 16GB } }\n";
    let modules: &[Module<'_>] = &[
        ("app 1.0.0", &["lib@>=2"], ""),
        ("lib 1.0.0", &[], ""),
        ("lib 2.0.0", &[], large),
        ("lib 2.1.0", &[], large),
        ("old 1.0.0", &["lib@<2"], ""),
    ];
    let failure = refusal(modules, &["app"]);
    assert_eq!((failure.code, failure.args["version"].as_str()), (Code::HardwareInsufficient, "2.1.0"));
    let way = ["asked request=app", "needs count=1 name=app request=lib@>=2 versions=1.0.0"];
    assert_eq!(told(&failure), way);
    assert_eq!(told(&refusal(modules, &["lib@>=2"])), [""; 0]);
    // A larger machine would not help, and yet it is a part of the reason.
    let modules: &[Module<'_>] = &[
        ("app 1.0.0", &["lib"], ""),
        ("lib 1.0.0", &["base@<1"], ""),
        ("lib 2.0.0", &["base@<1"], large),
        ("lib 2.1.0", &["base@<1"], large),
        ("base 1.0.0", &[], ""),
    ];
    let failure = refusal(modules, &["app"]);
    assert_eq!(failure.code, Code::ModuleConflict);
    let refused =
        "refused-hardware-insufficient count=2 field=ram have=8 GB name=lib need=16 GB versions=2.1.0, 2.0.0";
    assert_eq!(
        told(&failure),
        [
            "asked request=app",
            "needs count=1 name=app request=lib versions=1.0.0",
            "needs count=1 name=lib request=base@<1 versions=1.0.0",
            refused,
            "offered count=1 name=base versions=1.0.0",
        ]
    );
}

#[test]
fn what_must_stay_is_told_as_kept_and_not_as_asked_for() {
    let modules: &[Module<'_>] = &[
        ("old 1.0.0", &["base@<2"], ""),
        ("new 1.0.0", &["base@>=2"], ""),
        ("base 1.0.0", &[], ""),
        ("base 2.0.0", &[], ""),
    ];
    let failure = Fixture::new(modules).installed(&["old"]).install(&["new"]).unwrap_err();
    assert_eq!(
        told(&failure),
        [
            "asked request=new",
            "kept item=old 1.0.0",
            "needs count=1 name=new request=base@>=2 versions=1.0.0",
            "needs count=1 name=old request=base@<2 versions=1.0.0",
            "offered count=2 name=base versions=2.0.0, 1.0.0",
        ]
    );
}

#[test]
fn what_the_machine_lacks_is_named_with_both_numbers() {
    let cases = [
        ("hardware: { cpu: { cores_min: 5 } }\n", "cores", "5", "4"),
        ("hardware: { memory: { ram_min: 16GB } }\n", "ram", "16 GB", "8 GB"),
        ("hardware: { gpu: { vram_min: 8GB } }\n", "gpu_vram", "8 GB", "0 B"),
        ("hardware: { gpu: { multi_gpu: true } }\n", "gpu_count", "2", "0"),
    ];
    for (more, field, need, have) in cases {
        let failure = refusal(&[("user 1.0.0", &["a"], ""), ("a 1.0.0", &[], more)], &["user"]);
        assert_eq!(failure.code, Code::HardwareInsufficient);
        let args: Vec<&str> =
            ["name", "field", "need", "have"].map(|key| failure.args[key].as_str()).to_vec();
        assert_eq!(args, ["a", field, need, have]);
    }
    let enough = "hardware: { cpu: { cores_min: 4 }, memory: { ram_min: 8GB }, gpu: { multi_gpu: false } }\n";
    assert_eq!(steps(&[("a 1.0.0", &[], enough)], &["a"]), ["store-add a 1.0.0"]);
    // An older version that the machine meets is the newest compatible one.
    let newer = "hardware: { cpu: { cores_min: 64 } }\n";
    assert_eq!(steps(&[("a 1.0.0", &[], ""), ("a 2.0.0", &[], newer)], &["a"]), ["store-add a 1.0.0"]);
}

#[test]
fn a_larger_machine_meets_what_a_smaller_one_lacks() {
    let more = "hardware: { gpu: { vram_min: 8GB, multi_gpu: true } }\n";
    let mut fixture = Fixture::new(&[("a 1.0.0", &[], more)]);
    let gpu = |index| fixture::gpu(GpuVendor::Nvidia, index, "x", "8GB");
    fixture.profile.gpus = vec![gpu(0)];
    assert_eq!(fixture.install(&["a"]).unwrap_err().args["field"], "gpu_count");
    fixture.profile.gpus.push(gpu(1));
    assert_eq!(fixture.install(&["a"]).unwrap().steps.len(), 1);
}

#[test]
fn memory_that_a_gpu_shares_counts_where_it_is_fast_and_a_gpu_in_a_processor_is_no_second_card() {
    let recorded = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/profiles");
        let text = std::fs::read_to_string(path.join(name).with_extension("json")).unwrap();
        serde_json::from_str::<las_types::HardwareProfile>(&text).unwrap()
    };
    let outcome = |profile: &las_types::HardwareProfile, more: &str| {
        let mut fixture = Fixture::new(&[("a 1.0.0", &[], more)]);
        fixture.profile = profile.clone();
        let failure = fixture.install(&["a"]).err()?;
        Some((failure.args["field"].clone(), failure.args["have"].clone()))
    };
    let vram = "hardware: { gpu: { vram_min: 8GB } }\n";
    for name in ["gb10-128gb", "jetson-orin-64gb"] {
        let mut profile = recorded(name);
        assert_eq!(outcome(&profile, vram), None, "{name}");
        profile.memory.bandwidth = None;
        assert_eq!(outcome(&profile, vram), None, "{name}, before it was measured");
    }
    let mut laptop = recorded("igpu-laptop-16gb");
    assert_eq!(outcome(&laptop, vram), Some(("gpu_vram".into(), "0 B".into())));
    laptop.memory.bandwidth = recorded("gb10-128gb").memory.bandwidth;
    assert_eq!(outcome(&laptop, vram), None, "fast memory serves whoever made the GPU");
    // A card, and what the processor has inside.
    let several = "hardware: { gpu: { multi_gpu: true } }\n";
    let mut profile = recorded("rtx-4090-24gb");
    profile.gpus.extend(recorded("radeon-780m-32gb-no-permission").gpus);
    profile.gpus.extend(recorded("igpu-laptop-16gb").gpus);
    assert_eq!(outcome(&profile, several), Some(("gpu_count".into(), "1".into())));
    assert_eq!(outcome(&recorded("two-3090-nvlink"), several), None);
}

fn rule(allow: Allowance, deny: &[&str]) -> Policy {
    Policy {
        name: "small".into(),
        description: String::new(),
        tier: None,
        conditions: Conditions { ram_max: Some("16GB".parse().unwrap()), ..Conditions::default() },
        allow,
        deny: deny.iter().map(|text| (*text).to_owned()).collect(),
        file: "test/limits.yaml".into(),
        line: 7,
    }
}

#[test]
fn what_a_policy_denies_names_the_rule_and_its_place() {
    let modules: &[Module<'_>] =
        &[("engine 1.0.0", &[], RUNTIME), ("model 1.0.0", &[], MODEL), ("tool 1.0.0", &[], "")];
    let allow = |runtimes: &[&str], size: Option<&str>| Allowance {
        runtimes: Some(runtimes.iter().map(|text| (*text).to_owned()).collect()),
        max_model_size: size.map(|text| text.parse().unwrap()),
        ..Allowance::default()
    };
    let cases = [
        (rule(allow(&["engine"], None), &["runtime:engine"]), "engine", Some("runtime:engine")),
        (rule(allow(&["other"], None), &[]), "engine", Some("runtime:engine")),
        (rule(allow(&["engine"], None), &[]), "engine", None),
        (rule(allow(&["other"], None), &[]), "tool", None),
        (rule(allow(&["engine"], Some("1M")), &[]), "model", Some("model-size:2M")),
        (rule(allow(&["engine"], Some("2M")), &[]), "model", None),
    ];
    for (policy, request, denied) in cases {
        let fixture = Fixture::new(modules).policies(&[policy]);
        match (fixture.install(&[request]), denied) {
            (Ok(draft), None) => assert!(!draft.steps.is_empty()),
            (Err(failure), Some(capability)) => {
                assert_eq!(failure.code, Code::PolicyDenied);
                let args = ["capability", "rule", "file", "line"].map(|key| failure.args[key].as_str());
                assert_eq!(args, [capability, "small", "test/limits.yaml", "7"]);
            }
            (outcome, _) => panic!("{request}: {outcome:?}"),
        }
    }
}

#[test]
fn the_second_draft_of_a_wish_is_empty() {
    let modules: &[Module<'_>] =
        &[("app 1.0.0", &["lib"], ""), ("lib 1.0.0", &[], RUNTIME), ("model 1.0.0", &[], MODEL)];
    let fixture = Fixture::new(modules).installed(&["app", "model"]);
    let draft = fixture.install(&["app", "model", "lib"]).unwrap();
    assert!(draft.steps.is_empty() && draft.licenses.is_empty() && draft.notes.is_empty(), "{draft:?}");
    assert_eq!(draft.outcome, fixture.installed);
    assert_eq!(names(&draft.outcome), ["app 1.0.0", "lib 1.0.0", "model 1.0.0"]);
}

#[test]
fn what_is_installed_keeps_what_it_depends_on() {
    let modules: &[Module<'_>] = &[
        ("old 1.0.0", &["base@<2"], ""),
        ("new 1.0.0", &["base"], ""),
        ("newest 1.0.0", &["base@>=2"], ""),
        ("base 1.0.0", &[], ""),
        ("base 2.0.0", &[], ""),
    ];
    let fixture = Fixture::new(modules).installed(&["old"]);
    assert_eq!(render(&fixture.install(&["new"]).unwrap()), ["store-add new 1.0.0"]);
    let failure = fixture.install(&["newest"]).unwrap_err();
    assert_eq!((failure.code, failure.args["name"].as_str()), (Code::ModuleConflict, "newest, old"));
    assert_eq!(fixture.install(&["base@2.0.0"]).unwrap_err().code, Code::ModuleConflict);
}

#[test]
fn an_override_opens_or_closes_what_it_names_and_nothing_else() {
    let modules: &[Module<'_>] = &[("engine 1.0.0", &[], RUNTIME), ("model 1.0.0", &[], MODEL)];
    let policy = |runtime: &str| {
        let allow = Allowance {
            runtimes: Some(vec![runtime.to_owned()]),
            max_model_size: Some("1M".parse().unwrap()),
            ..Allowance::default()
        };
        [rule(allow, &[])]
    };
    let cases = [
        ("other", "runtime:engine", "allow", "engine", None),
        // Of an engine that no rule names, what is said of another one says nothing.
        ("other", "runtime:third", "allow", "engine", Some(Code::PolicyDenied)),
        ("other", "runtime:other", "deny", "engine", Some(Code::PolicyDenied)),
        ("engine", "runtime:engine", "deny", "engine", Some(Code::OverrideDenies)),
        ("engine", "model-size", "2M", "model", None),
        ("engine", "model-size", "1.5M", "model", Some(Code::OverrideDenies)),
    ];
    for (runtime, capability, value, request, refused) in cases {
        let fixture = Fixture::new(modules).overridden(&policy(runtime), capability, value);
        let outcome = fixture.install(&[request]);
        let code = outcome.as_ref().err().map(|failure| failure.code);
        assert_eq!(code, refused, "{capability} = {value}: {outcome:?}");
    }
}
