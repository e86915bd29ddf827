use super::read_wish;
use las_types::{Code, DesiredOverride, DesiredState, Failure, ImportMode, Intent};
use std::path::Path;

const FILE: &str = "/folder/las.yaml";

fn read(text: &str) -> Result<DesiredState, Failure> {
    match read_wish(text, Some(Path::new(FILE)))? {
        Intent::StateApply { desired } => Ok(desired),
        other => panic!("{other:?}"),
    }
}

#[test]
fn modules_and_models_are_read_and_paths_made_absolute() {
    let desired = read(
        "modules: [llama.cpp, las-tiny-chat@>=1.0]\n\
         models:\n  - { path: m.gguf, mode: copy, name: mine }\n  - { path: /a/b.gguf, mode: reference, base: mine }\n",
    )
    .unwrap();
    let modules: Vec<_> = desired.modules.iter().map(ToString::to_string).collect();
    assert_eq!(modules, ["llama.cpp", "las-tiny-chat@>=1.0"]);
    assert_eq!(desired.models[0].path, "/folder/m.gguf");
    assert_eq!(desired.models[0].mode, ImportMode::Copy);
    assert_eq!(desired.models[1].path, "/a/b.gguf");
    assert_eq!(read("modules: []\n").unwrap(), DesiredState::default());
}

#[test]
fn no_word_of_overrides_leaves_them_and_an_empty_list_takes_them_back() {
    let overrides = |text: &str| read(text).unwrap().overrides;
    assert_eq!(overrides("modules: []\n"), None);
    assert_eq!(overrides("modules: []\noverrides: []\n"), Some(vec![]));
    let one = "modules: []\noverrides: [{ capability: model-size, value: ' 14B ', reason: ' tested ' }]\n";
    let expected = DesiredOverride {
        capability: "model-size".to_owned(),
        value: "14B".to_owned(),
        reason: "tested".to_owned(),
    };
    assert_eq!(overrides(one), Some(vec![expected]));
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_what_would_be_right() {
    for (text, line, says) in [
        ("modules: [a]\nservces: [b]\n", "2", "modules"),
        ("modules:\n  - a\n  - B c\n", "3", "NAME@CONSTRAINT"),
        ("modules:\n  - a\n  - a@>=1\n", "3", "twice"),
        ("modules: []\nmodels:\n  - { path: x, mode: move }\n", "3", "copy"),
        ("modules: []\nmodels:\n  - { path: x, mode: copy, nam: y }\n", "3", "name"),
        ("modules: [a]\nmodels:\n  - { path: x, mode: copy, name: a }\n", "3", "twice"),
        ("modules: []\noverrides:\n  - { capability: model-size, value: 14B }\n", "3", "reason"),
        (
            "modules: []\noverrides:\n  - { capability: colour, value: red, reason: r }\n",
            "3",
            "can't be overridden",
        ),
        ("modules: []\noverrides:\n  - { capability: model-size, value: red, reason: r }\n", "3", "no value"),
        (
            "modules: []\noverrides:\n  - { capability: model-size, value: 14B, reason: ' ' }\n",
            "3",
            "needs a reason",
        ),
        (
            "modules: []\noverrides:\n  - { capability: parallel, value: 2, reason: r }\n  - { capability: parallel, value: 3, reason: r }\n",
            "4",
            "twice",
        ),
        // An empty file would otherwise mean: remove everything.
        ("", "1", ""),
        ("models: []\n", "1", "modules"),
    ] {
        let failure = read(text).unwrap_err();
        assert_eq!(failure.code, Code::DesiredStateInvalid, "{text}");
        assert_eq!(failure.args["line"], line, "{text}: {failure}");
        assert!(failure.args["detail"].contains(says), "{text}: {failure}");
        assert_eq!(failure.args["path"], FILE);
    }
}

#[test]
fn a_pasted_text_has_no_folder() {
    let pasted = |text: &str| read_wish(text, None);
    assert!(pasted("modules: []\nmodels:\n  - { path: /a/b.gguf, mode: copy }\n").is_ok());
    let failure = pasted("modules: []\nmodels:\n  - { path: b.gguf, mode: copy }\n").unwrap_err();
    assert_eq!((failure.code, failure.args["line"].as_str()), (Code::DesiredStateInvalid, "3"));
    assert!(failure.args["detail"].contains("absolute"), "{failure}");
}

#[test]
fn a_lock_is_told_from_a_desired_state_and_is_closed() {
    let lock = |text: &str| read_wish(text, Some(Path::new("/folder/las.lock")));
    assert!(matches!(lock("\n{ \"schema\": 1, \"items\": [] }\n").unwrap(), Intent::LockApply { .. }));
    for text in [
        "{\n \"schema\": 1, \"items\": [{}] }",
        "{ \"schema\": 1,\n \"items\": [], \"more\": 1 }",
        "{\n\"items\": [",
    ] {
        let failure = lock(text).unwrap_err();
        assert_eq!((failure.code, failure.args["line"].as_str()), (Code::LockInvalid, "2"), "{text}");
        assert_eq!(failure.args["path"], "/folder/las.lock");
    }
}
