//! The same change asked for more than once, and what was undone asked for again.

use super::crashes::ended_after;
use las_tests::{CHAT_MODEL, Client, Workstation};
use serde_json::{Value, json};

fn planned(client: &Client, intent: &Value) -> String {
    let plan = client.post("/v1/plans", &json!({ "intent": intent }));
    assert_eq!(plan.status, 200, "{}", plan.body);
    plan.json()["id"].as_str().unwrap().to_owned()
}

fn install() -> Value {
    json!({ "kind": "module_install", "modules": [CHAT_MODEL] })
}

#[test]
fn a_key_begins_one_operation_however_often_it_is_asked_and_by_whichever_core() {
    let machine = Workstation::new();
    let core = machine.serve();
    let client = core.client();
    let (plan, other) = (planned(&client, &install()), planned(&client, &install()));
    let path = format!("/v1/plans/{plan}/approve");
    // All at once: one begins it, and each is told the same.
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let (client, path) = (client.clone().header("idempotency-key", "retry-1"), path.clone());
            std::thread::spawn(move || client.post(&path, &json!({})))
        })
        .collect();
    let ids: Vec<Value> = asked
        .into_iter()
        .map(|thread| {
            let answer = thread.join().unwrap();
            assert_eq!(answer.status, 200, "{}", answer.body);
            answer.json()["id"].clone()
        })
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    machine.las(&["operation", "follow", ids[0].as_str().unwrap()]).ok();
    let refused = client
        .clone()
        .header("idempotency-key", "retry-1")
        .post(&format!("/v1/plans/{other}/approve"), &json!({}));
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("idempotency-key-used")));
    assert_eq!(refused.json()["args"]["plan"], *plan);
    for (key, body) in [("has space", json!({})), ("one", json!({ "idempotency_key": "another" }))] {
        let invalid = client.clone().header("idempotency-key", key).post(&path, &body);
        assert_eq!((invalid.status, &invalid.json()["code"]), (400, &json!("request-invalid")), "{key}");
    }
    // Where it could not be kept, it is not taken.
    let token = client.clone().header("idempotency-key", "k").post("/v1/tokens", &json!({ "label": "x" }));
    assert_eq!((token.status, &token.json()["code"]), (400, &json!("request-invalid")));
    core.kill();
    let core = machine.serve();
    let again = core.client().post(&path, &json!({ "idempotency_key": "retry-1" }));
    assert_eq!((again.status, &again.json()["id"]), (200, &ids[0]), "{}", again.body);
    machine.las(&["apply", "--plan", &plan, "--idempotency-key", "retry-1", "--yes"]).ok();
    machine.json(&["apply", "--plan", &plan, "--yes"]).fails("plan-spent", 6);
    let lines = machine.json(&["audit", "list"]).ok().json();
    let of_operations = |line: &&Value| line["command"] != "token_create";
    assert_eq!(lines.as_array().unwrap().iter().filter(of_operations).count(), 1, "{lines:#}");
    drop(core);
}

#[test]
fn what_was_cut_off_is_taken_up_again() {
    let machine = Workstation::new();
    assert!(ended_after(&machine, 1, &[&install().to_string()]));
    machine.json(&["doctor"]).ok();
    let operations = machine.json(&["operation", "list"]).ok().json();
    let id = operations[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&operations[0]["state"], &operations[0]["failure"][0]),
        (&json!("failed"), &json!("operation-interrupted"))
    );
    let plan = machine.json(&["operation", "resume", &id]).status_is(6).json();
    assert_eq!((&plan["resumes"], &plan["intent"]), (&json!(id), &install()), "{plan:#}");
    machine.las(&["operation", "resume", &id, "--yes"]).ok();
    assert_eq!(machine.current().1, [CHAT_MODEL]);
    let operations = machine.json(&["operation", "list"]).ok().json();
    let (resumed, new) = (&operations[1], &operations[0]);
    assert_eq!(
        (&resumed["id"], &new["resumes"], &new["state"]),
        (&json!(id), &json!(id), &json!("succeeded"))
    );
    let shown = machine.las(&["operation", "show", new["id"].as_str().unwrap()]).ok().stdout;
    assert!(shown.contains(&id), "{shown}");
    // What succeeded is not done again, and what never was has no end.
    let succeeded = new["id"].as_str().unwrap();
    let refused =
        machine.json(&["operation", "resume", succeeded, "--yes"]).fails("operation-not-resumable", 2);
    assert_eq!(refused.json()["args"]["state"], "succeeded");
    machine.json(&["operation", "resume", "nothing", "--yes"]).fails("operation-not-found", 5);
    // Once more there is nothing left to do.
    assert_eq!(machine.json(&["operation", "resume", &id, "--yes"]).ok().json()["steps"], json!([]));
    machine.is_healthy();
}
