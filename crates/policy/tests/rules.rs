//! How rules combine, on rules made for it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use las_policy::{evaluate, explain, holes};
use las_types::{Allowance, Comparison, Conditions, HardwareProfile, Override, OverrideId, Policy, Tier};

/// A machine written as `RAM` or `RAM/VRAM,VRAM`, NVLink with a trailing `+`.
fn machine(text: &str) -> HardwareProfile {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/profiles/two-3090-nvlink.json");
    let mut profile: HardwareProfile = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (ram, gpus) = text.trim_end_matches('+').split_once('/').unwrap_or((text, ""));
    profile.memory.total = ram.parse().unwrap();
    let pattern = profile.gpus[0].clone();
    profile.gpus.clear();
    for vram in gpus.split(',').filter(|size| !size.is_empty()) {
        let nvlink_peers = if text.ends_with('+') { vec![1] } else { vec![] };
        profile.gpus.push(las_types::Gpu { vram: vram.parse().unwrap(), nvlink_peers, ..pattern.clone() });
    }
    profile
}

fn rule(name: &str, tier: Option<u8>, conditions: &str, allow: &str, deny: &[&str]) -> Policy {
    Policy {
        name: name.to_owned(),
        description: String::new(),
        tier: tier.map(Tier),
        conditions: serde_yaml::from_str::<Conditions>(conditions).unwrap(),
        allow: serde_yaml::from_str::<Allowance>(allow).unwrap(),
        deny: deny.iter().map(ToString::to_string).collect(),
        file: "test/rules.yaml".to_owned(),
        line: 7,
    }
}

#[test]
fn the_most_restrictive_rule_wins() {
    let set = [
        rule(
            "high",
            Some(3),
            "{}",
            "{max_model_size: 70B, runtimes: [a, b], features: [x, y], max_loaded_models: 8}",
            &[],
        ),
        rule(
            "low",
            Some(2),
            "{ram_max: 16GB}",
            "{max_model_size: 30B, runtimes: [b, c], max_loaded_models: 9}",
            &[],
        ),
        rule("denial", None, "{ram_max: 8GB}", "{features: [x, y]}", &["y", "runtime:b"]),
    ];
    let answer = |machine_text: &str| {
        let outcome = evaluate(&machine(machine_text), "test", &set, &[]);
        let allowed: Vec<String> = outcome
            .verdicts
            .iter()
            .filter(|v| v.allowed && v.limit.is_none())
            .map(|v| v.capability.clone())
            .collect();
        let size = outcome.max_model_size.unwrap().to_string();
        (outcome.tier.0, size, outcome.max_loaded_models.unwrap(), allowed.join(" "))
    };
    assert_eq!(answer("32GB"), (3, "70B".into(), 8, "runtime:a runtime:b feature:x feature:y".into()));
    assert_eq!(answer("16GB"), (3, "70B".into(), 8, "runtime:a runtime:b feature:x feature:y".into()));
    assert_eq!(answer("12GB"), (2, "30B".into(), 8, "runtime:b feature:x feature:y".into()));
    assert_eq!(answer("4GB"), (2, "30B".into(), 8, "feature:x".into()));
}

#[test]
fn a_refusal_is_lifted_by_all_that_stands_in_its_way_and_nothing_more() {
    let set = [
        rule("small", Some(1), "{gpu_vram_max: 12GB}", "{runtimes: [a]}", &[]),
        rule("large", Some(2), "{gpu_vram_min: 12GB}", "{runtimes: [a, b]}", &[]),
        rule("thin", None, "{ram_max: 32GB}", "{}", &["b"]),
        rule("link", None, "{nvlink: false}", "{}", &["fabric"]),
        rule("never", None, "{}", "{}", &["wizardry"]),
    ];
    let needs = |machine_text: &str, capability: &str| {
        let verdict = explain(&machine(machine_text), "test", &set, &[], capability);
        let needs: Vec<String> = verdict
            .lifted_by
            .iter()
            .map(|r| format!("{}:{} {}<{}", r.rule, r.field, r.have, r.bound))
            .collect();
        (verdict.allowed, needs.join(" "))
    };
    assert_eq!(needs("64GB/8GB", "b"), (false, "large:gpu_vram 8 GB<12 GB".into()));
    assert_eq!(needs("16GB/24GB", "b"), (false, "thin:ram 16 GB<32 GB".into()));
    assert_eq!(needs("16GB", "b"), (false, "large:gpu_vram 0 B<12 GB thin:ram 16 GB<32 GB".into()));
    assert_eq!(needs("64GB/24GB", "b"), (true, String::new()));
    assert_eq!(needs("64GB/24GB,24GB", "fabric"), (false, "link:nvlink false<true".into()));
    assert_eq!(needs("64GB/24GB,24GB+", "fabric"), (true, String::new()));
    assert_eq!(needs("64GB/24GB", "wizardry"), (false, String::new()));
    let always = explain(&machine("1GB"), "test", &set, &[], "wizardry").reasons;
    assert_eq!((always.len(), always[0].comparison, always[0].field.as_str()), (1, Comparison::Always, ""));
}

