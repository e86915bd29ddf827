//! Names of folders that are prepared.

use super::refused;

fn prepared(folders: [&str; 2], expected: &str) {
    let one = |folder| format!("{{ folder: {folder}, program: a, arguments: ['${{new}}'] }}");
    let prepare = folders.map(one).join(", ");
    let service = format!("service: {{ ready: {{ kind: log, line: up }}, prepare: [{prepare}] }}");
    refused(&format!("runtime: {{ modes: [native], program: run, {service} }}\n"), expected);
}

#[test]
fn folders_that_a_disk_could_take_for_one_are_refused() {
    prepared(["db", "DB"], "'DB' is made twice");
    prepared(["db", "db"], "'db' is made twice");
}

/// The first was removed before each try of the second, with all that was in it.
#[test]
fn no_folder_has_the_name_of_another_that_is_not_whole_yet() {
    prepared([".new-db", "db"], "what is not whole yet");
    prepared(["db", "db/.New-wal"], "what is not whole yet");
}
