//! Operations that could not be undone when they failed: their disk was gone, or was full. They are undone once that works,
//! without a new start of the core.

use crate::ControlPlane;
use crate::undo::Stopped;
use las_types::{DriftKind, Failure};

/// Passes between two tries, at the most.
const LONGEST: u32 = 512;

/// When the next try is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tries {
    /// Passes that are let go by after the next try that fails.
    pause: u32,
    /// Passes that are still let go by.
    left: u32,
}

impl Tries {
    /// The first try is made at once.
    const FIRST: Self = Self { pause: 1, left: 0 };

    /// What is known in the next pass, and whether this one tries.
    fn next(self) -> (Self, bool) {
        if self.left > 0 {
            return (Self { left: self.left - 1, ..self }, false);
        }
        (Self { pause: self.pause.saturating_mul(2).min(LONGEST), left: self.pause }, true)
    }
}

impl ControlPlane {
    /// Undoes what was left in the middle, where the disk allows it; each try that fails is followed by a longer pause, since
    /// every one is journalled.
    pub(super) async fn end_unfinished(&self) -> Result<(), Failure> {
        if self.left_unfinished().await?.is_empty() {
            self.between().unfinished = None;
            return Ok(());
        }
        let disk = self.executor.inspect_disk(self.reconciliation.least_free).await?;
        let hinders = |kind| matches!(kind, DriftKind::DiskGone | DriftKind::DiskReadOnly);
        if disk.iter().any(|drift| hinders(drift.kind)) {
            return Ok(());
        }
        // Whoever has the turn may be ending one of them.
        let Ok(_turn) = self.turn.try_lock() else { return Ok(()) };
        let (tries, now) = self.between().unfinished.unwrap_or(Tries::FIRST).next();
        self.between().unfinished = Some(tries);
        if now { self.undo_unfinished(Stopped::StartsAgain).await } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Tries};

    #[test]
    fn tries_that_fail_are_made_ever_more_rarely() {
        let mut known = Tries::FIRST;
        let mut passes = |most: usize| {
            let is_made = |_: &usize| {
                let (next, now) = known.next();
                known = next;
                now
            };
            (0..most).filter(is_made).collect::<Vec<_>>()
        };
        assert_eq!(passes(13), [0, 2, 5, 10]);
        let later = passes(20_000);
        assert_eq!(later[later.len() - 1] - later[later.len() - 2], LONGEST as usize + 1);
    }
}
