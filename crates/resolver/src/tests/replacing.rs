//! What stands in for what is installed: other bytes of the same version, another place, another adapter.

use super::fixture::{Fixture, MODEL, Module, RUNTIME, imported, module_names, names, render};
use crate::{import, remove, rollback};
use las_types::{Ability, Allowance, Code, Conditions, Digest, Installed, Placement, Policy, Source};

const MODULES: &[Module<'_>] =
    &[("engine 1.0.0", &[], RUNTIME), ("app 1.0.0", &["engine"], ""), ("model 1.0.0", &[], MODEL)];

#[test]
fn other_bytes_of_the_same_version_replace_those_that_are_there() {
    let mut fixture = Fixture::new(MODULES).installed(&["engine"]);
    fixture.installed[0].digest = Digest::of(b"an earlier build");
    let draft = fixture.install(&["engine"]).unwrap();
    assert_eq!(
        render(&draft),
        ["store-add engine 1.0.0", "verify engine 1.0.0 run", "store-remove engine 1.0.0"]
    );
    fixture.installed = draft.outcome;
    assert!(fixture.install(&["engine"]).unwrap().steps.is_empty());
    // The same bytes under an older number are another version.
    fixture.installed[0].version = "0.9.0".parse().unwrap();
    assert!(!fixture.install(&["engine"]).unwrap().steps.is_empty());
}

#[test]
fn going_back_brings_the_bytes_and_the_place_of_then() {
    let mut fixture = Fixture::new(MODULES).installed(&["engine"]);
    fixture.installed.push(imported("mine", "bytes", Placement::Blob));
    let former = fixture.generation();
    let steps = |fixture: &Fixture| render(&rollback(&fixture.world(), &former).unwrap());
    assert_eq!(steps(&fixture), [""; 0]);
    fixture.installed[0].digest = Digest::of(b"another build");
    assert_eq!(
        steps(&fixture),
        ["store-add engine 1.0.0", "verify engine 1.0.0 run", "store-remove engine 1.0.0"]
    );
    fixture.installed[0] = former.items[0].clone();
    fixture.installed[1].placement = Placement::Reference { path: "/m.gguf".into() };
    assert_eq!(steps(&fixture), ["blob-remove mine 0.0.0+abc", "blob-add mine 0.0.0+abc"]);
    // Another version of the same bytes in the same place is a matter of records alone.
    fixture.installed[1] = Installed { version: "0.0.0+def".parse().unwrap(), ..former.items[1].clone() };
    let draft = rollback(&fixture.world(), &former).unwrap();
    assert_eq!((render(&draft), draft.outcome), (vec![], former.items.clone()));
}

fn adapter(name: &str, base: Digest) -> Installed {
    let mut adapter = imported(name, name, Placement::Blob);
    let facts = adapter.model.as_mut().unwrap();
    facts.abilities = vec![Ability::Adapter];
    facts.base = Some(base);
    adapter
}

#[test]
fn a_base_comes_before_its_adapter_and_goes_after_it_whatever_they_are_called() {
    let mut fixture = Fixture::new(MODULES);
    let base = imported("zebra", "base", Placement::Blob);
    let other = imported("middle", "other", Placement::Blob);
    fixture.installed = vec![adapter("ant", base.digest), other, base];
    let former = fixture.generation();
    let gone = remove(&fixture.world(), &module_names(&["zebra", "middle", "ant"])).unwrap();
    assert_eq!(
        render(&gone),
        ["blob-remove middle 0.0.0+abc", "blob-remove ant 0.0.0+abc", "blob-remove zebra 0.0.0+abc"]
    );
    fixture.installed.clear();
    let back = rollback(&fixture.world(), &former).unwrap();
    assert_eq!(
        render(&back),
        ["blob-add zebra 0.0.0+abc", "blob-add ant 0.0.0+abc", "blob-add middle 0.0.0+abc"]
    );
}

#[test]
fn an_adapter_whose_base_was_never_there_holds_nothing_back() {
    let mut fixture = Fixture::new(MODULES).installed(&["engine", "model"]);
    fixture.installed.push(adapter("style", Digest::of(b"nowhere")));
    assert_eq!(
        render(&remove(&fixture.world(), &module_names(&["model"])).unwrap()),
        ["blob-remove model 1.0.0"]
    );
    // Where the same bytes stay under another name, the base stays.
    let base = imported("base", "bytes", Placement::Blob);
    let again = imported("again", "bytes", Placement::Blob);
    fixture.installed = vec![again, base.clone(), adapter("style", base.digest)];
    assert!(remove(&fixture.world(), &module_names(&["base"])).is_ok());
    let failure = remove(&fixture.world(), &module_names(&["again", "base"])).unwrap_err();
    assert_eq!((failure.code, failure.args["user"].as_str()), (Code::ModuleInUse, "style"));
}

#[test]
fn the_size_of_a_model_is_limited_and_that_of_an_adapter_is_not() {
    let limit = Policy {
        name: "small".into(),
        description: String::new(),
        tier: None,
        conditions: Conditions::default(),
        allow: Allowance { max_model_size: Some("1M".parse().unwrap()), ..Allowance::default() },
        deny: Vec::new(),
        file: "test/limits.yaml".into(),
        line: 7,
    };
    let fixture = Fixture::new(MODULES).policies(&[limit]);
    let bring = |mut item: Installed, parameters: u64| {
        item.model.as_mut().unwrap().parameters = las_types::ParameterCount::new(parameters);
        let outcome =
            import(&fixture.world(), item, Source::LocalFile { path: "/m.gguf".into(), adopted: None });
        outcome.map(|draft| names(&draft.outcome)).map_err(|failure| failure.code)
    };
    let model = || imported("mine", "bytes", Placement::Blob);
    assert_eq!(bring(model(), 1_000_000), Ok(vec!["mine 0.0.0+abc".to_owned()]));
    assert_eq!(bring(model(), 1_000_001), Err(Code::PolicyDenied));
    let style = adapter("style", Digest::of(b"base"));
    assert_eq!(bring(style, 1_000_001), Ok(vec!["style 0.0.0+abc".to_owned()]));
}

#[test]
fn bytes_that_two_names_share_are_counted_once() {
    let mut fixture = Fixture::new(MODULES);
    let two = [imported("one", "bytes", Placement::Blob), imported("two", "bytes", Placement::Blob)];
    let elsewhere = imported("far", "other", Placement::Reference { path: "/far.gguf".into() });
    fixture.installed = two.to_vec();
    fixture.installed.insert(0, elsewhere);
    let former = fixture.generation();
    let freed = |names: &[&str]| remove(&fixture.world(), &module_names(names)).unwrap().totals.freed.bytes();
    assert_eq!(freed(&["one"]), 0, "the other still needs them");
    assert_eq!(freed(&["one", "two"]), 100);
    assert_eq!(freed(&["far"]), 0, "a file that stays where it is was never ours");
    fixture.installed.clear();
    let back = rollback(&fixture.world(), &former).unwrap();
    assert_eq!((back.totals.disk.bytes(), back.totals.freed.bytes()), (100, 0));
}

#[test]
fn what_the_machine_would_refuse_today_holds_back_nothing_else() {
    let modules: &[Module<'_>] = &[
        ("old 1.0.0", &["base"], "hardware: { memory: { ram_min: 8GB } }\n"),
        ("base 1.0.0", &[], ""),
        ("new 1.0.0", &[], ""),
    ];
    let mut fixture = Fixture::new(modules).installed(&["old"]);
    fixture.profile.memory.total = "4GB".parse().unwrap();
    assert_eq!(render(&fixture.install(&["new"]).unwrap()), ["store-add new 1.0.0"]);
    assert_eq!(fixture.install(&["old"]).unwrap_err().code, Code::HardwareInsufficient);
}
