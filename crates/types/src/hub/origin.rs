//! Where an installed model came from, and the record that is kept of it.

use crate::{
    ArtefactFile, ByteSize, Commit, Digest, FileRole, Gate, Installed, ModelCode, ModuleName, RepositoryId,
    RepositoryPath, Revision, SecretHeader, Source, SourceKind, SourceName, SourceUrl, TokenizerFacts,
    Version,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One file of a repository, as it is fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OriginFile {
    /// Its path in the repository.
    pub path: RepositoryPath,
    /// Its address.
    pub url: SourceUrl,
    /// Where else the same bytes are to be had, in the order in which these are asked when the first fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<SourceUrl>>", optional)]
    pub mirrors: Vec<SourceUrl>,
    /// Other hosts that these may send on to; to any other is refused.
    pub redirects: Vec<String>,
    /// Its size.
    pub size: ByteSize,
    /// Its digest, if the source publishes it; otherwise its size and its address bind what is fetched, and its digest is
    /// learned.
    pub checksum: Option<Digest>,
    /// What the source called this content.
    pub tag: Option<String>,
    /// Headers whose value is secret, each for one origin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<SecretHeader>>", optional)]
    pub headers: Vec<SecretHeader>,
}

impl OriginFile {
    /// What stands for the digest of a file until that is learned.
    pub fn stand_in(&self) -> Digest {
        Digest::of(format!("{}\n{}", self.url, self.size.bytes()).as_bytes())
    }

    /// Every address of it, its own first.
    pub fn addresses(&self) -> impl Iterator<Item = &SourceUrl> {
        std::iter::once(&self.url).chain(&self.mirrors)
    }

    /// As it lies among the files of its model; none where its digest is not known.
    pub fn as_kept(&self) -> Option<ArtefactFile> {
        let sha256 = self.checksum?.hex();
        Some(ArtefactFile {
            path: self.name().to_owned(),
            size: self.size,
            sha256,
            executable: false,
            link: None,
        })
    }

    /// Its name without its folder.
    pub fn name(&self) -> &str {
        self.path.as_str().rsplit('/').next().unwrap_or_default()
    }
}

/// The repository that a model came from, as its source described it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelOrigin {
    /// The source.
    pub source: SourceName,
    /// What it speaks.
    pub kind: SourceKind,
    /// The repository.
    pub id: RepositoryId,
    /// Which revision was asked for.
    pub revision: Revision,
    /// Which state that was; none where there is no such thing.
    pub commit: Option<Commit>,
    /// Its licence there.
    pub licence: Option<String>,
    /// Who gets it.
    pub gate: Gate,
}

/// How a model came to this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Arrival {
    /// With the application, or as a module of a registry.
    Shipped,
    /// From a file of this machine.
    Imported {
        /// Where that was.
        path: String,
    },
    /// From another tool of this machine, whose file stays as it is.
    Adopted {
        /// Where its file is.
        path: String,
        /// Whose it is, and how it was taken.
        adoption: Box<crate::Adoption>,
    },
    /// From a repository.
    Pulled {
        /// Which.
        origin: Box<ModelOrigin>,
    },
}

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PackageFile {
    /// What it is for.
    #[serde(default)]
    pub role: FileRole,
    /// Its path where it came from; none if it has no name of its own.
    pub path: Option<String>,
    /// Its size.
    pub size: ByteSize,
    /// Its SHA-256.
    pub digest: Digest,
}

/// What is kept of an installed model: its weights, what reads text for it, its quantisation, checksums, licence and origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelPackage {
    /// Its name here.
    pub name: ModuleName,
    /// Its version here.
    pub version: Version,
    /// Its weights.
    pub weights: Vec<PackageFile>,
    /// What belongs to them: a projector, a configuration, a tokenizer in files of its own.
    #[serde(default)]
    pub beside: Vec<PackageFile>,
    /// Code that its configuration names. It was not fetched, and nothing runs it.
    #[serde(default)]
    pub code: Option<ModelCode>,
    /// Its tokenizer, where it is in the file.
    pub tokenizer: Option<TokenizerFacts>,
    /// Its quantisation.
    pub quantisation: String,
    /// Its licence: what its source says, else what its header says.
    pub license: Option<String>,
    /// What its licence and its owner ask of whoever uses it, see [`obligations`].
    pub obligations: Vec<String>,
    /// How it came here.
    pub arrival: Arrival,
}

