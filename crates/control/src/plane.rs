//! The control plane and what it is made of.

use crate::keys::Keyed;
use crate::overrides::{Judged, judged};
use crate::reconcile::Between;
use crate::watch::Watching;
use crate::{Bus, Discovery};
use las_policy::Coverage;
use las_registry::{Artefacts, Registry, Watched};
use las_state::State;
use las_types::{
    CapabilitySet, Checkpoint, Clock, ConfigStore, CuratedModel, Doors, DriftKind, Entropy, Executor,
    Failure, Generation, GenerationNumber, HardwareProfile, Installed, ModelFacts, ModelSources, ModuleName,
    Operation, OperationId, Policy, ProfileSource, ReconcilePolicy, ServiceStatus, SourceSection, Timestamp,
    Version,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What a control plane is made of.
pub struct Parts {
    /// The database.
    pub state: State,
    /// Who executes steps.
    pub executor: Arc<dyn Executor>,
    /// The bus; the executor reports to the same one.
    pub bus: Arc<Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Told at each point where a stop must lose nothing.
    pub checkpoint: Arc<dyn Checkpoint>,
    /// Manifests.
    pub registry: Registry,
    /// What is shipped.
    pub artefacts: Artefacts,
    /// The policy set's name.
    pub policy_set: String,
    /// Its rules.
    pub policies: Vec<Policy>,
    /// The machine.
    pub profile: HardwareProfile,
    /// How often the machine is compared with what was recorded, and what is repaired.
    pub reconciliation: ReconcilePolicy,
    /// Files that were read when this core started, and what it means if they change.
    pub watched: Vec<(DriftKind, Watched)>,
    /// The configuration.
    pub config: Arc<dyn ConfigStore>,
    /// Where models come from.
    pub sources: Arc<dyn ModelSources>,
    /// The list of well-known models.
    pub curated: Vec<CuratedModel>,
}

/// Decides what is done; see the crate's page.
pub struct ControlPlane {
    pub(crate) state: State,
    pub(crate) executor: Arc<dyn Executor>,
    pub(crate) bus: Arc<Bus>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) checkpoint: Arc<dyn Checkpoint>,
    pub(crate) registry: Registry,
    pub(crate) artefacts: Artefacts,
    /// As it was probed or measured last, or recorded; replaced as a whole.
    pub(crate) profile: Mutex<Arc<HardwareProfile>>,
    pub(crate) packages: las_hardware::Packages,
    pub(crate) facts: BTreeMap<(ModuleName, Version), ModelFacts>,
    pub(crate) policy_set: String,
    pub(crate) policies: Vec<Policy>,
    pub(crate) config: Arc<dyn ConfigStore>,
    pub(crate) sources: Arc<dyn ModelSources>,
    pub(crate) curated: Vec<CuratedModel>,
    /// Whether they leave a hole; looked for once.
    coverage: OnceLock<Coverage>,
    /// Replaced as a whole when the overrides change.
    pub(crate) judged: Mutex<Arc<Judged>>,
    /// Held while an operation runs: one changes the machine at a time.
    pub(crate) turn: Arc<tokio::sync::Mutex<()>>,
    pub(crate) reconciliation: ReconcilePolicy,
    pub(crate) watched: Vec<(DriftKind, Watched)>,
    /// Held while somebody compares the machine with its records.
    pub(crate) looking: tokio::sync::Mutex<()>,
    pub(crate) between: Mutex<Between>,
    /// Where programs and shells come in, once that is open.
    pub(crate) doors: Mutex<Option<Arc<dyn Doors>>>,
    /// Held while the modules' states are brought up: one looks and writes at a time.
    pub(crate) lives: tokio::sync::Mutex<()>,
    /// Approvals that are made with an idempotency key, by key.
    pub(crate) keyed: Keyed,
    /// What recovery repaired when this core started.
    pub(crate) recovered: Mutex<Vec<Discovery>>,
    /// What this core does by itself, while it does.
    pub(crate) watching: Mutex<Option<Watching>>,
}

impl ControlPlane {
    /// Puts the parts together. Nothing is executed, and no override holds, before [`Self::recover`].
    pub fn new(parts: Parts) -> Self {
        let judged = judged(&parts.profile, &parts.policy_set, &parts.policies, Vec::new());
        let facts = shipped_facts(&parts.registry, &parts.artefacts);
        Self {
            state: parts.state,
            executor: parts.executor,
            bus: parts.bus,
            clock: parts.clock,
            entropy: parts.entropy,
            checkpoint: parts.checkpoint,
            registry: parts.registry,
            artefacts: parts.artefacts,
            profile: Mutex::new(Arc::new(parts.profile)),
            packages: las_hardware::Packages::system(),
            facts,
            policy_set: parts.policy_set,
            policies: parts.policies,
            config: parts.config,
            sources: parts.sources,
            curated: parts.curated,
            coverage: OnceLock::new(),
            judged: Mutex::new(Arc::new(judged)),
            turn: Arc::default(),
            reconciliation: parts.reconciliation,
            watched: parts.watched,
            looking: tokio::sync::Mutex::default(),
            between: Mutex::default(),
            doors: Mutex::default(),
            lives: tokio::sync::Mutex::default(),
            keyed: Keyed::default(),
            recovered: Mutex::default(),
            watching: Mutex::default(),
        }
    }

    /// Says where programs and shells come in.
    pub fn set_doors(&self, doors: Arc<dyn Doors>) {
        *self.doors.lock().unwrap_or_else(PoisonError::into_inner) = Some(doors);
    }

