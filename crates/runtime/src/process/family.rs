//! Everything that came from one start, wherever it went: into another group, another session, or to another parent.
//!
//! Each process of a family is the first or of its group, has the family's mark in the environment that it was started
//! with, or descends from one of those or from the keeper. The first may write over its environment, as Redis does for its
//! title. Whoever loses its parent becomes a child of the keeper, so that nothing gets away from it while it lives.

use crate::blocking;
use las_types::{Entropy as _, Failure};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, getpid, pidfd_open, pidfd_send_signal, waitid,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The variable that holds the mark.
const VARIABLE: &str = "LAS_FAMILY";
/// How long ending one may take; the kernel needs milliseconds.
const LIMIT: Duration = Duration::from_secs(10);
/// Where the kernel tells of processes.
const PROCESSES: &str = "/proc";
/// How often it is looked for more before those that were found are ended.
const LOOKS: usize = 20;

/// The processes of one start.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Family {
    mark: String,
    /// The first process, which leads its group.
    #[serde(skip)]
    first: Option<Root>,
    /// Everything below it is of the family, and it is not.
    #[serde(skip)]
    keeper: Option<Root>,
}

/// A process that says by its number who belongs to a family.
#[derive(Clone, Debug)]
struct Root {
    pid: i32,
    /// None of one whose number can't be another's: this process, and a child of it that it did not reap.
    descriptor: Option<Arc<OwnedFd>>,
}

/// Two families are the same if their marks are: the rest says where they are now.
impl PartialEq for Family {
    fn eq(&self, other: &Self) -> bool {
        self.mark == other.mark
    }
}

impl Eq for Family {}

impl Root {
    fn known_by_number(pid: Pid) -> Self {
        Self { pid: pid.as_raw_nonzero().get(), descriptor: None }
    }

    fn known_by(pid: Pid, descriptor: Arc<OwnedFd>) -> Self {
        Self { descriptor: Some(descriptor), ..Self::known_by_number(pid) }
    }

    /// Its number, if it had not ended when this was asked: what was read of that number before was its own.
    fn number(root: Option<&Self>) -> Option<i32> {
        let Self { pid, descriptor } = root?;
        descriptor.as_deref().is_none_or(|descriptor| !has_ended(descriptor)).then_some(*pid)
    }
}

/// Whether the process of a descriptor has ended.
fn has_ended(process: &OwnedFd) -> bool {
    let mut asked = [PollFd::new(process, PollFlags::IN)];
    // Nothing is waited for, so that nothing interrupts it; a descriptor that can't be asked about stands for nobody.
    !matches!(poll(&mut asked, Some(&Timespec::default())), Ok(0))
}

/// Those that were of a family at a moment, whatever becomes of their parents.
#[derive(Default)]
pub(crate) struct Seen(Vec<Member>);

/// A process, by a descriptor: its number can become another's, this can't.
struct Member {
    pid: i32,
    descriptor: OwnedFd,
}

/// What `/proc` says of a process.
struct Found {
    parent: i32,
    group: i32,
    marked: bool,
}

impl Family {
    /// A new one.
    pub(crate) fn new() -> Self {
        let mut bytes = [0; 16];
        crate::SystemEntropy.fill(&mut bytes);
        Self { mark: u128::from_be_bytes(bytes).to_string(), first: None, keeper: None }
    }

    /// With its first process: a child of this one that is not reaped.
    pub(crate) fn begun_by(self, first: Pid) -> Self {
        Self { first: Some(Root::known_by_number(first)), ..self }
    }

    /// With its first process, another one's child, by its number and a descriptor of it.
    pub(crate) fn led_by(self, first: Pid, descriptor: Arc<OwnedFd>) -> Self {
        Self { first: Some(Root::known_by(first, descriptor)), ..self }
    }

    /// With this process as its keeper, and as nothing else.
    pub(crate) fn kept_here(self) -> Self {
        Self { keeper: Some(Root::known_by_number(getpid())), ..self }
    }

    /// Without the first process, once that is reaped: its number can become another's.
    pub(super) fn after_its_first(self) -> Self {
        Self { first: None, ..self }
    }

