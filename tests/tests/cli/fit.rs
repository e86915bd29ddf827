//! How models stand to a machine, told before they are fetched or loaded, and what a load does with it.

use las_models::{GgufWriter, TensorType};
use las_tests::{CHAT_MODEL, ENGINE, Hub, Workstation, hub_repository, models, shipped_chat_model};
use serde_json::{Value, json};

const CHAT: &str = "tiny-org/Tiny-Chat-GGUF";

fn configured(machine: &Workstation, hub: &str) {
    let text =
        format!("[models]\nhugging_face = \"{hub}\"\nmodel_scope = \"off\"\nfile_hosts = \"127.0.0.2\"\n");
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), text).unwrap();
}

/// A machine with this profile and no network.
fn offline(profile: &str) -> Workstation {
    let machine = Workstation::new().with_profile(profile);
    configured(&machine, "http://127.0.0.1:9");
    machine
}

/// A model of next to no weights that keeps 128 KiB for each token.
fn forgetting_nothing() -> Vec<u8> {
    GgufWriter::new()
        .text("general.architecture", "llama")
        .u32("llama.context_length", 131_072)
        .u32("llama.block_count", 32)
        .u32("llama.embedding_length", 4096)
        .u32("llama.attention.head_count", 32)
        .u32("llama.attention.head_count_kv", 8)
        .text("tokenizer.chat_template", "{{ messages }}")
        .tensor("token_embd.weight", &[8, 4], TensorType::F32, &[0; 128])
        .finish()
}

