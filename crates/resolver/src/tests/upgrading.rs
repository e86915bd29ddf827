//! Upgrades: what they bring, what holds them back, and what they never do.

use super::fixture::{Fixture, MODEL, Module, RUNTIME, imported, module_names, names, pin, render};
use super::memory::Memory;
use super::oracle::{Graph, NAMES, Numbers, VERSIONS, environment, text};
use crate::{Draft, World, rollback, upgrade};
use las_types::{Code, Failure, Installed, ModuleRequest, Pin, Placement, StepAction};

const MODULES: &[Module<'_>] = &[
    ("engine 1.0.0", &[], RUNTIME),
    ("engine 2.0.0", &[], RUNTIME),
    ("engine 3.0.0-rc.1", &[], RUNTIME),
    ("app 1.0.0", &["engine@<2"], ""),
    ("app 2.0.0", &["engine@>=2"], ""),
    ("other 1.0.0", &["engine@<2"], ""),
    ("model 1.0.0", &[], MODEL),
    ("model 2.0.0", &[], MODEL),
];

fn upgraded(fixture: &Fixture, names: &[&str]) -> Result<Draft, Failure> {
    upgrade(&fixture.world(), &module_names(names))
}

#[test]
fn everything_comes_to_the_newest_versions_that_fit_together() {
    let mut fixture = Fixture::new(MODULES).installed(&["app@1.0.0", "model@1.0.0"]);
    let draft = upgraded(&fixture, &[]).unwrap();
    assert_eq!(names(&draft.outcome), ["app 2.0.0", "engine 2.0.0", "model 2.0.0"]);
    fixture.installed = draft.outcome;
    assert!(upgraded(&fixture, &[]).unwrap().steps.is_empty(), "a second one has nothing to do");
    let mut fixture = Fixture::new(MODULES).installed(&["app@1.0.0", "model@1.0.0"]);
    let only = upgraded(&fixture, &["model"]).unwrap();
    assert_eq!(render(&only), ["blob-remove model 1.0.0", "blob-add model 2.0.0"]);
    // What stays holds the engine back, as it does without being named.
    fixture = fixture.installed(&["other"]);
    assert!(upgraded(&fixture, &["app", "engine"]).unwrap().steps.is_empty());
    assert_eq!(upgraded(&fixture, &["nothing"]).unwrap_err().code, Code::ModuleNotFound);
}

#[test]
fn what_somebody_brought_and_what_the_registry_has_dropped_stay() {
    let mut fixture = Fixture::new(&MODULES[..1]).installed(&["engine"]);
    fixture.installed.push(imported("mine", "bytes", Placement::Blob));
    let mut dropped = fixture.installed[0].clone();
    dropped.name = "gone".parse().unwrap();
    fixture.installed.push(dropped);
    for named in [&[][..], &["mine"], &["gone"], &["mine", "gone", "engine"]] {
        assert!(upgraded(&fixture, named).unwrap().steps.is_empty(), "{named:?}");
    }
    // One that somebody brought stays also where the registry has something of its name.
    let mut own = Fixture::new(MODULES);
    own.installed = vec![imported("model", "bytes", Placement::Blob)];
    for named in [&[][..], &["model"]] {
        assert!(upgraded(&own, named).unwrap().steps.is_empty(), "{named:?}");
    }
    // A version that is newer than all there are is not lowered.
    fixture.installed[0].version = "9.0.0".parse().unwrap();
    assert!(upgraded(&fixture, &[]).unwrap().steps.is_empty());
}

#[test]
fn the_same_version_comes_again_where_its_bytes_are_others_unless_it_is_pinned_or_not_offered() {
    let mut fixture = Fixture::new(&MODULES[..1]).installed(&["engine"]);
    fixture.installed[0].digest = las_types::Digest::of(b"an earlier build");
    let again = ["store-add engine 1.0.0", "verify engine 1.0.0 run", "store-remove engine 1.0.0"];
    assert_eq!(render(&upgraded(&fixture, &[]).unwrap()), again);
    let fixture = fixture.pinned("engine", "1.0.0");
    let draft = upgraded(&fixture, &[]).unwrap();
    assert_eq!((render(&draft), draft.notes), (vec![], vec![las_types::Note::new("pinned-stay")]));
    // The registry still names it, and its bytes are not shipped any more.
    let manifests = || vec![Memory::manifest("a", "1.0.0", std::iter::empty())];
    let before = Memory::new(&["1.0.0"]).install(manifests(), &["a".parse().unwrap()]).unwrap().outcome;
    let draft = Memory::new(&[]).look(manifests(), &before, &[], |world| upgrade(world, &[]));
    assert_eq!(render(&draft.unwrap()), [""; 0]);
}

#[test]
fn a_pre_release_that_is_installed_goes_on_from_there() {
    let fixture = Fixture::new(MODULES).installed(&["engine@3.0.0-rc.1"]);
    assert!(upgraded(&fixture, &[]).unwrap().steps.is_empty());
}

#[test]
fn a_pin_holds_and_a_conflict_that_it_causes_names_it() {
    let fixture = Fixture::new(MODULES).installed(&["app@1.0.0"]).pinned("engine", "1.0.0");
    let draft = upgraded(&fixture, &[]).unwrap();
    assert!(draft.steps.is_empty(), "{:?}", render(&draft));
    assert_eq!(draft.notes, [las_types::Note::new("pinned-stay")]);
    let failure = fixture.install(&["app@2.0.0"]).unwrap_err();
    assert_eq!((failure.code, failure.args["name"].as_str()), (Code::ModulePinned, "engine 1.0.0"));
    let pinned = failure.details.iter().find(|detail| detail.key == "refused-pinned").expect("the pin");
    let args = ["name", "pinned", "versions"].map(|name| pinned.args[name].as_str());
    assert_eq!(args, ["engine", "1.0.0", "2.0.0"]);
    // What would conflict without the pin as well is not its doing.
    assert_eq!(fixture.install(&["app@2.0.0", "other"]).unwrap_err().code, Code::ModuleConflict);
    // A pin chooses where nothing is installed, and only for its own module.
    let fresh = Fixture::new(MODULES).pinned("engine", "1.0.0");
    assert_eq!(names(&fresh.install(&["engine", "model"]).unwrap().outcome), ["engine 1.0.0", "model 2.0.0"]);
    let nowhere = Fixture::new(MODULES).pinned("engine", "7.0.0");
    assert_eq!(nowhere.install(&["engine"]).unwrap_err().code, Code::ModulePinned);
}

