//! The ledger: one line an operation, each covering the one before.

use crate::{Error, State};
use futures::TryStreamExt as _;
use las_types::{Digest, OperationId, Timestamp};
use sqlx::{Row, Sqlite, Transaction};
use std::borrow::Cow;

/// The hash before the first line.
const ROOT: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// A line about to be written.
pub(crate) struct Draft<'a> {
    pub(crate) at: Timestamp,
    pub(crate) operation: OperationId,
    pub(crate) actor: &'a str,
    pub(crate) command: &'a str,
    pub(crate) outcome: String,
    pub(crate) plan_digest: Digest,
    pub(crate) generation: Option<i64>,
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// Its place, from 1, without gaps.
    pub sequence: i64,
    /// When the operation ended.
    pub at: String,
    /// The operation.
    pub operation: String,
    /// Who approved it.
    pub actor: String,
    /// What it was for.
    pub command: String,
    /// How it ended.
    pub outcome: String,
    /// Digest of the plan's content.
    pub plan_digest: String,
    /// The generation it made.
    pub generation: Option<i64>,
    /// Hash of the line before.
    pub previous: String,
    /// Hash of this line.
    pub hash: String,
}

impl LedgerLine {
    /// SHA-256 over a JSON list of all fields but the hash, in the order of the struct.
    fn expected_hash(&self) -> Digest {
        let content = (
            (self.sequence, &self.at, &self.operation, &self.actor, &self.command),
            (&self.outcome, &self.plan_digest, self.generation, &self.previous),
        );
        // Strings and numbers only: serialising can't fail.
        Digest::of(&serde_json::to_vec(&content).unwrap_or_default())
    }
}

/// Every line as a JSON list of its fields in the struct's order, 500 lines a row, each ended by a line break,
/// which JSON never holds within a text.
const BATCHES: &str = "SELECT group_concat(json_array(sequence, at, operation_id, actor, command, outcome, plan_digest, \
     generation, previous, hash), char(10) ORDER BY sequence) FROM ledger GROUP BY (sequence - 1) / 500 ORDER BY min(sequence)";

/// A line as it is read for verification, its texts where they lie if nothing in them is escaped.
#[derive(serde::Deserialize)]
struct Stored<'a>(
    i64,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
    Option<i64>,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
);

impl Stored<'_> {
    fn sequence(&self) -> i64 {
        self.0
    }

    fn previous(&self) -> &str {
        &self.8
    }

    fn hash(&self) -> &str {
        &self.9
    }

    /// The same content as of a [`LedgerLine`].
    fn has_its_hash(&self) -> bool {
        let Self(sequence, at, operation, actor, command, outcome, plan, generation, previous, hash) = self;
        let content = ((sequence, at, operation, actor, command), (outcome, plan, generation, previous));
        Digest::of(&serde_json::to_vec(&content).unwrap_or_default()).to_string() == *hash
    }
}

pub(crate) async fn append(
    transaction: &mut Transaction<'_, Sqlite>,
    draft: &Draft<'_>,
) -> Result<(), sqlx::Error> {
    let last = sqlx::query("SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1")
        .fetch_optional(&mut **transaction)
        .await?;
    let (sequence, previous) = last.map_or((1, ROOT.to_owned()), |row| {
        (row.get::<i64, _>("sequence") + 1, row.get::<String, _>("hash"))
    });
    let mut line = LedgerLine {
        sequence,
        at: draft.at.to_string(),
        operation: draft.operation.to_string(),
        actor: draft.actor.to_owned(),
        command: draft.command.to_owned(),
        outcome: draft.outcome.clone(),
        plan_digest: draft.plan_digest.to_string(),
        generation: draft.generation,
        previous,
        hash: String::new(),
    };
    line.hash = line.expected_hash().to_string();
    sqlx::query(
        "INSERT INTO ledger (sequence, at, operation_id, actor, command, outcome, plan_digest, generation, previous, hash) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(line.sequence)
    .bind(&line.at)
    .bind(&line.operation)
    .bind(&line.actor)
    .bind(&line.command)
    .bind(&line.outcome)
    .bind(&line.plan_digest)
    .bind(line.generation)
    .bind(&line.previous)
    .bind(&line.hash)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

impl State {
    /// Every line, oldest first.
    pub async fn ledger(&self) -> Result<Vec<LedgerLine>, Error> {
        let rows = sqlx::query("SELECT * FROM ledger ORDER BY sequence")
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(rows
            .iter()
            .map(|row| LedgerLine {
                sequence: row.get("sequence"),
                at: row.get("at"),
                operation: row.get("operation_id"),
                actor: row.get("actor"),
                command: row.get("command"),
                outcome: row.get("outcome"),
                plan_digest: row.get("plan_digest"),
                generation: row.get("generation"),
                previous: row.get("previous"),
                hash: row.get("hash"),
            })
            .collect())
    }

    /// Checks the whole chain, and that no line is missing behind it: every operation that ended has
    /// one. Returns the number of lines.
    pub async fn verify_ledger(&self) -> Result<usize, Error> {
        let damaged = |sequence: i64| Error::Corrupt {
            path: self.path.clone(),
            detail: format!("ledger line {sequence} does not fit"),
        };
        // Many lines a row: a row costs more than to hash a line, and the next rows are read meanwhile.
        let mut batches = sqlx::query_scalar::<_, String>(BATCHES).fetch(&self.pool);
        let mut previous = ROOT.to_owned();
        let mut lines = 0_i64;
        while let Some(batch) = batches.try_next().await.map_err(|e| self.failed(e))? {
            for line in batch.lines() {
                lines += 1;
                let line: Stored<'_> = serde_json::from_str(line).map_err(|_| damaged(lines))?;
                if line.sequence() != lines || line.previous() != previous || !line.has_its_hash() {
                    return Err(damaged(lines));
                }
                previous.replace_range(.., line.hash());
            }
        }
        let ended: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM operations WHERE state IN ('succeeded', 'failed', 'cancelled')",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        if ended != lines {
            return Err(damaged(ended));
        }
        Ok(usize::try_from(lines).unwrap_or(0))
    }
}