#[test]
fn of_several_ways_out_the_nearest_is_named() {
    let set = [rule("both", None, "{ram_max: 512GB, gpu_vram_max: 12GB}", "{}", &["b"])];
    let field = |text: &str| explain(&machine(text), "test", &set, &[], "b").lifted_by[0].field.clone();
    assert_eq!(field("16GB/10GB"), "gpu_vram");
    assert_eq!(field("500GB/4GB"), "ram");
}

#[test]
fn a_large_card_beside_small_ones_is_not_two_large_cards() {
    let set = [
        rule("one", Some(1), "{gpu_vram_min: 24GB, gpu_count_max: 2}", "{}", &[]),
        rule("two", Some(3), "{gpu_vram_min: 24GB, gpu_count_min: 2}", "{}", &[]),
    ];
    let tier = |text: &str| evaluate(&machine(text), "test", &set, &[]).tier.0;
    assert_eq!(tier("8GB/24GB,0B"), 1);
    assert_eq!(tier("8GB/24GB,8GB"), 1);
    assert_eq!(tier("8GB/8GB,24GB,24GB"), 3);
}

#[test]
fn a_hole_is_reported_and_is_the_lowest_tier() {
    let set = [
        rule("small", Some(1), "{gpu_vram_max: 12GB, ram_min: 4GB}", "{runtimes: [a]}", &[]),
        rule("large", Some(2), "{gpu_vram_min: 16GB}", "{runtimes: [a, b]}", &[]),
    ];
    let found = holes(&set);
    assert!(found.iter().any(|m| m.gpu_vram() == "12GB".parse().unwrap()), "between the tiers");
    assert!(found.iter().any(|m| m.gpu_count() == 0 && m.ram() < "4GB".parse().unwrap()), "below the first");
    assert!(!found.iter().any(|m| m.gpu_vram() >= "16GB".parse().unwrap()));
    let outcome = evaluate(&machine("8GB/14GB"), "test", &set, &[]);
    assert_eq!((outcome.tier, outcome.in_a_hole), (Tier(1), true));
    let refused = explain(&machine("8GB/14GB"), "test", &set, &[], "b");
    assert!(!refused.allowed, "a hole is as narrow as the lowest tier");
    assert_eq!(refused.reasons[0].rule, "small");
    let next: Vec<_> = outcome.next_tier.iter().map(|r| (r.rule.as_str(), r.bound.as_str())).collect();
    assert_eq!(next, [("large", "16 GB")]);
    assert!(evaluate(&machine("8GB"), "test", &[], &[]).in_a_hole);
    assert_eq!(holes(&[]).len(), 4, "zero and more of both memories");
}

#[test]
fn the_next_tier_is_the_nearest_rule_of_the_next_tier() {
    let set = [
        rule("one", Some(1), "{gpu_vram_max: 12GB}", "{}", &[]),
        rule("far", Some(2), "{gpu_vram_min: 24GB, gpu_count_max: 2}", "{}", &[]),
        rule("near", Some(2), "{gpu_vram_min: 12GB, gpu_vram_max: 24GB}", "{}", &[]),
        rule("top", Some(3), "{gpu_vram_min: 24GB, gpu_count_min: 2}", "{}", &[]),
    ];
    let next = |text: &str| {
        let found = evaluate(&machine(text), "test", &set, &[]).next_tier;
        let all: Vec<String> =
            found.iter().map(|r| format!("{}:{} {}<{}", r.rule, r.field, r.have, r.bound)).collect();
        all.join(" ")
    };
    assert_eq!(next("8GB/8GB"), "near:gpu_vram 8 GB<12 GB");
    assert_eq!(next("8GB"), "near:gpu_vram 0 B<12 GB");
    assert_eq!(next("8GB/16GB"), "top:gpu_vram 16 GB<24 GB top:gpu_count 0 × ≥24 GB<2 × ≥24 GB");
    assert_eq!(next("8GB/24GB"), "top:gpu_count 1 × ≥24 GB<2 × ≥24 GB");
    assert_eq!(next("8GB/24GB,24GB"), "");
    // The higher tier asks nothing that this machine lacks: what holds it back is the lower one.
    let overlap = [rule("any", Some(2), "{}", "{}", &[]), rule("thin", Some(1), "{ram_max: 8GB}", "{}", &[])];
    let held = evaluate(&machine("4GB"), "test", &overlap, &[]).next_tier;
    assert_eq!(
        (held[0].rule.as_str(), held[0].comparison, held[0].bound.as_str()),
        ("thin", Comparison::AtLeast, "8 GB")
    );
}

