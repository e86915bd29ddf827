//! In which mode a module runs that offers several: what decides it, what is told of that, and that it stays.

use super::fixture::{Fixture, Module};
use crate::{Decision, Draft, Modes, Wish, install, lock, rollback, serving, upgrade};
use las_types::{
    Allowance, Code, Conditions, Failure, Generation, Lock, ModuleRequest, Policy, RuntimeMode, Source,
};
use std::collections::BTreeMap;

const SERVICE: &str = "service: { arguments: ['--native'], ready: { kind: log, line: up } }";

/// One that offers both, and prefers this.
fn both(preferred: &str) -> String {
    let digest = las_types::Digest::of(b"image");
    format!(
        "category: service\nruntime: {{ modes: [native, container], {preferred} program: run, {SERVICE}, container: {{ \
         user: '1:1', image: {{ name: 'localhost/both', digest: '{digest}', size: 7MB, program: /bin/inner, \
         service: {{ arguments: ['--inner'], ready: {{ kind: log, line: up }} }} }} }} }}\n"
    )
}

fn fixture(preferred: &str) -> Fixture {
    let both = both(preferred);
    let plain = format!("category: service\nruntime: {{ modes: [native], program: run, {SERVICE} }}\n");
    let modules: &[Module<'_>] =
        &[("both 1.0.0", &[], &both), ("both 2.0.0", &[], &both), ("plain 1.0.0", &[], &plain)];
    let mut fixture = Fixture::new(modules);
    fixture.modes = Modes { engine: true, ..Modes::default() };
    fixture
}

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

/// The mode that a draft gives the module, and what it says decided it.
fn decided(draft: &Draft) -> String {
    let item = draft.outcome.iter().find(|item| item.name.as_str() == "both").unwrap();
    let by = draft.notes.iter().find(|note| note.key == "mode");
    assert!(by.is_none_or(|note| note.args["mode"] == item.mode().to_string()), "{by:?}");
    format!("{} {}", item.mode(), by.map_or("", |note| note.args["by"].as_str()))
}

fn wished(fixture: &Fixture, request: &str, mode: RuntimeMode) -> Result<Draft, Failure> {
    let requests: [ModuleRequest; 1] = [request.parse().unwrap()];
    let mut world = fixture.world();
    world.modes.wish = Some(Wish { modules: &requests, mode, from: Decision::Asked });
    install(&world, &requests)
}

#[test]
fn the_weightiest_of_what_speaks_for_a_mode_decides_and_is_named() {
    use RuntimeMode::{Container, Native};
    let cases = [
        ("", None, true, "", "native default"),
        ("preferred: container,", None, true, "", "container manifest"),
        ("preferred: container,", None, false, "", "native machine"),
        ("preferred: native,", Some(Container), true, "", "container configured"),
        ("", Some(Container), false, "", "native machine"),
        ("preferred: container,", Some(Native), true, "", "native configured"),
        ("preferred: container,", None, true, "mode:container", "native policy"),
        ("", None, true, "mode:native", "container policy"),
        // What a policy denies is not preferred to what it allows, and a privilege is denied only where it is asked for.
        ("", Some(Container), true, "mode:container", "native policy"),
        ("preferred: container,", None, true, "privilege:user", "native policy"),
        // Without an engine it would come to nothing; it is what is left.
        ("", None, false, "mode:native", "container policy"),
    ];
    for (preferred, prefer, engine, denied, expected) in cases {
        let mut fixture = fixture(preferred);
        if !denied.is_empty() {
            fixture = fixture.policies(&denying(denied));
        }
        fixture.modes = Modes { wish: None, prefer, engine };
        let draft = fixture.install(&["both"]).unwrap();
        assert_eq!(decided(&draft), expected, "{preferred} {prefer:?} {engine} {denied}");
    }
    let fixture = fixture("preferred: native,");
    assert_eq!(decided(&wished(&fixture, "both", Container).unwrap()), "container asked");
    // Nothing is chosen of one that offers one, and nothing told.
    assert!(fixture.install(&["plain"]).unwrap().notes.is_empty());
}

#[test]
fn a_wish_that_can_not_be_met_is_refused_and_says_why() {
    let fixture = fixture("");
    let refused = wished(&fixture, "plain", RuntimeMode::Container).unwrap_err();
    assert_eq!((refused.code, refused.args["mode"].as_str()), (Code::RuntimeModeNotOffered, "container"));
    let fixture = fixture.policies(&denying("mode:container"));
    let refused = wished(&fixture, "both", RuntimeMode::Container).unwrap_err();
    let args = ["capability", "rule"].map(|key| refused.args[key].as_str());
    assert_eq!((refused.code, args), (Code::PolicyDenied, ["mode:container", "alone"]));
}

#[test]
fn what_is_installed_stays_in_its_mode_until_somebody_asks_and_a_rollback_brings_it_back() {
    let mut fixture = fixture("preferred: native,");
    fixture.installed = wished(&fixture, "both@=1.0.0", RuntimeMode::Container).unwrap().outcome;
    let before = Generation { items: fixture.installed.clone(), ..fixture.generation() };
    assert!(fixture.install(&["both@=1.0.0"]).unwrap().steps.is_empty());
    let draft = upgrade(&fixture.world(), &[]).unwrap();
    assert_eq!(
        (decided(&draft).as_str(), draft.outcome[0].version.to_string()),
        ("container installed", "2.0.0".into())
    );
    // Asked for, the same version comes in the other mode, and what was goes when that is there.
    let draft = wished(&fixture, "both@=1.0.0", RuntimeMode::Native).unwrap();
    assert_eq!(decided(&draft), "native asked");
    fixture.installed = draft.outcome;
    let draft = rollback(&fixture.world(), &before).unwrap();
    assert_eq!(draft.outcome[0].mode(), RuntimeMode::Container);
    let again = lock(&fixture.world(), &Lock::from(&before), &[]).unwrap();
    assert_eq!(again.outcome, before.items);
}

#[test]
fn each_mode_starts_as_the_manifest_says_for_it() {
    let fixture = fixture("");
    let spec = |mode| {
        let item = wished(&fixture, "both", mode).unwrap().outcome.remove(0);
        (item.clone(), serving(&fixture.world(), &item, BTreeMap::new(), BTreeMap::new()).unwrap())
    };
    let (native, spec_native) = spec(RuntimeMode::Native);
    assert!(matches!(native.source, Source::Builtin { .. }) && spec_native.container().is_none());
    assert!(spec_native.program.ends_with("/run"));
    let (inner, spec_inner) = spec(RuntimeMode::Container);
    let container = spec_inner.container().unwrap();
    assert_eq!((container.image.as_str(), container.section.image.is_none()), ("localhost/both", true));
    assert_eq!((spec_inner.program.as_str(), inner.program), ("/bin/inner", None));
    let words = |spec: &las_types::ServiceSpec| {
        serde_json::to_value(spec).unwrap()["runs"]["service"]["arguments"].to_string()
    };
    assert_eq!(
        (words(&spec_native).as_str(), words(&spec_inner).as_str()),
        (r#"["--native"]"#, r#"["--inner"]"#)
    );
}
