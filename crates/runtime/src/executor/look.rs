//! Looking at what is installed and what runs.

use super::NativeExecutor;
use crate::blocking::{self, Meter};
use crate::home::Home;
use crate::inspect::{self, Look, Proven, services};
use las_types::{Depth, Drift, Failure, Installed, LastRead, Patience, Timestamp};
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

/// What a look needs, on whatever thread it is made.
struct Eyes {
    home: Arc<Home>,
    artefacts: PathBuf,
    proven: Arc<Proven>,
    now: Timestamp,
}

impl Eyes {
    fn look(&self, depth: Depth, meter: Meter) -> Look<'_> {
        let Self { home, artefacts, proven, now } = self;
        Look { home, artefacts, proven, depth, now: *now, meter: RefCell::new(meter) }
    }

    fn inspect(&self, item: &Installed, depth: Depth, meter: Meter) -> Result<Vec<Drift>, Failure> {
        let drifts = inspect::item(&self.look(depth, meter), item)?;
        // What is not kept is read again by the next core; a disk that can't be written is named by itself.
        if let Err(failure) = self.proven.save() {
            tracing::info!(%failure, "which files were read could not be written down");
        }
        Ok(drifts)
    }
}

impl NativeExecutor {
    pub(super) async fn look_at(&self, item: Installed, depth: Depth) -> Result<Vec<Drift>, Failure> {
        let mut found = self.look_at_image(&item, depth).await?;
        let eyes = self.eyes();
        let seen = blocking::run_unwatched(move || eyes.inspect(&item, depth, Meter::silent()));
        found.extend(seen.await?);
        Ok(found)
    }

    fn eyes(&self) -> Eyes {
        Eyes {
            home: Arc::clone(self.home()),
            artefacts: self.artefacts.clone(),
            proven: Arc::clone(&self.proven),
            now: self.surroundings.clock.now(),
        }
    }

    pub(super) async fn look_patiently(
        &self,
        item: Installed,
        depth: Depth,
        patience: &dyn Patience,
    ) -> Result<Vec<Drift>, Failure> {
        let eyes = self.eyes();
        blocking::run_patiently(patience, move |meter| eyes.inspect(&item, depth, meter)).await
    }

    pub(super) async fn last_reading(&self, item: Installed) -> Option<LastRead> {
        let eyes = self.eyes();
        let looked = blocking::run_unwatched(move || {
            Ok(inspect::last_read(&eyes.look(Depth::Glance, Meter::silent()), &item))
        });
        looked.await.ok().flatten()
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
