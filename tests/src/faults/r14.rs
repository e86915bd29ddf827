//! R14: the same wish on the same machine is the same plan, whatever surrounds it.

use super::{Report, Run};
use crate::{Catalogue, Ran, Workstation};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a locale or a time zone could change an order, a number or a letter.
const LOCALES: [&str; 7] =
    ["C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "zh_CN.UTF-8", "ar_EG.UTF-8", "nowhere"];
const ZONES: [&str; 5] = ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "nowhere"];
const UMASKS: [&str; 4] = ["0000", "0002", "0027", "0077"];
/// What is asked for; the rest comes because these need it.
const WANTED: [&str; 3] = ["m00", "m07@<2", "m03"];
/// One plan in so many is carried out as well.
const CARRIED_OUT: u64 = 4;

/// What may differ.
struct Surroundings {
    order: u64,
    locale: &'static str,
    zone: &'static str,
    umask: &'static str,
    cores: &'static str,
    carried_out: bool,
}

impl Surroundings {
    fn plain() -> Self {
        Self { order: 0, locale: "C", zone: "UTC", umask: "0022", cores: "0", carried_out: true }
    }

    fn drawn(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        Self {
            order: random.u64(..),
            locale: LOCALES[random.usize(..LOCALES.len())],
            zone: ZONES[random.usize(..ZONES.len())],
            umask: UMASKS[random.usize(..UMASKS.len())],
            cores: if random.bool() { "0" } else { "0-1" },
            carried_out: seed.is_multiple_of(CARRIED_OUT),
        }
    }

    /// A command of `las` in them.
    fn las(&self, machine: &Workstation, arguments: &[&str]) -> Command {
        let las = machine.las_command(arguments);
        let script = format!("umask {} && exec taskset -c {} \"$@\"", self.umask, self.cores);
        let mut command = machine.command(Path::new("/bin/sh"), &["-c", &script, "sh"]);
        command.arg(las.get_program()).args(las.get_args());
        command.env("LANG", self.locale).env("LC_ALL", self.locale).env("TZ", self.zone);
        command
    }
}

/// A graph of modules that leaves the resolver something to choose.
fn catalogue(root: &Path) -> Catalogue {
    let catalogue = Catalogue::new(root);
    let mut random = fastrand::Rng::with_seed(14);
    for module in 0..12_u8 {
        for version in ["1.0.0", "1.1.0", "2.0.0"] {
            // Only later ones are needed, so that there is no circle.
            let needs: Vec<String> = (module + 1..12)
                .filter_map(|other| {
                    let constraint = ["", "@>=1.1", "@<2"][random.usize(..3)];
                    (random.u8(..4) == 0).then(|| format!("m{other:02}{constraint}"))
                })
                .collect();
            let name = format!("m{module:02}");
            let text = format!("{name} {version}\n");
            catalogue.add(&name, version, &needs, &[("data/text", text.as_bytes()), ("README", b"made")]);
        }
    }
    catalogue
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

/// The same files, made in another order: a folder in memory lists them in the order they were made.
fn shuffled(catalogue: &Catalogue, to: &Path, seed: u64) {
    let mut found = Vec::new();
    files(catalogue.root(), &mut found);
    found.sort();
    fastrand::Rng::with_seed(seed).shuffle(&mut found);
    for path in found {
        let target = to.join(path.strip_prefix(catalogue.root()).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        if path.is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(&path).unwrap(), target).unwrap();
        } else {
            std::fs::copy(path, target).unwrap();
        }
    }
}

/// Every file of the store with its mode and its bytes.
type Tree = Vec<(String, u32, Vec<u8>)>;

/// What came of it.
#[derive(PartialEq, Eq)]
struct Outcome {
    plan: String,
    /// The lock and the store, where it was carried out.
    root: Option<(String, Tree)>,
}

fn outcome(catalogue: &Catalogue, around: &Surroundings) -> Outcome {
    let machine = Workstation::in_memory().with_profile("box-64gb-no-gpu");
    let resources = machine.outside("resources");
    shuffled(catalogue, &resources, around.order);
    let machine = machine.with_resources(&resources);
    let words: Vec<&str> = [&["module", "plan"][..], &WANTED, &["--json"]].concat();
    let mut plan = Ran::run(around.las(&machine, &words)).ok().json();
    let id = plan["id"].as_str().unwrap().to_owned();
    // These two say which plan it is; everything else says what it does.
    let fields = plan.as_object_mut().unwrap();
    fields.shift_remove("id").unwrap();
    fields.shift_remove("made_at").unwrap();
    let root = around.carried_out.then(|| {
        Ran::run(around.las(&machine, &["apply", "--plan", &id, "--yes"])).ok();
        (Ran::run(around.las(&machine, &["generation", "export"])).ok().stdout, tree(&machine))
    });
    Outcome { plan: plan.to_string(), root }
}

fn tree(machine: &Workstation) -> Tree {
    use std::os::unix::fs::PermissionsExt as _;
    let kept = machine.contents().into_iter().filter(|path| path.starts_with("store/"));
    let read = |path: String| {
        let full = machine.home().join(&path);
        (path, full.metadata().unwrap().permissions().mode(), std::fs::read(full).unwrap())
    };
    kept.map(read).collect()
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let catalogue = catalogue(&folder.path().join("catalogue"));
    let reference = outcome(&catalogue, &Surroundings::plain());
    let steps = reference.plan.matches("store_add").count();
    assert!(steps > WANTED.len(), "a plan with something to choose: {}", reference.plan);
    let seeds = run.seeds(run.choose(20, 1000));
    let carried_out = seeds.iter().filter(|(_, seed)| Surroundings::drawn(*seed).carried_out).count();
    let report = run.each(seeds, |seed| {
        let found = outcome(&catalogue, &Surroundings::drawn(*seed));
        if found.plan != reference.plan {
            return Err(format!("another plan: {}\ninstead of: {}", found.plan, reference.plan));
        }
        if found.root.is_some() && found.root != reference.root {
            return Err("another state root from the same plan".to_owned());
        }
        Ok(())
    });
    let same = report.cases - report.failures.len();
    let figure =
        format!("{same} of {} plans byte-identical, {carried_out} carried out to equal roots", report.cases);
    Ok(report.with_figure(figure))
}
