//! Looks whether what is installed is as it was left. Names, sizes and rights are cheap to see; bytes are read only
//! where they are not proven: see [`Proven`].

mod content;
pub(crate) mod disk;
mod proven;
pub(crate) mod records;
pub(crate) mod services;

use crate::adopting;
use crate::blobs;
use crate::blocking::Meter;
use crate::fetch::Lists;
use crate::home::Home;
use crate::{durable, store, tree, viewing};
use las_types::{
    ArtefactFile, ByteSize, Code, Depth, Drift, DriftKind, Failure, Installed, Placement, Repair, Source,
    Timestamp,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use content::Content;
pub(crate) use content::last_read;
pub(crate) use proven::Proven;

/// What one look needs.
pub(crate) struct Look<'a> {
    pub(crate) home: &'a Home,
    pub(crate) artefacts: &'a Path,
    pub(crate) proven: &'a Proven,
    pub(crate) depth: Depth,
    pub(crate) now: Timestamp,
    /// Counts what is read.
    pub(crate) meter: RefCell<Meter>,
}

/// What is seen of an item's files: the first of each kind, and how many.
#[derive(Default)]
struct Seen {
    kinds: BTreeMap<DriftKind, (PathBuf, u32, Option<Failure>)>,
}

impl Seen {
    fn add(&mut self, kind: DriftKind, path: PathBuf, failure: Option<Failure>) {
        self.kinds.entry(kind).or_insert((path, 0, failure)).1 += 1;
    }

    fn drifts(self, item: &Installed) -> Vec<Drift> {
        let drift = |(kind, (path, count, failure)): (DriftKind, (PathBuf, u32, Option<Failure>))| {
            let mut drift = Drift::new(kind).repaired_by(Repair::Item { name: item.name.clone() });
            if let Some(failure) = failure {
                drift = drift.with("code", failure.code);
                drift.args.extend(failure.args);
            }
            drift.with("name", &item.name).with("path", path.display()).with("count", count)
        };
        self.kinds.into_iter().map(drift).collect()
    }
}

/// How an item's files differ from what was installed.
pub(crate) fn item(look: &Look<'_>, item: &Installed) -> Result<Vec<Drift>, Failure> {
    let mut seen = Seen::default();
    match item.placement {
        Placement::Store { .. } => module(look, item, &mut seen)?,
        Placement::Blob | Placement::Reference { .. } => model(look, item, &mut seen)?,
    }
    let mut drifts = seen.drifts(item);
    drifts.extend(viewing::drifts(look.home, item));
    Ok(drifts)
}

fn model(look: &Look<'_>, item: &Installed, seen: &mut Seen) -> Result<(), Failure> {
    let name = look.home.model_name(item);
    if std::fs::read_link(&name).ok() != Some(blobs::link_target(item)?) {
        seen.add(DriftKind::ItemMissing, name, Some(Failure::new(Code::ModelDamaged)));
    }
    if let Source::LocalFiles { folder, files, .. } = &item.source {
        several(look, item, Path::new(folder), files, seen);
        return Ok(());
    }
    let bytes = blobs::bytes_of(look.home, item)?;
    let ours = item.placement == Placement::Blob;
    // A file of somebody's own may be a link; one of ours is a file.
    let found = if ours { bytes.symlink_metadata() } else { bytes.metadata() };
    let Some(found) = found.ok().filter(Metadata::is_file) else {
        seen.add(DriftKind::ItemMissing, bytes, Some(Failure::new(Code::ModelDamaged)));
        return Ok(());
    };
    // One with another name is another tool's file as well, and its rights are that tool's.
    if ours && adopting::has_one_name(&found) && found.permissions().mode() & 0o777 != 0o644 {
        seen.add(DriftKind::ItemMode, bytes.clone(), None);
    }
    // A file of somebody's own is not ours to compare digests of with what it was: it is another one now.
    let other = |path: &Path, actual| {
        if ours { durable::mismatch(path, item.digest, actual) } else { Failure::new(Code::ModelDamaged) }
    };
    if found.len() != item.size.bytes() && look.depth == Depth::Glance {
        let failure = of_another_size(&bytes, item.size, found.len());
        seen.add(DriftKind::ItemDamaged, bytes, Some(failure));
        return Ok(());
    }
    match look.content(&bytes, &found, item.digest, &Lists::of(look.home, item)) {
        Ok(None | Some(Content::Right)) => {}
        Ok(Some(Content::Other(actual, damaged))) => {
            let failure = from_there(other(&bytes, actual), damaged);
            seen.add(DriftKind::ItemDamaged, bytes, Some(failure));
        }
        Err(failure) => seen.add(DriftKind::ItemMissing, bytes, Some(failure)),
    }
    Ok(())
}

