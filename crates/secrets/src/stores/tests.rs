use super::SecretStores;
use crate::SecretStore;
use async_trait::async_trait;
use las_types::{
    Code, Failure, KeptSecret, Secret, SecretHandle, SecretStoreKind, SecretStoreStanding, Secrets as _,
    WebOrigin,
};
use std::sync::{Arc, Mutex};

/// A place that keeps in memory, so that it can be locked without a keyring.
#[derive(Default)]
struct Memory {
    kept: Mutex<Vec<(SecretHandle, WebOrigin, String)>>,
    standing: Mutex<Option<Code>>,
}

impl Memory {
    fn now(&self, code: Option<Code>) {
        *self.standing.lock().unwrap() = code;
    }

    fn check(&self) -> Result<(), Failure> {
        self.standing.lock().unwrap().map_or(Ok(()), |code| Err(Failure::new(code)))
    }
}

#[async_trait]
impl SecretStore for Arc<Memory> {
    fn kind(&self) -> SecretStoreKind {
        SecretStoreKind::SecretService
    }

    async fn standing(&self) -> SecretStoreStanding {
        SecretStoreStanding::Ready
    }

    async fn find(&self, origin: Option<&WebOrigin>) -> Result<Vec<KeptSecret>, Failure> {
        match self.check() {
            Err(failure) if failure.code == Code::SecretStoreMissing => return Ok(Vec::new()),
            checked => checked?,
        }
        let kept = self.kept.lock().unwrap();
        let own = kept.iter().filter(|(_, own, _)| origin.is_none_or(|origin| origin == own));
        let told = |(name, origin, _): &(SecretHandle, WebOrigin, String)| KeptSecret {
            name: name.clone(),
            origin: origin.clone(),
            store: SecretStoreKind::SecretService,
        };
        Ok(own.map(told).collect())
    }

    async fn reveal(&self, name: &SecretHandle, origin: &WebOrigin) -> Result<Option<Secret>, Failure> {
        self.check()?;
        let kept = self.kept.lock().unwrap();
        let own = kept.iter().find(|(own, bound, _)| own == name && bound == origin);
        Ok(own.map(|(_, _, value)| Secret::new(value)))
    }

    async fn set(&self, name: &SecretHandle, origin: &WebOrigin, value: &Secret) -> Result<(), Failure> {
        self.remove(name).await?;
        self.kept.lock().unwrap().push((name.clone(), origin.clone(), value.reveal().to_owned()));
        Ok(())
    }

    async fn remove(&self, name: &SecretHandle) -> Result<(), Failure> {
        self.check()?;
        self.kept.lock().unwrap().retain(|(own, ..)| own != name);
        Ok(())
    }
}

fn stores() -> (Arc<Memory>, Arc<Memory>, SecretStores) {
    let (first, second) = (Arc::new(Memory::default()), Arc::new(Memory::default()));
    let stores = SecretStores::new(vec![Box::new(Arc::clone(&first)), Box::new(Arc::clone(&second))]);
    (first, second, stores)
}

fn name(text: &str) -> SecretHandle {
    text.parse().unwrap()
}

fn origin(text: &str) -> WebOrigin {
    text.parse().unwrap()
}

fn code<T>(answer: Result<T, Failure>) -> Option<Code> {
    answer.err().map(|failure| failure.code)
}

async fn shown(stores: &SecretStores, origin: &WebOrigin) -> Option<String> {
    let handle = stores.handle(origin).await.unwrap()?;
    Some(stores.reveal(&handle, origin).await.unwrap().reveal().to_owned())
}

#[tokio::test]
async fn a_secret_is_given_for_its_own_origin_alone() {
    let (_, _, stores) = stores();
    let own = origin("https://hub.example");
    stores.set(&name("hub"), &own, &Secret::new("value")).await.unwrap();
    assert_eq!(shown(&stores, &own).await.as_deref(), Some("value"));
    for other in ["http://hub.example", "https://hub.example:8443", "https://hub.example.evil"] {
        let other = origin(other);
        assert!(stores.handle(&other).await.unwrap().is_none());
        assert_eq!(code(stores.reveal(&name("hub"), &other).await), Some(Code::SecretNotFound));
    }
    let again = stores.set(&name("other"), &own, &Secret::new("value")).await;
    assert_eq!(code(again), Some(Code::SecretOriginTaken));
}

#[tokio::test]
async fn what_is_missing_is_passed_over_and_what_is_locked_is_not() {
    let (first, second, stores) = stores();
    let own = origin("https://hub.example");
    first.now(Some(Code::SecretStoreMissing));
    stores.set(&name("hub"), &own, &Secret::new("value")).await.unwrap();
    assert_eq!((first.kept.lock().unwrap().len(), second.kept.lock().unwrap().len()), (0, 1));
    first.now(Some(Code::SecretStoreLocked));
    assert_eq!(code(stores.handle(&own).await), Some(Code::SecretStoreLocked));
    assert_eq!(code(stores.list().await), Some(Code::SecretStoreLocked));
    let set = stores.set(&name("hub"), &own, &Secret::new("another")).await;
    assert_eq!(code(set), Some(Code::SecretStoreLocked));
    first.now(Some(Code::SecretStoreMissing));
    second.now(Some(Code::SecretStoreMissing));
    let set = stores.set(&name("hub"), &own, &Secret::new("another")).await;
    assert_eq!(code(set), Some(Code::SecretStoreMissing));
}

#[tokio::test]
async fn a_change_that_is_taken_back_leaves_what_was_there() {
    let (first, _, stores) = stores();
    let (own, other) = (origin("https://hub.example"), origin("https://other.example"));
    let before = stores.set(&name("hub"), &own, &Secret::new("value")).await.unwrap();
    stores.put_back(before).await.unwrap();
    assert!(first.kept.lock().unwrap().is_empty());
    stores.set(&name("hub"), &own, &Secret::new("value")).await.unwrap();
    let before = stores.set(&name("hub"), &other, &Secret::new("another")).await.unwrap();
    stores.put_back(before).await.unwrap();
    let (_, before) = stores.remove(&name("hub")).await.unwrap();
    assert_eq!(shown(&stores, &own).await, None);
    stores.put_back(before).await.unwrap();
    assert_eq!(shown(&stores, &own).await.as_deref(), Some("value"));
    assert_eq!(shown(&stores, &other).await, None);
    assert_eq!(code(stores.remove(&name("none")).await), Some(Code::SecretNotFound));
}

#[tokio::test]
async fn what_can_not_be_sent_or_would_be_sent_in_the_open_is_not_kept() {
    let (first, _, stores) = stores();
    for (at, value) in
        [("https://hub.example", "a b"), ("https://hub.example", ""), ("http://hub.example", "v")]
    {
        let set = stores.set(&name("hub"), &origin(at), &Secret::new(value)).await;
        assert_eq!(code(set), Some(Code::SecretInvalid), "{at} {value:?}");
    }
    assert!(first.kept.lock().unwrap().is_empty());
}
