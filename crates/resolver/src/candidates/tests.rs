use super::{Candidates, Package, Places};
use crate::tests::fixture::imported;
use crate::tests::memory::Memory;
use las_registry::Registry;
use las_types::{Installed, Manifest, Placement};
use pubgrub::Ranges;

const REQUIREMENTS: &[&str] = &[
    "*",
    "1.*",
    "1.2.*",
    "1",
    "1.2",
    "1.2.3",
    "=1",
    "=1.2",
    "=1.2.3",
    ">1",
    ">1.2",
    ">1.2.3",
    ">=1",
    ">=1.2.3",
    "<2",
    "<1.2",
    "<1.2.3",
    "<=1",
    "<=1.2",
    "<=1.2.3",
    "~1",
    "~1.2",
    "~1.2.3",
    "^1",
    "^1.2",
    "^1.2.3",
    "^0",
    "^0.2",
    "^0.2.1",
    "^0.0",
    "^0.0.3",
    ">=1.2, <2",
    ">=1.2.0-rc.1",
    "^2.0.0-alpha",
    "=1.2.3-rc.1",
    "=1.2.1",
    ">1.2.1",
    "<=1.2.1",
    "^0.0.1",
    ">2, <1",
];

fn check(versions: &[String]) {
    let mut manifests: Vec<Manifest> =
        versions.iter().map(|version| Memory::manifest("a", version, std::iter::empty())).collect();
    manifests.sort_by(|a, b| b.version.cmp(&a.version));
    let name = "a".parse().unwrap();
    let registry: Registry = manifests.iter().cloned().collect();
    let candidates = Candidates::new(&name, registry.names().next().map(|(_, module)| module));
    for text in REQUIREMENTS {
        let requirement = text.parse().unwrap();
        let places = candidates.satisfying(&requirement);
        for (place, manifest) in (0..).zip(&manifests) {
            let expected = requirement.matches(&manifest.version);
            assert_eq!(places.contains(&place), expected, "{} in {text}", manifest.version);
        }
        if !manifests.iter().any(|manifest| requirement.matches(&manifest.version)) {
            assert_eq!(places, Places::empty(), "{text} of {} versions", manifests.len());
        }
        // Each version was looked at only where there is no simpler way to say the same.
        let simple = manifests.iter().all(|manifest| !manifest.version.to_string().contains(['-', '+']));
        let quick = candidates.within_bounds(&requirement);
        assert_eq!(quick.is_some(), simple && !text.contains('-'), "{text} of {} versions", manifests.len());
        assert_eq!(
            quick.unwrap_or_else(|| places.clone()),
            candidates.each_satisfying(&requirement),
            "{text}"
        );
    }
}

#[test]
fn places_say_what_semver_says_of_every_version() {
    let mut versions: Vec<String> = (0..64).map(|n| format!("{}.{}.{}", n / 16, n / 4 % 4, n % 4)).collect();
    check(&versions);
    let odd = ["1.2.0-rc.1", "1.2.3-rc.1", "2.0.0-alpha", "1.2.3+build.7", "0.0.0+0123456789ab"];
    versions.extend(odd.map(str::to_owned));
    check(&versions);
    check(&[]);
}

/// Where spans begin and end.
fn spans(candidates: &Candidates<'_>, range: &Places) -> Vec<(u32, u32)> {
    candidates.spans(range).map(|span| (span.start, span.end)).collect()
}

#[test]
fn a_version_that_the_registry_has_dropped_stands_at_its_place_and_has_no_manifest() {
    let offered = ["3.0.0", "2.0.0", "1.0.0"];
    let registry: Registry =
        offered.iter().map(|version| Memory::manifest("a", version, std::iter::empty())).collect();
    let name = "a".parse().unwrap();
    for (installed, place) in [("4.0.0", Some(0)), ("2.5.0", Some(1)), ("0.9.0", Some(3)), ("2.0.0", None)] {
        let version = installed.parse().unwrap();
        let item = Installed { version, ..imported("a", "bytes", Placement::Blob) };
        let mut candidates = Candidates::new(&name, registry.names().next().map(|(_, module)| module));
        candidates.keep(&item);
        let mut expected = offered.to_vec();
        if let Some(place) = place {
            expected.insert(place, installed);
        }
        let count = u32::try_from(expected.len()).unwrap();
        let versions: Vec<String> =
            (0..count).map(|place| candidates.version(place).unwrap().to_string()).collect();
        assert_eq!(versions, expected, "{installed}");
        assert_eq!(candidates.version(count), None, "{installed}: none comes after the last");
        for (version, at) in expected.iter().zip(0..) {
            let manifest = candidates.manifest(at).map(|manifest| manifest.version.to_string());
            let there = offered.contains(version).then(|| (*version).to_owned());
            assert_eq!(manifest, there, "{version} beside {installed}");
        }
        assert_eq!(spans(&candidates, &Places::full()), [(0, count)], "{installed}");
        let newer = candidates.satisfying(&">=2.5".parse().unwrap());
        for (version, at) in expected.iter().zip(0..) {
            let fits = ["4.0.0", "3.0.0", "2.5.0"].contains(version);
            assert_eq!(newer.contains(&at), fits, "{version} beside {installed}");
        }
    }
}

#[test]
fn of_a_range_only_the_places_that_exist_are_spans() {
    let registry: Registry = ["1.0.0", "2.0.0", "3.0.0"]
        .iter()
        .map(|version| Memory::manifest("a", version, std::iter::empty()))
        .collect();
    let name = "a".parse().unwrap();
    let candidates = Candidates::new(&name, registry.names().next().map(|(_, module)| module));
    let spans = |range: Places| spans(&candidates, &range);
    assert_eq!(spans(Places::full()), [(0, 3)]);
    assert_eq!(spans(Ranges::singleton(1_u32)), [(1, 2)]);
    assert_eq!(spans(Ranges::singleton(1_u32).complement()), [(0, 1), (2, 3)]);
    assert_eq!(spans(Ranges::higher_than(2_u32)), [(2, 3)]);
    assert_eq!(spans(Ranges::strictly_lower_than(2_u32)), [(0, 2)]);
    assert_eq!(spans(Ranges::between(1_u32, 9_u32)), [(1, 3)]);
    assert_eq!(spans(Ranges::singleton(3_u32)), [], "one after the last");
    assert_eq!(spans(Places::empty()), []);
}

#[test]
fn a_package_is_called_by_its_place() {
    let absent = "nowhere".parse().unwrap();
    assert_eq!(Package::Module(3).to_string(), "Module(3)");
    assert_eq!(Package::Absent(&absent).to_string(), r#"Absent(ModuleName("nowhere"))"#);
}
