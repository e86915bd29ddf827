#![expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]

mod connecting;
mod kept;
mod modes;
mod preparing;
mod signed;

use crate::{Artefacts, Registry};
use las_types::{ArtefactFile, ByteSize, Code, Digest, tree_digest};
use std::path::Path;

/// A temporary folder with `registry/` and `builtin/`.
struct Fixture(tempfile::TempDir);

impl Fixture {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn artefact(&self, name: &str, version: &str) {
        let files = vec![
            ArtefactFile {
                path: "m.gguf".into(),
                size: ByteSize::new(5),
                sha256: Digest::of(b"model").hex(),
                executable: false,
                link: None,
            },
            ArtefactFile {
                path: "run".into(),
                size: ByteSize::new(3),
                sha256: Digest::of(b"run").hex(),
                executable: true,
                link: None,
            },
        ];
        let index = serde_json::json!({
            "name": name, "version": version, "source": Digest::of(b"source"),
            "digest": tree_digest(&files), "files": files,
        });
        let folder = self.0.path().join("builtin").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("artefact.json"), index.to_string()).unwrap();
    }

    fn manifest(&self, path: &str, text: &str) {
        let path = self.0.path().join("registry").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn load(&self) -> Registry {
        let artefacts = Artefacts::load(&self.0.path().join("builtin")).unwrap();
        Registry::load(&self.0.path().join("registry"), &artefacts)
    }
}

fn text(name: &str, version: &str, artefact: &str, rest: &str) -> String {
    format!(
        "name: {name}\ncategory: tool\nversion: {version}\ndescription: A tool.\n\
         source: {{ kind: builtin, artefact: {artefact} }}\n{rest}"
    )
}

fn fixture() -> Fixture {
    let fixture = Fixture::new();
    for (name, version) in [("one", "1.0.0"), ("two", "1.10.0"), ("three", "1.9.0")] {
        fixture.artefact(name, version);
        fixture.manifest(&format!("tool/a/{version}.yaml"), &text("a", version, name, ""));
    }
    fixture
}

#[test]
fn versions_come_newest_first_and_requests_choose_among_them() {
    let fixture = fixture();
    fixture.manifest("schema/notes.yaml", "not a manifest");
    let registry = fixture.load();
    assert!(registry.rejected().is_empty(), "{:?}", registry.rejected());
    let name = "a".parse().unwrap();
    let versions: Vec<_> = registry.versions(&name).iter().map(|m| m.version.to_string()).collect();
    assert_eq!(versions, ["1.10.0", "1.9.0", "1.0.0"]);
    let find = |request: &str| registry.find(&request.parse().unwrap());
    assert_eq!(find("a").unwrap().version.to_string(), "1.10.0");
    assert_eq!(find("a@<1.10").unwrap().version.to_string(), "1.9.0");
    assert_eq!(find("a@1.0.0").unwrap().version.to_string(), "1.0.0");
    assert_eq!(find("a@>=2").unwrap_err().code, Code::ModuleConflict);
    assert_eq!(find("b").unwrap_err().code, Code::ModuleNotFound);
    assert_eq!(registry.modules().count(), 3);
}

