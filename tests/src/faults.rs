//! The fault harness: every row of the reliability table that this tree can measure, each as one function that brings
//! about many seeded faults and says what they did.
//!
//! Invariants: a row's cases follow from its scale and seed alone; a case has a name that brings it about again
//! (`las-faults ROW --seed N --only CASE`); a case that failed once stays in `tests/corpus/seeds` and is run again by
//! `faults::what_failed_once_holds`; what this machine lacks is told, never passed over.
//!
//! A row is one file, `faults/<id>.rs`, with `pub(super) fn run(run: &Run) -> Result<Report, String>`, and one line in
//! [`ROWS`] and in `tests/tests/faults.rs`. `./x faults` runs rows at release scale, `./x test` at reduced scale.

mod r14;
mod report;
mod run;
mod table;

pub use report::Report;
pub use run::{Run, Scale};
pub use table::{Entry, Verdict, write as write_table};

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its id.
    pub id: &'static str,
    /// What holds.
    pub property: &'static str,
    /// What the figure has to be.
    pub target: &'static str,
    /// Brings the faults about. An error says what this machine lacks for that: the row is not run.
    pub run: fn(&Run) -> Result<Report, String>,
}

/// Every row that can be measured, in the order of the table.
pub const ROWS: &[Row] = &[Row {
    id: "R14",
    property: "Deterministic plan",
    target: "plans of 1,000 surroundings byte-identical; two state roots equal",
    run: r14::run,
}];

/// A row by its id, in any case.
pub fn row(id: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.id.eq_ignore_ascii_case(id))
}
