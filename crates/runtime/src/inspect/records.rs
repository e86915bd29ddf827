//! Records beside the database: lock files of generations, and the machine as it was remembered.

use crate::durable::{self, Access};
use crate::home::Home;
use las_types::{Drift, DriftKind, Failure, Generation, HardwareProfile, Repair};
use std::path::PathBuf;

fn lock_file(home: &Home, generation: &Generation) -> PathBuf {
    home.generations().join(format!("{}.lock", generation.number))
}

fn lock_text(generation: &Generation) -> Result<Vec<u8>, Failure> {
    let mut text = serde_json::to_vec_pretty(generation).map_err(Failure::internal)?;
    text.push(b'\n');
    Ok(text)
}

/// Writes a generation's lock file.
pub(crate) fn write_generation(home: &Home, generation: &Generation) -> Result<(), Failure> {
    durable::write_file(&lock_file(home, generation), &lock_text(generation)?, Access::Private)
}

/// Compares a generation's lock file with what was written.
pub(crate) fn generation(home: &Home, generation: &Generation) -> Result<Option<Drift>, Failure> {
    let kind = match std::fs::read(lock_file(home, generation)) {
        // Its content counts: another version may have written it in another form.
        Ok(text) if serde_json::from_slice::<Generation>(&text).is_ok_and(|found| found == *generation) => {
            return Ok(None);
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => DriftKind::LockMissing,
        // Who may not look says nothing of it.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err(Failure::io(&lock_file(home, generation), error));
        }
        // One that can't be read otherwise is as good as another one.
        Ok(_) | Err(_) => DriftKind::LockEdited,
    };
    let number = generation.number;
    Ok(Some(Drift::new(kind).with("number", number).repaired_by(Repair::Record { number })))
}

fn machine_file(home: &Home) -> PathBuf {
    home.root().join("machine.json")
}

/// The machine as it was remembered.
pub(crate) fn machine(home: &Home) -> Option<HardwareProfile> {
    serde_json::from_slice(&std::fs::read(machine_file(home)).ok()?).ok()
}

/// Remembers the machine.
pub(crate) fn write_machine(home: &Home, profile: &HardwareProfile) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(profile).map_err(Failure::internal)?;
    text.push(b'\n');
    durable::write_file(&machine_file(home), &text, Access::Private)
}
