//! Which process a service has, written down, so that a core that was killed leaves no engine
//! behind: the next core ends it, and its family. Number, start time and boot together name one process; its
//! program must lie in our store besides. The family's mark is nobody else's.

use super::Family;
use super::family::Seen;
use crate::durable::{self, Access};
use crate::home::Home;
use las_types::Failure;
use rustix::process::{Pid, PidfdFlags, Signal};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// One process, distinguishable from every other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pid: u32,
    /// Clock ticks after boot: field 22 of `/proc/<pid>/stat`.
    start_time: u64,
    boot_id: String,
    /// None in the record of a version that knew none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    family: Option<Family>,
}

impl Record {
    /// Of a running process, without its family.
    pub(crate) fn of(pid: u32) -> Result<Self, Failure> {
        let boot = Path::new("/proc/sys/kernel/random/boot_id");
        let boot_id =
            std::fs::read_to_string(boot).map_err(|error| Failure::io(boot, error))?.trim().to_owned();
        let path = PathBuf::from(format!("/proc/{pid}/stat"));
        let stat = std::fs::read_to_string(&path).map_err(|error| Failure::io(&path, error))?;
        let start_time =
            start_time(&stat).ok_or_else(|| Failure::io(&path, std::io::ErrorKind::InvalidData.into()))?;
        Ok(Self { pid, start_time, boot_id, family: None })
    }

    pub(crate) fn with(self, family: Family) -> Self {
        Self { family: Some(family), ..self }
    }

    /// Whether both are of one process.
    fn is(&self, other: &Self) -> bool {
        let own = |record: &Self| (record.pid, record.start_time, record.boot_id.clone());
        own(self) == own(other)
    }

    /// The parent of a process: field 4 of `/proc/<pid>/stat`.
    pub(crate) fn parent_of(pid: u32) -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    }

    pub(crate) fn write(&self, service: &Path) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(self).map_err(Failure::internal)?;
        durable::write_file(&file(service), &text, Access::Private)
    }

    pub(crate) fn remove(service: &Path) -> Result<(), Failure> {
        durable::remove(&file(service))
    }
}

fn file(service: &Path) -> PathBuf {
    service.join("process.json")
}

// The second field is the program's name in parentheses and may hold anything, parentheses too.
fn start_time(stat: &str) -> Option<u64> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

/// Ends the process that the record in a service's folder names, if it is still that one and its
/// program lies in our store, and what is left of its family; then removes the record. Tells whether a process was ended.
pub(crate) async fn reap_orphan(home: &Home, service: &Path) -> Result<bool, Failure> {
    let Ok(text) = std::fs::read(file(service)) else { return Ok(false) };
    // One that can't be read names no process.
    let record = serde_json::from_slice::<Record>(&text).ok();
    let mut family = record.as_ref().and_then(|record| record.family.clone());
    if let Some(record) = &record
        && let Some(pid) = i32::try_from(record.pid).ok().and_then(Pid::from_raw)
        // From here on the descriptor stands for whoever has the number now; the checks follow.
        && let Ok(process) = rustix::process::pidfd_open(pid, PidfdFlags::NONBLOCK)
        && Record::of(record.pid).is_ok_and(|current| current.is(record))
        && runs_from_store(home, record.pid).is_some()
        // Stopped, it can't end by itself, so that its number, which is the group's, stays its own.
        && rustix::process::pidfd_send_signal(&process, Signal::STOP).is_ok()
    {
        family = Some(family.unwrap_or_else(Family::new).begun_by(pid));
    }
    let ended = match family {
        Some(family) => family.end(Seen::default()).await?,
        None => false,
    };
    Record::remove(service)?;
    Ok(ended)
}

/// The program of a process, if it lies in our store.
pub(crate) fn runs_from_store(home: &Home, pid: u32) -> Option<PathBuf> {
    let program = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    let store = home.store().canonicalize().ok()?;
    program.starts_with(store).then_some(program)
}

#[cfg(test)]
mod tests {
    use super::{Record, start_time};

    #[test]
    fn the_start_time_is_found_behind_any_name() {
        let fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987 20";
        assert_eq!(start_time(&format!("42 (a) b (c)) {fields}")), Some(987));
        assert_eq!(start_time("42 (a) S 1"), None);
    }

    #[test]
    fn this_process_is_itself() {
        let own = std::process::id();
        assert_eq!(Record::of(own).unwrap(), Record::of(own).unwrap());
    }
}
