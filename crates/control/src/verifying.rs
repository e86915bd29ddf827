//! Models are read again from time to time, because a disk can change bytes without a trace: one at a time, at a modest rate,
//! by a core that lives long and has nothing else to do. What is found is told and repaired as whatever else has drifted.

use crate::ControlPlane;
use async_trait::async_trait;
use las_types::{
    ByteSize, Category, Depth, Failure, Installed, LastRead, ModuleName, Patience, SignedDuration, Timestamp,
};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How often it is looked whether something is due, and whether what was waited for is over.
const LOOK: Duration = Duration::from_secs(1);

/// How long reading waits after a piece that took so long, so that no more than so many bytes a second are read; 0 is as fast as
/// it goes.
fn rest_after(bytes: ByteSize, took: Duration, rate: u64) -> Duration {
    if rate == 0 {
        return Duration::ZERO;
    }
    let micros = u128::from(bytes.bytes()) * 1_000_000 / u128::from(rate);
    Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX)).saturating_sub(took)
}

/// How many looks at the configuration there are for one at the models: a hundredth of the time between two readings of one,
/// and a minute at most. A core that has nothing to do does next to nothing.
fn looks(every: Option<SignedDuration>) -> i64 {
    every.map_or(1, |every| (every.as_secs() / 100).clamp(1, 60))
}

/// Which of these is read next: the one that was read longest ago, if that was before the moment. What was found damaged is
/// told already, and what was never read is read by the pass that finds it.
fn next<T>(read: Vec<(T, Option<LastRead>)>, before: Timestamp) -> Option<(T, LastRead)> {
    let due = read.into_iter().filter_map(|(item, last)| Some((item, last?)));
    due.filter(|(_, last)| last.whole && last.at < before).min_by_key(|(_, last)| last.at)
}

/// Reads no faster than is configured, and not at all while something is changed or loaded.
struct Modest<'a> {
    control: &'a ControlPlane,
    since: Mutex<Instant>,
}

#[async_trait]
impl Patience for Modest<'_> {
    async fn read(&self, bytes: ByteSize) {
        let took = self.since.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        tokio::time::sleep(rest_after(bytes, took, self.control.config.verification().rate)).await;
        self.control.until_calm().await;
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl ControlPlane {
    /// Reads models again as often as is configured, for as long as this is polled.
    pub async fn keep_verifying(self: Arc<Self>) {
        let mut told_off = false;
        loop {
            let every = self.config.verification().every;
            if every.is_none() && !told_off {
                tracing::info!("models are not verified by themselves: models.verify_every is off");
            }
            told_off = every.is_none();
            if let Err(failure) = self.verify_next().await {
                tracing::warn!(%failure, cause = ?failure.cause, "models could not be verified");
            }
            self.rest_between(every).await;
        }
    }

    /// Waits before models are looked at again, unless something else is configured meanwhile.
    async fn rest_between(&self, every: Option<SignedDuration>) {
        for _ in 0..looks(every) {
            tokio::time::sleep(LOOK).await;
            if self.config.verification().every != every {
                return;
            }
        }
    }

    /// Reads the model that is due, if one is.
    async fn verify_next(self: &Arc<Self>) -> Result<(), Failure> {
        let Some(every) = self.config.verification().every else { return Ok(()) };
        let before = self.clock.now().checked_sub(every).unwrap_or(Timestamp::MIN);
        let mut models = Vec::new();
        for item in self.installed().await?.into_iter().filter(|item| item.category == Category::Model) {
            let last = self.executor.last_read(&item).await;
            models.push((item, last));
        }
        let Some((item, last)) = next(models, before) else { return Ok(()) };
        self.until_calm().await;
        tokio::select! {
            read = self.verify_slowly(&item, last, before) => read,
            // What is read is let go of.
            () = self.until_off() => Ok(()),
        }
    }

    async fn verify_slowly(
        self: &Arc<Self>,
        item: &Installed,
        last: LastRead,
        before: Timestamp,
    ) -> Result<(), Failure> {
        tracing::debug!(model = %item.name, last = %last.at, "a model is verified by itself");
        let patience = Modest { control: self, since: Mutex::new(Instant::now()) };
        // Of several files those that were read since are not read again, as after a stop in the middle.
        let depth = Depth::Changed { proven_since: before };
        let found = self.executor.inspect_patiently(item, depth, &patience).await?;
        if found.is_empty() {
            tracing::info!(model = %item.name, "a model was verified by itself and is whole");
            return Ok(());
        }
        self.tell_damaged(&item.name).await;
        Ok(())
    }

    /// What was read is not read again: the next pass knows it, tells it, and repairs what may be.
    async fn tell_damaged(self: &Arc<Self>, name: &ModuleName) {
        tracing::warn!(model = %name, "a model was verified by itself and is damaged");
        self.pass().await;
    }

    async fn until_calm(&self) {
        while !self.is_at_rest() {
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn until_off(&self) {
        while self.config.verification().every.is_some() {
            tokio::time::sleep(LOOK).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{looks, next, rest_after};
    use las_types::{ByteSize, LastRead, SignedDuration, Timestamp};
    use std::time::Duration;

    #[test]
    fn no_more_than_the_rate_is_read_and_time_that_passed_counts() {
        let rest = |bytes, took, rate| rest_after(ByteSize::new(bytes), Duration::from_millis(took), rate);
        assert_eq!(rest(1_000_000, 0, 100_000_000), Duration::from_millis(10));
        assert_eq!(rest(1_000_000, 4, 100_000_000), Duration::from_millis(6));
        assert_eq!(rest(1_000_000, 10, 100_000_000), Duration::ZERO);
        assert_eq!(rest(1_000_000, 99, 100_000_000), Duration::ZERO, "a slow disk is not made slower");
        assert_eq!(rest(1_000_000, 0, 1_000), Duration::from_secs(1_000));
        assert_eq!(rest(u64::MAX, 0, 0), Duration::ZERO, "without a rate it goes as fast as it can");
        assert_eq!(rest(u64::MAX, 0, 1), Duration::from_micros(u64::MAX), "nothing overflows");
    }

    #[test]
    fn models_are_looked_at_as_seldom_as_it_does_not_matter() {
        let days = |days: i64| Some(SignedDuration::from_hours(24 * days));
        assert_eq!([None, days(30), days(1)].map(looks), [1, 60, 60]);
        assert_eq!(
            [1, 250, 3_600].map(|seconds| looks(Some(SignedDuration::from_secs(seconds)))),
            [1, 2, 36]
        );
    }

    #[test]
    fn what_was_read_longest_ago_is_next_and_what_was_read_lately_or_is_damaged_is_not() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let read = |second, whole| Some(LastRead { at: at(second), whole });
        let of = |models: &[(&'static str, Option<LastRead>)], before| {
            next(models.to_vec(), at(before)).map(|(name, _)| name)
        };
        let models = [
            ("new", read(90, true)),
            ("old", read(20, true)),
            ("oldest", read(10, true)),
            ("bad", read(5, false)),
            ("unread", None),
        ];
        assert_eq!(of(&models, 50), Some("oldest"));
        assert_eq!(of(&models[..2], 50), Some("old"));
        assert_eq!(of(&models[..1], 50), None);
        assert_eq!(of(&models[3..], 50), None);
        assert_eq!(of(&models, 10), None, "not before its time");
    }
}
