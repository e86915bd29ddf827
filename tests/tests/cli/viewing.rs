//! Models of ours laid out as other tools expect them: found by these, not copied, and taken away again.

mod kept;
mod kills;
mod refused;
mod ways;

use crate::cli::adopting::{blobs, text};
use las_tests::{CHAT_MODEL, Hub, Ran, Workstation, hub_repository, repository, shipped_chat_model, skip};
use serde_json::{Value, json};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A machine with the chat model.
pub(super) fn machine() -> Workstation {
    let machine = Workstation::new();
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    machine
}

/// The one blob of the machine.
#[track_caller]
pub(super) fn blob(machine: &Workstation) -> PathBuf {
    let [blob] = &blobs(machine)[..] else { panic!("{:?}", blobs(machine)) };
    blob.clone()
}

/// What the list of views says of the one view that there is.
#[track_caller]
pub(super) fn view(machine: &Workstation) -> Value {
    let views = machine.json(&["model", "view", "list"]).ok().json();
    let [view] = &views.as_array().unwrap()[..] else { panic!("{views:#}") };
    view.clone()
}

#[track_caller]
pub(super) fn no_view(machine: &Workstation) {
    assert_eq!(machine.json(&["model", "view", "list"]).ok().json(), json!([]));
    let left = machine.contents().into_iter().filter(|path| path.starts_with("models/views/"));
    assert_eq!(left.collect::<Vec<_>>(), [""; 0]);
}

/// Every file and link below a folder, by its path there.
pub(super) fn below(folder: &Path) -> Vec<String> {
    fn gather(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                gather(&entry.path(), root, found);
            } else {
                found.push(text(entry.path().strip_prefix(root).unwrap()).to_owned());
            }
        }
    }
    let mut found = Vec::new();
    gather(folder, folder, &mut found);
    found.sort();
    found
}

pub(super) fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn each_tool_finds_a_model_where_it_looks_and_no_byte_is_copied() {
    let file = "las-tiny-chat-f32.gguf";
    let hex = las_types::Digest::of(&std::fs::read(shipped_chat_model()).unwrap()).hex();
    for (tool, folder, weights, beside) in [
        ("ollama", ".ollama/models", format!("blobs/sha256-{hex}"), 2),
        ("lm-studio", ".lmstudio/models", format!("localaistack/{CHAT_MODEL}/{file}"), 0),
        ("jan", ".local/share/Jan/data/llamacpp/models", format!("{CHAT_MODEL}/{file}"), 1),
        ("comfyui", "ComfyUI/models", format!("text_encoders/{file}"), 0),
    ] {
        let machine = machine();
        let folder = machine.outside(folder);
        let plan = machine.json(&["model", "view", "add", CHAT_MODEL, "--for", tool]).json();
        assert_eq!(
            (&plan["totals"]["disk"], &plan["totals"]["download"]),
            (&json!(0), &json!(0)),
            "{plan:#}"
        );
        assert!(!folder.exists(), "a plan makes nothing");
        machine.las(&["model", "view", "add", CHAT_MODEL, "--for", tool, "--yes"]).ok();
        let told = view(&machine);
        let folder = std::fs::canonicalize(folder).unwrap();
        assert_eq!((&told["tool"], &told["folder"]), (&json!(tool), &json!(folder)));
        assert_eq!((&told["by"], &told["model"]), (&json!("hard-link"), &json!(CHAT_MODEL)));
        assert!(told["states"].as_array().unwrap().iter().all(|state| state == "whole"), "{told:#}");
        assert_eq!(below(&folder).len(), 1 + beside, "{:?}", below(&folder));
        let (laid, own) = (folder.join(&weights), blob(&machine));
        assert_eq!(laid.symlink_metadata().unwrap().ino(), own.metadata().unwrap().ino(), "the same file");
        assert_eq!(mode(&own), 0o444, "as long as it is shared, it is not written");
        machine.is_healthy();
        // As that tool reads its folder it is there, and is known for ours.
        let scan = machine.json(&["model", "scan"]).ok().json();
        let [seen] = &scan["models"].as_array().unwrap()[..] else { panic!("{scan:#}") };
        assert_eq!((&seen["tool"], &seen["installed"]), (&json!(tool), &json!(CHAT_MODEL)), "{scan:#}");
        assert_eq!(seen["path"], json!(laid));
        machine.las(&["model", "scan", "--all", "--yes"]).ok();
        assert_eq!(machine.current().1, [CHAT_MODEL], "nothing is adopted again");
        machine.las(&["model", "view", "remove", CHAT_MODEL, "--yes"]).ok();
        assert!(!folder.exists(), "{tool}: {:?}", below(&folder));
        assert_eq!((own.metadata().unwrap().nlink(), mode(&own)), (1, 0o644));
        no_view(&machine);
        machine.is_healthy();
    }
}

