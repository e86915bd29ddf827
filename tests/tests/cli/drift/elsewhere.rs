//! What lies beside the files of modules: database, policies, registry, wishes, hardware, disk.

use super::watched;
use las_tests::{CHAT_MODEL, ENGINE, ReadOnly, Tmpfs, Workstation, profile, skip, until};
use serde_json::{Value, json};
use std::path::Path;

fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from} in {}", path.display());
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn an_edited_row_and_an_edited_anchor_are_named_under_a_running_core() {
    let (machine, core) = watched("");
    drop(core);
    let core = machine.serve();
    until("the first pass", || core.reconciled()["checked"].as_u64().filter(|count| *count > 3));
    let anchor = machine.home().join("ledger.head");
    let before = std::fs::read(&anchor).unwrap();
    std::fs::write(&anchor, json!({ "count": 9, "head": "x" }).to_string()).unwrap();
    core.names("state-edited");
    std::fs::write(&anchor, before).unwrap();
    core.calms_down();
    // The row of the generation, as it lies on disk: no page in the core's memory hides it. What it says can still be read, so
    // that the core goes on by it until somebody compares it with its seal.
    let database = machine.home().join("state.db");
    let whole = std::fs::read(&database).unwrap();
    let mut bytes = whole.clone();
    let name = CHAT_MODEL.as_bytes();
    let places: Vec<usize> =
        (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(name)).collect();
    assert!(!places.is_empty());
    for at in places {
        // The same place in the order of names.
        bytes[at + name.len() - 1] = b's';
    }
    std::fs::write(&database, bytes).unwrap();
    let found = core.names("state-edited");
    assert!(found["args"]["detail"].as_str().unwrap().contains("generation"), "{found:#}");
    std::fs::write(&database, whole).unwrap();
    core.calms_down();
}

#[test]
fn policies_and_manifests_that_were_edited_are_named_until_the_next_start() {
    let (machine, core) = watched("");
    let resources = machine.resources().to_owned();
    edit(&resources.join("policies/default/tiers.yaml"), "max_loaded_models: 2", "max_loaded_models: 1");
    let found = core.names("policies-edited");
    assert_eq!(found["args"]["path"], "tiers.yaml", "{found:#}");
    let manifest = resources.join(format!("registry/model/{CHAT_MODEL}/1.0.0.yaml"));
    edit(&manifest, "\n", "\n# by hand\n");
    let found = core.names("registry-edited");
    assert!(found["args"]["path"].as_str().unwrap().ends_with("1.0.0.yaml"), "{found:#}");
    drop(core);
    let core = machine.serve();
    core.looks_again(1);
    core.calms_down();
}

#[test]
fn a_new_manifest_of_the_user_is_named_until_the_next_start() {
    let (machine, core) = watched("");
    let manifest = machine.home().join("registry/tool/mine/1.0.0.yaml");
    std::fs::create_dir_all(manifest.parent().unwrap()).unwrap();
    std::fs::write(&manifest, "name: mine\ncategory: tool\nversion: 1.0.0\ndescription: Mine.\n").unwrap();
    let found = core.names("registry-edited");
    assert_eq!(found["args"]["path"], manifest.to_str().unwrap(), "{found:#}");
    drop(core);
    let core = machine.serve();
    core.looks_again(1);
    core.calms_down();
    machine.json(&["module", "show", "mine"]).ok();
}

#[test]
fn settings_that_wait_for_the_next_start_are_named_until_then() {
    let (machine, core) = watched("");
    // What is followed at once is no drift.
    machine.las(&["config", "set", "log.level", "debug", "--yes"]).ok();
    core.looks_again(2);
    assert_eq!(core.open_drift(), [""; 0]);
    machine.las(&["config", "set", "log.file_size", "8MiB", "--yes"]).ok();
    let found = core.names("config-edited");
    assert_eq!(found["args"]["keys"], "log.file_size", "{found:#}");
    machine.las(&["config", "unset", "log.file_size", "--yes"]).ok();
    core.calms_down();
    machine.las(&["config", "set", "log.file_size", "8MiB", "--yes"]).ok();
    core.names("config-edited");
    drop(core);
    let core = machine.serve();
    core.looks_again(1);
    core.calms_down();
}

