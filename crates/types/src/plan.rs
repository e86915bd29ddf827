//! Plans: what will be done, complete before anything happens.

use crate::{
    ByteSize, Digest, Generation, GenerationNumber, HardwareProfile, Installed, Intent, ModuleName, Note,
    OperationId, PlanId, PlannedOverride, ServiceName, ServiceSpec, Timestamp,
};
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

    /// What it is, in one letter of the list that [`tree_digest`] hashes: a program, data, a link.
    fn kind(&self) -> char {
        match (&self.link, self.executable) {
            (Some(_), _) => 'l',
            (None, true) => 'x',
            (None, false) => '-',
        }
    }
}

/// How an archive is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveFormat {
    /// `.tar`
    Tar,
    /// `.tar.gz`, `.tgz`
    TarGz,
    /// `.tar.xz`
    TarXz,
    /// `.tar.zst`
    TarZst,
    /// `.zip`
    Zip,
}

impl ArchiveFormat {
    /// Of a file's name, by what it ends with; none for any other.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        [
            (Self::TarGz, &[".tar.gz", ".tgz"][..]),
            (Self::TarXz, &[".tar.xz", ".txz"]),
            (Self::TarZst, &[".tar.zst", ".tzst"]),
            (Self::Tar, &[".tar"]),
            (Self::Zip, &[".zip", ".whl"]),
        ]
        .into_iter()
        .find_map(|(format, known)| ends(known).then_some(format))
    }
}

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
}

impl Source {
    /// The hosts that may be asked, each once, in order.
    pub fn hosts(&self) -> std::collections::BTreeSet<String> {
        match self {
            Self::Builtin { .. } | Self::LocalFile { .. } => std::collections::BTreeSet::new(),
            Self::Archive { urls, redirects, .. } => urls
                .iter()
                .filter_map(crate::SourceUrl::host)
                .map(str::to_owned)
                .chain(redirects.iter().cloned())
                .collect(),
            Self::Oci { image, .. } => std::iter::once(image.host().to_owned()).collect(),
        }
    }

    /// Bytes that come over a network, unless a file of this machine has them.
    pub fn download(&self) -> ByteSize {
        match self {
            Self::Archive { urls, size, .. } if urls.iter().all(|url| url.host().is_some()) => *size,
            Self::Oci { size, .. } => *size,
            _ => ByteSize::default(),
        }
    }

    /// Bytes that are kept beside what is made from them, until it is made.
    pub fn beside(&self) -> ByteSize {
        match self {
            Self::Archive { size, .. } => *size,
            Self::Builtin { .. } | Self::LocalFile { .. } | Self::Oci { .. } => ByteSize::default(),
        }
    }
}

/// What one step does. Executing it twice ends in the same place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StepAction {
    /// Put a module's files into the store.
    StoreAdd {
        /// What will be there.
        item: Installed,
        /// Where its bytes come from.
        source: Source,
    },
    /// Move a module out of the store; gone when the operation is committed.
    StoreRemove {
        /// What is there.
        item: Installed,
    },
    /// Put a model's bytes into the blob store, or record where they lie.
    BlobAdd {
        /// What will be there.
        item: Installed,
        /// Where its bytes come from.
        source: Source,
    },
    /// Forget a model; its bytes go when the operation is committed.
    BlobRemove {
        /// What is there.
        item: Installed,
    },
    /// Move a service's own data out; gone when the operation is committed.
    DataRemove {
        /// Whose.
        service: ServiceName,
    },
    /// Start an installed program once and see that it answers.
    ProgramVerify {
        /// Whose.
        item: Installed,
        /// The program within its files.
        program: String,
        /// What it is started with; `--version` if nothing is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(as = "Option<Vec<String>>", optional)]
        proof: Vec<String>,
    },
    /// Start a service and wait until it is ready.
    ServiceStart {
        /// With which settings.
        spec: Box<ServiceSpec>,
    },
    /// Write a generation's lock file again.
    GenerationWrite {
        /// What it says.
        generation: Box<Generation>,
    },
    /// Remove what belongs to nothing; gone when the operation is committed.
    StrayRemove {
        /// Relative to the data directory.
        path: String,
    },
    /// Remember the machine as it is now.
    MachineRecord {
        /// How it is.
        profile: Box<HardwareProfile>,
    },
    /// Stop a service.
    ServiceStop {
        /// Which.
        service: ServiceName,
        /// With which settings it runs: undoing starts it so again. None if it runs no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        spec: Option<Box<ServiceSpec>>,
    },
    /// Write the configuration file anew; refused if it isn't any more what the plan was made from.
    ConfigWrite {
        /// The file.
        path: String,
        /// Its text before; none if there is no file.
        before: Option<String>,
        /// Its text afterwards.
        after: String,
    },
}

