//! What the solver is told of what it may choose: how much is left, what is preferred, what comes first.

use super::{Choice, Floor, Known, PINNED, Question, Refusal, Regard};
use crate::candidates::{Package, Places};
use crate::tests::fixture::{Fixture, Module};
use las_types::ModuleRequest;
use pubgrub::{DependencyProvider, PackageResolutionStatistics, Ranges};
use std::cmp::Reverse;

/// By name: app 0, gone 1, lib 2, maria 3, percona 4.
const MODULES: &[Module<'_>] = &[
    ("app 1.0.0", &["sql", "lib@>=2"], "conflicts: [gone]\n"),
    ("lib 1.0.0", &[], ""),
    ("lib 2.0.0", &[], ""),
    ("lib 3.0.0", &[], "deprecation: { since: 2026-11-01, reason: leaks }\n"),
    ("maria 1.0.0", &[], "interfaces: { provides: [sql] }\n"),
    ("maria 2.0.0", &[], "interfaces: { provides: [sql] }\n"),
    ("percona 1.0.0", &[], "interfaces: { provides: [sql] }\n"),
    ("gone 1.0.0", &[], ""),
];
const APP: Package<'_> = Package::Module(0);
const LIB: Package<'_> = Package::Module(2);
const MARIA: Package<'_> = Package::Module(3);

