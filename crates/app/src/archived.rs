//! What a manifest has to say of an archive: for whoever writes one.

use las_api::ErrorBody;
use las_types::{Code, Failure, Integrity, SourceSection, SourceUrl};
use std::path::Path;

/// The sections `source` and `integrity` of the manifest of a module that comes from this archive, or from one folder in
/// it. Without an address the file itself is one. It is unpacked once, in a folder for temporary files; no core is asked.
///
/// Codes: `file-not-found`, `archive-refused`, `archive-unreadable`, `io-failed`.
pub fn describe_archive(
    archive: &Path,
    folder: Option<String>,
    urls: Vec<SourceUrl>,
) -> Result<(SourceSection, Integrity), ErrorBody> {
    described(archive, folder, urls).map_err(ErrorBody::from)
}

fn described(
    archive: &Path,
    folder: Option<String>,
    mut urls: Vec<SourceUrl>,
) -> Result<(SourceSection, Integrity), Failure> {
    let path = archive.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new(Code::FileNotFound).with("path", archive.display()),
        _ => Failure::io(archive, error),
    })?;
    if urls.is_empty() {
        urls.extend(SourceUrl::of_file(&path));
    }
    let found = las_runtime::describe_archive(&path, folder.as_deref(), &std::env::temp_dir())?;
    let source = SourceSection::Archive {
        urls,
        redirects: Vec::new(),
        format: found.format,
        size: found.size,
        folder,
        files: found.files,
        unpacked: found.unpacked,
        contents: found.contents,
    };
    Ok((source, Integrity { checksum: Some(found.checksum), ..Integrity::default() }))
}
