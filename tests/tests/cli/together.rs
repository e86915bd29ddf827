//! Several commands at once, on one machine without a core of its own.

use las_tests::{Begun, CHAT_MODEL, ENGINE, Workstation};
use serde_json::json;

#[test]
fn commands_at_the_same_time_do_not_disturb_each_other() {
    for _ in 0..5 {
        let machine = Workstation::new();
        let quick = |_| Begun::start(machine.las_command(&["module", "list", "--json"]));
        let mut others: Vec<Begun> = (0..2).map(quick).collect();
        // It may find the core in one of the others, which would be ready long before it.
        let install =
            Begun::start(machine.las_command(&["module", "install", ENGINE, CHAT_MODEL, "--yes", "--json"]));
        others.extend((0..2).map(quick));
        for other in others {
            other.wait().ok();
        }
        install.wait().ok();
        assert_eq!(machine.current().1, [CHAT_MODEL, ENGINE]);
        machine.is_healthy();
    }
}

#[test]
fn one_change_at_a_time() {
    let machine = Workstation::new();
    let core = machine.serve();
    let client = core.client();
    let planned = |module: &str| {
        let intent = json!({ "kind": "module_install", "modules": [module] });
        client.post("/v1/plans", &json!({ "intent": intent })).ok()["id"].as_str().unwrap().to_owned()
    };
    let (first, second) = (planned(ENGINE), planned(CHAT_MODEL));
    client.post(&format!("/v1/plans/{first}/approve"), &json!({})).ok();
    let refused = client.post(&format!("/v1/plans/{second}/approve"), &json!({}));
    // The first one runs still, or has just ended: then the second is stale.
    let said = refused.json()["code"].as_str().map(str::to_owned);
    assert!(["operation-running", "plan-stale"].contains(&said.as_deref().unwrap()), "{refused:?}");
}

#[test]
fn a_cancelled_operation_is_undone() {
    let machine = Workstation::new();
    let core = machine.serve();
    let client = core.client();
    let intent = json!({ "kind": "module_install", "modules": [ENGINE, CHAT_MODEL] });
    // It may be done before it is cancelled; then back, and once more.
    for _ in 0..20 {
        let plan = client.post("/v1/plans", &json!({ "intent": intent })).ok();
        let operation =
            client.post(&format!("/v1/plans/{}/approve", plan["id"].as_str().unwrap()), &json!({})).ok();
        let id = operation["id"].as_str().unwrap();
        client.post(&format!("/v1/operations/{id}/cancel"), &json!({})).ok();
        let ended = las_tests::until("the end of the operation", || {
            let shown = client.get(&format!("/v1/operations/{id}")).ok();
            let state = shown["operation"]["state"].as_str().unwrap().to_owned();
            (!["running", "undoing"].contains(&state.as_str())).then_some(state)
        });
        if ended == "cancelled" {
            assert!(
                machine.contents().iter().all(|path| path.starts_with("generations/")),
                "{:?}",
                machine.contents()
            );
            assert_eq!(machine.current().1, [""; 0]);
            return machine.is_healthy();
        }
        machine.las(&["generation", "rollback", "0", "--yes"]).ok();
    }
    panic!("it was always done before it could be cancelled");
}
