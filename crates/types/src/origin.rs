//! Where a manifest comes from.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whose registry it is. What comes first here hides the same version of what comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The user's own.
    User,
    /// The organisation's, for every user of the machine.
    Organisation,
    /// Shipped with the application.
    Builtin,
}

impl Origin {
    /// As it is written on the wire and in `locales/`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Organisation => "organisation",
            Self::Builtin => "builtin",
        }
    }
}