/// The files of a model that stay where somebody keeps them: what else lies there is not ours to judge, nor are rights.
fn several(look: &Look<'_>, item: &Installed, folder: &Path, files: &[ArtefactFile], seen: &mut Seen) {
    let lists = Lists::of(look.home, item);
    for file in files {
        let path = folder.join(&file.path);
        let Some(found) = path.metadata().ok().filter(Metadata::is_file) else {
            seen.add(DriftKind::ItemMissing, path, Some(Failure::new(Code::ModelDamaged)));
            continue;
        };
        if found.len() != file.size.bytes() && look.depth == Depth::Glance {
            let failure = of_another_size(&path, file.size, found.len());
            seen.add(DriftKind::ItemDamaged, path, Some(failure));
            continue;
        }
        match content_of(look, file, &path, &found, &lists) {
            Ok(None | Some(Content::Right)) => {}
            Ok(Some(Content::Other(_, damaged))) => {
                let failure = from_there(Failure::new(Code::ModelDamaged), damaged);
                seen.add(DriftKind::ItemDamaged, path, Some(failure));
            }
            Err(failure) => seen.add(DriftKind::ItemMissing, path, Some(failure)),
        }
    }
}

/// What is in one of several files.
fn content_of(
    look: &Look<'_>,
    file: &ArtefactFile,
    path: &Path,
    found: &Metadata,
    lists: &Lists,
) -> Result<Option<Content>, Failure> {
    let digest = file.digest().ok_or_else(|| Failure::internal("a file without a digest"))?;
    look.content(path, found, digest, lists)
}

/// Says between which bytes the damage begins, where that is known.
fn from_there(failure: Failure, damaged: Option<(u64, u64)>) -> Failure {
    match damaged {
        Some((from, to)) => failure.with(Drift::DAMAGED_FROM, from).with(Drift::DAMAGED_TO, to),
        None => failure,
    }
}

/// What a size alone says: the bytes were not read.
fn of_another_size(path: &Path, expected: ByteSize, actual: u64) -> Failure {
    Failure::new(Code::ChecksumMismatch)
        .with("path", path.display())
        .with("expected", expected)
        .with("actual", ByteSize::new(actual))
}

fn module(look: &Look<'_>, item: &Installed, seen: &mut Seen) -> Result<(), Failure> {
    let folder = store::folder(look.home, item)?;
    if !folder.symlink_metadata().is_ok_and(|found| found.is_dir()) {
        let failure = missing(&folder);
        seen.add(DriftKind::ItemMissing, folder, Some(failure));
        return Ok(());
    }
    let mut there = match tree::walk(&folder) {
        Ok(there) => there,
        Err(failure) => {
            seen.add(DriftKind::ItemMissing, folder, Some(failure));
            return Ok(());
        }
    };
    let Some(files) = expected(look, item) else {
        whole(look, item, &folder, &there, seen);
        return Ok(());
    };
    let lists = Lists::of(look.home, item);
    for file in &files {
        let path = folder.join(&file.path);
        if let Some(found) = there.remove(&file.path) {
            one_file(look, &lists, file, path, &found, seen);
        } else {
            let failure = missing(&path);
            seen.add(DriftKind::ItemMissing, path, Some(failure));
        }
    }
    for path in there.into_keys() {
        seen.add(DriftKind::ItemExtra, folder.join(path), None);
    }
    Ok(())
}

fn missing(path: &Path) -> Failure {
    Failure::io(path, std::io::ErrorKind::NotFound.into())
}

