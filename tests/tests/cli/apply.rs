//! A desired state in a file, and machines that come to it.

use las_tests::{CHAT_MODEL, ENGINE, Workstation, models};
use std::path::PathBuf;

fn desired(machine: &Workstation, text: &str) -> String {
    machine.file("las.yaml", text)
}

/// What lies in the store and among the models, with the bytes of each; links by where they lead.
fn bytes(machine: &Workstation) -> Vec<(String, Vec<u8>)> {
    let kept = machine.contents().into_iter().filter(|path| !path.starts_with("generations/"));
    let read = |path: String| {
        let full = machine.home().join(&path);
        let target = std::fs::read_link(&full).map(PathBuf::into_os_string);
        let content =
            target.map_or_else(|_| std::fs::read(&full).unwrap(), std::ffi::OsString::into_encoded_bytes);
        (path, content)
    };
    kept.map(read).collect()
}

fn lock(machine: &Workstation) -> String {
    machine.las(&["generation", "export"]).ok().stdout
}

#[test]
fn two_fresh_machines_come_to_the_same() {
    let text =
        format!("modules: [{ENGINE}, {CHAT_MODEL}@>=1.0]\nmodels: [{{ path: mine.gguf, mode: copy }}]\n");
    let machines = [Workstation::new(), Workstation::new()];
    for machine in &machines {
        machine.file("mine.gguf", models::small(1));
        desired(machine, &text);
        // Without a name it is the file of the folder that one is in.
        machine.las(&["apply", "--yes"]).ok();
        assert_eq!(machine.current(), (1, [CHAT_MODEL, ENGINE, "mine"].map(str::to_owned).to_vec()));
        machine.is_healthy();
    }
    let [one, two] = &machines;
    assert_eq!(lock(one), lock(two));
    assert_eq!(lock(one), one.las(&["generation", "export", "1"]).ok().stdout);
    assert!(!lock(one).contains(one.outside("").to_str().unwrap()), "no paths of the machine");
    assert_eq!(bytes(one), bytes(two));
    // Another way to the same content is the same lock.
    let third = Workstation::new();
    third.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    let model = third.file("mine.gguf", models::small(1));
    third.las(&["model", "import", &model, "--copy", "--yes"]).ok();
    third.las(&["module", "install", ENGINE, "--yes"]).ok();
    assert_eq!(lock(&third), lock(one));
}

#[test]
fn a_lock_brings_a_third_machine_to_exactly_the_same() {
    let origin = Workstation::new();
    let model = origin.file("mine.gguf", models::small(1));
    origin.las(&["module", "install", ENGINE, CHAT_MODEL, "--yes"]).ok();
    origin.las(&["model", "import", &model, "--copy", "--yes"]).ok();
    let text = lock(&origin);

    let third = Workstation::new();
    third.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    let extra = third.file("extra.gguf", models::small(2));
    third.las(&["model", "import", &extra, "--copy", "--yes"]).ok();
    let file = third.file("las.lock", &text);
    // A file that somebody brought is not made up: it is named.
    let before = third.contents();
    let refused = third.json(&["apply", &file, "--yes"]).fails("lock-unavailable", 5);
    assert_eq!(refused.json()["args"]["name"], "mine", "{refused}");
    assert_eq!(third.contents(), before);
    // Under whatever name it lies here.
    let same = third.file("same-bytes.gguf", models::small(1));
    third.las(&["model", "import", &same, "--copy", "--yes"]).ok();
    third.las(&["apply", &file, "--yes"]).ok();
    assert_eq!(third.current().1, [CHAT_MODEL, ENGINE, "mine"]);
    assert_eq!(lock(&third), text);
    assert_eq!(bytes(&third), bytes(&origin));
    third.is_healthy();
    let plan = third.json(&["plan", &file]).ok().json();
    assert_eq!(plan["steps"], serde_json::json!([]), "{plan:#}");
}

