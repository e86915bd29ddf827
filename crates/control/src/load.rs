//! Loading a model behind the endpoint, and unloading it.

use crate::ceiling::Taken;
use crate::{ControlPlane, Sight};
use las_resolver::Draft;
use las_types::{
    Ability, ByteSize, Category, Code, EngineSettings, Failure, Installed, ModuleName, Note, PlanStep,
    PlanTotals, Serves, ServiceSpec, ServiceState, ServiceStatus, StepAction,
};
use std::sync::PoisonError;

/// The longest context given to one conversation without being asked for more, in tokens.
const DEFAULT_CONTEXT: u32 = 8192;
/// Conversations at once, where the policies don't allow fewer.
const PARALLEL: u32 = 2;
/// The shipped engine is built without a GPU backend.
const GPU_LAYERS: u32 = 0;
/// The module whose program serves models.
const ENGINE: &str = "llama.cpp";

fn is_adapter_of(item: &Installed, base: &Installed) -> bool {
    item.model
        .as_ref()
        .is_some_and(|facts| facts.abilities.contains(&Ability::Adapter) && facts.base == Some(base.digest))
}

fn step(index: usize, action: StepAction, undo: &str) -> PlanStep {
    PlanStep::next(index, action, ByteSize::default(), undo)
}

impl ControlPlane {
    /// What loading a model means: which settings, how much memory, what must make room.
    pub(crate) fn draft_load(&self, sight: &Sight<'_>, model: &ModuleName) -> Result<Draft, Failure> {
        let installed = sight.installed;
        let item = installed
            .iter()
            .find(|item| item.name == *model && item.category == Category::Model)
            .ok_or_else(|| Failure::new(Code::ModelNotFound).with("name", model))?;
        let facts =
            item.model.as_ref().ok_or_else(|| Failure::new(Code::ModelNotFound).with("name", model))?;
        if facts.abilities.contains(&Ability::Adapter) {
            return Err(Failure::new(Code::AdapterBaseMissing).with("name", model));
        }
        let engine = installed.iter().find(|item| item.name.as_str() == ENGINE);
        let (Some(engine), Some(program)) = (engine, engine.and_then(|engine| engine.program.as_ref()))
        else {
            return Err(Failure::new(Code::EngineNotInstalled));
        };
        las_resolver::admit_load(&sight.capabilities, &engine.name, facts.parameters)?;
        let adapters: Vec<_> = installed.iter().filter(|other| is_adapter_of(other, item)).collect();
        let context = facts.context.clamp(1, DEFAULT_CONTEXT);
        let parallel = PARALLEL.min(self.capabilities().max_parallel.unwrap_or(PARALLEL)).max(1);
        let estimate = las_models::estimate(facts, context, parallel);
        let takes = Taken::of(facts, &estimate, GPU_LAYERS);
        takes.within(&sight.capabilities)?;
        let available = self.current_profile().memory.available;
        if estimate.total > available {
            return Err(Failure::new(Code::ModelTooLarge)
                .with("name", model)
                .with("needed", estimate.total)
                .with("available", available));
        }
        let machine = self.machine();
        let cpu = &machine.cpu;
        let settings = EngineSettings {
            model_path: self.executor.path_of(item, None),
            model_digest: item.digest,
            context,
            parallel,
            // More threads than cores make generation slower, not faster (performance.md, row h).
            threads: cpu.cores.min(cpu.threads).max(1),
            gpu_layers: GPU_LAYERS,
            adapters: adapters
                .iter()
                .map(|item| (item.name.clone(), self.executor.path_of(item, None)))
                .collect(),
        };
        let spec = ServiceSpec {
            name: model.as_str().parse().map_err(Failure::internal)?,
            module: engine.name.clone(),
            program: self.executor.path_of(engine, Some(program)),
            serves: Serves::Model { model: model.clone(), settings: Box::new(settings) },
            memory: estimate.total,
            start_limit_seconds: self.start_limit(engine),
        };
        Ok(self.draft_start(sight, spec, takes))
    }

