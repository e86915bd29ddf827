//! Modules that come from archives: described, fetched, unpacked, brought back, and refused.

use las_tests::{Catalogue, FileServer, Part, Workstation, tar_gz};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

const PROGRAM: &[u8] = b"#!/bin/sh\necho made 1.0.0\n";

fn machine() -> (Workstation, Catalogue) {
    let machine = Workstation::new();
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root());
    (machine, catalogue)
}

/// What `las module source` says of an archive that lies at these addresses.
#[track_caller]
fn described(machine: &Workstation, bytes: &[u8], urls: &[&str]) -> Value {
    let path = machine.file("made.tar.gz", bytes);
    let mut arguments = vec!["module", "source", &path];
    for url in urls {
        arguments.extend(["--url", url]);
    }
    machine.json(&arguments).ok().json()
}

fn module() -> Vec<u8> {
    tar_gz(&[
        Part::Program("bin/made", PROGRAM),
        Part::File("README", b"Made to order."),
        Part::Link("run", "bin/made"),
    ])
}

/// The one version of the module in the store.
fn folder(machine: &Workstation) -> PathBuf {
    let versions: Vec<_> = std::fs::read_dir(machine.home().join("store/made")).unwrap().collect();
    let [version] = <[_; 1]>::try_from(versions).unwrap();
    version.unwrap().path()
}

#[test]
fn a_module_comes_from_the_address_of_its_manifest_and_can_come_back_from_there() {
    let (machine, catalogue) = machine();
    let server = FileServer::start();
    let bytes = tar_gz(&[
        Part::Program("made-1.0.0/bin/made", PROGRAM),
        Part::File("made-1.0.0/README", b"Made to order."),
        Part::Link("made-1.0.0/run", "bin/made"),
        Part::File("beside", b"no part of it"),
    ]);
    let url = server.file("made.tar.gz", &bytes);
    let path = machine.file("made.tar.gz", &bytes);
    // As whoever writes a manifest would: what is printed is put into it.
    let text = machine.las(&["module", "source", &path, "--folder", "made-1.0.0", "--url", &url]).ok().stdout;
    catalogue.describe("made", "1.0.0", "bin/made", &text);
    let plan = machine.json(&["module", "plan", "made"]).ok().json();
    assert_eq!((&plan["hosts"], &plan["totals"]["download"]), (&json!(["127.0.0.1"]), &json!(bytes.len())));
    let shown = machine.las(&["module", "plan", "made"]).ok().stdout;
    assert!(shown.contains("127.0.0.1"), "{shown}");
    assert!(server.asked().is_empty(), "to plan asks nobody");
    machine.las(&["module", "install", "made", "--yes"]).ok();
    assert_eq!(server.asked(), ["/made.tar.gz"]);
    let made = folder(&machine);
    assert_eq!(std::fs::read(made.join("bin/made")).unwrap(), PROGRAM);
    let executable = |file: &str| made.join(file).symlink_metadata().unwrap().permissions().mode() & 0o111;
    assert!(executable("bin/made") != 0 && executable("README") == 0);
    assert_eq!(std::fs::read_link(made.join("run")).unwrap().to_str(), Some("bin/made"));
    assert!(!made.join("beside").exists());
    let staged = |path: &String| path.starts_with("staging/") && path.contains("fetched");
    assert!(!machine.contents().iter().any(staged), "{:?}", machine.contents());
    machine.is_healthy();
    assert_eq!(machine.json(&["module", "plan", "made"]).ok().json()["steps"], json!([]));
    let number = machine.current().0.to_string();
    machine.las(&["module", "remove", "made", "--yes"]).ok();
    assert!(!machine.home().join("store/made").exists());
    machine.las(&["generation", "rollback", &number, "--yes"]).ok();
    assert_eq!(server.asked().len(), 2);
    assert_eq!(std::fs::read(folder(&machine).join("bin/made")).unwrap(), PROGRAM);
    machine.is_healthy();
}

#[test]
fn a_file_and_a_link_of_it_that_are_gone_come_back_from_where_they_came_from() {
    let (machine, catalogue) = machine();
    let server = FileServer::start();
    let url = server.file("made.tar.gz", &module());
    catalogue.describe(
        "made",
        "1.0.0",
        "bin/made",
        &Catalogue::lines(&described(&machine, &module(), &[&url])),
    );
    machine.las(&["module", "install", "made", "--yes"]).ok();
    for gone in ["README", "run"] {
        std::fs::remove_file(folder(&machine).join(gone)).unwrap();
        machine.las(&["doctor", "--repair"]).ok();
        assert!(folder(&machine).join(gone).symlink_metadata().is_ok(), "{gone}");
        machine.is_healthy();
    }
}

