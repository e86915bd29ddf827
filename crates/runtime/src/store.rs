//! Modules in the store: each folder complete under its final name, or absent.

use crate::archive::{self, Bounds};
use crate::blocking::Meter;
use crate::durable::{self, Access, Expected};
use crate::fetch::{self, Binding, Lists, Segmented};
use crate::home::Home;
use crate::staging::Staging;
use crate::tree;
use las_types::{
    ArtefactFile, ArtefactIndex, Code, Digest, Failure, ImageRecord, Installed, OriginFile, Placement,
    Source, StepContext,
};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The folder of an installed module.
pub(crate) fn folder(home: &Home, item: &Installed) -> Result<PathBuf, Failure> {
    match &item.placement {
        Placement::Store { path } => Ok(home.store().join(tree::inside(path)?)),
        Placement::Blob | Placement::Reference { .. } => Err(misplaced(item)),
    }
}

/// An action whose parts contradict each other; the planner made it.
pub(crate) fn misplaced(item: &Installed) -> Failure {
    Failure::internal(format!("{}: placement and step don't fit", item.name))
}

/// Puts a module's files into the store.
pub(crate) fn add(
    home: &Home,
    artefacts: &Path,
    context: StepContext,
    item: &Installed,
    source: &Source,
    meter: &mut Meter,
) -> Result<(), Failure> {
    let target = folder(home, item)?;
    let staging = Staging::of(home, context.operation);
    if is_whole(home, item)? {
        drop_fetched(home, source)?;
        return durable::remove(&staging.work(context));
    }
    let present = target.symlink_metadata().is_ok();
    let work = staging.fresh_work(context)?;
    match source {
        Source::Builtin { artefact, .. } => {
            let origin = artefacts.join(artefact.as_str());
            let index = tree::read_index(&origin)?;
            if index.digest != item.digest {
                return Err(durable::mismatch(&origin.join("artefact.json"), item.digest, index.digest));
            }
            copy_tree(&origin.join("files"), &index, &work, meter)?;
        }
        Source::Archive { checksum, .. } => {
            let unpacked = unpack(&fetch::fetched(home, *checksum), item, source, &work, meter);
            // What can't be unpacked can't be the next time either; where space is short, it is what is given back.
            if unpacked.as_ref().is_err_and(|failure| failure.code != Code::OperationCancelled) {
                drop_fetched(home, source)?;
            }
            unpacked?;
        }
        Source::Oci { image, digest, .. } => {
            let record = ImageRecord { image: image.clone(), digest: *digest };
            durable::write_file(&work.join(ImageRecord::FILE), record.text().as_bytes(), Access::Data)?;
        }
        Source::Repository { files, .. } => gather(home, files, item, &work)?,
        Source::LocalFiles { folder, files, .. } => {
            copy_files(home, Path::new(folder), files, item, &work, meter)?;
        }
        Source::LocalFile { .. } => return Err(misplaced(item)),
    }
    if let Some(parent) = target.parent() {
        durable::make_dir(parent)?;
    }
    if present {
        // Damaged: put aside, not thrown away, so that undoing this step changes nothing.
        let damaged = staging.damaged(context);
        if damaged.symlink_metadata().is_ok() {
            durable::remove(&target)?; // our own, damaged since
        } else {
            durable::rename(&target, &damaged)?;
        }
    }
    staging.set_mark(context)?;
    match source {
        Source::Archive { checksum, .. } => staging.set_used(context, &[*checksum])?,
        Source::Repository { files, .. } => {
            let keys: Vec<_> = files.iter().map(|file| Binding::of(file).key()).collect();
            staging.set_used(context, &keys)?;
        }
        Source::Builtin { .. }
        | Source::LocalFile { .. }
        | Source::LocalFiles { .. }
        | Source::Oci { .. } => {}
    }
    durable::rename(&work, &target)
}

/// What it was unpacked from is of no more use.
fn drop_fetched(home: &Home, source: &Source) -> Result<(), Failure> {
    match source {
        Source::Archive { checksum, .. } => fetch::forget(home, *checksum),
        Source::Repository { files, .. } => {
            files.iter().try_for_each(|file| fetch::forget(home, Binding::of(file).key()))
        }
        _ => Ok(()),
    }
}

/// Whether a module lies in the store as it should; its files get their rights back.
pub(crate) fn is_whole(home: &Home, item: &Installed) -> Result<bool, Failure> {
    let target = folder(home, item)?;
    if target.symlink_metadata().is_err()
        || las_types::tree_digest(&tree::hash_tree(&target, &mut Meter::silent()).unwrap_or_default())
            != item.digest
    {
        return Ok(false);
    }
    for (path, found) in tree::walk(&target)? {
        let access = if found.mode() & 0o111 == 0 { Access::Data } else { Access::Program };
        durable::set_access(&target.join(path), access)?; // leaves links alone
    }
    Ok(true)
}

/// Puts the files of a model, each fetched and hashed already, beside each other under their names. One that was not fetched
/// is right where it lies, in what is repaired.
fn gather(home: &Home, files: &[OriginFile], item: &Installed, work: &Path) -> Result<(), Failure> {
    let lists = Lists::of(home, item);
    for file in files {
        let name = tree::inside(file.name())?;
        let key = Binding::of(file).key();
        let fetched = fetch::fetched(home, key);
        if !fetched.is_file() {
            durable::share(&folder(home, item)?.join(name), &work.join(name))?;
            continue;
        }
        if let Some(checksum) = file.checksum {
            fetch::keep(home, &lists, key, checksum, file.size.bytes())?;
        }
        durable::share(&fetched, &work.join(name))?;
    }
    Ok(())
}

