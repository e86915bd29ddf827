//! Models that are fetched from a source.

use las_models::{GgufWriter, TensorType};
use las_tests::{
    ENGINE, Fault, Hub, Tmpfs, Workstation, hub_repository, models, shipped_chat_model, skip, until,
};
use las_types::Digest;
use serde_json::{Value, json};
use std::path::Path;

const CHAT: &str = "tiny-org/Tiny-Chat-GGUF";

/// A machine whose source is this address.
fn machine(hub: &str) -> Workstation {
    let machine = Workstation::new();
    configure(&machine, hub);
    machine
}

fn configure(machine: &Workstation, hub: &str) {
    let text =
        format!("[models]\nhugging_face = \"{hub}\"\nmodel_scope = \"off\"\nfile_hosts = \"127.0.0.2\"\n");
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), text).unwrap();
}

fn about() -> Value {
    json!({ "task": "text-generation", "license": "apache-2.0", "context": 256 })
}

/// A hub with the shipped chat model under two quantisations' names, of which one is another file.
fn chat(folder: &Path) -> (Hub, Vec<u8>) {
    let bytes = std::fs::read(shipped_chat_model()).unwrap();
    let files: &[(&str, &[u8])] =
        &[("tiny-Q8_0.gguf", &bytes), ("tiny-Q4_K_M.gguf", &models::small(3)), ("README.md", b"# Tiny")];
    hub_repository(folder, CHAT, &about(), files);
    (Hub::start(folder), bytes)
}

/// Files that were asked of the second host, and from which byte on.
fn fetched(hub: &Hub) -> Vec<String> {
    let asked = hub.asked();
    let files = asked.iter().filter(|asked| asked.method == "GET" && asked.host.starts_with("127.0.0.2"));
    files.map(|asked| asked.headers.get("range").cloned().unwrap_or_else(|| "whole".to_owned())).collect()
}

fn nothing_is_left(machine: &Workstation) {
    assert!(
        machine.contents().iter().all(|path| path.starts_with("generations/")),
        "{:?}",
        machine.contents()
    );
    assert_eq!(machine.json(&["model", "list"]).ok().json(), json!([]));
    machine.is_healthy();
}

#[test]
fn a_model_is_chosen_fetched_recorded_and_answers() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, bytes) = chat(folder.path());
    let machine = machine(&hub.endpoint());
    let shown = machine.las(&["model", "pull", CHAT]);
    assert_eq!(shown.status, Some(6), "{shown}");
    for told in ["tiny-Q8_0.gguf", "best quantisation", "apache-2.0", "127.0.0.2", &hub.commit(CHAT)[..12]] {
        assert!(shown.stdout.contains(told), "{told}: {shown}");
    }
    assert_eq!(fetched(&hub), [""; 0], "a plan fetches nothing");
    machine.las(&["model", "pull", CHAT, "--name", "tiny", "--yes"]).ok();
    let listed = machine.json(&["model", "list"]).ok().json();
    let [model] = &listed.as_array().unwrap()[..] else { panic!("{listed:#}") };
    let package = &model["package"];
    assert_eq!(package["weights"][0]["digest"], Digest::of(&bytes).to_string());
    assert_eq!(package["weights"][0]["path"], "tiny-Q8_0.gguf");
    let origin = &package["arrival"]["origin"];
    assert_eq!(
        (&package["license"], &origin["id"], &origin["commit"], &package["obligations"]),
        (&json!("apache-2.0"), &json!(CHAT), &json!(hub.commit(CHAT)), &json!(["keep-notices"]))
    );
    // What only its header says is there as well.
    assert_eq!(model["facts"]["has_chat_template"], true);
    assert!(!package["tokenizer"].is_null());
    let here = machine.json(&["model", "show", CHAT]).ok().json();
    assert_eq!(here["installed"], json!([package]));
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    let answered = machine.las(&["run", "tiny", "What is VRAM?", "--temperature", "0", "--seed", "1"]).ok();
    assert!(answered.stdout.contains("memory"), "{answered}");
    assert_eq!(std::fs::read_dir(machine.home().join("partial")).map_or(0, Iterator::count), 0);
    machine.is_healthy();
    machine.las(&["model", "remove", "tiny", "--yes"]).ok();
    assert_eq!(machine.json(&["model", "list"]).ok().json(), json!([]));
    machine.is_healthy();
}

#[test]
fn what_is_here_already_is_not_fetched_again() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, _) = chat(folder.path());
    let machine = machine(&hub.endpoint());
    let named = format!("{CHAT}:tiny-Q4_K_M.gguf");
    machine.las(&["model", "pull", &named, "--yes"]).ok();
    assert_eq!(fetched(&hub).len(), 1);
    let again = machine.json(&["model", "pull", &named, "--yes"]).ok().json();
    assert_eq!(again["steps"], json!([]), "{again:#}");
    let other = machine.json(&["model", "pull", &named, "--name", "other"]);
    let plan = other.json();
    assert_eq!((&plan["totals"]["download"], &plan["hosts"]), (&json!(0), &json!([])), "{plan:#}");
    machine.las(&["model", "pull", &named, "--name", "other", "--yes"]).ok();
    assert_eq!(fetched(&hub).len(), 1);
    machine.is_healthy();
}

