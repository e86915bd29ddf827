//! Signed checkpoints: every so many lines, the ledger's length and last hash under a signature.

use crate::key::is_signed;
use crate::{Error, State};
use std::collections::BTreeSet;

/// Lines between two checkpoints.
pub(crate) const EVERY: u64 = 64;

/// One checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many lines it stands for.
    pub count: u64,
    /// Hash of the last of them.
    pub head: String,
    /// The public key (Ed25519), in hexadecimal digits.
    pub key: String,
    /// The signature, in hexadecimal digits.
    pub signature: String,
}

impl Checkpoint {
    pub(crate) fn message(count: u64, head: &str) -> String {
        format!("localaistack ledger checkpoint\n{count}\n{head}\n")
    }

    pub(crate) fn is_signed(&self) -> bool {
        is_signed(&Self::message(self.count, &self.head), &self.key, &self.signature)
    }
}

impl State {
    /// Every checkpoint, oldest first.
    pub async fn checkpoints(&self) -> Result<Vec<Checkpoint>, Error> {
        let rows: Vec<(i64, String, String, String)> =
            sqlx::query_as("SELECT count, head, key, signature FROM checkpoints ORDER BY count")
                .fetch_all(&self.pool)
                .await
                .map_err(|e| self.failed(e))?;
        let read = |(count, head, key, signature): (i64, _, _, _)| Checkpoint {
            count: count.unsigned_abs(),
            head,
            key,
            signature,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// The ledger as it is now, signed: the end of an export. None without a key.
    pub async fn checkpoint_now(&self) -> Result<Option<Checkpoint>, Error> {
        let (count, head) = self.ledger_head().await?;
        Ok(self.key.as_ref().map(|key| {
            let signature = key.sign(&Checkpoint::message(count, &head));
            Checkpoint { count, head, key: key.public(), signature }
        }))
    }

    /// Signs the ledger as it is, if enough lines came since the last time and there is a key.
    pub(crate) async fn sign_checkpoint(&self, count: u64, head: &str) -> Result<(), Error> {
        let Some(key) = &self.key else { return Ok(()) };
        let last: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(count), 0) FROM checkpoints")
            .fetch_one(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        if count < last.unsigned_abs() + EVERY {
            return Ok(());
        }
        sqlx::query("INSERT INTO checkpoints (count, head, key, signature) VALUES (?, ?, ?, ?)")
            .bind(i64::try_from(count).unwrap_or(i64::MAX))
            .bind(head)
            .bind(key.public())
            .bind(key.sign(&Checkpoint::message(count, head)))
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(())
    }

    /// Every checkpoint must be signed and stand for lines that are there: how many there are, and by which keys.
    pub(crate) async fn check_checkpoints(&self, lines: u64) -> Result<(u64, BTreeSet<String>), Error> {
        let all = self.checkpoints().await?;
        for one in &all {
            let there = one.count <= lines && self.hash_of(one.count).await?.as_deref() == Some(&*one.head);
            if !there || !one.is_signed() {
                return Err(
                    self.damaged(format!("the ledger's checkpoint at line {} does not hold", one.count))
                );
            }
        }
        Ok((u64::try_from(all.len()).unwrap_or(u64::MAX), all.into_iter().map(|one| one.key).collect()))
    }
}
