//! The configuration: where a value came from, what is wrong with a file, and changing it like everything else.

use las_tests::{ENGINE, Ran, Workstation, until};
use serde_json::{Value, json};
use std::path::Path;

fn file(machine: &Workstation) -> std::path::PathBuf {
    machine.home().join("config.toml")
}

fn write(machine: &Workstation, text: &str) {
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(file(machine), text).unwrap();
}

#[track_caller]
fn setting(shown: &Value, key: &str) -> Value {
    shown["settings"].as_array().unwrap().iter().find(|one| one["key"] == key).unwrap().clone()
}

#[track_caller]
fn show(machine: &Workstation) -> Value {
    machine.json(&["config", "show"]).ok().json()
}

#[test]
fn each_layer_beats_the_one_before_and_is_named() {
    let machine = Workstation::new();
    assert_eq!(setting(&show(&machine), "language")["origin"], json!({ "kind": "default" }));
    write(&machine, "language = \"en\"\n\n[log]\nlevel = \"error\"\nformat = \"json\"\n");
    let path = file(&machine).display().to_string();
    let of_file = |line| json!({ "kind": "file", "path": path, "line": line });
    let shown = show(&machine);
    assert_eq!(setting(&shown, "language")["origin"], of_file(1));
    assert_eq!(setting(&shown, "log.format")["origin"], of_file(5));
    let mut command = machine.las_command(&["config", "show", "--json", "--lang", "zh-CN"]);
    command.env("LAS_LOG", "off").env("LAS_LANG", "en");
    let shown = Ran::run(command).ok().json();
    let level = setting(&shown, "log.level");
    assert_eq!((&level["value"], &level["origin"]["name"]), (&json!("off"), &json!("LAS_LOG")), "{level:#}");
    let language = setting(&shown, "language");
    assert_eq!((&language["value"], &language["origin"]["name"]), (&json!("zh-CN"), &json!("--lang")));
    // The file's own language is heard: no other said one.
    write(&machine, "language = \"zh-CN\"\n");
    assert!(machine.las(&["status"]).ok().stdout.contains("机器"), "the language of the file");
    assert_eq!(machine.las(&["config", "get", "language"]).ok().stdout, "zh-CN\n");
    machine.json(&["config", "get", "languge"]).fails("config-key-unknown", 5);
}

#[test]
fn a_damaged_file_is_named_with_its_place_and_nothing_starts() {
    let machine = Workstation::new();
    let cases = [
        ("[log\n", "syntax", ":1:5"),
        ("[log]\nlevl = \"info\"\n", "unknown-key", ":2:1"),
        ("[log]\nlevel = \"loud\"\n", "form", ":2:1"),
        ("[log]\nfile_size = \"1B\"\n", "range", ":2:1"),
    ];
    for (text, problem, place) in cases {
        write(&machine, text);
        for arguments in [&["status"][..], &["config", "show"], &["serve"], &["doctor"]] {
            let refused = machine.json(arguments);
            assert_eq!(refused.json()["args"]["problem"], problem, "{refused}");
            assert!(refused.json()["args"]["where"].as_str().unwrap().ends_with(place), "{refused}");
            refused.fails("config-invalid", 2);
        }
        let checked = machine.json(&["config", "validate"]);
        assert_eq!(checked.status, Some(2), "{checked}");
        assert_eq!(checked.json()["problems"][0]["args"]["problem"], problem, "{checked}");
        let said = machine.las(&["config", "validate"]);
        assert!(said.stderr.contains(place), "{said}");
        assert!(!machine.home().join("state.db").exists(), "no core was there");
    }
    write(&machine, "a = 1\nb = 2\n");
    assert_eq!(machine.json(&["config", "validate"]).json()["problems"].as_array().unwrap().len(), 2);
    write(&machine, "");
    machine.las(&["config", "validate"]).ok();
    let mut command = machine.las_command(&["status", "--json"]);
    command.env("LAS_LOG_FORMAT", "xml");
    let refused = Ran::run(command);
    assert_eq!(refused.json()["args"]["where"], "LAS_LOG_FORMAT", "{refused}");
}

