//! What a service runs as, written down, so that a core that was killed loses nothing: the next core goes on with the
//! service if it was ready, or ends what is left of it. Number, start time and boot together name one process. The
//! family's mark is nobody else's. It is for this boot: what a power cut leaves of it names no process.

use super::Family;
use super::family::Seen;
use crate::durable::{Access, passing};
use crate::home::Home;
use las_types::{EngineReport, Failure, ServiceMoment, ServiceSpec, Shortfall, Timestamp};
use rustix::process::{Pid, PidfdFlags, Signal};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One process, distinguishable from every other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pid: u32,
    /// Clock ticks after boot: field 22 of `/proc/<pid>/stat`.
    start_time: u64,
    boot_id: String,
}

/// One run of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The first process; none before it is known.
    #[serde(flatten)]
    pub(crate) first: Option<Identity>,
    /// None in the record of a version that knew none, as is the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) family: Option<Family>,
    /// The mark of the container that it is; none of a process of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) container: Option<String>,
    /// What was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) spec: Option<Box<ServiceSpec>>,
    /// None of one that did not serve yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ready: Option<ReadySince>,
    /// It had ended by itself and was to be started again; none of one that runs, and of one that never served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) waits: Option<Waiting>,
}

/// A service that ended by itself, until it serves again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// When it is to be started.
    pub(crate) until: Timestamp,
    /// Restarts, with this one.
    pub(crate) restarts: u32,
    /// How often it had ended without having been healthy for long, this end among them.
    pub(crate) ends: u32,
    /// Its last moments.
    pub(crate) moments: Vec<ServiceMoment>,
    /// Of which boot this is.
    boot_id: String,
}

impl Waiting {
    /// Of a service with these restarts, ends and moments, in this boot.
    pub(crate) fn new(
        until: Timestamp,
        (restarts, ends): (u32, u32),
        moments: Vec<ServiceMoment>,
    ) -> Result<Self, Failure> {
        Ok(Self { until, restarts, ends, moments, boot_id: boot_id()? })
    }

    /// Whether the machine has not been started anew since.
    pub(crate) fn is_of_this_boot(&self) -> bool {
        boot_id().is_ok_and(|boot_id| boot_id == self.boot_id)
    }
}

fn boot_id() -> Result<String, Failure> {
    let boot = Path::new("/proc/sys/kernel/random/boot_id");
    Ok(std::fs::read_to_string(boot).map_err(|error| Failure::io(boot, error))?.trim().to_owned())
}

/// How it was when it began to serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadySince {
    pub(crate) since: Timestamp,
    pub(crate) restarts: u32,
    /// Its last moments.
    #[serde(default)]
    pub(crate) moments: Vec<ServiceMoment>,
    /// How often it had ended before without having been healthy for long.
    pub(crate) ends: u32,
    pub(crate) report: Option<EngineReport>,
    /// What it has less of than its plan gave it.
    #[serde(default)]
    pub(crate) degraded: Vec<Shortfall>,
}

impl Identity {
    /// Of a running process.
    pub(crate) fn of(pid: u32) -> Result<Self, Failure> {
        let boot_id = boot_id()?;
        let path = PathBuf::from(format!("/proc/{pid}/stat"));
        let stat = std::fs::read_to_string(&path).map_err(|error| Failure::io(&path, error))?;
        let start_time =
            start_time(&stat).ok_or_else(|| Failure::io(&path, std::io::ErrorKind::InvalidData.into()))?;
        Ok(Self { pid, start_time, boot_id })
    }

    /// Whether it is of the process with this number, which is still the same.
    pub(crate) fn is(&self, pid: u32) -> bool {
        self.pid == pid && self.is_there()
    }

    /// Whether it is the one that has its number now.
    pub(crate) fn is_there(&self) -> bool {
        Self::of(self.pid).is_ok_and(|current| current == *self)
    }

    /// The parent of a process: field 4 of `/proc/<pid>/stat`.
    pub(crate) fn parent_of(pid: u32) -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    }
}

impl Record {
    /// That of a service's folder; none if there is none. One that can't be read names no process.
    pub(crate) fn read(service: &Path) -> Option<Self> {
        let text = std::fs::read(file(service)).ok()?;
        Some(serde_json::from_slice(&text).unwrap_or_default())
    }

    pub(crate) fn write(&self, service: &Path) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(self).map_err(Failure::internal)?;
        passing::write_file(&file(service), &text, Access::Private)
    }

    pub(crate) fn remove(service: &Path) -> Result<(), Failure> {
        passing::remove(&file(service))
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
/// program lies in our store, and what is left of its family; then removes the record, but that of a service that is to be
/// started again. Tells whether a process was ended.
pub(crate) async fn reap_orphan(home: &Home, service: &Path) -> Result<bool, Failure> {
    let Some(Record { first, mut family, waits, .. }) = Record::read(service) else { return Ok(false) };
    if let Some(first) = first
        && let Some(pid) = i32::try_from(first.pid).ok().and_then(Pid::from_raw)
        // From here on the descriptor stands for whoever has the number now; the checks follow.
        && let Ok(process) = rustix::process::pidfd_open(pid, PidfdFlags::NONBLOCK)
        && first.is_there()
        && runs_from_store(home, first.pid).is_some()
        // Stopped, it can't end by itself, so that its number, which is the group's, stays its own.
        && rustix::process::pidfd_send_signal(&process, Signal::STOP).is_ok()
    {
        family = Some(family.unwrap_or_else(Family::new).led_by(pid, Arc::new(process)));
    }
    let ended = match family {
        Some(family) => {
            let ended = family.end(Seen::default()).await?;
            crate::limits::remove_left(family.variable().1);
            ended
        }
        None => false,
    };
    if !waits.is_some_and(|waiting| waiting.is_of_this_boot()) {
        Record::remove(service)?;
    }
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
    use super::{Identity, Record, start_time};
    use crate::process::Family;

    #[test]
    fn the_start_time_is_found_behind_any_name() {
        let fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987 20";
        assert_eq!(start_time(&format!("42 (a) b (c)) {fields}")), Some(987));
        assert_eq!(start_time("42 (a) S 1"), None);
    }

    #[test]
    fn this_process_is_itself() {
        let own = Identity::of(std::process::id()).unwrap();
        assert!(own.is_there());
        assert!(!Identity { start_time: own.start_time + 1, ..own }.is_there());
    }

    #[test]
    fn a_record_is_read_as_it_was_written_and_so_is_that_of_a_version_before() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Record::read(folder.path()), None);
        let first = Identity::of(std::process::id()).unwrap();
        for record in [
            Record::default(),
            Record { family: Some(Family::new()), ..Record::default() },
            Record { first: Some(first.clone()), ..Record::default() },
        ] {
            record.write(folder.path()).unwrap();
            assert_eq!(Record::read(folder.path()), Some(record));
        }
        let before = serde_json::to_vec(&first).unwrap();
        crate::durable::write_file(&super::file(folder.path()), &before, super::Access::Private).unwrap();
        assert_eq!(Record::read(folder.path()).unwrap().first, Some(first));
    }
}
