//! Drafts as a whole: steps, sums, outcome; removal, import and going back.

use super::fixture::{Fixture, MODEL, Module, RUNTIME, imported, module_names, names, render};
use crate::{import, remove, rollback};
use las_types::{Ability, Code, Placement, ServiceState, Source, StepAction};

const MODULES: &[Module<'_>] = &[
    ("engine 1.0.0", &[], RUNTIME),
    ("engine 2.0.0", &[], RUNTIME),
    ("app 1.0.0", &["engine"], ""),
    ("model 1.0.0", &[], MODEL),
];

#[test]
fn a_draft_is_complete() {
    let fixture = Fixture::new(MODULES);
    let draft = fixture.install(&["model", "engine"]).unwrap();
    assert_eq!(render(&draft), ["store-add engine 2.0.0", "verify engine 2.0.0 run", "blob-add model 1.0.0"]);
    let undo: Vec<&str> = draft.steps.iter().map(|step| step.undo.as_str()).collect();
    assert_eq!(undo, ["remove-added", "nothing", "remove-added"]);
    let bytes: Vec<u64> = draft.steps.iter().map(|step| step.bytes.bytes()).collect();
    assert_eq!(bytes, [15, 0, 5]);
    let totals = &draft.totals;
    assert_eq!((totals.disk.bytes(), totals.freed.bytes(), totals.download.bytes()), (20, 0, 0));
    assert_eq!(draft.licenses, ["engine: MIT", "model: MIT"]);
    assert_eq!(draft.notes, [las_types::Note::new("demonstration-model")]);
    let StepAction::StoreAdd { item, source } = &draft.steps[0].action else { panic!() };
    assert_eq!(item.placement, Placement::Store { path: format!("engine/2.0.0-{}", item.digest.short()) });
    assert_eq!(*source, Source::Builtin { artefact: "engine-2.0.0".parse().unwrap(), file: None });
    let StepAction::BlobAdd { item, source } = &draft.steps[2].action else { panic!() };
    assert_eq!(item.digest, las_types::Digest::of(b"model 1.0.0"));
    assert_eq!(item.placement, Placement::Blob);
    assert_eq!(
        *source,
        Source::Builtin { artefact: "model-1.0.0".parse().unwrap(), file: Some("m.gguf".into()) }
    );
    assert!(item.model.as_ref().unwrap().demonstration);
    assert_eq!(fixture.install(&["model", "engine"]).unwrap(), draft, "the same world gives the same draft");
}

#[test]
fn what_needs_nothing_of_each_other_waits_for_nothing() {
    let fixture = Fixture::new(&[
        ("engine 1.0.0", &[], RUNTIME),
        ("app 1.0.0", &["engine", "language"], ""),
        ("maria 1.0.0", &[], "interfaces: { provides: [language] }\n"),
        ("model 1.0.0", &[], MODEL),
    ]);
    let waiting = |draft: &crate::Draft| -> Vec<String> {
        let after = draft.steps.iter().map(|step| step.after.as_ref());
        render(draft)
            .into_iter()
            .zip(after)
            .map(|(text, after)| {
                format!("{text} {}", after.map_or("-".to_owned(), |after| format!("{after:?}")))
            })
            .collect()
    };
    let draft = fixture.install(&["app", "model"]).unwrap();
    assert_eq!(
        waiting(&draft),
        [
            "store-add engine 1.0.0 []",
            "verify engine 1.0.0 run [0]",
            "store-add maria 1.0.0 []",
            "store-add app 1.0.0 [1, 2]",
            "blob-add model 1.0.0 []",
        ]
    );
    // What stops, goes or starts waits for all before it.
    let mut fixture = Fixture::new(MODULES).installed(&["engine@1.0.0", "model"]);
    fixture.runs("engine", "model", ServiceState::Ready);
    let draft = fixture.install(&["engine", "app"]).unwrap();
    assert_eq!(
        waiting(&draft),
        [
            "store-add engine 2.0.0 []",
            "verify engine 2.0.0 run [0]",
            "store-add app 1.0.0 [1]",
            "stop model -",
            "start model -",
            "store-remove engine 1.0.0 -",
        ]
    );
    assert!(draft.steps[3].waits_for(2) && draft.steps[3].waits_for(0) && !draft.steps[3].waits_for(3));
    assert!(draft.steps[2].waits_for(1) && !draft.steps[2].waits_for(0));
}

