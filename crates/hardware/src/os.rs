//! The operating system.

use crate::Roots;
use las_types::OperatingSystem;

/// Where the C library lies, by the distributions' habits.
const LIBRARIES: [&str; 5] = [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
    "/lib/libc.so.6",
];
/// How it names itself, in the text that it prints when it is run:
/// `GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.`
const BANNER: &[u8] = b"GNU C Library (";

/// The C library's name and version, by the text within it.
fn library(roots: &Roots) -> Option<String> {
    let bytes = LIBRARIES.iter().find_map(|path| std::fs::read(roots.path(path)).ok())?;
    let begin = memchr::memmem::find(&bytes, BANNER)?;
    let rest = bytes.get(begin..)?;
    let line = rest.split(|byte| matches!(byte, b'\n' | 0)).next()?;
    let version = std::str::from_utf8(line).ok()?.rsplit_once(" version ")?.1;
    Some(format!("glibc {}", version.trim_end_matches('.')))
}

pub(crate) fn operating_system(roots: &Roots) -> OperatingSystem {
    let text =
        roots.text("/etc/os-release").or_else(|| roots.text("/usr/lib/os-release")).unwrap_or_default();
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.trim().trim_matches(['"', '\'']).to_owned())
    };
    // The kernel's own file comes first: it is below the root, uname is not.
    let kernel = roots
        .text("/proc/sys/kernel/osrelease")
        .unwrap_or_else(|| rustix::system::uname().release().to_string_lossy().into_owned());
    OperatingSystem {
        name: field("PRETTY_NAME").or_else(|| field("NAME")).unwrap_or_else(|| "Linux".to_owned()),
        // The default that os-release(5) gives.
        id: field("ID").unwrap_or_else(|| "linux".to_owned()),
        version: field("VERSION_ID").unwrap_or_default(),
        kernel,
        libc: library(roots),
    }
}
