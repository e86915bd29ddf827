//! Services: programs kept running.

use crate::{ByteSize, CacheType, Digest, ModuleName, PortName, ServiceName, ServiceSection, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// How an inference engine is started: typed settings only, nothing is passed through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EngineSettings {
    /// The model's file, absolute.
    pub model_path: String,
    /// The other parts of a split model, absolute, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub more_parts: Vec<String>,
    /// The file that turns pictures into what the model reads, absolute; none for a model that reads text only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub projector: Option<String>,
    /// The model's digest, checked before start if the bytes are ours.
    pub model_digest: Digest,
    /// Context of one conversation, in tokens.
    pub context: u32,
    /// Conversations at once.
    pub parallel: u32,
    /// Threads.
    pub threads: u32,
    /// Layers put on the GPU; 0 for none.
    pub gpu_layers: u32,
    /// Type of keys and values.
    #[serde(default)]
    pub cache: CacheType,
    /// Adapters that belong to this model: name and absolute path, in the order of their engine ids.
    pub adapters: Vec<(ModuleName, String)>,
}

/// How long a service may take to become ready where its module says nothing else, in seconds.
pub const START_LIMIT_SECONDS: u32 = 120;

fn start_limit_seconds() -> u32 {
    START_LIMIT_SECONDS
}

/// What to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServiceSpec {
    /// Its name: that of the model it serves, or of its module.
    pub name: ServiceName,
    /// The module whose program runs.
    pub module: ModuleName,
    /// The program, absolute; in a container within that, and empty where its image says which.
    pub program: String,
    /// What it serves, and how.
    #[serde(flatten)]
    pub serves: Serves,
    /// Memory it is expected to take.
    pub memory: ByteSize,
    /// How long it may take to become ready, in seconds.
    #[serde(default = "start_limit_seconds")]
    pub start_limit_seconds: u32,
}

/// What a service serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum Serves {
    /// A model, by an engine.
    Model {
        /// The model.
        model: ModuleName,
        /// How.
        settings: Box<EngineSettings>,
    },
    /// What its module's program does.
    Program {
        /// How.
        runs: Box<ProgramSettings>,
    },
}

/// The numbers of ports of other services, by the names that a manifest has for these.
pub type PeerPorts = BTreeMap<ModuleName, BTreeMap<PortName, u16>>;

/// How a module's own program is started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProgramSettings {
    /// The folder of the module, absolute.
    pub folder: String,
    /// The numbers of its ports.
    pub ports: BTreeMap<PortName, u16>,
    /// The numbers of the ports that it connects to, by the names that its manifest has for their services.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(as = "Option<crate::PeerPorts>", optional)]
    pub connects: PeerPorts,
    /// How it serves, as its manifest says.
    pub service: ServiceSection,
    /// The container that it runs in; none of a process of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub container: Option<crate::ContainerSettings>,
}

impl ServiceSpec {
    /// The model that it serves, and how; none of any other service.
    pub fn engine(&self) -> Option<(&ModuleName, &EngineSettings)> {
        match &self.serves {
            Serves::Model { model, settings } => Some((model, settings)),
            Serves::Program { .. } => None,
        }
    }

    /// The model that it serves.
    pub fn model(&self) -> Option<&ModuleName> {
        self.engine().map(|(model, _)| model)
    }

    /// The container that it runs in; none of a process of this machine.
    pub fn container(&self) -> Option<&crate::ContainerSettings> {
        match &self.serves {
            Serves::Model { .. } => None,
            Serves::Program { runs } => runs.container.as_ref(),
        }
    }

    /// The numbers of its ports.
    pub fn ports(&self) -> BTreeMap<PortName, u16> {
        match &self.serves {
            Serves::Model { .. } => BTreeMap::new(),
            Serves::Program { runs } => runs.ports.clone(),
        }
    }

    /// The numbers of the ports of others that it connects to.
    pub fn connects(&self) -> PeerPorts {
        match &self.serves {
            Serves::Model { .. } => PeerPorts::new(),
            Serves::Program { runs } => runs.connects.clone(),
        }
    }

    /// The same, connecting to these numbers; none if it does so already, or to none.
    pub fn connected(&self, connects: PeerPorts) -> Option<Self> {
        match &self.serves {
            Serves::Program { runs } if runs.connects != connects => {
                let runs = Box::new(ProgramSettings { connects, ..(**runs).clone() });
                Some(Self { serves: Serves::Program { runs }, ..self.clone() })
            }
            _ => None,
        }
    }

