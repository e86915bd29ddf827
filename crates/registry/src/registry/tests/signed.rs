//! Registries of others: who vouches for them, and which comes first.

use super::{Fixture, text};
use crate::{Artefacts, Registry, Root, Seen, Sources, Standing, Unsigned};
use las_types::{Code, Digest, Origin, Timestamp};
use minisign::KeyPair;
use std::collections::BTreeMap;
use std::path::PathBuf;

const NOW: &str = "2026-11-21T12:00:00Z";
const EXPIRES: &str = "2026-12-21T12:00:00Z";

/// The application's registry, an organisation's beside it, and its keys.
struct Signed {
    fixture: Fixture,
    pair: KeyPair,
    now: Timestamp,
    unsigned: Unsigned,
    seen: BTreeMap<String, Seen>,
}

impl Signed {
    fn new() -> Self {
        let fixture = super::fixture();
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let signed = Self {
            fixture,
            pair,
            now: NOW.parse().unwrap(),
            unsigned: Unsigned::Allowed,
            seen: BTreeMap::new(),
        };
        for (path, name, version) in
            [("tool/a/1.0.0.yaml", "a", "1.0.0"), ("tool/o/1.9.0.yaml", "o", "1.9.0")]
        {
            let artefact = if version == "1.0.0" { "one" } else { "three" };
            signed.write(path, &text(name, version, artefact, ""));
        }
        signed.trust("keys", &signed.pair);
        signed.sign(7, EXPIRES);
        signed
    }

    fn root(&self) -> PathBuf {
        self.fixture.0.path().join("organisation")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn trust(&self, folder: &str, pair: &KeyPair) {
        let folder = self.fixture.0.path().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("ours.pub"), pair.pk.to_box().unwrap().into_string()).unwrap();
    }

    fn index(&self, version: u64, expires: &str) -> String {
        let listed = |path: &str| {
            let bytes = std::fs::read(self.root().join(path)).unwrap();
            serde_json::json!({ "path": path, "sha256": Digest::of(&bytes).hex(), "size": bytes.len() })
        };
        let manifests = ["tool/a/1.0.0.yaml", "tool/o/1.9.0.yaml"].map(listed);
        serde_json::json!({
            "schema": 1, "name": "example", "version": version, "expires": expires, "manifests": manifests,
        })
        .to_string()
    }

    /// Writes an index and signs it.
    fn sign(&self, version: u64, expires: &str) {
        self.sign_text(&self.index(version, expires), &self.pair);
    }

    fn sign_text(&self, index: &str, pair: &KeyPair) {
        let signature = minisign::sign(None, &pair.sk, index.as_bytes(), Some("index"), None).unwrap();
        self.write("index.json", index);
        self.write("index.json.minisig", &signature.into_string());
    }

    fn load(&self) -> Registry {
        let below = |name: &str| self.fixture.0.path().join(name);
        let artefacts = Artefacts::load(&below("builtin")).unwrap();
        let keys = vec![below("keys")];
        let roots = vec![
            Root { origin: Origin::User, path: below("user"), keys: keys.clone() },
            Root { origin: Origin::Organisation, path: self.root(), keys },
            Root::builtin(below("registry")),
        ];
        let seen = self.seen.clone();
        Registry::gather(&Sources {
            roots,
            artefacts: &artefacts,
            cache: None,
            now: self.now,
            unsigned: self.unsigned,
            seen,
        })
        .0
    }

    /// Why nothing of the organisation's registry was loaded.
    fn refusal(&self) -> Code {
        let registry = self.load();
        assert!(registry.find(&"o".parse().unwrap()).is_err());
        assert_eq!(registry.versions(&"a".parse().unwrap()).len(), 3, "the others stay");
        assert!(registry.releases(&"a".parse().unwrap()).iter().all(|one| one.origin == Origin::Builtin));
        let Standing::Refused(failure) = &registry.roots()[1].standing else {
            panic!("{:?}", registry.roots()[1].standing)
        };
        failure.code
    }
}

#[test]
fn a_signed_registry_is_believed_and_says_who_signed_it() {
    let signed = Signed::new();
    let registry = signed.load();
    assert!(registry.rejected().is_empty(), "{:?}", registry.rejected());
    let standings: Vec<&Standing> = registry.roots().iter().map(|one| &one.standing).collect();
    let [Standing::Absent, Standing::Signed { key, index, .. }, Standing::Shipped] = standings[..] else {
        panic!("{standings:?}")
    };
    assert_eq!((key.as_str(), index.name.as_str(), index.version), ("ours", "example", 7));
    assert_eq!(registry.find(&"o".parse().unwrap()).unwrap().version.to_string(), "1.9.0");
}

#[test]
fn of_the_same_version_the_first_registry_counts_and_says_what_it_hides() {
    let mut signed = Signed::new();
    let user = signed.fixture.0.path().join("user/tool/a");
    std::fs::create_dir_all(&user).unwrap();
    std::fs::write(user.join("1.0.0.yaml"), text("a", "1.0.0", "one", "license: MIT\n")).unwrap();
    let registry = signed.load();
    let name = "a".parse().unwrap();
    let origins: Vec<_> = registry
        .releases(&name)
        .iter()
        .map(|one| (one.version.to_string(), one.origin, &one.hides[..]))
        .collect();
    assert_eq!(
        origins,
        [
            ("1.10.0".to_owned(), Origin::Builtin, &[][..]),
            ("1.9.0".to_owned(), Origin::Builtin, &[][..]),
            ("1.0.0".to_owned(), Origin::User, &[Origin::Organisation, Origin::Builtin][..]),
        ]
    );
    assert_eq!(registry.versions(&name)[2].license.as_deref(), Some("MIT"));
    assert_eq!(registry.releases(&name)[2].path, user.join("1.0.0.yaml").display().to_string());
    assert!(matches!(registry.roots()[0].standing, Standing::Unsigned));
    // Where policies want signatures, it is as if it weren't there, and says so.
    signed.unsigned = Unsigned::Refused;
    let registry = signed.load();
    assert_eq!(registry.releases(&name)[2].origin, Origin::Organisation);
    let Standing::Refused(failure) = &registry.roots()[0].standing else { panic!() };
    assert_eq!(failure.code, Code::RegistryUnsigned);
}

