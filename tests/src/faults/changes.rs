//! The changes that are harmed: each with a machine that is ready for it, what it was before and what it will be.

use crate::{Catalogue, FileServer, Part, Ran, Workstation, models, tar_gz};
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The machine on which all of it happens.
const PROFILE: &str = "box-64gb-no-gpu";

/// What is made to order for every change.
pub(super) struct Stage {
    folder: tempfile::TempDir,
    resources: PathBuf,
    /// Has the archives that modules come from.
    server: FileServer,
}

/// One change.
pub(super) struct Change {
    pub(super) name: &'static str,
    /// What makes a machine ready for it.
    before: Vec<Vec<String>>,
    /// The change itself.
    pub(super) words: Vec<String>,
}

/// What matters of a machine, in words and in bytes.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Condition {
    /// What is installed, held, overridden and set, as the product says.
    pub(super) said: Value,
    /// Every file and link of the store and of the models, with mode and bytes.
    pub(super) found: BTreeMap<String, (u32, Vec<u8>)>,
}

/// A change with its machine and both ends of it.
pub(super) struct Ready {
    pub(super) change: Change,
    template: PathBuf,
    pub(super) old: Condition,
    pub(super) new: Condition,
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// The words as a command takes them.
pub(super) fn plain(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

impl Stage {
    /// Modules small enough that a change takes a tenth of a second: one with a program and a need, one of many files,
    /// many of few.
    pub(super) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::Builder::new().prefix("las-stage-").tempdir_in(parent).unwrap();
        let resources = folder.path().join("resources");
        let catalogue = Catalogue::new(&resources);
        let program = b"#!/bin/sh\necho 1.0.0\n".as_slice();
        catalogue.add("nail", "1.0.0", &[], &[("data/nail", &[b'n'; 300])]);
        for version in ["1.0.0", "2.0.0"] {
            let text = format!("hammer {version}");
            let files = [("run", program), ("data/head", text.as_bytes()), ("README", b"hits")];
            catalogue.add("hammer", version, &["nail".to_owned()], &files);
        }
        let names: Vec<String> = (0..12).map(|n| format!("teeth/{n:02}/tooth")).collect();
        let teeth: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), name.as_bytes())).collect();
        catalogue.add("saw", "1.0.0", &[], &teeth);
        let drawers: Vec<String> = (0..6).map(|n| format!("drawer{n}")).collect();
        for drawer in &drawers {
            catalogue.add(drawer, "1.0.0", &[], &[("a", drawer.as_bytes()), ("b", b"b")]);
        }
        catalogue.add("chest", "1.0.0", &drawers, &[("chest", b"of drawers")]);
        std::fs::write(folder.path().join("mine.gguf"), models::small(1)).unwrap();
        std::fs::write(
            folder.path().join("las.yaml"),
            "modules: [hammer@<2, saw]\nmodels: [{ path: mine.gguf, mode: copy }]\n",
        )
        .unwrap();
        let stage = Self { folder, resources, server: FileServer::start() };
        stage.add_archive(&catalogue);
        stage.write_lock();
        stage
    }

    /// A module that is fetched, unpacked and held to the list of its files.
    fn add_archive(&self, catalogue: &Catalogue) {
        let bytes = tar_gz(&[
            Part::Program("plane-1.0.0/bin/plane", b"#!/bin/sh\necho 1.0.0\n"),
            Part::File("plane-1.0.0/blade", &[b'p'; 300]),
            Part::Link("plane-1.0.0/run", "bin/plane"),
        ]);
        let url = self.server.file("plane.tar.gz", &bytes);
        let path = self.file("plane.tar.gz");
        std::fs::write(&path, &bytes).unwrap();
        let words = ["module", "source", &path, "--folder", "plane-1.0.0", "--url", &url];
        let lines = self.machine().json(&words).ok().json();
        catalogue.describe("plane", "1.0.0", "bin/plane", &Catalogue::lines(&lines));
    }

    /// A machine with these modules on offer and nothing installed, its data in memory.
    pub(super) fn machine(&self) -> Workstation {
        Workstation::in_memory().with_resources(&self.resources).with_profile(PROFILE)
    }

    /// Lets other users run the program on what every machine here shares, wherever this tree lies.
    pub(super) fn open_to_others(&self) {
        let (program, profile) = self.for_others();
        std::fs::copy(self.machine().las_command(&[]).get_program(), program).unwrap();
        std::fs::copy(crate::profile(PROFILE), profile).unwrap();
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.folder.path(), open).unwrap();
    }

    /// Where the program and the profile lie for other users.
    pub(super) fn for_others(&self) -> (PathBuf, PathBuf) {
        (self.folder.path().join("las"), self.folder.path().join("profile.json"))
    }

    /// A file that changes refer to.
    pub(super) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// What a machine with one module more than another holds, as a lock.
    fn write_lock(&self) {
        let machine = self.machine();
        machine.las(&["module", "install", "hammer@<2", "--yes"]).ok();
        let lock = machine.las(&["generation", "export"]).ok().stdout;
        std::fs::write(self.folder.path().join("las.lock"), lock).unwrap();
    }

    /// Every change there is.
    pub(super) fn changes(&self) -> Vec<Change> {
        let (model, file, lock) = (self.file("mine.gguf"), self.file("las.yaml"), self.file("las.lock"));
        let change = |name, before: &[&str], text: &str| Change {
            name,
            before: before.iter().map(|one| words(one)).collect(),
            words: words(text),
        };
        let hammer = "module install hammer@<2 --yes";
        let import = format!("model import {model} --copy --yes");
        vec![
            change("first-install", &[], hammer),
            change("install", &["module list"], hammer),
            change("install-many-files", &[hammer], "module install saw --yes"),
            change("install-many", &["module list"], "module install chest --yes"),
            change("install-archive", &["module list"], "module install plane --yes"),
            change("upgrade", &[hammer], "module upgrade hammer --yes"),
            change("purge", &[hammer, "module install saw --yes"], "module remove saw --purge --yes"),
            change("remove", &[hammer], "module remove hammer --yes"),
            change("remove-many", &["module install chest --yes"], "generation rollback 0 --yes"),
            change("rollback", &[hammer, "module install saw --yes"], "generation rollback --yes"),
            change(
                "rollback-forward",
                &[hammer, "generation rollback 0 --yes"],
                "generation rollback 1 --yes",
            ),
            change("import", &["module list"], &import),
            change("import-reference", &[hammer], &format!("model import {model} --reference --yes")),
            change("model-remove", &[&import], "model remove mine --yes"),
            change("apply", &["module install chest --yes"], &format!("apply {file} --yes")),
            change("apply-lock", &["module install chest --yes"], &format!("apply {lock} --yes")),
            change("override", &[hammer], "override set model-size 14B --reason tested --yes"),
            change("pin", &[hammer], "module pin hammer@1.0.0 --yes"),
            change("unpin", &[hammer, "module pin hammer@1.0.0 --yes"], "module unpin hammer --yes"),
            change(
                "module-rollback",
                &[hammer, "module upgrade hammer --yes"],
                "module rollback hammer --yes",
            ),
            change("config", &[hammer], "config set log.level info --yes"),
        ]
    }

    /// Changes one after the other, each of which changes something.
    pub(super) fn course(&self) -> Vec<Vec<String>> {
        let model = self.file("mine.gguf");
        [
            "module install hammer@<2 --yes",
            "module install saw chest --yes",
            &format!("model import {model} --copy --yes"),
            "module remove hammer --yes",
            "generation rollback 2 --yes",
            "override set model-size 14B --reason tested --yes",
        ]
        .map(words)
        .to_vec()
    }

    /// Makes a change ready; its machine is copied for each case.
    pub(super) fn ready(&self, change: Change) -> Ready {
        let template = self.folder.path().join("templates").join(change.name);
        std::fs::create_dir_all(template.parent().unwrap()).unwrap();
        let machine = self.machine().at(&template);
        for words in &change.before {
            machine.las(&plain(words)).ok();
        }
        let fresh = !template.exists();
        let old = if fresh { Condition::of(&self.machine()) } else { Condition::of(&machine) };
        let ready = Ready { new: old.clone(), change, template, old };
        let machine = ready.machine(self);
        machine.las(&plain(&ready.change.words)).ok();
        let new = Condition::of(&machine);
        assert!(new != ready.old, "{} changes nothing", ready.change.name);
        Ready { new, ..ready }
    }
}

