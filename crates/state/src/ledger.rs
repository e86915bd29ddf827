//! The ledger: one line an operation, each covering the one before.

use crate::{Error, State};
use las_types::{Code, Digest, OperationId, Timestamp};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use std::collections::BTreeMap;

/// The hash before the first line.
pub(crate) const ROOT: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

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

/// The longest argument of a failure in the ledger; what an engine said last may be long, and stands with
/// the operation.
const LONGEST: usize = 200;

/// How an operation ended, in the ledger's words: the state, and after a space why, as JSON.
pub(crate) fn outcome(
    state: &str,
    failure: Option<&(Code, BTreeMap<String, String>)>,
) -> Result<String, Error> {
    let Some((code, args)) = failure else { return Ok(state.to_owned()) };
    let args: BTreeMap<&str, &str> =
        args.iter().map(|(name, text)| (name.as_str(), last_words(text))).collect();
    Ok(format!("{state} {}", serde_json::to_string(&serde_json::json!({ "code": code, "args": args }))?))
}

/// The last line that says something, or its end.
fn last_words(text: &str) -> &str {
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let from = line.char_indices().rev().nth(LONGEST - 1).map_or(0, |(at, _)| at);
    &line[from..]
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

fn line_of(row: &SqliteRow) -> LedgerLine {
    LedgerLine {
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
    }
}

impl State {
    /// Every line, oldest first.
    pub async fn ledger(&self) -> Result<Vec<LedgerLine>, Error> {
        let rows = sqlx::query("SELECT * FROM ledger ORDER BY sequence")
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(rows.iter().map(line_of).collect())
    }

    /// The newest line.
    pub(crate) async fn last_line(&self) -> Result<Option<LedgerLine>, Error> {
        let row = sqlx::query("SELECT * FROM ledger ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(row.as_ref().map(line_of))
    }

    /// One line by its place.
    pub async fn ledger_line(&self, sequence: u64) -> Result<Option<LedgerLine>, Error> {
        let row = sqlx::query("SELECT * FROM ledger WHERE sequence = ?")
            .bind(i64::try_from(sequence).unwrap_or(i64::MAX))
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(row.as_ref().map(line_of))
    }

    /// Checks the whole chain, that it holds what its anchor stands for, and that no line is missing
    /// behind it: every operation that ended has one. Returns the lines.
    pub async fn verify_ledger(&self) -> Result<Vec<LedgerLine>, Error> {
        // Counted first: an operation that ends meanwhile only makes the ledger longer.
        let ended = self.ended_operations().await?;
        let lines = self.anchored_ledger().await?;
        let damaged = |sequence: i64| Error::Corrupt {
            path: self.path.clone(),
            detail: format!("ledger line {sequence} does not fit"),
        };
        let mut previous = ROOT.to_owned();
        for (line, expected) in lines.iter().zip(1_i64..) {
            if line.sequence != expected
                || line.previous != previous
                || line.hash != line.expected_hash().to_string()
            {
                return Err(damaged(expected));
            }
            previous.clone_from(&line.hash);
        }
        let after = self.ended_operations().await?;
        if lines.len() < ended || lines.len() > after {
            return Err(damaged(i64::try_from(ended).unwrap_or(i64::MAX)));
        }
        Ok(lines)
    }

    async fn ended_operations(&self) -> Result<usize, Error> {
        let ended: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM operations WHERE state IN ('succeeded', 'failed', 'cancelled')",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        Ok(usize::try_from(ended).unwrap_or(0))
    }
}