    /// Refuses a model that rules, or an override, have denied since it was loaded.
    ///
    /// Codes: `policy-denied`, `override-denies`.
    pub async fn may_answer(&self, model: &str) -> Result<(), Failure> {
        let judged = self.judged();
        let answering = || judged.answering.lock().unwrap_or_else(PoisonError::into_inner);
        if answering().contains(model) {
            return Ok(());
        }
        let installed = self.installed().await?;
        let named = |name: &str| installed.iter().find(|item| item.name.as_str() == name);
        let facts = named(model).and_then(|item| item.model.as_ref());
        if let (Some(engine), Some(facts)) = (named(ENGINE), facts) {
            las_resolver::admit_load(&judged.capabilities, &engine.name, facts.parameters)?;
            answering().insert(model.to_owned());
        }
        Ok(())
    }

    /// Refuses a runtime or a feature that rules, or an override, deny.
    ///
    /// Codes: `policy-denied`, `override-denies`.
    pub fn permits(&self, capability: &str) -> Result<(), Failure> {
        las_resolver::permitted(&self.capabilities(), capability)
    }

    /// How long a service of a module may take to become ready: as its manifest says.
    fn start_limit(&self, module: &Installed) -> u32 {
        let versions = self.registry.versions(&module.name);
        let manifest = versions.iter().find(|manifest| manifest.version == module.version);
        manifest
            .and_then(|manifest| manifest.runtime.start_limit_seconds)
            .unwrap_or(las_types::START_LIMIT_SECONDS)
    }

    /// What a loaded model was estimated to take.
    fn taken_by(&self, sight: &Sight<'_>, service: &ServiceStatus) -> Taken {
        let item = sight.installed.iter().find(|item| Some(&item.name) == service.model.as_ref());
        let Some(facts) = item.and_then(|item| item.model.as_ref()) else { return Taken::default() };
        let parallel = PARALLEL.min(self.capabilities().max_parallel.unwrap_or(PARALLEL)).max(1);
        let estimate = las_models::estimate(facts, facts.context.clamp(1, DEFAULT_CONTEXT), parallel);
        let spec = sight.spec(&service.name);
        let layers = spec.as_ref().and_then(|spec| spec.engine()).map_or(0, |(_, engine)| engine.gpu_layers);
        Taken::of(facts, &estimate, layers)
    }

    /// The steps: nothing if it is loaded so already; else what must go, then the start.
    fn draft_start(&self, sight: &Sight<'_>, spec: ServiceSpec, takes: Taken) -> Draft {
        let services = &sight.services;
        let mut draft = Draft {
            totals: PlanTotals { memory: spec.memory, ..PlanTotals::default() },
            outcome: sight.installed.to_vec(),
            ..Draft::default()
        };
        let alive =
            |state| matches!(state, ServiceState::Starting | ServiceState::Ready | ServiceState::Restarting);
        let same = services.iter().any(|service| service.name == spec.name && alive(service.state));
        if same && self.executor.runs(&spec) {
            draft.totals = PlanTotals::default();
            return draft;
        }
        // Only models make room for models.
        let is_other = |service: &&ServiceStatus| {
            service.name != spec.name && service.model.is_some() && alive(service.state)
        };
        let mut others: Vec<_> = services.iter().filter(is_other).collect();
        others.sort_by_key(|service| service.since);
        let limit = usize::try_from(self.capabilities().max_loaded_models.unwrap_or(1).max(1)).unwrap_or(1);
        let excess = (others.len() + 1).saturating_sub(limit);
        // Together the loaded models stay below the policies' ceilings, the oldest giving way.
        let fits = |gone: &usize| {
            let stay = others.get(*gone..).unwrap_or_default().iter();
            let together = stay.map(|service| self.taken_by(sight, service)).fold(takes, Taken::and);
            together.within(&sight.capabilities).is_ok()
        };
        let excess = (excess..others.len()).find(fits).unwrap_or(others.len());
        for service in others.into_iter().take(excess) {
            let spec = sight.spec(&service.name);
            let action = StepAction::ServiceStop { service: service.name.clone(), spec };
            draft.steps.push(step(draft.steps.len(), action, "start-service"));
            let note = Note::new("makes-room");
            if !draft.notes.contains(&note) {
                draft.notes.push(note);
            }
        }
        draft.steps.push(step(
            draft.steps.len(),
            StepAction::ServiceStart { spec: Box::new(spec) },
            "stop-service",
        ));
        draft
    }
}
