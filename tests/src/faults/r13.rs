//! R13: whatever drifts is found, repaired or named, and then it is quiet.

use super::{Report, Run};
use crate::{CHAT_MODEL, Core, Workstation};
use rustix::process::{Signal, kill_process};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a drift may stay unseen.
const SEEN_WITHIN: Duration = Duration::from_secs(30);
/// How long it may take until it is quiet again; longer, it never is.
const QUIET_WITHIN: Duration = Duration::from_mins(1);
/// How many drifts one machine goes through.
const EACH: usize = 10;

/// Where nothing is left that would hold a repair back: how often one thing is repaired is what R13 counts.
const POLICY: &str = "  repairs: 1000000\n  repair: { strays: repair }\n";

/// One kind of damage.
#[derive(Clone, Copy, Debug)]
enum Drift {
    FileGone,
    FileFlipped,
    FileLonger,
    FileRights,
    FileExtra,
    FolderGone,
    BlobGone,
    BlobFlipped,
    NameElsewhere,
    Stray,
    RecordGone,
    RecordEdited,
    EngineKilled,
    EngineSocketGone,
    CoreSocketGone,
    AnchorEdited,
    RowEdited,
    PolicyEdited,
    ManifestEdited,
}

const ALL: [Drift; 19] = [
    Drift::FileGone,
    Drift::FileFlipped,
    Drift::FileLonger,
    Drift::FileRights,
    Drift::FileExtra,
    Drift::FolderGone,
    Drift::BlobGone,
    Drift::BlobFlipped,
    Drift::NameElsewhere,
    Drift::Stray,
    Drift::RecordGone,
    Drift::RecordEdited,
    Drift::EngineKilled,
    Drift::EngineSocketGone,
    Drift::CoreSocketGone,
    Drift::AnchorEdited,
    Drift::RowEdited,
    Drift::PolicyEdited,
    Drift::ManifestEdited,
];

/// A file as it was, put back by hand: what is only named stays until then.
struct Undo(PathBuf, Vec<u8>);

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(folder, &mut found);
    found
}

/// Puts other bytes in a file's place. A program that runs can't be written to, but it can be replaced.
fn rewrite(path: &Path, machine: &Workstation, bytes: &[u8]) {
    let other = machine.outside("rewritten");
    std::fs::write(&other, bytes).unwrap();
    std::fs::set_permissions(&other, std::fs::metadata(path).unwrap().permissions()).unwrap();
    std::fs::rename(other, path).unwrap();
}

fn flip(path: &Path, machine: &Workstation, random: &mut fastrand::Rng) {
    let mut bytes = std::fs::read(path).unwrap();
    let at = random.usize(..bytes.len());
    bytes[at] ^= 1 << random.u8(..8);
    rewrite(path, machine, &bytes);
}

/// Changes a file without replacing it, so that its times go back with it when that is undone.
fn edited(path: PathBuf, bytes: &[u8]) -> Undo {
    let before = std::fs::read(&path).unwrap();
    std::fs::write(&path, bytes).unwrap();
    Undo(path, before)
}

