//! The routes of the table, the events, and who may use them.

use las_api::{COMMANDS, Method};
use las_tests::{CHAT_MODEL, Client, ENGINE, Workstation};
use serde_json::{Value, json};

pub(super) fn tcp_needs_a_token_our_host_and_our_origin() {
    let machine = Workstation::new();
    let core = machine.serve();
    let (address, token) = (core.address(), core.token());
    let port = address.rsplit(':').next().unwrap();
    let paths = COMMANDS
        .iter()
        .filter(|command| command.method == Method::Get && !command.path.contains('{'))
        .map(|command| command.path);
    let paths: Vec<&str> = paths.chain(["/v1/events", "/v1/models"]).collect();
    for path in paths {
        let refused = |client: Client, why: &str| {
            let answer = client.get(path);
            assert_eq!(
                (answer.status, answer.json()["code"].as_str()),
                (401, Some("unauthorized")),
                "{path}: {why}"
            );
        };
        let bare = || Client::new(address);
        refused(bare(), "no token");
        refused(bare().token("wrong"), "a wrong token");
        refused(bare().header("authorization", token), "not a bearer");
        refused(bare().token(&token[1..]), "a part of the token");
        let known = || bare().token(token);
        refused(known().header("host", &format!("evil.example:{port}")), "a foreign host");
        refused(known().header("host", "evil.example"), "a foreign host without port");
        refused(known().header("host", "127.0.0.1:1"), "another port");
        refused(known().header("origin", "https://evil.example"), "a foreign origin");
        refused(known().header("origin", "null"), "no origin");
        refused(known().header("origin", "http://127.0.0.1:1"), "another port's origin");
    }
    let client = core.client();
    assert_eq!(client.get("/v1/status").status, 200);
    assert_eq!(client.clone().header("origin", &format!("http://{address}")).get("/v1/status").status, 200);
    assert_eq!(client.clone().header("host", &format!("localhost:{port}")).get("/v1/status").status, 200);
    // Changing something needs the same.
    let plan = json!({ "intent": { "kind": "module_install", "modules": [CHAT_MODEL] } });
    assert_eq!(Client::new(address).post("/v1/plans", &plan).status, 401);
    // A token works until it is revoked.
    let tokens = client.get("/v1/tokens").ok();
    let id = tokens[0]["id"].as_str().unwrap();
    assert!(!tokens.to_string().contains(token), "a list never holds the value");
    machine.las(&["token", "revoke", id]).ok();
    assert_eq!(client.get("/v1/status").status, 401);
    let lines = machine.json(&["audit", "list"]).ok().json();
    let revoked = lines.as_array().unwrap().last().unwrap().clone();
    let said = ["command", "operation", "actor", "outcome"].map(|field| revoked[field].as_str().unwrap());
    assert_eq!(said, ["token_revoke", id, "cli", "succeeded"]);
    machine.las(&["audit", "verify"]).ok();
    let database = std::fs::read(machine.home().join("state.db")).unwrap();
    assert!(!database.windows(token.len()).any(|window| window == token.as_bytes()), "nor does the database");
}

#[test]
fn the_page_is_public_and_its_link_opens_the_rest() {
    let machine = Workstation::new();
    let core = machine.serve();
    let (address, token) = core.page().strip_prefix("http://").unwrap().split_once("/#token=").unwrap();
    assert_eq!(Client::new(address).token(token).get("/v1/status").status, 200);
    let page = Client::new(address).get("/");
    if machine.resources().join("ui/index.html").exists() {
        assert_eq!(page.status, 200);
        let policy = &page.headers["content-security-policy"];
        assert!(
            policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
    } else {
        las_tests::skip(
            "api::routes::the_page_is_public_and_its_link_opens_the_rest",
            "the page is not built",
        );
    }
    for outside in [
        "/../registry/schema/manifest.schema.json",
        "/%2e%2e/registry/schema/manifest.schema.json",
        "/..%2fregistry",
    ] {
        assert_ne!(Client::new(address).get(outside).status, 200, "{outside}");
    }
}

#[test]
fn an_unknown_route_or_argument_is_refused_with_a_code() {
    let machine = Workstation::new();
    let core = machine.serve();
    let client = core.client();
    let answer = client.get("/v1/nonsense");
    assert_eq!((answer.status, answer.json()["code"].as_str()), (404, Some("command-unknown")));
    let typed = |body: Value| {
        let answer = client.post("/v1/plans", &body);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("request-invalid")), "{body}");
    };
    typed(json!({}));
    typed(json!({ "intent": { "kind": "nonsense" } }));
    typed(json!({ "intent": { "kind": "module_install", "modules": [CHAT_MODEL] }, "force": true }));
    typed(json!({ "intent": { "kind": "module_install", "modules": ["../../etc"] } }));
    typed(json!([1, 2, 3]));
}

