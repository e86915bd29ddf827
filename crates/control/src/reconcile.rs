//! Desired against actual. One pass looks at everything that was recorded and gives a list of drifts, each with what
//! was done about it. The doctor is such a pass that reads every byte; a core that lives long makes one again and
//! again; a core that starts glances. There is no other way of looking.

mod history;
mod look;
mod machine;
mod mend;
mod unfinished;

use crate::ControlPlane;
use las_types::{Depth, Drift, DriftOutcome, Event, Failure, ServiceName, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// Who repairs without being asked, as the ledger names it.
pub(crate) const ACTOR: &str = "reconciler";

/// What a pass may put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mend {
    /// Nothing: it only says what would be done.
    Nothing,
    /// What the policy says.
    ByPolicy,
    /// Everything that can be put right without loss: a person said so.
    Everything,
}

/// What one pass found.
#[derive(Clone, Debug)]
pub struct Reconciled {
    /// When.
    pub at: Timestamp,
    /// Everything that was not as it was left, also what was put right.
    pub drifts: Vec<Drift>,
    /// How many things were looked at.
    pub checked: u32,
    /// What was put right lately, newest last, with the moment.
    pub repaired: Vec<(Timestamp, Drift)>,
}

/// What passes keep between them.
#[derive(Debug, Default)]
pub(crate) struct Between {
    last: Option<Arc<Reconciled>>,
    /// Put right within the window.
    repaired: Vec<(Timestamp, Drift)>,
    /// How often each service had been started again when somebody looked last.
    restarts: BTreeMap<ServiceName, u32>,
    /// What was found of the hardware, and when.
    hardware: Option<(Timestamp, Vec<Drift>)>,
    /// When what was left in the middle is undone again; none while nothing is.
    unfinished: Option<unfinished::Tries>,
    /// What was found of the database, and what its files were then.
    state: Option<(las_state::FileMarks, Vec<Drift>, u32)>,
}

impl ControlPlane {
    /// One pass. Only one is made at a time.
    pub async fn reconcile(self: &Arc<Self>, depth: Depth, mend: Mend) -> Result<Arc<Reconciled>, Failure> {
        let _alone = self.looking.lock().await;
        let mut found = self.look_around(depth).await?;
        self.judge_drifts(&mut found.drifts, mend).await?;
        if mend != Mend::Nothing {
            self.mend(&mut found.drifts, mend).await;
        }
        Ok(self.keep(found))
    }

    /// What the last pass of this core found.
    pub fn reconciled(&self) -> Option<Arc<Reconciled>> {
        self.between().last.clone()
    }

    /// Makes passes as often as the policy says, for as long as this is polled.
    pub async fn keep_reconciling(self: Arc<Self>) {
        loop {
            if let Err(failure) = self.end_unfinished().await {
                tracing::warn!(%failure, cause = ?failure.cause, "what was left in the middle could not be undone");
            }
            self.pass().await;
            self.keep_loads().await;
            tokio::time::sleep(self.reconciliation.every.unsigned_abs()).await;
        }
    }

    /// One pass of a core that lives long.
    pub(crate) async fn pass(self: &Arc<Self>) {
        // Before anything was recorded is as good as always.
        let rehash_after = self.reconciliation.rehash_after;
        let proven_since = self.clock.now().checked_sub(rehash_after).unwrap_or(Timestamp::MIN);
        if let Err(failure) = self.reconcile(Depth::Changed { proven_since }, Mend::ByPolicy).await {
            tracing::warn!(%failure, cause = ?failure.cause, "the machine could not be compared with its records");
        }
    }

    /// The glance of a core that starts. What it can't see now is seen later; a core starts all the same.
    pub async fn glance(self: &Arc<Self>) {
        if let Err(failure) = self.reconcile(Depth::Glance, Mend::Nothing).await {
            tracing::warn!(%failure, cause = ?failure.cause, "the machine could not be compared with its records");
        }
    }

    pub(crate) fn between(&self) -> std::sync::MutexGuard<'_, Between> {
        self.between.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, found: look::Found) -> Arc<Reconciled> {
        let now = self.clock.now();
        let mut between = self.between();
        if let Some(restarts) = found.restarts {
            between.restarts = restarts;
        }
        let put_right = found.drifts.iter().filter(|drift| !drift.is_open()).cloned();
        between.repaired.extend(put_right.map(|drift| (now, drift)));
        let recent = now.checked_sub(self.reconciliation.window).unwrap_or(Timestamp::MIN);
        between.repaired.retain(|(at, _)| *at >= recent);
        let reconciled = Arc::new(Reconciled {
            at: now,
            drifts: found.drifts,
            checked: found.checked,
            repaired: between.repaired.clone(),
        });
        let before = between.last.replace(Arc::clone(&reconciled));
        drop(between);
        // Who shows it need not look again while it stays the same.
        if before.is_none_or(|before| before.drifts != reconciled.drifts) {
            let count = |open: bool| {
                let drifts = reconciled.drifts.iter().filter(|drift| drift.is_open() == open);
                u32::try_from(drifts.count()).unwrap_or(u32::MAX)
            };
            for drift in &reconciled.drifts {
                tracing::info!(kind = %drift.kind, args = ?drift.args, outcome = ?drift.outcome, "drift");
            }
            self.bus.send(Event::DriftFound { open: count(true), repaired: count(false) });
        }
        reconciled
    }
}

/// A drift that the supervisor or a listener has put right by itself.
pub(crate) fn put_right(mut drift: Drift) -> Drift {
    drift.outcome = DriftOutcome::Repaired;
    drift
}
