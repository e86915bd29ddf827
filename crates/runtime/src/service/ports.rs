//! The ports of services: chosen, remembered, and proved to be their own.

use crate::durable::{self, Access};
use crate::home::Home;
use las_types::{Code, Failure, PortName, ServiceName};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

/// Every service that was ever started here, with its ports.
type Remembered = BTreeMap<ServiceName, BTreeMap<PortName, u16>>;

fn file(home: &Home) -> PathBuf {
    home.root().join("ports.json")
}

fn remembered(home: &Home) -> Result<Remembered, Failure> {
    match std::fs::read(file(home)) {
        // What can't be read names no port; the next start writes it anew.
        Ok(text) => Ok(serde_json::from_slice(&text).unwrap_or_default()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Remembered::new()),
        Err(error) => Err(Failure::io(&file(home), error)),
    }
}

/// The numbers of a service's ports: those that it had, otherwise the wanted ones or the next above that are free, no
/// other service's, and not given to another one already (`given`).
pub(crate) fn chosen(
    home: &Home,
    service: &ServiceName,
    wanted: &BTreeMap<PortName, u16>,
    given: BTreeSet<u16>,
) -> Result<BTreeMap<PortName, u16>, Failure> {
    let remembered = remembered(home)?;
    let own = remembered.get(service).cloned().unwrap_or_default();
    let others = remembered.iter().filter(|(name, _)| *name != service).flat_map(|(_, ports)| ports.values());
    let mut taken = given;
    taken.extend(others.copied().chain(own.values().copied()));
    taken.extend(listening()?.into_keys());
    let mut ports = BTreeMap::new();
    for (name, wanted) in wanted {
        let next = || (*wanted..=u16::MAX).find(|port| !taken.contains(port) && can_be_had(*port));
        let port = own.get(name).copied().or_else(next);
        let port = port.ok_or_else(|| failure(service, *wanted, None))?;
        taken.insert(port);
        ports.insert(name.clone(), port);
    }
    Ok(ports)
}

/// Remembers the ports that a service is started with.
pub(crate) fn keep(
    home: &Home,
    service: &ServiceName,
    ports: &BTreeMap<PortName, u16>,
) -> Result<(), Failure> {
    let mut all = remembered(home)?;
    if ports.is_empty() || all.get(service) == Some(ports) {
        return Ok(());
    }
    all.insert(service.clone(), ports.clone());
    let text = serde_json::to_vec_pretty(&all).map_err(Failure::internal)?;
    durable::write_file(&file(home), &text, Access::Private)
}

/// An error if somebody listens on the port already.
pub(super) fn free(service: &ServiceName, port: u16) -> Result<(), Failure> {
    match listening()?.get(&port) {
        Some(sockets) => {
            let holder = holder(sockets).and_then(|pid| program_of(&pid.to_string()));
            Err(failure(service, port, holder))
        }
        None if can_be_had(port) => Ok(()),
        None => Err(failure(service, port, None)),
    }
}

/// Whether a program could listen there: a connection that goes out may have the number, too, and nobody listens then.
fn can_be_had(port: u16) -> bool {
    let tried = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    tried.map_or_else(|error| error.kind() != std::io::ErrorKind::AddrInUse, |_| true)
}

/// Who listens on a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// Nobody.
    Nobody,
    /// These processes, and no one else.
    Them,
    /// Another process, by its number as far as it can be told: beside ours it would get some of what is meant for it.
    Others(String),
}

/// Who holds a port, seen from a family of processes.
pub(crate) fn held(port: u16, own: &BTreeSet<i32>) -> Result<Held, Failure> {
    let Some(sockets) = listening()?.remove(&port) else { return Ok(Held::Nobody) };
    let ours: BTreeSet<u64> = own.iter().flat_map(|pid| sockets_of(*pid)).collect();
    let foreign: BTreeSet<u64> = sockets.into_iter().filter(|socket| !ours.contains(socket)).collect();
    let holder = || holder(&foreign).map_or_else(String::new, |pid| pid.to_string());
    Ok(if foreign.is_empty() { Held::Them } else { Held::Others(holder()) })
}

