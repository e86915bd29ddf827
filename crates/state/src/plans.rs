//! Plans: written once, run at most once.

use crate::seal::Seal;
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
        let (id, made_at, body) =
            (plan.id.to_string(), plan.made_at.to_string(), serde_json::to_string(plan)?);
        let base = i64::try_from(plan.base.0).unwrap_or(i64::MAX);
        let seal = Seal::row("plans").text(&id).text(&made_at).integer(base).text(&body).optional_text(None);
        sqlx::query("INSERT INTO plans (id, made_at, base, body, seal) VALUES (?, ?, ?, ?, ?)")
            .bind(id)
            .bind(made_at)
            .bind(base)
            .bind(body)
            .bind(seal.done())
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(())
    }

    /// Whether a plan of this kind (a condition on its row `p`), kept after this plan, was carried out: by the order in
    /// which plans were kept, which no clock changes.
    pub(crate) async fn done_after(&self, plan: PlanId, kind: &'static str) -> Result<bool, Error> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "SELECT EXISTS (SELECT 1 FROM operations o JOIN plans p ON p.id = o.plan_id \
             WHERE o.state = 'succeeded' AND p.rowid > (SELECT rowid FROM plans WHERE id = ?) AND ({kind}))"
        )))
        .bind(plan.to_string())
        .fetch_one(&self.pool)
        .await
        .map_err(|e| self.failed(e))
    }

    /// A plan by its id; one that was changed is refused.
    pub async fn plan(&self, id: PlanId) -> Result<Option<StoredPlan>, Error> {
        let row = sqlx::query("SELECT * FROM plans WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        row.map(|row| {
            if !Seal::fits("plans", &row) {
                return Err(self.damaged(format!("plan {id} does not have its seal")));
            }
            let plan = serde_json::from_str(row.get::<&str, _>("body"))?;
            Ok(StoredPlan { plan, spent: row.get::<Option<String>, _>("spent_by").is_some() })
        })
        .transpose()
    }
}