impl StepAction {
    /// Where the bytes come from that it adds; none if it adds none.
    pub fn source(&self) -> Option<&Source> {
        match self {
            Self::StoreAdd { source, .. } | Self::BlobAdd { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlanStep {
    /// Its place, from 0.
    pub index: u32,
    /// What it does.
    pub action: StepAction,
    /// Bytes it reads and writes; what its progress counts to.
    pub bytes: ByteSize,
    /// How it is undone, as a key of `locales/` (`undo-<key>`).
    pub undo: String,
    /// The steps before it that it waits for, by their places; all of them where none are named. Steps that
    /// don't wait for each other are executed at the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub after: Option<Vec<u32>>,
}

impl PlanStep {
    /// A step that waits for every step before it, of which there are so many.
    pub fn next(before: usize, action: StepAction, bytes: ByteSize, undo: &str) -> Self {
        let index = u32::try_from(before).unwrap_or(u32::MAX); // far fewer modules exist
        Self { index, action, bytes, undo: undo.to_owned(), after: None }
    }

    /// Whether it waits for the step at that place.
    pub fn waits_for(&self, other: u32) -> bool {
        other < self.index && self.after.as_ref().is_none_or(|after| after.contains(&other))
    }
}

/// The sums a person decides by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlanTotals {
    /// Bytes fetched over a network.
    pub download: ByteSize,
    /// Bytes more on disk afterwards.
    pub disk: ByteSize,
    /// Bytes freed on disk.
    pub freed: ByteSize,
    /// Main memory and VRAM taken by services that the plan starts.
    pub memory: ByteSize,
}

/// What will be done, complete: versions, digests, bytes, ports, licences, undo. Nothing is chosen
/// while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExecutionPlan {
    /// Its id.
    pub id: PlanId,
    /// When it was made.
    pub made_at: Timestamp,
    /// What it is for.
    pub intent: Intent,
    /// The generation it was made from; with another current one it is stale.
    pub base: GenerationNumber,
    /// What is done, in order.
    pub steps: Vec<PlanStep>,
    /// The sums.
    pub totals: PlanTotals,
    /// Hosts contacted over a network.
    pub hosts: Vec<String>,
    /// Ports opened.
    pub ports: Vec<u16>,
    /// Licences of what is installed, `name: licence`.
    pub licenses: Vec<String>,
    /// Whether administrator rights are needed.
    pub needs_administrator: bool,
    /// What will be installed afterwards.
    pub outcome: Vec<Installed>,
    /// Things a person should know; texts are `note-<key>` in `locales/`.
    pub notes: Vec<Note>,
    /// The operation that it takes up again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resumes: Option<OperationId>,
    /// What a desired state does to the overrides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<_>")]
    pub overrides: Vec<PlannedOverride>,
}

impl ExecutionPlan {
    /// Whether there is nothing to do. A change of what is only recorded has no steps and is something to
    /// do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.overrides.is_empty() && !self.intent.only_records()
    }

    /// A digest over everything but id and time: two plans with the same one do the same.
    pub fn content_digest(&self) -> Digest {
        let Self {
            id: _,
            made_at: _,
            intent,
            base,
            steps,
            totals,
            hosts,
            ports,
            licenses,
            needs_administrator,
            outcome,
            notes,
            resumes,
            overrides,
        } = self;
        let content = (
            (intent, base, steps, totals, outcome),
            (hosts, ports, licenses, needs_administrator, notes, resumes),
        );
        // These types hold only strings, numbers and lists: serialising them can't fail.
        let mut bytes = serde_json::to_vec(&content).unwrap_or_default();
        if !overrides.is_empty() {
            // A plan that does nothing to them has the digest that it had before plans could.
            bytes.extend(serde_json::to_vec(overrides).unwrap_or_default());
        }
        Digest::of(&bytes)
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

#[cfg(test)]
mod tests;
