//! What a person asks for: opening what would not open by itself, and being told what it cost.

use super::{anchored, committed, now, plan, restore_by_hand};
use crate::{Error, State};
use std::path::Path;

async fn kinds(state: &State) -> Vec<String> {
    state.open_incidents().await.unwrap().into_iter().map(|incident| incident.kind).collect()
}

#[expect(clippy::disallowed_methods, reason = "the tests damage the files on purpose")]
fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_whole_database_is_opened_without_an_incident_however_it_is_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    anchored(&path, 1).await.close().await;
    for _ in 0..2 {
        let state = State::open_or_restore(&path, now()).await.unwrap();
        assert_eq!(kinds(&state).await, Vec::<String>::new());
        state.close().await;
        let state = State::open_repaired(&path, now()).await.unwrap();
        assert_eq!(kinds(&state).await, Vec::<String>::new());
        assert_eq!(state.verify_ledger().await.unwrap().lines, 1);
        state.close().await;
    }
}

#[tokio::test]
async fn an_anchor_that_is_gone_is_put_anew_only_when_asked_and_that_is_an_incident() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    anchored(&path, 2).await.close().await;
    std::fs::remove_file(State::anchor_path(&path)).unwrap();
    assert!(matches!(State::open_or_restore(&path, now()).await, Err(Error::Anchor { .. })));
    let state = State::open_repaired(&path, now()).await.unwrap();
    assert_eq!(kinds(&state).await, ["ledger-anchor-restored"]);
    let verified = state.verify_ledger().await.unwrap();
    assert_eq!((verified.lines, verified.anchored), (3, Some(3)), "the incident has its line");
    state.close().await;
    State::open(&path).await.unwrap();
}

#[tokio::test]
async fn a_ledger_that_was_rolled_back_is_taken_as_it_is_only_when_asked_and_its_loss_is_counted() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = anchored(&path, 1).await;
    state.save_snapshot().await.unwrap();
    for number in 2..=4 {
        committed(&state, number, number.into()).await;
        state.anchor_ledger().await.unwrap();
    }
    state.close().await;
    restore_by_hand(&path);
    assert!(matches!(State::open_or_restore(&path, now()).await, Err(Error::Anchor { .. })));
    let state = State::open_repaired(&path, now()).await.unwrap();
    let incidents = state.open_incidents().await.unwrap();
    assert_eq!((incidents.len(), &*incidents[0].kind), (1, "ledger-lines-lost"));
    assert_eq!(incidents[0].detail["count"], "3");
    assert_eq!(state.verify_ledger().await.unwrap().anchored, Some(2));
}

#[tokio::test]
async fn an_anchor_more_than_one_line_behind_says_by_how_many() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = anchored(&path, 2).await;
    let old = std::fs::read(State::anchor_path(&path)).unwrap();
    committed(&state, 3, 3).await;
    state.anchor_ledger().await.unwrap();
    let new = std::fs::read(State::anchor_path(&path)).unwrap();
    write(&State::anchor_path(&path), &old);
    // The operation was begun after this anchor was written: the anchor is one line behind, as after a stop.
    assert_eq!(state.verify_ledger().await.unwrap().anchored, Some(2));
    write(&State::anchor_path(&path), &new);
    committed(&state, 4, 4).await;
    state.anchor_ledger().await.unwrap();
    write(&State::anchor_path(&path), &old);
    let Err(Error::Anchor { detail, .. }) = state.verify_ledger().await else { panic!("not noticed") };
    assert_eq!(detail, "it is 2 lines older than the ledger");
}

#[tokio::test]
async fn an_anchor_that_is_no_file_is_a_failure_and_nothing_is_put_in_its_place() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    anchored(&path, 1).await.close().await;
    let anchor = State::anchor_path(&path);
    std::fs::remove_file(&anchor).unwrap();
    std::fs::create_dir(&anchor).unwrap();
    assert!(matches!(State::open(&path).await, Err(Error::File { .. })));
    assert!(matches!(State::open_anew(&path).await, Err(Error::File { .. })));
    assert!(anchor.is_dir());
}

#[tokio::test]
async fn a_copy_over_something_else_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    anchored(&path, 1).await.close().await;
    let folder = home.path().join("copy");
    std::fs::create_dir_all(folder.join("state.db")).unwrap();
    let refused = State::open_copy(&path, &folder).await;
    assert!(matches!(refused, Err(Error::File { .. })), "{refused:?}");
}

#[tokio::test]
async fn what_is_left_of_a_snapshot_that_was_cut_off_is_in_nobodys_way() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = anchored(&path, 1).await;
    let [newest, previous] = State::snapshots(&path);
    let staged = newest.with_extension("db.new");
    write(&staged, b"half of a copy");
    state.save_snapshot().await.unwrap();
    assert!(newest.exists() && !previous.exists() && !staged.exists());
    State::check_copy(&newest).await.unwrap();
    let first = std::fs::read(&newest).unwrap();
    committed(&state, 2, 2).await;
    state.save_snapshot().await.unwrap();
    assert_eq!(std::fs::read(&previous).unwrap(), first, "the last one is kept");
    assert_ne!(std::fs::read(&newest).unwrap(), first);
}

#[tokio::test]
async fn a_damaged_database_is_not_saved_over_a_whole_snapshot() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = anchored(&path, 1).await;
    state.save_snapshot().await.unwrap();
    let [newest, previous] = State::snapshots(&path);
    let whole = std::fs::read(&newest).unwrap();
    sqlx::query("UPDATE plans SET base = 7").execute(&state.pool).await.unwrap();
    assert!(matches!(state.save_snapshot().await, Err(Error::Corrupt { .. })));
    assert_eq!(std::fs::read(&newest).unwrap(), whole);
    assert!(!previous.exists());
}

#[tokio::test]
async fn the_row_that_was_changed_is_named() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    for seed in 1..=3 {
        state.add_plan(&plan(seed, 0)).await.unwrap();
    }
    state.check_seals().await.unwrap();
    sqlx::query("UPDATE plans SET base = 7 WHERE id = ?")
        .bind(plan(2, 0).id.to_string())
        .execute(&state.pool)
        .await
        .unwrap();
    let Err(Error::Corrupt { detail, path }) = state.check_seals().await else { panic!("not noticed") };
    assert_eq!(detail, "row 2 of plans does not have its seal");
    assert_eq!(path, home.path().join("state.db"));
}

#[tokio::test]
async fn a_database_that_is_open_is_checked_as_when_it_is_opened() {
    let home = tempfile::tempdir().unwrap();
    let state = anchored(&home.path().join("state.db"), 1).await;
    state.check().await.unwrap();
    assert_eq!(state.inspect().await.unwrap(), 1);
    sqlx::query("UPDATE journal SET step = 9").execute(&state.pool).await.unwrap();
    assert!(matches!(state.check().await, Err(Error::Corrupt { .. })));
    assert!(matches!(state.inspect().await, Err(Error::Corrupt { .. })));
}

#[tokio::test]
async fn a_ledger_that_grew_while_it_was_read_is_held_to_the_anchor_of_now() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = anchored(&path, 1).await;
    let before = state.anchor().await.unwrap().unwrap();
    committed(&state, 2, 2).await;
    state.anchor_ledger().await.unwrap();
    committed(&state, 3, 3).await;
    // The anchor beside the database stands for two lines by now, the third is its one line ahead.
    assert_eq!(state.hold_to(&before, 3).await.unwrap(), 1);
    let Err(Error::Anchor { detail, .. }) = state.hold_to(&before, 4).await else { panic!("not noticed") };
    assert_eq!(detail, "it is 2 lines older than the ledger");
}
