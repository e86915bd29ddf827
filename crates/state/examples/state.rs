//! `./x bench state`: durable lines in the journal and the ledger, each next to a file with one sync
//! a record; and the verification of the ledger. Arguments: the JSON to write, the number of rounds.

#[path = "../../../tests/bench/table.rs"]
mod table;

use las_state::{Ending, State};
use las_types::{
    ExecutionPlan, GenerationNumber, Intent, JournalPhase, Operation, OperationId, OperationState, PlanId,
    PlanTotals, Progress, Timestamp,
};
use std::io::Write;
use std::path::Path;
use table::{Goal, Row, milliseconds, report};
use tokio::runtime::Runtime;

type Failed = Box<dyn std::error::Error>;
/// Records a round.
const RECORDS: u32 = 200;
/// Lines in the ledger that is verified, smallest first.
const LEDGERS: [u32; 3] = [100, 1_000, 10_000];
/// Rounds of a verification for one of appending: it takes ten milliseconds, so that few rounds show the machine's mood.
const SHORT: usize = 20;
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn operation(number: u32) -> (ExecutionPlan, Operation) {
    let mut random = [0; 10];
    random[..4].copy_from_slice(&number.to_be_bytes());
    let plan = ExecutionPlan {
        id: PlanId::new(NOW, random),
        made_at: NOW,
        intent: Intent::ModuleInstall { modules: Vec::new(), mode: None },
        base: GenerationNumber(0),
        steps: Vec::new(),
        totals: PlanTotals::default(),
        hosts: Vec::new(),
        ports: Vec::new(),
        licenses: Vec::new(),
        needs_administrator: false,
        outcome: Vec::new(),
        notes: Vec::new(),
        resumes: None,
        overrides: vec![],
    };
    let operation = Operation {
        id: OperationId::new(NOW, random),
        plan: plan.id,
        intent: plan.intent.clone(),
        state: OperationState::Running,
        progress: Progress::default(),
        started_at: NOW,
        ended_at: None,
        failure: None,
        generation: None,
        actor: "bench".into(),
        resumes: None,
    };
    (plan, operation)
}

/// Operations that only have to end.
async fn begun(state: &State, first: u32, count: u32) -> Result<Vec<(ExecutionPlan, Operation)>, Failed> {
    let operations: Vec<_> = (first..first + count).map(operation).collect();
    for (plan, operation) in &operations {
        state.add_plan(plan).await?;
        state.begin_operation(operation, None).await?;
    }
    Ok(operations)
}

async fn end(state: &State, operations: &[(ExecutionPlan, Operation)]) -> Result<(), las_state::Error> {
    let ending = Ending {
        state: OperationState::Cancelled,
        failure: None,
        generation: None,
        overrides: &[],
        pins: None,
        at: NOW,
    };
    for (plan, operation) in operations {
        state.end_operation(operation, plan, &ending).await?;
    }
    Ok(())
}

/// Records of a journal line's length, each on disk before the next.
fn plain_file(path: &Path) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    for _ in 0..RECORDS {
        file.write_all(&[b'x'; 120])?;
        file.sync_all()?;
    }
    Ok(())
}

/// Each operation ends after it began, as in the product: its beginning brought the anchor up. Only the ends are timed.
async fn begin_and_end(state: &State, first: u32, count: u32) -> Result<f64, Failed> {
    let mut took = 0.0;
    for number in first..first + count {
        let operations = begun(state, number, 1).await?;
        let starts = std::time::Instant::now();
        end(state, &operations).await?;
        took += starts.elapsed().as_secs_f64() * 1e3;
    }
    Ok(took)
}

fn per_second(records: u32, took: f64) -> f64 {
    f64::from(records) * 1e3 / took
}

