//! Looking at what is installed and what runs.

use super::NativeExecutor;
use crate::blocking;
use crate::inspect::{self, Look, services};
use las_types::{Depth, Drift, Failure, Installed};
use std::sync::Arc;

impl NativeExecutor {
    pub(super) async fn look_at(&self, item: Installed, depth: Depth) -> Result<Vec<Drift>, Failure> {
        let mut found = self.look_at_image(&item, depth).await?;
        let (home, artefacts) = (Arc::clone(self.home()), self.artefacts.clone());
        let (proven, now) = (Arc::clone(&self.proven), self.surroundings.clock.now());
        let seen = blocking::run_unwatched(move || {
            let look = Look { home: &home, artefacts: &artefacts, proven: &proven, depth, now };
            let drifts = inspect::item(&look, &item)?;
            // What is not kept is read again by the next core; a disk that can't be written is named by itself.
            if let Err(failure) = proven.save() {
                tracing::info!(%failure, "which files were read could not be written down");
            }
            Ok(drifts)
        });
        found.extend(seen.await?);
        Ok(found)
    }

    pub(super) async fn look_at_services(&self) -> Result<Vec<Drift>, Failure> {
        let known: Vec<_> = self.known().values().cloned().collect();
        let mut drifts = Vec::new();
        for service in &known {
            drifts.extend(services::one(service).await?);
        }
        let (home, helpers) = (Arc::clone(self.home()), Arc::clone(&self.surroundings.helpers));
        drifts.extend(blocking::run_unwatched(move || services::strangers(&home, &helpers, &known)).await?);
        Ok(drifts)
    }
}
