//! Generations: what is installed, as numbered sets to go back to.

use crate::{
    ByteSize, Category, Digest, LaidOut, ModelFacts, ModuleName, OperationId, Source, Timestamp, Version,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// The number of a generation; 0 is the empty machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct GenerationNumber(pub u64);

impl fmt::Display for GenerationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an installed thing lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Placement {
    /// A folder in the store: `<name>/<version>-<digest>`.
    Store {
        /// Relative to the store.
        path: String,
    },
    /// A blob among the models, named by the item's digest.
    Blob,
    /// A file outside the data directory, never touched.
    Reference {
        /// Absolute path.
        path: String,
    },
}

/// One installed module or model, complete enough to install it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Installed {
    /// Its name.
    pub name: ModuleName,
    /// Its category.
    pub category: Category,
    /// Its version; of an imported model the first twelve digits of its digest as build (`0.0.0+…`).
    pub version: Version,
    /// Digest of its bytes: of the one file of a model, of the list of files of a module.
    pub digest: Digest,
    /// Bytes on disk.
    pub size: ByteSize,
    /// Where it lies.
    pub placement: Placement,
    /// Where its bytes came from.
    pub source: Source,
    /// Its licence.
    pub license: Option<String>,
    /// The program that serves and proves it, within its files.
    pub program: Option<String>,
    /// For a model: what its header says.
    pub model: Option<ModelFacts>,
    /// For a model: where it is laid out as other tools expect it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<LaidOut>>", optional)]
    pub views: Vec<LaidOut>,
}

impl Installed {
    /// It without its views: where its bytes lie and what they are.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self { views: Vec::new(), ..self.clone() }
    }

    /// How it runs: what came as an image runs in a container.
    pub const fn mode(&self) -> crate::RuntimeMode {
        match self.source {
            Source::Oci { .. } => crate::RuntimeMode::Container,
            _ => crate::RuntimeMode::Native,
        }
    }
}

/// What was installed at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Generation {
    /// Version of this form; 1.
    pub schema: u32,
    /// Its number.
    pub number: GenerationNumber,
    /// The operation that made it; none for generation 0.
    pub operation: Option<OperationId>,
    /// When.
    pub made_at: Timestamp,
    /// What it was made for, as the command's name.
    pub command: String,
    /// What is installed, sorted by name.
    pub items: Vec<Installed>,
}
