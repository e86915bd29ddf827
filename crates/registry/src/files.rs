//! Reading small text files of the application.

use las_types::{Code, Failure};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The text of a file of at most `most` bytes.
pub(crate) fn read_text(path: &Path, most: u64) -> Result<String, Failure> {
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(most + 1).read_to_string(&mut text))
        .map_err(|error| Failure::io(path, error))?;
    if text.len() as u64 > most {
        return Err(Failure::new(Code::IoFailed)
            .with("path", path.display())
            .with("detail", format!("more than {most} bytes")));
    }
    Ok(text)
}

/// The entries of a folder, sorted by name; none if the folder isn't there.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listing = match std::fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::io(folder, error)),
    };
    let mut paths = Vec::new();
    for entry in listing {
        paths.push(entry.map_err(|error| Failure::io(folder, error))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// A file's place below a root, with `/` between its parts.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::read_text;
    use las_types::Code;

    #[test]
    fn a_file_too_long_is_refused() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        assert!(read_text(&path, 1 << 20).is_ok());
        assert_eq!(read_text(&path, 10).unwrap_err().code, Code::IoFailed);
        assert_eq!(read_text(std::path::Path::new("/nowhere/at/all"), 10).unwrap_err().code, Code::IoFailed);
    }
}