#[test]
fn a_mirror_is_asked_next_and_a_broken_connection_is_taken_up_where_it_broke() {
    let (machine, catalogue) = machine();
    let server = FileServer::start();
    let bytes = module();
    let (gone, moved) = (server.url("gone.tar.gz"), server.moved("old.tar.gz", &server.url("new.tar.gz")));
    server.broken("new.tar.gz", &bytes, 100);
    catalogue.describe(
        "made",
        "1.0.0",
        "bin/made",
        &Catalogue::lines(&described(&machine, &bytes, &[&gone, &moved])),
    );
    machine.las(&["module", "install", "made", "--yes"]).ok();
    let asked = ["/gone.tar.gz", "/old.tar.gz", "/new.tar.gz", "/old.tar.gz 100", "/new.tar.gz 100"];
    assert_eq!(server.asked(), asked);
    assert_eq!(std::fs::read(folder(&machine).join("bin/made")).unwrap(), PROGRAM);
}

#[test]
fn what_is_not_what_was_said_installs_nothing_and_says_why() {
    let server = FileServer::start();
    let good = module();
    let mut other = good.clone();
    *other.last_mut().unwrap() ^= 1;
    let outside = tar_gz(&[Part::Program("../../../escaped", PROGRAM)]);
    let many = tar_gz(&[
        Part::Program("bin/made", PROGRAM),
        Part::File("README", b"Made to order."),
        Part::Link("run", "bin/made"),
        Part::File("more", b""),
    ]);
    let led = tar_gz(&[Part::Link("bin", "/usr/bin"), Part::Program("bin/made", PROGRAM)]);
    let nobody = "http://127.0.0.1:1/made.tar.gz".to_owned();
    let cases: [(&str, &[u8], String, i32); 8] = [
        ("checksum-mismatch", &good, server.file("other.tar.gz", &other), 9),
        ("fetch-failed", &good, nobody, 7),
        ("fetch-refused", &good, server.url("gone.tar.gz"), 1),
        ("fetch-sent-on", &good, server.moved("away.tar.gz", "http://example.invalid/made.tar.gz"), 3),
        ("archive-refused", &outside, server.file("outside.tar.gz", &outside), 9),
        ("archive-refused", &many, server.file("many.tar.gz", &many), 9),
        ("archive-refused", &led, server.file("led.tar.gz", &led), 9),
        ("archive-unreadable", b"no archive", server.file("none.tar.gz", b"no archive"), 9),
    ];
    for (code, bytes, url, status) in cases {
        let (machine, catalogue) = machine();
        let mut sections = described(&machine, &good, &[&url]);
        // Pinned is what lies there; what it would make is said of the good one.
        sections["source"]["size"] = json!(bytes.len());
        sections["integrity"]["checksum"] = json!(las_types::Digest::of(bytes));
        catalogue.describe("made", "1.0.0", "bin/made", &Catalogue::lines(&sections));
        let before = machine.contents();
        machine.json(&["module", "install", "made", "--yes"]).fails(code, status);
        assert_eq!(machine.contents(), before, "{code}");
        assert!(!machine.home().join("store/made").exists(), "{code}");
        assert!(!machine.home().parent().unwrap().join("escaped").exists());
        for language in ["en_GB.UTF-8", "zh_CN.UTF-8"] {
            let mut command = machine.las_command(&["module", "install", "made", "--yes"]);
            command.env("LANG", language);
            let said = las_tests::Ran::run(command).stderr;
            assert!(!said.contains("[error") && !said.contains("[detail"), "{said}");
        }
        machine.is_healthy();
    }
}

#[test]
fn an_archive_that_would_be_refused_or_makes_nothing_is_not_described() {
    let machine = Workstation::new();
    let source = |name: &str, bytes: &[u8], more: &[&str]| {
        let path = machine.file(name, bytes);
        machine.json(&[&["module", "source", &path], more].concat())
    };
    source("made.rar", b"x", &[]).fails("archive-refused", 9);
    source("made.tar.gz", &module(), &["--folder", "nowhere"]).fails("archive-refused", 9);
    source("made.tar.gz", b"no archive", &[]).fails("archive-unreadable", 9);
    let outside = tar_gz(&[Part::File("../escaped", b"")]);
    source("made.tar.gz", &outside, &[]).fails("archive-refused", 9);
    machine.json(&["module", "source", "/nowhere/made.tar.gz"]).fails("file-not-found", 5);
    let whole = source("made.tar.gz", &module(), &[]).ok().json();
    assert!(whole["source"]["urls"][0].as_str().unwrap().starts_with("file:///"), "{whole}");
    assert_eq!((&whole["source"]["files"], &whole["source"]["format"]), (&json!(3), &json!("tar-gz")));
}
