//! What a machine lacks is skipped by name and counted.

use std::io::Write as _;

/// Says that a test can't run here, and why; `./x test` counts and lists these at its end.
pub fn skip(test: &str, reason: &str) {
    let line = format!("{test}: {reason}\n");
    eprint!("skipped: {line}");
    if let Some(path) = std::env::var_os("LAS_SKIPPED") {
        let mut list = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        list.write_all(line.as_bytes()).unwrap();
    }
}
