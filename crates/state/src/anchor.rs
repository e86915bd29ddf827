//! The ledger's anchor: its length and last hash, signed, in a file beside the database, so that a ledger that
//! was cut off or rolled back as a whole, and is sound in itself, still shows.
//!
//! It is written when an operation begins, with the operation's id, and after each line. So it is never more
//! than one line behind, and an operation whose beginning was lost shows too.

use crate::key::is_signed;
use crate::ledger::Head;
use crate::store::replace_synced;
use crate::{Error, State};
use las_types::OperationId;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

/// In SQLite's `user_version`: this database has had an anchor. One from before anchors has not.
const ANCHORED: i64 = 1;
/// The anchor was signed.
const SIGNED: i64 = 2;

/// What the file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Anchor {
    /// How many lines the ledger had.
    pub(crate) count: u64,
    /// Hash of the last of them.
    pub(crate) head: String,
    /// The operation that was begun last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begun: Option<String>,
    /// Public key of the signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Over all fields before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

impl Anchor {
    fn message(&self) -> String {
        let begun = self.begun.as_deref().unwrap_or("-");
        format!("localaistack ledger anchor\n{}\n{}\n{begun}\n", self.count, self.head)
    }
}

/// What the one who writes lines knows of the ledger's end.
#[derive(Debug, Default)]
pub(crate) struct End {
    /// How many lines the anchor stands for.
    pub(crate) anchored: u64,
    /// The last line; none where it has to be read, as after a line that may or may not have been written.
    pub(crate) head: Option<Head>,
    /// What the database is known to say of its anchor.
    mark: i64,
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
        let mut end = self.end.lock().await;
        self.anchor_now(&mut end).await
    }

    /// Before a line is written: the anchor stands for every line there is. Returns the last of them, which is not
    /// known again before the new line is on disk.
    pub(crate) async fn anchor_before(&self, end: &mut End) -> Result<Head, Error> {
        let head = match end.head.take() {
            Some(head) => head,
            None => self.read_head().await?,
        };
        if end.anchored != head.count.unsigned_abs() {
            self.anchor_at(end, &head).await?;
        }
        Ok(head)
    }

    /// Anchors the ledger as the database has it. Whoever writes a line then forgets where it ended.
    pub(crate) async fn anchor_now(&self, end: &mut End) -> Result<(), Error> {
        end.head = None;
        let head = self.read_head().await?;
        self.anchor_at(end, &head).await?;
        end.head = Some(head);
        Ok(())
    }

    async fn read_head(&self) -> Result<Head, Error> {
        Head::read(&self.pool).await.map_err(|e| self.failed(e))
    }

    async fn anchor_at(&self, end: &mut End, head: &Head) -> Result<(), Error> {
        let (count, head) = (head.count.unsigned_abs(), head.hash.clone());
        self.sign_checkpoint(count, &head).await?;
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut anchor = Anchor { count, head, begun, key: None, signature: None };
        if let Some(key) = &self.key {
            anchor.signature = Some(key.sign(&anchor.message()));
            anchor.key = Some(key.public());
        }
        self.write_anchor(&anchor)?;
        end.anchored = count;
        // Only now: until then a missing file is that of a database from before anchors.
        let mark = if self.key.is_some() { SIGNED } else { ANCHORED };
        if end.mark < mark && self.anchor_mark().await? < mark {
            sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {mark}")))
                .execute(&self.pool)
                .await
                .map_err(|e| self.failed(e))?;
        }
        end.mark = mark;
        Ok(())
    }

    /// Anchors an operation that was just begun, and with it the ledger's place for its line.
    pub(crate) async fn anchor_begun(&self, id: OperationId) -> Result<(), Error> {
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = Some(id.to_string());
        self.anchor_ledger().await
    }

    /// Whether the file names that operation, or can't be read. One that isn't there names none: its folder was taken
    /// away, and comes back as it was.
    pub(crate) fn may_name(&self, id: OperationId) -> bool {
        match std::fs::read(Self::anchor_path(&self.path)) {
            Ok(text) => serde_json::from_slice::<Anchor>(&text)
                .map_or(true, |anchor| anchor.begun == Some(id.to_string())),
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        }
    }

    /// The anchor in the form of the versions before signatures, for going back to one.
    pub(crate) async fn anchor_plainly(&self) -> Result<(), Error> {
        let mut end = self.end.lock().await;
        let (count, head) = self.ledger_head().await?;
        self.write_anchor(&Anchor { count, head, begun: None, key: None, signature: None })?;
        sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {ANCHORED}")))
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        end.mark = ANCHORED;
        Ok(())
    }

    fn write_anchor(&self, anchor: &Anchor) -> Result<(), Error> {
        let path = Self::anchor_path(&self.path);
        let staged = path.with_extension("head.new");
        let failed = |source| Error::File { path: path.clone(), source };
        let mut text = serde_json::to_vec(anchor)?;
        text.push(b'\n');
        let mut file = std::fs::File::create(&staged).map_err(failed)?;
        file.write_all(&text).map_err(failed)?;
        drop(file);
        replace_synced(&staged, &path).map_err(failed)
    }

    async fn anchor_mark(&self) -> Result<i64, Error> {
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&self.pool).await.map_err(|e| self.failed(e))
    }

    fn unusable(&self, detail: &str) -> Error {
        Error::Anchor { path: Self::anchor_path(&self.path), detail: detail.to_owned() }
    }

    /// The anchor; none where there never was one.
    pub(crate) async fn anchor(&self) -> Result<Option<Anchor>, Error> {
        let path = Self::anchor_path(&self.path);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::File { path, source });
            }
            Err(_) if self.anchor_mark().await? >= ANCHORED => {
                return Err(self.unusable("the ledger's anchor is missing"));
            }
            Err(_) => return Ok(None),
        };
        let anchor: Anchor =
            serde_json::from_slice(&text).map_err(|error| self.unusable(&error.to_string()))?;
        let signed = match (&anchor.key, &anchor.signature) {
            (Some(key), Some(signature)) => is_signed(&anchor.message(), key, signature),
            _ => self.anchor_mark().await? < SIGNED,
        };
        if !signed {
            return Err(self.unusable("its signature does not fit"));
        }
        if anchor.key.is_some() && self.key.is_some() && !self.is_ours(&anchor) {
            return Err(self.unusable("it is signed with another key than this machine's"));
        }
        if let Some(id) = &anchor.begun {
            self.begun.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| id.clone());
        }
        Ok(Some(anchor))
    }

    /// Whether it is signed with this machine's key.
    pub(crate) fn is_ours(&self, anchor: &Anchor) -> bool {
        anchor.key.is_some() && anchor.key == self.key.as_ref().map(crate::key::LedgerKey::public)
    }

    pub(crate) fn is_signed_if_it_can_be(&self, anchor: &Anchor) -> bool {
        self.key.is_none() || self.is_ours(anchor)
    }

    /// How many of the anchor's lines the ledger lacks.
    async fn lost(&self, anchor: &Anchor, lines: u64) -> Result<u64, Error> {
        if anchor.count > lines {
            return Ok(anchor.count - lines);
        }
        let there = self.hash_of(anchor.count).await?.as_deref() == Some(&*anchor.head);
        Ok(if there { 0 } else { anchor.count })
    }

    /// Holds a ledger of so many lines to its anchor. Returns how many lines that stands for.
    pub(crate) async fn hold_to(&self, anchor: &Anchor, lines: u64) -> Result<u64, Error> {
        let lost = self.lost(anchor, lines).await?;
        if lost > 0 {
            let count = anchor.count;
            let detail = format!("the ledger lacks {lost} of the {count} lines that its anchor stands for");
            return Err(self.unusable(&detail));
        }
        // Written anew before the next operation begins, so at most one line came since; what came while
        // this ledger was read is anchored by now.
        if lines > anchor.count + 1 {
            let newer = self.anchor().await?.map_or(0, |anchor| anchor.count);
            if lines > newer + 1 {
                return Err(self.unusable(&format!("it is {} lines older than the ledger", lines - newer)));
            }
        }
        if let Some(id) = &anchor.begun {
            let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM operations WHERE id = ?")
                .bind(id)
                .fetch_one(&self.pool)
                .await
                .map_err(|e| self.failed(e))?;
            if known == 0 {
                return Err(
                    self.unusable(&format!("the operation {id} was begun and is not in the database"))
                );
            }
        }
        Ok(anchor.count)
    }

    /// After a repair: anchors what is there now, and says what that is short of the old anchor.
    pub(crate) async fn anchor_anew(&self) -> Result<Reanchored, Error> {
        let found = match self.anchor().await {
            Ok(Some(anchor)) => {
                let lines = self.ledger_head().await?.0;
                Reanchored::Lost(usize::try_from(self.lost(&anchor, lines).await?).unwrap_or(usize::MAX))
            }
            Ok(None) => Reanchored::Lost(0),
            Err(Error::Anchor { .. }) => Reanchored::Unknown,
            Err(error) => return Err(error),
        };
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.anchor_ledger().await?;
        Ok(found)
    }
}
