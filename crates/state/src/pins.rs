//! Pins of modules, with their history.

use crate::seal::reseal;
use crate::{Error, State};
use las_types::{Digest, ModuleName, Pin, PlanId, Timestamp};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};

/// What an operation does to the pins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinChange {
    /// A new one; the one in force on the same module ends with it.
    Set(Pin),
    /// The one in force on a module is lifted.
    Lift(ModuleName),
}

const COLUMNS: &str = "SELECT sequence, module, version, pinned_at, actor, unpinned_at, digest FROM pins";

fn digest(pin: &Pin) -> Result<String, Error> {
    Ok(Digest::of(&serde_json::to_vec(pin)?).to_string())
}

fn text<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    Ok(serde_json::from_value(serde_json::Value::String(text.to_owned()))?)
}

fn read(row: &SqliteRow) -> Result<Pin, Error> {
    Ok(Pin {
        module: text(row.get("module"))?,
        version: text(row.get("version"))?,
        pinned_at: text(row.get("pinned_at"))?,
        actor: row.get("actor"),
        unpinned_at: row.get::<Option<&str>, _>("unpinned_at").map(text).transpose()?,
    })
}

impl State {
    /// Whether a change of the pins that was planned after this plan was made.
    pub async fn pins_changed_after(&self, plan: PlanId) -> Result<bool, Error> {
        self.done_after(plan, "json_extract(p.body, '$.intent.kind') IN ('module_pin', 'module_unpin')").await
    }

    fn pin_of(&self, row: &SqliteRow) -> Result<Pin, Error> {
        let corrupt = || Error::Corrupt {
            path: self.path.clone(),
            detail: format!("the pin of {} does not have its digest", row.get::<&str, _>("module")),
        };
        // A column that can't be read any more was changed as well.
        let pin = read(row).map_err(|_| corrupt())?;
        if digest(&pin)? == row.get::<&str, _>("digest") { Ok(pin) } else { Err(corrupt()) }
    }

    pub(crate) async fn check_pins(&self) -> Result<(), Error> {
        self.pins().await.map(|_| ())
    }

    /// Every pin there ever was, oldest first.
    pub async fn pins(&self) -> Result<Vec<Pin>, Error> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} ORDER BY sequence")))
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        rows.iter().map(|row| self.pin_of(row)).collect()
    }

    /// Changes the pins within the transaction that ends the operation.
    pub(crate) async fn change_pins(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        change: &PinChange,
        at: Timestamp,
    ) -> Result<(), Error> {
        let module = match change {
            PinChange::Set(pin) => &pin.module,
            PinChange::Lift(module) => module,
        };
        let found =
            sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE unpinned_at IS NULL AND module = ?")))
                .bind(module.as_str())
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|e| self.failed(e))?;
        match (change, found) {
            (PinChange::Lift(module), None) => {
                return Err(Error::PinNotInForce { module: module.clone() });
            }
            (_, Some(row)) => {
                let ended = Pin { unpinned_at: Some(at), ..self.pin_of(&row)? };
                sqlx::query("UPDATE pins SET unpinned_at = ?, digest = ? WHERE sequence = ?")
                    .bind(at.to_string())
                    .bind(digest(&ended)?)
                    .bind(row.get::<i64, _>("sequence"))
                    .execute(&mut **transaction)
                    .await
                    .map_err(|e| self.failed(e))?;
                let place = row.get::<i64, _>("sequence").to_string();
                reseal(transaction, "pins", "sequence", &place).await.map_err(|e| self.failed(e))?;
            }
            (PinChange::Set(_), None) => {}
        }
        if let PinChange::Set(pin) = change {
            let done = sqlx::query(
                "INSERT INTO pins (module, version, pinned_at, actor, digest) VALUES (?, ?, ?, ?, ?)",
            )
            .bind(pin.module.as_str())
            .bind(pin.version.to_string())
            .bind(pin.pinned_at.to_string())
            .bind(&pin.actor)
            .bind(digest(pin)?)
            .execute(&mut **transaction)
            .await
            .map_err(|e| self.failed(e))?;
            // Its place is only known now.
            let place = done.last_insert_rowid().to_string();
            reseal(transaction, "pins", "sequence", &place).await.map_err(|e| self.failed(e))?;
        }
        Ok(())
    }
}
