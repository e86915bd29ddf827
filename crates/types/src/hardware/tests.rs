//! The published form, old files, and what an identity is made of.

use super::{Battery, BatteryState, Caches, HardwareProfile, Sandbox};
use crate::ByteSize;
use std::path::{Path, PathBuf};

fn tree(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn profile(name: &str) -> HardwareProfile {
    let path = tree("tests/profiles").join(name).with_extension("json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Run with `LAS_UPDATE_SCHEMA=1` after a change to the form to write the file anew.
#[test]
fn the_published_schema_is_the_current_one() {
    let path = tree("registry/schema/hardware-profile.schema.json");
    let current = serde_json::to_string_pretty(&HardwareProfile::json_schema()).unwrap() + "\n";
    if std::env::var_os("LAS_UPDATE_SCHEMA").is_some() {
        #[expect(clippy::disallowed_methods, reason = "regenerates a file of the source tree")]
        std::fs::write(&path, &current).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap() == current, "run this test with LAS_UPDATE_SCHEMA=1");
}

/// The files of the first release lack what was added since; they must still load, and the schema
/// must not ask for more than they have.
#[test]
fn a_profile_from_before_the_form_was_widened_still_loads() {
    let mut value = serde_json::to_value(profile("rtx-4090-24gb")).unwrap();
    let whole = value.as_object_mut().unwrap();
    for added in ["npus", "sandbox", "battery"] {
        whole.remove(added);
    }
    whole["cpu"].as_object_mut().unwrap().remove("caches");
    for added in ["xgmi_peers", "runtime", "pcie", "unified_memory"] {
        whole["gpus"][0].as_object_mut().unwrap().remove(added);
    }
    let old: HardwareProfile = serde_json::from_value(value).unwrap();
    assert_eq!((old.sandbox, old.battery, old.cpu.caches), (Sandbox::default(), None, Caches::default()));
    assert!(old.npus.is_empty() && !old.gpus[0].unified_memory && old.gpus[0].pcie.is_none());
    let schema = HardwareProfile::json_schema();
    let required = schema["required"].as_array().unwrap();
    assert!(required.iter().any(|field| field == "memory"));
    assert!(!required.iter().any(|field| field == "npus" || field == "sandbox" || field == "battery"));
}

#[test]
fn an_identity_outlives_updates_and_load_and_changes_with_the_hardware() {
    let before = profile("rtx-4090-24gb");
    let mut same = before.clone();
    same.taken_at = "2027-01-01T00:00:00Z".parse().unwrap();
    same.cpu.threads = 3;
    same.memory.available = "1GB".parse().unwrap();
    same.memory.total = ByteSize::new(same.memory.total.bytes() - (4 << 20));
    same.gpus[0].vram_free = "1GB".parse().unwrap();
    same.gpus[0].driver = Some("nvidia 999.1".to_owned());
    same.gpus[0].runtime = Some("CUDA 99.0".to_owned());
    same.os.kernel = "9.9".to_owned();
    same.battery = Some(Battery { state: BatteryState::Idle, percent: None });
    same.volumes.clear();
    same.absent.clear();
    assert_eq!(same.identity(), before.identity());

    let changes: [fn(&mut HardwareProfile); 5] = [
        |p| p.cpu.model.push('X'),
        |p| p.memory.total = "128GiB".parse().unwrap(),
        |p| p.gpus[0].vram = "48GiB".parse().unwrap(),
        |p| p.gpus.truncate(1),
        |p| p.npus.push(super::Npu { device: "/dev/accel/accel0".to_owned(), driver: None, id: None }),
    ];
    for (place, change) in changes.iter().enumerate() {
        let mut other = before.clone();
        change(&mut other);
        assert_ne!(other.identity(), before.identity(), "change {place}");
    }
}

#[test]
fn what_comes_and_goes_is_the_admission_and_no_part_of_the_identity() {
    let before = profile("rtx-4090-24gb");
    let changes: [fn(&mut HardwareProfile); 5] = [
        |profile| profile.memory.available = ByteSize::new(1),
        |profile| profile.volumes[0].free = ByteSize::new(1),
        |profile| profile.gpus[0].vram_free = ByteSize::new(1),
        |profile| profile.battery = Some(Battery { state: BatteryState::Discharging, percent: Some(9) }),
        |profile| profile.network = crate::NetworkMode::Local,
    ];
    for (place, change) in changes.into_iter().enumerate() {
        let mut after = before.clone();
        change(&mut after);
        assert_eq!(after.identity(), before.identity(), "{place}");
        assert_ne!(after.admission(), before.admission(), "{place}");
    }
    let mut other = before.clone();
    other.cpu.cores += 1;
    other.gpus[0].model = "another".to_owned();
    assert_ne!(other.identity(), before.identity());
    assert_eq!(other.admission(), before.admission());
}
