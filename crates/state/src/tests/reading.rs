//! What was written is read back as it was, and what was changed meanwhile is refused.

use super::{committed, generation, now, operation, plan};
use crate::{Ending, Error, State, Token};
use las_types::{
    ByteSize, Code, Digest, ExecutionPlan, GenerationNumber, JournalPhase, ModuleName, ModuleState,
    Operation, OperationState, PlanId, PlanStep, StepAction, TokenId,
};

async fn opened(home: &tempfile::TempDir) -> State {
    State::open(&home.path().join("state.db")).await.unwrap()
}

#[tokio::test]
async fn every_generation_is_there_by_its_number_and_the_last_is_current() {
    let home = tempfile::tempdir().unwrap();
    let state = opened(&home).await;
    assert_eq!(state.current_generation().await.unwrap(), None);
    let first = generation(1, &committed(&state, 1, 1).await);
    let second = generation(2, &committed(&state, 2, 2).await);
    assert_eq!(state.generations().await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(state.generation(GenerationNumber(1)).await.unwrap(), Some(first));
    assert_eq!(state.generation(GenerationNumber(3)).await.unwrap(), None);
    assert_eq!(state.current_generation().await.unwrap(), Some(second));
    sqlx::query("UPDATE generations SET body = body || ' ' WHERE number = 1")
        .execute(&state.pool)
        .await
        .unwrap();
    let Err(Error::Corrupt { detail, .. }) = state.generation(GenerationNumber(1)).await else {
        panic!("not noticed")
    };
    assert!(detail.contains("generation 1 "), "{detail}");
    assert!(state.current_generation().await.is_ok(), "the other is whole");
    assert!(matches!(state.check_generations().await, Err(Error::Corrupt { .. })));
}

#[tokio::test]
async fn a_plan_is_read_as_it_was_kept_and_a_changed_one_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let state = opened(&home).await;
    let kept = plan(1, 0);
    state.add_plan(&kept).await.unwrap();
    let read = state.plan(kept.id).await.unwrap().unwrap();
    assert_eq!((read.plan, read.spent), (kept.clone(), false));
    assert!(state.plan(PlanId::new(now(), [9; 10])).await.unwrap().is_none());
    state.begin_operation(&operation(1, &kept), None).await.unwrap();
    assert!(state.plan(kept.id).await.unwrap().unwrap().spent);
    sqlx::query("UPDATE plans SET spent_by = NULL").execute(&state.pool).await.unwrap();
    let refused = state.plan(kept.id).await.unwrap_err();
    assert!(matches!(refused, Error::Corrupt { .. }), "{refused:?}");
}

#[tokio::test]
async fn what_ended_well_is_read_back_as_finished_and_nothing_else_is() {
    let home = tempfile::tempdir().unwrap();
    let state = opened(&home).await;
    for (seed, ended) in [(1, OperationState::Succeeded), (2, OperationState::Failed)] {
        let action = StepAction::DataRemove { service: "notes".parse().unwrap() };
        let steps = vec![PlanStep::next(0, action, ByteSize::default(), "nothing")];
        let plan = ExecutionPlan { steps, ..plan(seed, 0) };
        let operation = operation(seed, &plan);
        state.add_plan(&plan).await.unwrap();
        state.begin_operation(&operation, None).await.unwrap();
        let ending =
            Ending { state: ended, failure: None, generation: None, overrides: &[], pins: None, at: now() };
        state.end_operation(&operation, &plan, &ending).await.unwrap();
        let progress = state.operation(operation.id).await.unwrap().unwrap().progress;
        let done = u32::from(ended == OperationState::Succeeded);
        assert_eq!((progress.step, progress.steps), (done, 1), "{ended:?}");
    }
}

