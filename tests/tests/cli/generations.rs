//! What differs between two generations.

use las_tests::{Catalogue, Ran, Workstation};
use serde_json::{Value, json};

/// Generation 1 holds `saw` 1.0.0, generation 2 `drill` as well, 3 another `saw`, and 4 no `drill`.
fn machine() -> Workstation {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    catalogue.add("saw", "1.0.0", &[], &[("data", b"first")]);
    catalogue.add("drill", "1.0.0", &[], &[("data", b"drill")]);
    let machine = machine.with_resources(catalogue.root());
    machine.las(&["module", "install", "saw", "--yes"]).ok();
    machine.las(&["module", "install", "drill", "--yes"]).ok();
    catalogue.add("saw", "2.0.0", &[], &[("data", b"second")]);
    machine.las(&["module", "upgrade", "--yes"]).ok();
    machine.las(&["module", "remove", "drill", "--yes"]).ok();
    machine
}

/// Name, kind, version before and version after of each difference.
fn told(diff: &Value) -> Vec<[String; 4]> {
    let word = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let list = diff["differences"].as_array().unwrap();
    list.iter()
        .map(|one| {
            [&one["name"], &one["kind"], &one["before"]["version"], &one["after"]["version"]].map(word)
        })
        .collect()
}

#[test]
fn what_came_went_and_changed_between_two_generations_is_told() {
    let machine = machine();
    let diff = |a: &str, b: &str| machine.json(&["generation", "diff", a, b]).ok().json();
    assert_eq!(told(&diff("1", "2")), [["drill", "came", "–", "1.0.0"]]);
    assert_eq!(
        told(&diff("2", "4")),
        [["drill", "went", "1.0.0", "–"], ["saw", "version", "1.0.0", "2.0.0"]]
    );
    assert_eq!(told(&diff("4", "0")), [["saw", "went", "2.0.0", "–"]]);
    assert_eq!(diff("2", "2")["differences"], json!([]));
    machine.json(&["generation", "diff", "1", "9"]).fails("generation-not-found", 5);
    machine.json(&["generation", "diff", "1"]).status_is(2);

    let core = machine.serve();
    let over_rest = core.client().get("/v1/generations/2/diff/4").json();
    assert_eq!(over_rest, diff("2", "4"));
    assert_ne!(
        over_rest["differences"][1]["before"]["digest"],
        over_rest["differences"][1]["after"]["digest"]
    );
    for (language, words) in [("en", ["removed", "another version"]), ("zh-CN", ["已移除", "版本不同"])]
    {
        let mut command = machine.las_command(&["generation", "diff", "2", "4"]);
        command.env("LAS_LANG", language);
        let text = Ran::run(command).ok().stdout;
        assert!(words.iter().all(|word| text.contains(word)) && text.contains("2.0.0"), "{text}");
    }
}
