//! R5: no damage to the database is accepted in silence.

use super::database::{Database, judged};
use super::{Report, Run};
use std::path::{Path, PathBuf};

/// What is done to the files.
enum Damage {
    /// One bit of the file or of its log.
    Flip { log: bool, place: u64 },
    /// One page of the file: emptied, or in the place of another.
    Page { from: Option<u64>, to: u64 },
    /// The log is cut.
    Cut { keep: u64 },
    /// One of the files, by what its name ends with.
    Gone(&'static str),
    /// The log of another database.
    Foreign,
    /// The file is there and empty.
    Empty,
    /// The record of the schema: its statement for SQLite is not to be had here, so its bytes.
    Schema(&'static [u8], &'static [u8]),
}

fn log(path: &Path) -> PathBuf {
    path.with_file_name("state.db-wal")
}

fn change(path: &Path, with: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    with(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

fn page(place: u64, bytes: &[u8]) -> std::ops::Range<usize> {
    let pages = bytes.len() / 4096;
    let at = usize::try_from(place).unwrap_or(0) % pages * 4096;
    at..at + 4096
}

impl Damage {
    fn done(&self, path: &Path, other: &Database) {
        match self {
            Self::Flip { log: in_log, place } => {
                change(&if *in_log { log(path) } else { path.to_owned() }, |bytes| {
                    let bit = usize::try_from(*place).unwrap() % (bytes.len() * 8);
                    bytes[bit / 8] ^= 1 << (bit % 8);
                });
            }
            Self::Page { from, to } => change(path, |bytes| {
                let to = page(*to, bytes);
                match from.map(|from| page(from, bytes)) {
                    Some(from) => bytes.copy_within(from, to.start),
                    None => bytes[to].fill(0),
                }
            }),
            Self::Cut { keep } => change(&log(path), |bytes| {
                bytes.truncate(usize::try_from(*keep).unwrap() % bytes.len());
            }),
            Self::Gone(end) => std::fs::remove_file(path.with_file_name(format!("state.db{end}"))).unwrap(),
            Self::Foreign => {
                let (_folder, foreign) = other.copy();
                std::fs::copy(log(&foreign), log(path)).unwrap();
            }
            Self::Empty => std::fs::write(path, b"").unwrap(),
            Self::Schema(from, to) => change(path, |bytes| {
                let at = bytes.windows(from.len()).position(|window| window == *from).unwrap();
                bytes[at..at + to.len()].copy_from_slice(to);
            }),
        }
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let (database, other) = (Database::killed(), Database::killed());
    let mut random = run.random();
    let mut cases = Vec::new();
    for number in 0..run.choose(60, 2_000) {
        let place = random.u64(..1 << 40);
        let log = number % 2 == 1;
        let whose = if log { "log" } else { "file" };
        cases.push((format!("flip-{whose}-{place}"), Damage::Flip { log, place }));
    }
    for _ in 0..run.choose(5, 100) {
        let (from, to) = (random.u64(..1000), random.u64(..1000));
        cases.push((format!("page-{to}-emptied"), Damage::Page { from: None, to }));
        cases.push((format!("page-{to}-from-{from}"), Damage::Page { from: Some(from), to }));
        let keep = random.u64(..1 << 40);
        cases.push((format!("log-cut-{keep}"), Damage::Cut { keep }));
    }
    for (name, end) in [("file-gone", ""), ("log-gone", "-wal"), ("index-gone", "-shm")] {
        cases.push((name.to_owned(), Damage::Gone(end)));
    }
    cases.push(("log-of-another".to_owned(), Damage::Foreign));
    cases.push(("file-empty".to_owned(), Damage::Empty));
    cases.push(("schema-renamed".to_owned(), Damage::Schema(b"sealed", b"sealfd")));
    Ok(run.each(cases, |damage| {
        let (_folder, path) = database.copy();
        damage.done(&path, &other);
        let both = [&*database.text, &*database.before];
        let allowed = if matches!(damage, Damage::Cut { .. }) { &both[..] } else { &both[..1] };
        judged(&path, allowed)
    }))
}
