//! Application files with more than one version of the engine.

use crate::files::repository;
use crate::{ENGINE, Workstation};
use las_types::{ArtefactFile, ArtefactIndex, ByteSize, Digest, tree_digest};
use std::fmt::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// How a version of the engine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The shipped engine under another version.
    Sound,
    /// It answers `--version`, and a start never gets ready; given up after so many seconds.
    Hangs(u32),
    /// It answers `--version`, and a start ends at once with status 3.
    Exits,
}

/// Application files in a folder, with the shipped engine and further versions of it.
pub struct EngineVersions {
    root: PathBuf,
    sick: PathBuf,
}

impl EngineVersions {
    /// The machine with application files of its own: the shipped ones, and what is added. `sick` is the program
    /// `las-sick-engine`.
    pub fn beside(machine: Workstation, sick: &Path) -> (Workstation, Self) {
        let root = machine.outside("resources");
        std::fs::create_dir_all(root.join("builtin")).unwrap();
        for name in [ENGINE, crate::CHAT_MODEL] {
            symlink(machine.resources().join("builtin").join(name), root.join("builtin").join(name)).unwrap();
        }
        for name in ["policies", "ui"] {
            symlink(machine.resources().join(name), root.join(name)).unwrap();
        }
        let registry = repository().join("registry");
        for manifest in ["runtime/llama.cpp/0.5.0.yaml", "model/las-tiny-chat/1.0.0.yaml"] {
            let target = root.join("registry").join(manifest);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(registry.join(manifest), target).unwrap();
        }
        (machine.with_resources(&root), Self { root, sick: sick.to_owned() })
    }

    /// Offers another version; a core that starts from now on knows it.
    pub fn offer(&self, version: &str, condition: Condition) {
        let artefact = format!("{ENGINE}-{version}");
        let folder = self.root.join("builtin").join(&artefact);
        std::fs::create_dir_all(&folder).unwrap();
        let mut index = match condition {
            Condition::Sound => self.copy_of_the_shipped(&folder),
            Condition::Hangs(_) => self.made_of(&folder, "hangs"),
            Condition::Exits => self.made_of(&folder, "exits"),
        };
        index.name = artefact.parse().unwrap();
        index.version = version.parse().unwrap();
        std::fs::write(folder.join("artefact.json"), serde_json::to_vec(&index).unwrap()).unwrap();
        let mut manifest = format!(
            "name: {ENGINE}\ncategory: runtime\nversion: {version}\ndescription: Another engine.\nlicense: MIT\n\
             source: {{ kind: builtin, artefact: {artefact} }}\n\
             runtime:\n  modes: [native]\n  program: llama-server\n"
        );
        if let Condition::Hangs(seconds) = condition {
            writeln!(manifest, "  start_limit_seconds: {seconds}").unwrap();
        }
        let path = self.root.join(format!("registry/runtime/{ENGINE}/{version}.yaml"));
        std::fs::write(path, manifest).unwrap();
    }

    fn copy_of_the_shipped(&self, folder: &Path) -> ArtefactIndex {
        let shipped = self.root.join("builtin").join(ENGINE);
        symlink(shipped.join("files"), folder.join("files")).unwrap();
        serde_json::from_slice(&std::fs::read(shipped.join("artefact.json")).unwrap()).unwrap()
    }

    fn made_of(&self, folder: &Path, sickness: &str) -> ArtefactIndex {
        let files = folder.join("files");
        std::fs::create_dir_all(&files).unwrap();
        std::fs::copy(&self.sick, files.join("llama-server")).unwrap();
        std::fs::write(files.join("sickness"), sickness).unwrap();
        let file = |name: &str, executable| {
            let bytes = std::fs::read(files.join(name)).unwrap();
            ArtefactFile {
                path: name.to_owned(),
                size: ByteSize::new(bytes.len() as u64),
                sha256: Digest::of(&bytes).hex(),
                executable,
                link: None,
            }
        };
        let files = vec![file("llama-server", true), file("sickness", false)];
        let (name, version) = (ENGINE.parse().unwrap(), "0.0.0".parse().unwrap());
        ArtefactIndex {
            name,
            version,
            source: Digest::of(b"made for tests"),
            digest: tree_digest(&files),
            files,
        }
    }
}
