//! Secrets: kept in the keyring of the session, sent to one origin, shown nowhere.

use las_tests::{Begun, Hub, LET_IN, Ran, SessionKeyring, Workstation, hub_sample, skip};
use serde_json::{Value, json};
use std::path::Path;

const GATED: &str = "gated-org/Gated-GGUF";
const PRIVATE: &str = "private-org/Private-GGUF";

/// A machine with a keyring of its own; none where this machine can't have one, which is told.
fn with_keyring(test: &str) -> Option<(Workstation, SessionKeyring)> {
    if let Some(lacking) = SessionKeyring::lacks() {
        skip(&format!("cli::secrets::{test}"), &format!("{lacking} is not here"));
        return None;
    }
    Some(SessionKeyring::given(Workstation::new()))
}

/// A hub with a gated and a private repository.
fn hub(folder: &Path) -> Hub {
    hub_sample(folder);
    Hub::start(folder)
}

/// The hub is this machine's source, spoken to as this one.
fn configure(machine: &Workstation, hub: &Hub, source: &str) {
    let other = if source == "model_scope" { "hugging_face" } else { "model_scope" };
    let text = format!(
        "[models]\n{source} = \"{}\"\n{other} = \"off\"\nfile_hosts = \"{}\"\n",
        hub.endpoint(),
        hub.store_host()
    );
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), text).unwrap();
}

fn set(machine: &Workstation, name: &str, origin: &str, value: &str) -> Ran {
    let command = machine.las_command(&["secret", "set", name, "--origin", origin, "--json"]);
    Begun::fed(command, &format!("{value}\n")).wait()
}

fn kept(machine: &Workstation) -> Value {
    machine.json(&["secret", "list"]).ok().json()["secrets"].clone()
}

#[test]
fn a_secret_is_kept_listed_without_its_value_and_removed() {
    let Some((machine, _keyring)) = with_keyring("a_secret_is_kept_listed_without_its_value_and_removed")
    else {
        return;
    };
    assert_eq!(kept(&machine), json!([]));
    let one = set(&machine, "hub", "https://hub.example/models?x=1", LET_IN).ok();
    assert!(!format!("{one}").contains(LET_IN));
    let shown = json!({ "name": "hub", "origin": "https://hub.example", "store": "secret-service" });
    assert_eq!(kept(&machine), json!([shown]));
    let listed = machine.las(&["secret", "list"]).ok();
    assert!(listed.stdout.contains("https://hub.example") && !listed.stdout.contains(LET_IN), "{listed}");
    // Another value and another origin under the same name take its place.
    set(&machine, "hub", "https://other.example:8443", "another").ok();
    assert_eq!(kept(&machine)[0]["origin"], "https://other.example:8443");
    assert_eq!(kept(&machine).as_array().unwrap().len(), 1);
    set(&machine, "second", "https://other.example:8443", "value").fails("secret-origin-taken", 2);
    set(&machine, "plain", "http://hub.example", "value").fails("secret-invalid", 2);
    set(&machine, "spaced", "https://hub.example", "a value").fails("secret-invalid", 2);
    set(&machine, "empty", "https://hub.example", "").fails("secret-invalid", 2);
    machine.las(&["secret", "remove", "hub"]).ok();
    assert_eq!(kept(&machine), json!([]));
    machine.json(&["secret", "remove", "hub"]).fails("secret-not-found", 5);
    let lines = machine.json(&["audit", "list"]).ok().json();
    let said = lines.as_array().unwrap().iter().map(|line| {
        ["command", "operation", "actor", "outcome"].map(|field| line[field].as_str().unwrap().to_owned())
    });
    let of = |command: &str| [command, "hub", "cli", "succeeded"].map(str::to_owned);
    assert_eq!(said.collect::<Vec<_>>(), [of("secret_set"), of("secret_set"), of("secret_remove")]);
    machine.las(&["audit", "verify"]).ok();
    machine.is_healthy();
}

