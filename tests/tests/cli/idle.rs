//! Models that nobody uses.

use las_state::State;
use las_tests::{CHAT_MODEL, Workstation, until};
use las_types::ModuleState;
use serde_json::json;

#[test]
fn a_model_is_unloaded_when_nobody_uses_it_and_loaded_again_by_the_next_request() {
    let machine = Workstation::installed();
    let core = machine.serve();
    machine.las(&["run", CHAT_MODEL, "Hello", "--max-tokens", "4"]).ok();
    let state = || core.client().get("/v1/services").ok()[0]["state"].as_str().map(str::to_owned);
    assert_eq!(state().as_deref(), Some("ready"), "by default it stays");
    machine.las(&["config", "set", "engine.idle_unload", "1s", "--yes"]).ok();
    until("the model is unloaded", || (state().as_deref() == Some("stopped")).then_some(()));
    // The engine has ended before its operation has.
    let unload = until("the unloading is in the ledger", || {
        let lines = machine.json(&["audit", "list"]).ok().json();
        lines.as_array().unwrap().iter().find(|line| line["command"] == "service_stop").cloned()
    });
    assert_eq!((&unload["actor"], &unload["outcome"]), (&json!("idle"), &json!("succeeded")), "{unload:#}");
    let asked =
        json!({ "model": CHAT_MODEL, "messages": [{ "role": "user", "content": "Hello" }], "max_tokens": 4 });
    core.client().post("/v1/chat/completions", &asked).ok();
    machine.is_healthy();
}

/// The end of the services came after the database was closed, so that a core ended with a warning.
#[test]
fn a_core_that_ends_takes_down_that_its_services_have_stopped() {
    let machine = Workstation::installed();
    for _ in 0..3 {
        // A command that is the core itself, with a service of its own.
        let ran = machine.las(&["run", CHAT_MODEL, "Hello", "--max-tokens", "4"]).ok();
        assert_eq!(ran.stderr.matches("WARN").count(), 0, "{ran}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let records = runtime.block_on(async {
            let state = State::open(&machine.home().join("state.db")).await.unwrap();
            let records = state.modules().await.unwrap();
            state.close().await;
            records
        });
        let life =
            records.iter().find(|record| record.name.as_str() == CHAT_MODEL).map(|record| record.state);
        assert_eq!(life, Some(ModuleState::Stopped), "{records:?}");
    }
}
