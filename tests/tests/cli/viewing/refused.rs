//! What is refused: what is in the way, what leads elsewhere, what a tool could not use.

use super::{below, machine, no_view};
use crate::cli::adopting::text;
use las_tests::{CHAT_MODEL, Workstation, models};
use std::os::unix::fs::symlink;
use std::path::Path;

fn add<'a>(tool: &'a str, folder: &'a Path) -> [&'a str; 9] {
    ["model", "view", "add", CHAT_MODEL, "--for", tool, "--at", text(folder), "--yes"]
}

#[test]
fn what_is_in_the_way_is_refused_named_and_left_as_it_is() {
    let machine = machine();
    let folder = machine.outside("models");
    std::fs::create_dir_all(folder.join("manifests/registry.ollama.ai/library").join(CHAT_MODEL)).unwrap();
    let manifest = folder.join("manifests/registry.ollama.ai/library").join(CHAT_MODEL).join("latest");
    std::fs::write(&manifest, "theirs").unwrap();
    let refused = machine.json(&add("ollama", &folder)).fails("view-in-the-way", 3);
    assert!(refused.stdout.contains(text(&manifest)), "{refused}");
    assert_eq!(std::fs::read(&manifest).unwrap(), b"theirs");
    assert_eq!(below(&folder).len(), 1);
    // What comes into the way only after the plan was made is left as well, and so is nothing of ours.
    std::fs::remove_file(&manifest).unwrap();
    let plan = machine.json(&add("ollama", &folder)[..8]).json();
    std::fs::write(&manifest, "theirs").unwrap();
    machine.json(&["apply", "--plan", plan["id"].as_str().unwrap(), "--yes"]).fails("view-in-the-way", 3);
    assert_eq!(std::fs::read(&manifest).unwrap(), b"theirs");
    assert_eq!(below(&folder).len(), 1, "{:?}", below(&folder));
    no_view(&machine);
    machine.is_healthy();
}

#[test]
fn nothing_is_made_through_a_link_nor_in_the_data_directory() {
    let machine = machine();
    let (elsewhere, folder) = (machine.outside("elsewhere"), machine.outside("models"));
    std::fs::create_dir_all(&elsewhere).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    symlink(&elsewhere, folder.join(CHAT_MODEL)).unwrap();
    let refused = machine.json(&add("folder", &folder));
    assert!(["view-folder-unfit", "view-in-the-way"].contains(&&*refused.code().unwrap()), "{refused}");
    std::fs::remove_file(folder.join(CHAT_MODEL)).unwrap();
    // A link that is put there after the plan was made.
    let plan = machine.json(&add("folder", &folder)[..8]).json();
    symlink(&elsewhere, folder.join(CHAT_MODEL)).unwrap();
    machine.json(&["apply", "--plan", plan["id"].as_str().unwrap(), "--yes"]).fails("view-folder-unfit", 3);
    assert_eq!(below(&elsewhere), [""; 0]);
    // The folder itself may be named by a link: the plan says where that leads.
    let link = machine.outside("link");
    symlink(&elsewhere, &link).unwrap();
    let plan = machine.json(&add("folder", &link)[..8]).json();
    assert_eq!(
        plan["steps"][0]["action"]["view"]["folder"],
        text(&std::fs::canonicalize(&elsewhere).unwrap())
    );
    let dangling = machine.outside("dangling");
    symlink(machine.outside("nowhere"), &dangling).unwrap();
    for unfit in [machine.home().join("models"), dangling, machine.outside("elsewhere/../x")] {
        machine.json(&add("folder", &unfit)).fails("view-folder-unfit", 3);
    }
    no_view(&machine);
    machine.is_healthy();
}

#[test]
fn a_name_from_elsewhere_leads_nowhere() {
    let machine = Workstation::new();
    let path = machine.outside("..\u{202e}evil\nmodel_path: x$(touch y).gguf");
    std::fs::write(&path, models::small(1)).unwrap();
    machine.las(&["model", "import", text(&path), "--copy", "--name", "evil", "--yes"]).ok();
    let folder = machine.outside("jan");
    machine.las(&["model", "view", "add", "evil", "--for", "jan", "--at", text(&folder), "--yes"]).ok();
    let [weights, about] = &below(&folder)[..] else { panic!("{:?}", below(&folder)) };
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-+/".contains(c);
    assert!(weights.starts_with("evil/_.") && weights.chars().all(plain), "{weights}");
    let about = std::fs::read_to_string(folder.join(about)).unwrap();
    assert_eq!(about.matches("model_path:").count(), 1, "{about}");
    assert!(about.starts_with(&format!("model_path: \"{}/{weights}\"\n", text(&folder))), "{about}");
}

#[test]
fn what_a_tool_could_not_use_is_refused_with_the_reason() {
    let machine = machine();
    let folder = machine.outside("x");
    let refused = machine.json(&add("hugging-face", &folder)).fails("view-not-possible", 3);
    assert!(refused.stdout.contains("repository"), "{refused}");
    machine.json(&["model", "view", "add", "nobody", "--for", "jan"]).fails("model-not-found", 5);
    machine.json(&["model", "view", "remove", CHAT_MODEL]).fails("view-not-found", 5);
    machine.json(&["model", "view", "add", CHAT_MODEL, "--for", "folder"]).fails("view-folder-unfit", 3);
    assert!(!folder.exists());
}
