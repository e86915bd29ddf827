//! What is shown of registries, and of where a manifest comes from.

use crate::ErrorBody;
use las_types::{Origin, Timestamp, Version};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the manifests of a registry rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RegistryStanding {
    /// It is part of the application.
    Shipped,
    /// There is none at that place.
    Absent,
    /// Nobody vouches for them.
    Unsigned,
    /// A trusted key does.
    Signed,
    /// Nothing of it was loaded.
    Refused,
}

/// One registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RegistryView {
    /// Whose it is; they are listed in the order in which they count.
    pub origin: Origin,
    /// Its directory.
    pub path: String,
    /// What its manifests rest on.
    pub standing: RegistryStanding,
    /// Of a signed one: the index and its version, `example 7`.
    pub index: Option<String>,
    /// Of a signed one: the name of the key.
    pub key: Option<String>,
    /// Of a signed one: from when on it won't be believed.
    pub expires: Option<Timestamp>,
    /// Why nothing of it was loaded.
    pub failure: Option<ErrorBody>,
    /// How many of its manifests can be used.
    pub manifests: u32,
    /// Those that were set aside.
    pub rejected: Vec<RejectedView>,
}

/// One file that was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RejectedView {
    /// Which.
    pub path: String,
    /// Why.
    pub failure: ErrorBody,
}

/// Where one version of a module comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReleaseView {
    /// The version.
    pub version: Version,
    /// Whose registry.
    pub origin: Origin,
    /// The manifest's file.
    pub path: String,
    /// Whose registries have the same version too, which this one hides.
    pub hides: Vec<Origin>,
}
