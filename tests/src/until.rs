//! Waiting for a condition.

use std::time::{Duration, Instant};

const PACE: Duration = Duration::from_millis(10);
/// Long: it only ends a wait that would never end. Tests run beside others on small machines.
const LIMIT: Duration = Duration::from_mins(1);

/// Looks again and again until there is something; fails by saying what it waited for.
#[track_caller]
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < LIMIT, "waited {} s for: {what}", LIMIT.as_secs());
        std::thread::sleep(PACE);
    }
}
