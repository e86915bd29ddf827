//! Models of several files that another tool keeps.

use super::{found, text};
use las_tests::{
    ENGINE, Hub, Ran, Untouched, Workstation, hub_repository, model_config, part_name, repository,
    safetensors, safetensors_index, shipped_chat_model, skip, split_gguf, tokenizer_json,
};
use serde_json::{Value, json};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

const PARTS: usize = 3;

fn untouched(files: &[PathBuf]) -> Vec<Untouched> {
    files.iter().map(|file| Untouched::of(file)).collect()
}

/// The one model that a scan finds.
#[track_caller]
fn only(machine: &Workstation) -> Value {
    let scan = machine.json(&["model", "scan"]).ok().json();
    let [one] = &scan["models"].as_array().unwrap()[..] else { panic!("{scan:#}") };
    one.clone()
}

#[test]
fn a_split_model_is_adopted_where_it_lies_used_and_left_whole() {
    let machine = Workstation::new();
    let folder = machine.outside(".lmstudio/models/tiny-org/Tiny-Chat-GGUF");
    std::fs::create_dir_all(&folder).unwrap();
    let bytes = std::fs::read(shipped_chat_model()).unwrap();
    let write = |(index, part): (usize, Vec<u8>)| {
        let path = folder.join(part_name("Tiny-Chat-F32", index + 1, PARTS, "gguf"));
        std::fs::write(&path, part).unwrap();
        path
    };
    let parts: Vec<PathBuf> = split_gguf(&bytes, PARTS).into_iter().enumerate().map(write).collect();
    let before = untouched(&parts);
    let seen = only(&machine);
    assert_eq!((&seen["files"], &seen["by"]), (&json!(PARTS), &json!("reference")), "{seen:#}");
    let size: u64 = parts.iter().map(|part| part.metadata().unwrap().len()).sum();
    assert_eq!((&seen["size"], &seen["quantisation"]), (&json!(size), &json!("F32")));
    // Whichever part is named, all of them are meant.
    let plan = machine.json(&["model", "scan", "--adopt", text(&parts[1])]).json();
    assert_eq!((&plan["totals"]["disk"], &plan["totals"]["download"]), (&json!(0), &json!(0)), "{plan:#}");
    machine.las(&["model", "scan", "--adopt", text(&parts[1]), "--yes"]).ok();
    let listed = machine.json(&["model", "list"]).ok().json();
    let (model, arrival) = (&listed[0], &listed[0]["package"]["arrival"]);
    assert_eq!((&model["name"], &arrival["kind"]), (&json!("tiny-chat-f32"), &json!("adopted")));
    assert_eq!(arrival["adoption"]["id"], "tiny-org/Tiny-Chat-GGUF");
    assert_eq!(only(&machine)["installed"], "tiny-chat-f32");
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    let asked = ["run", "tiny-chat-f32", "What is the capital of Japan?", "--temperature", "0"];
    let answered = machine.las(&asked).ok();
    assert!(answered.stdout.contains("Tokyo"), "{answered}");
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
    assert_eq!(machine.json(&["model", "scan", "--all", "--yes"]).ok().json()["steps"], json!([]));
    machine.las(&["model", "remove", "tiny-chat-f32", "--yes"]).ok();
    assert_eq!(untouched(&parts), before, "its tool's files are as they were");
    assert_eq!(only(&machine)["installed"], json!(null));
    machine.is_healthy();
}