#[test]
fn what_is_posted_takes_nothing_from_its_address() {
    let machine = Workstation::new();
    let core = machine.serve();
    let client = core.client();
    let intent = json!({ "kind": "module_install", "modules": [CHAT_MODEL] });
    let plan = client.post("/v1/plans", &json!({ "intent": intent })).ok();
    let id = plan["id"].as_str().unwrap();
    for command in COMMANDS.iter().filter(|command| command.method == Method::Post) {
        let path = command.path.replace("{id}", id).replace("{name}", "x");
        for query in ["?", "?name=x", "?idempotency_key=k"] {
            let answer = client.post(&format!("{path}{query}"), &json!({}));
            let told = answer.json();
            assert_eq!(
                (answer.status, told["code"].as_str()),
                (400, Some("request-invalid")),
                "{path}{query}: {told}"
            );
            let detail = told["args"]["detail"].as_str().unwrap();
            assert!(detail.contains("body alone"), "{path}{query}: {detail}");
        }
    }
    assert_eq!(client.get("/v1/operations").ok(), json!([]), "nothing was begun");
    assert_eq!(client.get("/v1/tokens").ok().as_array().unwrap().len(), 1, "nothing was made");
    assert_eq!(
        client.get("/v1/module-search?words=chat").status,
        200,
        "what is read is asked for in the address"
    );
    client.post(&format!("/v1/plans/{id}/approve"), &json!({})).ok();
}

#[test]
fn an_operation_is_followed_by_its_events() {
    let machine = Workstation::new();
    let core = machine.serve();
    let client = core.client();
    let events = client.listen("/v1/events");
    let plan = client
        .post(
            "/v1/plans",
            &json!({ "intent": { "kind": "module_install", "modules": [ENGINE, CHAT_MODEL] } }),
        )
        .ok();
    let id = plan["id"].as_str().unwrap();
    let operation = client.post(&format!("/v1/plans/{id}/approve"), &json!({})).ok();
    assert_eq!(operation["actor"], "api", "{operation:#}");
    let mut steps = Vec::new();
    let mut kinds = Vec::new();
    for event in events.map(|text| serde_json::from_str::<Value>(&text).unwrap()) {
        kinds.push(event.to_string());
        let Some(seen) = event.get("operation") else { continue };
        assert_eq!(seen["id"], operation["id"]);
        steps.push(seen["progress"]["step"].as_u64().unwrap());
        if seen["state"] != "running" {
            assert_eq!(seen["state"], "succeeded", "{seen:#}");
            break;
        }
    }
    assert!(steps.is_sorted() && steps.contains(&0) && steps.contains(&3), "{steps:?}");
    let shown = client.get(&format!("/v1/operations/{}", operation["id"].as_str().unwrap())).ok();
    let journal = shown["journal"].as_array().unwrap();
    for step in 0..3 {
        let own = journal.iter().filter(|entry| entry["step"] == step);
        let phases: Vec<_> = own.map(|entry| entry["phase"].as_str().unwrap()).collect();
        assert_eq!(phases, ["started", "done"], "{journal:#?}");
    }
    // The model and the engine need nothing of each other; an engine is tried once it is there.
    let at = |step: u64, phase: &str| {
        journal.iter().position(|entry| entry["step"] == step && entry["phase"] == phase).unwrap()
    };
    assert!(at(1, "started") < at(0, "done") && at(1, "done") < at(2, "started"), "{journal:#?}");
    assert_eq!(client.get("/v1/generations/1").ok()["current"], true);
    assert!(kinds.iter().any(|text| text.contains("generation")), "{kinds:#?}");
}
