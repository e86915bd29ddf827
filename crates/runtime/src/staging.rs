//! The staging of one operation: what each step has in work, has removed, and has placed.
//!
//! A mark says that a step made its target, so that undoing it never takes away what was there
//! before: it is written before the target appears and removed before anything is put back.

use crate::blobs::children;
use crate::durable::{self, Access};
use crate::home::Home;
use las_types::{Digest, Failure, OperationId, StepContext};
use std::path::{Path, PathBuf};

const USED: &str = "used-";

/// The staging folder of an operation.
pub(crate) struct Staging {
    pub(crate) root: PathBuf,
}

impl Staging {
    pub(crate) fn of(home: &Home, operation: OperationId) -> Self {
        Self { root: home.staging().join(operation.to_string()) }
    }

    /// Files of a step in work.
    pub(crate) fn work(&self, context: StepContext) -> PathBuf {
        self.root.join(context.step.to_string())
    }

    /// The mark of a step that made what it should from what was fetched: that is dropped when the operation is committed, and
    /// stays when it is cut off.
    pub(crate) fn used(&self, context: StepContext) -> PathBuf {
        self.root.join(format!("{USED}{}", context.step))
    }

    /// Makes that mark, with the names of what was fetched.
    pub(crate) fn set_used(&self, context: StepContext, keys: &[Digest]) -> Result<(), Failure> {
        let lines: Vec<String> = keys.iter().map(ToString::to_string).collect();
        durable::write_file(&self.used(context), lines.join("\n").as_bytes(), durable::Access::Private)
    }

    /// The digests that such marks name.
    pub(crate) fn all_used(&self) -> Result<Vec<Digest>, Failure> {
        let marks = children(&self.root)?;
        let named = marks.iter().filter(|path| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(USED))
        });
        Ok(named.flat_map(|path| digests(path)).collect())
    }

    /// The digests that the mark of one step names.
    pub(crate) fn used_by(&self, context: StepContext) -> Vec<Digest> {
        digests(&self.used(context))
    }

    /// The mark of a step that fetched an image which was not there before.
    pub(crate) fn pulled(&self, context: StepContext) -> PathBuf {
        self.root.join(format!("pulled-{}", context.step))
    }

    /// What removals put aside.
    pub(crate) fn all_trash(&self) -> PathBuf {
        self.root.join("trash")
    }

    /// What a step removed.
    pub(crate) fn trash(&self, context: StepContext) -> PathBuf {
        self.all_trash().join(context.step.to_string())
    }

    /// What a step found damaged and replaced.
    pub(crate) fn damaged(&self, context: StepContext) -> PathBuf {
        self.root.join(format!("damaged-{}", context.step))
    }

    /// What undoing a step took away.
    pub(crate) fn undone(&self, context: StepContext) -> PathBuf {
        self.root.join(format!("undone-{}", context.step))
    }

    /// What a step took away of a view.
    pub(crate) fn view(&self, context: StepContext) -> PathBuf {
        self.root.join(format!("view-{}", context.step))
    }

    fn mark(&self, context: StepContext) -> PathBuf {
        self.root.join(format!("placed-{}", context.step))
    }

    /// Records that the target is about to be made by this step.
    pub(crate) fn set_mark(&self, context: StepContext) -> Result<(), Failure> {
        durable::make_dir(&self.root)?;
        durable::write_file(&self.mark(context), b"", Access::Private)
    }

    pub(crate) fn has_mark(&self, context: StepContext) -> bool {
        self.mark(context).exists()
    }

    pub(crate) fn remove_mark(&self, context: StepContext) -> Result<(), Failure> {
        durable::remove(&self.mark(context))
    }

    /// An empty folder for a step's work; what an earlier run left is dropped.
    pub(crate) fn fresh_work(&self, context: StepContext) -> Result<PathBuf, Failure> {
        let work = self.work(context);
        durable::remove(&work)?;
        durable::make_dir(&work)?;
        Ok(work)
    }

    /// Drops what undoing leaves, and the folders that became empty.
    pub(crate) fn tidy(&self, context: StepContext) -> Result<(), Failure> {
        durable::remove(&self.undone(context))?;
        durable::remove(&self.work(context))?;
        durable::remove(&self.used(context))?;
        durable::remove(&self.pulled(context))?;
        durable::remove_if_empty(&self.all_trash())?;
        durable::remove_if_empty(&self.root)
    }
}

/// The digests that a mark names, one a line.
fn digests(mark: &Path) -> Vec<Digest> {
    let text = std::fs::read_to_string(mark).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}
