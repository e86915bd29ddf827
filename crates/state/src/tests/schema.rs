//! The way forward and the way back, from a fixture of every schema.

use super::holding::{pin, pinning};
use super::{OverrideChange, an_override, committed, now, overriding};
use crate::checkpoints::EVERY;
use crate::schema::MIGRATIONS;
use crate::{Error, Incident, PinChange, State, Token};
use las_types::{Digest, Entropy, ModuleState, TokenId};
use std::path::{Path, PathBuf};

fn fixture(schema: i64) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/schema-{schema}.sql"))
}

fn schemas() -> impl Iterator<Item = i64> {
    1..=State::newest_schema()
}

/// A database that has exactly what the fixture says.
async fn loaded(path: &Path, schema: i64) {
    let text = std::fs::read_to_string(fixture(schema)).unwrap();
    State::make_from(path, &text).await.unwrap();
}

/// What the file holds, whatever its schema; nothing is migrated and nothing checked.
async fn dumped(path: &Path) -> String {
    State::dump_of(path).await.unwrap()
}

/// Not random at all: a fixture has the same signatures each time.
struct Seven;

impl Entropy for Seven {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

/// A state with rows in every table.
pub(super) async fn filled(path: &Path) -> State {
    State::make_key(path, &Seven).unwrap();
    let state = State::open(path).await.unwrap();
    overriding(&state, 2, &OverrideChange::Set(an_override(1, "14B"))).await.unwrap();
    overriding(&state, 3, &OverrideChange::Set(an_override(2, "20B"))).await.unwrap();
    pinning(&state, 5, &PinChange::Set(pin("1.0.0"))).await.unwrap();
    pinning(&state, 6, &PinChange::Set(pin("1.2"))).await.unwrap();
    let operation = committed(&state, 1, 1).await;
    let mut transaction = state.pool.begin().await.unwrap();
    state.keep_key(&mut transaction, "key", operation.plan, operation.id).await.unwrap();
    transaction.commit().await.unwrap();
    let token = Token { id: TokenId::new(now(), [4; 10]), label: "editor".into(), made_at: now() };
    state.add_token(&token, Digest::of(b"value"), "cli").await.unwrap();
    let way = ModuleState::Available.way(ModuleState::Running).unwrap();
    let moves: Vec<_> = way.into_iter().map(|step| ("llama.cpp".parse().unwrap(), step)).collect();
    state.move_modules(&moves, &[], now()).await.unwrap();
    for number in 0..EVERY {
        state.record(now(), Incident::new("state-restored", &[("path", &number.to_string())])).await.unwrap();
    }
    state.keep_load(&super::loads::load(4096, 100)).await.unwrap();
    state.anchor_ledger().await.unwrap();
    state
}

/// `LAS_UPDATE_SCHEMA=1` writes the fixture of the newest schema; those of older ones are history.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the fixture is a file of the sources")]
async fn every_schema_has_a_fixture_and_a_way_back() {
    for migration in MIGRATIONS.iter() {
        let both = MIGRATIONS.iter().filter(|other| other.version == migration.version);
        assert_eq!(both.count(), 2, "{}: an .up.sql and a .down.sql", migration.version);
        assert!(migration.migration_type.is_reversible(), "{}", migration.version);
    }
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    filled(&path).await.close().await;
    let text = dumped(&path).await;
    let newest = fixture(State::newest_schema());
    if std::env::var_os("LAS_UPDATE_SCHEMA").is_some() {
        std::fs::write(&newest, &text).unwrap();
    }
    for schema in schemas() {
        let fixture = std::fs::read_to_string(fixture(schema));
        let fixture = fixture.unwrap_or_else(|error| panic!("schema {schema} has no fixture: {error}"));
        let tables = fixture.matches("CREATE TABLE").count();
        let filled = fixture.split("CREATE TABLE ").skip(1).filter(|part| {
            part.contains(&format!("INSERT INTO {} ", part.split(['(', ' ']).next().unwrap()))
        });
        assert_eq!(filled.count(), tables, "schema {schema}: a row in each table");
    }
    assert_eq!(std::fs::read_to_string(&newest).unwrap(), text, "the fixture is that of the code");
}

#[tokio::test]
async fn every_schema_goes_forward_back_and_forward_again_without_a_loss() {
    for schema in schemas() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state.db");
        loaded(&path, schema).await;
        State::open(&path).await.unwrap_or_else(|error| panic!("schema {schema}: {error}")).close().await;
        let forward = dumped(&path).await;
        for back in schemas() {
            assert_eq!(State::migrate_down(&path, back).await.unwrap(), State::newest_schema());
            let state = State::open(&path).await.unwrap();
            assert_eq!(state.schema().await.unwrap(), State::newest_schema());
            state.verify_ledger().await.unwrap();
            state.close().await;
            assert_eq!(dumped(&path).await, forward, "schema {schema}, back to {back} and forward again");
        }
    }
}

#[tokio::test]
async fn going_back_gives_what_the_older_schema_had() {
    let home = tempfile::tempdir().unwrap();
    for schema in schemas() {
        let own = home.path().join(schema.to_string());
        std::fs::create_dir(&own).unwrap();
        let path = own.join("state.db");
        loaded(&path, schema).await;
        let before = dumped(&path).await;
        State::open(&path).await.unwrap().close().await;
        State::migrate_down(&path, schema).await.unwrap();
        // What it has no table for is put aside.
        let after: String =
            dumped(&path).await.split_inclusive('\n').filter(|line| !line.contains(" kept_")).collect();
        assert_eq!(after, before, "schema {schema}");
    }
}

#[tokio::test]
async fn only_a_schema_that_there_is_can_be_gone_back_to() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    filled(&path).await.close().await;
    let before = dumped(&path).await;
    for wrong in [-1, 0, State::newest_schema() + 1] {
        let refused = State::migrate_down(&path, wrong).await;
        assert!(matches!(refused, Err(Error::NoSchema { .. })), "{wrong}: {refused:?}");
    }
    assert_eq!(dumped(&path).await, before);
}

#[tokio::test]
async fn a_record_of_migrations_that_was_changed_is_damage() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    loaded(&path, 1).await;
    let pool = sqlx::SqlitePool::connect_with(sqlx::sqlite::SqliteConnectOptions::new().filename(&path));
    let pool = pool.await.unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let refused = State::open(&path).await;
    assert!(matches!(refused, Err(Error::Corrupt { .. })), "{refused:?}");
}

#[tokio::test]
async fn before_a_schema_without_signatures_the_anchor_gets_the_form_that_it_can_read() {
    for (back, fields) in [(3, 5), (2, 2), (1, 2)] {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state.db");
        filled(&path).await.close().await;
        State::migrate_down(&path, back).await.unwrap();
        let anchor = std::fs::read(State::anchor_path(&path)).unwrap();
        let anchor: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&anchor).unwrap();
        assert_eq!(anchor.len(), fields, "schema {back}: {anchor:?}");
        assert!(anchor.contains_key("count") && anchor.contains_key("head"));
        // This version takes it, and signs it again.
        let state = State::open(&path).await.unwrap();
        assert!(state.verify_ledger().await.unwrap().anchor_signed);
    }
}
