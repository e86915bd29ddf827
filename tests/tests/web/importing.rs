//! Models of several files, imported by the page's form.

use las_tests::{
    Browser, ENGINE, Workstation, model_config, part_name, safetensors, shipped_chat_model, split_gguf,
    tokenizer_json,
};
use serde_json::json;
use std::path::Path;

const PARTS: usize = 3;
const SCROLLS: &str =
    "const main = document.getElementById('main'); return main.scrollWidth > main.clientWidth";

/// Imports what lies there by the form, and opens its row.
fn import(page: &Browser, path: &Path, mode: &str, name: &str) {
    page.click("nav-models");
    page.click("import-open");
    page.write("import-path", path.to_str().unwrap());
    page.click(&format!("[data-testid=\"import-mode\"] option[value=\"{mode}\"]"));
    page.click("import-plan");
    page.shown("plan-step");
    page.click("run-plan");
    page.click("plan-done");
    page.wait("the model in the list", |page| {
        page.attributes("model-row", "data-name").contains(&name.to_owned()).then_some(())
    });
    page.wait("that the form has done its work", |page| page.texts("import-form").is_empty().then_some(()));
    page.click(&format!("[data-testid=\"model-row\"][data-name=\"{name}\"] summary"));
}

pub(crate) fn a_split_model(size: (u32, u32)) {
    let machine = Workstation::new();
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    let bytes = std::fs::read(shipped_chat_model()).unwrap();
    let folder = machine.outside("split");
    std::fs::create_dir_all(&folder).unwrap();
    let names: Vec<String> =
        (1..=PARTS).map(|number| part_name("Tiny-Chat-F32", number, PARTS, "gguf")).collect();
    for (name, part) in names.iter().zip(split_gguf(&bytes, PARTS)) {
        std::fs::write(folder.join(name), part).unwrap();
    }
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    // Whichever part is named, all of them are meant.
    import(&page, &folder.join(&names[1]), "reference", "tiny-chat-f32");
    let files = page.text("model-files");
    assert!(names.iter().all(|name| files.contains(name.as_str())), "{files}");
    let template = page.text("model-template");
    let listed = machine.json(&["model", "list"]).ok().json();
    let digest = listed[0]["facts"]["chat_templates"]["default"].as_str().unwrap().to_owned();
    assert!(template.contains(&digest.trim_start_matches("sha256:")[..12]), "{template}: {digest}");
    page.click("[data-testid=\"model-templates\"] summary");
    let shown = page.text("model-template-text");
    assert!(shown.contains("messages"), "{shown}");
    page.click("model-verify");
    page.wait("that it is whole", |page| {
        (page.attributes("model-state", "data-state") == ["whole"]).then_some(())
    });
    page.picture("import-split");
    // A part that is damaged is named.
    let part = folder.join(&names[2]);
    let mut damaged = std::fs::read(&part).unwrap();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&part, damaged).unwrap();
    page.click("model-verify");
    page.wait("that it is damaged", |page| {
        (page.attributes("model-state", "data-state") == ["damaged"]).then_some(())
    });
    let told = page.text("model-state");
    assert!(told.contains(&names[2]), "{told}");
    assert_eq!(page.console_errors(), [""; 0]);
}

pub(crate) fn a_folder_of_weights(size: (u32, u32)) {
    let machine = Workstation::new();
    let folder = machine.outside("tiny-1b");
    std::fs::create_dir_all(&folder).unwrap();
    let own = json!({ "auto_map": { "AutoModel": "modeling_x.Model" } });
    let template =
        json!({ "tokenizer_class": "X", "chat_template": "{{ messages }}" }).to_string().into_bytes();
    for (name, bytes) in [
        ("config.json", model_config(&own)),
        ("model.safetensors", safetensors(&[("embed.weight", &[1; 4096]), ("lm_head.weight", &[2; 4096])])),
        ("modeling_x.py", b"raise SystemExit".to_vec()),
        ("tokenizer.json", tokenizer_json()),
        ("tokenizer_config.json", template),
    ] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    import(&page, &folder, "copy", "tiny-1b");
    let files = page.text("model-files");
    assert!(files.contains("model.safetensors") && files.contains("tokenizer.json"), "{files}");
    assert!(!files.contains("modeling_x.py"), "what runs is not taken: {files}");
    assert!(page.text("model-code").contains("modeling_x.Model"), "{}", page.text("model-code"));
    assert!(page.text("model-obligations").contains("names no licence"));
    assert!(!page.text("model-template").is_empty());
    page.picture("import-weights");
    assert_eq!(page.script(SCROLLS, &json!([])), false, "nothing is wider than the screen");
    assert_eq!(page.console_errors(), [""; 0]);
}
