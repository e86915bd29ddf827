//! Several commands at once, on one machine without a core of its own.

use las_tests::{Begun, CHAT_MODEL, Catalogue, Core, ENGINE, Part, Workstation, tar_gz, until};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

#[test]
fn commands_at_the_same_time_do_not_disturb_each_other() {
    for _ in 0..5 {
        let machine = Workstation::new();
        let quick = |_| Begun::start(machine.las_command(&["module", "list", "--json"]));
        let mut others: Vec<Begun> = (0..2).map(quick).collect();
        // It may find the core in one of the others, which would be ready long before it.
        let install =
            Begun::start(machine.las_command(&["module", "install", ENGINE, CHAT_MODEL, "--yes", "--json"]));
        others.extend((0..2).map(quick));
        for other in others {
            other.wait().ok();
        }
        install.wait().ok();
        assert_eq!(machine.current().1, [CHAT_MODEL, ENGINE]);
        machine.is_healthy();
    }
}

#[test]
fn one_change_at_a_time() {
    let machine = Workstation::new();
    let core = machine.serve();
    let client = core.client();
    let planned = |module: &str| {
        let intent = json!({ "kind": "module_install", "modules": [module] });
        client.post("/v1/plans", &json!({ "intent": intent })).ok()["id"].as_str().unwrap().to_owned()
    };
    let (first, second) = (planned(ENGINE), planned(CHAT_MODEL));
    client.post(&format!("/v1/plans/{first}/approve"), &json!({})).ok();
    let refused = client.post(&format!("/v1/plans/{second}/approve"), &json!({}));
    // The first one runs still, or has just ended: then the second is stale.
    let said = refused.json()["code"].as_str().map(str::to_owned);
    assert!(["operation-running", "plan-stale"].contains(&said.as_deref().unwrap()), "{refused:?}");
}

#[test]
fn a_cancelled_operation_is_undone() {
    let machine = Workstation::new();
    let core = machine.serve();
    let client = core.client();
    let intent = json!({ "kind": "module_install", "modules": [ENGINE, CHAT_MODEL] });
    // It may be done before it is cancelled; then back, and once more.
    for _ in 0..20 {
        let plan = client.post("/v1/plans", &json!({ "intent": intent })).ok();
        let operation =
            client.post(&format!("/v1/plans/{}/approve", plan["id"].as_str().unwrap()), &json!({})).ok();
        let id = operation["id"].as_str().unwrap();
        client.post(&format!("/v1/operations/{id}/cancel"), &json!({})).ok();
        let ended = las_tests::until("the end of the operation", || {
            let shown = client.get(&format!("/v1/operations/{id}")).ok();
            let state = shown["operation"]["state"].as_str().unwrap().to_owned();
            (!["running", "undoing"].contains(&state.as_str())).then_some(state)
        });
        if ended == "cancelled" {
            assert!(
                machine.contents().iter().all(|path| path.starts_with("generations/")),
                "{:?}",
                machine.contents()
            );
            assert_eq!(machine.current().1, [""; 0]);
            return machine.is_healthy();
        }
        machine.las(&["generation", "rollback", "0", "--yes"]).ok();
    }
    panic!("it was always done before it could be cancelled");
}

/// Ready once there is a file `go` in its data.
const SLOW: &str = "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n\
    until [ -e \"$1/go\" ]; do sleep 0.02; done\necho ready\nwhile :; do sleep 0.05; done\n";

/// A machine where `slow`, `other` and `more` are offered and the first two are installed.
struct Bench {
    machine: Workstation,
    core: Core,
}

impl Bench {
    fn new() -> Self {
        let machine = Workstation::new();
        let catalogue = Catalogue::new(&machine.outside("resources"));
        let machine = machine.with_resources(catalogue.root());
        let service = "{ arguments: ['${data}'], ready: { kind: log, line: ready } }";
        for name in ["slow", "other", "more"] {
            let bytes = tar_gz(&[Part::Program("bin/run", SLOW.as_bytes())]);
            let path = machine.file(&format!("{name}.tar.gz"), bytes);
            let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
            let runtime = format!("runtime: {{ modes: [native], program: bin/run, service: {service} }}\n");
            catalogue.describe_files(name, "1.0.0", &(runtime + &source));
        }
        let core = machine.serve();
        machine.las(&["module", "install", "slow", "other", "--yes"]).ok();
        Self { machine, core }
    }

