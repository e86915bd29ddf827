//! Models that are read again by themselves: what a disk changed without a trace is found without anybody asking, told and
//! repaired; what was read lately isn't read again; off means off.

use las_tests::{CHAT_MODEL, Core, Workstation, until};
use las_types::Timestamp;
use serde_json::{Value, json};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::PathBuf;

const DAY: i64 = 24 * 3600;

/// A machine with the chat model, which a core has read.
fn read_once(policy: &str, config: &str) -> Workstation {
    let machine = Workstation::new().reconciling(policy);
    machine.install();
    std::fs::write(machine.home().join("config.toml"), config).unwrap();
    let core = machine.serve();
    last_read(&core);
    core.stop();
    machine
}

/// What the list says of the model, as soon as it was read.
fn last_read(core: &Core) -> Value {
    until("the model to be read", || {
        let listed = core.client().get("/v1/model-packages").ok();
        Some(listed[0]["last_read"].clone()).filter(Value::is_object)
    })
}

/// The bytes of the chat model.
fn blob(machine: &Workstation) -> PathBuf {
    let mut blobs = std::fs::read_dir(machine.home().join("models/blobs/sha256")).unwrap();
    blobs.next().unwrap().unwrap().path()
}

/// Changes a byte of the model as a disk would: nothing about its file tells. No core runs.
fn rots(machine: &Workstation) {
    let blob = blob(machine);
    let file = std::fs::File::options().read(true).write(true).open(&blob).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, 4_000).unwrap();
    file.write_all_at(&[byte[0] ^ 1], 4_000).unwrap();
    let found = blob.metadata().unwrap();
    proven(machine, |proof| {
        proof["identity"] = json!([found.dev(), found.ino(), found.len(), found.ctime(), found.ctime_nsec()]);
    });
}

/// Lets its last reading have been so many days earlier. No core runs.
fn was_read_before(machine: &Workstation, days: i64) {
    proven(machine, |proof| {
        let at: Timestamp = proof["at"].as_str().unwrap().parse().unwrap();
        proof["at"] = json!(Timestamp::from_second(at.as_second() - days * DAY).unwrap());
    });
}

fn proven(machine: &Workstation, change: impl FnOnce(&mut Value)) {
    let path = machine.home().join("proven.json");
    let mut known: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut known[blob(machine).to_str().unwrap()]);
    std::fs::write(path, known.to_string()).unwrap();
}

#[test]
fn a_model_that_a_disk_has_changed_is_found_without_anybody_asking_and_told() {
    let machine = read_once("  repair: { files: name }\n", "");
    let before = std::fs::read(blob(&machine)).unwrap();
    rots(&machine);
    was_read_before(&machine, 31);
    let core = machine.serve();
    let found = core.names("item-damaged");
    assert_eq!(
        (&found["args"]["name"], &found["args"]["code"]),
        (&json!(CHAT_MODEL), &json!("checksum-mismatch")),
        "{found:#}"
    );
    assert!(core.said().contains("a model was verified by itself and is damaged"), "{}", core.said());
    let last = last_read(&core);
    assert_eq!(last["whole"], json!(false), "{last:#}");
    let listed = machine.las(&["model", "list"]).ok().stdout;
    assert!(listed.contains("damaged"), "{listed}");
    // Named as often as somebody looks, and not read again for that.
    core.looks_again(2);
    assert_eq!(core.open_drift(), ["item-damaged"]);
    assert_eq!(last_read(&core), last);
    machine.json(&["doctor"]).status_is(9);
    machine.las(&["model", "repair", CHAT_MODEL, "--yes"]).ok();
    assert_eq!(std::fs::read(blob(&machine)).unwrap(), before);
    core.calms_down();
    until("the model to be whole", || (last_read(&core)["whole"] == true).then_some(()));
    machine.is_healthy();
}

#[test]
fn what_a_disk_has_changed_is_repaired_by_itself_where_the_policy_says_so() {
    let machine = read_once("", "");
    let before = std::fs::read(blob(&machine)).unwrap();
    rots(&machine);
    was_read_before(&machine, 31);
    let core = machine.serve();
    core.puts_right("item-damaged", 1);
    assert_eq!(std::fs::read(blob(&machine)).unwrap(), before);
    core.calms_down();
    machine.is_healthy();
}

#[test]
fn what_was_read_lately_is_not_read_again_after_a_restart_nor_where_that_is_off() {
    let machine = read_once("", "[models]\nverify_every = \"off\"\n");
    rots(&machine);
    was_read_before(&machine, 31);
    let core = machine.serve();
    let before = last_read(&core);
    core.looks_again(3);
    assert_eq!((core.open_drift(), last_read(&core)), (Vec::new(), before.clone()), "off means off");
    core.stop();
    machine.las(&["config", "set", "models.verify_every", "40d", "--yes"]).ok();
    let core = machine.serve();
    core.looks_again(3);
    assert_eq!((core.open_drift(), last_read(&core)), (Vec::new(), before), "that was not long ago");
    // What is configured holds at once.
    machine.las(&["config", "set", "models.verify_every", "30d", "--yes"]).ok();
    core.puts_right("item-damaged", 1);
    core.calms_down();
    machine.is_healthy();
}

#[test]
fn a_model_is_read_again_and_again_as_often_as_is_configured() {
    let machine = read_once("", "[models]\nverify_every = \"1s\"\n");
    let core = machine.serve();
    let mut before = last_read(&core);
    for _ in 0..2 {
        before = until("another reading", || Some(last_read(&core)).filter(|last| *last != before));
        assert_eq!(before["whole"], json!(true));
    }
    let listed = machine.las(&["model", "list"]).ok().stdout;
    assert!(listed.contains("Verified") && !listed.contains("never"), "{listed}");
    assert_eq!(core.open_drift(), [""; 0]);
}

#[test]
fn a_reading_that_takes_long_holds_up_no_change_and_no_end() {
    let machine = read_once(
        "",
        "[log]\nlevel = \"las_control=debug\"\n[models]\nverify_every = \"1s\"\nverify_rate = \"1KiB\"\n",
    );
    let core = machine.serve();
    // At that rate it would take hours.
    until("the model to be read again", || {
        core.said().contains("a model is verified by itself").then_some(())
    });
    let before = last_read(&core);
    machine.las(&["config", "set", "engine.idle_unload", "1h", "--yes"]).ok();
    machine.las(&["run", CHAT_MODEL, "hello", "--max-tokens", "1"]).ok();
    assert_eq!(last_read(&core), before);
    core.stop();
    // What was half read is not taken for read.
    machine.las(&["config", "set", "models.verify_every", "off", "--yes"]).ok();
    let core = machine.serve();
    assert_eq!(last_read(&core), before);
    drop(core);
    machine.is_healthy();
}
