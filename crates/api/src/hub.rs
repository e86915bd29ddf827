//! Models that can be had: what is asked, what is answered.

use crate::ErrorBody;
use crate::request::{number_if_any, yes_or_text};
use las_types::{
    ByteSize, FoundModel, ModelFit, ModelPackage, ModelRepository, ScannedModel, SourceName, WeightsFormat,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What models to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct ModelSearchRequest {
    /// Words that its name holds.
    pub words: String,
    /// The source to ask; all that are switched on if absent.
    pub source: Option<SourceName>,
    /// What it is for, in the words of the hubs: `text-generation`.
    pub task: Option<String>,
    /// In which format it is there.
    pub format: Option<WeightsFormat>,
    /// Its licence, as SPDX writes it in lower case.
    pub licence: Option<String>,
    /// How many bytes its smallest form may have; what says no size is not left out.
    #[serde(deserialize_with = "number_if_any")]
    pub at_most: Option<u64>,
    /// Only what fits, with limits or without; what says neither a size nor its parameters is left out.
    #[serde(deserialize_with = "yes_or_text")]
    pub fits: bool,
    /// At most so many from each source; 20 if absent.
    #[serde(deserialize_with = "number_if_any")]
    pub limit: Option<u64>,
    /// Where the page before ended: its `next`. Only with one source.
    pub cursor: Option<String>,
}

impl ModelSearchRequest {
    /// As sources are asked.
    pub fn query(self) -> las_types::ModelQuery {
        las_types::ModelQuery {
            words: self.words,
            source: self.source,
            task: self.task.filter(|task| !task.is_empty()),
            format: self.format,
            licence: self.licence.filter(|licence| !licence.is_empty()),
            at_most: self.at_most.map(ByteSize::new),
            limit: self.limit.map_or(0, |limit| u32::try_from(limit).unwrap_or(u32::MAX)),
            cursor: self.cursor,
        }
    }
}

/// One model that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundModelView {
    /// What its source says.
    #[serde(flatten)]
    pub found: FoundModel,
    /// How it stands to this machine; none where neither its size nor its parameters are published.
    pub fit: Option<ModelFit>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelSearchView {
    /// The models, source by source.
    pub models: Vec<FoundModelView>,
    /// Where the next page begins; none if there is none, or if more than one source was asked.
    pub next: Option<String>,
    /// Whether no source in a network answered, so that this is what is known without one.
    pub offline: bool,
    /// Why sources did not answer.
    pub failures: Vec<ErrorBody>,
}

/// Which repository to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelShowRequest {
    /// Its name at the source.
    pub id: String,
    /// The source to ask; the first that has it if absent.
    #[serde(default)]
    pub source: Option<SourceName>,
    /// A branch, a tag or a commit; what its owner shows if absent.
    #[serde(default)]
    pub revision: Option<String>,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelRepositoryView {
    /// The repository.
    pub repository: ModelRepository,
    /// What is installed from it.
    pub installed: Vec<ModelPackage>,
    /// Whether no source in a network answered, so that this is what is known without one.
    pub offline: bool,
    /// Why sources did not answer.
    pub failures: Vec<ErrorBody>,
}

/// Where to look for models that other tools keep.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct ModelScanRequest {
    /// Only in this folder, absolute; in those of every known tool and of the configuration if absent.
    pub folder: Option<String>,
}

/// One model that another tool keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScannedModelView {
    /// What was found.
    #[serde(flatten)]
    pub scanned: ScannedModel,
    /// Why it can't be adopted; none if it can.
    pub refusal: Option<ErrorBody>,
}

/// What other tools keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelScanView {
    /// The models, tool by tool.
    pub models: Vec<ScannedModelView>,
    /// What could not be looked at.
    pub failures: Vec<ErrorBody>,
}