/// Whether a service's port is its own; not if nobody holds it yet. An error if somebody else does.
pub(super) fn proved(service: &ServiceName, port: u16, own: &BTreeSet<i32>) -> Result<bool, Failure> {
    match held(port, own)? {
        Held::Nobody => Ok(false),
        Held::Them => Ok(true),
        Held::Others(pid) => Err(failure(service, port, program_of(&pid))),
    }
}

fn failure(service: &ServiceName, port: u16, program: Option<String>) -> Failure {
    let holder = if program.is_some() { "known" } else { "unknown" };
    let failure = Failure::new(Code::PortTaken).with("name", service).with("port", port);
    failure.with("holder", holder).with("program", program.unwrap_or_default())
}

/// Ports of this machine that somebody listens on, on whatever address, with the inodes of their sockets.
fn listening() -> Result<BTreeMap<u16, BTreeSet<u64>>, Failure> {
    let mut ports: BTreeMap<u16, BTreeSet<u64>> = BTreeMap::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let text = match std::fs::read_to_string(table) {
            Ok(text) => text,
            // A kernel without version 6 has no table of it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Failure::io(Path::new(table), error)),
        };
        for (port, inode) in text.lines().skip(1).filter_map(listener) {
            ports.entry(port).or_default().insert(inode);
        }
    }
    Ok(ports)
}

/// Port and inode of a line of the kernel's table, if it is of a socket that listens.
fn listener(line: &str) -> Option<(u16, u64)> {
    const LISTEN: &str = "0A";
    let mut fields = line.split_whitespace().skip(1);
    let (_, port) = fields.next()?.rsplit_once(':')?;
    (fields.nth(1)? == LISTEN).then_some(())?;
    // Behind the state: queues, timer, retransmissions, user, timeout.
    Some((u16::from_str_radix(port, 16).ok()?, fields.nth(5)?.parse().ok()?))
}

/// Inodes of the sockets that a process has open. None of one that has ended or is another user's.
fn sockets_of(pid: i32) -> Vec<u64> {
    let Ok(entries) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return Vec::new() };
    let target = |entry: std::fs::DirEntry| std::fs::read_link(entry.path()).ok();
    let inode = |target: PathBuf| target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok();
    entries.flatten().filter_map(target).filter_map(inode).collect()
}

/// The process that has one of these sockets, as far as it can be told.
fn holder(sockets: &BTreeSet<u64>) -> Option<i32> {
    let entries = std::fs::read_dir("/proc").ok()?;
    let mut pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.find(|pid| sockets_of(*pid).iter().any(|socket| sockets.contains(socket)))
}

/// The name of a process's program.
fn program_of(pid: &str) -> Option<String> {
    let name = std::fs::read(format!("/proc/{pid}/comm")).ok()?;
    let shown = |sign: char| if sign.is_control() { '\u{fffd}' } else { sign };
    Some(String::from_utf8_lossy(&name).trim_end().chars().map(shown).collect())
}

#[cfg(test)]
mod tests {
    use super::{Held, chosen, free, held, keep, listener, proved};
    use crate::home::Home;
    use las_types::{Code, PortName, ServiceName};
    use std::collections::{BTreeMap, BTreeSet};
    use std::net::TcpListener;

    fn ports(list: &[(&str, u16)]) -> BTreeMap<PortName, u16> {
        list.iter().map(|(name, port)| (name.parse().unwrap(), *port)).collect()
    }

    fn own() -> BTreeSet<i32> {
        BTreeSet::from([i32::try_from(std::process::id()).unwrap()])
    }

    #[test]
    fn a_line_of_the_table_is_read_whatever_its_address() {
        let line = "   3: 00000000000000000000000000000000:18EB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 123456 1 0000000000000000 100 0 0 10 0";
        assert_eq!(listener(line), Some((6379, 123_456)));
        assert_eq!(listener(&line.replace(" 0A ", " 01 ")), None);
        assert_eq!(listener("  sl  local_address rem_address"), None);
        assert_eq!(listener(""), None);
    }