#[test]
fn a_bad_manifest_is_set_aside_with_its_reason_and_line() {
    let checksum = |of: &[u8]| format!("integrity:\n  checksum: {}\n", Digest::of(of));
    let model = |file: &str, size: u32, of: &[u8]| {
        text("b", "1.0.0", "one", "").replace("tool", "model")
            + &format!(
                "model: {{ file: {file}, size: {size}, parameters: 1M, context: 8, abilities: [chat], origin: x }}\n{}",
                checksum(of)
            )
    };
    let plain = |rest: &str| text("b", "1.0.0", "one", rest);
    let served = |more: &str, ready: &str| {
        format!(
            "runtime: {{ modes: [native], program: run, service: {{ ports: {{ main: 6000 }}, {ready}, {more} }} }}\n"
        )
    };
    let cases = [
        (plain(""), None),
        (plain(&checksum(b"source")), None),
        (plain(&checksum(b"other")), Some((Code::ChecksumMismatch, None))),
        (plain("runtime: { modes: [native], preferred: native, program: run }\n"), None),
        (plain("runtime:\n  program: m.gguf\n"), Some((Code::ManifestInvalid, Some("7")))),
        (
            plain("runtime:\n  modes: [native]\n  preferred: container\n"),
            Some((Code::ManifestInvalid, Some("8"))),
        ),
        (
            plain("integrity:\n  signature: RWQf6LRCGA9i53ml\n"),
            Some((Code::ManifestSignatureUnverifiable, Some("7"))),
        ),
        (plain("install: rm -rf /\n"), Some((Code::ManifestInvalid, Some("6")))),
        (plain(&served("", "ready: { kind: tcp, port: main }")), None),
        (
            plain(&served(
                "alive: { kind: exec, program: bin/ask, arguments: ['${port.main}'] }",
                "ready: { kind: log, line: up }",
            )),
            None,
        ),
        (plain("hardware:\n  gpu:\n    vram: 8GB\n"), Some((Code::ManifestInvalid, Some("8")))),
        (plain("hardware:\n  gpu:\n    multi_gpu: yes\n"), Some((Code::ManifestInvalid, Some("8")))),
        (plain("model:\n"), None),
        (plain("dependencies: { runtime: [cuda>=12.1, glibc>=2.36], system: [cmake] }\n"), None),
        (plain("dependencies:\n  runtime:\n    - cudda>=12.1\n"), Some((Code::ManifestInvalid, Some("8")))),
        (
            plain("dependencies:\n  system:\n    - cmake\n    - a; rm\n"),
            Some((Code::ManifestInvalid, Some("9"))),
        ),
        (
            plain("interfaces:\n  provides: [chat-api, chat-api@1.0]\n"),
            Some((Code::ManifestInvalid, Some("7"))),
        ),
        (plain("interfaces: { provides: [b] }\n"), Some((Code::ManifestInvalid, Some("6")))),
        (plain("conflicts: [b@<2]\n"), Some((Code::ManifestInvalid, Some("6")))),
        (plain("minimum_useful_version: 2.0.0\n"), Some((Code::ManifestInvalid, Some("6")))),
        (plain("deprecation: { since: 2026-11-01, reason: old, superseded_by: c@>=2 }\n"), None),
        (plain("deprecation: { since: 2026-11-01, reason: old, superseded_by: b@>=2 }\n"), None),
        (
            plain("deprecation:\n  since: 2026-11-01\n  reason: old\n  superseded_by: b\n"),
            Some((Code::ManifestInvalid, Some("9"))),
        ),
        (
            plain("deprecation:\n  since: yesterday\n  reason: old\n"),
            Some((Code::ManifestInvalid, Some("7"))),
        ),
        (plain("deprecation:\n  since: 2026-11-01\n"), Some((Code::ManifestInvalid, None))),
        (text("c", "1.0.0", "one", ""), Some((Code::ManifestInvalid, Some("1")))),
        (text("b", "1.0.1", "one", ""), Some((Code::ManifestInvalid, Some("3")))),
        (text("b", "1.0.0", "two", ""), Some((Code::ManifestInvalid, Some("3")))),
        (text("b", "1.0.0", "gone", ""), Some((Code::ResourceMissing, None))),
        (model("m.gguf", 5, b"model"), None),
        (model("m.gguf", 5, b"other"), Some((Code::ChecksumMismatch, None))),
        (model("m.gguf", 6, b"model"), Some((Code::ManifestInvalid, Some("6")))),
        (model("n.gguf", 5, b"model"), Some((Code::ManifestInvalid, Some("6")))),
        (plain("").replace("tool", "model"), Some((Code::ManifestInvalid, Some("2")))),
        ("name: [".to_owned(), Some((Code::ManifestInvalid, Some("1")))),
    ];
    for (manifest, expected) in cases {
        let fixture = fixture();
        fixture.manifest("tool/b/1.0.0.yaml", &manifest);
        let registry = fixture.load();
        let name = "a".parse().unwrap();
        assert_eq!(registry.versions(&name).len(), 3, "the others stay");
        let Some((code, line)) = expected else {
            assert!(registry.rejected().is_empty(), "{manifest}{:?}", registry.rejected());
            continue;
        };
        let [rejected] = registry.rejected() else { panic!("{manifest}") };
        assert_eq!(rejected.path, "tool/b/1.0.0.yaml");
        assert_eq!(rejected.failure.code, code, "{manifest}{}", rejected.failure);
        if let Some(line) = line {
            assert_eq!(rejected.failure.args["line"], line, "{manifest}{}", rejected.failure);
        }
        if rejected.name == Some("b".parse().unwrap()) {
            let found = registry.find(&"b".parse().unwrap()).unwrap_err();
            assert_eq!((found.code, &found.args), (code, &rejected.failure.args));
        }
    }
}