#[tokio::test]
async fn a_journal_is_read_in_its_order_and_goes_on_behind_its_last_line() {
    let home = tempfile::tempdir().unwrap();
    let state = opened(&home).await;
    let first = committed(&state, 1, 1).await;
    state.journal(first.id, 3, JournalPhase::Failed, now(), Some(Code::ModuleUnhealthy)).await.unwrap();
    let said = async |state: &State| -> Vec<_> {
        let lines = state.journal_of(first.id).await.unwrap();
        lines.into_iter().map(|line| (line.sequence, line.step, line.phase, line.code)).collect()
    };
    let two =
        [(1, 0, JournalPhase::Started, None), (2, 3, JournalPhase::Failed, Some(Code::ModuleUnhealthy))];
    assert_eq!(said(&state).await, two);
    state.anchor_ledger().await.unwrap();
    state.close().await;
    let state = opened(&home).await;
    state.journal(first.id, 4, JournalPhase::Undone, now(), None).await.unwrap();
    assert_eq!(said(&state).await.last(), Some(&(3, 4, JournalPhase::Undone, None)));
    state.check_seals().await.unwrap();
}

#[tokio::test]
async fn pages_of_the_ledger_come_from_its_end_and_oldest_first() {
    let home = tempfile::tempdir().unwrap();
    let state = opened(&home).await;
    assert_eq!(state.ledger_size().await.unwrap(), (0, None));
    assert_eq!(state.verify_ledger().await.unwrap().head, None);
    for number in 1..=5 {
        committed(&state, number, number.into()).await;
    }
    let all = state.ledger().await.unwrap();
    let places = |lines: Vec<crate::LedgerLine>| lines.iter().map(|line| line.sequence).collect::<Vec<_>>();
    assert_eq!(places(all.clone()), [1, 2, 3, 4, 5]);
    let page = async |before, limit| places(state.ledger_before(before, limit).await.unwrap());
    assert_eq!(page(None, None).await, [1, 2, 3, 4, 5]);
    assert_eq!(page(None, Some(2)).await, [4, 5]);
    assert_eq!(page(Some(4), Some(2)).await, [2, 3]);
    assert_eq!(page(Some(2), Some(u64::MAX)).await, [1]);
    assert_eq!(page(Some(u64::MAX), Some(1)).await, [5]);
    assert_eq!(state.ledger_line(3).await.unwrap().as_ref(), all.get(2));
    assert_eq!(state.ledger_line(6).await.unwrap(), None);
    let last = all.last().unwrap();
    assert_eq!(state.ledger_size().await.unwrap(), (5, Some(last.hash.clone())));
    let verified = state.verify_ledger().await.unwrap();
    assert_eq!((verified.head.as_ref(), verified.anchored), (Some(&last.hash), Some(4)));
    assert!(!verified.anchor_signed, "there is no key");
    sqlx::query("DROP TRIGGER ledger_is_append_only_update").execute(&state.pool).await.unwrap();
    sqlx::query("UPDATE ledger SET line = 'x' WHERE sequence = 3").execute(&state.pool).await.unwrap();
    let Err(Error::Corrupt { detail, .. }) = state.ledger().await else { panic!("not noticed") };
    assert!(detail.contains("line 3 "), "{detail}");
}

#[tokio::test]
async fn a_token_is_read_with_the_digest_of_its_value_and_a_changed_one_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let state = opened(&home).await;
    let token = Token { id: TokenId::new(now(), [4; 10]), label: "editor".into(), made_at: now() };
    state.add_token(&token, Digest::of(b"value"), "cli").await.unwrap();
    assert_eq!(state.tokens().await.unwrap(), [(token, Digest::of(b"value"))]);
    sqlx::query("UPDATE tokens SET hash = ?")
        .bind(Digest::of(b"mine").to_string())
        .execute(&state.pool)
        .await
        .unwrap();
    assert!(matches!(state.tokens().await, Err(Error::Corrupt { .. })));
}

#[tokio::test]
async fn modules_follow_their_table_or_none_of_them_moves() {
    let home = tempfile::tempdir().unwrap();
    let state = opened(&home).await;
    let (engine, model): (ModuleName, ModuleName) =
        ("llama.cpp".parse().unwrap(), "las-tiny-chat".parse().unwrap());
    let way = |from: ModuleState, to| from.way(to).unwrap();
    let of = |name: &ModuleName, from: ModuleState, to| {
        way(from, to).into_iter().map(|step| (name.clone(), step)).collect::<Vec<_>>()
    };
    state.move_modules(&[], &[], now()).await.unwrap();
    let moves = of(&engine, ModuleState::Available, ModuleState::Installed);
    state.move_modules(&moves, &[], now()).await.unwrap();
    let states = async || -> Vec<_> {
        let all = state.modules().await.unwrap();
        all.into_iter().map(|one| (one.name, one.state, one.since)).collect()
    };
    let installed = [(engine.clone(), ModuleState::Installed, now())];
    assert_eq!(states().await, installed);
    // The second is not running, so the first does not stop being installed.
    let mut moves = of(&engine, ModuleState::Installed, ModuleState::Running);
    moves.extend(of(&model, ModuleState::Running, ModuleState::Stopped));
    let refused = state.move_modules(&moves, &[], now()).await;
    assert!(
        matches!(&refused, Err(Error::NotThere { name, state: ModuleState::Running }) if *name == model),
        "{refused:?}"
    );
    assert_eq!(states().await, installed);
    state.move_modules(&[], std::slice::from_ref(&engine), now()).await.unwrap();
    assert_eq!(states().await, []);
    state.check_seals().await.unwrap();
}

