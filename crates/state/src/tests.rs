mod ends;
mod errors;
mod holding;

use crate::{Ending, Error, OverrideChange, Reanchored, State};

mod ledger;
mod loads;
mod reading;
mod repair;
mod restore;
mod schema;
mod seals;
mod signing;
mod structure;
mod wal;

use las_types::{
    ExecutionPlan, Generation, GenerationNumber, Intent, JournalPhase, Operation, OperationId,
    OperationState, Override, OverrideId, PlanId, PlanTotals, Progress, Timestamp,
};

fn now() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn plan(seed: u8, base: u64) -> ExecutionPlan {
    ExecutionPlan {
        id: PlanId::new(now(), [seed; 10]),
        made_at: now(),
        intent: Intent::ModuleInstall { modules: vec![], mode: None },
        base: GenerationNumber(base),
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
    }
}

fn operation(seed: u8, plan: &ExecutionPlan) -> Operation {
    Operation {
        id: OperationId::new(now(), [seed; 10]),
        plan: plan.id,
        intent: plan.intent.clone(),
        state: OperationState::Running,
        progress: Progress::default(),
        started_at: now(),
        ended_at: None,
        failure: None,
        generation: None,
        actor: "test".into(),
        resumes: None,
    }
}

fn generation(number: u64, operation: &Operation) -> Generation {
    Generation {
        schema: 1,
        number: GenerationNumber(number),
        operation: Some(operation.id),
        made_at: now(),
        command: "module_install".into(),
        items: vec![],
    }
}

async fn committed(state: &State, seed: u8, number: u64) -> Operation {
    let plan = plan(seed, number - 1);
    let operation = operation(seed, &plan);
    let generation = generation(number, &operation);
    state.add_plan(&plan).await.unwrap();
    state.begin_operation(&operation, None).await.unwrap();
    state.journal(operation.id, 0, JournalPhase::Started, now(), None).await.unwrap();
    let ending = Ending {
        state: OperationState::Succeeded,
        failure: None,
        generation: Some(&generation),
        overrides: &[],
        pins: None,
        at: now(),
    };
    state.end_operation(&operation, &plan, &ending).await.unwrap();
    operation
}

#[tokio::test]
async fn an_operation_ends_with_ledger_line_and_generation() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    let operation = committed(&state, 1, 1).await;
    assert_eq!(state.verify_ledger().await.unwrap().lines, 1);
    assert_eq!(state.current_generation().await.unwrap().unwrap().number, GenerationNumber(1));
    assert_eq!(state.journal_of(operation.id).await.unwrap().len(), 1);
    assert_eq!(state.operation(operation.id).await.unwrap().unwrap().state, OperationState::Succeeded);
    assert!(state.unfinished_operations().await.unwrap().is_empty());
    state.close().await;
    // And it is all there again after reopening.
    let state = State::open(&path).await.unwrap();
    assert_eq!(state.operations(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_plan_runs_once_and_only_from_its_own_generation() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    let outdated = plan(9, 0);
    state.add_plan(&outdated).await.unwrap();
    let first = committed(&state, 1, 1).await;
    assert!(matches!(
        state.begin_operation(&operation(8, &outdated), None).await,
        Err(Error::PlanStale { made: 0, current: 1 })
    ));
    let again = Operation { id: OperationId::new(now(), [7; 10]), ..first };
    assert!(matches!(state.begin_operation(&again, None).await, Err(Error::PlanNotRunnable)));
}

#[tokio::test]
async fn the_ledger_can_not_be_changed_and_a_cut_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    committed(&state, 1, 1).await;
    committed(&state, 2, 2).await;
    assert!(sqlx::query("UPDATE ledger SET actor = 'other'").execute(&state.pool).await.is_err());
    assert!(sqlx::query("DELETE FROM ledger").execute(&state.pool).await.is_err());
    // Whoever can write the file can drop the trigger; the chain still shows it.
    sqlx::query("DROP TRIGGER ledger_is_append_only_delete").execute(&state.pool).await.unwrap();
    sqlx::query("DELETE FROM ledger WHERE sequence = 2").execute(&state.pool).await.unwrap();
    assert!(matches!(state.verify_ledger().await, Err(Error::Corrupt { .. })));
    state.close().await;
    assert!(matches!(State::open(&path).await, Err(Error::Corrupt { .. })));
}