    pub(crate) fn doors(&self) -> Option<Arc<dyn Doors>> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The machine, probed again in full, unless a recorded profile replaces detection.
    pub fn probed_profile(&self) -> HardwareProfile {
        let known = self.machine();
        match known.source {
            ProfileSource::Detected => {
                las_hardware::probe(self.clock.now()).with_measurements(&known.measurements())
            }
            ProfileSource::Recorded { .. } => (*known).clone(),
        }
    }

    /// The machine with its free memory and space as they are now; asks no driver, so it is cheap.
    pub fn current_profile(&self) -> HardwareProfile {
        las_hardware::refresh(&self.machine())
    }

    /// The machine as it was when it was last looked at in full.
    pub fn machine(&self) -> Arc<HardwareProfile> {
        Arc::clone(&self.profile.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes what is known anew of the machine, and judges it by that.
    pub fn machine_changed(&self, profile: &HardwareProfile) {
        *self.profile.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(profile.clone());
        self.judge(|_| ());
    }

    /// Whether the policies speak of every machine.
    pub fn coverage(&self) -> &Coverage {
        self.coverage.get_or_init(|| {
            let coverage = las_policy::coverage(&self.policies);
            if coverage != Coverage::Complete {
                let machine = match &coverage {
                    Coverage::Hole(machine) => {
                        machine.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
                    }
                    Coverage::Complete | Coverage::Untold => String::new(),
                };
                tracing::warn!(set = %self.policy_set, machine, "the policies leave machines without a tier");
            }
            coverage
        })
    }

    /// The name of the policies.
    pub fn policy_set(&self) -> &str {
        &self.policy_set
    }

    /// What it may do.
    pub fn capabilities(&self) -> Arc<CapabilitySet> {
        Arc::clone(&self.judged().capabilities)
    }

    /// The rules.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// Why one capability is allowed or not.
    pub fn explain(&self, capability: &str) -> las_types::Verdict {
        let judged = self.judged();
        las_policy::explain(&self.machine(), &self.policy_set, &self.policies, &judged.overrides, capability)
    }

    /// The manifests.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The database, for what needs no plan: tokens.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The bus.
    pub fn bus(&self) -> &Arc<Bus> {
        &self.bus
    }

    /// Services as they are now.
    pub fn services(&self) -> Vec<ServiceStatus> {
        let mut services = self.executor.services();
        let degraded = services.iter_mut().filter(|service| !service.degraded.is_empty());
        for service in degraded {
            let machine = self.machine();
            let short = std::mem::take(&mut service.degraded).into_iter();
            service.degraded = short.map(|one| one.explained_by(&machine)).collect();
        }
        services
    }

    /// The current generation; number 0 with nothing on a new machine.
    pub async fn current(&self) -> Result<Generation, Failure> {
        Ok(self.state.current_generation().await?.unwrap_or_else(empty_generation))
    }

    /// What is installed.
    pub async fn installed(&self) -> Result<Vec<Installed>, Failure> {
        Ok(self.current().await?.items)
    }

    /// Every generation with the empty one first.
    pub async fn generations(&self) -> Result<Vec<Generation>, Failure> {
        let mut all = vec![empty_generation()];
        all.extend(self.state.generations().await?);
        Ok(all)
    }

    /// An operation, live if it runs.
    pub async fn operation(&self, id: OperationId) -> Result<Option<Operation>, Failure> {
        match self.bus.live(id) {
            Some(live) => Ok(Some(live)),
            None => Ok(self.state.operation(id).await?),
        }
    }

    /// The latest operations, newest first, those that run as they are now.
    pub async fn operations(&self, limit: u32) -> Result<Vec<Operation>, Failure> {
        let stored = self.state.operations(limit).await?;
        Ok(stored.into_iter().map(|operation| self.bus.live(operation.id).unwrap_or(operation)).collect())
    }

    /// Operations that run.
    pub fn running(&self) -> Vec<Operation> {
        self.bus.all_live()
    }

    /// Operations that are paused.
    pub fn paused(&self) -> Vec<Operation> {
        self.bus.all_paused()
    }

    pub(crate) fn random(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.entropy.fill(&mut bytes);
        bytes
    }
}

/// The machine before anything was installed.
fn empty_generation() -> Generation {
    Generation {
        schema: 1,
        number: GenerationNumber(0),
        operation: None,
        made_at: Timestamp::UNIX_EPOCH,
        command: String::new(),
        items: Vec::new(),
    }
}

/// The headers of the model packages that are shipped. One that can't be read is left out: planning its
/// installation then fails by its digest, with the reason.
fn shipped_facts(registry: &Registry, artefacts: &Artefacts) -> BTreeMap<(ModuleName, Version), ModelFacts> {
    let mut all = BTreeMap::new();
    for manifest in registry.models() {
        let (Some(model), Some(SourceSection::Builtin { artefact })) = (&manifest.model, &manifest.source)
        else {
            continue;
        };
        let path = artefacts.directory(artefact).join("files").join(&model.file);
        match crate::import::read_header(&path) {
            Ok(mut facts) => {
                facts.demonstration = model.demonstration;
                facts.abilities.clone_from(&model.abilities);
                facts.license = facts.license.or_else(|| manifest.license.clone());
                all.insert((manifest.name.clone(), manifest.version.clone()), facts);
            }
            Err(failure) => {
                tracing::warn!(module = %manifest.name, %failure, "a shipped model's header can't be read");
            }
        }
    }
    all
}
