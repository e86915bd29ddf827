#![expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]

use crate::Artefacts;
use las_types::{ArtefactFile, ByteSize, Code, Digest, tree_digest};
use std::path::Path;

fn write(root: &Path, folder: &str, name: &str, files: &[&str], digest: Option<Digest>) {
    let files: Vec<ArtefactFile> = files
        .iter()
        .map(|path| ArtefactFile {
            path: (*path).to_owned(),
            size: ByteSize::new(1),
            sha256: Digest::of(path.as_bytes()).hex(),
            executable: false,
            link: None,
        })
        .collect();
    let index = serde_json::json!({
        "name": name, "version": "1.0.0", "source": Digest::of(b"source"),
        "digest": digest.unwrap_or_else(|| tree_digest(&files)), "files": files,
    });
    std::fs::create_dir_all(root.join(folder)).unwrap();
    std::fs::write(root.join(folder).join("artefact.json"), index.to_string()).unwrap();
}

#[test]
fn a_missing_root_is_empty_and_links_are_followed() {
    assert_eq!(Artefacts::load(Path::new("/nowhere/at/all")).unwrap().iter().count(), 0);
    let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(elsewhere.path(), "built", "engine", &["a", "b/c"], None);
    std::os::unix::fs::symlink(elsewhere.path().join("built"), root.path().join("engine")).unwrap();
    std::fs::write(root.path().join("README"), "no artefact").unwrap();
    let artefacts = Artefacts::load(root.path()).unwrap();
    let name = "engine".parse().unwrap();
    assert_eq!(artefacts.get(&name).unwrap().files.len(), 2);
    assert_eq!(artefacts.directory(&name), root.path().join("engine"));
}

#[test]
fn an_index_that_lies_is_refused() {
    let cases: [(&str, &[&str], Option<Digest>, Code); 6] = [
        ("a", &["x"], Some(Digest::of(b"other")), Code::ChecksumMismatch),
        ("b", &["x"], None, Code::IoFailed), // another folder's name
        ("a", &["../x"], None, Code::IoFailed),
        ("a", &["/x"], None, Code::IoFailed),
        ("a", &["x", "x"], None, Code::IoFailed),
        ("a", &["y", "x"], None, Code::IoFailed),
    ];
    for (name, files, digest, code) in cases {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "a", name, files, digest);
        assert_eq!(Artefacts::load(root.path()).unwrap_err().code, code, "{name} {files:?}");
    }
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join("a")).unwrap();
    std::fs::write(root.path().join("a/artefact.json"), "{").unwrap();
    assert_eq!(Artefacts::load(root.path()).unwrap_err().code, Code::IoFailed);
}
