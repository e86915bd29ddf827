//! Who meets a need, and whom a conflict means.

use super::Seen;
use crate::tests::memory::Memory;
use las_types::{Manifest, ModuleRequest};

/// A module of that version, with what it provides and what it conflicts with.
fn manifest(name: &str, version: &str, provides: &[&str], conflicts: &[&str]) -> Manifest {
    let mut manifest = Memory::manifest(name, version, std::iter::empty());
    manifest.interfaces.provides = provides.iter().map(|text| text.parse().unwrap()).collect();
    manifest.conflicts = conflicts.iter().map(|text| text.parse().unwrap()).collect();
    manifest
}

fn seen(manifest: &Manifest) -> Seen<'_> {
    Seen { name: &manifest.name, version: &manifest.version, manifest: Some(manifest) }
}

fn request(text: &str) -> ModuleRequest {
    text.parse().unwrap()
}

#[test]
fn a_need_is_met_by_name_and_version_or_by_what_is_provided() {
    let maria = manifest("maria", "11.0.0", &["sql@8.0.0", "old-sql"], &[]);
    let cases = [
        ("maria", true, false),
        ("maria@>=11", true, false),
        ("maria@<11", false, false),
        ("sql", true, true),
        ("sql@>=8", true, true),
        // The version of the name counts, and not the module's.
        ("sql@>=11", false, false),
        ("old-sql", true, true),
        ("old-sql@>=1", false, false),
        ("other", false, false),
    ];
    for (text, meets, provides) in cases {
        let request = request(text);
        assert_eq!(
            (seen(&maria).meets(&request), seen(&maria).provides(&request)),
            (meets, provides),
            "{text}"
        );
    }
    // Of what only its installation knows nobody can say what it provides.
    let dropped = Seen { manifest: None, ..seen(&maria) };
    assert!(dropped.meets(&request("maria@11")) && !dropped.meets(&request("sql")));
}

#[test]
fn a_provided_name_is_told_as_its_manifest_writes_it() {
    let maria = manifest("maria", "11.0.0", &["old-sql", "sql@8.0.0"], &[]);
    let told = |name: &str| seen(&maria).provided_as(&name.parse().unwrap());
    assert_eq!(["sql", "old-sql", "other"].map(told), ["sql@8.0.0", "old-sql", "other"]);
}

#[test]
fn a_conflict_means_a_name_with_these_versions_or_whoever_provides_it() {
    let right = manifest("right", "2.0.0-rc.1", &["proxy@1.0.0"], &[]);
    let cases = [
        // A pre-release satisfies no requirement that doesn't name one, and yet it is the module that is meant.
        ("right", true),
        ("right@<2", false),
        ("right@=2.0.0-rc.1", true),
        ("proxy", true),
        ("proxy@<1", false),
        ("proxy@1", true),
        ("other", false),
    ];
    for (text, meant) in cases {
        assert_eq!(seen(&right).is_meant(&request(text)), meant, "{text}");
    }
}

#[test]
fn nobody_opposes_another_version_of_itself() {
    let left = manifest("left", "1.0.0", &["proxy"], &["proxy", "right@<2"]);
    let other = manifest("left", "2.0.0", &["proxy"], &[]);
    let (old, new) = (manifest("right", "1.0.0", &[], &[]), manifest("right", "2.0.0", &[], &[]));
    let opposes = |a: &Manifest, b: &Manifest| seen(a).opposes(&seen(b));
    assert!(!opposes(&left, &other) && !opposes(&left, &left));
    assert!(opposes(&left, &old) && !opposes(&left, &new) && !opposes(&old, &left));
    assert!(opposes(&left, &manifest("haproxy", "1.0.0", &["proxy"], &[])));
}
