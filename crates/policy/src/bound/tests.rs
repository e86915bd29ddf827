//! A bound and its opposite never agree.

use super::{Wanted, bounds};
use crate::Machine;
use crate::bound::{Bound, Rule, reasons};
use crate::fixture::{profile, rule};
use las_types::Comparison;

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
        let rule = rule("rule", conditions);
        let machine = Machine::seen(&profile(), &Rule::all(std::slice::from_ref(&rule)));
        let bound = bounds(&rule)[0];
        assert_eq!(bound.holds(&machine), holds, "{conditions}");
        assert_eq!(bound.opposite().holds(&machine), !holds, "the opposite of {conditions}");
    }
}

#[test]
fn the_opposite_of_a_flag_is_the_other_value() {
    let (yes, no) = (rule("yes", "{nvlink: true}"), rule("no", "{nvlink: false}"));
    let value = |bound: Bound<'_>| match (bound.side, bound.value) {
        (Comparison::Is, Wanted::Number(number)) => number,
        other => panic!("{other:?}"),
    };
    assert_eq!((value(bounds(&yes)[0]), value(bounds(&yes)[0].opposite())), (1, 0));
    assert_eq!((value(bounds(&no)[0]), value(bounds(&no)[0].opposite())), (0, 1));
    let named = rule("named", "{arch: [x86_64]}");
    assert_eq!((bounds(&yes)[0].number(), bounds(&named)[0].number()), (Some(1), None));
}

#[test]
fn a_number_meets_its_floor_and_not_its_ceiling() {
    // Where one tier ends the next begins: of two rules that share a number exactly one holds at it.
    for (conditions, holds) in [
        ("{ram_min: 135020937216}", true),
        ("{ram_max: 135020937216}", false),
        ("{cpu_cores_min: 24}", true),
        ("{cpu_cores_max: 24}", false),
        ("{cpu_cores_max: 25}", true),
    ] {
        let rule = rule("rule", conditions);
        let machine = Machine::seen(&profile(), &Rule::all(std::slice::from_ref(&rule)));
        assert_eq!(bounds(&rule)[0].holds(&machine), holds, "{conditions}");
    }
}

#[test]
fn a_rule_that_does_not_hold_gives_no_numbers_as_its_reason() {
    let rules =
        [rule("half", "{ram_min: 8GB, cpu_cores_min: 500}"), rule("whole", "{ram_min: 8GB, arch: [x86_64]}")];
    let machine = Machine::seen(&profile(), &Rule::all(&rules));
    let told = |rule| -> Vec<(String, Comparison)> {
        reasons(rule, &machine).into_iter().map(|reason| (reason.field, reason.comparison)).collect()
    };
    assert_eq!(told(&rules[0]), [(String::new(), Comparison::Always)]);
    let both = [("ram".to_owned(), Comparison::AtLeast), ("arch".to_owned(), Comparison::OneOf)];
    assert_eq!(told(&rules[1]), both);
}
