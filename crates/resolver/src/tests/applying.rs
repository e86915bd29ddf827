//! A desired state against machines that come from elsewhere.

use super::fixture::{Fixture, MODEL, Module, RUNTIME, imported, module_names, names, render};
use crate::{Draft, apply, remove};
use las_types::{Ability, Code, Failure, Installed, Placement, ServiceState, Source};

const MODULES: &[Module<'_>] = &[
    ("engine 1.0.0", &[], RUNTIME),
    ("engine 2.0.0", &[], RUNTIME),
    ("app 1.0.0", &["engine@>=1"], ""),
    ("old 1.0.0", &["engine@<2"], ""),
    ("model 1.0.0", &[], MODEL),
];

fn wish(fixture: &Fixture, modules: &[&str], models: &[Installed]) -> Result<Draft, Failure> {
    let modules: Vec<_> = modules.iter().map(|text| text.parse().unwrap()).collect();
    let source = Source::LocalFile { path: "/m.gguf".into(), adopted: None };
    let models: Vec<_> = models.iter().map(|item| (item.clone(), source.clone())).collect();
    apply(&fixture.world(), &modules, &models)
}

#[test]
fn what_is_missing_comes_what_is_not_wanted_goes_and_what_is_equal_stays() {
    let mut fixture = Fixture::new(MODULES);
    let mine = imported("mine", "bytes", Placement::Blob);
    let draft = wish(&fixture, &["app"], std::slice::from_ref(&mine)).unwrap();
    assert_eq!(names(&draft.outcome), ["app 1.0.0", "engine 2.0.0", "mine 0.0.0+abc"]);
    fixture.installed = draft.outcome;
    assert!(wish(&fixture, &["app"], std::slice::from_ref(&mine)).unwrap().steps.is_empty());
    // The engine is needed by what is wanted, so it stays though nobody names it.
    assert_eq!(render(&wish(&fixture, &["app"], &[]).unwrap()), ["blob-remove mine 0.0.0+abc"]);
    fixture.runs("engine", "mine", ServiceState::Ready);
    let swap = wish(&fixture, &["model"], &[mine]).unwrap();
    assert_eq!(
        render(&swap),
        ["blob-add model 1.0.0", "stop mine", "store-remove app 1.0.0", "store-remove engine 2.0.0"]
    );
    let nothing = wish(&fixture, &[], &[]).unwrap();
    assert_eq!(names(&nothing.outcome), [""; 0]);
    // The same steps as a removal of everything by name.
    let all = remove(&fixture.world(), &module_names(&["app", "engine", "mine"])).unwrap();
    assert_eq!(render(&nothing), render(&all));
}

#[test]
fn where_a_machine_comes_from_makes_no_difference() {
    let fresh = wish(&Fixture::new(MODULES), &["app", "model"], &[]).unwrap();
    // What has to go doesn't hold back what is wanted: `old` would forbid engine 2.
    for before in [&["old"][..], &["engine@1.0.0"], &["old", "app", "model"]] {
        let fixture = Fixture::new(MODULES).installed(before);
        let draft = wish(&fixture, &["app", "model"], &[]).unwrap();
        assert_eq!(draft.outcome, fresh.outcome, "{before:?}");
    }
}

#[test]
fn wishes_that_contradict_themselves_are_refused() {
    let fixture = Fixture::new(MODULES);
    let failure = |modules: &[&str], models: &[Installed]| wish(&fixture, modules, models).unwrap_err().code;
    assert_eq!(failure(&["nothing"], &[]), Code::ModuleNotFound);
    assert_eq!(failure(&["old", "engine@2.0.0"], &[]), Code::ModuleConflict);
    let model = |name: &str| imported(name, "bytes", Placement::Blob);
    assert_eq!(failure(&["engine"], &[model("engine")]), Code::ModelNameTaken);
    assert_eq!(failure(&[], &[model("mine"), model("mine")]), Code::ModelNameTaken);
    let mut held = Fixture::new(MODULES);
    held.installed = vec![imported("mine", "other bytes", Placement::Blob)];
    assert_eq!(wish(&held, &[], &[model("mine")]).unwrap_err().code, Code::ModelNameTaken);
}

#[test]
fn an_adapter_that_is_wanted_keeps_its_base() {
    let mut fixture = Fixture::new(MODULES).installed(&["model"]);
    let mut adapter = imported("style", "adapter", Placement::Blob);
    let facts = adapter.model.as_mut().unwrap();
    facts.abilities = vec![Ability::Adapter];
    facts.base = Some(fixture.installed[0].digest);
    fixture.installed.push(adapter.clone());
    let failure = wish(&fixture, &[], std::slice::from_ref(&adapter)).unwrap_err();
    assert_eq!((failure.code, failure.args["user"].as_str()), (Code::ModuleInUse, "style"));
    assert!(wish(&fixture, &["model"], &[adapter]).unwrap().steps.is_empty());
}
