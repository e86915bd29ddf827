//! Models that other tools keep on this machine: where, what is found there, and how it is adopted.

use crate::{ByteSize, Digest, ModuleName, ParameterCount};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use ts_rs::TS;

/// Whose a file of weights is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ModelTool {
    /// The cache of Hugging Face's own client.
    HuggingFace,
    /// Ollama.
    Ollama,
    /// LM Studio.
    LmStudio,
    /// Jan.
    Jan,
    /// ComfyUI.
    #[serde(rename = "comfyui")]
    ComfyUi,
    /// Nobody's that is known: a folder with files.
    Folder,
}

impl ModelTool {
    /// As it is written; its name is `model-tool-<this>` in `locales/`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HuggingFace => "hugging-face",
            Self::Ollama => "ollama",
            Self::LmStudio => "lm-studio",
            Self::Jan => "jan",
            Self::ComfyUi => "comfyui",
            Self::Folder => "folder",
        }
    }
}

/// How a file of another tool became a model here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum AdoptionMethod {
    /// A file of ours that shares its blocks until either is written.
    Reflink,
    /// A second name of the same file.
    HardLink,
    /// Left where it is; its path is known.
    Reference,
    /// Its bytes were here already.
    Present,
    /// Copied, because somebody asked for that.
    Copy,
}

impl AdoptionMethod {
    /// As it is written; its name is `model-adoption-<this>` in `locales/`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reflink => "reflink",
            Self::HardLink => "hard-link",
            Self::Reference => "reference",
            Self::Present => "present",
            Self::Copy => "copy",
        }
    }

    /// Whether it takes space of its own.
    pub const fn takes_space(self) -> bool {
        matches!(self, Self::Present | Self::Copy)
    }
}

/// Where an adopted model came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Adoption {
    /// Whose it is.
    pub tool: ModelTool,
    /// How it was taken.
    pub by: AdoptionMethod,
    /// What that tool calls it: `owner/name` of a hub, `name:tag` of Ollama.
    pub id: Option<String>,
    /// The commit or branch, where the layout says.
    pub revision: Option<String>,
}

/// A folder in which a tool keeps models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelPlace {
    /// Whose; `Folder` if that is to be seen from what lies in it.
    pub tool: ModelTool,
    /// Where.
    pub path: PathBuf,
    /// Whether somebody named it: then it is a failure if it is not there.
    pub named: bool,
}

/// A file of weights that another tool keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScannedModel {
    /// Whose it is.
    pub tool: ModelTool,
    /// The file itself, absolute, with no links on the way.
    pub path: String,
    /// The name by which its tool has it, absolute; the same where that has no other.
    pub shown: String,
    /// What that tool calls it, where it does.
    pub id: Option<String>,
    /// The commit or branch, where the layout says.
    pub revision: Option<String>,
    /// Its size, of all its files.
    pub size: ByteSize,
    /// How many files it is; the path is that of the first.
    pub files: u32,
    /// `gguf` or `safetensors`.
    pub format: Option<String>,
    /// Most frequent tensor type, by its header.
    pub quantisation: Option<String>,
    /// Parameters, by its header.
    pub parameters: Option<ParameterCount>,
    /// Its SHA-256 as its tool says; none where that says nothing, and of several files. Nothing was read for it.
    pub digest: Option<Digest>,
    /// Under which name it is a model here already, as far as its digest or its path tell.
    pub installed: Option<ModuleName>,
    /// How it would be adopted; none if it can't be.
    pub by: Option<AdoptionMethod>,
}
