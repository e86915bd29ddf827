//! Modules made to order: manifests and the bytes that belong to them.

use crate::repository;
use las_types::{ArtefactFile, ArtefactIndex, ByteSize, Digest, tree_digest};
use std::path::{Path, PathBuf};

/// The application's files with modules of a scenario's own, the policies being those of the tree.
pub struct Catalogue {
    root: PathBuf,
}

/// A file of a module: its path and its bytes.
pub type ModuleFile<'a> = (&'a str, &'a [u8]);

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

impl Catalogue {
    /// One without modules, in this folder.
    pub fn new(root: &Path) -> Self {
        for folder in ["builtin", "registry"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        copy_folder(&repository().join("policies"), &root.join("policies"));
        Self { root: root.to_owned() }
    }

    /// Where it lies, for `LAS_RESOURCES`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The manifest of a version.
    pub fn manifest(&self, name: &str, version: &str) -> PathBuf {
        self.root.join("registry/tool").join(name).join(format!("{version}.yaml"))
    }

    /// Writes the manifest of a version with this program and further sections.
    pub fn describe(&self, name: &str, version: &str, program: &str, sections: &str) {
        let runtime = format!("runtime: {{ modes: [native], program: {program} }}\n");
        self.describe_files(name, version, &(runtime + sections));
    }

    /// The same without a program: a module of files.
    pub fn describe_files(&self, name: &str, version: &str, sections: &str) {
        let manifest = format!(
            "name: {name}\ncategory: tool\nversion: {version}\ndescription: Made to order.\n{sections}"
        );
        write(&self.manifest(name, version), manifest);
    }

    /// Sections as JSON, which YAML takes as it is, line by line.
    pub fn lines(sections: &serde_json::Value) -> String {
        sections.as_object().unwrap().iter().map(|(key, value)| format!("{key}: {value}\n")).collect()
    }

    /// Adds a version of a module that needs others (`name`, `name@>=1.2`) and has these files; a `run` among them is
    /// its program.
    pub fn add(&self, name: &str, version: &str, needs: &[String], files: &[ModuleFile<'_>]) {
        let artefact = format!("{name}-{version}");
        let program = files.iter().find(|(path, _)| *path == "run").map(|(path, _)| *path);
        let mut listed: Vec<ArtefactFile> = files
            .iter()
            .map(|(path, bytes)| {
                write(&self.root.join("builtin").join(&artefact).join("files").join(path), bytes);
                ArtefactFile {
                    path: (*path).to_owned(),
                    size: ByteSize::new(bytes.len() as u64),
                    sha256: Digest::of(bytes).hex(),
                    executable: Some(*path) == program,
                    link: None,
                }
            })
            .collect();
        listed.sort_by(|a, b| a.path.cmp(&b.path));
        let digest = tree_digest(&listed);
        let index = ArtefactIndex {
            name: artefact.parse().unwrap(),
            version: version.parse().unwrap(),
            source: digest,
            digest,
            files: listed,
        };
        let index_path = self.root.join("builtin").join(&artefact).join("artefact.json");
        write(&index_path, serde_json::to_vec_pretty(&index).unwrap());
        let needs: Vec<String> = needs.iter().map(|need| format!("'{need}'")).collect();
        let program = program.map(|path| format!("runtime: {{ modes: [native], program: {path} }}\n"));
        let manifest = format!(
            "name: {name}\ncategory: tool\nversion: {version}\ndescription: Made to order.\n\
             dependencies: {{ modules: [{}] }}\n{}source: {{ kind: builtin, artefact: {artefact} }}\n",
            needs.join(", "),
            program.unwrap_or_default(),
        );
        write(&self.manifest(name, version), manifest);
    }
}
