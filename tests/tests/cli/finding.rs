//! Models that can be had, from the command line and over the API.

use las_tests::{Hub, Workstation, hub_sample, models};
use las_types::Digest;

/// A machine whose sources are these addresses.
fn machine(hugging_face: &str, model_scope: &str) -> Workstation {
    let machine = Workstation::new();
    let text = format!(
        "[models]\nhugging_face = \"{hugging_face}\"\nmodel_scope = \"{model_scope}\"\nfile_hosts = \"127.0.0.2\"\n"
    );
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), text).unwrap();
    machine
}

#[test]
fn models_are_found_and_shown_from_every_source_in_the_same_words_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    hub_sample(folder.path());
    let hub = Hub::start(folder.path());
    let machine = machine(&hub.endpoint(), &hub.endpoint());
    let found = machine.las(&["--json", "model", "search", "tiny", "gguf"]).ok().json();
    let sources: Vec<_> =
        found["models"].as_array().unwrap().iter().map(|model| model["source"].clone()).collect();
    assert_eq!(sources, ["hugging-face", "model-scope"]);
    assert_eq!(found["offline"], false);
    let text = machine.las(&["model", "search", "tiny", "--licence", "mit"]).ok();
    assert!(
        text.stdout.contains("tiny-org/Tiny-Safetensors") && !text.stdout.contains("Tiny-GGUF"),
        "{text}"
    );
    let shown = machine.las(&["--json", "model", "show", "tiny-org/Tiny-GGUF"]).ok().json();
    let files = shown["repository"]["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["path"] == "tiny.gguf").unwrap();
    assert_eq!(file["sha256"], Digest::of(&models::small(7)).to_string());
    let core = machine.serve();
    let api = core.client().get("/v1/model-search?words=tiny+gguf").ok();
    assert_eq!(api, found);
    let api = core.client().get("/v1/model-repository?id=tiny-org/Tiny-GGUF").ok();
    assert_eq!(api, shown);
}

#[test]
fn pages_follow_each_other_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    hub_sample(folder.path());
    let hub = Hub::start(folder.path());
    let machine = machine(&hub.endpoint(), "off");
    let first = ["--json", "model", "search", "many", "--limit", "5", "--source", "hugging-face"];
    let found = machine.las(&first).ok().json();
    assert_eq!(found["models"].as_array().unwrap().len(), 5);
    let next = found["next"].as_str().unwrap();
    let found = machine.las(&[&first[..], &["--cursor", next]].concat()).ok().json();
    assert_eq!((found["models"].as_array().unwrap().len(), found["next"].is_null()), (2, true));
}

#[test]
fn what_is_not_there_is_named_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    hub_sample(folder.path());
    let hub = Hub::start(folder.path());
    let machine = machine(&hub.endpoint(), "off");
    let code = |arguments: &[&str]| {
        let ran = machine.las(arguments);
        (ran.status, ran.stderr)
    };
    let (status, said) = code(&["model", "show", "no/such"]);
    assert_eq!(status, Some(5), "{said}");
    assert!(said.contains("no/such"), "{said}");
    assert_eq!(code(&["model", "show", "tiny-org/Tiny-GGUF", "--revision", "v9"]).0, Some(5));
    assert_eq!(code(&["model", "show", "../etc"]).0, Some(2));
    assert_eq!(code(&["model", "search", "x", "--source", "nowhere"]).0, Some(5));
}

#[test]
fn without_a_network_the_list_answers_and_says_so() {
    // Nothing listens there.
    let machine = machine("http://127.0.0.1:9", "http://127.0.0.1:9");
    let found = machine.las(&["--json", "model", "search", "qwen3", "embedding"]).ok().json();
    assert_eq!(found["offline"], true);
    assert_eq!(found["failures"].as_array().unwrap().len(), 2);
    assert_eq!(found["failures"][0]["code"], "hub-unreachable");
    let ids: Vec<_> = found["models"].as_array().unwrap().iter().map(|model| &model["id"]).collect();
    assert_eq!(ids[0], "Qwen/Qwen3-Embedding-0.6B-GGUF");
    let judged = machine.las(&["--json", "model", "search", "llama-3.2-1b"]).ok().json();
    let fit = judged["models"][0]["fit"].as_str().unwrap();
    assert!(["fits", "limits", "too_large"].contains(&fit), "{fit}");
    let text = machine.las(&["model", "search", "qwen3"]).ok();
    assert!(text.stdout.contains("No source in a network answered"), "{text}");
    let shown = machine.las(&["--json", "model", "show", "Qwen/Qwen3-Embedding-0.6B-GGUF"]).ok().json();
    assert_eq!(
        (shown["offline"].as_bool(), shown["repository"]["context"].as_u64()),
        (Some(true), Some(32768))
    );
}
