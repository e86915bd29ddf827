//! One place for secrets.

use async_trait::async_trait;
use las_types::{
    Code, Failure, KeptSecret, Secret, SecretHandle, SecretStoreKind, SecretStoreStanding, WebOrigin,
};

/// A place for secrets.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// Which it is.
    fn kind(&self) -> SecretStoreKind;

    /// How it is found now.
    async fn standing(&self) -> SecretStoreStanding;

    /// What it keeps, of all origins or of one; nothing where it is not there.
    ///
    /// Codes: `secret-store-locked`, `secret-store-failed`.
    async fn find(&self, origin: Option<&WebOrigin>) -> Result<Vec<KeptSecret>, Failure>;

    /// A value that it keeps for that origin; none if it has none.
    ///
    /// Codes: `secret-store-locked`, `secret-store-failed`.
    async fn reveal(&self, name: &SecretHandle, origin: &WebOrigin) -> Result<Option<Secret>, Failure>;

    /// Keeps a value under a name, in place of the one before.
    ///
    /// Codes: `secret-store-missing` where nothing can be kept, `secret-store-locked`, `secret-store-failed`.
    async fn set(&self, name: &SecretHandle, origin: &WebOrigin, value: &Secret) -> Result<(), Failure>;

    /// Forgets what it has under a name.
    ///
    /// Codes: as for [`set`](Self::set).
    async fn remove(&self, name: &SecretHandle) -> Result<(), Failure>;
}

/// The place does not work.
pub(crate) fn failed(kind: SecretStoreKind, detail: impl std::fmt::Display) -> Failure {
    Failure::new(Code::SecretStoreFailed).with("store", kind.as_str()).with("detail", detail)
}

/// Somebody has to unlock the place.
pub(crate) fn locked(kind: SecretStoreKind) -> Failure {
    Failure::new(Code::SecretStoreLocked).with("store", kind.as_str())
}
