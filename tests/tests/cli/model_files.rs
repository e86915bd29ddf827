//! Models from files of this machine.

use las_models::{GgufWriter, TensorType};
use las_tests::{CHAT_MODEL, Workstation, models, shipped_chat_model};
use std::path::Path;

fn names(machine: &Workstation) -> Vec<String> {
    let list = machine.json(&["model", "list"]).ok().json();
    list.as_array().unwrap().iter().map(|model| model["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_copied_model_lives_without_its_file() {
    let machine = Workstation::installed();
    let mine = machine.outside("Mine 2M.gguf");
    std::fs::copy(shipped_chat_model(), &mine).unwrap();
    // Other bytes, so that it is a blob of its own: a tensor's last byte.
    let mut bytes = std::fs::read(&mine).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&mine, bytes).unwrap();
    machine.las(&["model", "import", mine.to_str().unwrap(), "--copy", "--yes"]).ok();
    assert_eq!(names(&machine), [CHAT_MODEL, "mine-2m"]);
    std::fs::remove_file(&mine).unwrap();
    machine.las(&["model", "verify"]).ok();
    let answered =
        machine.las(&["run", "mine-2m", "What is the capital of Japan?", "--temperature", "0"]).ok();
    assert!(answered.stdout.contains("Tokyo"), "{answered}");
    machine.las(&["model", "remove", "mine-2m", "--yes"]).ok();
    assert_eq!(names(&machine), [CHAT_MODEL]);
    machine.is_healthy();
}

#[test]
fn two_names_of_the_same_bytes_share_them() {
    let machine = Workstation::installed();
    let file = shipped_chat_model();
    machine.las(&["model", "import", file.to_str().unwrap(), "--copy", "--name", "twin", "--yes"]).ok();
    let blobs = || std::fs::read_dir(machine.home().join("models/blobs/sha256")).unwrap().count();
    assert_eq!(blobs(), 1);
    machine.las(&["model", "remove", CHAT_MODEL, "--yes"]).ok();
    assert_eq!(blobs(), 1, "the other one still needs them");
    machine.las(&["model", "verify", "twin"]).ok();
    machine.las(&["model", "remove", "twin", "--yes"]).ok();
    assert_eq!(blobs(), 0);
    machine.is_healthy();
}

#[test]
fn a_referenced_model_stays_where_it_is() {
    let machine = Workstation::new();
    let file = machine.file("mine.gguf", models::small(7));
    machine.las(&["model", "import", &file, "--yes"]).ok();
    let list = machine.json(&["model", "list"]).ok().json();
    assert_eq!(list[0]["placement"], serde_json::json!({ "kind": "reference", "path": file }), "{list:#}");
    machine.las(&["model", "verify"]).ok();
    machine.las(&["model", "remove", "mine", "--yes"]).ok();
    assert!(Path::new(&file).exists(), "a file that is not ours is never removed");
    machine.is_healthy();
}

#[test]
fn a_tampered_model_is_noticed_and_can_be_healed() {
    let machine = Workstation::new();
    let file = machine.file("mine.gguf", models::small(7));
    machine.las(&["model", "import", &file, "--yes"]).ok();
    std::fs::write(&file, models::small(8)).unwrap();
    let verified = machine.json(&["model", "verify", "mine"]);
    assert_eq!(verified.status, Some(9), "{verified}");
    assert_eq!(machine.json(&["doctor"]).status, Some(9));
    // Another file under the name that is taken.
    machine.json(&["model", "import", &file, "--yes"]).fails("model-name-taken", 1);
    std::fs::write(&file, models::small(7)).unwrap();
    machine.las(&["model", "verify", "mine"]).ok();
    std::fs::remove_file(&file).unwrap();
    let verified = machine.json(&["model", "verify", "mine"]);
    assert_eq!(verified.status, Some(9), "{verified}");
}

#[test]
fn a_damaged_copy_is_put_back_from_what_is_shipped() {
    let machine = Workstation::installed();
    let blobs = machine.home().join("models/blobs/sha256");
    let blob = std::fs::read_dir(blobs).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&blob).unwrap();
    bytes[4_000_000] ^= 1;
    // Read-only by design; whoever damages it replaces it.
    std::fs::remove_file(&blob).unwrap();
    std::fs::write(&blob, bytes).unwrap();
    assert_eq!(machine.json(&["model", "verify"]).status, Some(9));
    let engine = machine.home().join("store/llama.cpp");
    let folder = std::fs::read_dir(engine).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_file(folder.join("LICENSE")).unwrap();

    let found = machine.json(&["doctor"]);
    assert_eq!(found.status, Some(9), "{found}");
    assert_eq!(found.json()["findings"].as_array().unwrap().len(), 2, "{found}");
    machine.las(&["doctor", "--repair"]).ok();
    machine.is_healthy();
    machine.las(&["model", "verify"]).ok();
    machine.las(&["run", CHAT_MODEL, "Who are you?"]).ok();
}

#[test]
fn what_nothing_accounts_for_is_named_and_removed() {
    let machine = Workstation::installed();
    for stray in ["store/nobody/1.0.0-000000000000/file", "staging/left/file", "models/blobs/sha256/0000"] {
        let path = machine.home().join(stray);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "stray").unwrap();
    }
    let found = machine.json(&["doctor"]);
    assert_eq!(found.status, Some(1), "{found}");
    assert_eq!(found.json()["findings"].as_array().unwrap().len(), 3, "{found}");
    machine.las(&["doctor", "--repair"]).ok();
    machine.is_healthy();
    machine.las(&["model", "verify"]).ok();
}

#[test]
fn chat_templates_are_shown_as_they_were_pinned_and_no_others() {
    let machine = Workstation::new();
    let model = |template: &str| {
        let header = GgufWriter::new()
            .text("general.architecture", "llama")
            .u32("llama.context_length", 256)
            .u32("llama.block_count", 1)
            .u32("llama.embedding_length", 8)
            .u32("llama.attention.head_count", 1)
            .text("tokenizer.chat_template", template)
            .text("tokenizer.chat_template.tool_use", "{{ tools }}");
        header.tensor("token_embd.weight", &[8, 4], TensorType::F32, &[7; 128]).finish()
    };
    // What strangers write is shown and does nothing to a terminal.
    let template = "{{ messages }}\nsecond \u{1b}[31mred";
    let file = machine.file("mine.gguf", model(template));
    machine.las(&["model", "import", &file, "--yes"]).ok();
    let shown = machine.json(&["model", "template", "mine"]).ok().json();
    let pinned = &machine.json(&["model", "list"]).ok().json()[0]["facts"]["chat_templates"];
    let one =
        |name: &str, text: &str| serde_json::json!({ "name": name, "digest": pinned[name], "text": text });
    assert_eq!(shown, serde_json::json!([one("default", template), one("tool_use", "{{ tools }}")]));
    let text = machine.las(&["model", "template", "mine"]).ok().stdout;
    assert!(
        text.contains("{{ messages }}\n") && text.contains("red") && !text.contains('\u{1b}'),
        "{text:?}"
    );
    let core = machine.serve();
    assert_eq!(core.client().get("/v1/model-packages/mine/templates").ok(), shown);
    machine.json(&["model", "template", "nobody"]).fails("model-not-found", 5);
    // Another one under the same name is told, and not shown.
    std::fs::write(&file, model("{{ messages }}\nsecond \u{1b}[31mbad")).unwrap();
    let refused = machine.json(&["model", "template", "mine"]).fails("model-damaged", 9);
    assert!(!refused.stdout.contains("bad") && !refused.stderr.contains("{{ messages"), "{refused}");
}