#[test]
fn an_override_beats_every_rule_and_says_so() {
    let set = [rule(
        "low",
        Some(1),
        "{}",
        "{max_model_size: 4B, max_loaded_models: 1, runtimes: [a], features: [x]}",
        &["y"],
    )];
    let of = |capability: &str, value: &str| Override {
        id: OverrideId::new(las_types::Timestamp::UNIX_EPOCH, [7; 10]),
        capability: capability.to_owned(),
        value: value.to_owned(),
        reason: "measured".to_owned(),
        set_at: las_types::Timestamp::UNIX_EPOCH,
        actor: "test".to_owned(),
        reverted_at: None,
    };
    // What is overridden, what is asked, and then: allowed, limit, what held before (if it was changed).
    let cases = [
        ("model-size", "14B", "model-size", (true, Some("14B"), Some("4B"))),
        ("model-size", "14B", "model-size:9B", (true, Some("14B"), Some("4B"))),
        ("model-size", "2B", "model-size:3B", (false, Some("2B"), Some("4B"))),
        ("model-size", "14B", "loaded-models", (true, Some("1"), None)),
        ("loaded-models", "3", "loaded-models", (true, Some("3"), Some("1"))),
        ("runtime:b", "allow", "runtime:b", (true, None, Some("deny"))),
        ("runtime:b", "allow", "runtime:c", (false, None, None)),
        ("runtime:a", "deny", "a", (false, None, Some("allow"))),
        ("runtime:a", "allow", "a", (true, None, None)),
        ("feature:y", "allow", "y", (true, None, Some("deny"))),
        ("feature:a", "deny", "runtime:a", (true, None, None)),
    ];
    for (capability, value, asked, (allowed, limit, before)) in cases {
        let case = format!("{capability} = {value}: {asked}");
        let own = [of(capability, value)];
        let verdict = explain(&machine("8GB"), "test", &set, &own, asked);
        let note = verdict.reasons.first().and_then(|reason| reason.overridden_by.as_ref());
        assert_eq!((verdict.allowed, verdict.limit.as_deref()), (allowed, limit), "{case}");
        assert_eq!(note.and_then(|note| note.before.as_deref()), before, "{case}");
        assert!(verdict.lifted_by.is_empty() || before.is_none(), "{case}");
        // One that was taken back changes nothing.
        let reverted = [Override { reverted_at: Some(las_types::Timestamp::UNIX_EPOCH), ..own[0].clone() }];
        assert_eq!(
            explain(&machine("8GB"), "test", &set, &reverted, asked),
            explain(&machine("8GB"), "test", &set, &[], asked),
            "{case}"
        );
    }
    let both = [of("model-size", "14B"), of("loaded-models", "3"), of("runtime:b", "allow")];
    let outcome = evaluate(&machine("8GB"), "test", &set, &both);
    assert_eq!(outcome.max_model_size.unwrap().to_string(), "14B");
    assert_eq!(outcome.max_loaded_models, Some(3));
    let changed: Vec<&str> = outcome
        .verdicts
        .iter()
        .filter(|verdict| verdict.reasons.iter().any(|reason| reason.overridden_by.is_some()))
        .map(|verdict| verdict.capability.as_str())
        .collect();
    assert_eq!(changed, ["runtime:b", "model-size", "loaded-models"]);
    assert_eq!(outcome.tier.0, 1, "the machine stays what it is");
}