impl Drift {
    /// What it is found as.
    fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::FileGone | Self::FolderGone | Self::BlobGone | Self::NameElsewhere => &["item-missing"],
            Self::FileFlipped | Self::FileLonger | Self::BlobFlipped => &["item-damaged"],
            Self::FileRights => &["item-mode"],
            Self::FileExtra => &["item-extra"],
            Self::Stray => &["stray-file"],
            Self::RecordGone => &["generation-lock-missing"],
            Self::RecordEdited => &["generation-lock-edited"],
            Self::EngineKilled => &["service-killed"],
            Self::EngineSocketGone => &["service-unreachable"],
            Self::CoreSocketGone => &["core-socket-gone"],
            Self::AnchorEdited | Self::RowEdited => &["state-edited"],
            Self::PolicyEdited => &["policies-edited"],
            Self::ManifestEdited => &["registry-edited"],
        }
    }

    fn make(self, machine: &Workstation, core: &Core, random: &mut fastrand::Rng) -> Option<Undo> {
        let home = machine.home();
        let any = |folder: &str, random: &mut fastrand::Rng| {
            let found = below(&home.join(folder));
            found[random.usize(..found.len())].clone()
        };
        match self {
            Self::FileGone => std::fs::remove_file(any("store", random)).unwrap(),
            Self::FileFlipped => flip(&any("store", random), machine, random),
            Self::FileLonger => {
                let path = any("store", random);
                let mut bytes = std::fs::read(&path).unwrap();
                bytes.push(random.u8(..));
                rewrite(&path, machine, &bytes);
            }
            Self::FileRights => {
                use std::os::unix::fs::PermissionsExt as _;
                let path = any("store", random);
                let mode = [0o600, 0o777, 0o000, 0o640][random.usize(..4)];
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
            }
            Self::FileExtra => {
                let folder = any("store", random).parent().unwrap().to_owned();
                std::fs::write(folder.join(format!("extra-{:x}", random.u32(..))), "extra").unwrap();
            }
            Self::FolderGone => {
                let module = below(&home.join("store")).swap_remove(0);
                let below_store = module.strip_prefix(home.join("store")).unwrap();
                let folder: PathBuf = below_store.components().take(2).collect();
                std::fs::remove_dir_all(home.join("store").join(folder)).unwrap();
            }
            Self::BlobGone => std::fs::remove_file(any("models/blobs", random)).unwrap(),
            Self::BlobFlipped => flip(&any("models/blobs", random), machine, random),
            Self::NameElsewhere => {
                let name = any("models/builtin", random);
                std::fs::remove_file(&name).unwrap();
                std::os::unix::fs::symlink("../../nowhere", name).unwrap();
            }
            Self::Stray => {
                let place = ["store/nobody/1.0.0", "models/blobs/sha256", "staging"][random.usize(..3)];
                let folder = home.join(place);
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(folder.join(format!("stray-{:x}", random.u32(..))), "stray").unwrap();
            }
            Self::RecordGone => std::fs::remove_file(any("generations", random)).unwrap(),
            Self::RecordEdited => {
                let path = any("generations", random);
                let text = std::fs::read_to_string(&path).unwrap();
                std::fs::write(path, text.replacen("llama", "lemma", 1)).unwrap();
            }
            Self::EngineKilled => {
                kill_process(core.engine_process(CHAT_MODEL), Signal::KILL).unwrap();
            }
            Self::EngineSocketGone => {
                core.engine_process(CHAT_MODEL);
                std::fs::remove_file(home.join("services").join(CHAT_MODEL).join("run/engine.sock")).unwrap();
            }
            Self::CoreSocketGone => std::fs::remove_file(home.join("core.sock")).unwrap(),
            Self::AnchorEdited => return Some(edited(home.join("ledger.head"), b"{}\n")),
            Self::RowEdited => {
                // As somebody would who looks for a name in the file.
                let path = home.join("state.db");
                let mut bytes = std::fs::read(&path).unwrap();
                let name = CHAT_MODEL.as_bytes();
                for at in 0..bytes.len() - name.len() {
                    if bytes[at..].starts_with(name) {
                        bytes[at] = b'L';
                    }
                }
                return Some(edited(path, &bytes));
            }
            Self::PolicyEdited | Self::ManifestEdited => {
                let folder = if matches!(self, Self::PolicyEdited) { "policies" } else { "registry" };
                let found = below(&machine.resources().join(folder));
                let texts: Vec<_> = found
                    .into_iter()
                    .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
                    .collect();
                let path = texts[random.usize(..texts.len())].clone();
                // Added and removed again: a file that was changed and changed back was changed.
                std::fs::write(path.with_file_name("by-hand.yaml"), "# by hand\n").unwrap();
                return Some(Undo(path.with_file_name("by-hand.yaml"), Vec::new()));
            }
        }
        None
    }
}

