//! What was read before: believed exactly as long as nothing changed.

use super::{Fixture, text};
use crate::{Registry, Sources};
use las_types::{Code, Timestamp};
use std::path::PathBuf;

/// Long after everything was written.
fn later() -> Timestamp {
    Timestamp::now() + std::time::Duration::from_hours(1)
}

struct Kept {
    fixture: Fixture,
    now: Timestamp,
}

impl Kept {
    /// Forty modules, and the cache that the first load leaves.
    fn new() -> Self {
        let fixture = Fixture::new();
        fixture.artefact("one", "1.0.0");
        for number in 0..40 {
            let name = format!("m{number:02}");
            fixture.manifest(&format!("tool/{name}/1.0.0.yaml"), &text(&name, "1.0.0", "one", ""));
        }
        let kept = Self { fixture, now: later() };
        let (registry, bytes) = kept.load();
        assert_eq!(registry.modules().count(), 40);
        std::fs::write(kept.cache(), bytes.unwrap()).unwrap();
        kept
    }

    fn cache(&self) -> PathBuf {
        self.fixture.0.path().join("cache")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.fixture.0.path().join(format!("registry/tool/{name}/1.0.0.yaml"))
    }

    fn load(&self) -> (Registry, Option<Vec<u8>>) {
        let artefacts = crate::Artefacts::load(&self.fixture.0.path().join("builtin")).unwrap();
        let cache = self.cache();
        let sources = Sources::builtin(&self.fixture.0.path().join("registry"), &artefacts);
        Registry::gather(&Sources { cache: Some(&cache), now: self.now, ..sources })
    }

    /// What is loaded with the cache must be what is loaded without it.
    fn same(&self) -> (Registry, Option<Vec<u8>>) {
        let artefacts = crate::Artefacts::load(&self.fixture.0.path().join("builtin")).unwrap();
        let plain = Registry::load(&self.fixture.0.path().join("registry"), &artefacts);
        let (registry, bytes) = self.load();
        let all = |registry: &Registry| registry.modules().cloned().collect::<Vec<_>>();
        assert_eq!(all(&registry), all(&plain));
        let rejected = |registry: &Registry| format!("{:?}", registry.rejected());
        assert_eq!(rejected(&registry), rejected(&plain));
        (registry, bytes)
    }
}

#[test]
fn what_was_kept_is_what_would_be_read() {
    let kept = Kept::new();
    let (registry, bytes) = kept.same();
    assert!(bytes.is_none(), "nothing was read anew");
    let name = "m07".parse().unwrap();
    assert_eq!(registry.releases(&name)[0].path, "tool/m07/1.0.0.yaml");
    // Proof that it is the cache that answers: a manifest that nothing else could have.
    let bytes = std::fs::read(kept.cache()).unwrap();
    assert!(bytes.windows(3).any(|part| part == b"m39"));
}

#[test]
fn a_changed_an_added_and_a_removed_file_are_never_missed() {
    let kept = Kept::new();
    let path = kept.file("m03");
    let before = std::fs::metadata(&path).unwrap();
    // The same length, and the time of modification put back: still another content.
    std::fs::write(&path, text("m03", "1.0.0", "one", "").replace("A tool.", "B tool.")).unwrap();
    std::fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(before.modified().unwrap())
        .unwrap();
    kept.fixture.manifest("tool/new/1.0.0.yaml", &text("new", "1.0.0", "one", ""));
    std::fs::remove_file(kept.file("m05")).unwrap();
    kept.fixture.manifest("tool/m06/1.0.0.yaml", "name: [");
    std::fs::remove_dir_all(kept.file("m08").parent().unwrap()).unwrap();
    let (registry, _) = kept.same();
    let find = |name: &str| registry.find(&name.parse().unwrap());
    assert_eq!(find("m03").unwrap().description, "B tool.");
    assert!(find("new").is_ok() && find("m04").is_ok());
    assert_eq!(find("m05").unwrap_err().code, Code::ModuleNotFound);
    assert_eq!(find("m06").unwrap_err().code, Code::ManifestInvalid);
    assert_eq!(find("m08").unwrap_err().code, Code::ModuleNotFound);
}

#[test]
fn other_artefacts_make_what_was_kept_worthless() {
    let kept = Kept::new();
    kept.fixture.artefact("one", "2.0.0");
    let (registry, _) = kept.same();
    assert_eq!(registry.modules().count(), 0);
    assert_eq!(registry.rejected().len(), 40);
}

#[test]
fn every_damaged_and_every_foreign_cache_is_ignored() {
    let kept = Kept::new();
    let whole = std::fs::read(kept.cache()).unwrap();
    let step = whole.len() / 23;
    for at in (0..64).step_by(7).chain((64..whole.len()).step_by(step)) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        std::fs::write(kept.cache(), damaged).unwrap();
        let (registry, bytes) = kept.load();
        assert_eq!((registry.names().count(), bytes.is_some()), (40, true), "byte {at}");
    }
    for cut in [0, 7, 40, 47, 48, whole.len() - 1] {
        std::fs::write(kept.cache(), &whole[..cut]).unwrap();
        assert_eq!(kept.load().0.modules().count(), 40, "cut at {cut}");
    }
    // Whole, and of another build.
    let build = env!("LAS_REGISTRY_SOURCES").as_bytes();
    let at = whole.windows(build.len()).position(|part| part == build).unwrap();
    let mut foreign = whole.clone();
    foreign[at] = if foreign[at] == b'0' { b'1' } else { b'0' };
    let digest = *las_types::Digest::of(&foreign[40..]).bytes();
    foreign[8..40].copy_from_slice(&digest);
    std::fs::write(kept.cache(), foreign).unwrap();
    assert!(kept.same().1.is_some(), "made again");
}

#[test]
fn what_changed_a_moment_ago_is_not_kept() {
    let kept = Kept::new();
    std::fs::remove_file(kept.cache()).unwrap();
    let now = Kept { now: Timestamp::now(), ..kept };
    assert!(now.load().1.is_none());
    // A clock that was put back trusts nothing either.
    let past = Kept { now: Timestamp::UNIX_EPOCH, ..now };
    assert!(past.load().1.is_none());
    assert_eq!(past.same().0.modules().count(), 40);
}

#[test]
fn few_manifests_are_read_and_not_kept() {
    let fixture = super::fixture();
    let kept = Kept { fixture, now: later() };
    let (registry, bytes) = kept.load();
    assert_eq!((registry.modules().count(), bytes), (3, None));
}
