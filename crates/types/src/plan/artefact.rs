//! What is shipped with the application, and the digest of a list of files.

use crate::{ByteSize, Digest, ModuleName};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One file of an artefact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArtefactFile {
    /// Path within the artefact.
    pub path: String,
    /// Size.
    pub size: ByteSize,
    /// Digest, without prefix.
    pub sha256: String,
    /// Whether it is a program.
    pub executable: bool,
    /// For a symbolic link: where it leads, relative to where it lies. Its digest is that of this text, its size 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub link: Option<String>,
}

impl ArtefactFile {
    /// A symbolic link.
    pub fn link(path: String, target: String) -> Self {
        let sha256 = Digest::of(target.as_bytes()).hex();
        Self { path, size: ByteSize::new(0), sha256, executable: false, link: Some(target) }
    }

    /// Its digest; none if that isn't one.
    pub fn digest(&self) -> Option<Digest> {
        format!("sha256:{}", self.sha256).parse().ok()
    }

    /// What it is, in one letter of the list that [`tree_digest`] hashes: a program, data, a link.
    fn kind(&self) -> char {
        match (&self.link, self.executable) {
            (Some(_), _) => 'l',
            (None, true) => 'x',
            (None, false) => '-',
        }
    }
}

/// The index of a shipped artefact (`artefact.json` beside its `files/`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ArtefactIndex {
    /// Its name.
    pub name: ModuleName,
    /// Its version.
    pub version: crate::Version,
    /// Digest of what it was made from: the source package of a program, the file of a model.
    pub source: Digest,
    /// Digest of the list of files, see [`tree_digest`].
    pub digest: Digest,
    /// Every file, sorted by path.
    pub files: Vec<ArtefactFile>,
}

/// The digest of a list of files: SHA-256 over one line `<sha256>  <x|-|l>  <path>\n` a file, sorted by path.
pub fn tree_digest(files: &[ArtefactFile]) -> Digest {
    let mut sorted: Vec<_> = files.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let lines: String =
        sorted.iter().map(|file| format!("{}  {}  {}\n", file.sha256, file.kind(), file.path)).collect();
    Digest::of(lines.as_bytes())
}
