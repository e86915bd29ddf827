//! Finding modules by a few words.

use las_tests::{Catalogue, Ran, Workstation};
use serde_json::Value;

fn machine() -> Workstation {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    for (category, name, rest) in [
        ("tool", "saw", "description: Cuts boards."),
        ("service", "post", "description: Keeps tables.\ninterfaces: { provides: [sql@3.0.0] }"),
        ("service", "boards", "description: Shows notices."),
        ("framework", "lathe", "description: Turns wood into Tables, needs SQL."),
    ] {
        let manifest = format!("name: {name}\ncategory: {category}\nversion: 1.0.0\n{rest}\n");
        let path = catalogue.root().join("registry").join(category).join(name).join("1.0.0.yaml");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, manifest).unwrap();
    }
    machine.with_resources(catalogue.root())
}

fn names(found: &Value) -> Vec<String> {
    found.as_array().unwrap().iter().map(|module| module["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_module_is_found_by_name_provided_name_category_and_description() {
    let machine = machine();
    let core = machine.serve();
    for (words, expected) in [
        // A name counts more than a description.
        (&["board"][..], &["boards", "saw"][..]),
        (&["sql"], &["post", "lathe"]),
        (&["SQL", "tables"], &["post", "lathe"]),
        (&["service"], &["boards", "post"]),
        (&["service", "tables"], &["post"]),
        (&["cuts boards"], &["saw"]),
        (&["nothing"], &[]),
    ] {
        let mut arguments = vec!["module", "search"];
        arguments.extend(words);
        let found = machine.json(&arguments).ok().json();
        assert_eq!(names(&found), expected, "{words:?}");
        // A browser writes a space as a plus.
        let path = format!("/v1/module-search?words={}", words.join("+").replace(' ', "+"));
        assert_eq!(core.client().get(&path).json(), found, "{path}");
    }
    machine.las(&["module", "search"]).status_is(2);
    let list = machine.json(&["module", "list"]).ok().json();
    let mut shown = machine.json(&["module", "search", "saw"]).ok().json();
    assert!(list.as_array().unwrap().contains(&shown[0].take()), "the same as in the list");
}

#[test]
fn a_category_is_found_by_its_word_in_the_language_of_the_asker() {
    let machine = machine();
    let found = |language: &str, word: &str| {
        let mut command = machine.las_command(&["module", "search", word, "--json"]);
        command.env("LAS_LANG", language);
        names(&Ran::run(command).ok().json())
    };
    assert_eq!(found("zh-CN", "服务"), ["boards", "post"]);
    assert_eq!(found("zh-CN", "service"), ["boards", "post"]);
    assert_eq!(found("en", "服务"), [""; 0]);
}
