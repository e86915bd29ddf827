//! R8: a data directory that may not be written, is missing, belongs to another, or leads elsewhere.

use super::changes::{Condition, Ready, Stage};
use super::judge::judge;
use super::{Report, Run};
use crate::process::Begun;
use crate::{LoopDisk, Ran, Tmpfs, Workstation};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Another user than the one who is root; it has no name here.
const NOBODY: &str = "65534";
/// What reads.
const READS: [&[&str]; 6] = [
    &["generation", "list"],
    &["module", "list"],
    &["status"],
    &["audit", "list"],
    &["operation", "list"],
    &["doctor"],
];
/// What lies in a data directory and can be taken away, or led elsewhere.
const PARTS: [&str; 12] = [
    "",
    "store",
    "models",
    "models/blobs",
    "models/blobs/sha256",
    "staging",
    "generations",
    "services",
    "logs",
    "state.db",
    "ledger.head",
    "core.lock",
];
/// How often in a release, and in a sample, power is taken from a disk in the middle of a change.
const ABORTS: (usize, usize) = (6, 100);
/// Of the others in a sample; a release has them all.
const SAMPLE: usize = 30;

enum Trouble {
    /// The file system is mounted read-only.
    ReadOnly,
    /// It gives up in the middle of a change.
    GivesUp(u64),
    /// Nothing says where the data directory is.
    Homeless,
    /// A part has no rights at all, for a user who is not root.
    NoRights(&'static str),
    /// A part belongs to another user.
    Foreign(&'static str),
    /// A part is a link to somewhere else.
    Linked(&'static str),
}

/// Refused: with a code and a status of its own, and no panic.
fn refused(ran: &Ran, codes: &[&str]) -> Result<(), String> {
    if ran.stderr.contains("panicked at") || ran.status.is_none_or(|status| status == 101) {
        return Err(format!("panicked: {ran}"));
    }
    // The doctor names what it found instead.
    let names = |report: serde_json::Value| report["findings"].as_array().is_some_and(|all| !all.is_empty());
    if ran.documents().pop().is_some_and(names) {
        return Ok(());
    }
    match ran.code() {
        Some(code) if ran.status != Some(0) && codes.contains(&code.as_str()) => Ok(()),
        _ => Err(format!("untyped: {ran}")),
    }
}

fn reads(machine: &Workstation, wanted: &Condition) -> Result<(), String> {
    for words in READS {
        let ran = machine.json(words);
        // The doctor answers too, and that nothing can be written is what it has to say.
        let says_why = words == ["doctor"] && ran.status == Some(1) && {
            let found = ran.json()["findings"].clone();
            found.as_array().is_some_and(|all| all.iter().all(|one| one["key"] == "disk-read-only"))
        };
        if ran.status != Some(0) && !says_why {
            return Err(format!("unanswered: {ran}"));
        }
    }
    match wanted.differs(&Condition::of(machine)) {
        Some(difference) => Err(format!("unreported: {difference}")),
        None => Ok(()),
    }
}

fn read_only(stage: &Stage, ready: &Ready) -> Result<(), String> {
    let disk = Tmpfs::mount(64 << 20)?;
    let machine = stage.machine().at(&disk.path().join("home"));
    assert!(ready.fits(&machine));
    disk.remount("ro")?;
    reads(&machine, &ready.old)?;
    refused(&machine.las(&ready.words()), &["permission-denied", "io-failed"])?;
    refused(&machine.json(&["doctor", "--repair"]), &["permission-denied", "io-failed"])?;
    disk.remount("rw")?;
    judge(&machine, ready, false)
}

fn gives_up(stage: &Stage, ready: &Ready, seed: u64) -> Result<(), String> {
    let disk = LoopDisk::new(48 << 20)?;
    let machine = stage.machine().at(&disk.path().join("home"));
    assert!(ready.fits(&machine));
    // The machine was on for a while: what was before is on the device.
    disk.sync()?;
    let begun = Begun::start(machine.las_command(&ready.words()));
    std::thread::sleep(std::time::Duration::from_micros(fastrand::Rng::with_seed(seed).u64(..120_000)));
    disk.abort()?;
    let ran = begun.wait();
    if ran.status != Some(0) {
        refused(&ran, &["permission-denied", "io-failed", "disk-full"])?;
    }
    // What is left is read from the device, as after a restart of the machine.
    let after = disk.image().mount()?;
    let machine = stage.machine().at(&after.path().join("home"));
    judge(&machine, ready, super::judge::acknowledged(&ran))
}

fn homeless(stage: &Stage) -> Result<(), String> {
    let machine = stage.machine();
    for words in [&["status", "--json"][..], &["module", "install", "saw", "--yes", "--json"]] {
        let mut command = machine.las_command(words);
        command.env_remove("HOME").env_remove("LAS_HOME");
        refused(&Ran::run(command), &["resource-missing"])?;
    }
    Ok(())
}

/// The same words by another user.
fn as_nobody(stage: &Stage, machine: &Workstation, words: &[&str]) -> Ran {
    let (program, profile) = stage.for_others();
    let ids = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")];
    let mut command = machine.command(Path::new("/usr/bin/setpriv"), &[&ids[0], &ids[1], "--clear-groups"]);
    command.arg(program).args(words).env("LAS_PROFILE", profile);
    Ran::run(command)
}

fn give(path: &Path, to: &str) {
    Ran::run({
        let mut command = Command::new("chown");
        command.args(["-R", "-h", &format!("{to}:{to}")]).arg(path);
        command
    })
    .ok();
}

/// A machine that another user may reach: only its data directory is closed.
fn reachable(stage: &Stage, ready: &Ready) -> Workstation {
    let machine = ready.machine(stage);
    let outside = machine.outside("");
    std::fs::set_permissions(&outside, std::fs::Permissions::from_mode(0o755)).unwrap();
    machine
}

/// A part of the data directory, or the directory itself.
fn part_of(machine: &Workstation, part: &str) -> PathBuf {
    if part.is_empty() { machine.home().to_owned() } else { machine.home().join(part) }
}

fn no_rights(stage: &Stage, ready: &Ready, part: &str) -> Result<(), String> {
    let machine = reachable(stage, ready);
    give(machine.home(), NOBODY);
    let path = part_of(&machine, part);
    let before = path.metadata().unwrap().permissions();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    for words in [&ready.words()[..], &["status", "--json"], &["doctor", "--json"]] {
        let ran = as_nobody(stage, &machine, words);
        // A part that is not needed for it does not stop it.
        if ran.status != Some(0) {
            refused(&ran, &["permission-denied", "io-failed"])?;
        }
    }
    std::fs::set_permissions(&path, before).unwrap();
    give(machine.home(), "0");
    judge(&machine, ready, false)
}

fn foreign(stage: &Stage, ready: &Ready, part: &str) -> Result<(), String> {
    let machine = reachable(stage, ready);
    let path = part_of(&machine, part);
    give(&path, NOBODY);
    let before = tree(machine.home());
    for words in [&ready.words()[..], &["doctor", "--json", "--repair"]] {
        refused(&machine.las(words), &["home-foreign"])?;
    }
    if tree(machine.home()) != before {
        return Err("written: into what belongs to another".to_owned());
    }
    give(machine.home(), "0");
    judge(&machine, ready, false)
}

fn linked(stage: &Stage, ready: &Ready, part: &str) -> Result<(), String> {
    let machine = ready.machine(stage);
    let (path, elsewhere) = (part_of(&machine, part), machine.outside("elsewhere"));
    std::fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    let before = tree(&elsewhere);
    for words in [&ready.words()[..], &["doctor", "--json", "--repair"], &["status", "--json"]] {
        let ran = machine.las(words);
        if words[0] != "status" || ran.status != Some(0) {
            refused(&ran, &["home-linked", "permission-denied", "io-failed"])?;
        }
    }
    if tree(&elsewhere) != before {
        return Err("written: through a link".to_owned());
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::rename(&elsewhere, &path).unwrap();
    judge(&machine, ready, false)
}

/// Every path with its bytes and its time of change.
fn tree(path: &Path) -> Vec<(PathBuf, std::time::SystemTime, Vec<u8>)> {
    let metadata = path.symlink_metadata().unwrap();
    if metadata.is_dir() {
        let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        let mut all: Vec<_> = entries.flat_map(|entry| tree(&entry)).collect();
        all.push((path.to_owned(), metadata.modified().unwrap(), Vec::new()));
        all.sort();
        return all;
    }
    let bytes = if metadata.is_file() { std::fs::read(path).unwrap() } else { Vec::new() };
    vec![(path.to_owned(), metadata.modified().unwrap(), bytes)]
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    if !rustix::process::geteuid().is_root() {
        return Err("only root can mount, and take another user's part".to_owned());
    }
    drop(Tmpfs::mount(1 << 20).map_err(|lacking| format!("no small disk can be mounted: {lacking}"))?);
    drop(LoopDisk::new(8 << 20).map_err(|lacking| format!("no disk can be made in a file: {lacking}"))?);
    let stage = Stage::new();
    stage.open_to_others();
    let wanted = run.choose(&["install-many-files", "remove", "rollback"][..], &[][..]);
    let changes = stage.changes().into_iter().filter(|change| change.name != "first-install");
    let changes = changes.filter(|change| wanted.is_empty() || wanted.contains(&change.name));
    let ready: Vec<Ready> = changes.map(|change| stage.ready(change)).collect();
    let mut cases = vec![("homeless".to_owned(), (0, Trouble::Homeless))];
    for (change, one) in ready.iter().enumerate() {
        let name = one.change.name;
        cases.push((format!("{name}/read-only"), (change, Trouble::ReadOnly)));
        // A machine on which nothing was changed yet has no anchor.
        let machine = one.machine(&stage);
        for part in PARTS.into_iter().filter(|part| part_of(&machine, part).exists()) {
            let shown = if part.is_empty() { "home" } else { part };
            cases.push((format!("{name}/no-rights/{shown}"), (change, Trouble::NoRights(part))));
            cases.push((format!("{name}/linked/{shown}"), (change, Trouble::Linked(part))));
            if part != "core.lock" {
                cases.push((format!("{name}/foreign/{shown}"), (change, Trouble::Foreign(part))));
            }
        }
    }
    let mut cases = run.sample(cases, run.choose(SAMPLE, usize::MAX));
    let aborts = run.seeds(run.choose(ABORTS.0, ABORTS.1));
    cases.extend(aborts.into_iter().map(|(name, seed)| {
        let change = usize::try_from(seed % ready.len() as u64).unwrap_or_default();
        (format!("gives-up/{name}"), (change, Trouble::GivesUp(seed)))
    }));
    let report = run.each(cases, |(change, trouble)| {
        let ready = &ready[*change];
        match trouble {
            Trouble::ReadOnly => read_only(&stage, ready),
            Trouble::GivesUp(seed) => gives_up(&stage, ready, *seed),
            Trouble::Homeless => homeless(&stage),
            Trouble::NoRights(part) => no_rights(&stage, ready, part),
            Trouble::Foreign(part) => foreign(&stage, ready, part),
            Trouble::Linked(part) => linked(&stage, ready, part),
        }
    });
    let figure = format!(
        "{} untyped, {} panics, {} reads unanswered, {} written where they must not be, {} lost or unreported",
        report.count("untyped"),
        report.count("panicked"),
        report.count("unanswered"),
        report.count("written"),
        report.count("lost")
            + report.count("unreported")
            + report.count("by hand")
            + report.count("not completed")
    );
    Ok(report.with_figure(figure))
}

#[cfg(test)]
mod tests {
    use super::tree;

    #[test]
    fn a_write_anywhere_below_shows() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        let before = tree(folder.path());
        assert_eq!(tree(folder.path()), before);
        std::fs::write(folder.path().join("a/b"), "x").unwrap();
        assert_ne!(tree(folder.path()), before);
    }
}
