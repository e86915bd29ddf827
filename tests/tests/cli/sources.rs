//! Sources of models by configuration: their order, mirrors that take over, and single files behind an address.

mod addresses;

use las_models::TensorType;
use las_tests::{Begun, Fault, Hub, LET_IN, SessionKeyring, Workstation, hub_repository, models, skip};
use las_types::Digest;
use serde_json::{Value, json};
use std::path::Path;

pub(super) const CHAT: &str = "tiny-org/Tiny-Chat-GGUF";
/// How much of the large model a hub gives before it ends: more than one segment, and not all of it.
pub(super) const BEFORE: usize = 20 << 20;
/// What is on the disk for certain once it gave so much.
pub(super) const SEGMENT: u64 = 16 << 20;

/// A model of 40 MiB.
pub(super) fn large() -> Vec<u8> {
    let weights = vec![7; 40 << 20];
    models::header().tensor("token_embd.weight", &[10 << 20], TensorType::F32, &weights).finish()
}

pub(super) fn hub(folder: &Path, bytes: &[u8]) -> Hub {
    let about = json!({ "task": "text-generation", "license": "apache-2.0", "context": 256 });
    hub_repository(folder, CHAT, &about, &[("m.gguf", bytes)]);
    Hub::start(folder)
}

pub(super) fn configure(machine: &Workstation, models: &str) {
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), format!("[models]\n{models}")).unwrap();
}

/// A machine with one source, `company`, at these places.
fn machine(places: &[&Hub]) -> Workstation {
    let machine = Workstation::new();
    let all = places.iter().map(|hub| hub.endpoint()).collect::<Vec<_>>().join(",");
    configure(&machine, &format!("sources = \"company=hugging-face:{all}\"\nfile_hosts = \"127.0.0.2\"\n"));
    machine
}

/// From which bytes on files were asked of the hub's second host.
pub(super) fn asked_from(hub: &Hub) -> Vec<u64> {
    let asked = hub.asked();
    let files = asked.iter().filter(|asked| asked.method == "GET" && asked.host.starts_with("127.0.0.2"));
    let from = |range: &String| range.strip_prefix("bytes=")?.split_once('-')?.0.parse().ok();
    files.map(|asked| asked.headers.get("range").and_then(from).unwrap_or(0)).collect()
}

#[track_caller]
pub(super) fn nothing_is_left(machine: &Workstation) {
    assert_eq!(machine.json(&["model", "list"]).ok().json(), json!([]));
    let contents = machine.contents();
    assert!(contents.iter().all(|path| path.starts_with("generations/")), "{contents:?}");
    machine.is_healthy();
}

fn digests(machine: &Workstation) -> Vec<Value> {
    let listed = machine.json(&["model", "list"]).ok().json();
    listed.as_array().unwrap().iter().map(|model| model["digest"].clone()).collect()
}

#[test]
fn a_mirror_takes_over_in_the_middle_and_what_is_on_the_disk_is_not_asked_again() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes = large();
    let (first, second) = (hub(one.path(), &bytes), hub(two.path(), &bytes));
    let machine = machine(&[&first, &second]);
    let plan = machine.las(&["model", "pull", CHAT, "--source", "company"]).status_is(6);
    assert!(plan.stdout.contains("where the first address fails"), "{plan}");
    first.faults([Fault::EndsAfter(BEFORE)]);
    machine.las(&["model", "pull", CHAT, "--source", "company", "--yes"]).ok();
    assert_eq!(digests(&machine), [json!(Digest::of(&bytes).to_string())]);
    assert_eq!(asked_from(&first)[0], 0);
    let [from] = asked_from(&second)[..] else { panic!("{:?}", asked_from(&second)) };
    assert!(from >= SEGMENT, "{from}");
    assert!(asked_from(&first)[1..].iter().all(|from| *from >= SEGMENT), "{:?}", asked_from(&first));
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
}

