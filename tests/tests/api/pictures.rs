//! Pictures in a conversation: seen by a model that has a projector, refused by one that has none, left out by nobody.

use las_tests::{CHAT_MODEL, Core, ENGINE, Workstation, models, shipped_chat_model};
use serde_json::{Value, json};

/// One pixel.
const PICTURE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const EYE: &str = "eye";
const PROJECTOR: &str = "mmproj-eye-F32.gguf";

/// A machine with a model that has this projector, in two files.
fn machine(projector: &[u8]) -> Workstation {
    let machine = Workstation::new();
    machine.las(&["module", "install", ENGINE, "--yes", "--quiet"]).ok();
    let folder = machine.outside("eye");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(shipped_chat_model(), folder.join("eye-F32.gguf")).unwrap();
    std::fs::write(folder.join(PROJECTOR), projector).unwrap();
    machine.las(&["model", "import", folder.to_str().unwrap(), "--copy", "--name", EYE, "--yes"]).ok();
    machine
}

fn asked(model: &str, picture: Option<&str>) -> Value {
    let mut parts = vec![json!({ "type": "text", "text": "What is VRAM?" })];
    parts.extend(picture.map(|url| json!({ "type": "image_url", "image_url": { "url": url } })));
    let messages = json!([{ "role": "user", "content": parts }]);
    json!({ "model": model, "temperature": 0, "seed": 1, "max_tokens": 4, "messages": messages })
}

fn chat(core: &Core, body: &Value) -> Value {
    core.client().post("/v1/chat/completions", body).ok()
}

#[track_caller]
fn refuses(core: &Core, asked: &Value, why: &str) -> Value {
    let answer = core.client().post("/v1/chat/completions", asked);
    assert_eq!(answer.status, 400, "{answer:?}");
    let error = answer.json()["error"]["las"].clone();
    assert_eq!(error["code"], why, "{error:#}");
    error
}

#[test]
fn a_model_with_a_projector_sees_the_picture_of_a_conversation() {
    let projector = models::projector(192);
    let machine = machine(&projector);
    let listed = machine.json(&["model", "list"]).ok().json();
    assert_eq!(listed[0]["facts"]["projector"], PROJECTOR, "{listed:#}");
    let takes = listed[0]["facts"]["projector_bytes"].as_u64().unwrap();
    assert!(takes > 0 && takes.abs_diff(projector.len() as u64) < 64 << 10, "{takes}");
    let core = machine.serve();
    let tokens = |answer: &Value| answer["usage"]["prompt_tokens"].as_u64().unwrap();
    let (without, with) = (chat(&core, &asked(EYE, None)), chat(&core, &asked(EYE, Some(PICTURE))));
    // Four patches are four tokens at least.
    assert!(tokens(&with) >= tokens(&without) + 4, "{without:#} {with:#}");
    // What is no picture is not left out either.
    refuses(&core, &asked(EYE, Some("data:image/png;base64,AAAA")), "engine-refused");
    let error = refuses(&core, &asked(EYE, Some("http://127.0.0.1:9/a.png")), "media-by-address");
    assert_eq!(error["args"]["url"], "http://127.0.0.1:9/a.png", "{error:#}");
    assert!(tokens(&chat(&core, &asked(EYE, Some(PICTURE)))) == tokens(&with), "it goes on");
}

#[test]
fn what_a_projector_takes_is_part_of_what_a_load_takes() {
    let machine = machine(&models::projector(192));
    machine.las(&["module", "install", CHAT_MODEL, "--yes", "--quiet"]).ok();
    let weights = |name: &str| {
        let fit = machine.json(&["model", "fit", name]).ok().json();
        fit["models"][0]["here"]["memory"]["weights"].as_u64().unwrap_or_else(|| panic!("{fit:#}"))
    };
    let listed = machine.json(&["model", "list"]).ok().json();
    let eye = listed.as_array().unwrap().iter().find(|model| model["name"] == EYE).unwrap();
    // The same weights, once with a projector.
    assert_eq!(weights(EYE) - weights(CHAT_MODEL), eye["facts"]["projector_bytes"].as_u64().unwrap());
    let core = machine.serve();
    let memory = |model: &str| {
        let intent = json!({ "kind": "model_load", "model": model });
        let plan = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
        plan["totals"]["memory"].as_u64().unwrap()
    };
    assert!(memory(EYE) > memory(CHAT_MODEL));
}

#[test]
fn a_model_without_a_projector_refuses_a_picture() {
    let machine = Workstation::installed();
    let core = machine.serve();
    let error = refuses(&core, &asked(CHAT_MODEL, Some(PICTURE)), "model-without-projector");
    assert_eq!(error["args"]["name"], CHAT_MODEL, "{error:#}");
    chat(&core, &asked(CHAT_MODEL, None));
}

#[test]
fn a_projector_that_the_engine_can_not_load_is_named() {
    // Of a model that is less wide.
    let machine = machine(&models::projector(64));
    let core = machine.serve();
    let answer = core.client().post("/v1/chat/completions", &asked(EYE, Some(PICTURE)));
    let error = answer.json()["error"]["las"].clone();
    assert_eq!((&error["code"], answer.status), (&json!("engine-projector-refused"), 500), "{error:#}");
    assert_eq!(
        (&error["args"]["file"], &error["args"]["name"]),
        (&json!(PROJECTOR), &json!(EYE)),
        "{error:#}"
    );
}
