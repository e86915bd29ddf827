//! The end of an operation.

use crate::ledger::{Draft, Head, outcome};
use crate::operations::Record;
use crate::seal::Seal;
use crate::{Error, OverrideChange, PinChange, State};
use las_types::{Code, Digest, ExecutionPlan, Generation, Operation, OperationState, Timestamp};
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use std::collections::BTreeMap;

/// How an operation ended.
#[derive(Clone, Debug)]
pub struct Ending<'a> {
    /// Succeeded, failed or cancelled.
    pub state: OperationState,
    /// Why, unless it succeeded.
    pub failure: Option<(Code, BTreeMap<String, String>)>,
    /// What is installed now, if that changed.
    pub generation: Option<&'a Generation>,
    /// What it did to the overrides, one after the other.
    pub overrides: &'a [OverrideChange],
    /// What it did to the pins, if that was what it was for.
    pub pins: Option<&'a PinChange>,
    /// When.
    pub at: Timestamp,
}

/// One statement writes an end's rows, so it holds as a whole without a transaction around it: each way to the
/// database's thread and back costs as much as writing a row. A line that came from elsewhere meanwhile has this
/// one's place, which then can't be taken twice.
///
/// It is a statement of its own: of several in one text the database's thread answers each, and each answer wakes the other.
const END: &str = "INSERT INTO ends VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// What that statement is put into: view and trigger are the connection's own and in memory. They come with its first end,
/// not with the connection: a migration could not change the tables that a trigger names.
const FORM: &str = "\
    CREATE TEMP VIEW IF NOT EXISTS ends \
        (operation, state, at, failure, seal, place, line, hash, generation, body, digest, generation_seal) AS \
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL; \
    CREATE TEMP TRIGGER IF NOT EXISTS end_operation INSTEAD OF INSERT ON ends BEGIN \
        UPDATE operations SET state = NEW.state, ended_at = NEW.at, failure = NEW.failure, \
            generation = NEW.generation, seal = NEW.seal WHERE id = NEW.operation; \
        INSERT INTO ledger (sequence, line, hash) VALUES (NEW.place, NEW.line, NEW.hash); \
        INSERT INTO generations (number, body, digest, seal) \
            SELECT NEW.generation, NEW.body, NEW.digest, NEW.generation_seal WHERE NEW.body IS NOT NULL; \
    END";

/// A generation's row.
struct Made {
    number: i64,
    body: String,
    digest: String,
    seal: Vec<u8>,
}

impl Made {
    fn of(generation: &Generation) -> Result<Self, Error> {
        let number = i64::try_from(generation.number.0).unwrap_or(i64::MAX);
        let body = serde_json::to_string(generation)?;
        let digest = Digest::of(body.as_bytes()).to_string();
        let seal = Seal::row("generations").integer(number).text(&body).text(&digest).done();
        Ok(Self { number, body, digest, seal })
    }
}

/// What an end writes.
struct Rows<'a> {
    record: Record,
    at: String,
    line: String,
    head: &'a Head,
    number: Option<i64>,
    made: Option<Made>,
}

impl Rows<'_> {
    async fn write(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        match self.query().execute(&mut *connection).await {
            // SQLITE_ERROR: what can't be prepared. If it was not for the form, it is the same the second time.
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("1") => {
                sqlx::raw_sql(FORM).execute(&mut *connection).await?;
                self.query().execute(connection).await?;
            }
            other => {
                other?;
            }
        }
        Ok(())
    }

    fn query(&self) -> Query<'_, Sqlite, SqliteArguments> {
        sqlx::query(END)
            .bind(&self.record.id)
            .bind(&self.record.state)
            .bind(&self.at)
            .bind(&self.record.failure)
            .bind(&self.record.seal)
            .bind(self.head.count)
            .bind(&self.line)
            .bind(&self.head.hash)
            .bind(self.number)
            .bind(self.made.as_ref().map(|made| &made.body))
            .bind(self.made.as_ref().map(|made| &made.digest))
            .bind(self.made.as_ref().map(|made| &made.seal))
    }
}

impl State {
    /// Ends an operation: its state, its ledger line and its generation or change of the overrides, all of it or
    /// nothing.
    pub async fn end_operation(
        &self,
        operation: &Operation,
        plan: &ExecutionPlan,
        ending: &Ending<'_>,
    ) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut end = self.end.lock().await;
        let head = self.anchor_before(&mut end).await?;
        let made = ending.generation.map(Made::of).transpose()?;
        let number = made.as_ref().map(|made| made.number);
        let at = ending.at.to_string();
        let record = Record::of(operation, ending.state, Some(&at), ending.failure.as_ref(), number)?;
        let (line, head) = head.followed_by(&Draft {
            at: ending.at,
            operation: &record.id,
            actor: &operation.actor,
            command: plan.intent.command(),
            outcome: &outcome(&record.state, ending.failure.as_ref())?,
            digest: plan.content_digest(),
            generation: number,
        });
        let rows = Rows { record, at, line, head: &head, number, made };
        if ending.overrides.is_empty() && ending.pins.is_none() {
            let mut connection = self.pool.acquire().await.map_err(failed)?;
            rows.write(&mut connection).await.map_err(failed)?;
        } else {
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
            rows.write(&mut transaction).await.map_err(failed)?;
            for change in ending.overrides {
                self.change_overrides(&mut transaction, change, ending.at).await?;
            }
            if let Some(change) = ending.pins {
                self.change_pins(&mut transaction, change, ending.at).await?;
            }
            transaction.commit().await.map_err(failed)?;
        }
        end.head = Some(head);
        Ok(())
    }
}