#[tokio::test]
async fn a_changed_generation_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    committed(&state, 1, 1).await;
    sqlx::query("UPDATE generations SET body = replace(body, 'module_install', 'module_instalk')")
        .execute(&state.pool)
        .await
        .unwrap();
    assert!(matches!(state.current_generation().await, Err(Error::Corrupt { .. })));
}

/// An operation that changes nothing but the overrides.
async fn overriding(state: &State, seed: u8, change: &OverrideChange) -> Result<(), Error> {
    let plan = plan(seed, 0);
    let operation = operation(seed, &plan);
    state.add_plan(&plan).await?;
    state.begin_operation(&operation, None).await?;
    let ending = Ending {
        state: OperationState::Succeeded,
        failure: None,
        generation: None,
        overrides: std::slice::from_ref(change),
        pins: None,
        at: now(),
    };
    state.end_operation(&operation, &plan, &ending).await
}

fn an_override(seed: u8, value: &str) -> Override {
    Override {
        id: OverrideId::new(now(), [seed; 10]),
        capability: "model-size".into(),
        value: value.into(),
        reason: "measured here".into(),
        set_at: now(),
        actor: "test".into(),
        reverted_at: None,
    }
}

#[tokio::test]
async fn overrides_replace_each_other_and_none_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    let (first, second) = (an_override(1, "14B"), an_override(2, "20B"));
    overriding(&state, 1, &OverrideChange::Set(first.clone())).await.unwrap();
    overriding(&state, 2, &OverrideChange::Set(second.clone())).await.unwrap();
    let ended = |one: &Override| Override { reverted_at: Some(now()), ..one.clone() };
    assert_eq!(state.overrides().await.unwrap(), [ended(&first), second.clone()]);
    // What is not in force can't be taken back, and the operation that wanted to leaves no line.
    let refused = overriding(&state, 3, &OverrideChange::Revert(first.id)).await;
    assert!(matches!(refused, Err(Error::OverrideNotInForce { id }) if id == first.id), "{refused:?}");
    assert_eq!(state.verify_ledger().await.unwrap().lines, 2);
    overriding(&state, 4, &OverrideChange::Revert(second.id)).await.unwrap();
    assert!(sqlx::query("DELETE FROM overrides").execute(&state.pool).await.is_err());
    assert!(sqlx::query("UPDATE overrides SET reverted_at = NULL").execute(&state.pool).await.is_err());
    state.close().await;
    let state = State::open(&path).await.unwrap();
    assert_eq!(state.overrides().await.unwrap(), [ended(&first), ended(&second)]);
    assert_eq!(state.verify_ledger().await.unwrap().lines, 3);
}

#[tokio::test]
async fn a_changed_override_is_noticed() {
    for change in ["value = '700B'", "reason = 'because'", "set_at = 'x'", "reverted_at = set_at"] {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state.db");
        let state = State::open(&path).await.unwrap();
        overriding(&state, 1, &OverrideChange::Set(an_override(1, "14B"))).await.unwrap();
        let query = format!("UPDATE overrides SET {change}");
        sqlx::query(sqlx::AssertSqlSafe(query)).execute(&state.pool).await.unwrap();
        assert!(matches!(state.overrides().await, Err(Error::Corrupt { .. })), "{change}");
        state.close().await;
        assert!(matches!(State::open(&path).await, Err(Error::Corrupt { .. })), "{change}");
    }
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'x', 1, x'00', 0)")
        .execute(&state.pool)
        .await
        .unwrap();
    state.close().await;
    assert!(matches!(State::open(&path).await, Err(Error::TooNew { .. })));
}

