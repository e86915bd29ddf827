//! How far an operation is.

use crate::ByteSize;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A step in work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Working {
    /// The step, from 0.
    pub step: u32,
    /// Bytes done of it.
    pub done: ByteSize,
    /// Bytes of it; 0 where it counts none.
    pub total: ByteSize,
}

/// How far the steps of an operation are. Every step before `step` is finished; of the others those that stand
/// in `working` are in work, those in `finished` are finished, and the rest waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Progress {
    /// The first step that is not finished, from 0.
    pub step: u32,
    /// How many steps.
    pub steps: u32,
    /// Bytes done of the steps in work.
    pub done: ByteSize,
    /// Bytes of the steps in work.
    pub total: ByteSize,
    /// The steps in work, in their order.
    #[serde(default)]
    pub working: Vec<Working>,
    /// Steps behind `step` that are finished, in their order.
    #[serde(default)]
    pub finished: Vec<u32>,
    /// Bytes a second over the last seconds; none while that is not known.
    #[serde(default)]
    pub speed: Option<ByteSize>,
    /// Seconds until the steps in work are done at that speed; none where their size or the speed is not known.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub left: Option<u64>,
}

impl Progress {
    /// Nothing of so many steps is begun.
    pub fn of(steps: u32) -> Self {
        Self { steps, ..Self::default() }
    }

    /// All of so many steps are finished.
    pub fn all(steps: u32) -> Self {
        Self { step: steps, steps, ..Self::default() }
    }

    /// A step begins that has so many bytes.
    pub fn begin(&mut self, step: u32, total: ByteSize) {
        let at = self.working.partition_point(|other| other.step < step);
        self.working.insert(at, Working { step, done: ByteSize::default(), total });
        self.sum();
    }

    /// So many bytes of a step in work are done; of another one nothing is known.
    pub fn advance(&mut self, step: u32, done: ByteSize) {
        if let Some(working) = self.working.iter_mut().find(|working| working.step == step) {
            working.done = done;
            self.sum();
        }
    }

    /// A step is finished.
    pub fn finish(&mut self, step: u32) {
        self.working.retain(|working| working.step != step);
        self.finished.push(step);
        self.finished.sort_unstable();
        while self.finished.first() == Some(&self.step) {
            self.finished.remove(0);
            self.step += 1;
        }
        self.sum();
    }

    /// The steps in work move so fast, or it is not known.
    pub fn moves(&mut self, speed: Option<ByteSize>) {
        self.speed = speed;
        self.sum();
    }

    fn sum(&mut self) {
        self.done = self.working.iter().map(|working| working.done).sum();
        self.total = self.working.iter().map(|working| working.total).sum();
        // Nothing in work has no speed, and one step whose size nobody knows leaves the end of all unknown.
        self.speed = self.speed.filter(|_| !self.working.is_empty());
        let missing = |one: &Working| {
            let left = one.total.bytes().checked_sub(one.done.bytes());
            left.filter(|_| one.total.bytes() > 0)
        };
        let missing: Option<u64> = self.working.iter().map(missing).sum();
        let speed = self.speed.map(ByteSize::bytes).filter(|speed| *speed > 0);
        self.left = missing.zip(speed).map(|(missing, speed)| missing.div_ceil(speed));
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;
    use crate::ByteSize;

    #[test]
    fn steps_may_finish_in_any_order() {
        let mut progress = Progress::of(4);
        for step in [1, 0, 2] {
            progress.begin(step, ByteSize::new(100 + u64::from(step)));
        }
        progress.advance(0, ByteSize::new(5));
        progress.advance(2, ByteSize::new(7));
        progress.advance(3, ByteSize::new(9));
        assert_eq!(progress.working.iter().map(|one| one.step).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!((progress.done.bytes(), progress.total.bytes()), (12, 303));
        progress.finish(2);
        assert_eq!((progress.step, &*progress.finished), (0, &[2][..]));
        progress.finish(1);
        assert_eq!((progress.step, &*progress.finished), (0, &[1, 2][..]));
        assert_eq!((progress.done.bytes(), progress.total.bytes()), (5, 100));
        progress.finish(0);
        progress.begin(3, ByteSize::default());
        progress.finish(3);
        assert_eq!(progress, Progress::all(4));
    }

    #[test]
    fn the_time_that_is_left_is_known_only_with_a_size_and_a_speed() {
        let mut progress = Progress::of(2);
        progress.begin(0, ByteSize::new(1_000));
        progress.advance(0, ByteSize::new(100));
        assert_eq!((progress.speed, progress.left), (None, None));
        progress.moves(Some(ByteSize::new(200)));
        assert_eq!(progress.left, Some(5));
        progress.moves(Some(ByteSize::default()));
        assert_eq!(progress.left, None, "it stands still");
        progress.moves(Some(ByteSize::new(200)));
        progress.begin(1, ByteSize::default());
        assert_eq!(progress.left, None, "nobody knows how much the second is");
        progress.finish(1);
        assert_eq!(progress.left, Some(5));
        progress.advance(0, ByteSize::new(1_200));
        assert_eq!(progress.left, None, "more came than was said");
        progress.finish(0);
        assert_eq!((progress.speed, progress.left), (None, None));
    }
}