#[test]
fn every_flipped_byte_of_index_and_signature_is_noticed() {
    let signed = Signed::new();
    for (name, step) in [("index.json", 7), ("index.json.minisig", 1)] {
        let path = signed.root().join(name);
        let whole = std::fs::read(&path).unwrap();
        // The first line of a signature is a comment that nothing vouches for and nothing reads.
        let begin =
            if name == "index.json" { 0 } else { whole.iter().position(|byte| *byte == b'\n').unwrap() };
        let end = whole.trim_ascii_end().len();
        for at in (begin..end).step_by(step) {
            for bit in [1, 0x20] {
                let mut flipped = whole.clone();
                flipped[at] ^= bit;
                std::fs::write(&path, flipped).unwrap();
                let code = signed.refusal();
                let expected = [Code::RegistrySignatureInvalid, Code::RegistryUntrusted, Code::IoFailed];
                assert!(expected.contains(&code), "{name}, byte {at}: {code}");
            }
        }
        std::fs::write(&path, whole).unwrap();
    }
    assert!(signed.load().find(&"o".parse().unwrap()).is_ok());
}

#[test]
fn what_nobody_trusted_signed_is_refused() {
    let signed = Signed::new();
    let stranger = KeyPair::generate_unencrypted_keypair().unwrap();
    signed.sign_text(&signed.index(8, EXPIRES), &stranger);
    assert_eq!(signed.refusal(), Code::RegistryUntrusted);
    signed.trust("keys", &stranger);
    assert!(signed.load().find(&"o".parse().unwrap()).is_ok());
    std::fs::remove_file(signed.root().join("index.json.minisig")).unwrap();
    assert_eq!(signed.refusal(), Code::RegistrySignatureInvalid);
    std::fs::remove_file(signed.fixture.0.path().join("keys/ours.pub")).unwrap();
    signed.sign(9, EXPIRES);
    assert_eq!(signed.refusal(), Code::RegistryUntrusted);
    std::fs::write(signed.fixture.0.path().join("keys/broken.pub"), "no key").unwrap();
    let registry = signed.load();
    assert_eq!(registry.rejected()[0].failure.code, Code::RegistryKeyInvalid);
}

#[test]
fn an_older_an_expired_and_a_removed_index_are_refused() {
    let mut signed = Signed::new();
    let path = signed.root().display().to_string();
    signed.seen.insert(path.clone(), Seen { name: "example".into(), version: 7 });
    assert!(signed.load().find(&"o".parse().unwrap()).is_ok(), "the same again");
    signed.sign(6, EXPIRES);
    assert_eq!(signed.refusal(), Code::RegistryRolledBack);
    signed.sign(8, EXPIRES);
    assert!(signed.load().find(&"o".parse().unwrap()).is_ok());
    signed.sign_text(&signed.index(8, EXPIRES).replace("example", "another"), &signed.pair);
    assert_eq!(signed.refusal(), Code::RegistryRolledBack);
    for name in ["index.json", "index.json.minisig"] {
        std::fs::remove_file(signed.root().join(name)).unwrap();
    }
    assert_eq!(signed.refusal(), Code::RegistryRolledBack);
    signed.sign(8, NOW);
    assert_eq!(signed.refusal(), Code::RegistryExpired);
}

#[test]
fn an_index_of_another_form_is_refused_with_its_line() {
    let signed = Signed::new();
    let good = signed.index(7, EXPIRES);
    for bad in [
        good.replace("\"schema\":1", "\"schema\":2"),
        good.replace("\"name\"", "\"script\":1,\"name\""),
        good.replace("tool/a/", "../a/"),
        good.replace("tool/o/1.9.0.yaml", "tool/a/1.0.0.yaml"),
        good.replace(EXPIRES, "soon"),
        good[..good.len() - 1].to_owned(),
    ] {
        signed.sign_text(&bad, &signed.pair);
        assert_eq!(signed.refusal(), Code::RegistryIndexInvalid, "{bad}");
    }
}

#[test]
fn a_file_that_is_not_what_the_index_says_is_refused_by_name() {
    let signed = Signed::new();
    signed.write("tool/a/1.0.0.yaml", &text("a", "1.0.0", "one", "license: MIT\n"));
    std::fs::remove_file(signed.root().join("tool/o/1.9.0.yaml")).unwrap();
    signed.write("tool/x/1.0.0.yaml", &text("x", "1.0.0", "one", ""));
    let registry = signed.load();
    let rejected: BTreeMap<&str, Code> =
        registry.rejected().iter().map(|one| (one.path.as_str(), one.failure.code)).collect();
    let path = |name: &str| signed.root().join(name).display().to_string();
    let (changed, gone, added) =
        (path("tool/a/1.0.0.yaml"), path("tool/o/1.9.0.yaml"), path("tool/x/1.0.0.yaml"));
    let expected = [
        (changed.as_str(), Code::ChecksumMismatch),
        (gone.as_str(), Code::FileNotFound),
        (added.as_str(), Code::ManifestUnlisted),
    ];
    assert_eq!(rejected, BTreeMap::from(expected));
    assert_eq!(registry.releases(&"a".parse().unwrap())[2].origin, Origin::Builtin);
}
