//! Files that need not outlive the boot: what one run of a service is given, and what is written down of its processes.
//!
//! After a power cut no process lives that they are about, and each is made anew before the next start: a sync of them
//! would protect nothing, and holds up whoever waits for a service to come back. A kill of the core takes nothing from them,
//! since the kernel has them. They are whole under their names for as long as it runs; after a power cut they may be gone,
//! old or empty, which whoever reads them takes for none.

use super::{Access, beside, make_dir_with, remove_with, write_beside};
use las_types::Failure;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

#[expect(clippy::unnecessary_wraps, reason = "in the place of a sync, which can fail")]
fn unsynced(_: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Who writes one: what is beside a file has one name for all who write that file.
static TURN: Mutex<()> = Mutex::new(());

/// Writes a whole file: beside its place, renamed. Of two who write it at once the later one has its word.
pub(crate) fn write_file(path: &Path, bytes: &[u8], access: Access) -> Result<(), Failure> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let beside = beside(path)?;
    remove(&beside)?;
    write_beside(&beside, path, bytes, access)?;
    rename(&beside, path)
}

/// Makes a symbolic link, in one step in place of what has the name.
pub(crate) fn link(target: &Path, path: &Path) -> Result<(), Failure> {
    let beside = beside(path)?;
    remove(&beside)?;
    std::os::unix::fs::symlink(target, &beside).map_err(|error| Failure::io(path, error))?;
    rename(&beside, path)
}

/// Renames within a folder or between two.
#[expect(clippy::disallowed_methods, reason = "a part of the one module that moves files into place")]
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::rename(from, to).map_err(|error| Failure::io(to, error))
}

/// Makes a folder and its missing ancestors, mode 0700.
pub(crate) fn make_dir(path: &Path) -> Result<(), Failure> {
    make_dir_with(path, unsynced)
}

/// Removes a file, link or folder with all in it; nothing there is fine.
pub(crate) fn remove(path: &Path) -> Result<(), Failure> {
    remove_with(path, unsynced)
}

#[cfg(test)]
mod tests {
    use super::{Access, link, make_dir, remove, write_file};
    use std::path::Path;

    #[test]
    fn two_who_write_a_file_at_once_both_succeed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::thread::scope(|scope| {
            for word in [b"one", b"two"] {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..500 {
                        write_file(path, word, Access::Private).unwrap();
                    }
                });
            }
        });
        assert!([b"one", b"two"].iter().any(|word| std::fs::read(&path).unwrap() == **word));
    }

    #[test]
    fn what_passes_replaces_as_a_whole_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/file");
        make_dir(path.parent().unwrap()).unwrap();
        write_file(&path, b"old", Access::Private).unwrap();
        write_file(&path, b"new", Access::Private).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        link(Path::new("file"), &path.with_file_name("link")).unwrap();
        link(Path::new("other"), &path.with_file_name("link")).unwrap();
        assert_eq!(std::fs::read_link(path.with_file_name("link")).unwrap(), Path::new("other"));
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 2);
        for _ in 0..2 {
            remove(&folder.path().join("deep")).unwrap();
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }
}
