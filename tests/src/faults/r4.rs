//! R4: bit rot in what is installed. What has other bytes than were installed is named before anything uses it, comes
//! back where its source is still there, and is never used where not.

use super::{Report, Run};
use crate::{Catalogue, FileServer, Part, Ran, Workstation, models, tar_gz};
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Bytes of each file that is damaged: several blocks.
const LENGTH: usize = 64 << 10;
const BLOCK: usize = 4096;

/// What is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    /// A file of a module that comes with the application.
    Builtin,
    /// A file of a module that is fetched.
    Archive,
    /// A model whose file is still where it was imported from.
    Kept,
    /// A model whose bytes are nowhere else.
    Lost,
}

const VICTIMS: [Victim; 4] = [Victim::Builtin, Victim::Archive, Victim::Kept, Victim::Lost];

/// How.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Flip,
    Zero,
    Truncate,
    Longer,
    /// It and another file have each other's bytes.
    Swap,
}

const DAMAGES: [Damage; 5] = [Damage::Flip, Damage::Zero, Damage::Truncate, Damage::Longer, Damage::Swap];

#[derive(Clone, Copy, Debug)]
struct Case {
    victim: Victim,
    damage: Damage,
    at: usize,
    bit: u8,
    /// The file's time of change is set back to what it was.
    time_kept: bool,
}

fn cases(run: &Run, count: usize) -> Vec<(String, Case)> {
    let mut random = run.random();
    let draw = |n: usize| {
        let (victim, damage) = (VICTIMS[n % VICTIMS.len()], DAMAGES[n / VICTIMS.len() % DAMAGES.len()]);
        let third = LENGTH / 3;
        // The start, the middle and the end in turn.
        let at = n % 3 * third + random.usize(..third - BLOCK);
        let case = Case { victim, damage, at, bit: random.u8(..8), time_kept: random.bool() };
        (format!("{n}-{victim:?}-{damage:?}-{at}").to_lowercase(), case)
    };
    (0..count).map(draw).collect()
}

/// What every case begins with.
struct Template {
    folder: tempfile::TempDir,
    resources: PathBuf,
    /// Has the archive.
    server: FileServer,
    files: BTreeMap<String, Vec<u8>>,
}

/// Bytes without a block of zeros, or two blocks that are alike.
fn noise(seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..LENGTH).map(|_| random.u8(1..)).collect()
}

fn model(seed: u64) -> Vec<u8> {
    let (header, length) = models::sparse(LENGTH as u64);
    let mut bytes = header;
    bytes.extend(noise(seed));
    assert_eq!(bytes.len() as u64, length);
    bytes
}

impl Template {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::Builder::new().prefix("las-rot-").tempdir_in(parent).unwrap();
        let resources = folder.path().join("resources");
        let catalogue = Catalogue::new(&resources);
        catalogue.add("builtin", "1.0.0", &[], &[("a", &noise(1)), ("b", &noise(2))]);
        // It is asked for its version, and never gets to a model that is damaged.
        catalogue.add("llama.cpp", "1.0.0", &[], &[("run", b"#!/bin/sh\necho 1.0.0\n")]);
        let server = FileServer::start();
        let archive = tar_gz(&[
            Part::File("a", &noise(3)),
            Part::File("b", &noise(4)),
            Part::Program("run", b"#!/bin/sh\n"),
        ]);
        let path = folder.path().join("archive.tar.gz");
        std::fs::write(&path, &archive).unwrap();
        let template = Self { folder, resources, server, files: BTreeMap::new() };
        let url = template.server.file("archive.tar.gz", &archive);
        let words = ["module", "source", path.to_str().unwrap(), "--url", &url];
        let lines = template.machine().json(&words).ok().json();
        catalogue.describe("archive", "1.0.0", "run", &Catalogue::lines(&lines));
        let machine = template.machine().at(&template.home());
        machine.las(&["module", "install", "llama.cpp", "builtin", "archive", "--yes"]).ok();
        for (name, seed) in [("kept", 5), ("lost", 6)] {
            let file = template.folder.path().join(format!("{name}.gguf"));
            std::fs::write(&file, model(seed)).unwrap();
            machine.las(&["model", "import", file.to_str().unwrap(), "--copy", "--yes"]).ok();
        }
        std::fs::remove_file(template.folder.path().join("lost.gguf")).unwrap();
        let files = found(&machine);
        Self { files, ..template }
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn machine(&self) -> Workstation {
        Workstation::in_memory().with_resources(&self.resources).with_profile("box-64gb-no-gpu")
    }

    fn copied(&self) -> Workstation {
        let machine = self.machine();
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(self.home()).arg(machine.home());
        Ran::run(copy).ok();
        machine
    }

