//! Plans: what will be done, complete before anything happens.

use crate::{
    ByteSize, Digest, Generation, GenerationNumber, HardwareProfile, Installed, Intent, LaidOut, Note,
    OperationId, PlanId, PlannedOverride, ServiceName, ServiceSpec, Timestamp,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod artefact;
mod source;

pub use artefact::{ArtefactFile, ArtefactIndex, tree_digest};
pub use source::Source;

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
    /// Lay a model out as another tool expects it. Nothing is copied, and nothing that lies there is replaced.
    ViewAdd {
        /// The model.
        item: Installed,
        /// How.
        view: LaidOut,
    },
    /// Take away what such a view made; what was changed since, and what others put there, stays.
    ViewRemove {
        /// The model.
        item: Installed,
        /// The view.
        view: LaidOut,
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

#[cfg(test)]
mod tests;
