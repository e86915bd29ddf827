//! Manifests, shipped bytes and policies that can't be accepted.

use las_tests::{CHAT_MODEL, Catalogue, ENGINE, Workstation, repository};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A machine whose application files are copies that may be spoilt: manifests, policies, the shipped model.
fn spoilable() -> (Workstation, PathBuf) {
    let machine = Workstation::new();
    let root = machine.outside("resources");
    std::fs::create_dir_all(root.join("builtin")).unwrap();
    symlink(machine.resources().join("builtin").join(ENGINE), root.join("builtin").join(ENGINE)).unwrap();
    copy_tree(&repository().join("packaging/models/las-tiny-chat"), &root.join("builtin/las-tiny-chat"));
    copy_tree(&repository().join("registry"), &root.join("registry"));
    copy_tree(&repository().join("policies"), &root.join("policies"));
    (machine.with_resources(&root), root)
}

fn edit(file: &Path, change: impl FnOnce(String) -> String) {
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, change(text)).unwrap();
}

#[test]
fn an_unknown_key_sets_only_its_manifest_aside() {
    let (machine, root) = spoilable();
    edit(&root.join("registry/model/las-tiny-chat/1.0.0.yaml"), |text| text + "post_install: rm -rf /\n");
    let ran = machine.json(&["module", "install", CHAT_MODEL, "--yes"]).fails("manifest-invalid", 2);
    let args = ran.json()["args"].clone();
    assert!(
        args["path"].as_str().unwrap().ends_with("1.0.0.yaml")
            && args["detail"].as_str().unwrap().contains("post_install"),
        "{args:#}"
    );
    assert!(args["line"].as_str().unwrap().parse::<u64>().unwrap() > 1, "{args:#}");
    machine.json(&["module", "show", CHAT_MODEL]).fails("manifest-invalid", 2);
    // It is said where one looks, and the others work.
    let warnings = machine.json(&["status"]).ok().json()["warnings"].clone();
    assert!(warnings.as_array().unwrap().iter().any(|one| one["key"] == "manifest-rejected"), "{warnings:#}");
    assert_eq!(machine.contents(), [""; 0]);
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    machine.is_healthy();
}

#[test]
fn a_manifest_with_a_wrong_checksum_is_set_aside() {
    let (machine, root) = spoilable();
    let wrong = format!("checksum: sha256:{}", "0".repeat(64));
    edit(&root.join("registry/model/las-tiny-chat/1.0.0.yaml"), |text| {
        let line = text.lines().find(|line| line.contains("checksum:")).unwrap().trim().to_owned();
        text.replace(&line, &wrong)
    });
    machine.json(&["module", "install", CHAT_MODEL, "--yes"]).fails("checksum-mismatch", 9);
    assert_eq!(machine.contents(), [""; 0]);
    machine.is_healthy();
}

#[test]
fn shipped_bytes_with_a_wrong_checksum_are_not_installed() {
    let (machine, root) = spoilable();
    let file = root.join("builtin/las-tiny-chat/files/las-tiny-chat-f32.gguf");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[5_000_000] ^= 1;
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, bytes).unwrap();
    machine.json(&["module", "install", ENGINE, CHAT_MODEL, "--yes"]).fails("checksum-mismatch", 9);
    assert_eq!(machine.contents(), [""; 0], "what the steps before had done is undone");
    assert_eq!(machine.current(), (0, vec![]));
    let operations = machine.json(&["operation", "list"]).ok().json();
    assert_eq!(operations[0]["state"], "failed", "{operations:#}");
    machine.is_healthy();
}

#[test]
fn a_bad_policy_is_named_and_nothing_is_guessed() {
    let (machine, root) = spoilable();
    edit(&root.join("policies/default/tiers.yaml"), |text| {
        text.replace("max_loaded_models: 2", "max_loaded_modles: 2")
    });
    let ran = machine.json(&["policy", "show"]).fails("policy-invalid", 2);
    assert!(ran.json()["args"]["path"].as_str().unwrap().ends_with("tiers.yaml"), "{ran}");
}

#[test]
fn a_missing_part_of_the_application_is_named() {
    let machine = Workstation::new();
    let nowhere = machine.outside("nowhere");
    machine.with_resources(&nowhere).json(&["status"]).fails("resource-missing", 5);
}

#[test]
fn a_recorded_profile_that_can_not_be_read_is_named() {
    let machine = Workstation::new();
    let bad = machine.file("bad.json", "{\"schema\": 1}");
    let mut command = machine.las_command(&["hardware", "--json"]);
    command.env("LAS_PROFILE", &bad);
    las_tests::Ran::run(command).fails("profile-invalid", 2);
}

#[test]
fn a_module_without_a_source_is_known_and_can_not_be_installed() {
    let (machine, root) = spoilable();
    std::fs::create_dir_all(root.join("registry/tool/hammer")).unwrap();
    let manifest = "name: hammer\ncategory: tool\nversion: 1.0.0\ndescription: Hits nails.\n";
    std::fs::write(root.join("registry/tool/hammer/1.0.0.yaml"), manifest).unwrap();
    let shown = machine.json(&["module", "show", "hammer"]).ok().json();
    assert_eq!(shown["refusal"]["code"], "module-not-offered", "{shown:#}");
    machine.json(&["module", "install", "hammer", "--yes"]).fails("module-not-offered", 4);
    assert_eq!(machine.contents(), [""; 0]);
}

/// One of eight that are brought at the same time is spoilt: it is the reason, not that the others were stopped by it,
/// and nothing of any stays.
#[test]
fn of_steps_at_the_same_time_the_first_that_fails_is_the_reason_and_nothing_stays() {
    let machine = Workstation::new();
    let root = machine.outside("resources");
    let catalogue = Catalogue::new(&root);
    let drawers: Vec<String> = (0..8).map(|n| format!("drawer{n}")).collect();
    let much = vec![b'b'; 3_000_000];
    for drawer in &drawers {
        catalogue.add(drawer, "1.0.0", &[], &[("a", drawer.as_bytes()), ("b", &much)]);
    }
    catalogue.add("chest", "1.0.0", &drawers, &[("chest", b"of drawers")]);
    let machine = machine.with_resources(&root);
    let plan = machine.json(&["module", "install", "chest"]).status_is(6).json();
    let after: Vec<usize> = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["after"].as_array().unwrap().len())
        .collect();
    assert_eq!(after, [0, 0, 0, 0, 0, 0, 0, 0, 8], "the chest waits for its drawers, and they for nothing");
    std::fs::write(root.join("builtin/drawer1-1.0.0/files/a"), "drawer9").unwrap();
    machine.json(&["module", "install", "chest", "--yes"]).status_is(9);
    assert_eq!(machine.contents(), [""; 0]);
    let operation = machine.json(&["operation", "list"]).ok().json()[0].clone();
    assert_eq!(
        (&operation["state"], &operation["failure"][0]),
        (&"failed".into(), &"checksum-mismatch".into())
    );
    let path = operation["failure"][1]["path"].as_str().unwrap();
    assert!(path.contains("drawer1-1.0.0"), "{path}");
    machine.is_healthy();
}
