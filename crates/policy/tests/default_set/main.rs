//! The policies that ship, as they stand in `policies/default`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod outcomes;
mod random;
mod shipped;

use las_policy::{Machine, evaluate, explain, holes};
use las_types::{Comparison, ParameterCount, Tier};
use proptest::prelude::*;
use shipped::{default_set, profile};

#[test]
fn the_default_set_has_no_hole() {
    assert_eq!(holes(&default_set()), Vec::<Machine>::new());
}

#[test]
fn every_machine_we_know_has_its_tier_and_limits() {
    let cases = [
        ("tiny-2gb", 1, Some("1.5B"), Some(1), "vllm no"),
        ("laptop-8gb-no-gpu", 1, Some("4.5B"), Some(1), "vllm no"),
        ("box-64gb-no-gpu", 1, Some("15B"), Some(2), "vllm no"),
        ("rtx-4060-8gb", 1, Some("15B"), Some(2), "vllm no"),
        ("rtx-4090-24gb", 2, Some("34B"), Some(4), "vllm yes"),
        ("rx-7900-xtx", 2, Some("34B"), Some(4), "vllm yes"),
        ("two-3090-nvlink", 3, Some("75B"), Some(8), "vllm yes"),
        ("gb10-128gb", 2, Some("75B"), Some(4), "vllm yes"),
        ("jetson-orin-64gb", 2, Some("34B"), Some(4), "vllm yes"),
    ];
    let set = default_set();
    for (name, tier, size, loaded, vllm) in cases {
        let outcome = evaluate(&profile(name), "default", &set, &[]);
        assert_eq!(outcome.tier, Tier(tier), "{name}");
        assert!(!outcome.in_a_hole, "{name}");
        let limit: Option<ParameterCount> = size.map(|text| text.parse().unwrap());
        assert_eq!(outcome.max_model_size, limit, "{name}");
        assert_eq!(outcome.max_loaded_models, loaded, "{name}");
        let verdict = outcome.verdicts.iter().find(|v| v.capability == "runtime:vllm").unwrap();
        assert_eq!(verdict.allowed, vllm == "vllm yes", "{name}");
        assert!(outcome.verdicts.iter().any(|v| v.capability == "feature:chat" && v.allowed), "{name}");
    }
}

#[test]
fn a_refusal_names_rule_line_numbers_and_what_lifts_it() {
    let set = default_set();
    let verdict = explain(&profile("rtx-4060-8gb"), "default", &set, &[], "vllm");
    assert_eq!((verdict.capability.as_str(), verdict.allowed), ("runtime:vllm", false));
    let reason = &verdict.reasons[0];
    assert_eq!((reason.rule.as_str(), reason.file.as_str()), ("tier-1-entry", "default/tiers.yaml"));
    assert!(reason.line > 1);
    assert_eq!((reason.field.as_str(), reason.comparison), ("gpu_vram", Comparison::Below));
    assert_eq!((reason.have.as_str(), reason.bound.as_str()), ("8.5 GB", "12 GB"));
    let lifted: Vec<_> =
        verdict.lifted_by.iter().map(|r| (r.rule.as_str(), r.comparison, r.bound.as_str())).collect();
    assert_eq!(lifted, [("tier-2-mid", Comparison::AtLeast, "12 GB")]);

    let sglang = explain(&profile("rtx-4090-24gb"), "default", &set, &[], "runtime:sglang");
    let needs: Vec<_> =
        sglang.lifted_by.iter().map(|r| (r.field.as_str(), r.have.as_str(), r.bound.as_str())).collect();
    assert_eq!(needs, [("gpu_count", "1 × ≥24 GB", "2 × ≥24 GB")]);
}

#[test]
fn a_gpu_in_main_memory_counts_by_the_rate_at_which_that_is_read() {
    let set = default_set();
    let mut machine = profile("gb10-128gb");
    machine.memory.bandwidth = None;
    let unmeasured = evaluate(&machine, "default", &set, &[]);
    assert_eq!((unmeasured.tier, unmeasured.reasons[0].rule.as_str()), (Tier(1), "tier-1-slow-memory"));
    let needs: Vec<_> = unmeasured.next_tier.iter().map(|r| (r.field.as_str(), r.bound.as_str())).collect();
    assert_eq!(needs, [("bandwidth", "100 GB/s")]);
    // A card beside it is counted for itself.
    machine.gpus.extend(profile("rtx-4090-24gb").gpus);
    assert_eq!(evaluate(&machine, "default", &set, &[]).tier, Tier(2));
}

#[test]
fn a_model_size_is_refused_by_the_memory_that_bounds_it() {
    let set = default_set();
    let laptop = profile("laptop-8gb-no-gpu");
    assert!(explain(&laptop, "default", &set, &[], "model-size:4B").allowed);
    let verdict = explain(&laptop, "default", &set, &[], "model-size:8B");
    assert!(!verdict.allowed);
    assert_eq!(verdict.limit.as_deref(), Some("4.5B"));
    let reasons: Vec<_> = verdict.reasons.iter().map(|r| (r.rule.as_str(), r.field.as_str())).collect();
    assert!(reasons.contains(&("memory-small", "ram")), "{reasons:?}");
    let needs: Vec<_> = verdict.lifted_by.iter().map(|r| (r.field.as_str(), r.bound.as_str())).collect();
    assert_eq!(needs, [("ram", "15 GB")]);
}

proptest! {
    #[test]
    fn every_machine_is_in_exactly_one_tier(
        vram in prop::collection::vec(prop_oneof![Just(0_u64), 1..60_000_000_000_u64, Just(12_000_000_000), Just(24_000_000_000)], 0..5),
        ram in 0..200_000_000_000_u64,
    ) {
        let mut machine = profile("two-3090-nvlink");
        let pattern = machine.gpus[0].clone();
        machine.gpus = vram.iter().map(|size| las_types::Gpu { vram: las_types::ByteSize::new(*size), ..pattern.clone() }).collect();
        machine.memory.total = las_types::ByteSize::new(ram);
        let set = default_set();
        let in_one: Vec<Tier> = set
            .iter()
            .filter(|rule| rule.tier.is_some())
            .filter_map(|rule| {
                let alone = evaluate(&machine, "default", std::slice::from_ref(rule), &[]);
                (!alone.in_a_hole).then_some(alone.tier)
            })
            .collect();
        prop_assert_eq!(in_one.len(), 1);
        prop_assert_eq!(evaluate(&machine, "default", &set, &[]).tier, in_one[0]);
    }

    #[test]
    fn a_larger_machine_never_has_a_lower_tier(vram in 0..60_000_000_000_u64, more in 0..60_000_000_000_u64, count in 0..4_usize) {
        let set = default_set();
        let mut machine = profile("two-3090-nvlink");
        let gpu = |size| las_types::Gpu { vram: las_types::ByteSize::new(size), ..machine.gpus[0].clone() };
        let (small, large) = (vec![gpu(vram); count], vec![gpu(vram + more); count + 1]);
        machine.gpus = small;
        let before = evaluate(&machine, "default", &set, &[]).tier;
        machine.gpus = large;
        prop_assert!(evaluate(&machine, "default", &set, &[]).tier >= before);
    }
}
