//! Ends of operations one after the other: each line follows the last, and the anchor is one line behind at most.

use super::{now, operation, plan};
use crate::{Ending, Error, Incident, State, Token};
use las_types::{Code, ExecutionPlan, Operation, OperationState};

const CANCELLED: Ending<'_> = Ending {
    state: OperationState::Cancelled,
    failure: None,
    generation: None,
    overrides: &[],
    pins: None,
    at: las_types::Timestamp::UNIX_EPOCH,
};

/// Operations that only have to end.
async fn begun(state: &State, seeds: std::ops::Range<u8>) -> Vec<(ExecutionPlan, Operation)> {
    let mut all = Vec::new();
    for seed in seeds {
        let plan = plan(seed, 0);
        let operation = operation(seed, &plan);
        state.add_plan(&plan).await.unwrap();
        state.begin_operation(&operation, None).await.unwrap();
        all.push((plan, operation));
    }
    all
}

async fn end(state: &State, one: &(ExecutionPlan, Operation)) -> Result<(), Error> {
    state.end_operation(&one.1, &one.0, &CANCELLED).await
}

/// How many lines the file beside the database stands for.
fn anchored(path: &std::path::Path) -> u64 {
    let anchor: serde_json::Value =
        serde_json::from_slice(&std::fs::read(State::anchor_path(path)).unwrap()).unwrap();
    anchor["count"].as_u64().unwrap()
}

#[tokio::test]
async fn ends_in_a_row_leave_the_anchor_one_line_behind_and_never_two() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    for (ended, one) in (0_u64..).zip(begun(&state, 1..5).await) {
        end(&state, &one).await.unwrap();
        assert_eq!(anchored(&path), ended);
    }
    assert_eq!(state.verify_ledger().await.unwrap().lines, 4);
    let lines = state.ledger().await.unwrap();
    for (line, next) in lines.iter().zip(lines.iter().skip(1)) {
        assert_eq!((next.sequence, &next.previous), (line.sequence + 1, &line.hash));
    }
    state.close().await;
    State::open(&path).await.unwrap();
}

#[tokio::test]
async fn a_line_that_comes_between_two_ends_has_its_own_place() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    let open = begun(&state, 1..3).await;
    end(&state, &open[0]).await.unwrap();
    state.record(now(), Incident::new("state-restored", &[])).await.unwrap();
    end(&state, &open[1]).await.unwrap();
    let lines = state.ledger().await.unwrap();
    let commands: Vec<_> = lines.iter().map(|line| line.command.as_str()).collect();
    assert_eq!(commands, ["module_install", "state-restored", "module_install"]);
    assert_eq!(state.verify_ledger().await.unwrap().lines, 3);
}

#[tokio::test]
async fn an_end_that_failed_leaves_nothing_and_can_be_done_again() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    let open = begun(&state, 1..4).await;
    end(&state, &open[0]).await.unwrap();
    sqlx::query("CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'full'); END")
        .execute(&state.pool)
        .await
        .unwrap();
    assert!(end(&state, &open[1]).await.is_err());
    assert_eq!(state.operation(open[1].1.id).await.unwrap().unwrap().state, OperationState::Running);
    sqlx::query("DROP TRIGGER full").execute(&state.pool).await.unwrap();
    for one in &open[1..] {
        end(&state, one).await.unwrap();
    }
    assert_eq!(state.verify_ledger().await.unwrap().lines, 3);
}

#[tokio::test]
async fn an_ended_operation_says_how_it_ended_and_when() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    let open = begun(&state, 1..3).await;
    let failure = (Code::ModuleUnhealthy, [("name".to_owned(), "engine".to_owned())].into());
    let ending =
        Ending { state: OperationState::Failed, failure: Some(failure.clone()), at: now(), ..CANCELLED };
    state.end_operation(&open[0].1, &open[0].0, &ending).await.unwrap();
    state.mark_undoing(open[1].1.id).await.unwrap();
    let read = async |id| state.operation(id).await.unwrap().unwrap();
    let ended = read(open[0].1.id).await;
    assert_eq!(
        (ended.state, ended.failure, ended.ended_at),
        (OperationState::Failed, Some(failure), Some(now()))
    );
    assert_eq!((ended.generation, &*ended.actor), (None, "test"));
    let open = read(open[1].1.id).await;
    assert_eq!((open.state, open.failure, open.ended_at), (OperationState::Undoing, None, None));
    let unfinished: Vec<_> = state.unfinished_operations().await.unwrap().iter().map(|one| one.id).collect();
    assert_eq!(unfinished, [open.id]);
    state.check_seals().await.unwrap();
}

