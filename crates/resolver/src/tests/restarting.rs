//! Which services a change stops, and which of them start again.

use super::fixture::{Fixture, MODEL, Module, RUNTIME, imported, module_names, render};
use crate::remove;
use las_types::{Placement, ServiceState, StepAction};

const MODULES: &[Module<'_>] = &[
    ("engine 1.0.0", &[], RUNTIME),
    ("engine 2.0.0", &[], RUNTIME),
    // Another form of it that serves nothing.
    ("engine 3.0.0", &[], ""),
    ("other 1.0.0", &[], RUNTIME),
    ("model 1.0.0", &[], MODEL),
    ("model 2.0.0", &[], MODEL),
    ("talk 1.0.0", &[], MODEL),
];

fn fixture() -> Fixture {
    Fixture::new(MODULES).installed(&["engine@1.0.0", "other", "model@1.0.0", "talk"])
}

/// The stops and starts among the steps.
fn services(steps: &[String]) -> Vec<&str> {
    let of_services = |step: &&String| step.starts_with("stop ") || step.starts_with("start ");
    steps.iter().filter(of_services).map(String::as_str).collect()
}

#[test]
fn only_services_that_run_and_use_what_goes_are_stopped() {
    for (state, stops) in [
        (ServiceState::Starting, true),
        (ServiceState::Ready, true),
        (ServiceState::Stopped, false),
        (ServiceState::Failed, false),
    ] {
        let mut fixture = fixture();
        fixture.runs("engine", "model", state);
        fixture.runs("other", "talk", ServiceState::Ready);
        let steps = render(&remove(&fixture.world(), &module_names(&["engine"])).unwrap());
        let expected: &[&str] = if stops { &["stop model"] } else { &[] };
        assert_eq!(services(&steps), expected, "{state:?}");
    }
}

#[test]
fn services_start_again_by_name_each_with_its_own_settings() {
    let mut fixture = fixture();
    fixture.runs("engine", "talk", ServiceState::Ready);
    fixture.runs("engine", "model", ServiceState::Ready);
    let draft = fixture.install(&["engine@2.0.0"]).unwrap();
    assert_eq!(services(&render(&draft)), ["stop model", "stop talk", "start model", "start talk"]);
    for step in &draft.steps {
        if let StepAction::ServiceStart { spec } = &step.action {
            assert_eq!(
                (spec.model().unwrap().as_str(), spec.program.as_str()),
                (spec.name.as_str(), "/store/engine/2.0.0/run")
            );
        }
        if let StepAction::ServiceStop { service, spec } = &step.action {
            assert_eq!(spec.as_ref().map(|spec| &spec.name), Some(service));
        }
    }
    assert_eq!(draft.totals.memory.bytes(), 14, "of both");
}

#[test]
fn what_can_not_start_again_is_only_stopped() {
    // From a version without a program.
    let mut fixture = fixture();
    fixture.runs("engine", "model", ServiceState::Ready);
    let draft = fixture.install(&["engine@3.0.0"]).unwrap();
    assert_eq!(services(&render(&draft)), ["stop model"]);
    assert_eq!((draft.totals.memory.bytes(), draft.notes), (0, vec![]));
    // Of which nobody knows the settings.
    fixture.specs.clear();
    assert_eq!(services(&render(&fixture.install(&["engine@2.0.0"]).unwrap())), ["stop model"]);
}

#[test]
fn a_service_whose_model_is_replaced_is_stopped_and_not_started() {
    let mut fixture = fixture();
    fixture.runs("engine", "model", ServiceState::Ready);
    fixture.runs("other", "talk", ServiceState::Ready);
    assert_eq!(services(&render(&fixture.install(&["model@2.0.0"]).unwrap())), ["stop model"]);
    let both = fixture.install(&["model@2.0.0", "engine@2.0.0"]).unwrap();
    assert_eq!(services(&render(&both)), ["stop model"], "its engine comes, and its model is another");
}

#[test]
fn an_adapter_that_goes_stops_the_service_of_its_base_and_of_no_other_model() {
    let mut fixture = fixture();
    let mut adapter = imported("style", "adapter", Placement::Blob);
    let base = fixture.installed.iter().find(|item| item.name.as_str() == "model").unwrap().digest;
    adapter.model.as_mut().unwrap().base = Some(base);
    fixture.installed.push(adapter);
    fixture.runs("engine", "model", ServiceState::Ready);
    fixture.runs("engine", "talk", ServiceState::Ready);
    let steps = render(&remove(&fixture.world(), &module_names(&["style"])).unwrap());
    assert_eq!(steps, ["stop model", "blob-remove style 0.0.0+abc"]);
    // With the engine as well: what has lost its adapter is not what was asked to run.
    let draft = remove(&fixture.world(), &module_names(&["style", "engine"])).unwrap();
    assert_eq!(services(&render(&draft)), ["stop model", "stop talk"]);
}

#[test]
fn what_only_goes_is_gone_before_services_start_and_what_was_replaced_goes_last() {
    let mut fixture = fixture();
    fixture.runs("engine", "model", ServiceState::Ready);
    let wish = ["engine@2.0.0", "model@1.0.0"].map(|text| text.parse().unwrap());
    let draft = crate::apply(&fixture.world(), &wish, &[]).unwrap();
    assert_eq!(
        render(&draft),
        [
            "store-add engine 2.0.0",
            "verify engine 2.0.0 run",
            "stop model",
            "blob-remove talk 1.0.0",
            "store-remove other 1.0.0",
            "start model",
            "store-remove engine 1.0.0",
        ]
    );
}
