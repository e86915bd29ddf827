//! The files that a program sees.

use super::Sandbox;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where programs and libraries of the system lie.
const PROGRAMS: [&str; 9] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store"];

/// Files of the system that libraries read; none of them holds a secret.
const SETTINGS: [&str; 33] = [
    "alternatives",
    "ca-certificates",
    "ca-certificates.conf",
    "crypto-policies",
    "fonts",
    "gai.conf",
    "glvnd",
    "group",
    "host.conf",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "ld-musl-x86_64.path",
    "locale.alias",
    "locale.conf",
    "localtime",
    "magic",
    "mime.types",
    "netconfig",
    "nsswitch.conf",
    "OpenCL",
    "os-release",
    "passwd",
    "pki/ca-trust",
    "pki/tls",
    "protocols",
    "resolv.conf",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "timezone",
    "vulkan",
];

/// What says how many processors there are, and how they are arranged.
const ARRANGEMENT: &str = "/sys/devices/system";
/// Where libraries of AMD's lie.
const ROCM: &str = "/opt/rocm";
/// The user who is nobody: an administrator's programs are not to think that they are his.
const NOBODY: &str = "65534";

/// What every program may read and run, and what this one may.
pub(super) fn readable(sandbox: &Sandbox) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = PROGRAMS.iter().map(PathBuf::from).collect();
    all.extend(SETTINGS.iter().map(|name| Path::new("/etc").join(name)));
    if sandbox.gpu {
        all.extend(["/sys", ROCM].map(PathBuf::from));
    } else {
        all.push(ARRANGEMENT.into());
    }
    all.extend(sandbox.read.iter().map(PathBuf::from));
    all
}

/// The nodes of GPUs that there are.
pub(super) fn gpus() -> Vec<PathBuf> {
    let is_gpu = |name: &str| name.starts_with("nvidia") || matches!(name, "dri" | "kfd" | "dxg");
    let entries = std::fs::read_dir("/dev").into_iter().flatten().flatten();
    let gpus = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_gpu));
    gpus.map(|entry| entry.path()).collect()
}

/// The words with which `bwrap` gives a program this view of the machine.
pub(super) fn arguments(sandbox: &Sandbox, folder: &Path) -> Vec<OsString> {
    let mut words: Vec<OsString> = Vec::new();
    let mut say = |all: &[&dyn AsRef<std::ffi::OsStr>]| {
        words.extend(all.iter().map(|word| word.as_ref().to_owned()));
    };
    for flag in ["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    {
        say(&[&flag]);
    }
    if !sandbox.shares_network() {
        say(&[&"--unshare-net"]);
    }
    if rustix::process::geteuid().is_root() {
        say(&[&"--uid", &NOBODY, &"--gid", &NOBODY]);
    }
    say(&[&"--hostname", &"localhost", &"--die-with-parent", &"--cap-drop", &"ALL"]);
    say(&[&"--tmpfs", &"/tmp", &"--proc", &"/proc", &"--dev", &"/dev"]);
    for path in readable(sandbox) {
        match path.read_link() {
            // Links of the first level are that inside too; everything else is found where it is named.
            Ok(target) if path.parent() == Some(Path::new("/")) => say(&[&"--symlink", &target, &path]),
            _ => say(&[&"--ro-bind-try", &path, &path]),
        }
    }
    say(&[&"--ro-bind", &sandbox.helper, &sandbox.helper]);
    for path in &sandbox.write {
        say(&[&"--bind", &path, &path]);
    }
    if sandbox.gpu {
        for path in gpus() {
            say(&[&"--dev-bind-try", &path, &path]);
        }
    }
    say(&[&"--remount-ro", &"/", &"--chdir", &folder]);
    words
}

#[cfg(test)]
mod tests {
    use super::arguments;
    use crate::helpers::Helpers;
    use crate::sandbox::Sandbox;
    use las_types::NetworkAccess;
    use std::path::Path;

    fn words(ports: Vec<u16>, network: NetworkAccess, gpu: bool) -> String {
        let helpers = Helpers { keeper: "/opt/las-keeper".into(), bwrap: None };
        let sandbox = Sandbox {
            ports,
            network,
            gpu,
            ..Sandbox::of(&helpers, vec!["/home/ada/m.gguf".into()], vec!["/data/run".into()])
        };
        let words = arguments(&sandbox, Path::new("/data/run"));
        words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_program_sees_its_own_files_and_the_systems_and_no_other() {
        let said = words(Vec::new(), NetworkAccess::Own, false);
        assert!(said.contains("--ro-bind-try /home/ada/m.gguf /home/ada/m.gguf"), "{said}");
        assert!(said.contains(" --bind /data/run /data/run"), "{said}");
        assert!(said.ends_with("--remount-ro / --chdir /data/run"), "{said}");
        for never in [" /home ", " /root", "/run/user", "/var", " /etc ", "shadow", " /sys ", "--share"] {
            assert!(!said.contains(never), "{never} in {said}");
        }
    }

    #[test]
    fn a_program_without_ports_has_a_network_of_its_own() {
        let cut_off = |ports, network| words(ports, network, false).contains("--unshare-net");
        assert!(cut_off(Vec::new(), NetworkAccess::Own));
        assert!(!cut_off(vec![8080], NetworkAccess::Own));
        assert!(!cut_off(Vec::new(), NetworkAccess::Any));
        let helpers = Helpers { keeper: "/opt/las-keeper".into(), bwrap: None };
        let peers = Sandbox { peers: vec![6379], ..Sandbox::of(&helpers, Vec::new(), Vec::new()) };
        assert!(!arguments(&peers, Path::new("/")).iter().any(|word| word == "--unshare-net"));
    }
}
