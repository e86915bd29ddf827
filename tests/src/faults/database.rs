//! A database with something in every part that matters, as a kill leaves it: what R5 and S19 damage.

use las_state::{Ending, State, Token};
use las_types::{
    Digest, Entropy, ExecutionPlan, Generation, GenerationNumber, Intent, JournalPhase, ModuleState,
    Operation, OperationId, OperationState, PlanId, PlanTotals, Progress, Timestamp, TokenId,
};
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;

/// What lies in the folder, and what it holds.
pub(super) struct Database {
    _folder: tempfile::TempDir,
    root: PathBuf,
    /// The canonical text of what is committed.
    pub(super) text: String,
    /// The same without the last commit. No line of the ledger speaks of that one, and a core that starts makes it
    /// anew from what is installed: a log that ends before it is what a stop leaves.
    pub(super) before: String,
}

pub(super) fn now() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

/// Not random: the same bytes for the same place.
struct Fixed;

impl Entropy for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(5);
    }
}

pub(super) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// One operation from its plan to its generation.
pub(super) async fn operate(state: &State, number: u64) -> Result<(), las_state::Error> {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let plan = ExecutionPlan {
        id: PlanId::new(now(), random),
        made_at: now(),
        intent: Intent::ModuleInstall { modules: vec!["llama.cpp".parse().unwrap()], mode: None },
        base: GenerationNumber(number - 1),
        steps: vec![],
        totals: PlanTotals::default(),
        hosts: vec![],
        ports: vec![],
        licenses: vec![],
        needs_administrator: false,
        outcome: vec![],
        notes: vec![],
        resumes: None,
        overrides: vec![],
    };
    let operation = Operation {
        id: OperationId::new(now(), random),
        plan: plan.id,
        intent: plan.intent.clone(),
        state: OperationState::Running,
        progress: Progress::default(),
        started_at: now(),
        ended_at: None,
        failure: None,
        generation: None,
        actor: "cli".into(),
        resumes: None,
    };
    let generation = Generation {
        schema: 1,
        number: GenerationNumber(number),
        operation: Some(operation.id),
        made_at: now(),
        command: "module_install".into(),
        items: vec![],
    };
    state.add_plan(&plan).await?;
    state.begin_operation(&operation, None).await?;
    for step in 0..3 {
        state.journal(operation.id, step, JournalPhase::Started, now(), None).await?;
        state.journal(operation.id, step, JournalPhase::Done, now(), None).await?;
    }
    let ending = Ending {
        state: OperationState::Succeeded,
        failure: None,
        generation: Some(&generation),
        overrides: &[],
        pins: None,
        at: now(),
    };
    state.end_operation(&operation, &plan, &ending).await?;
    state.anchor_ledger().await
}

impl Database {
    /// Some of it in the file, some only in its log.
    pub(super) fn killed() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (live, root) = (folder.path().join("live"), folder.path().join("killed"));
        std::fs::create_dir_all(&live).unwrap();
        let path = live.join("state.db");
        let (text, before) = runtime().block_on(async {
            State::make_key(&path, &Fixed).unwrap();
            let state = State::open(&path).await.unwrap();
            for number in 1..=8 {
                operate(&state, number).await.unwrap();
            }
            state.save_snapshot().await.unwrap();
            state.close().await;
            let state = State::open(&path).await.unwrap();
            for number in 9..=12 {
                operate(&state, number).await.unwrap();
            }
            let token = Token { id: TokenId::new(now(), [4; 10]), label: "editor".into(), made_at: now() };
            state.add_token(&token, Digest::of(b"value"), "cli").await.unwrap();
            let before = state.dump().await.unwrap();
            let way = ModuleState::Available.way(ModuleState::Running).unwrap();
            let moves: Vec<_> = way.into_iter().map(|step| ("llama.cpp".parse().unwrap(), step)).collect();
            state.move_modules(&moves, &[], now()).await.unwrap();
            copy_files(&live, &root);
            let text = state.dump().await.unwrap();
            state.close().await;
            (text, before)
        });
        Self { _folder: folder, root, text, before }
    }

    /// Another copy of it.
    pub(super) fn copy(&self) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        copy_files(&self.root, folder.path());
        let path = folder.path().join("state.db");
        (folder, path)
    }
}

pub(super) fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Opens what was damaged, as a core does. Fine are: the same content, a restoration that is told, a refusal.
pub(super) fn judged(path: &Path, expected: &[&str]) -> Result<(), String> {
    runtime().block_on(async {
        // A refusal says so.
        let Ok(state) = State::open_or_restore(path, now()).await else { return Ok(()) };
        let told = !state.open_incidents().await.map_err(|error| error.to_string())?.is_empty();
        let text = state.dump().await;
        state.close().await;
        match text {
            _ if told => Ok(()),
            Ok(text) if expected.contains(&&*text) => Ok(()),
            Ok(_) => Err("silent: other content was accepted".to_owned()),
            Err(error) => Err(format!("silent: {error}")),
        }
    })
}
