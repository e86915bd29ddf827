//! What commands give.

use crate::{ErrorBody, ReadinessView, ReleaseView};
use las_types::{
    ByteSize, CapabilitySet, Category, Deprecation, Detail, Difference, DriftOutcome, GenerationNumber,
    Installed, Intent, JournalEntry, ModelFacts, ModelPackage, ModuleName, ModuleRequest, ModuleState,
    Operation, OperationId, Origin, Placement, Policy, ProfileSource, Provided, RuntimeMode,
    SecretStoreState, ServiceState, ServiceStatus, Setting, Tier, Timestamp, TokenId, Version,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// The machine in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MachineSummary {
    /// Physical cores.
    pub cores: u32,
    /// Processor model.
    pub cpu: String,
    /// Main memory.
    pub memory_total: ByteSize,
    /// Free of it now.
    pub memory_available: ByteSize,
    /// GPUs with their memory.
    pub gpus: Vec<(String, ByteSize)>,
    /// Free space where the data lies.
    pub disk_free: ByteSize,
    /// Detected, or read from a file.
    pub source: ProfileSource,
}

/// Something that a person should know; text `warning-<key>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Warning {
    /// Its key in `locales/`.
    pub key: String,
    /// What the text needs.
    pub args: BTreeMap<String, String>,
    /// What it rests on, each a sentence (`detail-<key>`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Detail>>", optional)]
    pub details: Vec<Detail>,
}

/// Everything on one screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StatusView {
    /// The application's version.
    pub version: String,
    /// The data directory.
    pub home: String,
    /// The machine.
    pub machine: MachineSummary,
    /// Its tier.
    pub tier: Tier,
    /// The current generation.
    pub generation: GenerationNumber,
    /// Services.
    pub services: Vec<ServiceStatus>,
    /// Models installed.
    pub models: Vec<ModelView>,
    /// Operations that are not final.
    pub operations: Vec<Operation>,
    /// The last operation that ended.
    pub last_operation: Option<Operation>,
    /// The endpoint on loopback, when it is open.
    pub endpoint: Option<String>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// What has drifted since it was left.
    pub reconciled: Option<ReconcileView>,
    /// Whether the core can do its work.
    pub readiness: ReadinessView,
}

/// One thing that a new machine could do first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetupGoal {
    /// Its key in `locales/` (`goal-<id>`).
    pub id: String,
    /// What to plan for it.
    pub intent: Intent,
    /// The model that answers afterwards.
    pub model: ModuleName,
    /// Whether that model is only a demonstration.
    pub demonstration: bool,
    /// Whether it is done already.
    pub done: bool,
}

/// What the first run shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetupView {
    /// Nothing is installed yet.
    pub needed: bool,
    /// What to offer.
    pub goals: Vec<SetupGoal>,
}

/// Where programs connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EndpointView {
    /// Base URL for OpenAI clients, when open.
    pub base_url: Option<String>,
    /// The unix socket of the core.
    pub socket: String,
}

/// What the policies allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PolicyView {
    /// The outcome for this machine.
    pub capabilities: CapabilitySet,
    /// Whose the set is.
    pub origin: Origin,
    /// The rules themselves.
    pub policies: Vec<Policy>,
    /// What a person should know of them: `policy-hole`, `policy-untold`.
    pub warnings: Vec<Warning>,
}

/// One module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModuleView {
    /// Its name.
    pub name: ModuleName,
    /// Its category.
    pub category: Category,
    /// One sentence.
    pub description: String,
    /// Licence of the newest version.
    pub license: Option<String>,
    /// Versions in the registry, newest first.
    pub versions: Vec<Version>,
    /// The version installed.
    pub installed: Option<Version>,
    /// The version that it is held at.
    pub pinned: Option<Version>,
    /// The version that going back would bring.
    pub previous: Option<Version>,
    /// Where it is in its life.
    pub state: ModuleState,
    /// Why it can't be installed, if so.
    pub refusal: Option<ErrorBody>,
    /// Names that others can need it by, of the newest version.
    pub provides: Vec<Provided>,
    /// How it can run: the version installed, else the newest.
    pub modes: Vec<RuntimeMode>,
    /// How it runs, if it is installed.
    pub mode: Option<RuntimeMode>,
    /// What it can't be beside, of the newest version.
    pub conflicts: Vec<ModuleRequest>,
    /// That it should not be chosen any more: of the version installed, else of the newest.
    pub deprecation: Option<Deprecation>,
    /// The oldest version that is of use, if its makers say which.
    pub minimum_useful_version: Option<Version>,
    /// Where each version comes from, in the order of `versions`.
    pub releases: Vec<ReleaseView>,
}

/// One model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelView {
    /// Its name.
    pub name: ModuleName,
    /// Its version.
    pub version: Version,
    /// Bytes on disk.
    pub size: ByteSize,
    /// Digest of its file.
    pub digest: String,
    /// Where it lies.
    pub placement: Placement,
    /// What its header says.
    pub facts: ModelFacts,
    /// The service that has it loaded.
    pub loaded: Option<ServiceState>,
    /// For an adapter: the installed model it belongs to.
    pub base: Option<ModuleName>,
    /// What is kept of it: weights, checksums, licence, origin.
    pub package: ModelPackage,
}

