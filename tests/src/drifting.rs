//! Machines whose core compares them with their records often, and what it says of drift.

use crate::{Core, Workstation, repository, until};
use serde_json::Value;
use std::path::Path;

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

impl Workstation {
    /// The application's files are copies that may be changed, with this under `reconcile` in the policies.
    pub fn reconciling(self, policy: &str) -> Self {
        let root = self.outside("resources");
        std::fs::create_dir_all(&root).unwrap();
        for linked in ["builtin", "ui"] {
            std::os::unix::fs::symlink(self.resources().join(linked), root.join(linked)).unwrap();
        }
        copy_tree(&repository().join("registry"), &root.join("registry"));
        copy_tree(&repository().join("policies"), &root.join("policies"));
        std::fs::write(
            root.join("policies/default/reconcile.yaml"),
            format!("reconcile:\n  every: 1s\n  least_free: 1MB\n{policy}"),
        )
        .unwrap();
        self.with_resources(&root)
    }
}

impl Core {
    /// What the last pass found.
    pub fn reconciled(&self) -> Value {
        self.client().get("/v1/status").json()["reconciled"].clone()
    }

    /// The kinds of drift that somebody still has to do something about.
    pub fn open_drift(&self) -> Vec<String> {
        let found = self.reconciled()["findings"].clone();
        found.as_array().into_iter().flatten().map(|one| one["key"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until a kind of drift is named; gives the finding.
    #[track_caller]
    pub fn names(&self, kind: &str) -> Value {
        until(&format!("{kind} is named"), || {
            let found = self.reconciled()["findings"].clone();
            found.as_array()?.iter().find(|one| one["key"] == kind).cloned()
        })
    }

    /// Waits until a kind of drift was put right so often in all; gives the last.
    #[track_caller]
    pub fn puts_right(&self, kind: &str, times: usize) -> Value {
        until(&format!("{kind} is put right {times} times"), || {
            let repaired = self.reconciled()["repaired"].clone();
            let of_kind: Vec<_> =
                repaired.as_array()?.iter().filter(|one| one["finding"]["key"] == kind).cloned().collect();
            (of_kind.len() >= times).then(|| of_kind.last().cloned()).flatten()
        })
    }

    /// How many operations there are.
    pub fn operations(&self) -> usize {
        self.client().get("/v1/operations").json().as_array().unwrap().len()
    }

    /// Waits until that many more passes were made.
    #[track_caller]
    pub fn looks_again(&self, times: usize) {
        let mut seen = self.reconciled()["at"].clone();
        for _ in 0..times {
            seen = until("another pass", || {
                let at = self.reconciled()["at"].clone();
                (at != seen).then_some(at)
            });
        }
    }

    /// Waits until nothing is open any more.
    #[track_caller]
    pub fn calms_down(&self) {
        until("no open drift", || {
            let view = self.reconciled();
            (view["findings"] == serde_json::json!([])).then_some(())
        });
    }
}