    /// What it may take at most; nothing is said of an engine.
    pub fn limits(&self) -> crate::LimitsSection {
        match &self.serves {
            Serves::Model { .. } => crate::LimitsSection::default(),
            Serves::Program { runs } => runs.service.limits.clone(),
        }
    }
}

/// Where a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// Its process runs and is not ready yet.
    Starting,
    /// It answers.
    Ready,
    /// It ended by itself and is started again after a pause.
    Restarting,
    /// It ended too often.
    Failed,
    /// It was stopped.
    Stopped,
}

/// Memory that an engine took on one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackendBuffer {
    /// The device: `CPU`, `CUDA0`, `Vulkan0` …
    pub device: String,
    /// For what: `model`, `kv`, `compute`, `output`.
    pub purpose: String,
    /// How much.
    pub size: ByteSize,
}

/// What an engine says that it loaded, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EngineReport {
    /// Its own version text.
    pub version: String,
    /// The CPU variant it chose: `haswell`, `zen4` …
    pub cpu_variant: Option<String>,
    /// Layers on a GPU and layers in all, the output among them; none where it says nothing of them.
    pub layers_on_gpu: Option<(u32, u32)>,
    /// Context of one conversation, in tokens.
    pub context: u32,
    /// Conversations at once.
    pub parallel: u32,
    /// Memory by device.
    pub buffers: Vec<BackendBuffer>,
}

/// A service as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServiceStatus {
    /// Its name.
    pub name: ServiceName,
    /// The module whose program runs.
    pub module: ModuleName,
    /// The model it serves; none of a service that is its module's own program.
    pub model: Option<ModuleName>,
    /// Where it is.
    pub state: ServiceState,
    /// Since when.
    pub since: Timestamp,
    /// Its process.
    pub pid: Option<u32>,
    /// The numbers of its ports, on this machine only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(as = "Option<BTreeMap<PortName, u16>>", optional)]
    pub ports: BTreeMap<PortName, u16>,
    /// Main memory that its process holds now; none without a process, or where nobody looked.
    #[serde(default)]
    pub memory: Option<ByteSize>,
    /// What it may take at most, as its manifest says; what is not named is not limited.
    #[serde(default, skip_serializing_if = "crate::LimitsSection::is_empty")]
    #[ts(as = "Option<crate::LimitsSection>", optional)]
    pub limited_to: crate::LimitsSection,
    /// How well its limits are held; none without a process or without limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub limits: Option<crate::LimitLevel>,
    /// How well it is kept away from everything else; none without a process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sandbox: Option<crate::SandboxLevel>,
    /// How often it was started again.
    pub restarts: u32,
    /// The last question to it; none of an engine, and before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub probe: Option<crate::ProbeOutcome>,
    /// What it and all that it started take; none without a process, or where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub taken: Option<crate::Taken>,
    /// Its last moments, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<crate::ServiceMoment>>", optional)]
    pub moments: Vec<crate::ServiceMoment>,
    /// What the engine loaded, once ready.
    pub report: Option<EngineReport>,
    /// What it has less of than its plan gave it. One that is ready with any of these is degraded: it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<crate::Shortfall>>", optional)]
    pub degraded: Vec<crate::Shortfall>,
    /// Its last lines, if it failed.
    pub last_lines: Vec<String>,
}

impl ServiceStatus {
    /// One without a process.
    pub fn new(name: ServiceName, module: ModuleName, state: ServiceState, since: Timestamp) -> Self {
        Self {
            name,
            module,
            model: None,
            state,
            since,
            pid: None,
            ports: BTreeMap::new(),
            memory: None,
            limited_to: crate::LimitsSection::default(),
            limits: None,
            sandbox: None,
            restarts: 0,
            probe: None,
            taken: None,
            moments: Vec::new(),
            report: None,
            degraded: Vec::new(),
            last_lines: Vec::new(),
        }
    }

    /// Whether it serves with less than its plan gave it.
    pub fn is_degraded(&self) -> bool {
        self.state == ServiceState::Ready && !self.degraded.is_empty()
    }

    /// One that runs, or ran, with these settings.
    pub fn of(spec: &ServiceSpec, state: ServiceState, since: Timestamp) -> Self {
        let (model, ports, limited_to) = (spec.model().cloned(), spec.ports(), spec.limits());
        Self { model, ports, limited_to, ..Self::new(spec.name.clone(), spec.module.clone(), state, since) }
    }
}