impl Undo {
    fn undo(self) {
        if self.1.is_empty() {
            std::fs::remove_file(self.0).unwrap();
        } else {
            std::fs::write(self.0, self.1).unwrap();
        }
    }
}

/// Looks until there is something, or the time is over.
fn within<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        if let Some(found) = look() {
            return Some(found);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    None
}

fn keys(list: &Value, key: impl Fn(&Value) -> Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|one| key(one).as_str().map(str::to_owned)).collect()
}

/// What was put right so far.
fn put_right(view: &Value) -> Vec<String> {
    keys(&view["repaired"], |one| one["finding"]["key"].clone())
}

fn is_quiet(core: &Core) -> bool {
    let services = core.client().get("/v1/services").json();
    core.reconciled()["findings"] == serde_json::json!([]) && services[0]["state"] == "ready"
}

/// Times from the damage to the finding, and to the quiet after it.
#[derive(Default)]
struct Times {
    found: Vec<Duration>,
    quiet: Vec<Duration>,
}

fn one(
    drift: Drift,
    machine: &Workstation,
    core: &Core,
    random: &mut fastrand::Rng,
    times: &Mutex<Times>,
) -> Result<(), String> {
    let before = put_right(&core.reconciled()).len();
    let begun = Instant::now();
    let undo = drift.make(machine, core, random);
    let is_it = |key: &String| drift.kinds().contains(&key.as_str());
    let seen = || {
        let view = core.reconciled();
        let open = keys(&view["findings"], |one| one["key"].clone());
        (open.iter().any(is_it) || put_right(&view).iter().skip(before).any(is_it)).then_some(())
    };
    within(SEEN_WITHIN, seen).ok_or_else(|| format!("unseen: {drift:?}: {:#}", core.reconciled()))?;
    let found = begun.elapsed();
    if let Some(undo) = undo {
        undo.undo();
    }
    within(QUIET_WITHIN, || is_quiet(core).then_some(()))
        .ok_or_else(|| format!("unrepaired: {drift:?}: {:#}", core.reconciled()))?;
    let quiet = begun.elapsed();
    // Two passes later nothing has come back, and nothing more was done.
    let operations = core.operations();
    core.looks_again(2);
    if !is_quiet(core) || core.operations() != operations {
        return Err(format!("restless: {drift:?}: {:#}", core.reconciled()));
    }
    let mut times = times.lock().unwrap();
    times.found.push(found);
    times.quiet.push(quiet);
    Ok(())
}

fn seconds(sorted: &[Duration], part: f64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a short list"
    )]
    let at = ((sorted.len() as f64 * part).ceil() as usize).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default().as_secs_f64()
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let times = Mutex::new(Times::default());
    let machines = run.choose(2, 50);
    let each = run.choose(6, EACH);
    let report = run.each(run.seeds(machines), |seed| {
        let mut random = fastrand::Rng::with_seed(*seed);
        let machine = Workstation::in_memory().reconciling(POLICY);
        machine.install();
        let core = machine.serve();
        machine.las(&["service", "start", CHAT_MODEL]).ok();
        within(QUIET_WITHIN, || is_quiet(&core).then_some(())).ok_or("it does not come up")?;
        core.looks_again(2);
        let mut drifts = ALL.to_vec();
        random.shuffle(&mut drifts);
        drifts.into_iter().take(each).try_for_each(|drift| one(drift, &machine, &core, &mut random, &times))
    });
    let Times { mut found, mut quiet } = times.into_inner().map_err(|error| error.to_string())?;
    found.sort();
    quiet.sort();
    let asked = report.cases * each;
    let figure = format!(
        "{} of {asked} drifts found, repaired or named, and quiet after two passes; found after {:.1} s at most, quiet after {:.1} s (p95)",
        found.len(),
        seconds(&found, 1.0),
        seconds(&quiet, 0.95),
    );
    Ok(Report { cases: asked, ..report }.with_figure(figure))
}
