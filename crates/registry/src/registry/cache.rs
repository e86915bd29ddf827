//! What was read before, so that ten thousand manifests need not be read again.
//!
//! One file: a mark, the SHA-256 of the rest, the length of the rows, the rows, the manifests as
//! JSON. A row is believed only if its file has the very stamp that it had when it was read, and
//! all of them only if this build and these artefacts made them. What doesn't fit is left out, and
//! the manifests are read from their files: the cache can be lost at any time.

use super::discover::Stamp;
use las_types::{Category, Digest, Manifest};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

const MARK: &[u8; 8] = b"LASREG1\n";
const HEAD: usize = 8 + 32 + 8;
/// Ten times what ten thousand manifests take.
const BYTES_MAX: u64 = 128 << 20;

/// What rows depend on beside their files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Key {
    /// The sources of the crates that read manifests.
    sources: String,
    /// What manifests were checked against.
    artefacts: Vec<u8>,
}

impl Key {
    pub(super) fn new(artefacts: Digest) -> Self {
        Self { sources: env!("LAS_REGISTRY_SOURCES").to_owned(), artefacts: artefacts.bytes().to_vec() }
    }
}

/// One manifest that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row<'a> {
    /// Its registry, as a place among the table's.
    pub(super) root: usize,
    /// Its file, relative to the registry.
    pub(super) path: &'a str,
    pub(super) stamp: Stamp,
    /// SHA-256 of the file.
    pub(super) digest: [u8; 32],
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) category: Category,
    /// The oldest useful version by it; empty if it says none.
    pub(super) least: &'a str,
    /// Names that it provides.
    #[serde(borrow)]
    pub(super) provides: Vec<&'a str>,
    /// Names that it conflicts with.
    #[serde(borrow)]
    pub(super) conflicts: Vec<&'a str>,
    /// Where it stands among the bodies.
    pub(super) body: Range<usize>,
}

#[derive(Serialize, Deserialize)]
struct Table<'a> {
    #[serde(borrow)]
    roots: Vec<&'a str>,
    key: Key,
    /// By registry and path.
    #[serde(borrow)]
    rows: Vec<Row<'a>>,
}

/// A cache that was read: its bytes, and what of them is where.
#[derive(Debug)]
pub(super) struct Bytes {
    all: Vec<u8>,
    rows: Range<usize>,
}

impl Bytes {
    /// The file's bytes, if they are whole.
    pub(super) fn read(path: &Path) -> Option<Arc<Self>> {
        // None yet, or none that can be read: either way the manifests are.
        if path.metadata().ok()?.len() > BYTES_MAX {
            return None;
        }
        Self::whole(std::fs::read(path).ok()?).map(Arc::new)
    }

    fn whole(all: Vec<u8>) -> Option<Self> {
        let rest = all.strip_prefix(MARK)?;
        let (digest, rest) = rest.split_at_checked(32)?;
        if Digest::of(rest).bytes().as_slice() != digest {
            return None;
        }
        let length = u64::from_le_bytes(rest.get(..8)?.try_into().ok()?);
        let rows = HEAD..HEAD.checked_add(usize::try_from(length).ok()?)?;
        (rows.end <= all.len()).then_some(Self { all, rows })
    }

    /// The rows that were made under the same circumstances, each with its registry's path.
    pub(super) fn rows(&self, key: &Key) -> Option<(Vec<&str>, Vec<Row<'_>>)> {
        let table: Table<'_> = postcard::from_bytes(self.all.get(self.rows.clone())?).ok()?;
        let bodies = self.all.len() - self.rows.end;
        let fits = |row: &Row<'_>| {
            row.root < table.roots.len() && row.body.start <= row.body.end && row.body.end <= bodies
        };
        (table.key == *key && table.rows.iter().all(fits)).then_some((table.roots, table.rows))
    }

    /// A manifest's JSON.
    pub(super) fn body(&self, at: &Range<usize>) -> &[u8] {
        self.all.get(self.rows.end + at.start..self.rows.end + at.end).unwrap_or_default()
    }

    /// A manifest. Only what reads back as it was is ever written, so this is none for no row.
    pub(super) fn manifest(&self, at: &Range<usize>) -> Option<Manifest> {
        serde_json::from_slice(self.body(at)).ok()
    }
}

/// A manifest as it is kept; none if it would not read back as it is.
pub(super) fn encode(manifest: &Manifest) -> Option<Vec<u8>> {
    let bytes = serde_json::to_vec(manifest).ok()?;
    let again: Manifest = serde_json::from_slice(&bytes).ok()?;
    // Versions are equal if they mean the same; they must also be written the same.
    let same = again == *manifest && serde_json::to_vec(&again).ok()? == bytes;
    same.then_some(bytes)
}

/// The file of these rows; their bodies are ranges of `bodies`.
pub(super) fn write(key: Key, roots: Vec<&str>, rows: Vec<Row<'_>>, bodies: &[u8]) -> Option<Vec<u8>> {
    let table = postcard::to_stdvec(&Table { roots, key, rows }).ok()?;
    let mut rest = (table.len() as u64).to_le_bytes().to_vec();
    rest.extend_from_slice(&table);
    rest.extend_from_slice(bodies);
    let mut all = MARK.to_vec();
    all.extend_from_slice(Digest::of(&rest).bytes());
    all.append(&mut rest);
    Some(all)
}
