//! Where a unix socket lies: in its folder, or somewhere short if that path is too long.

use crate::durable::{self, passing};
use las_types::{Code, Digest, Failure};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

// sockaddr_un holds 108 bytes, the last a NUL.
const LONGEST: usize = 107;

/// The path of a folder's socket of that name: in the folder, or, where that is longer than a socket's
/// path may be, in a private folder of its own under `XDG_RUNTIME_DIR` or in `/tmp`, by the folder's digest.
pub fn socket_path(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    choose(folder, name, runtime.as_deref())
}

/// Removes a socket, and the folder that was made for it alone.
pub(crate) fn remove(socket: &Path, folder: &Path) -> Result<(), Failure> {
    // Whoever listened there has ended; a power cut ends that, too.
    passing::remove(socket)?;
    match socket.parent() {
        Some(own) if own != folder => durable::remove_if_empty(own),
        _ => Ok(()),
    }
}

// The engine takes a comma for the beginning of another address.
fn usable(path: &Path) -> bool {
    path.as_os_str().len() <= LONGEST && !path.as_os_str().as_bytes().contains(&b',')
}

fn choose(folder: &Path, name: &str, runtime: Option<&Path>) -> Result<PathBuf, Failure> {
    let own = folder.join(name);
    if usable(&own) {
        return Ok(own);
    }
    let digest = Digest::of(folder.as_os_str().as_bytes()).short();
    if let Some(runtime) = runtime.filter(|runtime| runtime.is_dir()) {
        let (ours, own) = (runtime.join("localaistack"), runtime.join("localaistack").join(&digest));
        if usable(&own.join(name)) {
            return private(&ours).and_then(|()| private(&own)).map(|()| own.join(name));
        }
    }
    let short = PathBuf::from(format!("/tmp/las-{}-{digest}", rustix::process::getuid().as_raw()));
    private(&short).map(|()| short.join(name))
}

// A folder in a place where others can write too: it must be ours and closed to them.
fn private(folder: &Path) -> Result<(), Failure> {
    if folder.symlink_metadata().is_err() {
        durable::make_dir(folder)?;
    }
    let found = folder.symlink_metadata().map_err(|error| Failure::io(folder, error))?;
    let open_to = found.mode() & 0o077;
    if found.is_dir() && found.uid() == rustix::process::getuid().as_raw() && open_to == 0 {
        Ok(())
    } else {
        Err(Failure::new(Code::PermissionDenied).with("path", folder.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, choose, usable};
    use las_types::Code;
    use std::os::unix::fs::PermissionsExt as _;

    const NAME: &str = "engine.sock";

    #[test]
    fn a_long_path_falls_back_to_a_private_folder() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("x".repeat(LONGEST));
        let runtime = scratch.path().join("run");
        std::fs::create_dir(&runtime).unwrap();
        let short = choose(&folder, NAME, Some(&runtime)).unwrap();
        assert!(short.starts_with(&runtime) && usable(&short));
        assert_ne!(short, choose(&folder.join("other"), NAME, Some(&runtime)).unwrap());
        // Open to others: refused.
        std::fs::set_permissions(runtime.join("localaistack"), std::fs::Permissions::from_mode(0o755))
            .unwrap();
        assert_eq!(choose(&folder, NAME, Some(&runtime)).unwrap_err().code, Code::PermissionDenied);
        let last = choose(&folder, NAME, None).unwrap();
        assert!(last.starts_with("/tmp") && usable(&last));
        std::fs::remove_dir(last.parent().unwrap()).unwrap();
        let near = scratch.path().join("tiny");
        assert_eq!(choose(&near, NAME, None).unwrap(), near.join("engine.sock"));
        assert_ne!(
            choose(&scratch.path().join("a,b"), NAME, Some(scratch.path())).unwrap(),
            scratch.path().join("a,b/engine.sock")
        );
    }
}
