//! Plans: written once, run at most once.

use crate::{Error, State};
use las_types::{ExecutionPlan, PlanId};
use sqlx::Row;

/// A plan and whether it was run.
#[derive(Clone, Debug)]
pub struct StoredPlan {
    /// The plan.
    pub plan: ExecutionPlan,
    /// Whether an operation ran it.
    pub spent: bool,
}

impl State {
    /// Keeps a proposed plan.
    pub async fn add_plan(&self, plan: &ExecutionPlan) -> Result<(), Error> {
        sqlx::query("INSERT INTO plans (id, made_at, base, body) VALUES (?, ?, ?, ?)")
            .bind(plan.id.to_string())
            .bind(plan.made_at.to_string())
            .bind(i64::try_from(plan.base.0).unwrap_or(i64::MAX))
            .bind(serde_json::to_string(plan)?)
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(())
    }

    /// A plan by its id.
    pub async fn plan(&self, id: PlanId) -> Result<Option<StoredPlan>, Error> {
        let row = sqlx::query("SELECT body, spent_by FROM plans WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        row.map(|row| {
            let plan = serde_json::from_str(row.get::<&str, _>("body"))?;
            Ok(StoredPlan { plan, spent: row.get::<Option<String>, _>("spent_by").is_some() })
        })
        .transpose()
    }
}
