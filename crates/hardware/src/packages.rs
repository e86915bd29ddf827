//! The packages of the operating system, by the database of what installs them.

use crate::Roots;
use las_types::{PackageName, PackageSystem, SystemPackages};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// What is installed; read when it is first asked for, and not again.
pub struct Packages {
    roots: Roots,
    read: OnceLock<Option<(PackageSystem, BTreeSet<String>)>>,
}

impl Packages {
    /// Of the machine whose files are below `roots`.
    pub fn at(roots: Roots) -> Self {
        Self { roots, read: OnceLock::new() }
    }

    /// Of this machine.
    pub fn system() -> Self {
        Self::at(Roots::system())
    }

    fn read(&self) -> Option<&(PackageSystem, BTreeSet<String>)> {
        let read = || {
            dpkg(&self.roots)
                .map(|names| (PackageSystem::Dpkg, names))
                .or_else(|| pacman(&self.roots).map(|names| (PackageSystem::Pacman, names)))
                .or_else(|| apk(&self.roots).map(|names| (PackageSystem::Apk, names)))
        };
        self.read.get_or_init(read).as_ref()
    }
}

impl SystemPackages for Packages {
    fn system(&self) -> Option<PackageSystem> {
        self.read().map(|(system, _)| *system)
    }

    fn has(&self, name: &PackageName) -> bool {
        self.read().is_some_and(|(_, names)| names.contains(name.as_str()))
    }
}

/// A name of a list of what is provided, without its version: `mta (= 1)`, `so:libc.so=1`.
fn bare(provided: &str) -> &str {
    provided.trim().split([' ', '(', '=', '<', '>']).next().unwrap_or_default()
}

/// One paragraph a package: `Package`, `Status` with `installed` as its last word, `Provides`.
fn dpkg(roots: &Roots) -> Option<BTreeSet<String>> {
    let text = roots.text("/var/lib/dpkg/status")?;
    let mut names = BTreeSet::new();
    for paragraph in text.split("\n\n") {
        let field = |name: &str| {
            paragraph.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
        };
        if !field("Status").is_some_and(|status| status.split(' ').next_back() == Some("installed")) {
            continue;
        }
        names.extend(field("Package").map(str::to_owned));
        names.extend(field("Provides").unwrap_or_default().split(',').map(|one| bare(one).to_owned()));
    }
    Some(names)
}

/// One folder a package, with `desc` in it: `%NAME%` and `%PROVIDES%`, their values line by line below.
fn pacman(roots: &Roots) -> Option<BTreeSet<String>> {
    let root = "/var/lib/pacman/local";
    let folders = roots.names(root);
    if folders.is_empty() {
        return None;
    }
    let mut names = BTreeSet::new();
    for folder in folders {
        let text = roots.text(format!("{root}/{folder}/desc")).unwrap_or_default();
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
    let text = roots.text("/lib/apk/db/installed")?;
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
