//! Which machines are tried, and which one is shown as the example of a hole.

use super::{Coverage, coverage, graphics, holes};
use crate::bound::Rule;
use crate::fixture::rule;
use las_types::{ByteSize, Detail};
use std::collections::BTreeSet;

const GB: u64 = 1_000_000_000;

fn sizes(conditions: &str) -> Vec<Vec<ByteSize>> {
    let policies = [rule("any", conditions)];
    let rules = Rule::all(&policies);
    graphics(&rules.iter().flat_map(|rule| &rule.bounds).collect::<Vec<_>>())
}

#[test]
fn gpus_are_tried_all_alike_and_of_two_sizes_at_every_count_in_use() {
    let found = sizes("{gpu_vram_min: 8GB, gpu_count_min: 3}");
    // Sizes: just below the bound, the bound, twice that. Counts: one, just below, the bound, twice that.
    let unique: BTreeSet<&Vec<ByteSize>> = found.iter().collect();
    assert_eq!(unique.len(), found.len(), "none is tried twice");
    for gpus in &found {
        assert!(gpus.is_sorted_by(|a, b| a >= b) && gpus.iter().all(|size| size.bytes() > 0), "{gpus:?}");
        assert!(gpus.iter().collect::<BTreeSet<_>>().len() <= 2, "{gpus:?}");
    }
    let of = |count: usize| found.iter().filter(|gpus| gpus.len() == count).count();
    // Alike: three. Two sizes: three pairs, of each as many as there are places to divide at.
    assert_eq!([0, 1, 2, 3, 6].map(of), [1, 3, 6, 9, 18]);
    assert_eq!(found.len(), 37);
    assert!(found.contains(&[8 * GB, 8 * GB, 8 * GB - 1].map(ByteSize::new).to_vec()));
}

#[test]
fn more_gpus_than_any_machine_holds_are_not_tried() {
    let counts = |conditions: &str| {
        let all: BTreeSet<usize> = sizes(conditions).iter().map(Vec::len).collect();
        all.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(counts("{gpu_count_min: 64}"), [0, 1, 63, 64]);
    assert_eq!(counts("{gpu_count_min: 100}"), [0, 1]);
}

#[test]
fn only_what_some_rule_bounds_makes_a_machine_another_one() {
    // Below the bound: no memory and just too little; each without a GPU and with the smallest one.
    assert_eq!(holes(&[rule("some", "{ram_min: 4GB}")]).len(), 4);
    assert_eq!(
        holes(&[rule("some", "{ram_min: 4GB}"), rule("link", "{ram_max: 4GB, nvlink: true}")]).len(),
        4
    );
    let shared = [rule("some", "{unified_memory_min: 4GB}"), rule("plain", "{ram_max: 4GB}")];
    let found = holes(&shared);
    // What has enough memory and no GPU that works in it.
    assert_eq!(found.len(), 4);
    assert!(
        found.iter().all(|machine| machine.ram().bytes() >= 4 * GB && machine.unified_memory().bytes() == 0)
    );
}

#[test]
fn every_combination_of_what_rules_bound_beside_the_parts_is_tried() {
    // Cores: 0, 3, 4, 8. Names: none, each, both. Four machines to begin with.
    let found = holes(&[rule("some", "{cpu_cores_min: 4, arch: [aarch64, x86_64]}")]);
    assert_eq!(found.len(), (2 * 4 + 2) * 4);
    let found = holes(&[rule("some", "{cpu_cores_min: 4, arch: [aarch64, x86_64], battery: true}")]);
    assert_eq!(found.len(), (4 * 4 * 2 - 2 * 3) * 4);
    // Of three names that are all needed: none, each alone, each pair.
    assert_eq!(holes(&[rule("some", "{cpu_features: [avx, bmi, fma]}")]).len(), 7 * 4);
    let two = [rule("some", "{arch: [aarch64], os: [debian, ubuntu]}")];
    assert_eq!(holes(&two).len(), (2 * 4 - 3) * 4);
}

#[test]
fn the_example_of_a_hole_is_a_machine_that_somebody_may_have() {
    let ram = |size: u64| Detail::new("machine-ram").with("size", ByteSize::new(size));
    assert_eq!(coverage(&[rule("some", "{ram_min: 4GB}")]), Coverage::Hole(vec![ram(4 * GB - 1)]));
    // Where there are only rare ones it is one of these.
    assert_eq!(coverage(&[rule("some", "{ram_min: 500MB}")]), Coverage::Hole(vec![ram(0)]));
    let whole = [rule("some", "{ram_min: 4GB}"), rule("rest", "{ram_max: 4GB}")];
    assert_eq!(coverage(&whole), Coverage::Complete);
}

#[test]
fn a_rule_without_a_tier_fills_no_hole() {
    let mut limit = rule("limit", "{ram_max: 4GB}");
    limit.tier = None;
    assert_eq!(holes(&[rule("some", "{ram_min: 4GB}"), limit]).len(), 4);
}
