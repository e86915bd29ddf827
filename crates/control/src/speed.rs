//! How fast an operation moves.

use las_types::{ByteSize, Timestamp};
use std::collections::VecDeque;
use std::time::Duration;

/// The speed is that of the last so long a time.
const WINDOW: Duration = Duration::from_secs(5);
/// From a shorter time nothing is said.
const LEAST: Duration = Duration::from_secs(1);
/// What is seen sooner after what was seen before says nothing new.
const APART: Duration = Duration::from_millis(200);

/// What was seen of an operation in the last seconds.
#[derive(Debug, Default)]
pub(crate) struct Speed {
    /// Bytes since it is looked at.
    moved: u64,
    seen: VecDeque<(Timestamp, u64)>,
}

impl Speed {
    /// So many bytes more were done by now. Gives the bytes a second; none while that is not known.
    pub(crate) fn moved(&mut self, bytes: u64, now: Timestamp) -> Option<ByteSize> {
        self.moved = self.moved.saturating_add(bytes);
        if self.seen.back().is_some_and(|(last, _)| now < *last) {
            // The clock was set back: what was seen by the other time says nothing.
            self.seen.clear();
        }
        while self.seen.front().is_some_and(|(first, _)| passed(*first, now) > WINDOW) {
            self.seen.pop_front();
        }
        if self.seen.back().is_none_or(|(last, _)| passed(*last, now) >= APART) {
            self.seen.push_back((now, self.moved));
        }
        let (first, before) = self.seen.front()?;
        let took = passed(*first, now);
        if took < LEAST {
            return None;
        }
        let per_second = u128::from(self.moved - before) * 1_000 / took.as_millis().max(1);
        u64::try_from(per_second).ok().map(ByteSize::new)
    }

    /// What was done before is not counted: something else begins.
    pub(crate) fn begin_anew(&mut self) {
        self.seen.clear();
    }
}

fn passed(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Speed;
    use las_types::Timestamp;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    #[test]
    fn the_speed_is_that_of_the_last_seconds_and_unknown_at_first() {
        let mut speed = Speed::default();
        let mut seen = |bytes, now| speed.moved(bytes, at(now)).map(las_types::ByteSize::bytes);
        assert_eq!(seen(5_000, 0), None);
        assert_eq!(seen(500, 500), None, "half a second says nothing");
        assert_eq!(seen(500, 1_000), Some(1_000));
        assert_eq!(seen(0, 2_000), Some(500));
        for second in 3..=9 {
            seen(4_000, second * 1_000);
        }
        assert_eq!(seen(4_000, 10_000), Some(4_000), "what was before is forgotten");
        for second in 11..=15 {
            seen(0, second * 1_000);
        }
        assert_eq!(seen(0, 16_000), Some(0), "nothing comes any more");
    }

    #[test]
    fn a_clock_that_jumps_makes_no_speed() {
        let mut speed = Speed::default();
        speed.moved(0, at(100_000));
        assert!(speed.moved(2_000, at(102_000)).is_some());
        assert_eq!(speed.moved(1_000, at(50_000)), None, "back");
        assert!(speed.moved(1_000, at(51_000)).is_some());
        assert_eq!(speed.moved(1_000, at(9_000_000)), None, "the machine slept");
    }

    #[test]
    fn what_was_there_before_is_no_speed() {
        let mut speed = Speed::default();
        speed.moved(0, at(0));
        assert!(speed.moved(1 << 30, at(1_000)).is_some());
        speed.begin_anew();
        assert_eq!(speed.moved(0, at(1_100)), None);
        assert_eq!(speed.moved(10, at(2_100)).map(las_types::ByteSize::bytes), Some(10));
    }
}
