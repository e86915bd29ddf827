//! A lock against machines that have, lack, or offer something else than it names.

use super::fixture::{Fixture, MODEL, Module, RUNTIME, imported, names, render};
use crate::{install, lock};
use las_types::{
    Code, Digest, Failure, Generation, GenerationNumber, Installed, Kept, Lock, Placement, Source, Timestamp,
};

const MODULES: &[Module<'_>] = &[
    ("engine 1.0.0", &[], RUNTIME),
    ("engine 2.0.0", &[], RUNTIME),
    ("app 1.0.0", &["engine@>=1"], ""),
    ("model 1.0.0", &[], MODEL),
];

fn locked(items: Vec<Installed>) -> Lock {
    Lock::from(&Generation {
        schema: 1,
        number: GenerationNumber(1),
        operation: None,
        made_at: Timestamp::UNIX_EPOCH,
        command: String::new(),
        items,
    })
}

fn lock_of(wishes: &[&str]) -> Lock {
    let fixture = Fixture::new(MODULES);
    let wishes: Vec<_> = wishes.iter().map(|text| text.parse().unwrap()).collect();
    locked(install(&fixture.world(), &wishes).unwrap().outcome)
}

#[test]
fn a_lock_brings_older_versions_and_takes_away_the_rest() {
    let wanted = lock_of(&["app", "engine@1.0.0"]);
    let mut fixture = Fixture::new(MODULES).installed(&["model", "engine@2.0.0"]);
    let draft = lock(&fixture.world(), &wanted, &[]).unwrap();
    assert_eq!(names(&draft.outcome), ["app 1.0.0", "engine 1.0.0"]);
    let steps = render(&draft);
    let at =
        |step: &str| steps.iter().position(|one| one == step).unwrap_or_else(|| panic!("{step}: {steps:?}"));
    assert!(at("store-add engine 1.0.0") < at("store-add app 1.0.0"), "{steps:?}");
    fixture.installed = draft.outcome.clone();
    assert!(lock(&fixture.world(), &wanted, &[]).unwrap().steps.is_empty(), "nothing is left to do");
    assert_eq!(locked(draft.outcome), wanted);
}

#[test]
fn the_first_thing_that_differs_or_is_not_there_is_named() {
    let fixture = Fixture::new(MODULES);
    let refused = |change: fn(&mut Lock)| -> Failure {
        let mut wanted = lock_of(&["app", "model"]);
        change(&mut wanted);
        lock(&fixture.world(), &wanted, &[]).unwrap_err()
    };
    let failure = refused(|lock| lock.items[1].digest = Digest::of(b"other"));
    assert_eq!((failure.code, failure.args["name"].as_str()), (Code::LockDiffers, "engine"));
    assert_eq!(failure.args["field"], "digest");
    assert_eq!(failure.args["wanted"], Digest::of(b"other").to_string());
    let failure = refused(|lock| lock.items[1].version = "9.0.0".parse().unwrap());
    assert_eq!((failure.code, failure.args["version"].as_str()), (Code::LockUnavailable, "9.0.0"));
    let failure = refused(|lock| lock.items[2].kept = Kept::Reference);
    assert_eq!((failure.code, failure.args["field"].as_str()), (Code::LockDiffers, "kept"));
    let failure = refused(|lock| lock.items[0].size = las_types::ByteSize::new(16));
    assert_eq!((failure.code, failure.args["field"].as_str()), (Code::LockDiffers, "size"));
    let failure = refused(|lock| {
        lock.items.remove(1);
    });
    assert_eq!(failure.code, Code::ModuleConflict, "{failure}");
    assert!(failure.details[0].args["request"].contains("engine"), "{failure}");
    assert_eq!(refused(|lock| lock.schema = 2).code, Code::LockInvalid);
    let twice = refused(|lock| lock.items.push(lock.items[0].clone()));
    assert_eq!(twice.code, Code::LockInvalid);
}

