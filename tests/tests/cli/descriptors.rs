//! What was open where the core was started.

use las_tests::{Catalogue, Part, Ran, Workstation, tar_gz};
use std::path::Path;

/// Answers only if it has not got the file that the shell had open.
const LOOKS: &[u8] = b"#!/usr/bin/python3
import os, sys
wanted = os.stat('/etc/passwd')
def same(number):
    try: return os.path.samestat(os.fstat(number), wanted)
    except OSError: return False
sys.exit(any(same(number) for number in range(3, 64)))
";

/// A file that a shell had open when it started the core was open in every program of it.
#[test]
fn what_a_shell_left_open_reaches_no_program() {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root());
    let path = machine.file("look.tar.gz", tar_gz(&[Part::Program("bin/look", LOOKS)]));
    let source = Catalogue::lines(&machine.json(&["module", "source", &path]).ok().json());
    let runtime = format!("runtime: {{ modes: [native], program: bin/look }}\n{source}");
    catalogue.describe_files("look", "1.0.0", &runtime);
    let las = machine.las_command(&[]).get_program().to_str().unwrap().to_owned();
    let script = "exec 9</etc/passwd; exec \"$0\" module install look --yes";
    Ran::run(machine.command(Path::new("/bin/sh"), &["-c", script, &las])).ok();
    machine.is_healthy();
}
