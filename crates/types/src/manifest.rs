//! The module manifest: what a module is and requires, never how it is installed.
//!
//! The form is closed: an unknown key is refused. There is no field that can hold a script.

use crate::{Ability, ByteSize, Digest, ModuleName, ParameterCount, Version};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a module is for; informational, it implies nothing about how it runs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Programming language environments.
    Language,
    /// AI inference engines and execution backends.
    Runtime,
    /// AI and ML frameworks.
    Framework,
    /// Infrastructure services.
    Service,
    /// End-user AI applications.
    Application,
    /// Developer tools.
    Tool,
    /// Models.
    Model,
}

/// One version of one module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its name.
    pub name: ModuleName,
    /// What it is for.
    pub category: Category,
    /// Its version.
    pub version: Version,
    /// One sentence.
    pub description: String,
    /// Licence, as an SPDX expression.
    #[serde(default)]
    pub license: Option<String>,
    /// What the machine must have.
    #[serde(default)]
    pub hardware: HardwareRequirement,
    /// What must be there before it.
    #[serde(default)]
    pub dependencies: Dependencies,
    /// How it may run.
    #[serde(default)]
    pub runtime: RuntimeSection,
    /// Logical contracts with other modules.
    #[serde(default)]
    pub interfaces: Interfaces,
    /// Modules, or names that modules provide, beside which it can't be: `name` or `name@<2`.
    #[serde(default)]
    pub conflicts: Vec<crate::ModuleRequest>,
    /// That it should not be chosen any more.
    #[serde(default)]
    pub deprecation: Option<crate::Deprecation>,
    /// The oldest version of this module that is of any use; older ones are chosen only by name.
    #[serde(default)]
    pub minimum_useful_version: Option<Version>,
    /// Where its bytes come from; a module that names no source is known and can't be installed.
    #[serde(default)]
    pub source: Option<SourceSection>,
    /// What its bytes must be.
    #[serde(default)]
    pub integrity: Integrity,
    /// For models: what kind of model.
    #[serde(default)]
    pub model: Option<ModelSection>,
}

impl Manifest {
    /// Every module, or name that a module provides, that has to be there for it.
    pub fn needs(&self) -> impl Iterator<Item = &crate::ModuleRequest> {
        let others = self.interfaces.consumes.iter().chain(&self.runtime.companions);
        self.dependencies.modules.iter().chain(others)
    }
}

/// Minimum hardware; a machine below it can't install the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct HardwareRequirement {
    /// Processor.
    pub cpu: CpuRequirement,
    /// Main memory.
    pub memory: MemoryRequirement,
    /// GPU.
    pub gpu: GpuRequirement,
}

/// Minimum processor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct CpuRequirement {
    /// Cores.
    pub cores_min: Option<u32>,
}

/// Minimum main memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct MemoryRequirement {
    /// Main memory in all.
    pub ram_min: Option<ByteSize>,
}

/// Minimum GPU.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct GpuRequirement {
    /// Memory of the largest GPU.
    pub vram_min: Option<ByteSize>,
    /// Needs more than one.
    pub multi_gpu: Option<bool>,
}

impl GpuRequirement {
    /// Whether a module needs a GPU at all.
    pub fn is_needed(&self) -> bool {
        self.vram_min.is_some_and(|least| least.bytes() > 0) || self.multi_gpu == Some(true)
    }
}

/// What must be there before a module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct Dependencies {
    /// Packages of the operating system.
    pub system: Vec<crate::PackageName>,
    /// Other modules, by their name or one that they provide: `name` or `name@>=1.2.3`.
    pub modules: Vec<crate::ModuleRequest>,
    /// Constraints on what lies below (`cuda>=12.1`).
    pub runtime: Vec<crate::RuntimeConstraint>,
}

/// The modes a module offers; the control layer chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct RuntimeSection {
    /// Offered modes.
    pub modes: Vec<crate::RuntimeMode>,
    /// The one its makers prefer.
    pub preferred: Option<crate::RuntimeMode>,
    /// The program within its files that proves the installation and serves.
    pub program: Option<String>,
    /// What it is started with to prove that it runs, word by word; `--version` if absent.
    pub proof: Vec<String>,
    /// How long its service may take to become ready, in seconds; 120 if absent.
    pub start_limit_seconds: Option<u32>,
    /// How its program is kept running; a module without this is no service of its own.
    pub service: Option<crate::ServiceSection>,
    /// How its container is made, of a module that comes as an image, also beside a native source.
    pub container: Option<crate::ContainerSection>,
    /// Modules whose services make one unit with this one's: needed like those that it depends on, started before it, and
    /// stopped after it when nothing else that runs uses them.
    pub companions: Vec<crate::ModuleRequest>,
}

/// Logical contracts, not network bindings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct Interfaces {
    /// What it offers: names that others can need it by, `name` or `name@1.2.3`.
    pub provides: Vec<crate::Provided>,
    /// What it needs beside other modules themselves: names that something there provides, `name` or `name@>=1.2.3`.
    pub consumes: Vec<crate::ModuleRequest>,
}

/// Where a module's bytes come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SourceSection {
    /// Shipped with the application.
    Builtin {
        /// The folder's name among the shipped artefacts.
        artefact: ModuleName,
    },
    /// An archive, whose digest is `integrity.checksum`.
    Archive {
        /// Where it lies: the first, and mirrors that are asked one after the other when it can't be had there.
        urls: Vec<crate::SourceUrl>,
        /// Other hosts that these may send on to.
        #[serde(default)]
        redirects: Vec<String>,
        /// How it is packed.
        format: crate::ArchiveFormat,
        /// Its size.
        size: ByteSize,
        /// The folder in it that is the module; all of it if absent.
        #[serde(default)]
        folder: Option<String>,
        /// How many files and links are unpacked.
        files: u32,
        /// How many bytes all of them have together.
        unpacked: ByteSize,
        /// Digest of the list of files that are unpacked, see `las module source`.
        contents: Digest,
    },
    /// An image of a registry, the digest of whose manifest is `integrity.checksum`; its module runs in a container.
    Oci {
        /// Its name with its registry, without a tag.
        image: crate::ImageName,
        /// How many bytes are fetched for it.
        size: ByteSize,
    },
}

/// What a module's bytes must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct Integrity {
    /// Digest of the source that the artefact was built from (programs) or of the file (models).
    pub checksum: Option<Digest>,
    /// Detached signature. Nothing verifies one yet, so a manifest that has one is refused: sign the registry.
    pub signature: Option<String>,
}

/// What kind of model a model package holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelSection {
    /// The file within the artefact.
    pub file: String,
    /// Its size.
    pub size: ByteSize,
    /// How many parameters.
    pub parameters: ParameterCount,
    /// Longest context, in tokens.
    pub context: u32,
    /// What it can do.
    pub abilities: Vec<Ability>,
    /// Shown plainly: made to try the way, not for work.
    #[serde(default)]
    pub demonstration: bool,
    /// Who made it and from what.
    pub origin: String,
}
