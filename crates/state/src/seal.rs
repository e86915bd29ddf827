//! Seals: SHA-256 over a table's name and all values of a row, so that a changed bit in any row shows.
//!
//! A table is sealed if its last column is `seal BLOB NOT NULL DEFAULT x''`; nothing else has to be told.
//! Whoever writes a row gives [`Seal::row`] its other values in the order of the columns and binds the
//! result, in the same statement or at least the same transaction; an update that doesn't know all of them
//! calls [`reseal`] after it. [`State::check_seals`] reads every row of every sealed table.

use crate::dump::plain;
use crate::{Error, State};
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Column, Row, TypeInfo, ValueRef};

/// A seal that is being made: each value with its type and length, so that no two rows have the same bytes.
pub(crate) struct Seal(Sha256);

impl Seal {
    /// Of a row of that table; its values follow in the order of the columns.
    pub(crate) fn row(table: &str) -> Self {
        Self(Sha256::new()).value(b't', table.as_bytes())
    }

    fn value(mut self, kind: u8, bytes: &[u8]) -> Self {
        self.0.update([kind]);
        self.0.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
        self.0.update(bytes);
        self
    }

    pub(crate) fn text(self, text: &str) -> Self {
        self.value(b'x', text.as_bytes())
    }

    pub(crate) fn optional_text(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(text),
            None => self.value(b'0', &[]),
        }
    }

    pub(crate) fn integer(self, number: i64) -> Self {
        self.value(b'i', &number.to_le_bytes())
    }

    pub(crate) fn optional_integer(self, number: Option<i64>) -> Self {
        match number {
            Some(number) => self.integer(number),
            None => self.value(b'0', &[]),
        }
    }

    pub(crate) fn done(self) -> Vec<u8> {
        self.0.finalize().to_vec()
    }

    /// The seal that a row should have, from all its columns but the seal itself.
    pub(crate) fn of(table: &str, row: &SqliteRow) -> Result<Vec<u8>, sqlx::Error> {
        let mut seal = Self::row(table);
        for column in row.columns().iter().filter(|column| column.name() != "seal") {
            let place = column.ordinal();
            let raw = row.try_get_raw(place)?;
            seal = if raw.is_null() {
                seal.value(b'0', &[])
            } else {
                match raw.type_info().name() {
                    "INTEGER" => seal.integer(row.try_get_unchecked(place)?),
                    "TEXT" => seal.text(row.try_get_unchecked(place)?),
                    _ => seal.value(b'b', row.try_get_unchecked(place)?),
                }
            };
        }
        Ok(seal.done())
    }

    /// Whether a row of a sealed table has its seal.
    pub(crate) fn fits(table: &str, row: &SqliteRow) -> bool {
        let had = row.try_get_unchecked::<&[u8], _>("seal");
        // A value that can't be read any more was changed as well.
        matches!((had, Self::of(table, row)), (Ok(had), Ok(expected)) if had == expected)
    }
}

