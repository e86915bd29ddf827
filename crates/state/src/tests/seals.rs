//! A changed bit in any row of any table shows.

use super::schema::filled;
use crate::{Error, State};
use sqlx::{AssertSqlSafe, Row};

/// Tables whose rows are held in another way: by their hashes and signatures, or by the migrator's checksums.
const HELD_OTHERWISE: [&str; 3] = ["_sqlx_migrations", "checkpoints", "ledger"];

#[tokio::test]
async fn every_table_is_sealed() {
    let home = tempfile::tempdir().unwrap();
    let state = filled(&home.path().join("state.db")).await;
    let open: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND NOT EXISTS \
         (SELECT 1 FROM pragma_table_info(sqlite_schema.name) c WHERE c.name = 'seal') ORDER BY name",
    )
    .fetch_all(&state.pool)
    .await
    .unwrap();
    assert_eq!(open, HELD_OTHERWISE);
}

#[tokio::test]
async fn a_changed_value_in_any_row_of_any_table_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    filled(&path).await.close().await;
    let columns: Vec<(String, String, String)> = {
        let state = State::open(&path).await.unwrap();
        let rows = sqlx::query(
            "SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> '_sqlx_migrations'",
        )
        .fetch_all(&state.pool)
        .await
        .unwrap();
        state.close().await;
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
    };
    assert!(columns.len() > 40);
    for (number, (table, column, kind)) in columns.iter().enumerate() {
        let changed = home.path().join(format!("{number}"));
        std::fs::create_dir(&changed).unwrap();
        for file in ["state.db", "ledger.head", "ledger.key"] {
            std::fs::copy(home.path().join(file), changed.join(file)).unwrap();
        }
        let path = changed.join("state.db");
        let pool = sqlx::SqlitePool::connect_with(
            sqlx::sqlite::SqliteConnectOptions::new().filename(&path).foreign_keys(false),
        )
        .await
        .unwrap();
        let triggers: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
                .fetch_all(&pool)
                .await
                .unwrap();
        for trigger in triggers {
            sqlx::query(AssertSqlSafe(format!("DROP TRIGGER {trigger}"))).execute(&pool).await.unwrap();
        }
        let value = match kind.as_str() {
            "INTEGER" => format!("COALESCE({column}, 0) + 700"),
            "BLOB" => "zeroblob(32)".to_owned(),
            _ => format!("COALESCE({column}, '') || 'x'"),
        };
        let which = format!("(SELECT MAX({column}) FROM {table})");
        let update = format!("UPDATE {table} SET {column} = {value} WHERE {column} IS {which}");
        let done = sqlx::query(AssertSqlSafe(update)).execute(&pool).await.unwrap();
        assert!(done.rows_affected() >= 1, "{table}.{column}");
        // As it was, so that only the row itself can show it.
        let state = State::over(pool, &path).unwrap();
        let checked = match state.check_seals().await {
            Ok(()) => state.check_chain().await,
            Err(Error::Corrupt { detail, .. }) if detail.contains("schema") => state.check_chain().await,
            Err(error) => Err(error),
        };
        assert!(matches!(checked, Err(Error::Corrupt { .. })), "{table}.{column}: {checked:?}");
        state.close().await;
    }
}
