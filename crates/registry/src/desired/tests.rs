#![expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]

use super::read_desired;
use las_types::{Code, DesiredState, Failure, ImportMode};

fn read(text: &str) -> (Result<DesiredState, Failure>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("las.yaml");
    std::fs::write(&path, text).unwrap();
    (read_desired(&path), folder)
}

#[test]
fn modules_and_models_are_read_and_paths_made_absolute() {
    let (desired, folder) = read(
        "modules: [llama.cpp, las-tiny-chat@>=1.0]\n\
         models:\n  - { path: m.gguf, mode: copy, name: mine }\n  - { path: /a/b.gguf, mode: reference, base: mine }\n",
    );
    let desired = desired.unwrap();
    let modules: Vec<_> = desired.modules.iter().map(ToString::to_string).collect();
    assert_eq!(modules, ["llama.cpp", "las-tiny-chat@>=1.0"]);
    assert_eq!(desired.models[0].path, folder.path().join("m.gguf").display().to_string());
    assert_eq!(desired.models[0].mode, ImportMode::Copy);
    assert_eq!(desired.models[1].path, "/a/b.gguf");
    assert_eq!(read("modules: []\n").0.unwrap(), DesiredState::default());
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
        // An empty file would otherwise mean: remove everything.
        ("", "1", ""),
        ("models: []\n", "1", "modules"),
    ] {
        let failure = read(text).0.unwrap_err();
        assert_eq!(failure.code, Code::DesiredStateInvalid, "{text}");
        assert_eq!(failure.args["line"], line, "{text}: {failure}");
        assert!(failure.args["detail"].contains(says), "{text}: {failure}");
        assert!(failure.args["path"].ends_with("las.yaml"));
    }
    let missing = read_desired(std::path::Path::new("/nowhere/las.yaml")).unwrap_err();
    assert_eq!(missing.code, Code::FileNotFound);
}
