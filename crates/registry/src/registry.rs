//! The manifests: loaded, checked, looked up by name and version.

mod check;
#[cfg(test)]
mod tests;

use crate::Artefacts;
use crate::files::{entries, relative};
use las_types::{Code, Detail, Failure, Manifest, ModuleName, ModuleRequest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// `<category or vendor>/<name>/<version>.yaml` has depth 3; more grouping is allowed.
const DEPTH_MAX: usize = 8;

/// A manifest that was set aside.
#[derive(Debug)]
pub struct Rejected {
    /// Its file, relative to the registry's root.
    pub path: String,
    /// The module that it would have described, as far as its text or its folder says.
    pub name: Option<ModuleName>,
    /// Why.
    pub failure: Failure,
}

/// Every usable manifest, and those that were set aside.
#[derive(Debug, Default)]
pub struct Registry {
    modules: BTreeMap<ModuleName, Vec<Manifest>>,
    rejected: Vec<Rejected>,
}

impl Registry {
    /// Loads every `*.yaml` below the root, `schema/` excepted, and checks it against the shipped
    /// artefacts. What can't be used goes to [`Registry::rejected`].
    pub fn load(root: &Path, artefacts: &Artefacts) -> Self {
        let mut registry = Self::default();
        let mut files = Vec::new();
        registry.discover(root, root, 0, &mut files);
        for path in files {
            let shown = relative(root, &path);
            match check::read(&path, &shown, artefacts) {
                Ok(manifest) => registry.add(shown, manifest),
                Err((name, failure)) => registry.rejected.push(Rejected { path: shown, name, failure }),
            }
        }
        registry.sort();
        registry
    }

    fn sort(&mut self) {
        for versions in self.modules.values_mut() {
            versions.sort_by(|a, b| b.version.cmp(&a.version));
        }
    }

    fn discover(&mut self, root: &Path, folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
        let found = match entries(folder) {
            Ok(found) => found,
            Err(failure) => {
                self.rejected.push(Rejected { path: relative(root, folder), name: None, failure });
                return;
            }
        };
        for path in found {
            // Links to folders are not followed: they could lead in a circle.
            let is_folder = path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
            if is_folder {
                if depth < DEPTH_MAX && path != root.join("schema") {
                    self.discover(root, &path, depth + 1, files);
                }
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                files.push(path);
            }
        }
    }

    fn add(&mut self, path: String, manifest: Manifest) {
        let versions = self.modules.entry(manifest.name.clone()).or_default();
        // `1.2` and `1.2.0` are one version, and so are two groups' files of the same name.
        if versions.iter().any(|other| other.version == manifest.version) {
            let detail = format!("{} {} is described by another file too", manifest.name, manifest.version);
            let failure = check::invalid(&path, 1, detail);
            self.rejected.push(Rejected { path, name: Some(manifest.name), failure });
        } else {
            versions.push(manifest);
        }
    }

    /// Manifests that were set aside, each with its reason, by path.
    pub fn rejected(&self) -> &[Rejected] {
        &self.rejected
    }

    /// Every version of a module, newest first.
    pub fn versions(&self, name: &ModuleName) -> &[Manifest] {
        self.modules.get(name).map_or(&[], Vec::as_slice)
    }

    /// Every module's name and versions: modules by name, the versions of each newest first.
    pub fn names(&self) -> impl Iterator<Item = (&ModuleName, &[Manifest])> {
        self.modules.iter().map(|(name, versions)| (name, versions.as_slice()))
    }

    /// Every manifest: modules by name, the versions of each newest first.
    pub fn modules(&self) -> impl Iterator<Item = &Manifest> {
        self.modules.values().flatten()
    }

    /// The newest version that satisfies a request.
    ///
    /// Codes: `module-not-found`; `module-conflict` if no version satisfies it; the reason of the
    /// rejection for a module all of whose manifests were set aside.
    pub fn find(&self, request: &ModuleRequest) -> Result<&Manifest, Failure> {
        let versions = self.versions(&request.name);
        if versions.is_empty() {
            return Err(self.absent(&request.name));
        }
        versions.iter().find(|manifest| request.requirement.matches(&manifest.version)).ok_or_else(|| {
            let there: Vec<String> = versions.iter().map(|manifest| manifest.version.to_string()).collect();
            Failure::new(Code::ModuleConflict).with("name", &request.name).detailed([
                Detail::new("asked").with("request", request),
                Detail::new("offered").with("name", &request.name).with("versions", there.join(", ")),
            ])
        })
    }

    /// Why a module without any usable manifest is not there.
    fn absent(&self, name: &ModuleName) -> Failure {
        match self.rejected.iter().rev().find(|rejected| rejected.name.as_ref() == Some(name)) {
            // The cause stays with the rejection; code and arguments are what people see.
            Some(rejected) => {
                let mut failure = Failure::new(rejected.failure.code);
                failure.args.clone_from(&rejected.failure.args);
                failure
            }
            None => Failure::new(Code::ModuleNotFound).with("name", name),
        }
    }
}

/// A registry of manifests that were not read from files here: nothing is checked but that a
/// version is there once. Their order makes no difference to what is found.
impl FromIterator<Manifest> for Registry {
    fn from_iter<I: IntoIterator<Item = Manifest>>(manifests: I) -> Self {
        let mut registry = Self::default();
        for manifest in manifests {
            registry.add(format!("{}/{}", manifest.name, manifest.version), manifest);
        }
        registry.sort();
        registry
    }
}
