//! The key of the ledger, what it signs, and how often.

use super::now;
use crate::checkpoints::EVERY;
use crate::incidents::Entry;
use crate::key::{LedgerKey, is_signed};
use crate::{Error, Incident, State, verify_export};
use las_types::Entropy;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

struct Filled(u8);

impl Entropy for Filled {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

/// A database with a key, and that many lines.
async fn keyed(path: &Path, lines: u64) -> State {
    State::make_key(path, &Filled(7)).unwrap();
    let state = State::open(path).await.unwrap();
    lengthen(&state, lines).await;
    state
}

async fn lengthen(state: &State, lines: u64) {
    let entry = Entry { at: now(), operation: "-", actor: "core", outcome: "recorded", seen_at: None };
    let mut transaction = state.pool.begin().await.unwrap();
    for _ in 0..lines {
        state.enter(&mut transaction, &entry, &Incident::new("state-restored", &[])).await.unwrap();
    }
    transaction.commit().await.unwrap();
    state.anchor_ledger().await.unwrap();
}

#[test]
fn a_key_is_made_once_and_only_its_owner_reads_it() {
    let home = tempfile::tempdir().unwrap();
    let database = home.path().join("state.db");
    assert!(LedgerKey::read(&database).unwrap().is_none());
    State::make_key(&database, &Filled(7)).unwrap();
    let key = State::key_path(&database);
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_to_string(&key).unwrap(), "07".repeat(32));
    State::make_key(&database, &Filled(8)).unwrap();
    assert_eq!(std::fs::read_to_string(&key).unwrap(), "07".repeat(32), "the first one stays");
    assert!(!home.path().join("ledger.key.new").exists());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test damages the file on purpose")]
fn a_key_that_can_not_be_read_is_no_key_and_no_silence() {
    let home = tempfile::tempdir().unwrap();
    let database = home.path().join("state.db");
    let key = State::key_path(&database);
    for text in ["", "07", &"07".repeat(31), &"07".repeat(33), &"0G".repeat(32), &"AB".repeat(32)] {
        std::fs::write(&key, text).unwrap();
        let refused = LedgerKey::read(&database);
        assert!(matches!(refused, Err(Error::Anchor { .. })), "{text:?}: {refused:?}");
    }
    std::fs::write(&key, format!("{}\n", "0f".repeat(32))).unwrap();
    assert!(LedgerKey::read(&database).unwrap().is_some());
    std::fs::remove_file(&key).unwrap();
    std::fs::create_dir(&key).unwrap();
    assert!(matches!(LedgerKey::read(&database), Err(Error::File { .. })));
}

#[test]
fn a_signature_fits_its_message_and_its_key_and_no_other() {
    let home = tempfile::tempdir().unwrap();
    let made = |name: &str, seed: u8| {
        let folder = home.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        let database = folder.join("state.db");
        State::make_key(&database, &Filled(seed)).unwrap();
        LedgerKey::read(&database).unwrap().unwrap()
    };
    let (one, other) = (made("one", 1), made("other", 2));
    let signature = one.sign("message");
    assert!(is_signed("message", &one.public(), &signature));
    assert!(!is_signed("massage", &one.public(), &signature));
    assert!(!is_signed("message", &other.public(), &signature));
    assert!(!is_signed("message", &one.public(), &other.sign("message")));
    assert!(!is_signed("message", &one.public(), &signature.to_uppercase()));
    assert!(!is_signed("message", &one.public(), ""));
    assert!(!is_signed("message", "", &signature));
    // What is shown of it, in a log for instance, is the public part alone.
    assert_eq!(format!("{one:?}"), format!("LedgerKey({})", one.public()));
}

#[tokio::test]
async fn a_checkpoint_comes_every_so_many_lines_and_not_before() {
    let home = tempfile::tempdir().unwrap();
    let state = keyed(&home.path().join("state.db"), EVERY - 1).await;
    let counts =
        async || -> Vec<u64> { state.checkpoints().await.unwrap().iter().map(|one| one.count).collect() };
    assert_eq!(counts().await, Vec::<u64>::new());
    lengthen(&state, 1).await;
    assert_eq!(counts().await, [EVERY]);
    lengthen(&state, EVERY - 1).await;
    assert_eq!(counts().await, [EVERY]);
    lengthen(&state, 1).await;
    assert_eq!(counts().await, [EVERY, 2 * EVERY]);
    let verified = state.verify_ledger().await.unwrap();
    let key = state.checkpoints().await.unwrap()[0].key.clone();
    assert_eq!((verified.checkpoints, verified.keys), (2, [key].into()));
    assert!(verified.anchor_signed);
}

#[tokio::test]
async fn without_a_key_nothing_is_signed() {
    let home = tempfile::tempdir().unwrap();
    let state = State::open(&home.path().join("state.db")).await.unwrap();
    lengthen(&state, EVERY).await;
    assert_eq!(state.checkpoints().await.unwrap(), []);
    assert_eq!(state.checkpoint_now().await.unwrap(), None);
    let verified = state.verify_ledger().await.unwrap();
    assert_eq!((verified.anchored, verified.anchor_signed), (Some(EVERY), false));
}

#[tokio::test]
async fn a_checkpoint_for_more_lines_than_there_are_does_not_hold() {
    let home = tempfile::tempdir().unwrap();
    let state = keyed(&home.path().join("state.db"), 2).await;
    let signed = state.checkpoint_now().await.unwrap().unwrap();
    assert!(signed.is_signed());
    let insert = async |count: i64| {
        sqlx::query("INSERT INTO checkpoints (count, head, key, signature) VALUES (?, ?, ?, ?)")
            .bind(count)
            .bind(&signed.head)
            .bind(&signed.key)
            .bind(&signed.signature)
            .execute(&state.pool)
            .await
            .unwrap();
    };
    insert(2).await;
    assert_eq!(state.check_checkpoints(2).await.unwrap(), (1, [signed.key.clone()].into()));
    let Err(Error::Corrupt { detail, .. }) = state.check_checkpoints(1).await else { panic!("not noticed") };
    assert!(detail.contains("line 2 "), "{detail}");
}

#[tokio::test]
async fn another_key_than_this_machines_does_not_sign_its_anchor() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    keyed(&path, 1).await.close().await;
    std::fs::remove_file(State::key_path(&path)).unwrap();
    // Without a key the signature is still checked, and fits.
    let state = State::open(&path).await.unwrap();
    assert!(!state.verify_ledger().await.unwrap().anchor_signed, "it is not this machine's");
    state.close().await;
    State::make_key(&path, &Filled(8)).unwrap();
    let Err(Error::Anchor { detail, .. }) = State::open(&path).await else { panic!("not noticed") };
    assert!(detail.contains("another key"), "{detail}");
    let (state, found) = State::open_anew(&path).await.unwrap();
    assert_eq!(found, crate::Reanchored::Unknown);
    assert!(state.verify_ledger().await.unwrap().anchor_signed);
}

