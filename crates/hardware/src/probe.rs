//! The whole profile.

use crate::recorded::SCHEMA;
use crate::{Roots, battery, cpu, engine, gpu, memory, mount, network, npu, os, sandbox, volume};
use las_types::{HardwareProfile, ProfileSource, Timestamp};

/// Probes this machine. `clock_now` is written as the time it was taken. Never fails: what can't
/// be read is zero, empty, or listed as absent.
pub fn probe(clock_now: Timestamp) -> HardwareProfile {
    probe_at(&Roots::system(), clock_now)
}

/// Probes the machine whose files are below `roots`.
pub fn probe_at(roots: &Roots, clock_now: Timestamp) -> HardwareProfile {
    // Drivers and engines take their time to answer; the files are read meanwhile.
    std::thread::scope(|scope| {
        let nvidia = scope.spawn(|| gpu::nvidia(roots));
        let engines = scope.spawn(|| engine::engines(roots));
        let mounts = mount::mounts(roots);
        let cpu = cpu::cpu(roots, &mounts);
        let memory = memory::memory(roots, &mounts);
        let volumes = volume::volumes(roots, &mounts);
        let os = os::operating_system(roots);
        let (cards, mut absent_cards) = gpu::sysfs(roots);
        // A thread of ours doesn't panic; if the driver's library made one, the GPU is not usable.
        let (mut gpus, absent) = nvidia.join().unwrap_or_else(|_| gpu::nvidia_broken());
        gpus.extend(cards);
        let mut all_absent: Vec<_> = absent.into_iter().collect();
        all_absent.append(&mut absent_cards);
        let (npus, absent_npu) = npu::npus(roots);
        all_absent.extend(absent_npu);
        let (container_engines, absent_engines) = engines.join().unwrap_or_default();
        all_absent.extend(absent_engines);
        HardwareProfile {
            schema: SCHEMA,
            source: ProfileSource::Detected,
            taken_at: clock_now,
            cpu,
            memory,
            gpus,
            npus,
            volumes,
            sandbox: sandbox::sandbox(roots, &mounts, &os.kernel),
            network: network::network(roots),
            battery: battery::battery(roots),
            os,
            container_engines,
            absent: all_absent,
        }
    })
}

/// The same profile with what changes all the time read again: memory, the space on volumes, the battery, the network. Asks no
/// driver and no engine, so it costs a few file reads; a recorded profile stays as it is.
pub fn refresh(profile: &HardwareProfile) -> HardwareProfile {
    let mut fresh = profile.clone();
    if profile.source == ProfileSource::Detected {
        let roots = Roots::system();
        let mounts = mount::mounts(&roots);
        fresh.memory = memory::memory(&roots, &mounts);
        fresh.volumes = volume::volumes(&roots, &mounts);
        fresh.battery = battery::battery(&roots);
        fresh.network = network::network(&roots);
        fresh = fresh.with_measurements(&profile.measurements());
    }
    fresh
}
