//! Every row of the reliability table at reduced scale, and every case that failed once.

use las_tests::faults::{ROWS, Run, Scale, row};
use las_tests::{repository, skip};

/// Another one for a run: `LAS_FAULTS_SEED=N ./x test faults`.
const SEED: u64 = 1;

fn seed() -> u64 {
    std::env::var("LAS_FAULTS_SEED").map_or(SEED, |text| text.parse().expect("a number"))
}

fn reduced(id: &str) {
    let row = row(id).unwrap();
    let run = Run::new(Scale::Reduced, seed());
    eprintln!("{id}: seed {}", run.seed);
    match (row.run)(&run) {
        Err(lacking) => skip(&format!("faults::{}", id.to_lowercase()), &lacking),
        Ok(report) => {
            eprintln!("{id}: {} cases, {}", report.cases, report.figure);
            assert!(report.holds(), "{id}, seed {}: {:#?}", run.seed, report.failures);
        }
    }
}

macro_rules! rows {
    ($($test:ident $id:literal,)*) => {
        $(#[test] fn $test() { reduced($id); })*
        /// Those that have a test here.
        const TESTED: &[&str] = &[$($id,)*];
    };
}

rows! {
    r1 "R1",
    r2 "R2",
    r3 "R3",
    r4 "R4",
    r5 "R5",
    r6 "R6",
    r7 "R7",
    r8 "R8",
    r9 "R9",
    r10 "R10",
    r12 "R12",
    r13 "R13",
    r14 "R14",
    r15 "R15",
    p1 "P1",
    p2 "P2",
    p3 "P3",
    p4 "P4",
    p5 "P5",
    p6 "P6",
    p7 "P7",
    p8 "P8",
    s10 "S10",
    s11 "S11",
    s12 "S12",
    s13 "S13",
    s14 "S14",
    f6 "F6",
    s15 "S15",
    s16 "S16",
    f1 "F1",
    f3 "F3",
    d2 "D2",
    s19 "S19",
}

#[test]
fn every_row_is_tested() {
    let rows: Vec<&str> = ROWS.iter().map(|row| row.id).collect();
    assert_eq!(rows, TESTED);
}

#[test]
fn what_failed_once_holds() {
    let path = repository().join("tests/corpus/seeds");
    let text = std::fs::read_to_string(path).unwrap();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [id, seed, case, ..] = words[..] else { panic!("ROW SEED CASE what it showed: {line}") };
        let mut run = Run::new(Scale::Release, seed.parse().expect("a seed"));
        run.only = Some(case.to_owned());
        match (row(id).expect("a row").run)(&run) {
            Err(lacking) => skip(&format!("faults::what_failed_once_holds {id} {case}"), &lacking),
            Ok(report) => assert!(report.holds(), "{line}: {:#?}", report.failures),
        }
    }
}