impl Ready {
    /// A machine as it is before the change.
    pub(super) fn machine(&self, stage: &Stage) -> Workstation {
        let machine = stage.machine();
        assert!(self.fits(&machine));
        machine
    }

    /// Puts the data of before the change into the data directory of a machine; false if they don't fit.
    pub(super) fn fits(&self, machine: &Workstation) -> bool {
        if !self.template.exists() {
            return true;
        }
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(&self.template).arg(machine.home());
        Ran::run(copy).status == Some(0)
    }

    /// The words, to be run with `--json`.
    pub(super) fn words(&self) -> Vec<&str> {
        [&plain(&self.change.words)[..], &["--json"]].concat()
    }
}

impl Condition {
    /// Of this machine, now.
    #[track_caller]
    pub(super) fn of(machine: &Workstation) -> Self {
        let (number, names) = machine.current();
        // Ids and times differ from run to run.
        let overrides = machine.json(&["override", "list"]).ok().json();
        let overrides: Vec<Value> = overrides
            .as_array()
            .map(|all| all.iter().map(|one| serde_json::json!([one["capability"], one["value"]])).collect())
            .unwrap_or_default();
        let items = machine.las(&["generation", "export"]).ok().stdout;
        let modules = machine.json(&["module", "list", "--installed"]).ok().json();
        let pins: Vec<Value> = modules
            .as_array()
            .map(|all| all.iter().map(|one| serde_json::json!([one["name"], one["pinned"]])).collect())
            .unwrap_or_default();
        let config = std::fs::read_to_string(machine.home().join("config.toml")).ok();
        let said = serde_json::json!({
            "number": number, "names": names, "lock": items, "overrides": overrides, "pins": pins,
            "config": config,
        });
        let kept = machine.contents().into_iter().filter(|path| !path.starts_with("generations/"));
        let read = |path: String| {
            let full = machine.home().join(&path);
            let metadata = full.symlink_metadata().unwrap();
            let bytes = std::fs::read_link(&full).map_or_else(
                |_| std::fs::read(&full).unwrap(),
                |target| target.into_os_string().into_encoded_bytes(),
            );
            (path, (metadata.permissions().mode(), bytes))
        };
        Self { said, found: kept.map(read).collect() }
    }

    /// The first way in which a machine differs from this; none if in none.
    pub(super) fn differs(&self, other: &Self) -> Option<String> {
        if self.said != other.said {
            return Some(format!("{} instead of {}", other.said, self.said));
        }
        let all = self.found.keys().chain(other.found.keys());
        all.into_iter()
            .find(|path| self.found.get(*path) != other.found.get(*path))
            .map(|path| format!("other bytes: {path}"))
    }
}
