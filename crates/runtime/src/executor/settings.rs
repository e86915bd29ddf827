//! The configuration file, written as a plan says.

use crate::durable::{self, Access};
use las_types::{Code, Failure};
use std::path::Path;

fn text(path: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io(path, error)),
    }
}

/// Writes the file, unless it has that text already. Code: `config-changed` if it has neither text: somebody else
/// edited it after the plan was made.
pub(super) fn write(path: &Path, before: Option<&str>, after: &str) -> Result<(), Failure> {
    let now = text(path)?;
    if now.as_deref() == Some(after) {
        return Ok(());
    }
    if now.as_deref() != before {
        return Err(Failure::new(Code::ConfigChanged).with("path", path.display()));
    }
    if let Some(folder) = path.parent() {
        durable::make_dir(folder)?;
    }
    durable::write_file(path, after.as_bytes(), Access::Private)
}

/// Puts the text before back. What somebody else wrote meanwhile stays.
pub(super) fn undo(path: &Path, before: Option<&str>, after: &str) -> Result<(), Failure> {
    if text(path)?.as_deref() != Some(after) {
        return Ok(());
    }
    match before {
        Some(before) => durable::write_file(path, before.as_bytes(), Access::Private),
        None => durable::remove(path),
    }
}

#[cfg(test)]
mod tests {
    use super::{text, undo, write};
    use las_types::Code;

    #[test]
    fn a_file_is_written_once_undone_and_never_taken_from_somebody_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/config.toml");
        for _ in 0..2 {
            write(&path, None, "a").unwrap();
            assert_eq!(text(&path).unwrap().as_deref(), Some("a"));
        }
        write(&path, Some("a"), "b").unwrap();
        let changed = write(&path, Some("a"), "c").unwrap_err();
        assert_eq!(changed.code, Code::ConfigChanged);
        undo(&path, Some("a"), "c").unwrap();
        assert_eq!(text(&path).unwrap().as_deref(), Some("b"), "it is not ours");
        for _ in 0..2 {
            undo(&path, Some("a"), "b").unwrap();
            assert_eq!(text(&path).unwrap().as_deref(), Some("a"));
        }
        undo(&path, None, "a").unwrap();
        assert_eq!(text(&path).unwrap(), None);
        undo(&path, None, "a").unwrap();
    }
}