#[test]
fn what_differs_from_the_state_that_was_applied_is_named() {
    let (machine, core) = watched("");
    let file = machine.file("las.yaml", format!("modules: [{CHAT_MODEL}]\n"));
    machine.las(&["apply", &file, "--yes"]).ok();
    core.looks_again(2);
    assert_eq!(core.open_drift(), [""; 0]);
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    let found = core.names("desired-differs");
    assert_eq!((&found["args"]["less"], &found["args"]["more"]), (&json!("none"), &json!(ENGINE)));
    // Applied again it is as it should be, or as it is: by the lock of the current generation.
    let lock = machine.las(&["generation", "export"]).ok().stdout;
    let lock = machine.file("las.lock", lock);
    assert_eq!(machine.json(&["plan", &lock]).ok().json()["steps"], json!([]));
    machine.las(&["apply", &file, "--yes"]).ok();
    core.calms_down();
    // So are overrides, where it speaks of them.
    let overrides = "overrides: [{ capability: parallel, value: 3, reason: tested }]";
    let file = machine.file("las.yaml", format!("modules: [{CHAT_MODEL}]\n{overrides}\n"));
    machine.las(&["apply", &file, "--yes"]).ok();
    core.looks_again(2);
    assert_eq!(core.open_drift(), [""; 0]);
    machine.las(&["override", "set", "parallel", "4", "--reason", "by hand", "--yes"]).ok();
    let found = core.names("desired-differs");
    assert_eq!(
        (&found["args"]["less"], &found["args"]["more"]),
        (&json!("parallel=3"), &json!("parallel=4"))
    );
    machine.las(&["apply", &file, "--yes"]).ok();
    core.calms_down();
    // Going back on purpose is no drift.
    machine.las(&["generation", "rollback", "--yes"]).ok();
    core.looks_again(2);
    assert_eq!(core.open_drift(), [""; 0]);
}

fn recorded(name: &str, change: fn(&mut Value)) -> String {
    let mut value: Value = serde_json::from_slice(&std::fs::read(profile(name)).unwrap()).unwrap();
    change(&mut value);
    value.to_string()
}

#[test]
fn a_gpu_that_is_gone_is_named_until_a_person_says_that_it_is_meant() {
    let machine = Workstation::new().reconciling("");
    let file = machine.file("profile.json", recorded("rtx-4090-24gb", |_| {}));
    let machine = machine.with_profile_file(Path::new(&file));
    let core = machine.serve();
    until("the first pass", || core.reconciled()["checked"].as_u64().filter(|count| *count > 3));
    assert_eq!(core.open_drift(), [""; 0]);
    std::fs::write(&file, recorded("rtx-4090-24gb", |profile| profile["gpus"] = json!([]))).unwrap();
    let found = core.names("gpu-gone");
    assert!(found["args"]["gpu"].as_str().unwrap().contains("4090"), "{found:#}");
    assert_eq!(found["args"]["now"], "none");
    // Not forgotten by a restart.
    drop(core);
    let status = machine.json(&["status"]).ok().json();
    assert_eq!(status["reconciled"]["findings"][0]["key"], "gpu-gone", "{status:#}");
    let text = machine.las(&["doctor"]);
    assert_eq!(text.status, Some(1), "{text}");
    machine.json(&["doctor", "--repair"]).ok();
    machine.is_healthy();
    // Less memory as well; more is no drift.
    std::fs::write(&file, recorded("laptop-8gb-no-gpu", |_| {})).unwrap();
    let keys = machine.json(&["status"]).ok().json()["reconciled"]["findings"].to_string();
    assert!(keys.contains("memory-less"), "{keys}");
    std::fs::write(&file, recorded("rtx-4090-24gb", |_| {})).unwrap();
    let findings = machine.json(&["status"]).ok().json()["reconciled"]["findings"].clone();
    assert_eq!(findings, json!([]), "{findings:#}");
}

