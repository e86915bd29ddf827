//! Where secrets are kept, and which, without their values.

use crate::{SecretHandle, WebOrigin};
use serde::{Deserialize, Serialize};

/// Where secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum SecretStoreKind {
    /// The keyring of the person's session, by the Secret Service.
    SecretService,
    /// Files that a service manager handed over; they can be read only.
    Credentials,
}

impl SecretStoreKind {
    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecretService => "secret-service",
            Self::Credentials => "credentials",
        }
    }
}

/// How a place for secrets is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum SecretStoreStanding {
    /// It is there and open.
    Ready,
    /// It is there, and somebody has to unlock it.
    Locked,
    /// It is not there.
    Absent,
    /// It is there and does not work.
    Failing,
}

/// A place for secrets, and how it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct SecretStoreState {
    /// Which.
    pub kind: SecretStoreKind,
    /// How it is found.
    pub standing: SecretStoreStanding,
}

/// A secret that is kept, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct KeptSecret {
    /// Its handle.
    pub name: SecretHandle,
    /// The only origin that it is given to.
    pub origin: WebOrigin,
    /// Where it is kept.
    pub store: SecretStoreKind,
}