#[test]
fn rules_on_any_field_match_by_name_flag_version_and_rate_and_say_what_would_lift_them() {
    let set = [
        rule("plain", Some(1), "{gpu_vendor: [amd, intel]}", "{runtimes: [a]}", &[]),
        rule("cuda", Some(2), "{gpu_vendor: nvidia, compute_capability_min: 8.0}", "{runtimes: [a, b]}", &[]),
        rule("old", None, "{driver_max: 900}", "{}", &["fabric"]),
        rule("slow", None, "{cpu_features: [avx2, wizardry]}", "{}", &["chat"]),
        rule("moving", None, "{on_battery: true}", "{max_parallel: 1, max_memory: 4GB}", &[]),
    ];
    // The pattern is an RTX 3090, 8.6.
    let before = machine("64GB/24GB");
    let outcome = evaluate(&before, "test", &set, &[]);
    assert_eq!((outcome.tier, outcome.max_parallel, outcome.max_memory), (Tier(2), None, None));
    let reasons: Vec<_> = outcome
        .reasons
        .iter()
        .map(|r| (r.field.as_str(), r.comparison, r.have.as_str(), r.bound.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [
            ("gpu_vendor", Comparison::OneOf, "nvidia", "nvidia"),
            ("compute_capability", Comparison::AtLeast, "8.6", "8.0")
        ]
    );
    let lifted = explain(&before, "test", &set, &[], "fabric").lifted_by;
    assert_eq!((lifted[0].field.as_str(), lifted[0].bound.as_str()), ("driver", "900.0"));
    assert!(explain(&before, "test", &set, &[], "chat").allowed, "all instructions are asked for, not one");
    let mut away = before.clone();
    away.battery =
        Some(las_types::Battery { state: las_types::BatteryState::Discharging, percent: Some(40) });
    let outcome = evaluate(&away, "test", &set, &[]);
    assert_eq!((outcome.max_parallel, outcome.max_memory), (Some(1), Some("4GB".parse().unwrap())));
    let mut other = before;
    other.gpus[0].vendor = las_types::GpuVendor::Amd;
    assert_eq!(evaluate(&other, "test", &set, &[]).tier, Tier(1));
    // Neither maker, and a machine of NVIDIA's below 8.0, are spoken of by nobody.
    let las_policy::Coverage::Hole(example) = las_policy::coverage(&set) else { panic!("a hole") };
    assert!(example.iter().any(|detail| detail.args.get("field").is_some_and(|field| field == "gpu_vendor")));
}

#[test]
fn a_set_that_bounds_too_much_to_be_tried_is_not_called_complete() {
    let conditions: String =
        ["ram", "swap", "disk_size", "disk_free", "ram_available", "cpu_cache", "bandwidth"]
            .iter()
            .map(|field| format!("{field}_min: 1GB, {field}_max: 9GB, "))
            .collect();
    let any = rule("any", Some(1), "{}", "{}", &[]);
    let many = rule("many", Some(2), &format!("{{{conditions}}}"), "{}", &[]);
    assert_eq!(las_policy::coverage(std::slice::from_ref(&any)), las_policy::Coverage::Complete);
    assert_eq!(las_policy::coverage(&[many, any]), las_policy::Coverage::Untold);
}

#[test]
fn the_tier_is_explained_as_it_is_judged() {
    let set = [
        rule("small", Some(1), "{ram_max: 16GB}", "{}", &[]),
        rule("large", Some(2), "{ram_min: 16GB}", "{}", &[]),
    ];
    let told = |text: &str| {
        let profile = machine(text);
        let (outcome, verdict) =
            (evaluate(&profile, "test", &set, &[]), explain(&profile, "test", &set, &[], "tier"));
        assert_eq!(verdict.limit, Some(outcome.tier.to_string()), "{text}");
        assert_eq!((&verdict.reasons, &verdict.lifted_by), (&outcome.reasons, &outcome.next_tier), "{text}");
        (verdict.allowed, verdict.limit.unwrap(), verdict.reasons[0].rule.clone(), verdict.lifted_by.len())
    };
    assert_eq!(told("8GB"), (true, "1".to_owned(), "small".to_owned(), 1));
    assert_eq!(told("32GB"), (true, "2".to_owned(), "large".to_owned(), 0));
}

#[test]
fn where_no_larger_machine_gets_there_the_nearest_rule_of_the_next_tier_is_named() {
    let set = [
        rule("big", Some(1), "{ram_min: 16GB}", "{}", &[]),
        rule("tiny", Some(2), "{ram_max: 16GB, cpu_cores_min: 500}", "{}", &[]),
        rule("small", Some(2), "{ram_max: 16GB, cpu_cores_min: 1}", "{}", &[]),
        // Nearer, and not the next.
        rule("smaller", Some(3), "{ram_max: 8GB}", "{}", &[]),
    ];
    let outcome = evaluate(&machine("32GB"), "test", &set, &[]);
    let missed: Vec<(&str, &str, &str)> =
        outcome.next_tier.iter().map(|one| (&*one.rule, &*one.field, &*one.bound)).collect();
    assert_eq!((outcome.tier.0, &*missed), (1, &[("small", "ram", "16 GB")][..]));
}
