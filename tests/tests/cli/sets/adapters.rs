//! Adapters: known by their content, tied to the model that they were made for.

use super::{about, files, machine, only};
use las_models::{GgufWriter, TensorType};
use las_tests::{Hub, Workstation, hub_repository, model_config, models, safetensors};
use serde_json::{Value, json};

const BASE: &str = "tiny-org/Tiny-Base";
const ADAPTER: &str = "tiny-org/Tiny-Pirate";

fn lora(base: &str) -> Vec<u8> {
    GgufWriter::new()
        .text("general.architecture", "llama")
        .text("general.type", "adapter")
        .text("adapter.type", "lora")
        .text("general.base_model.0.repo_url", &format!("https://huggingface.co/{base}"))
        .tensor("blk.0.attn_q.weight.lora_a", &[8, 2], TensorType::F32, &[0; 64])
        .finish()
}

fn named<'a>(listed: &'a Value, name: &str) -> &'a Value {
    listed.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{listed:#}"))
}

#[test]
fn an_adapter_is_tied_to_the_base_that_it_names_when_that_is_here() {
    let folder = tempfile::tempdir().unwrap();
    hub_repository(folder.path(), BASE, &about(), &[("base.gguf", &models::small(5))]);
    hub_repository(folder.path(), ADAPTER, &about(), &[("pirate.gguf", &lora(BASE))]);
    let hub = Hub::start(folder.path());
    let machine = machine(&hub);
    machine.las(&["model", "pull", ADAPTER, "--yes"]).ok();
    let model = only(&machine);
    assert_eq!(
        (&model["facts"]["abilities"], &model["base"], &model["facts"]["adapter"]["base_repository"]),
        (&json!(["adapter"]), &json!(null), &json!(BASE))
    );
    let listed = machine.las(&["model", "list"]).ok();
    assert!(listed.stdout.contains(BASE) && listed.stdout.contains("not here"), "{listed}");
    machine.json(&["run", "pirate", "Hello"]).fails("adapter-base-missing", 5);
    machine.las(&["model", "pull", BASE, "--yes"]).ok();
    let listed = machine.json(&["model", "list"]).ok().json();
    assert_eq!(named(&listed, "pirate")["base"], json!("base"), "{listed:#}");
    machine.is_healthy();
    // One that comes when its base is here is tied to its bytes.
    machine.las(&["model", "remove", "pirate", "--yes"]).ok();
    machine.las(&["model", "pull", ADAPTER, "--yes"]).ok();
    let listed = machine.json(&["model", "list"]).ok().json();
    let (pirate, base) = (named(&listed, "pirate"), named(&listed, "base"));
    assert_eq!(pirate["facts"]["base"], base["digest"]);
    machine.json(&["model", "remove", "base", "--yes"]).fails("module-in-use", 1);
}

#[test]
fn an_adapter_as_peft_writes_it_comes_with_its_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let said =
        json!({ "peft_type": "LORA", "r": 8, "lora_alpha": 16, "base_model_name_or_path": BASE }).to_string();
    let weights = safetensors(&[("base_model.model.q_proj.lora_A.weight", &[1; 256])]);
    let parts: &[(&str, &[u8])] = &[
        ("adapter_config.json", said.as_bytes()),
        ("adapter_model.safetensors", &weights),
        ("README.md", b"# An adapter"),
    ];
    hub_repository(folder.path(), ADAPTER, &about(), parts);
    let base = safetensors(&[("q_proj.weight", &[1; 256])]);
    let parts: &[(&str, &[u8])] = &[("config.json", &model_config(&json!({}))), ("model.safetensors", &base)];
    hub_repository(folder.path(), BASE, &about(), parts);
    let hub = Hub::start(folder.path());
    let pulling = machine(&hub);
    pulling.las(&["model", "pull", ADAPTER, "--yes"]).ok();
    let model = only(&pulling);
    assert_eq!((&model["name"], &model["facts"]["abilities"]), (&json!("tiny-pirate"), &json!(["adapter"])));
    assert_eq!(files(&model), ["adapter_model.safetensors", "adapter_config.json"]);
    pulling.las(&["model", "pull", BASE, "--yes"]).ok();
    let listed = pulling.json(&["model", "list"]).ok().json();
    assert_eq!(named(&listed, "tiny-pirate")["base"], json!("tiny-base"), "{listed:#}");
    pulling.is_healthy();

    let importing = Workstation::new();
    let place = folder.path().join(ADAPTER);
    let shown = importing.las(&["model", "import", place.to_str().unwrap(), "--copy"]).status_is(6);
    assert!(shown.stdout.contains(BASE), "{shown}");
    importing.las(&["model", "import", place.to_str().unwrap(), "--copy", "--yes"]).ok();
    assert_eq!(files(&only(&importing)), ["adapter_model.safetensors", "adapter_config.json"]);
    importing.is_healthy();
    // One that names no base can't be tied to any.
    let alone = GgufWriter::new()
        .text("general.architecture", "llama")
        .text("general.type", "adapter")
        .text("adapter.type", "lora")
        .tensor("blk.0.attn_q.weight.lora_a", &[8, 2], TensorType::F32, &[0; 64])
        .finish();
    let file = importing.file("alone.gguf", alone);
    importing.json(&["model", "import", &file, "--yes"]).fails("adapter-base-missing", 5);
}
