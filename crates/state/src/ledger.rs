//! The ledger: one line an operation, each covering the one before.

use crate::{Error, State};
use las_types::{Code, Digest, Timestamp};
use sqlx::{Row, Sqlite, SqliteExecutor, Transaction, sqlite::SqliteRow};
use std::collections::BTreeMap;

/// The hash before the first line.
pub(crate) const ROOT: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// A line about to be written.
pub(crate) struct Draft<'a> {
    pub(crate) at: Timestamp,
    pub(crate) operation: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) command: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) digest: Digest,
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
    line.get(from..).unwrap_or(line)
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// Its place, from 1, without gaps.
    pub sequence: i64,
    /// When the operation ended.
    pub at: String,
    /// The operation; the token where one was made or revoked; `-` for what happened to the database itself.
    pub operation: String,
    /// Who approved it.
    pub actor: String,
    /// What it was for.
    pub command: String,
    /// How it ended.
    pub outcome: String,
    /// Digest of the plan's content; of the account of it, for what had no plan.
    pub plan_digest: String,
    /// The generation it made.
    pub generation: Option<i64>,
    /// Hash of the line before.
    pub previous: String,
    /// Hash of this line.
    pub hash: String,
}

impl LedgerLine {
    /// The text that stands in the database and that the hash covers: a JSON list of all fields but the
    /// hash, in the order of the struct.
    pub fn text(&self) -> String {
        let content = (
            (self.sequence, &self.at, &self.operation, &self.actor, &self.command),
            (&self.outcome, &self.plan_digest, self.generation, &self.previous),
        );
        // Strings and numbers only: serialising can't fail.
        serde_json::to_string(&content).unwrap_or_default()
    }

    fn read(text: &str, hash: String) -> Result<Self, serde_json::Error> {
        type Content = ((i64, String, String, String, String), (String, String, Option<i64>, String));
        let ((sequence, at, operation, actor, command), (outcome, plan_digest, generation, previous)) =
            serde_json::from_str::<Content>(text)?;
        Ok(Self { sequence, at, operation, actor, command, outcome, plan_digest, generation, previous, hash })
    }
}

/// Where the ledger ends: the place and the hash of its last line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) count: i64,
    pub(crate) hash: String,
}

impl Head {
    /// As it stands in the database.
    pub(crate) async fn read(executor: impl SqliteExecutor<'_>) -> Result<Self, sqlx::Error> {
        let last: Option<(i64, String)> =
            sqlx::query_as("SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1")
                .fetch_optional(executor)
                .await?;
        // Sequences have no gaps.
        let (count, hash) = last.unwrap_or_else(|| (0, ROOT.to_owned()));
        Ok(Self { count, hash })
    }

    /// The text of the line that follows, and where the ledger ends with it.
    pub(crate) fn followed_by(self, draft: &Draft<'_>) -> (String, Self) {
        let line = LedgerLine {
            sequence: self.count + 1,
            at: draft.at.to_string(),
            operation: draft.operation.to_owned(),
            actor: draft.actor.to_owned(),
            command: draft.command.to_owned(),
            outcome: draft.outcome.to_owned(),
            plan_digest: draft.digest.to_string(),
            generation: draft.generation,
            previous: self.hash,
            hash: String::new(),
        };
        let text = line.text();
        let hash = Digest::of(text.as_bytes()).to_string();
        (text, Self { count: line.sequence, hash })
    }
}

/// Writes the next line. Returns its place.
pub(crate) async fn append(
    transaction: &mut Transaction<'_, Sqlite>,
    draft: &Draft<'_>,
) -> Result<i64, sqlx::Error> {
    let (text, head) = Head::read(&mut **transaction).await?.followed_by(draft);
    sqlx::query("INSERT INTO ledger (sequence, line, hash) VALUES (?, ?, ?)")
        .bind(head.count)
        .bind(text)
        .bind(head.hash)
        .execute(&mut **transaction)
        .await?;
    Ok(head.count)
}

impl State {
    fn line_of(&self, row: &SqliteRow) -> Result<LedgerLine, Error> {
        let unreadable =
            |_| self.damaged(format!("ledger line {} does not fit", row.get::<i64, _>("sequence")));
        LedgerLine::read(row.get("line"), row.get("hash")).map_err(unreadable)
    }

    /// Every line, oldest first.
    pub async fn ledger(&self) -> Result<Vec<LedgerLine>, Error> {
        let rows = sqlx::query("SELECT sequence, line, hash FROM ledger ORDER BY sequence")
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        rows.iter().map(|row| self.line_of(row)).collect()
    }

    /// The latest so many lines before a place, oldest first; all of them without a limit, and from the end
    /// without a place.
    pub async fn ledger_before(
        &self,
        before: Option<u64>,
        limit: Option<u64>,
    ) -> Result<Vec<LedgerLine>, Error> {
        let number =
            |given: Option<u64>| given.map_or(i64::MAX, |number| i64::try_from(number).unwrap_or(i64::MAX));
        let rows = sqlx::query(
            "SELECT sequence, line, hash FROM ledger WHERE sequence < ? ORDER BY sequence DESC LIMIT ?",
        )
        .bind(number(before))
        .bind(number(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        rows.iter().rev().map(|row| self.line_of(row)).collect()
    }

    /// How many lines there are, and the hash of the last.
    pub(crate) async fn ledger_head(&self) -> Result<(u64, String), Error> {
        let head = Head::read(&self.pool).await.map_err(|e| self.failed(e))?;
        Ok((head.count.unsigned_abs(), head.hash))
    }

    /// How many lines there are, and the hash of the last; unchecked.
    pub async fn ledger_size(&self) -> Result<(u64, Option<String>), Error> {
        let (count, head) = self.ledger_head().await?;
        Ok((count, (count > 0).then_some(head)))
    }

    /// The hash of one line; the root's for line 0.
    pub(crate) async fn hash_of(&self, sequence: u64) -> Result<Option<String>, Error> {
        if sequence == 0 {
            return Ok(Some(ROOT.to_owned()));
        }
        sqlx::query_scalar("SELECT hash FROM ledger WHERE sequence = ?")
            .bind(i64::try_from(sequence).unwrap_or(i64::MAX))
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))
    }

    /// One line by its place.
    pub async fn ledger_line(&self, sequence: u64) -> Result<Option<LedgerLine>, Error> {
        let row = sqlx::query("SELECT sequence, line, hash FROM ledger WHERE sequence = ?")
            .bind(i64::try_from(sequence).unwrap_or(i64::MAX))
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        row.as_ref().map(|row| self.line_of(row)).transpose()
    }
}
