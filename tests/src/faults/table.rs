//! The table in `docs/reliability.md`: what was measured, when, and of which commit.

use super::{ROWS, Report, Row, Run, Scale};
use std::path::Path;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every case held.
    Holds,
    /// Some did not.
    FallsShort,
    /// This machine lacks a part.
    NotRun,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::FallsShort => "falls short",
            Self::NotRun => "not run",
        })
    }
}

/// A row with its result.
#[derive(Debug)]
pub struct Entry {
    /// Which row.
    pub row: &'static Row,
    /// With which seed and scale.
    pub run: Run,
    /// What it found, or what this machine lacks.
    pub result: Result<Report, String>,
}

impl Entry {
    /// Runs a row.
    pub fn measure(row: &'static Row, run: Run) -> Self {
        let result = (row.run)(&run);
        Self { row, run, result }
    }

    /// What became of it.
    pub fn verdict(&self) -> Verdict {
        match &self.result {
            Ok(report) if report.holds() => Verdict::Holds,
            Ok(_) => Verdict::FallsShort,
            Err(_) => Verdict::NotRun,
        }
    }

    /// How many cases there were.
    pub fn cases(&self) -> usize {
        self.result.as_ref().map_or(0, |report| report.cases)
    }

    /// The figure, or what is lacking.
    pub fn figure(&self) -> &str {
        match &self.result {
            Ok(report) => &report.figure,
            Err(lacking) => lacking,
        }
    }

    /// The line of the table.
    fn line(&self, commit: &str, date: &str) -> String {
        let scale = self.run.choose("reduced", "release");
        let Row { id, property, target, .. } = self.row;
        let (cases, figure, verdict, seed) = (self.cases(), self.figure(), self.verdict(), self.run.seed);
        format!(
            "| {id} | {property} | {target} | {cases} | {figure} | {verdict} | {scale} | {seed} | {commit} | {date} |"
        )
    }
}

const HEAD: &str = "# Reliability, measured

What happens to this product when it is killed, when the power goes, when the disk is full, damaged or read-only, when the
clock is wrong, when many ask at once. Each row is a program in `tests/src/faults/` that brings about many seeded faults
and compares what is left with what may be left: the old state or the new one, or a state that `las doctor` names and
repairs. *Lost* is an acknowledged operation that is missing after a restart; *unreported* is a state that is neither old
nor new and that the doctor does not name.

`./x faults` runs the rows with these counts, `./x faults --reduced` a sample that is part of every `./x test`, and
`./x faults --write ROW…` writes this table. A row that was not run this time keeps its result and the commit that it was
measured at; `+` marks a tree with changes that were not committed. A seed brings the same cases about again
(`--seed N`), `--only CASE` a single one. Every case that failed once stays in `tests/corpus/seeds`.

| Row | Property | Target | Cases | Figure | Verdict | Scale | Seed | Commit | Date |
|---|---|---|---|---|---|---|---|---|---|
";

/// Puts the results into the table; what is not among them stays as it was. A sample does not replace a release's
/// figures, and a machine that lacks a part does not replace what another one found.
pub fn write(path: &Path, entries: &[Entry], commit: &str, date: &str) -> std::io::Result<()> {
    let before = std::fs::read_to_string(path).unwrap_or_default();
    let lines = ROWS.iter().map(|row| {
        let old = before.lines().find(|line| line.starts_with(&format!("| {} |", row.id)));
        let new = entries.iter().find(|entry| entry.row.id == row.id);
        chosen(row, old, new, commit, date)
    });
    let table: String = lines.map(|line| line + "\n").collect();
    std::fs::write(path, format!("{HEAD}{table}"))
}

fn chosen(row: &Row, old: Option<&str>, new: Option<&Entry>, commit: &str, date: &str) -> String {
    let measured = old.filter(|line| !line.contains("| not run |"));
    let full = measured.filter(|line| line.contains("| release |"));
    let kept = match new {
        None => old,
        Some(entry) if entry.verdict() == Verdict::NotRun => measured,
        Some(entry) if entry.run.scale == Scale::Reduced => full,
        Some(_) => None,
    };
    match (kept, new) {
        (Some(line), _) => line.to_owned(),
        (None, Some(entry)) => entry.line(commit, date),
        (None, None) => {
            format!("| {} | {} | {} | 0 | | not run | | | | |", row.id, row.property, row.target)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, write};
    use crate::faults::{ROWS, Report, Run, Scale};

    fn entry(scale: Scale, result: Result<usize, &str>) -> Entry {
        let result = result.map(|cases| Report::new(cases, Vec::new())).map_err(str::to_owned);
        Entry { row: &ROWS[0], run: Run::new(scale, 7), result }
    }

    #[test]
    fn a_result_stays_until_there_is_one_as_good() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reliability.md");
        let line = |entries: &[Entry], commit: &str| {
            write(&path, entries, commit, "today").unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(
                ROWS.iter().filter(|row| text.contains(&format!("| {} |", row.id))).count(),
                ROWS.len()
            );
            text.lines().find(|line| line.starts_with(&format!("| {} |", ROWS[0].id))).unwrap().to_owned()
        };
        assert!(line(&[], "a").contains("| not run |"));
        assert!(line(&[entry(Scale::Release, Err("no loop device"))], "b").contains("no loop device"));
        assert!(line(&[entry(Scale::Reduced, Ok(3))], "c").contains("| reduced | 7 | c |"));
        assert!(
            line(&[entry(Scale::Release, Ok(30))], "d")
                .contains("| 30 of 30 hold | holds | release | 7 | d |")
        );
        for weaker in [vec![], vec![entry(Scale::Reduced, Ok(3))], vec![entry(Scale::Release, Err("none"))]] {
            assert!(line(&weaker, "e").contains("| d |"));
        }
    }
}
