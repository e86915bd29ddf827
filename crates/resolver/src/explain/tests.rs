//! How facts are told: how many, in which words, and which of them belong to the way to a refusal.

use super::{FACTS_MAX, Fact, Versions, details, pins, way_to};
use crate::known::{OLDER, PINNED, Refusal};
use las_types::{Detail, ModuleName, Version};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn versions(texts: &[&str]) -> Vec<Version> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn refused(reason: &'static str, arg: &str, value: &str) -> Arc<Refusal> {
    Arc::new(Refusal { reason, args: BTreeMap::from([(arg.to_owned(), value.to_owned())]) })
}

#[test]
fn of_many_versions_the_newest_and_the_oldest_are_shown() {
    let all = versions(&["6.0.0", "5.0.0", "4.0.0", "3.0.0", "2.0.0", "1.0.0"]);
    let shown = |count: usize| Versions(all.iter().take(count).collect()).to_string();
    assert_eq!(shown(0), "");
    assert_eq!(shown(1), "6.0.0");
    assert_eq!(shown(4), "6.0.0, 5.0.0, 4.0.0, 3.0.0");
    assert_eq!(shown(5), "6.0.0, 5.0.0, 4.0.0 … 2.0.0");
    assert_eq!(shown(6), "6.0.0, 5.0.0, 4.0.0 … 1.0.0");
}

#[test]
fn more_facts_than_a_person_reads_are_counted() {
    let facts = |count: usize| -> BTreeSet<Fact<'_>> {
        (0..count).map(|number| Fact::Asked(format!("m{number:03}"))).collect()
    };
    assert_eq!(details(&facts(FACTS_MAX)).len(), FACTS_MAX);
    let told = details(&facts(FACTS_MAX + 3));
    assert_eq!(told.len(), FACTS_MAX + 1);
    assert_eq!(told[FACTS_MAX - 1], Detail::new("asked").with("request", "m023"));
    assert_eq!(told[FACTS_MAX], Detail::new("more").with("count", 3));
}

#[test]
fn every_fact_is_a_sentence_with_its_own_arguments() {
    let name: ModuleName = "lib".parse().unwrap();
    let all = versions(&["2.0.0", "1.0.0"]);
    let both = || Versions(all.iter().collect());
    let of =
        |key: &str| Detail::new(key).with("name", "lib").with("versions", "2.0.0, 1.0.0").with("count", 2);
    let cases = [
        (Fact::Asked("lib@>=2".to_owned()), Detail::new("asked").with("request", "lib@>=2")),
        (Fact::Kept("lib 1.0.0".to_owned()), Detail::new("kept").with("item", "lib 1.0.0")),
        (Fact::Needs(&name, both(), "base".to_owned()), of("needs").with("request", "base")),
        (Fact::Offered(&name, both()), of("offered")),
        (Fact::Offered(&name, Versions(Vec::new())), Detail::new("not-offered").with("name", "lib")),
        (Fact::Provides(&name, both(), "api@1".to_owned()), of("provides").with("what", "api@1")),
        (Fact::Opposes(&name, both(), "rival".to_owned()), of("opposes").with("request", "rival")),
        (
            Fact::Refused(&name, refused(PINNED, "pinned", "3.0.0"), both()),
            of("refused-pinned").with("pinned", "3.0.0"),
        ),
        // What a refusal says of itself doesn't replace what the fact says.
        (Fact::Refused(&name, refused("odd", "name", "other"), both()), of("refused-odd")),
    ];
    for (fact, expected) in cases {
        assert_eq!(details(&[fact].into()), [expected]);
    }
}

#[test]
fn the_way_to_a_refusal_is_told_where_something_needs_what_is_refused() {
    let (app, lib): (ModuleName, ModuleName) = ("app".parse().unwrap(), "lib".parse().unwrap());
    let one = versions(&["1.0.0"]);
    let only = || Versions(one.iter().collect());
    let mut facts: BTreeSet<Fact<'_>> = [
        Fact::Asked("app".to_owned()),
        Fact::Kept("old 1.0.0".to_owned()),
        Fact::Needs(&app, only(), "lib@>=2".to_owned()),
        Fact::Offered(&lib, only()),
        Fact::Refused(&lib, refused("hardware-insufficient", "field", "ram"), only()),
    ]
    .into();
    let keys = |facts: &BTreeSet<Fact<'_>>, refused: &str| -> Vec<String> {
        way_to(facts, refused).into_iter().map(|detail| detail.key).collect()
    };
    assert_eq!(keys(&facts, "lib"), ["asked", "kept", "needs"]);
    // Asked for itself, or only part of a longer name: then the refusal says enough.
    assert_eq!(keys(&facts, "app"), [""; 0]);
    assert_eq!(keys(&facts, "li"), [""; 0]);
    facts.insert(Fact::Needs(&lib, only(), "base".to_owned()));
    assert_eq!(keys(&facts, "base"), ["asked", "kept", "needs", "needs"]);
}

#[test]
fn only_pins_are_named_as_pins() {
    let (app, lib): (ModuleName, ModuleName) = ("app".parse().unwrap(), "lib".parse().unwrap());
    let one = versions(&["1.0.0"]);
    let only = || Versions(one.iter().collect());
    let other = Fact::Refused(&app, refused(OLDER, "installed", "2.0.0"), only());
    let asked = Fact::Asked("app".to_owned());
    // An argument of that name makes no pin of another reason.
    let odd = Fact::Refused(&app, refused("odd", "pinned", "2.0.0"), only());
    assert_eq!(pins(&[other.clone(), asked.clone(), odd].into()), "");
    let pinned = [
        Fact::Refused(&lib, refused(PINNED, "pinned", "3.0.0"), only()),
        Fact::Refused(&app, refused(PINNED, "pinned", "2.0.0"), only()),
    ];
    assert_eq!(pins(&pinned.into_iter().chain([other, asked]).collect()), "app 2.0.0, lib 3.0.0");
}
