//! Weights in safetensors, with what belongs to them.

use super::{about, fetched, files, machine, nothing_is_left, only};
use las_tests::{
    ENGINE, Fault, Hub, Workstation, hub_repository, model_config, part_name, safetensors, safetensors_index,
    tokenizer_json, until,
};
use las_types::Digest;
use serde_json::json;
use std::os::unix::fs::FileExt as _;

const ID: &str = "tiny-org/Tiny-1B";
const PICKLE: &[u8] =
    b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R. and so on, until it is long enough to be large.";

fn code() -> serde_json::Value {
    json!({ "auto_map": { "AutoModel": "modeling_x.Model" } })
}

fn tokenizer_config() -> Vec<u8> {
    json!({ "tokenizer_class": "X", "chat_template": "{{ messages }} {{ tools }}", "padding_side": "left" })
        .to_string()
        .into_bytes()
}

/// Writes a repository as makers publish them.
fn published(folder: &std::path::Path) -> Vec<u8> {
    let weights = safetensors(&[("embed.weight", &[1; 4096]), ("lm_head.weight", &[2; 4096])]);
    let parts: &[(&str, &[u8])] = &[
        ("README.md", b"# Tiny, and more words than fit into what is small"),
        ("config.json", &model_config(&code())),
        ("generation_config.json", b"{ \"temperature\": 0.7 }"),
        ("model.safetensors", &weights),
        ("modeling_x.py", b"import os; os.system('id'); print('more than sixty-four bytes of code')"),
        ("pytorch_model.bin", PICKLE),
        ("tokenizer.json", &tokenizer_json()),
        ("tokenizer_config.json", &tokenizer_config()),
    ];
    hub_repository(folder, ID, &about(), parts);
    weights
}

const KEPT: [&str; 5] =
    ["model.safetensors", "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"];

#[test]
fn weights_come_with_what_belongs_to_them_and_without_what_runs() {
    let folder = tempfile::tempdir().unwrap();
    let weights = published(folder.path());
    let hub = Hub::start(folder.path());
    let machine = machine(&hub);
    let shown = machine.las(&["model", "pull", ID]).status_is(6);
    for told in ["model.safetensors", "modeling_x.py", "vLLM", "apache-2.0"] {
        assert!(shown.stdout.contains(told), "{told}: {shown}");
    }
    machine.las(&["model", "pull", ID, "--yes"]).ok();
    let paths: Vec<String> = hub.asked().iter().map(|asked| asked.path.clone()).collect();
    assert!(
        !paths
            .iter()
            .any(|path| ["modeling_x.py", "pytorch_model.bin"].iter().any(|name| path.ends_with(name))),
        "{paths:?}"
    );
    let model = only(&machine);
    assert_eq!((&model["name"], files(&model)), (&json!("tiny-1b"), KEPT.map(str::to_owned).to_vec()));
    let facts = &model["facts"];
    assert_eq!(
        (&facts["format"], &facts["architecture"], &facts["quantisation"], &facts["context"]),
        (&json!("safetensors"), &json!("llama"), &json!("BF16"), &json!(2048))
    );
    assert_eq!((&facts["parameters"], &facts["tokenizer"]["tokens"]), (&json!(4096), &json!(2)));
    assert_eq!(facts["abilities"], json!(["chat", "tools", "json", "embeddings"]));
    let package = &model["package"];
    assert_eq!(package["weights"][0]["digest"], Digest::of(&weights).to_string());
    assert_eq!(package["code"]["classes"], json!({ "AutoModel": "modeling_x.Model" }));
    assert_eq!(
        (&package["license"], &package["beside"][0]["role"]),
        (&json!("apache-2.0"), &json!("config"))
    );
    let listed = machine.las(&["model", "list"]).ok();
    assert!(listed.stdout.contains("code of its own"), "{listed}");
    machine.json(&["model", "fit", "tiny-1b"]).ok();
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    let refused = machine.json(&["run", "tiny-1b", "Hello"]).fails("model-engine-missing", 3);
    assert!(refused.stdout.contains("vLLM") || refused.stderr.contains("vLLM"), "{refused}");
    let again = machine.json(&["model", "pull", ID, "--yes"]).ok().json();
    assert_eq!(again["steps"], json!([]), "{again:#}");
    machine.las(&["module", "remove", ENGINE, "--yes"]).ok();
    machine.las(&["model", "remove", "tiny-1b", "--yes"]).ok();
    nothing_is_left(&machine);
}

#[test]
fn what_publishes_no_digests_has_those_that_were_learned() {
    let folder = tempfile::tempdir().unwrap();
    let weights = published(folder.path());
    let hub = Hub::start(folder.path());
    hub.faults([Fault::Plain]);
    let machine = machine(&hub);
    machine.las(&["model", "pull", ID, "--yes"]).ok();
    let package = only(&machine)["package"].clone();
    assert_eq!(package["weights"][0]["digest"], Digest::of(&weights).to_string());
    assert_eq!(package["beside"][0]["digest"], Digest::of(&model_config(&code())).to_string());
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
    let again = machine.json(&["model", "pull", ID, "--yes"]).ok().json();
    assert_eq!(again["steps"], json!([]), "{again:#}");
    machine.las(&["model", "remove", "tiny-1b", "--yes"]).ok();
    nothing_is_left(&machine);
}