/// Copies files of this machine that are one model, and keeps what each of their segments is.
fn copy_files(
    home: &Home,
    folder: &Path,
    files: &[ArtefactFile],
    item: &Installed,
    work: &Path,
    meter: &mut Meter,
) -> Result<(), Failure> {
    let lists = Lists::of(home, item);
    for file in files {
        let name = tree::inside(&file.path)?;
        let origin = folder.join(name);
        let digest: Digest = format!("sha256:{}", file.sha256).parse().map_err(Failure::internal)?;
        let expected = Expected { digest, size: file.size.bytes() };
        let mut reader = Segmented::new(tree::open_file(&origin)?);
        durable::copy_hashed(&mut reader, &origin, &work.join(name), Access::Data, expected, meter)?;
        reader.keep(&lists, digest)?;
    }
    durable::sync_dir(work)
}

/// Unpacks what was fetched; what comes out is what was said before, or nothing is installed.
fn unpack(
    fetched: &Path,
    item: &Installed,
    source: &Source,
    work: &Path,
    meter: &mut Meter,
) -> Result<(), Failure> {
    let Source::Archive { format, folder, files, .. } = source else { return Err(misplaced(item)) };
    let bounds = Bounds { files: u64::from(*files), bytes: item.size.bytes() };
    let unpacked = archive::unpack(fetched, *format, folder.as_deref(), bounds, work, meter)?;
    let actual = las_types::tree_digest(&unpacked);
    if actual == item.digest { Ok(()) } else { Err(durable::mismatch(fetched, item.digest, actual)) }
}

fn copy_tree(files: &Path, index: &ArtefactIndex, work: &Path, meter: &mut Meter) -> Result<(), Failure> {
    let mut folders = std::collections::BTreeSet::from([work.to_owned()]);
    for file in &index.files {
        let destination = work.join(tree::inside(&file.path)?);
        for folder in destination.ancestors().skip(1).take_while(|folder| *folder != work) {
            folders.insert(folder.to_owned());
        }
        if let Some(parent) = destination.parent() {
            durable::make_dir(parent)?;
        }
        if let Some(target) = &file.link {
            if !archive::stays(&file.path, target) {
                return Err(Failure::io(&files.join(&file.path), std::io::ErrorKind::InvalidFilename.into()));
            }
            durable::link(Path::new(target), &destination)?;
            continue;
        }
        let digest: Digest = format!("sha256:{}", file.sha256).parse().map_err(Failure::internal)?;
        let access = if file.executable { Access::Program } else { Access::Data };
        let expected = Expected { digest, size: file.size.bytes() };
        let origin = files.join(&file.path);
        durable::copy_hashed(
            tree::open_inside(files, &file.path)?,
            &origin,
            &destination,
            access,
            expected,
            meter,
        )?;
    }
    // The names in each folder; the folder's own name goes with the rename.
    folders.iter().rev().try_for_each(|folder| durable::sync_dir(folder))
}

/// Undoes [`add`]: takes away what it made and puts back what it replaced.
pub(crate) fn undo_add(home: &Home, context: StepContext, item: &Installed) -> Result<(), Failure> {
    let target = folder(home, item)?;
    let staging = Staging::of(home, context.operation);
    if staging.has_mark(context) {
        if target.exists() {
            durable::remove(&staging.undone(context))?;
            durable::rename(&target, &staging.undone(context))?;
        }
        staging.remove_mark(context)?;
    }
    let damaged = staging.damaged(context);
    if damaged.symlink_metadata().is_ok() && target.symlink_metadata().is_err() {
        durable::rename(&damaged, &target)?;
    }
    if let Some(parent) = target.parent() {
        durable::remove_if_empty(parent)?;
    }
    staging.tidy(context)
}

/// Moves a module out of the store; its bytes stay in staging until the operation is committed.
pub(crate) fn remove(home: &Home, context: StepContext, item: &Installed) -> Result<(), Failure> {
    put_aside(&Staging::of(home, context.operation), context, &folder(home, item)?)
}

/// Moves a thing to the trash of its step; done already if it lies there.
pub(crate) fn put_aside(staging: &Staging, context: StepContext, target: &Path) -> Result<(), Failure> {
    let trash = staging.trash(context);
    if trash.symlink_metadata().is_ok() || target.symlink_metadata().is_err() {
        return Ok(());
    }
    durable::make_dir(&staging.all_trash())?;
    durable::rename(target, &trash)
}

/// Undoes [`remove`].
pub(crate) fn undo_remove(home: &Home, context: StepContext, item: &Installed) -> Result<(), Failure> {
    put_back(&Staging::of(home, context.operation), context, &folder(home, item)?)
}

/// Moves a thing back from the trash of its step.
pub(crate) fn put_back(staging: &Staging, context: StepContext, target: &Path) -> Result<(), Failure> {
    let trash = staging.trash(context);
    if trash.symlink_metadata().is_ok() && target.symlink_metadata().is_err() {
        if let Some(parent) = target.parent() {
            durable::make_dir(parent)?;
        }
        durable::rename(&trash, target)?;
    }
    staging.tidy(context)
}

/// Drops the folders of names under which nothing is installed any more.
pub(crate) fn drop_empty_names(folder: &Path) -> Result<(), Failure> {
    for entry in crate::blobs::children(folder)? {
        if entry.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            durable::remove_if_empty(&entry)?;
        }
    }
    Ok(())
}
