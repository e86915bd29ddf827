use super::Candidates;
use crate::tests::memory::Memory;
use las_registry::Registry;
use las_types::Manifest;

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
