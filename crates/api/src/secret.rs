//! Secrets over the wire: a value comes in and never goes out.

use las_types::{KeptSecret, Secret, SecretHandle, SecretStoreState, WebOrigin};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A value to be kept. It comes in a body alone and is in no answer.
#[derive(Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SecretRequest {
    /// The name to keep it under.
    pub name: SecretHandle,
    /// The only origin that it is given to: scheme, host and port.
    pub origin: WebOrigin,
    /// The value.
    #[ts(type = "string")]
    pub value: Secret,
}

/// A secret by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct BySecretName {
    /// The name.
    pub name: SecretHandle,
}

/// What is kept, and where secrets can be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SecretsView {
    /// The secrets, without their values.
    pub secrets: Vec<KeptSecret>,
    /// The places for secrets, in the order in which they are asked.
    pub stores: Vec<SecretStoreState>,
}
