//! Files of weights that are one model together, as they lie in another tool's folder.

use super::layouts::Weights;
use crate::sets::{FileSet, set_at};
use las_models::PartName;
use las_types::{ArtefactFile, ByteSize, Code, Digest, Failure, WeightsFormat};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A model of another tool: one file, or the first of several.
pub(crate) struct Group {
    pub(super) weights: Weights,
    /// All of its files; none where it is one alone. A failure where files are missing or lead elsewhere.
    pub(super) set: Result<Option<FileSet>, Failure>,
    /// Its files, with no links on the way.
    reals: BTreeSet<PathBuf>,
}

impl Group {
    /// What a file belongs to.
    pub(super) fn of(weights: Weights) -> Self {
        let set = several(&weights);
        let mut reals = BTreeSet::from([weights.real.clone()]);
        if let Ok(Some(set)) = &set {
            reals.extend(set.paths().iter().filter_map(|(_, path)| std::fs::canonicalize(path).ok()));
        }
        Self { weights, set, reals }
    }

    pub(super) fn has(&self, real: &Path) -> bool {
        self.reals.contains(real)
    }
}

/// Each model once, whichever of its files comes first.
pub(super) fn grouped(weights: Vec<Weights>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in weights {
        if !groups.iter().any(|group| group.has(&one.real)) {
            groups.push(Group::of(one));
        }
    }
    groups
}

fn several(weights: &Weights) -> Result<Option<FileSet>, Failure> {
    let name = weights.shown.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_part = PartName::parse(name).is_some_and(|part| part.of > 1);
    let is_safetensors = WeightsFormat::of_path(name) == Some(WeightsFormat::Safetensors);
    // What is no file is refused by what looks at it alone.
    if !(is_part || is_safetensors) || !weights.real.is_file() {
        return Ok(None);
    }
    let set = set_at(&weights.shown)?.filter(|set| set.names.len() > 1);
    if let (Some(set), Some(root)) = (&set, &weights.root) {
        set.paths().iter().try_for_each(|(_, path)| within(root, path))?;
    }
    Ok(set)
}

/// A name in a tool's folder leads to what is in it.
fn within(root: &Path, path: &Path) -> Result<(), Failure> {
    let real = std::fs::canonicalize(path).map_err(|error| Failure::io(path, error))?;
    if real.starts_with(root) {
        return Ok(());
    }
    Err(Failure::new(Code::ModelLinkOut).with("path", path.display()).with("to", real.display()))
}

/// The files of a set with their digests. Where a layout names a file by its digest nothing is read: the step compares.
pub(crate) fn described(set: &FileSet) -> Result<Vec<ArtefactFile>, Failure> {
    let one = |(name, path): (String, PathBuf)| {
        let real = std::fs::canonicalize(&path).map_err(|error| Failure::io(&path, error))?;
        let (digest, size) = match named_by_digest(&real) {
            Some(digest) => (digest, real.metadata().map_err(|error| Failure::io(&real, error))?.len()),
            None => crate::import::hashed(&path)?,
        };
        let size = ByteSize::new(size);
        Ok(ArtefactFile { path: name, size, sha256: digest.hex(), executable: false, link: None })
    };
    set.paths().into_iter().map(one).collect()
}

fn named_by_digest(real: &Path) -> Option<Digest> {
    let folder = real.parent()?.file_name()?;
    (folder == "blobs").then(|| las_models::digest_of_blob(real.file_name()?.to_str()?))?
}
