//! When a service that ended by itself is started again.

use std::time::Duration;

const AT_ONCE: Duration = Duration::from_millis(100);
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);
/// Ready this long, an end is taken for an accident: started again at once.
const SOUND: Duration = Duration::from_secs(10);
/// Ready this long, earlier ends are forgotten.
const HEALTHY: Duration = Duration::from_mins(1);
const MOST: u32 = 5;

/// What comes after an end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Start again after a pause.
    After(Duration),
    /// It ended too often.
    GiveUp,
}

/// Counts the ends that were not followed by a minute of health.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    crashes: u32,
    pauses: u32,
}

impl Backoff {
    /// The process ended after it had been ready for that long.
    pub(super) fn crashed(&mut self, ready_for: Duration) -> Next {
        if ready_for >= HEALTHY {
            *self = Self::default();
        }
        self.crashes += 1;
        if self.crashes >= MOST {
            return Next::GiveUp;
        }
        if self.crashes == 1 || ready_for >= SOUND {
            return Next::After(AT_ONCE);
        }
        let pause = FIRST.saturating_mul(2_u32.saturating_pow(self.pauses)).min(LONGEST);
        self.pauses += 1;
        Next::After(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, Next};
    use std::time::Duration;

    #[test]
    fn pauses_double_and_the_fifth_end_is_the_last() {
        let cases: &[(&[u64], &[Option<u64>])] = &[
            (&[0, 0, 0, 0, 0], &[Some(100), Some(1000), Some(2000), Some(4000), None]),
            (&[20, 20, 0, 20, 20], &[Some(100), Some(100), Some(1000), Some(100), None]),
            (
                &[0, 0, 0, 0, 61, 0, 0],
                &[Some(100), Some(1000), Some(2000), Some(4000), Some(100), Some(1000), Some(2000)],
            ),
        ];
        for (ready, expected) in cases {
            let mut backoff = Backoff::default();
            let got: Vec<_> =
                ready.iter().map(|seconds| backoff.crashed(Duration::from_secs(*seconds))).collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|pause| pause.map_or(Next::GiveUp, |ms| Next::After(Duration::from_millis(ms))))
                .collect();
            assert_eq!(got, expected, "{ready:?}");
        }
    }
}
