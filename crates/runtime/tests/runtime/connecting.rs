//! A service that connects to another one's port: it reaches that and no other.

use crate::bench::{Bench, start, step};
use crate::services::{line, log, section, spec};
use las_types::{
    Executor, NetworkAccess, PeerPorts, SandboxLevel, SandboxSection, ServiceSection, ServiceSpec,
    ServiceState,
};
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;

/// Tries by which a program could get at a port of this machine; each says what came of it.
const TRIES: &str = r#"
import os, socket, sys, time
granted, stranger = int(sys.argv[1]), int(sys.argv[2])
def connects(port, family=socket.AF_INET, host="127.0.0.1", protocol=0):
    with socket.socket(family, socket.SOCK_STREAM, protocol) as own:
        own.settimeout(5)
        own.connect((host, port))
        return True
def quickly(port, call):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as own:
        own.settimeout(5)
        return call(own, b"x", 0x20000000, ("127.0.0.1", port)) > 0
def listens(port):
    # Another address than that of whoever listens there.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as own:
        own.bind(("127.0.0.2", port))
        return True
def sends(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        return own.sendto(b"x", ("127.0.0.1", port)) > 0
tries = dict(
    granted=lambda: connects(granted),
    again=lambda: connects(granted),
    stranger=lambda: connects(stranger),
    stranger_6=lambda: connects(stranger, socket.AF_INET6, "::ffff:127.0.0.1"),
    multipath=lambda: connects(stranger, protocol=262),
    multipath_6=lambda: connects(stranger, socket.AF_INET6, "::ffff:127.0.0.1", 262),
    shared_memory=lambda: connects(stranger, protocol=256),
    sctp=lambda: connects(stranger, protocol=132),
    quickly=lambda: quickly(stranger, socket.socket.sendto),
    quickly_by_message=lambda: quickly(stranger, lambda own, text, flags, to: own.sendmsg([text], [], flags, to)),
    listens=lambda: listens(granted),
    sends=lambda: sends(stranger),
)
for name, tried in tries.items():
    try:
        came = tried()
    except OSError:
        came = False
    print(name, "came" if came else "failed", flush=True)
print("ready", flush=True)
time.sleep(600)
"#;

/// A service that tries all, with a grant for the first port.
fn trying(bench: &Bench, network: NetworkAccess, granted: u16, stranger: u16) -> ServiceSpec {
    let (peer, main) = ("cache".parse().unwrap(), "main".parse().unwrap());
    let section = ServiceSection {
        connects: BTreeMap::from([(peer, BTreeSet::from([main]))]),
        sandbox: SandboxSection { network, ..SandboxSection::default() },
        ..section(line("ready"))
    };
    let words = ["-c", TRIES, "${service.cache.port.main}", &stranger.to_string()];
    let spec = spec(bench, "/usr/bin/python3", &words, section);
    let ports = BTreeMap::from([("main".parse().unwrap(), granted)]);
    spec.connected(PeerPorts::from([("cache".parse().unwrap(), ports)])).unwrap()
}

/// What came to something, and how well it is held.
async fn came(mut bench: Bench, network: NetworkAccess) -> (Vec<String>, Option<SandboxLevel>) {
    let [granted, stranger] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let spec = trying(&bench, network, port(&granted), port(&stranger));
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    bench.until(ServiceState::Ready).await;
    let came = log(&bench).lines().filter_map(|line| line.strip_suffix(" came").map(str::to_owned)).collect();
    let level = bench.executor.services().pop().unwrap().sandbox;
    bench.executor.shut_down(&[]).await;
    (came, level)
}

#[tokio::test]
async fn with_namespaces_a_service_reaches_the_port_that_it_connects_to_and_no_other() {
    let (came, level) = came(Bench::with_namespaces(), NetworkAccess::Own).await;
    assert_eq!(
        (came.as_slice(), level),
        (&["granted", "again"].map(str::to_owned)[..], Some(SandboxLevel::Whole))
    );
}

#[tokio::test]
async fn without_namespaces_a_service_reaches_the_port_that_it_connects_to_and_no_other() {
    let (came, level) = came(Bench::new(), NetworkAccess::Own).await;
    assert_eq!(
        (came.as_slice(), level),
        (&["granted", "again"].map(str::to_owned)[..], Some(SandboxLevel::Partly))
    );
}

/// Otherwise the tries would show nothing.
#[tokio::test]
async fn with_the_whole_network_the_same_tries_come_to_something() {
    let (came, _) = came(Bench::with_namespaces(), NetworkAccess::Any).await;
    for one in ["granted", "stranger", "stranger_6", "listens", "sends"] {
        assert!(came.iter().any(|name| name == one), "{one}: {came:?}");
    }
}
