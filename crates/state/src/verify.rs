//! The verification of the ledger: the chain, its anchor, its checkpoints, and that no line is missing.

use crate::ledger::ROOT;
use crate::{Error, State};
use las_types::Digest;
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::BTreeSet;

/// Lines that are read and hashed at a time: one row of an answer, not one each. Few enough that reading and hashing
/// begin and end at nearly the same time.
pub(crate) const CHUNK: i64 = 500;

/// What a ledger was checked for, and how far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Lines whose hash covers their content and the line before.
    pub lines: u64,
    /// Hash of the last of them; none without lines.
    pub head: Option<String>,
    /// Lines that the anchor beside the database stands for; none without an anchor.
    pub anchored: Option<u64>,
    /// Whether that anchor is signed with this machine's key.
    pub anchor_signed: bool,
    /// Checkpoints whose signature fits.
    pub checkpoints: u64,
    /// The public keys that signed them.
    pub keys: BTreeSet<String>,
}

/// Whether a text is that digest in lower-case digits. Asked for every line, so nothing is allocated, and the digits
/// are compared as a whole: one by one takes longer than to hash the line.
fn is_digest(text: &str, digest: &Digest) -> bool {
    let digit = |value: u8| value + if value < 10 { b'0' } else { b'a' - 10 };
    let mut digits = [[0; 2]; 32];
    for (pair, byte) in digits.iter_mut().zip(digest.bytes()) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    text.strip_prefix("sha256:").is_some_and(|hex| hex.as_bytes() == digits.as_flattened())
}

/// How far a chain was followed.
pub(crate) struct Chain {
    pub(crate) lines: u64,
    pub(crate) head: String,
}

impl Chain {
    pub(crate) fn new() -> Self {
        Self { lines: 0, head: ROOT.to_owned() }
    }

    /// Follows one line: it must be at its place, name the line before, and have its hash.
    pub(crate) fn follow(&mut self, text: &str, hash: &str) -> Result<(), u64> {
        let place = self.lines + 1;
        let begins = text.strip_prefix("[[").and_then(|rest| rest.strip_prefix(&*place.to_string()));
        let ends = text.strip_suffix("\"]]").and_then(|rest| rest.strip_suffix(&*self.head));
        let fits = begins.is_some_and(|rest| rest.starts_with(','))
            && ends.is_some_and(|rest| rest.ends_with('"'))
            && is_digest(hash, &Digest::of(text.as_bytes()));
        if !fits {
            return Err(place);
        }
        self.lines = place;
        self.head.clear();
        self.head.push_str(hash);
        Ok(())
    }

    fn follow_all(mut self, lines: &str, hashes: &str) -> Result<Self, u64> {
        let mut hashes = hashes.split('\n');
        for text in lines.split('\n') {
            self.follow(text, hashes.next().unwrap_or_default())?;
        }
        Ok(self)
    }
}

impl State {
    /// Checks the whole chain, that it holds what its anchor stands for, that its checkpoints are signed
    /// and hold, and that no line is missing behind it: every operation that ended has one.
    pub async fn verify_ledger(&self) -> Result<Verified, Error> {
        // Read first: what is written meanwhile only makes the ledger longer.
        let anchor = self.anchor().await?;
        let ended = self.accounted().await?;
        let chain = self.follow_chain().await?;
        let after = self.accounted().await?;
        if chain.lines < ended || chain.lines > after {
            return Err(self.damaged(format!("ledger line {} does not fit", chain.lines + 1)));
        }
        let (checkpoints, keys) = self.check_checkpoints(chain.lines).await?;
        let anchor_signed = anchor.as_ref().is_some_and(|anchor| self.is_ours(anchor));
        let anchored = match anchor {
            Some(anchor) => Some(self.hold_to(&anchor, chain.lines).await?),
            None => None,
        };
        let head = (chain.lines > 0).then_some(chain.head);
        Ok(Verified { lines: chain.lines, head, anchored, anchor_signed, checkpoints, keys })
    }

    /// The chain alone and its checkpoints: what a copy can be checked for.
    pub(crate) async fn check_chain(&self) -> Result<(), Error> {
        let chain = self.follow_chain().await?;
        if chain.lines != self.accounted().await? {
            return Err(self.damaged(format!("ledger line {} does not fit", chain.lines + 1)));
        }
        self.check_checkpoints(chain.lines).await.map(|_| ())
    }

    /// Reads and follows every line: one part is hashed while the next is read.
    pub(crate) async fn follow_chain(&self) -> Result<Chain, Error> {
        let mut chain = Chain::new();
        let mut after = 0;
        let mut read = self.part(after).await?;
        while let Some(part) = read {
            after += CHUNK;
            let hashed = tokio::task::spawn_blocking(move || chain.follow_all(part.get(0), part.get(1)));
            let (next, followed) = tokio::join!(self.part(after), hashed);
            let broken = |place| self.damaged(format!("ledger line {place} does not fit"));
            // The task only ends in another way if the runtime does.
            chain = followed.map_err(|error| self.damaged(error.to_string()))?.map_err(broken)?;
            read = next?;
        }
        Ok(chain)
    }

    /// The lines behind a place and their hashes, each as one text; none at the end. A table is read in the order of
    /// its key: in any other the lines would not fit.
    async fn part(&self, after: i64) -> Result<Option<SqliteRow>, Error> {
        sqlx::query(
            "SELECT group_concat(line, char(10)), group_concat(hash, char(10)) FROM ledger \
             WHERE sequence > ? AND sequence <= ? HAVING COUNT(*) > 0",
        )
        .bind(after)
        .bind(after + CHUNK)
        .fetch_optional(&self.pool)
        .await
        .map_err(|e| self.failed(e))
    }

    /// How many lines there must be: one for each operation that ended and each incident that got one.
    async fn accounted(&self) -> Result<u64, Error> {
        let count: i64 = sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM operations) \
             - (SELECT COUNT(*) FROM operations WHERE state IN ('running', 'undoing')) \
             - (SELECT COUNT(*) FROM operations WHERE state = 'paused') \
             + (SELECT COUNT(*) FROM incidents WHERE line IS NOT NULL)",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        Ok(count.unsigned_abs())
    }
}