#[test]
fn a_kill_in_the_middle_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let weights = vec![7; 40 << 20];
    let bytes = models::header().tensor("token_embd.weight", &[10 << 20], TensorType::F32, &weights).finish();
    hub_repository(folder.path(), CHAT, &about(), &[("big.gguf", &bytes)]);
    let hub = Hub::start(folder.path());
    let machine = machine(&hub.endpoint());
    hub.faults([Fault::Slow(1 << 20, 50)]);
    let core = machine.serve();
    let intent = json!({ "kind": "model_pull", "id": CHAT });
    let plan = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
    assert_eq!(plan["totals"]["download"], json!(bytes.len()));
    core.client().post(&format!("/v1/plans/{}/approve", plan["id"].as_str().unwrap()), &json!({})).ok();
    let partial = machine.home().join("partial");
    until("a segment on the disk", || {
        let mut parts = std::fs::read_dir(&partial).ok()?.filter_map(Result::ok);
        let whole = parts.any(|part| {
            part.path().extension().is_none() && part.metadata().is_ok_and(|found| found.len() > 20 << 20)
        });
        whole.then_some(())
    });
    core.kill();
    hub.faults([]);
    let plan = machine.json(&["model", "pull", CHAT]).json();
    let left = plan["totals"]["download"].as_u64().unwrap();
    assert!(left <= bytes.len() as u64 - (16 << 20), "{left}");
    let before = fetched(&hub).len();
    machine.las(&["model", "pull", CHAT, "--yes"]).ok();
    let ranges = &fetched(&hub)[before..];
    assert!(ranges.len() == 1 && ranges[0].starts_with("bytes="), "{ranges:?}");
    let listed = machine.json(&["model", "list"]).ok().json();
    assert_eq!(listed[0]["digest"], Digest::of(&bytes).to_string());
    machine.is_healthy();
}

#[test]
fn a_split_model_comes_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let part = |number: u32, name: &str| {
        let header = if number == 0 { models::header() } else { GgufWriter::new() };
        header
            .raw("split.no", 2, &u16::try_from(number).unwrap().to_le_bytes())
            .raw("split.count", 2, &2_u16.to_le_bytes())
            .raw("split.tensors.count", 5, &2_i32.to_le_bytes())
            .tensor(name, &[8, 4], TensorType::F32, &[0; 128])
            .finish()
    };
    let (one, two) = (part(0, "token_embd.weight"), part(1, "output.weight"));
    let files: &[(&str, &[u8])] =
        &[("q8/m-Q8_0-00001-of-00002.gguf", &one), ("q8/m-Q8_0-00002-of-00002.gguf", &two)];
    hub_repository(folder.path(), CHAT, &about(), files);
    hub_repository(folder.path(), "tiny-org/Half", &about(), &[("h-00001-of-00002.gguf", &one)]);
    let hub = Hub::start(folder.path());
    let machine = machine(&hub.endpoint());
    machine.json(&["model", "pull", "tiny-org/Half", "--yes"]).fails("model-none-suitable", 3);
    machine.las(&["model", "pull", CHAT, "--yes"]).ok();
    let listed = machine.json(&["model", "list"]).ok().json();
    assert_eq!(listed[0]["name"], "m-q8_0");
    assert_eq!(listed[0]["package"]["weights"].as_array().unwrap().len(), 2);
    assert_eq!(listed[0]["facts"]["parameters"], json!(64));
    machine.is_healthy();
    machine.las(&["model", "verify"]).ok();
    machine.las(&["model", "remove", "m-q8_0", "--yes"]).ok();
    nothing_is_left(&machine);
}

#[test]
fn other_bytes_than_were_published_install_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, _) = chat(folder.path());
    let machine = machine(&hub.endpoint());
    hub.faults([Fault::OtherContent]);
    machine.json(&["model", "pull", CHAT, "--yes"]).fails("checksum-mismatch", 9);
    nothing_is_left(&machine);
}

#[test]
fn what_was_shown_is_fetched_though_the_branch_went_on() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, bytes) = chat(folder.path());
    let machine = machine(&hub.endpoint());
    let core = machine.serve();
    let intent = json!({ "kind": "model_pull", "id": CHAT, "file": "tiny-Q8_0.gguf" });
    let plan = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
    hub_repository(folder.path(), CHAT, &about(), &[("tiny-Q8_0.gguf", &models::small(9))]);
    hub.reload();
    machine.las(&["apply", "--plan", plan["id"].as_str().unwrap(), "--yes"]).ok();
    let listed = core.client().get("/v1/model-packages").ok();
    assert_eq!(listed[0]["digest"], Digest::of(&bytes).to_string());
    let now = machine.json(&["model", "pull", CHAT, "--name", "next"]).json();
    assert_ne!(now["outcome"][0]["digest"], listed[0]["digest"]);
}

