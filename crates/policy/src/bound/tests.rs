//! A bound and its opposite never agree.

use super::{Bound, Wanted, bounds};
use crate::Machine;
use crate::bound::Rule;
use las_types::{Comparison, HardwareProfile, Policy};

fn rule(conditions: &str) -> Policy {
    Policy {
        name: "rule".to_owned(),
        description: String::new(),
        tier: None,
        conditions: serde_yaml::from_str(conditions).unwrap(),
        allow: las_types::Allowance::default(),
        deny: Vec::new(),
        file: "test/rules.yaml".to_owned(),
        line: 1,
    }
}

/// Two RTX 3090 with NVLink, an x86 processor with AVX2.
fn profile() -> HardwareProfile {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/profiles/two-3090-nvlink.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_machine_meets_a_bound_or_its_opposite_and_never_both() {
    let cases = [
        ("{ram_min: 8GB}", true),
        ("{ram_min: 8TB}", false),
        ("{ram_max: 8GB}", false),
        ("{ram_max: 8TB}", true),
        ("{nvlink: true}", true),
        ("{nvlink: false}", false),
        ("{gpu_vendor: [nvidia, amd]}", true),
        ("{gpu_vendor: [amd]}", false),
        ("{gpu_vendor: [amd, intel]}", false),
        // Of these a machine needs all.
        ("{cpu_features: [avx2]}", true),
        ("{cpu_features: [avx2, dreams]}", false),
        ("{cpu_features: [dreams]}", false),
    ];
    for (conditions, holds) in cases {
        let rule = rule(conditions);
        let machine = Machine::seen(&profile(), &Rule::all(std::slice::from_ref(&rule)));
        let bound = bounds(&rule)[0];
        assert_eq!(bound.holds(&machine), holds, "{conditions}");
        assert_eq!(bound.opposite().holds(&machine), !holds, "the opposite of {conditions}");
    }
}

#[test]
fn the_opposite_of_a_flag_is_the_other_value() {
    let (yes, no) = (rule("{nvlink: true}"), rule("{nvlink: false}"));
    let value = |bound: Bound<'_>| match (bound.side, bound.value) {
        (Comparison::Is, Wanted::Number(number)) => number,
        other => panic!("{other:?}"),
    };
    assert_eq!((value(bounds(&yes)[0]), value(bounds(&yes)[0].opposite())), (1, 0));
    assert_eq!((value(bounds(&no)[0]), value(bounds(&no)[0].opposite())), (0, 1));
    assert_eq!((bounds(&yes)[0].number(), bounds(&rule("{arch: [x86_64]}"))[0].number()), (Some(1), None));
}
