//! Where manifests come from, and whether what comes from there may be believed.

use crate::Artefacts;
use crate::signed::{self, Keys, Seen, Verified};
use las_types::{Code, Failure, Origin, Timestamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One directory of manifests.
#[derive(Clone, Debug)]
pub struct Root {
    /// Whose it is.
    pub origin: Origin,
    /// Where it is; it need not be there.
    pub path: PathBuf,
    /// Folders of the keys that may sign it.
    pub keys: Vec<PathBuf>,
}

impl Root {
    /// The application's own.
    pub fn builtin(path: PathBuf) -> Self {
        Self { origin: Origin::Builtin, path, keys: Vec::new() }
    }
}

/// Whether registries without a signature are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsigned {
    /// They are, and shown as what they are.
    Allowed,
    /// They are not, the application's own excepted.
    Refused,
}

/// What a registry is loaded from.
pub struct Sources<'a> {
    /// The directories; of the same version in several, the first counts.
    pub roots: Vec<Root>,
    /// What is shipped.
    pub artefacts: &'a Artefacts,
    /// Where what was read before is kept, if it is.
    pub cache: Option<&'a Path>,
    /// The time: what changed a moment ago is not trusted to stay.
    pub now: Timestamp,
    /// Whether a signature is needed.
    pub unsigned: Unsigned,
    /// The index that each signed registry had before, by its path.
    pub seen: BTreeMap<String, Seen>,
}

impl<'a> Sources<'a> {
    /// The application's own registry alone.
    pub fn builtin(root: &Path, artefacts: &'a Artefacts) -> Self {
        Self {
            roots: vec![Root::builtin(root.to_owned())],
            artefacts,
            cache: None,
            now: Timestamp::UNIX_EPOCH,
            unsigned: Unsigned::Refused,
            seen: BTreeMap::new(),
        }
    }

    /// What a directory's manifests rest on, and those of its keys that are none.
    pub(super) fn standing(&self, root: &Root) -> (Standing, Option<Verified>, Vec<(PathBuf, Failure)>) {
        if !root.path.exists() {
            return (Standing::Absent, None, Vec::new());
        }
        let seen = self.seen.get(&root.path.display().to_string());
        if !signed::has_index(&root.path) {
            let standing = match seen {
                // Who takes the index away must not gain anything by it.
                Some(seen) => Standing::Refused(signed::rolled_back(&root.path, seen, "none")),
                None if root.origin == Origin::Builtin => Standing::Shipped,
                None if self.unsigned == Unsigned::Allowed => Standing::Unsigned,
                None => {
                    Standing::Refused(Failure::new(Code::RegistryUnsigned).with("path", root.path.display()))
                }
            };
            return (standing, None, Vec::new());
        }
        let (keys, failed) = Keys::read(&root.keys);
        match signed::verify(&root.path, &keys, self.now, seen) {
            Ok(verified) => {
                let standing = Standing::Signed {
                    key: verified.key().to_owned(),
                    index: verified.seen().clone(),
                    expires: verified.expires(),
                };
                (standing, Some(verified), failed)
            }
            Err(failure) => (Standing::Refused(failure), None, failed),
        }
    }
}

/// What the manifests of a directory rest on.
#[derive(Debug)]
pub enum Standing {
    /// It is part of the application.
    Shipped,
    /// The directory is not there.
    Absent,
    /// Nobody vouches for them.
    Unsigned,
    /// A trusted key does.
    Signed {
        /// Which: the name of its file.
        key: String,
        /// Which index.
        index: Seen,
        /// From when on it won't be believed.
        expires: Timestamp,
    },
    /// Nothing of it was loaded.
    Refused(Failure),
}

/// One directory, as it was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// Which.
    pub root: Root,
    /// Whether it is believed.
    pub standing: Standing,
}
