//! Locks: what bringing a machine to one means here.

use crate::{ControlPlane, Sight};
use las_resolver::Draft;
use las_types::{Failure, Installed, Lock, Source};
use std::path::Path;

impl ControlPlane {
    /// What a lock means. Files that somebody brought are looked for in every generation of this machine; one
    /// counts only while it is where it was. Its bytes are compared when they are copied.
    pub(crate) async fn draft_lock(&self, sight: &Sight<'_>, lock: &Lock) -> Result<Draft, Failure> {
        let past = self.generations().await?.into_iter().rev().flat_map(|generation| generation.items);
        let is_there = |item: &Installed| match &item.source {
            Source::LocalFile { path, .. } => Path::new(path).is_file(),
            Source::LocalFiles { folder, files, .. } => {
                files.iter().all(|file| Path::new(folder).join(&file.path).is_file())
            }
            _ => false,
        };
        let known: Vec<Installed> = past.filter(is_there).collect();
        las_resolver::lock(&sight.world(), lock, &known)
    }
}
