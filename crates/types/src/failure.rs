//! What can fail, by code: the words of people for it lie in `locales/`.

use serde::{Deserialize, Serialize};
use std::fmt;

mod exit;

pub use exit::ExitStatus;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident;)*) => {
        /// Every failure the product can name. The text of a code is `error-<code>` in `locales/`,
        /// its remedy the attribute `.remedy` there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
        #[ts(type = "string")]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// Every code, for the tests that hold texts and codes together.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The code as it is written on the wire and in `locales/`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// The exit status that a command ends with.
            pub const fn exit_status(self) -> ExitStatus {
                match self { $(Code::$name => ExitStatus::$status,)* }
            }
        }
    };
}

codes! {
    /// A defect of ours; the log has more.
    Internal = "internal", Failed;
    /// A request that can't be read. Args: `detail`.
    RequestInvalid = "request-invalid", Usage;
    /// No such command or route. Args: `what`.
    CommandUnknown = "command-unknown", Usage;
    /// A request without a valid token, or from a foreign origin or host.
    Unauthorized = "unauthorized", NotPermitted;
    /// The operating system refused. Args: `path`.
    PermissionDenied = "permission-denied", NotPermitted;
    /// A file or folder could not be read or written. Args: `path`, `detail`.
    IoFailed = "io-failed", Failed;
    /// The disk filled up while writing. Args: `path`.
    DiskFull = "disk-full", Failed;
    /// A plan needs more space than is free. Args: `path`, `needed`, `free`.
    DiskSpaceShort = "disk-space-short", Refused;
    /// Another core holds the data directory and can't be reached. Args: `path`.
    CoreBusy = "core-busy", Failed;
    /// The core ended while it was asked. Args: `socket`.
    CoreUnreachable = "core-unreachable", Failed;
    /// The database is damaged. Args: `path`, `detail`.
    StateCorrupt = "state-corrupt", Integrity;
    /// The database was written by a newer version. Args: `path`.
    StateTooNew = "state-too-new", Failed;
    /// There is no such schema of the database to go back to.
    SchemaUnknown = "schema-unknown", Usage;
    /// A part of the application is missing. Args: `part`, `path`.
    ResourceMissing = "resource-missing", NotFound;
    /// A manifest can't be accepted. Args: `path`, `line`, `detail`.
    ManifestInvalid = "manifest-invalid", Usage;
    /// A registry's index can't be accepted. Args: `path`, `line`, `detail`.
    RegistryIndexInvalid = "registry-index-invalid", Usage;
    /// A registry's index and its signature don't belong together. Args: `path`.
    RegistrySignatureInvalid = "registry-signature-invalid", Integrity;
    /// No trusted key signed a registry's index. Args: `path`.
    RegistryUntrusted = "registry-untrusted", NotPermitted;
    /// A file among the trusted keys is no key. Args: `path`.
    RegistryKeyInvalid = "registry-key-invalid", Usage;
    /// A registry's index is past its time. Args: `path`, `expired`.
    RegistryExpired = "registry-expired", Integrity;
    /// A registry is older than it was, or another one. Args: `path`, `seen`, `found` (`none` without an index).
    RegistryRolledBack = "registry-rolled-back", Integrity;
    /// The policies want every registry signed, and this one isn't. Args: `path`.
    RegistryUnsigned = "registry-unsigned", Refused;
    /// The record of the registries' indices can't be read. Args: `path`, `detail`.
    RegistryRecordDamaged = "registry-record-damaged", Integrity;
    /// A manifest that its registry's index doesn't list. Args: `path`.
    ManifestUnlisted = "manifest-unlisted", Integrity;
    /// A manifest has a signature of its own, and nothing can verify such a one. Args: `path`, `line`.
    ManifestSignatureUnverifiable = "manifest-signature-unverifiable", Integrity;
    /// A desired state can't be accepted. Args: `path`, `line`, `detail`.
    DesiredStateInvalid = "desired-state-invalid", Usage;
    /// A policy can't be accepted. Args: `path`, `line`, `detail`.
    PolicyInvalid = "policy-invalid", Usage;
    /// A recorded hardware profile can't be read. Args: `path`, `detail`.
    ProfileInvalid = "profile-invalid", Usage;
    /// Bytes don't have the digest they should. Args: `path`, `expected`, `actual`.
    ChecksumMismatch = "checksum-mismatch", Integrity;
    /// No such module. Args: `name`.
    ModuleNotFound = "module-not-found", NotFound;
    /// No choice of versions satisfies what is asked; the details say what contradicts what. Args: `name`.
    ModuleConflict = "module-conflict", NoSolution;
    /// Modules need each other in a circle; the details are its links. Args: `name`, `path`.
    ModuleCycle = "module-cycle", NoSolution;
    /// A module's manifest names no source to install it from. Args: `name`, `version`.
    ModuleNotOffered = "module-not-offered", NoSolution;
    /// The machine doesn't meet a module's requirement. Args: `name`, `version`, `need`, `have`, `field` (`cores`,
    /// `ram`, `gpu_vram`, `gpu_count`).
    HardwareInsufficient = "hardware-insufficient", Refused;
    /// A module runs in none of the ways that this version has. Args: `name`, `version`.
    RuntimeModeUnsupported = "runtime-mode-unsupported", Refused;
    /// A module is to run in a mode that it does not offer. Args: `name`, `version`, `mode`.
    RuntimeModeNotOffered = "runtime-mode-not-offered", Refused;
    /// What lies below a module is not what it needs. Args: `name`, `version`, `need`, `have` (`none` if nothing of the kind was found).
    RuntimeUnmet = "runtime-unmet", Refused;
    /// Packages of the operating system are missing. Args: `name`, `version`, `packages`, `command`.
    SystemPackagesMissing = "system-packages-missing", Refused;
    /// Which packages the operating system has can't be read. Args: `name`, `version`, `packages`.
    SystemPackagesUnknown = "system-packages-unknown", Refused;
    /// A version that should not be chosen any more, and was not asked for by name. Args: `name`, `version`, `reason`.
    ModuleDeprecated = "module-deprecated", NoSolution;
    /// A version too old to be of use, and not asked for by name. Args: `name`, `version`, `least`.
    ModuleOutdated = "module-outdated", NoSolution;
    /// A policy denies it. Args: `capability`, `rule`, `file`, `line`.
    PolicyDenied = "policy-denied", Refused;
    /// The module is in use. Args: `name`, `user`.
    ModuleInUse = "module-in-use", Failed;
    /// No such model. Args: `name`.
    ModelNotFound = "model-not-found", NotFound;
    /// No such file. Args: `path`.
    FileNotFound = "file-not-found", NotFound;
    /// The file is not a GGUF model. Args: `path`, `found` (what it is by its content: `safetensors`, `onnx`, `json`, `text`,
    /// `zip`, `tar`, `hdf5`, `compressed`, `numpy`, `program` or `unknown`).
    ModelNotGguf = "model-not-gguf", Integrity;
    /// Reading the file as its maker meant it runs code that it brings. Args: `path`, `found` (the first that it calls, or `none`).
    ModelRunsCode = "model-runs-code", Integrity;
    /// The file is two things at once. Args: `path`, `first`, `second` (as `found` above, or `gguf`, `pickle`, `torch`).
    ModelTwoFormats = "model-two-formats", Integrity;
    /// The file has no bytes. Args: `path`.
    ModelEmpty = "model-empty", Integrity;
    /// The file ends before what its header announces. Args: `path`, `expected`, `actual`.
    ModelTruncated = "model-truncated", Integrity;
    /// The header contradicts itself or the file. Args: `path`, `detail`.
    ModelMalformed = "model-malformed", Integrity;
    /// A part of a split model is not beside the others. Args: `path`, `number`, `of`.
    ModelPartMissing = "model-part-missing", NotFound;
    /// Files that should be one model are not of one. Args: `path`, `detail`.
    ModelPartsDiffer = "model-parts-differ", Integrity;
    /// A folder holds no model that can be told from others. Args: `path`, `reason` (`none`, `several`, `parts`, `config`, `pickle`),
    /// `found`.
    ModelFolderUnsuitable = "model-folder-unsuitable", Refused;
    /// The engine here does not load that format. Args: `name`, `format`, `engines`.
    ModelEngineMissing = "model-engine-missing", Refused;
    /// The model needs more memory than there is. Args: `name`, `needed`, `available`.
    ModelTooLarge = "model-too-large", Refused;
    /// A model of that name exists with other content. Args: `name`.
    ModelNameTaken = "model-name-taken", Failed;
    /// An adapter whose base is not named or not installed. Args: `name`.
    AdapterBaseMissing = "adapter-base-missing", NotFound;
    /// A model's file is not where it was, or changed. Args: `name`, `path`.
    ModelDamaged = "model-damaged", Integrity;
    /// No such plan. Args: `id`.
    PlanNotFound = "plan-not-found", NotFound;
    /// The state has changed since the plan was made. Args: `id`, `made`, `current`.
    PlanStale = "plan-stale", NeedsApproval;
    /// The plan was run already. Args: `id`.
    PlanSpent = "plan-spent", NeedsApproval;
    /// A change needs approval. Args: `id`.
    ApprovalNeeded = "approval-needed", NeedsApproval;
    /// No such operation. Args: `id`.
    OperationNotFound = "operation-not-found", NotFound;
    /// Another operation runs. Args: `id`.
    OperationRunning = "operation-running", Failed;
    /// The operation was cancelled; what it did was undone.
    OperationCancelled = "operation-cancelled", Failed;
    /// The operation was paused; it goes on when somebody asks. Args: `id`.
    OperationPaused = "operation-paused", Failed;
    /// The operation fetches nothing, so that a pause would only undo it. Args: `id`.
    OperationNotPausable = "operation-not-pausable", Usage;
    /// The core ended in the middle of it; what it did was undone.
    OperationInterrupted = "operation-interrupted", Failed;
    /// No such generation. Args: `number`.
    GenerationNotFound = "generation-not-found", NotFound;
    /// No such line of the ledger. Args: `sequence`.
    AuditLineNotFound = "audit-line-not-found", NotFound;
    /// No such service. Args: `name`.
    ServiceNotFound = "service-not-found", NotFound;
    /// The engine is not installed.
    EngineNotInstalled = "engine-not-installed", NotFound;
    /// The engine did not start. Args: `name`, `detail`.
    EngineStartFailed = "engine-start-failed", Failed;
    /// The engine can't load the file that turns pictures into what a model reads. Args: `name`, `file`, `detail`.
    EngineProjectorRefused = "engine-projector-refused", Failed;
    /// The engine ended in the middle of an answer. Args: `name`.
    EngineStopped = "engine-stopped", Failed;
    /// An engine has fewer layers on GPUs than its plan gave it; it serves. Args: `name`, `on_gpu`, `of`, `planned`, `reason`
    /// (`no-backend`, `not-loaded`, `no-device`, `no-memory`, `driver-old`, `unknown`, or why a profile lacks a GPU), `detail`.
    EngineLayersShort = "engine-layers-short", Failed;
    /// An engine's context is smaller than its plan gave it; it serves. Args: `name`, `context`, `planned`, `reason`
    /// (`trained` or `unknown`).
    EngineContextShort = "engine-context-short", Failed;
    /// A program did not start, or did not prove itself. Args: `name`, `reason`, `number`, `detail`.
    ProgramStartFailed = "program-start-failed", Failed;
    /// A service ended by itself. Args: `name`.
    ServiceEnded = "service-ended", Failed;
    /// A service goes on and does not answer any more. Args: `name`, `misses`.
    ServiceHung = "service-hung", Failed;
    /// A port is another program's. Args: `name`, `port`, `program`, and `holder`: `known` if that is.
    PortTaken = "port-taken", Failed;
    /// A service connects to another one's port, and there is none. Args: `name`, `peer`, `port`, `reason` (`no-service` if
    /// what there is under that name does not serve, `no-port` if it has no such port).
    ServicePortMissing = "service-port-missing", NoSolution;
    /// A service's limits can't be held as well as its manifest demands. Args: `name`, `wanted` and `level`: `partly`,
    /// `process` or `group`.
    LimitsUnavailable = "limits-unavailable", Refused;
    /// A service can't be kept away from everything else as well as its manifest demands. Args: `name`, `wanted` and `level`:
    /// `none`, `partly` or `whole`.
    SandboxUnavailable = "sandbox-unavailable", Refused;
    /// A module needs a GPU in its container, and none can be given to it. Args: `name`, `reason`: `none` if the machine has
    /// none, `engine` if its container engine can't hand it out.
    GpuUnavailable = "gpu-unavailable", Refused;
    /// A module that does not serve was to be started. Args: `name`.
    ModuleNoService = "module-no-service", Usage;
    /// A model that reads text only was asked about a picture, a sound or a film. Args: `name`.
    ModelWithoutProjector = "model-without-projector", Usage;
    /// A picture, a sound or a film of a request does not lie in it, but at an address. Args: `url`.
    MediaByAddress = "media-by-address", Usage;
    /// The engine refused the request. Args: `detail`.
    EngineRefused = "engine-refused", Usage;
    /// No such token. Args: `id`.
    TokenNotFound = "token-not-found", NotFound;
    /// An override that can't be set. Args: `part` (capability, value or reason), `capability`, `given`.
    OverrideInvalid = "override-invalid", Usage;
    /// A `las.lock` that can't be accepted. Args: `path`, `line`, `detail`.
    LockInvalid = "lock-invalid", Usage;
    /// Something that a lock asks for can't be had here. Args: `name`, `version`, `digest`.
    LockUnavailable = "lock-unavailable", NotFound;
    /// What is to be had here isn't what a lock asks for. Args: `name`, `field`, `wanted`, `have`.
    LockDiffers = "lock-differs", NoSolution;
    /// No such override in force. Args: `id`.
    OverrideNotFound = "override-not-found", NotFound;
    /// What is allowed was changed after the plan was made. Args: `id`.
    PlanOutruled = "plan-outruled", NeedsApproval;
    /// An override of this machine denies it. Args: `capability`, `id`, `reason`.
    OverrideDenies = "override-denies", Refused;
    /// No such pin in force. Args: `name`.
    PinNotFound = "pin-not-found", NotFound;
    /// A module can't be pinned at a version that it isn't installed in. Args: `name`, `version`, `installed`.
    PinElsewhere = "pin-elsewhere", Usage;
    /// A module had no other version before. Args: `name`.
    ModuleNoEarlier = "module-no-earlier", NotFound;
    /// The operation runs, or succeeded. Args: `id`, `state`.
    OperationNotResumable = "operation-not-resumable", Usage;
    /// The idempotency key was used for another plan. Args: `key`, `plan`.
    IdempotencyKeyUsed = "idempotency-key-used", Usage;
    /// Something pinned stands in the way; the details say of what. Args: `name` (each with its version).
    ModulePinned = "module-pinned", NoSolution;
    /// A version that replaced another did not become healthy; the other is back. Args: `name`, `version`, `service`,
    /// `reason` (timeout, exited, killed or other), `number` (seconds, exit status or signal), `detail`.
    ModuleUnhealthy = "module-unhealthy", Failed;
    /// The data directory, or something in it, is a symbolic link. Args: `path`.
    HomeLinked = "home-linked", NotPermitted;
    /// The data directory, or something in it, belongs to another user. Args: `path`, `owner`.
    HomeForeign = "home-foreign", NotPermitted;
    /// The configuration can't be accepted. Args: `where` (file with line and column, variable or flag), `problem`
    /// (syntax, unknown-key, form, range), `key`, `given`, `expected`, `suggestion`, `detail`.
    ConfigInvalid = "config-invalid", Usage;
    /// No such key of the configuration. Args: `key`, `suggestion`.
    ConfigKeyUnknown = "config-key-unknown", NotFound;
    /// The configuration file was changed after the plan was made. Args: `path`.
    ConfigChanged = "config-changed", NeedsApproval;
    /// An address can't be reached, or the connection breaks again and again. Args: `url`, `detail`.
    FetchFailed = "fetch-failed", NeedsNetwork;
    /// An address does not give what is asked for. Args: `url`, `status`.
    FetchRefused = "fetch-refused", Failed;
    /// An address sends on to a host that the plan does not name. Args: `url`, `to`.
    FetchSentOn = "fetch-sent-on", Refused;
    /// An address of the internet sends on into this machine or its own network. Args: `url`, `to`.
    FetchPrivate = "fetch-private", Refused;
    /// What an address has is longer or shorter than it should be. Args: `url`, `size`, `said`.
    FetchSize = "fetch-size", Integrity;
    /// An address answers with another part of a file than it was asked for. Args: `url`, `asked`, `answered`.
    FetchRange = "fetch-range", Failed;
    /// What an address has changes again and again while it is fetched. Args: `url`.
    FetchChanged = "fetch-changed", Integrity;
    /// An address gives next to nothing for a long time. Args: `url`.
    FetchSlow = "fetch-slow", NeedsNetwork;
    /// An archive holds what must not be unpacked, or more than was said. Args: `path`, `part`; details: why.
    ArchiveRefused = "archive-refused", Integrity;
    /// No container engine is there, or none answers. Args: `tried`.
    ContainerEngineMissing = "container-engine-missing", NotFound;
    /// The container engine refused. Args: `socket`, `detail`.
    ContainerEngineRefused = "container-engine-refused", Failed;
    /// An archive can't be read: it ends too early, is damaged, or is none. Args: `path`, `detail`.
    ArchiveUnreadable = "archive-unreadable", Integrity;
    /// No source of models has that name. Args: `name`.
    ModelSourceUnknown = "model-source-unknown", NotFound;
    /// A model from an address without its digest. Args: `url`.
    ModelDigestMissing = "model-digest-missing", Usage;
    /// A text that can't name a repository, a revision or a file of one. Args: `given`.
    ModelIdInvalid = "model-id-invalid", Usage;
    /// A source has no such repository, or shows it to its owner alone. Args: `source`, `id`.
    ModelRepositoryNotFound = "model-repository-not-found", NotFound;
    /// A repository has no such revision. Args: `source`, `id`, `revision`.
    ModelRevisionNotFound = "model-revision-not-found", NotFound;
    /// A repository has no such file. Args: `source`, `id`, `revision`, `path`.
    ModelFileNotFound = "model-file-not-found", NotFound;
    /// A repository's owner gives it only to whom he knows. Args: `source`, `id`, `reason`: `token` if none was sent,
    /// `access` if its holder was not let in.
    ModelGated = "model-gated", NotPermitted;
    /// A source doesn't accept the token that it was sent. Args: `source`.
    HubTokenRefused = "hub-token-refused", NotPermitted;
    /// No secret of that name for that origin. Args: `name`, `origin`.
    SecretNotFound = "secret-not-found", NotFound;
    /// A name, an origin or a value that can't be one of a secret. Args: `part` (`name`, `origin`, `value`, or `plain` for an
    /// origin to which it would go unencrypted); never what was given.
    SecretInvalid = "secret-invalid", Usage;
    /// There is a secret for that origin already. Args: `name`, `origin`.
    SecretOriginTaken = "secret-origin-taken", Usage;
    /// A secret is kept where it can only be read. Args: `name`, `store`.
    SecretReadOnly = "secret-read-only", Refused;
    /// There is no keyring, and nothing else in which a secret may be kept.
    SecretStoreMissing = "secret-store-missing", NotFound;
    /// The keyring is locked. Args: `store`.
    SecretStoreLocked = "secret-store-locked", NotPermitted;
    /// A place for secrets does not work. Args: `store`, `detail`.
    SecretStoreFailed = "secret-store-failed", Failed;
    /// A source can't be reached. Args: `source`, `url`, `detail`.
    HubUnreachable = "hub-unreachable", NeedsNetwork;
    /// A source was asked too often. Args: `source`, `seconds` until it may be asked again, 0 if it doesn't say.
    HubLimited = "hub-limited", Failed;
    /// A source answers with a status that means a failure on its side. Args: `source`, `url`, `status`.
    HubRefused = "hub-refused", Failed;
    /// A source's answer can't be read, or has no end. Args: `source`, `url`, `detail`.
    HubAnswerInvalid = "hub-answer-invalid", Integrity;
    /// A source sends on to another origin where none is expected. Args: `source`, `url`, `to`.
    HubSentOn = "hub-sent-on", Refused;
    /// An address leads to this machine or its network, and nobody here named it. Args: `url`, `host`.
    AddressInner = "address-inner", Refused;
    /// Nothing in a repository can be had as it is. Args: `source`, `id`, `reason` (`none`, `pickle`, `format`,
    /// `too-large`, `parts`, `unsized`, `several`, `config`), `found`.
    ModelNoneSuitable = "model-none-suitable", Refused;
    /// An entry of the list of models can't be accepted. Args: `path`, `line`, `detail`.
    ModelEntryInvalid = "model-entry-invalid", Usage;
    /// Where another tool keeps its models lies more than is looked at; the rest was left out. Args: `path`, `most`.
    ModelScanCut = "model-scan-cut", Failed;
    /// A link among another tool's models leads out of its folder, and is not followed. Args: `path`, `to`.
    ModelLinkOut = "model-link-out", Refused;
    /// What another tool wrote of its models contradicts itself. Args: `path`, `detail`.
    ModelLayoutInvalid = "model-layout-invalid", Integrity;
    /// Another tool's file can't be adopted as it is. Args: `path`, `reason` (`part`, `clone`, `link`, `owner`, `changed`).
    ModelNotAdoptable = "model-not-adoptable", Refused;
    /// A model can't be laid out for a tool. Args: `name`, `tool`, `reason` (`format`, `several`, `adapter`, `repository`,
    /// `files`, `system`).
    ViewNotPossible = "view-not-possible", Refused;
    /// A folder can't be one of a view. Args: `path`, `reason` (`data`, `file`, `link`, `none`).
    ViewFolderUnfit = "view-folder-unfit", Refused;
    /// Where a file of a view would lie, something else does. Args: `path`.
    ViewInTheWay = "view-in-the-way", Refused;
    /// A model is not laid out so. Args: `name`.
    ViewNotFound = "view-not-found", NotFound;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
