//! The processor: what it is, what it can do, and how much of it this process may use.

use crate::mount::Mount;
use crate::{Roots, cgroup, list};
use las_types::{ByteSize, Caches, Cpu};
use std::collections::BTreeSet;
use std::io::Read;

/// Features that engines choose their code by: the kernel's name and ours, where they differ.
const FEATURES: &[(&str, &str)] = &[
    ("sse4_2", "sse4_2"),
    ("avx", "avx"),
    ("avx2", "avx2"),
    ("avx512f", "avx512f"),
    ("avx512_vnni", "avx512_vnni"),
    ("avx512_bf16", "avx512_bf16"),
    ("avx_vnni", "avx_vnni"),
    ("amx_int8", "amx_int8"),
    ("amx_bf16", "amx_bf16"),
    ("f16c", "f16c"),
    ("fma", "fma"),
    ("asimd", "neon"),
    ("neon", "neon"),
    ("asimddp", "dotprod"),
    ("sve", "sve"),
    ("i8mm", "i8mm"),
    ("bf16", "bf16"),
];

/// Makers of Arm cores, by the "CPU implementer" of the kernel (Arm's MIDR_EL1 register).
const IMPLEMENTERS: &[(&str, &str)] = &[
    ("0x41", "ARM"),
    ("0x42", "Broadcom"),
    ("0x43", "Cavium"),
    ("0x46", "Fujitsu"),
    ("0x48", "HiSilicon"),
    ("0x4e", "NVIDIA"),
    ("0x50", "APM"),
    ("0x51", "Qualcomm"),
    ("0x61", "Apple"),
    ("0xc0", "Ampere"),
];

pub(crate) fn cpu(roots: &Roots, mounts: &[Mount]) -> Cpu {
    let about = first_processor(roots);
    let field = |name: &str| {
        about.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim().to_owned()).filter(|value| !value.is_empty())
        })
    };
    let implementer = field("CPU implementer");
    let named = IMPLEMENTERS.iter().find(|(id, _)| implementer.as_deref() == Some(id)).map(|(_, name)| *name);
    let vendor = field("vendor_id").or_else(|| named.map(str::to_owned)).or_else(|| implementer.clone());
    let board = || Some(roots.text("/sys/firmware/devicetree/base/model")?.trim_end_matches('\0').to_owned());
    let part = || Some(format!("{} {}", named?, field("CPU part")?));
    let flags = field("flags").or_else(|| field("Features")).unwrap_or_default();
    let words: BTreeSet<&str> = flags.split_ascii_whitespace().collect();
    let features: BTreeSet<&str> =
        FEATURES.iter().filter(|(kernel, _)| words.contains(kernel)).map(|(_, ours)| *ours).collect();
    let (sockets, cores, online) = topology(roots);
    Cpu {
        model: field("model name").or_else(board).or_else(part).unwrap_or_default(),
        vendor: vendor.unwrap_or_default(),
        architecture: std::env::consts::ARCH.to_owned(),
        sockets,
        cores,
        threads: usable_threads(roots, mounts, online),
        numa_nodes: count(
            list::numbers(&roots.text("/sys/devices/system/node/online").unwrap_or_default()).len(),
        ),
        // Processors of Arm have no such flag; their hypervisors show themselves here.
        virtual_machine: words.contains("hypervisor") || roots.text("/sys/hypervisor/type").is_some(),
        caches: caches(roots),
        features: features.into_iter().map(str::to_owned).collect(),
    }
}

/// The caches of the first core, as the kernel lists them; it writes sizes as `32K`.
fn caches(roots: &Roots) -> Caches {
    let mut found = Caches::default();
    let folder = "/sys/devices/system/cpu/cpu0/cache";
    for name in roots.names(folder).iter().filter(|name| name.starts_with("index")) {
        let text = |file: &str| roots.text(format!("{folder}/{name}/{file}"));
        let Some(size) = text("size").as_deref().and_then(kibibytes) else { continue };
        match (text("level").as_deref(), text("type").as_deref()) {
            (Some("1"), Some("Data" | "Unified")) => found.l1d = size,
            (Some("2"), _) => found.l2 = size,
            (Some("3"), _) => found.l3 = size,
            _ => {}
        }
    }
    found
}

fn kibibytes(text: &str) -> Option<ByteSize> {
    let number: u64 = text.strip_suffix('K')?.parse().ok()?;
    Some(ByteSize::new(number.saturating_mul(1024)))
}

/// The description of the first processor. The whole file is long on large machines, and slow
/// where the kernel measures each processor's clock for it.
fn first_processor(roots: &Roots) -> String {
    let mut text = Vec::new();
    if let Ok(file) = std::fs::File::open(roots.path("/proc/cpuinfo")) {
        let mut part = file.take(64 * 1024);
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = part.read(&mut buffer) {
            text.extend_from_slice(&buffer[..length]);
            if text.windows(2).any(|pair| pair == b"\n\n") {
                break;
            }
        }
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    text.split("\n\n").next().unwrap_or_default().to_owned()
}

/// Sockets, physical cores and hardware threads that are online.
fn topology(roots: &Roots) -> (u32, u32, u32) {
    let online = list::numbers(&roots.text("/sys/devices/system/cpu/online").unwrap_or_default());
    if online.is_empty() {
        return listed_topology(roots);
    }
    // One read per core and per socket: the others of each are in its list.
    let groups = |names: [&str; 2]| {
        let mut seen: BTreeSet<u32> = BTreeSet::new();
        let mut groups = 0;
        for cpu in &online {
            if seen.insert(*cpu) {
                groups += 1;
                let folder = format!("/sys/devices/system/cpu/cpu{cpu}/topology");
                let members = names.iter().find_map(|name| roots.text(format!("{folder}/{name}")));
                seen.extend(members.iter().flat_map(|text| list::numbers(text)));
            }
        }
        groups
    };
    let sockets = groups(["package_cpus_list", "core_siblings_list"]);
    (sockets, groups(["core_cpus_list", "thread_siblings_list"]), count(online.len()))
}

/// The same from `/proc/cpuinfo`, where there is no `/sys`.
fn listed_topology(roots: &Roots) -> (u32, u32, u32) {
    let text = roots.text("/proc/cpuinfo").unwrap_or_default();
    let (mut packages, mut cores, mut threads) = (BTreeSet::new(), BTreeSet::new(), 0_u32);
    for block in text.split("\n\n") {
        let field = |name: &str| {
            let fields = block.lines().filter_map(|line| line.split_once(':'));
            fields.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned()).next()
        };
        if let Some(processor) = field("processor") {
            threads += 1;
            let package = field("physical id").unwrap_or_default();
            cores.insert((package.clone(), field("core id").unwrap_or(processor)));
            packages.insert(package);
        }
    }
    (count(packages.len()), count(cores.len()), threads.max(1))
}

/// Online threads, less by affinity and by the quota of the container or service.
fn usable_threads(roots: &Roots, mounts: &[Mount], online: u32) -> u32 {
    let status = roots.text("/proc/self/status").unwrap_or_default();
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).map(list::numbers);
    let by_affinity = allowed.map_or(online, |cpus| count(cpus.len())).min(online);
    let quota = cgroup::groups(roots, mounts, "cpu").and_then(|groups| groups.threads(roots));
    by_affinity.min(quota.unwrap_or(u32::MAX)).max(1)
}

/// At least one of everything: a process runs on something.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX).max(1)
}