#[test]
fn a_repository_is_judged_file_by_file_and_nothing_is_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(shipped_chat_model()).unwrap();
    let files: &[(&str, &[u8])] = &[("tiny-Q8_0.gguf", &bytes), ("tiny-Q4_K_M.gguf", &models::small(3))];
    hub_repository(folder.path(), CHAT, &json!({ "context": 256 }), files);
    let hub = Hub::start(folder.path());
    let machine = Workstation::new().with_profile("box-64gb-no-gpu");
    configured(&machine, &hub.endpoint());
    let fit = machine.json(&["model", "fit", CHAT]).ok().json();
    let of = |fit: &Value| -> Vec<String> {
        fit["models"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(of(&fit).len(), 2, "{fit:#}");
    let chosen = &fit["models"][usize::try_from(fit["chosen"].as_u64().unwrap()).unwrap()];
    assert_eq!((&chosen["file"], &chosen["here"]["basis"]), (&json!("tiny-Q8_0.gguf"), &json!("size")));
    assert_eq!(chosen["here"]["verdict"]["fit"], "fits");
    assert_eq!(chosen["here"]["context"], 256, "no more than the model knows");
    assert!(chosen["speed"]["least"].as_u64() < chosen["speed"]["most"].as_u64(), "{chosen:#}");
    let one =
        machine.json(&["model", "fit", &format!("{CHAT}:tiny-Q4_K_M.gguf"), "--kv", "q8_0"]).ok().json();
    assert_eq!(
        (of(&one), &one["models"][0]["here"]["cache"]),
        (vec!["tiny-Q4_K_M.gguf".to_owned()], &json!("q8_0"))
    );
    let longer = machine.json(&["model", "fit", CHAT, "--context", "4096"]).ok().json();
    let trained = json!([{ "kind": "trained", "tokens": 256, "asked": 4096 }]);
    assert_eq!(longer["models"][0]["here"]["verdict"]["limits"], trained);
    let text = machine.las(&["model", "fit", CHAT]).ok();
    for told in ["tiny-Q4_K_M.gguf", "Main memory", "tokens/s", "By the size of its file alone"] {
        assert!(text.stdout.contains(told), "{told}: {text}");
    }
    let core = machine.serve();
    assert_eq!(core.client().get(&format!("/v1/model-fit?id={CHAT}")).ok(), fit);
    assert!(hub.asked().iter().all(|asked| !asked.host.starts_with("127.0.0.2")), "nothing is fetched");
    assert_eq!(
        machine.json(&["model", "fit", "nothing-of-that-name"]).fails("model-not-found", 5).json()["code"],
        "model-not-found"
    );
}

#[test]
fn a_well_known_model_is_judged_without_a_network_and_by_its_common_name() {
    let fit = |profile: &str, name: &str| offline(profile).json(&["model", "fit", name]).ok().json();
    let large = fit("laptop-8gb-no-gpu", "qwen3-32b");
    assert_eq!(large["offline"], true);
    let here = &large["models"][0]["here"];
    assert_eq!((&here["verdict"]["fit"], &here["basis"]), (&json!("too_large"), &json!("shape")));
    assert!(here["verdict"]["lacks"].as_u64().unwrap() > 0);
    assert_eq!(large["models"][0]["speed_unknown"], "too_large");
    let small = fit("laptop-8gb-no-gpu", "Qwen3 0.6B");
    assert_eq!(small["models"][0]["here"]["verdict"]["fit"], "fits");
    assert_eq!(small["models"][0]["speed_unknown"], "not_measured");
    let split = fit("rtx-4060-8gb", "qwen3-14b");
    let parts = split["models"][0]["with_gpus"]["parts"].as_array().unwrap();
    let layers: u64 = parts.iter().map(|part| part["layers"].as_u64().unwrap()).sum();
    assert_eq!((parts.len(), layers), (2, 40), "{split:#}");
    assert_eq!(split["models"][0]["with_gpus"]["verdict"]["limits"][0]["kind"], "gpu_layers");
}

#[test]
fn a_search_for_what_fits_leaves_out_what_does_not() {
    let machine = offline("laptop-8gb-no-gpu");
    let found = |more: &[&str]| {
        let found =
            machine.json(&[&["model", "search", "qwen3", "--limit", "50"], more].concat()).ok().json();
        found["models"].as_array().unwrap().clone()
    };
    let (all, fits) = (found(&[]), found(&["--fits"]));
    assert!(!fits.is_empty() && fits.len() < all.len(), "{} of {}", fits.len(), all.len());
    assert!(fits.iter().all(|model| model["fit"] == "fits" || model["fit"] == "limits"));
    let core = machine.serve();
    let api = core.client().get("/v1/model-search?words=qwen3&limit=50&fits=true").ok();
    assert_eq!(api["models"], Value::Array(fits));
}

#[test]
fn a_load_gives_what_the_verdict_says() {
    // 0.94 GB are free: 2.1 GB of keys and values in 16-bit floats, 0.6 GB in four bits.
    let machine = Workstation::new().with_profile("tiny-2gb");
    machine.las(&["module", "install", ENGINE, "--yes"]).ok();
    let file = machine.file("long.gguf", forgetting_nothing());
    machine.las(&["model", "import", &file, "--reference", "--yes"]).ok();
    let fit = machine.json(&["model", "fit", "long"]).ok().json();
    let here = &fit["models"][0]["here"];
    assert_eq!((&here["verdict"]["fit"], &here["basis"]), (&json!("limits"), &json!("header")));
    let core = machine.serve();
    let intent = json!({ "intent": { "kind": "model_load", "model": "long" } });
    let plan = core.client().post("/v1/plans", &intent).ok();
    let spec = &plan["steps"][0]["action"]["spec"];
    assert_eq!(
        (&spec["settings"]["context"], &spec["settings"]["cache"]),
        (&json!(8192), &json!("q4_0")),
        "{plan:#}"
    );
    let notes = plan["notes"].as_array().unwrap();
    assert!(notes.iter().any(|note| note["key"] == "model-limited"), "{notes:?}");
}

#[test]
fn what_a_load_took_is_kept_and_judges_the_next() {
    let machine = Workstation::installed();
    let fit = || machine.json(&["model", "fit", CHAT_MODEL]).ok().json()["models"][0].clone();
    let before = fit();
    assert_eq!((&before["here"]["basis"], &before["measured"]), (&json!("header"), &Value::Null));
    let core = machine.serve();
    machine.las(&["service", "start", CHAT_MODEL]).ok();
    let running = fit();
    assert_eq!(running["here"]["basis"], "measured", "{running:#}");
    // So a second start changes nothing, though more is known of it now.
    let again = machine.json(&["service", "start", CHAT_MODEL]).ok().json();
    assert_eq!(again["steps"], json!([]), "{again:#}");
    machine.las(&["run", CHAT_MODEL, "Tell me about memory.", "--temperature", "0"]).ok();
    machine.las(&["service", "stop", CHAT_MODEL]).ok();
    drop(core);
    let after = fit();
    let measured = &after["measured"];
    assert_eq!(after["here"]["basis"], "measured", "{after:#}");
    assert!(measured["peak"].as_u64() >= running["measured"]["peak"].as_u64(), "{after:#}");
    assert_eq!(after["here"]["memory"]["total"], measured["peak"]);
    // Another context was not measured.
    let other = machine.json(&["model", "fit", CHAT_MODEL, "--context", "128"]).ok().json();
    assert_eq!(other["models"][0]["here"]["basis"], "header");
    let text = machine.las(&["model", "fit", CHAT_MODEL]).ok();
    assert!(text.stdout.contains("Measured when it was loaded so"), "{text}");
    machine.is_healthy();
}