#[test]
fn what_is_gated_or_private_comes_with_a_token_that_goes_to_its_origin_alone() {
    let test = "what_is_gated_or_private_comes_with_a_token_that_goes_to_its_origin_alone";
    for source in ["hugging_face", "model_scope"] {
        let Some((machine, _keyring)) = with_keyring(test) else { return };
        let folder = tempfile::tempdir().unwrap();
        let hub = hub(folder.path());
        configure(&machine, &hub, source);
        let refused = machine.las(&["model", "pull", GATED, "--yes"]).status_is(8);
        assert!(refused.stderr.contains("las secret set"), "{refused}");
        assert!(refused.stderr.contains(&hub.endpoint()), "{refused}");
        machine.json(&["model", "pull", PRIVATE, "--yes"]).fails("model-repository-not-found", 5);
        set(&machine, "hub", &hub.endpoint(), LET_IN).ok();
        let found = machine.json(&["model", "search", "private"]).ok().json();
        assert_eq!(found["models"][0]["id"], PRIVATE, "{found:#}");
        let shown = machine.json(&["model", "show", PRIVATE]).ok().json();
        assert_eq!(shown["repository"]["gate"], "private", "{shown:#}");
        let plan = machine.las(&["model", "pull", GATED]).status_is(6);
        assert!(plan.stdout.contains("“hub”") && !format!("{plan}").contains(LET_IN), "{plan}");
        for id in [GATED, PRIVATE] {
            machine.las(&["model", "pull", id, "--yes"]).ok();
        }
        assert_eq!(machine.json(&["model", "list"]).ok().json().as_array().unwrap().len(), 2);
        let asked = hub.asked();
        let (stored, own): (Vec<_>, Vec<_>) =
            asked.iter().partition(|asked| asked.host.starts_with(&hub.store_host()));
        assert!(!stored.is_empty() && stored.iter().all(|asked| !format!("{asked:?}").contains(LET_IN)));
        assert!(own.iter().any(|asked| asked.method == "GET" && asked.token() == Some(LET_IN)));
        assert!(own.iter().all(|asked| !asked.target.contains(LET_IN)));
        machine.is_healthy();
    }
}

#[test]
fn a_token_that_was_taken_away_stops_a_plan_before_anything_is_asked() {
    let Some((machine, _keyring)) =
        with_keyring("a_token_that_was_taken_away_stops_a_plan_before_anything_is_asked")
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path());
    configure(&machine, &hub, "hugging_face");
    set(&machine, "hub", &hub.endpoint(), LET_IN).ok();
    let plan = machine.json(&["model", "pull", GATED]).json();
    machine.las(&["secret", "remove", "hub"]).ok();
    let before = hub.asked().len();
    let stopped = machine.json(&["apply", "--plan", plan["id"].as_str().unwrap(), "--yes"]);
    stopped.fails("secret-not-found", 5);
    assert_eq!(hub.asked().len(), before);
    assert_eq!(machine.json(&["model", "list"]).ok().json(), json!([]));
    machine.is_healthy();
}

#[test]
fn a_change_that_can_not_be_written_down_is_taken_back() {
    let Some((machine, _keyring)) = with_keyring("a_change_that_can_not_be_written_down_is_taken_back")
    else {
        return;
    };
    set(&machine, "hub", "https://hub.example", LET_IN).ok();
    let core = machine.serve();
    let was = kept(&machine);
    // In the way of the ledger's anchor.
    let obstacle = machine.home().join("ledger.head.new");
    std::fs::create_dir(&obstacle).unwrap();
    assert_ne!(set(&machine, "hub", "https://other.example", "value").status, Some(0));
    assert_ne!(set(&machine, "other", "https://other.example", "value").status, Some(0));
    assert_ne!(machine.las(&["secret", "remove", "hub"]).status, Some(0));
    assert_eq!(kept(&machine), was);
    std::fs::remove_dir(&obstacle).unwrap();
    machine.las(&["secret", "remove", "hub"]).ok();
    assert_eq!(kept(&machine), json!([]));
    core.stop();
}

