//! By which way a file is taken, and what that means for the file.

use super::{blobs, failures, found, lm_studio, text};
use las_tests::{LoopDisk, Tmpfs, Untouched, Workstation, models, ollama_model, shipped_chat_model, skip};
use las_types::Digest;
use serde_json::{Value, json};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

fn adoption(machine: &Workstation) -> Value {
    machine.json(&["model", "list"]).ok().json()[0]["package"]["arrival"]["adoption"].clone()
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn where_the_file_system_can_it_is_taken_by_reflink() {
    let test = "cli::adopting::ways::where_the_file_system_can_it_is_taken_by_reflink";
    let disk = match LoopDisk::with_reflinks(512 << 20) {
        Ok(disk) => disk,
        Err(reason) => return skip(test, &format!("no file system that shares blocks: {reason}")),
    };
    let folder = disk.path().join("models");
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("tiny.gguf");
    std::fs::copy(shipped_chat_model(), &path).unwrap();
    std::fs::File::open(&path).unwrap().sync_all().unwrap();
    mode(&path, 0o666);
    let machine = Workstation::new().at(&disk.path().join("home"));
    machine.las(&["status"]).ok();
    let before = Untouched::of(&path);
    assert!(!LoopDisk::shares_blocks(&path));
    machine.las(&["model", "scan", "--adopt", text(&path), "--yes"]).ok();
    let [blob] = &blobs(&machine)[..] else { panic!("one blob") };
    assert!(LoopDisk::shares_blocks(blob) && LoopDisk::shares_blocks(&path));
    let own = Untouched::of(blob);
    assert_eq!((own.digest, adoption(&machine)["by"].clone()), (before.digest, json!("reflink")));
    assert_ne!(own.inode, before.inode, "a file of its own");
    assert_eq!(own.rights.0 & 0o777, 0o644);
    assert_eq!(Untouched::of(&path), before);
    // Whatever its tool does with its file now, ours stays.
    std::fs::write(&path, b"other bytes").unwrap();
    machine.las(&["model", "verify"]).ok();
    machine.las(&["model", "remove", "tiny", "--yes"]).ok();
    assert_eq!(std::fs::read(&path).unwrap(), b"other bytes");
    machine.is_healthy();
}

#[test]
fn in_another_file_system_it_stays_where_it_is() {
    let disk = match Tmpfs::mount(40_000_000) {
        Ok(disk) => disk,
        Err(reason) => {
            let test = "cli::adopting::ways::in_another_file_system_it_stays_where_it_is";
            return skip(test, &format!("no other file system can be mounted: {reason}"));
        }
    };
    let path = disk.path().join("far.gguf");
    std::fs::copy(shipped_chat_model(), &path).unwrap();
    let machine = Workstation::new().with_variable("LAS_MODELS_SCAN", text(disk.path()));
    let before = Untouched::of(&path);
    assert_eq!(found(&machine, &path)["by"], "reference");
    machine.las(&["model", "scan", "--all", "--yes"]).ok();
    assert_eq!(
        adoption(&machine),
        json!({ "tool": "folder", "by": "reference", "id": null, "revision": null })
    );
    assert_eq!(blobs(&machine).len(), 0);
    machine.las(&["model", "verify"]).ok();
    machine.las(&["model", "remove", "far", "--yes"]).ok();
    assert_eq!(Untouched::of(&path), before);
    machine.is_healthy();
}

#[test]
fn a_file_that_others_may_write_gets_no_second_name() {
    let machine = Workstation::new();
    let path = lm_studio(&machine, "open.gguf");
    mode(&path, 0o646);
    assert_eq!(found(&machine, &path)["by"], "reference");
    mode(&path, 0o644);
    // What holds when the plan is made need not hold when it is carried out.
    let plan = machine.json(&["model", "scan", "--adopt", text(&path)]).json();
    mode(&path, 0o646);
    let id = plan["id"].as_str().unwrap();
    machine.json(&["apply", "--plan", id, "--yes"]).fails("model-not-adoptable", 3);
    assert_eq!((blobs(&machine).len(), path.metadata().unwrap().nlink()), (0, 1));
    machine.is_healthy();
}

#[test]
fn the_rights_of_a_shared_file_are_never_set() {
    let machine = Workstation::new();
    let path = lm_studio(&machine, "private.gguf");
    mode(&path, 0o600);
    let before = Untouched::of(&path);
    machine.las(&["model", "scan", "--adopt", text(&path), "--yes"]).ok();
    machine.is_healthy();
    machine.las(&["doctor", "--repair"]).ok();
    // The same bytes once more, under another name and as a copy: the blob that is here serves it.
    let copy = machine.outside("copy.gguf");
    std::fs::copy(&path, &copy).unwrap();
    machine.las(&["model", "import", text(&copy), "--copy", "--yes"]).ok();
    assert_eq!((blobs(&machine).len(), Untouched::of(&path)), (1, before.clone()));
    machine.las(&["model", "remove", "private", "--yes"]).ok();
    machine.las(&["model", "verify"]).ok();
    assert_eq!(Untouched::of(&path), before);
    // What its tool deletes stays here under our name.
    std::fs::remove_file(&path).unwrap();
    machine.las(&["model", "verify"]).ok();
}

#[test]
fn what_its_tool_changes_in_place_is_found_and_named() {
    let machine = Workstation::new();
    let path = lm_studio(&machine, "mine.gguf");
    machine.las(&["model", "scan", "--adopt", text(&path), "--yes"]).ok();
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    machine.json(&["model", "verify"]).status_is(9);
    let report = machine.json(&["doctor"]).json();
    assert!(report["findings"].to_string().contains("item-damaged"), "{report:#}");
    // It can't be put back from itself, and what its tool has now is not taken away from it.
    machine.las(&["doctor", "--repair"]);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn all_of_them_are_adopted_or_none() {
    let machine = Workstation::new();
    let good = lm_studio(&machine, "good.gguf");
    let other = Digest::of(b"something else").to_string();
    let bad = ollama_model(&machine.outside(".ollama/models"), "bad", "latest", &other, &models::small(3));
    let before = (Untouched::of(&good), Untouched::of(&bad));
    machine.json(&["model", "scan", "--all", "--yes"]).fails("checksum-mismatch", 9);
    assert_eq!(machine.json(&["model", "list"]).ok().json(), json!([]));
    assert_eq!((blobs(&machine).len(), good.metadata().unwrap().nlink()), (0, 1));
    assert_eq!((Untouched::of(&good), Untouched::of(&bad)), before);
    machine.is_healthy();
}

#[test]
fn a_model_that_is_here_is_not_adopted_twice_and_two_of_one_name_differ() {
    let machine = Workstation::new();
    let path = lm_studio(&machine, "m.gguf");
    let same = machine.outside(".lmstudio/models/other-org/Again-GGUF");
    std::fs::create_dir_all(&same).unwrap();
    std::fs::copy(&path, same.join("again.gguf")).unwrap();
    std::fs::write(same.join("m.gguf"), models::small(5)).unwrap();
    machine.las(&["model", "scan", "--all", "--yes"]).ok();
    let listed = machine.json(&["model", "list"]).ok().json();
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    let [first, second] = names[..] else { panic!("{names:?}") };
    assert!(["again", "m"].contains(&first) && second.starts_with('m'), "{names:?}");
    assert_eq!(blobs(&machine).len(), 2);
    let again = machine.json(&["model", "scan", "--adopt", text(&path), "--yes"]).ok().json();
    assert_eq!((&again["steps"], &again["notes"][0]["key"]), (&json!([]), &json!("model-here")), "{again:#}");
    machine.is_healthy();
}

#[test]
fn one_that_is_here_is_kept_otherwise_when_somebody_asks_for_that() {
    let machine = Workstation::new();
    let path = lm_studio(&machine, "m.gguf");
    machine.las(&["model", "scan", "--adopt", text(&path), "--yes"]).ok();
    machine.las(&["model", "scan", "--adopt", text(&path), "--reference", "--yes"]).ok();
    let before = Untouched::of(&path);
    assert_eq!((adoption(&machine)["by"].clone(), blobs(&machine).len()), (json!("reference"), 0));
    assert_eq!(path.metadata().unwrap().nlink(), 1);
    machine.las(&["model", "scan", "--adopt", text(&path), "--copy", "--yes"]).ok();
    let [blob] = &blobs(&machine)[..] else { panic!("one blob") };
    assert_eq!(adoption(&machine)["by"], "copy");
    assert_ne!(Untouched::of(blob).inode, before.inode);
    assert_eq!((Untouched::of(&path), machine.current().1), (before, vec!["m".to_owned()]));
    machine.is_healthy();
}

#[test]
fn a_core_is_asked_for_what_other_tools_keep_and_adopts_it() {
    let machine = Workstation::new();
    let path = lm_studio(&machine, "m.gguf");
    let (core, folder) = (machine.serve(), machine.outside(".lmstudio"));
    let scan = core.client().get(&format!("/v1/model-scan?folder={}", text(&folder))).ok();
    let [model] = &scan["models"].as_array().unwrap()[..] else { panic!("{scan:#}") };
    assert_eq!((&model["tool"], &model["by"]), (&json!("folder"), &json!("hard-link")));
    let intent = json!({ "kind": "model_adopt", "paths": [model["path"]], "name": "mine" });
    let plan = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
    assert_eq!(plan["notes"][0]["key"], "model-adopted", "{plan:#}");
    machine.las(&["apply", "--plan", plan["id"].as_str().unwrap(), "--yes"]).ok();
    let listed = core.client().get("/v1/model-packages").ok();
    // Whose it is was not asked for, and is known all the same.
    assert_eq!(listed[0]["package"]["arrival"]["adoption"]["tool"], "lm-studio");
    let before = Untouched::of(&path);
    machine.las(&["generation", "rollback", "--yes"]).ok();
    assert_eq!((blobs(&machine).len(), path.metadata().unwrap().nlink()), (0, 1));
    machine.las(&["generation", "rollback", "1", "--yes"]).ok();
    assert_eq!(Untouched::of(&blobs(&machine)[0]), before, "it comes back as it came");
    assert_eq!(failures(&machine, &[]), [""; 0]);
}
