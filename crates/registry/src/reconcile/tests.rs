#![expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]

use super::load_reconcile;
use jiff::SignedDuration;
use las_types::{Code, Failure, ReconcilePolicy, Response};
use std::path::Path;

fn read(text: &str) -> Result<ReconcilePolicy, Failure> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("set")).unwrap();
    std::fs::write(folder.path().join("set/reconcile.yaml"), text).unwrap();
    load_reconcile(folder.path(), "set")
}

#[test]
fn the_file_of_the_tree_says_what_the_defaults_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    assert!(root.join("default/reconcile.yaml").exists());
    assert_eq!(load_reconcile(&root, "default").unwrap(), ReconcilePolicy::default());
    assert_eq!(load_reconcile(&root, "nowhere").unwrap(), ReconcilePolicy::default());
}

#[test]
fn what_is_left_out_is_as_by_default() {
    let policy = read("reconcile:\n  every: 2s\n  least_free: 5GB\n  repair: { files: name }\n").unwrap();
    assert_eq!(policy.every, SignedDuration::from_secs(2));
    assert_eq!(policy.least_free.bytes(), 5_000_000_000);
    assert_eq!((policy.repair.files, policy.repair.records), (Response::Name, Response::Repair));
    assert_eq!(policy.window, ReconcilePolicy::default().window);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (text, line, says) in [
        ("reconcile:\n  evry: 2s\n", "2", "every"),
        ("reconcile:\n  repairs: 2\n  every: soon\n", "3", ""),
        ("reconcile:\n  repairs: 2\n  every: 0s\n", "3", "second"),
        ("reconcile:\n  repair: { files: perhaps }\n", "2", "repair"),
        ("policies: []\n", "1", "reconcile"),
    ] {
        let failure = read(text).unwrap_err();
        assert_eq!(failure.code, Code::PolicyInvalid, "{text}");
        assert_eq!(failure.args["line"], line, "{text}: {failure}");
        assert!(failure.args["detail"].contains(says), "{text}: {failure}");
        assert_eq!(failure.args["path"], "set/reconcile.yaml");
    }
}
