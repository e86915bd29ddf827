//! The doctor: what recovery did, what it could not do, and everything that has drifted.

use crate::ControlPlane;
use crate::reconcile::Mend;
use crate::undo::Stopped;
use las_policy::Coverage;
use las_state::Incident;
use las_types::{Depth, Detail, Drift, Failure, OperationId, Partial, ServiceName};
use std::sync::{Arc, PoisonError};

/// Something that recovery met.
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
    /// Something happened to the database itself, and nobody has closed it yet.
    Incident(Incident),
    /// The hourly check of the database failed; the next start restores it.
    StateDamaged {
        /// What was seen.
        detail: String,
    },
    /// A part of a file was fetched, and waits for somebody who goes on with it.
    PartlyFetched(Partial),
    /// The policies speak of no tier for some machine; sentences describe an example.
    PolicyHole {
        /// The set of policies.
        set: String,
        /// The example.
        machine: Vec<Detail>,
    },
}

/// What the doctor found, and how many things it looked at.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// What recovery met.
    pub discoveries: Vec<Discovery>,
    /// What has drifted; both empty is healthy.
    pub drifts: Vec<Drift>,
    /// How many things were looked at.
    pub checked: u32,
}

impl ControlPlane {
    /// Tells the plane which services' processes were left by a core that was cut off, and are ended now.
    pub fn report_ended_services(&self, names: &[String]) {
        // A folder that nobody gave a service's name was no service's.
        for service in names.iter().filter_map(|name| name.parse().ok()) {
            self.discovered(Discovery::ServiceEnded { service });
        }
    }

    /// Looks at everything and reads every byte; with [`Mend::Everything`], puts right what can be put right without
    /// loss.
    pub async fn diagnose(self: &Arc<Self>, mend: Mend) -> Result<Diagnosis, Failure> {
        let asked = mend;
        let unfinished = self.unfinished(mend).await?;
        // What an unfinished operation put aside comes back by undoing it; until then nothing is put back
        // in another way.
        let mend = if unfinished.is_empty() { mend } else { Mend::Nothing };
        let reconciled = self.reconcile(Depth::Full, mend).await?;
        let mut discoveries = self.recovered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        discoveries.extend(unfinished.into_iter().map(|operation| Discovery::Unfinished { operation }));
        if let Coverage::Hole(machine) = self.coverage() {
            discoveries
                .push(Discovery::PolicyHole { set: self.policy_set().to_owned(), machine: machine.clone() });
        }
        discoveries.extend(self.executor.partials().await?.into_iter().map(Discovery::PartlyFetched));
        self.incidents(asked, &mut discoveries).await?;
        Ok(Diagnosis { discoveries, drifts: reconciled.drifts.clone(), checked: reconciled.checked })
    }

    /// What happened to the database; a person who asks for repairs has seen it.
    async fn incidents(&self, asked: Mend, discoveries: &mut Vec<Discovery>) -> Result<(), Failure> {
        discoveries.extend(self.state.open_incidents().await?.into_iter().map(Discovery::Incident));
        if asked == Mend::Everything {
            self.state.close_incidents(self.clock.now()).await?;
        }
        Ok(())
    }

    /// Operations that were begun and could not be undone; with repair, after another try.
    async fn unfinished(&self, mend: Mend) -> Result<Vec<OperationId>, Failure> {
        // One that runs is not over yet.
        let Ok(_turn) = self.turn.try_lock() else { return Ok(Vec::new()) };
        if mend == Mend::Everything {
            self.undo_unfinished(Stopped::StartsAgain).await?;
        }
        Ok(self.state.unfinished_operations().await?.into_iter().map(|operation| operation.id).collect())
    }
}
