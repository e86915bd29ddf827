//! Views: models of ours laid out in another tool's folder. Nothing is copied. What was made is written down before it gets
//! its name, so that what is taken away later is that and nothing else; what lies there is never replaced.

mod made;
mod place;

use crate::adopting;
use crate::blobs;
use crate::durable::outside::{self, Content, Outside};
use crate::durable::{self, Access};
use crate::home::Home;
use crate::staging::Staging;
use crate::{store, tree};
use las_types::{
    Code, Drift, DriftKind, Failure, Installed, LaidContent, LaidFile, LaidOut, LaidState, Placement, Source,
    StepContext, ViewLink,
};
use made::{Made, Mark};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

pub(crate) use place::place;

/// Where the bytes lie that a file of a view shares.
fn bytes_of(home: &Home, item: &Installed, file: Option<&str>) -> Result<PathBuf, Failure> {
    let Some(file) = file else { return blobs::bytes_of(home, item) };
    let file = tree::inside(file)?;
    match (&item.placement, &item.source) {
        (Placement::Store { .. }, _) => Ok(store::folder(home, item)?.join(file)),
        (Placement::Reference { .. }, Source::LocalFiles { folder, .. }) => Ok(Path::new(folder).join(file)),
        _ => Err(store::misplaced(item)),
    }
}

/// The name that something has while a step makes it.
fn beside(context: StepContext) -> String {
    format!(".las-{}-{}", context.operation, context.step)
}

fn path_of(view: &LaidOut, file: &LaidFile) -> Result<PathBuf, Failure> {
    Ok(Path::new(&view.folder).join(tree::inside(&file.path)?))
}

/// Lays a model out. Code: `view-in-the-way`.
pub(crate) fn add(
    home: &Home,
    context: StepContext,
    item: &Installed,
    view: &LaidOut,
) -> Result<(), Failure> {
    let mut made = Made::of(home, item, view);
    view.files.iter().try_for_each(|file| lay(home, context, item, view, file, &mut made))
}

fn lay(
    home: &Home,
    context: StepContext,
    item: &Installed,
    view: &LaidOut,
    file: &LaidFile,
    made: &mut Made,
) -> Result<(), Failure> {
    let path = path_of(view, file)?;
    for folder in outside::missing_folders(&path)? {
        made.add_folder(&folder)?;
        outside::make_folder(&folder)?;
    }
    let Some(place) = Outside::open(&path)? else {
        return Err(Failure::io(&path, std::io::ErrorKind::NotFound.into()));
    };
    if place.found()?.is_some() {
        // Made before a stop; anything else stays, and is named.
        return if made.is_ours(&file.path, &place)? {
            Ok(())
        } else {
            Err(Failure::new(Code::ViewInTheWay).with("path", path.display()))
        };
    }
    match &file.content {
        LaidContent::Text { text } => written(context, &place, file, &Content::Text(text.as_bytes()), made),
        LaidContent::Link { to } => {
            made.add(&file.path, Mark::Link { to: to.clone() })?;
            place.symlink(Path::new(to))
        }
        LaidContent::Bytes { file: name } => {
            let bytes = bytes_of(home, item, name.as_deref())?;
            match view.by {
                ViewLink::Reflink => {
                    let from = tree::open_file(&bytes)?;
                    written(context, &place, file, &Content::Blocks(&from), made)
                }
                ViewLink::HardLink => {
                    protect(item, &bytes)?;
                    let found = bytes.symlink_metadata().map_err(|error| Failure::io(&bytes, error))?;
                    made.add(&file.path, Mark::Name { inode: found.ino() })?;
                    place.link(&bytes)
                }
                ViewLink::Symlink => {
                    made.add(&file.path, Mark::Link { to: bytes.display().to_string() })?;
                    place.symlink(&bytes)
                }
            }
        }
    }
}

fn written(
    context: StepContext,
    place: &Outside,
    file: &LaidFile,
    what: &Content<'_>,
    made: &mut Made,
) -> Result<(), Failure> {
    let beside = beside(context);
    let found = place.write_beside(&beside, what)?;
    made.add(&file.path, Mark::of_file(&found))?;
    place.take_beside(&beside)
}

/// A blob that gets a second name can't be written by whoever forgets that it is shared. One that has such a name already is
/// another tool's file as well, whose rights are not ours.
fn protect(item: &Installed, bytes: &Path) -> Result<(), Failure> {
    let found = bytes.symlink_metadata().map_err(|error| Failure::io(bytes, error))?;
    let ours = item.placement == Placement::Blob && adopting::has_one_name(&found);
    if ours { durable::set_access(bytes, Access::ReadOnly) } else { Ok(()) }
}

/// A blob that has lost its second name has the rights of every other again.
fn unprotect(home: &Home, item: &Installed) -> Result<(), Failure> {
    if item.placement != Placement::Blob {
        return Ok(());
    }
    let bytes = blobs::blob(home, item.digest);
    match bytes.symlink_metadata() {
        Ok(found)
            if adopting::has_one_name(&found)
                && found.permissions().mode() & 0o777 == Access::ReadOnly.mode() =>
        {
            durable::set_access(&bytes, Access::Data)
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::io(&bytes, error)),
    }
}

