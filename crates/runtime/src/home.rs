//! The data directory and its lock.

use crate::durable;
use las_types::{Code, Failure, Installed, ModuleName, ServiceName, Source, Version};
use rustix::fs::FlockOperation;
use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
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
    /// Opens the directory, and creates it and its folders (mode 0700) where they are missing. It and what lies
    /// directly in it must be this user's own and no symbolic links: what is written stays in it, and no other user
    /// finds files that he can't change. Codes: `home-linked`, `home-foreign`.
    pub fn open(path: PathBuf) -> Result<Self, Failure> {
        let root = if path.is_absolute() {
            path
        } else {
            std::path::absolute(&path).map_err(|error| Failure::io(&path, error))?
        };
        let home = Self { root };
        let files =
            ["state.db", "state.snapshot.db", "ledger.head", "core.guests"].map(|name| home.root.join(name));
        for path in [home.root.clone(), home.models(), home.models().join("blobs")].iter().chain(&files) {
            own(path)?;
        }
        let folders = [
            home.store(),
            home.blobs(),
            home.segments(),
            home.models().join("builtin"),
            home.models().join("local"),
            home.generations(),
            home.services(),
            home.logs(),
            home.staging(),
            home.partial(),
        ];
        for folder in folders {
            own(&folder)?;
            durable::make_dir(&folder)?;
        }
        Ok(home)
    }

    /// The directory as it is, to be looked at: nothing is created.
    pub fn existing(path: &Path) -> Result<Self, Failure> {
        let root = std::path::absolute(path).map_err(|error| Failure::io(path, error))?;
        Ok(Self { root })
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

    /// The index that each signed registry had when it was last believed.
    pub fn registries_seen(&self) -> PathBuf {
        self.root.join("registries.json")
    }

    /// Keeps which indices were believed.
    pub fn keep_registries_seen(&self, bytes: &[u8]) -> Result<(), Failure> {
        durable::write_file(&self.registries_seen(), bytes, durable::Access::Private)
    }

    /// Keeps what was read of the registries.
    pub fn keep_registry_cache(&self, bytes: &[u8]) -> Result<(), Failure> {
        durable::write_file(&self.registry_cache(), bytes, durable::Access::Private)
    }

    /// What was measured of the machine, in the data directory `root`; it can be lost at any time.
    pub fn measurements(root: &Path) -> PathBuf {
        root.join("measured.json")
    }

    /// Keeps what was measured of the machine.
    pub fn keep_measurements(&self, bytes: &[u8]) -> Result<(), Failure> {
        durable::write_file(&Self::measurements(&self.root), bytes, durable::Access::Private)
    }

    /// Installed modules: `<name>/<version>-<digest>/`.
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// Model bytes, named by the 64 hexadecimal digits of their SHA-256.
    pub fn blobs(&self) -> PathBuf {
        self.root.join("models/blobs/sha256")
    }

    /// What is known of fetched blobs piece by piece, named as they are.
    pub fn segments(&self) -> PathBuf {
        self.root.join("models/segments")
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

    /// Files that are being fetched, each with a list of what of it is on the disk; kept over a stop.
    pub fn partial(&self) -> PathBuf {
        self.root.join("partial")
    }

    /// Where the name of a model lies: `models/<builtin|local>/<name>/<version>`.
    pub(crate) fn model_name(&self, item: &Installed) -> PathBuf {
        self.model_name_of(&item.source, &item.name, &item.version)
    }

    fn model_name_of(&self, source: &Source, name: &ModuleName, version: &Version) -> PathBuf {
        let kind = match source {
            Source::Builtin { .. } => "builtin",
            Source::LocalFile { .. } | Source::LocalFiles { .. } => "local",
            // Only modules come from archives and as images.
            Source::Archive { .. } => "archive",
            Source::Oci { .. } => "oci",
            Source::Repository { .. } => "hub",
        };
        self.models().join(kind).join(name.as_str()).join(version.to_string())
    }
}

/// What is there is no link, and this user's.
fn own(path: &Path) -> Result<(), Failure> {
    match path.symlink_metadata() {
        Ok(found) if found.is_symlink() => Err(Failure::new(Code::HomeLinked).with("path", path.display())),
        Ok(found) if found.uid() != rustix::process::geteuid().as_raw() => {
            Err(Failure::new(Code::HomeForeign).with("path", path.display()).with("owner", found.uid()))
        }
        // What can't be looked at fails where it is used.
        Ok(_) | Err(_) => Ok(()),
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

    #[test]
    fn nothing_is_written_through_a_link() {
        // Found by R8: a folder that was swapped for a link was filled where it led.
        for linked in
            ["", "store", "models", "models/blobs", "models/segments", "staging", "state.db", "ledger.head"]
        {
            let folder = tempfile::tempdir().unwrap();
            let (root, elsewhere) = (folder.path().join("home"), folder.path().join("elsewhere"));
            std::fs::create_dir(&elsewhere).unwrap();
            let path = root.join(linked);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let name = if linked.is_empty() { root.clone() } else { path };
            std::os::unix::fs::symlink(&elsewhere, name).unwrap();
            assert_eq!(Home::open(root).unwrap_err().code, Code::HomeLinked, "{linked}");
            assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0, "{linked}");
        }
    }
}