#[test]
fn verdicts_follow_a_machine_that_changes_under_a_running_core() {
    let machine = Workstation::new().reconciling("");
    let unplugged = "policies:\n  - { name: unplugged, description: x, conditions: { on_battery: true }, deny: [feature:tools] }\n";
    std::fs::write(machine.resources().join("policies/default/unplugged.yaml"), unplugged).unwrap();
    let file = machine.file("profile.json", recorded("rtx-4090-24gb", |_| {}));
    let machine = machine.with_profile_file(Path::new(&file));
    let core = machine.serve();
    let policy = || core.client().get("/v1/policy").json()["capabilities"].clone();
    let tools = || {
        let verdicts = policy()["verdicts"].clone();
        verdicts.as_array().unwrap().iter().find(|one| one["capability"] == "feature:tools").unwrap()["allowed"].clone()
    };
    assert_eq!((&policy()["tier"], tools()), (&json!(2), json!(true)));
    // What comes and goes.
    let on_battery = recorded("rtx-4090-24gb", |profile| {
        profile["battery"] = json!({ "state": "discharging", "percent": 50 });
    });
    std::fs::write(&file, on_battery).unwrap();
    until("a verdict on the battery", || (tools() == json!(false)).then_some(()));
    std::fs::write(&file, recorded("rtx-4090-24gb", |_| {})).unwrap();
    until("a verdict on the mains", || (tools() == json!(true)).then_some(()));
    // What is built in.
    std::fs::write(&file, recorded("rtx-4090-24gb", |profile| profile["gpus"] = json!([]))).unwrap();
    core.names("gpu-gone");
    until("the tier without a GPU", || (policy()["tier"] == json!(1)).then_some(()));
    std::fs::write(&file, recorded("rtx-4090-24gb", |_| {})).unwrap();
    until("the tier with its GPU", || (policy()["tier"] == json!(2)).then_some(()));
    // Overrides stay in force through all of it.
    machine.las(&["override", "set", "feature:tools", "deny", "--reason", "not here", "--yes"]).ok();
    core.looks_again(2);
    assert_eq!(tools(), json!(false));
}

#[test]
fn a_data_directory_that_is_gone_is_named_and_nothing_is_done() {
    let (machine, core) = watched("");
    let aside = machine.outside("aside");
    // Between two looks: one that is under way may have begun a repair that it can't end without its disk.
    core.looks_again(1);
    std::fs::rename(machine.home(), &aside).unwrap();
    core.names("disk-gone");
    assert_eq!(core.open_drift(), ["disk-gone"], "everything else would be missing too");
    std::fs::create_dir(machine.home()).unwrap();
    core.looks_again(2);
    assert_eq!(core.open_drift(), ["disk-gone"], "another directory is not the one that was opened");
    assert_eq!(std::fs::read_dir(machine.home()).unwrap().count(), 0, "nothing is made there");
    std::fs::remove_dir(machine.home()).unwrap();
    std::fs::rename(&aside, machine.home()).unwrap();
    core.calms_down();
    machine.is_healthy();
}

#[test]
fn a_disk_that_is_full_or_read_only_is_named() {
    let disk = match Tmpfs::mount(256 << 20) {
        Ok(disk) => disk,
        Err(reason) => {
            return skip("cli::drift::elsewhere::a_disk_that_is_full_or_read_only_is_named", &reason);
        }
    };
    let machine = Workstation::new().at(&disk.path().join("home")).reconciling("");
    machine.install();
    let core = machine.serve();
    until("the first pass", || core.reconciled()["checked"].as_u64().filter(|count| *count > 3));
    assert_eq!(core.open_drift(), [""; 0]);
    let filler = disk.fill(512 << 10);
    let found = core.names("disk-nearly-full");
    assert_eq!(found["args"]["least"], "1 MB", "{found:#}");
    std::fs::remove_file(filler).unwrap();
    core.calms_down();
    let read_only = ReadOnly::make(machine.home()).unwrap();
    core.names("disk-read-only");
    drop(read_only);
    core.calms_down();
}