/// Takes away what is as it was made, and the folders that were made for it and are empty now.
fn take_away(home: &Home, item: &Installed, view: &LaidOut, made: &Made) -> Result<(), Failure> {
    for file in view.files.iter().rev() {
        let path = path_of(view, file)?;
        let Some(place) = Outside::reach(&path)? else { continue };
        if made.is_ours(&file.path, &place)? {
            place.remove()?;
        } else if place.found()?.is_some() {
            tracing::warn!(path = %path.display(), "a file of a view is not the one that was made: it stays");
        }
    }
    made.folders().rev().try_for_each(outside::remove_folder_if_empty)?;
    made.forget()?;
    unprotect(home, item)
}

/// Undoes [`add`].
pub(crate) fn undo_add(
    home: &Home,
    context: StepContext,
    item: &Installed,
    view: &LaidOut,
) -> Result<(), Failure> {
    for file in &view.files {
        if let Some(place) = Outside::reach(&path_of(view, file)?)? {
            place.remove_beside(&beside(context))?;
        }
    }
    take_away(home, item, view, &Made::of(home, item, view))?;
    Staging::of(home, context.operation).tidy(context)
}

/// Takes a view away.
pub(crate) fn remove(
    home: &Home,
    context: StepContext,
    item: &Installed,
    view: &LaidOut,
) -> Result<(), Failure> {
    let staging = Staging::of(home, context.operation);
    let (made, aside) = (Made::of(home, item, view), staging.view(context));
    if !aside.exists() {
        let mut ours = made.clone();
        for file in &view.files {
            let place = Outside::reach(&path_of(view, file)?)?;
            let is_ours = place.map_or(Ok(false), |place| made.is_ours(&file.path, &place))?;
            if !is_ours {
                ours.drop(&file.path);
            }
        }
        durable::make_dir(&staging.root)?;
        durable::write_file(&aside, &ours.bytes()?, Access::Private)?;
    }
    take_away(home, item, view, &made)
}

/// Undoes [`remove`]: what was taken away is laid out again, unless something else lies there now.
pub(crate) fn undo_remove(
    home: &Home,
    context: StepContext,
    item: &Installed,
    view: &LaidOut,
) -> Result<(), Failure> {
    let staging = Staging::of(home, context.operation);
    let aside = staging.view(context);
    if aside.exists() {
        let ours = Made::read(&aside)?;
        let mut made = Made::of(home, item, view);
        for file in view.files.iter().filter(|file| ours.has(&file.path)) {
            match lay(home, context, item, view, file, &mut made) {
                Err(failure) if matches!(failure.code, Code::ViewInTheWay | Code::ViewFolderUnfit) => {
                    tracing::warn!(%failure, "a file of a view is not laid out again");
                }
                done => done?,
            }
        }
        durable::remove(&aside)?;
    }
    staging.tidy(context)
}

/// What lies where each file of a view should.
pub(crate) fn states(home: &Home, item: &Installed, view: &LaidOut) -> Result<Vec<LaidState>, Failure> {
    let made = Made::of(home, item, view);
    view.files.iter().map(|file| state(home, item, view, file, &made)).collect()
}

fn state(
    home: &Home,
    item: &Installed,
    view: &LaidOut,
    file: &LaidFile,
    made: &Made,
) -> Result<LaidState, Failure> {
    let place = match Outside::open(&path_of(view, file)?) {
        Ok(Some(place)) => place,
        Ok(None) => return Ok(LaidState::Missing),
        // A link lies on the way now, or a file.
        Err(failure) if failure.code == Code::ViewFolderUnfit => return Ok(LaidState::Other),
        Err(failure) => return Err(failure),
    };
    if place.found()?.is_none() {
        return Ok(LaidState::Missing);
    }
    if !made.is_ours(&file.path, &place)? {
        return Ok(LaidState::Other);
    }
    if let (LaidContent::Bytes { file: name }, Some(inode)) = (&file.content, made.inode(&file.path)) {
        let bytes = bytes_of(home, item, name.as_deref())?;
        // The model's own file is not there, or was replaced when it was repaired.
        if !bytes.symlink_metadata().is_ok_and(|found| found.ino() == inode) {
            return Ok(LaidState::Outdated);
        }
    }
    Ok(LaidState::Whole)
}

/// How the views of a model differ from what was laid out: the first file of each kind, and how many.
pub(crate) fn drifts(home: &Home, item: &Installed) -> Vec<Drift> {
    let mut found = Vec::new();
    for view in &item.views {
        let drift =
            |kind: DriftKind| Drift::new(kind).with("name", &item.name).with("tool", view.tool.as_str());
        let states = match states(home, item, view) {
            Ok(states) => states,
            // Somebody else's folder may be closed to us; the rest of the model is looked at all the same.
            Err(failure) => {
                tracing::warn!(%failure, cause = ?failure.cause, "a view could not be looked at");
                found.push(drift(DriftKind::ViewChanged).with("path", &view.folder).with("count", 1));
                continue;
            }
        };
        for (kind, of_kind) in [
            (DriftKind::ViewMissing, &[LaidState::Missing][..]),
            (DriftKind::ViewChanged, &[LaidState::Outdated, LaidState::Other]),
        ] {
            let mut such = view.paths().zip(&states).filter(|(_, state)| of_kind.contains(state));
            if let Some((path, _)) = such.next() {
                found.push(drift(kind).with("path", path).with("count", such.count() + 1));
            }
        }
    }
    found
}
