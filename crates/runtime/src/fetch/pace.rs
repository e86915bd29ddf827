//! How fast things are fetched at most, all of them together.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// How far ahead of the rate a burst may be.
const BURST: Duration = Duration::from_millis(200);
/// How soon another rate is noticed by whoever waits.
const LOOK: Duration = Duration::from_millis(250);

/// A rate that all who fetch share; it may be changed while they do.
#[derive(Debug, Default)]
pub struct Pace {
    /// Bytes a second; 0 for as fast as it goes.
    rate: AtomicU64,
    /// When what was taken so far would have been taken at the rate.
    due: Mutex<Option<Instant>>,
}

impl Pace {
    /// From now on at most so many bytes a second; 0 for as fast as it goes.
    pub fn set(&self, bytes_per_second: u64) {
        self.rate.store(bytes_per_second, Ordering::Relaxed);
        *self.due.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Waits until so many bytes more may be taken.
    pub(super) async fn take(&self, bytes: u64) {
        let mut rate = self.rate.load(Ordering::Relaxed);
        let Some(mut due) = self.next(rate, bytes) else { return };
        loop {
            let now = Instant::now();
            if due <= now {
                return;
            }
            tokio::time::sleep((due - now).min(LOOK)).await;
            let other = self.rate.load(Ordering::Relaxed);
            if other != rate {
                rate = other;
                let Some(next) = self.next(rate, bytes) else { return };
                due = next;
            }
        }
    }

    fn next(&self, rate: u64, bytes: u64) -> Option<Instant> {
        if rate == 0 {
            return None;
        }
        let micros = bytes.saturating_mul(1_000_000) / rate;
        let mut last = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let from = last.unwrap_or(now).max(now.checked_sub(BURST).unwrap_or(now));
        let due = from + Duration::from_micros(micros);
        *last = Some(due);
        Some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::time::Instant;

    // By a clock that stands still but for what is waited for.
    #[tokio::test(start_paused = true)]
    async fn all_who_fetch_share_one_rate_and_a_change_of_it_is_followed() {
        let pace = Arc::new(Pace::default());
        let begun = Instant::now();
        pace.take(1 << 40).await;
        assert_eq!(begun.elapsed(), Duration::ZERO, "without a rate nobody waits");
        pace.set(1_000);
        let take = |times: u64| {
            let pace = Arc::clone(&pace);
            tokio::spawn(async move {
                for _ in 0..times {
                    pace.take(100).await;
                }
            })
        };
        let (one, two) = (take(50), take(50));
        one.await.unwrap();
        two.await.unwrap();
        let took = begun.elapsed().as_millis();
        assert!((9_700..=10_100).contains(&took), "{took} ms for 10,000 bytes");
        let begun = Instant::now();
        let waiting = take(1_000);
        tokio::time::sleep(Duration::from_secs(1)).await;
        pace.set(0);
        waiting.await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
}
