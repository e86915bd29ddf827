//! A fetch that is paused: kept as it is over restarts, in nobody's way, and gone on with where it was.

use las_tests::{Begun, Core, Fault, Hub, Workstation, hub_repository, models, until};
use las_types::Digest;
use serde_json::{Value, json};
use std::path::Path;

const CHAT: &str = "tiny-org/Tiny-Chat-GGUF";

/// A model of 40 MiB.
fn big() -> Vec<u8> {
    let weights = vec![7; 40 << 20];
    models::header().tensor("token_embd.weight", &[10 << 20], las_models::TensorType::F32, &weights).finish()
}

fn hub(folder: &Path, bytes: &[u8]) -> Hub {
    let about = json!({ "task": "text-generation", "license": "apache-2.0", "context": 256 });
    hub_repository(folder, CHAT, &about, &[("big.gguf", bytes)]);
    let hub = Hub::start(folder);
    // Whole, it would take eighty seconds: it is still under way when it is paused.
    hub.faults([Fault::Slow(256 << 10, 500)]);
    hub
}

fn machine(hub: &Hub) -> Workstation {
    let machine = Workstation::new();
    let text = format!(
        "[models]\nhugging_face = \"{}\"\nmodel_scope = \"off\"\nfile_hosts = \"127.0.0.2\"\n",
        hub.endpoint()
    );
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), text).unwrap();
    machine
}

/// Begins to pull the model; gives the operation.
fn begin(core: &Core) -> String {
    let intent = json!({ "kind": "model_pull", "id": CHAT });
    let plan = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
    let path = format!("/v1/plans/{}/approve", plan["id"].as_str().unwrap());
    core.client().post(&path, &json!({})).ok()["id"].as_str().unwrap().to_owned()
}

fn shown(core: &Core, id: &str) -> Value {
    core.client().get(&format!("/v1/operations/{id}")).ok()["operation"].take()
}

fn until_ended(core: &Core, id: &str) -> Value {
    until("the end of the operation", || Some(shown(core, id)).filter(|shown| !shown["ended_at"].is_null()))
}

/// Waits until more than so many bytes are done.
fn until_done(core: &Core, id: &str, bytes: u64) {
    until("more bytes", || (shown(core, id)["progress"]["done"].as_u64().unwrap() > bytes).then_some(()));
}

/// The bytes from which files were asked of the hub's second host.
fn asked(hub: &Hub) -> Vec<u64> {
    let asked = hub.asked();
    let files = asked.iter().filter(|asked| asked.method == "GET" && asked.host.starts_with("127.0.0.2"));
    let from = |range: &String| range.strip_prefix("bytes=").unwrap().trim_end_matches('-').parse().unwrap();
    files.map(|asked| asked.headers.get("range").map_or(0, from)).collect()
}

fn parts(machine: &Workstation) -> usize {
    std::fs::read_dir(machine.home().join("partial")).map_or(0, Iterator::count)
}

#[test]
fn a_paused_fetch_survives_a_restart_and_goes_on_behind_what_is_here() {
    let (folder, bytes) = (tempfile::tempdir().unwrap(), big());
    let hub = hub(folder.path(), &bytes);
    let machine = machine(&hub);
    let core = machine.serve();
    let id = begin(&core);
    // Speed and time are told as soon as they are known.
    let moving = until("how fast it is", || {
        let progress = shown(&core, &id)["progress"].take();
        progress["left"].is_u64().then_some(progress)
    });
    assert!(moving["speed"].as_u64().unwrap() > 0 && moving["total"] == json!(bytes.len()), "{moving}");
    let told = machine.las(&["operation", "show", &id]).ok().stdout;
    assert!(told.contains(" of 41.9 MB · ") && told.contains("/s"), "{told}");
    let said = machine.las(&["operation", "pause", &id]).ok();
    assert!(said.stdout.contains(&format!("las operation resume {id}")), "{said}");
    machine.las(&["operation", "pause", &id]).ok();
    let paused = shown(&core, &id);
    assert_eq!((&paused["state"], &paused["ended_at"]), (&json!("paused"), &json!(null)));
    assert!(paused["progress"]["done"].as_u64().unwrap() > 0 && paused["progress"]["speed"].is_null());
    let told = machine.las(&["status"]).ok().stdout;
    assert!(told.contains("paused"), "{told}");
    assert_eq!(asked(&hub).len(), 1, "nothing asks for more while it is paused");
    core.kill();
    let core = machine.serve();
    assert_eq!(shown(&core, &id)["state"], "paused");
    assert_eq!(core.client().get("/v1/status").ok()["operations"][0]["id"], json!(id));
    let report = machine.json(&["doctor"]).ok().json();
    let found: Vec<&Value> = report["findings"].as_array().unwrap().iter().map(|one| &one["key"]).collect();
    assert_eq!(found, ["partly-fetched"], "{report:#}");
    hub.faults([]);
    machine.las(&["operation", "resume", &id]).ok();
    let ended = shown(&core, &id);
    assert_eq!(ended["state"], "succeeded", "{ended:#}");
    let asked = asked(&hub);
    assert!(asked.len() == 2 && asked[1] > 0, "{asked:?}");
    let listed = core.client().get("/v1/model-packages").ok();
    assert_eq!(listed[0]["digest"], Digest::of(&bytes).to_string());
    assert_eq!(parts(&machine), 0);
    machine.json(&["operation", "resume", &id, "--yes"]).fails("operation-not-resumable", 2);
    machine.json(&["operation", "pause", &id]).fails("operation-not-pausable", 2);
    machine.is_healthy();
    machine.las(&["audit", "verify"]).ok();
}

