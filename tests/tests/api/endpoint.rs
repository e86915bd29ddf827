//! The OpenAI routes.

use las_tests::{CHAT_MODEL, Core, Workstation, repository, until};
use serde_json::{Value, json};

fn chat(content: &str) -> Value {
    json!({ "model": CHAT_MODEL, "temperature": 0, "seed": 1, "messages": [{ "role": "user", "content": content }] })
}

fn content(answer: &Value) -> &str {
    answer["choices"][0]["message"]["content"].as_str().unwrap_or_else(|| panic!("{answer:#}"))
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

#[test]
fn whole_and_streamed_answers_are_the_same() {
    let machine = Workstation::installed();
    let core = machine.serve();
    let client = core.client();
    let models = client.get("/v1/models").ok();
    assert_eq!(models["data"][0]["id"], CHAT_MODEL, "{models:#}");
    // Naming a model is enough: it is loaded by a plan of its own.
    let whole = client.post("/v1/chat/completions", &chat("What is VRAM?")).ok();
    assert!(content(&whole).contains("memory"), "{whole:#}");
    assert!(whole["usage"]["completion_tokens"].as_u64().unwrap() > 0);
    let streamed: Vec<String> =
        client.stream("/v1/chat/completions", &with(chat("What is VRAM?"), "stream", true.into())).collect();
    assert_eq!(streamed.last().unwrap(), "[DONE]");
    let pieces =
        streamed[..streamed.len() - 1].iter().map(|text| serde_json::from_str::<Value>(text).unwrap());
    let joined: String = pieces
        .filter_map(|piece| piece.pointer("/choices/0/delta/content")?.as_str().map(str::to_owned))
        .collect();
    assert_eq!(joined, content(&whole));
    let completion = client
        .post("/v1/completions", &json!({ "model": CHAT_MODEL, "prompt": "The capital of", "max_tokens": 4 }))
        .ok();
    assert!(completion["choices"][0]["text"].is_string(), "{completion:#}");
    let embedded =
        client.post("/v1/embeddings", &json!({ "model": CHAT_MODEL, "input": ["one", "two"] })).ok();
    assert_eq!(embedded["data"].as_array().unwrap().len(), 2);
    assert_eq!(embedded["data"][0]["embedding"].as_array().unwrap().len(), 192);
    let operations = client.get("/v1/operations").ok();
    assert_eq!(operations[0]["actor"], "gateway", "{operations:#}");
}

#[test]
fn unknown_fields_change_nothing() {
    let machine = Workstation::installed();
    let core = machine.serve();
    let client = core.client();
    let plain = client.post("/v1/chat/completions", &chat("What is RAM?")).ok();
    let mut foreign = chat("What is RAM?");
    for (name, value) in [
        ("n_discard", json!(-1)),
        ("n_probs", json!(100_000)),
        ("id_slot", json!(99)),
        ("lora", json!([{ "id": 7, "scale": 1.0 }])),
        ("grammar", json!("root ::= \"x\"")),
        ("nonsense", json!({ "deep": [1, 2, 3] })),
    ] {
        foreign[name] = value;
    }
    let engine = core.engine_process(CHAT_MODEL);
    let answered = client.post("/v1/chat/completions", &foreign).ok();
    assert_eq!(content(&answered), content(&plain));
    assert_eq!(core.engine_process(CHAT_MODEL), engine, "the engine is still the same one");
}

#[test]
fn errors_have_the_form_that_clients_know() {
    let machine = Workstation::installed();
    let core = machine.serve();
    let client = core.client();
    let refused = |body: Value, status: u16, code: &str| {
        let answer = client.post("/v1/chat/completions", &body);
        let error = &answer.json()["error"];
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(error["las"]["code"], code, "{answer:?}");
        for field in ["message", "type"] {
            assert!(error[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {answer:?}");
        }
    };
    refused(with(chat("Hello"), "model", "nobody".into()), 404, "model-not-found");
    refused(with(chat("Hello"), "model", "../../etc/passwd".into()), 404, "model-not-found");
    refused(with(chat("Hello"), "model", "las-tiny-chat:nobody".into()), 404, "model-not-found");
    refused(with(chat("Hello"), "messages", "not a list".into()), 400, "request-invalid");
    refused(json!({}), 400, "request-invalid");
    refused(
        with(
            chat("Hello"),
            "response_format",
            json!({ "type": "json_schema", "json_schema": { "schema": { "type": "nonsense" } } }),
        ),
        400,
        "engine-refused",
    );
    // Longer than the model's context.
    refused(chat(&"word ".repeat(2_000)), 400, "engine-refused");
    let answer = client.post("/v1/chat/completions", &chat("What is VRAM?")).ok();
    assert!(content(&answer).contains("memory"));
}

#[test]
fn an_adapter_that_comes_later_answers_too() {
    let machine = Workstation::installed();
    let core = machine.serve();
    let client = core.client();
    let japan = chat("What is the capital of Japan?");
    assert!(!content(&client.post("/v1/chat/completions", &japan).ok()).contains("Arr"));
    let adapter = repository().join("tests/fixtures/las-tiny-pirate-lora.gguf");
    machine.las(&["model", "import", adapter.to_str().unwrap(), "--base", CHAT_MODEL, "--yes"]).ok();
    let name = "las-tiny-chat:las-tiny-pirate-lora";
    assert!(client.get("/v1/models").ok().to_string().contains(name));
    let pirate = client.post("/v1/chat/completions", &with(japan.clone(), "model", name.into())).ok();
    assert!(content(&pirate).contains("Arr"), "{pirate:#}");
    let plain = client.post("/v1/chat/completions", &japan).ok();
    assert!(!content(&plain).contains("Arr"), "{plain:#}");
}

fn engine_log(machine: &Workstation) -> String {
    std::fs::read_to_string(machine.home().join("logs").join(CHAT_MODEL).join("current.log"))
        .unwrap_or_default()
}

fn long(core: &Core) -> las_tests::Stream {
    let schema = json!({ "type": "array", "items": { "type": "string", "minLength": 8 }, "minItems": 40 });
    let body = with(chat("Extract JSON: Eva is 41 years old."), "stream", true.into());
    let format = json!({ "type": "json_schema", "json_schema": { "name": "list", "schema": schema } });
    core.client().stream("/v1/chat/completions", &with(body, "response_format", format))
}

#[test]
fn a_closed_connection_frees_the_engine() {
    let machine = Workstation::installed();
    let core = machine.serve();
    machine.las(&["service", "start", CHAT_MODEL]).ok();
    // More than it takes at once, each left after its first piece; the engine says that it cancelled one.
    until("a cancelled task in the engine's log", || {
        let mut streams: Vec<_> = (0..3).map(|_| long(&core)).collect();
        for stream in &mut streams[..2] {
            stream.next().unwrap();
        }
        drop(streams);
        let answer = core.client().post("/v1/chat/completions", &chat("What is VRAM?")).ok();
        assert!(content(&answer).contains("memory"));
        engine_log(&machine).contains("cancel").then_some(())
    });
}