#[tokio::test]
async fn the_figures_count_what_there_is() {
    let home = tempfile::tempdir().unwrap();
    let state = opened(&home).await;
    for number in 1..=2 {
        committed(&state, number, number.into()).await;
    }
    let figures = state.figures().await.unwrap();
    assert_eq!(figures.ended, [("module_install".to_owned(), "succeeded".to_owned(), 2)]);
    assert_eq!((figures.journal_entries, figures.ledger_lines, figures.tokens), (2, 2, 0));
    let pages: (i64, i64) =
        sqlx::query_as("SELECT page_count, page_size FROM pragma_page_count, pragma_page_size")
            .fetch_one(&state.pool)
            .await
            .unwrap();
    assert_eq!(figures.database_bytes, (pages.0 * pages.1).unsigned_abs());
}

#[tokio::test]
async fn a_copy_is_opened_with_its_log_and_the_database_stays_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = opened(&home).await;
    let written: Operation = committed(&state, 1, 1).await;
    state.anchor_ledger().await.unwrap();
    // Not merged: most of it is in the log.
    let before = state.marks();
    let folder = home.path().join("copy");
    std::fs::create_dir(&folder).unwrap();
    let copy = State::open_copy(&path, &folder).await.unwrap();
    assert_eq!(copy.operation(written.id).await.unwrap().unwrap().id, written.id);
    copy.check().await.unwrap();
    committed(&copy, 2, 2).await;
    copy.close().await;
    assert_eq!(state.marks(), before, "only the copy was written");
    assert_eq!(state.ledger_size().await.unwrap().0, 1);
    committed(&state, 3, 2).await;
    assert_ne!(state.marks(), before);
    let nowhere = home.path().join("nowhere");
    assert!(matches!(State::open_copy(&path, &nowhere).await, Err(Error::Disk { .. })));
}

#[tokio::test]
async fn an_incident_that_was_recorded_is_known_also_after_it_was_closed() {
    let home = tempfile::tempdir().unwrap();
    let state = opened(&home).await;
    let one = crate::Incident::new("state-restored", &[("path", "/a")]);
    let other = crate::Incident::new("state-restored", &[("path", "/b")]);
    state.record(now(), one.clone()).await.unwrap();
    state.record(now(), other.clone()).await.unwrap();
    assert_eq!(state.open_incidents().await.unwrap(), [one.clone(), other]);
    state.close_incidents(now()).await.unwrap();
    assert_eq!(state.open_incidents().await.unwrap(), []);
    assert!(state.knows(&one).await.unwrap());
    assert!(!state.knows(&crate::Incident::new("state-restored", &[])).await.unwrap());
    assert_eq!(state.ledger_size().await.unwrap().0, 2, "closing is no line");
    state.check_seals().await.unwrap();
}

#[tokio::test]
async fn an_opening_is_counted_and_leaves_something_in_the_log() {
    let home = tempfile::tempdir().unwrap();
    for times in ["1", "2", "3"] {
        let state = opened(&home).await;
        let log = std::fs::metadata(crate::wal::path(&home.path().join("state.db"))).unwrap();
        assert!(log.len() > 0, "a log that is gone after a stop must show");
        let counted: String = sqlx::query_scalar("SELECT value FROM facts WHERE name = 'opened'")
            .fetch_one(&state.pool)
            .await
            .unwrap();
        assert_eq!(counted, times);
        state.close().await;
    }
}
