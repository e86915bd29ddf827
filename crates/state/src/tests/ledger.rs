//! What holds the ledger beside its chain: signatures, the anchor, and that nothing begins without them.

use super::schema::filled;
use super::{committed, now, operation, plan};
use crate::incidents::Entry;
use crate::verify::CHUNK;
use crate::{Error, Incident, State, Token, verify_export};
use las_types::{Digest, TokenId};

#[tokio::test]
async fn a_checkpoint_is_signed_and_a_forged_one_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = filled(&path).await;
    let verified = state.verify_ledger().await.unwrap();
    assert_eq!((verified.checkpoints, verified.anchored), (1, Some(verified.lines)));
    assert!(verified.anchor_signed);
    sqlx::query("DROP TRIGGER checkpoints_are_append_only_update").execute(&state.pool).await.unwrap();
    for change in ["count = 3", "signature = replace(signature, '0', '1')", "key = replace(key, 'a', 'b')"] {
        let mut transaction = state.pool.begin().await.unwrap();
        let query = format!("UPDATE checkpoints SET {change}");
        sqlx::query(sqlx::AssertSqlSafe(query)).execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(matches!(state.verify_ledger().await, Err(Error::Corrupt { .. })), "{change}");
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test forges the file on purpose")]
async fn an_anchor_without_this_machines_signature_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = filled(&path).await;
    let anchor = State::anchor_path(&path);
    let text = std::fs::read_to_string(&anchor).unwrap();
    let mut fields: serde_json::Value = serde_json::from_str(&text).unwrap();
    for field in ["key", "signature"] {
        fields.as_object_mut().unwrap().remove(field);
    }
    std::fs::write(&anchor, fields.to_string()).unwrap();
    assert!(matches!(state.verify_ledger().await, Err(Error::Anchor { .. })), "not signed");
    for at in 0..text.trim_end().len() {
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 1;
        std::fs::write(&anchor, changed).unwrap();
        let checked = state.anchor().await;
        assert!(matches!(checked, Err(Error::Anchor { .. })), "byte {at}: {checked:?}");
    }
    std::fs::write(&anchor, text).unwrap();
    state.verify_ledger().await.unwrap();
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test puts an old file back on purpose")]
async fn an_old_anchor_in_the_place_of_the_new_one_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    committed(&state, 1, 1).await;
    state.anchor_ledger().await.unwrap();
    let old = std::fs::read(State::anchor_path(&path)).unwrap();
    for number in 2..=3 {
        committed(&state, number, number.into()).await;
        state.anchor_ledger().await.unwrap();
    }
    std::fs::write(State::anchor_path(&path), old).unwrap();
    assert!(matches!(state.verify_ledger().await, Err(Error::Anchor { .. })));
}

#[tokio::test]
async fn the_last_wish_is_found_in_the_form_that_lines_have() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    committed(&state, 1, 1).await;
    assert_eq!(state.last_wish().await.unwrap(), None, "an installation says nothing of the whole machine");
    let wish = las_types::ExecutionPlan {
        intent: las_types::Intent::StateApply { desired: las_types::DesiredState::default() },
        ..plan(2, 1)
    };
    state.add_plan(&wish).await.unwrap();
    let begun = operation(2, &wish);
    state.begin_operation(&begun, None).await.unwrap();
    let ending = crate::Ending {
        state: las_types::OperationState::Succeeded,
        failure: None,
        generation: None,
        overrides: &[],
        pins: None,
        at: now(),
    };
    assert_eq!(state.last_wish().await.unwrap(), None, "not before it succeeded");
    state.end_operation(&begun, &wish, &ending).await.unwrap();
    assert_eq!(state.last_wish().await.unwrap(), Some(("state_apply".to_owned(), begun.id)));
}

#[tokio::test]
async fn what_can_not_be_written_down_is_not_begun() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    let plan = plan(1, 0);
    state.add_plan(&plan).await.unwrap();
    // A directory is in the way of the anchor.
    let staged = home.path().join("ledger.head.new");
    std::fs::create_dir(&staged).unwrap();
    let refused = state.begin_operation(&operation(1, &plan), None).await;
    assert!(matches!(refused, Err(Error::File { .. })), "{refused:?}");
    assert!(state.operations(10).await.unwrap().is_empty());
    state.verify_ledger().await.unwrap();
    std::fs::remove_dir(&staged).unwrap();
    // The plan was not spent by it.
    state.begin_operation(&operation(2, &plan), None).await.unwrap();
}

