//! Where a view goes, and how files there can share a model's bytes.

use super::bytes_of;
use crate::adopting;
use crate::home::Home;
use crate::tree;
use las_types::{Code, Failure, Installed, Placement, ViewLink};
use std::path::{Component, Path, PathBuf};

fn unfit(path: &Path, reason: &str) -> Failure {
    Failure::new(Code::ViewFolderUnfit).with("path", path.display()).with("reason", reason)
}

/// The folder as it really is, and the best way to share bytes with what lies in it. Nothing is changed.
pub(crate) fn place(home: &Home, item: &Installed, folder: &Path) -> Result<(String, ViewLink), Failure> {
    let plain = |part: Component<'_>| matches!(part, Component::RootDir | Component::Normal(_));
    if !folder.is_absolute() || !folder.components().all(plain) {
        return Err(unfit(folder, "none"));
    }
    let (there, whole) = real(folder)?;
    let own = home.root().canonicalize().map_err(|error| Failure::io(home.root(), error))?;
    if whole.starts_with(own) {
        return Err(unfit(folder, "data"));
    }
    let text =
        whole.to_str().filter(|text| !text.contains(['\n', '\\'])).ok_or_else(|| unfit(folder, "none"))?;
    let first = item.source.model_files().and_then(|files| files.into_iter().next());
    let bytes = bytes_of(home, item, first.as_ref().map(|file| file.path.as_str()))?;
    Ok((text.to_owned(), method(item, &bytes, &there)?))
}

/// The nearest folder that is there, and the whole path behind it, both without links.
fn real(folder: &Path) -> Result<(PathBuf, PathBuf), Failure> {
    for there in folder.ancestors() {
        if there.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            continue;
        }
        // A link that leads nowhere is not a folder to be made.
        let real = there.canonicalize().map_err(|error| unfit(folder, "link").because(error))?;
        if !real.is_dir() {
            return Err(unfit(folder, "file"));
        }
        let missing = folder.strip_prefix(there).unwrap_or(Path::new(""));
        let whole = if missing.as_os_str().is_empty() { real.clone() } else { real.join(missing) };
        return Ok((real, whole));
    }
    Err(unfit(folder, "none"))
}

/// Reflink, else hard link, else symbolic link. A file that stays where somebody else keeps it gets no second name.
fn method(item: &Installed, bytes: &Path, folder: &Path) -> Result<ViewLink, Failure> {
    let file = tree::open_file(bytes)?;
    if adopting::can_clone_into(folder, &file) {
        return Ok(ViewLink::Reflink);
    }
    let ours = !matches!(item.placement, Placement::Reference { .. });
    let near = ours && adopting::in_one_mount(&file, folder);
    Ok(if near { ViewLink::HardLink } else { ViewLink::Symlink })
}