fn appending(runtime: &Runtime, folder: &Path, rounds: usize) -> Result<[Row; 3], Failed> {
    let state = runtime.block_on(State::open(&folder.join("state.db")))?;
    let file = folder.join("records");
    let peer = || per_second(RECORDS, milliseconds(|| plain_file(&file)));
    let goal = Goal::TimesAtLeast(0.7);
    let mut journal = Row::new("journal, durable lines", "1/s", goal, "file, sync a record");
    let mut ledger = Row::new("ledger, durable ends of operations", "1/s", goal, "file, sync a record");
    // Without a beginning between them each end first brings the anchor up: three syncs.
    let mut piled = Row::new("ledger, ends and their anchors", "1/s", Goal::Growth, "file, sync a record");
    let mut first = 0;
    let (_, of_journal) = &runtime.block_on(begun(&state, u32::MAX - 1, 1))?[0];
    for round in 0..rounds {
        let lines = async {
            for step in 0..RECORDS {
                state.journal(of_journal.id, step, JournalPhase::Started, NOW, None).await?;
            }
            Ok::<_, las_state::Error>(())
        };
        journal.round(round, || per_second(RECORDS, milliseconds(|| runtime.block_on(lines))), peer);
        let took = runtime.block_on(begin_and_end(&state, first, RECORDS))?;
        first += RECORDS;
        ledger.round(round, || per_second(RECORDS, took), peer);
        let open = runtime.block_on(begun(&state, first, RECORDS))?;
        first += RECORDS;
        let ends = || per_second(RECORDS, milliseconds(|| runtime.block_on(end(&state, &open))));
        piled.round(round, ends, peer);
    }
    // What was timed has happened.
    let lines = runtime.block_on(state.journal_of(of_journal.id))?.len();
    assert_eq!(lines, RECORDS as usize * rounds);
    runtime.block_on(state.anchor_ledger())?;
    assert_eq!(runtime.block_on(state.verify_ledger())?.lines, u64::from(first));
    Ok([journal, ledger, piled])
}

/// The peer hashes as many bytes as the lines have, and does nothing else.
fn verifying(runtime: &Runtime, folder: &Path, rounds: usize) -> Result<Vec<Row>, Failed> {
    let state = runtime.block_on(State::open(&folder.join("ledger.db")))?;
    let line = [b'x'; 420];
    let mut rows = Vec::new();
    let mut there = 0;
    for lines in LEDGERS {
        let open = runtime.block_on(begun(&state, there, lines - there))?;
        runtime.block_on(end(&state, &open))?;
        runtime.block_on(state.anchor_ledger())?;
        there = lines;
        let name = format!("ledger of {lines}, verified lines");
        // The few lines of a young ledger cost what is read once: anchor, signatures, counts.
        let goal = if Some(&lines) == LEDGERS.last() { Goal::AtLeast(1e6) } else { Goal::Growth };
        let mut row = Row::new(&name, "1/s", goal, "SHA-256 alone");
        for round in 0..rounds {
            let ours = || per_second(lines, milliseconds(|| runtime.block_on(state.verify_ledger())));
            let hash = || (0..lines).map(|_| las_types::Digest::of(&line)).collect::<Vec<_>>();
            row.round(round, ours, || per_second(lines, milliseconds(hash)));
        }
        assert_eq!(runtime.block_on(state.verify_ledger())?.lines, u64::from(lines));
        rows.push(row);
    }
    Ok(rows)
}

fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("the JSON to write")?;
    let rounds: usize = arguments.next().ok_or("the number of rounds")?.parse()?;
    // Beside the results: a folder of the system for passing files may be in memory.
    let beside = Path::new(&out).parent().ok_or("a folder to write in")?;
    let folder = tempfile::tempdir_in(beside)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Each with a folder of its own: a database is known by what lies beside it.
    let (one, other) = (folder.path().join("appending"), folder.path().join("verifying"));
    std::fs::create_dir(&one)?;
    std::fs::create_dir(&other)?;
    let mut rows = appending(&runtime, &one, rounds)?.to_vec();
    rows.extend(verifying(&runtime, &other, rounds * SHORT)?);
    Ok(report("state", &out, &rows)?)
}
