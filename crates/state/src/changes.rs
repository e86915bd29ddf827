//! Changes of what is not kept in this database, as lines of the ledger.

use crate::{Error, Incident, State};
use las_types::Timestamp;

impl State {
    /// Writes down that something was changed which is kept elsewhere, for whoever asked for it. Fails where the ledger's
    /// anchor can't be written either.
    pub async fn record_change(
        &self,
        at: Timestamp,
        actor: &str,
        change: &Incident,
        what: &str,
    ) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut end = self.end.lock().await;
        self.anchor_now(&mut end).await?;
        // A commit that fails may hold all the same.
        end.head = None;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        self.enter_change(&mut transaction, at, actor, change, what).await?;
        transaction.commit().await.map_err(failed)?;
        self.anchor_after(&mut end).await;
        Ok(())
    }
}
