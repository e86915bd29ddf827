//! Folders of files: opened without leaving them, hashed, compared.

use crate::blocking::Meter;
use crate::durable;
use las_types::{ArtefactFile, ArtefactIndex, ByteSize, Code, Digest, Failure};
use rustix::fs::{CWD, Mode, OFlags};
use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

/// A relative path that can't leave the folder it is joined to.
pub(crate) fn inside(text: &str) -> Result<&Path, Failure> {
    let path = Path::new(text);
    let normal = path.components().all(|part| matches!(part, Component::Normal(_)));
    // Components swallow a trailing or doubled slash and `./`; a path that is not as written is refused.
    let plain = path.components().collect::<PathBuf>().as_os_str() == path.as_os_str();
    if normal && plain && !text.is_empty() && !text.contains(['\0', '\n', '\\']) {
        Ok(path)
    } else {
        Err(Failure::io(path, std::io::ErrorKind::InvalidFilename.into()))
    }
}

/// Opens a file below a folder; no symbolic link is followed on the way.
pub(crate) fn open_inside(folder: &Path, relative: &str) -> Result<File, Failure> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY;
    let at = rustix::fs::openat(CWD, folder, flags, Mode::empty());
    let at = at.map_err(|error| Failure::io(&folder.join(relative), error.into()))?;
    open_below(&at, folder, relative)
}

/// Opens a file below a folder that is held open; no symbolic link is followed on the way.
pub(crate) fn open_below(held: &OwnedFd, folder: &Path, relative: &str) -> Result<File, Failure> {
    let relative = inside(relative)?;
    let whole = folder.join(relative);
    // Non-blocking: a FIFO under the name must not hold us.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut at = None;
    for part in relative {
        let next = rustix::fs::openat(at.as_ref().unwrap_or(held), part, flags, Mode::empty());
        at = Some(next.map_err(|error| Failure::io(&whole, error.into()))?);
    }
    let opened = at.ok_or_else(|| Failure::io(&whole, std::io::ErrorKind::InvalidFilename.into()))?;
    regular(File::from(opened), &whole)
}

/// Opens a file that is a file.
pub(crate) fn open_file(path: &Path) -> Result<File, Failure> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file =
        rustix::fs::open(path, flags, Mode::empty()).map_err(|error| Failure::io(path, error.into()))?;
    regular(File::from(file), path)
}

fn regular(file: File, path: &Path) -> Result<File, Failure> {
    let found = file.metadata().map_err(|error| Failure::io(path, error))?;
    if found.is_file() { Ok(file) } else { Err(Failure::io(path, std::io::ErrorKind::InvalidInput.into())) }
}

/// Digest and size of a file.
pub(crate) fn hash_file(path: &Path, meter: &mut Meter) -> Result<(Digest, u64), Failure> {
    durable::read_hashed(&mut open_file(path)?, path, meter, &mut |_| Ok(()))
}

/// Every file and link below a folder, hashed, sorted by path; no link is followed, and anything that is neither, nor a
/// folder, is a failure.
pub(crate) fn hash_tree(folder: &Path, meter: &mut Meter) -> Result<Vec<ArtefactFile>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(below) = folders.pop() {
        let here = folder.join(&below);
        let failed = |error| Failure::io(&here, error);
        for entry in std::fs::read_dir(&here).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry
                .file_name()
                .into_string()
                .map_err(|_| failed(std::io::ErrorKind::InvalidFilename.into()))?;
            let path = if below.is_empty() { name } else { format!("{below}/{name}") };
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                folders.push(path);
                continue;
            }
            if kind.is_symlink() {
                let target = link_target(&entry.path())?;
                files.push(ArtefactFile::link(path, target));
                continue;
            }
            let mut file = open_inside(folder, &path)?;
            let mode = file.metadata().map_err(failed)?.permissions().mode();
            let (digest, size) = durable::read_hashed(&mut file, &entry.path(), meter, &mut |_| Ok(()))?;
            let size = ByteSize::new(size);
            let executable = mode & 0o111 != 0;
            files.push(ArtefactFile { path, size, sha256: digest.hex(), executable, link: None });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Where a link leads, as it says.
pub(crate) fn link_target(path: &Path) -> Result<String, Failure> {
    let target = std::fs::read_link(path).map_err(|error| Failure::io(path, error))?;
    target
        .into_os_string()
        .into_string()
        .map_err(|_| Failure::io(path, std::io::ErrorKind::InvalidFilename.into()))
}

/// Everything below a folder that is no folder itself, as it lies there, by its path; no link is followed.
pub(crate) fn walk(folder: &Path) -> Result<BTreeMap<String, Metadata>, Failure> {
    let mut found = BTreeMap::new();
    let mut folders = vec![String::new()];
    while let Some(below) = folders.pop() {
        let here = folder.join(&below);
        let failed = |error| Failure::io(&here, error);
        for entry in std::fs::read_dir(&here).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if below.is_empty() { name } else { format!("{below}/{name}") };
            let metadata = entry.metadata().map_err(failed)?;
            if metadata.is_dir() {
                folders.push(path);
            } else {
                found.insert(path, metadata);
            }
        }
    }
    Ok(found)
}

/// The index of a shipped artefact; its own digest is checked against its list of files.
pub(crate) fn read_index(artefact: &Path) -> Result<ArtefactIndex, Failure> {
    let path = artefact.join("artefact.json");
    let missing = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            Failure::new(Code::ResourceMissing)
                .with("part", "artefact")
                .with("path", path.display())
                .because(error)
        } else {
            Failure::io(&path, error)
        }
    };
    let bytes = std::fs::read(&path).map_err(missing)?;
    let index: ArtefactIndex = serde_json::from_slice(&bytes).map_err(|error| {
        Failure::new(Code::IoFailed).with("path", path.display()).with("detail", &error).because(error)
    })?;
    let actual = las_types::tree_digest(&index.files);
    if actual == index.digest { Ok(index) } else { Err(durable::mismatch(&path, index.digest, actual)) }
}

#[cfg(test)]
mod tests {
    use super::{inside, open_inside};

    #[test]
    fn only_plain_paths_stay_inside() {
        for good in ["a", "a/b.so.0", "..a"] {
            assert!(inside(good).is_ok(), "{good}");
        }
        for bad in ["", "/", "/a", "..", "a/../b", "./a", "a//b", "a/", "a/.", "a\\b", "a\nb"] {
            assert!(inside(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn no_link_is_followed_below_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, outer) = (folder.path().join("inner"), folder.path().join("outer"));
        std::fs::create_dir_all(inner.join("sub")).unwrap();
        std::fs::create_dir(&outer).unwrap();
        std::fs::File::create(outer.join("file")).unwrap();
        std::fs::File::create(inner.join("sub/file")).unwrap();
        std::os::unix::fs::symlink(&outer, inner.join("folder")).unwrap();
        std::os::unix::fs::symlink(outer.join("file"), inner.join("link")).unwrap();
        assert!(open_inside(&inner, "sub/file").is_ok());
        for bad in ["folder/file", "link", "sub", "missing"] {
            assert!(open_inside(&inner, bad).is_err(), "{bad}");
        }
    }
}