/// Two files of weights, of three segments each.
fn sharded(folder: &std::path::Path) -> [Vec<u8>; 2] {
    let mut random = fastrand::Rng::with_seed(7);
    let mut bytes = || std::iter::repeat_with(|| random.u8(..)).take(40 << 20).collect::<Vec<u8>>();
    let shards = [safetensors(&[("a.weight", &bytes())]), safetensors(&[("b.weight", &bytes())])];
    let names = [1, 2].map(|number| part_name("model", number, 2, "safetensors"));
    let index = safetensors_index(&[("a.weight", &names[0]), ("b.weight", &names[1])]);
    let parts: &[(&str, &[u8])] = &[
        ("config.json", &model_config(&json!({}))),
        ("model.safetensors.index.json", &index),
        (&names[0], &shards[0]),
        (&names[1], &shards[1]),
    ];
    hub_repository(folder, ID, &about(), parts);
    shards
}

#[test]
fn a_kill_in_the_second_part_goes_on_there() {
    let folder = tempfile::tempdir().unwrap();
    let shards = sharded(folder.path());
    let hub = Hub::start(folder.path());
    let machine = machine(&hub);
    hub.faults([Fault::Slow(1 << 20, 20)]);
    let core = machine.serve();
    let intent = json!({ "kind": "model_pull", "id": ID });
    let plan = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
    core.client().post(&format!("/v1/plans/{}/approve", plan["id"].as_str().unwrap()), &json!({})).ok();
    let second = machine.home().join("partial").join(Digest::of(&shards[1]).hex());
    until("a segment of the second part on the disk", || {
        second.metadata().is_ok_and(|found| found.len() > 20 << 20).then_some(())
    });
    core.kill();
    hub.faults([]);
    let before = hub.asked().len();
    machine.las(&["model", "pull", ID, "--yes"]).ok();
    let asked = fetched(&hub, before);
    let whole = asked.iter().filter(|range| *range == "whole" || range.starts_with("bytes=0-")).count();
    let ahead = asked
        .iter()
        .any(|range| range.starts_with("bytes=16777216-") || range.starts_with("bytes=33554432-"));
    // The small files; of the second part what is behind its last segment; nothing of the first.
    assert!(ahead && whole <= 2, "{asked:?}");
    let model = only(&machine);
    assert_eq!(model["facts"]["parameters"], json!((40 << 20)));
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
}

#[test]
fn damage_is_named_by_file_and_block_and_only_that_is_fetched_again() {
    let folder = tempfile::tempdir().unwrap();
    let shards = sharded(folder.path());
    let hub = Hub::start(folder.path());
    let machine = machine(&hub);
    machine.las(&["model", "pull", ID, "--yes"]).ok();
    let store = std::fs::read_dir(machine.home().join("store/tiny-1b")).unwrap().next().unwrap().unwrap();
    let second = store.path().join(part_name("model", 2, 2, "safetensors"));
    let file = std::fs::File::options().write(true).open(&second).unwrap();
    file.write_all_at(&[shards[1][20 << 20] ^ 1], 20 << 20).unwrap();
    let verified = machine.las(&["model", "verify"]).status_is(9);
    let told = format!("{}{}", verified.stdout, verified.stderr);
    assert!(told.contains(second.to_str().unwrap()) && told.contains("16777216 to 33554432"), "{told}");
    let before = hub.asked().len();
    machine.las(&["model", "repair", "tiny-1b", "--yes"]).ok();
    let asked = fetched(&hub, before);
    assert!(asked.len() == 1 && asked[0].starts_with("bytes=16777216-"), "{asked:?}");
    assert_eq!(std::fs::read(&second).unwrap(), shards[1]);
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
    machine.las(&["model", "remove", "tiny-1b", "--yes"]).ok();
    nothing_is_left(&machine);
}

/// Repositories as folders of this machine.
fn local(machine: &Workstation) -> std::path::PathBuf {
    published(&machine.outside("hub"));
    machine.outside("hub").join(ID)
}

#[test]
fn a_folder_of_weights_is_imported_as_it_is_pulled() {
    let machine = Workstation::new();
    let folder = local(&machine);
    let path = folder.to_str().unwrap();
    for (named, mode) in [(path.to_owned(), "--copy"), (format!("{path}/model.safetensors"), "--reference")] {
        let shown = machine.las(&["model", "import", &named, mode]).status_is(6);
        assert!(shown.stdout.contains("modeling_x.Model") && shown.stdout.contains("vLLM"), "{shown}");
        machine.las(&["model", "import", &named, mode, "--yes"]).ok();
        let model = only(&machine);
        assert_eq!((&model["name"], files(&model)), (&json!("tiny-1b"), KEPT.map(str::to_owned).to_vec()));
        assert_eq!(model["facts"]["context"], json!(2048));
        machine.las(&["model", "verify"]).ok();
        machine.is_healthy();
        machine.las(&["model", "remove", "tiny-1b", "--yes"]).ok();
    }
    nothing_is_left(&machine);
}
