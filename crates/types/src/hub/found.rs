//! What a source answers.

use crate::{
    ByteSize, Commit, Digest, ParameterCount, RepositoryId, RepositoryPath, Revision, SourceName, Timestamp,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A format of weights.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum WeightsFormat {
    /// GGUF.
    Gguf,
    /// Safetensors.
    Safetensors,
}

impl WeightsFormat {
    /// Its name, which hubs use as a tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gguf => "gguf",
            Self::Safetensors => "safetensors",
        }
    }

    /// The format of a file, by its name.
    pub fn of_path(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "gguf" => Some(Self::Gguf),
            "safetensors" => Some(Self::Safetensors),
            _ => None,
        }
    }
}

impl std::str::FromStr for WeightsFormat {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Gguf, Self::Safetensors].into_iter().find(|format| format.as_str() == text).ok_or(())
    }
}

/// Whether everybody gets a repository's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Everybody.
    #[default]
    Open,
    /// Who has agreed to its terms.
    Agreement,
    /// Whom its owner let in.
    Request,
    /// Nobody but its owner's.
    Private,
}

/// One model that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundModel {
    /// Where.
    pub source: SourceName,
    /// Its repository there.
    pub id: RepositoryId,
    /// What it is for.
    pub task: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
    /// Words it is filed under.
    pub tags: Vec<String>,
    /// In which formats it is there, as far as the source says.
    pub formats: Vec<WeightsFormat>,
    /// Parameters, if the source says.
    pub parameters: Option<ParameterCount>,
    /// Bytes of its smallest form, if the source says.
    pub size: Option<ByteSize>,
    /// How often it was fetched, as the source counts.
    pub downloads: Option<u64>,
    /// When it was last changed.
    #[ts(type = "string | null")]
    pub changed: Option<Timestamp>,
    /// Who gets it.
    pub gate: Gate,
}

/// How a model stands to a machine, judged by the size of its file alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModelFit {
    /// It fits, with a usual context.
    Fits,
    /// Its weights fit, with little beside them.
    Limits,
    /// It does not fit, or the policies allow none so large.
    TooLarge,
}

/// A page of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundPage {
    /// The models.
    pub models: Vec<FoundModel>,
    /// Where the next page begins; none if there is none.
    pub next: Option<String>,
}

/// One file of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RepositoryFile {
    /// Its path.
    pub path: RepositoryPath,
    /// Its size, if it is published.
    pub size: Option<ByteSize>,
    /// Its digest, if it is published.
    pub sha256: Option<Digest>,
}

/// A repository at one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelRepository {
    /// What a search says of it.
    #[serde(flatten)]
    pub model: FoundModel,
    /// Which revision was asked for.
    pub revision: Revision,
    /// Which state that is; none if the source has no such thing.
    pub commit: Option<Commit>,
    /// Longest context in tokens, if the source says.
    pub context: Option<u32>,
    /// Its files, by path.
    pub files: Vec<RepositoryFile>,
}
