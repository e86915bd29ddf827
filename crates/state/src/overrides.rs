//! Overrides of policies, with their history.

use crate::seal::reseal;
use crate::{Error, State};
use las_types::{Digest, Override, OverrideId, PlanId, Timestamp};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};

/// What an operation does to the overrides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverrideChange {
    /// A new one; the one in force on the same capability ends with it.
    Set(Override),
    /// One that is in force is taken back.
    Revert(OverrideId),
}

const COLUMNS: &str =
    "SELECT id, capability, value, reason, set_at, actor, reverted_at, digest FROM overrides";

fn digest(one: &Override) -> Result<String, Error> {
    Ok(Digest::of(&serde_json::to_vec(one)?).to_string())
}

fn text<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    Ok(serde_json::from_value(serde_json::Value::String(text.to_owned()))?)
}

fn read(row: &SqliteRow) -> Result<Override, Error> {
    Ok(Override {
        id: text(row.get("id"))?,
        capability: row.get("capability"),
        value: row.get("value"),
        reason: row.get("reason"),
        set_at: text(row.get("set_at"))?,
        actor: row.get("actor"),
        reverted_at: row.get::<Option<&str>, _>("reverted_at").map(text).transpose()?,
    })
}

impl State {
    /// Whether a change of the overrides that was planned after this plan was made.
    pub async fn overrides_changed_after(&self, plan: PlanId) -> Result<bool, Error> {
        let changes = "json_extract(p.body, '$.intent.kind') IN ('override_set', 'override_revert') \
             OR json_array_length(p.body, '$.overrides') > 0";
        self.done_after(plan, changes).await
    }

    fn override_of(&self, row: &SqliteRow) -> Result<Override, Error> {
        let corrupt = || Error::Corrupt {
            path: self.path.clone(),
            detail: format!("override {} does not have its digest", row.get::<&str, _>("id")),
        };
        // A column that can't be read any more was changed as well.
        let one = read(row).map_err(|_| corrupt())?;
        if digest(&one)? == row.get::<&str, _>("digest") { Ok(one) } else { Err(corrupt()) }
    }

    pub(crate) async fn check_overrides(&self) -> Result<(), Error> {
        self.overrides().await.map(|_| ())
    }

    /// Every override there ever was, oldest first.
    pub async fn overrides(&self) -> Result<Vec<Override>, Error> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} ORDER BY sequence")))
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        rows.iter().map(|row| self.override_of(row)).collect()
    }

    /// Changes the overrides within the transaction that ends the operation.
    pub(crate) async fn change_overrides(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        change: &OverrideChange,
        at: Timestamp,
    ) -> Result<(), Error> {
        let (condition, key) = match change {
            OverrideChange::Set(one) => ("capability = ?", one.capability.clone()),
            OverrideChange::Revert(id) => ("id = ?", id.to_string()),
        };
        let found =
            sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE reverted_at IS NULL AND {condition}")))
                .bind(key)
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|e| self.failed(e))?;
        match (change, found) {
            (OverrideChange::Revert(id), None) => return Err(Error::OverrideNotInForce { id: *id }),
            (_, Some(row)) => {
                let ended = Override { reverted_at: Some(at), ..self.override_of(&row)? };
                sqlx::query("UPDATE overrides SET reverted_at = ?, digest = ? WHERE id = ?")
                    .bind(at.to_string())
                    .bind(digest(&ended)?)
                    .bind(ended.id.to_string())
                    .execute(&mut **transaction)
                    .await
                    .map_err(|e| self.failed(e))?;
                reseal(transaction, "overrides", "id", &ended.id.to_string())
                    .await
                    .map_err(|e| self.failed(e))?;
            }
            (OverrideChange::Set(_), None) => {}
        }
        if let OverrideChange::Set(one) = change {
            sqlx::query("INSERT INTO overrides (id, capability, value, reason, set_at, actor, digest) VALUES (?, ?, ?, ?, ?, ?, ?)")
                .bind(one.id.to_string())
                .bind(&one.capability)
                .bind(&one.value)
                .bind(&one.reason)
                .bind(one.set_at.to_string())
                .bind(&one.actor)
                .bind(digest(one)?)
                .execute(&mut **transaction)
                .await
                .map_err(|e| self.failed(e))?;
            // Its place is only known now.
            reseal(transaction, "overrides", "id", &one.id.to_string()).await.map_err(|e| self.failed(e))?;
        }
        Ok(())
    }
}
