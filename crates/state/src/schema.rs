//! The schema's versions: forward when the database is opened, back when a person asks for it.
//!
//! Each migration is a pair `NNNN_name.up.sql` and `NNNN_name.down.sql` and runs in one transaction. A way
//! back loses nothing: what the older schema has no table for is put aside as `kept_<table>`, and the next
//! way forward takes it back.

use crate::{Error, State};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AssertSqlSafe, Sqlite, Transaction};
use std::path::Path;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!();

/// The schema from which on rows are sealed.
const SEALED: i64 = 3;
/// What a table is called while an older schema has no place for it.
const KEPT: &str = "kept_";

impl State {
    /// The schema that this version works with.
    pub fn newest_schema() -> i64 {
        MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
    }

    /// The schema that the database has; 0 for none.
    pub async fn schema(&self) -> Result<i64, Error> {
        sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations")
            .fetch_one(&self.pool)
            .await
            .map_err(|e| self.failed(e))
    }

    pub(crate) async fn migrate(&self) -> Result<(), Error> {
        let had = self.schema_or_none().await?;
        if had == Self::newest_schema() && !self.is_unsealed().await? {
            return Ok(());
        }
        // What was sealed must be whole, and what was not is checked by the digests of its time.
        if had >= SEALED {
            self.mark_unsealed(had).await?;
        }
        MIGRATIONS.run(&self.pool).await.map_err(|error| migration_failed(&self.path, error))?;
        self.take_back().await?;
        self.seal_all().await
    }

    /// The schema of a file that may have none.
    async fn schema_or_none(&self) -> Result<i64, Error> {
        let tables: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
                .fetch_one(&self.pool)
                .await
                .map_err(|e| self.failed(e))?;
        if tables == 0 { Ok(0) } else { self.schema().await }
    }

    /// Before the schema changes: what is sealed fits now, and is sealed again afterwards, also if a stop
    /// comes between.
    async fn mark_unsealed(&self, had: i64) -> Result<(), Error> {
        if had > Self::newest_schema() || self.is_unsealed().await? {
            return Ok(());
        }
        self.check_seals().await?;
        sqlx::query("INSERT INTO facts (name, value) VALUES ('unsealed', 'yes')")
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(())
    }

    /// Takes a closed database back to an older schema, for an older version of the program, which it is
    /// then to be opened with. Returns the schema that it had.
    pub async fn migrate_down(path: &Path, to: i64) -> Result<i64, Error> {
        if to < 1 || !MIGRATIONS.version_exists(to) {
            return Err(Error::NoSchema { asked: to, newest: Self::newest_schema() });
        }
        // What is damaged is not changed.
        let state = Self::open(path).await?;
        let done = state.go_back(to).await;
        state.close().await;
        done
    }

    async fn go_back(&self, to: i64) -> Result<i64, Error> {
        let had = self.schema().await?;
        if to < SEALED {
            // First: an older version can't read the signed form, and this one reads both.
            self.anchor_plainly().await?;
        }
        self.mark_unsealed(had).await?;
        MIGRATIONS.undo(&self.pool, to).await.map_err(|error| migration_failed(&self.path, error))?;
        if to >= SEALED {
            self.seal_all().await?;
        }
        Ok(had)
    }

    /// Takes back what a way back put aside.
    async fn take_back(&self) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let kept: Vec<String> = sqlx::query_scalar(
            "SELECT kept.name FROM sqlite_schema kept JOIN sqlite_schema own ON kept.name = ? || own.name \
             WHERE kept.type = 'table' AND own.type = 'table'",
        )
        .bind(KEPT)
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        if kept.is_empty() {
            return Ok(());
        }
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        for name in kept {
            take_back(&mut transaction, &name).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}

/// The columns that were put aside; those that came since have their defaults.
async fn take_back(transaction: &mut Transaction<'_, Sqlite>, kept: &str) -> Result<(), sqlx::Error> {
    let columns: String =
        sqlx::query_scalar("SELECT group_concat('\"' || name || '\"') FROM pragma_table_info(?)")
            .bind(kept)
            .fetch_one(&mut **transaction)
            .await?;
    let own = kept.strip_prefix(KEPT).unwrap_or(kept);
    for statement in [
        format!("INSERT INTO \"{own}\" ({columns}) SELECT {columns} FROM \"{kept}\" ORDER BY rowid"),
        format!("DROP TABLE \"{kept}\""),
    ] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut **transaction).await?;
    }
    Ok(())
}

fn migration_failed(path: &Path, error: MigrateError) -> Error {
    match error {
        MigrateError::VersionMissing(found) => {
            Error::TooNew { path: path.to_owned(), found, known: State::newest_schema() }
        }
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            Error::database(path, source)
        }
        // What was applied is not what it says: the record of it was changed.
        error @ (MigrateError::VersionMismatch(_) | MigrateError::Dirty(_)) => {
            Error::Corrupt { path: path.to_owned(), detail: error.to_string() }
        }
        other => {
            Error::Database { path: path.to_owned(), source: Box::new(sqlx::Error::Migrate(Box::new(other))) }
        }
    }
}
