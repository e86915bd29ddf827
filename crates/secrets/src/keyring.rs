//! The keyring of a person's session, by the Secret Service: GNOME's, KDE's, or another that speaks it.
//!
//! Each call has a connection of its own, so that a keyring that is started, locked or replaced meanwhile is seen as it is.
//! What is on its way there and back is encrypted for that session. Looking what there is unlocks nothing, as long as the keyring
//! tells names of what is locked; needing a value may ask the person for the password.

use crate::SecretStore;
use crate::store::{failed, locked};
use async_trait::async_trait;
use las_types::{
    Code, Failure, KeptSecret, Secret, SecretHandle, SecretStoreKind, SecretStoreStanding, WebOrigin,
};
use secret_service::{EncryptionType, Error, Item, SecretService};
use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;
use zeroize::Zeroizing;

const KIND: SecretStoreKind = SecretStoreKind::SecretService;
/// How long somebody may take who is asked for the password.
const ASKED: Duration = Duration::from_mins(2);
/// How long it may take to answer where nobody is asked.
const ANSWERED: Duration = Duration::from_secs(10);

/// By which attributes ours are found.
const APPLICATION: (&str, &str) = ("application", "localaistack");
const NAME: &str = "name";
const ORIGIN: &str = "origin";

/// The keyring.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keyring;

/// Whether there is nobody who keeps secrets: no bus, or nobody on it.
fn is_absent(error: &Error) -> bool {
    let text = error.to_string();
    let nobody = ["Failed to connect", "ServiceUnknown", "NameHasNoOwner", "Spawn.", "NoServer"];
    matches!(error, Error::Unavailable)
        || matches!(error, Error::Zbus(_) | Error::ZbusFdo(_))
            && nobody.iter().any(|name| text.contains(name))
}

fn told(error: &Error) -> Failure {
    match error {
        Error::Locked | Error::Prompt | Error::NoResult => locked(KIND),
        error if is_absent(error) => Failure::new(Code::SecretStoreMissing),
        error => failed(KIND, error),
    }
}

async fn within<T>(most: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    match tokio::time::timeout(most, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            tracing::debug!(%error, "the keyring did not do what it was asked for");
            Err(told(&error))
        }
        Err(_) if most == ASKED => Err(locked(KIND)),
        Err(_) => Err(failed(KIND, "it does not answer")),
    }
}

/// Where nobody keeps secrets, there are none.
fn or_none<T: Default>(found: Result<T, Failure>) -> Result<T, Failure> {
    match found {
        Err(failure) if failure.code == Code::SecretStoreMissing => Ok(T::default()),
        found => found,
    }
}

fn attributes<'a>(
    name: Option<&'a SecretHandle>,
    origin: Option<&'a WebOrigin>,
) -> HashMap<&'a str, &'a str> {
    let name = name.map(|name| (NAME, name.as_str()));
    let origin = origin.map(|origin| (ORIGIN, origin.as_str()));
    [APPLICATION].into_iter().chain(name).chain(origin).collect()
}

/// A secret of ours; none if another program gave something the same look.
async fn kept(item: &Item<'_>) -> Result<Option<KeptSecret>, Error> {
    let attributes = item.get_attributes().await?;
    let text = |name: &str| attributes.get(name).map(String::as_str).unwrap_or_default();
    let (name, origin) = (text(NAME).parse(), text(ORIGIN).parse());
    Ok(name.ok().zip(origin.ok()).map(|(name, origin)| KeptSecret { name, origin, store: KIND }))
}

async fn found(origin: Option<&WebOrigin>) -> Result<Vec<KeptSecret>, Error> {
    let service = SecretService::connect(EncryptionType::Plain).await?;
    let items = service.search_items(attributes(None, origin)).await?;
    let mut all = Vec::new();
    for item in &items.unlocked {
        all.extend(kept(item).await?);
    }
    for item in &items.locked {
        // Some keyrings don't tell names of what is locked. That there is something must not look as if there were nothing.
        all.push(kept(item).await?.ok_or(Error::Locked)?);
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

async fn revealed(name: &SecretHandle, origin: &WebOrigin) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let service = SecretService::connect(EncryptionType::Dh).await?;
    let items = service.search_items(attributes(Some(name), Some(origin))).await?;
    let Some(item) = items.unlocked.first().or_else(|| items.locked.first()) else { return Ok(None) };
    if item.is_locked().await? {
        item.unlock().await?;
    }
    item.get_secret().await.map(|bytes| Some(Zeroizing::new(bytes)))
}

async fn removed(
    service: &SecretService<'_>,
    name: &SecretHandle,
    but: Option<&WebOrigin>,
) -> Result<(), Error> {
    let items = service.search_items(attributes(Some(name), None)).await?;
    for item in items.unlocked.iter().chain(&items.locked) {
        if item.is_locked().await? {
            item.unlock().await?;
        }
        let own = kept(item).await?.map(|kept| kept.origin);
        if but.is_none() || own.as_ref() != but {
            item.delete().await?;
        }
    }
    Ok(())
}

async fn set(name: &SecretHandle, origin: &WebOrigin, value: &Secret) -> Result<(), Error> {
    let service = SecretService::connect(EncryptionType::Dh).await?;
    let collection = service.get_default_collection().await?;
    if collection.is_locked().await? {
        collection.unlock().await?;
    }
    let label = format!("LocalAIStack: {name} ({origin})");
    let (own, bytes) = (attributes(Some(name), Some(origin)), value.reveal().as_bytes());
    // In place of the one with the same attributes.
    collection.create_item(&label, own, bytes, true, "text/plain").await?;
    removed(&service, name, Some(origin)).await
}

async fn standing() -> Result<SecretStoreStanding, Error> {
    let service = SecretService::connect(EncryptionType::Plain).await?;
    let locked = service.get_default_collection().await?.is_locked().await?;
    Ok(if locked { SecretStoreStanding::Locked } else { SecretStoreStanding::Ready })
}

#[async_trait]
impl SecretStore for Keyring {
    fn kind(&self) -> SecretStoreKind {
        KIND
    }

    async fn standing(&self) -> SecretStoreStanding {
        match within(ANSWERED, standing()).await {
            Ok(standing) => standing,
            Err(failure) => match failure.code {
                Code::SecretStoreLocked => SecretStoreStanding::Locked,
                Code::SecretStoreMissing => SecretStoreStanding::Absent,
                _ => SecretStoreStanding::Failing,
            },
        }
    }

    async fn find(&self, origin: Option<&WebOrigin>) -> Result<Vec<KeptSecret>, Failure> {
        or_none(within(ANSWERED, found(origin)).await)
    }

    async fn reveal(&self, name: &SecretHandle, origin: &WebOrigin) -> Result<Option<Secret>, Failure> {
        let Some(bytes) = or_none(within(ASKED, revealed(name, origin)).await)? else { return Ok(None) };
        let text = std::str::from_utf8(&bytes).map_err(|_| failed(KIND, "what it keeps is no text"))?;
        Ok(Some(Secret::new(text)))
    }

    async fn set(&self, name: &SecretHandle, origin: &WebOrigin, value: &Secret) -> Result<(), Failure> {
        within(ASKED, set(name, origin, value)).await
    }

    async fn remove(&self, name: &SecretHandle) -> Result<(), Failure> {
        let work = async {
            let service = SecretService::connect(EncryptionType::Plain).await?;
            removed(&service, name, None).await
        };
        within(ASKED, work).await
    }
}
