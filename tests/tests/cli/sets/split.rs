//! GGUF models that come as several files of this machine.

use super::{files, nothing_is_left, only};
use las_tests::{ENGINE, Workstation, models, part_name, shipped_chat_model, split_gguf};
use las_types::Digest;
use serde_json::json;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

const PARTS: usize = 3;

/// The shipped chat model in three parts, in a folder beside the machine.
fn parts(machine: &Workstation) -> Vec<PathBuf> {
    let folder = machine.outside("split");
    std::fs::create_dir_all(&folder).unwrap();
    let bytes = std::fs::read(shipped_chat_model()).unwrap();
    let write = |(index, part): (usize, Vec<u8>)| {
        let path = folder.join(part_name("Tiny-Chat-F32", index + 1, PARTS, "gguf"));
        std::fs::write(&path, part).unwrap();
        path
    };
    split_gguf(&bytes, PARTS).into_iter().enumerate().map(write).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn flip(path: &Path, at: u64) {
    let file = std::fs::File::options().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 1], at).unwrap();
}

#[test]
fn a_split_model_is_imported_whole_and_answers_copied_or_where_it_lies() {
    let machine = Workstation::new();
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    let parts = parts(&machine);
    for mode in ["--copy", "--reference"] {
        // Whichever part is named, all of them are meant.
        let named = text(&parts[usize::from(mode == "--copy")]);
        machine.las(&["model", "import", named, mode, "--yes"]).ok();
        let model = only(&machine);
        assert_eq!((&model["name"], files(&model).len()), (&json!("tiny-chat-f32"), PARTS), "{model:#}");
        assert_eq!(model["facts"]["part"], json!(null), "it is whole");
        let digests = &model["package"]["weights"];
        assert_eq!(digests[2]["digest"], Digest::of(&std::fs::read(&parts[2]).unwrap()).to_string());
        machine.las(&["model", "verify"]).ok();
        let asked = ["run", "tiny-chat-f32", "What is the capital of Japan?", "--temperature", "0"];
        let answered = machine.las(&asked).ok();
        assert!(answered.stdout.contains("Tokyo"), "{mode}: {answered}");
        let again = machine.json(&["model", "import", named, mode, "--yes"]).ok().json();
        assert_eq!(again["steps"], json!([]), "{again:#}");
        machine.is_healthy();
        machine.las(&["model", "remove", "tiny-chat-f32", "--yes"]).ok();
        assert!(parts.iter().all(|part| part.is_file()), "files of somebody's own are not touched");
        machine.is_healthy();
    }
    machine.las(&["module", "remove", ENGINE, "--yes"]).ok();
    nothing_is_left(&machine);
}

#[test]
fn damage_is_named_by_file_and_block_and_a_copy_is_repaired() {
    let machine = Workstation::new();
    let parts = parts(&machine);
    machine.las(&["model", "import", text(&parts[0]), "--copy", "--yes"]).ok();
    let store = machine.home().join("store/tiny-chat-f32");
    let folder = std::fs::read_dir(store).unwrap().next().unwrap().unwrap().path();
    let second = folder.join(parts[1].file_name().unwrap());
    flip(&second, 4_000);
    let verified = machine.las(&["model", "verify"]).status_is(9);
    let told = format!("{}{}", verified.stdout, verified.stderr);
    let length = second.metadata().unwrap().len();
    assert!(told.contains(text(&second)) && told.contains(&format!("0 to {length}")), "{told}");
    machine.las(&["model", "repair", "tiny-chat-f32", "--yes"]).ok();
    machine.las(&["model", "verify"]).ok();
    machine.is_healthy();
    machine.las(&["model", "remove", "tiny-chat-f32", "--yes"]).ok();

    machine.las(&["model", "import", text(&parts[0]), "--reference", "--yes"]).ok();
    flip(&parts[2], 4_000);
    let verified = machine.las(&["model", "verify"]).status_is(9);
    let told = format!("{}{}", verified.stdout, verified.stderr);
    assert!(told.contains(text(&parts[2])) && told.contains("0 to "), "{told}");
    flip(&parts[2], 4_000);
    machine.las(&["model", "verify"]).ok();
    std::fs::remove_file(&parts[1]).unwrap();
    machine.json(&["model", "verify"]).status_is(9);
}

#[test]
fn a_set_that_is_not_one_model_is_refused_and_leaves_nothing() {
    let machine = Workstation::new();
    let parts = parts(&machine);
    let first = text(&parts[0]).to_owned();
    let refused = |code: &str, status: i32| {
        for mode in ["--copy", "--reference"] {
            machine.json(&["model", "import", &first, mode, "--yes"]).fails(code, status);
        }
    };
    let second = std::fs::read(&parts[1]).unwrap();
    std::fs::remove_file(&parts[1]).unwrap();
    refused("model-part-missing", 5);
    // The third once more, under the second's name.
    std::fs::copy(&parts[2], &parts[1]).unwrap();
    refused("model-parts-differ", 9);
    // A part of another count.
    let bytes = std::fs::read(shipped_chat_model()).unwrap();
    std::fs::write(&parts[1], &split_gguf(&bytes, 4)[1]).unwrap();
    refused("model-parts-differ", 9);
    // A whole model.
    std::fs::write(&parts[1], models::small(3)).unwrap();
    refused("model-parts-differ", 9);
    std::fs::write(&parts[1], &second[..second.len() - 1]).unwrap();
    refused("model-truncated", 9);
    std::fs::write(&parts[1], b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.").unwrap();
    refused("model-runs-code", 9);
    std::fs::write(&parts[1], second).unwrap();
    // A part whose name doesn't say where the others are.
    let alone = machine.outside("alone.gguf");
    std::fs::copy(&parts[0], &alone).unwrap();
    machine.json(&["model", "import", text(&alone), "--copy", "--yes"]).fails("model-parts-differ", 9);
    nothing_is_left(&machine);
    machine.las(&["model", "import", &first, "--copy", "--yes"]).ok();
    machine.is_healthy();
}
