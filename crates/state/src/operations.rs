//! Operations and their journal.

use crate::seal::{Seal, reseal};
use crate::{Error, State};
use las_types::{
    Code, ExecutionPlan, GenerationNumber, JournalEntry, JournalPhase, Operation, OperationId,
    OperationState, PlanId, Progress, Timestamp,
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

/// The JSON text of a plain enum (`"running"` without the quotes).
fn text_of(value: impl serde::Serialize) -> Result<String, Error> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    Ok(serde_json::from_value(serde_json::Value::String(text.to_owned()))?)
}

pub(crate) const COLUMNS: &str = "SELECT o.id, o.plan_id, o.state, o.actor, o.started_at, o.ended_at, o.failure, o.generation, p.body \
     FROM operations o JOIN plans p ON p.id = o.plan_id";

pub(crate) fn operation(row: &SqliteRow) -> Result<Operation, Error> {
    let plan: ExecutionPlan = serde_json::from_str(row.get::<&str, _>("body"))?;
    let steps = u32::try_from(plan.steps.len()).unwrap_or(u32::MAX);
    let state: OperationState = parsed(row.get("state"))?;
    let progress =
        if state == OperationState::Succeeded { Progress::all(steps) } else { Progress::of(steps) };
    Ok(Operation {
        id: parsed(row.get("id"))?,
        plan: plan.id,
        intent: plan.intent,
        state,
        progress,
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

/// The columns of an operation's row that are not as they are in [`Operation`].
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) state: String,
    pub(crate) failure: Option<String>,
    pub(crate) seal: Vec<u8>,
}

impl Record {
    pub(crate) fn of(
        operation: &Operation,
        state: OperationState,
        ended_at: Option<&str>,
        failure: Option<&(Code, BTreeMap<String, String>)>,
        generation: Option<i64>,
    ) -> Result<Self, Error> {
        let (id, state) = (operation.id.to_string(), text_of(state)?);
        let failure = failure.map(serde_json::to_string).transpose()?;
        let seal = Seal::row("operations")
            .text(&id)
            .text(&operation.plan.to_string())
            .text(&state)
            .text(&operation.actor)
            .text(&operation.started_at.to_string())
            .optional_text(ended_at)
            .optional_text(failure.as_deref())
            .optional_integer(generation)
            .done();
        Ok(Self { id, state, failure, seal })
    }
}

impl State {
    /// Begins an operation: in one transaction the plan is found unspent and fresh, marked as spent, and
    /// the operation recorded as running, with the key that its client gave it; then the ledger's anchor
    /// names it. If either can't be written, nothing was begun; where the anchor names it and can't be written again,
    /// it is still recorded as running.
    pub async fn begin_operation(&self, operation: &Operation, key: Option<&str>) -> Result<(), Error> {
        self.begin_operation_asked(operation, operation.plan, key).await
    }

    /// The same of an operation that was asked for by another plan than it runs, which was made anew: that one is spent,
    /// too, and the key is for it.
    ///
    /// Errors: as for [`Self::begin_operation`].
    pub async fn begin_operation_asked(
        &self,
        operation: &Operation,
        asked: PlanId,
        key: Option<&str>,
    ) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let plan = sqlx::query("SELECT * FROM plans WHERE id = ? AND spent_by IS NULL")
            .bind(operation.plan.to_string())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        let base: i64 = plan.ok_or(Error::PlanNotRunnable)?.get("base");
        let current: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) FROM generations")
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if base != current {
            return Err(Error::PlanStale { made: base.unsigned_abs(), current: current.unsigned_abs() });
        }
        for plan in BTreeSet::from([asked.to_string(), operation.plan.to_string()]) {
            let spent = sqlx::query("UPDATE plans SET spent_by = ? WHERE id = ? AND spent_by IS NULL")
                .bind(operation.id.to_string())
                .bind(&plan)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            if spent.rows_affected() != 1 {
                return Err(Error::PlanNotRunnable);
            }
            reseal(&mut transaction, "plans", "id", &plan).await.map_err(failed)?;
        }
        let begun = Record::of(operation, operation.state, None, None, None)?;
        sqlx::query(
            "INSERT INTO operations (id, plan_id, state, actor, started_at, seal) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&begun.id)
        .bind(operation.plan.to_string())
        .bind(&begun.state)
        .bind(&operation.actor)
        .bind(operation.started_at.to_string())
        .bind(begun.seal)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if let Some(key) = key {
            self.keep_key(&mut transaction, key, asked, operation.id).await?;
        }
        transaction.commit().await.map_err(failed)?;
        // The place of its line: what can't be written down is not begun.
        let before = self.begun.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match self.anchor_begun(operation.id).await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.do_not_begin(operation, before).await?;
                Err(error)
            }
        }
    }

    /// After its place could not be anchored. The anchor may have its name all the same, where only its folder could not
    /// be synced: what the anchor names must be found, so the operation goes only if that name can be taken out again.
    /// Otherwise it stays as a stop leaves it, and the next start ends it.
    pub(crate) async fn do_not_begin(
        &self,
        operation: &Operation,
        before: Option<String>,
    ) -> Result<(), Error> {
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = before;
        if self.may_name(operation.id) && self.anchor_ledger().await.is_err() && self.may_name(operation.id) {
            return Ok(());
        }
        self.take_back_beginning(operation).await
    }

    /// As if it had not been begun: its plan can be run again.
    async fn take_back_beginning(&self, operation: &Operation) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        sqlx::query("DELETE FROM idempotency_keys WHERE operation_id = ?")
            .bind(operation.id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        sqlx::query("DELETE FROM operations WHERE id = ?")
            .bind(operation.id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let spent: Vec<String> =
            sqlx::query_scalar("UPDATE plans SET spent_by = NULL WHERE spent_by = ? RETURNING id")
                .bind(operation.id.to_string())
                .fetch_all(&mut *transaction)
                .await
                .map_err(failed)?;
        for plan in spent {
            reseal(&mut transaction, "plans", "id", &plan).await.map_err(failed)?;
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
        let (id, phase, at, code) = (id.to_string(), text_of(phase)?, at.to_string(), code.map(Code::as_str));
        let sequence = self.next_journal.fetch_add(1, Ordering::Relaxed);
        let seal = Seal::row("journal").text(&id).integer(sequence).integer(step.into()).text(&phase);
        sqlx::query(
            "INSERT INTO journal (operation_id, sequence, step, phase, at, code, seal) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(sequence)
        .bind(i64::from(step))
        .bind(phase)
        .bind(&at)
        .bind(code)
        .bind(seal.text(&at).optional_text(code).done())
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
        let failed = |error| self.failed(error);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        sqlx::query("UPDATE operations SET state = 'undoing' WHERE id = ?")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        reseal(&mut transaction, "operations", "id", &id.to_string()).await.map_err(failed)?;
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

    /// Operations that run or are being undone: after a stop, what recovery must look at; oldest first.
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