#[test]
fn a_source_whose_first_place_is_gone_is_asked_at_its_mirror() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = models::small(3);
    let second = hub(folder.path(), &bytes);
    let machine = Workstation::new();
    let places = format!("http://127.0.0.1:9,{}", second.endpoint());
    let text = format!("sources = \"company=hugging-face:{places}\"\nfile_hosts = \"127.0.0.2\"\n");
    configure(&machine, &text);
    let found = machine.json(&["model", "search", "tiny", "--source", "company"]).ok().json();
    assert_eq!((&found["models"][0]["id"], &found["offline"]), (&json!(CHAT), &json!(false)), "{found:#}");
    assert_eq!(machine.json(&["model", "show", CHAT]).ok().json()["repository"]["source"], "company");
    machine.las(&["model", "pull", CHAT, "--yes"]).ok();
    assert_eq!(digests(&machine), [json!(Digest::of(&bytes).to_string())]);
}

#[test]
fn a_mirror_with_other_bytes_ends_in_an_error_that_names_both_digests() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes = large();
    let (first, second) = (hub(one.path(), &bytes), hub(two.path(), &bytes));
    let machine = machine(&[&first, &second]);
    first.faults([Fault::EndsAfter(BEFORE)]);
    second.faults([Fault::OtherContent]);
    let ran = machine.json(&["model", "pull", CHAT, "--yes"]).fails("checksum-mismatch", 9);
    let mut other = bytes.clone();
    for byte in &mut other[bytes.len() / 2..] {
        *byte ^= 1;
    }
    for digest in [Digest::of(&bytes), Digest::of(&other)] {
        assert!(format!("{ran}").contains(&digest.to_string()), "{ran}");
    }
    nothing_is_left(&machine);
}

#[test]
fn a_mirror_that_has_another_state_or_size_is_not_in_the_plan() {
    let bytes = models::small(3);
    for other in [models::small(4), large()] {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (first, second) = (hub(one.path(), &bytes), hub(two.path(), &other));
        let machine = machine(&[&first, &second]);
        let plan = machine.json(&["model", "pull", CHAT]).json();
        let file = &plan["outcome"][0]["source"]["files"][0];
        assert_eq!(file.get("mirrors"), None, "{plan:#}");
        machine.las(&["model", "pull", CHAT, "--yes"]).ok();
        assert_eq!(digests(&machine), [json!(Digest::of(&bytes).to_string())]);
        assert_eq!(asked_from(&second), [0; 0]);
    }
}

#[test]
fn of_what_publishes_no_digest_no_two_places_are_mixed() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes = large();
    let (first, second) = (hub(one.path(), &bytes), hub(two.path(), &bytes));
    let machine = machine(&[&first, &second]);
    second.faults([Fault::Plain]);
    first.faults([Fault::Plain, Fault::EndsAfter(BEFORE)]);
    machine.las(&["model", "pull", CHAT, "--yes"]).ok();
    assert_eq!(digests(&machine), [json!(Digest::of(&bytes).to_string())]);
    let asked = second.asked();
    let files = asked.iter().filter(|asked| asked.method == "GET" && asked.path.ends_with("m.gguf"));
    assert!(files.clone().count() > 0 && files.clone().all(|asked| !asked.headers.contains_key("range")));
    machine.is_healthy();
}

#[test]
fn a_token_goes_to_its_origin_and_to_no_mirror() {
    if let Some(lacking) = SessionKeyring::lacks() {
        return skip(
            "cli::sources::a_token_goes_to_its_origin_and_to_no_mirror",
            &format!("{lacking} is not here"),
        );
    }
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes = large();
    let (first, second) = (hub(one.path(), &bytes), hub(two.path(), &bytes));
    let (machine, _keyring) = SessionKeyring::given(machine(&[&first, &second]));
    let command = machine.las_command(&["secret", "set", "one", "--origin", &first.endpoint(), "--json"]);
    Begun::fed(command, &format!("{LET_IN}\n")).wait().ok();
    first.faults([Fault::EndsAfter(BEFORE)]);
    machine.las(&["model", "pull", CHAT, "--yes"]).ok();
    assert_eq!(digests(&machine), [json!(Digest::of(&bytes).to_string())]);
    assert!(first.asked().iter().any(|asked| asked.method == "GET" && asked.token() == Some(LET_IN)));
    let asked = second.asked();
    assert!(asked.iter().any(|asked| asked.method == "GET" && asked.path.contains("/repos/")), "{asked:#?}");
    assert!(asked.iter().all(|asked| !format!("{asked:?}").contains(LET_IN)), "{asked:#?}");
}

