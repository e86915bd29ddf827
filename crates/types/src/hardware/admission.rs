//! The part of a profile that comes and goes while the machine stays the same.

use super::{Battery, HardwareProfile, NetworkMode};
use crate::ByteSize;
use std::collections::BTreeMap;

/// What a machine has to spare at one moment. Whether something is admitted now depends on it; what the machine is,
/// does not: see [`HardwareProfile::identity`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Main memory available without swapping.
    pub memory: ByteSize,
    /// Swap that there is.
    pub swap: ByteSize,
    /// Free space of each volume, by mount point.
    pub volumes: BTreeMap<String, ByteSize>,
    /// Free memory of each GPU, in the driver's order. Only a driver knows it, so it is as old as the last full probe.
    pub gpus: Vec<ByteSize>,
    /// The battery.
    pub battery: Option<Battery>,
    /// How far the network reaches.
    pub network: NetworkMode,
}

impl HardwareProfile {
    /// What comes and goes without another machine: what is free, the battery, the network.
    ///
    /// A profile has three parts. What is built in makes the [`identity`](Self::identity). This part changes all the
    /// time and is read again by each look at the machine, which costs a few file reads. The rest (drivers, system,
    /// engines, what was measured) changes by somebody's doing, and is read by a full probe.
    pub fn admission(&self) -> Admission {
        Admission {
            memory: self.memory.available,
            swap: self.memory.swap,
            volumes: self.volumes.iter().map(|volume| (volume.mount.clone(), volume.free)).collect(),
            gpus: self.gpus.iter().map(|gpu| gpu.vram_free).collect(),
            battery: self.battery,
            network: self.network,
        }
    }
}
