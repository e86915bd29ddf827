//! Models: bytes once, named by their digest, and names that point at them. Bytes go when no name
//! points at them any more; a referenced file outside is read, never touched.

use crate::adopting;
use crate::blocking::Meter;
use crate::durable::{self, Access, Expected};
use crate::fetch::{self, Binding, Lists, Segmented};
use crate::home::Home;
use crate::staging::Staging;
use crate::{store, tree};
use las_types::{
    AdoptionMethod, Code, Digest, Failure, Installed, OriginFile, Placement, Source, StepContext,
};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Where the bytes of a digest lie.
pub(crate) fn blob(home: &Home, digest: Digest) -> PathBuf {
    home.blobs().join(digest.hex())
}

/// Where the bytes of an installed model lie.
pub(crate) fn bytes_of(home: &Home, item: &Installed) -> Result<PathBuf, Failure> {
    match &item.placement {
        Placement::Blob => Ok(blob(home, item.digest)),
        Placement::Reference { path } => Ok(path.into()),
        Placement::Store { .. } => Err(store::misplaced(item)),
    }
}

// What the name of a model points at: relative for a blob, so that the data directory can move.
pub(crate) fn link_target(item: &Installed) -> Result<PathBuf, Failure> {
    match &item.placement {
        Placement::Blob => Ok(Path::new("../../blobs/sha256").join(item.digest.hex())),
        Placement::Reference { path } => Ok(path.into()),
        Placement::Store { .. } => Err(store::misplaced(item)),
    }
}

/// Puts a model's bytes into the blob store, or checks the file it refers to; then gives it its name.
pub(crate) fn add(
    home: &Home,
    artefacts: &Path,
    context: StepContext,
    item: &Installed,
    source: &Source,
    meter: &mut Meter,
) -> Result<(), Failure> {
    let staging = Staging::of(home, context.operation);
    let (name, points_at) = (home.model_name(item), link_target(item)?);
    let present = std::fs::read_link(&name).ok();
    if present.as_ref().is_some_and(|other| *other != points_at) {
        return Err(Failure::new(Code::ModelNameTaken).with("name", &item.name));
    }
    match &item.placement {
        Placement::Blob => add_bytes(home, artefacts, &staging, context, item, source, meter)?,
        Placement::Reference { .. } if matches!(source, Source::LocalFiles { .. }) => {
            compare(home, item, source, meter)?;
        }
        Placement::Reference { path } => {
            let path = Path::new(path);
            let (actual, size) = tree::hash_file(path, meter)?;
            if actual != item.digest || size != item.size.bytes() {
                return Err(durable::mismatch(path, item.digest, actual));
            }
        }
        Placement::Store { .. } => return Err(store::misplaced(item)),
    }
    if present.is_none() {
        if let Some(parent) = name.parent() {
            durable::make_dir(parent)?;
        }
        staging.set_mark(context)?;
        durable::link(&points_at, &name)?;
    }
    durable::remove(&staging.work(context))
}

/// Reads the files of a model that stay where they are, and keeps what each of their segments is.
fn compare(home: &Home, item: &Installed, source: &Source, meter: &mut Meter) -> Result<(), Failure> {
    let Source::LocalFiles { folder, files, .. } = source else { return Err(store::misplaced(item)) };
    let lists = Lists::of(home, item);
    for file in files {
        let path = Path::new(folder).join(tree::inside(&file.path)?);
        let digest: Digest = format!("sha256:{}", file.sha256).parse().map_err(Failure::internal)?;
        let mut reader = Segmented::new(tree::open_file(&path)?);
        let (actual, size) = durable::read_hashed(&mut reader, &path, meter, &mut |_| Ok(()))?;
        if actual != digest || size != file.size.bytes() {
            return Err(durable::mismatch(&path, digest, actual));
        }
        reader.keep(&lists, digest)?;
    }
    Ok(())
}

