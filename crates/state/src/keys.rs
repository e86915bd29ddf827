//! Idempotency keys: which operation a client's key began.

use crate::seal::Seal;
use crate::{Error, State};
use las_types::{Digest, OperationId, PlanId};
use sqlx::{Row, Sqlite, Transaction};

fn digest(key: &str, plan: &str, operation: &str) -> Result<String, Error> {
    Ok(Digest::of(&serde_json::to_vec(&(key, plan, operation))?).to_string())
}

impl State {
    /// The plan and the operation of a key; none if nothing was begun with it.
    pub async fn begun_with(&self, key: &str) -> Result<Option<(PlanId, OperationId)>, Error> {
        let row = sqlx::query("SELECT plan_id, operation_id, digest FROM idempotency_keys WHERE key = ?")
            .bind(key)
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        let Some(row) = row else { return Ok(None) };
        let (plan, operation): (&str, &str) = (row.get("plan_id"), row.get("operation_id"));
        let read = plan.parse().ok().zip(operation.parse().ok());
        let whole = digest(key, plan, operation)? == row.get::<&str, _>("digest");
        // Another operation than the key's would be told to have been begun by it.
        read.filter(|_| whole).map(Some).ok_or_else(|| Error::Corrupt {
            path: self.path.clone(),
            detail: format!("the idempotency key of operation {operation} does not have its digest"),
        })
    }

    /// Keeps a key within the transaction that begins its operation.
    pub(crate) async fn keep_key(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        key: &str,
        plan: PlanId,
        operation: OperationId,
    ) -> Result<(), Error> {
        let (plan, operation) = (plan.to_string(), operation.to_string());
        let digest = digest(key, &plan, &operation)?;
        let kept = sqlx::query(
            "INSERT INTO idempotency_keys (key, plan_id, operation_id, digest, seal) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(key)
        .bind(&plan)
        .bind(&operation)
        .bind(&digest)
        .bind(Seal::row("idempotency_keys").text(key).text(&plan).text(&operation).text(&digest).done())
        .execute(&mut **transaction)
        .await;
        kept.map(|_| ()).map_err(|e| self.failed(e))
    }
}
