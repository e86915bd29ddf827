//! Models that other tools keep: found, adopted without a copy, used, and left whole.

mod hostile;
mod kills;
mod several;
mod ways;

use las_tests::{
    ENGINE, Hub, Ran, Untouched, Workstation, hub_repository, ollama_model, repository, shipped_chat_model,
    skip,
};
use las_types::Digest;
use serde_json::{Value, json};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a scan finds at a path.
#[track_caller]
pub(super) fn found(machine: &Workstation, path: &Path) -> Value {
    let scan = machine.json(&["model", "scan"]).ok().json();
    let path = std::fs::canonicalize(path).unwrap();
    let models = scan["models"].as_array().unwrap();
    models.iter().find(|one| one["path"] == json!(path)).unwrap_or_else(|| panic!("{scan:#}")).clone()
}

/// The codes of what could not be looked at, sorted.
#[track_caller]
pub(super) fn failures(machine: &Workstation, arguments: &[&str]) -> Vec<String> {
    let scan = machine.json(&[&["model", "scan"], arguments].concat()).ok().json();
    let codes = scan["failures"].as_array().unwrap().iter();
    let mut codes: Vec<_> = codes.map(|one| one["code"].as_str().unwrap().to_owned()).collect();
    codes.sort();
    codes
}

/// Every blob of the data directory.
pub(super) fn blobs(machine: &Workstation) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(machine.home().join("models/blobs/sha256"));
    entries.map(|all| all.map(|one| one.unwrap().path()).collect()).unwrap_or_default()
}

pub(super) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Puts the shipped chat model where LM Studio would.
pub(super) fn lm_studio(machine: &Workstation, file: &str) -> PathBuf {
    let folder = machine.outside(".lmstudio/models/tiny-org/Tiny-Chat-GGUF");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(file);
    std::fs::copy(shipped_chat_model(), &path).unwrap();
    path
}

/// Adopts the chat model under a tool's name for it, asks it something, removes it, and finds its tool's file as it was.
#[track_caller]
fn adopted_used_and_left(machine: &Workstation, tool: &str, path: &Path, name: &str, origin: &Value) {
    let before = Untouched::of(path);
    let seen = found(machine, path);
    let told = (&seen["tool"], &seen["by"], &seen["installed"], &seen["refusal"], &seen["format"]);
    assert_eq!(told, (&json!(tool), &json!("hard-link"), &json!(null), &json!(null), &json!("gguf")));
    assert_eq!(
        (&seen["quantisation"], &seen["size"]),
        (&json!("F32"), &json!(path.metadata().unwrap().len()))
    );
    let plan = machine.json(&["model", "scan", "--adopt", text(path)]).json();
    assert_eq!((&plan["totals"]["disk"], &plan["totals"]["download"]), (&json!(0), &json!(0)), "{plan:#}");
    assert_eq!(Untouched::of(path), before, "a plan touches nothing");
    machine.las(&["model", "scan", "--adopt", text(path), "--yes"]).ok();
    let [blob] = &blobs(machine)[..] else { panic!("{:?}", blobs(machine)) };
    assert_eq!(Untouched::of(blob), before, "the same file under a second name");
    let listed = machine.json(&["model", "list"]).ok().json();
    let package = &listed[0]["package"];
    assert_eq!((&listed[0]["name"], &package["arrival"]["kind"]), (&json!(name), &json!("adopted")));
    assert_eq!(package["arrival"]["path"], json!(std::fs::canonicalize(path).unwrap()));
    let mut expected = json!({ "tool": tool, "by": "hard-link", "id": null, "revision": null });
    expected.as_object_mut().unwrap().extend(origin.as_object().unwrap().clone());
    assert_eq!(package["arrival"]["adoption"], expected);
    assert_eq!(package["weights"][0]["digest"], before.digest.to_string());
    assert_eq!(found(machine, path)["installed"], name);
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    let answered = machine.las(&["run", name, "What is VRAM?", "--temperature", "0", "--seed", "1"]).ok();
    assert!(answered.stdout.contains("memory"), "{answered}");
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
    machine.las(&["model", "remove", name, "--yes"]).ok();
    assert_eq!(blobs(machine), [""; 0].map(PathBuf::from));
    assert_eq!(Untouched::of(path), before, "its tool's file is as it was");
    assert_eq!(path.metadata().unwrap().nlink(), 1);
    assert_eq!(found(machine, path)["installed"], json!(null));
    machine.is_healthy();
}

#[test]
fn a_model_of_hugging_faces_cache_is_adopted_used_and_left_whole() {
    let test = "cli::adopting::a_model_of_hugging_faces_cache_is_adopted_used_and_left_whole";
    let python = std::env::var_os("LAS_HUB_PYTHON").map(PathBuf::from).filter(|python| python.exists());
    let Some(python) = python else {
        return skip(test, "the hubs' client libraries are not set up");
    };
    let id = "tiny-org/Tiny-Chat-GGUF";
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(shipped_chat_model()).unwrap();
    let about = json!({ "task": "text-generation", "license": "apache-2.0" });
    hub_repository(folder.path(), id, &about, &[("q8/tiny-Q8_0.gguf", &bytes), ("README.md", b"# Tiny")]);
    let hub = Hub::start(folder.path());
    let machine = Workstation::new();
    let cache = machine.outside("hub");
    let mut command = Command::new(python);
    command.arg(repository().join("tests/fixtures/huggingface_cache.py"));
    command.args([&hub.endpoint(), text(&cache), id, "q8/tiny-Q8_0.gguf"]);
    command.env_clear().env("HOME", machine.outside("")).env("PATH", "/usr/bin:/bin");
    let ran = Ran::run(command).ok();
    let shown = PathBuf::from(ran.stdout.trim());
    let machine = machine.with_variable("HF_HUB_CACHE", text(&cache));
    let seen = found(&machine, &shown);
    // The layout says its digest: nothing is read to know it.
    assert_eq!((&seen["digest"], &seen["shown"]), (&json!(Digest::of(&bytes).to_string()), &json!(shown)));
    let origin = json!({ "id": id, "revision": hub.commit(id) });
    adopted_used_and_left(&machine, "hugging-face", &shown, "tiny-q8_0", &origin);
    // Its own client still has it.
    assert_eq!(std::fs::read(&shown).unwrap(), bytes);
}

#[test]
fn a_model_of_ollama_is_adopted_used_and_left_whole() {
    let bytes = std::fs::read(shipped_chat_model()).unwrap();
    let digest = Digest::of(&bytes).to_string();
    let machine = Workstation::new();
    let blob = ollama_model(&machine.outside(".ollama/models"), "tiny", "2m", &digest, &bytes);
    assert_eq!(found(&machine, &blob)["digest"], digest);
    adopted_used_and_left(&machine, "ollama", &blob, "tiny-2m", &json!({ "id": "tiny:2m" }));
}

#[test]
fn a_model_of_lm_studio_is_adopted_used_and_left_whole() {
    let machine = Workstation::new();
    let path = lm_studio(&machine, "Tiny Chat.gguf");
    let origin = json!({ "id": "tiny-org/Tiny-Chat-GGUF" });
    adopted_used_and_left(&machine, "lm-studio", &path, "tiny-chat", &origin);
}