#[tokio::test]
async fn an_operation_whose_beginning_was_lost_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    state.close().await;
    let before = home.path().join("before.db");
    std::fs::copy(&path, &before).unwrap();
    let state = State::open(&path).await.unwrap();
    let plan = plan(1, 0);
    state.add_plan(&plan).await.unwrap();
    state.begin_operation(&operation(1, &plan), None).await.unwrap();
    state.close().await;
    std::fs::copy(&before, &path).unwrap();
    let Err(Error::Anchor { detail, .. }) = State::open(&path).await else { panic!("not noticed") };
    assert!(detail.contains("was begun and is not in the database"), "{detail}");
}

#[tokio::test]
async fn an_export_is_verified_without_the_database() {
    let home = tempfile::tempdir().unwrap();
    let state = filled(&home.path().join("state.db")).await;
    let (lines, mut checkpoints) = (state.ledger().await.unwrap(), state.checkpoints().await.unwrap());
    // One more than the last checkpoint: an export that doesn't say where it ends may have been cut.
    state.record(now(), Incident::new("state-restored", &[])).await.unwrap();
    let longer = state.ledger().await.unwrap();
    assert_eq!(verify_export(&longer, &checkpoints), Err(longer.len() as u64 + 1));
    checkpoints.push(state.checkpoint_now().await.unwrap().unwrap());
    assert_eq!(verify_export(&lines, &checkpoints), Err(longer.len() as u64), "cut");
    let lines = longer;
    let verified = verify_export(&lines, &checkpoints).unwrap();
    assert_eq!((verified.lines, verified.checkpoints), (lines.len() as u64, 2));
    for at in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        assert!(verify_export(&without, &checkpoints).is_err(), "line {at} is missing");
        let mut changed = lines.clone();
        changed[at].actor.push('x');
        assert_eq!(verify_export(&changed, &checkpoints), Err(at as u64 + 1));
    }
}

#[tokio::test]
async fn a_ledger_longer_than_one_reading_is_followed_to_its_end() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    for count in [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 1] {
        lengthened(&state, count).await;
        assert_eq!(state.verify_ledger().await.unwrap().lines, count.unsigned_abs());
    }
    sqlx::query("DROP TRIGGER ledger_is_append_only_update").execute(&state.pool).await.unwrap();
    for place in [2 * CHUNK + 1, 2 * CHUNK, CHUNK + 1, CHUNK, 1] {
        sqlx::query("UPDATE ledger SET line = replace(line, 'core', 'kore') WHERE sequence = ?")
            .bind(place)
            .execute(&state.pool)
            .await
            .unwrap();
        let Err(Error::Corrupt { detail, .. }) = state.verify_ledger().await else { panic!("not noticed") };
        assert!(detail.contains(&format!("line {place} ")), "{detail}");
    }
}

/// Lines up to that many, in one transaction, and their anchor.
async fn lengthened(state: &State, count: i64) {
    let entry = Entry { at: now(), operation: "-", actor: "core", outcome: "recorded", seen_at: None };
    let there = i64::try_from(state.ledger_head().await.unwrap().0).unwrap();
    let mut transaction = state.pool.begin().await.unwrap();
    for _ in there..count {
        state.enter(&mut transaction, &entry, &Incident::new("state-restored", &[])).await.unwrap();
    }
    transaction.commit().await.unwrap();
    state.anchor_ledger().await.unwrap();
}

#[tokio::test]
async fn a_line_that_fits_and_stands_for_nothing_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    lengthened(&state, 3).await;
    state.verify_ledger().await.unwrap();
    sqlx::query("UPDATE incidents SET line = NULL WHERE line = 3").execute(&state.pool).await.unwrap();
    for checked in [state.verify_ledger().await.map(|_| ()), state.check_chain().await] {
        let Err(Error::Corrupt { detail, .. }) = checked else { panic!("not noticed: {checked:?}") };
        assert!(detail.contains("line 4 "), "{detail}");
    }
}

#[tokio::test]
async fn a_part_of_the_ledger_that_is_missing_in_the_middle_is_no_end() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    lengthened(&state, 3 * CHUNK).await;
    sqlx::query("DROP TRIGGER ledger_is_append_only_delete").execute(&state.pool).await.unwrap();
    sqlx::query("DELETE FROM ledger WHERE sequence > ? AND sequence <= ?")
        .bind(CHUNK)
        .bind(2 * CHUNK)
        .execute(&state.pool)
        .await
        .unwrap();
    let Err(Error::Corrupt { detail, .. }) = state.verify_ledger().await else { panic!("not noticed") };
    assert!(detail.contains(&format!("line {} ", CHUNK + 1)), "{detail}");
}