/// Seals the rows of a table that the condition names by one bound value, as they are now.
pub(crate) async fn reseal(
    connection: &mut SqliteConnection,
    table: &str,
    key: &str,
    value: &str,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table} WHERE {key} = ?")))
        .bind(value)
        .fetch_all(&mut *connection)
        .await?;
    for row in rows {
        sqlx::query(AssertSqlSafe(format!("UPDATE {table} SET seal = ? WHERE {key} = ?")))
            .bind(Seal::of(table, &row)?)
            .bind(value)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The key of each sealed table.
const KEYS: &str = "SELECT table_.name, group_concat('\"' || key.name || '\" = ?', ' AND ') \
    FROM sqlite_schema table_, pragma_table_info(table_.name) seal, pragma_table_info(table_.name) key \
    WHERE table_.type = 'table' AND table_.name NOT LIKE 'kept_%' AND seal.name = 'seal' AND key.pk > 0 \
    GROUP BY table_.name ORDER BY table_.name";

/// The digest of what the database is made of, and whether it has it.
const SCHEMA: &str = "SELECT type, name, tbl_name, COALESCE(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'kept_%' ORDER BY type, name";

impl State {
    async fn sealed_tables(&self) -> Result<Vec<(String, String)>, Error> {
        sqlx::query_as(KEYS).fetch_all(&self.pool).await.map_err(|e| self.failed(e))
    }

    /// Every row of every sealed table, and the schema itself.
    pub async fn check_seals(&self) -> Result<(), Error> {
        for (table, _) in self.sealed_tables().await? {
            let mut rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}"))).fetch(&self.pool);
            let mut number = 0_u64;
            while let Some(row) =
                futures::TryStreamExt::try_next(&mut rows).await.map_err(|e| self.failed(e))?
            {
                number += 1;
                if !Seal::fits(&table, &row) {
                    return Err(self.damaged(format!("row {number} of {table} does not have its seal")));
                }
            }
        }
        let had: Option<String> = sqlx::query_scalar("SELECT value FROM facts WHERE name = 'schema'")
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        if had.as_deref() == Some(&*self.schema_digest().await?) {
            Ok(())
        } else {
            Err(self.damaged("the schema does not have its seal".to_owned()))
        }
    }

    pub(crate) fn damaged(&self, detail: String) -> Error {
        Error::Corrupt { path: self.path.clone(), detail }
    }

    async fn schema_digest(&self) -> Result<String, Error> {
        let parts: Vec<(String, String, String, String)> =
            sqlx::query_as(SCHEMA).fetch_all(&self.pool).await.map_err(|e| self.failed(e))?;
        let seal = parts.iter().fold(Seal::row("sqlite_schema"), |seal, (kind, name, of, sql)| {
            seal.text(kind).text(name).text(of).text(&plain(sql))
        });
        // And the record of how it came about: nothing else covers its names.
        let record: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT version, description, hex(checksum) FROM _sqlx_migrations ORDER BY version",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        let seal = record.iter().fold(seal, |seal, (version, description, checksum)| {
            seal.integer(*version).text(description).text(checksum)
        });
        Ok(seal.done().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether rows wait for their seals: those that an older schema had none for.
    pub(crate) async fn is_unsealed(&self) -> Result<bool, Error> {
        let marks: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM facts WHERE name = 'unsealed'")
            .fetch_one(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(marks > 0)
    }

    /// Seals every row that has no seal yet, and the schema as it is now.
    pub(crate) async fn seal_all(&self) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let (tables, schema) = (self.sealed_tables().await?, self.schema_digest().await?);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        for (table, key) in &tables {
            let query = format!("SELECT * FROM {table} WHERE seal = x''");
            let rows =
                sqlx::query(AssertSqlSafe(query)).fetch_all(&mut *transaction).await.map_err(failed)?;
            for row in rows {
                let statement = format!("UPDATE {table} SET seal = ? WHERE {key}");
                let mut update =
                    sqlx::query(AssertSqlSafe(statement)).bind(Seal::of(table, &row).map_err(failed)?);
                for column in key_columns(key) {
                    update = match row.try_get_unchecked::<i64, _>(column) {
                        Ok(number)
                            if row
                                .try_get_raw(column)
                                .is_ok_and(|raw| raw.type_info().name() == "INTEGER") =>
                        {
                            update.bind(number)
                        }
                        _ => update.bind(row.try_get_unchecked::<String, _>(column).map_err(failed)?),
                    };
                }
                update.execute(&mut *transaction).await.map_err(failed)?;
            }
        }
        sqlx::query("DELETE FROM facts").execute(&mut *transaction).await.map_err(failed)?;
        sqlx::query("INSERT INTO facts (name, value, seal) VALUES ('schema', ?, ?)")
            .bind(&schema)
            .bind(Seal::row("facts").text("schema").text(&schema).done())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

/// The names in a condition as [`KEYS`] makes them.
fn key_columns(condition: &str) -> impl Iterator<Item = &str> {
    condition.split('"').skip(1).step_by(2)
}
