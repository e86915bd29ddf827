//! Where the bytes of a step come from.

use super::{ArchiveFormat, ArtefactFile};
use crate::{ByteSize, Digest, ModuleName};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the bytes of a step come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// Shipped with the application: a folder under its artefacts.
    Builtin {
        /// The artefact's folder.
        artefact: ModuleName,
        /// For a single file: its path within the artefact.
        file: Option<String>,
    },
    /// A file of this machine.
    LocalFile {
        /// Where.
        path: String,
        /// Whose it is, for one that was adopted from another tool.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        adopted: Option<Box<crate::Adoption>>,
    },
    /// Files of this machine that are one model together.
    LocalFiles {
        /// What was named: the first part of a split model, or the folder of them all.
        path: String,
        /// Their folder.
        folder: String,
        /// They: weights first, in the order in which they are read.
        files: Vec<ArtefactFile>,
        /// Whose they are, for some that were adopted from another tool.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        adopted: Option<Box<crate::Adoption>>,
    },
    /// An archive that is fetched and unpacked.
    Archive {
        /// Where it lies; each is asked if it can't be had from the one before.
        urls: Vec<crate::SourceUrl>,
        /// Other hosts that these may send on to; to any other is refused.
        redirects: Vec<String>,
        /// How it is packed.
        format: ArchiveFormat,
        /// Its size.
        size: ByteSize,
        /// Its digest.
        checksum: Digest,
        /// The folder in it that is unpacked; all of it if absent.
        folder: Option<String>,
        /// How many files and links that makes.
        files: u32,
    },
    /// An image that a container engine fetches and keeps.
    Oci {
        /// Its name with its registry.
        image: crate::ImageName,
        /// The digest of its manifest.
        digest: Digest,
        /// How many bytes are fetched.
        size: ByteSize,
    },
    /// Files of a repository of models: one, all parts of one that was split, or weights and what belongs to them.
    Repository {
        /// They, in order.
        files: Vec<crate::OriginFile>,
        /// Which repository.
        origin: Box<crate::ModelOrigin>,
    },
}

impl Source {
    /// How another tool's model was adopted; none for anything else.
    pub fn adoption(&self) -> Option<&crate::Adoption> {
        match self {
            Self::LocalFile { adopted, .. } | Self::LocalFiles { adopted, .. } => adopted.as_deref(),
            _ => None,
        }
    }

    /// Whether somebody brought it here: it is no version of a module of a registry.
    pub const fn is_brought(&self) -> bool {
        matches!(self, Self::LocalFile { .. } | Self::LocalFiles { .. } | Self::Repository { .. })
    }

    /// The files of a model of several, by the names that they have here, with the digest of each; none of anything else,
    /// nor where the digest of any is not known yet.
    pub fn model_files(&self) -> Option<Vec<ArtefactFile>> {
        match self {
            Self::LocalFiles { files, .. } => Some(files.clone()),
            Self::Repository { files, .. } if files.len() > 1 => {
                files.iter().map(crate::OriginFile::as_kept).collect()
            }
            _ => None,
        }
    }

    /// The hosts that may be asked, each once, in order.
    pub fn hosts(&self) -> std::collections::BTreeSet<String> {
        match self {
            Self::Builtin { .. } | Self::LocalFile { .. } | Self::LocalFiles { .. } => {
                std::collections::BTreeSet::new()
            }
            Self::Archive { urls, redirects, .. } => urls
                .iter()
                .filter_map(crate::SourceUrl::host)
                .map(str::to_owned)
                .chain(redirects.iter().cloned())
                .collect(),
            Self::Oci { image, .. } => std::iter::once(image.host().to_owned()).collect(),
            Self::Repository { files, .. } => {
                let named = files
                    .iter()
                    .flat_map(crate::OriginFile::addresses)
                    .filter_map(|url| Some(url.host()?.to_owned()));
                named.chain(files.iter().flat_map(|file| file.redirects.iter().cloned())).collect()
            }
        }
    }

    /// Bytes that come over a network, unless a file of this machine has them.
    pub fn download(&self) -> ByteSize {
        match self {
            Self::Archive { urls, size, .. } if urls.iter().all(|url| url.host().is_some()) => *size,
            Self::Oci { size, .. } => *size,
            Self::Repository { files, .. } => {
                files.iter().filter(|file| file.url.host().is_some()).map(|file| file.size).sum()
            }
            _ => ByteSize::default(),
        }
    }

    /// The digests of what is fetched, and how much comes over a network for each.
    pub fn fetched(&self) -> Vec<(Digest, ByteSize)> {
        match self {
            Self::Archive { checksum, .. } => vec![(*checksum, self.download())],
            Self::Repository { files, .. } => {
                let over =
                    |file: &crate::OriginFile| file.url.host().map_or_else(ByteSize::default, |_| file.size);
                files.iter().filter_map(|file| Some((file.checksum?, over(file)))).collect()
            }
            Self::Builtin { .. } | Self::LocalFile { .. } | Self::LocalFiles { .. } | Self::Oci { .. } => {
                Vec::new()
            }
        }
    }

    /// Bytes that are kept beside what is made from them, until it is made.
    pub fn beside(&self) -> ByteSize {
        if let Self::Archive { size, .. } = self { *size } else { ByteSize::default() }
    }
}
