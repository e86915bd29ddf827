//! The words every other crate speaks: identifiers, units, the hardware profile, module
//! manifests, intents, plans, operations, generations, events and error codes.
//!
//! Invariants: no I/O, no clock, no randomness; a value that exists is valid (a [`Digest`] has
//! 64 hexadecimal digits, a [`ModuleName`] can't leave its folder). What changes the machine is
//! described here as data ([`PlanStep`]) and done elsewhere, behind [`Executor`].
//!
//! ```
//! use las_types::ByteSize;
//! assert_eq!("8GB".parse::<ByteSize>().unwrap().bytes(), 8_000_000_000);
//! ```
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::indexing_slicing, clippy::string_slice))]

mod capability;
mod config;
mod constraint;
mod container;
mod desired;
mod detail;
mod difference;
mod digest;
mod drift;
mod event;
mod executor;
mod failed;
mod failure;
mod fit;
mod generation;
mod hardware;
mod health;
mod hub;
mod id;
mod image;
mod intent;
mod last_read;
mod log_line;
mod manifest;
mod mode;
mod model;
mod module;
mod note;
mod operation;
mod origin;
mod overriding;
mod package;
mod partial;
mod phrase;
mod pin;
mod plan;
mod policy;
mod privilege;
mod progress;
mod provided;
mod reconcile;
mod release;
mod sandboxing;
mod service;
mod serving;
mod shortfall;
mod size;
mod source;
mod template;
mod version;

pub use capability::{CapabilitySet, Comparison, Reason, Tier, Verdict};
pub use config::{
    Bandwidth, CONFIG_KEYS, Config, ConfigEdit, ConfigKey, ConfigOrigin, ConfigStore, ConfigValue, Effect,
    EngineChoice, FolderList, HostList, HubEndpoint, IdleTime, Language, ListedSource, LogFileSize,
    LogFilter, LogFormat, ModePreference, ModeSettings, OptionalPath, Period, PolicySet, Setting, SourceList,
    SourcePlaces, Unfit, UsualSource, Verification, config_key, config_schema,
};
pub use constraint::{DottedVersion, Layer, RuntimeConstraint};
pub use container::{
    ContainerImage, ContainerNetwork, ContainerSection, ContainerSettings, GpuGrant, InnerPath,
    InnerPathError, InnerUser, InnerUserError, KernelCapability,
};
pub use desired::{DesiredModel, DesiredOverride, DesiredState, Kept, Lock, LockedItem, PlannedOverride};
pub use detail::Detail;
pub use difference::{Difference, DifferenceKind, Exact, differences};
pub use digest::Digest;
pub use drift::{Drift, DriftClass, DriftKind, DriftOutcome, Repair};
pub use event::Event;
pub use executor::{
    Checkpoint, Clock, Depth, Doors, Entropy, Executor, NoCheckpoint, Patience, Reporter, StepContext,
};
pub use failed::Failure;
pub use failure::{Code, ExitStatus};
pub use fit::{
    DevicePart, FitBasis, FitDevice, FitLimit, FitOffer, FitPlacement, FitVerdict, MeasuredLoad,
    ModelFitReport, SpeedRange, SpeedUnknown,
};
pub use generation::{Generation, GenerationNumber, Installed, Placement};
pub use hardware::{
    Absence, Admission, Battery, BatteryState, Caches, CgroupVersion, ContainerEngine, Cpu, Gpu, GpuVendor,
    HardwareProfile, Measurement, Measurements, Memory, NetworkMode, Npu, OperatingSystem, PcieLink,
    ProfileSource, Sandbox, Support, Volume, VolumeKind,
};
pub use health::{Exit, ProbeMiss, ProbeOutcome, ServiceMoment, Taken};
pub use hub::{
    AddressScope, Adoption, AdoptionMethod, Arrival, Commit, CuratedFile, CuratedModel, FileLocation,
    FileRole, FoundModel, FoundPage, Gate, KeptSecret, LaidContent, LaidFile, LaidOut, LaidOutNow, LaidState,
    ModelFit, ModelIdError, ModelOrigin, ModelPackage, ModelPlace, ModelQuery, ModelRepository, ModelSource,
    ModelSources, ModelTool, NoSecrets, OriginFile, PAGE_LIMIT, PackageFile, RepositoryFile, RepositoryId,
    RepositoryPath, Revision, ScannedModel, Secret, SecretHandle, SecretHeader, SecretStoreKind,
    SecretStoreStanding, SecretStoreState, Secrets, SourceKind, SourceName, ViewLink, WebOrigin,
    WeightsFormat, obligations, secret_not_found,
};
pub use id::{ModuleName, OperationId, OverrideId, PlanId, PortName, ServiceName, TokenId};
pub use image::{ImageName, ImageNameError, ImageRecord};
pub use intent::{ImportMode, Intent, ModuleRequest, RequestError};
pub use last_read::LastRead;
pub use log_line::{LogLine, LogPage, LogStream};
pub use manifest::{
    Category, CpuRequirement, Dependencies, GpuRequirement, HardwareRequirement, Integrity, Interfaces,
    Manifest, MemoryRequirement, ModelSection, RuntimeSection, SourceSection,
};
pub use mode::{RuntimeMode, RuntimeModeError};
pub use model::{
    Ability, AdapterFacts, CacheType, MemoryEstimate, ModelCode, ModelFacts, ModelPart, ModelShape,
    TokenizerFacts, WindowFacts,
};
pub use module::{ModuleState, Transition};
pub use note::Note;
pub use operation::{JournalEntry, JournalPhase, Operation, OperationState};
pub use origin::Origin;
pub use overriding::{Override, OverrideNote, OverridePart, Permission, Ruling, override_reason};
pub use package::{PackageName, PackageSystem, SystemPackages};
pub use partial::Partial;
pub use phrase::Phrase;
pub use pin::{ModuleVersion, Pin};
pub use plan::{
    ArchiveFormat, ArtefactFile, ArtefactIndex, ExecutionPlan, PlanStep, PlanTotals, Source, StepAction,
    tree_digest,
};
pub use policy::{Allowance, Conditions, Names, Policy};
pub use privilege::{Privilege, PrivilegeError};
pub use progress::{Progress, Working};
pub use provided::{Deprecation, Provided};
pub use reconcile::{ReconcilePolicy, RepairPolicy, Response};
pub use release::{Release, ReleaseError};
pub use sandboxing::{NetworkAccess, SandboxLevel, SandboxSection};
pub use service::{
    BackendBuffer, EngineReport, EngineSettings, PeerPorts, ProgramSettings, START_LIMIT_SECONDS, Serves,
    ServiceSpec, ServiceState, ServiceStatus,
};
pub use serving::{
    LimitLevel, LimitsSection, PrepareSection, Probe, ServiceSection, StopSection, StopSignal, VariableError,
    VariableName, WatchSection,
};
pub use shortfall::Shortfall;
pub use size::{ByteSize, ParameterCount};
pub use source::{SourceUrl, SourceUrlError};
pub use template::{Hole, Template, TemplateError};
pub use version::{Requirement, Version};

/// A moment, in UTC; written as RFC 3339 on the wire.
pub type Timestamp = jiff::Timestamp;
/// A time that lies between two moments.
pub type SignedDuration = jiff::SignedDuration;