#[test]
fn others_change_what_they_like_while_one_is_paused_and_it_goes_on_after_them() {
    let (folder, bytes) = (tempfile::tempdir().unwrap(), big());
    let hub = hub(folder.path(), &bytes);
    let machine = machine(&hub);
    let core = machine.serve();
    let id = begin(&core);
    until_done(&core, &id, 100_000);
    machine.las(&["operation", "pause", &id]).ok();
    machine.las(&["module", "install", las_tests::CHAT_MODEL, "--yes"]).ok();
    hub.faults([]);
    machine.las(&["operation", "resume", &id]).ok();
    assert_eq!(shown(&core, &id)["state"], "succeeded");
    let listed = core.client().get("/v1/model-packages").ok();
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed:#}");
    assert!(asked(&hub).last().is_some_and(|from| *from > 0), "{:?}", asked(&hub));
    machine.is_healthy();
    machine.las(&["audit", "verify"]).ok();
}

#[test]
fn what_has_come_to_be_another_plan_stays_paused_and_is_cancelled_without_a_trace() {
    let (folder, bytes) = (tempfile::tempdir().unwrap(), big());
    let hub = hub(folder.path(), &bytes);
    let machine = machine(&hub);
    let core = machine.serve();
    let id = begin(&core);
    until_done(&core, &id, 100_000);
    machine.las(&["operation", "pause", &id]).ok();
    let about = json!({ "task": "text-generation", "license": "mit", "context": 256 });
    hub_repository(folder.path(), CHAT, &about, &[("big.gguf", &models::small(5))]);
    hub.reload();
    machine.las(&["module", "install", las_tests::CHAT_MODEL, "--yes"]).ok();
    machine.json(&["operation", "resume", &id]).fails("plan-stale", 6);
    assert_eq!(shown(&core, &id)["state"], "paused");
    assert!(parts(&machine) > 0);
    machine.las(&["operation", "cancel", &id]).ok();
    assert_eq!(shown(&core, &id)["state"], "cancelled");
    assert_eq!(parts(&machine), 0);
    machine.is_healthy();
    machine.las(&["audit", "verify"]).ok();
}

#[test]
fn who_follows_is_told_of_the_pause_and_a_rate_holds_what_goes_on() {
    let (folder, bytes) = (tempfile::tempdir().unwrap(), big());
    let hub = hub(folder.path(), &bytes);
    let machine = machine(&hub);
    let core = machine.serve();
    let id = begin(&core);
    until_done(&core, &id, 100_000);
    let following = Begun::start(machine.las_command(&["operation", "follow", &id, "--json"]));
    core.client().post(&format!("/v1/operations/{id}/pause"), &json!({})).ok();
    let told = following.wait().status_is(1);
    assert!(told.stdout.contains(r#""state":"paused""#), "{told}");
    // From now on it is the machine that holds it up, and not the hub.
    hub.faults([]);
    machine.las(&["config", "set", "fetch.bandwidth", "256KiB", "--yes"]).ok();
    let went_on = core.client().post(&format!("/v1/operations/{id}/resume"), &json!({})).ok();
    assert_eq!(went_on["state"], "running");
    let held = until("how fast it is", || {
        let progress = shown(&core, &id)["progress"].take();
        progress["speed"].as_u64().filter(|speed| *speed > 0)
    });
    assert!(held < 4 << 20, "{held} bytes a second");
    machine.las(&["operation", "pause", &id]).ok();
    machine.las(&["config", "unset", "fetch.bandwidth", "--yes"]).ok();
    machine.las(&["operation", "resume", &id]).ok();
    assert_eq!(until_ended(&core, &id)["state"], "succeeded");
    machine.is_healthy();
}
