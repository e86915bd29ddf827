//! A damaged database is put aside, the newest whole state takes its place, and nothing of it is silent.

use super::{committed, now};
use crate::{Error, State};
use las_types::GenerationNumber;
use std::path::{Path, PathBuf};

async fn filled(home: &Path) -> PathBuf {
    let path = home.join("state.db");
    let state = State::open(&path).await.unwrap();
    committed(&state, 1, 1).await;
    state.anchor_ledger().await.unwrap();
    state.save_snapshot().await.unwrap();
    committed(&state, 2, 2).await;
    state.anchor_ledger().await.unwrap();
    state.close().await;
    path
}

fn kinds(incidents: &[crate::Incident]) -> Vec<&str> {
    incidents.iter().map(|incident| incident.kind.as_str()).collect()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test damages the file on purpose")]
async fn a_damaged_database_is_kept_and_restored_and_what_is_lost_is_counted() {
    let home = tempfile::tempdir().unwrap();
    let path = filled(home.path()).await;
    std::fs::write(&path, b"this is not a database, it is text of some length").unwrap();
    assert!(matches!(State::open(&path).await, Err(Error::Corrupt { .. })));
    let state = State::open_or_restore(&path, now()).await.unwrap();
    let incidents = state.open_incidents().await.unwrap();
    assert_eq!(kinds(&incidents), ["state-restored", "ledger-lines-lost"]);
    assert_eq!((&*incidents[0].detail["source"], &*incidents[1].detail["count"]), ("snapshot", "1"));
    let aside = std::fs::read(&incidents[0].detail["path"]).unwrap();
    assert!(aside.starts_with(b"this is not"), "the damaged file is kept");
    assert_eq!(state.current_generation().await.unwrap().unwrap().number, GenerationNumber(1));
    assert_eq!(state.verify_ledger().await.unwrap().lines, 3);
    state.close_incidents(now()).await.unwrap();
    assert!(state.open_incidents().await.unwrap().is_empty());
    state.close().await;
    State::open(&path).await.unwrap();
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test damages the file on purpose")]
async fn a_damaged_snapshot_gives_way_to_the_one_before() {
    let home = tempfile::tempdir().unwrap();
    let path = filled(home.path()).await;
    let state = State::open(&path).await.unwrap();
    state.save_snapshot().await.unwrap();
    state.close().await;
    let [newest, previous] = State::snapshots(&path);
    assert!(previous.exists());
    for damaged in [&path, &newest] {
        let mut bytes = std::fs::read(damaged).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..].fill(0x5a);
        std::fs::write(damaged, bytes).unwrap();
    }
    let state = State::open_or_restore(&path, now()).await.unwrap();
    assert_eq!(state.current_generation().await.unwrap().unwrap().number, GenerationNumber(1));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test damages the file on purpose")]
async fn without_a_whole_copy_nothing_changes_and_nothing_begins_empty() {
    let home = tempfile::tempdir().unwrap();
    let path = filled(home.path()).await;
    for copy in State::snapshots(&path).iter().filter(|copy| copy.exists()) {
        std::fs::write(copy, b"").unwrap();
    }
    for bytes in [&b"no database"[..], b""] {
        std::fs::write(&path, bytes).unwrap();
        let refused = State::open_or_restore(&path, now()).await;
        assert!(matches!(refused, Err(Error::Corrupt { .. })), "{refused:?}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(State::open_or_restore(&path, now()).await, Err(Error::Corrupt { .. })));
    assert!(!path.exists());
    // Only a person may begin anew.
    let state = State::open_repaired(&path, now()).await.unwrap();
    let incidents = state.open_incidents().await.unwrap();
    assert_eq!(kinds(&incidents), ["state-restored", "ledger-lines-lost"]);
    assert_eq!(incidents[0].detail["source"], "nothing");
}

/// A copy of a database that is in use is what a kill leaves.
fn killed(from: &Path, to: &Path) -> PathBuf {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
    to.join("state.db")
}

/// A database in use, with one operation in it and in its verified copy: its folder, its file, and itself.
async fn running(home: &Path) -> (PathBuf, PathBuf, State) {
    let folder = home.join("running");
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("state.db");
    let state = State::open(&path).await.unwrap();
    committed(&state, 1, 1).await;
    state.anchor_ledger().await.unwrap();
    state.save_snapshot().await.unwrap();
    (folder, path, state)
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test damages the file on purpose")]
async fn a_log_that_is_gone_cut_or_changed_after_a_kill_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let (running, path, state) = running(home.path()).await;
    // Without a line of the ledger: only the log knows of it.
    state.add_plan(&super::plan(9, 1)).await.unwrap();
    let log = |path: &Path| crate::wal::path(path);
    let whole = killed(&running, &home.path().join("whole"));
    State::open(&whole).await.unwrap().close().await;

    let gone = killed(&running, &home.path().join("gone"));
    std::fs::remove_file(log(&gone)).unwrap();
    assert!(matches!(State::open(&gone).await, Err(Error::Corrupt { .. })));
    let emptied = killed(&running, &home.path().join("emptied"));
    std::fs::write(log(&emptied), b"").unwrap();
    assert!(matches!(State::open(&emptied).await, Err(Error::Corrupt { .. })));
    let bytes = std::fs::read(log(&path)).unwrap();
    for (number, at) in [40, 2_000, bytes.len() / 2, bytes.len() - 1].into_iter().enumerate() {
        let changed = killed(&running, &home.path().join(format!("changed-{number}")));
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x10;
        std::fs::write(log(&changed), bytes).unwrap();
        assert!(matches!(State::open(&changed).await, Err(Error::Corrupt { .. })), "at {at}");
        let state = State::open_or_restore(&changed, now()).await.unwrap();
        assert_eq!(state.open_incidents().await.unwrap()[0].kind, "state-restored");
        state.close().await;
    }
}

/// The sync of a commit failed once: SQLite took the transaction back and wrote the next one over its first frames,
/// so that its commit stood behind. The next start took that for damage.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test damages the file on purpose")]
async fn a_commit_that_was_taken_back_after_a_failed_sync_is_no_damage() {
    let home = tempfile::tempdir().unwrap();
    let (running, path, state) = running(home.path()).await;
    let before = killed(&running, &home.path().join("before"));
    let log = |path: &Path| crate::wal::path(path);
    // Taken back: what follows in one log. Written over it: what follows in the other.
    for seed in 10..20 {
        state.add_plan(&super::plan(seed, 1)).await.unwrap();
    }
    let taken_back = std::fs::read(log(&path)).unwrap();
    let other = State::open(&before).await.unwrap();
    other.add_plan(&super::plan(99, 1)).await.unwrap();
    let short = killed(&home.path().join("before"), &home.path().join("short"));
    let mut bytes = std::fs::read(log(&short)).unwrap();
    bytes.extend_from_slice(&taken_back[bytes.len()..]);
    std::fs::write(log(&short), &bytes).unwrap();
    assert!(
        matches!(State::open(&short).await, Err(Error::Corrupt { .. })),
        "nothing says that a write failed"
    );

    other.failed(sqlx::Error::PoolTimedOut);
    let failed = killed(&home.path().join("before"), &home.path().join("no-disk-failed"));
    std::fs::write(log(&failed), &bytes).unwrap();
    assert!(
        matches!(State::open(&failed).await, Err(Error::Corrupt { .. })),
        "it was not the disk that failed"
    );
    other.mark_failed();
    let failed = killed(&home.path().join("before"), &home.path().join("failed"));
    std::fs::write(log(&failed), &bytes).unwrap();
    let state = State::open(&failed).await.unwrap();
    assert!(state.plan(super::plan(99, 1).id).await.unwrap().is_some(), "what was written is there");
    assert!(state.plan(super::plan(10, 1).id).await.unwrap().is_none(), "what was taken back is not");
    // Once the log is merged, nothing is left of what was taken back, and the mark says so no more.
    assert_eq!(std::fs::read(crate::store::open_mark(&failed)).unwrap(), b"");
    assert!(std::fs::metadata(log(&failed)).unwrap().len() < bytes.len() as u64);
    state.mark_failed();
    state.close().await;
    assert!(!crate::store::open_mark(&failed).exists(), "merged when it was closed");
    // A changed bit before is noticed all the same, by what it took.
    let cut = killed(&home.path().join("before"), &home.path().join("cut"));
    let mut changed = bytes.clone();
    changed[24] ^= 1;
    std::fs::write(log(&cut), changed).unwrap();
    assert!(matches!(State::open(&cut).await, Err(Error::Corrupt { .. })));
}

/// On a full disk SQLite takes a transaction back by itself. Each time that left a connection with which no
/// transaction could be begun, and everything was an error of ours for as long as the core ran.
#[tokio::test]
async fn a_transaction_that_sqlite_took_back_by_itself_spoils_no_connection() {
    let home = tempfile::tempdir().unwrap();
    let (_running, _path, state) = running(home.path()).await;
    for seed in 10..20 {
        let mut transaction = state.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("ROLLBACK").execute(&mut *transaction).await.unwrap();
        drop(transaction);
        let mut transaction = state.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("DELETE FROM tokens").execute(&mut *transaction).await.unwrap();
        transaction.rollback().await.unwrap();
        state.add_plan(&super::plan(seed, 1)).await.unwrap();
    }
    state.check().await.unwrap();
}

/// The last connection that is closed removes the log, and a stop after that looks like damage.
#[tokio::test]
async fn no_connection_is_closed_for_its_age() {
    let home = tempfile::tempdir().unwrap();
    let (_running, _path, state) = running(home.path()).await;
    assert_eq!(
        (state.pool.options().get_idle_timeout(), state.pool.options().get_max_lifetime()),
        (None, None)
    );
}

/// Two ways in which a mark was left without its log though nothing was missing: told as damage at the next start.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test leaves the mark as a core would that ends just then")]
async fn a_mark_without_a_log_is_no_damage_after_a_failed_disk_nor_after_a_core_that_was_not_begun() {
    let home = tempfile::tempdir().unwrap();
    let (running, path, state) = running(home.path()).await;
    // The log was merged when the core ended, and the mark that says why could not be taken away.
    state.mark_failed();
    let ended = killed(&running, &home.path().join("ended"));
    let log = crate::wal::path(&ended);
    let merged = State::connect(&ended).await.unwrap();
    merged.pool.close().await;
    assert!(!log.exists() && crate::store::open_mark(&ended).exists());
    let again = State::open(&ended).await.unwrap();
    // Killed at once: what the new mark stands for is in the log.
    let once_more = killed(ended.parent().unwrap(), &home.path().join("once-more"));
    State::open(&once_more).await.unwrap().close().await;
    again.close().await;
    // Dropped: its connections end by themselves, and merge the log.
    state.merge_log().await;
    std::fs::write(crate::store::open_mark(&path), "").unwrap();
    drop(state);
    assert!(!crate::store::open_mark(&path).exists());
    State::open(&path).await.unwrap().close().await;
}

/// A start that came to nothing after it had connected, its key unreadable for a moment: ending that connection merged
/// the log of a core that had been killed, whose mark stayed, and the next start told a log that was missing.
#[tokio::test]
async fn a_log_that_a_start_merged_which_came_to_nothing_is_not_missing() {
    let home = tempfile::tempdir().unwrap();
    let (running, _, state) = running(home.path()).await;
    let path = killed(&running, &home.path().join("killed"));
    assert!(crate::store::open_mark(&path).exists() && crate::wal::path(&path).exists());
    // In the place of the key something that can't be read as one.
    let key = State::key_path(&path);
    std::fs::create_dir(&key).unwrap();
    assert!(matches!(State::open(&path).await, Err(Error::File { .. })));
    std::fs::remove_dir(&key).unwrap();
    // The connection ends on its own thread.
    while crate::wal::path(&path).exists() {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let again = State::open_or_restore(&path, now()).await.unwrap();
    assert_eq!(again.open_incidents().await.unwrap(), []);
    assert_eq!(again.current_generation().await.unwrap().unwrap().number.0, 1);
    again.close().await;
    state.close().await;
}
