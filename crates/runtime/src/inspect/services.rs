//! Looks whether each service's process is the one that was started here, and has its socket or its ports.

use crate::blocking;
use crate::engine::EngineConnection;
use crate::helpers::Helpers;
use crate::home::Home;
use crate::process::{Family, Identity, runs_from_store};
use crate::service::{self, Held};
use crate::supervisor::Service;
use las_types::{Drift, DriftKind, Failure, PortName, Repair, ServiceState};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

/// Who answers on a socket.
enum Answers {
    /// A process with this number listens.
    Process(i32),
    /// Nobody does.
    Nobody,
    /// It can't be told now.
    Unknown,
}

async fn who_answers(connection: &EngineConnection) -> Answers {
    match connection.connect().await {
        Ok(stream) => {
            let pid = stream.peer_cred().ok().and_then(|peer| peer.pid());
            pid.map_or(Answers::Unknown, Answers::Process)
        }
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            Answers::Nobody
        }
        // Too many waiting for it, for one: it is busy, not gone.
        Err(_) => Answers::Unknown,
    }
}

/// What is wrong with one service; nothing is said of one that is not ready.
///
/// Code: `io-failed` if it can't be told who has its ports.
pub(crate) async fn one(service: &Service) -> Result<Option<Drift>, Failure> {
    let before = service.now();
    let Some(pid) = before.status.pid.filter(|_| before.status.state == ServiceState::Ready) else {
        return Ok(None);
    };
    let found = match (&before.connection, &before.family) {
        (Some(connection), _) => on_socket(connection, pid).await,
        (None, Some(family)) => on_ports(family.clone(), before.status.ports.clone()).await?,
        (None, None) => None,
    };
    // It may have ended while we looked; then the supervisor has it in hand.
    let after = service.now().status;
    let found = found.filter(|_| after.state == ServiceState::Ready && after.pid == Some(pid));
    let name = &before.status.name;
    Ok(found.map(|drift| drift.with("name", name).repaired_by(Repair::Service { service: name.clone() })))
}

async fn on_socket(connection: &EngineConnection, pid: u32) -> Option<Drift> {
    match who_answers(connection).await {
        Answers::Process(other) if i32::try_from(pid) != Ok(other) => {
            Some(Drift::new(DriftKind::ServiceForeign).with("pid", other))
        }
        Answers::Nobody => Some(Drift::new(DriftKind::ServiceUnreachable)),
        Answers::Process(_) | Answers::Unknown => None,
    }
}

async fn on_ports(family: Family, ports: BTreeMap<PortName, u16>) -> Result<Option<Drift>, Failure> {
    let look = move || {
        let own = family.pids()?;
        for port in ports.into_values() {
            match service::held(port, &own)? {
                Held::Others(other) => {
                    return Ok(Some(Drift::new(DriftKind::ServiceForeign).with("pid", other)));
                }
                Held::Nobody => return Ok(Some(Drift::new(DriftKind::ServiceUnreachable))),
                Held::Them => {}
            }
        }
        Ok(None)
    };
    blocking::run_unwatched(look).await
}

/// Programs of the store that run and that nobody started here.
pub(crate) fn strangers(
    home: &Home,
    helpers: &Helpers,
    services: &[Arc<Service>],
) -> Result<Vec<Drift>, Failure> {
    let keeper = helpers.keeper.canonicalize().ok();
    let bwrap = helpers.bwrap.as_deref().and_then(|path| path.canonicalize().ok());
    let mut own: BTreeSet<u32> = BTreeSet::new();
    for family in services.iter().filter_map(|service| service.now().family) {
        own.extend(family.pids()?.into_iter().map(i32::unsigned_abs));
    }
    let Ok(entries) = std::fs::read_dir("/proc") else { return Ok(Vec::new()) };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let stranger = |pid: u32| {
        let program = runs_from_store(home, pid)?;
        // A child of this process is a program that is being tried, one of a keeper's a service that is just starting; what
        // gives them namespaces stands between.
        let mut above = std::iter::successors(Identity::parent_of(pid), |pid| Identity::parent_of(*pid));
        let parent = above.find(|pid| bwrap.is_none() || program_of(*pid) != bwrap);
        let ours = own.contains(&pid)
            || parent == Some(std::process::id())
            || parent.and_then(program_of).is_some_and(|program| Some(&program) == keeper.as_ref());
        (!ours)
            .then(|| Drift::new(DriftKind::ProcessForeign).with("pid", pid).with("path", program.display()))
    };
    Ok(pids.filter_map(stranger).collect())
}

fn program_of(pid: u32) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{pid}/exe")).ok()
}
