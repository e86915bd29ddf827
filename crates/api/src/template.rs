//! Chat templates over the wire.

use las_types::Digest;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One chat template of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatTemplateView {
    /// Its name; `default` is the main one.
    pub name: String,
    /// SHA-256 of its bytes, as it was pinned when the model came.
    pub digest: Digest,
    /// The template, in Jinja.
    pub text: String,
}