#[test]
fn an_archive_is_pinned_and_its_hosts_are_known_before() {
    let digest = Digest::of(b"archive");
    let pinned = format!("integrity: {{ checksum: \"{digest}\" }}\n");
    let manifest = |urls: &str, redirects: &str, size: &str, rest: &str| {
        format!(
            "name: b\ncategory: tool\nversion: 1.0.0\ndescription: A tool.\nsource:\n  kind: archive\n  urls: {urls}\n  \
             redirects: {redirects}\n  format: tar-gz\n  size: {size}\n  files: 1\n  unpacked: 2KB\n  contents: \"{digest}\"\n{rest}"
        )
    };
    let web = "[\"https://host/b.tar.gz\", \"file:///opt/b.tar.gz\"]";
    let cases = [
        (manifest(web, "[cdn.host]", "1KB", &pinned), None),
        (manifest(web, "[]", "1KB", ""), Some("checksum")),
        (manifest("[]", "[]", "1KB", &pinned), Some("address")),
        (manifest(web, "[\"https://cdn.host\"]", "1KB", &pinned), Some("no name of a host")),
        (manifest("[\"ftp://host/b.tar.gz\"]", "[]", "1KB", &pinned), Some("begins with")),
        (manifest("[\"https://ada:secret@host/b.tar.gz\"]", "[]", "1KB", &pinned), Some("password")),
        (manifest(web, "[]", "large", &pinned), Some("large")),
    ];
    for (manifest, expected) in cases {
        let fixture = fixture();
        fixture.manifest("tool/b/1.0.0.yaml", &manifest);
        let registry = fixture.load();
        match (registry.rejected(), expected) {
            ([], None) => {}
            ([rejected], Some(why)) => {
                assert_eq!(rejected.failure.code, Code::ManifestInvalid, "{}", rejected.failure);
                let detail = &rejected.failure.args["detail"];
                assert!(detail.contains(why), "{manifest}{detail}");
            }
            (rejected, _) => panic!("{manifest}{rejected:?}"),
        }
    }
}

#[test]
fn one_version_is_described_once() {
    let fixture = fixture();
    fixture.manifest("vendor/deep/er/a/1.0.0.yaml", &text("a", "1.0.0", "one", ""));
    let registry = fixture.load();
    assert_eq!(registry.versions(&"a".parse().unwrap()).len(), 3);
    assert_eq!(registry.rejected().len(), 1);
    assert_eq!(registry.rejected()[0].failure.code, Code::ManifestInvalid);
}

#[test]
fn the_published_manifests_are_accepted_or_lack_only_their_artefact() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // The engine is built, not kept in the tree; its manifest is checked as far as it goes.
    let artefacts = Artefacts::load(&root.join("packaging/models")).unwrap();
    let registry = Registry::load(&root.join("registry"), &artefacts);
    let tiny = registry.find(&"las-tiny-chat@1.0.0".parse().unwrap()).unwrap();
    assert!(tiny.model.as_ref().unwrap().demonstration);
    for rejected in registry.rejected() {
        assert_eq!(rejected.failure.code, Code::ResourceMissing, "{}: {}", rejected.path, rejected.failure);
    }
    let engine = registry.find(&"llama.cpp".parse().unwrap()).unwrap_err();
    assert_eq!((engine.code, engine.args["part"].as_str()), (Code::ResourceMissing, "llama.cpp"));
}

#[test]
fn the_example_of_the_module_system_is_accepted() {
    let fixture = Fixture::new();
    // The form that the module system was described with: it names no source.
    let text = "name: llama.cpp
category: runtime
version: 0.2.15
description: High-performance local LLM inference engine
hardware:
  gpu:
    vram_min: 8GB
  cpu:
    cores_min: 4
dependencies:
  system:
    - cmake
  runtime:
    - cuda>=12.1
runtime:
  modes:
    - native
    - container
interfaces:
  provides:
    - openai-compatible-api
integrity:
  checksum: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
";
    fixture.manifest("runtime/llama.cpp/0.2.15.yaml", text);
    let registry = fixture.load();
    assert!(registry.rejected().is_empty(), "{:?}", registry.rejected());
    let manifest = registry.find(&"llama.cpp@0.2.15".parse().unwrap()).unwrap();
    assert_eq!((manifest.hardware.cpu.cores_min, manifest.source.is_none()), (Some(4), true));
}