#[test]
fn a_lock_that_this_machine_can_not_meet_is_refused_by_name() {
    let machine = Workstation::new();
    machine.install();
    let mut wanted: serde_json::Value = serde_json::from_str(&lock(&machine)).unwrap();
    let contents = machine.contents();
    let digest = format!("sha256:{}", "0".repeat(64));
    let item =
        wanted["items"].as_array_mut().unwrap().iter_mut().find(|item| item["name"] == ENGINE).unwrap();
    item["digest"] = digest.clone().into();
    let file = machine.file("las.lock", wanted.to_string());
    let refused = machine.json(&["apply", &file, "--yes"]).fails("lock-differs", 4);
    let args = &refused.json()["args"];
    assert_eq!(
        (&args["name"], &args["field"], &args["wanted"]),
        (&ENGINE.into(), &"digest".into(), &digest.into())
    );
    let file = machine.file("las.lock", "{\n  \"schema\": 1,\n  \"items\": 7\n}\n");
    let refused = machine.json(&["apply", &file, "--yes"]).fails("lock-invalid", 2);
    assert_eq!(refused.json()["args"]["line"], "3", "{refused}");
    assert_eq!(machine.contents(), contents);
}

#[test]
fn applying_again_changes_nothing_and_a_line_less_is_a_module_less() {
    let machine = Workstation::new();
    let file = desired(&machine, &format!("modules:\n  - {ENGINE}\n  - {CHAT_MODEL}\n"));
    machine.las(&["apply", &file, "--yes"]).ok();
    let before = machine.contents();
    let plan = machine.json(&["plan", &file]).ok().json();
    assert_eq!(plan["steps"], serde_json::json!([]), "{plan:#}");
    machine.las(&["apply", &file]).ok();
    assert_eq!(machine.contents(), before);
    assert_eq!(machine.current().0, 1);

    desired(&machine, &format!("modules:\n  - {CHAT_MODEL}\n"));
    machine.las(&["apply", &file, "--yes"]).ok();
    assert_eq!(machine.current(), (2, vec![CHAT_MODEL.to_owned()]));
    assert!(machine.contents().iter().all(|path| !path.starts_with("store/")), "{:?}", machine.contents());
    machine.is_healthy();
    // And the way back is the same as after any other change.
    machine.las(&["generation", "rollback", "--yes"]).ok();
    assert_eq!(machine.current().1, [CHAT_MODEL, ENGINE]);
}

#[test]
fn a_difference_is_shown_first_and_runs_by_its_id() {
    let machine = Workstation::new();
    let file = desired(&machine, &format!("modules: [{CHAT_MODEL}]\n"));
    let asked = machine.las(&["apply", &file]);
    assert_eq!(asked.status, Some(6), "{asked}");
    assert_eq!(machine.current(), (0, vec![]));
    let id = machine.json(&["plan", &file]).ok().json()["id"].as_str().unwrap().to_owned();
    assert_eq!(machine.current(), (0, vec![]));
    machine.las(&["apply", "--plan", &id]).ok();
    assert_eq!(machine.current(), (1, vec![CHAT_MODEL.to_owned()]));
    let both = machine.las(&["apply", &file, "--plan", &id]);
    assert_eq!(both.status, Some(2), "{both}");
}

#[test]
fn what_can_not_be_accepted_is_named_with_its_place_and_changes_nothing() {
    let machine = Workstation::new();
    machine.json(&["plan"]).fails("file-not-found", 5);
    for (text, line, says) in [
        (format!("modules: [{CHAT_MODEL}]\nmodule: []\n"), "2", "models"),
        ("modules:\n  - one two\n".to_owned(), "2", "NAME@CONSTRAINT"),
        (String::new(), "1", ""),
    ] {
        let file = desired(&machine, &text);
        let refused = machine.json(&["apply", &file, "--yes"]).fails("desired-state-invalid", 2);
        let args = &refused.json()["args"];
        assert_eq!((args["line"].as_str(), args["path"].as_str()), (Some(line), Some(file.as_str())));
        assert!(args["detail"].as_str().unwrap().contains(says), "{refused}");
    }
    let file = desired(&machine, "modules: [nobody]\n");
    machine.json(&["apply", &file, "--yes"]).fails("module-not-found", 5);
    let file = desired(&machine, &format!("modules: [{CHAT_MODEL}@>=9]\n"));
    machine.json(&["apply", &file, "--yes"]).fails("module-conflict", 4);
    let file = desired(&machine, "modules: []\nmodels: [{ path: nowhere.gguf, mode: copy }]\n");
    machine.json(&["apply", &file, "--yes"]).fails("file-not-found", 5);
    assert_eq!(machine.contents(), [""; 0]);
}