#[test]
fn the_same_bytes_are_written_once_and_an_adapter_comes_after_its_base() {
    let fixture = Fixture::new(&[]);
    let item = |name: &str, content: &str| imported(name, content, Placement::Blob);
    let mut adapter = item("adapter", "lora");
    adapter.model.as_mut().unwrap().base = Some(item("base", "base").digest);
    let coming: Vec<_> = [item("base", "base"), item("alone", "other"), adapter, item("again", "base")]
        .into_iter()
        .map(|item| (item.clone(), item.source))
        .collect();
    let needs = crate::among::needs(&fixture.world(), &coming);
    assert_eq!(needs, [vec![], vec![], vec![0], vec![0]].map(std::collections::BTreeSet::from_iter));
}

#[test]
fn another_version_replaces_the_installed_one_and_what_uses_it_starts_again_from_it() {
    let mut fixture = Fixture::new(MODULES).installed(&["engine@1.0.0", "model"]);
    fixture.runs("engine", "model", ServiceState::Ready);
    let draft = fixture.install(&["engine"]).unwrap();
    assert_eq!(
        render(&draft),
        [
            "store-add engine 2.0.0",
            "verify engine 2.0.0 run",
            "stop model",
            "start model",
            "store-remove engine 1.0.0",
        ]
    );
    assert_eq!((draft.totals.disk.bytes(), draft.totals.freed.bytes()), (15, 15));
    assert_eq!(names(&draft.outcome), ["engine 2.0.0", "model 1.0.0"]);
    let undo: Vec<&str> = draft.steps.iter().map(|step| step.undo.as_str()).collect();
    assert_eq!(undo, ["remove-added", "nothing", "start-service", "stop-service", "restore-removed"]);
    let StepAction::ServiceStop { spec: Some(before), .. } = &draft.steps[2].action else { panic!() };
    let StepAction::ServiceStart { spec: after } = &draft.steps[3].action else { panic!() };
    assert_eq!(**before, fixture.specs[0]);
    // The same but for the program and what its version says of its start.
    assert_eq!((after.program.as_str(), after.start_limit_seconds), ("/store/engine/2.0.0/run", 120));
    let same = las_types::ServiceSpec {
        program: before.program.clone(),
        start_limit_seconds: before.start_limit_seconds,
        ..(**after).clone()
    };
    assert_eq!(same, **before);
    assert_eq!(
        (draft.totals.memory, draft.notes),
        (before.memory, vec![las_types::Note::new("restarts-services")])
    );
}

#[test]
fn removing_stops_running_services_and_refuses_what_others_need() {
    let mut fixture = Fixture::new(MODULES).installed(&["app", "model"]);
    let remove = |fixture: &Fixture, names: &[&str]| remove(&fixture.world(), &module_names(names));
    let failure = remove(&fixture, &["engine"]).unwrap_err();
    assert_eq!(failure.code, Code::ModuleInUse);
    assert_eq!((failure.args["name"].as_str(), failure.args["user"].as_str()), ("engine", "app"));
    assert_eq!(remove(&fixture, &["nothing"]).unwrap_err().code, Code::ModuleNotFound);
    fixture.runs("engine", "model", ServiceState::Stopped);
    assert_eq!(render(&remove(&fixture, &["model", "model"]).unwrap()), ["blob-remove model 1.0.0"]);
    fixture.services.clear();
    fixture.runs("engine", "model", ServiceState::Ready);
    let draft = remove(&fixture, &["engine", "app"]).unwrap();
    assert_eq!(render(&draft), ["stop model", "store-remove app 1.0.0", "store-remove engine 2.0.0"]);
    assert_eq!(names(&draft.outcome), ["model 1.0.0"]);
    assert_eq!(draft.totals.freed.bytes(), 30);
}

