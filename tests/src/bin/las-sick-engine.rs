//! The program of an engine that installs well and never becomes healthy. What is wrong with it stands in the file
//! `sickness` beside it: `hangs` or `exits`.

use std::io::Write as _;

/// How it ends where it ends by itself.
const STATUS: i32 = 3;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("--version") {
        return;
    }
    let own = std::env::current_exe().expect("a program has a path");
    let sickness = std::fs::read_to_string(own.with_file_name("sickness")).expect("the sickness");
    let _ = writeln!(std::io::stderr(), "this engine {sickness}");
    if sickness == "exits" {
        std::process::exit(STATUS);
    }
    loop {
        std::thread::park();
    }
}
