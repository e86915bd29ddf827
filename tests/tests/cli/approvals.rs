//! Nothing changes without approval, and a plan only runs as it was read.

use las_tests::{CHAT_MODEL, ENGINE, Workstation};

fn planned(machine: &Workstation, modules: &[&str]) -> String {
    let mut arguments = vec!["module", "plan"];
    arguments.extend(modules);
    machine.json(&arguments).ok().json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn without_approval_nothing_happens() {
    let machine = Workstation::new();
    let asked = machine.las(&["module", "install", CHAT_MODEL]);
    assert_eq!(asked.status, Some(6), "{asked}");
    assert!(asked.stdout.contains(CHAT_MODEL), "the plan is shown first: {asked}");
    assert_eq!(machine.json(&["module", "install", CHAT_MODEL]).status, Some(6));
    assert_eq!(machine.contents(), [""; 0]);
    assert_eq!(machine.current(), (0, vec![]));
}

#[test]
fn a_plan_runs_by_its_id_once() {
    let machine = Workstation::new();
    let id = planned(&machine, &[CHAT_MODEL]);
    machine.las(&["apply", "--plan", &id]).ok();
    assert_eq!(machine.current(), (1, vec![CHAT_MODEL.to_owned()]));
    machine.json(&["apply", "--plan", &id]).fails("plan-spent", 6);
}

#[test]
fn a_stale_plan_is_refused() {
    let machine = Workstation::new();
    let id = planned(&machine, &[ENGINE, CHAT_MODEL]);
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    machine.json(&["apply", "--plan", &id, "--yes"]).fails("plan-stale", 6);
    assert_eq!(machine.current(), (1, vec![CHAT_MODEL.to_owned()]));
    machine.is_healthy();
}

#[test]
fn the_exit_status_says_what_kind_of_failure() {
    let machine = Workstation::new();
    for arguments in [
        &["module", "show", "nobody"][..],
        &["module", "install", "nobody", "--yes"],
        &["model", "verify", "nobody"],
        &["model", "import", "/nowhere/model.gguf", "--yes"],
        &["run", "nobody", "Hello"],
        &["operation", "show", "nobody"],
        &["apply", "--plan", "nobody"],
        &["generation", "show", "9"],
        &["generation", "rollback", "9", "--yes"],
        &["service", "stop", "nobody"],
        &["token", "revoke", "nobody"],
    ] {
        let ran = machine.json(arguments);
        assert_eq!(ran.status, Some(5), "{ran}");
        assert!(ran.code().unwrap().ends_with("-not-found"), "{ran}");
    }
    for arguments in [
        &["nonsense"][..],
        &["module", "install"],
        &["--nonsense"],
        &["module", "install", "No Name", "--yes"],
    ] {
        assert_eq!(machine.las(arguments).status, Some(2), "{arguments:?}");
    }
    // No version of it is that one.
    machine.json(&["module", "install", "llama.cpp@>=9", "--yes"]).fails("module-conflict", 4);
    // Without a core at the address that it may use: the outside is refused unless asked for.
    machine.json(&["serve", "--addr", "0.0.0.0:0"]).fails("permission-denied", 8);
    assert_eq!(machine.contents(), [""; 0]);
}

#[test]
fn every_error_has_a_remedy_in_both_languages() {
    let machine = Workstation::new();
    let mut texts = Vec::new();
    for language in ["en", "zh-CN"] {
        let ran = machine.las(&["module", "show", "nobody", "--lang", language]);
        assert!(ran.stderr.contains("nobody"), "{ran}");
        assert!(ran.stderr.lines().count() >= 2, "an error and its remedy: {ran}");
        texts.push(ran.stderr);
    }
    assert_ne!(texts[0], texts[1]);
}
