//! One run of a row, and the cases that it is made of.

use super::Report;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// For every `./x test`: a seeded sample, within some seconds.
    Reduced,
    /// For a release: the figures of the table.
    Release,
}

/// One run of a row.
#[derive(Clone, Debug)]
pub struct Run {
    /// How many cases.
    pub scale: Scale,
    /// What the cases are drawn from.
    pub seed: u64,
    /// Only the case of this name.
    pub only: Option<String>,
}

/// Cases at the same time: a small machine has two cores, and a case waits for processes most of the time.
const LANES: usize = 2;
/// How often a long run says how far it is.
const TOLD: usize = 20;

impl Run {
    /// Every case of a scale.
    pub fn new(scale: Scale, seed: u64) -> Self {
        Self { scale, seed, only: None }
    }

    /// One of two numbers, by the scale.
    pub fn choose<T>(&self, reduced: T, release: T) -> T {
        match self.scale {
            Scale::Reduced => reduced,
            Scale::Release => release,
        }
    }

    /// Random numbers that follow from the seed; each call begins anew.
    pub fn random(&self) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.seed)
    }

    /// That many seeds of cases, each with its name.
    pub fn seeds(&self, count: usize) -> Vec<(String, u64)> {
        let mut random = self.random();
        let seed = |_| random.u64(..);
        (0..count).map(seed).map(|seed| (format!("{seed:016x}"), seed)).collect()
    }

    /// Some of the cases, drawn by the seed; all of them if there are no more. A single one that is asked for is kept.
    pub fn sample<C>(&self, mut cases: Vec<(String, C)>, count: usize) -> Vec<(String, C)> {
        if self.only.is_none() {
            self.random().shuffle(&mut cases);
            cases.truncate(count);
        }
        cases
    }

    /// Whether any case of this group (`GROUP/…`) is wanted.
    pub fn wants(&self, group: &str) -> bool {
        let own = |only: &String| only.strip_prefix(group).is_some_and(|rest| rest.starts_with('/'));
        self.only.as_ref().is_none_or(own)
    }

    /// Runs every named case, two at a time. A case fails by its error or by a panic.
    pub fn each<C: Sync>(
        &self,
        mut cases: Vec<(String, C)>,
        check: impl Fn(&C) -> Result<(), String> + Sync,
    ) -> Report {
        if let Some(only) = &self.only {
            cases.retain(|(name, _)| name == only);
        }
        let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some((name, case)) = cases.get(index) else { return };
                let step = (cases.len() / TOLD).max(1);
                if self.scale == Scale::Release && index % step == 0 {
                    eprintln!("  {index} of {}", cases.len());
                }
                if let Err(failure) = caught(|| check(case)) {
                    eprintln!("  {name}: {failure}");
                    let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                    failures.push((index, format!("{name}: {failure}")));
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..LANES {
                scope.spawn(work);
            }
        });
        let mut failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        failures.sort();
        Report::new(cases.len(), failures.into_iter().map(|(_, failure)| failure).collect())
    }
}

/// A panic is a failure like another.
fn caught(check: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    std::panic::catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|payload| {
        let said = payload.downcast_ref::<String>().map(String::as_str);
        Err(said.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::{Run, Scale};

    #[test]
    fn a_seed_brings_about_the_same_cases_again() {
        let names = |seed| Run::new(Scale::Reduced, seed).seeds(10);
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
        let sample =
            |seed| Run::new(Scale::Reduced, seed).sample((0..100).map(|n| (n.to_string(), ())).collect(), 5);
        assert_eq!(sample(7), sample(7));
        assert_ne!(sample(7), sample(8));
    }

    #[test]
    fn an_error_and_a_panic_are_failures_with_the_name_of_their_case() {
        let cases = ["fine", "wrong", "worse"].map(|name| (name.to_owned(), name)).to_vec();
        let check = |name: &&str| match *name {
            "fine" => Ok(()),
            "wrong" => Err("an error".to_owned()),
            other => panic!("a panic of {other}"),
        };
        let mut run = Run::new(Scale::Reduced, 1);
        let report = run.each(cases.clone(), check);
        assert_eq!(report.failures, ["wrong: an error", "worse: a panic of worse"]);
        assert_eq!((report.cases, report.holds()), (3, false));
        run.only = Some("fine".to_owned());
        assert!(run.each(cases.clone(), check).holds());
        run.only = Some("none".to_owned());
        assert!(!run.each(cases, check).holds(), "no case shows nothing");
    }
}