#[test]
fn a_desired_state_says_which_overrides_hold() {
    let machine = Workstation::new().with_profile("box-64gb-no-gpu");
    let in_force = |machine: &Workstation| {
        let all = machine.json(&["override", "list"]).ok().json();
        let holding = all.as_array().unwrap().iter().filter(|one| one["reverted_at"].is_null());
        let named =
            |one: &serde_json::Value| format!("{}={}", one["capability"], one["value"]).replace('"', "");
        holding.map(named).collect::<Vec<_>>()
    };
    machine.las(&["override", "set", "parallel", "3", "--reason", "by hand", "--yes"]).ok();
    // Where it says nothing of them they stay.
    let file = desired(&machine, &format!("modules: [{ENGINE}]\n"));
    machine.las(&["apply", &file, "--yes"]).ok();
    assert_eq!(in_force(&machine), ["parallel=3"]);
    // Nothing is installed by it, and it is a change all the same, told before it is made.
    let text = format!(
        "modules: [{ENGINE}]\noverrides:\n  - {{ capability: model-size, value: 14B, reason: tested }}\n"
    );
    let file = desired(&machine, &text);
    let older =
        machine.json(&["plan", &desired(&machine, &text)]).ok().json()["id"].as_str().unwrap().to_owned();
    let plan = machine.las(&["plan", &file]).ok().stdout;
    assert!(plan.contains("model-size → 14B (tested)") && plan.contains("parallel → 3"), "{plan}");
    let before = machine.current();
    machine.las(&["apply", &file, "--yes"]).ok();
    assert_eq!((in_force(&machine), machine.current()), (vec!["model-size=14B".to_owned()], before));
    let why = machine.las(&["policy", "explain", "model-size"]).ok().stdout;
    assert!(why.contains("tested"), "{why}");
    // A plan of before may rest on what is gone now.
    machine.json(&["apply", "--plan", &older, "--yes"]).fails("plan-outruled", 6);
    assert_eq!(machine.json(&["plan", &file]).ok().json()["overrides"], serde_json::Value::Null);
    let again = machine.las(&["apply", &file, "--yes"]).ok();
    assert_eq!(machine.json(&["audit", "list"]).ok().json().as_array().unwrap().len(), 3, "{again}");
    // What only an override allows is planned with it.
    let denied = format!(
        "modules: [{ENGINE}]\noverrides: [{{ capability: 'runtime:{ENGINE}', value: deny, reason: tested }}]\n"
    );
    let file = desired(&machine, &denied);
    machine.las(&["module", "remove", ENGINE, "--yes"]).ok();
    machine.json(&["apply", &file, "--yes"]).fails("override-denies", 3);
    assert_eq!(in_force(&machine), ["model-size=14B"]);
    // Over the API the same is planned, and what a file would not say twice is refused.
    let core = machine.serve();
    let asked = |overrides: serde_json::Value| {
        let desired = serde_json::json!({ "modules": [], "models": [], "overrides": overrides });
        let intent = serde_json::json!({ "intent": { "kind": "state_apply", "desired": desired } });
        core.client().post("/v1/plans", &intent)
    };
    let one = serde_json::json!({ "capability": " model-size ", "value": "14B", "reason": "tested" });
    let mut other = one.clone();
    other["value"] = "20B".into();
    assert_eq!(asked(serde_json::json!([other])).ok()["overrides"][0]["one"]["value"], "20B");
    let twice = asked(serde_json::json!([one, other]));
    assert_eq!((twice.status, &twice.json()["code"]), (400, &"override-invalid".into()));
    drop(core);
    // An empty list takes them back.
    let file = desired(&machine, "modules: []\noverrides: []\n");
    machine.las(&["apply", &file, "--yes"]).ok();
    assert_eq!(in_force(&machine), [""; 0]);
    machine.is_healthy();
}