#[test]
fn going_back_does_not_pass_a_pin() {
    let before = Fixture::new(MODULES).installed(&["engine@1.0.0"]);
    let former = before.generation();
    let mut fixture = before.installed(&["engine"]);
    fixture.pins.push(pin("engine", "2.0.0"));
    let failure = rollback(&fixture.world(), &former).unwrap_err();
    assert_eq!((failure.code, failure.args["name"].as_str()), (Code::ModulePinned, "engine 2.0.0"));
    fixture.pins = vec![pin("engine", "1.0.0")];
    rollback(&fixture.world(), &former).unwrap();
}

#[test]
fn an_upgrade_is_refused_with_what_is_installed_as_a_fact() {
    let modules: &[Module<'_>] =
        &[("a 1.0.0", &["b@=1.0.0"], ""), ("b 1.0.0", &[], ""), ("b 2.0.0", &[], "")];
    let mut fixture = Fixture::new(modules).installed(&["b"]);
    // Installed against its own needs, as by an older registry.
    let item = Fixture::new(modules).installed(&["a"]).installed.remove(0);
    fixture.installed.insert(0, item);
    let failure = upgraded(&fixture, &["a"]).unwrap_err();
    assert_eq!(failure.code, Code::ModuleConflict);
    let older =
        failure.details.iter().find(|detail| detail.key == "refused-older").expect("what is installed");
    assert_eq!((older.args["name"].as_str(), older.args["installed"].as_str()), ("b", "2.0.0"));
}

fn version_of(items: &[Installed], name: &str) -> Option<las_types::Version> {
    items.iter().find(|item| item.name.as_str() == name).map(|item| item.version.clone())
}

/// Some of what is installed, held where it is.
fn some_pins(numbers: &mut Numbers, installed: &[Installed]) -> Vec<Pin> {
    let held = installed.iter().filter(|_| numbers.below(4) == 0);
    held.map(|item| pin(item.name.as_str(), &item.version.to_string())).collect()
}

#[test]
fn an_upgrade_lowers_nothing_touches_no_pin_and_is_done_when_it_is_done() {
    let (cases, seed) = (environment("LAS_ORACLE_CASES", 5_000), environment("LAS_ORACLE_SEED", 11));
    let mut numbers = Numbers(seed);
    let memory = Memory::new(&VERSIONS);
    let (mut changed, mut held) = (0_u64, 0_u64);
    for case in 0..cases {
        let told = format!("seed {seed}, case {case}");
        // Installed from a registry that knew less.
        let graph = Graph::random(&mut numbers);
        let mut early = graph.manifests();
        early.retain(|_| numbers.below(3) > 0);
        let requests: Vec<ModuleRequest> =
            graph.requests.iter().map(|request| text(*request).parse().unwrap()).collect();
        let Ok(before) = memory.install(early, &requests).map(|draft| draft.outcome) else { continue };
        let pins = some_pins(&mut numbers, &before);
        let named: Vec<&str> = NAMES
            .into_iter()
            .filter(|name| version_of(&before, name).is_some() && numbers.below(2) == 0)
            .collect();
        let named = module_names(&named);
        let decide = |installed: &[Installed]| {
            memory.look(graph.manifests(), installed, &pins, |world: &World<'_>| upgrade(world, &named))
        };
        let draft = decide(&before).unwrap_or_else(|failure| panic!("{told}: {failure} in {graph:?}"));
        for item in &before {
            let after = version_of(&draft.outcome, item.name.as_str());
            assert!(after.as_ref() >= Some(&item.version), "{told}: {} lowered in {graph:?}", item.name);
            if pins.iter().any(|pin| pin.module == item.name) {
                held += 1;
                assert!(draft.outcome.contains(item), "{told}: the pinned {} changed", item.name);
            }
        }
        let touched = |step: &las_types::PlanStep| match &step.action {
            StepAction::StoreAdd { item, .. } | StepAction::StoreRemove { item } => {
                pins.iter().any(|pin| pin.module == item.name)
            }
            _ => false,
        };
        assert!(!draft.steps.iter().any(touched), "{told}: {:?}", render(&draft));
        changed += u64::from(!draft.steps.is_empty());
        let again = decide(&draft.outcome).unwrap();
        assert!(
            again.steps.is_empty(),
            "{told}: {:?} after {:?} in {graph:?}",
            render(&again),
            render(&draft)
        );
        // Afterwards everything installed has what it needs.
        for manifest in graph.manifests() {
            if version_of(&draft.outcome, manifest.name.as_str()) == Some(manifest.version) {
                for need in &manifest.dependencies.modules {
                    let has = version_of(&draft.outcome, need.name.as_str());
                    assert!(
                        has.is_some_and(|has| need.requirement.matches(&has)),
                        "{told}: {need} is missing"
                    );
                }
            }
        }
    }
    println!("upgrades: {cases} graphs, seed {seed}: {changed} changed something, {held} pins held");
    assert!(changed > cases / 20 && held > cases / 20, "{changed}, {held}: the cases say little");
}