#[tokio::test]
async fn an_end_without_its_generation_is_no_end() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    let open = begun(&state, 1..3).await;
    end(&state, &open[0]).await.unwrap();
    sqlx::query("CREATE TRIGGER full BEFORE INSERT ON generations BEGIN SELECT RAISE(ABORT, 'full'); END")
        .execute(&state.pool)
        .await
        .unwrap();
    let made = super::generation(1, &open[1].1);
    let ending = Ending { state: OperationState::Succeeded, generation: Some(&made), ..CANCELLED };
    assert!(state.end_operation(&open[1].1, &open[1].0, &ending).await.is_err());
    assert_eq!(state.operation(open[1].1.id).await.unwrap().unwrap().state, OperationState::Running);
    assert_eq!(state.ledger().await.unwrap().len(), 1);
    sqlx::query("DROP TRIGGER full").execute(&state.pool).await.unwrap();
    state.end_operation(&open[1].1, &open[1].0, &ending).await.unwrap();
    assert_eq!(state.verify_ledger().await.unwrap().lines, 2);
    state.check().await.unwrap();
}

#[tokio::test]
async fn a_token_made_between_a_beginning_and_its_end_has_its_own_place() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    let open = begun(&state, 1..2).await;
    let token = Token { id: las_types::TokenId::new(now(), [7; 10]), label: "editor".into(), made_at: now() };
    state.add_token(&token, las_types::Digest::of(b"secret"), "test").await.unwrap();
    end(&state, &open[0]).await.unwrap();
    assert!(state.remove_token(token.id, now(), "test").await.unwrap());
    let lines = state.ledger().await.unwrap();
    let commands: Vec<_> = lines.iter().map(|line| line.command.as_str()).collect();
    assert_eq!(commands, ["token_create", "module_install", "token_revoke"]);
    assert_eq!(state.verify_ledger().await.unwrap().lines, 3);
}

/// Found by R6: the anchor has its new name, and only its folder can't be synced.
#[tokio::test]
async fn an_operation_that_the_anchor_names_is_in_the_database_whatever_failed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    let open = begun(&state, 1..3).await;
    // The name can be taken out again.
    state.do_not_begin(&open[1].1, Some(open[0].1.id.to_string())).await.unwrap();
    assert_eq!(state.operation(open[1].1.id).await.unwrap(), None);
    assert!(!state.may_name(open[1].1.id) && state.may_name(open[0].1.id));
    // It can't: a folder has the name that a new anchor is written under.
    let staged = State::anchor_path(&path).with_extension("head.new");
    std::fs::create_dir(&staged).unwrap();
    state.do_not_begin(&open[0].1, None).await.unwrap();
    assert_eq!(state.operation(open[0].1.id).await.unwrap().unwrap().state, OperationState::Running);
    // Nothing is named where nothing is: a folder that was taken away comes back with the anchor that it had.
    let (anchor, aside) = (State::anchor_path(&path), home.path().join("aside"));
    std::fs::copy(&anchor, &aside).unwrap();
    std::fs::remove_file(&anchor).unwrap();
    assert!(!state.may_name(open[0].1.id));
    std::fs::copy(&aside, &anchor).unwrap();
    std::fs::remove_dir(&staged).unwrap();
    state.close().await;
    let state = State::open(&path).await.unwrap();
    let left: Vec<_> = state.unfinished_operations().await.unwrap().iter().map(|one| one.id).collect();
    assert_eq!(left, [open[0].1.id]);
}

#[tokio::test]
async fn an_end_on_a_connection_that_wrote_none_yet_is_written_as_any_other() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    let mut held = Vec::new();
    for (number, one) in (1..).zip(begun(&state, 1..4).await) {
        end(&state, &one).await.unwrap();
        assert_eq!(state.verify_ledger().await.unwrap().lines, number);
        // The next one gets another connection; one is left for it.
        while state.pool.num_idle() > 0 {
            held.push(state.pool.acquire().await.unwrap());
        }
        held.truncate(3);
    }
    drop(held);
    assert!(state.close().await);
}
