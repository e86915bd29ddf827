//! Where a file of a repository is to be had.

use crate::{ByteSize, Commit, Digest, SecretHandle, SourceUrl, WebOrigin};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a file is to be had, complete for a plan: nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FileLocation {
    /// Its address.
    pub url: SourceUrl,
    /// Where else the same bytes are to be had, in the order in which these are asked when the first fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<SourceUrl>>", optional)]
    pub mirrors: Vec<SourceUrl>,
    /// Other hosts that these addresses send on to, as they did when they were asked.
    pub redirects: Vec<String>,
    /// Its size, if the source says.
    pub size: Option<ByteSize>,
    /// Its digest, if the source publishes it.
    pub sha256: Option<Digest>,
    /// What the source calls this content: it changes when the content does.
    pub tag: Option<String>,
    /// The state of the repository that this address names; none where there is no such thing.
    pub commit: Option<Commit>,
    /// Headers whose value is secret.
    pub headers: Vec<SecretHeader>,
}

/// A header that is sent to one origin, its value by handle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SecretHeader {
    /// Its name, in lower case.
    pub name: String,
    /// What stands before the secret: `Bearer `.
    pub before: String,
    /// The secret.
    pub secret: SecretHandle,
    /// The only origin that it may be sent to; a redirect to another one goes without it.
    pub origin: WebOrigin,
}
