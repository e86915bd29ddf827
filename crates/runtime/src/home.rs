//! The data directory and its lock.

use crate::durable;
use las_types::{Code, Failure, Installed, ModuleName, ServiceName, Source, Version};
use rustix::fs::FlockOperation;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The data directory; every path of the product's state is named here.
#[derive(Clone, Debug)]
pub struct Home {
    root: PathBuf,
}

/// Held for as long as this process is the control core.
#[derive(Debug)]
pub struct HomeLock {
    // The kernel drops the lock with the last descriptor, however the process ends.
    _file: File,
}

impl Home {
    /// Opens the directory, and creates it and its folders (mode 0700) where they are missing.
    pub fn open(path: PathBuf) -> Result<Self, Failure> {
        let root = if path.is_absolute() {
            path
        } else {
            std::path::absolute(&path).map_err(|error| Failure::io(&path, error))?
        };
        let home = Self { root };
        let folders = [
            home.store(),
            home.blobs(),
            home.models().join("builtin"),
            home.models().join("local"),
            home.generations(),
            home.services(),
            home.logs(),
            home.staging(),
        ];
        for folder in folders {
            durable::make_dir(&folder)?;
        }
        Ok(home)
    }

    /// Takes the lock without waiting; [`Code::CoreBusy`] if another core lives.
    pub fn lock(&self) -> Result<HomeLock, Failure> {
        let path = self.root.join("core.lock");
        let file = durable::open_append(&path)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(HomeLock { _file: file }),
            Err(rustix::io::Errno::WOULDBLOCK) => {
                Err(Failure::new(Code::CoreBusy).with("path", path.display()))
            }
            Err(error) => Err(Failure::io(&path, error.into())),
        }
    }

    /// The directory itself, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database.
    pub fn state_db(&self) -> PathBuf {
        self.root.join("state.db")
    }

    /// What was read of the registries before; it can be lost at any time.
    pub fn registry_cache(&self) -> PathBuf {
        self.root.join("registry.cache")
    }

    /// Keeps what was read of the registries.
    pub fn keep_registry_cache(&self, bytes: &[u8]) -> Result<(), Failure> {
        durable::write_file(&self.registry_cache(), bytes, durable::Access::Private)
    }

    /// Installed modules: `<name>/<version>-<digest>/`.
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// Model bytes, named by the 64 hexadecimal digits of their SHA-256.
    pub fn blobs(&self) -> PathBuf {
        self.root.join("models/blobs/sha256")
    }

    /// Blobs, and beside them the names that point at them.
    pub fn models(&self) -> PathBuf {
        self.root.join("models")
    }

    /// Lock files of the generations.
    pub fn generations(&self) -> PathBuf {
        self.root.join("generations")
    }

    /// One folder a service.
    pub fn services(&self) -> PathBuf {
        self.root.join("services")
    }

    /// The folder of one service.
    pub fn service(&self, name: &ServiceName) -> PathBuf {
        self.services().join(name.as_str())
    }

    /// One folder of rotated logs a service.
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Work in progress; empty when nothing runs.
    pub fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// Where the name of a model lies: `models/<builtin|local>/<name>/<version>`.
    pub(crate) fn model_name(&self, item: &Installed) -> PathBuf {
        self.model_name_of(&item.source, &item.name, &item.version)
    }

    fn model_name_of(&self, source: &Source, name: &ModuleName, version: &Version) -> PathBuf {
        let kind = match source {
            Source::Builtin { .. } => "builtin",
            Source::LocalFile { .. } => "local",
        };
        self.models().join(kind).join(name.as_str()).join(version.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::Home;
    use las_types::Code;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn folders_are_private_and_the_lock_is_exclusive() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().join("a/b")).unwrap();
        for path in [home.root().to_owned(), home.store(), home.blobs(), home.staging()] {
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700, "{}", path.display());
        }
        let first = home.lock().unwrap();
        let busy = home.lock().unwrap_err();
        assert_eq!(busy.code, Code::CoreBusy);
        assert!(busy.args["path"].ends_with("core.lock"));
        drop(first);
        home.lock().unwrap();
    }
}