#[test]
fn a_change_is_an_operation_that_keeps_what_a_person_wrote() {
    let machine = Workstation::new();
    write(&machine, "# mine\n[log] # loud\nlevel = \"info\" # enough\n");
    let asked = machine.las(&["config", "set", "log.level", "debug"]);
    assert_eq!(asked.status, Some(6), "{asked}");
    assert!(asked.stdout.contains("log.level = debug"), "the plan is shown first: {asked}");
    let done = machine.json(&["config", "set", "log.level", "debug", "--yes"]).ok().json();
    assert_eq!((&done["state"], &done["generation"]), (&json!("succeeded"), &Value::Null), "{done:#}");
    let text = std::fs::read_to_string(file(&machine)).unwrap();
    assert_eq!(text, "# mine\n[log] # loud\nlevel = \"debug\" # enough\n");
    let line = machine.json(&["audit", "list"]).ok().json()[0].clone();
    assert_eq!((&line["command"], &line["outcome"]), (&json!("config_set"), &json!("succeeded")), "{line:#}");
    machine.las(&["config", "unset", "log.level", "--yes"]).ok();
    assert_eq!(setting(&show(&machine), "log.level")["origin"]["kind"], "default");
    let nothing = machine.json(&["config", "unset", "log.level"]).ok();
    assert_eq!(nothing.json()["steps"], json!([]), "{nothing}");
    machine.json(&["config", "set", "log.level", "loud", "--yes"]).fails("config-invalid", 2);
    machine.json(&["config", "set", "log.levl", "info", "--yes"]).fails("config-key-unknown", 5);
    machine.is_healthy();
}

#[test]
fn a_file_that_somebody_else_changed_is_not_overwritten() {
    let machine = Workstation::new();
    let plan =
        machine.json(&["config", "set", "log.level", "info"]).json()["id"].as_str().unwrap().to_owned();
    write(&machine, "language = \"en\"\n");
    machine.json(&["apply", "--plan", &plan, "--yes"]).fails("config-changed", 6);
    assert_eq!(std::fs::read_to_string(file(&machine)).unwrap(), "language = \"en\"\n");
    machine.is_healthy();
}

#[test]
fn a_power_cut_in_a_change_leaves_the_old_file_or_the_new_one() {
    let intent = json!({ "kind": "config_set", "key": "log.level", "value": "info" }).to_string();
    let program = Path::new(env!("CARGO_BIN_EXE_las-crash"));
    let old = "# mine\n";
    let mut points = 0;
    loop {
        let machine = Workstation::new();
        write(&machine, old);
        let ended = Ran::run(machine.command(program, &[&points.to_string(), &intent])).status;
        machine.las(&["status", "--quiet"]).ok();
        let text = std::fs::read_to_string(file(&machine)).unwrap();
        let last = machine.json(&["operation", "list"]).ok().json()[0].clone();
        let new = "# mine\n[log]\nlevel = \"info\"\n";
        assert_eq!(text, if last["state"] == "succeeded" { new } else { old }, "at {points}: {last:#}");
        if ended == Some(0) {
            break;
        }
        points += 1;
    }
    assert!(points >= 3, "only {points} points");
}

#[test]
fn a_core_that_goes_on_follows_what_is_marked_and_survives_a_broken_file() {
    let machine = Workstation::new();
    let core = machine.serve();
    let shown = || core.client().get("/v1/config").ok();
    machine.las(&["config", "set", "log.level", "info", "--yes"]).ok();
    assert_eq!(setting(&shown(), "log.level")["value"], "info", "at once");
    machine.las(&["config", "set", "log.format", "json", "--yes"]).ok();
    let format = setting(&shown(), "log.format");
    assert_eq!((&format["value"], &format["next"]), (&json!("text"), &json!("json")), "{format:#}");
    // By hand: nobody tells the core.
    write(&machine, "[log]\nlevel = \"trace\"\n");
    until("the core follows a change by hand", || {
        (setting(&shown(), "log.level")["value"] == "trace").then_some(())
    });
    machine.las(&["module", "install", ENGINE, "--yes", "--quiet"]).ok();
    assert!(core.said().contains("TRACE") || core.said().contains("DEBUG"), "{}", core.said());
    write(&machine, "[log\n");
    until("the core says what is wrong", || {
        (shown()["problems"][0]["args"]["problem"] == "syntax").then_some(())
    });
    assert_eq!(setting(&shown(), "log.level")["value"], "trace", "what was in force goes on");
    let used = machine.las(&["status"]).ok();
    assert!(used.stderr.contains(":1:5"), "a command of a core that goes on says it too: {used}");
    core.stop();
    machine.json(&["status"]).fails("config-invalid", 2);
}

#[test]
fn without_las_home_the_file_lies_in_the_configuration_directory() {
    let machine = Workstation::new();
    let folder = machine.outside(".config/localaistack");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "nonsense = 1\n").unwrap();
    let mut command = machine.las_command(&["config", "validate", "--json"]);
    command.env_remove("LAS_HOME");
    let checked = Ran::run(command).json();
    assert_eq!(checked["path"], json!(folder.join("config.toml").display().to_string()));
    assert_eq!(checked["problems"][0]["args"]["key"], "nonsense");
    let mut command = machine.las_command(&["config", "validate", "--json"]);
    command.env_remove("LAS_HOME").env("XDG_CONFIG_HOME", machine.outside("elsewhere"));
    assert_eq!(Ran::run(command).ok().json()["exists"], false);
}