/// As somebody would who knows where the copy lies.
fn restore_by_hand(path: &std::path::Path) {
    std::fs::copy(&State::snapshots(path)[0], path).unwrap();
}

/// A state of that many operations, its ledger anchored after each.
async fn anchored(path: &std::path::Path, operations: u8) -> State {
    let state = State::open(path).await.unwrap();
    for number in 1..=operations {
        committed(&state, number, number.into()).await;
        state.anchor_ledger().await.unwrap();
    }
    state
}

#[tokio::test]
async fn a_ledger_that_was_rolled_back_is_noticed_and_what_is_lost_is_counted() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = anchored(&path, 1).await;
    state.save_snapshot().await.unwrap();
    for number in 2..=3 {
        committed(&state, number, number.into()).await;
        state.anchor_ledger().await.unwrap();
    }
    state.close().await;
    // The older copy is sound in itself; only the anchor knows of more.
    restore_by_hand(&path);
    let Err(Error::Anchor { detail, .. }) = State::open(&path).await else { panic!("not noticed") };
    assert!(detail.contains("lacks 2 of the 3"), "{detail}");
    let (state, found) = State::open_anew(&path).await.unwrap();
    assert_eq!(found, Reanchored::Lost(2));
    assert_eq!(state.verify_ledger().await.unwrap().lines, 1);
    state.close().await;
    State::open(&path).await.unwrap();
}

#[tokio::test]
async fn another_history_of_the_same_length_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    anchored(&path, 2).await.close().await;
    let other = home.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let forged = State::open(&other.join("state.db")).await.unwrap();
    committed(&forged, 7, 1).await;
    committed(&forged, 8, 2).await;
    forged.anchor_ledger().await.unwrap();
    forged.close().await;
    std::fs::copy(other.join("state.db"), &path).unwrap();
    assert!(matches!(State::open(&path).await, Err(Error::Anchor { .. })));
    let (_, found) = State::open_anew(&path).await.unwrap();
    assert_eq!(found, Reanchored::Lost(2));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test damages the file on purpose")]
async fn a_line_may_be_ahead_of_its_anchor_and_an_anchor_may_not_be_missing() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let anchor = State::anchor_path(&path);
    let state = anchored(&path, 1).await;
    // Stopped between the line and its anchor.
    committed(&state, 2, 2).await;
    state.close().await;
    State::open(&path).await.unwrap().close().await;
    for damage in [None, Some("not an anchor")] {
        match damage {
            None => std::fs::remove_file(&anchor).unwrap(),
            Some(text) => std::fs::write(&anchor, text).unwrap(),
        }
        assert!(matches!(State::open(&path).await, Err(Error::Anchor { .. })));
        let (state, found) = State::open_anew(&path).await.unwrap();
        assert_eq!(found, Reanchored::Unknown);
        state.close().await;
        State::open(&path).await.unwrap().close().await;
    }
}

#[tokio::test]
async fn a_database_that_can_not_be_opened_is_a_failing_disk_and_no_defect() {
    // Found by R6: what SQLite could not read or write was told as a defect of ours.
    let folder = tempfile::tempdir().unwrap();
    let failure = las_types::Failure::from(State::open(folder.path()).await.unwrap_err());
    assert_eq!(failure.code, las_types::Code::IoFailed, "{failure}");
    assert_eq!(failure.args["path"], folder.path().display().to_string());
}

#[tokio::test]
async fn operations_are_in_the_order_they_began_whatever_the_clock_said() {
    // Found by R9: after the clock was set back, the last operation was not the one that a new core tidied up.
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(&folder.path().join("state.db")).await.unwrap();
    let first = committed(&state, 1, 1).await;
    let plan = plan(2, 1);
    let earlier = "1970-01-01T00:00:01Z".parse().unwrap();
    let second = Operation { started_at: earlier, ..operation(2, &plan) };
    state.add_plan(&plan).await.unwrap();
    state.begin_operation(&second, None).await.unwrap();
    let order: Vec<_> = state.operations(2).await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(order, [second.id, first.id]);
}
