//! The part of a profile that stays as long as the machine does.

use super::{Cpu, Gpu, HardwareProfile, Npu};
use crate::Digest;
use serde::Serialize;

const GIB: u64 = 1 << 30;

/// What the identity is made of, in this order.
#[derive(Serialize)]
struct Stable {
    cpu: Cpu,
    /// The kernel keeps some megabytes to itself, and each release others.
    memory_gib: u64,
    gpus: Vec<Gpu>,
    npus: Vec<Npu>,
}

impl HardwareProfile {
    /// A digest over what stays the same while the machine is: the processor, main memory in whole
    /// GiB (rounded up), GPUs and neural processors with all that is built in.
    ///
    /// Not in it is what comes and goes without another machine: what is free, threads by affinity
    /// or quota, what was measured, drivers and runtimes, volumes, system, engines, battery, sandbox, absences, and
    /// where and when the profile was taken. A container with a lower memory limit is another
    /// machine, as policies see it.
    pub fn identity(&self) -> Digest {
        let stable = Stable {
            cpu: Cpu { threads: 0, ..self.cpu.clone() },
            memory_gib: self.memory.total.bytes().div_ceil(GIB),
            gpus: self.gpus.iter().map(built_in).collect(),
            npus: self.npus.iter().map(|npu| Npu { driver: None, ..npu.clone() }).collect(),
        };
        // Numbers, texts and lists of them can always be written.
        Digest::of(&serde_json::to_vec(&stable).unwrap_or_default())
    }
}

/// A GPU without what its driver makes of it.
fn built_in(gpu: &Gpu) -> Gpu {
    Gpu { vram_free: crate::ByteSize::default(), driver: None, runtime: None, ..gpu.clone() }
}
