//! Profiles read from a file, in place of detection.

use las_types::{Code, Failure, HardwareProfile, ProfileSource};
use std::path::Path;

/// The form that is read and written.
pub(crate) const SCHEMA: u32 = 1;

/// Reads a recorded profile; `source` says where it comes from, whatever the file says. Fails with
/// [`Code::ProfileInvalid`].
pub fn load_recorded(path: impl AsRef<Path>) -> Result<HardwareProfile, Failure> {
    let path = path.as_ref();
    let invalid = |detail: String| {
        Failure::new(Code::ProfileInvalid).with("path", path.display()).with("detail", detail)
    };
    let bytes = std::fs::read(path).map_err(|error| invalid(error.to_string()).because(error))?;
    let mut profile: HardwareProfile =
        serde_json::from_slice(&bytes).map_err(|error| invalid(error.to_string()).because(error))?;
    if profile.schema != SCHEMA {
        return Err(invalid(format!("schema {} ≠ {SCHEMA}", profile.schema)));
    }
    // A machine without memory or threads would be refused everything, for a wrong reason.
    if profile.memory.total.bytes() == 0 {
        return Err(invalid("memory.total = 0".to_owned()));
    }
    if profile.cpu.threads == 0 {
        return Err(invalid("cpu.threads = 0".to_owned()));
    }
    profile.source = ProfileSource::Recorded { path: path.display().to_string() };
    Ok(profile)
}
