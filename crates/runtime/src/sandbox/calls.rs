//! System calls that no program that is kept here needs: those that reach into other processes, that change what it is
//! held to, or the machine as a whole. The list follows what container engines leave out of theirs.

use super::Sandbox;
use las_types::NetworkAccess;
use libc::c_long;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;

type Rules = BTreeMap<c_long, Vec<SeccompRule>>;

/// Other programs' memory and processes, keys, file systems, namespaces, the kernel.
const REFUSED: &[c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_fanotify_init,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_vhangup,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_lookup_dcookie,
    libc::SYS_nfsservctl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_modify_ldt,
];

/// The bit of the numbers of the x32 interface, behind which each call is there once more.
#[cfg(target_arch = "x86_64")]
const X32: c_long = 0x4000_0000;

/// Filters that refuse what a program is not to do: the first with “not permitted”, the second with “no such call”, after
/// which libraries take the older one, whose flags can be looked at.
pub(super) fn filters(sandbox: &Sandbox) -> Result<[BpfProgram; 2], BackendError> {
    let mut refused: Rules = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    refused.insert(libc::SYS_clone, namespaces()?);
    refused.insert(libc::SYS_ioctl, terminals()?);
    refused.insert(libc::SYS_socket, sockets(sandbox)?);
    // It connects beside the call for it, where not every kernel's Landlock looks.
    if sandbox.network == NetworkAccess::Own {
        let opens = |argument| {
            let flag = number(libc::MSG_FASTOPEN);
            SeccompRule::new(vec![condition(
                argument,
                SeccompCmpArgLen::Dword,
                SeccompCmpOp::MaskedEq(flag),
                flag,
            )?])
        };
        for (call, argument) in [(libc::SYS_sendto, 3), (libc::SYS_sendmsg, 2), (libc::SYS_sendmmsg, 3)] {
            refused.insert(call, vec![opens(argument)?]);
        }
    }
    if !sandbox.connects {
        for call in [libc::SYS_connect, libc::SYS_sendmsg, libc::SYS_sendmmsg] {
            refused.insert(call, Vec::new());
        }
        // What is sent to where it is connected names no address.
        let named = condition(4, SeccompCmpArgLen::Qword, SeccompCmpOp::Ne, 0)?;
        refused.insert(libc::SYS_sendto, vec![SeccompRule::new(vec![named])?]);
    }
    let unknown = Rules::from([(libc::SYS_clone3, Vec::new())]);
    Ok([compiled(refused, libc::EPERM)?, compiled(unknown, libc::ENOSYS)?])
}

fn compiled(rules: Rules, error: i32) -> Result<BpfProgram, BackendError> {
    #[cfg(target_arch = "x86_64")]
    let rules: Rules =
        rules.into_iter().flat_map(|(call, rules)| [(call | X32, rules.clone()), (call, rules)]).collect();
    let refusal = SeccompAction::Errno(error.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, refusal, std::env::consts::ARCH.try_into()?)?.try_into()
}

fn condition(
    argument: u8,
    length: SeccompCmpArgLen,
    compared: SeccompCmpOp,
    value: u64,
) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, length, compared, value)
}

fn number(value: i32) -> u64 {
    u64::from(value.unsigned_abs())
}

/// A process in namespaces of its own: its first argument says so.
fn namespaces() -> Result<Vec<SeccompRule>, BackendError> {
    let flags = [
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWNS,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWNET,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWUTS,
        libc::CLONE_NEWCGROUP,
    ];
    let rule = |flag: i32| {
        let flag = number(flag);
        SeccompRule::new(vec![condition(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(flag), flag)?])
    };
    flags.into_iter().map(rule).collect()
}

/// Words put into the mouth of whoever sits at a terminal.
fn terminals() -> Result<Vec<SeccompRule>, BackendError> {
    const LINUX: u64 = 0x541c; // TIOCLINUX
    let rule = |request: u64| {
        SeccompRule::new(vec![condition(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, request)?])
    };
    [libc::TIOCSTI, LINUX].into_iter().map(rule).collect()
}

/// Sockets of kinds that it has no use for.
fn sockets(sandbox: &Sandbox) -> Result<Vec<SeccompRule>, BackendError> {
    const KIND: u64 = 0xf; // the other bits are flags
    let mut families = vec![libc::AF_UNIX, libc::AF_NETLINK];
    if sandbox.shares_network() {
        families.extend([libc::AF_INET, libc::AF_INET6]);
    }
    let other = families
        .into_iter()
        .map(|family| condition(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, number(family)));
    let mut rules = vec![SeccompRule::new(other.collect::<Result<_, _>>()?)?];
    // Landlock of this day looks at TCP alone: not at datagrams, nor at other ways to have a stream, of which MPTCP reaches
    // whatever listens over TCP.
    if sandbox.network == NetworkAccess::Own {
        for family in [libc::AF_INET, libc::AF_INET6] {
            let is_family = || condition(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, number(family));
            let is_no_protocol =
                |protocol| condition(2, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, number(protocol));
            for kind in [libc::SOCK_DGRAM, libc::SOCK_RDM, libc::SOCK_SEQPACKET, libc::SOCK_DCCP] {
                let is_kind =
                    condition(1, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(KIND), number(kind))?;
                rules.push(SeccompRule::new(vec![is_family()?, is_kind])?);
            }
            rules.push(SeccompRule::new(vec![
                is_family()?,
                is_no_protocol(libc::IPPROTO_IP)?,
                is_no_protocol(libc::IPPROTO_TCP)?,
            ])?);
        }
    }
    for family in [libc::AF_INET, libc::AF_INET6, libc::AF_PACKET] {
        rules.push(SeccompRule::new(vec![
            condition(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, number(family))?,
            condition(1, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(KIND), number(libc::SOCK_RAW))?,
        ])?);
    }
    Ok(rules)
}
