//! What the control layer needs to change the configuration.

use crate::{ConfigOrigin, EngineChoice, Failure, RuntimeMode};
use jiff::SignedDuration;

/// What a change makes of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigEdit {
    /// The file, absolute, with links followed.
    pub path: String,
    /// Its text now; none if there is no file.
    pub before: Option<String>,
    /// Its text afterwards.
    pub after: String,
    /// Whether the change takes effect at once.
    pub effect: crate::Effect,
    /// What says the value in force now.
    pub origin: ConfigOrigin,
}

/// What is configured of the modes in which modules run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModeSettings {
    /// The preferred one.
    pub prefer: Option<RuntimeMode>,
    /// Which container engine is used.
    pub engine: EngineChoice,
    /// Whether somebody says where its socket is.
    pub has_socket: bool,
}

/// What is configured of models that are read again by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    /// After which time; none for never.
    pub every: Option<SignedDuration>,
    /// Bytes a second at most; 0 for as fast as it goes.
    pub rate: u64,
}

/// The configuration of this core: what a change would make of its file, and that it was made.
pub trait ConfigStore: Send + Sync {
    /// The file with this key at that value, or without the key. Nothing is written. Codes: `config-key-unknown`,
    /// `config-invalid`.
    fn edit(&self, key: &str, value: Option<&str>) -> Result<ConfigEdit, Failure>;

    /// The file, and the keys to which it gives values that hold only from the next start on.
    fn waiting(&self) -> (String, Vec<String>);

    /// How modules are to run.
    fn modes(&self) -> ModeSettings;

    /// When models are read again, and how fast.
    fn verification(&self) -> Verification;

    /// Reads the file again: it was changed by an operation.
    fn follow(&self);
}
