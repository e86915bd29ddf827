//! The client library that most programs use.

use las_tests::{CHAT_MODEL, Ran, Workstation, repository, skip};
use std::path::PathBuf;

#[test]
fn the_openai_client_gets_its_answers() {
    let python = std::env::var_os("LAS_OPENAI_PYTHON").map(PathBuf::from).filter(|python| python.exists());
    let Some(python) = python else {
        return skip(
            "api::openai_client::the_openai_client_gets_its_answers",
            "the OpenAI client is not set up",
        );
    };
    let machine = Workstation::installed();
    let core = machine.serve();
    let script = repository().join("tests/fixtures/openai_client.py");
    let ran = Ran::run(
        machine.command(&python, &[script.to_str().unwrap(), &core.base_url(), core.token(), CHAT_MODEL]),
    )
    .ok();
    assert_eq!(ran.stdout.trim(), "models chat stream tools schema embeddings errors", "{ran}");
}
