//! What else uses the bytes of a model that is removed, and what is freed.

use super::adopting::{blobs, lm_studio, text};
use las_tests::{Workstation, models};
use serde_json::{Value, json};

/// The plan for removing models, with its notes by key.
fn plan(machine: &Workstation, names: &[&str]) -> (u64, Vec<(String, Value)>) {
    let plan = machine.json(&[&["model", "remove"], names].concat()).json();
    let notes = plan["notes"].as_array().unwrap().iter();
    let notes = notes.map(|note| (note["key"].as_str().unwrap().to_owned(), note["args"].clone())).collect();
    (plan["totals"]["freed"].as_u64().unwrap(), notes)
}

/// A file of this machine as a model of that name.
fn bring(machine: &Workstation, bytes: &[u8], name: &str, how: &str) -> String {
    let path = machine.outside(&format!("{name}.gguf"));
    std::fs::write(&path, bytes).unwrap();
    machine.las(&["model", "import", text(&path), how, "--name", name, "--yes"]).ok();
    text(&path).to_owned()
}

#[test]
fn of_two_models_with_the_same_bytes_the_last_one_frees_them() {
    let machine = Workstation::new();
    let bytes = models::small(3);
    let size = bytes.len() as u64;
    bring(&machine, &bytes, "one", "--copy");
    bring(&machine, &bytes, "two", "--copy");
    bring(&machine, &models::small(4), "other", "--copy");
    assert_eq!(blobs(&machine).len(), 2);
    let (freed, notes) = plan(&machine, &["one"]);
    let [(key, args)] = &notes[..] else { panic!("{notes:?}") };
    assert_eq!(
        (freed, &**key, &args["name"], &args["others"]),
        (0, "bytes-shared", &json!("one"), &json!("two"))
    );
    let shown = machine.las(&["model", "remove", "one"]).status_is(6);
    assert!(shown.stdout.contains("nothing is freed for it: two has them as well"), "{shown}");
    assert_eq!(plan(&machine, &["one", "two"]), (size, Vec::new()), "together they are counted once");
    let core = machine.serve();
    let intent = json!({ "kind": "module_remove", "modules": ["one"] });
    let told = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
    assert_eq!((&told["totals"]["freed"], &told["notes"][0]["key"]), (&json!(0), &json!("bytes-shared")));
    drop(core);
    machine.las(&["model", "remove", "one", "--yes"]).ok();
    assert_eq!(blobs(&machine).len(), 2, "the other has them");
    assert_eq!(plan(&machine, &["two"]), (size, Vec::new()));
    machine.las(&["model", "remove", "two", "--yes"]).ok();
    assert_eq!(blobs(&machine).len(), 1);
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
}

#[test]
fn what_another_tool_has_as_well_frees_nothing_until_it_is_gone_there() {
    let machine = Workstation::new();
    let path = lm_studio(&machine, "tiny.gguf");
    let size = path.metadata().unwrap().len();
    machine.las(&["model", "scan", "--adopt", text(&path), "--name", "tiny", "--yes"]).ok();
    let (freed, notes) = plan(&machine, &["tiny"]);
    let [(key, args)] = &notes[..] else { panic!("{notes:?}") };
    let real = std::fs::canonicalize(&path).unwrap();
    assert_eq!((freed, &**key, &args["path"]), (0, "bytes-held", &json!(real)));
    let shown = machine.las(&["model", "remove", "tiny"]).status_is(6);
    assert!(shown.stdout.contains("another tool's, has them as well"), "{shown}");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(plan(&machine, &["tiny"]), (size, Vec::new()), "now they are here alone");
    machine.las(&["model", "remove", "tiny", "--yes"]).ok();
    assert!(blobs(&machine).is_empty());
    machine.is_healthy();
}

#[test]
fn what_is_only_referred_to_is_forgotten_and_frees_nothing() {
    let machine = Workstation::new();
    let path = bring(&machine, &models::small(3), "far", "--reference");
    let (freed, notes) = plan(&machine, &["far"]);
    let [(key, args)] = &notes[..] else { panic!("{notes:?}") };
    assert_eq!((freed, &**key, &args["path"]), (0, "bytes-outside", &json!(path)));
    machine.las(&["model", "remove", "far", "--yes"]).ok();
    assert!(std::path::Path::new(&path).is_file());
    machine.is_healthy();
}

#[test]
fn a_second_name_that_somebody_made_is_told_without_a_path() {
    let machine = Workstation::new();
    let bytes = models::small(3);
    bring(&machine, &bytes, "one", "--copy");
    let [blob] = &blobs(&machine)[..] else { panic!("{:?}", blobs(&machine)) };
    std::fs::hard_link(blob, machine.outside("kept.gguf")).unwrap();
    let (freed, notes) = plan(&machine, &["one"]);
    assert_eq!((freed, &*notes[0].0, &notes[0].1["path"]), (0, "bytes-held", &json!("none")));
}
