//! Looks whether each service's process is the one that was started here, and answers on its socket.

use crate::home::Home;
use crate::process::{Record, runs_from_store};
use crate::supervisor::Service;
use las_types::{Drift, DriftKind, Repair, ServiceState};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Arc;
use tokio::net::UnixStream;

/// Who answers on a socket.
enum Answers {
    /// A process with this number listens.
    Process(i32),
    /// Nobody does.
    Nobody,
    /// It can't be told now.
    Unknown,
}

async fn who_answers(socket: &std::path::Path) -> Answers {
    match UnixStream::connect(socket).await {
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
pub(crate) async fn one(service: &Service) -> Option<Drift> {
    let before = service.now();
    if before.status.state != ServiceState::Ready {
        return None;
    }
    let (pid, connection) = (before.status.pid?, before.connection.as_ref()?);
    let name = &before.status.name;
    let drift =
        |kind| Drift::new(kind).with("name", name).repaired_by(Repair::Service { service: name.clone() });
    let found = match who_answers(&connection.socket).await {
        Answers::Process(other) if i32::try_from(pid) != Ok(other) => {
            Some(drift(DriftKind::ServiceForeign).with("pid", other))
        }
        Answers::Nobody => Some(drift(DriftKind::ServiceUnreachable)),
        Answers::Process(_) | Answers::Unknown => None,
    };
    // It may have ended while we looked; then the supervisor has it in hand.
    let after = service.now().status;
    found.filter(|_| after.state == ServiceState::Ready && after.pid == Some(pid))
}

/// Programs of the store that run and that nobody started here.
pub(crate) fn strangers(home: &Home, services: &[Arc<Service>]) -> Vec<Drift> {
    let own: BTreeSet<u32> = services.iter().filter_map(|service| service.now().status.pid).collect();
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let stranger = |pid: u32| {
        let program = runs_from_store(home, pid)?;
        // A child of this process is a service that is just starting, or a program that is being tried.
        let ours = own.contains(&pid) || Record::parent_of(pid) == Some(std::process::id());
        (!ours)
            .then(|| Drift::new(DriftKind::ProcessForeign).with("pid", pid).with("path", program.display()))
    };
    pids.filter_map(stranger).collect()
}
