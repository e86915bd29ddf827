//! Which rules speak where several match or none does, and what stands before the next tier.

use super::{evaluate, explain};
use crate::fixture::{profile, rule};
use las_types::{ByteSize, CapabilitySet, HardwareProfile, Policy, Reason, Tier, Verdict};

fn of_tier(tier: u8, name: &str, conditions: &str) -> Policy {
    Policy { tier: Some(Tier(tier)), ..rule(name, conditions) }
}

fn without_tier(name: &str, conditions: &str, allow: &str, deny: &[&str]) -> Policy {
    Policy {
        tier: None,
        allow: serde_yaml::from_str(allow).unwrap(),
        deny: deny.iter().map(|text| (*text).to_owned()).collect(),
        ..rule(name, conditions)
    }
}

/// Without a GPU, and with this much memory.
fn bare(gigabytes: u64) -> HardwareProfile {
    let mut profile = profile();
    profile.gpus.clear();
    profile.memory.total = ByteSize::new(gigabytes * 1_000_000_000);
    profile
}

fn judged(gigabytes: u64, set: &[Policy]) -> CapabilitySet {
    evaluate(&bare(gigabytes), "test", set, &[])
}

fn told(reasons: &[Reason]) -> Vec<String> {
    reasons.iter().map(|one| format!("{}: {} {}", one.rule, one.field, one.bound)).collect()
}

#[test]
fn without_any_rule_the_tier_is_the_lowest_and_has_no_reason() {
    let verdict = explain(&bare(8), "test", &[], &[], "tier");
    assert_eq!((verdict.allowed, verdict.limit.as_deref()), (true, Some("1")));
    assert!(verdict.reasons.is_empty() && verdict.lifted_by.is_empty());
}

#[test]
fn of_several_rules_of_one_tier_the_first_is_the_reason() {
    let set = [
        of_tier(2, "higher", "{}"),
        of_tier(1, "first", "{ram_max: 16GB}"),
        of_tier(1, "second", "{ram_max: 32GB}"),
    ];
    assert_eq!(told(&judged(8, &set).reasons), ["first: ram 16 GB"]);
    assert_eq!(told(&explain(&bare(8), "test", &set, &[], "tier").reasons), ["first: ram 16 GB"]);
}

#[test]
fn in_a_hole_the_rules_of_the_lowest_tier_hold_and_no_others() {
    let allowing = |tier: u8, conditions: &str, allow: &str| Policy {
        allow: serde_yaml::from_str(allow).unwrap(),
        ..of_tier(tier, conditions, conditions)
    };
    let set = [
        allowing(1, "{ram_max: 4GB}", "{max_model_size: 30B, runtimes: [a]}"),
        allowing(2, "{ram_min: 16GB}", "{max_model_size: 4B, runtimes: [b]}"),
        without_tier("other", "{ram_max: 4GB}", "{max_model_size: 1B}", &[]),
    ];
    let outcome = judged(8, &set);
    assert_eq!((outcome.in_a_hole, outcome.tier), (true, Tier(1)));
    assert_eq!(outcome.max_model_size.unwrap().to_string(), "30B");
    let named = |verdict: &&Verdict| verdict.allowed && verdict.capability.contains(':');
    let allowed = outcome.verdicts.iter().filter(named);
    assert_eq!(allowed.map(|verdict| verdict.capability.as_str()).collect::<Vec<_>>(), ["runtime:a"]);
    // Where no rule gives a tier, those that match hold, and no others.
    let set = [
        without_tier("not-here", "{ram_max: 4GB}", "{}", &["x"]),
        without_tier("here", "{ram_min: 4GB}", "{}", &["y"]),
    ];
    let outcome = judged(8, &set);
    let allowed: Vec<(&str, bool)> =
        outcome.verdicts.iter().map(|verdict| (verdict.capability.as_str(), verdict.allowed)).collect();
    assert!(allowed.starts_with(&[("feature:x", true), ("feature:y", false)]), "{allowed:?}");
}

#[test]
fn what_keeps_from_the_next_tier_is_only_what_rules_below_it_say() {
    let set = [
        of_tier(1, "small", "{gpu_vram_max: 12GB}"),
        // Holds without a GPU and not with one, and is of the next tier itself.
        of_tier(2, "none", "{gpu_count_max: 1}"),
        of_tier(2, "large", "{gpu_vram_min: 12GB}"),
        without_tier("limit", "{gpu_count_max: 1, ram_max: 64GB}", "{}", &["x"]),
    ];
    assert_eq!(told(&judged(8, &set).next_tier), ["large: gpu_vram 12 GB"]);
}

#[test]
fn the_next_tier_is_the_one_above_and_the_highest_has_none() {
    let set = [
        of_tier(1, "one", "{ram_max: 16GB}"),
        of_tier(2, "two", "{ram_min: 16GB, ram_max: 32GB}"),
        of_tier(4, "four", "{ram_min: 32GB}"),
    ];
    let next = |gigabytes| told(&judged(gigabytes, &set).next_tier);
    assert_eq!(next(8), ["two: ram 16 GB"]);
    assert_eq!(next(16), ["four: ram 32 GB"]);
    assert_eq!(next(32), [""; 0]);
}

#[test]
fn a_limit_is_explained_by_the_rules_that_set_the_smallest() {
    let limits =
        "{max_parallel: 4, max_memory: 8GB, max_vram: 6GB, max_loaded_models: 2, max_model_size: 8B}";
    let more = "{max_parallel: 8, max_memory: 9GB, max_vram: 7GB, max_loaded_models: 3, max_model_size: 9B}";
    let set = [
        without_tier("more", "{ram_min: 1GB}", more, &[]),
        without_tier("limits", "{ram_min: 2GB}", limits, &[]),
        without_tier("same", "{ram_min: 3GB}", limits, &[]),
        without_tier("silent", "{ram_min: 4GB}", "{}", &[]),
    ];
    for (capability, limit) in [
        ("parallel", "4"),
        ("memory", "8 GB"),
        ("vram", "6 GB"),
        ("loaded-models", "2"),
        ("model-size", "8B"),
        ("model-size:8B", "8B"),
    ] {
        let verdict = explain(&bare(8), "test", &set, &[], capability);
        assert_eq!((verdict.allowed, verdict.limit.as_deref()), (true, Some(limit)), "{capability}");
        assert_eq!(told(&verdict.reasons), ["limits: ram 2 GB", "same: ram 3 GB"], "{capability}");
    }
    let refused = explain(&bare(8), "test", &set, &[], "model-size:8.5B");
    assert!(!refused.allowed);
    assert_eq!(told(&refused.reasons), ["limits: ram 2 GB", "same: ram 3 GB"]);
    let outcome = judged(8, &set);
    assert_eq!((outcome.max_parallel, outcome.max_loaded_models), (Some(4), Some(2)));
    assert_eq!(outcome.max_memory.unwrap().to_string(), "8 GB");
    assert_eq!(outcome.max_vram.unwrap().to_string(), "6 GB");
}
