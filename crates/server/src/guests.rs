//! Commands that use the core of another command. A core that lives only as long as its command ends
//! after the last of them: each holds a shared lock on one file, the core takes it alone before it ends.
//! The kernel drops the locks of a process that was killed.

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

const FILE: &str = "core.guests";
/// How often the host looks whether the last guest has left.
const PACE: Duration = Duration::from_millis(20);

/// What a host finds when it wants to end.
#[derive(Debug)]
pub(crate) enum Shut {
    /// Some are there.
    Guests,
    /// None is, and none gets in while this is held.
    Empty(Option<Door>),
}

/// Held for as long as its process is a guest, or the host that lets no more in.
#[derive(Debug)]
pub(crate) struct Door {
    _file: File,
}

/// The lock; none if others hold it, an error if there can be none.
fn lock(home: &Path, operation: FlockOperation) -> io::Result<Option<Door>> {
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(home.join(FILE))?;
    match flock(&file, operation) {
        Ok(()) => Ok(Some(Door { _file: file })),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Becomes a guest; none if the core is ending, or there is none.
pub(crate) fn enter(home: &Path) -> Option<Door> {
    // Without a data directory there is no core to be a guest of.
    lock(home, FlockOperation::NonBlockingLockShared).ok().flatten()
}

/// Whether guests are there; if there are none, no more are let in while the door is held. Where no door can be made,
/// as on a disk that fails or is read-only, nobody could come in either.
pub(crate) fn shut(home: &Path) -> Shut {
    match lock(home, FlockOperation::NonBlockingLockExclusive) {
        Ok(Some(door)) => Shut::Empty(Some(door)),
        Ok(None) => Shut::Guests,
        Err(error) => {
            tracing::warn!(%error, "no door for guests");
            Shut::Empty(None)
        }
    }
}

/// Waits until the last guest has left, and lets no more in.
pub(crate) async fn see_off(home: &Path) -> Option<Door> {
    loop {
        if let Shut::Empty(door) = shut(home) {
            return door;
        }
        tokio::time::sleep(PACE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{Shut, enter, see_off, shut};
    use std::time::Duration;

    #[test]
    fn a_host_ends_only_without_guests_and_lets_none_in_then() {
        let home = tempfile::tempdir().unwrap();
        let (first, second) = (enter(home.path()).unwrap(), enter(home.path()).unwrap());
        assert!(matches!(shut(home.path()), Shut::Guests));
        drop(first);
        assert!(matches!(shut(home.path()), Shut::Guests));
        drop(second);
        let Shut::Empty(Some(_closed)) = shut(home.path()) else { panic!("guests") };
        assert!(enter(home.path()).is_none());
        assert!(enter(&home.path().join("nowhere")).is_none());
    }

    #[tokio::test]
    async fn a_host_ends_where_no_door_can_be_made() {
        // Found by R6: a disk that failed kept the command from ever ending.
        let home = tempfile::tempdir().unwrap();
        let nowhere = home.path().join("nowhere");
        let seen = tokio::time::timeout(Duration::from_mins(1), see_off(&nowhere)).await;
        assert!(seen.expect("an end").is_none());
    }
}