#[tokio::test]
async fn an_anchor_is_signed_as_soon_as_there_is_a_key_and_then_must_be() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    lengthen(&state, 1).await;
    state.close().await;
    let unsigned = std::fs::read(State::anchor_path(&path)).unwrap();
    State::make_key(&path, &Filled(7)).unwrap();
    let state = State::open(&path).await.unwrap();
    assert!(state.verify_ledger().await.unwrap().anchor_signed, "signed when it was opened");
    state.close().await;
    put(&State::anchor_path(&path), &unsigned);
    let Err(Error::Anchor { detail, .. }) = State::open(&path).await else { panic!("not noticed") };
    assert!(detail.contains("signature"), "{detail}");
}

#[expect(clippy::disallowed_methods, reason = "the test puts an old file back on purpose")]
fn put(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn an_export_says_how_far_it_goes_and_who_signed_it() {
    let home = tempfile::tempdir().unwrap();
    let state = keyed(&home.path().join("state.db"), 0).await;
    let empty = state.checkpoint_now().await.unwrap().unwrap();
    let verified = verify_export(&[], std::slice::from_ref(&empty)).unwrap();
    assert_eq!((verified.lines, verified.head, verified.checkpoints), (0, None, 1));
    assert_eq!(verify_export(&[], &[]), Err(1), "nothing says that there is nothing more");
    lengthen(&state, 3).await;
    let (lines, end) = (state.ledger().await.unwrap(), state.checkpoint_now().await.unwrap().unwrap());
    let verified = verify_export(&lines, &[empty.clone(), end.clone()]).unwrap();
    assert_eq!((verified.lines, verified.head.as_ref()), (3, Some(&end.head)));
    assert_eq!((verified.checkpoints, verified.keys), (2, [end.key.clone()].into()));
    // One that stands for another place, another line, or is not signed.
    for wrong in [
        crate::Checkpoint { count: 2, ..end.clone() },
        crate::Checkpoint { head: lines[1].hash.clone(), ..end.clone() },
        crate::Checkpoint { signature: empty.signature.clone(), ..end.clone() },
    ] {
        let place = wrong.count;
        assert_eq!(verify_export(&lines, &[wrong]), Err(place));
    }
}
