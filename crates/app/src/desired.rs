//! A file that says what a machine should hold, for the shells.

use las_api::{DesiredText, ErrorBody};
use las_types::{Code, Failure};
use std::io::Read as _;
use std::path::Path;

/// More than any `las.yaml` or `las.lock` needs, and less than a request may be.
const BYTES_MAX: u64 = 512 << 10;

/// Takes a `las.yaml` or `las.lock` up for the command `desired_read`.
pub fn desired_text(path: &Path) -> Result<DesiredText, ErrorBody> {
    Ok(read(path)?)
}

fn read(path: &Path) -> Result<DesiredText, Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new(Code::FileNotFound).with("path", path.display()),
        _ => Failure::io(path, error),
    };
    let mut text = String::new();
    std::fs::File::open(path)
        .map_err(failed)?
        .take(BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > BYTES_MAX {
        return Err(Failure::io(path, std::io::ErrorKind::FileTooLarge.into()));
    }
    let absolute = std::path::absolute(path).map_err(failed)?;
    Ok(DesiredText { text, path: Some(absolute.display().to_string()) })
}
