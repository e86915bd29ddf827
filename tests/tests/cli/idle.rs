//! Models that nobody uses.

use las_tests::{CHAT_MODEL, Workstation, until};
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
