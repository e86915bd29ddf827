//! What was measured once, and what comes and goes.

use super::HardwareProfile;
use crate::{ByteSize, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// A rate that was measured once and is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Measurement {
    /// Bytes a second.
    pub per_second: ByteSize,
    /// When it was measured.
    #[schemars(with = "String")]
    pub measured_at: Timestamp,
}

/// How far the network reaches, as interfaces and routes say; nobody was contacted to find out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum NetworkMode {
    /// An interface is up and a route leads beyond it.
    Online,
    /// An interface is up, and no route leads beyond its own network.
    Local,
    /// No interface but the machine's own is up.
    Offline,
    /// The kernel doesn't say.
    #[default]
    Unknown,
}

/// What was measured of one machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurements {
    /// Whose they are: [`HardwareProfile::identity`], without `sha256:`.
    pub identity: String,
    /// Of main memory.
    pub memory: Option<Measurement>,
    /// Of volumes, by mount point.
    pub volumes: BTreeMap<String, Measurement>,
}

impl HardwareProfile {
    /// The profile with what was measured of this machine before; another machine's measurements say
    /// nothing of it.
    #[must_use]
    pub fn with_measurements(mut self, kept: &Measurements) -> Self {
        if kept.identity == self.identity().hex() {
            self.memory.bandwidth = kept.memory;
            for volume in &mut self.volumes {
                volume.read_rate = kept.volumes.get(&volume.mount).copied();
            }
        }
        self
    }

    /// What is known to have been measured of it.
    pub fn measurements(&self) -> Measurements {
        let of = |volume: &super::Volume| Some((volume.mount.clone(), volume.read_rate?));
        Measurements {
            identity: self.identity().hex(),
            memory: self.memory.bandwidth,
            volumes: self.volumes.iter().filter_map(of).collect(),
        }
    }
}
