#!/usr/bin/python3
"""A program that tries to get at what is not its own. `try NAME 1` says that a try came to something."""
import ctypes, json, os, socket, struct, sys, time

if "--version" in sys.argv:
    sys.exit(0)
at = json.load(open(sys.argv[1]))
CANARY = at["canary"].encode()
libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
CALLS = dict(ptrace=101, mount=165, chroot=161, unshare=272, setns=308, add_key=248, keyctl=250, bpf=321,
             perf=298, uring=425, vm_read=310, pidfd_open=434, pidfd_getfd=438, handle=304, userfault=323, clone3=435,
             swapon=167, sethostname=170, clock_settime=227, kexec=246, open_tree=428, fsopen=430, iopl=172,
             module=175, syslog=103) if X86 else \
        dict(ptrace=117, mount=40, chroot=51, unshare=97, setns=268, add_key=217, keyctl=219, bpf=280, perf=241,
             uring=425, vm_read=270, pidfd_open=434, pidfd_getfd=438, handle=265, userfault=282, clone3=435, swapon=224,
             sethostname=161, clock_settime=112, kexec=104, open_tree=428, fsopen=430, iopl=-1, module=105, syslog=116)


def call(name, *arguments):
    return libc.syscall(ctypes.c_long(CALLS[name]), *arguments) >= 0


def reads(path):
    with open(path, "rb") as file:
        return CANARY in file.read(1 << 20)


def opens(path, mode="rb"):
    with open(path, mode) as file:
        return file.read(1) is not None if "r" in mode else True


def writes(path):
    with open(path, "ab") as file:
        file.write(b"x")
    return True


def linked(make):
    def tried():
        link = "link-%s" % make.__name__
        if os.path.lexists(link):
            os.unlink(link)
        make(at["secret"], link)
        return reads(link)
    return tried


def connects(address, family=socket.AF_UNIX, protocol=0):
    with socket.socket(family, socket.SOCK_STREAM, protocol) as own:
        own.settimeout(2)
        own.connect(address)
    return True


