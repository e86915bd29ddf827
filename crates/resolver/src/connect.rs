//! The ports of other services that a service connects to.

use crate::World;
use las_types::{Code, Failure, Installed, ModuleName, Note, PeerPorts, PortName, ServiceSection};
use std::collections::BTreeSet;

/// The numbers of the ports that an item connects to, among things that are installed and whose services have the ports that
/// `number` tells.
///
/// Code: `service-port-missing` if what there is under a name does not serve, or has no such port.
pub fn peer_ports(
    world: &World<'_>,
    items: &[Installed],
    item: &Installed,
    number: impl Fn(&Installed, &PortName) -> Option<u16>,
) -> Result<PeerPorts, Failure> {
    let wanted = world.service(item).map(|service| &service.connects);
    let of = |(name, ports): (&ModuleName, &BTreeSet<PortName>)| {
        let failure = Failure::new(Code::ServicePortMissing).with("name", &item.name).with("peer", name);
        let Some((peer, serves)) = peer(world, items, item, name) else {
            return Err(failure.with("port", listed(ports)).with("reason", "no-service"));
        };
        let found = |port: &PortName| {
            let has = serves.ports.contains_key(port);
            Some((port.clone(), has.then(|| number(peer, port)).flatten()?))
        };
        match ports.iter().find(|port| found(port).is_none()) {
            Some(port) => Err(failure.with("port", port).with("reason", "no-port")),
            None => Ok((name.clone(), ports.iter().filter_map(found).collect())),
        }
    };
    wanted.into_iter().flatten().map(of).collect()
}

/// The service that an item needs by this name: the module of the name before one that provides it.
fn peer<'a>(
    world: &'a World<'_>,
    items: &'a [Installed],
    item: &Installed,
    name: &ModuleName,
) -> Option<(&'a Installed, &'a ServiceSection)> {
    let meets = |other: &Installed| {
        let mut by_name = world.dependencies(item).filter(|request| request.name == *name).peekable();
        by_name.peek().is_some() && by_name.all(|request| world.seen(other).meets(request))
    };
    let all = items.iter().filter(|other| other.name != item.name && meets(other));
    let mut serving: Vec<_> = all.filter_map(|other| Some((other, world.service(other)?))).collect();
    serving.sort_by_key(|(other, _)| other.name != *name);
    serving.into_iter().next()
}

/// Refuses a change after which a service would connect to nothing, unless it does so already.
///
/// Code: `service-port-missing`.
pub(crate) fn hold(world: &World<'_>, outcome: &[Installed]) -> Result<(), Failure> {
    let among = |items: &[Installed], item: &Installed| {
        let wanted = |peer: &Installed, port: &PortName| world.service(peer)?.ports.get(port).copied();
        peer_ports(world, items, item, wanted).map(|_| ())
    };
    let is_new = |item: &Installed| !world.installed.contains(item) || among(world.installed, item).is_ok();
    let mut broken = outcome.iter().filter_map(|item| Some((item, among(outcome, item).err()?)));
    broken.find(|(item, _)| is_new(item)).map_or(Ok(()), |(_, failure)| Err(failure))
}

/// A note's argument that says to what a service connects: `redis (main), store (admin, main)`.
pub(crate) fn told(note: Note, service: &ServiceSection) -> Note {
    let one = |(name, ports): (&ModuleName, &BTreeSet<PortName>)| format!("{name} ({})", listed(ports));
    let all: Vec<String> = service.connects.iter().map(one).collect();
    note.with("to", all.join(", "))
}

fn listed(ports: &BTreeSet<PortName>) -> String {
    let all: Vec<&str> = ports.iter().map(PortName::as_str).collect();
    all.join(", ")
}
