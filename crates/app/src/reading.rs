//! A core that only reads: for a data directory that can't be written, on a full disk or a read-only one. It looks at a
//! copy of the database, holds no lock, and changes nothing in the directory.

use las_api::{Access, COMMANDS};
use las_types::{Code, Failure};
use std::collections::BTreeMap;
use std::path::Path;

/// Why nothing can be changed, and where the copy lies.
pub(crate) struct Reading {
    folder: tempfile::TempDir,
    code: Code,
    args: BTreeMap<String, String>,
}

impl Reading {
    /// For a core that could not be opened because of this; none where looking needs no less than changing does.
    pub(crate) fn after(failure: &Failure, home: &Path) -> Option<Self> {
        let unwritable = matches!(failure.code, Code::DiskFull | Code::PermissionDenied | Code::IoFailed);
        if !unwritable || !home.join("state.db").is_file() {
            return None;
        }
        let folder = tempfile::Builder::new().prefix("las-reading-").tempdir().ok()?;
        Some(Self { folder, code: failure.code, args: failure.args.clone() })
    }

    /// Where the copy lies.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Why nothing can be changed.
    pub(crate) fn cause(&self) -> Failure {
        let mut failure = Failure::new(self.code);
        failure.args.clone_from(&self.args);
        failure
    }

    /// Lets only commands through that change nothing.
    pub(crate) fn check(&self, command: &str, arguments: &serde_json::Value) -> Result<(), Failure> {
        let reads = COMMANDS.iter().any(|known| known.name == command && known.access == Access::Read);
        let looks = command == "doctor_run" && arguments["repair"] != true;
        if reads || looks { Ok(()) } else { Err(self.cause()) }
    }
}