#[tokio::test]
async fn the_last_wish_is_read_from_the_text_of_its_line() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    assert_eq!(state.last_wish().await.unwrap(), None);
    let mut plan = plan(1, 0);
    plan.intent = las_types::Intent::GenerationRollback { to: None };
    let operation = operation(1, &plan);
    state.add_plan(&plan).await.unwrap();
    state.begin_operation(&operation, None).await.unwrap();
    let ending = crate::Ending {
        state: las_types::OperationState::Succeeded,
        failure: None,
        generation: None,
        overrides: &[],
        pins: None,
        at: now(),
    };
    state.end_operation(&operation, &plan, &ending).await.unwrap();
    assert_eq!(state.last_wish().await.unwrap(), Some(("generation_rollback".to_owned(), operation.id)));
    state.anchor_ledger().await.unwrap();
    assert_eq!(state.inspect().await.unwrap(), 1);
    // Checking a database in use changes nothing of where its journal goes on.
    state.journal(operation.id, 0, las_types::JournalPhase::Started, now(), None).await.unwrap();
    let next = state.next_journal.load(std::sync::atomic::Ordering::Relaxed);
    state.next_journal.store(next + 5, std::sync::atomic::Ordering::Relaxed);
    state.check().await.unwrap();
    assert_eq!(state.next_journal.load(std::sync::atomic::Ordering::Relaxed), next + 5);
}

fn token(number: u8) -> Token {
    Token { id: TokenId::new(now(), [number; 10]), label: "editor".into(), made_at: now() }
}

#[tokio::test]
async fn making_and_revoking_a_token_is_in_the_ledger_and_opens_no_incident() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    let (one, other) = (token(101), token(102));
    state.add_token(&one, Digest::of(b"1"), "cli").await.unwrap();
    // In the middle of an operation, whose line finds its place behind it.
    let plan = plan(1, 0);
    state.add_plan(&plan).await.unwrap();
    let begun = operation(1, &plan);
    state.begin_operation(&begun, None).await.unwrap();
    state.add_token(&other, Digest::of(b"2"), "window").await.unwrap();
    let ending = crate::Ending {
        state: las_types::OperationState::Succeeded,
        failure: None,
        generation: None,
        overrides: &[],
        pins: None,
        at: now(),
    };
    state.end_operation(&begun, &plan, &ending).await.unwrap();
    assert!(state.remove_token(one.id, now(), "api").await.unwrap());
    assert!(!state.remove_token(one.id, now(), "api").await.unwrap(), "there is none any more");
    let lines = state.ledger().await.unwrap();
    let said: Vec<_> =
        lines.iter().map(|line| (&*line.command, &*line.actor, line.operation.clone())).collect();
    let wanted = [
        ("token_create", "cli", one.id.to_string()),
        ("token_create", "window", other.id.to_string()),
        ("module_install", "test", begun.id.to_string()),
        ("token_revoke", "api", one.id.to_string()),
    ];
    assert_eq!(said, wanted);
    assert_eq!(state.verify_ledger().await.unwrap().anchored, Some(4));
    assert_eq!(state.open_incidents().await.unwrap(), []);
    let figures = state.figures().await.unwrap();
    assert_eq!((figures.tokens, figures.ended.len()), (1, 1), "{figures:?}");
}

#[tokio::test]
async fn a_token_whose_line_can_not_be_written_is_neither_made_nor_revoked() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    let kept = token(1);
    state.add_token(&kept, Digest::of(b"1"), "cli").await.unwrap();
    // A directory is in the way of the anchor.
    let staged = home.path().join("ledger.head.new");
    std::fs::create_dir(&staged).unwrap();
    let refused = state.add_token(&token(2), Digest::of(b"2"), "cli").await;
    assert!(matches!(refused, Err(Error::File { .. })), "{refused:?}");
    let refused = state.remove_token(kept.id, now(), "cli").await;
    assert!(matches!(refused, Err(Error::File { .. })), "{refused:?}");
    std::fs::remove_dir(&staged).unwrap();
    // The ledger itself takes no line.
    sqlx::query("CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'full'); END")
        .execute(&state.pool)
        .await
        .unwrap();
    assert!(state.add_token(&token(2), Digest::of(b"2"), "cli").await.is_err());
    assert!(state.remove_token(kept.id, now(), "cli").await.is_err());
    let tokens: Vec<_> = state.tokens().await.unwrap().into_iter().map(|(token, _)| token).collect();
    assert_eq!(tokens, [kept]);
    assert_eq!(state.verify_ledger().await.unwrap().lines, 1);
}
