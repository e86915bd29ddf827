//! By which way a view shares the bytes of its model.

use super::{below, blob, machine, mode, view};
use crate::cli::adopting::text;
use las_tests::{CHAT_MODEL, LoopDisk, Tmpfs, Workstation, shipped_chat_model, skip};
use serde_json::json;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

fn add(machine: &Workstation, name: &str, folder: &Path) {
    machine.las(&["model", "view", "add", name, "--for", "folder", "--at", text(folder), "--yes"]).ok();
}

#[test]
fn where_the_file_system_can_it_is_a_file_of_its_own_that_shares_its_blocks() {
    let test = "cli::viewing::ways::where_the_file_system_can_it_is_a_file_of_its_own_that_shares_its_blocks";
    let disk = match LoopDisk::with_reflinks(512 << 20) {
        Ok(disk) => disk,
        Err(reason) => return skip(test, &format!("no file system that shares blocks: {reason}")),
    };
    let machine = Workstation::new().at(&disk.path().join("home"));
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    let folder = disk.path().join("models");
    assert!(!LoopDisk::shares_blocks(&blob(&machine)));
    add(&machine, CHAT_MODEL, &folder);
    let own = blob(&machine);
    assert!(LoopDisk::shares_blocks(&own), "its blocks are shared");
    assert_eq!(view(&machine)["by"], "reflink");
    let laid = folder.join(&below(&folder)[0]);
    assert_ne!(laid.metadata().unwrap().ino(), own.metadata().unwrap().ino());
    assert_eq!(mode(&own), 0o644);
    // Whatever the other tool does with it, ours stays, and what it made of it is not taken away.
    std::fs::write(&laid, b"other bytes").unwrap();
    machine.las(&["model", "verify"]).ok();
    machine.las(&["model", "view", "remove", CHAT_MODEL, "--yes"]).ok();
    assert_eq!(std::fs::read(&laid).unwrap(), b"other bytes");
    std::fs::remove_file(&laid).unwrap();
    add(&machine, CHAT_MODEL, &folder);
    machine.las(&["model", "view", "remove", CHAT_MODEL, "--yes"]).ok();
    assert_eq!(below(&folder), [""; 0]);
    machine.is_healthy();
}

#[test]
fn into_another_file_system_links_lead_and_hugging_faces_cache_gets_none() {
    let disk = match Tmpfs::mount(8_000_000) {
        Ok(disk) => disk,
        Err(reason) => {
            let test =
                "cli::viewing::ways::into_another_file_system_links_lead_and_hugging_faces_cache_gets_none";
            return skip(test, &format!("no other file system can be mounted: {reason}"));
        }
    };
    let machine = machine().with_variable("LAS_MODELS_SCAN", text(disk.path()));
    let folder = disk.path().join("models");
    add(&machine, CHAT_MODEL, &folder);
    assert_eq!((&view(&machine)["by"], &view(&machine)["states"]), (&json!("symlink"), &json!(["whole"])));
    let laid = folder.join(&below(&folder)[0]);
    assert_eq!(std::fs::read_link(&laid).unwrap(), std::fs::canonicalize(blob(&machine)).unwrap());
    assert_eq!(mode(&blob(&machine)), 0o644);
    // A link that leads out is told of others, and not of ours.
    let scan = machine.json(&["model", "scan"]).ok().json();
    assert_eq!((&scan["models"], &scan["failures"]), (&json!([]), &json!([])), "{scan:#}");
    machine.is_healthy();
    machine.las(&["model", "view", "remove", CHAT_MODEL, "--yes"]).ok();
    assert_eq!(below(disk.path()), [""; 0]);
    let far = ["model", "view", "add", CHAT_MODEL, "--for", "hugging-face", "--at", text(&folder), "--yes"];
    machine.json(&far).fails("view-not-possible", 3);
}

#[test]
fn a_file_that_stays_its_owners_gets_no_second_name() {
    let machine = Workstation::new();
    let path = machine.outside("mine.gguf");
    std::fs::copy(shipped_chat_model(), &path).unwrap();
    machine.las(&["model", "import", text(&path), "--reference", "--yes"]).ok();
    let folder = machine.outside("models");
    add(&machine, "mine", &folder);
    assert_eq!(view(&machine)["by"], "symlink");
    assert_eq!((path.metadata().unwrap().nlink(), below(&folder)), (1, vec!["mine/mine.gguf".to_owned()]));
    machine.las(&["model", "remove", "mine", "--yes"]).ok();
    assert!(path.exists() && !folder.exists());
    machine.is_healthy();
}
