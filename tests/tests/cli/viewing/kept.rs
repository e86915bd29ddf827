//! What of a view stays, what goes with its model, and what the doctor says of it.

use super::{below, blob, machine, no_view, view};
use crate::cli::adopting::text;
use las_tests::CHAT_MODEL;
use serde_json::{Value, json};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A machine with a view for Ollama in a folder of its own.
fn laid_out() -> (las_tests::Workstation, PathBuf) {
    let machine = machine();
    let folder = machine.outside("ollama");
    add(&machine, &folder);
    (machine, folder)
}

fn add(machine: &las_tests::Workstation, folder: &Path) {
    let add = ["model", "view", "add", CHAT_MODEL, "--for", "ollama", "--at", text(folder), "--yes"];
    machine.las(&add).ok();
}

fn manifest() -> String {
    format!("manifests/registry.ollama.ai/library/{CHAT_MODEL}/latest")
}

fn kinds(plan: &Value) -> Vec<&str> {
    plan["steps"].as_array().unwrap().iter().map(|step| step["action"]["kind"].as_str().unwrap()).collect()
}

#[test]
fn what_others_changed_or_put_there_is_named_and_stays() {
    let (machine, folder) = laid_out();
    std::fs::write(folder.join(manifest()), "changed").unwrap();
    std::fs::write(folder.join("blobs/sha256-theirs"), "theirs").unwrap();
    let report = machine.json(&["doctor"]).json();
    let [finding] = &report["findings"].as_array().unwrap()[..] else { panic!("{report:#}") };
    assert_eq!((&finding["key"], &finding["args"]["tool"]), (&json!("view-changed"), &json!("ollama")));
    assert_eq!(view(&machine)["states"], json!(["whole", "whole", "other"]));
    let plan = machine.json(&["model", "view", "remove", CHAT_MODEL]).json();
    let stays =
        plan["notes"].as_array().unwrap().iter().find(|note| note["key"] == "view-file-stays").unwrap();
    assert_eq!(stays["args"]["path"], text(&std::fs::canonicalize(&folder).unwrap().join(manifest())));
    machine.las(&["model", "view", "remove", CHAT_MODEL, "--yes"]).ok();
    assert_eq!(below(&folder), ["blobs/sha256-theirs".to_owned(), manifest()]);
    assert_eq!(std::fs::read(folder.join(manifest())).unwrap(), b"changed");
    no_view(&machine);
    machine.is_healthy();
}

#[test]
fn another_file_of_the_same_name_is_not_taken_for_ours() {
    let (machine, folder) = laid_out();
    let path = folder.join(manifest());
    let same = std::fs::read(&path).unwrap();
    let other = folder.join("other");
    std::fs::write(&other, &same).unwrap();
    std::fs::rename(&other, &path).unwrap();
    machine.las(&["model", "view", "remove", CHAT_MODEL, "--yes"]).ok();
    assert_eq!(below(&folder), [manifest()], "its bytes are the same, and it is somebody's");
}

#[test]
fn a_model_that_is_removed_takes_its_views_along_and_brings_them_back() {
    let (machine, folder) = laid_out();
    let before = below(&folder);
    assert_eq!(before.len(), 3);
    let plan = machine.json(&["model", "remove", CHAT_MODEL]).json();
    assert_eq!(kinds(&plan), ["view_remove", "blob_remove"], "{plan:#}");
    // The names that views gave it go with it: its bytes are nobody else's.
    assert_eq!(plan["totals"]["freed"], json!(blob(&machine).metadata().unwrap().len()), "{plan:#}");
    machine.las(&["model", "remove", CHAT_MODEL, "--yes"]).ok();
    assert!(!folder.exists(), "{:?}", below(&folder));
    no_view(&machine);
    machine.is_healthy();
    machine.las(&["generation", "rollback", "--yes"]).ok();
    assert_eq!(below(&folder), before);
    let laid = folder.join(&before[0]).metadata().unwrap().ino();
    let other = folder.join(&before[1]).metadata().unwrap().ino();
    assert!([laid, other].contains(&blob(&machine).metadata().unwrap().ino()), "the same file again");
    machine.is_healthy();
}

#[test]
fn a_view_goes_and_comes_with_its_generation() {
    let (machine, folder) = laid_out();
    let (number, _) = machine.current();
    let diff =
        machine.json(&["generation", "diff", &(number - 1).to_string(), &number.to_string()]).ok().json();
    assert_eq!(
        (&diff["differences"][0]["kind"], &diff["differences"][0]["name"]),
        (&json!("views"), &json!(CHAT_MODEL))
    );
    let before = below(&folder);
    let shown = machine.las(&["generation", "rollback"]);
    assert!(shown.stdout.contains(text(&folder)), "{shown}");
    machine.las(&["generation", "rollback", "--yes"]).ok();
    assert!(!folder.exists());
    no_view(&machine);
    machine.las(&["generation", "rollback", &number.to_string(), "--yes"]).ok();
    assert_eq!(below(&folder), before);
    machine.is_healthy();
}

#[test]
fn the_doctor_names_what_is_gone_and_lays_a_repaired_model_out_again() {
    let (machine, folder) = laid_out();
    std::fs::remove_file(folder.join(manifest())).unwrap();
    let report = machine.json(&["doctor"]).json();
    assert_eq!(report["findings"][0]["key"], "view-missing", "{report:#}");
    machine.las(&["model", "view", "remove", CHAT_MODEL, "--yes"]).ok();
    machine.is_healthy();
    assert!(!folder.exists());
    add(&machine, &folder);
    // Another tool writes into the file that it shares with us.
    let own = blob(&machine);
    let inode = own.metadata().unwrap().ino();
    let laid = folder.join(format!("blobs/sha256-{}", text(Path::new(own.file_name().unwrap()))));
    let mut bytes = std::fs::read(&laid).unwrap();
    bytes[5000] ^= 1;
    std::fs::write(&laid, &bytes).unwrap();
    assert_ne!(machine.json(&["model", "verify"]).status, Some(0));
    machine.las(&["doctor", "--repair"]).ok();
    assert_ne!(own.metadata().unwrap().ino(), inode, "a new file");
    assert_eq!(laid.metadata().unwrap().ino(), own.metadata().unwrap().ino(), "laid out again");
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
}
