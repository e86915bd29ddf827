//! A desired state, for the shells.

use las_api::ErrorBody;
use las_types::DesiredState;
use std::path::Path;

/// Reads a person's desired state, a `las.yaml`, for the intent `state_apply`.
pub fn read_desired(path: &Path) -> Result<DesiredState, ErrorBody> {
    Ok(las_registry::read_desired(path)?)
}
