//! One file behind an address, with the digest that it must have.

use super::{BEFORE, CHAT, SEGMENT, asked_from, configure, hub, large, nothing_is_left};
use las_tests::{Fault, Hub, Workstation, hub_repository, models};
use las_types::Digest;
use serde_json::json;

/// The address of the model on the hub, which sends on to its second host.
fn address(hub: &Hub) -> String {
    format!("{}/{CHAT}/resolve/main/m.gguf", hub.endpoint())
}

/// A machine that asks no hub by itself, and may ask the hosts of the hub.
fn machine() -> Workstation {
    let machine = Workstation::new();
    configure(
        &machine,
        "hugging_face = \"off\"\nmodel_scope = \"off\"\nfile_hosts = \"127.0.0.1,127.0.0.2\"\n",
    );
    machine
}

#[test]
fn a_file_behind_an_address_is_planned_with_its_hosts_size_and_digest_and_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = models::small(3);
    let hub = hub(folder.path(), &bytes);
    let machine = machine();
    let (url, hex) = (address(&hub), Digest::of(&bytes).hex());
    // What is signed for reading may be refused to who asks for headers alone.
    for fault in [None, Some(Fault::HeadRefused)] {
        hub.faults(fault);
        let shown = machine.las(&["model", "pull", &url, "--sha256", &hex]).status_is(6);
        for told in ["127.0.0.1, 127.0.0.2", &hex, "names no licence"] {
            assert!(shown.stdout.contains(told), "{told}: {shown}");
        }
        let plan = machine.json(&["model", "pull", &url, "--sha256", &hex]).json();
        assert_eq!(plan["totals"]["download"], json!(bytes.len()), "{plan:#}");
        assert_eq!(plan["hosts"], json!(["127.0.0.1", "127.0.0.2"]));
    }
    hub.faults([]);
    let core = machine.serve();
    let digest = format!("sha256:{hex}");
    let intent = json!({ "kind": "model_pull_address", "url": url, "digest": digest, "name": "mine" });
    let plan = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
    machine.las(&["apply", "--plan", plan["id"].as_str().unwrap(), "--yes"]).ok();
    let listed = core.client().get("/v1/model-packages").ok();
    let origin = &listed[0]["package"]["arrival"]["origin"];
    assert_eq!((&listed[0]["name"], &listed[0]["digest"]), (&json!("mine"), &json!(digest)));
    assert_eq!((&origin["kind"], &origin["id"]), (&json!("url"), &json!("127.0.0.1/m.gguf")), "{origin:#}");
    drop(core);
    let again =
        machine.json(&["model", "pull", &url, "--sha256", &hex, "--name", "mine", "--yes"]).ok().json();
    assert_eq!(again["steps"], json!([]), "{again:#}");
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
    machine.las(&["model", "remove", "mine", "--yes"]).ok();
    nothing_is_left(&machine);
}

#[test]
fn an_address_without_a_digest_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path(), &models::small(3));
    let machine = machine();
    let url = address(&hub);
    let ran = machine.las(&["model", "pull", &url, "--yes"]).status_is(2);
    assert!(ran.stderr.contains("--sha256 HEX"), "{ran}");
    machine.json(&["model", "pull", &url, "--yes"]).fails("model-digest-missing", 2);
    for bad in [
        &["model", "pull", &url, "--sha256", "12"][..],
        &["model", "pull", CHAT, "--sha256", &"0".repeat(64)],
        &["model", "pull", &url, "--sha256", &"0".repeat(64), "--source", "hugging-face"],
        &["model", "pull", "https://ada:secret@hub.example/m.gguf", "--sha256", &"0".repeat(64)],
    ] {
        machine.las(bad).status_is(2);
    }
    assert!(hub.asked().is_empty(), "{:#?}", hub.asked());
    nothing_is_left(&machine);
}

#[test]
fn a_wrong_digest_installs_nothing_and_both_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = models::small(3);
    let hub = hub(folder.path(), &bytes);
    let machine = machine();
    let wrong = Digest::of(b"something else");
    let ran = machine.json(&["model", "pull", &address(&hub), "--sha256", &wrong.hex(), "--yes"]);
    let ran = ran.fails("checksum-mismatch", 9);
    for digest in [wrong, Digest::of(&bytes)] {
        assert!(format!("{ran}").contains(&digest.to_string()), "{ran}");
    }
    nothing_is_left(&machine);
}

#[test]
fn a_fetch_from_an_address_goes_on_behind_what_is_here() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = large();
    let hub = hub(folder.path(), &bytes);
    let machine = machine();
    let pull = ["model", "pull", &address(&hub), "--sha256", &Digest::of(&bytes).hex(), "--yes"];
    hub.faults([Fault::EndsAfter(BEFORE)]);
    machine.json(&pull).fails("fetch-refused", 1);
    let before = asked_from(&hub).len();
    hub.faults([]);
    machine.las(&pull).ok();
    let [from] = asked_from(&hub)[before..] else { panic!("{:?}", asked_from(&hub)) };
    assert!(from >= SEGMENT, "{from}");
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
}

#[test]
fn what_lies_behind_an_address_is_judged_by_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let pickle: &[u8] = &b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.".repeat(8);
    hub_repository(folder.path(), "o/disguised", &json!({}), &[("m.gguf", pickle), ("m.bin", pickle)]);
    let hub = Hub::start(folder.path());
    let machine = machine();
    let hex = Digest::of(pickle).hex();
    let of = |file: &str| format!("{}/o/disguised/resolve/main/{file}", hub.endpoint());
    machine.json(&["model", "pull", &of("m.gguf"), "--sha256", &hex, "--yes"]).fails("model-runs-code", 9);
    machine.json(&["model", "pull", &of("m.bin"), "--sha256", &hex, "--yes"]).fails("model-none-suitable", 3);
    machine
        .json(&["model", "pull", &of("no.gguf"), "--sha256", &hex, "--yes"])
        .fails("model-file-not-found", 5);
    nothing_is_left(&machine);
}

#[test]
fn an_address_that_leads_within_is_asked_only_where_its_host_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = models::small(3);
    let hub = hub(folder.path(), &bytes);
    let machine = Workstation::new();
    let pull = ["model", "pull", &address(&hub), "--sha256", &Digest::of(&bytes).hex(), "--yes"];
    configure(&machine, "file_hosts = \"none\"\n");
    machine.json(&pull).fails("address-inner", 3);
    assert!(hub.asked().is_empty(), "{:#?}", hub.asked());
    configure(&machine, "file_hosts = \"127.0.0.1\"\n");
    machine.json(&pull).fails("address-inner", 3);
    assert_eq!(asked_from(&hub), [0; 0]);
    nothing_is_left(&machine);
}
