//! Commands that use the core of another command. A core that lives only as long as its command ends
//! after the last of them: each holds a shared lock on one file, the core takes it alone before it ends.
//! The kernel drops the locks of a process that was killed.

use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

const FILE: &str = "core.guests";
/// How often the host looks whether the last guest has left.
const PACE: Duration = Duration::from_millis(20);

/// Held for as long as its process is a guest, or the host that lets no more in.
#[derive(Debug)]
pub(crate) struct Door {
    _file: File,
}

fn lock(home: &Path, operation: FlockOperation) -> Option<Door> {
    // Without a data directory there is no core to be a guest of.
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(home.join(FILE)).ok()?;
    flock(&file, operation).ok()?;
    Some(Door { _file: file })
}

/// Becomes a guest; none if the core is ending, or there is none.
pub(crate) fn enter(home: &Path) -> Option<Door> {
    lock(home, FlockOperation::NonBlockingLockShared)
}

/// Lets no more guests in; none if some are there.
pub(crate) fn shut(home: &Path) -> Option<Door> {
    lock(home, FlockOperation::NonBlockingLockExclusive)
}

/// Waits until the last guest has left, and lets no more in.
pub(crate) async fn see_off(home: &Path) -> Door {
    loop {
        if let Some(door) = shut(home) {
            return door;
        }
        tokio::time::sleep(PACE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{enter, shut};

    #[test]
    fn a_host_ends_only_without_guests_and_lets_none_in_then() {
        let home = tempfile::tempdir().unwrap();
        let (first, second) = (enter(home.path()).unwrap(), enter(home.path()).unwrap());
        assert!(shut(home.path()).is_none());
        drop(first);
        assert!(shut(home.path()).is_none());
        drop(second);
        let _closed = shut(home.path()).unwrap();
        assert!(enter(home.path()).is_none());
        assert!(enter(&home.path().join("nowhere")).is_none());
    }
}
