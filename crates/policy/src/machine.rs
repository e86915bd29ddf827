//! The numbers of a machine that policies bound.

use las_types::{ByteSize, HardwareProfile};

/// What policies see of a machine. GPUs that share main memory don't count: their memory is the
/// machine's, and would be counted twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Memory of each GPU that has its own, largest first.
    gpus: Vec<ByteSize>,
    ram: ByteSize,
    nvlink: bool,
}

/// Whether GPUs are joined by NVLink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NvLink {
    Joined,
    Apart,
}

impl Machine {
    pub(crate) fn new(mut gpus: Vec<ByteSize>, ram: ByteSize, nvlink: NvLink) -> Self {
        gpus.retain(|vram| *vram > ByteSize::default());
        gpus.sort_unstable_by(|a, b| b.cmp(a));
        Self { gpus, ram, nvlink: nvlink == NvLink::Joined }
    }

    /// Memory of the largest GPU; zero without one.
    pub fn gpu_vram(&self) -> ByteSize {
        self.gpus.first().copied().unwrap_or_default()
    }

    /// How many GPUs have memory of their own.
    pub fn gpu_count(&self) -> u32 {
        self.gpus_from(ByteSize::default())
    }

    /// How many GPUs have at least this much memory of their own.
    pub fn gpus_from(&self, vram: ByteSize) -> u32 {
        u32::try_from(self.gpus.iter().filter(|own| **own >= vram).count()).unwrap_or(u32::MAX)
    }

    /// Main memory that may be used.
    pub fn ram(&self) -> ByteSize {
        self.ram
    }

    /// Whether GPUs are joined by NVLink.
    pub fn nvlink(&self) -> bool {
        self.nvlink
    }

    /// This machine with its `count` largest GPUs (added where it has fewer) brought to `vram`.
    pub(crate) fn with_gpus(&self, count: u32, vram: ByteSize) -> Self {
        let mut gpus = self.gpus.clone();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        gpus.resize(gpus.len().max(count), ByteSize::default());
        for own in gpus.iter_mut().take(count) {
            *own = vram.max(*own);
        }
        Self::new(gpus, self.ram, self.link())
    }

    pub(crate) fn with_ram(&self, ram: ByteSize) -> Self {
        Self { ram, ..self.clone() }
    }

    pub(crate) fn with_link(&self, link: NvLink) -> Self {
        Self { nvlink: link == NvLink::Joined, ..self.clone() }
    }

    pub(crate) fn link(&self) -> NvLink {
        if self.nvlink { NvLink::Joined } else { NvLink::Apart }
    }

    /// Memory of all GPUs together.
    pub(crate) fn all_vram(&self) -> ByteSize {
        self.gpus.iter().copied().sum()
    }
}

impl From<&HardwareProfile> for Machine {
    fn from(profile: &HardwareProfile) -> Self {
        let joined = profile.gpus.iter().any(|gpu| !gpu.nvlink_peers.is_empty());
        let link = if joined { NvLink::Joined } else { NvLink::Apart };
        Self::new(profile.gpus.iter().map(|gpu| gpu.vram).collect(), profile.memory.total, link)
    }
}
