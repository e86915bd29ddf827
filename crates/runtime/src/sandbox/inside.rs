//! The helper's own process: it is where the program is to be, gives up what the program is not to have, and becomes it.

use super::{Answer, Order, Sandbox, calls, view};
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, NetPort, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use las_types::{NetworkAccess, SandboxLevel};
use rustix::fs::{Mode, OFlags};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use rustix::thread::{CapabilitySet, CapabilitySets};
use std::io::{self, BufRead as _, BufReader, IoSlice, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

/// The newest version of Landlock whose rights are asked for; what a kernel does not know of them is left out.
const LANDLOCK: ABI = ABI::V7;
/// The first version that looks at ports.
const PORTS: ABI = ABI::V4;

/// Becomes the program that it is told of; comes back only if that fails.
pub(crate) fn main() -> ExitCode {
    // Whoever started it hears by this that it could not even say so.
    let Ok((own, order)) = hear() else { return ExitCode::FAILURE };
    let answer = match confine(&order) {
        Ok(level) if order.sandbox.at_least.is_some_and(|least| level < least) => Answer::Refused(level),
        Ok(level) => match say(&own, &Answer::Confined(level)) {
            Ok(()) => Answer::failed(&become_it(&order)),
            Err(_) => return ExitCode::FAILURE,
        },
        Err(error) => Answer::failed(&error),
    };
    // The one who would hear it is gone if this fails.
    let _ = say(&own, &answer);
    ExitCode::FAILURE
}

/// Says that it is there, and hears what it is for. Its standard input, over which this begins, stays open elsewhere; what
/// is said goes over a socket that only it has, and that closes when it has become the program.
fn hear() -> io::Result<(UnixStream, Order)> {
    let door: OwnedFd = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    let nothing = rustix::fs::open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdin(nothing)?;
    let (own, theirs) = UnixStream::pair()?;
    let given = [theirs.as_fd()];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut with = SendAncillaryBuffer::new(&mut space);
    if !with.push(SendAncillaryMessage::ScmRights(&given)) {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    rustix::net::sendmsg(&door, &[IoSlice::new(b"+")], &mut with, SendFlags::empty())?;
    drop((theirs, door));
    let mut line = String::new();
    BufReader::new(&own).read_line(&mut line)?;
    Ok((own, serde_json::from_str(&line)?))
}

fn say(mut own: &UnixStream, answer: &Answer) -> io::Result<()> {
    let mut text = serde_json::to_string(answer)?;
    text.push('\n');
    own.write_all(text.as_bytes())
}

fn become_it(order: &Order) -> io::Error {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where a process becomes the program it was started for"
    )]
    let mut command = Command::new(&order.program);
    command.args(&order.arguments).exec()
}

/// Gives up what the program is not to have; tells how well that holds.
fn confine(order: &Order) -> io::Result<SandboxLevel> {
    let Order { sandbox, namespaces, .. } = order;
    let none = CapabilitySet::empty();
    rustix::thread::set_capabilities(
        None,
        CapabilitySets { effective: none, permitted: none, inheritable: none },
    )?;
    let landlock = restrict(sandbox, *namespaces).map_err(io::Error::other)?;
    for filter in calls::filters(sandbox).map_err(io::Error::other)? {
        seccompiler::apply_filter(&filter).map_err(io::Error::other)?;
    }
    let needs_ports = sandbox.network == NetworkAccess::Own && sandbox.has_ports();
    Ok(match (namespaces, landlock) {
        (true, Some(abi)) if abi >= PORTS || !needs_ports => SandboxLevel::Whole,
        (false, None) => SandboxLevel::None,
        _ => SandboxLevel::Partly,
    })
}

/// Puts on Landlock, as much of it as the kernel has; none if it has none.
fn restrict(sandbox: &Sandbox, namespaces: bool) -> Result<Option<ABI>, landlock::RulesetError> {
    let all = AccessFs::from_all(LANDLOCK);
    let reads = AccessFs::from_read(LANDLOCK) | AccessFs::Execute;
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .scope(Scope::from_all(LANDLOCK))?;
    let own_network = sandbox.network == NetworkAccess::Own;
    if own_network {
        rules = rules.handle_access(AccessNet::from_all(LANDLOCK))?;
    }
    let mut rules = rules.create()?;
    if own_network {
        for port in &sandbox.ports {
            rules = rules.add_rule(NetPort::new(*port, AccessNet::from_all(LANDLOCK)))?;
        }
        for port in &sandbox.peers {
            rules = rules.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
        }
    }
    let system = view::readable(sandbox);
    let known = [Path::new("/proc"), Path::new(&sandbox.helper)];
    rules = rules.add_rules(path_beneath_rules(system, reads))?;
    rules = rules.add_rules(path_beneath_rules(known, reads))?;
    rules = rules.add_rules(path_beneath_rules(&sandbox.write, all))?;
    // With namespaces these are the program's own.
    let shared: &[&str] = if namespaces { &["/tmp", "/dev"] } else { &["/dev/shm"] };
    rules = rules.add_rules(path_beneath_rules(shared, all))?;
    let devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];
    rules = rules.add_rules(path_beneath_rules(devices, all))?;
    if sandbox.gpu {
        rules = rules.add_rules(path_beneath_rules(view::gpus(), all))?;
    }
    let status = rules.restrict_self()?;
    Ok(match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, _) => None,
        (_, LandlockStatus::Available { effective_abi, .. }) => Some(effective_abi),
        _ => None,
    })
}
