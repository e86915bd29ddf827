//! Operations and their journal.

use crate::{Error, OverrideChange, PinChange, State, ledger};
use las_types::{
    Code, ExecutionPlan, Generation, GenerationNumber, JournalEntry, JournalPhase, Operation, OperationId,
    OperationState, Progress, Timestamp,
};
use sqlx::{Row, sqlite::SqliteRow};
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
    /// What it did to the overrides, if that was what it was for.
    pub overrides: Option<&'a OverrideChange>,
    /// What it did to the pins, if that was what it was for.
    pub pins: Option<&'a PinChange>,
    /// When.
    pub at: Timestamp,
}

/// The JSON text of a plain enum (`"running"` without the quotes).
fn text_of(value: impl serde::Serialize) -> Result<String, Error> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    Ok(serde_json::from_value(serde_json::Value::String(text.to_owned()))?)
}

const COLUMNS: &str = "SELECT o.id, o.plan_id, o.state, o.actor, o.started_at, o.ended_at, o.failure, o.generation, p.body \
     FROM operations o JOIN plans p ON p.id = o.plan_id";

fn operation(row: &SqliteRow) -> Result<Operation, Error> {
    let plan: ExecutionPlan = serde_json::from_str(row.get::<&str, _>("body"))?;
    let steps = u32::try_from(plan.steps.len()).unwrap_or(u32::MAX);
    let state: OperationState = parsed(row.get("state"))?;
    let done = if state == OperationState::Succeeded { steps } else { 0 };
    Ok(Operation {
        id: parsed(row.get("id"))?,
        plan: plan.id,
        intent: plan.intent,
        state,
        progress: Progress { step: done, steps, ..Progress::default() },
        started_at: parsed(row.get("started_at"))?,
        ended_at: row.get::<Option<&str>, _>("ended_at").map(parsed).transpose()?,
        failure: row.get::<Option<&str>, _>("failure").map(serde_json::from_str).transpose()?,
        generation: row
            .get::<Option<i64>, _>("generation")
            .and_then(|n| u64::try_from(n).ok())
            .map(GenerationNumber),
        actor: row.get("actor"),
        resumes: plan.resumes,
    })
}

impl State {
    /// Begins an operation: in one transaction the plan is found unspent and fresh, marked as spent, and
    /// the operation recorded as running, with the key that its client gave it.
    pub async fn begin_operation(&self, operation: &Operation, key: Option<&str>) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let base: Option<i64> =
            sqlx::query_scalar("SELECT base FROM plans WHERE id = ? AND spent_by IS NULL")
                .bind(operation.plan.to_string())
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed)?;
        let base = base.ok_or(Error::PlanNotRunnable)?;
        let current: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) FROM generations")
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if base != current {
            return Err(Error::PlanStale { made: base.unsigned_abs(), current: current.unsigned_abs() });
        }
        sqlx::query("UPDATE plans SET spent_by = ? WHERE id = ?")
            .bind(operation.id.to_string())
            .bind(operation.plan.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        sqlx::query("INSERT INTO operations (id, plan_id, state, actor, started_at) VALUES (?, ?, ?, ?, ?)")
            .bind(operation.id.to_string())
            .bind(operation.plan.to_string())
            .bind(text_of(operation.state)?)
            .bind(&operation.actor)
            .bind(operation.started_at.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        if let Some(key) = key {
            self.keep_key(&mut transaction, key, operation.plan, operation.id).await?;
        }
        transaction.commit().await.map_err(failed)
    }

    /// Writes one journal line; it is on disk when this returns.
    pub async fn journal(
        &self,
        id: OperationId,
        step: u32,
        phase: JournalPhase,
        at: Timestamp,
        code: Option<Code>,
    ) -> Result<(), Error> {
        sqlx::query("INSERT INTO journal (operation_id, step, phase, at, code) VALUES (?, ?, ?, ?, ?)")
            .bind(id.to_string())
            .bind(i64::from(step))
            .bind(text_of(phase)?)
            .bind(at.to_string())
            .bind(code.map(Code::as_str))
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(())
    }

    /// An operation's journal, in order.
    pub async fn journal_of(&self, id: OperationId) -> Result<Vec<JournalEntry>, Error> {
        let rows = sqlx::query(
            "SELECT sequence, step, phase, at, code FROM journal WHERE operation_id = ? ORDER BY sequence",
        )
        .bind(id.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        rows.iter()
            .map(|row| {
                Ok(JournalEntry {
                    sequence: row.get("sequence"),
                    step: u32::try_from(row.get::<i64, _>("step")).unwrap_or(u32::MAX),
                    phase: parsed(row.get("phase"))?,
                    at: parsed(row.get("at"))?,
                    code: row.get::<Option<&str>, _>("code").map(parsed).transpose()?,
                })
            })
            .collect()
    }

    /// Records that an operation's steps are being undone.
    pub async fn mark_undoing(&self, id: OperationId) -> Result<(), Error> {
        sqlx::query("UPDATE operations SET state = 'undoing' WHERE id = ?")
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(())
    }

    /// Ends an operation: its state, its ledger line and its generation or change of the overrides, in one
    /// transaction.
    pub async fn end_operation(
        &self,
        operation: &Operation,
        plan: &ExecutionPlan,
        ending: &Ending<'_>,
    ) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let number =
            ending.generation.map(|generation| i64::try_from(generation.number.0).unwrap_or(i64::MAX));
        sqlx::query(
            "UPDATE operations SET state = ?, ended_at = ?, failure = ?, generation = ? WHERE id = ?",
        )
        .bind(text_of(ending.state)?)
        .bind(ending.at.to_string())
        .bind(ending.failure.as_ref().map(serde_json::to_string).transpose()?)
        .bind(number)
        .bind(operation.id.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if let Some(generation) = ending.generation {
            let body = serde_json::to_string(generation)?;
            sqlx::query("INSERT INTO generations (number, digest, body) VALUES (?, ?, ?)")
                .bind(number)
                .bind(las_types::Digest::of(body.as_bytes()).to_string())
                .bind(body)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        if let Some(change) = ending.overrides {
            self.change_overrides(&mut transaction, change, ending.at).await?;
        }
        if let Some(change) = ending.pins {
            self.change_pins(&mut transaction, change, ending.at).await?;
        }
        let line = ledger::Draft {
            at: ending.at,
            operation: operation.id,
            actor: &operation.actor,
            command: plan.intent.command(),
            outcome: ledger::outcome(&text_of(ending.state)?, ending.failure.as_ref())?,
            plan_digest: plan.content_digest(),
            generation: number,
        };
        ledger::append(&mut transaction, &line).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// An operation by its id.
    pub async fn operation(&self, id: OperationId) -> Result<Option<Operation>, Error> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE o.id = ?")))
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        row.as_ref().map(operation).transpose()
    }

    /// The latest operations, newest first: in the order they began, whatever the clock said.
    pub async fn operations(&self, limit: u32) -> Result<Vec<Operation>, Error> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} ORDER BY o.rowid DESC LIMIT ?")))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        rows.iter().map(operation).collect()
    }

    /// Operations that are not final: after a stop, what recovery must look at; oldest first.
    pub async fn unfinished_operations(&self) -> Result<Vec<Operation>, Error> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{COLUMNS} WHERE o.state IN ('running', 'undoing') ORDER BY o.rowid"
        )))
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        rows.iter().map(operation).collect()
    }
}