fn add_bytes(
    home: &Home,
    artefacts: &Path,
    staging: &Staging,
    context: StepContext,
    item: &Installed,
    source: &Source,
    meter: &mut Meter,
) -> Result<(), Failure> {
    let target = blob(home, item.digest);
    if let Source::Repository { files, .. } = source {
        return take_fetched(home, staging, context, files, &target, item);
    }
    let expected = Expected { digest: item.digest, size: item.size.bytes() };
    // A name alone proves nothing: bytes that are there already are read again.
    if target.metadata().is_ok_and(|found| found.len() == expected.size)
        && tree::hash_file(&target, meter)? == (expected.digest, expected.size)
    {
        return set_own_access(&target);
    }
    if let Some(adopted) = source.adoption()
        && let Source::LocalFile { path, .. } = source
        && matches!(adopted.by, AdoptionMethod::Reflink | AdoptionMethod::HardLink)
    {
        let taken = staging.fresh_work(context)?.join("blob");
        adopting::take(Path::new(path), adopted.by, &taken, expected, meter)?;
        return durable::rename(&taken, &target);
    }
    let (origin, reader) = open_source(artefacts, source, item)?;
    let copy = staging.fresh_work(context)?.join("blob");
    durable::copy_hashed(reader, &origin, &copy, Access::Data, expected, meter)?;
    // Bytes that were there and are wrong are of no use to anyone: the digest is their name.
    durable::rename(&copy, &target)
}

/// Gives a blob its rights, unless it has another name: then it is another tool's file as well, whose rights are not ours.
fn set_own_access(target: &Path) -> Result<(), Failure> {
    let found = target.symlink_metadata().map_err(|error| Failure::io(target, error))?;
    if adopting::has_one_name(&found) { durable::set_access(target, Access::Data) } else { Ok(()) }
}

/// What was fetched, and hashed while it was written, gets its name; without anything fetched the bytes were there, and were
/// read again. It keeps its place among what is fetched until the operation is committed: one that is cut off goes on with it.
fn take_fetched(
    home: &Home,
    staging: &Staging,
    context: StepContext,
    files: &[OriginFile],
    target: &Path,
    item: &Installed,
) -> Result<(), Failure> {
    let [file] = files else { return Err(store::misplaced(item)) };
    let key = Binding::of(file).key();
    let part = fetch::fetched(home, key);
    if !part.metadata().is_ok_and(|found| found.is_file() && found.len() == item.size.bytes()) {
        return set_own_access(target);
    }
    let shared = staging.fresh_work(context)?.join("blob");
    durable::share(&part, &shared)?;
    fetch::keep(home, &Lists::of(home, item), key, item.digest, item.size.bytes())?;
    staging.set_used(context, &[key, item.digest])?;
    durable::rename(&shared, target)
}

/// The digest of what the name of a model points at; none where it is not there, or points outside.
pub(crate) fn digest_of(home: &Home, item: &Installed) -> Option<Digest> {
    digest_of_link(&std::fs::read_link(home.model_name(item)).ok()?)
}

/// Whether the bytes of a model are here, read whole.
pub(crate) fn is_whole(home: &Home, item: &Installed, meter: &mut Meter) -> Result<bool, Failure> {
    let target = blob(home, item.digest);
    let long_enough = target.metadata().is_ok_and(|found| found.len() == item.size.bytes());
    Ok(long_enough && tree::hash_file(&target, meter)? == (item.digest, item.size.bytes()))
}

fn open_source(artefacts: &Path, source: &Source, item: &Installed) -> Result<(PathBuf, File), Failure> {
    match source {
        Source::Builtin { artefact, file: Some(file) } => {
            let folder = artefacts.join(artefact.as_str()).join("files");
            Ok((folder.join(file), tree::open_inside(&folder, file)?))
        }
        Source::LocalFile { path, .. } => Ok((path.into(), tree::open_file(Path::new(path))?)),
        Source::Builtin { file: None, .. }
        | Source::LocalFiles { .. }
        | Source::Archive { .. }
        | Source::Oci { .. }
        | Source::Repository { .. } => Err(store::misplaced(item)),
    }
}

