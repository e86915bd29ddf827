//! All places for secrets, asked in order.

use crate::{Credentials, Keyring, SecretStore};
use async_trait::async_trait;
use las_types::{
    Code, Failure, KeptSecret, Secret, SecretHandle, SecretStoreKind, SecretStoreState, Secrets, WebOrigin,
    secret_not_found,
};
use std::path::PathBuf;

/// The places for secrets of a machine. The first that has one for an origin gives it; the first that keeps any is written
/// to.
pub struct SecretStores {
    stores: Vec<Box<dyn SecretStore>>,
}

/// What was kept under a name before it was changed.
pub struct Before {
    name: SecretHandle,
    was: Option<(WebOrigin, Secret)>,
}

impl SecretStores {
    /// Of these places, in this order.
    pub fn new(stores: Vec<Box<dyn SecretStore>>) -> Self {
        Self { stores }
    }

    /// The keyring, and then the credentials of a folder, if a service manager handed one over.
    pub fn of_machine(credentials: Option<PathBuf>) -> Self {
        let credentials =
            credentials.map(|folder| Box::new(Credentials::new(folder)) as Box<dyn SecretStore>);
        Self::new([Box::new(Keyring) as Box<dyn SecretStore>].into_iter().chain(credentials).collect())
    }

    /// Each place and how it is found now.
    pub async fn states(&self) -> Vec<SecretStoreState> {
        let mut states = Vec::new();
        for store in &self.stores {
            states.push(SecretStoreState { kind: store.kind(), standing: store.standing().await });
        }
        states
    }

    /// Every secret that is kept, without its value.
    ///
    /// Codes: `secret-store-locked`, `secret-store-failed`.
    pub async fn list(&self) -> Result<Vec<KeptSecret>, Failure> {
        let mut all = Vec::new();
        for store in &self.stores {
            all.extend(store.find(None).await?);
        }
        Ok(all)
    }

    /// Keeps a value for an origin, in place of what was kept under that name. Tells what that was.
    ///
    /// Codes: `secret-invalid`, `secret-origin-taken`, `secret-read-only`, `secret-store-missing`, `secret-store-locked`,
    /// `secret-store-failed`.
    pub async fn set(
        &self,
        name: &SecretHandle,
        origin: &WebOrigin,
        value: &Secret,
    ) -> Result<Before, Failure> {
        let invalid = |part: &str| Failure::new(Code::SecretInvalid).with("part", part);
        if !value.can_be_sent() {
            return Err(invalid("value"));
        }
        if !origin.is_confidential() {
            return Err(invalid("plain"));
        }
        let all = self.list().await?;
        if let Some(other) = all.iter().find(|kept| kept.origin == *origin && kept.name != *name) {
            let taken = Failure::new(Code::SecretOriginTaken).with("name", &other.name);
            return Err(taken.with("origin", origin));
        }
        let before = self.before(name, &all).await?;
        self.write(name, origin, value).await?;
        Ok(before)
    }

    async fn write(&self, name: &SecretHandle, origin: &WebOrigin, value: &Secret) -> Result<(), Failure> {
        for store in &self.stores {
            match store.set(name, origin, value).await {
                Err(failure) if failure.code == Code::SecretStoreMissing => {}
                done => return done,
            }
        }
        Err(Failure::new(Code::SecretStoreMissing))
    }

    /// What is kept under a name, if it may be changed.
    async fn before(&self, name: &SecretHandle, all: &[KeptSecret]) -> Result<Before, Failure> {
        let Some(kept) = all.iter().find(|kept| kept.name == *name) else {
            return Ok(Before { name: name.clone(), was: None });
        };
        if kept.store == SecretStoreKind::Credentials {
            let store = kept.store.as_str();
            return Err(Failure::new(Code::SecretReadOnly).with("name", name).with("store", store));
        }
        let value = self.reveal(name, &kept.origin).await?;
        Ok(Before { name: name.clone(), was: Some((kept.origin.clone(), value)) })
    }

    /// Forgets what is kept under a name. Tells what that was, and for which origin.
    ///
    /// Codes: `secret-not-found`, `secret-read-only`, and those of [`set`](Self::set).
    pub async fn remove(&self, name: &SecretHandle) -> Result<(WebOrigin, Before), Failure> {
        let all = self.list().await?;
        let kept = all.iter().find(|kept| kept.name == *name);
        let kept =
            kept.ok_or_else(|| Failure::new(Code::SecretNotFound).with("name", name).with("origin", "none"))?;
        let before = self.before(name, &all).await?;
        for store in self.stores.iter().filter(|store| store.kind() == kept.store) {
            store.remove(name).await?;
        }
        Ok((kept.origin.clone(), before))
    }

    /// Takes a change back: for what could not be written down.
    ///
    /// Codes: as for [`set`](Self::set).
    pub async fn put_back(&self, before: Before) -> Result<(), Failure> {
        match &before.was {
            Some((origin, value)) => self.write(&before.name, origin, value).await,
            None => self.remove(&before.name).await.map(drop),
        }
    }
}

#[async_trait]
impl Secrets for SecretStores {
    async fn handle(&self, origin: &WebOrigin) -> Result<Option<SecretHandle>, Failure> {
        for store in &self.stores {
            if let Some(kept) = store.find(Some(origin)).await?.into_iter().next() {
                return Ok(Some(kept.name));
            }
        }
        Ok(None)
    }

    async fn reveal(&self, handle: &SecretHandle, origin: &WebOrigin) -> Result<Secret, Failure> {
        for store in &self.stores {
            if let Some(secret) = store.reveal(handle, origin).await? {
                return Ok(secret);
            }
        }
        Err(secret_not_found(handle, origin))
    }
}

#[cfg(test)]
mod tests;