    #[test]
    fn a_port_that_somebody_has_is_left_to_him_whatever_his_address() {
        let name: ServiceName = "notes".parse().unwrap();
        for address in ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"] {
            let listener = TcpListener::bind(address).unwrap();
            let port = listener.local_addr().unwrap().port();
            let failure = free(&name, port).unwrap_err();
            assert_eq!((failure.code, failure.args["port"].as_str()), (Code::PortTaken, &*port.to_string()));
            assert!(!failure.args["program"].is_empty(), "{failure:?}");
            // It is this process's, and nobody else's.
            assert!(proved(&name, port, &own()).unwrap());
            assert_eq!(proved(&name, port, &BTreeSet::new()).unwrap_err().code, Code::PortTaken);
            assert_eq!(held(port, &own()).unwrap(), Held::Them);
            let pid = std::process::id().to_string();
            assert_eq!(held(port, &BTreeSet::new()).unwrap(), Held::Others(pid));
            drop(listener);
            assert!(!proved(&name, port, &own()).unwrap());
            assert_eq!(held(port, &BTreeSet::new()).unwrap(), Held::Nobody);
            free(&name, port).unwrap();
        }
    }

    #[test]
    fn a_service_keeps_its_ports_and_no_two_get_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().join("home")).unwrap();
        let [one, other]: [ServiceName; 2] = ["one", "other"].map(|name| name.parse().unwrap());
        let busy = TcpListener::bind("127.0.0.1:0").unwrap();
        let wanted = busy.local_addr().unwrap().port();
        let first = chosen(&home, &one, &ports(&[("a", wanted), ("b", wanted)]), BTreeSet::new()).unwrap();
        let numbers: BTreeSet<u16> = first.values().copied().collect();
        assert!(numbers.len() == 2 && !numbers.contains(&wanted), "{first:?}");
        keep(&home, &one, &first).unwrap();
        // Free again, the wanted one is not changed to: whoever knows the service knows it where it is.
        drop(busy);
        assert_eq!(
            chosen(&home, &one, &ports(&[("a", wanted), ("b", wanted)]), BTreeSet::new()).unwrap(),
            first
        );
        let second =
            chosen(&home, &other, &ports(&[("a", first[&"a".parse().unwrap()])]), BTreeSet::new()).unwrap();
        assert!(second.values().all(|port| !numbers.contains(port)), "{second:?}");
        // What the same plan gives to another one is taken as well, though nobody has it yet.
        let given: BTreeSet<u16> = second.values().copied().collect();
        let third = chosen(&home, &other, &ports(&[("a", *given.first().unwrap())]), given.clone()).unwrap();
        assert!(third.values().all(|port| !given.contains(port)), "{third:?}");
        assert_eq!(chosen(&home, &other, &BTreeMap::new(), BTreeSet::new()).unwrap(), BTreeMap::new());
        assert_eq!(
            std::fs::read_dir(home.root())
                .unwrap()
                .flatten()
                .filter(|e| e.file_name() == "ports.json")
                .count(),
            1
        );
    }

    #[test]
    fn a_number_that_a_connection_has_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().join("home")).unwrap();
        let name: ServiceName = "notes".parse().unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let connection = std::net::TcpStream::connect(server.local_addr().unwrap()).unwrap();
        let port = connection.local_addr().unwrap().port();
        assert_eq!(free(&name, port).unwrap_err().code, Code::PortTaken);
        let chosen = chosen(&home, &name, &ports(&[("a", port)]), BTreeSet::new()).unwrap();
        assert!(chosen.values().all(|chosen| *chosen > port), "{chosen:?} {port}");
    }

    #[test]
    fn where_no_port_is_left_above_the_wanted_one_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().join("home")).unwrap();
        let name: ServiceName = "notes".parse().unwrap();
        let wanted = ports(&[("a", u16::MAX), ("b", u16::MAX)]);
        assert_eq!(chosen(&home, &name, &wanted, BTreeSet::new()).unwrap_err().code, Code::PortTaken);
    }
}
