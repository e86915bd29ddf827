//! Signed registries: an index that lists every manifest, and a detached signature beside it.
//!
//! `index.json` names each file with its digest; `index.json.minisig` is its signature as `minisign`
//! makes it. Who holds a trusted key vouches for the index, the index for the files.

use crate::files::{entries, read_text};
use las_types::{ByteSize, Code, Digest, Failure, Timestamp};
use minisign_verify::{PublicKey, Signature};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const INDEX: &str = "index.json";
const SIGNATURE: &str = "index.json.minisig";
/// Ten times what ten thousand manifests take.
const INDEX_BYTES_MAX: u64 = 32 << 20;
/// Both are a few lines.
const KEY_BYTES_MAX: u64 = 4 << 10;

/// The index as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    /// Version of this form; 1.
    schema: u32,
    /// The registry's name; a signature for one registry means nothing for another.
    name: String,
    /// Counts up with every change.
    version: u64,
    /// From when on it must not be believed: whoever keeps a newer one from us gains only so much time.
    expires: Timestamp,
    manifests: Vec<Listed>,
}

/// One manifest's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    path: String,
    sha256: String,
    size: ByteSize,
}

/// The name and version of the index that a registry had when it was last loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The registry's name.
    pub name: String,
    /// The index's version.
    pub version: u64,
}

/// Keys whose signatures count, by the file that each was read from.
#[derive(Debug, Default)]
pub(crate) struct Keys(Vec<(PathBuf, PublicKey)>);

impl Keys {
    /// Reads `*.pub` of folders; those that can't be read are given back with the reason.
    pub(crate) fn read(folders: &[PathBuf]) -> (Self, Vec<(PathBuf, Failure)>) {
        let (mut keys, mut failed) = (Vec::new(), Vec::new());
        for folder in folders {
            let files = match entries(folder) {
                Ok(files) => files,
                Err(failure) => {
                    failed.push((folder.clone(), failure));
                    continue;
                }
            };
            for path in files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "pub")) {
                let key = read_text(&path, KEY_BYTES_MAX).and_then(|text| {
                    PublicKey::decode(&text).map_err(|error| {
                        Failure::new(Code::RegistryKeyInvalid).with("path", path.display()).because(error)
                    })
                });
                match key {
                    Ok(key) => keys.push((path, key)),
                    Err(failure) => failed.push((path, failure)),
                }
            }
        }
        (Self(keys), failed)
    }
}

/// An index that a trusted key vouches for. There is no way to come by one but [`verify`].
#[derive(Debug)]
pub(crate) struct Verified {
    seen: Seen,
    expires: Timestamp,
    key: String,
    files: BTreeMap<String, Digest>,
}

impl Verified {
    pub(crate) fn seen(&self) -> &Seen {
        &self.seen
    }

    pub(crate) fn expires(&self) -> Timestamp {
        self.expires
    }

    /// The name of the file that the key was read from.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// What a file must be; none if the index doesn't list it.
    pub(crate) fn digest(&self, path: &str) -> Option<Digest> {
        self.files.get(path).copied()
    }

    /// Every listed file.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

/// Whether a registry has an index, and so must be signed.
pub(crate) fn has_index(root: &Path) -> bool {
    // A signature that is left alone is not taken for a registry that never had one.
    [INDEX, SIGNATURE].iter().any(|name| root.join(name).symlink_metadata().is_ok())
}

/// Verifies a registry's index.
///
/// Codes: `registry-signature-invalid` if it isn't that of the index, or there is none;
/// `registry-untrusted` if no trusted key made it; `registry-index-invalid`; `registry-expired`;
/// `registry-rolled-back` if an index of another name or a higher version was there before.
pub(crate) fn verify(
    root: &Path,
    keys: &Keys,
    now: Timestamp,
    seen: Option<&Seen>,
) -> Result<Verified, Failure> {
    let path = root.join(INDEX);
    let text = read_text(&path, INDEX_BYTES_MAX)?;
    let key = signer(root, text.as_bytes(), keys)?;
    let invalid = |line: usize, detail: String| {
        Failure::new(Code::RegistryIndexInvalid)
            .with("path", path.display())
            .with("line", line)
            .with("detail", detail)
    };
    let index: Index =
        serde_json::from_str(&text).map_err(|error| invalid(error.line(), error.to_string()))?;
    if index.schema != 1 {
        return Err(invalid(1, format!("schema {} is not known", index.schema)));
    }
    let mut files = BTreeMap::new();
    for listed in index.manifests {
        let sound = listed.path.split('/').all(|part| !matches!(part, "" | "." | ".."))
            && Path::new(&listed.path).extension().is_some_and(|extension| extension == "yaml")
            && listed.size.bytes() > 0;
        let digest = format!("sha256:{}", listed.sha256).parse().ok().filter(|_| sound);
        let digest = digest.ok_or_else(|| invalid(1, format!("'{}' can't be a manifest", listed.path)))?;
        if files.insert(listed.path.clone(), digest).is_some() {
            return Err(invalid(1, format!("'{}' is listed twice", listed.path)));
        }
    }
    if index.expires <= now {
        return Err(Failure::new(Code::RegistryExpired)
            .with("path", path.display())
            .with("expired", index.expires));
    }
    if let Some(seen) = seen.filter(|seen| seen.name != index.name || seen.version > index.version) {
        return Err(rolled_back(root, seen, &format!("{} {}", index.name, index.version)));
    }
    let found = Seen { name: index.name, version: index.version };
    Ok(Verified { seen: found, expires: index.expires, key, files })
}

/// That what is there is not what came after what was there before.
pub(crate) fn rolled_back(root: &Path, seen: &Seen, found: &str) -> Failure {
    Failure::new(Code::RegistryRolledBack)
        .with("path", root.display())
        .with("seen", format!("{} {}", seen.name, seen.version))
        .with("found", found)
}

/// The trusted key that made the signature.
fn signer(root: &Path, index: &[u8], keys: &Keys) -> Result<String, Failure> {
    let path = root.join(SIGNATURE);
    let wrong = || Failure::new(Code::RegistrySignatureInvalid).with("path", path.display());
    let text = read_text(&path, KEY_BYTES_MAX).map_err(|failure| wrong().because(failure))?;
    let signature = Signature::decode(&text).map_err(|error| wrong().because(error))?;
    let mut untrusted = true;
    for (file, key) in &keys.0 {
        match key.verify(index, &signature, false) {
            Ok(()) => {
                return Ok(file
                    .file_stem()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default());
            }
            Err(minisign_verify::Error::UnexpectedKeyId) => {}
            Err(_) => untrusted = false,
        }
    }
    if untrusted {
        return Err(Failure::new(Code::RegistryUntrusted).with("path", path.display()));
    }
    Err(wrong())
}
