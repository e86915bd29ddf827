//! Copies of the database for restoring it: verified before one takes the place of another, two kept.

use crate::store::replace_synced;
use crate::{Error, State};
use std::path::{Path, PathBuf};

impl State {
    /// Where the copies lie, newest first.
    pub fn snapshots(path: &Path) -> [PathBuf; 2] {
        ["state.snapshot.db", "state.snapshot.previous.db"].map(|name| path.with_file_name(name))
    }

    /// Saves a consistent copy beside the database. It is checked as a whole before it takes the place of
    /// the last one, which is kept as the one before.
    pub async fn save_snapshot(&self) -> Result<(), Error> {
        let [newest, previous] = Self::snapshots(&self.path);
        let staged = newest.with_extension("db.new");
        let failed = |source| Error::File { path: newest.clone(), source };
        if staged.exists() {
            std::fs::remove_file(&staged).map_err(failed)?;
        }
        sqlx::query("VACUUM INTO ?")
            .bind(staged.to_string_lossy().into_owned())
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Self::check_copy(&staged).await?;
        if newest.exists() {
            replace_synced(&newest, &previous).map_err(failed)?;
        }
        replace_synced(&staged, &newest).map_err(failed)
    }

    /// Checks a copy that lies still: its structure, every seal, the ledger's chain. Nothing is written.
    pub(crate) async fn check_copy(path: &Path) -> Result<(), Error> {
        let copy = Self::open_still(path).await?;
        let checked = async {
            copy.check_structure().await?;
            // One of an older schema is checked as a whole after it was taken forward.
            if copy.schema().await? == Self::newest_schema() {
                copy.check_seals().await?;
                copy.check_chain().await?;
            }
            Ok(())
        };
        let checked = checked.await;
        copy.close_connections().await;
        checked
    }
}