    fn go(&self, name: &str) {
        let data: PathBuf = self.machine.home().join("services").join(name).join("data");
        let there = || std::fs::create_dir_all(&data).is_ok().then(|| std::fs::File::create(data.join("go")));
        drop(until("its data", there).unwrap());
    }

    /// A start that goes on until [`Self::go`].
    fn start_slow(&self) -> Begun {
        let begun = Begun::start(self.machine.las_command(&["service", "start", "slow", "--json"]));
        until("it runs", || (self.state("slow") == "starting").then_some(()));
        begun
    }

    fn state(&self, name: &str) -> Value {
        let services = self.core.client().get("/v1/services").ok();
        services.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["state"].clone()
    }

    fn planned(&self, intent: &Value) -> String {
        let plan = self.core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
        plan["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_change_waits_for_one_that_does_not_touch_it_and_says_so() {
    let bench = Bench::new();
    let slow = bench.start_slow();
    let mut install = bench.machine.las_command(&["module", "install", "more", "--yes"]);
    let mut install = install.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(install.stderr.take().unwrap()).lines();
    let waits = |said: &mut dyn Iterator<Item = std::io::Result<String>>| {
        said.map_while(Result::ok).any(|line| line.contains("waits for its turn"))
    };
    assert!(waits(&mut said));
    // One that is given up while it waits has changed nothing.
    let mut given_up = bench.machine.las_command(&["service", "start", "other"]);
    let mut given_up = given_up.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    assert!(waits(&mut BufReader::new(given_up.stderr.take().unwrap()).lines()));
    given_up.kill().unwrap();
    given_up.wait().unwrap();
    bench.go("slow");
    slow.wait().ok();
    let rest: Vec<String> = said.map_while(Result::ok).collect();
    assert!(install.wait().unwrap().success(), "{rest:?}");
    assert_eq!((bench.state("slow"), bench.state("other")), (json!("ready"), json!("stopped")));
    assert_eq!(bench.machine.current().1, ["more", "other", "slow"]);
    bench.machine.is_healthy();
}

#[test]
fn a_start_is_planned_anew_where_something_was_installed_since_and_a_reviewed_plan_is_stale() {
    let bench = Bench::new();
    bench.go("other");
    let client = bench.core.client();
    let start = bench.planned(&json!({ "kind": "service_start", "service": "other" }));
    let remove = bench.planned(&json!({ "kind": "module_remove", "modules": ["slow"] }));
    bench.machine.las(&["module", "install", "more", "--yes"]).ok();
    let keyed = client.clone().header("idempotency-key", "once");
    let approve = || keyed.post(&format!("/v1/plans/{start}/approve"), &json!({})).ok();
    let begun = approve();
    assert_ne!(begun["plan"], start.as_str());
    // The key is for what was asked, and the plan is spent.
    assert_eq!(approve()["id"], begun["id"]);
    let again = client.post(&format!("/v1/plans/{start}/approve"), &json!({}));
    assert_eq!(again.json()["code"], "plan-spent");
    until("it serves", || (bench.state("other") == "ready").then_some(()));
    let id = begun["id"].as_str().unwrap().to_owned();
    until("its end", || {
        let shown = client.get(&format!("/v1/operations/{id}")).ok();
        (shown["operation"]["state"] == "succeeded").then_some(())
    });
    let refused = client.post(&format!("/v1/plans/{remove}/approve"), &json!({}));
    assert_eq!(refused.json()["code"], "plan-stale");
    bench.machine.is_healthy();
}

#[test]
fn two_starts_of_one_service_at_once_are_one_start() {
    let bench = Bench::new();
    let slow = bench.start_slow();
    let again = bench.planned(&json!({ "kind": "service_restart", "service": "slow" }));
    let second = Begun::start(bench.machine.las_command(&["service", "start", "slow", "--json"]));
    bench.go("slow");
    slow.wait().ok();
    second.wait().ok();
    let client = bench.core.client();
    client.post(&format!("/v1/plans/{again}/approve"), &json!({})).ok();
    until("it serves", || {
        (bench.state("slow") == "ready" && client.get("/v1/operations").ok()[0]["state"] == "succeeded")
            .then_some(())
    });
    bench.machine.is_healthy();
}
