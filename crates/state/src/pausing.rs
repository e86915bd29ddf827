//! Operations that are paused: undone, and to go on when somebody asks.

use crate::operations::{COLUMNS, operation};
use crate::seal::reseal;
use crate::{Error, State};
use las_types::{Operation, OperationId, PlanId};
use sqlx::Row;

impl State {
    /// Records that an operation is paused, once its steps are undone.
    pub async fn pause_operation(&self, id: OperationId) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        sqlx::query(
            "UPDATE operations SET state = 'paused' WHERE id = ? AND state IN ('running', 'undoing')",
        )
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        reseal(&mut transaction, "operations", "id", &id.to_string()).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Records that a paused operation runs again, by its plan or by one like it that was made anew: that one is spent, too.
    ///
    /// Errors: as for [`Self::begin_operation`]; nothing is changed then.
    pub async fn go_on_operation(&self, id: OperationId, plan: PlanId) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let (id, plan) = (id.to_string(), plan.to_string());
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let spent = sqlx::query(
            "UPDATE plans SET spent_by = ? WHERE id = ? AND (spent_by IS NULL OR spent_by = ?) RETURNING base",
        )
        .bind(&id)
        .bind(&plan)
        .bind(&id)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
        let base: i64 = spent.ok_or(Error::PlanNotRunnable)?.get("base");
        let current: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) FROM generations")
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if base != current {
            return Err(Error::PlanStale { made: base.unsigned_abs(), current: current.unsigned_abs() });
        }
        let changed = sqlx::query(
            "UPDATE operations SET state = 'running', plan_id = ? WHERE id = ? AND state = 'paused'",
        )
        .bind(&plan)
        .bind(&id)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if changed.rows_affected() != 1 {
            return Err(Error::PlanNotRunnable);
        }
        reseal(&mut transaction, "plans", "id", &plan).await.map_err(failed)?;
        reseal(&mut transaction, "operations", "id", &id).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Operations that are paused, in the order they began.
    pub async fn paused_operations(&self) -> Result<Vec<Operation>, Error> {
        let rows =
            sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE o.state = 'paused' ORDER BY o.rowid")))
                .fetch_all(&self.pool)
                .await
                .map_err(|error| self.failed(error))?;
        rows.iter().map(operation).collect()
    }
}