#[test]
fn what_a_hub_keeps_for_some_is_not_had_from_its_mirror() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes = models::small(3);
    let second = hub(two.path(), &bytes);
    hub_repository(one.path(), CHAT, &json!({ "gated": true, "license": "mit" }), &[("m.gguf", &bytes)]);
    let first = Hub::start(one.path());
    let machine = machine(&[&first, &second]);
    machine.json(&["model", "pull", CHAT, "--yes"]).fails("model-gated", 8);
    assert_eq!(asked_from(&second), [0; 0]);
    nothing_is_left(&machine);
}

#[test]
fn sources_are_asked_in_their_order_and_can_be_added_and_left_out() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, second) = (hub(one.path(), &models::small(3)), hub(two.path(), &models::small(4)));
    let machine = Workstation::new();
    configure(&machine, &format!("hugging_face = \"{}\"\nmodel_scope = \"off\"\n", first.endpoint()));
    let sources = |machine: &Workstation| {
        let found = machine.json(&["model", "search", "tiny"]).ok().json();
        let models = found["models"].as_array().unwrap();
        models.iter().map(|model| model["source"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(sources(&machine), ["hugging-face"]);
    let added = format!("company = hugging_face:{}/; hugging-face ; model-scope", second.endpoint());
    machine.las(&["config", "set", "models.sources", &added, "--yes"]).ok();
    assert_eq!(sources(&machine), ["company", "hugging-face"], "what is switched off stays so");
    let shown = machine.json(&["model", "show", CHAT]).ok().json();
    assert_eq!(shown["repository"]["source"], "company");
    let written = format!("company=hugging-face:{}; hugging-face; model-scope", second.endpoint());
    let said = machine.las(&["config", "get", "models.sources"]).ok();
    assert!(said.stdout.contains(&written), "{said}");
    let all = machine.json(&["config", "show"]).ok().json();
    let setting = all["settings"].as_array().unwrap().iter().find(|one| one["key"] == "models.sources");
    assert_eq!(setting.unwrap()["value"], json!(written));
    let named = machine.json(&["model", "search", "tiny", "--source", "hugging-face"]).ok().json();
    assert_eq!(named["models"][0]["source"], "hugging-face");
    machine.json(&["model", "search", "tiny", "--source", "directory"]).fails("model-source-unknown", 5);
    let folder = tempfile::tempdir().unwrap();
    let held = folder.path().join("own/Held-GGUF");
    std::fs::create_dir_all(&held).unwrap();
    std::fs::write(held.join("h.gguf"), models::small(5)).unwrap();
    let own = format!("shelf=directory:{}", folder.path().display());
    machine.las(&["config", "set", "models.sources", &own, "--yes"]).ok();
    machine.las(&["model", "pull", "own/Held-GGUF", "--source", "shelf", "--yes"]).ok();
    assert_eq!(digests(&machine), [json!(Digest::of(&models::small(5)).to_string())]);
}

#[test]
fn a_source_that_can_not_be_used_is_named_with_its_place() {
    let machine = Workstation::new();
    for (bad, problem) in [
        ("elsewhere", "form"),
        ("a=ftp:https://hub.example", "form"),
        ("a=hugging-face:hub.example", "form"),
        ("catalogue=hugging-face:https://hub.example", "form"),
        ("directory", "twice"),
    ] {
        configure(&machine, &format!("sources = \"directory; {bad}\"\n"));
        let ran = machine.json(&["model", "search", "x"]).fails("config-invalid", 2);
        let place = format!("{}:2:1", machine.home().join("config.toml").display());
        for told in [&*place, "models.sources", bad, problem] {
            assert!(format!("{ran}").contains(told), "{told}: {ran}");
        }
        let text = machine.las(&["model", "search", "x"]).status_is(2);
        assert!(text.stderr.contains(&format!("“{bad}”")), "{text}");
    }
    std::fs::remove_file(machine.home().join("config.toml")).unwrap();
    let set = ["config", "set", "models.sources", "directory; a=directory:models", "--yes"];
    machine.json(&set).fails("config-invalid", 2);
}
