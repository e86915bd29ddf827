//! The artefacts that are shipped with the application.

use crate::files::{entries, read_text};
use las_types::{ArtefactFile, ArtefactIndex, Code, Digest, Failure, ModuleName, tree_digest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// An index lists some hundreds of files.
const INDEX_BYTES_MAX: u64 = 16 << 20;

/// The index of every shipped artefact. Each is a folder with `artefact.json` and its bytes in `files/`.
#[derive(Clone, Debug, Default)]
pub struct Artefacts {
    root: PathBuf,
    indices: BTreeMap<ModuleName, ArtefactIndex>,
}

impl Artefacts {
    /// Reads `<root>/*/artefact.json`. A root that isn't there is an empty set: a build without
    /// embedded artefacts still runs. Entries may be links. Bytes are not hashed here.
    ///
    /// Codes: `io-failed` for an index that can't be read or contradicts itself, `checksum-mismatch`
    /// for one whose digest isn't that of its list of files.
    pub fn load(root: &Path) -> Result<Self, Failure> {
        let mut indices = BTreeMap::new();
        for folder in entries(root)? {
            let path = folder.join("artefact.json");
            if path.is_file() {
                let index = read_index(&folder, &path)?;
                indices.insert(index.name.clone(), index);
            }
        }
        Ok(Self { root: root.to_owned(), indices })
    }

    /// The index of one artefact.
    pub fn get(&self, name: &ModuleName) -> Option<&ArtefactIndex> {
        self.indices.get(name)
    }

    /// The folder of one artefact; its bytes lie in `files/` there.
    pub fn directory(&self, name: &ModuleName) -> PathBuf {
        self.root.join(name.as_str())
    }

    /// A digest over all that manifests are checked against.
    pub(crate) fn fingerprint(&self) -> Digest {
        let line = |index: &ArtefactIndex| {
            format!("{} {} {} {}\n", index.name, index.version, index.source, index.digest)
        };
        Digest::of(self.iter().map(line).collect::<String>().as_bytes())
    }

    /// Every index, by name.
    pub fn iter(&self) -> impl Iterator<Item = &ArtefactIndex> {
        self.indices.values()
    }
}

/// Artefacts whose indices were not read from files here; nothing is checked.
impl FromIterator<ArtefactIndex> for Artefacts {
    fn from_iter<I: IntoIterator<Item = ArtefactIndex>>(indices: I) -> Self {
        let indices = indices.into_iter().map(|index| (index.name.clone(), index)).collect();
        Self { root: PathBuf::new(), indices }
    }
}

fn read_index(folder: &Path, path: &Path) -> Result<ArtefactIndex, Failure> {
    let wrong =
        |detail: String| Failure::new(Code::IoFailed).with("path", path.display()).with("detail", detail);
    let text = read_text(path, INDEX_BYTES_MAX)?;
    let index: ArtefactIndex =
        serde_json::from_str(&text).map_err(|error| wrong(error.to_string()).because(error))?;
    if folder.file_name().and_then(|name| name.to_str()) != Some(index.name.as_str()) {
        return Err(wrong(format!("the folder holds the artefact '{}'", index.name)));
    }
    if let Some(file) = index.files.iter().find(|file| !is_sound(file)) {
        return Err(wrong(format!("'{}' can't be the path and digest of a file", file.path)));
    }
    if index.files.windows(2).any(|pair| pair[0].path >= pair[1].path) {
        return Err(wrong("files are not sorted by path, or are there twice".to_owned()));
    }
    let actual = tree_digest(&index.files);
    if actual != index.digest {
        return Err(Failure::new(Code::ChecksumMismatch)
            .with("path", path.display())
            .with("expected", index.digest)
            .with("actual", actual));
    }
    Ok(index)
}

/// Whether a file's path stays inside the artefact and its digest is one.
fn is_sound(file: &ArtefactFile) -> bool {
    let inside = |part: &str| !part.is_empty() && part != "." && part != "..";
    file.path.split('/').all(inside)
        && !file.path.contains(['\\', '\n', '\0'])
        && format!("sha256:{}", file.sha256).parse::<Digest>().is_ok()
        && !file.sha256.contains(|c: char| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests;
