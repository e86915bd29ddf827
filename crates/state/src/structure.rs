//! Whether the file is a whole database: what SQLite itself finds out about that, and what it does not.

use crate::{Error, State};
use sqlx::AssertSqlSafe;

/// Type, name and table of what the database is made of, and its text.
type Object = (String, String, String, Option<String>);

impl State {
    /// The file's structure: the schema is text, SQLite's own check finds nothing, and each index can be read.
    pub(crate) async fn check_structure(&self) -> Result<(), Error> {
        let objects = self.objects().await?;
        let answer: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
            .fetch_one(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        if answer != "ok" {
            return Err(self.damaged(answer));
        }
        self.check_indexes(&objects).await
    }

    /// The library takes names and types of columns for UTF-8, and where they aren't, the thread of the connection ends
    /// with a question unanswered. So this comes before any table is read; the table of the schema is no such one.
    async fn objects(&self) -> Result<Vec<Object>, Error> {
        let read =
            sqlx::query_as("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetch_all(&self.pool);
        read.await.map_err(|error| match error {
            sqlx::Error::ColumnDecode { .. } => self.damaged(format!("the schema is no text: {error}")),
            other => self.failed(other),
        })
    }

    /// SQLite's own check takes an empty page of a table for an index without entries (since 3.42 it counts them where it
    /// reads the pages), and who uses the index is told that the file is malformed.
    async fn check_indexes(&self, objects: &[Object]) -> Result<(), Error> {
        let indexes = objects.iter().filter(|(kind, ..)| kind == "index");
        let reads: Vec<String> =
            indexes.map(|(_, name, table, sql)| first_of(name, table, sql.as_deref())).collect();
        if reads.is_empty() {
            return Ok(());
        }
        let query = format!("SELECT {}", reads.join(", "));
        match sqlx::query(AssertSqlSafe(query)).fetch_one(&self.pool).await.map_err(|e| self.failed(e)) {
            Ok(_) => Ok(()),
            // A name that nothing has any more, or a condition that is none.
            Err(Error::Database { source, .. }) => Err(self.damaged(format!("its indexes: {source}"))),
            Err(other) => Err(other),
        }
    }
}

/// Whatever an index begins with. Its condition, if it has one, is what its text says.
fn first_of(name: &str, table: &str, sql: Option<&str>) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let text = sql.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let condition =
        text.split_once(" WHERE ").map_or(String::new(), |(_, condition)| format!(" WHERE {condition}"));
    format!("(SELECT 1 FROM {} INDEXED BY {}{condition} LIMIT 1)", quoted(table), quoted(name))
}
