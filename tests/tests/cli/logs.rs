//! The logs: one line an event, a span for what it belongs to, and nothing secret.

use las_tests::{CHAT_MODEL, Core, ENGINE, Workstation};
use serde_json::{Value, json};
use std::path::Path;

/// A core whose logs say everything.
fn talkative(machine: &Workstation, format: &str) -> Core {
    std::fs::create_dir_all(machine.home()).unwrap();
    let text = format!(
        "[log]\nlevel = \"trace\"\nfile_level = \"trace\"\nformat = \"{format}\"\nfile_size = \"1GiB\"\n"
    );
    std::fs::write(machine.home().join("config.toml"), text).unwrap();
    machine.serve()
}

fn file(machine: &Workstation) -> String {
    std::fs::read_to_string(machine.home().join("logs/core/current.log")).unwrap()
}

/// Every file under a folder that holds any of these, whatever it is.
fn holding(folder: &Path, secrets: &[&str], found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            holding(&path, secrets, found);
        } else if let Ok(bytes) = std::fs::read(&path) {
            let text = String::from_utf8_lossy(&bytes);
            if secrets.iter().any(|secret| text.contains(secret)) {
                found.push(path.display().to_string());
            }
        }
    }
}

#[test]
fn no_secret_is_logged() {
    let machine = Workstation::installed();
    for format in ["text", "json"] {
        let core = talkative(&machine, format);
        let token = core.token().to_owned();
        let client = core.client();
        let (prompt, query) = ("the-planted-prompt", "the-planted-query");
        assert_eq!(client.get(&format!("/v1/status?token={query}")).status, 400);
        assert_eq!(client.get(&format!("/v1/{query}")).status, 404);
        let asked = |stream: bool| {
            json!({ "model": CHAT_MODEL, "stream": stream, "max_tokens": 4,
                "messages": [{ "role": "user", "content": prompt }] })
        };
        client.post("/v1/chat/completions", &asked(false)).ok();
        client.post("/v1/chat/completions", &asked(true));
        client.post("/v1/chat/completions", &json!({ "model": prompt, "messages": query }));
        let forged = las_tests::Client::new(core.address()).token(query);
        assert_eq!(forged.get("/v1/status").status, 401);
        let page = core.page().rsplit('=').next().unwrap().to_owned();
        let said = core.said();
        core.stop();
        let secrets = [&*token, prompt, query, &*page];
        assert!(said.lines().count() > 5, "it is talkative: {said}");
        for secret in secrets {
            assert!(!said.contains(secret), "{format}: {secret} on standard error");
        }
        let mut found = Vec::new();
        holding(&machine.home().join("logs/core"), &secrets, &mut found);
        assert_eq!(found, [""; 0], "{format}");
    }
}

#[test]
fn an_event_names_its_operation_and_request_in_json() {
    let machine = Workstation::new();
    let core = talkative(&machine, "json");
    let client = core.client();
    let intent = json!({ "intent": { "kind": "module_install", "modules": [ENGINE] } });
    let plan = client.post("/v1/plans", &intent).ok()["id"].as_str().unwrap().to_owned();
    let operation = client.post(&format!("/v1/plans/{plan}/approve"), &json!({})).ok()["id"].clone();
    machine.las(&["operation", "follow", operation.as_str().unwrap()]).ok();
    let name = "an\u{1b}[2Jescape\nand a line";
    assert_eq!(
        client
            .post("/v1/plans", &json!({ "intent": { "kind": "module_install", "modules": [name] } }))
            .status,
        400
    );
    core.stop();
    let text = file(&machine);
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |span: &str| events.iter().filter(|event| event["span"]["name"] == span).collect::<Vec<_>>();
    let operations = of("operation");
    let named = |event: &&&Value| {
        event["span"]["operation"] == operation && event["span"]["command"] == "module_install"
    };
    assert!(operations.iter().any(|event| named(&event)), "{text}");
    let requests = of("request");
    let answered = |event: &&&Value| {
        event["span"]["route"] == "/v1/plans/{id}/approve"
            && event["fields"]["status"] == 200
            && event["fields"]["duration_ms"].is_number()
    };
    assert!(requests.iter().any(|event| answered(&event)), "{text}");
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn without_a_word_in_the_configuration_a_command_that_succeeds_logs_nothing_to_the_terminal() {
    let machine = Workstation::new();
    machine.install();
    let quiet = machine.las(&["status"]).ok();
    assert_eq!(quiet.stderr, "");
    assert!(file(&machine).lines().count() > 0, "the core's own log says what happened");
}
