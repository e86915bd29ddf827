//! Pins, idempotency keys, and why an operation failed in its ledger line.

use super::{committed, now, operation, plan};
use crate::{Ending, Error, PinChange, State};
use las_types::{Code, ExecutionPlan, Intent, OperationState, Pin};
use std::collections::BTreeMap;

pub(super) fn pin(version: &str) -> Pin {
    Pin {
        module: "engine".parse().unwrap(),
        version: version.parse().unwrap(),
        pinned_at: now(),
        actor: "test".into(),
        unpinned_at: None,
    }
}

fn lift() -> PinChange {
    PinChange::Lift("engine".parse().unwrap())
}

/// An operation that changes nothing but the pins.
pub(super) async fn pinning(state: &State, seed: u8, change: &PinChange) -> Result<(), Error> {
    let plan = plan(seed, 0);
    let operation = operation(seed, &plan);
    state.add_plan(&plan).await?;
    state.begin_operation(&operation, None).await?;
    let ending = Ending {
        state: OperationState::Succeeded,
        failure: None,
        generation: None,
        overrides: &[],
        pins: Some(change),
        at: now(),
    };
    state.end_operation(&operation, &plan, &ending).await
}

#[tokio::test]
async fn pins_replace_each_other_and_none_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    let refused = pinning(&state, 1, &lift()).await;
    assert!(matches!(refused, Err(Error::PinNotInForce { .. })), "{refused:?}");
    assert_eq!(state.verify_ledger().await.unwrap().lines, 0, "and it left no line");
    pinning(&state, 2, &PinChange::Set(pin("1.0.0"))).await.unwrap();
    pinning(&state, 3, &PinChange::Set(pin("1.2"))).await.unwrap();
    let ended = |pin: Pin| Pin { unpinned_at: Some(now()), ..pin };
    assert_eq!(state.pins().await.unwrap(), [ended(pin("1.0.0")), pin("1.2")]);
    pinning(&state, 4, &lift()).await.unwrap();
    assert!(sqlx::query("DELETE FROM pins").execute(&state.pool).await.is_err());
    assert!(sqlx::query("UPDATE pins SET unpinned_at = NULL").execute(&state.pool).await.is_err());
    state.close().await;
    let state = State::open(&path).await.unwrap();
    assert_eq!(state.pins().await.unwrap(), [ended(pin("1.0.0")), ended(pin("1.2"))]);
    assert_eq!(state.verify_ledger().await.unwrap().lines, 3);
}

#[tokio::test]
async fn a_pin_that_was_planned_after_a_plan_is_known_whatever_the_clock_says() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    // Every plan is made at the same moment: only their order tells.
    let before = plan(1, 0);
    state.add_plan(&before).await.unwrap();
    pinning(&state, 2, &PinChange::Set(pin("1.0.0"))).await.unwrap();
    assert!(!state.pins_changed_after(before.id).await.unwrap(), "that one was for something else");
    let intent = Intent::ModulePin { module: pin("1.2").module, version: pin("1.2").version };
    let pinned = ExecutionPlan { intent, ..plan(3, 0) };
    state.add_plan(&pinned).await.unwrap();
    assert!(!state.pins_changed_after(before.id).await.unwrap(), "it is only planned");
    let operation = operation(3, &pinned);
    state.begin_operation(&operation, None).await.unwrap();
    let ending = Ending {
        state: OperationState::Succeeded,
        failure: None,
        generation: None,
        overrides: &[],
        pins: Some(&PinChange::Set(pin("1.2"))),
        at: now(),
    };
    state.end_operation(&operation, &pinned, &ending).await.unwrap();
    assert!(state.pins_changed_after(before.id).await.unwrap());
    let after = plan(4, 0);
    state.add_plan(&after).await.unwrap();
    assert!(!state.pins_changed_after(after.id).await.unwrap());
    assert!(!state.overrides_changed_after(before.id).await.unwrap());
}

#[tokio::test]
async fn a_changed_pin_is_noticed() {
    for change in [
        "version = '9.9.9'",
        "module = 'other'",
        "actor = 'me'",
        "pinned_at = 'x'",
        "unpinned_at = pinned_at",
    ] {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state.db");
        let state = State::open(&path).await.unwrap();
        pinning(&state, 1, &PinChange::Set(pin("1.0.0"))).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("UPDATE pins SET {change}")))
            .execute(&state.pool)
            .await
            .unwrap();
        assert!(matches!(state.pins().await, Err(Error::Corrupt { .. })), "{change}");
        state.close().await;
        assert!(matches!(State::open(&path).await, Err(Error::Corrupt { .. })), "{change}");
    }
}

#[tokio::test]
async fn a_key_stands_for_one_operation_also_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    let first = plan(1, 0);
    let begun = operation(1, &first);
    state.add_plan(&first).await.unwrap();
    assert_eq!(state.begun_with("key").await.unwrap(), None);
    state.begin_operation(&begun, Some("key")).await.unwrap();
    // Nothing of a second operation stays where its key is taken.
    let second = plan(2, 0);
    state.add_plan(&second).await.unwrap();
    assert!(state.begin_operation(&operation(2, &second), Some("key")).await.is_err());
    assert!(!state.plan(second.id).await.unwrap().unwrap().spent);
    state.close().await;
    let state = State::open(&path).await.unwrap();
    assert_eq!(state.begun_with("key").await.unwrap(), Some((first.id, begun.id)));
    sqlx::query("UPDATE idempotency_keys SET plan_id = ?")
        .bind(second.id.to_string())
        .execute(&state.pool)
        .await
        .unwrap();
    assert!(matches!(state.begun_with("key").await, Err(Error::Corrupt { .. })));
}

#[tokio::test]
async fn the_ledger_says_why_and_no_more_than_a_line() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    committed(&state, 1, 1).await;
    let failing = plan(2, 1);
    let operation = operation(2, &failing);
    state.add_plan(&failing).await.unwrap();
    state.begin_operation(&operation, None).await.unwrap();
    let detail = format!("first\n{}Ü the end\n\n", "x".repeat(500));
    let args = BTreeMap::from([("name".to_owned(), "engine".to_owned()), ("detail".to_owned(), detail)]);
    let ending = Ending {
        state: OperationState::Failed,
        failure: Some((Code::ModuleUnhealthy, args)),
        generation: None,
        overrides: &[],
        pins: None,
        at: now(),
    };
    state.end_operation(&operation, &failing, &ending).await.unwrap();
    let lines = state.ledger().await.unwrap();
    assert_eq!(lines[0].outcome, "succeeded");
    let (word, why) = lines[1].outcome.split_once(' ').unwrap();
    let why: serde_json::Value = serde_json::from_str(why).unwrap();
    assert_eq!(
        (word, &why["code"], &why["args"]["name"]),
        ("failed", &"module-unhealthy".into(), &"engine".into())
    );
    let detail = why["args"]["detail"].as_str().unwrap();
    assert!(detail.starts_with('x') && detail.ends_with("Ü the end"), "{detail}");
    assert_eq!(detail.chars().count(), 200);
}
