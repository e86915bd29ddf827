//! What is read of two machines: one that has everything, and one of which the probe found little.

use super::Field;
use las_types::{BatteryState, GpuVendor, HardwareProfile, NetworkMode, VolumeKind};
use serde_json::{Value, json};

fn gpu(vendor: &str, model: &str, more: &Value) -> Value {
    let mut gpu = json!({
        "index": 0, "vendor": vendor, "model": model, "vram": 0, "vram_free": 0, "pci_address": null,
        "driver": null, "target": null, "nvlink_peers": []
    });
    for (name, value) in more.as_object().unwrap() {
        gpu[name] = value.clone();
    }
    gpu
}

fn profile(more: &Value) -> HardwareProfile {
    let mut whole = json!({
        "schema": 1, "source": { "kind": "detected" }, "taken_at": "2026-10-01T12:00:00Z",
        "cpu": {
            "model": "", "vendor": "", "architecture": "x86_64", "sockets": 1, "cores": 1, "threads": 2,
            "numa_nodes": 1, "features": []
        },
        "memory": { "total": 8_000_000_000_u64, "available": 1, "swap": 0, "limit": null },
        "gpus": [], "volumes": [], "container_engines": [], "absent": [],
        "os": { "name": "", "id": "", "version": "", "kernel": "" }
    });
    for (name, value) in more.as_object().unwrap() {
        whole[name] = value.clone();
    }
    serde_json::from_value(whole).unwrap()
}

fn rich() -> HardwareProfile {
    let rate = |per_second: u64| json!({ "per_second": per_second, "measured_at": "2026-10-01T12:00:00Z" });
    let volume = |kind: &str, filesystem: &str, size: u64, free: u64, read_rate: Value| {
        json!({
            "mount": "/", "kind": kind, "filesystem": filesystem, "size": size, "free": free,
            "read_rate": read_rate
        })
    };
    let old = json!({
        "driver": "nvidia 550.54.14", "target": "7.5", "runtime": "CUDA 12.4",
        "pcie": { "generation": 3, "width": 16 }
    });
    let new = json!({
        "driver": "nvidia 570.10", "target": "8.9", "runtime": "CUDA 12.8",
        "pcie": { "generation": 4, "width": 8 }
    });
    let other =
        json!({ "driver": "amdgpu 6.12.12", "target": "gfx1100", "runtime": "ROCm 60.4", "xgmi_peers": [1] });
    profile(&json!({
        "cpu": {
            "model": " Ryzen 9 ", "vendor": "AuthenticAMD", "architecture": "aarch64", "sockets": 2,
            "cores": 24, "threads": 48, "numa_nodes": 4, "virtual_machine": true,
            "caches": { "l1d": 1, "l2": 2, "l3": 64_000_000 }, "features": ["avx2", "fma"]
        },
        "memory": {
            "total": 64_000_000_000_u64, "available": 32_000_000_000_u64, "swap": 2_000_000_000_u64,
            "limit": 64_000_000_000_u64, "bandwidth": rate(90_000_000_000)
        },
        "gpus": [gpu("nvidia", "T4", &old), gpu("nvidia", "L4", &new), gpu("amd", "XTX", &other)],
        "npus": [
            { "device": "/dev/accel/accel0", "driver": "amdxdna", "id": null },
            { "device": "/dev/accel/accel1", "driver": null, "id": null }
        ],
        "volumes": [
            volume("nvme", "ext4", 2_000_000_000_000, 1_000_000_000, rate(7_000_000_000)),
            volume("hdd", "btrfs", 1_000_000_000_000, 500_000_000_000, Value::Null)
        ],
        "os": { "name": "Debian", "id": "debian", "version": "12", "kernel": "6.1.0-13-amd64" },
        "sandbox": { "landlock": "yes", "landlock_abi": 4, "user_namespaces": "yes", "seccomp": "yes", "cgroup": "v2" },
        "network": "local",
        "battery": { "state": "discharging", "percent": 40 },
        "container_engines": [{ "name": "podman", "version": "5", "socket": "" }],
        "absent": [{ "part": "docker", "reason": "no-socket", "detail": null }]
    }))
}