def at_once():
    """Connects by sending."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as own:
        own.settimeout(2)
        return own.sendto(CANARY, 0x20000000, ("127.0.0.1", at["tcp"])) > 0


def anothers_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as own:
        own.bind(("127.0.0.3", at["granted"]))
    return True


def datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.sendto(CANARY, ("127.0.0.1", at["udp"]))
        own.settimeout(2)
        return own.recv(16) == b"heard"


def raw(family, kind, protocol=0):
    def tried():
        socket.socket(family, kind, protocol).close()
        return True
    return tried


def signals():
    os.kill(at["victim"], 0)
    return open("/proc/%d/cmdline" % at["victim"], "rb").read().split(b"\0")[0].endswith(b"sleep")


def attaches():
    if not call("ptrace", 16, at["victim"], 0, 0):
        return False
    os.waitpid(at["victim"], 0)
    call("ptrace", 17, at["victim"], 0, 0)
    return True


def reads_memory():
    start = int(open("/proc/%d/maps" % at["victim"]).readline().split("-")[0], 16)
    buffer = ctypes.create_string_buffer(16)
    local = struct.pack("PN", ctypes.addressof(buffer), 16)
    remote = struct.pack("PN", start, 16)
    return call("vm_read", at["victim"], local, ctypes.c_ulong(1), remote, ctypes.c_ulong(1), ctypes.c_ulong(0))


def takes_descriptor():
    own = libc.syscall(ctypes.c_long(CALLS["pidfd_open"]), at["victim"], 0)
    return own >= 0 and call("pidfd_getfd", own, 0, 0)


def enters(kind):
    def tried():
        return call("setns", os.open("/proc/1/ns/%s" % kind, os.O_RDONLY), 0)
    return tried


def in_child(what):
    """In a process of its own: what comes of it is not to be had by the tries after it."""
    def tried():
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if what() else 1)
            except BaseException:
                os._exit(1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return tried


def types():
    import fcntl, termios
    own, other = os.openpty()
    fcntl.ioctl(other, termios.TIOCSTI, b"x")
    return True


TRIES = dict(
    secret=lambda: reads(at["secret"]),
    state=lambda: opens(at["home"] + "/state.db"),
    lists_home=lambda: len(os.listdir(at["home"])) > 3,
    other_data=lambda: reads(at["other"]),
    symlink=linked(os.symlink),
    hard_link=linked(os.link),
    through_root=lambda: reads("/proc/self/root" + at["secret"]),
    through_cwd=lambda: reads("/proc/self/cwd/../../../" + os.path.basename(at["secret"])),
    shadow=lambda: opens("/etc/shadow"),
    root_home=lambda: len(os.listdir("/root")) >= 0,
    own_program=lambda: writes(at["program"]),
    own_record=lambda: b"family" in open(at["record"], "rb").read(),
    system_program=lambda: writes("/usr/bin/env-las-escape"),
    crontab=lambda: writes("/etc/cron.d/las-escape"),
    passwords=lambda: opens("/etc/passwd", "r+b"),
    mode=lambda: os.chmod(at["secret"], 0o666) is None,
    owner=lambda: os.chown(at["secret"], 65534, 65534) is None,
    status=lambda: os.stat(at["secret"]).st_size > 0,
    core_pattern=lambda: opens("/proc/sys/kernel/core_pattern", "r+b"),
    sysrq=lambda: opens("/proc/sysrq-trigger", "wb"),
    victim_environment=lambda: reads("/proc/%d/environ" % at["victim"]),
    victim_memory=lambda: opens("/proc/%d/mem" % at["victim"]),
    victim_root=lambda: reads("/proc/%d/root%s" % (at["victim"], at["secret"])),
    first_environment=lambda: CANARY in b"".join(
        open("/proc/%s/environ" % pid, "rb").read() for pid in os.listdir("/proc") if pid.isdigit() and os.access("/proc/%s/environ" % pid, os.R_OK)),
    groups=lambda: os.mkdir("/sys/fs/cgroup/las-escape") is None,
    disk=lambda: opens(at["disk"]),
    kernel_memory=lambda: opens("/dev/mem"),
    makes_device=lambda: os.mknod("node", 0o600 | 0o060000, os.makedev(8, 0)) is None,
    socket_of_another=lambda: connects(at["socket"]),
    abstract_socket=lambda: connects("\0" + at["abstract"]),
    socket_of_the_core=lambda: connects(at["core"]),
    socket_of_its_keeper=lambda: connects(at["keeper"]),
    tcp=lambda: connects(("127.0.0.1", at["tcp"]), socket.AF_INET),
    tcp_6=lambda: connects(("::ffff:127.0.0.1", at["tcp"]), socket.AF_INET6),
    multipath=lambda: connects(("127.0.0.1", at["tcp"]), socket.AF_INET, 262),
    tcp_at_once=at_once,
    listens_for_another=anothers_port,
    granted=lambda: connects(("127.0.0.1", at["granted"]), socket.AF_INET),
    udp=datagram,
    raw_socket=raw(socket.AF_INET, socket.SOCK_RAW, 1),
    packet_socket=raw(socket.AF_PACKET, socket.SOCK_RAW),
    vsock=raw(socket.AF_VSOCK, socket.SOCK_STREAM),
    signals=signals,
    attaches=in_child(attaches),
    reads_memory=reads_memory,
    takes_descriptor=takes_descriptor,
    enters_mounts=in_child(enters("mnt")),
    enters_network=in_child(enters("net")),
    user_namespace=in_child(lambda: call("unshare", 0x10000000)),
    mount_namespace=in_child(lambda: call("unshare", 0x00020000)),
    mounts=in_child(lambda: call("mount", b"none", b"/mnt", b"tmpfs", 0, 0)),
    opens_tree=in_child(lambda: call("open_tree", -100, b"/", 1)),
    new_file_system=in_child(lambda: call("fsopen", b"tmpfs", 0)),
    new_root=in_child(lambda: call("chroot", b"/")),
    key=lambda: call("add_key", b"user", b"las-escape", b"x", 1, -2),
    keys=lambda: call("keyctl", 0, -3, 0),
    program_in_the_kernel=lambda: call("bpf", 0, struct.pack("IIII", 2, 4, 8, 1) + b"\0" * 112, 128),
    performance=lambda: call("perf", struct.pack("IIQ", 1, 128, 0) + b"\0" * 112, 0, -1, -1, 0),
    ring=lambda: call("uring", 4, b"\0" * 120),
    host_name=in_child(lambda: call("sethostname", socket.gethostname().encode(), len(socket.gethostname()))),
    kernel_log=lambda: call("syslog", 3, ctypes.create_string_buffer(64), 64),
    ports_of_the_machine=in_child(lambda: call("iopl", 3)),
    types=types,
)

for name, tried in TRIES.items():
    try:
        outcome = int(bool(tried()))
    except Exception:
        outcome = 0
    print("try", name, outcome, flush=True)
listening = socket.create_server(("127.0.0.1", at["port"])) if at["port"] else None
print("ready", flush=True)
time.sleep(86400)
