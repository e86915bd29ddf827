//! Damage that SQLite's own check does not find, or that the library can't be asked about.

use super::{committed, now};
use crate::State;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A database with a snapshot, closed.
async fn kept(home: &Path) -> PathBuf {
    let path = home.join("state.db");
    let state = State::open(&path).await.unwrap();
    committed(&state, 1, 1).await;
    state.anchor_ledger().await.unwrap();
    state.save_snapshot().await.unwrap();
    assert!(state.close().await);
    path
}

async fn why_restored(path: &Path) -> String {
    let state = State::open_or_restore(path, now()).await.unwrap();
    let incidents = state.open_incidents().await.unwrap();
    let restored = incidents.iter().find(|incident| incident.kind == "state-restored").expect("restored");
    let cause = restored.detail["cause"].clone();
    state.dump().await.unwrap();
    assert!(state.close().await);
    cause
}

#[expect(clippy::disallowed_methods, reason = "the test damages the file on purpose")]
fn change(path: &Path, with: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    with(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

/// The first byte of a text in what makes something becomes one that begins no character; also where a page still has
/// what was there before.
fn spoil(path: &Path, made: &str, text: &str) {
    let find =
        |bytes: &[u8], text: &str| bytes.windows(text.len()).position(|window| window == text.as_bytes());
    change(path, |bytes| {
        let (mut from, mut spoiled) = (0, 0);
        while let Some(place) = find(&bytes[from..], &format!("CREATE {made}")) {
            from += place;
            from += find(&bytes[from..], text).unwrap();
            bytes[from] = 0xd3;
            spoiled += 1;
        }
        assert!(spoiled > 0, "{made}");
    });
}

#[tokio::test]
async fn a_column_whose_name_or_type_is_no_text_is_damage_and_ends_no_thread() {
    for (made, spoiled) in [("TABLE modules", "since"), ("TABLE _sqlx_migrations", "TEXT NOT NULL")] {
        let home = tempfile::tempdir().unwrap();
        let path = kept(home.path()).await;
        spoil(&path, made, spoiled);
        let cause = why_restored(&path).await;
        assert!(cause.contains("the schema is no text"), "{made}: {cause}");
    }
}

#[tokio::test]
async fn an_index_that_is_the_page_of_a_table_is_damage() {
    let home = tempfile::tempdir().unwrap();
    let path = kept(home.path()).await;
    let state = State::open(&path).await.unwrap();
    let root = async |name: &str| -> usize {
        let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = ?")
            .bind(name)
            .fetch_one(&state.pool)
            .await
            .unwrap();
        (usize::try_from(page).unwrap() - 1) * 4096
    };
    // Empty both: that nothing is in the one fits that nothing is in the other.
    let (table, index) = (root("tokens").await, root("sqlite_autoindex_tokens_2").await);
    let partial = root("pins_in_force").await;
    assert!(state.close().await);
    for index in [index, partial] {
        let whole = std::fs::read(&path).unwrap();
        change(&path, |bytes| bytes.copy_within(table..table + 4096, index));
        let cause = why_restored(&path).await;
        assert!(cause.contains("malformed"), "{cause}");
        change(&path, |bytes| *bytes = whole);
        for beside in ["state.db-wal", "state.db-shm"] {
            let _ = std::fs::remove_file(path.with_file_name(beside));
        }
    }
}

#[tokio::test]
async fn closing_waits_for_no_connection_that_never_comes_back() {
    let home = tempfile::tempdir().unwrap();
    let path = kept(home.path()).await;
    let state = State::open(&path).await.unwrap();
    let held = state.pool.acquire().await.unwrap();
    assert!(!state.close_connections_within(Duration::ZERO).await);
    drop(held);
    assert!(state.close().await);
}