fn one_file(
    look: &Look<'_>,
    lists: &Lists,
    file: &ArtefactFile,
    path: PathBuf,
    found: &Metadata,
    seen: &mut Seen,
) {
    if let Some(target) = &file.link {
        if tree::link_target(&path).ok().as_ref() != Some(target) {
            let failure = missing(&path);
            seen.add(DriftKind::ItemMissing, path, Some(failure));
        }
        return;
    }
    if !found.is_file() {
        let failure = missing(&path);
        return seen.add(DriftKind::ItemMissing, path, Some(failure));
    }
    let mode = if file.executable { 0o755 } else { 0o644 };
    if found.permissions().mode() & 0o777 != mode {
        seen.add(DriftKind::ItemMode, path.clone(), None);
    }
    if found.len() != file.size.bytes() && look.depth == Depth::Glance {
        let failure = of_another_size(&path, file.size, found.len());
        return seen.add(DriftKind::ItemDamaged, path, Some(failure));
    }
    match content_of(look, file, &path, found, lists) {
        Ok(None | Some(Content::Right)) => {}
        Ok(Some(Content::Other(actual, damaged))) => {
            let failure = Failure::new(Code::ChecksumMismatch)
                .with("path", path.display())
                .with("expected", format!("sha256:{}", file.sha256))
                .with("actual", actual);
            let failure = from_there(failure, damaged);
            seen.add(DriftKind::ItemDamaged, path, Some(failure));
        }
        Err(failure) => seen.add(DriftKind::ItemMissing, path, Some(failure)),
    }
}

/// The files that an item should have, as far as its list is still shipped.
fn expected(look: &Look<'_>, item: &Installed) -> Option<Vec<ArtefactFile>> {
    let Source::Builtin { artefact, .. } = &item.source else { return item.source.model_files() };
    let index = tree::read_index(&look.artefacts.join(artefact.as_str())).ok()?;
    (index.digest == item.digest).then_some(index.files)
}

/// An item whose list of files is no longer shipped: only its digest over all of them is known.
fn whole(
    look: &Look<'_>,
    item: &Installed,
    folder: &Path,
    there: &BTreeMap<String, Metadata>,
    seen: &mut Seen,
) {
    let must_read = match look.depth {
        Depth::Glance => false,
        Depth::Full => true,
        Depth::Changed { proven_since } => look.proven.tree(folder, there, proven_since) != Some(item.digest),
    };
    if !must_read {
        return;
    }
    let files = match tree::hash_tree(folder, &mut look.meter.borrow_mut()) {
        Ok(files) => files,
        Err(failure) => return seen.add(DriftKind::ItemMissing, folder.to_owned(), Some(failure)),
    };
    let actual = las_types::tree_digest(&files);
    if actual == item.digest {
        // The folder's own identity says nothing about the files in it: each of them is kept as proven.
        for file in files.into_iter().filter(|file| file.link.is_none()) {
            if let Some((found, digest)) = there.get(&file.path).zip(file.digest()) {
                look.proven.add(&folder.join(&file.path), found, digest, None, look.now);
            }
        }
    } else {
        let failure = durable::mismatch(folder, item.digest, actual);
        seen.add(DriftKind::ItemDamaged, folder.to_owned(), Some(failure));
    }
}

/// Whether what an item is made from is still to be had. Nothing is read: what it is worth shows when it is copied.
pub(crate) fn can_restore(home: &Home, artefacts: &Path, item: &Installed) -> bool {
    match (&item.source, &item.placement) {
        // Somebody's own file is never touched.
        (_, Placement::Reference { .. }) => false,
        (Source::Builtin { artefact, file }, _) => {
            let folder = artefacts.join(artefact.as_str());
            match file {
                Some(file) => folder.join("files").join(file).is_file(),
                None => tree::read_index(&folder).is_ok_and(|index| index.digest == item.digest),
            }
        }
        // Whether it still is in a network shows when it is asked for.
        (Source::Archive { urls, size, .. }, _) => urls.iter().any(|url| {
            url.file().is_none_or(|path| path.metadata().is_ok_and(|found| found.len() == size.bytes()))
        }),
        // Whether a registry, or a source, still has it shows when it is asked for.
        (Source::Oci { .. } | Source::Repository { .. }, _) => true,
        (Source::LocalFiles { folder, files, .. }, _) => files.iter().all(|file| {
            let path = Path::new(folder).join(&file.path);
            path.metadata().is_ok_and(|found| found.is_file() && found.len() == file.size.bytes())
        }),
        (Source::LocalFile { path, .. }, _) => {
            let path = Path::new(path);
            // What has become of a file under one of its names has become of it under the other.
            path.metadata().is_ok_and(|found| found.is_file() && found.len() == item.size.bytes())
                && !adopting::is_same_file(path, &blobs::blob(home, item.digest))
        }
    }
}
