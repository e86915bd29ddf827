//! Files that a service manager handed over: `$CREDENTIALS_DIRECTORY`, as systemd makes it. A credential of ours is called
//! `localaistack.NAME`; its first line is the origin, its second the value.

use crate::SecretStore;
use crate::store::failed;
use async_trait::async_trait;
use las_types::{
    Code, Failure, KeptSecret, Secret, SecretHandle, SecretStoreKind, SecretStoreStanding, WebOrigin,
};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What the names of ours begin with.
const OURS: &str = "localaistack.";
const KIND: SecretStoreKind = SecretStoreKind::Credentials;

/// A folder of credentials. It can only be read.
#[derive(Debug)]
pub struct Credentials {
    folder: PathBuf,
}

impl Credentials {
    /// By its folder, which need not be there.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The credentials of ours, by name.
    fn paths(&self) -> Result<Vec<(SecretHandle, PathBuf)>, Failure> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(KIND, error)),
        };
        let mut paths = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| failed(KIND, error))?;
            let file = entry.file_name();
            let Some(name) = file.to_str().and_then(|file| file.strip_prefix(OURS)) else { continue };
            paths.push((name.parse().map_err(|error| failed(KIND, error))?, entry.path()));
        }
        paths.sort();
        Ok(paths)
    }
}

/// The origin and the value of a credential. What is wrong with it is told by its name, never by what it holds.
fn read(name: &SecretHandle, path: &Path) -> Result<(WebOrigin, Secret), Failure> {
    let broken = |what: &str| failed(KIND, format!("{OURS}{name}: {what}"));
    let bytes = Zeroizing::new(std::fs::read(path).map_err(|error| broken(&error.to_string()))?);
    let text = std::str::from_utf8(&bytes).map_err(|_| broken("it is no text"))?;
    let (origin, value) = text.split_once('\n').ok_or_else(|| broken("it has no second line"))?;
    let origin = origin.trim().parse().map_err(|_| broken("its first line is no origin"))?;
    let value = Secret::new(value.trim_end_matches(['\n', '\r']));
    if value.can_be_sent() { Ok((origin, value)) } else { Err(broken("its second line can't be sent")) }
}

#[async_trait]
impl SecretStore for Credentials {
    fn kind(&self) -> SecretStoreKind {
        KIND
    }

    async fn standing(&self) -> SecretStoreStanding {
        match self.find(None).await {
            Ok(kept) if kept.is_empty() => SecretStoreStanding::Absent,
            Ok(_) => SecretStoreStanding::Ready,
            Err(_) => SecretStoreStanding::Failing,
        }
    }

    async fn find(&self, origin: Option<&WebOrigin>) -> Result<Vec<KeptSecret>, Failure> {
        let mut kept = Vec::new();
        for (name, path) in self.paths()? {
            let (own, _) = read(&name, &path)?;
            if origin.is_none_or(|origin| *origin == own) {
                kept.push(KeptSecret { name, origin: own, store: KIND });
            }
        }
        Ok(kept)
    }

    async fn reveal(&self, name: &SecretHandle, origin: &WebOrigin) -> Result<Option<Secret>, Failure> {
        let Some((name, path)) = self.paths()?.into_iter().find(|(own, _)| own == name) else {
            return Ok(None);
        };
        let (own, value) = read(&name, &path)?;
        Ok((own == *origin).then_some(value))
    }

    async fn set(&self, _: &SecretHandle, _: &WebOrigin, _: &Secret) -> Result<(), Failure> {
        Err(Failure::new(Code::SecretStoreMissing))
    }

    async fn remove(&self, name: &SecretHandle) -> Result<(), Failure> {
        Err(Failure::new(Code::SecretReadOnly).with("name", name).with("store", KIND.as_str()))
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "writes what a service manager would")]
mod tests {
    use super::{Credentials, SecretStore as _};
    use las_types::{Code, SecretStoreStanding, WebOrigin};

    fn origin(text: &str) -> WebOrigin {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_credential_is_given_for_its_own_origin_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("localaistack.hub"), "https://hub.example\nhf_abc\n").unwrap();
        std::fs::write(folder.path().join("another.program"), "https://hub.example\nother\n").unwrap();
        let store = Credentials::new(folder.path().to_owned());
        assert_eq!(store.standing().await, SecretStoreStanding::Ready);
        let kept = store.find(None).await.unwrap();
        assert_eq!(kept.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["hub"]);
        let name = &kept[0].name;
        let own = store.reveal(name, &origin("https://hub.example")).await.unwrap();
        assert_eq!(own.as_ref().map(las_types::Secret::reveal), Some("hf_abc"));
        for other in ["http://hub.example", "https://hub.example:8443", "https://hub.example.evil"] {
            assert!(store.reveal(name, &origin(other)).await.unwrap().is_none(), "{other}");
        }
        assert!(store.find(Some(&origin("https://other.example"))).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_can_not_be_read_is_a_failure_that_does_not_say_what_it_holds() {
        for bad in ["hf_canary", "hf_canary\nhf_canary\n", "https://hub.example\nhf_canary x\n"] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("localaistack.hub"), bad).unwrap();
            let store = Credentials::new(folder.path().to_owned());
            assert_eq!(store.standing().await, SecretStoreStanding::Failing);
            let failure = store.find(None).await.unwrap_err();
            assert_eq!(failure.code, Code::SecretStoreFailed);
            assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
        }
        let gone = Credentials::new("/nonexistent".into());
        assert_eq!(gone.standing().await, SecretStoreStanding::Absent);
        assert!(gone.find(None).await.unwrap().is_empty());
    }
}
