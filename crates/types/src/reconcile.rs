//! How often the machine is compared with what was recorded, and what is put right without being asked.

use crate::ByteSize;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The policy of reconciliation: `reconcile.yaml` of a policy set. What is left out is as in the default set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct ReconcilePolicy {
    /// How often a core that lives long looks: `20s`, `5m`. At least one second.
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub every: SignedDuration,
    /// How often it asks drivers about the hardware, which may wake a GPU that sleeps.
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub hardware_every: SignedDuration,
    /// Bytes of modules that were last read longer ago are read again, changed or not. When those of models are is configured
    /// (`models.verify_every`).
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub rehash_after: SignedDuration,
    /// Within this time the same thing is repaired at most `repairs` times; after that it is left and named.
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub window: SignedDuration,
    /// How often.
    pub repairs: u32,
    /// Less free space than this where the data lies is named; on a small disk, less than a twentieth of it.
    pub least_free: ByteSize,
    /// What is repaired without being asked.
    pub repair: RepairPolicy,
}

/// What happens to each class of drift that can be repaired without loss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct RepairPolicy {
    /// Files of modules and models that are missing or damaged, or have other rights.
    pub files: Response,
    /// Records of generations.
    pub records: Response,
    /// Services whose socket does not answer, or is answered by somebody else.
    pub services: Response,
    /// What belongs to nothing that is installed: repairing removes it.
    pub strays: Response,
}

/// What happens to a drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// It is put right by a plan, as the actor `reconciler`.
    Repair,
    /// It is named, and a person decides.
    Name,
}

impl Default for ReconcilePolicy {
    fn default() -> Self {
        Self {
            every: SignedDuration::from_secs(20),
            hardware_every: SignedDuration::from_mins(10),
            rehash_after: SignedDuration::from_hours(7 * 24),
            window: SignedDuration::from_hours(1),
            repairs: 2,
            least_free: ByteSize::new(1_000_000_000),
            repair: RepairPolicy::default(),
        }
    }
}

impl Default for RepairPolicy {
    fn default() -> Self {
        Self {
            files: Response::Repair,
            records: Response::Repair,
            services: Response::Repair,
            strays: Response::Name,
        }
    }
}

impl ReconcilePolicy {
    /// What happens to drifts of a class.
    pub fn response(&self, class: crate::DriftClass) -> Response {
        use crate::DriftClass::{Files, Named, Records, Services, Strays};
        match class {
            Files => self.repair.files,
            Records => self.repair.records,
            Services => self.repair.services,
            Strays => self.repair.strays,
            Named => Response::Name,
        }
    }
}