/// The field, and what is read of it on the machine that has everything and on the bare one.
const EXPECTED: &[(Field, &str, &str)] = &[
    (Field::Bandwidth, "90 GB/s", "0 B/s"),
    (Field::GpuVendor, "amd, nvidia", ""),
    (Field::GpuModel, "L4, T4, XTX", ""),
    (Field::GpuTarget, "7.5, 8.9, gfx1100", ""),
    // AMD's target is no compute capability, and its ROCm no CUDA.
    (Field::ComputeCapability, "8.9", "0.0"),
    (Field::Driver, "570.10", "0.0"),
    (Field::Cuda, "12.8", "0.0"),
    (Field::PcieGeneration, "4", "0"),
    (Field::PcieWidth, "16", "0"),
    (Field::Xgmi, "true", "false"),
    // One of the two has no driver, and so no name.
    (Field::Npu, "amdxdna", ""),
    (Field::NpuCount, "2", "0"),
    (Field::CpuCores, "24", "1"),
    (Field::CpuThreads, "48", "2"),
    (Field::CpuSockets, "2", "1"),
    (Field::NumaNodes, "4", "1"),
    (Field::CpuCache, "64 MB", "0 B"),
    (Field::CpuFeatures, "avx2, fma", ""),
    (Field::CpuVendor, "AuthenticAMD", ""),
    (Field::CpuModel, "Ryzen 9", ""),
    (Field::Arch, "aarch64", "x86_64"),
    (Field::VirtualMachine, "true", "false"),
    (Field::RamAvailable, "32 GB", "1 B"),
    (Field::Swap, "2 GB", "0 B"),
    (Field::MemoryLimited, "true", "false"),
    // Of several volumes the largest, the emptiest and the fastest, which need not be one.
    (Field::DiskSize, "2 TB", "0 B"),
    (Field::DiskFree, "500 GB", "0 B"),
    (Field::DiskRate, "7 GB/s", "0 B/s"),
    (Field::DiskKind, "hdd, nvme", ""),
    (Field::Filesystem, "btrfs, ext4", ""),
    (Field::Os, "debian", ""),
    (Field::OsVersion, "12.0", "0.0"),
    (Field::Kernel, "6.1", "0.0"),
    (Field::Landlock, "4", "0"),
    (Field::UserNamespaces, "true", "false"),
    (Field::Seccomp, "true", "false"),
    (Field::Cgroup, "v2", "unknown"),
    (Field::Battery, "true", "false"),
    (Field::OnBattery, "true", "false"),
    // A machine that always runs from the mains is never short of it.
    (Field::BatteryPercent, "40", "100"),
    (Field::Network, "local", "unknown"),
    (Field::ContainerEngine, "podman", ""),
    (Field::Absent, "docker", ""),
];

#[test]
fn every_field_is_read_from_its_place_in_the_profile() {
    let (rich, bare) = (rich(), profile(&json!({})));
    for (field, has, lacks) in EXPECTED {
        assert_eq!(field.show(&field.of(&rich)), *has, "{}", field.name());
        assert_eq!(field.show(&field.of(&bare)), *lacks, "{} of the bare machine", field.name());
    }
    // The others are worked out from the parts of a machine.
    let parts = Field::ALL.iter().filter(|field| EXPECTED.iter().all(|(other, ..)| other != *field));
    let parts: Vec<&str> = parts.map(|field| field.name()).collect();
    assert_eq!(parts, ["gpu_vram", "gpu_count", "ram", "nvlink", "unified_memory", "gpu_vram_total"]);
}

#[test]
fn what_is_one_of_few_things_is_named_as_profiles_write_it() {
    let shown = |field: Field, profile: &HardwareProfile| field.show(&field.of(profile));
    let mut profile = rich();
    // The name that serde gives it in a profile is the one that a policy compares with.
    let written = |value: Value| value.as_str().unwrap().to_owned();
    for vendor in [GpuVendor::Nvidia, GpuVendor::Amd, GpuVendor::Intel] {
        profile.gpus.truncate(1);
        profile.gpus[0].vendor = vendor;
        assert_eq!(shown(Field::GpuVendor, &profile), written(json!(vendor)));
    }
    for kind in [
        VolumeKind::Nvme,
        VolumeKind::Ssd,
        VolumeKind::Hdd,
        VolumeKind::Network,
        VolumeKind::Memory,
        VolumeKind::Unknown,
    ] {
        profile.volumes.truncate(1);
        profile.volumes[0].kind = kind;
        assert_eq!(shown(Field::DiskKind, &profile), written(json!(kind)));
    }
    for mode in [NetworkMode::Online, NetworkMode::Local, NetworkMode::Offline, NetworkMode::Unknown] {
        profile.network = mode;
        assert_eq!(shown(Field::Network, &profile), written(json!(mode)));
    }
    for text in ["v1", "hybrid", "v2", "unknown"] {
        profile.sandbox.cgroup = serde_json::from_value(json!(text)).unwrap();
        assert_eq!(shown(Field::Cgroup, &profile), text);
    }
}

#[test]
fn a_battery_that_charges_is_there_and_does_not_feed_the_machine() {
    let mut profile = rich();
    for state in [BatteryState::Charging, BatteryState::Idle, BatteryState::Unknown] {
        profile.battery.as_mut().unwrap().state = state;
        let shown = |field: Field| field.show(&field.of(&profile));
        assert_eq!((shown(Field::Battery), shown(Field::OnBattery)), ("true".into(), "false".into()));
    }
}

#[test]
fn gpus_that_stand_apart_are_joined_by_no_fabric() {
    let mut profile = rich();
    for gpu in &mut profile.gpus {
        gpu.xgmi_peers.clear();
    }
    assert_eq!(Field::Xgmi.show(&Field::Xgmi.of(&profile)), "false");
}
