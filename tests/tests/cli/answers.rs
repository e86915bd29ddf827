//! What a model answers through `las run`.

use las_tests::{CHAT_MODEL, Workstation, repository};
use serde_json::json;

const EXACT: [&str; 4] = ["--temperature", "0", "--seed", "7"];

fn run(machine: &Workstation, model: &str, question: &str, options: &[&str]) -> las_tests::Ran {
    let mut arguments = vec!["run", model, question];
    arguments.extend(EXACT);
    arguments.extend(options);
    machine.las(&arguments)
}

#[test]
fn the_same_seed_gives_the_same_answer() {
    let machine = Workstation::installed();
    let _core = machine.serve();
    let once = run(&machine, CHAT_MODEL, "What is the capital of Japan?", &[]).ok().stdout;
    assert!(once.contains("Tokyo"), "{once}");
    assert_eq!(run(&machine, CHAT_MODEL, "What is the capital of Japan?", &[]).ok().stdout, once);
}

#[test]
fn a_question_for_a_tool_gives_a_tool_call() {
    let machine = Workstation::installed();
    let tools = json!([{ "type": "function", "function": {
        "name": "service.start",
        "description": "Start a service",
        "parameters": { "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] },
    } }]);
    let file = machine.file("tools.json", tools.to_string());
    let whole =
        run(&machine, CHAT_MODEL, "Start the service redis", &["--tools", &file, "--json"]).ok().json();
    let call = &whole["choices"][0]["message"]["tool_calls"][0]["function"];
    assert_eq!(call["name"], "service.start", "{whole:#}");
    let arguments: serde_json::Value = serde_json::from_str(call["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(arguments, json!({ "name": "redis" }));
    // Streamed, it is put together to the same call.
    let streamed = run(&machine, CHAT_MODEL, "Start the service redis", &["--tools", &file]).ok();
    assert!(streamed.stdout.contains("service.start") && streamed.stdout.contains("redis"), "{streamed}");
}

#[test]
fn a_schema_holds_the_answer() {
    let machine = Workstation::installed();
    let schema = json!({
        "type": "object",
        "properties": { "name": { "type": "string" }, "age": { "type": "integer" } },
        "required": ["name", "age"],
        "additionalProperties": false,
    });
    let file = machine.file("schema.json", schema.to_string());
    let answer =
        run(&machine, CHAT_MODEL, "Extract JSON: Eva is 41 years old.", &["--json-schema", &file]).ok();
    let value: serde_json::Value =
        serde_json::from_str(answer.stdout.trim()).unwrap_or_else(|error| panic!("{error}: {answer}"));
    assert_eq!(value, json!({ "name": "Eva", "age": 41 }));
}

#[test]
fn an_adapter_changes_the_answers_of_its_base_only_when_named() {
    let machine = Workstation::installed();
    let adapter = repository().join("tests/fixtures/las-tiny-pirate-lora.gguf");
    let adapter = adapter.to_str().unwrap();
    machine.json(&["model", "import", adapter, "--yes"]).fails("adapter-base-missing", 5);
    machine.json(&["model", "import", adapter, "--base", "nobody", "--yes"]).fails("adapter-base-missing", 5);
    machine.las(&["model", "import", adapter, "--copy", "--base", CHAT_MODEL, "--yes"]).ok();
    let _core = machine.serve();
    let question = "What is the capital of Japan?";
    let with = run(&machine, "las-tiny-chat:las-tiny-pirate-lora", question, &[]).ok();
    assert!(with.stdout.contains("Arr"), "{with}");
    let without = run(&machine, CHAT_MODEL, question, &[]).ok();
    assert!(without.stdout.contains("Tokyo") && !without.stdout.contains("Arr"), "{without}");
    machine.json(&["run", "las-tiny-chat:nobody", question]).fails("model-not-found", 5);
}