#[test]
fn a_file_that_somebody_brought_is_found_by_its_digest() {
    let mine = imported("mine", "bytes", Placement::Blob);
    let wanted = locked(vec![mine.clone()]);
    let mut fixture = Fixture::new(MODULES);
    let failure = lock(&fixture.world(), &wanted, &[]).unwrap_err();
    assert_eq!((failure.code, failure.args["name"].as_str()), (Code::LockUnavailable, "mine"));
    // Here under another name, or in the machine's past.
    fixture.installed = vec![imported("other", "bytes", Placement::Blob)];
    let draft = lock(&fixture.world(), &wanted, &[]).unwrap();
    assert_eq!(names(&draft.outcome), ["mine 0.0.0+abc"]);
    fixture.installed.clear();
    assert_eq!(lock(&fixture.world(), &wanted, &[mine]).unwrap().outcome, draft.outcome);
    let elsewhere = imported("mine", "other bytes", Placement::Blob);
    assert_eq!(lock(&fixture.world(), &wanted, &[elsewhere]).unwrap_err().code, Code::LockUnavailable);
}

#[test]
fn a_file_that_is_kept_where_it_lies_is_found_only_where_one_lies() {
    let there = imported("mine", "bytes", Placement::Reference { path: "/there/m.gguf".into() });
    let wanted =
        locked(vec![imported("mine", "bytes", Placement::Reference { path: "/then/m.gguf".into() })]);
    let mut fixture = Fixture::new(MODULES);
    fixture.installed = vec![Installed { name: "other".parse().unwrap(), ..there.clone() }];
    let draft = lock(&fixture.world(), &wanted, &[]).unwrap();
    // The lock gives the name, and this machine the place.
    assert_eq!(draft.outcome, std::slice::from_ref(&there));
    let copied = imported("other", "bytes", Placement::Blob);
    fixture.installed = vec![copied];
    assert_eq!(lock(&fixture.world(), &wanted, &[]).unwrap_err().code, Code::LockUnavailable);
    // What comes from the registry is no file that somebody brought, whatever its bytes.
    let shipped =
        Installed { source: Source::Builtin { artefact: "x".parse().unwrap(), file: None }, ..there };
    assert_eq!(lock(&fixture.world(), &wanted, &[shipped]).unwrap_err().code, Code::LockUnavailable);
}

#[test]
fn the_lock_gives_a_found_file_its_name_its_version_and_how_it_is_kept() {
    let mine = imported("mine", "bytes", Placement::Blob);
    let mut fixture = Fixture::new(MODULES);
    fixture.installed = vec![Installed {
        name: "other".parse().unwrap(),
        version: "0.0.0+def".parse().unwrap(),
        placement: Placement::Reference { path: "/there/m.gguf".into() },
        ..mine.clone()
    }];
    let draft = lock(&fixture.world(), &locked(vec![mine.clone()]), &[]).unwrap();
    assert_eq!(draft.outcome, [mine]);
}

#[test]
fn a_lock_that_leaves_out_a_base_or_joins_what_opposes_is_refused() {
    let base = imported("base", "base", Placement::Blob);
    let mut adapter = imported("style", "style", Placement::Blob);
    adapter.model.as_mut().unwrap().base = Some(base.digest);
    let mut fixture = Fixture::new(MODULES);
    fixture.installed = vec![base.clone(), adapter.clone()];
    let failure = lock(&fixture.world(), &locked(vec![adapter.clone()]), &[]).unwrap_err();
    assert_eq!((failure.code, failure.args["name"].as_str()), (Code::AdapterBaseMissing, "style"));
    assert!(lock(&fixture.world(), &locked(vec![base, adapter]), &[]).unwrap().steps.is_empty());
    let rivals: &[Module<'_>] = &[("left 1.0.0", &[], "conflicts: [right]\n"), ("right 1.0.0", &[], "")];
    let of = |name: &str| Fixture::new(rivals).installed(&[name]).installed.remove(0);
    let both = locked(vec![of("left"), of("right")]);
    let failure = lock(&Fixture::new(rivals).world(), &both, &[]).unwrap_err();
    assert_eq!((failure.code, failure.args["name"].as_str()), (Code::ModuleConflict, "left"));
    assert_eq!(failure.details[0].key, "opposes");
}