#[test]
fn a_locked_keyring_refuses_and_nothing_is_asked_without_its_token() {
    let Some((machine, keyring)) =
        with_keyring("a_locked_keyring_refuses_and_nothing_is_asked_without_its_token")
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path());
    configure(&machine, &hub, "hugging_face");
    set(&machine, "hub", &hub.endpoint(), LET_IN).ok();
    let plan = machine.json(&["model", "pull", GATED]).json();
    let asked = hub.asked().len();
    keyring.lock();
    machine.json(&["model", "pull", GATED, "--yes"]).fails("secret-store-locked", 8);
    machine.json(&["apply", "--plan", plan["id"].as_str().unwrap(), "--yes"]).fails("secret-store-locked", 8);
    set(&machine, "other", "https://other.example", "value").fails("secret-store-locked", 8);
    assert_eq!(hub.asked().len(), asked);
    let doctor = machine.json(&["doctor"]).ok().json();
    assert_eq!(doctor["secret_stores"], json!([{ "kind": "secret-service", "standing": "locked" }]));
}

#[test]
fn without_a_keyring_nothing_is_kept_and_what_is_open_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path());
    let machine = Workstation::new();
    configure(&machine, &hub, "hugging_face");
    set(&machine, "hub", &hub.endpoint(), LET_IN).fails("secret-store-missing", 5);
    assert_eq!(kept(&machine), json!([]));
    machine.json(&["model", "pull", "tiny-org/Tiny-GGUF", "--yes"]).ok();
    machine.json(&["model", "pull", GATED, "--yes"]).fails("model-gated", 8);
    let doctor = machine.las(&["doctor"]).ok();
    assert!(doctor.stdout.contains("keyring (Secret Service), not there"), "{doctor}");
    // The pull, and no line of a secret.
    assert_eq!(machine.json(&["audit", "list"]).ok().json().as_array().unwrap().len(), 1);
}

#[test]
fn a_credential_of_the_service_manager_is_used_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path());
    let machine = Workstation::new();
    let credentials = machine.outside("credentials");
    std::fs::create_dir(&credentials).unwrap();
    let text = format!("{}\n{LET_IN}\n", hub.endpoint());
    std::fs::write(credentials.join("localaistack.hub"), text).unwrap();
    let machine = machine.with_variable("CREDENTIALS_DIRECTORY", credentials.to_str().unwrap());
    configure(&machine, &hub, "hugging_face");
    let shown = json!([{ "name": "hub", "origin": hub.endpoint(), "store": "credentials" }]);
    assert_eq!(kept(&machine), shown);
    machine.json(&["model", "pull", GATED, "--yes"]).ok();
    set(&machine, "hub", "https://hub.example", "value").fails("secret-read-only", 3);
    machine.json(&["secret", "remove", "hub"]).fails("secret-read-only", 3);
    assert_eq!(kept(&machine), shown);
    let doctor = machine.json(&["doctor"]).ok().json();
    assert_eq!(doctor["secret_stores"][1], json!({ "kind": "credentials", "standing": "ready" }));
}

#[test]
fn a_value_is_taken_from_no_address_and_no_answer_holds_it() {
    let machine = Workstation::new();
    let core = machine.serve();
    let value = "hf_canary";
    let given = json!({ "name": "hub", "origin": "https://hub.example" });
    let mut answers = vec![core.client().post(&format!("/v1/secrets?value={value}"), &given)];
    for body in [
        json!(value),
        json!([value]),
        json!({ "name": value, "origin": value, "value": value }),
        json!({ "name": "Not A Name", "origin": "https://hub.example", "value": value }),
        json!({ "name": "hub", "origin": value, "value": value }),
        json!({ "name": "hub", "origin": "https://hub.example", "value": [value] }),
        json!({ "name": "hub", "origin": "https://hub.example", "value": value, (value): value }),
    ] {
        answers.push(core.client().post("/v1/secrets", &body));
    }
    for answer in answers {
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(!answer.body.contains("canary"), "{answer:?}");
    }
    machine.las(&["secret", "set", "hub", value, "--origin", "https://hub.example"]).status_is(2);
    assert_eq!(core.client().get("/v1/secrets").ok()["secrets"], json!([]));
}