#[test]
fn what_can_not_be_had_is_refused_by_name_and_nothing_is_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let pickle: &[u8] = &b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.".repeat(8);
    let kinds: [(&str, &str, &[u8]); 4] = [
        ("o/pickle", "pytorch_model.bin", pickle),
        ("o/tensors", "model.safetensors", &[0; 100]),
        ("o/none", "README.md", b"# Nothing"),
        ("o/disguised", "model.gguf", pickle),
    ];
    for (id, path, bytes) in kinds {
        hub_repository(folder.path(), id, &about(), &[(path, bytes)]);
    }
    let gated = json!({ "gated": true, "license": "mit" });
    hub_repository(folder.path(), "o/gated", &gated, &[("gated.gguf", &models::small(8))]);
    let hub = Hub::start(folder.path());
    let machine = machine(&hub.endpoint());
    for (id, said) in
        [("o/pickle", "pytorch_model.bin"), ("o/tensors", "model.safetensors"), ("o/none", "README.md")]
    {
        let ran = machine.json(&["model", "pull", id, "--yes"]).fails("model-none-suitable", 3);
        assert!(ran.stdout.contains(said) || ran.stderr.contains(said), "{ran}");
    }
    machine.json(&["model", "pull", "o/gated", "--yes"]).fails("model-gated", 8);
    machine.json(&["model", "pull", "o/missing", "--yes"]).fails("model-repository-not-found", 5);
    machine.json(&["model", "pull", "o/pickle:no.gguf", "--yes"]).fails("model-file-not-found", 5);
    machine.json(&["model", "pull", "o/none", "--source", "nowhere"]).fails("model-source-unknown", 5);
    assert_eq!(fetched(&hub), [""; 0]);
    // Its name says nothing against it; its bytes do.
    machine.json(&["model", "pull", "o/disguised", "--yes"]).fails("model-runs-code", 9);
    nothing_is_left(&machine);
}

#[test]
fn what_is_no_model_is_given_up_with_its_first_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.".to_vec();
    bytes.resize(64 << 20, 7);
    hub_repository(folder.path(), "o/disguised", &about(), &[("model.gguf", &bytes)]);
    let hub = Hub::start(folder.path());
    let machine = machine(&hub.endpoint());
    // Whole, it would take two minutes.
    hub.faults([Fault::Slow(1 << 20, 2_000)]);
    machine.json(&["model", "pull", "o/disguised", "--yes"]).fails("model-runs-code", 9);
    assert_eq!(fetched(&hub).len(), 1);
    nothing_is_left(&machine);
}

#[test]
fn the_digest_of_what_publishes_none_is_learned() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, bytes) = chat(folder.path());
    let pickle: &[u8] = &b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.".repeat(8);
    hub_repository(folder.path(), "o/disguised", &about(), &[("model.gguf", pickle)]);
    hub.reload();
    hub.faults([Fault::Plain]);
    let machine = machine(&hub.endpoint());
    machine.json(&["model", "pull", "o/disguised", "--yes"]).fails("model-runs-code", 9);
    nothing_is_left(&machine);
    let named = format!("{CHAT}:tiny-Q8_0.gguf");
    machine.las(&["model", "pull", &named, "--yes"]).ok();
    let listed = machine.json(&["model", "list"]).ok().json();
    let digest = Digest::of(&bytes).to_string();
    assert_eq!(
        (&listed[0]["digest"], &listed[0]["package"]["weights"][0]["digest"]),
        (&json!(digest), &json!(digest))
    );
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
    let again = machine.json(&["model", "pull", &named, "--yes"]).ok().json();
    assert_eq!(again["steps"], json!([]), "{again:#}");
    machine.las(&["model", "remove", listed[0]["name"].as_str().unwrap(), "--yes"]).ok();
    nothing_is_left(&machine);
}

#[test]
fn a_model_that_the_disk_has_no_room_for_is_not_begun() {
    let disk = match Tmpfs::mount(40_000_000) {
        Ok(disk) => disk,
        Err(reason) => {
            let test = "cli::pulling::a_model_that_the_disk_has_no_room_for_is_not_begun";
            return skip(test, &format!("no small disk can be mounted: {reason}"));
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let weights = vec![7; 32 << 20];
    let bytes = models::header().tensor("token_embd.weight", &[8 << 20], TensorType::F32, &weights).finish();
    hub_repository(folder.path(), CHAT, &about(), &[("big.gguf", &bytes)]);
    let hub = Hub::start(folder.path());
    let machine = Workstation::new().at(disk.path());
    configure(&machine, &hub.endpoint());
    machine.json(&["model", "pull", CHAT, "--yes"]).fails("disk-space-short", 3);
    assert_eq!(fetched(&hub), [""; 0]);
    nothing_is_left(&machine);
}

#[test]
fn a_model_without_a_network_is_told_so() {
    let machine = machine("http://127.0.0.1:9");
    machine.json(&["model", "pull", CHAT, "--yes"]).fails("hub-unreachable", 7);
    nothing_is_left(&machine);
}
