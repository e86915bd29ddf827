//! How a module runs: natively, in a container, or either.

use crate::{Digest, ImageName, Manifest, ServiceSection, SourceSection};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// How a module may be executed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum RuntimeMode {
    /// As a process of this machine.
    Native,
    /// In a container.
    Container,
}

impl RuntimeMode {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Container => "container",
        }
    }

    /// As policies name it.
    pub fn capability(self) -> String {
        format!("mode:{self}")
    }
}

impl fmt::Display for RuntimeMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no mode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no mode '{0}', only 'native' and 'container'")]
pub struct RuntimeModeError(String);

impl FromStr for RuntimeMode {
    type Err = RuntimeModeError;

    fn from_str(text: &str) -> Result<Self, RuntimeModeError> {
        let known = [Self::Native, Self::Container].into_iter().find(|mode| mode.as_str() == text);
        known.ok_or_else(|| RuntimeModeError(text.to_owned()))
    }
}

impl Manifest {
    /// The modes in which it can run: by what it comes as, and by what it says of itself. A module that names no source
    /// would run natively.
    pub fn offered_modes(&self) -> Vec<RuntimeMode> {
        let from_image = matches!(self.source, Some(SourceSection::Oci { .. }));
        let beside = self.runtime.container.as_ref().is_some_and(|section| section.image.is_some());
        let named = |mode: &RuntimeMode| self.runtime.modes.is_empty() || self.runtime.modes.contains(mode);
        let comes = [(RuntimeMode::Native, !from_image), (RuntimeMode::Container, from_image || beside)];
        comes.into_iter().filter_map(|(mode, comes)| comes.then_some(mode)).filter(named).collect()
    }

    /// The image that its container is made from, the digest of that one's manifest, and how many bytes are fetched.
    pub fn image(&self) -> Option<(&ImageName, Digest, crate::ByteSize)> {
        if let Some(SourceSection::Oci { image, size }) = &self.source {
            return Some((image, self.integrity.checksum?, *size));
        }
        let image = self.runtime.container.as_ref()?.image.as_ref()?;
        Some((&image.name, image.digest, image.size))
    }

    /// How it serves in a mode; none if it is no service.
    pub fn service_in(&self, mode: RuntimeMode) -> Option<&ServiceSection> {
        let own = self.runtime.container.as_ref().and_then(|section| section.image.as_ref());
        match mode {
            RuntimeMode::Container => own.and_then(|image| image.service.as_ref()),
            RuntimeMode::Native => None,
        }
        .or(self.runtime.service.as_ref())
    }

    /// The program that serves in a mode: within its files, or within its image, which says it where this is none.
    pub fn program_in(&self, mode: RuntimeMode) -> Option<&str> {
        let beside = self.runtime.container.as_ref().and_then(|section| section.image.as_ref());
        match (mode, beside) {
            (RuntimeMode::Container, Some(image)) => image.program.as_ref().map(crate::InnerPath::as_str),
            _ => self.runtime.program.as_deref(),
        }
    }
}