/// Undoes [`add`].
pub(crate) fn undo_add(home: &Home, context: StepContext, item: &Installed) -> Result<(), Failure> {
    let staging = Staging::of(home, context.operation);
    let name = home.model_name(item);
    if staging.has_mark(context) {
        durable::remove(&name)?;
        durable::remove_unfinished(&name)?;
    }
    // One whose digest nobody published has the one that was learned.
    for digest in staging.used_by(context).into_iter().chain([item.digest]) {
        drop_unless_put_aside(home, &staging, digest, &item.placement)?;
    }
    if staging.has_mark(context) {
        staging.remove_mark(context)?;
    }
    if let Some(parent) = name.parent() {
        durable::remove_if_empty(parent)?;
    }
    staging.tidy(context)
}

// A name that this operation put aside still counts: undoing brings it back.
fn drop_unless_put_aside(
    home: &Home,
    staging: &Staging,
    digest: Digest,
    placement: &Placement,
) -> Result<(), Failure> {
    let aside = children(&staging.all_trash())?;
    let named = aside
        .iter()
        .any(|path| std::fs::read_link(path).ok().and_then(|target| digest_of_link(&target)) == Some(digest));
    if named { Ok(()) } else { drop_if_unnamed(home, digest, placement) }
}

/// Takes a model's name away; its bytes stay until the operation is committed.
pub(crate) fn remove(home: &Home, context: StepContext, item: &Installed) -> Result<(), Failure> {
    store::put_aside(&Staging::of(home, context.operation), context, &home.model_name(item))
}

/// Undoes [`remove`].
pub(crate) fn undo_remove(home: &Home, context: StepContext, item: &Installed) -> Result<(), Failure> {
    store::put_back(&Staging::of(home, context.operation), context, &home.model_name(item))
}

/// Makes the removals of an operation final: bytes whose last name is in its trash are dropped.
pub(crate) fn finish(home: &Home, staging: &Staging) -> Result<(), Failure> {
    for path in children(&staging.all_trash())? {
        // Only names are links here; a module's folder goes with the staging.
        if let Ok(target) = std::fs::read_link(&path)
            && let Some(digest) = digest_of_link(&target)
        {
            drop_if_unnamed(home, digest, &Placement::Blob)?;
        }
    }
    Ok(())
}

fn digest_of_link(target: &Path) -> Option<Digest> {
    let hex = target.strip_prefix("../../blobs/sha256").ok()?.to_str()?;
    format!("sha256:{hex}").parse().ok()
}

fn drop_if_unnamed(home: &Home, digest: Digest, placement: &Placement) -> Result<(), Failure> {
    if *placement == Placement::Blob && !names(home)?.iter().any(|(_, points_at)| *points_at == Some(digest))
    {
        durable::remove(&blob(home, digest))?;
        Lists::of_blobs(home).drop_one(digest)?;
    }
    Ok(())
}

/// Every name of a model, and the blob that it points at.
pub(crate) fn names(home: &Home) -> Result<Vec<(PathBuf, Option<Digest>)>, Failure> {
    let mut found = Vec::new();
    for kind in ["builtin", "local", "hub"] {
        for name in children(&home.models().join(kind))? {
            for version in children(&name)? {
                let points_at = std::fs::read_link(&version).ok().and_then(|target| digest_of_link(&target));
                found.push((version, points_at));
            }
        }
    }
    Ok(found)
}

/// What lies directly in a folder, sorted; nothing if it is not there or not a folder.
pub(crate) fn children(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !folder.symlink_metadata().is_ok_and(|found| found.is_dir()) {
        return Ok(Vec::new());
    }
    let failed = |error| Failure::io(folder, error);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut paths =
        entries.map(|entry| Ok(entry.map_err(failed)?.path())).collect::<Result<Vec<_>, Failure>>()?;
    paths.sort();
    Ok(paths)
}
