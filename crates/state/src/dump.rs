//! Everything in the database as one canonical text: equal for equal content, whatever the history of the
//! file. It is SQL that makes the same database again.

use crate::{Error, State};
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use std::fmt::Write as _;
use std::path::Path;

impl State {
    /// The canonical text: tables by name, rows by key, then indexes and triggers. When and how fast a
    /// migration ran is left out.
    pub async fn dump(&self) -> Result<String, Error> {
        let objects: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' \
             ORDER BY type <> 'table', name",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        let mut text = String::new();
        for (kind, name, sql) in objects {
            let sql = plain(&sql);
            // Writing to a text can't fail.
            let _ = writeln!(text, "{sql};");
            if kind == "table" {
                for row in self.rows_of(&name).await? {
                    let _ = writeln!(text, "INSERT INTO {name} VALUES ({row});");
                }
            }
        }
        Ok(text)
    }

    /// The canonical text of a file as it is, whatever its schema: nothing is migrated and nothing checked.
    pub async fn dump_of(path: &Path) -> Result<String, Error> {
        let copy = Self::open_still(path).await?;
        let text = copy.dump().await;
        copy.close_connections().await;
        text
    }

    /// Makes a database from a canonical text: what [`State::dump`] gave.
    pub async fn make_from(path: &Path, text: &str) -> Result<(), Error> {
        // Tables come by name, not in the order in which they name each other.
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(false);
        let failed = |error| Error::database(path, error);
        let pool = SqlitePool::connect_with(options).await.map_err(failed)?;
        let made = sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&pool).await;
        pool.close().await;
        made.map(|_| ()).map_err(failed)
    }

    async fn rows_of(&self, table: &str) -> Result<Vec<String>, Error> {
        let failed = |error| self.failed(error);
        let columns: Vec<(String, i64)> =
            sqlx::query_as("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid")
                .bind(table)
                .fetch_all(&self.pool)
                .await
                .map_err(failed)?;
        let value = |name: &str| match (table, name) {
            ("_sqlx_migrations", "installed_on") => "'''2026-01-01 00:00:00'''".to_owned(),
            ("_sqlx_migrations", "execution_time") => "0".to_owned(),
            _ => format!("quote(\"{name}\")"),
        };
        let values: Vec<_> = columns.iter().map(|(name, _)| value(name)).collect();
        let mut key: Vec<_> = columns.iter().filter(|(_, place)| *place > 0).collect();
        key.sort_by_key(|(_, place)| *place);
        let order: Vec<_> = key.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let order = if order.is_empty() { "rowid".to_owned() } else { order.join(", ") };
        // How often it was opened is not what it holds.
        let which = if table == "facts" { "WHERE name <> 'opened'" } else { "" };
        let query =
            format!("SELECT {} FROM \"{table}\" {which} ORDER BY {order}", values.join(" || ', ' || "));
        sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(&self.pool).await.map_err(failed)
    }
}

/// The text of a table, index or trigger, whatever its history: SQLite quotes the name of a table that was
/// renamed, and keeps the gaps of a dropped column.
pub(crate) fn plain(sql: &str) -> String {
    sql.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('"', "")
        .replace(" ,", ",")
        .replace(" )", ")")
        .replace("( ", "(")
}
