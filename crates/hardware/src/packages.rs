//! The packages of the operating system, by the database of what installs them.

use crate::Roots;
use las_types::{PackageName, PackageSystem, SystemPackages};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// What is installed; read when it is asked for, and again when the database has changed.
pub struct Packages {
    roots: Roots,
    read: Mutex<Option<Read>>,
}

/// A database as it was read.
struct Read {
    system: PackageSystem,
    changed: SystemTime,
    names: BTreeSet<String>,
}

/// How a database is read, and the path whose time of change is that of the database.
type Reader = (PackageSystem, &'static str, fn(&Roots) -> Option<BTreeSet<String>>);

const READERS: [Reader; 3] = [
    (PackageSystem::Dpkg, DPKG, dpkg),
    (PackageSystem::Pacman, PACMAN, pacman),
    (PackageSystem::Apk, APK, apk),
];
const DPKG: &str = "/var/lib/dpkg/status";
const PACMAN: &str = "/var/lib/pacman/local";
const APK: &str = "/lib/apk/db/installed";

impl Packages {
    /// Of the machine whose files are below `roots`.
    pub fn at(roots: Roots) -> Self {
        Self { roots, read: Mutex::default() }
    }

    /// Of this machine.
    pub fn system() -> Self {
        Self::at(Roots::system())
    }

    fn look<T>(&self, look: impl FnOnce(&Read) -> T) -> Option<T> {
        let (system, changed, reader) = READERS.iter().find_map(|(system, path, reader)| {
            let changed = std::fs::metadata(self.roots.path(path)).and_then(|found| found.modified()).ok()?;
            Some((*system, changed, reader))
        })?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if !read.as_ref().is_some_and(|read| read.system == system && read.changed == changed) {
            *read = reader(&self.roots).map(|names| Read { system, changed, names });
        }
        read.as_ref().map(look)
    }
}

impl SystemPackages for Packages {
    fn system(&self) -> Option<PackageSystem> {
        self.look(|read| read.system)
    }

    fn has(&self, name: &PackageName) -> bool {
        self.look(|read| read.names.contains(name.as_str())) == Some(true)
    }
}

/// A name of a list of what is provided, without its version: `mta (= 1)`, `so:libc.so=1`.
fn bare(provided: &str) -> &str {
    provided.trim().split([' ', '(', '=', '<', '>']).next().unwrap_or_default()
}

/// One paragraph a package: `Package`, `Status` with `installed` as its last word, `Provides`.
fn dpkg(roots: &Roots) -> Option<BTreeSet<String>> {
    let text = roots.text(DPKG)?;
    let mut names = BTreeSet::new();
    for paragraph in text.split("\n\n") {
        let field = |name: &str| {
            paragraph.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
        };
        if field("Status").is_none_or(|status| status.split(' ').next_back() != Some("installed")) {
            continue;
        }
        names.extend(field("Package").map(str::to_owned));
        names.extend(field("Provides").unwrap_or_default().split(',').map(|one| bare(one).to_owned()));
    }
    Some(names)
}

/// One folder a package, with `desc` in it: `%NAME%` and `%PROVIDES%`, their values line by line below.
fn pacman(roots: &Roots) -> Option<BTreeSet<String>> {
    let folders = roots.names(PACMAN);
    if folders.is_empty() {
        return None;
    }
    let mut names = BTreeSet::new();
    for folder in folders {
        let text = roots.text(format!("{PACMAN}/{folder}/desc")).unwrap_or_default();
        for section in text.split("\n\n") {
            let mut lines = section.trim().lines();
            if matches!(lines.next(), Some("%NAME%" | "%PROVIDES%")) {
                names.extend(lines.map(|line| bare(line).to_owned()));
            }
        }
    }
    Some(names)
}

/// One paragraph a package: `P:` its name, `p:` what it provides.
fn apk(roots: &Roots) -> Option<BTreeSet<String>> {
    let text = roots.text(APK)?;
    let mut names = BTreeSet::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("P:") {
            names.insert(name.to_owned());
        } else if let Some(provided) = line.strip_prefix("p:") {
            names.extend(provided.split(' ').map(|one| bare(one).to_owned()));
        }
    }
    Some(names)
}
