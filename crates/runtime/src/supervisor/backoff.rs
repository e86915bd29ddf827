//! When a service that ended by itself is started again.

use std::time::Duration;

/// The pause after the first end; each further one is twice as long.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);
/// Ready this long, earlier ends are forgotten.
const HEALTHY: Duration = Duration::from_mins(10);
/// With so many ends it is given up: after pauses of eight and a half minutes together.
const MOST: u32 = 10;

/// What comes after an end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Start again after a pause.
    After(Duration),
    /// It ended too often.
    GiveUp,
}

/// Counts the ends that were not followed by ten minutes of health.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    ends: u32,
}

impl Backoff {
    /// One that has ended so often already, for another core.
    pub(super) fn after(ends: u32) -> Self {
        Self { ends }
    }

    /// Ends that are not forgotten.
    pub(super) fn ends(&self) -> u32 {
        self.ends
    }

    /// The process ended after it had been ready for that long.
    pub(super) fn ended(&mut self, ready_for: Duration) -> Next {
        if ready_for >= HEALTHY {
            self.ends = 0;
        }
        self.ends = self.ends.saturating_add(1);
        if self.ends >= MOST {
            return Next::GiveUp;
        }
        Next::After(FIRST.saturating_mul(2_u32.saturating_pow(self.ends - 1)).min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, Next};
    use std::time::Duration;

    #[test]
    fn pauses_double_up_to_five_minutes_and_the_tenth_end_is_the_last() {
        let curve = [1, 2, 4, 8, 16, 32, 64, 128, 256];
        let mut backoff = Backoff::default();
        for seconds in curve {
            assert_eq!(backoff.ended(Duration::from_mins(9)), Next::After(Duration::from_secs(seconds)));
        }
        assert_eq!(backoff.ended(Duration::ZERO), Next::GiveUp);
        // Ten minutes of health, and it begins anew.
        assert_eq!(backoff.ended(Duration::from_mins(10)), Next::After(Duration::from_secs(1)));
        assert_eq!(backoff.ended(Duration::ZERO), Next::After(Duration::from_secs(2)));
        assert_eq!(Backoff::after(3).ended(Duration::ZERO), Next::After(Duration::from_secs(8)));
        assert_eq!((Backoff::after(3).ends(), Backoff::default().ends()), (3, 0));
    }
}
