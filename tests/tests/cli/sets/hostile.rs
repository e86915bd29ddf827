//! Repositories and folders that claim to be models of several files.

use super::{about, machine, nothing_is_left};
use las_tests::{Hub, Workstation, hub_repository, model_config, part_name, safetensors, safetensors_index};
use serde_json::{Value, json};

fn names() -> [String; 2] {
    [1, 2].map(|number| part_name("model", number, 2, "safetensors"))
}

/// An index, and how it lies; of each the code with which it is refused.
fn indices() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let [one, two] = names();
    let map = |entries: &[(&str, &str)]| safetensors_index(entries);
    let [a, b] = ["a.weight", "b.weight"];
    vec![
        ("way up", map(&[(a, &one), (b, "../other.safetensors")]), "model-parts-differ"),
        ("absolute", map(&[(a, &one), (b, "/etc/shadow.safetensors")]), "model-parts-differ"),
        (
            "missing shard",
            map(&[(a, &one), (b, &two), ("c.weight", "third.safetensors")]),
            "model-parts-differ",
        ),
        ("tensor that is nowhere", map(&[(a, &one), (b, &two), ("c.weight", &two)]), "model-parts-differ"),
        ("tensor of another shard", map(&[(a, &two), (b, &one)]), "model-parts-differ"),
        ("tensor that it lacks", map(&[(a, &one)]), "model-parts-differ"),
        ("nothing", map(&[]), "model-parts-differ"),
        (
            "no index",
            b"[\"this is a list, and it is long enough to be a large file\", 1, 2, 3]".to_vec(),
            "model-parts-differ",
        ),
        (
            "a pickle",
            b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R. and more, until it is a large one of them."
                .to_vec(),
            "model-runs-code",
        ),
    ]
}

fn shards() -> [Vec<u8>; 2] {
    [safetensors(&[("a.weight", &[1; 128])]), safetensors(&[("b.weight", &[2; 128])])]
}

#[test]
fn an_index_that_lies_installs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ([one, two], [first, second]) = (names(), shards());
    let config = model_config(&json!({}));
    let cases = indices();
    for (number, (_, index, _)) in cases.iter().enumerate() {
        let parts: &[(&str, &[u8])] = &[
            ("config.json", &config),
            ("model.safetensors.index.json", index),
            (&one, &first),
            (&two, &second),
        ];
        hub_repository(folder.path(), &format!("o/lie-{number}"), &about(), parts);
    }
    let hub = Hub::start(folder.path());
    let machine = machine(&hub);
    for (number, (what, _, code)) in cases.iter().enumerate() {
        let ran = machine.json(&["model", "pull", &format!("o/lie-{number}"), "--yes"]);
        assert_eq!((ran.code().as_deref(), ran.status), (Some(*code), Some(9)), "{what}: {ran}");
        let local = folder.path().join(format!("o/lie-{number}"));
        let ran = machine.json(&["model", "import", local.to_str().unwrap(), "--copy", "--yes"]);
        assert_eq!((ran.code().as_deref(), ran.status), (Some(*code), Some(9)), "{what}: {ran}");
    }
    nothing_is_left(&machine);
}

/// Files of a repository, with their names.
type Parts<'a> = &'a [(&'a str, &'a [u8])];

#[test]
fn what_lacks_a_part_or_says_nothing_is_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let ([one, _], [first, second]) = (names(), shards());
    let config = model_config(&json!({}));
    let index = safetensors_index(&[("a.weight", &one)]);
    let kinds: [(&str, Parts<'_>); 4] = [
        ("o/parts", &[("config.json", &config), ("model.safetensors.index.json", &index), (&one, &first)]),
        ("o/config", &[("model.safetensors", &first)]),
        ("o/several", &[("config.json", &config), ("x.safetensors", &first), ("y.safetensors", &second)]),
        ("o/index", &[("config.json", &config), (&one, &first), (&names()[1], &second)]),
    ];
    for (id, parts) in kinds {
        hub_repository(folder.path(), id, &about(), parts);
    }
    let hub = Hub::start(folder.path());
    let machine = machine(&hub);
    for (id, _) in kinds {
        let ran = machine.json(&["model", "pull", id, "--yes"]).fails("model-none-suitable", 3);
        assert!(ran.stdout.contains("safetensors") || ran.stderr.contains("safetensors"), "{ran}");
        let local = folder.path().join(id);
        machine
            .json(&["model", "import", local.to_str().unwrap(), "--yes"])
            .fails("model-folder-unsuitable", 3);
    }
    let files =
        hub.asked().iter().filter(|asked| asked.method == "GET" && asked.path.contains("resolve")).count();
    assert_eq!(files, 0, "nothing is fetched");
    // One that is named is meant.
    machine.las(&["model", "pull", "o/several:y.safetensors", "--yes"]).ok();
    machine.las(&["model", "remove", "y", "--yes"]).ok();
    nothing_is_left(&machine);
}

/// Weights whose header says this of its tensors.
fn lying(tensors: &Value, data: usize) -> Vec<u8> {
    let text = tensors.to_string();
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes(), &vec![0; data]].concat()
}

#[test]
fn weights_that_overlap_or_end_early_or_bring_code_are_refused() {
    let machine = Workstation::new();
    let tensor =
        |begin: u32, end: u32| json!({ "dtype": "U8", "shape": [end - begin], "data_offsets": [begin, end] });
    let place = machine.outside("weights");
    std::fs::create_dir_all(&place).unwrap();
    let cases: [(Vec<u8>, &str); 5] = [
        (lying(&json!({ "a": tensor(0, 64), "b": tensor(32, 96) }), 96), "model-malformed"),
        (lying(&json!({ "a": tensor(0, 64), "b": tensor(64, 128) }), 96), "model-truncated"),
        (lying(&json!({ "a": tensor(0, 64) }), 96), "model-malformed"),
        (b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.".to_vec(), "model-runs-code"),
        (b"GGUF and nothing else that could be weights".to_vec(), "model-not-gguf"),
    ];
    std::fs::write(place.join("config.json"), model_config(&json!({}))).unwrap();
    for (number, (bytes, code)) in cases.into_iter().enumerate() {
        std::fs::write(place.join("model.safetensors"), bytes).unwrap();
        let ran = machine.json(&["model", "import", place.to_str().unwrap(), "--copy", "--yes"]);
        assert_eq!((ran.code().as_deref(), ran.status), (Some(code), Some(9)), "{number}: {ran}");
    }
    // A configuration that is a pickle.
    std::fs::write(place.join("model.safetensors"), &shards()[0]).unwrap();
    std::fs::write(place.join("config.json"), b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.").unwrap();
    machine
        .json(&["model", "import", place.to_str().unwrap(), "--copy", "--yes"])
        .fails("model-runs-code", 9);
    nothing_is_left(&machine);
}