/// One model's bytes against its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelVerification {
    /// Which.
    pub name: ModuleName,
    /// What is wrong, if anything.
    pub failure: Option<ErrorBody>,
}

/// One operation with its journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperationView {
    /// The operation.
    pub operation: Operation,
    /// Its journal.
    pub journal: Vec<JournalEntry>,
}

/// One generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GenerationView {
    /// Its number.
    pub number: GenerationNumber,
    /// Whether it is the current one.
    pub current: bool,
    /// When it was made.
    pub made_at: Timestamp,
    /// The command that made it.
    pub command: String,
    /// The operation that made it.
    pub operation: Option<OperationId>,
    /// What is installed.
    pub items: Vec<Installed>,
}

/// What differs between two generations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GenerationDiff {
    /// The one before.
    pub from: GenerationNumber,
    /// The one after.
    pub to: GenerationNumber,
    /// What differs, sorted by name; empty if both hold the same.
    pub differences: Vec<Difference>,
}

/// One unfinished, damaged or drifted thing; text `finding-<key>`, remedy its `.remedy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Finding {
    /// Its key in `locales/`.
    pub key: String,
    /// What the text needs.
    pub args: BTreeMap<String, String>,
    /// What it rests on, each a sentence (`detail-<key>`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Detail>>", optional)]
    pub details: Vec<Detail>,
    /// Whether it was repaired, now or at the core's start.
    pub repaired: bool,
    /// What was done; text `drift-outcome-<outcome>`.
    pub outcome: DriftOutcome,
    /// When the same thing was repaired before without being asked, oldest first.
    pub repairs: Vec<Timestamp>,
    /// When it is repaired again, if it is left until then.
    pub again_at: Option<Timestamp>,
}

/// Something that was put right, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RepairedView {
    /// When.
    pub at: Timestamp,
    /// What.
    pub finding: Finding,
}

/// What the last comparison of the machine with its records found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReconcileView {
    /// When.
    pub at: Timestamp,
    /// How many things were looked at.
    pub checked: u32,
    /// What somebody still has to do something about.
    pub findings: Vec<Finding>,
    /// What was put right lately, oldest first.
    pub repaired: Vec<RepairedView>,
}

/// What the doctor found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DoctorReport {
    /// Everything found; empty is healthy.
    pub findings: Vec<Finding>,
    /// How many things were looked at.
    pub checked: u32,
    /// The places for secrets, in the order in which they are asked.
    pub secret_stores: Vec<SecretStoreState>,
}

/// A token, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TokenView {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub made_at: Timestamp,
}

/// A new token: the only time its value is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TokenCreated {
    /// The token.
    pub token: TokenView,
    /// Its value.
    pub value: String,
}

/// One line of the ledger, each field as it is stored: its hash is SHA-256 over all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AuditLine {
    /// Its place, from 1, without gaps.
    pub sequence: u64,
    /// When the operation ended.
    pub at: String,
    /// The operation; the token where one was made or revoked; `-` for what happened to the database itself.
    pub operation: String,
    /// Who approved it.
    pub actor: String,
    /// What it was for, as the command's name.
    pub command: String,
    /// How it ended: the state, and for one that failed the reason after a space, as JSON.
    pub outcome: String,
    /// The reason as it stands in the outcome, to be shown in words.
    pub failure: Option<ErrorBody>,
    /// Digest of the plan's content.
    pub plan_digest: String,
    /// The generation it made.
    pub generation: Option<GenerationNumber>,
    /// Hash of the line before.
    pub previous: String,
    /// Its own hash.
    pub hash: String,
}

/// The ledger's length and last hash under a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AuditCheckpoint {
    /// How many lines it stands for.
    pub count: u64,
    /// Hash of the last of them.
    pub head: String,
    /// The public key (Ed25519), in hexadecimal digits.
    pub key: String,
    /// The signature, in hexadecimal digits.
    pub signature: String,
}

/// Whether the ledger is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditVerification {
    /// How many lines it has.
    pub count: u64,
    /// Hash of the last; none without lines.
    pub head: Option<String>,
    /// How many of them the anchor beside the database stands for; none without an anchor.
    pub anchored: Option<u64>,
    /// Whether the anchor is signed with this machine's key.
    pub anchor_signed: bool,
    /// The signed checkpoints.
    pub checkpoints: Vec<AuditCheckpoint>,
    /// The public keys (Ed25519) of their signatures.
    pub keys: Vec<String>,
    /// Every line fits, none is missing, and every signature holds.
    pub ok: bool,
    /// What is wrong, if something is.
    pub failure: Option<ErrorBody>,
}

/// The configuration: every key with its value in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConfigView {
    /// The file.
    pub path: String,
    /// Whether there is one.
    pub exists: bool,
    /// Every key, in the order in which they are shown.
    pub settings: Vec<Setting>,
    /// Why the file as it is now can't be accepted; what was in force before goes on.
    pub problems: Vec<ErrorBody>,
}

/// Whether the configuration as it is now can be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConfigCheck {
    /// The file.
    pub path: String,
    /// Whether there is one.
    pub exists: bool,
    /// Everything in file, environment and flags that can't be accepted.
    pub problems: Vec<ErrorBody>,
}