    /// The victim's file and one whose bytes it may change places with.
    fn paths(&self, victim: Victim) -> (String, String) {
        let path =
            |wanted: &dyn Fn(&str) -> bool| self.files.keys().find(|path| wanted(path)).unwrap().clone();
        let model = |seed| {
            let bytes = model(seed);
            self.files.iter().find(|(_, found)| **found == bytes).unwrap().0.clone()
        };
        match victim {
            Victim::Builtin | Victim::Archive => {
                let store = format!("store/{}/", name(victim));
                let file = |end| path(&|path: &str| path.starts_with(&store) && path.ends_with(end));
                (file("/a"), file("/b"))
            }
            Victim::Kept => (model(5), model(6)),
            Victim::Lost => (model(6), model(5)),
        }
    }
}

/// Every file of the store and of the models, with its bytes.
fn found(machine: &Workstation) -> BTreeMap<String, Vec<u8>> {
    let kept = machine
        .contents()
        .into_iter()
        .filter(|path| path.starts_with("store/") || path.starts_with("models/blobs"));
    kept.map(|path| {
        let bytes = std::fs::read(machine.home().join(&path)).unwrap();
        (path, bytes)
    })
    .collect()
}

fn name(victim: Victim) -> &'static str {
    match victim {
        Victim::Builtin => "builtin",
        Victim::Archive => "archive",
        Victim::Kept => "kept",
        Victim::Lost => "lost",
    }
}

fn harm(path: &Path, other: &Path, case: &Case) {
    let time = path.metadata().unwrap().modified().unwrap();
    let mode = std::fs::metadata(path).unwrap().permissions();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(path, open).unwrap();
    let file = std::fs::File::options().read(true).write(true).open(path).unwrap();
    match case.damage {
        Damage::Flip => {
            let mut byte = [0];
            file.read_exact_at(&mut byte, case.at as u64).unwrap();
            file.write_all_at(&[byte[0] ^ 1 << case.bit], case.at as u64).unwrap();
        }
        Damage::Zero => file.write_all_at(&[0; BLOCK], case.at as u64).unwrap(),
        Damage::Truncate => file.set_len(case.at as u64).unwrap(),
        Damage::Longer => file.write_all_at(&[case.bit; 7], file.metadata().unwrap().len()).unwrap(),
        Damage::Swap => {
            let between = path.with_extension("between");
            std::fs::rename(path, &between).unwrap();
            std::fs::rename(other, path).unwrap();
            std::fs::rename(between, other).unwrap();
        }
    }
    if case.time_kept {
        file.set_modified(time).unwrap();
    }
    std::fs::set_permissions(path, mode).unwrap();
}

/// The names that the doctor gives as damaged or gone.
fn named(machine: &Workstation, words: &[&str]) -> Vec<String> {
    let report = machine.json(words).json();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let of_files = |finding: &&Value| {
        ["item-damaged", "item-missing"].contains(&finding["key"].as_str().unwrap_or_default())
            && finding["repaired"] != true
    };
    findings
        .iter()
        .filter(of_files)
        .filter_map(|finding| finding["args"]["name"].as_str().map(str::to_owned))
        .collect()
}

fn check(template: &Template, case: &Case) -> Result<(), String> {
    let machine = template.copied();
    let (path, other) = template.paths(case.victim);
    harm(&machine.home().join(&path), &machine.home().join(&other), case);
    let own = name(case.victim);
    for words in [["module", "list"], ["model", "list"]] {
        let ran = machine.json(&words);
        if ran.status != Some(0) {
            return Err(format!("unanswered: {ran}"));
        }
    }
    let is_model = matches!(case.victim, Victim::Kept | Victim::Lost);
    let refused = |when: &str| {
        let ran = machine.json(&["run", own, "Hello", "--max-tokens", "1"]);
        match ran.code().as_deref() {
            Some("checksum-mismatch") => Ok(()),
            _ => Err(format!("used: {when}: {ran}")),
        }
    };
    if is_model {
        refused("before anything looked")?;
    }
    let names = named(&machine, &["doctor"]);
    if !names.iter().any(|name| name == own) {
        return Err(format!("unnamed: {names:?}"));
    }
    machine.json(&["doctor", "--repair"]);
    let left = named(&machine, &["doctor"]);
    let lost =
        case.victim == Victim::Lost || matches!((case.victim, case.damage), (Victim::Kept, Damage::Swap));
    if !lost {
        if !left.is_empty() || found(&machine) != template.files {
            return Err(format!("unrepaired: {left:?}"));
        }
        machine.is_healthy();
        return Ok(());
    }
    if left != ["lost"] {
        return Err(format!("unnamed: after a repair that has no source: {left:?}"));
    }
    if case.victim == Victim::Lost { refused("after the repair") } else { Ok(()) }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let template = Template::new();
    let report = run.each(cases(run, run.choose(20, 500)), |case| check(&template, case));
    let figure = format!(
        "{} of {} named before use and {}",
        report.cases - report.count("unnamed") - report.count("used"),
        report.cases,
        if report.count("unrepaired") == 0 {
            "repaired where the source is there"
        } else {
            "not all repaired"
        },
    );
    Ok(report.with_figure(figure))
}
