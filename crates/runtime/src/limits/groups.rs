//! Control groups, in the first version, the second, or both at once.

use super::Wanted;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// Which of the hierarchies that this machine has hold what, each with the folder of the group that this process is in.
#[derive(Debug, Default)]
pub(super) struct Groups {
    v1: BTreeMap<String, PathBuf>,
    v2: Option<PathBuf>,
}

/// A group that was made for a service.
#[derive(Debug)]
pub(super) struct Group {
    folder: PathBuf,
    /// That which the keeper came from.
    home: PathBuf,
}

impl Groups {
    pub(super) fn of_this_process() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        Self::read(&read("/proc/self/mountinfo"), &read("/proc/self/cgroup"))
    }

    /// From what the kernel says of its mounts and of the groups of this process.
    fn read(mounts: &str, own: &str) -> Self {
        let mut groups = Self::default();
        for line in own.lines() {
            let mut fields = line.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
            let path = path.trim_start_matches('/');
            if controllers.is_empty() {
                groups.v2 = mounted(mounts, "cgroup2", None).map(|mount| mount.join(path));
            }
            for controller in controllers.split(',').filter(|name| !name.is_empty()) {
                if let Some(mount) = mounted(mounts, "cgroup", Some(controller)) {
                    groups.v1.insert(controller.to_owned(), mount.join(path));
                }
            }
        }
        groups
    }

    /// Removes those of a mark, which nothing is in any more.
    pub(super) fn remove(&self, mark: &str) {
        for home in self.v1.values().chain(&self.v2) {
            let group = Group { folder: home.join(name(mark)), home: home.clone() };
            if group.folder.is_dir() {
                group.remove();
            }
        }
    }

    /// Makes a group with this limit and enters it. Those that were made for other limits are shared.
    pub(super) fn enter(&self, wanted: &Wanted, mark: &str, made: &mut Vec<Group>) -> io::Result<()> {
        let name = name(mark);
        if let Some(home) = self.v2.as_ref().filter(|home| offers(home, wanted.controller)) {
            delegate(home, wanted.controller)?;
            let (file, text) = &wanted.v2;
            return enter(home, &name, &[(*file, text.clone())], made);
        }
        let home = self.v1.get(wanted.controller).ok_or(io::ErrorKind::NotFound)?;
        enter(home, &name, &wanted.v1, made)
    }
}

fn name(mark: &str) -> String {
    format!("localaistack-{mark}")
}

/// Where a hierarchy lies: the fields of a line before ` - ` end with its options, those behind begin with its kind.
fn mounted(mounts: &str, kind: &str, controller: Option<&str>) -> Option<PathBuf> {
    mounts.lines().find_map(|line| {
        let (before, behind) = line.split_once(" - ")?;
        let mut behind = behind.split_whitespace();
        let is_it = behind.next() == Some(kind)
            && controller
                .is_none_or(|name| behind.nth(1).is_some_and(|all| all.split(',').any(|one| one == name)));
        is_it.then(|| before.split_whitespace().nth(4)).flatten().map(PathBuf::from)
    })
}

/// Whether a group of the second version can hand a controller on.
fn offers(home: &Path, controller: &str) -> bool {
    let offered = fs::read_to_string(home.join("cgroup.controllers")).unwrap_or_default();
    offered.split_whitespace().any(|one| one == controller)
}

/// Hands a controller on to the groups below; refused where processes are in this one, unless it is the first of all.
fn delegate(home: &Path, controller: &str) -> io::Result<()> {
    let path = home.join("cgroup.subtree_control");
    let handed = fs::read_to_string(&path)?;
    if handed.split_whitespace().any(|one| one == controller) {
        return Ok(());
    }
    write(&path, &format!("+{controller}"))
}

fn enter(home: &Path, name: &str, limits: &[(&str, String)], made: &mut Vec<Group>) -> io::Result<()> {
    let group = Group { folder: home.join(name), home: home.to_owned() };
    let known = made.iter().any(|other| other.folder == group.folder);
    if !known {
        match fs::create_dir(&group.folder) {
            // Its own, of the program before: nobody else knows the mark.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made?,
        }
    }
    let entered = limits
        .iter()
        .try_for_each(|(file, text)| write(&group.folder.join(file), text))
        .and_then(|()| write(&group.folder.join("cgroup.procs"), &std::process::id().to_string()));
    match entered {
        Ok(()) if known => Ok(()),
        Ok(()) => {
            made.push(group);
            Ok(())
        }
        Err(error) => {
            if !known {
                group.remove();
            }
            Err(error)
        }
    }
}

/// Files of the kernel's are written as they are, and nothing of them lasts.
fn write(path: &Path, text: &str) -> io::Result<()> {
    io::Write::write_all(&mut fs::OpenOptions::new().write(true).open(path)?, text.as_bytes())
}

impl Group {
    /// Puts this process back where it came from.
    pub(super) fn leave(&self) {
        let back = write(&self.home.join("cgroup.procs"), &std::process::id().to_string());
        if let Err(error) = back {
            tracing::warn!(%error, "a keeper stays among what it keeps");
        }
    }

    /// Removes it; a process that has just ended may be in it for a moment more.
    pub(super) fn remove(&self) {
        const TRIES: u32 = 50;
        for _ in 0..TRIES {
            match fs::remove_dir(&self.folder) {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => sleep(Duration::from_millis(10)),
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Groups;
    use std::path::PathBuf;

    #[test]
    fn hierarchies_of_both_versions_are_found_with_the_own_group_in_each() {
        let mounts = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n\
                      32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n\
                      41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n\
                      1 1 0:1 / / rw - ext4 /dev/vda rw\n";
        let own = "5:cpu,cpuacct:/a\n4:memory:/process/1\n3:pids:/\n0::/user.slice/b\n";
        let groups = Groups::read(mounts, own);
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(groups.v2, path("/sys/fs/cgroup/unified/user.slice/b"));
        let found = |name: &str| groups.v1.get(name).cloned();
        assert_eq!(found("memory"), path("/sys/fs/cgroup/memory/process/1"));
        assert_eq!(found("cpu"), path("/sys/fs/cgroup/cpu,cpuacct/a"));
        // It has a group, and nobody mounted its hierarchy.
        assert_eq!(found("pids"), None);
        let none = Groups::read("", "");
        assert!(none.v1.is_empty() && none.v2.is_none());
    }
}
