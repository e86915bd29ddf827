//! A connection to the database, when it comes back from its use.

use sqlx::sqlite::{SqliteConnection, SqliteTransactionManager};
use sqlx::{Connection as _, Error, Executor as _};
use sqlx_core::transaction::TransactionManager as _;

/// Whether it can be used again. On a full or failing disk SQLite takes a transaction back by itself; sqlx then
/// counts one that is no more, and would refuse the next one for as long as the core runs.
pub(crate) async fn is_sound(connection: &mut SqliteConnection) -> Result<bool, Error> {
    if connection.is_in_transaction() {
        // A roll-back may still be under way.
        connection.ping().await?;
    }
    if connection.is_in_transaction() {
        // One that is there can be rolled back. If one is there after all, the connection is of no more use.
        if connection.execute("BEGIN").await.is_err() {
            return Ok(false);
        }
        SqliteTransactionManager::rollback(connection).await?;
    }
    Ok(true)
}
