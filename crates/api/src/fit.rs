//! How models stand to this machine: what is asked, what is answered.

use crate::ErrorBody;
use crate::request::number_if_any;
use las_types::{CacheType, ModelFitReport, RepositoryPath, SourceName};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which model, and how it is to be loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct ModelFitRequest {
    /// A model that is installed, a well-known one by its name, or a repository.
    pub id: String,
    /// One file of a repository; all its models if absent.
    pub file: Option<RepositoryPath>,
    /// The source to ask; the first that has it if absent.
    pub source: Option<SourceName>,
    /// A branch, a tag or a commit; what its owner shows if absent.
    pub revision: Option<String>,
    /// Context of one conversation, in tokens; what a load gives without being asked if absent.
    #[serde(deserialize_with = "number_if_any")]
    pub context: Option<u64>,
    /// Type of keys and values; 16-bit floats if absent.
    pub cache: Option<CacheType>,
}

/// How models stand to this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelFitView {
    /// The model, or each of a repository's.
    pub models: Vec<ModelFitReport>,
    /// Which of them a pull would choose, by its place among them.
    pub chosen: Option<u32>,
    /// Whether no source in a network answered, so that this is what is known without one.
    pub offline: bool,
    /// Why sources did not answer.
    pub failures: Vec<ErrorBody>,
}