    /// Whether this process keeps it, and nothing is left of it once its first process is reaped: whoever loses its parent
    /// below a keeper becomes its child, so that one without children has nobody below it. Reaps whoever has ended.
    pub(super) fn is_nobody_here(&self) -> bool {
        if self.keeper.as_ref().is_none_or(|keeper| keeper.descriptor.is_some()) {
            return false;
        }
        loop {
            match waitid(WaitId::All, WaitIdOptions::EXITED | WaitIdOptions::NOHANG) {
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) => return false,
                Err(error) => return error == Errno::CHILD,
            }
        }
    }

    /// With its keeper, another process, by its number and a descriptor of it.
    pub(crate) fn kept_by(self, keeper: Pid, descriptor: Arc<OwnedFd>) -> Self {
        Self { keeper: Some(Root::known_by(keeper, descriptor)), ..self }
    }

    /// The variable of the environment that makes a process one of it.
    pub(crate) fn variable(&self) -> (&'static str, &str) {
        (VARIABLE, &self.mark)
    }

    /// Who belongs to it now: asked before the first is, whose end takes their parent from the others.
    ///
    /// Code: `io-failed` if it can't be told.
    pub(crate) async fn seen(&self) -> Result<Seen, Failure> {
        let family = self.clone();
        blocking::run_unwatched(move || family.members(Path::new(PROCESSES)).map(Seen)).await
    }

    /// Ends every process of it and those that were seen before, and waits until they have ended; tells whether there
    /// were any.
    ///
    /// Code: `io-failed` if some go on all the same, or if it can't be told which there are.
    pub(crate) async fn end(&self, seen: Seen) -> Result<bool, Failure> {
        let ended = async {
            let mut any = false;
            let mut seen = seen.0;
            loop {
                let family = self.clone();
                let mut members = blocking::run_unwatched(move || family.stopped()).await?;
                members.append(&mut seen);
                if members.is_empty() {
                    return Ok(any);
                }
                any = true;
                for member in &members {
                    // The only refusal possible is that it has ended.
                    let _ = pidfd_send_signal(&member.descriptor, Signal::KILL);
                }
                for member in members {
                    let path = Path::new(PROCESSES).join(member.pid.to_string());
                    let failed = |error| Failure::io(&path, error);
                    let watch = super::watch_end(member.descriptor).map_err(failed)?;
                    let _ended = watch.readable().await.map_err(failed)?;
                }
            }
        };
        let late = || Failure::io(Path::new(PROCESSES), io::ErrorKind::TimedOut.into());
        tokio::time::timeout(LIMIT, ended).await.map_err(|_| late())?
    }

    /// The number of its keeper; none without one, or once that has ended.
    pub(crate) fn keeper(&self) -> Option<i32> {
        Root::number(self.keeper.as_ref())
    }

    /// The numbers of all of them, as they are now.
    ///
    /// Code: `io-failed` if it can't be told.
    pub(crate) fn pids(&self) -> Result<BTreeSet<i32>, Failure> {
        Ok(self.members(Path::new(PROCESSES))?.into_iter().map(|member| member.pid).collect())
    }

    /// All of them, halted: one that goes on can start more than were found.
    fn stopped(&self) -> Result<Vec<Member>, Failure> {
        let processes = Path::new(PROCESSES);
        let mut members = self.members(processes)?;
        for _ in 0..LOOKS {
            for member in &members {
                let _ = pidfd_send_signal(&member.descriptor, Signal::STOP);
            }
            let known: BTreeSet<i32> = members.iter().map(|member| member.pid).collect();
            members = self.members(processes)?;
            if members.iter().all(|member| known.contains(&member.pid)) {
                break;
            }
        }
        Ok(members)
    }

    /// Who belongs to it now and has not ended. An error is no family without members: whoever asks ends them.
    fn members(&self, processes: &Path) -> Result<Vec<Member>, Failure> {
        let wanted = format!("{VARIABLE}={}", self.mark).into_bytes();
        let failed = |error| Failure::io(processes, error);
        let mut all = BTreeMap::new();
        for entry in std::fs::read_dir(processes).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let number = entry.file_name().to_str().and_then(|name| name.parse().ok());
            let Some(pid) = number.and_then(Pid::from_raw).filter(|pid| *pid != getpid()) else { continue };
            // The descriptor comes first: what is read afterwards is that of its process, if that has not ended by then.
            let descriptor = match pidfd_open(pid, PidfdFlags::NONBLOCK) {
                Ok(descriptor) => descriptor,
                // It has ended, or is a thread.
                Err(Errno::SRCH | Errno::INVAL | Errno::NOENT) => continue,
                Err(error) => return Err(failed(error.into())),
            };
            let pid = pid.as_raw_nonzero().get();
            let found = look(&entry.path(), &wanted).map_err(|error| Failure::io(&entry.path(), error))?;
            if let Some(found) = found {
                all.insert(pid, (found, Member { pid, descriptor }));
            }
        }
        // Asked after what was read, which so was theirs.
        let [first, keeper] = [&self.first, &self.keeper].map(|root| Root::number(root.as_ref()));
        let has = |found: &Found| found.marked || first == Some(found.group) || keeper == Some(found.parent);
        let mut own: BTreeSet<i32> = all
            .iter()
            .filter(|(pid, (found, _))| has(found) && keeper != Some(**pid))
            .map(|(pid, _)| *pid)
            .collect();
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
        let members = all.into_iter().filter(|(pid, _)| own.contains(pid)).map(|(_, (_, member))| member);
        Ok(members.collect())
    }

    #[cfg(test)]
    pub(super) fn count_in(&self, processes: &Path) -> Result<usize, Failure> {
        self.members(processes).map(|members| members.len())
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.pids().unwrap().len()
    }
}

/// None of one that has ended.
fn look(process: &Path, wanted: &[u8]) -> io::Result<Option<Found>> {
    let Some(stat) = read(&process.join("stat"))? else { return Ok(None) };
    // Its program's name is in parentheses and may hold anything; behind it come the state, the parent and the group.
    let stat = String::from_utf8_lossy(&stat);
    let mut fields = stat.rsplit_once(')').unwrap_or_default().1.split_whitespace();
    let state = fields.next();
    if matches!(state, Some("Z" | "X")) {
        return Ok(None);
    }
    let mut number = || fields.next().and_then(|field| field.parse().ok()).ok_or(io::ErrorKind::InvalidData);
    let (parent, group) = (number()?, number()?);
    let environment = read(&process.join("environ"))?.unwrap_or_default();
    let marked = environment.split(|byte| *byte == 0).any(|variable| variable == wanted);
    Ok(Some(Found { parent, group, marked }))
}

/// None of a process that has ended, or that is another user's and so none of ours.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => {
            Ok(None)
        }
        Err(error) if error.raw_os_error() == Some(Errno::SRCH.raw_os_error()) => Ok(None),
        Err(error) => Err(error),
    }
}
