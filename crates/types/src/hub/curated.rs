//! An entry of the list of well-known models, `registry/models/*.yaml`.

use crate::{
    Ability, ByteSize, Digest, ModelShape, ParameterCount, RepositoryId, RepositoryPath, WeightsFormat,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A well-known model, as the list has it. A figure that nobody published, or that was not looked up, is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CuratedModel {
    /// Its repository on Hugging Face.
    pub id: RepositoryId,
    /// Its repository on ModelScope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_scope: Option<RepositoryId>,
    /// What people call it.
    pub title: String,
    /// Who made it.
    pub maker: String,
    /// What it is for, in the words of the hubs.
    pub task: String,
    /// Parameters, as its maker counts them.
    pub parameters: ParameterCount,
    /// For a mixture of experts: parameters that one token uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<ParameterCount>,
    /// Longest context in tokens, as its maker says.
    pub context: u32,
    /// How it is made, as its maker's configuration says; of models whose layers all see the whole context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<ModelShape>,
    /// Its licence: an SPDX expression, or `LicenseRef-` and a name.
    pub license: String,
    /// Whether its owner asks for an agreement first.
    #[serde(default)]
    pub gated: bool,
    /// The format of its files.
    pub format: WeightsFormat,
    /// What it can do.
    pub abilities: Vec<Ability>,
    /// Whether it understands pictures.
    #[serde(default)]
    pub vision: bool,
    /// Files of that repository by which it is run.
    pub files: Vec<CuratedFile>,
}

/// A file of such a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CuratedFile {
    /// Its path in the repository.
    pub path: RepositoryPath,
    /// Its size, if it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<ByteSize>,
    /// Its digest, if it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}
