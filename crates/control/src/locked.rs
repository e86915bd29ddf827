//! Locks: what bringing a machine to one means here.

use crate::ControlPlane;
use las_resolver::Draft;
use las_types::{Failure, Installed, Lock, Source};
use std::path::Path;

impl ControlPlane {
    /// What a lock means. Files that somebody brought are looked for in every generation of this machine; one
    /// counts only while it is where it was. Its bytes are compared when they are copied.
    pub(crate) async fn draft_lock(&self, installed: &[Installed], lock: &Lock) -> Result<Draft, Failure> {
        let past = self.generations().await?.into_iter().rev().flat_map(|generation| generation.items);
        let is_there = |item: &Installed| matches!(&item.source, Source::LocalFile { path } if Path::new(path).is_file());
        let known: Vec<Installed> = past.filter(is_there).collect();
        let services = self.services();
        let (capabilities, machine) = (self.capabilities(), self.machine());
        las_resolver::lock(&self.world(installed, &services, &capabilities, &machine), lock, &known)
    }
}