fn requests(texts: &[&str]) -> Vec<ModuleRequest> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// The package of the need of `sql`, as the solver comes across it.
fn need(known: &Known<'_>) -> Package<'static> {
    known.provided(&"sql".parse().unwrap()).unwrap()
}

#[test]
fn what_a_range_leaves_is_counted_in_versions_ways_and_sides() {
    let fixture = Fixture::new(MODULES);
    let world = fixture.world();
    let known = Known::new(&world, &[], Regard::Preferred);
    let left = |package: Package<'_>, range: Places| known.left(package, &range);
    assert_eq!(left(Package::Wish, Places::full()), 1);
    assert_eq!(left(LIB, Places::full()), 3);
    assert_eq!(left(LIB, Ranges::higher_than(1_u32)), 2);
    assert_eq!(left(LIB, Ranges::singleton(1_u32).complement()), 2);
    assert_eq!(left(LIB, Places::empty()), 0);
    let need = need(&known);
    assert_eq!(left(need, Places::full()), 3);
    assert_eq!(left(need, Ranges::singleton(2_u32)), 1);
    assert_eq!(left(need, Ranges::singleton(7_u32)), 0);
    let mut sides = Vec::new();
    known.sides(0, 0, &mut sides);
    let (conflict, side) = sides.pop().unwrap();
    assert_eq!((left(conflict, Places::full()), left(conflict, side), sides.len()), (2, 1, 0));
    let nowhere = "nowhere".parse().unwrap();
    assert_eq!(left(Package::Absent(&nowhere), Places::full()), 0);
}

#[test]
fn the_newest_that_is_not_deprecated_is_preferred_and_the_first_way() {
    let fixture = Fixture::new(MODULES);
    let world = fixture.world();
    let known = Known::new(&world, &[], Regard::Preferred);
    let preferred = |package: Package<'_>, range: Places| known.preferred(package, &range);
    assert_eq!(preferred(LIB, Places::full()), Some(1), "the newest is deprecated");
    assert_eq!(preferred(LIB, Ranges::singleton(0_u32)), Some(0), "where there is no other it is taken");
    assert_eq!(preferred(LIB, Ranges::higher_than(2_u32)), Some(2));
    assert_eq!(preferred(LIB, Places::empty()), None);
    let need = need(&known);
    assert_eq!(preferred(need, Places::full()), Some(0));
    assert_eq!(preferred(need, Ranges::higher_than(1_u32)), Some(1));
    assert_eq!(preferred(need, Places::empty()), None);
    let ways: Vec<(u32, u32)> =
        known.need(need).unwrap().ways.iter().map(|way| (way.module, way.place)).collect();
    assert_eq!(ways, [(3, 0), (3, 1), (4, 0)], "maria's two versions, then percona's");
}

#[test]
fn what_is_installed_counts_only_where_it_is_regarded() {
    let fixture = Fixture::new(MODULES).installed(&["lib@3.0.0", "percona"]);
    let world = fixture.world();
    let first = |regard| {
        let known = Known::new(&world, &[], regard);
        let need = need(&known);
        (known.preferred(LIB, &Places::full()), known.need(need).unwrap().ways[0].module)
    };
    assert_eq!(first(Regard::Preferred), (Some(0), 4));
    assert_eq!(first(Regard::Ignored), (Some(1), 3));
}

#[test]
fn what_can_not_be_had_is_decided_first_and_then_what_leaves_the_least() {
    let fixture = Fixture::new(MODULES);
    let world = fixture.world();
    let known = Known::new(&world, &[], Regard::Preferred);
    let wish = requests(&["app"]);
    let question = Question { known: &known, wish: &wish, choice: Choice::Admitted, floor: Floor::None };
    let statistics = PackageResolutionStatistics::default();
    let priority = |package, range: Places| question.prioritize(&package, &range, &statistics);
    assert_eq!(priority(LIB, Places::full()), (0, Reverse(3), Reverse(LIB)));
    assert_eq!(priority(LIB, Places::empty()), (u32::MAX, Reverse(0), Reverse(LIB)));
    assert!(priority(LIB, Places::empty()) > priority(APP, Places::full()));
    assert!(priority(APP, Places::full()) > priority(MARIA, Places::full()), "one version before two");
    assert!(priority(MARIA, Places::full()) > priority(LIB, Places::full()), "two before three");
    let tie = (priority(MARIA, Ranges::singleton(0_u32)), priority(APP, Places::full()));
    assert!(tie.0 < tie.1, "of equals the first by name");
}

#[test]
fn several_requests_for_one_module_hold_together() {
    let fixture = Fixture::new(MODULES);
    let world = fixture.world();
    let known = Known::new(&world, &[], Regard::Preferred);
    let wish = requests(&["maria", "lib@<3", "lib@>=2", "nowhere", "sql"]);
    let constraints = known.constraints(Package::Wish, &wish);
    let nowhere = "nowhere".parse().unwrap();
    let expected = [
        (LIB, Ranges::between(1_u32, 2_u32)),
        (MARIA, Ranges::between(0_u32, 2_u32)),
        (Package::Absent(&nowhere), Places::full()),
        (need(&known), Places::full()),
    ];
    assert_eq!(constraints, expected);
}

#[test]
fn a_name_that_a_module_has_means_that_module_to_who_asks_and_any_provider_to_who_needs() {
    let modules: &[Module<'_>] =
        &[("redis 7.0.0", &[], ""), ("valkey 8.0.0", &[], "interfaces: { provides: [redis] }\n")];
    let fixture = Fixture::new(modules);
    let world = fixture.world();
    let known = Known::new(&world, &[], Regard::Preferred);
    let wish = requests(&["redis"]);
    let packages = |user| -> Vec<Package<'_>> {
        known.constraints(user, &wish).into_iter().map(|(package, _)| package).collect()
    };
    assert_eq!(packages(Package::Wish), [Package::Module(0)]);
    assert_eq!(packages(Package::Module(1)), [Package::Need(0)]);
}

#[test]
fn a_refusal_is_called_by_its_reason_and_versions_refused_for_one_reason_are_alike() {
    let held = Refusal::by(PINNED, "pinned", &"1.0.0".parse().unwrap());
    assert_eq!((held.to_string().as_str(), held.args["pinned"].as_str()), ("pinned", "1.0.0"));
    let failure = |version: &str| {
        let failure = las_types::Failure::new(las_types::Code::HardwareInsufficient);
        Refusal::from(failure.with("field", "ram").with("version", version))
    };
    assert_eq!(failure("1.0.0"), failure("2.0.0"));
    assert_eq!(failure("1.0.0").args["field"], "ram");
}
