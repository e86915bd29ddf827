//! Models of several files: split GGUF, weights in safetensors, projectors and adapters.

mod adapters;
mod hostile;
mod projectors;
mod split;
mod weights;

use las_tests::{Hub, Workstation};
use serde_json::{Value, json};

/// A machine whose source is this hub.
pub(super) fn machine(hub: &Hub) -> Workstation {
    let machine = Workstation::new();
    let text = format!(
        "[models]\nhugging_face = \"{}\"\nmodel_scope = \"off\"\nfile_hosts = \"{}\"\n",
        hub.endpoint(),
        hub.store_host()
    );
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), text).unwrap();
    machine
}

pub(super) fn about() -> Value {
    json!({ "task": "text-generation", "license": "apache-2.0" })
}

/// The one model that is here.
#[track_caller]
pub(super) fn only(machine: &Workstation) -> Value {
    let listed = machine.json(&["model", "list"]).ok().json();
    let [model] = &listed.as_array().unwrap()[..] else { panic!("{listed:#}") };
    model.clone()
}

/// The paths of its files, weights first.
pub(super) fn files(model: &Value) -> Vec<String> {
    let of = |kind: &str| model["package"][kind].as_array().cloned().unwrap_or_default();
    let path = |file: &Value| file["path"].as_str().unwrap_or_default().to_owned();
    of("weights").iter().chain(&of("beside")).map(path).collect()
}

/// Files that were asked of the second host since then: path, and from which byte on.
pub(super) fn fetched(hub: &Hub, before: usize) -> Vec<String> {
    let asked = hub.asked().split_off(before);
    let files = asked.iter().filter(|one| one.method == "GET" && one.host.starts_with(&hub.store_host()));
    files.map(|one| one.headers.get("range").cloned().unwrap_or_else(|| "whole".to_owned())).collect()
}

/// Nothing of a model is here, and nothing is wrong.
#[track_caller]
pub(super) fn nothing_is_left(machine: &Workstation) {
    let contents = machine.contents();
    assert!(contents.iter().all(|path| path.starts_with("generations/")), "{contents:?}");
    assert_eq!(machine.json(&["model", "list"]).ok().json(), json!([]));
    let lists = std::fs::read_dir(machine.home().join("models/segments")).map_or(0, Iterator::count);
    assert_eq!(lists, 0, "lists of segments are left");
    machine.is_healthy();
}