#[test]
fn importing_is_idempotent_and_takes_no_name_away() {
    let mut fixture = Fixture::new(MODULES).installed(&["engine"]);
    let source = Source::LocalFile { path: "/m.gguf".into(), adopted: None };
    let add = |fixture: &Fixture, name: &str, content: &str, placement| {
        import(&fixture.world(), imported(name, content, placement), source.clone())
    };
    let draft = add(&fixture, "mine", "bytes", Placement::Blob).unwrap();
    assert_eq!(render(&draft), ["blob-add mine 0.0.0+abc"]);
    assert_eq!(draft.totals.disk.bytes(), 100);
    fixture.installed = draft.outcome;
    assert!(add(&fixture, "mine", "bytes", Placement::Blob).unwrap().steps.is_empty());
    assert_eq!(add(&fixture, "mine", "other", Placement::Blob).unwrap_err().code, Code::ModelNameTaken);
    assert_eq!(add(&fixture, "engine", "bytes", Placement::Blob).unwrap_err().code, Code::ModelNameTaken);
    // The same bytes under another name take no more space; left where they are, they free some.
    assert_eq!(add(&fixture, "again", "bytes", Placement::Blob).unwrap().totals.disk.bytes(), 0);
    let elsewhere = add(&fixture, "mine", "bytes", Placement::Reference { path: "/m.gguf".into() }).unwrap();
    assert_eq!(render(&elsewhere), ["blob-remove mine 0.0.0+abc", "blob-add mine 0.0.0+abc"]);
    assert_eq!((elsewhere.totals.disk.bytes(), elsewhere.totals.freed.bytes()), (0, 100));
}

#[test]
fn a_model_that_somebody_imported_is_not_replaced_by_one_of_the_registry() {
    let mut fixture = Fixture::new(MODULES);
    fixture.installed = vec![imported("model", "bytes", Placement::Blob)];
    assert_eq!(fixture.install(&["model"]).unwrap_err().code, Code::ModelNameTaken);
}

#[test]
fn an_adapter_keeps_its_base() {
    let mut fixture = Fixture::new(MODULES).installed(&["engine", "model"]);
    let mut adapter = imported("style", "adapter", Placement::Blob);
    let facts = adapter.model.as_mut().unwrap();
    facts.abilities = vec![Ability::Adapter];
    facts.base = Some(fixture.installed[1].digest);
    fixture.installed.push(adapter);
    fixture.runs("engine", "model", ServiceState::Ready);
    let remove = |names: &[&str]| remove(&fixture.world(), &module_names(names));
    let failure = remove(&["model"]).unwrap_err();
    assert_eq!((failure.code, failure.args["user"].as_str()), (Code::ModuleInUse, "style"));
    assert_eq!(render(&remove(&["style"]).unwrap()), ["stop model", "blob-remove style 0.0.0+abc"]);
    assert_eq!(
        render(&remove(&["model", "style"]).unwrap()),
        ["stop model", "blob-remove style 0.0.0+abc", "blob-remove model 1.0.0"]
    );
}

#[test]
fn going_back_restores_the_former_set() {
    let mut fixture = Fixture::new(MODULES).installed(&["app", "engine@1.0.0"]);
    fixture.installed.push(imported("mine", "bytes", Placement::Blob));
    let former = fixture.generation();
    let mut fixture = fixture.installed(&["engine@2.0.0", "model"]);
    fixture.installed.retain(|item| item.name.as_str() != "mine" && item.name.as_str() != "app");
    fixture.runs("engine", "model", ServiceState::Starting);
    let draft = rollback(&fixture.world(), &former).unwrap();
    assert_eq!(
        render(&draft),
        [
            "store-add engine 1.0.0",
            "verify engine 1.0.0 run",
            "store-add app 1.0.0",
            "blob-add mine 0.0.0+abc",
            "stop model",
            "blob-remove model 1.0.0",
            "store-remove engine 2.0.0",
        ]
    );
    let StepAction::BlobAdd { source, .. } = &draft.steps[3].action else { panic!() };
    assert_eq!(*source, Source::LocalFile { path: "/m.gguf".into(), adopted: None });
    assert_eq!(names(&draft.outcome), ["app 1.0.0", "engine 1.0.0", "mine 0.0.0+abc"]);
    fixture.installed = draft.outcome;
    assert_eq!(fixture.installed, former.items);
    assert!(rollback(&fixture.world(), &former).unwrap().steps.is_empty());
}
