//! What a module may do beside what every module may: told by its plan, and refused where a rule denies it.

use super::fixture::{Fixture, Module};
use crate::{admit_privileges, rollback};
use las_types::{Allowance, Code, Conditions, Generation, Policy};

const OPEN: &str = "category: service\nruntime: { modes: [native], program: run, service: { \
    sandbox: { network: any, gpu: true }, ready: { kind: log, line: up } } }\n";
const CLOSED: &str = "category: service\nruntime: { modes: [native], program: run, service: { \
    ready: { kind: log, line: up } } }\n";

fn denying(denied: &str) -> [Policy; 1] {
    [Policy {
        name: "alone".into(),
        description: String::new(),
        tier: None,
        conditions: Conditions::default(),
        allow: Allowance::default(),
        deny: vec![denied.to_owned()],
        file: "test/alone.yaml".into(),
        line: 3,
    }]
}

fn fixture(modules: &[Module<'_>]) -> Fixture {
    Fixture::new(modules)
}

#[test]
fn a_plan_names_each_privilege_that_is_asked_for() {
    let fixture = fixture(&[("open 1.0.0", &[], OPEN), ("closed 1.0.0", &[], CLOSED)]);
    let notes = |request: &str| -> Vec<String> {
        let draft = fixture.install(&[request]).unwrap();
        let named = draft.notes.iter().filter(|note| note.key == "privilege");
        named.map(|note| format!("{} {}", note.args["name"], note.args["privilege"])).collect()
    };
    assert_eq!(notes("open"), ["open network", "open gpu"]);
    assert!(notes("closed").is_empty());
}

#[test]
fn a_privilege_that_is_denied_refuses_the_plan_by_its_rule() {
    let fixture = fixture(&[("open 1.0.0", &[], OPEN), ("closed 1.0.0", &[], CLOSED)]);
    let fixture = fixture.policies(&denying("privilege:gpu"));
    let failure = fixture.install(&["open"]).unwrap_err();
    let args = ["capability", "rule", "file", "line"].map(|key| failure.args[key].as_str());
    assert_eq!(
        (failure.code, args),
        (Code::PolicyDenied, ["privilege:gpu", "alone", "test/alone.yaml", "3"])
    );
    assert!(fixture.install(&["closed"]).is_ok());
    let allowed = fixture.overridden(&denying("privilege:gpu"), "privilege:gpu", "allow");
    assert!(allowed.install(&["open"]).is_ok());
    let denied = allowed.overridden(&[], "privilege:network", "deny");
    assert_eq!(denied.install(&["open"]).unwrap_err().code, Code::OverrideDenies);
}

#[test]
fn a_version_without_the_denied_privilege_is_chosen_before_the_newest() {
    let fixture = fixture(&[("a 1.0.0", &[], CLOSED), ("a 2.0.0", &[], OPEN)]);
    let fixture = fixture.policies(&denying("privilege:network"));
    assert_eq!(fixture.install(&["a"]).unwrap().outcome[0].version.to_string(), "1.0.0");
}

#[test]
fn what_was_denied_after_it_was_installed_is_neither_started_nor_brought_back() {
    let fixture = fixture(&[("open 1.0.0", &[], OPEN)]).installed(&["open"]);
    let before = Generation { items: fixture.installed.clone(), ..fixture.generation() };
    let mut fixture = fixture.policies(&denying("privilege:network"));
    let refused = admit_privileges(&fixture.world(), &fixture.installed[0]).unwrap_err();
    assert_eq!(
        (refused.code, refused.args["capability"].as_str()),
        (Code::PolicyDenied, "privilege:network")
    );
    fixture.installed.clear();
    assert_eq!(rollback(&fixture.world(), &before).unwrap_err().code, Code::PolicyDenied);
}