impl ModelPackage {
    /// The record of an installed model; none of what is no model.
    pub fn of(item: &Installed) -> Option<Self> {
        let facts = item.model.as_ref()?;
        let (arrival, files, gate) = match &item.source {
            Source::Repository { files, origin } => {
                (Arrival::Pulled { origin: origin.clone() }, files.as_slice(), origin.gate)
            }
            Source::LocalFile { path, adopted: Some(adoption) }
            | Source::LocalFiles { path, adopted: Some(adoption), .. } => {
                let (path, adoption) = (path.clone(), adoption.clone());
                (Arrival::Adopted { path, adoption }, &[][..], Gate::Open)
            }
            Source::LocalFile { path, adopted: None } | Source::LocalFiles { path, adopted: None, .. } => {
                (Arrival::Imported { path: path.clone() }, &[][..], Gate::Open)
            }
            Source::Builtin { .. } | Source::Archive { .. } | Source::Oci { .. } => {
                (Arrival::Shipped, &[][..], Gate::Open)
            }
        };
        let part = |file: &OriginFile| PackageFile {
            role: FileRole::of(file.name()).unwrap_or_default(),
            path: Some(file.path.to_string()),
            size: file.size,
            // One without a published digest comes alone, and has the digest that was learned.
            digest: file.checksum.unwrap_or(item.digest),
        };
        let mut all: Vec<_> = files.iter().map(part).collect();
        if let Source::LocalFiles { files, .. } = &item.source {
            all.extend(files.iter().filter_map(brought));
        }
        let (mut weights, beside): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|file| file.role == FileRole::Weights);
        if weights.is_empty() {
            let role = FileRole::Weights;
            weights.push(PackageFile { role, path: None, size: item.size, digest: item.digest });
        }
        Some(Self {
            name: item.name.clone(),
            version: item.version.clone(),
            weights,
            beside,
            code: facts.code.clone(),
            tokenizer: facts.tokenizer.clone(),
            quantisation: facts.quantisation.clone(),
            license: item.license.clone(),
            obligations: obligations(item.license.as_deref(), gate),
            arrival,
        })
    }
}

fn brought(file: &ArtefactFile) -> Option<PackageFile> {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    Some(PackageFile {
        role: FileRole::of(name).unwrap_or_default(),
        path: Some(file.path.clone()),
        size: file.size,
        digest: format!("sha256:{}", file.sha256).parse().ok()?,
    })
}

/// What a licence asks, as far as its name says, as keys of `locales/` (`note-obligation-<key>`). No advice: whoever passes a
/// model on reads the licence itself.
pub fn obligations(license: Option<&str>, gate: Gate) -> Vec<String> {
    let said = license.unwrap_or_default().to_ascii_lowercase();
    let begins = |all: &[&str]| all.iter().any(|one| said.starts_with(one));
    let mut keys = Vec::new();
    if said.is_empty() {
        keys.push("unknown-license");
    } else if begins(&["apache-2.0", "mit", "bsd", "cc-by-4.0", "isc"]) {
        keys.push("keep-notices");
    } else if begins(&["cc-by-nc"]) {
        keys.extend(["keep-notices", "no-commercial-use"]);
    } else if begins(&["cc-by-sa", "gpl", "agpl", "lgpl"]) {
        keys.extend(["keep-notices", "same-license"]);
    } else if !begins(&["cc0", "unlicense"]) {
        keys.push("own-terms");
    }
    if gate != Gate::Open {
        keys.push("agreed-terms");
    }
    keys.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::obligations;
    use crate::Gate;

    #[test]
    fn what_a_licence_asks_is_told_by_its_name_and_nothing_is_guessed() {
        for (license, gate, expected) in [
            (Some("apache-2.0"), Gate::Open, &["keep-notices"][..]),
            (Some("MIT"), Gate::Agreement, &["keep-notices", "agreed-terms"]),
            (Some("cc-by-nc-4.0"), Gate::Open, &["keep-notices", "no-commercial-use"]),
            (Some("cc0-1.0"), Gate::Open, &[]),
            (Some("llama3.1"), Gate::Open, &["own-terms"]),
            (None, Gate::Open, &["unknown-license"]),
        ] {
            assert_eq!(obligations(license, gate), expected, "{license:?}");
        }
    }
}
