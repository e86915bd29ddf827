//! The fault harness: every row of the reliability table that this tree can measure, each as one function that brings
//! about many seeded faults and says what they did.
//!
//! Invariants: a row's cases follow from its scale and seed alone; a case has a name that brings it about again
//! (`las-faults ROW --seed N --only CASE`); a case that failed once stays in `tests/corpus/seeds` and is run again by
//! `faults::what_failed_once_holds`; what this machine lacks is told, never passed over.
//!
//! A row is one file, `faults/<id>.rs`, with `pub(super) fn run(run: &Run) -> Result<Report, String>`, and one line in
//! [`ROWS`] and in `tests/tests/faults.rs`. `./x faults` runs rows at release scale, `./x test` at reduced scale.

mod changes;
mod d2;
mod damaged;
mod database;
mod f1;
mod f3;
mod f6;
mod inject;
mod judge;
mod p1;
mod p2;
mod p3;
mod p4;
mod p5;
mod p6;
mod p7;
mod p8;
mod r1;
mod r10;
mod r12;
mod r13;
mod r14;
mod r15;
mod r2;
mod r3;
mod r4;
mod r5;
mod r6;
mod r7;
mod r8;
mod r9;
mod report;
mod run;
mod s10;
mod s11;
mod s12;
mod s13;
mod s14;
mod s15;
mod s16;
mod s19;
mod services;
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
pub const ROWS: &[Row] = &[
    Row {
        id: "R1",
        property: "Crash at every step of a change",
        target: "at least 5,000 points; 0 lost, 0 unreported, 0 needing manual repair; second run completes",
        run: r1::run,
    },
    Row {
        id: "R2",
        property: "Double fault: killed, and the recovery killed or on a failing disk",
        target: "1,000 pairs; 0 lost, 0 unreported",
        run: r2::run,
    },
    Row {
        id: "R3",
        property: "Power loss",
        target: "at least 1,000 cuts; every acknowledged change present and hash-correct; 0 empty files under final names",
        run: r3::run,
    },
    Row {
        id: "R4",
        property: "Bit rot in what is installed",
        target: "500 cases; 100 % named before use, repaired where the source is there, never used where not",
        run: r4::run,
    },
    Row {
        id: "R5",
        property: "SQLite corruption",
        target: "2,000 flips and damage of every other kind; 0 silent changes accepted; restored or refused, and told",
        run: r5::run,
    },
    Row {
        id: "R6",
        property: "Disk full, failing or read-only",
        target: "every change at every size; 0 lost; typed error with bytes needed; state unchanged; reads answered; \
                 a failed sync is not tried again",
        run: r6::run,
    },
    Row {
        id: "R7",
        property: "A fetch is cut off, by a kill or with the power",
        target: "200 cases; goes on behind the last segment on the disk: at most one of what was written again; final digest \
                 right in 100 %; 0 parts under final names; 0 left behind",
        run: r7::run,
    },
    Row {
        id: "R8",
        property: "Read-only, without a home, without rights, foreign, or led elsewhere",
        target: "typed error and exit status; reads answered on a read-only disk; 0 panics; 0 writes through a link",
        run: r8::run,
    },
    Row {
        id: "R9",
        property: "Clock skew",
        target: "1,000 courses by wrong and jumping clocks; the ledger's order kept by sequence; no plan outlives an \
                 override; 0 crashes",
        run: r9::run,
    },
    Row {
        id: "R10",
        property: "Migrations",
        target: "every schema to every other and forward again, killed at every point; canonical dump equal in 100 %",
        run: r10::run,
    },
    Row {
        id: "R12",
        property: "Concurrency of control operations",
        target: "1,000 runs of 8 clients; 0 illegal transitions, 0 deadlocks, idempotency keys exactly once",
        run: r12::run,
    },
    Row {
        id: "R13",
        property: "Reconcile",
        target: "100 % of 500 random drifts found within 30 s, repaired or reported, stable after 2 loops",
        run: r13::run,
    },
    Row {
        id: "R14",
        property: "Deterministic plan",
        target: "plans of 1,000 surroundings byte-identical; two state roots equal",
        run: r14::run,
    },
    Row {
        id: "R15",
        property: "A pull of a model is cut off, by a kill or with the power",
        target: "200 cases; goes on behind the last segment on the disk: at most one of what was written again; the final digest \
                 right in 100 %; 0 parts visible; 0 left behind",
        run: r15::run,
    },
    Row {
        id: "P1",
        property: "A child that ends again and again",
        target: "pauses of 1 s doubling to 300 s, exactly; given up as failed with the last 50 lines; 1 % of a core at most",
        run: p1::run,
    },
    Row {
        id: "P2",
        property: "Processes or memory without end",
        target: "never more than the limit; the tree is gone in 2 s, 0 survivors; the core answers as before",
        run: p2::run,
    },
    Row {
        id: "P3",
        property: "A flood of lines, or of what is no text",
        target: "memory grows by 16 MiB at most, log within its quota, what is left out is told, escapes are harmless",
        run: p3::run,
    },
    Row {
        id: "P4",
        property: "Zombies, sessions, double forks, what is halted or will not listen",
        target: "5,000 processes: 0 orphans, 0 zombies; stopped 1 s after the grace at most",
        run: p4::run,
    },
    Row {
        id: "P5",
        property: "The core dies while services run",
        target: "100 kills with 10 services: 100 % adopted, 0 duplicates, 0 orphans, 0 requests lost",
        run: p5::run,
    },
    Row {
        id: "P6",
        property: "Numbers of processes that become other processes'",
        target: "no stranger is ever signalled, while the numbers of ended services are given out again",
        run: p6::run,
    },
    Row {
        id: "P7",
        property: "Ports that another has, or takes at the worst moment",
        target: "0 wrong peers: on every kind of address, in every race, a typed error or another port",
        run: p7::run,
    },
    Row {
        id: "P8",
        property: "Lives and does not serve",
        target: "noticed after 3 answers at most that did not come, started again, never counted as ready",
        run: p8::run,
    },
    Row {
        id: "S10",
        property: "Addresses that lead within, wherever one is taken from a stranger",
        target: "at least 300: 0 times somebody came to who listens there; typed error; nothing installed",
        run: s10::run,
    },
    Row {
        id: "S11",
        property: "Hostile manifests of containers",
        target: "at least 200 manifests; each refused, or its compiled container harmless",
        run: s11::run,
    },
    Row {
        id: "S12",
        property: "A program that tries to get at what is not its own",
        target: "0 of at least 40 tries come to something; 0 secrets in its environment, words, open files, folder and groups",
        run: s12::run,
    },
    Row {
        id: "S13",
        property: "Code in model files",
        target: "at least 100 pickles, archives of PyTorch, files that are two things, renamed ones: 100 % refused by content, \
                 nothing left behind",
        run: s13::run,
    },
    Row {
        id: "S14",
        property: "A folder that turns into a link while the core works in it",
        target: "100,000 changes of files while folders and links are swapped, and names that look like others: 0 accesses \
                 outside, by what the kernel says of it",
        run: s14::run,
    },
    Row {
        id: "F6",
        property: "Archives that chance has changed",
        target: "50,000 archives: 0 outside, 0 panics, 256 MiB and 1 s of a processor at most",
        run: f6::run,
    },
    Row {
        id: "S15",
        property: "Archive traversal",
        target: "every hostile archive, through installing: 0 writes outside, refused by name, nothing left behind",
        run: s15::run,
    },
    Row {
        id: "S16",
        property: "Tokens stay in the keyring",
        target: "every planted canary found; 0 hits outside the keyring in files, database, logs at their most talkative, words, \
                 answers, events, environments and exports; each token sent to its own origin alone",
        run: s16::run,
    },
    Row {
        id: "F1",
        property: "GGUF headers of strangers",
        target: "100 % of the shapes of known holes refused; 1,000,000 damaged headers: 0 panics, at most 256 MiB of memory, \
                 nothing read again and again; the same as gguf (PyPI) where both read",
        run: f1::run,
    },
    Row {
        id: "F3",
        property: "safetensors headers, pickles and JSON of strangers",
        target: "every bomb refused; 1,000,000 damaged files: 0 panics, at most 256 MiB of memory, nothing read again and again",
        run: f3::run,
    },
    Row {
        id: "D2",
        property: "Hygiene: no unsafe code, no hidden panic in the core",
        target: "0 violations; the inventory of unsafe code is a file of the repository; a panic ends no core",
        run: d2::run,
    },
    Row {
        id: "S19",
        property: "Audit ledger",
        target: "every byte flipped, every cut, every line swapped, twice, gone or added, old files back: 100 % detected; \
                 nothing begun that can't be written down",
        run: s19::run,
    },
];

/// A row by its id, in any case.
pub fn row(id: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.id.eq_ignore_ascii_case(id))
}
