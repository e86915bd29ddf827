//! Models of ours laid out as another tool expects them: in which folder, as which files, how these share the bytes.

use crate::{ModelTool, ModuleName};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a file of a view shares the bytes of its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ViewLink {
    /// A file of its own that shares its blocks until either is written.
    Reflink,
    /// A second name of the same file.
    HardLink,
    /// A symbolic link to it.
    Symlink,
}

impl ViewLink {
    /// As it is written; its name is `view-link-<this>` in `locales/`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reflink => "reflink",
            Self::HardLink => "hard-link",
            Self::Symlink => "symlink",
        }
    }
}

/// What a file of a view is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LaidContent {
    /// Bytes of the model: of its one file, or of the one of that name among several.
    Bytes {
        /// Its name among the model's files; none for a model of one file.
        file: Option<String>,
    },
    /// A short text that the tool reads beside them.
    Text {
        /// It.
        text: String,
    },
    /// A symbolic link to another file of the same view.
    Link {
        /// Where it leads, relative to where it lies.
        to: String,
    },
}

/// One file of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LaidFile {
    /// Its path below the view's folder.
    pub path: String,
    /// What it is.
    pub content: LaidContent,
}

/// A model laid out as another tool expects it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LaidOut {
    /// Which tool.
    pub tool: ModelTool,
    /// The folder in which that tool keeps models, absolute, with no links on the way.
    pub folder: String,
    /// How its files share the model's bytes.
    pub by: ViewLink,
    /// Its files, in the order in which they are made.
    pub files: Vec<LaidFile>,
}

impl LaidOut {
    /// The absolute path of one of its files.
    pub fn path_of(&self, file: &LaidFile) -> String {
        format!("{}/{}", self.folder.trim_end_matches('/'), file.path)
    }

    /// The absolute paths of all of its files.
    pub fn paths(&self) -> impl Iterator<Item = String> {
        self.files.iter().map(|file| self.path_of(file))
    }
}

/// What lies where a file of a view should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LaidState {
    /// The file that was made, and it has the model's bytes.
    Whole,
    /// Nothing.
    Missing,
    /// The file that was made; the model's bytes lie elsewhere since they were repaired.
    Outdated,
    /// Something that was not made here, or was changed since.
    Other,
}

impl LaidState {
    /// As it is written; its name is `view-state-<this>` in `locales/`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Missing => "missing",
            Self::Outdated => "outdated",
            Self::Other => "other",
        }
    }
}

/// A view of a model, and what has become of each of its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LaidOutNow {
    /// The model.
    pub model: ModuleName,
    /// The view.
    #[serde(flatten)]
    pub view: LaidOut,
    /// What lies where each of its files should, in their order.
    pub states: Vec<LaidState>,
}
