//! The hub is honest: the makers' own client libraries take it for theirs.

use super::hub;
use las_tests::{LET_IN, Ran, repository, skip};
use std::path::PathBuf;
use std::process::Command;

fn python(test: &str) -> Option<PathBuf> {
    let python = std::env::var_os("LAS_HUB_PYTHON").map(PathBuf::from).filter(|python| python.exists());
    if python.is_none() {
        skip(test, "the hubs' client libraries are not set up");
    }
    python
}

#[track_caller]
fn run(test: &str, script: &str, held: &str) {
    let Some(python) = python(test) else { return };
    let (_folder, hub) = hub();
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(python);
    command.arg(repository().join("tests/fixtures").join(script)).args([&hub.endpoint(), LET_IN]);
    // Nothing of the person's who runs this.
    command.env_clear().env("HOME", home.path()).env("HF_HOME", home.path()).env("PATH", "/usr/bin:/bin");
    let ran = Ran::run(command).ok();
    let last = ran.stdout.lines().last().unwrap_or_default();
    assert_eq!(last, held, "{ran}");
}

#[test]
fn hugging_faces_client_takes_it_for_its_own() {
    let test = "hub::honest::hugging_faces_client_takes_it_for_its_own";
    run(test, "huggingface_client.py", "search pages info tree file snapshot cached missing gated private");
}

#[test]
fn model_scopes_client_takes_it_for_its_own() {
    let test = "hub::honest::model_scopes_client_takes_it_for_its_own";
    run(test, "modelscope_client.py", "search info revisions files file missing private");
}