/// What a manifest says of its service, each wrong in one way, and what is said of it.
#[test]
fn a_service_that_makes_no_sense_is_set_aside() {
    let ready = "ready: { kind: tcp, port: main }";
    let cases = [
        ("ports: { main: 80 }, ready: { kind: tcp, port: main }".to_owned(), "1024 or more"),
        (format!("ports: {{ main: 6000, other: 6000 }}, {ready}"), "the number of another port"),
        ("ready: { kind: tcp, port: main }".to_owned(), "there is no port 'main'"),
        (
            format!("ports: {{ main: 6000 }}, {ready}, arguments: ['${{port.other}}']"),
            "there is no port 'other'",
        ),
        (
            format!("ports: {{ main: 6000 }}, {ready}, environment: {{ A: '${{port.other}}' }}"),
            "there is no port 'other'",
        ),
        (
            format!("ports: {{ main: 6000 }}, {ready}, files: {{ a: '${{port.other}}' }}"),
            "there is no port 'other'",
        ),
        (format!("ports: {{ main: 6000 }}, {ready}, arguments: ['${{home}}']"), "nothing fills '${home}'"),
        (
            format!("ports: {{ main: 6000 }}, {ready}, environment: {{ LD_PRELOAD: a }}"),
            "'LD_PRELOAD' can't be a variable",
        ),
        (
            format!("ports: {{ main: 6000 }}, {ready}, files: {{ ../a: b }}"),
            "'../a' is no path within a folder",
        ),
        (format!("ports: {{ main: 6000 }}, {ready}, files: {{ /a: b }}"), "'/a' is no path within a folder"),
        (
            format!("ports: {{ main: 6000 }}, {ready}, alive: {{ kind: log, line: up }}"),
            "says nothing of now",
        ),
        (format!("ports: {{ main: 6000 }}, {ready}, stop: {{ grace_seconds: 0 }}"), "from 1 to 3600"),
        (format!("ports: {{ main: 6000 }}, {ready}, watch: {{ misses: 0 }}"), "from 1 to 3600"),
        (format!("ports: {{ main: 6000 }}, {ready}, start: /bin/sh"), "unknown field"),
        (
            "ports: { main: 6000 }, ready: { kind: http, port: main, path: health }".to_owned(),
            "begins with '/'",
        ),
        (
            "ports: { main: 6000 }, ready: { kind: http, port: main, path: '/a b' }".to_owned(),
            "holds no blank",
        ),
        ("ready: { kind: exec, program: /bin/true }".to_owned(), "no path within the module"),
        (
            "ready: { kind: exec, program: a, arguments: ['${port.main}'] }".to_owned(),
            "there is no port 'main'",
        ),
        ("ready: { kind: log, line: ' ' }".to_owned(), "an empty text"),
        (
            "ready: { kind: log, line: up }, prepare: [{ folder: ../db, program: a, arguments: ['${new}'] }]".to_owned(),
            "must be paths within a folder",
        ),
        (
            "ready: { kind: log, line: up }, prepare: [{ folder: db, program: /bin/a, arguments: ['${new}'] }]".to_owned(),
            "must be paths within a folder",
        ),
        (
            "ready: { kind: log, line: up }, prepare: [{ folder: db, program: a, arguments: ['${data}'] }]".to_owned(),
            "nothing says where '${new}' goes",
        ),
        (
            "ready: { kind: log, line: up }, prepare: [{ folder: db, program: a, arguments: ['${new}'] }, \
             { folder: db, program: b, arguments: ['${new}'] }]"
                .to_owned(),
            "'db' is made twice",
        ),
        (
            "ready: { kind: log, line: up }, \
             prepare: [{ folder: db, program: a, arguments: ['${new}'], limit_seconds: 0 }]"
                .to_owned(),
            "from 1 to 3600",
        ),
        (
            "ready: { kind: log, line: up }, prepare: [{ folder: db, program: a, arguments: ['${new}', '${port.x}'] }]"
                .to_owned(),
            "there is no port 'x'",
        ),
        ("ready: { kind: log, line: up }, limits: { memory: 1KB }".to_owned(), "at least 1 MiB"),
        ("ready: { kind: log, line: up }, limits: { processes: 0 }".to_owned(), "at least 1 is needed"),
        ("ready: { kind: log, line: up }, limits: { files: 7 }".to_owned(), "at least 8 is needed"),
        ("ready: { kind: log, line: up }, limits: { cpu_percent: 0 }".to_owned(), "at least 1 is needed"),
        ("ready: { kind: log, line: up }, limits: { at_least: much }".to_owned(), "unknown variant"),
        ("ready: { kind: log, line: up }, arguments: ['${new}']".to_owned(), "only where something is prepared"),
        ("ready: { kind: shell, line: id }".to_owned(), "unknown variant"),
        ("ports: { main: 6000 }".to_owned(), "ready"),
    ];
    for (service, expected) in cases {
        let runtime = format!("runtime: {{ modes: [native], program: run, service: {{ {service} }} }}\n");
        refused(&runtime, expected);
    }
    let service = format!("service: {{ ports: {{ main: 6000 }}, {ready} }}");
    refused(&format!("runtime: {{ modes: [native], {service} }}\n"), "needs a 'program'");
    refused(
        &format!("runtime: {{ modes: [container], program: run, {service} }}\n"),
        "needs the mode 'native'",
    );
}

#[track_caller]
fn refused(runtime: &str, expected: &str) {
    let fixture = Fixture::new();
    fixture.artefact("one", "1.0.0");
    fixture.manifest("tool/b/1.0.0.yaml", &text("b", "1.0.0", "one", runtime));
    let registry = fixture.load();
    let [rejected] = registry.rejected() else { panic!("{runtime}: {:?}", registry.rejected()) };
    let detail = &rejected.failure.args["detail"];
    assert_eq!(rejected.failure.code, Code::ManifestInvalid);
    assert!(detail.contains(expected), "{runtime}: {detail}");
}
