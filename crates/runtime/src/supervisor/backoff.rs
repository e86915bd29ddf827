//! When a service that ended by itself is started again.

use std::time::Duration;

/// How often and after what pauses a service that ends by itself is started again. The runtime decides no policy: who
/// composes a core says this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restarts {
    /// The pause after the first end; each further one is twice as long.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// Ready this long, earlier ends are forgotten.
    pub healthy: Duration,
    /// With so many ends it is given up.
    pub most: u32,
}

/// Pauses of 1 s to 5 min, and the tenth end is the last: after pauses of eight and a half minutes together.
impl Default for Restarts {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_mins(5),
            healthy: Duration::from_mins(10),
            most: 10,
        }
    }
}

/// What comes after an end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Start again after a pause.
    After(Duration),
    /// It ended too often.
    GiveUp,
}

/// Counts the ends that were not followed by health.
#[derive(Debug)]
pub(super) struct Backoff {
    restarts: Restarts,
    ends: u32,
}

impl Backoff {
    /// One that has ended so often already, for another core.
    pub(super) fn after(restarts: Restarts, ends: u32) -> Self {
        Self { restarts, ends }
    }

    /// Ends that are not forgotten.
    pub(super) fn ends(&self) -> u32 {
        self.ends
    }

    /// The process ended after it had been ready for that long.
    pub(super) fn ended(&mut self, ready_for: Duration) -> Next {
        let Restarts { first, longest, healthy, most } = self.restarts;
        if ready_for >= healthy {
            self.ends = 0;
        }
        self.ends = self.ends.saturating_add(1);
        if self.ends >= most {
            return Next::GiveUp;
        }
        Next::After(first.saturating_mul(2_u32.saturating_pow(self.ends - 1)).min(longest))
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, Next, Restarts};
    use std::time::Duration;

    fn after(ends: u32) -> Backoff {
        Backoff::after(Restarts::default(), ends)
    }

    #[test]
    fn pauses_double_up_to_five_minutes_and_the_tenth_end_is_the_last() {
        let curve = [1, 2, 4, 8, 16, 32, 64, 128, 256];
        let mut backoff = after(0);
        for seconds in curve {
            assert_eq!(backoff.ended(Duration::from_mins(9)), Next::After(Duration::from_secs(seconds)));
        }
        assert_eq!(backoff.ended(Duration::ZERO), Next::GiveUp);
        // Ten minutes of health, and it begins anew.
        assert_eq!(backoff.ended(Duration::from_mins(10)), Next::After(Duration::from_secs(1)));
        assert_eq!(backoff.ended(Duration::ZERO), Next::After(Duration::from_secs(2)));
        assert_eq!(after(3).ended(Duration::ZERO), Next::After(Duration::from_secs(8)));
        assert_eq!((after(3).ends(), after(0).ends()), (3, 0));
        let at_once = Restarts { first: Duration::ZERO, ..Restarts::default() };
        assert_eq!(Backoff::after(at_once, 8).ended(Duration::ZERO), Next::After(Duration::ZERO));
    }
}
