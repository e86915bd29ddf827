//! S15, and what F6 begins with: hostile archives. Nothing lands outside, nothing stays behind, and what may be
//! installed can do no more than a file may.

pub(super) mod corpus;
pub(super) mod tar;
mod zip;

use super::{Report, Run};
use crate::{Catalogue, Workstation};
use corpus::{Due, Hostile, corpus};
use las_types::Digest;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

/// More than any of them may have, less than those that grow say.
const FILES: u32 = 10_000;
const BYTES: u64 = 64 << 20;
/// What the codes of a refusal are.
const REFUSALS: [&str; 2] = ["archive-refused", "archive-unreadable"];

/// Every path below a folder with its mode and, of files and links, what it holds.
pub(super) type Tree = BTreeMap<String, (u32, Vec<u8>)>;

pub(super) fn tree(root: &Path) -> Tree {
    let mut found = Tree::new();
    let mut left = vec![root.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let bytes = if metadata.is_dir() {
                left.push(path.clone());
                Vec::new()
            } else if metadata.is_symlink() {
                std::fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else {
                Digest::of(&std::fs::read(&path).unwrap()).to_string().into_bytes()
            };
            let name = path.strip_prefix(root).unwrap().display().to_string();
            found.insert(name, (metadata.mode(), bytes));
        }
    }
    found
}

/// What a manifest says of an archive whose author lies: room enough, and a list of files that nothing will be.
fn sections(hostile: &Hostile, url: &str) -> Value {
    json!({
        "source": {
            "kind": "archive", "urls": [url], "format": hostile.ending.replace('.', "-"),
            "size": hostile.bytes.len(), "files": FILES, "unpacked": BYTES, "contents": Digest::of(b"nothing"),
        },
        "integrity": { "checksum": Digest::of(&hostile.bytes) },
    })
}

struct Case<'a> {
    hostile: &'a Hostile,
    machine: Workstation,
    catalogue: Catalogue,
    path: String,
}

impl<'a> Case<'a> {
    fn new(hostile: &'a Hostile) -> Self {
        let machine = Workstation::in_memory().with_profile("box-64gb-no-gpu");
        let catalogue = Catalogue::new(&machine.outside("resources"));
        let machine = machine.with_resources(catalogue.root());
        let path = machine.file(&format!("hostile.{}", hostile.ending), &hostile.bytes);
        catalogue.add("before", "1.0.0", &[], &[("in", b"was here")]);
        machine.las(&["module", "install", "before", "--yes"]).ok();
        Self { hostile, machine, catalogue, path }
    }

    /// What lies in the data directory but for the core's own files.
    fn installed(&self) -> Tree {
        let own = |path: &String| {
            ["store", "models", "staging", "services"].iter().any(|folder| path.starts_with(folder))
        };
        tree(self.machine.home()).into_iter().filter(|(path, _)| own(path)).collect()
    }

    /// What lies beside the data directory.
    fn beside(&self) -> Tree {
        let root = self.machine.outside("");
        tree(&root)
            .into_iter()
            .filter(|(path, _)| !path.starts_with("home") && !path.starts_with("resources"))
            .collect()
    }

    fn check(&self) -> Result<(), String> {
        let (installed, beside) = (self.installed(), self.beside());
        let described = match self.hostile.due {
            // To describe it would be to unpack all of it.
            Due::Stopped => None,
            Due::Refused | Due::Empty | Due::Inside => {
                let ran = self.machine.json(&["module", "source", &self.path]);
                if ran.status == Some(0) {
                    Some(ran.json())
                } else {
                    refusal(&ran)?;
                    None
                }
            }
        };
        match (self.hostile.due, &described) {
            (Due::Refused | Due::Empty, Some(_)) => return Err("accepted: it was described".to_owned()),
            (Due::Inside, None) => return Err("refused: what does no harm".to_owned()),
            _ => {}
        }
        let url = format!("file://{}", self.path);
        let sections = described.clone().unwrap_or_else(|| sections(self.hostile, &url));
        self.catalogue.describe_files("hostile", "1.0.0", &Catalogue::lines(&sections));
        let ran = self.machine.json(&["module", "install", "hostile", "--yes"]);
        if self.beside() != beside {
            return Err("outside: something beside the data directory changed".to_owned());
        }
        if described.is_some() {
            if ran.status != Some(0) {
                return Err(format!("refused: what was described: {ran}"));
            }
            self.harmless()?;
            self.machine.las(&["module", "remove", "hostile", "--purge", "--yes"]).ok();
        } else if !(self.hostile.due == Due::Empty && ran.code().as_deref() == Some("checksum-mismatch")) {
            refusal(&ran)?;
        }
        if self.installed() != installed {
            return Err(format!("left: {:?}", self.installed().keys()));
        }
        self.machine.is_healthy();
        Ok(())
    }

    /// What was installed lies where it belongs, is the user's own, and has no rights that a file of the store has not.
    fn harmless(&self) -> Result<(), String> {
        let root = self.machine.home().join("store/hostile");
        for (name, (mode, target)) in tree(&root) {
            let path = root.join(&name);
            let metadata = path.symlink_metadata().map_err(|error| error.to_string())?;
            if !metadata.is_symlink() && metadata.permissions().mode() & 0o7022 != 0 {
                return Err(format!("rights: {name} has {mode:o}"));
            }
            if metadata.uid() != rustix::process::geteuid().as_raw()
                || metadata.nlink() > 1 && !metadata.is_dir()
            {
                return Err(format!("rights: {name} is another's, or another file as well"));
            }
            // Where it leads somewhere at all, that is within the module's own folder.
            if metadata.is_symlink() {
                let own: std::path::PathBuf = name.split('/').take(1).collect();
                let led = path.canonicalize().is_ok_and(|place| !place.starts_with(root.join(own)));
                if led || target.starts_with(b"/") {
                    return Err(format!("outside: {name} leads there"));
                }
            }
        }
        Ok(())
    }
}

/// Refused, by a code for that, and not by the last check of what was unpacked.
fn refusal(ran: &crate::Ran) -> Result<(), String> {
    let code = ran.code();
    if ran.status == Some(9) && code.as_deref().is_some_and(|code| REFUSALS.contains(&code)) {
        Ok(())
    } else {
        Err(format!("accepted: {ran}"))
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let aim =
        tempfile::Builder::new().prefix("las-aim-").tempdir_in(parent).map_err(|error| error.to_string())?;
    std::fs::write(aim.path().join("canary"), b"alive").map_err(|error| error.to_string())?;
    let before = tree(aim.path());
    let all = corpus(aim.path());
    let cases: Vec<_> = all.iter().map(|hostile| (hostile.name.clone(), hostile)).collect();
    let cases = run.sample(cases, run.choose(40, usize::MAX));
    let report = run.each(cases, |hostile| {
        Case::new(hostile).check()?;
        if tree(aim.path()) == before { Ok(()) } else { Err("outside: the aim was reached".to_owned()) }
    });
    let figure = format!(
        "{} hostile archives: {} outside, {} accepted, {} left behind",
        report.cases,
        report.count("outside"),
        report.count("accepted"),
        report.count("left"),
    );
    Ok(report.with_figure(figure))
}
