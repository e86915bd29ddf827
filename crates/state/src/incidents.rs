//! What happened to the database itself, kept until a person lets the doctor close it; and changes of who may
//! come in, which are closed from the beginning. Each has its line of the ledger.

use crate::ledger::{self, Draft};
use crate::seal::{Seal, reseal};
use crate::{Error, State};
use las_types::{Digest, Timestamp};
use sqlx::{Sqlite, Transaction};
use std::collections::BTreeMap;

/// How an incident stands in the ledger, and whether somebody has to see it.
pub(crate) struct Entry<'a> {
    pub(crate) at: Timestamp,
    pub(crate) operation: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) seen_at: Option<Timestamp>,
}

/// Something that no plan did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// What: the key of its text, without `finding-`.
    pub kind: String,
    /// The arguments of its text.
    pub detail: BTreeMap<String, String>,
}

impl Incident {
    /// Something with the arguments of its text.
    pub fn new(kind: &str, detail: &[(&str, &str)]) -> Self {
        let detail = detail.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { kind: kind.to_owned(), detail }
    }

    pub(crate) fn restored(aside: &str, cause: &str, source: &str) -> Self {
        Self::new("state-restored", &[("path", aside), ("cause", cause), ("source", source)])
    }

    pub(crate) fn lines_lost(count: usize) -> Self {
        Self::new("ledger-lines-lost", &[("count", &count.to_string())])
    }

    pub(crate) fn anchor_restored() -> Self {
        Self::new("ledger-anchor-restored", &[])
    }
}

impl State {
    /// Records an incident and its line of the ledger, in one transaction.
    pub async fn record(&self, at: Timestamp, incident: Incident) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut end = self.end.lock().await;
        end.head = None;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let open = Entry { at, operation: "-", actor: "core", outcome: "recorded", seen_at: None };
        self.enter(&mut transaction, &open, &incident).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Writes an incident and its line.
    pub(crate) async fn enter(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        entry: &Entry<'_>,
        incident: &Incident,
    ) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let detail = serde_json::to_string(&incident.detail)?;
        let draft = Draft {
            at: entry.at,
            operation: entry.operation,
            actor: entry.actor,
            command: &incident.kind,
            outcome: entry.outcome,
            digest: Digest::of(detail.as_bytes()),
            generation: None,
        };
        let line = ledger::append(transaction, &draft).await.map_err(failed)?;
        let place: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(sequence), 0) + 1 FROM incidents")
            .fetch_one(&mut **transaction)
            .await
            .map_err(failed)?;
        let (at, seen_at) = (entry.at.to_string(), entry.seen_at.map(|at| at.to_string()));
        let seal = Seal::row("incidents").integer(place).text(&at).text(&incident.kind).text(&detail);
        sqlx::query(
            "INSERT INTO incidents (sequence, at, kind, detail, line, seen_at, seal) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(place)
        .bind(&at)
        .bind(&incident.kind)
        .bind(&detail)
        .bind(line)
        .bind(&seen_at)
        .bind(seal.integer(line).optional_text(seen_at.as_deref()).done())
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// The incidents that nobody has closed, oldest first.
    pub async fn open_incidents(&self) -> Result<Vec<Incident>, Error> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT kind, detail FROM incidents WHERE seen_at IS NULL ORDER BY sequence")
                .fetch_all(&self.pool)
                .await
                .map_err(|e| self.failed(e))?;
        rows.into_iter()
            .map(|(kind, detail)| Ok(Incident { kind, detail: serde_json::from_str(&detail)? }))
            .collect()
    }

    /// Whether exactly this was recorded before, closed or not.
    pub async fn knows(&self, incident: &Incident) -> Result<bool, Error> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM incidents WHERE kind = ? AND detail = ?")
            .bind(&incident.kind)
            .bind(serde_json::to_string(&incident.detail)?)
            .fetch_one(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(count > 0)
    }

    /// Closes every incident: a person has seen it.
    pub async fn close_incidents(&self, at: Timestamp) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let open: Vec<i64> = sqlx::query_scalar("SELECT sequence FROM incidents WHERE seen_at IS NULL")
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
        for place in open {
            sqlx::query("UPDATE incidents SET seen_at = ? WHERE sequence = ?")
                .bind(at.to_string())
                .bind(place)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            reseal(&mut transaction, "incidents", "sequence", &place.to_string()).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    /// Counts that the database was opened.
    pub(crate) async fn count_opening(&self) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        sqlx::query(
            "INSERT INTO facts (name, value) VALUES ('opened', '1') \
             ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        reseal(&mut transaction, "facts", "name", "opened").await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}