#[test]
fn weights_in_hugging_faces_cache_are_adopted_with_what_belongs_to_them() {
    let test = "cli::adopting::several::weights_in_hugging_faces_cache_are_adopted_with_what_belongs_to_them";
    let python = std::env::var_os("LAS_HUB_PYTHON").map(PathBuf::from).filter(|python| python.exists());
    let Some(python) = python else {
        return skip(test, "the hubs' client libraries are not set up");
    };
    let id = "tiny-org/Tiny-1B";
    let names = [1, 2].map(|number| part_name("model", number, 2, "safetensors"));
    let index = safetensors_index(&[("a.weight", &names[0]), ("b.weight", &names[1])]);
    let (a, b) = (safetensors(&[("a.weight", &[1; 4096])]), safetensors(&[("b.weight", &[2; 4096])]));
    let parts: &[(&str, &[u8])] = &[
        ("config.json", &model_config(&json!({}))),
        ("model.safetensors.index.json", &index),
        ("tokenizer.json", &tokenizer_json()),
        (&names[0], &a),
        (&names[1], &b),
    ];
    let folder = tempfile::tempdir().unwrap();
    hub_repository(folder.path(), id, &json!({ "task": "text-generation" }), parts);
    let hub = Hub::start(folder.path());
    let machine = Workstation::new();
    let cache = machine.outside("hub");
    let shown: Vec<PathBuf> =
        parts.iter().map(|(name, _)| cached(&python, &machine, &hub, &cache, id, name)).collect();
    let machine = machine.with_variable("HF_HUB_CACHE", text(&cache));
    let before = untouched(&shown);
    let seen = found(&machine, &shown[3]);
    let told = (&seen["files"], &seen["id"], &seen["format"], &seen["refusal"]);
    assert_eq!(told, (&json!(parts.len()), &json!(id), &json!("safetensors"), &json!(null)), "{seen:#}");
    machine.las(&["model", "scan", "--all", "--yes"]).ok();
    let listed = machine.json(&["model", "list"]).ok().json();
    assert_eq!((&listed[0]["name"], &listed[0]["facts"]["parameters"]), (&json!("tiny-1b"), &json!(4096)));
    let adoption = &listed[0]["package"]["arrival"]["adoption"];
    let expected = json!({ "tool": "hugging-face", "by": "reference", "id": id, "revision": hub.commit(id) });
    assert_eq!(*adoption, expected);
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
    machine.las(&["model", "remove", "tiny-1b", "--yes"]).ok();
    // All of it copied, if somebody says so.
    machine.las(&["model", "scan", "--adopt", text(&shown[4]), "--copy", "--yes"]).ok();
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
    machine.las(&["model", "remove", "tiny-1b", "--yes"]).ok();
    assert_eq!(untouched(&shown), before);
}

/// Has a file put into the cache by Hugging Face's own client.
fn cached(python: &Path, machine: &Workstation, hub: &Hub, cache: &Path, id: &str, name: &str) -> PathBuf {
    let mut command = Command::new(python);
    command.arg(repository().join("tests/fixtures/huggingface_cache.py"));
    command.args([&hub.endpoint(), text(cache), id, name]);
    command.env_clear().env("HOME", machine.outside("")).env("PATH", "/usr/bin:/bin");
    PathBuf::from(Ran::run(command).ok().stdout.trim())
}

#[test]
fn a_set_whose_names_lead_elsewhere_or_whose_files_change_installs_nothing() {
    let machine = Workstation::new();
    let folder = machine.outside("place/tiny");
    std::fs::create_dir_all(&folder).unwrap();
    let secret = machine.file("config.json", model_config(&json!({})));
    let weights = folder.join("model.safetensors");
    std::fs::write(&weights, safetensors(&[("a.weight", &[1; 64])])).unwrap();
    symlink(&secret, folder.join("config.json")).unwrap();
    let place = machine.outside("place");
    let scan = |machine: &Workstation| {
        machine.json(&["model", "scan", "--in", text(&place)]).ok().json()["models"][0].clone()
    };
    assert_eq!(scan(&machine)["refusal"]["code"], "model-link-out");
    // Within, and then changed between plan and step.
    std::fs::remove_file(folder.join("config.json")).unwrap();
    std::fs::write(folder.join("config.json"), model_config(&json!({}))).unwrap();
    assert_eq!((&scan(&machine)["refusal"], &scan(&machine)["files"]), (&json!(null), &json!(2)));
    let plan = machine.json(&["model", "scan", "--adopt", text(&weights)]).json();
    std::fs::write(&weights, safetensors(&[("a.weight", &[2; 64])])).unwrap();
    let id = plan["id"].as_str().unwrap();
    machine.json(&["apply", "--plan", id]).fails("checksum-mismatch", 9);
    assert_eq!(machine.json(&["model", "list"]).ok().json(), json!([]));
    machine.is_healthy();
}
