//! The doctor: every unfinished, damaged or drifted thing, and its repair.

use crate::ControlPlane;
use crate::operate::Stopped;
use las_types::{Code, Failure, Intent, ModuleName, OperationId, ServiceName, Stray};
use std::sync::{Arc, PoisonError};

/// Something that was not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Discovery {
    /// An operation was begun, and neither committed nor undone: undoing it failed.
    Unfinished {
        /// Which.
        operation: OperationId,
    },
    /// An operation was cut off and was undone when the core started.
    Interrupted {
        /// Which.
        operation: OperationId,
        /// What it was for.
        intent: &'static str,
    },
    /// A service ran when the last core was cut off; it is stopped now.
    ServiceEnded {
        /// Which.
        service: ServiceName,
    },
    /// The damaged database was put aside and the last copy put in its place.
    StateRestored {
        /// Where the damaged one went.
        aside: String,
    },
    /// The ledger that was put in place of a damaged one is shorter than its anchor says.
    LedgerLinesLost {
        /// By how many lines.
        count: usize,
    },
    /// The ledger's anchor was missing or damaged; it was made again from the ledger as it is.
    LedgerAnchorRestored,
    /// Something in the data directory that nothing accounts for.
    StrayFile {
        /// Path within the data directory.
        path: String,
        /// Whether it was removed.
        removed: bool,
    },
    /// An installed thing's bytes are not what they should be.
    Damaged {
        /// Which.
        name: ModuleName,
        /// What was seen.
        code: Code,
        /// Whether it was put back.
        repaired: bool,
    },
}

/// What the doctor found, and how many things it looked at.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// Everything found; empty is healthy.
    pub discoveries: Vec<Discovery>,
    /// How many things were looked at.
    pub checked: u32,
}

impl ControlPlane {
    /// Tells the plane what was repaired before it existed.
    pub fn report_repairs(&self, repairs: Vec<Discovery>) {
        for repair in repairs {
            self.discovered(repair);
        }
    }

    /// Tells the plane which services' processes were left by a core that was cut off, and are ended now.
    pub fn report_ended_services(&self, names: &[String]) {
        // A folder that nobody gave a service's name was no service's.
        for service in names.iter().filter_map(|name| name.parse().ok()) {
            self.discovered(Discovery::ServiceEnded { service });
        }
    }

    /// Looks at everything; with `repair`, puts right what can be put right without loss.
    pub async fn diagnose(self: &Arc<Self>, repair: Stray) -> Result<Diagnosis, Failure> {
        let unfinished = self.unfinished(repair).await?;
        // What an unfinished operation put aside comes back by undoing it; until then nothing is put back
        // in another way, and nothing is stray.
        let repair = if unfinished.is_empty() { repair } else { Stray::Name };
        let mut discoveries = self.recovered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        discoveries.extend(unfinished.iter().map(|id| Discovery::Unfinished { operation: *id }));
        let ledger = self.state.verify_ledger().await?.len();
        let installed = self.installed().await?;
        let mut damaged = Vec::new();
        for item in &installed {
            if let Err(failure) = self.executor.verify(item).await {
                damaged.push((item.name.clone(), failure.code));
            }
        }
        let mut repaired = false;
        if repair == Stray::Remove && !damaged.is_empty() {
            repaired = self.repair(damaged.iter().map(|(name, _)| name.clone()).collect()).await?;
        }
        discoveries.extend(damaged.into_iter().map(|(name, code)| Discovery::Damaged {
            name,
            code,
            repaired,
        }));
        // While an operation runs its staging is not stray.
        if let Ok(_turn) = self.turn.try_lock()
            && unfinished.is_empty()
        {
            let removed = repair == Stray::Remove;
            let strays = self.executor.stray(&installed, repair).await?;
            discoveries.extend(strays.into_iter().map(|path| Discovery::StrayFile { path, removed }));
        }
        let checked = u32::try_from(installed.len() + ledger).unwrap_or(u32::MAX);
        Ok(Diagnosis { discoveries, checked })
    }

    /// Operations that were begun and could not be undone; with `repair`, after another try.
    async fn unfinished(&self, repair: Stray) -> Result<Vec<OperationId>, Failure> {
        // One that runs is not over yet.
        let Ok(_turn) = self.turn.try_lock() else { return Ok(Vec::new()) };
        if repair == Stray::Remove {
            self.undo_unfinished(Stopped::StartsAgain).await?;
        }
        Ok(self.state.unfinished_operations().await?.into_iter().map(|operation| operation.id).collect())
    }

    /// Repairs by a plan like any other change. False if it failed.
    async fn repair(self: &Arc<Self>, modules: Vec<ModuleName>) -> Result<bool, Failure> {
        let plan = self.propose(Intent::DoctorRepair { modules }).await?;
        let operation = self.approve(plan.id, "doctor", None).await?;
        let ended = self.wait(operation.id).await?;
        Ok(ended.failure.is_none())
    }
}
