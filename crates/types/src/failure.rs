//! Errors as people and programs get them: a code, its arguments, a remedy by key.

use crate::Detail;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What the process says on exit; the numbers are fixed in the command line's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// The operation failed; the state it left is named.
    Failed = 1,
    /// Wrong use.
    Usage = 2,
    /// Refused by policy or hardware.
    Refused = 3,
    /// No solution: the conflict is explained.
    NoSolution = 4,
    /// Not found.
    NotFound = 5,
    /// Needs approval, or the plan is stale.
    NeedsApproval = 6,
    /// Needs a network that is off or out of reach.
    NeedsNetwork = 7,
    /// Not permitted.
    NotPermitted = 8,
    /// An integrity check failed.
    Integrity = 9,
}

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
    /// The file is not a GGUF model. Args: `path`.
    ModelNotGguf = "model-not-gguf", Integrity;
    /// The file has no bytes. Args: `path`.
    ModelEmpty = "model-empty", Integrity;
    /// The file ends before what its header announces. Args: `path`, `expected`, `actual`.
    ModelTruncated = "model-truncated", Integrity;
    /// The header contradicts itself or the file. Args: `path`, `detail`.
    ModelMalformed = "model-malformed", Integrity;
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
    /// An archive holds what must not be unpacked, or more than was said. Args: `path`, `part`; details: why.
    ArchiveRefused = "archive-refused", Integrity;
    /// No container engine is there, or none answers. Args: `tried`.
    ContainerEngineMissing = "container-engine-missing", NotFound;
    /// The container engine refused. Args: `socket`, `detail`.
    ContainerEngineRefused = "container-engine-refused", Failed;
    /// An archive can't be read: it ends too early, is damaged, or is none. Args: `path`, `detail`.
    ArchiveUnreadable = "archive-unreadable", Integrity;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failure with its code, the arguments of its text, and the cause for the log.
#[derive(Debug, thiserror::Error)]
#[error("{code} {args:?}")]
pub struct Failure {
    /// What failed.
    pub code: Code,
    /// What the text of the code needs, by name.
    pub args: BTreeMap<String, String>,
    /// What it rests on, where one sentence doesn't say it all.
    pub details: Vec<Detail>,
    /// What made it fail; goes to the log, not on the wire.
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failure {
    /// A failure of that code, without arguments yet.
    pub fn new(code: Code) -> Self {
        Self { code, args: BTreeMap::new(), details: Vec::new(), cause: None }
    }

    /// A failure as it was recorded: by its code and arguments.
    pub fn recorded(code: Code, args: BTreeMap<String, String>) -> Self {
        Self { args, ..Self::new(code) }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// Adds what it rests on.
    #[must_use]
    pub fn detailed(mut self, details: impl IntoIterator<Item = Detail>) -> Self {
        self.details.extend(details);
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// A defect of ours: something that can't happen did. The detail goes to the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal).because(cause)
    }

    /// What an I/O error at a path means: a full disk and a missing right have codes of their own.
    pub fn io(path: &std::path::Path, error: std::io::Error) -> Self {
        let code = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Code::PermissionDenied
            }
            _ => Code::IoFailed,
        };
        Self::new(code).with("path", path.display()).with("detail", &error).because(error)
    }
}
