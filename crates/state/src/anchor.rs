//! The ledger's anchor: its length and last hash in a file beside the database, so that a ledger that
//! was cut off or rolled back as a whole, and is sound in itself, still shows.

use crate::ledger::ROOT;
use crate::store::replace_synced;
use crate::{Error, LedgerLine, State};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// In SQLite's `user_version`: this database has had an anchor. One from before anchors has not.
const ANCHORED: i64 = 1;

/// What the file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Anchor {
    /// How many lines the ledger had.
    count: usize,
    /// Hash of the last of them.
    head: String,
}

impl Anchor {
    fn of(lines: &[LedgerLine]) -> Self {
        let head = lines.last().map_or_else(|| ROOT.to_owned(), |line| line.hash.clone());
        // Sequences have no gaps.
        let count = lines.last().map_or(0, |line| usize::try_from(line.sequence).unwrap_or(0));
        Self { count, head }
    }

    /// How many of its lines a ledger lacks. A longer ledger that goes on from the anchor lacks none: a
    /// stop may come between a line and its anchor.
    fn lost(&self, lines: &[LedgerLine]) -> usize {
        match lines.get(..self.count) {
            None => self.count - lines.len(),
            Some(anchored) if Self::of(anchored).head == self.head => 0,
            Some(_) => self.count,
        }
    }
}

/// What putting the anchor anew found about the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reanchored {
    /// It was missing or could not be read.
    Unknown,
    /// The ledger lacks that many of the lines that it stood for.
    Lost(usize),
}

impl State {
    /// Where the anchor lies.
    pub fn anchor_path(path: &Path) -> PathBuf {
        path.with_file_name("ledger.head")
    }

    /// Anchors the ledger as it is now; on disk when this returns.
    pub async fn anchor_ledger(&self) -> Result<(), Error> {
        let path = Self::anchor_path(&self.path);
        let staged = path.with_extension("head.new");
        let failed = |source| Error::File { path: path.clone(), source };
        let mut text = serde_json::to_vec(&Anchor::of(self.last_line().await?.as_slice()))?;
        text.push(b'\n');
        let mut file = std::fs::File::create(&staged).map_err(failed)?;
        file.write_all(&text).map_err(failed)?;
        drop(file);
        replace_synced(&staged, &path).map_err(failed)?;
        // Only now: until then a missing file is that of a database from before anchors.
        if self.was_anchored().await? {
            return Ok(());
        }
        sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {ANCHORED}")))
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(())
    }

    async fn was_anchored(&self) -> Result<bool, Error> {
        let version: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(version >= ANCHORED)
    }

    /// The anchor; none where there never was one.
    async fn anchor(&self) -> Result<Option<Anchor>, Error> {
        let path = Self::anchor_path(&self.path);
        let unusable = |detail: String| Error::Anchor { path: path.clone(), detail };
        match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| unusable(error.to_string())),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::File { path, source: error })
            }
            Err(_) if self.was_anchored().await? => {
                Err(unusable("the ledger's anchor is missing".to_owned()))
            }
            Err(_) => Ok(None),
        }
    }

    /// A ledger's lines, checked against the anchor. The anchor is read first: lines that are written
    /// meanwhile only make the ledger longer.
    pub(crate) async fn anchored_ledger(&self) -> Result<Vec<LedgerLine>, Error> {
        let anchor = self.anchor().await?;
        let lines = self.ledger().await?;
        match anchor.map(|anchor| (anchor.lost(&lines), anchor.count)) {
            None | Some((0, _)) => Ok(lines),
            Some((lost, count)) => Err(Error::Corrupt {
                path: self.path.clone(),
                detail: format!("the ledger lacks {lost} of the {count} lines that its anchor stands for"),
            }),
        }
    }

    /// After a repair: anchors what is there now, and says what that is short of the old anchor.
    pub(crate) async fn anchor_anew(&self) -> Result<Reanchored, Error> {
        let found = match self.anchor().await {
            Ok(Some(anchor)) => Reanchored::Lost(anchor.lost(&self.ledger().await?)),
            Ok(None) => Reanchored::Lost(0),
            Err(Error::Anchor { .. }) => Reanchored::Unknown,
            Err(error) => return Err(error),
        };
        self.anchor_ledger().await?;
        Ok(found)
    }
}
