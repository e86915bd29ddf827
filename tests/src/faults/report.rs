//! What a row found.

/// What a row found.
#[derive(Clone, Debug)]
pub struct Report {
    /// How many cases there were.
    pub cases: usize,
    /// The figure that the target speaks of.
    pub figure: String,
    /// The cases that did not hold, each with its name and what it showed.
    pub failures: Vec<String>,
}

impl Report {
    /// With the plainest figure: how many hold.
    pub fn new(cases: usize, failures: Vec<String>) -> Self {
        let figure = format!("{} of {cases} hold", cases.saturating_sub(failures.len()));
        Self { cases, figure, failures }
    }

    /// With another figure.
    pub fn with_figure(mut self, figure: impl Into<String>) -> Self {
        self.figure = figure.into();
        self
    }

    /// How many failures speak of this word, e.g. `lost`: a case says `lost: …`.
    pub fn count(&self, word: &str) -> usize {
        let mark = format!(": {word}: ");
        self.failures.iter().filter(|failure| failure.contains(&mark)).count()
    }

    /// Both as one, with the plainest figure.
    pub fn and(mut self, other: Self) -> Self {
        self.failures.extend(other.failures);
        Self::new(self.cases + other.cases, self.failures)
    }

    /// Whether every case held; without a case nothing was shown.
    pub fn holds(&self) -> bool {
        self.cases > 0 && self.failures.is_empty()
    }
}
