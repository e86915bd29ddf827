//! `las-faults [--reduced] [--seed N] [--only CASE] [--write] [ROW…]`: runs rows of the reliability table and prints one
//! line each; `--write` puts them into `docs/reliability.md`. Status 1 if a row falls short, 2 for wrong use.

use las_tests::faults::{Entry, ROWS, Row, Run, Scale, Verdict, row, write_table};
use las_tests::repository;
use std::process::{Command, ExitCode};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Failures that are shown of a row; its line counts them all.
const SHOWN: usize = 20;

struct Wish {
    run: Run,
    rows: Vec<&'static Row>,
    written: bool,
}

fn wish() -> Result<Wish, String> {
    // Any number will do; it is printed.
    let drawn = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs());
    let mut wish = Wish { run: Run::new(Scale::Release, drawn), rows: Vec::new(), written: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--reduced" => wish.run.scale = Scale::Reduced,
            "--write" => wish.written = true,
            "--seed" => wish.run.seed = value()?.parse().map_err(|_| "a seed is a number".to_owned())?,
            "--only" => wish.run.only = Some(value()?),
            id => wish.rows.push(row(id).ok_or_else(|| {
                let known: Vec<&str> = ROWS.iter().map(|row| row.id).collect();
                format!("no row '{id}'; there are {}", known.join(", "))
            })?),
        }
    }
    if wish.rows.is_empty() {
        wish.rows = ROWS.iter().collect();
    }
    if wish.run.only.is_some() && (wish.written || wish.rows.len() != 1) {
        return Err("--only takes one row, and is no result to write down".to_owned());
    }
    Ok(wish)
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).current_dir(repository()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The commit, with a `+` if the tree has other changes than the table.
fn commit() -> String {
    let changed = git(&["status", "--porcelain", "--", ".", ":!docs/reliability.md"]);
    match git(&["rev-parse", "--short=10", "HEAD"]) {
        Some(commit) if changed.as_deref() == Some("") => commit,
        Some(commit) => commit + "+",
        None => "unknown".to_owned(),
    }
}

fn tell(entry: &Entry, seconds: u64) {
    let Entry { row, run, .. } = entry;
    if let Ok(report) = &entry.result {
        for failure in report.failures.iter().take(SHOWN) {
            eprintln!("{}: {failure}", row.id);
        }
        eprintln!("{}: {seconds} s", row.id);
    }
    println!(
        "{:<4} {} cases, seed {}, target: {}, figure: {}, {}",
        row.id,
        entry.cases(),
        run.seed,
        row.target,
        entry.figure(),
        entry.verdict()
    );
}

fn main() -> ExitCode {
    let wish = match wish() {
        Ok(wish) => wish,
        Err(wrong) => {
            eprintln!("las-faults: {wrong}");
            return ExitCode::from(2);
        }
    };
    // As the tree is now: it may go on while this runs.
    let commit = commit();
    let mut entries = Vec::new();
    for row in wish.rows {
        eprintln!("{}: {} (seed {})", row.id, row.property, wish.run.seed);
        let begun = Instant::now();
        let entry = Entry::measure(row, wish.run.clone());
        tell(&entry, begun.elapsed().as_secs());
        entries.push(entry);
        if wish.written {
            let date = las_types::Timestamp::now().strftime("%Y-%m-%d").to_string();
            let path = repository().join("docs/reliability.md");
            if let Err(error) = write_table(&path, &entries, &commit, &date) {
                eprintln!("las-faults: {}: {error}", path.display());
                return ExitCode::FAILURE;
            }
        }
    }
    let count = |verdict| entries.iter().filter(|entry| entry.verdict() == verdict).count();
    let short = count(Verdict::FallsShort);
    println!(
        "faults: {} rows hold, {short} fall short, {} not run",
        count(Verdict::Holds),
        count(Verdict::NotRun)
    );
    if short == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