#[test]
fn hugging_faces_own_client_finds_a_model_in_the_view() {
    let test = "cli::viewing::hugging_faces_own_client_finds_a_model_in_the_view";
    let python = std::env::var_os("LAS_HUB_PYTHON").map(PathBuf::from).filter(|python| python.exists());
    let Some(python) = python else { return skip(test, "the hubs' client libraries are not set up") };
    let (id, file) = ("tiny-org/Tiny-Chat-GGUF", "q8/tiny-Q8_0.gguf");
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(shipped_chat_model()).unwrap();
    let about = json!({ "task": "text-generation", "license": "apache-2.0" });
    hub_repository(folder.path(), id, &about, &[(file, &bytes)]);
    let hub = Hub::start(folder.path());
    let machine = Workstation::new();
    let cache = machine.outside("cache/hub");
    let machine = machine.with_variable("HF_HUB_CACHE", text(&cache));
    let config = format!(
        "[models]\nhugging_face = \"{}\"\nmodel_scope = \"off\"\nfile_hosts = \"{}\"\n",
        hub.endpoint(),
        hub.store_host()
    );
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), config).unwrap();
    machine.las(&["model", "pull", id, "--name", "tiny", "--yes"]).ok();
    machine.las(&["model", "view", "add", "tiny", "--for", "hugging-face", "--yes"]).ok();
    let ask = || {
        let mut command = Command::new(&python);
        command.arg(repository().join("tests/fixtures/huggingface_view.py"));
        command.args([text(&cache), id, file]);
        command.env_clear().env("HOME", machine.outside("")).env("PATH", "/usr/bin:/bin");
        Ran::run(command)
    };
    let said = ask().ok();
    let [path, found] = said.stdout.lines().collect::<Vec<_>>()[..] else { panic!("{said}") };
    assert_eq!(std::fs::read(path).unwrap(), bytes);
    assert_eq!(found, format!("['{id}'] {} 0", bytes.len()), "one repository, its size, and nothing wrong");
    assert!(path.contains(&hub.commit(id)), "{path}");
    let scan = machine.json(&["model", "scan"]).ok().json();
    let seen = &scan["models"][0];
    assert_eq!(
        (&seen["id"], &seen["installed"], &scan["failures"]),
        (&json!(id), &json!("tiny"), &json!([]))
    );
    machine.is_healthy();
    machine.las(&["model", "remove", "tiny", "--yes"]).ok();
    assert!(!cache.exists(), "{:?}", below(&cache));
    assert_ne!(ask().status, Some(0));
    machine.is_healthy();
}

#[test]
fn a_plan_says_where_which_files_and_how_before_anything_is_made() {
    let machine = machine();
    let folder = machine.outside("plain/models");
    let add = ["model", "view", "add", CHAT_MODEL, "--for", "folder", "--at", text(&folder)];
    let shown = machine.las(&add);
    assert_eq!(shown.status, Some(6), "{shown}");
    let file = format!("{CHAT_MODEL}/las-tiny-chat-f32.gguf");
    for told in [text(&folder), &*file, "by hard link", "0 bytes are copied", "remove what was added"] {
        assert!(shown.stdout.contains(told), "{told}: {shown}");
    }
    assert!(!machine.outside("plain").exists());
    machine.las(&[&add[..], &["--yes"]].concat()).ok();
    assert_eq!(below(&folder), [file]);
    // A second time there is nothing to do.
    let again = machine.json(&[&add[..], &["--yes"]].concat()).ok().json();
    assert_eq!(again["steps"], json!([]));
    let listed = machine.las(&["model", "view", "list"]).ok();
    assert!(listed.stdout.contains(text(&folder)) && listed.stdout.contains("hard link"), "{listed}");
    let shown = machine.las(&["model", "view", "remove", CHAT_MODEL]);
    assert!(shown.status == Some(6) && shown.stdout.contains(text(&folder)), "{shown}");
    assert!(folder.exists());
}

#[test]
fn a_view_is_made_and_taken_away_over_the_api_and_stands_in_the_ledger() {
    let machine = machine();
    let (core, folder) = (machine.serve(), machine.outside("api"));
    let run = |intent: Value| {
        let plan = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
        machine.las(&["apply", "--plan", plan["id"].as_str().unwrap(), "--yes"]).ok();
        plan
    };
    let plan =
        run(json!({ "kind": "model_view_add", "model": CHAT_MODEL, "tool": "folder", "folder": folder }));
    assert_eq!(plan["steps"][0]["action"]["kind"], "view_add", "{plan:#}");
    let views = core.client().get("/v1/model-views").ok();
    assert_eq!((&views[0]["model"], &views[0]["states"]), (&json!(CHAT_MODEL), &json!(["whole"])));
    run(json!({ "kind": "model_view_remove", "model": CHAT_MODEL }));
    assert_eq!(core.client().get("/v1/model-views").ok(), json!([]));
    let ledger = core.client().get("/v1/audit").ok().to_string();
    for command in ["model_view_add", "model_view_remove"] {
        assert!(ledger.contains(command), "{ledger}");
    }
    assert!(!folder.exists());
}
