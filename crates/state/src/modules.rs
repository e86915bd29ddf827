//! Where each module is in its life. The table of transitions is the type [`Transition`] here and a trigger in
//! the database: neither lets any other through.

use crate::seal::{Seal, reseal};
use crate::{Error, State};
use las_types::{ModuleName, ModuleState, Timestamp, Transition};
use sqlx::Row;

/// A module's state, as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleRecord {
    /// Which.
    pub name: ModuleName,
    /// Where it is in its life.
    pub state: ModuleState,
    /// Since when.
    pub since: Timestamp,
}

fn text_of(state: ModuleState) -> Result<String, Error> {
    Ok(serde_json::to_value(state)?.as_str().unwrap_or_default().to_owned())
}

impl State {
    /// Every module that is not merely available, by name.
    pub async fn modules(&self) -> Result<Vec<ModuleRecord>, Error> {
        let rows = sqlx::query("SELECT * FROM modules ORDER BY name")
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        let value = |text: &str| serde_json::Value::String(text.to_owned());
        rows.iter()
            .map(|row| {
                if !Seal::fits("modules", row) {
                    return Err(self.damaged("a module's row does not have its seal".to_owned()));
                }
                Ok(ModuleRecord {
                    name: serde_json::from_value(value(row.get("name")))?,
                    state: serde_json::from_value(value(row.get("state")))?,
                    since: serde_json::from_value(value(row.get("since")))?,
                })
            })
            .collect()
    }

    /// Records transitions of modules, in their order and in one transaction. A module that is not where its
    /// transition begins is refused, and with it all of them.
    pub async fn move_modules(
        &self,
        moves: &[(ModuleName, Transition)],
        forgotten: &[ModuleName],
        at: Timestamp,
    ) -> Result<(), Error> {
        if moves.is_empty() && forgotten.is_empty() {
            return Ok(());
        }
        let failed = |error| self.failed(error);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        for name in forgotten {
            sqlx::query("DELETE FROM modules WHERE name = ?")
                .bind(name.as_str())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        for (name, transition) in moves {
            if transition.from() == ModuleState::Available {
                sqlx::query("INSERT INTO modules (name, state, since) VALUES (?, 'available', ?) ON CONFLICT DO NOTHING")
                    .bind(name.as_str())
                    .bind(at.to_string())
                    .execute(&mut *transaction)
                    .await
                    .map_err(failed)?;
            }
            let done = sqlx::query("UPDATE modules SET state = ?, since = ? WHERE name = ? AND state = ?")
                .bind(text_of(transition.to())?)
                .bind(at.to_string())
                .bind(name.as_str())
                .bind(text_of(transition.from())?)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            if done.rows_affected() != 1 {
                return Err(Error::NotThere { name: name.clone(), state: transition.from() });
            }
            reseal(&mut transaction, "modules", "name", name.as_str()).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}
