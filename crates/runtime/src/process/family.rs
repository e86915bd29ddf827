//! Everything that came from one start, wherever it went: into another group, another session, or to another parent.
//!
//! Each process of a family has its mark in the environment that it was started with, or descends from one that has.
//! A process that did away with both is not found here; only a control group of its own would hold it.

use crate::blocking;
use las_types::{Entropy as _, Failure};
use rustix::process::{Pid, PidfdFlags, Signal, getpid, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

/// The variable that holds the mark.
const VARIABLE: &str = "LAS_FAMILY";
/// How long ending one may take; the kernel needs milliseconds.
const LIMIT: Duration = Duration::from_secs(10);
/// How often it is looked for more before those that were found are ended.
const LOOKS: usize = 20;

/// The processes of one start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Family {
    mark: String,
}

/// A process, by a descriptor: its number can become another's, this can't.
struct Member {
    pid: i32,
    descriptor: OwnedFd,
}

/// What `/proc` says of a process.
struct Found {
    parent: i32,
    marked: bool,
}

impl Family {
    /// A new one.
    pub(crate) fn new() -> Self {
        let mut bytes = [0; 16];
        crate::SystemEntropy.fill(&mut bytes);
        Self { mark: u128::from_be_bytes(bytes).to_string() }
    }

    /// The variable of the environment that makes a process one of it.
    pub(crate) fn variable(&self) -> (&'static str, &str) {
        (VARIABLE, &self.mark)
    }

    /// Ends every process of it, and waits until they have ended; tells whether there were any.
    ///
    /// Code: `io-failed` if some go on all the same.
    pub(crate) async fn end(&self) -> Result<bool, Failure> {
        let ended = async {
            let mut any = false;
            loop {
                let family = self.clone();
                let members = blocking::run_unwatched(move || Ok(family.stopped())).await?;
                if members.is_empty() {
                    return Ok(any);
                }
                any = true;
                for member in &members {
                    // The only refusal possible is that it has ended.
                    let _ = pidfd_send_signal(&member.descriptor, Signal::KILL);
                }
                for member in members {
                    let path = PathBuf::from(format!("/proc/{}", member.pid));
                    let failed = |error| Failure::io(&path, error);
                    let watch = super::watch_end(member.descriptor).map_err(failed)?;
                    let _ended = watch.readable().await.map_err(failed)?;
                }
            }
        };
        let late = || Failure::io(&PathBuf::from("/proc"), std::io::ErrorKind::TimedOut.into());
        tokio::time::timeout(LIMIT, ended).await.map_err(|_| late())?
    }

    /// All of them, halted: one that goes on can start more than were found.
    fn stopped(&self) -> Vec<Member> {
        let mut members = self.members();
        for _ in 0..LOOKS {
            for member in &members {
                let _ = pidfd_send_signal(&member.descriptor, Signal::STOP);
            }
            let known: BTreeSet<i32> = members.iter().map(|member| member.pid).collect();
            members = self.members();
            if members.iter().all(|member| known.contains(&member.pid)) {
                break;
            }
        }
        members
    }

    /// Who belongs to it now and has not ended.
    fn members(&self) -> Vec<Member> {
        let wanted = format!("{VARIABLE}={}", self.mark).into_bytes();
        let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
        let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        let mut all = BTreeMap::new();
        for pid in pids.filter_map(Pid::from_raw).filter(|pid| *pid != getpid()) {
            // The descriptor comes first: what is read afterwards is that of its process, if that has not ended by then.
            let Ok(descriptor) = pidfd_open(pid, PidfdFlags::NONBLOCK) else { continue };
            let pid = pid.as_raw_nonzero().get();
            if let Some(found) = look(pid, &wanted) {
                all.insert(pid, (found, Member { pid, descriptor }));
            }
        }
        let mut own: BTreeSet<i32> =
            all.iter().filter(|(_, (found, _))| found.marked).map(|(pid, _)| *pid).collect();
        loop {
            let more: Vec<i32> = all
                .iter()
                .filter(|(pid, (found, _))| !own.contains(pid) && own.contains(&found.parent))
                .map(|(pid, _)| *pid)
                .collect();
            if more.is_empty() {
                break;
            }
            own.extend(more);
        }
        all.into_iter().filter(|(pid, _)| own.contains(pid)).map(|(_, (_, member))| member).collect()
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.members().len()
    }
}

/// None of one that has ended.
fn look(pid: i32, wanted: &[u8]) -> Option<Found> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name is in parentheses and may hold anything; behind it come the state and the parent.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    let parent = fields.next()?.parse().ok()?;
    // Those of other users can't be read, and are none of ours.
    let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    let marked = environment.split(|byte| *byte == 0).any(|variable| variable == wanted);
    Some(Found { parent, marked })
}
