//! Where there is no keyring.

use las_types::{NoSecrets, Secrets};
use std::sync::Arc;

/// Secrets of which there are none.
pub fn no_secrets() -> Arc<dyn Secrets> {
    Arc::new(NoSecrets)
}
